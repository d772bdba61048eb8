package suivi

import (
	"fmt"
	"sync"
	"time"
)

// patienceBoite is how long a mailbox may not answer before a person is told: shorter, it's the network of every day.
const patienceBoite = time.Hour

// boites remembers since when each mailbox can't be read. In memory: it is about what this program reaches now.
type boites struct {
	mu      sync.Mutex
	muettes map[int]time.Time
}

// noter says whether a mailbox answered.
func (b *boites) noter(i int, quand time.Time, muette bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !muette {
		delete(b.muettes, i)
		return
	}
	if b.muettes == nil {
		b.muettes = map[int]time.Time{}
	}
	if _, deja := b.muettes[i]; !deja {
		b.muettes[i] = quand
	}
}

// muetteDepuis is when the mailbox that is silent for the longest time fell silent, if a person should know.
func (b *boites) muetteDepuis(quand time.Time) (depuis time.Time, dire bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.muettes {
		if depuis.IsZero() || t.Before(depuis) {
			depuis = t
		}
	}
	return depuis, !depuis.IsZero() && quand.Sub(depuis) >= patienceBoite
}

func remarqueBoite(depuis string) string {
	return fmt.Sprintf("La boîte aux lettres ne répond plus depuis le %s : les réponses des caisses ne sont pas lues. "+
		"Vérifier le réseau et le mot de passe ; la lecture reprendra d'elle-même.", depuis)
}
