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

// plage is a range of numbers taken from the journal and not used yet.
type plage struct{ suivant, fin int64 }

const taillePlage = 32

const cleNumeros = "numeros"

// situe is a journal that knows itself from its copies.
type situe interface {
	Lieu(ctx context.Context) (string, error)
}

func (s *Suivi) lieu(ctx context.Context) (string, error) {
	if j, ok := s.c.Journal.(situe); ok {
		return j.Lieu(ctx)
	}
	return "", nil
}

const motifCopie = "Le journal a été copié ou déplacé : ses numéros continuent plus loin que ceux que l'autre " +
	"peut donner."

// numero gives a number that no other worker of this sender was or will be given. Numbers taken and not used are lost.
// A range says where it was taken: a copy of the journal, which somebody else may go on with, begins far beyond.
func (s *Suivi) numero(ctx context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.numeros.suivant >= s.numeros.fin {
		o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleNumeros)
		if err != nil {
			return 0, err
		}
		o.Genre, o.Cle = journal.Cabinet, cleNumeros
		quand, err := s.maintenant(ctx)
		if err != nil {
			return 0, err
		}
		lieu, err := s.lieu(ctx)
		if err != nil {
			return 0, err
		}
		n := o.Nombre
		c := journal.Champs{Precis: lieu}
		if lieu != "" && o.Precis != "" && o.Precis != lieu {
			n += sautRestauration
			c.Motif = motifCopie
		}
		c.Nombre = n + taillePlage
		err = s.c.Journal.Ajouter(ctx, nouveauGeste(quand).sur(&o, journal.Noter, c).evs)
		if errors.Is(err, journal.ErrConflit) {
			continue
		}
		if err != nil {
			return 0, err
		}
		s.numeros = plage{n + 1, n + 1 + taillePlage}
	}
	s.numeros.suivant++
	return s.numeros.suivant - 1, nil
}
