package rapport

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/sdk"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/vecteurs"
	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
)

// fautif is the SDK with the faults that reports are made for: a wrong total, a record with a digit changed, an answer
// that never comes, an operation that isn't done.
type fautif struct{ kit.Sujet }

func (fautif) Nom() string { return "logiciel fautif 1.0 <essai>" }

func (f fautif) Repondre(ctx context.Context, v *kit.Vecteur) (kit.Reponse, error) {
	r, err := f.Sujet.Repondre(ctx, v)
	if err != nil {
		return nil, err
	}
	switch v.ID {
	case "b2-ecrire-une-facture":
		l := r["lignes"].([]any)
		l[4] = strings.Replace(l[4].(string), "00006706", "00006760", 1)
		r["lignes"] = l[:6]
	case "lot-une-piece":
		l := r["lignes"].([]any)
		l[3] = strings.Replace(l[3].(string), "ORD-1 ", "ORD-2 ", 1)
	case "noemie-payee":
		r["cumul"] = json.Number("6707")
	case "b2-total-facture", "nir-cle-fausse":
		return kit.Reponse{"accepte": true, "texte": "<script>alert(1)</script>"}, nil
	case "retour-arl-5001":
		return nil, os.ErrNotExist
	}
	if v.Famille == "profil" {
		return nil, kit.ErrSansObjet
	}
	return r, nil
}

var fautes = []string{"b2-ecrire-une-facture", "lot-une-piece", "noemie-payee", "b2-total-facture", "nir-cle-fausse",
	"retour-arl-5001"}

func faire(t *testing.T) *Rapport {
	t.Helper()
	l, err := kit.Open(vecteurs.FS)
	if err != nil {
		t.Fatal(err)
	}
	// What the tests look at, and a few of each family: a browser judges every element of the page.
	vus := map[string]int{}
	l = slices.DeleteFunc(l, func(v *kit.Vecteur) bool {
		vus[v.Famille]++
		return vus[v.Famille] > 3 && !slices.Contains(fautes, v.ID)
	})
	s := fautif{sdk.New()}
	resultats, err := kit.Jouer(t.Context(), l, s, kit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range resultats {
		resultats[i].Duree = 0
	}
	return New(s.Nom(), resultats)
}

func ecrit(t *testing.T, f func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Each form tells the same: what failed, where, by which rule; and the same results give the same bytes.
func TestFormes(t *testing.T) {
	r := faire(t)
	html := ecrit(t, func(b *bytes.Buffer) error { return r.WriteHTML(b) })
	texte := ecrit(t, func(b *bytes.Buffer) error { return r.WriteTexte(b) })
	for _, x := range []string{"b2-ecrire-une-facture", "lot-une-piece", "noemie-payee", "retour-arl-5001"} {
		if !strings.Contains(html, ">"+x+"<") || !strings.Contains(texte, "\n"+x+" (") {
			t.Errorf("%s is not told", x)
		}
	}
	if html != ecrit(t, func(b *bytes.Buffer) error { return r.WriteHTML(b) }) {
		t.Error("the page isn't the same twice")
	}
	if strings.Contains(html, "<script>alert") || strings.Contains(html, "<essai>") || strings.Contains(html, "http:") ||
		strings.Contains(html, "https:") {
		t.Error("what a subject answers acts on the page, or the page asks for something outside")
	}
	var s suites
	if err := xml.Unmarshal([]byte(ecrit(t, func(b *bytes.Buffer) error { return r.WriteJUnit(b) })), &s); err != nil {
		t.Fatal(err)
	}
	b := r.Bilan
	if s.Tests != b.Resultats || s.Failures != b.Echoues || s.Errors != 1 || s.Skipped != b.SansObjet || b.Echoues != 5 {
		t.Errorf("JUnit counts %d %d %d %d, the report %+v", s.Tests, s.Failures, s.Errors, s.Skipped, b)
	}
	n := 0
	for l := range strings.Lines(ecrit(t, func(b *bytes.Buffer) error { return r.WriteJSON(b) })) {
		var x struct {
			Genre, Verdict string
			Conforme       bool
		}
		if err := json.Unmarshal([]byte(l), &x); err != nil {
			t.Fatal(err)
		}
		if x.Verdict == "echoue" {
			n++
		}
		if x.Genre == "bilan" && x.Conforme {
			t.Error("the faulty subject is told conforming")
		}
	}
	if n != b.Echoues {
		t.Errorf("%d failures in JSON, %d expected", n, b.Echoues)
	}
}

// A record that differs is told by its zones: the one that differs, and no other.
func TestZones(t *testing.T) {
	vus := 0
	for _, x := range faire(t).Resultats {
		attendue := map[string]string{"b2-ecrire-une-facture": "5 total",
			"lot-une-piece": "4 Identifiant du document"}[x.Vecteur.ID]
		if attendue == "" {
			continue
		}
		vus++
		rang, nom, _ := strings.Cut(attendue, " ")
		for _, l := range lignes(&x) {
			for _, z := range l.Zones {
				if z.Differe != (string(rune('0'+l.Rang)) == rang && z.Nom == nom) {
					t.Errorf("%s: record %d, zone %s: differs: %t", x.Vecteur.ID, l.Rang, z.Nom, z.Differe)
				}
			}
			if l.Absente != (l.Rang == 7) {
				t.Errorf("%s: record %d missing: %t", x.Vecteur.ID, l.Rang, l.Absente)
			}
		}
	}
	if vus != 2 {
		t.Errorf("%d records compared", vus)
	}
}

// The page in a browser: nothing that WCAG forbids, in whole or unfolded; filters leave what they say; printed, what is
// not passed is unfolded.
func TestPage(t *testing.T) {
	p := chromium.Open(t, 1280, 900)
	nom := filepath.Join(t.TempDir(), "rapport.html")
	r := faire(t)
	page := ecrit(t, func(b *bytes.Buffer) error { return r.WriteHTML(b) })
	if err := os.WriteFile(nom, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Aller("file://" + filepath.ToSlash(nom))
	p.Attendre("document.documentElement.classList.contains('js')")
	p.Capturer("conformite-rapport")
	visibles := "[...document.querySelectorAll('details.cas')].filter(c => c.checkVisibility()).length"
	if n := chromium.Evaluer[int](p, visibles); n != r.Bilan.Resultats {
		t.Errorf("%d cases shown, %d expected", n, r.Bilan.Resultats)
	}
	choisir := "e => { e.value = 'pas-reussi'; e.dispatchEvent(new Event('change')); }"
	chromium.Evaluer[any](p, "("+choisir+")(document.getElementById('f-verdict'))")
	if n := chromium.Evaluer[int](p, visibles); n != r.Bilan.Echoues+r.Bilan.Erreurs {
		t.Errorf("%d cases shown of those not passed, %d expected", n, r.Bilan.Echoues+r.Bilan.Erreurs)
	}
	p.Ecrire("#f-texte", "enregistrement b2-ECRIRE")
	p.Attendre(visibles + " === 0")
	p.Cliquer("#f-effacer")
	p.Ecrire("#f-texte", "ecrire une facture zones")
	p.Attendre(visibles + " === 1")
	p.Cliquer("details.cas:not([hidden]) summary")
	p.Attendre("document.querySelector('tr.differe').checkVisibility()")
	p.Capturer("conformite-cas")
	p.Cliquer("#f-effacer")
	n := chromium.Evaluer[int](p,
		"(dispatchEvent(new Event('beforeprint')), document.querySelectorAll('details[open]').length)")
	if n != r.Bilan.Echoues+r.Bilan.Erreurs {
		t.Errorf("%d cases unfolded to print, %d expected", n, r.Bilan.Echoues+r.Bilan.Erreurs)
	}
	if l := p.Axe(); len(l) > 0 {
		t.Errorf("axe: %s", strings.Join(l, "\n"))
	}
	if l := p.Console(); len(l) > 0 {
		t.Errorf("console: %s", l)
	}
	chromium.Evaluer[any](p, "(location.hash = 'c-noemie-payee', null)")
	p.Attendre("document.querySelector('#c-noemie-payee summary') === document.activeElement")
	p.Taille(420, 800)
	p.Capturer("conformite-etroit")
	if n := chromium.Evaluer[int](p, "document.documentElement.scrollWidth"); n > 420 {
		t.Errorf("the page is %d wide in a window of 420", n)
	}
	if d := os.Getenv("SCOR_RAPPORT"); d != "" {
		if err := os.WriteFile(filepath.Join(d, "rapport.html"), []byte(page), 0o600); err != nil {
			t.Error(err)
		}
	}
}
