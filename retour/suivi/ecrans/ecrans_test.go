package ecrans

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
)

// bureau is a drawn office behind its screens.
type bureau struct {
	*suivitest.Cabinet
	t       testing.TB
	e       *Ecrans
	serveur *httptest.Server
	qui     Personne
	client  *http.Client
}

// monter opens an office under /scor/ of a server that has pages of its own; who asks is b.qui.
func monter(t testing.TB, plan suivitest.Plan, opts ...Option) *bureau {
	t.Helper()
	c, err := suivitest.New(t.Context(), suivitest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if plan.Lots >= 0 {
		if err := c.Dessiner(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
	}
	b := &bureau{Cabinet: c, t: t, qui: Personne{ID: "u1", Nom: "Claire Martin", Cabinet: "Cabinet de l'Exemple",
		Droits: TousDroits}}
	acces := AccesFunc(func(*http.Request) (Personne, error) {
		if b.qui.ID == "" {
			return Personne{}, ErrInconnue
		}
		return b.qui, nil
	})
	opts = append([]Option{WithHorloge(c.Horloge.Maintenant), WithFuseau(time.UTC), WithRythme(20 * time.Millisecond)},
		opts...)
	if b.e, err = New(c.Suivi, acces, opts...); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/scor/", http.StripPrefix("/scor", b.e))
	b.serveur = httptest.NewServer(mux)
	t.Cleanup(func() {
		if err := b.e.Close(); err != nil {
			t.Error(err)
		}
		b.serveur.Close()
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b.client = &http.Client{Jar: jar}
	return b
}

var contexte = context.Background()

type reponse struct {
	code    int
	corps   string
	entetes http.Header
	adresse string // where redirections led
}

func (b *bureau) demander(methode, chemin, corps string, entetes ...string) reponse {
	b.t.Helper()
	r, err := http.NewRequestWithContext(contexte, methode, b.serveur.URL+"/scor/"+chemin, strings.NewReader(corps))
	if err != nil {
		b.t.Fatal(err)
	}
	if methode == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(entetes); i += 2 {
		r.Header.Set(entetes[i], entetes[i+1])
	}
	x, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer x.Body.Close()
	c, err := io.ReadAll(x.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	// Spaces that don't break are those of typography: what is looked for is words.
	return reponse{x.StatusCode, strings.ReplaceAll(string(c), insecable, " "), x.Header, x.Request.URL.String()}
}

func (b *bureau) lire(chemin string) reponse { b.t.Helper(); return b.demander("GET", chemin, "") }

// envoyer sends a form as the page would, with its token.
func (b *bureau) envoyer(chemin string, v url.Values) reponse {
	b.t.Helper()
	if v == nil {
		v = url.Values{}
	}
	v.Set("csrf", b.e.jeton(&b.qui))
	return b.demander("POST", chemin, v.Encode())
}

var (
	liens   = regexp.MustCompile(`(?:href|src|action)="([^"]+)"`)
	enLigne = regexp.MustCompile(`(?i)\son[a-z]+\s*=|<style|style=|<script[^>]*>[^<\s]|javascript:`)
	unNIR   = regexp.MustCompile(`\b[12][0-9]{12}(?:[0-9]{2})?\b`)
)

// TestPages walks every page that links lead to, from the first on: each answers, holds nothing inline, no NIR, no
// absolute address, and one title of its own.
func TestPages(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 14, Factures: 5})
	vues, aVoir := map[string]bool{}, []string{"", "suivre", "lots", "lots?genre=piece", "lots?genre=message",
		"lots?genre=reception", "lots?genre=lot-factures"}
	pages := 0
	for len(aVoir) > 0 && pages < 120 {
		chemin := aVoir[0]
		aVoir = aVoir[1:]
		if vues[chemin] {
			continue
		}
		vues[chemin] = true
		x := b.lire(chemin)
		if x.code != http.StatusOK {
			t.Errorf("%s: %d\n%s", chemin, x.code, x.corps)
			continue
		}
		if !strings.HasPrefix(x.entetes.Get("Content-Type"), "text/html") {
			continue
		}
		pages++
		if m := enLigne.FindString(x.corps); m != "" {
			t.Errorf("%s: inline %q", chemin, m)
		}
		if m := unNIR.FindString(x.corps); m != "" {
			t.Errorf("%s: holds what looks like a NIR", chemin)
		}
		if !strings.Contains(x.entetes.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no CSP", chemin)
		}
		base, err := url.Parse(b.serveur.URL + "/scor/" + chemin)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range liens.FindAllStringSubmatch(x.corps, -1) {
			l := strings.ReplaceAll(m[1], "&amp;", "&")
			if strings.HasPrefix(l, "/") || strings.Contains(l, "://") {
				t.Errorf("%s: absolute address %s", chemin, l)
				continue
			}
			u, err := base.Parse(l)
			if err != nil {
				t.Errorf("%s: %s: %v", chemin, l, err)
				continue
			}
			if !strings.HasPrefix(u.Path, "/scor/") {
				t.Errorf("%s: %s leads out of the screens", chemin, l)
				continue
			}
			if strings.Contains(m[0], "action") || strings.Contains(l, "#") || strings.Contains(l, "statique") {
				continue
			}
			s := strings.TrimPrefix(u.Path, "/scor/")
			if u.RawQuery != "" {
				s += "?" + u.RawQuery
			}
			aVoir = append(aVoir, s)
		}
	}
	if pages < 40 {
		t.Errorf("%d pages only were reached", pages)
	}
}
