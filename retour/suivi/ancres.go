package suivi

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
	magasin "github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// DossierAncres keeps anchors in a file of a folder, one line each, chained: a line can't be taken out of the middle
// unseen. It is worth what its place is worth: on the disk of the journal it shows a restored backup; on another
// machine, or a medium that is only added to, also what somebody who holds the first one does.
type DossierAncres struct {
	d  *magasin.Depot
	mu sync.Mutex
	f  *chaine.Fil
	a  Ancre
}

var _ Ancres = (*DossierAncres)(nil)

const fichierAncres = "ancres"

// ancresMax bounds the file: a token a day for a century is some 300 MiB.
const ancresMax = 1 << 30

// OpenAncres opens the folder, made if need be: it must be this user's, and nobody else may write to it.
func OpenAncres(dossier string) (*DossierAncres, error) {
	d, err := magasin.Open(dossier, magasin.WithTailleMax(ancresMax))
	if err != nil {
		return nil, fmt.Errorf("suivi: anchors: %w", err)
	}
	x := &DossierAncres{d: d}
	if err := x.relire(); err != nil {
		d.Close()
		return nil, err
	}
	return x, nil
}

// relire reads the file from its beginning: another program may have written to it.
func (x *DossierAncres) relire() error {
	var a Ancre
	f, _, err := chaine.Open(x.d, fichierAncres, func(m chaine.Maillon) error {
		a = Ancre{}
		return json.Unmarshal(m.Contenu, &a)
	})
	if err != nil {
		return fmt.Errorf("suivi: anchors: %w", err)
	}
	x.f, x.a = f, a
	return nil
}

// Close closes the folder.
func (x *DossierAncres) Close() error { return x.d.Close() }

// Poser implements Ancres.
func (x *DossierAncres) Poser(_ context.Context, a Ancre) error {
	b, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("suivi: anchors: %w", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.relire(); err != nil {
		return err
	}
	if _, err := x.f.Append(b); err != nil {
		return fmt.Errorf("suivi: anchors: %w", err)
	}
	x.a = a
	return nil
}

// Derniere implements Ancres.
func (x *DossierAncres) Derniere(context.Context) (Ancre, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if n, err := x.d.Stat(fichierAncres); err == nil {
		if _, _, fin := x.f.Tete(); n == fin {
			return x.a, nil
		}
	}
	err := x.relire()
	return x.a, err
}
