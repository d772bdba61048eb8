package suivi

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// RapportVerification is what Verifier found in order.
type RapportVerification struct {
	journal.Rapport
	Documents int
	Octets    int64
}

// ErreurDocument is a document that the journal names and that isn't in the Coffre as it should be.
type ErreurDocument struct {
	Ref       journal.Ref
	Empreinte [32]byte
	Err       error // fs.ErrNotExist when it isn't there
}

func (e *ErreurDocument) Error() string {
	return fmt.Sprintf("suivi: document %x of %s %s: %v", e.Empreinte, e.Ref.Genre, e.Ref.Cle, e.Err)
}

func (e *ErreurDocument) Unwrap() error { return e.Err }

// Verifier proves a journal with its documents, after a restoration above all: the chain and the states
// (journal.Verifier, which says what attendue is), and each document that the journal names, but what was purged, whole
// and authentic. What is wrong with documents comes together, as *ErreurDocument.
func (s *Suivi) Verifier(ctx context.Context, attendue *journal.Tete) (RapportVerification, error) {
	var r RapportVerification
	var err error
	if r.Rapport, err = journal.Verifier(ctx, s.c.Journal, attendue); err != nil {
		return r, err
	}
	var errs []error
	vus := map[[32]byte]bool{}
	for _, g := range []journal.Genre{journal.LotFactures, journal.Piece, journal.Message, journal.Reception} {
		for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: g}) {
			if err != nil {
				return r, errors.Join(append(errs, err)...)
			}
			texte := documentDe(&o)
			if texte == "" {
				continue
			}
			e, err := lireEmpreinte(texte)
			if err == nil && vus[e] {
				continue
			}
			vus[e] = true
			var n int64
			if err == nil {
				n, err = s.lireDocument(ctx, e)
			}
			if err != nil {
				errs = append(errs, &ErreurDocument{o.Ref(), e, err})
				continue
			}
			r.Documents++
			r.Octets += n
		}
	}
	return r, errors.Join(errs...)
}

// documentDe is the digest of the document that an object needs, "" for none.
func documentDe(o *journal.Objet) string {
	switch {
	case o.Etat == journal.Purge:
		return ""
	case o.Genre == journal.Message && o.Etat == journal.Reserve && o.Nature == natureFactures:
		return o.Source // its message is still to be composed from the file
	}
	if len(o.Empreinte) != hex.EncodedLen(32) {
		return ""
	}
	return o.Empreinte
}

func (s *Suivi) lireDocument(ctx context.Context, e [32]byte) (int64, error) {
	f, err := s.c.Coffre.Open(ctx, e)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, f)
	return n, errors.Join(err, f.Close())
}
