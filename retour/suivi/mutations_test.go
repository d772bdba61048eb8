package suivi

import (
	"context"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Small conditions that nothing else would show if they changed: one transmission too many, a deadline under a clock
// set back, a sending that outlives its lease, an answer awaited beyond the limit.

// A frontal that never answers, then one that never gets anything, get the profile's number of transmissions, not one
// more.
func TestLimiteDeRetransmission(t *testing.T) {
	for nom, repondre := range map[string]func(b *banc) func(*envoiRecu) [][]byte{
		"silence": func(*banc) func(*envoiRecu) [][]byte { return func(*envoiRecu) [][]byte { return nil } },
		"ANR": func(b *banc) func(*envoiRecu) [][]byte {
			return func(x *envoiRecu) [][]byte { return [][]byte{b.f.anr(x.id)} }
		},
	} {
		t.Run(nom, func(t *testing.T) {
			b := nouveauBanc(t, func(c *Config) {
				c.Profil.Delais.Succes.Duree = 0 // the number alone ends it
			})
			b.f.repondre = repondre(b)
			b.lot(1, 1)
			for range 60 {
				b.jusquAuRepos()
				b.h.avancer(12 * time.Hour)
			}
			if n, max := len(b.f.envois), b.c.Profil.Delais.TransmissionsMax; n != max {
				t.Errorf("%d transmissions, the profile says %d", n, max)
			}
			if e := b.etat(journal.LotScor, b.lotsScor()[0]); e != journal.LimiteEssais {
				t.Errorf("lot %s", e)
			}
		})
	}
}

// A clock set back by some hours prolongs no deadline: what is written follows the journal.
func TestRetardNeProlongeRien(t *testing.T) {
	b := nouveauBanc(t, ordinaire)
	for range 5 {
		b.h.avancer(20 * time.Hour)
		b.lot(1+len(b.lotsScor()), 1)
		b.jusquAuRepos()
	}
	tete, err := b.journal.Tete(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.h.avancer(-30 * time.Hour)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.lot(9, 1)
	b.jusquAuRepos()
	l := b.lotsScor()
	if o := b.objet(journal.LotScor, l[len(l)-1]); o.Premier < us(tete.Quand) {
		t.Errorf("first attempt at %v, before the journal's %v", journal.Instant(o.Premier), tete.Quand)
	}
}

// echeanceEnvoi sees how long a sending may take.
type echeanceEnvoi struct {
	transport.Expediteur
	reste time.Duration
}

func (e *echeanceEnvoi) Envoyer(ctx context.Context, x transport.Envoi) (transport.Preuve, error) {
	if fin, ok := ctx.Deadline(); ok {
		e.reste = time.Until(fin)
	}
	return e.Expediteur.Envoyer(ctx, x)
}

// The relay is waited for no longer than the lease: another worker would send too.
func TestEnvoiTientDansLeBail(t *testing.T) {
	e := &echeanceEnvoi{}
	b := nouveauBanc(t, func(c *Config) {
		e.Expediteur, c.Expediteur = c.Expediteur, e
		c.Bail = 10 * time.Minute
	})
	b.lot(1, 1)
	b.jusquAuRepos()
	if e.reste <= 0 || e.reste > 8*time.Minute {
		t.Errorf("a sending may take %v of a lease of 10 minutes", e.reste)
	}
}

// No answer is awaited beyond the limit of the attempts.
func TestReponseAttendueAvantLaLimite(t *testing.T) {
	b := nouveauBanc(t)
	quand := b.h.lire()
	for _, limite := range []time.Duration{time.Hour, 30 * time.Hour, 100 * time.Hour, 1000 * time.Hour} {
		o := &journal.Objet{}
		o.Limite = us(quand.Add(limite))
		if e := b.echeanceReponse(o, quand); e.After(quand.Add(limite)) || e.IsZero() {
			t.Errorf("limit in %v, looked at %v", limite, e)
		}
	}
}

// The message is in the journal before the mailbox drops it: a reader killed in between finds it again, and a journal
// that fails leaves it.
func TestGarderPuisAcquitter(t *testing.T) {
	var j *journalPlein
	b := nouveauBanc(t, func(c *Config) { j = &journalPlein{Journal: c.Journal}; c.Journal = j })
	f := factures(t, 1, 1)
	b.deposer(f)
	b.jusquAuRepos()
	b.accepter(f, true)
	j.plein = true
	if _, err := b.Avancer(t.Context()); err == nil || len(b.f.boite) != 1 {
		t.Fatalf("%d messages left, %v", len(b.f.boite), err)
	}
	j.plein = false
	b.jusquAuRepos()
	if e := b.etat(journal.LotFactures, cleLot(f.Lots[0].Cle)); e != journal.ARLPositif || len(b.f.boite) != 0 {
		t.Errorf("lot %s, %d messages left", e, len(b.f.boite))
	}
}
