package suivi

import (
	"context"
	"crypto"
	"errors"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// The keys of Config.Cles and Config.Signataires may be in a card or an HSM, which may be taken out or not answer. It
// says nothing of a message: an encrypted return waits unread, a message to sign waits unmade, one line tells it, and
// all go on by themselves. During the pause the card isn't asked: each try may cost one of its PIN's.

const cleCarte = etats.CleCarte

const motifCarte = "La carte ou le boîtier de clés (HSM) ne répond pas : ce qui en a besoin attend, et reprendra de " +
	"soi-même."

// pauseCarte puts off what needs the card.
func (s *Suivi) pauseCarte(ctx context.Context, quand time.Time) (time.Time, error) {
	return s.pause(ctx, quand, panne{cle: cleCarte, relais: cleCarte, code: "cle", motif: motifCarte})
}

// erreurCarte says that an object waits for the card; the pause is in the journal.
type erreurCarte struct {
	cause error
	tente bool // the card was asked, and failed; otherwise it wasn't
}

func (e *erreurCarte) Error() string { return "suivi: waits for the private key: " + e.cause.Error() }
func (e *erreurCarte) Unwrap() error { return e.cause }

// errCartePause stands for the answer of a card that isn't asked.
var errCartePause = errors.New("suivi: not asked during its pause")

// carteMuette is a key that isn't asked.
type carteMuette struct{ public crypto.PublicKey }

func (c carteMuette) Public() crypto.PublicKey { return c.public }

func (carteMuette) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return nil, errCartePause
}

// cles are the keys that open messages at this moment.
func (s *Suivi) cles(ctx context.Context, quand time.Time) ([]transport.Cle, error) {
	if len(s.c.Cles) == 0 {
		return nil, nil
	}
	fin, err := s.enPause(ctx, cleCarte, quand)
	if err != nil || fin.IsZero() {
		return s.c.Cles, err
	}
	l := make([]transport.Cle, len(s.c.Cles))
	for i, c := range s.c.Cles {
		l[i] = transport.Cle{Certificat: c.Certificat, Decrypter: carteMuette{c.Certificat.PublicKey}}
	}
	return l, nil
}

// differer has an object wait for the card, and gives the error that says so.
func (s *Suivi) differer(ctx context.Context, o *journal.Objet, quand time.Time, cause error) error {
	e := &erreurCarte{cause: cause, tente: !errors.Is(cause, errCartePause)}
	fin, err := s.enPause(ctx, cleCarte, quand)
	if err == nil && (e.tente || fin.IsZero()) {
		fin, err = s.pauseCarte(ctx, quand)
	}
	if err == nil {
		err = s.attendre(ctx, o, quand, fin)
	}
	if err != nil {
		return errors.Join(cause, err)
	}
	return e
}

// tue gives the error of a step to the round: what only waits for its turn isn't one.
func tue(err error) error {
	var e *erreurCarte
	if errors.As(err, &e) && !e.tente {
		return nil
	}
	return err
}
