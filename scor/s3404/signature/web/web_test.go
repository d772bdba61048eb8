package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

const (
	nir         = "1360375191481"
	bordereau   = "%PDF-1.4 bordereau de 1360375191481"
	lotEssai    = "751143488-104-2026-11-21"
	nomPatient  = "MARTIN"
	nomMandant  = "Dr Anne Morel"
	cleDemande  = "cle-de-la-tablette-1"
	typeJSON    = "application/json"
	typeForm    = "application/x-www-form-urlencoded"
	cookieNomme = "__Host-scor"
)

type poste struct {
	*httptest.Server
	registre   *signature.Registre
	appairage  *web.Appairage
	code       *string
	id         string
	journal    *bytes.Buffer
	maintenant *time.Time
}

func ouvrirPoste(t *testing.T, options ...signature.Option) *poste {
	t.Helper()
	p := &poste{registre: signature.New(new(signature.Memoire), options...), code: new(string), journal: new(bytes.Buffer)}
	t0 := time.Now()
	p.maintenant = &t0
	var err error
	p.appairage, err = web.NewAppairage(signature.Signataire{ID: "s1", Nom: "Mme Claire Vidal",
		Qualite: "Responsable facturation"},
		func(code string, _ time.Time) { *p.code = code })
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(web.Config{Registre: p.registre, Authentificateur: p.appairage, Etablissement: "CLINIQUE EXEMPLE",
		Journal: slog.New(slog.NewTextHandler(p.journal, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Horloge: func() time.Time { return *p.maintenant }})
	if err != nil {
		t.Fatal(err)
	}
	p.Server = httptest.NewTLSServer(h)
	t.Cleanup(p.Close)
	p.id, err = p.registre.Presenter(t.Context(), signature.Document{Lot: lotEssai, Titre: "Bordereau S3404, lot 104",
		Empreinte: sha256.Sum256([]byte(bordereau)), Taille: int64(len(bordereau)),
		Open:     func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(bordereau)), nil },
		Mandants: []string{nomMandant}, Tableau: signature.Tableau{ColonnesDetail: []signature.Colonne{{Titre: "Code"},
			{Titre: "Acte"}}, Colonnes: []signature.Colonne{{Titre: "Facture"}, {Titre: "Assuré"},
			{Titre: "Total", Montant: true}},
			Entetes: []signature.Entete{{Libelle: "Total", Valeur: "10,00 €"}}, Taille: 250, Totaux: []string{"", "", "10,00 €"},
			Lignes: func(debut, fin int) iter.Seq[signature.Ligne] {
				return func(yield func(signature.Ligne) bool) {
					for i := debut; i < fin &&
						yield(signature.Ligne{Cellules: []string{fmt.Sprintf("F%03d", i), nomPatient + " <b> " + nir, "0,04 €"},
							Details: [][]string{{"C<i>S", fmt.Sprintf("acte-%03d", i)}}}); i++ {
					}
				}
			}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// navigateur is a client with the habits of a browser: it keeps the cookie, says its origin, and doesn't follow
// redirections by itself.
type navigateur struct {
	*poste
	cookie *http.Cookie
	jeton  string
}

func (n *navigateur) demander(t *testing.T, methode, chemin, genre string, corps io.Reader,
	entetes ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), methode, n.URL+chemin, corps)
	if err != nil {
		t.Fatal(err)
	}
	if methode == http.MethodGet {
		r.Header.Set("Accept", "text/html")
	} else {
		r.Header.Set("Origin", n.URL)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("X-CSRF-Token", n.jeton)
	}
	if genre != "" {
		r.Header.Set("Content-Type", genre)
	}
	if n.cookie != nil {
		r.AddCookie(n.cookie)
	}
	for i := 0; i < len(entetes); i += 2 {
		if r.Header.Del(entetes[i]); entetes[i+1] != "" {
			r.Header.Set(entetes[i], entetes[i+1])
		}
	}
	if h := r.Header.Get("Host"); h != "" {
		r.Host = h
	}
	c := *n.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	rep, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer rep.Body.Close()
	b, err := io.ReadAll(rep.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rep.Cookies() {
		if c.Name == cookieNomme {
			n.cookie = c
		}
	}
	return rep, string(b)
}

var jetonPage = regexp.MustCompile(`name="(?:jeton" content|csrf" value)="([^"]+)"`)

func (p *poste) connecter(t *testing.T) *navigateur {
	t.Helper()
	n := &navigateur{poste: p}
	rep, _ := n.demander(t, "POST", "/connexion", typeForm,
		strings.NewReader(url.Values{"code": {*p.code}, "suite": {"/document/" + p.id}}.Encode()))
	if rep.StatusCode != http.StatusSeeOther || rep.Header.Get("Location") != "/document/"+p.id {
		t.Fatalf("sign-in: %s to %s", rep.Status, rep.Header.Get("Location"))
	}
	_, page := n.demander(t, "GET", "/document/"+p.id, "", nil)
	m := jetonPage.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no token in the page:\n%s", page)
	}
	n.jeton = m[1]
	return n
}

func demandeJSON(t *testing.T) string {
	t.Helper()
	b, err := json.Marshal(signature.Demande{Empreinte: sha256.Sum256([]byte(bordereau)),
		Brouillon: signature.Brouillon{Cle: cleDemande, Version: 3,
			PourMandat: true, Mandant: nomMandant, Traits: []signature.Trait{{{X: 1000, Y: 5000, P: 300},
				{X: 6000, Y: 4000, P: 700, T: 90}}}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Without the session of an authorised signer nothing of a bordereau comes out and nothing changes.
func TestSansSession(t *testing.T) {
	p := ouvrirPoste(t)
	faux := &http.Cookie{Name: cookieNomme, Value: strings.Repeat("A", 43)}
	for _, c := range []*http.Cookie{nil, faux, {Name: cookieNomme, Value: ""}} {
		n := &navigateur{poste: p, cookie: c}
		for _, chemin := range []string{"/", "/document/" + p.id, "/document/" + p.id + "/pdf", "/document/" + p.id +
			"/lecture", "/document/" + p.id + "/etat", "/document/" + p.id + "/brouillon"} {
			rep, corps := n.demander(t, "GET", chemin, "", nil)
			if rep.StatusCode != http.StatusSeeOther || !strings.HasPrefix(rep.Header.Get("Location"), "/connexion") {
				t.Errorf("GET %s: %s", chemin, rep.Status)
			}
			if strings.Contains(corps, "104") || strings.Contains(corps, nir) {
				t.Errorf("GET %s tells of the lot", chemin)
			}
			if rep, corps = n.demander(t, "GET", chemin, "", nil, "Accept",
				typeJSON); rep.StatusCode != http.StatusUnauthorized || strings.Contains(corps, "104") {
				t.Errorf("GET %s as JSON: %s %s", chemin, rep.Status, corps)
			}
		}
		for _, m := range [][2]string{{"PUT", "/brouillon"}, {"POST", "/signature"}, {"POST", "/refus"}} {
			if rep, _ := n.demander(t, m[0], "/document/"+p.id+m[1], typeJSON,
				strings.NewReader(demandeJSON(t))); rep.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s %s: %s", m[0], m[1], rep.Status)
			}
		}
		if rep, _ := n.demander(t, "POST", "/deconnexion", typeForm, nil); rep.StatusCode != http.StatusUnauthorized {
			t.Errorf("sign-out: %s", rep.Status)
		}
	}
	if v := p.registre.Documents()[0]; v.Etat != signature.ASigner {
		t.Errorf("state %s", v.Etat)
	}
}

// A request that another site has the browser make, with its cookie, is refused.
func TestCSRF(t *testing.T) {
	p := ouvrirPoste(t)
	n := p.connecter(t)
	chemin := "/document/" + p.id + "/signature"
	for nom, entetes := range map[string][]string{
		"no token":         {"X-CSRF-Token", ""},
		"wrong token":      {"X-CSRF-Token", strings.Repeat("A", 43)},
		"cross-site":       {"Sec-Fetch-Site", "cross-site"},
		"same-site":        {"Sec-Fetch-Site", "same-site"},
		"other origin":     {"Sec-Fetch-Site", "", "Origin", "https://mechant.example"},
		"null origin":      {"Sec-Fetch-Site", "", "Origin", "null"},
		"no origin at all": {"Sec-Fetch-Site", "", "Origin", ""},
	} {
		if rep, _ := n.demander(t, "POST", chemin, typeJSON, strings.NewReader(demandeJSON(t)),
			entetes...); rep.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", nom, rep.Status)
		}
	}
	for _, genre := range []string{"text/plain", typeForm, ""} {
		if rep, _ := n.demander(t, "POST", chemin, genre,
			strings.NewReader(demandeJSON(t))); rep.StatusCode != http.StatusBadRequest {
			t.Errorf("body as %q: %s", genre, rep.Status)
		}
	}
	if rep, _ := n.demander(t, "GET", "/", "", nil, "Host",
		"mechant.example"); rep.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("foreign host: %s", rep.Status)
	}
	if rep, _ := n.demander(t, "POST", "/connexion", typeForm, strings.NewReader("code="+*p.code), "Sec-Fetch-Site",
		"cross-site"); rep.StatusCode != http.StatusForbidden {
		t.Errorf("sign-in from another site: %s", rep.Status)
	}
	if v := p.registre.Documents()[0]; v.Etat != signature.ASigner {
		t.Fatalf("state %s", v.Etat)
	}
	if rep, corps := n.demander(t, "POST", chemin, typeJSON,
		strings.NewReader(demandeJSON(t))); rep.StatusCode != http.StatusOK {
		t.Fatalf("the true one: %s %s", rep.Status, corps)
	}
}

// What every answer says to the browser.
func TestEntetes(t *testing.T) {
	p := ouvrirPoste(t)
	n := p.connecter(t)
	c := n.cookie
	if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" ||
		len(c.Value) < 43 {
		t.Errorf("cookie %v", c)
	}
	for _, chemin := range []string{"/", "/connexion", "/document/" + p.id, "/document/" + p.id + "/pdf",
		"/document/" + p.id + "/lecture", "/document/" + p.id + "/etat", "/document/" + p.id + "/brouillon",
		"/document/00000000000000000000000000000000", "/static/signer.js", "/rien"} {
		rep, corps := n.demander(t, "GET", chemin, "", nil)
		h := rep.Header
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") ||
			!strings.Contains(csp, "frame-ancestors") || strings.Contains(csp, "http") {
			t.Errorf("%s: CSP %q", chemin, csp)
		}
		for nom, veut := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if h.Get(nom) != veut {
				t.Errorf("%s: %s %q", chemin, nom, h.Get(nom))
			}
		}
		if cache := h.Get("Cache-Control"); cache != "no-store" && !strings.HasPrefix(chemin, "/static/") {
			t.Errorf("%s: Cache-Control %q", chemin, cache)
		}
		if h.Get("X-Frame-Options") == "" || h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: framing %q, HSTS %q", chemin, h.Get("X-Frame-Options"), h.Get("Strict-Transport-Security"))
		}
		if regexp.MustCompile(`(?i)<script>|\son[a-z]+=|\sstyle=|(src|href|action)="(https?:)?//`).MatchString(corps) {
			t.Errorf("%s: inline code or a resource of another host", chemin)
		}
	}
}

// A session ends by sign-out and by time, and each sign-in has a new identifier and token.
func TestSessions(t *testing.T) {
	p := ouvrirPoste(t)
	un := p.connecter(t)
	deux := p.connecter(t)
	if un.cookie.Value == deux.cookie.Value || un.jeton == deux.jeton {
		t.Fatal("two sessions share their secrets")
	}
	croise := &navigateur{poste: p, cookie: un.cookie, jeton: deux.jeton}
	if rep, _ := croise.demander(t, "POST", "/document/"+p.id+"/signature", typeJSON,
		strings.NewReader(demandeJSON(t))); rep.StatusCode != http.StatusForbidden {
		t.Errorf("token of another session: %s", rep.Status)
	}
	avant := *un.cookie
	if rep, _ := un.demander(t, "POST", "/deconnexion", typeForm, nil); rep.StatusCode != http.StatusSeeOther ||
		un.cookie.MaxAge >= 0 || rep.Header.Get("Clear-Site-Data") == "" {
		t.Errorf("sign-out: %s %v", rep.Status, un.cookie)
	}
	un.cookie = &avant
	if rep, _ := un.demander(t, "GET", "/", "", nil); rep.StatusCode != http.StatusSeeOther {
		t.Errorf("the old cookie still works: %s", rep.Status)
	}
	*p.maintenant = p.maintenant.Add(14 * time.Minute)
	if rep, _ := deux.demander(t, "GET", "/", "", nil); rep.StatusCode != http.StatusOK {
		t.Errorf("after 14 idle minutes: %s", rep.Status)
	}
	*p.maintenant = p.maintenant.Add(16 * time.Minute)
	if rep, _ := deux.demander(t, "GET", "/", "", nil); rep.StatusCode != http.StatusSeeOther {
		t.Errorf("after 16 idle minutes: %s", rep.Status)
	}
}

// A code serves once; guessing is slowed for each client and ends the code.
func TestAppairage(t *testing.T) {
	p := ouvrirPoste(t)
	premier := *p.code
	p.connecter(t)
	if premier == *p.code {
		t.Fatal("the code was not replaced after use")
	}
	n := &navigateur{poste: p}
	essai := func(code, suite string) *http.Response {
		rep, _ := n.demander(t, "POST", "/connexion", typeForm,
			strings.NewReader(url.Values{"code": {code}, "suite": {suite}}.Encode()))
		return rep
	}
	if rep := essai(premier, ""); rep.StatusCode != http.StatusUnauthorized {
		t.Errorf("a used code: %s", rep.Status)
	}
	freine := false
	for range 6 {
		rep := essai("00000000", "")
		freine = freine || rep.StatusCode == http.StatusTooManyRequests && rep.Header.Get("Retry-After") != ""
	}
	if !freine {
		t.Error("no limit on tries")
	}
	second := *p.code
	for range 12 {
		*p.maintenant = p.maintenant.Add(time.Minute)
		essai("99999999x", "")
	}
	// Whoever was wrong ten times doesn't get in, nor takes the code from the others.
	*p.maintenant = p.maintenant.Add(time.Minute)
	if rep := essai(second, ""); rep.StatusCode != http.StatusUnauthorized || *p.code != second {
		t.Errorf("after twelve wrong tries of one client: %s", rep.Status)
	}
	autre := httptest.NewRequest("POST", "https://localhost/connexion",
		strings.NewReader(url.Values{"code": {second}}.Encode()))
	autre.Header.Set("Content-Type", typeForm)
	autre.RemoteAddr = "192.0.2.7:4000"
	if _, err := p.appairage.Authentifier(autre); err != nil || *p.code == second {
		t.Errorf("another client with the right code: %v", err)
	}
	// Guessers together end a code.
	third := *p.code
	for i := range 200 {
		faux := httptest.NewRequest("POST", "https://localhost/connexion", strings.NewReader("code=1"))
		faux.Header.Set("Content-Type", typeForm)
		faux.RemoteAddr = fmt.Sprintf("192.0.2.%d:4000", i%250)
		if _, err := p.appairage.Authentifier(faux); !errors.Is(err, web.ErrCode) {
			t.Fatal(err)
		}
	}
	if *p.code == third {
		t.Error("the code outlives two hundred wrong tries")
	}
	*p.maintenant = p.maintenant.Add(time.Minute)
	for _, suite := range []string{"https://mechant.example/", "//mechant.example", "/document/../connexion",
		"/deconnexion"} {
		*p.maintenant = p.maintenant.Add(time.Minute)
		if rep := essai(*p.code, suite); rep.StatusCode != http.StatusSeeOther || rep.Header.Get("Location") != "/" {
			t.Errorf("suite %s: %s to %s", suite, rep.Status, rep.Header.Get("Location"))
		}
	}
	if strings.Contains(p.journal.String(), strings.ReplaceAll(premier, " ", "")) || strings.Contains(p.journal.String(),
		premier) {
		t.Error("a code is in the log")
	}
}

// The same request again has the same answer; a screen that shows another content signs nothing; after that the state
// is told.
func TestSignerParHTTP(t *testing.T) {
	p := ouvrirPoste(t)
	n := p.connecter(t)
	base := "/document/" + p.id
	rep, corps := n.demander(t, "PUT", base+"/brouillon", typeJSON, strings.NewReader(`{"cle":"`+cleDemande+
		`","version":1,"traits":[[[1,2,3,4]]],"pour_mandat":false}`))
	if rep.StatusCode != http.StatusNoContent {
		t.Fatalf("draft: %s %s", rep.Status, corps)
	}
	if _, corps = n.demander(t, "GET", base+"/brouillon", "", nil); !strings.Contains(corps, `"traits":[[[1,2,3,4]]]`) {
		t.Errorf("draft read back: %s", corps)
	}
	autre := strings.Replace(demandeJSON(t), fmt.Sprintf("%x", sha256.Sum256([]byte(bordereau))), strings.Repeat("0", 64),
		1)
	if rep, corps = n.demander(t, "POST", base+"/signature", typeJSON,
		strings.NewReader(autre)); rep.StatusCode != http.StatusConflict || !strings.Contains(corps, `"modifie"`) {
		t.Errorf("other content: %s %s", rep.Status, corps)
	}
	for _, mauvais := range []string{"", "{", `{"cle":1}`, `{"inconnu":1}`, demandeJSON(t) + "{}",
		`{"traits":[[[1,2,3,99999999999999]]]}`} {
		if rep, _ = n.demander(t, "POST", base+"/signature", typeJSON,
			strings.NewReader(mauvais)); rep.StatusCode != http.StatusBadRequest {
			t.Errorf("body %.30q: %s", mauvais, rep.Status)
		}
	}
	if rep, _ = n.demander(t, "POST", base+"/signature", typeJSON, strings.NewReader(`{"mandant":"`+strings.Repeat("x",
		3<<20)+`"}`)); rep.StatusCode != http.StatusBadRequest {
		t.Errorf("3 MiB: %s", rep.Status)
	}
	if rep, corps = n.demander(t, "POST", base+"/signature", typeJSON, strings.NewReader(`{"cle":"`+cleDemande+
		`","empreinte":"`+fmt.Sprintf("%x", sha256.Sum256([]byte(bordereau)))+
		`"}`)); rep.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(corps, "trop court") {
		t.Errorf("nothing drawn: %s %s", rep.Status, corps)
	}
	var un, deux struct {
		Recu signature.Recu
		Etat signature.EtatSignature
	}
	for _, v := range []any{&un, &deux} {
		rep, corps = n.demander(t, "POST", base+"/signature", typeJSON, strings.NewReader(demandeJSON(t)))
		if err := json.Unmarshal([]byte(corps), v); err != nil || rep.StatusCode != http.StatusOK {
			t.Fatalf("%s %s", rep.Status, corps)
		}
	}
	if d := cmp.Diff(un, deux); d != "" || un.Etat != signature.Signe || un.Recu.Mandant != nomMandant {
		t.Errorf("%+v %s", un, d)
	}
	rep, corps = n.demander(t, "POST", base+"/signature", typeJSON,
		strings.NewReader(strings.Replace(demandeJSON(t), cleDemande, cleDemande+"2", 1)))
	if rep.StatusCode != http.StatusConflict || !strings.Contains(corps, `"deja-signe"`) ||
		!strings.Contains(corps, un.Recu.Lien.String()) {
		t.Errorf("second signature: %s %s", rep.Status, corps)
	}
	p.registre.Avancer(p.id, signature.Etape{Libelle: "ARL positif", Fin: true})
	if _, corps = n.demander(t, "GET", base+"/etat", "", nil); !strings.Contains(corps, "ARL positif") {
		t.Errorf("state: %s", corps)
	}
	if strings.Contains(corps, `"traits"`) {
		t.Error("strokes come back out")
	}
}

// Patients' data are in the bordereau and its table, escaped, and nowhere else: not in a URL, not in the log.
func TestDonneesDeSante(t *testing.T) {
	p := ouvrirPoste(t)
	n := p.connecter(t)
	_, table := n.demander(t, "GET", "/document/"+p.id+"/lecture?page=3", "", nil)
	if !strings.Contains(table, "F249") || strings.Contains(table, "F199") || !strings.Contains(table, nir) ||
		strings.Contains(table, "<b>") || !strings.Contains(table, "acte-249") || strings.Contains(table, "<i>") {
		t.Error("third page of the table")
	}
	if rep, pdf := n.demander(t, "GET", "/document/"+p.id+"/pdf", "", nil); pdf != bordereau ||
		rep.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("PDF: %v", rep.Header)
	}
	n.demander(t, "POST", "/document/"+p.id+"/refus", typeJSON, strings.NewReader(`{"motif":"le séjour de `+nomPatient+
		` manque"}`))
	_, liste := n.demander(t, "GET", "/", "", nil)
	if strings.Contains(liste, nir) {
		t.Error("a NIR in the list")
	}
	for _, secret := range []string{nir, nomPatient, nomMandant, "Vidal", n.cookie.Value, n.jeton} {
		if strings.Contains(p.journal.String(), secret) {
			t.Errorf("in the log: %.6s…", secret)
		}
		if strings.Contains(p.id, secret) {
			t.Errorf("in a URL: %.6s…", secret)
		}
	}
	if !strings.Contains(p.journal.String(), "signataire=s1") {
		t.Error("the log does not tell who")
	}
}

func TestTLS(t *testing.T) {
	if _, err := web.Listen("0.0.0.0:0", nil); !errors.Is(err, web.ErrEnClair) {
		t.Errorf("plain HTTP for all: %v", err)
	}
	if _, err := web.Listen(":0", nil); !errors.Is(err, web.ErrEnClair) {
		t.Errorf("plain HTTP for all: %v", err)
	}
	dossier := filepath.Join(t.TempDir(), "tls")
	c, err := web.CertificatLocal(dossier, "localhost", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	encore, err := web.CertificatLocal(dossier, "localhost")
	if err != nil || web.EmpreinteCertificat(c) != web.EmpreinteCertificat(encore) {
		t.Errorf("made again although it was good: %v", err)
	}
	if autre, err := web.CertificatLocal(dossier, "tablette.local"); err != nil ||
		web.EmpreinteCertificat(c) == web.EmpreinteCertificat(autre) {
		t.Errorf("does not serve the new host: %v", err)
	}
	if i, err := os.Stat(filepath.Join(dossier, "cle.pem")); err != nil || runtime.GOOS != "windows" &&
		i.Mode().Perm() != 0o600 {
		t.Errorf("key: %v %v", i.Mode(), err)
	}
	l, err := web.Listen("127.0.0.1:0", c)
	if err != nil {
		t.Fatal(err)
	}
	s := web.NewServer(http.NotFoundHandler(), nil)
	go s.Serve(l)
	defer s.Close()
	if _, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true,
		MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was taken")
	}
	conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.ConnectionState().PeerCertificates[0].VerifyHostname("127.0.0.1"); err != nil {
		t.Error(err)
	}
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 ||
		s.MaxHeaderBytes <= 0 {
		t.Error("a time or size is not limited")
	}
	if clair, err := web.Listen("127.0.0.1:0", nil); err != nil {
		t.Error(err)
	} else {
		clair.Close()
	}
	var _ net.Listener = l
}

// Anything that a network may send to the two JSON addresses is answered, never 5xx.
func FuzzCorps(f *testing.F) {
	f.Add("/signature", `{"cle":"cle-de-la-tablette-1","traits":[[[1,2,3,4],[9000,2,3,5]]]}`)
	f.Add("/brouillon", `{"cle":"cle-de-la-tablette-1","version":-1,"traits":[[]]}`)
	f.Add("/refus", `{"motif":"x"}`)
	f.Fuzz(func(t *testing.T, chemin, corps string) {
		if chemin != "/signature" && chemin != "/brouillon" && chemin != "/refus" {
			return
		}
		p := ouvrirPoste(t)
		n := p.connecter(t)
		methode := "POST"
		if chemin == "/brouillon" {
			methode = "PUT"
		}
		if rep, _ := n.demander(t, methode, "/document/"+p.id+chemin, typeJSON,
			strings.NewReader(corps)); rep.StatusCode >= 500 {
			t.Errorf("%s", rep.Status)
		}
	})
}

// TestVerrouillage protects a tablet left on a table: what its page asks by itself doesn't keep the session open; what
// a person does, does.
func TestVerrouillage(t *testing.T) {
	p := ouvrirPoste(t)
	n := p.connecter(t)
	attendre := func(minutes int, chemin string, entetes ...string) (ouverte bool) {
		for range minutes * 15 {
			*p.maintenant = p.maintenant.Add(4 * time.Second)
			if rep, _ := n.demander(t, "GET", chemin, "", nil, entetes...); rep.StatusCode != http.StatusOK {
				return false
			}
		}
		return true
	}
	geste := func() {
		t.Helper()
		if rep, _ := n.demander(t, "POST", "/activite", "", nil); rep.StatusCode != http.StatusNoContent {
			t.Fatal(rep.Status)
		}
	}
	for range 3 {
		if !attendre(14, "/", "X-SCOR-Veille", "1") {
			t.Fatal("closed while somebody works")
		}
		geste()
	}
	if rep, _ := n.demander(t, "GET", "/", "", nil, "Sec-Fetch-User", "?1", "Sec-Fetch-Mode",
		"navigate"); rep.StatusCode != http.StatusOK {
		t.Fatal(rep.Status)
	}
	for _, chemin := range []string{"/", "/document/" + p.id + "/etat"} {
		if attendre(16, chemin) {
			t.Errorf("%s keeps an idle session open", chemin)
		}
		n = p.connecter(t)
	}
	if rep, _ := (&navigateur{poste: p}).demander(t, "POST", "/activite", "",
		nil); rep.StatusCode != http.StatusUnauthorized {
		t.Errorf("without session: %s", rep.Status)
	}
}

// TestTraceDesLectures protects the trail: opening the list and a bordereau is told, what pages ask by themselves
// isn't.
func TestTraceDesLectures(t *testing.T) {
	p := ouvrirPoste(t)
	var actions []string
	signature.WithTrace(func(a signature.Acces) { actions = append(actions, a.Action) })(p.registre)
	n := p.connecter(t) // opens the bordereau
	n.demander(t, "GET", "/", "", nil)
	for range 5 {
		n.demander(t, "GET", "/", "", nil, "X-SCOR-Veille", "1")
		n.demander(t, "GET", "/document/"+p.id+"/etat", "", nil)
	}
	if got := strings.Join(actions, " "); got != "lire lister" {
		t.Errorf("traced: %s", got)
	}
}

// TestTableDesClients protects newcomers: who fills the table of clients doesn't lock the others out.
func TestTableDesClients(t *testing.T) {
	p := ouvrirPoste(t)
	essayer := func(client string) int {
		r := httptest.NewRequest("POST", "https://localhost/connexion", strings.NewReader("code=1"))
		r.Header.Set("Content-Type", typeForm)
		r.Header.Set("Origin", "https://localhost")
		r.RemoteAddr = client
		w := httptest.NewRecorder()
		p.Config.Handler.ServeHTTP(w, r)
		return w.Code
	}
	for i := range 1100 {
		essayer(fmt.Sprintf("[2001:db8::%x]:4000", i))
	}
	*p.maintenant = p.maintenant.Add(time.Second)
	if code := essayer("192.0.2.1:4000"); code != http.StatusUnauthorized {
		t.Errorf("a newcomer gets %d", code)
	}
}

// TestStatiques protects that only the page's files are served, and pdf.js to any browser.
func TestStatiques(t *testing.T) {
	p := ouvrirPoste(t)
	n := &navigateur{poste: p}
	for chemin, code := range map[string]int{"/static/": 404, "/static": 404, "/static/pdfjs-LICENCE.txt": 404,
		"/static/pdf.min.mjs.gz": 404, "/static/../web.go": 404, "/static/style.css": 200, "/static/signer.js": 200,
		"/static/pdf.min.mjs": 200, "/static/pdf.worker.min.mjs": 200} {
		rep, corps := n.demander(t, "GET", chemin, "", nil, "Accept-Encoding", "identity")
		if rep.StatusCode != code && !(code == 404 && rep.StatusCode >= 300 && rep.StatusCode < 500) {
			t.Errorf("%s: %s", chemin, rep.Status)
		}
		if strings.HasSuffix(chemin, ".mjs") && (!strings.Contains(corps, "pdfjs") ||
			rep.Header.Get("Content-Encoding") != "") {
			t.Errorf("%s: %d bytes, %v", chemin, len(corps), rep.Header)
		}
	}
}

// TestCodeVeille protects that the code on the biller's screen is a good one.
func TestCodeVeille(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var codes []string
		a, err := web.NewAppairage(signature.Signataire{ID: "s1", Nom: "X"},
			func(code string, _ time.Time) { codes = append(codes, code) })
		if err != nil {
			t.Fatal(err)
		}
		ctx, fin := context.WithTimeout(t.Context(), 35*time.Minute)
		defer fin()
		if err := a.Veiller(ctx); !errors.Is(err, context.DeadlineExceeded) || len(codes) != 4 {
			t.Errorf("%d codes in 35 minutes, %v", len(codes), err)
		}
	})
}
