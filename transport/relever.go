package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ErrEmpoisonne is wrapped by what Releve.Prendre returns for a message that no
// other attempt could read: it's set aside and the others go on.
var ErrEmpoisonne = errors.New("transport: message set aside")

// Releve is what a host brings to [Relever]: its memory of the messages taken.
type Releve struct {
	// Connu reports whether the journal already holds this ID, taken or set aside.
	Connu func(ctx context.Context, id string) (bool, error)
	// Prendre reads the message. When it returns nil the journal holds the message
	// and its ID, durably. An error that wraps ErrEmpoisonne, ErrMalForme,
	// ErrTropGrand or ErrSansCle sets the message aside; another stops everything,
	// and the message stays.
	Prendre func(ctx context.Context, m MessageBoite, brut io.Reader) error
	// Ecarter keeps a poisoned message (read it again by m.Ouvrir) with its reason,
	// and notes its ID, durably when it returns nil.
	Ecarter func(ctx context.Context, m MessageBoite, raison error) error
}

// Bilan counts what Relever did.
type Bilan struct {
	Pris, Ecartes, DejaConnus int
	// Laisses: still in the mailbox, because reading or dropping them failed.
	Laisses int
}

// Relever takes what is new in a mailbox: each message once, whatever happens.
// A message is dropped from the mailbox only after the journal holds it; one that
// shows again (a lost connection, a kill between the two) is recognised by its
// ID and dropped then. One that can't be read doesn't hold up the others.
//
// The error is that of the mailbox, of the journal, or of the messages left.
func Relever(ctx context.Context, b Boite, r Releve) (Bilan, error) {
	var bilan Bilan
	var laisses error
	laisser := func(id string, err error) {
		bilan.Laisses++
		laisses = errors.Join(laisses, fmt.Errorf("message %q stays in the mailbox: %w", id, err))
	}
	for m, err := range b.Messages(ctx) {
		if err != nil {
			return bilan, errors.Join(err, laisses)
		}
		connu, err := r.Connu(ctx, m.ID)
		if err != nil {
			return bilan, errors.Join(err, laisses)
		}
		if connu {
			bilan.DejaConnus++
		} else {
			ecarte, err := prendre(ctx, m, r)
			var lecture *erreurLecture
			if errors.As(err, &lecture) {
				laisser(m.ID, lecture.err)
				continue
			}
			if err != nil {
				return bilan, errors.Join(err, laisses)
			}
			if ecarte {
				bilan.Ecartes++
			} else {
				bilan.Pris++
			}
		}
		if err := b.Acquitter(ctx, m.ID); err != nil {
			laisser(m.ID, err)
		}
	}
	return bilan, laisses
}

// erreurLecture is a failure of the mailbox, not of the message.
type erreurLecture struct{ err error }

func (e *erreurLecture) Error() string { return e.err.Error() }
func (e *erreurLecture) Unwrap() error { return e.err }

func prendre(ctx context.Context, m MessageBoite, r Releve) (ecarte bool, err error) {
	brut, err := m.Ouvrir(ctx)
	if err != nil {
		return false, &erreurLecture{err}
	}
	guet := &lecteurGuette{r: brut}
	err = r.Prendre(ctx, m, guet)
	ferme := brut.Close()
	if guet.err != nil {
		// Whatever Prendre made of it, the message wasn't read whole.
		return false, &erreurLecture{guet.err}
	}
	if err == nil {
		if ferme != nil {
			return false, &erreurLecture{ferme}
		}
		return false, nil
	}
	for _, cible := range []error{ErrEmpoisonne, ErrMalForme, ErrTropGrand, ErrSansCle} {
		if errors.Is(err, cible) {
			return true, r.Ecarter(ctx, m, err)
		}
	}
	return false, err
}

// lecteurGuette remembers that the mailbox failed.
type lecteurGuette struct {
	r   io.Reader
	err error
}

func (l *lecteurGuette) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if err != nil && err != io.EOF {
		l.err = err
	}
	return n, err
}
