// Package transporttest holds, as tests, the contracts of the interfaces of package
// transport: a host that writes a mailbox, a memory of messages taken, a sender or
// a directory of its own runs them from one of its tests, as the packages of the
// SDK do.
//
//  1. [ContratBoite] for a transport.Boite
//  2. [ContratReleve] for a transport.Releve
//  3. [ContratExpediteur] for a transport.Expediteur
//  4. [ContratAnnuaire] for a transport.Annuaire
//
// [Memoire] is a transport.Releve in memory for a host's other tests. The names of
// the contracts stay; what they check can grow.
package transporttest

import (
	"context"
	"io"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Memoire is a transport.Releve that forgets at the end of the process. Its zero
// value keeps every message.
type Memoire struct {
	// Juger, when set, says what becomes of a message, as Releve.Prendre does.
	Juger func(m *transport.MessageReleve, contenu string) (transport.Verdict, error)

	mu      sync.Mutex
	connus  map[string]bool
	pris    []string
	ecartes map[string]error
}

var _ transport.Releve = (*Memoire)(nil)

// Pris gives the contents kept, in their order.
func (m *Memoire) Pris() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.pris...)
}

// Ecartes gives the reason of each content set aside.
func (m *Memoire) Ecartes() map[string]error {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]error{}
	for c, err := range m.ecartes {
		out[c] = err
	}
	return out
}

// Connu implements transport.Releve.
func (m *Memoire) Connu(_ context.Context, i transport.Identite) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.connus[i.Cle()], nil
}

// Prendre implements transport.Releve.
func (m *Memoire) Prendre(_ context.Context, x *transport.MessageReleve) (transport.Verdict, error) {
	b, err := io.ReadAll(x.Contenu())
	if err != nil {
		return transport.Laisser, err
	}
	verdict := transport.Garder
	if m.Juger != nil {
		verdict, err = m.Juger(x, string(b))
	}
	if err != nil || verdict != transport.Garder {
		return verdict, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pris = append(m.pris, string(b))
	m.noter(x)
	return transport.Garder, nil
}

// Ecarter implements transport.Releve.
func (m *Memoire) Ecarter(_ context.Context, x *transport.MessageReleve, raison error) error {
	b, err := io.ReadAll(x.Contenu())
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ecartes == nil {
		m.ecartes = map[string]error{}
	}
	m.ecartes[string(b)] = raison
	m.noter(x)
	return nil
}

func (m *Memoire) noter(x *transport.MessageReleve) {
	if m.connus == nil {
		m.connus = map[string]bool{}
	}
	m.connus[x.Cle()] = true
}
