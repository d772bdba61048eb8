package ecrans

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// deborde names what is wider than the window, or lies outside of it: a page scrolls one way only. What scrolls by
// itself, and says so, may be wider.
const deborde = `(() => {
	const l = document.documentElement.clientWidth, r = [];
	if (document.documentElement.scrollWidth > l) r.push('page ' + document.documentElement.scrollWidth + ' > ' + l);
	for (const e of document.querySelectorAll('body *')) {
		if (e.closest('.lecteur, .evitement, .tableau, .onglets, .menu, .pages-pdf, svg')) continue;
		const b = e.getBoundingClientRect();
		if (b.width > 0 && (b.right > l + 1 || b.left < -1)) r.push(e.tagName + '.' + e.className + ' ' + Math.round(b.right));
	}
	return r.slice(0, 5);
})()`

// petites names the targets of touch that are under 24 pixels (WCAG 2.2, 2.5.8), links in a sentence excepted.
const petites = `[...document.querySelectorAll('button, select, input:not([type=hidden], [type=file]), .zone, .photo label, .bouton, nav a, h2 a, .fnum, summary')]
	.filter((e) => { const b = e.getBoundingClientRect(); return b.width && !e.closest('.coche, .evitement') && (b.height < 24 || b.width < 24); })
	.map((e) => e.outerHTML.slice(0, 80)).slice(0, 5)`

// vues is an office whose every screen has something to show, and how a person comes to each.
func vues(t *testing.T) (*bureau, map[string]func(*chromium.Page)) {
	t.Helper()
	registre, err := controle.Open(filepath.Join(t.TempDir(), "controle"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = registre.Close() })
	b := monter(t, suivitest.Plan{Lots: 14, Factures: 4}, WithControle(registre),
		WithBordereaux(Bordereaux{Registre: signature.New(&signature.Memoire{}), Lien: "/connexion"}),
		WithNumerisation(numerisationDEssai(t)))
	b.Horloge.Avancer(15 * 24 * time.Hour) // an orphan asks for a person
	if err := b.Repos(contexte); err != nil {
		t.Fatal(err)
	}
	b.classer(registre)
	var f suivi.VueFacture
	for v, err := range b.Factures(contexte) {
		if err != nil {
			t.Fatal(err)
		}
		if v.Situation == suivi.AReprendre && len(v.Pieces) > 0 && v.Pieces[0].Etat == journal.ARLNegatif {
			f = v
		}
	}
	scor, _ := b.premiere(journal.LotScor, suivi.ActionReconstituer)
	preuve := b.pagePreuve(f.Cle)
	aller := func(chemin string, attendre ...string) func(*chromium.Page) {
		return func(p *chromium.Page) {
			p.Aller(b.serveur.URL + "/scor/" + chemin)
			for _, x := range attendre {
				p.Attendre(x)
			}
		}
	}
	puis := func(chemin, css, attendre string) func(*chromium.Page) {
		return func(p *chromium.Page) {
			aller(chemin)(p)
			p.Cliquer(css)
			p.Attendre(attendre)
		}
	}
	return b, map[string]func(*chromium.Page){"a-faire": aller("intervenir"), "suivre": aller("suivre"),
		"facture": aller("facture?" + url.Values{"cle": {f.Facture}}.Encode()),
		"piece": aller("piece?"+url.Values{"id": {f.Pieces[0].ID}}.Encode(),
			`document.querySelector('.page-pdf canvas')`),
		"lots": aller("lots"), "lot": aller("lot?" + url.Values{"genre": {"lot-scor"}, "cle": {scor.Cle}}.Encode()),
		"controler": aller("controler"), "indicateurs": aller("indicateurs"), "erreur": aller("rien"),
		"relier": aller("relier?genre=piece&cle=ORD-SANS-FACTURE", `document.querySelector('.factures')`),
		"confirmer": puis("piece?id="+url.QueryEscape(f.Pieces[0].ID), `button[value^="papier|piece"]`,
			`document.getElementById('motif')`),
		"controle": func(p *chromium.Page) {
			aller("controler")(p)
			p.Ecrire(`[name="motif"]`, "essai")
			p.Cliquer(`form[action$="controle"] button`)
			p.Attendre(`document.querySelector('table')`)
		},
		"numeriser": func(p *chromium.Page) {
			aller("numeriser")(p)
			if chromium.Evaluer[int](p, `document.querySelectorAll('.feuille').length`) == 0 {
				glisser(p, []string{"a.png", "b.tif"}, sansResolution(t), pageTIFF(t, ordonnance(1)))
			}
			p.Attendre(pagesVues(2))
		},
		"preuve": func(p *chromium.Page) { p.Aller(preuve) },
	}
}

// classer files pieces of an invoice for the caisse's controls.
func (b *bureau) classer(registre *controle.Registre) {
	b.t.Helper()
	f, err := b.Fichier(2)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range f.Lots[0].Factures {
		x := &f.Lots[0].Factures[i]
		if _, err := registre.Classer(contexte, x, suivitest.Ordonnance("K"+nombreBrut(uint64(x.Cle.Numero)), x.Cle),
			controle.Acces{Qui: "u1", Motif: "classement"}); err != nil {
			b.t.Fatal(err)
		}
	}
}

// pagePreuve serves the page of an invoice's proof pack, as whoever got the pack opens it.
func (b *bureau) pagePreuve(c fse.CleFacture) string {
	b.t.Helper()
	var o bytes.Buffer
	if err := b.Preuve(contexte, &o, c); err != nil {
		b.t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(o.Bytes()), int64(o.Len()))
	if err != nil {
		b.t.Fatal(err)
	}
	s := httptest.NewServer(http.FileServerFS(z))
	b.t.Cleanup(s.Close)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".html") {
			return s.URL + "/" + f.Name
		}
	}
	b.t.Fatal("no page in the proof pack")
	return ""
}

// TestPagesVues looks at each screen in light, dark and forced colours, at four widths each: nothing overflows, no
// target is too small, axe-core finds nothing, no script fails.
func TestPagesVues(t *testing.T) {
	_, pages := vues(t)
	p := chromium.Open(t, 1024, 800)
	for _, m := range []struct{ nom, valeur string }{{"prefers-color-scheme", "light"}, {"prefers-color-scheme", "dark"},
		{"forced-colors", "active"}} {
		p.Media(m.nom, m.valeur)
		for _, nom := range slices.Sorted(maps.Keys(pages)) {
			p.Taille(1024, 800)
			pages[nom](p)
			for _, largeur := range []int{390, 768, 1024, 1280} {
				p.Taille(largeur, 800)
				ici := fmt.Sprintf("%s, %s, %d px", nom, m.valeur, largeur)
				if l := chromium.Evaluer[[]string](p, deborde); len(l) > 0 {
					t.Errorf("%s: %s", ici, strings.Join(l, "; "))
				}
				if l := chromium.Evaluer[[]string](p, petites); len(l) > 0 && nom != "preuve" {
					t.Errorf("%s: small targets: %s", ici, strings.Join(l, "; "))
				}
				if l := p.Axe(); len(l) > 0 {
					t.Errorf("%s: %s", ici, strings.Join(l, "\n"))
				}
				if os.Getenv("SCOR_CAPTURES") != "" {
					p.Capturer(fmt.Sprintf("%s-%d-%s", nom, largeur, m.valeur))
				}
			}
			if l := sansVeille(p.Console()); len(l) > 0 {
				t.Errorf("%s: %s", nom, strings.Join(l, "\n"))
			}
		}
	}
}

// sansVeille leaves out what the browser says of a page that isn't there, which was asked for, and what pdf.js
// remarks.
func sansVeille(l []string) (r []string) {
	for _, m := range l {
		if !strings.Contains(m, "404") && !strings.HasPrefix(m, "info") {
			r = append(r, m)
		}
	}
	return r
}

// TestARLNegatif handles a refused lot of pieces as a user does, from the list to its new ARL+, while a second tab
// looks on and follows by itself.
func TestARLNegatif(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: -1}, WithDelaiAnnulation(time.Millisecond))
	l, err := b.Lot(contexte, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range l.Factures {
		if err := b.Piece(contexte, fmt.Sprintf("P%d", i), f.Cle); err != nil {
			t.Fatal(err)
		}
	}
	oui := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	oui(b.ARL(contexte, l.Cle, true, "", ""))
	oui(b.Repos(contexte))
	lots := func() []string {
		t.Helper()
		x, err := b.LotsPieces(contexte, l.Cle)
		oui(err)
		return x
	}
	p, q := chromium.Open(t, 1024, 768), chromium.Open(t, 390, 800)
	p.Aller(b.serveur.URL + "/scor/intervenir")
	q.Aller(b.serveur.URL + "/scor/suivre")
	p.Attendre(`document.body.innerText.includes('Rien à faire')`)
	p.Attendre(`document.getElementById('vie').textContent === 'À jour.'`)
	q.Attendre(`document.getElementById('vie').textContent === 'À jour.'`)
	oui(b.ARLPieces(contexte, lots()[0], false, "1001", "Structure du lot incorrecte"))
	// Both pages move by themselves.
	p.Attendre(`document.querySelector('.ligne') && document.querySelector('.menu .pastille')`)
	q.Attendre(`document.body.innerText.includes('à reprendre')`)
	p.Cliquer(`button[value^="reconstituer|lot-scor"]`)
	p.Attendre(`document.body.innerText.includes('Rien à faire')`)
	oui(b.Repos(contexte))
	q.Attendre(`document.body.innerText.includes('réponse attendue')`)
	oui(b.ARLPieces(contexte, lots()[0], true, "", ""))
	q.Attendre(`document.querySelectorAll('.consigne.ne-pas-renvoyer').length === 2 &&
		document.body.innerText.includes('pièces acquittées')`)
	// Back, and a reload, show what is true now.
	q.Cliquer(".fnum")
	q.Attendre(`document.querySelector('.recit')`)
	chromium.Evaluer[bool](q, `history.back(), true`)
	q.Attendre(`document.querySelector('.factures') && document.body.innerText.includes('pièces acquittées')`)
	q.Recharger()
	q.Attendre(`document.body.innerText.includes('pièces acquittées')`)
	for _, x := range []*chromium.Page{p, q} {
		if l := x.Console(); len(l) > 0 {
			t.Error(strings.Join(l, "\n"))
		}
	}
}

// TestGestes undoes with the keyboard alone, links an orphan, puts a bad scan on paper, and sees a lost connection said
// and made up for.
func TestGestes(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 14, Factures: 5}, WithDelaiAnnulation(time.Hour))
	b.Horloge.Avancer(15 * 24 * time.Hour)
	if err := b.Repos(contexte); err != nil {
		t.Fatal(err)
	}
	p := chromium.Open(t, 1280, 900)
	p.Aller(b.serveur.URL + "/scor/intervenir?genre=lot-scor")
	// The skip link is the first thing that a keyboard meets.
	p.Touches("\t")
	p.Attendre(`document.activeElement.className === 'evitement'`)
	chromium.Evaluer[bool](p, `document.querySelector('button[value^="reconstituer"]').focus(), true`)
	p.Touches("\r")
	p.Attendre(`document.querySelector('form.differe')`)
	chromium.Evaluer[bool](p, `document.querySelector('form.differe button').focus(), true`)
	p.Touches("\r")
	p.Attendre(`document.body.innerText.includes('Annulé') && document.querySelector('button[value^="reconstituer"]')`)
	// Arrows go from line to line.
	chromium.Evaluer[bool](p, `document.querySelector('.lignes h2 a').focus(), true`)
	if chromium.Evaluer[int](p, `document.querySelectorAll('.lignes h2 a').length`) > 1 {
		p.Touches("\ue015")
	}
	// An orphan.
	p.Aller(b.serveur.URL + "/scor/piece?id=ORD-SANS-FACTURE")
	p.Cliquer(`button[value^="relier|piece"]`)
	p.Attendre(`document.querySelector('.factures button.principal')`)
	p.Cliquer(`.factures button.principal`)
	p.Attendre(`document.querySelector('button.principal') && document.body.innerText.includes('Ne rien faire')`)
	p.Cliquer(`form.formulaire button.principal`)
	p.Attendre(`document.body.innerText.includes('fait.') && document.querySelector('.recit')`)
	if x, _, err := b.Suivi.Piece(contexte, "ORD-SANS-FACTURE"); err != nil || x.Facture.Lot.Numero == 998 {
		t.Errorf("the orphan is of %v: %v", x.Facture, err)
	}
	// A connection that is lost is said, and what happened meanwhile is shown once it is back.
	p.Aller(b.serveur.URL + "/scor/suivre")
	p.Attendre(`document.getElementById('vie').textContent === 'À jour.'`)
	b.serveur.CloseClientConnections()
	p.Attendre(`document.getElementById('vie').className.includes('perdue') ||
		document.getElementById('vie').textContent === 'À jour.'`)
	l, err := b.Lot(contexte, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Piece(contexte, "PENDANT", fse.CleFacture(l.Factures[0].Cle)); err != nil {
		t.Fatal(err)
	}
	p.Attendre(fmt.Sprintf(`document.body.innerText.includes('Facture %d')`, l.Factures[0].Cle.Numero))
}
