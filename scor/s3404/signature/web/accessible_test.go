package web_test

import (
	"context"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	"github.com/scor-sdk/scor-sdk-go/internal/webkit"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// TestAxe protects people who see, hear or move otherwise: axe-core finds nothing in the three pages, as wide as a
// telephone or a screen, whatever colours the system asks for.
func TestAxe(t *testing.T) {
	x := ouvrirTablette(t, 390, 844, "")
	x.registre.Retenir("751143488-105-2026-11-21", "Le flux B2 a été refusé.")
	for _, page := range []string{"connexion", "liste", "signer", "mandat"} {
		switch page {
		case "connexion":
			x.Aller(x.URL + "/connexion")
		case "liste":
			x.connecter()
		case "signer":
			x.Cliquer("a.bouton.principal")
			x.Attendre(`document.querySelector('#pages[data-pret]')`)
		case "mandat":
			x.Cliquer("#mandat")
			x.Cliquer("#refuser")
			x.Attendre(`document.querySelector('dialog[open]')`)
		}
		for _, taille := range [][2]int{{390, 844}, {1280, 800}} {
			x.Taille(taille[0], taille[1])
			for _, media := range [][2]string{{"prefers-color-scheme", "light"}, {"prefers-color-scheme", "dark"},
				{"forced-colors", "active"}} {
				x.Media(media[0], media[1])
				for _, v := range x.Axe() {
					t.Errorf("%s, %d px, %s %s: %s", page, taille[0], media[0], media[1], v)
				}
			}
		}
	}
}

// TestWebKit protects who signs on a tablet whose browser is WebKit: sign in, see the pages drawn, draw, sign.
func TestWebKit(t *testing.T) {
	p := webkit.Open(t, 1024, 768)
	x := servirTablette(t, "")
	p.Aller(x.URL + "/")
	p.Ecrire("#code", *x.code)
	p.Cliquer("button[type=submit]")
	p.Cliquer("a.bouton.principal")
	p.Attendre(`document.querySelector('#zone[data-pret]') && document.querySelector('#pages[data-pret]')`)
	p.Attendre(`[...document.querySelectorAll('#pages canvas')].some((c) => c.width > 100 &&
		c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 0 && v < 100))`)
	p.Attendre(`!document.getElementById('verifiee').classList.contains('invisible')`)
	p.Dessiner("#zone", chromium.Souris, chromium.Paraphe()...)
	p.Capturer("signature")
	p.Attendre(`document.getElementById('lu').checked`) // its one page was shown to the end
	p.Attendre(`document.getElementById('enregistre').textContent.includes('enregistré')`)
	p.Cliquer("#signer")
	p.Attendre(`!document.getElementById('recu').hidden`)
	p.Attendre(memoireVide)
	v := x.etat(t)
	if v.Etat != signature.Signe || v.Recu.PourMandat {
		t.Fatalf("%+v", v.Recu)
	}
	_, err := x.registre.Utiliser(t.Context(), v.ID, func(_ context.Context, s signature.Signature) (scor.Empreinte,
		error) {
		verifierTrace(t, s.Traits, chromium.Souris)
		return scor.Empreinte{1}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if texte := p.Texte("#recu"); !strings.Contains(texte, "Claire Vidal") {
		t.Errorf("the receipt doesn't say who signed: %s", texte)
	}
}
