package ecrans

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/webkit"
)

// A tablet's engine (WebKit) sends a chosen file and a photograph: each is judged, and both are attached to their
// invoice.
func TestTabletteWebKit(t *testing.T) {
	b := monterScan(t, 2)
	dossier := t.TempDir()
	fichier := func(nom string, graine uint64) string {
		chemin := filepath.Join(dossier, nom)
		if err := os.WriteFile(chemin, pageTIFF(t, ordonnance(graine)), 0o600); err != nil {
			t.Fatal(err)
		}
		return chemin
	}
	p := webkit.Open(t, 820, 1180)
	p.Aller(b.serveur.URL + "/scor/numeriser")
	p.Attendre(`document.body.classList.contains('js')`)
	if a := webkit.Evaluer[string](p, `document.getElementById('appareil').getAttribute('capture') + '|' +
		document.getElementById('appareil').accept`); a != "environment|image/*" {
		t.Errorf("the camera's field asks for %q", a)
	}
	p.Ecrire("#fichiers", fichier("dossier.tif", 1))
	p.Attendre(`document.querySelectorAll('.feuille').length === 1 && !document.querySelector('.cours li')`)
	p.Ecrire("#appareil", fichier("photo.tif", 3))
	p.Attendre(`document.querySelectorAll('.feuille').length === 2 && !document.querySelector('.cours li')`)
	if l := webkit.Evaluer[[]string](p, deborde); len(l) > 0 {
		t.Error(l)
	}
	p.Capturer("deux")
	p.Cliquer(`form[action$="repartir"] button`)
	p.Attendre(`document.querySelector('input[name=piece]')`)
	webkit.Evaluer[bool](p, `document.querySelectorAll('input[name=piece]').forEach((x) => { x.checked = true; }), true`)
	p.Cliquer(`.joindre button`)
	p.Attendre(`document.querySelector('.message.bon')?.textContent.includes('jointe')`)
	for i := range b.lot.Factures {
		if l := b.piecesDe(i); len(l) != 1 {
			t.Errorf("invoice %d: %d pieces", i, len(l))
		}
	}
}
