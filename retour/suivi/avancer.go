package suivi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// BilanRonde counts what a round did.
type BilanRonde struct {
	Recus        int // messages taken from the mailboxes
	Laisses      int // messages left there: they answer another sender
	Lus          int // messages read
	LotsExamines int // accepted invoices' lots whose pieces were looked at
	Composes     int
	Envoyes      int // handed to a relay
	Echecs       int // refused or put off by a relay
	Echeances    int // deadlines passed
	Conflits     int // steps that another worker took
}

// Rien says that the round found nothing to do.
func (b BilanRonde) Rien() bool {
	b.Laisses = 0 // they will be there again
	return b == BilanRonde{}
}

// parPrise is how many objects a worker leases at once.
const parPrise = 16

// Avancer does one round: it takes the mail, reads it, makes the SCOR lots that may be made, sends what waits, and sees
// to the deadlines. It may be called at any time, by several workers, and killed at any instruction: what was begun
// goes on at the next call. An object whose step fails is tried again later and holds up no other; the errors come
// together.
func (s *Suivi) Avancer(ctx context.Context) (b BilanRonde, err error) {
	ctx, fin := s.operer(ctx, "ronde", journal.Ref{})
	defer func() { fin(err) }()
	var errs []error
	if err := s.veillerHorloge(ctx); err != nil {
		errs = append(errs, &ErreurObjet{journal.Cabinet, cleHorloge, err})
	}
	if err := s.relever(ctx, &b); err != nil {
		errs = append(errs, err)
	}
	phases := []struct {
		genre journal.Genre
		etape func(context.Context, *journal.Objet, *BilanRonde) error
		n     int
	}{
		{journal.Reception, s.etapeReception, 1},
		{journal.Piece, s.etapePiece, 1},
		{journal.LotFactures, s.etapeLotFactures, 1},
		{journal.LotScor, s.etapeLotScor, 1},
		{journal.Cabinet, s.etapeCabinet, 1},
		{journal.Message, s.etapeMessage, s.c.Paralleles},
	}
	dus, err := s.dus(ctx)
	if err != nil {
		errs = append(errs, err)
	}
	for _, p := range phases {
		if dus != nil && !slices.Contains(dus, p.genre) {
			continue
		}
		prises, err := s.phase(ctx, p.genre, p.etape, p.n, &b)
		if err != nil {
			errs = append(errs, err)
		}
		if prises > 0 {
			dus = nil // what was done may have made more of it due
		}
		if ctx.Err() != nil {
			break
		}
	}
	if ctx.Err() == nil {
		if err := s.compterVerification(ctx); err != nil {
			errs = append(errs, fmt.Errorf("suivi: verification period: %w", err))
		}
		if err := s.ancrerAuBesoin(ctx); err != nil {
			errs = append(errs, err)
		}
	}
	err = errors.Join(errs...)
	s.retenir(ctx, err)
	return b, err
}

// dus are the kinds of which something is due, nil where the journal doesn't say it at once.
func (s *Suivi) dus(ctx context.Context) ([]journal.Genre, error) {
	a, ok := s.c.Journal.(journal.Agenda)
	if !ok {
		return nil, nil
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return nil, err
	}
	l, err := a.Dus(ctx, quand)
	if l == nil {
		l = []journal.Genre{}
	}
	return l, err
}

// Prochaine is when the next round has something to do beside the mail, as the journal stands now: past or present if
// there is something already, zero if nothing is awaited.
func (s *Suivi) Prochaine(ctx context.Context) (time.Time, error) {
	var premiere int64
	for _, g := range journal.Genres() {
		for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: g, Tri: journal.ParEcheance, Limite: 1}) {
			if err != nil {
				return time.Time{}, err
			}
			if o.Echeance < us(jamais) && (premiere == 0 || o.Echeance < premiere) {
				premiere = o.Echeance
			}
		}
	}
	return journal.Instant(premiere), nil
}

// phase leases the objects of a kind that are due, takes their step, and goes on until none is left. An object that
// failed keeps its lease: it comes back when that ends.
func (s *Suivi) phase(ctx context.Context, g journal.Genre, etape func(context.Context, *journal.Objet,
	*BilanRonde) error, n int, b *BilanRonde) (prises int, err error) {
	var errs []error
	for ctx.Err() == nil {
		quand, err := s.maintenant(ctx)
		if err != nil {
			return prises, err
		}
		l, err := s.c.Journal.Prendre(ctx, journal.Prise{Genre: g, Maintenant: quand, Nombre: max(parPrise, n),
			Titulaire: s.c.Titulaire, Duree: s.c.Bail})
		if err != nil {
			return prises, errors.Join(append(errs, err)...)
		}
		if len(l) == 0 {
			break
		}
		prises += len(l)
		errs = append(errs, s.etapes(ctx, l, etape, n, b)...)
	}
	return prises, errors.Join(errs...)
}

func (s *Suivi) etapes(ctx context.Context, l []journal.Objet, etape func(context.Context, *journal.Objet,
	*BilanRonde) error, n int, b *BilanRonde) []error {
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		errs []error
		file = make(chan *journal.Objet)
	)
	for range min(n, len(l)) {
		wg.Go(func() {
			for o := range file {
				var local BilanRonde
				ref := o.Ref()
				octx, fin := s.operer(ctx, "etape", ref)
				err := etape(octx, o, &local)
				fin(err)
				if errors.Is(err, journal.ErrConflit) {
					local.Conflits++
					err = s.c.Journal.Rendre(ctx, s.c.Titulaire, ref)
				}
				mu.Lock()
				b.ajouter(&local)
				if err != nil {
					errs = append(errs, &ErreurObjet{ref.Genre, ref.Cle, err})
				}
				mu.Unlock()
			}
		})
	}
	for i := range l {
		file <- &l[i]
	}
	close(file)
	wg.Wait()
	return errs
}

func (b *BilanRonde) ajouter(x *BilanRonde) {
	b.Recus += x.Recus
	b.Laisses += x.Laisses
	b.Lus += x.Lus
	b.LotsExamines += x.LotsExamines
	b.Composes += x.Composes
	b.Envoyes += x.Envoyes
	b.Echecs += x.Echecs
	b.Echeances += x.Echeances
	b.Conflits += x.Conflits
}

func (s *Suivi) etapeReception(ctx context.Context, o *journal.Objet, b *BilanRonde) error {
	err := s.lire(ctx, o)
	if err == nil {
		b.Lus++
	}
	return tue(err)
}

// repriseComposition is the wait before a message that couldn't be composed is tried again.
const repriseComposition = 15 * time.Minute

// noterComposition tells a person that a message can't be made: no certificate, a document that isn't in the Coffre any
// more…
func (s *Suivi) noterComposition(ctx context.Context, m *journal.Objet, cause error) error {
	if ctx.Err() != nil || errors.Is(cause, journal.ErrConflit) {
		return nil
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	motif := motifComposition(m, cause)
	return s.ecrire(ctx, nouveauGeste(quand).sur(m, journal.Noter, journal.Champs{Attention: journal.AFaire,
		Echeance: us(quand.Add(repriseComposition)), Motif: motif}))
}

func (s *Suivi) etapeMessage(ctx context.Context, o *journal.Objet, b *BilanRonde) error {
	if o.Etat == journal.Reserve {
		if err := s.composer(ctx, o); err != nil {
			var carte *erreurAttente
			if errors.As(err, &carte) { // in the journal, and told once for all
				return tue(err)
			}
			if ctx.Err() == nil {
				ecartes, err2 := s.ecarterAbimes(ctx, o)
				if ecartes {
					return errors.Join(err, err2)
				}
				err = errors.Join(err, err2)
			}
			return errors.Join(err, s.noterComposition(ctx, o, err))
		}
		b.Composes++
		n, err := journal.Trouver(ctx, s.c.Journal, journal.Message, o.Cle)
		if err != nil {
			return err
		}
		*o = n
	}
	parti, err := s.envoyer(ctx, o)
	var e *echecEnvoi
	switch {
	case parti:
		b.Envoyes++
	case errors.As(err, &e):
		b.Echecs++
	}
	return err
}
