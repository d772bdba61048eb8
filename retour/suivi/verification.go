package suivi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// The verification period: from the first numeric piece received, paper is kept and the caisse checks (conv.
// kinésithérapeutes, art. 2.7.3 and 2.9; opticiens, art. 43); its length, the part of usable pieces asked and the
// notice of a later check are the profile's.
const cleVerification = "verification"

// apresARLPositif opens the period with the first lot acknowledged, and marks the lots that fall into it.
func (s *Suivi) apresARLPositif(ctx context.Context, l *lecture, o *journal.Objet) error {
	v, err := l.objet(ctx, journal.Cabinet, cleVerification)
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

// ErrVerificationEnCours says that a period is already running, or announced: the conventions know a new check after a
// period, not a longer one.
var ErrVerificationEnCours = errors.New("suivi: a verification period is already running or announced")

// AnnoncerControle notes that the caisse checks again, from a day on, for the profile's period. A notice shorter than
// the profile's is noted too, with ErrPreavis: the practice may refuse it. ErrVerificationEnCours: a period is running
// or announced, nothing is noted.
func (s *Suivi) AnnoncerControle(ctx context.Context, debut time.Time, d Decision) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleVerification)
	if err != nil {
		return err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	if o.Etat == journal.Verification && o.Limite > 0 && o.Limite <= us(quand) { // over, and no round has concluded it
		if err := s.etapeCabinet(ctx, &o, &BilanRonde{}); err != nil {
			return err
		}
		if o, err = journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleVerification); err != nil {
			return err
		}
	}
	if o.Etat == journal.Verification {
		return fmt.Errorf("%w: %s", ErrVerificationEnCours, s.jours(o.Premier, o.Limite))
	}
	o.Genre, o.Cle = journal.Cabinet, cleVerification
	fin := us(s.cal.apres(debut, s.c.Profil.Delais.Verification))
	g := nouveauGeste(quand)
	c := journal.Champs{Premier: us(debut), Echeance: fin, Limite: fin, Auteur: d.Auteur, Motif: d.Motif}
	if o.Attention > 0 { // nobody has seen yet what becomes of the paper of the period before
		c.Attention, c.Motif = o.Attention, strings.TrimSpace(o.Motif+" "+d.Motif)
	}
	g.sur(&o, journal.Demarrer, c)
	if err := s.ecrire(ctx, g); err != nil {
		return err
	}
	if debut.Before(s.cal.apres(quand, s.c.Profil.Delais.PreavisControle)) {
		return fmt.Errorf("%w: begins %s", ErrPreavis, debut.Format(time.DateOnly))
	}
	return nil
}

// jours says from which day to which, in the offices' calendar.
func (s *Suivi) jours(du, au int64) string {
	t := "from " + s.cal.local(journal.Instant(du)).Format(time.DateOnly)
	if au > 0 {
		t += " to " + s.cal.local(journal.Instant(au)).Format(time.DateOnly)
	}
	return t
}

// etapeCabinet ends the period: the lots that it covered are closed, and the practice is told whether paper may be
// destroyed.
func (s *Suivi) etapeCabinet(ctx context.Context, o *journal.Objet, b *BilanRonde) error {
	if o.Cle != cleVerification || o.Etat != journal.Verification {
		return nil
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	if err := s.horlogeSure(ctx); err != nil {
		if errors.Is(err, ErrHorloge) { // paper may be destroyed on this word: it waits for a sure date
			err = s.ecrire(ctx, nouveauGeste(quand).sur(o, journal.Noter, journal.Champs{Echeance: us(quand.Add(pouls))}))
		}
		return err
	}
	b.Echeances++
	t, _, err := s.tauxVerification(ctx, o, 0)
	if err != nil {
		return err
	}
	for {
		g := nouveauGeste(quand)
		for l, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.LotScor,
			Etats: []journal.Etat{journal.Verification}, Limite: maxParGeste}) {
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
	c := journal.Champs{Attention: journal.AVoir, Limite: rien, Motif: conclusion(t)}
	if !t.Atteint {
		c.Attention = journal.AFaire
	}
	return s.ecrire(ctx, nouveauGeste(quand).sur(o, journal.Conclure, c))
}

// conclusion tells the practice what becomes of the paper.
func conclusion(t Taux) string {
	switch {
	case t.Total == 0:
		return "La période de vérification est terminée sans qu'aucune pièce n'ait reçu de réponse. Garder le papier et " +
			"voir avec la caisse."
	case t.Atteint:
		return fmt.Sprintf("La période de vérification est terminée : %s de pièces exploitables, pour %s demandés. Le "+
			"papier de cette période peut être détruit.", pourcent(t.Valeur), objectif(t))
	}
	return fmt.Sprintf("La période de vérification est terminée avec %s de pièces exploitables, moins que les %s "+
		"demandés. Garder le papier et voir avec la caisse.", pourcent(t.Valeur), objectif(t))
}

// pourcent never rounds up: a target that is missed isn't shown as reached.
func pourcent(v float64) string {
	return strings.Replace(fmt.Sprintf("%.1f %%", math.Floor(v*1000+1e-6)/10), ".", ",", 1)
}

func objectif(t Taux) string {
	return strings.Replace(strconv.FormatFloat(math.Round(t.Objectif*1000)/10, 'f', -1, 64), ".", ",", 1) + " %"
}

// comptage is how far the events of the verification period were counted.
type comptage struct {
	debut           int64
	seq             uint64
	bons, mauvaises int64
}

// tauxVerification is the part of usable pieces among those answered in the period, counted from the events themselves:
// the counts by month don't tell the days. It reads at most max of the events that came since the last call (0: all),
// and says whether it read them all.
func (s *Suivi) tauxVerification(ctx context.Context, o *journal.Objet, max int) (Taux, bool, error) {
	s.muVerification.Lock()
	defer s.muVerification.Unlock()
	c := s.verification
	if c.debut != o.Premier {
		seq, err := s.premierDepuis(ctx, o.Premier)
		if err != nil {
			return Taux{}, false, err
		}
		c = comptage{debut: o.Premier, seq: seq}
	}
	lus := 0
	tout := true
	var reponses []journal.Evenement
	for e, err := range s.c.Journal.Rejouer(ctx, c.seq) {
		if err != nil {
			return Taux{}, false, err
		}
		if tout = max == 0 || lus < max; !tout {
			break
		}
		lus, c.seq = lus+1, e.Seq
		if e.Genre != journal.Piece {
			continue
		}
		switch e.Type {
		case journal.RecevoirARLPositif, journal.RecevoirARLNegatif, journal.Rejeter:
			reponses = append(reponses, e)
		}
	}
	dans := func(e *journal.Evenement) bool {
		return us(e.Quand) >= o.Premier && (o.Limite == 0 || us(e.Quand) <= o.Limite)
	}
	for i := range reponses {
		e := &reponses[i]
		if e.Type != journal.Rejeter && !dans(e) {
			continue
		}
		if e.Type == journal.RecevoirARLNegatif {
			c.mauvaises++
			continue
		}
		// What was answered before for the same sending.
		a, err := s.precedent(ctx, e)
		if err != nil {
			return Taux{}, false, err
		}
		switch {
		case e.Type == journal.Rejeter && a.Type == journal.RecevoirARLPositif && dans(&a):
			c.bons--
			c.mauvaises++
		case e.Type == journal.RecevoirARLPositif:
			c.bons++
			if a.Type == journal.RecevoirARLNegatif && dans(&a) {
				c.mauvaises--
			}
		}
	}
	s.verification = c
	return taux(c.bons, c.bons+c.mauvaises, s.c.Profil.Delais.TauxExploitable), tout, nil
}

// precedent is the last event of the same object before e, notes left out.
func (s *Suivi) precedent(ctx context.Context, e *journal.Evenement) (journal.Evenement, error) {
	for seq := e.Prec; seq > 0; {
		a, err := s.c.Journal.Evenement(ctx, seq)
		if err != nil || a.Type != journal.Noter {
			return a, err
		}
		seq = a.Prec
	}
	return journal.Evenement{}, nil
}

// premierDepuis is the event before the first one of an instant or later: events never go back in time.
func (s *Suivi) premierDepuis(ctx context.Context, quand int64) (uint64, error) {
	t, err := s.c.Journal.Tete(ctx)
	if err != nil {
		return 0, err
	}
	bas, haut := uint64(1), t.Seq+1
	for bas < haut {
		m := bas + (haut-bas)/2
		e, err := s.c.Journal.Evenement(ctx, m)
		if err != nil {
			return 0, err
		}
		if us(e.Quand) < quand {
			bas = m + 1
		} else {
			haut = m
		}
	}
	return bas - 1, nil
}

func (s *Suivi) remarques(ctx context.Context, y *Synthese) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleVerification)
	if err != nil {
		return err
	}
	if o.Etat == journal.Verification {
		t, tout, err := s.tauxVerification(ctx, &o, parSynthese)
		if err != nil {
			return err
		}
		r := fmt.Sprintf("Période de vérification jusqu'au %s : garder le papier.",
			s.cal.c.Lisible(journal.Instant(o.Limite)))
		if us(y.Quand) < o.Premier {
			r = fmt.Sprintf("Période de vérification du %s au %s : garder le papier.",
				s.cal.c.Lisible(journal.Instant(o.Premier)), s.cal.c.Lisible(journal.Instant(o.Limite)))
		}
		if tout && t.Total > 0 {
			r += fmt.Sprintf(" Pièces exploitables : %s (%s demandés).", pourcent(t.Valeur), objectif(t))
		}
		y.Remarques = append(y.Remarques, r)
	}
	if s.plein.Load() {
		y.Remarques = append(y.Remarques, remarqueDisque)
	}
	h := s.c.Horloge()
	if depuis, dire, err := s.boiteMuette(ctx, y.Quand); err != nil {
		return err
	} else if dire {
		y.Remarques = append(y.Remarques, remarqueBoite(s.cal.c.Lisible(depuis)))
	}
	if tete, err := s.c.Journal.Tete(ctx); err != nil {
		return err
	} else if d := tete.Quand.Sub(h); d > ecartHorloge {
		y.Remarques = append(y.Remarques,
			fmt.Sprintf("L'horloge de l'ordinateur retarde de %s sur le journal : la régler. Les échéances suivent le journal.",
				dureeFrancaise(d)))
	}
	return s.remarqueRetard(ctx, y)
}

// retardMax is how long a step may be due before its being late is told: longer than a night, an error that passes, or
// a lease.
const retardMax = 24 * time.Hour

// remarqueRetard tells that steps are due and aren't taken: nobody calls Avancer, or it fails each time. A step that
// fails keeps its deadline, so that whatever the fault is, it is seen here.
func (s *Suivi) remarqueRetard(ctx context.Context, y *Synthese) error {
	var premiere int64
	for _, g := range journal.Genres() {
		r := journal.Requete{Genre: g, EcheanceAvant: y.Quand.Add(-retardMax), Tri: journal.ParEcheance, Limite: 1}
		for o, err := range s.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return err
			}
			if premiere == 0 || o.Echeance < premiere {
				premiere = o.Echeance
			}
		}
	}
	if premiere != 0 {
		y.Remarques = append(y.Remarques, fmt.Sprintf("Le suivi est en retard depuis le %s : des étapes attendent, parce "+
			"que le logiciel n'a pas avancé, ou qu'il n'y arrive pas. Si cette remarque reste, voir l'éditeur du logiciel.",
			s.cal.c.Lisible(journal.Instant(premiere))))
	}
	return nil
}

// dureeFrancaise says a length of time in the unit that people count it in.
func dureeFrancaise(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d jours", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d heures", int(d.Hours()))
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}

// Events counted at once for the rate of the verification period: a synthesis must not wait for a long journal; rounds
// catch up.
const (
	parSynthese = 2_000
	parRonde    = 50_000
)

// compterVerification has the rate follow, so that a synthesis finds it made.
func (s *Suivi) compterVerification(ctx context.Context) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleVerification)
	if err != nil || o.Etat != journal.Verification {
		return err
	}
	_, _, err = s.tauxVerification(ctx, &o, parRonde)
	return err
}

// ecartHorloge is how far the clocks of several workers may differ without a word.
const ecartHorloge = 5 * time.Minute
