package suivi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Faults are told by who must act: the message's own, the relay's (file.go), the directory's, the disk's.

var errSansCertificat = errors.New("suivi: no certificate")

// fauteAnnuaire is a failure of the directory of certificates.
type fauteAnnuaire struct {
	adresse string
	err     error
}

func (f *fauteAnnuaire) Error() string {
	return fmt.Sprintf("suivi: directory, for %s: %v", f.adresse, f.err)
}
func (f *fauteAnnuaire) Unwrap() error { return f.err }

// fauteDocument is a document that can't be read back.
type fauteDocument struct{ err error }

func (f *fauteDocument) Error() string { return fmt.Sprintf("suivi: document: %v", f.err) }
func (f *fauteDocument) Unwrap() error { return f.err }

// ouvrirDocument reads a document of the Coffre; what fails says so.
func (s *Suivi) ouvrirDocument(ctx context.Context, e [32]byte) (io.ReadCloser, error) {
	r, err := s.c.Coffre.Open(ctx, e)
	if err != nil {
		return nil, &fauteDocument{err}
	}
	return &documentOuvert{r}, nil
}

type documentOuvert struct{ io.ReadCloser }

func (d *documentOuvert) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // as io.Reader says it
		err = &fauteDocument{err}
	}
	return n, err
}

// motifComposition says why a message couldn't be made, and so who must act.
func motifComposition(m *journal.Objet, cause error) string {
	var a *fauteAnnuaire
	var d *fauteDocument
	switch {
	case errors.As(cause, &a) && errors.Is(a.err, errSansCertificat), errors.Is(cause, transport.ErrSansCle):
		return "Aucun certificat n'est connu pour le destinataire : mettre à jour l'annuaire ou la table de routage."
	case m.Nature == natureFactures && abime(cause):
		return motifFichierAbime
	case disquePlein(cause):
		return remarqueDisque
	case errors.As(cause, &d):
		return "Un document gardé ne peut pas être lu : rétablir l'accès aux documents (droits, disque, réseau). " +
			"Le message partira ensuite de lui-même."
	}
	return "Il n'a pas pu être composé. Vérifier le certificat du destinataire et le profil."
}

const remarqueDisque = "Le disque est plein : rien ne peut plus être enregistré ni envoyé. Libérer de la place."

// disquePlein: ENOSPC, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows, and what databases say of it.
func disquePlein(err error) bool {
	if err == nil {
		return false
	}
	var n syscall.Errno
	if errors.As(err, &n) && (n == syscall.ENOSPC || runtime.GOOS == "windows" && (n == 112 || n == 39)) {
		return true
	}
	t := err.Error()
	return strings.Contains(t, "database or disk is full") || strings.Contains(t, "no space left on device") ||
		strings.Contains(t, "could not extend file")
}

// retenir keeps in memory what the journal may not be able to hold: a synthesis tells it, until a round goes by without
// it.
func (s *Suivi) retenir(ctx context.Context, err error) {
	if ctx.Err() == nil {
		s.plein.Store(disquePlein(err))
	}
}
