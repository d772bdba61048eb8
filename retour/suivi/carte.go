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

var panneCarte = panne{cle: cleCarte, relais: cleCarte, code: "cle", motif: motifCarte}

// erreurAttente says that an object waits for the card, or for the directory; the pause is in the journal.
type erreurAttente struct {
	cause error
	tente bool // it was asked, and failed; otherwise it wasn't
}

func (e *erreurAttente) Error() string { return "suivi: waits: " + e.cause.Error() }
func (e *erreurAttente) Unwrap() error { return e.cause }

// errEnPause stands for the answer of what isn't asked.
var errEnPause = errors.New("suivi: not asked during its pause")

// carteMuette is a key that isn't asked.
type carteMuette struct{ public crypto.PublicKey }

func (c carteMuette) Public() crypto.PublicKey { return c.public }

func (carteMuette) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return nil, errEnPause
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

// differer has an object wait for what doesn't answer, and gives the error that says so.
func (s *Suivi) differer(ctx context.Context, o *journal.Objet, quand time.Time, cause error, p panne) error {
	e := &erreurAttente{cause: cause, tente: !errors.Is(cause, errEnPause)}
	fin, err := s.enPause(ctx, p.cle, quand)
	if err == nil && (e.tente || fin.IsZero()) {
		fin, err = s.pause(ctx, quand, p)
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
	var e *erreurAttente
	if errors.As(err, &e) && !e.tente {
		return nil
	}
	return err
}
