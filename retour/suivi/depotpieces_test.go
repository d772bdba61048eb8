package suivi

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Many pieces at once: a bad one is told by its name and keeps no other back, each has its Accueil at its place, and
// the same again changes nothing.
func TestDeposerPieces(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		b := nouveauBanc(t, stockage, func(c *Config) {
			c.Exigences = func(f *fse.Facture) []scor.Exigence {
				if f.Cle.Numero == 1007 {
					return nil
				}
				return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise}}
			}
		})
		f := factures(t, 1, 150)
		b.deposer(f)
		b.accepter(f, true)
		b.avancer()
		var pieces []scor.Piece
		for i := range f.Lots[0].Factures {
			pieces = append(pieces, document(fmt.Sprintf("P%03d", i), f.Lots[0].Factures[i].Cle, fmt.Sprint("texte ", i)))
		}
		pieces[3].Octets++ // not what is read
		for range 2 {
			a, err := b.DeposerPieces(t.Context(), pieces)
			l := Erreurs(err)
			if len(l) != 1 || l[0].Cle != "P003" || l[0].Genre != journal.Piece {
				t.Fatalf("%d errors: %v", len(l), err)
			}
			if len(a) != len(pieces) || a[7].Attente != AttendRien || a[8].Attente != SansAttente {
				t.Errorf("%+v, %+v", a[7], a[8])
			}
			b.jusquAuRepos()
		}
		n := 0
		for i := range pieces {
			if b.etat(journal.Piece, pieces[i].ID) == journal.ARLPositif {
				n++
			}
		}
		if n != len(pieces)-2 {
			t.Errorf("%d pieces acknowledged", n)
		}
		b.verifier()
	})
	b := nouveauBanc(t)
	f := factures(t, 1, 3)
	b.deposer(f)
	ctx, fin := context.WithCancel(t.Context())
	fin()
	_, err := b.DeposerPieces(ctx, []scor.Piece{document("P1", f.Lots[0].Factures[0].Cle, "x")})
	if !errors.Is(err, ctx.Err()) {
		t.Errorf("given up: %v", err)
	}
}
