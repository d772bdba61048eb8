package imap

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// retraitMax: messages removed by one command. A server looks at its whole folder for
// each: one command for each message took Dovecot 60 ms a message.
const retraitMax = 2000

// ligneMax bounds the numbers of one command: servers take lines of 8,000 bytes (RFC 2683,
// 3.2.1.5), and numbers that don't follow each other are written one by one.
const ligneMax = 7000

// ErrNonConfirme: the server didn't confirm the removal, or the move, of messages
// acknowledged during the loop. They may show again, under the same IDs.
var ErrNonConfirme = errors.New("imap: removals not confirmed by the server")

// retirer removes or moves what was acknowledged.
func (s *session) retirer(archive string) error {
	if len(s.acquittes) == 0 {
		return nil
	}
	sets := ensembles(s.acquittes)
	s.acquittes = nil
	for _, set := range sets {
		if err := s.retirerEnsemble(set, archive); err != nil {
			return fmt.Errorf("%w: %w", ErrNonConfirme, err)
		}
	}
	return nil
}

// ensembles gives sets of numbers that fit a command each.
func ensembles(uids []imap.UID) []imap.UIDSet {
	set := imap.UIDSetNum(uids...)
	if len(uids) < 2 || len(set.String()) <= ligneMax {
		return []imap.UIDSet{set}
	}
	m := len(uids) / 2
	return append(ensembles(uids[:m]), ensembles(uids[m:])...)
}

func (s *session) retirerEnsemble(set imap.UIDSet, archive string) error {
	if archive != "" {
		if _, err := s.c.Move(set, archive).Wait(); err != nil {
			return fmt.Errorf("moving: %w", err)
		}
		return nil
	}
	if err := s.c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}},
		nil).Close(); err != nil {
		return fmt.Errorf("marking: %w", err)
	}
	// EXPUNGE without UIDPLUS would remove what others have marked.
	if s.c.Caps().Has(imap.CapUIDPlus) || s.c.Caps().Has(imap.CapIMAP4rev2) {
		if err := s.c.UIDExpunge(set).Close(); err != nil {
			return fmt.Errorf("removing: %w", err)
		}
	}
	return nil
}

// Acquitter implements transport.Boite. During a loop it marks the message, and the server
// removes or moves it with the others, by hundreds and at the end of the loop; after it,
// the server has done so when it returns nil.
func (b *Boite) Acquitter(ctx context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.ouverte
	if s == nil {
		var err error
		if s, err = b.connecter(ctx); err != nil {
			return err
		}
		defer s.quitter()
	}
	validite, numero, _ := strings.Cut(id, ".")
	if validite != strconv.FormatUint(uint64(s.validite), 10) {
		return nil // the folder was made anew: that message is no longer there
	}
	uid, err := strconv.ParseUint(numero, 10, 32)
	if err != nil || uid == 0 {
		return fmt.Errorf("imap: %q is no ID of this mailbox", id)
	}
	s.acquittes = append(s.acquittes, imap.UID(uid))
	if b.ouverte != nil {
		return nil
	}
	return s.retirer(b.Archive)
}
