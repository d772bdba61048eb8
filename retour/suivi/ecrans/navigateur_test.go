package ecrans

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
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
const petites = `[...document.querySelectorAll('button, select, input:not([type=hidden]), .bouton, nav a, h2 a, .fnum, summary')]
	.filter((e) => { const b = e.getBoundingClientRect(); return b.width && !e.closest('.coche, .evitement') && (b.height < 24 || b.width < 24); })
	.map((e) => e.outerHTML.slice(0, 80)).slice(0, 5)`

// TestPagesVues looks at each screen at four widths: nothing overflows, no target is too small, no script fails, and
// axe-core finds nothing, in light, dark and forced colours.
func TestPagesVues(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 16, Factures: 6})
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
	p := chromium.Open(t, 1024, 768)
	pages := map[string]string{"a-faire": "intervenir", "suivre": "suivre", "facture": "facture?" +
		url.Values{"cle": {f.Facture}}.Encode(), "piece": "piece?" + url.Values{"id": {f.Pieces[0].ID}}.Encode(),
		"lots": "lots", "lot": "lot?" + url.Values{"genre": {"lot-scor"}, "cle": {scor.Cle}}.Encode(),
		"controler": "controler", "indicateurs": "indicateurs", "erreur": "rien"}
	for nom, chemin := range pages {
		p.Aller(b.serveur.URL + "/scor/" + chemin)
		if nom == "piece" {
			p.Attendre(`document.querySelector('.page-pdf canvas')`)
		}
		for _, largeur := range []int{390, 768, 1024, 1280} {
			p.Taille(largeur, 800)
			if l := chromium.Evaluer[[]string](p, deborde); len(l) > 0 {
				t.Errorf("%s at %d: %s", nom, largeur, strings.Join(l, "; "))
			}
			if largeur == 390 || largeur == 1280 {
				p.Capturer(fmt.Sprintf("%s-%d", nom, largeur))
			}
		}
		p.Taille(390, 800)
		if l := chromium.Evaluer[[]string](p, petites); len(l) > 0 {
			t.Errorf("%s: small targets: %s", nom, strings.Join(l, "; "))
		}
		for _, m := range []struct{ nom, valeur string }{{"prefers-color-scheme", "light"}, {"prefers-color-scheme", "dark"},
			{"forced-colors", "active"}} {
			p.Media(m.nom, m.valeur)
			if m.valeur == "dark" {
				p.Capturer(nom + "-sombre")
			}
			if l := p.Axe(); len(l) > 0 {
				t.Errorf("%s, %s: %s", nom, m.valeur, strings.Join(l, "\n"))
			}
		}
		p.Media("forced-colors", "none")
		if l := sansVeille(p.Console()); len(l) > 0 {
			t.Errorf("%s: %s", nom, strings.Join(l, "\n"))
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
