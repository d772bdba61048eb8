package sqlite

import (
	"context"
	"database/sql"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// connus are objects as the last transaction of this Journal left them, so that a piece which goes from step to step
// isn't read again each time. They are good as long as the journal's head is the one that the transaction wrote: nobody
// else wrote since.
type connus struct {
	tete   journal.Tete
	objets map[journal.Ref]*journal.Objet
}

const connusMax = 8192

func (c *connus) oublier() { c.objets, c.tete = nil, journal.Tete{} }

// source reads through c, in a transaction that found tete.
func (c *connus) source(ctx context.Context, tx *sql.Tx, l *lecture, tete journal.Tete) journal.Source {
	if c.tete != tete {
		c.oublier()
	}
	return func(refs []journal.Ref) (map[journal.Ref]*journal.Objet, error) {
		m := make(map[journal.Ref]*journal.Objet, len(refs))
		var inconnus []journal.Ref
		for _, r := range refs {
			if o, ok := c.objets[r]; ok {
				m[r] = o
			} else {
				inconnus = append(inconnus, r)
			}
		}
		err := l.objets(ctx, tx, inconnus, func(o journal.Objet) { m[o.Ref()] = &o })
		return m, err
	}
}

// retenir takes what a transaction wrote, once it is committed.
func (c *connus) retenir(w *journal.Ecriture) {
	if len(c.objets)+len(w.Objets) > connusMax {
		c.objets = nil
	}
	if len(w.Objets) <= connusMax {
		if c.objets == nil {
			c.objets = make(map[journal.Ref]*journal.Objet, len(w.Objets))
		}
		for i := range w.Objets {
			c.objets[w.Objets[i].Ref()] = &w.Objets[i]
		}
	}
	c.tete = w.Tete
}
