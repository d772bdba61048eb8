package suivi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// The verification period: from the first numeric piece received, paper is kept and the caisse checks (conv. kinésithérapeutes, art.
// 2.7.3 and 2.9; opticiens, art. 43); its length, the part of usable pieces asked and the notice of a later check are the profile's.
const cleVerification = "verification"

// apresARLPositif opens the period with the first lot acknowledged, and marks the lots that fall into it.
func (s *Suivi) apresARLPositif(l *lecture, o *journal.Objet) error {
	v, err := l.objet(journal.Cabinet, cleVerification)
	if err != nil {
		return err
	}
	if v.Version == 0 {
		fin := s.cal.apres(l.g.quand, s.c.Profil.Delais.Verification)
		if fin.IsZero() {
			return nil
		}
		v.Genre, v.Cle = journal.Cabinet, cleVerification
		l.faire(v, journal.Demarrer, journal.Champs{Premier: us(l.g.quand), Echeance: us(fin), Limite: us(fin)})
	}
	if v.Etat == journal.Verification && v.Premier <= us(l.g.quand) {
		l.faire(o, journal.EntrerVerification, journal.Champs{})
	}
	return nil
}

// ErrPreavis says that a check was announced with less notice than the convention gives.
var ErrPreavis = errors.New("suivi: the notice is shorter than the profile's")

// AnnoncerControle notes that the caisse checks again, from a day on, for the profile's period. A notice shorter than the profile's is
// noted too, with ErrPreavis: the practice may refuse it.
func (s *Suivi) AnnoncerControle(ctx context.Context, debut time.Time, d Decision) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleVerification)
	if err != nil {
		return err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	o.Genre, o.Cle = journal.Cabinet, cleVerification
	fin := us(s.cal.apres(debut, s.c.Profil.Delais.Verification))
	g := nouveauGeste(quand)
	g.sur(&o, journal.Demarrer, journal.Champs{Premier: us(debut), Echeance: fin, Limite: fin, Auteur: d.Auteur, Motif: d.Motif})
	if err := s.ecrire(ctx, g); err != nil {
		return err
	}
	if debut.Before(s.cal.apres(quand, s.c.Profil.Delais.PreavisControle)) {
		return fmt.Errorf("%w: begins %s", ErrPreavis, debut.Format(time.DateOnly))
	}
	return nil
}

// etapeCabinet ends the period: the lots that it covered are closed, and the practice is told whether paper may be destroyed.
func (s *Suivi) etapeCabinet(ctx context.Context, o *journal.Objet, b *Bilan) error {
	if o.Cle != cleVerification || o.Etat != journal.Verification {
		return nil
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	b.Echeances++
	t, err := s.tauxVerification(ctx, o)
	if err != nil {
		return err
	}
	for {
		g := nouveauGeste(quand)
		for l, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.LotScor, Etats: []journal.Etat{journal.Verification}, Limite: maxParGeste}) {
			if err != nil {
				return err
			}
			g.sur(&l, journal.Clore, journal.Champs{Motif: "Période de vérification terminée."})
		}
		if len(g.evs) == 0 {
			break
		}
		if err := s.ecrire(ctx, g); err != nil {
			return err
		}
	}
	c := journal.Champs{Attention: journal.AVoir, Limite: rien}
	if t.Atteint {
		c.Motif = fmt.Sprintf("La période de vérification est terminée : %.1f %% de pièces exploitables, pour %.0f %% demandés. Le papier de cette période peut être détruit.", 100*t.Valeur, 100*t.Objectif)
	} else {
		c.Attention = journal.AFaire
		c.Motif = fmt.Sprintf("La période de vérification est terminée avec %.1f %% de pièces exploitables, moins que les %.0f %% demandés. Garder le papier et voir avec la caisse.", 100*t.Valeur, 100*t.Objectif)
	}
	return s.ecrire(ctx, nouveauGeste(quand).sur(o, journal.Conclure, c))
}

// tauxVerification is the part of usable pieces since the period began.
func (s *Suivi) tauxVerification(ctx context.Context, o *journal.Objet) (Taux, error) {
	x, err := s.Indicateurs(ctx, journal.Periode(journal.Instant(o.Premier)), "")
	return x.Exploitables, err
}

func (s *Suivi) remarques(ctx context.Context, y *Synthese) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleVerification)
	if err != nil {
		return err
	}
	if o.Etat == journal.Verification {
		t, err := s.tauxVerification(ctx, &o)
		if err != nil {
			return err
		}
		y.Remarques = append(y.Remarques, fmt.Sprintf("Période de vérification jusqu'au %s : garder le papier. Pièces exploitables : %.1f %% (%.0f %% demandés).",
			s.cal.c.Lisible(journal.Instant(o.Limite)), 100*t.Valeur, 100*t.Objectif))
	}
	h := s.c.Horloge()
	if tete, err := s.c.Journal.Tete(ctx); err != nil {
		return err
	} else if d := tete.Quand.Sub(h); d > ecartHorloge {
		y.Remarques = append(y.Remarques, fmt.Sprintf("L'horloge de l'ordinateur retarde de %v sur le journal : la régler. Les échéances suivent le journal.", d.Round(time.Minute)))
	}
	return nil
}

// ecartHorloge is how far the clocks of several workers may differ without a word.
const ecartHorloge = 5 * time.Minute
