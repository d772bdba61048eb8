package suivi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// ErrNumeros says that every lot number that the profile has digits for is used today: the pieces that are left go
// tomorrow.
var ErrNumeros = errors.New("suivi: every number of a SCOR lot is used today")

// capaciteNumero is the number of lot numbers that the profile's records can hold: they start again from 1 beyond, the
// date tells them apart.
func (s *Suivi) capaciteNumero() int64 {
	capacite := int64(1_000_000_000)
	formats := []*disposition.Format{&s.c.Profil.Lot, &s.c.Profil.Retours.ARL.Fichier}
	for _, f := range formats {
		f.Zones(func(z *disposition.Zone, _ string) {
			if z.Donnee != "lot.numero" || z.Longueur == 0 {
				return
			}
			c := int64(1)
			for range min(z.Longueur, 9) {
				c *= 10
			}
			capacite = min(capacite, c-1)
		})
	}
	return capacite
}

// parLecture is how many numbers are looked up at once.
const parLecture = 1000

// numeroteur gives the numbers of the lots of one day that are still free, from the sender's next one on.
func (s *Suivi) numeroteur(ctx context.Context, date fse.Date) func() (int, error) {
	capacite := s.capaciteNumero()
	pris := map[int64]bool{}
	return func() (int, error) {
		n, err := s.numero(ctx)
		if err != nil {
			return 0, err
		}
		nombre := int64(1) // most often the first one is free
		for vus := int64(0); vus < capacite; nombre = parLecture {
			nombre = min(nombre, capacite-vus)
			refs := make([]journal.Ref, nombre)
			for i := range refs {
				refs[i] = journal.Ref{Genre: journal.LotScor,
					Cle: cleLotScor(lot.Cle{Numero: numeroDuTour(n, vus+int64(i), capacite), Date: date})}
			}
			m, err := s.c.Journal.Objets(ctx, refs...)
			if err != nil {
				return 0, err
			}
			for i, r := range refs {
				k := numeroDuTour(n, vus+int64(i), capacite)
				if _, deja := m[r]; !deja && !pris[int64(k)] {
					pris[int64(k)] = true
					return k, nil
				}
			}
			vus += nombre
		}
		return 0, fmt.Errorf("%w: %d", ErrNumeros, capacite)
	}
}

func numeroDuTour(n, i, capacite int64) int { return int((n-1+i)%capacite) + 1 }

// lendemain is the next midnight of the offices.
func (s *Suivi) lendemain(t time.Time) time.Time {
	l := s.cal.local(t)
	return time.Date(l.Year(), l.Month(), l.Day()+1, 0, 0, 0, 0, l.Location())
}
