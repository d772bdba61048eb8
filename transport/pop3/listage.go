package pop3

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

const (
	// parSession: removals after which QUIT asks the server to make them. Dovecot lists
	// what is left at each new session, so fewer would cost more than they spare.
	parSession = 2000
	// pipelineMin: messages from which the server is asked whether it takes commands
	// ahead of its answers (RFC 2449), and how many are sent so.
	pipelineMin = 100
	// parRetrait is what a server may take for each removal, all of them before it
	// answers QUIT: Dovecot took 4 ms each, on a machine that did other things.
	parRetrait = 20 * time.Millisecond
)

// ouverte is a session with its listing.
type ouverte struct {
	s        *session
	numeros  []int
	ids      map[int]string
	tailles  map[int]int64
	presents map[string][]int // by unique-id, those not removed yet
	repetes  bool             // several messages have one unique-id
	supprime int              // removals that QUIT is to confirm
	pipeline bool             // DELE may be sent ahead of the answers
	attente  []int            // to be removed, not sent yet
	refus    error            // of a DELE sent ahead
}

func (b *Boite) lister(ctx context.Context) (_ *ouverte, err error) {
	s, err := b.connecter(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.fermer()
		}
	}()
	o := &ouverte{s: s, ids: map[int]string{}, tailles: map[int]int64{}, presents: map[string][]int{}}
	fois := map[string]int{}
	err = s.liste("UIDL", func(n int, id string) error {
		if id == "" {
			return errors.New("empty unique-id")
		}
		if _, deja := o.ids[n]; deja {
			return fmt.Errorf("message %d twice", n)
		}
		o.numeros = append(o.numeros, n)
		o.ids[n] = id
		fois[id]++
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = s.liste("LIST", func(n int, taille string) error {
		t, err := strconv.ParseInt(taille, 10, 64)
		if err != nil || t < 0 {
			return fmt.Errorf("size %.20q", taille)
		}
		o.tailles[n] = t
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(o.numeros) >= pipelineMin {
		if o.pipeline, err = s.capacite("PIPELINING"); err != nil {
			return nil, err
		}
	}
	slices.Sort(o.numeros)
	// Some servers give one unique-id to several messages: the content tells them
	// apart, or else the journal would take the second for the first.
	for _, n := range o.numeros {
		if id := o.ids[n]; fois[id] > 1 {
			o.repetes = true
			h, err := s.empreinte(n)
			if err != nil {
				return nil, err
			}
			o.ids[n] = id + "/" + h
		}
	}
	for _, n := range o.numeros {
		o.presents[o.ids[n]] = append(o.presents[o.ids[n]], n)
	}
	return o, nil
}

func (s *session) empreinte(n int) (string, error) {
	r, err := s.recuperer(n)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12]), nil
}

// quitter ends the session: the server removes then.
func (o *ouverte) quitter() error {
	defer o.s.fermer()
	err := o.vider()
	o.s.attente.delai += time.Duration(o.supprime) * parRetrait
	if _, errQuit := o.s.commande("QUIT", ""); errQuit != nil {
		err = errQuit
	}
	if err == nil {
		err = o.refus
	}
	if err != nil && (o.supprime > 0 || o.refus != nil) {
		return fmt.Errorf("%w: %w", ErrNonConfirme, err)
	}
	return nil
}

func (o *ouverte) supprimer(id string) error {
	for len(o.presents[id]) > 0 {
		n := o.presents[id][0]
		if o.pipeline {
			o.attente = append(o.attente, n)
		} else if _, err := o.s.commande("DELE", strconv.Itoa(n)); err != nil {
			return err
		}
		o.presents[id] = o.presents[id][1:]
		o.supprime++
	}
	if len(o.attente) >= pipelineMin {
		return o.vider()
	}
	return nil
}

// vider sends what is to be removed in one go. A refusal concerns its message alone: it
// is told when the session ends.
func (o *ouverte) vider() error {
	if len(o.attente) == 0 {
		return nil
	}
	numeros := o.attente
	o.attente = nil
	refus, err := o.s.supprimer(numeros)
	o.supprime -= len(refus)
	o.refus = errors.Join(append([]error{o.refus}, refus...)...)
	return err
}
