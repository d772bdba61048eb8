package ecrans

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
)

// glisser drops files on the screen, as a person does from their desk.
func glisser(p *chromium.Page, noms []string, contenus ...[]byte) {
	var b strings.Builder
	b.WriteString(`(() => { const d = new DataTransfer(); const f = (n, b) => d.items.add(new File([` +
		`Uint8Array.from(atob(b), (c) => c.charCodeAt(0))], n));`)
	for i, c := range contenus {
		fmt.Fprintf(&b, "f(%q, %q);", noms[i], base64.StdEncoding.EncodeToString(c))
	}
	b.WriteString(`document.querySelector('.zone').dispatchEvent(new DragEvent('drop', {dataTransfer: d, bubbles: true, ` +
		`cancelable: true})); return true; })()`)
	chromium.Evaluer[bool](p, b.String())
}

// sansResolution is a good page whose file doesn't say its resolution: a person is asked.
func sansResolution(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, pd.Page{Graine: 1, Format: pd.A4, DPI: 200}.Gris()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pagesVues(n int) string {
	return fmt.Sprintf(`document.querySelectorAll('.feuille').length === %d && !document.querySelector('.cours li')`, n)
}

// A batch of 30 sheets is dropped, dealt out by its separators, looked at and attached, in a browser.
func TestNavigateurLot(t *testing.T) {
	b := monterScan(t, 15)
	p := chromium.Open(t, 1280, 900)
	p.Aller(b.serveur.URL + "/scor/numeriser")
	for i := range b.lot.Factures { // one file after the other: each verdict is seen as it comes
		glisser(p, []string{fmt.Sprint("lot", i, ".tif")}, pageTIFF(t, separatrice(t, b.lot.Factures[i].Cle),
			ordonnance(uint64(i%4))))
		p.Attendre(pagesVues(2*i + 2))
	}
	p.Capturer("lot")
	p.Cliquer(`form[action$="repartir"] button`)
	p.Attendre(`document.querySelectorAll('input[name=piece]:checked').length === 15`)
	p.Capturer("reparti")
	p.Cliquer(`.joindre button`)
	p.Attendre(`document.querySelector('.message.bon')?.textContent.includes('jointes')`)
	for i := range b.lot.Factures {
		if l := b.piecesDe(i); len(l) != 1 {
			t.Errorf("invoice %d: %d pieces", i, len(l))
		}
	}
	if l := p.Console(); len(l) > 0 {
		t.Error(l)
	}
}

// A bad scan is seen, taken away and scanned again; an open question is answered in one tap; pages are moved by keys;
// a connection that is lost loses nothing.
func TestNavigateurPages(t *testing.T) {
	b := monterScan(t, 1)
	p := chromium.Open(t, 1024, 800)
	p.Aller(b.serveur.URL + "/scor/numeriser")
	noire := pd.Page{Graine: 2, Format: pd.A5, DPI: 200, Defaut: pd.Noir}.Gris()
	glisser(p, []string{"noire.tif"}, pageTIFF(t, noire))
	p.Attendre(`document.querySelector('.feuille.echec')`)
	p.Capturer("refusee")
	p.Cliquer(`.feuille.echec button[value^="retirer"]`)
	p.Attendre(`!document.querySelector('.feuille')`)

	glisser(p, []string{"c0.png"}, sansResolution(t))
	p.Attendre(`document.querySelector('.feuille.alerte button.principal')`)
	p.Capturer("a-confirmer")
	p.Cliquer(`.feuille.alerte button.principal`)
	p.Attendre(`document.querySelector('.feuille.fait')`)

	chromium.Evaluer[bool](p, `(() => { const f = window.fetch; let n = 0; window.fetch = (...a) => ++n < 3 && `+
		`String(a[0]).includes('fichiers') ? Promise.reject(new TypeError('lost')) : f(...a); return true; })()`)
	glisser(p, []string{"b.tif", "c.tif"}, pageTIFF(t, ordonnance(1)), pageTIFF(t, ordonnance(3)))
	p.Attendre(`document.querySelector('.cours .perdu')`)
	p.Attendre(pagesVues(3))

	ordre := func() string {
		return chromium.Evaluer[string](p, `[...document.querySelectorAll('.nomf')].map((x) => x.textContent[0]).join('')`)
	}
	if o := ordre(); o != "cbc" {
		t.Fatalf("order %q", o)
	}
	chromium.Evaluer[bool](p, `(() => { const l = document.querySelectorAll('.feuille'); l[2].focus(); `+
		`l[2].dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowUp', altKey: true, bubbles: true})); return true; })()`)
	p.Attendre(`document.getElementById('contenu').dataset.lu && [...document.querySelectorAll('.nomf')].map((x) => ` +
		`x.textContent[0]).join('') === 'ccb'`)
	p.Recharger()
	p.Attendre(`document.querySelectorAll('.feuille').length === 3`)
	if o := ordre(); o != "ccb" {
		t.Errorf("order kept %q: expected ccb", o)
	}
	for _, largeur := range []int{390, 768, 1024, 1280} {
		p.Taille(largeur, 800)
		if l := chromium.Evaluer[[]string](p, deborde); len(l) > 0 {
			t.Errorf("at %d: %s", largeur, strings.Join(l, "; "))
		}
		p.Capturer(fmt.Sprint("numeriser-", largeur))
	}
	for _, m := range []struct{ nom, valeur string }{{"prefers-color-scheme", "light"}, {"prefers-color-scheme", "dark"},
		{"forced-colors", "active"}} {
		p.Media(m.nom, m.valeur)
		if l := p.Axe(); len(l) > 0 {
			t.Errorf("%s: %s", m.valeur, strings.Join(l, "\n"))
		}
		p.Capturer("numeriser-" + m.valeur)
		p.Media(m.nom, "")
	}
	if l := p.Console(); len(l) > 0 {
		t.Error(l)
	}
}
