package signature_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// TestNomRefuseALaPorte protects that nothing is recorded under a name which could not be drawn afterwards: the
// signature stays possible.
func TestNomRefuseALaPorte(t *testing.T) {
	r := signature.New(new(signature.Memoire))
	doc := document("lot", "%PDF noms")
	id := presenter(t, r, doc)
	for _, nom := range []string{"Dr 好", "Dr 😀", "Dr\nAnne", strings.Repeat("a", papier.NomMax+1), "Dr \xff"} {
		d := demande(doc, cle1)
		d.Mandant = nom
		if _, err := r.Signer(t.Context(), id, claire, d); !errors.Is(err, signature.ErrMandant) {
			t.Errorf("%q: %v", nom, err)
		}
		if err := r.Enregistrer(t.Context(), id, claire, d.Brouillon); !errors.Is(err, signature.ErrMandant) {
			t.Errorf("draft, %q: %v", nom, err)
		}
		s := claire
		s.Nom = nom
		if _, err := r.Signer(t.Context(), id, s, demande(doc, cle1)); !errors.Is(err, signature.ErrSignataire) {
			t.Errorf("signer %q: %v", nom, err)
		}
	}
	d := demande(doc, cle1)
	d.Mandant = " Dr Rene\u0301 Nguyễn "
	recu, err := r.Signer(t.Context(), id, claire, d)
	if err != nil || recu.Mandant != "Dr René Nguyễn" {
		t.Errorf("%q, %v", recu.Mandant, err)
	}
}
