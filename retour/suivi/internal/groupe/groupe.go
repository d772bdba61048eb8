// Package groupe gathers what several goroutines want to write into one transaction, so that the disk is waited for
// once.
package groupe

import (
	"context"
	"errors"
	"sync"
)

// ErrFerme says that the file was closed.
var ErrFerme = errors.New("journal closed")

// Demande is a value with the context of who wants it written.
type Demande[T any] struct {
	Fini   func() error // Err of the context of who asks
	Valeur T
	issue  chan error
}

// File takes demands and hands them, as many as wait, to one writing goroutine.
type File[T any] struct {
	demandes chan *Demande[T]
	arret    chan struct{}
	fini     chan struct{}
	une      sync.Once
}

// New starts the writer. traiter writes a group and gives the outcome of each demand, in order.
func New[T any](max int, traiter func([]*Demande[T]) []error) *File[T] {
	f := &File[T]{demandes: make(chan *Demande[T], max), arret: make(chan struct{}), fini: make(chan struct{})}
	go f.ecrire(max, traiter)
	return f
}

func (f *File[T]) ecrire(max int, traiter func([]*Demande[T]) []error) {
	defer close(f.fini)
	g := make([]*Demande[T], 0, max)
	for {
		g = g[:0]
		select {
		case d := <-f.demandes:
			g = append(g, d)
		case <-f.arret:
			for {
				select {
				case d := <-f.demandes:
					d.issue <- ErrFerme
				default:
					return
				}
			}
		}
	plein:
		for len(g) < max {
			select {
			case d := <-f.demandes:
				g = append(g, d)
			default:
				break plein
			}
		}
		for i, err := range traiter(g) {
			g[i].issue <- err
		}
	}
}

// Soumettre waits until v is written, or refused. Once it is taken the answer is waited for, whatever becomes of ctx:
// giving up would leave the caller not knowing.
func (f *File[T]) Soumettre(ctx context.Context, v T) error {
	d := &Demande[T]{Fini: ctx.Err, Valeur: v, issue: make(chan error, 1)}
	select {
	case <-f.arret:
		return ErrFerme
	default:
	}
	select {
	case f.demandes <- d:
	case <-ctx.Done():
		return ctx.Err()
	case <-f.arret:
		return ErrFerme
	}
	select {
	case err := <-d.issue:
		return err
	case <-f.fini:
		select {
		case err := <-d.issue:
			return err
		default:
			return ErrFerme
		}
	}
}

// Close lets the group under way end and refuses what waits.
func (f *File[T]) Close() {
	f.une.Do(func() { close(f.arret) })
	<-f.fini
}
