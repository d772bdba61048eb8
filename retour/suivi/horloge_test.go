package suivi

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
)

const jourDHorloge = 24 * time.Hour

// ordinaire gives the clock no more trust than an office's computer has.
func ordinaire(c *Config) { c.SautHorloge = 0 }

func (b *banc) dit(texte string) bool {
	b.t.Helper()
	return slices.ContainsFunc(b.lignes(), func(l Ligne) bool { return strings.Contains(l.Quoi+" "+l.Conseil, texte) })
}

// A clock that leaps ahead for one round, then is set right, harms nothing that lasts: meanwhile no deadline passes and
// nothing is said or done for good; afterwards a silent lot is told within its days.
func TestHorlogeEnAvancePuisRemise(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		for _, saut := range []time.Duration{400 * jourDHorloge, 30 * jourDHorloge, 36500 * jourDHorloge} {
			b := nouveauBanc(t, stockage, ordinaire)
			b.lot(1, 2)
			b.jusquAuRepos()
			vrai := b.h.lire()
			b.h.avancer(saut)
			b.lot(2, 1)
			b.jusquAuRepos()
			if !b.dit("avancé d'un coup") || b.dit("détruit") {
				t.Errorf("%v: %+v", saut, b.lignes())
			}
			if _, err := b.purger(); !errors.Is(err, ErrHorloge) {
				t.Errorf("%v: purge: %v", saut, err)
			}
			b.h.mettre(vrai.Add(time.Hour))
			b.f.repondre = func(*envoiRecu) [][]byte { return nil }
			b.lot(3, 2)
			b.jusquAuRepos()
			if b.dit("avancé d'un coup") {
				t.Errorf("%v: set right, and still doubted", saut)
			}
			for range 9 {
				b.h.avancer(jourDHorloge)
				b.jusquAuRepos()
			}
			if !b.dit("n'a pas abouti") {
				t.Errorf("%v: a silent lot isn't told: %+v", saut, b.lignes())
			}
			b.verifier()
			if t.Failed() {
				return
			}
		}
	})
}

// A leap that nobody saw (the journal took it for the time) is found out when the clock is right again: time doesn't
// stand still.
func TestHorlogeSautNonVu(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 2)
	b.jusquAuRepos()
	vrai := b.h.lire()
	b.h.avancer(10 * jourDHorloge)
	b.lot(2, 1)
	b.jusquAuRepos()
	b.h.mettre(vrai.Add(time.Hour))
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.lot(3, 2)
	b.jusquAuRepos()
	for range 9 {
		b.h.avancer(jourDHorloge)
		b.jusquAuRepos()
	}
	if !b.dit("n'a pas abouti") {
		t.Errorf("a silent lot isn't told: %+v", b.lignes())
	}
	b.verifier()
}

// A practice that was closed confirms the date, and all goes on; one that doesn't loses a day, and nothing irreversible
// is done.
func TestHorlogeConfirmee(t *testing.T) {
	for _, confirme := range []bool{true, false} {
		b := nouveauBanc(t, ordinaire)
		b.lot(1, 1)
		b.jusquAuRepos()
		b.f.repondre = func(*envoiRecu) [][]byte { return nil }
		b.lot(2, 1)
		b.jusquAuRepos()
		b.h.avancer(40 * jourDHorloge)
		b.jusquAuRepos()
		if confirme {
			b.agir(journal.Cabinet, cleHorloge, ActionAccepter, Decision{Auteur: "x"})
		} else {
			b.h.avancer(jourDHorloge + time.Hour)
		}
		b.jusquAuRepos()
		if !b.dit("n'a pas abouti") {
			t.Errorf("confirmed %v: deadlines don't run: %+v", confirme, b.lignes())
		}
		if _, err := b.purger(); errors.Is(err, ErrHorloge) == confirme {
			t.Errorf("confirmed %v: purge: %v", confirme, err)
		}
		b.verifier()
	}
}

// A clock seen far ahead twice, more than a day apart, and right in between without a round to see it, didn't hold:
// what would be dated by it would wait for a year without a word.
func TestHorlogeDeuxSauts(t *testing.T) {
	b := nouveauBanc(t, ordinaire)
	b.lot(1, 1)
	b.jusquAuRepos()
	for range 2 {
		b.h.avancer(400 * jourDHorloge)
		b.jusquAuRepos()
		b.h.avancer(30*time.Hour - 400*jourDHorloge)
	}
	h, err := b.journal.Tete(t.Context())
	if err != nil || h.Quand.After(b.h.lire()) {
		t.Errorf("the journal is at %v, the clock at %v, %v", h.Quand, b.h.lire(), err)
	}
	b.verifier()
}

// Rounds with nothing to do, day after day, are no leap.
func TestHorlogeRondesVides(t *testing.T) {
	b := nouveauBanc(t, ordinaire)
	b.lot(1, 1)
	b.jusquAuRepos()
	for range 200 {
		b.h.avancer(jourDHorloge)
		b.jusquAuRepos()
	}
	if b.dit("avancé d'un coup") {
		t.Errorf("%+v", b.lignes())
	}
	if !b.dit("détruit") {
		t.Error("the verification period went by, and its end isn't told")
	}
	b.verifier()
}

// Another sender doesn't open the journal, even with the same key.
func TestJournalDUnAutre(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		b := nouveauBanc(t, stockage)
		b.lot(1, 1)
		c := b.c
		c.Emetteur.Numero = "00000987654321"
		if _, err := Open(t.Context(), c); !errors.Is(err, ErrAutreCabinet) {
			t.Errorf("opened: %v", err)
		}
		if _, err := Open(t.Context(), b.c); err != nil {
			t.Error(err)
		}
	})
}

// After a backup is put back, no number that left since is given again.
func TestRestaurer(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 1)
	b.jusquAuRepos()
	avant := b.lotsScor()
	if err := b.Restaurer(t.Context(), Decision{Auteur: "x"}); err != nil {
		t.Fatal(err)
	}
	b.lot(2, 1)
	b.jusquAuRepos()
	apres := b.lotsScor()
	a, _ := lireCleLotScor(avant[0])
	n, _ := lireCleLotScor(apres[len(apres)-1])
	if n.Numero-a.Numero < sautRestauration {
		t.Errorf("%s after %s", apres[len(apres)-1], avant[0])
	}
	b.verifier()
}

// A copy of the journal, on another machine or in another folder, doesn't give the numbers that the first one goes on
// giving.
func TestCopieDuJournal(t *testing.T) {
	chemin := filepath.Join(t.TempDir(), "suivi.db")
	b := nouveauBanc(t, surFichier(t, chemin))
	b.lot(1, 1)
	b.jusquAuRepos()
	if err := b.journal.(*sqlite.Journal).Close(); err != nil {
		t.Fatal(err)
	}
	octets, err := os.ReadFile(chemin)
	if err != nil {
		t.Fatal(err)
	}
	copie := filepath.Join(t.TempDir(), "suivi.db")
	if err := os.WriteFile(copie, octets, 0o600); err != nil {
		t.Fatal(err)
	}
	vus := map[int]bool{}
	for i, c := range []string{chemin, copie} {
		b := nouveauBanc(t, surFichier(t, c))
		b.lot(2+i, 1)
		b.jusquAuRepos()
		n := b.f.envois[len(b.f.envois)-1].pieces.Lots[0].Cle.Numero
		if vus[n] {
			t.Errorf("lot %d twice", n)
		}
		vus[n] = true
	}
}
