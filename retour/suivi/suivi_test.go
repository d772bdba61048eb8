package suivi

import (
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
)

// The way of real invoices: the B2 file leaves, its ARL+ comes, the pieces leave, their ARL+ comes; then nothing more
// happens.
func TestCheminHeureux(t *testing.T) {
	brut := partage(t, "data", "b2", "lot1.b2")
	for nom, changer := range map[string]func(*Config){
		"memory": func(*Config) {},
		"sqlite": func(c *Config) {
			j, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "suivi.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { j.Close() })
			k, err := coffre.Open(t.Context(), j.Documents(), make([]byte, coffre.TailleCle))
			if err != nil {
				t.Fatal(err)
			}
			c.Journal, c.Coffre = j, k
		},
	} {
		t.Run(nom, func(t *testing.T) {
			b := nouveauBanc(t, changer)
			d, err := b.DeposerFlux(t.Context(), brut)
			if err != nil || d.Nouveaux != len(d.Fichier.Lots) {
				t.Fatal(d, err)
			}
			n := 0
			for _, l := range d.Fichier.Lots {
				for _, f := range l.Factures {
					n++
					b.piece("P"+chiffres(f.Cle.Numero), f.Cle)
				}
			}
			if x := b.avancer(); x.Envoyes != 1 {
				t.Fatalf("%+v", x)
			}
			if len(b.f.envois) != 1 || b.f.envois[0].factures == nil {
				t.Fatal("pieces left before the invoices' ARL+")
			}
			b.jusquAuRepos()
			if len(b.f.envois) != 2 || b.f.envois[1].pieces == nil || len(b.f.envois[1].pieces.Lots[0].Paires) != n {
				t.Fatalf("%d sendings", len(b.f.envois))
			}
			for o, err := range b.journal.Chercher(t.Context(), journal.Requete{Genre: journal.Piece}) {
				if err != nil || o.Etat != journal.ARLPositif {
					t.Errorf("%s: %s, %v", o.Cle, o.Etat, err)
				}
			}
			if d, err := b.DeposerFlux(t.Context(), brut); err != nil || d.Nouveaux != 0 {
				t.Error("registered twice: ", d, err)
			}
			if x := b.avancer(); !x.Rien() {
				t.Errorf("%+v", x)
			}
			b.verifier()
		})
	}
}

func chiffres(n int) string {
	return string([]byte{byte('0' + n/1000%10), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}

// Every step of the table is told in French.
func TestToutEstRaconte(t *testing.T) {
	for _, l := range journal.Table() {
		if raconter(&journal.Evenement{Genre: l.Genre, Type: l.Type}) == "" {
			t.Errorf("%s, %s: no sentence", l.Genre, l.Type)
		}
	}
}

// Prochaine says when there is something to do, and then there is.
func TestProchaine(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	if p, err := b.Prochaine(t.Context()); err != nil || !p.IsZero() {
		t.Error(p, err)
	}
	b.lot(1, 1)
	b.jusquAuRepos()
	for range 3 {
		p, err := b.Prochaine(t.Context())
		if err != nil || !p.After(b.h.lire()) {
			t.Fatal(p, err)
		}
		if x := b.avancer(); !x.Rien() {
			t.Errorf("something before its time: %+v", x)
		}
		b.h.avancer(p.Sub(b.h.lire()))
		if x := b.avancer(); x.Rien() {
			t.Errorf("nothing at %v", p)
		}
		b.jusquAuRepos()
	}
}
