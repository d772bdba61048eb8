package suivi

import (
	"context"
	"errors"
	"fmt"
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

// motifComposition says why a message couldn't be made, and so who must act.
func motifComposition(m *journal.Objet, cause error) string {
	var a *fauteAnnuaire
	switch {
	case errors.As(cause, &a) && errors.Is(a.err, errSansCertificat), errors.Is(cause, transport.ErrSansCle):
		return "Aucun certificat n'est connu pour le destinataire : mettre à jour l'annuaire ou la table de routage."
	case errors.As(cause, &a):
		return "L'annuaire des certificats ne répond pas : le message partira quand il répondra."
	case m.Nature == natureFactures && abime(cause):
		return motifFichierAbime
	case disquePlein(cause):
		return remarqueDisque
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
