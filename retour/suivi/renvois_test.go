package suivi

import (
	"bytes"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// A service that is down for a while doesn't use the transmissions up within a minute; what leaves again is the same.
func TestRenvoisEspaces(t *testing.T) {
	for quoi, reponse := range map[string]func(*banc, *envoiRecu) []byte{
		"service down":    func(b *banc, r *envoiRecu) []byte { return b.f.mds(r.compo, "9002") },
		"not handed over": func(b *banc, r *envoiRecu) []byte { return b.f.anr(r.id) },
	} {
		b := nouveauBanc(t, func(c *Config) { c.Profil.Delais.TransmissionsMax = 4 })
		b.f.repondre = func(r *envoiRecu) [][]byte { return [][]byte{reponse(b, r)} }
		b.lot(1, 1)
		b.jusquAuRepos()
		for i, d := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour} {
			b.h.avancer(d - time.Second)
			b.jusquAuRepos()
			if len(b.f.envois) != i+1 {
				t.Errorf("%s: sent again %v too early", quoi, time.Second)
			}
			if p, err := b.Prochaine(t.Context()); err != nil || !p.Equal(b.h.lire().Add(time.Second)) {
				t.Error(p, err)
			}
			b.h.avancer(time.Second)
			b.jusquAuRepos()
			if n := len(b.f.envois); n != i+2 || b.f.envois[n-1].id != b.f.envois[0].id || !bytes.Equal(b.f.envois[n-1].octets,
				b.f.envois[0].octets) {
				t.Errorf("%s: %d sendings after %v", quoi, n, d)
			}
		}
		if e := b.etat(journal.LotScor, b.lotsScor()[0]); e != journal.LimiteEssais {
			t.Error(e)
		}
		b.verifier()
	}
}

// However many came back, the next one leaves before the days to succeed end.
func TestRenvoiAvantLaLimite(t *testing.T) {
	limite := lundi.Add(3 * time.Hour)
	for essais := range int64(10) {
		if x := prochainRenvoi(lundi, essais, us(limite)); x.Before(lundi) || !x.Before(limite) {
			t.Error(essais, x)
		}
	}
	if x := prochainRenvoi(limite.Add(time.Hour), 3, us(limite)); !x.Equal(limite.Add(time.Hour)) {
		t.Error(x)
	}
	if x := prochainRenvoi(lundi, 9, 0); !x.Equal(lundi.Add(24 * time.Hour)) {
		t.Error(x)
	}
}
