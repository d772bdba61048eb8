package suivi

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/horodatage"
)

// A chain shows every change but the loss of its end, and who holds the database can write another one. An anchor is
// the head and the root of the tree over the events, attested by somebody and kept outside: what comes before it can no
// longer be cut off, nor rewritten, unseen.

// SorteAncre is how a head is attested.
type SorteAncre string

// The attestations of a head; "" for a head that is only kept elsewhere.
const (
	SorteJeton     SorteAncre = "jeton"     // RFC 3161 token
	SorteSignature SorteAncre = "signature" // by a key of the host
)

// Ancre is a head of the journal, as it is kept outside.
type Ancre struct {
	Tete   journal.Tete     `json:"tete"`
	Racine journal.Condense `json:"racine"` // of the tree over the events up to Tete
	Sorte  SorteAncre       `json:"sorte,omitempty"`
	Sceau  []byte           `json:"sceau,omitempty"` // over Texte
}

// Texte is what Sceau is over.
func (a *Ancre) Texte() []byte { return journal.TexteTete(a.Tete, a.Racine) }

// Ancres keeps anchors where who can write to the journal's database can't: OpenAncres (a folder, best on another
// machine), or the host's own.
type Ancres interface {
	// Poser keeps an anchor, durably.
	Poser(ctx context.Context, a Ancre) error
	// Derniere gives the last one kept, the zero Ancre if there is none.
	Derniere(ctx context.Context) (Ancre, error)
}

// Ancrage says by whom, where and how often the journal's head is anchored.
type Ancrage struct {
	// Horodateur attests the head: a *horodatage.Client for an authority, a *horodatage.Cle for a key of the host. nil: it
	// is only kept.
	Horodateur horodatage.Horodateur
	// Ancres keeps what was attested; needed.
	Ancres Ancres
	// Chaque is how often Avancer anchors, when something was written since; 0: once a day.
	Chaque time.Duration
	// Restauration accepts a journal that is behind its last anchor: a backup was restored, and Open does what Restaurer
	// does. Without it Open refuses with ErrAncre.
	Restauration bool
}

// ErrAncre says that the journal isn't the one of its last anchor: events are gone (an old backup, a cut), or it was
// rewritten.
var ErrAncre = errors.New("suivi: the journal isn't the one of its last anchor")

// controlerAncre compares the journal with its last anchor.
func (s *Suivi) controlerAncre(ctx context.Context) error {
	c := s.c.Ancrage
	if c == nil {
		return nil
	}
	if c.Ancres == nil {
		return fmt.Errorf("%w: Ancrage.Ancres is missing", ErrConfig)
	}
	a, err := c.Ancres.Derniere(ctx)
	if err != nil || a.Tete.Seq == 0 {
		return err
	}
	t, err := s.c.Journal.Tete(ctx)
	if err != nil {
		return err
	}
	if t.Seq < a.Tete.Seq {
		if c.Restauration {
			return s.Restaurer(ctx, Decision{Motif: "Le journal est en retard sur sa dernière ancre : une sauvegarde a été " +
				"remise en place."})
		}
		return fmt.Errorf("%w: it ends at event %d, the anchor is at event %d", ErrAncre, t.Seq, a.Tete.Seq)
	}
	e, err := s.c.Journal.Evenement(ctx, a.Tete.Seq)
	if err != nil {
		return err
	}
	if e.Condense != a.Tete.Condense && !c.Restauration {
		return fmt.Errorf("%w: event %d is another one", ErrAncre, a.Tete.Seq)
	}
	return nil
}

// Ancrer anchors the journal's head now, and gives the anchor: the last one, if nothing was written since.
func (s *Suivi) Ancrer(ctx context.Context) (Ancre, error) {
	c := s.c.Ancrage
	if c == nil {
		return Ancre{}, fmt.Errorf("%w: no Ancrage", ErrConfig)
	}
	t, err := s.c.Journal.Tete(ctx)
	if err != nil || t.Seq == 0 {
		return Ancre{}, err
	}
	a, err := c.Ancres.Derniere(ctx)
	if err != nil || a.Tete.Seq == t.Seq && a.Tete.Condense == t.Condense {
		return a, err
	}
	a = Ancre{Tete: t}
	if a.Racine, err = journal.RacineArbre(ctx, s.c.Journal, t.Seq); err != nil {
		return Ancre{}, err
	}
	if c.Horodateur != nil {
		a.Sorte = SorteJeton
		if _, ok := c.Horodateur.(*horodatage.Cle); ok {
			a.Sorte = SorteSignature
		}
		if a.Sceau, err = c.Horodateur.Horodater(ctx, scor.Empreinte(sha256.Sum256(a.Texte()))); err != nil {
			return Ancre{}, fmt.Errorf("suivi: anchor: %w", err)
		}
	}
	if err := c.Ancres.Poser(ctx, a); err != nil {
		return Ancre{}, fmt.Errorf("suivi: anchor: %w", err)
	}
	return a, nil
}

// ancrerAuBesoin anchors once Chaque has gone by. An authority that doesn't answer isn't asked again within the hour.
func (s *Suivi) ancrerAuBesoin(ctx context.Context) error {
	c := s.c.Ancrage
	if c == nil {
		return nil
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	du := !quand.Before(s.prochainAncrage)
	if du {
		s.prochainAncrage = quand.Add(time.Hour)
	}
	s.mu.Unlock()
	if !du {
		return nil
	}
	a, err := c.Ancres.Derniere(ctx)
	if err != nil {
		return err
	}
	chaque := c.Chaque
	if chaque <= 0 {
		chaque = 24 * time.Hour
	}
	if a.Tete.Seq > 0 && quand.Before(a.Tete.Quand.Add(chaque)) {
		return nil
	}
	_, err = s.Ancrer(ctx)
	return err
}

// ancrePreuve is the anchor that a proof of these objects stands under: one made now, or else the last one that came
// after all their events; the zero one, for the journal's own head, when there is neither.
func (s *Suivi) ancrePreuve(ctx context.Context, objets []journal.Objet) Ancre {
	if s.c.Ancrage == nil {
		return Ancre{}
	}
	a, err := s.Ancrer(ctx)
	if err != nil { // the proof is made without it, and says so
		if a, err = s.c.Ancrage.Ancres.Derniere(ctx); err != nil {
			return Ancre{}
		}
	}
	for i := range objets {
		if objets[i].Dernier > a.Tete.Seq {
			return Ancre{}
		}
	}
	return a
}
