// Package logiciel judges a whole software from outside, by what a test frontal receives from it: the software sends
// by SMTP and reads its returns by POP3, with accounts that point at the frontal.
//
// Either the kit starts it for each case (Config.Commande), or it already runs (Config.Ecoute gives the frontal fixed
// addresses): then each case waits until as many messages came as it says, and for a calm after them.
package logiciel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/internal/adresses"
	"github.com/scor-sdk/scor-sdk-go/examples/internal/processus"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// Operation is the only one that a whole software is asked for.
const Operation = "logiciel.emettre"

// Config says how a software is reached.
type Config struct {
	Nom string
	// Commande starts it, once for each case, and it ends by itself; {dossier} in an argument is the folder with the
	// frontal's addresses and certificates (docs/frontal.md). Empty: it already runs.
	Commande []string
	// Ecoute are the addresses of the frontal for a software that already runs.
	Ecoute frontal.Ecoute
	// Profil is the frontal's; nil is "reference".
	Profil *scor.Profil
	// Horloge says that the software's clock jumps over its delays: without it, cases that need days are not played.
	Horloge bool
	// Calme is how long nothing must come after the last message awaited from a software that already runs; 0 is 5 s.
	Calme time.Duration
	// Dire is told, in French, what to do in a software that already runs; nil says nothing.
	Dire func(phrase string)
}

const calmeParDefaut = 5 * time.Second

// Sujet is the software; Close ends the frontal of one that already runs.
type Sujet struct {
	c Config
	// mu: a software that runs has one mailbox: its cases are played one by one.
	mu      sync.Mutex
	frontal *frontal.Frontal
	dossier string
}

// New makes the subject; the frontal of a software that already runs is started here, and its addresses are in the
// folder that Dossier names.
func New(c Config) (*Sujet, error) {
	s := &Sujet{c: c}
	if c.Calme <= 0 {
		s.c.Calme = calmeParDefaut
	}
	if len(c.Commande) > 0 {
		return s, nil
	}
	var err error
	if s.dossier, err = os.MkdirTemp("", "frontal"); err != nil {
		return nil, err
	}
	if s.frontal, err = demarrer(frontal.Config{Profil: c.Profil, Ecoute: c.Ecoute}, s.dossier); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dossier))
	}
	return s, nil
}

// Dossier holds adresses.json, ac.crt and frontal.crt, for a software that already runs; "" otherwise.
func (s *Sujet) Dossier() string { return s.dossier }

// Close ends the frontal.
func (s *Sujet) Close() error {
	if s.frontal == nil {
		return nil
	}
	return errors.Join(s.frontal.Close(), os.RemoveAll(s.dossier))
}

// Nom implements kit.Sujet.
func (s *Sujet) Nom() string {
	if s.c.Nom == "" && len(s.c.Commande) > 0 {
		return filepath.Base(s.c.Commande[0])
	}
	return s.c.Nom
}

// attendu is what a case asks of a software.
type attendu struct {
	// Messages is how many it must send, each Message-ID once, for the case to be judged.
	Messages int `json:"messages"`
	// Horloge: the case needs days to go by.
	Horloge bool `json:"horloge"`
	// Consigne tells a person what to do in the software, in French.
	Consigne string `json:"consigne"`
}

// Repondre implements kit.Sujet.
func (s *Sujet) Repondre(ctx context.Context, v *kit.Vecteur) (kit.Reponse, error) {
	if v.Operation != Operation {
		return nil, kit.ErrSansObjet
	}
	b, err := json.Marshal(v.Parametres)
	if err != nil {
		return nil, err
	}
	var a attendu
	if err := json.Unmarshal(b, &a); err != nil {
		return nil, err
	}
	if a.Horloge && !s.c.Horloge {
		return nil, kit.ErrSansObjet
	}
	scenario, err := Scenario(v)
	if err != nil {
		return nil, err
	}
	if s.frontal != nil {
		return s.attendre(ctx, a, scenario)
	}
	return s.lancer(ctx, scenario)
}

// Scenario reads that of a vector; none is a frontal that works.
func Scenario(v *kit.Vecteur) (frontal.Scenario, error) {
	if v.Scenario == "" {
		return frontal.Scenario{}, nil
	}
	return frontal.ParseScenario(strings.NewReader(v.Scenario), v.ID+".yaml")
}

// lancer starts the program against a frontal of its own.
func (s *Sujet) lancer(ctx context.Context, scenario frontal.Scenario) (kit.Reponse, error) {
	dossier, err := os.MkdirTemp("", "logiciel")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dossier)
	f, err := demarrer(frontal.Config{Profil: s.c.Profil, Scenario: scenario}, dossier)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	programme, err := exec.LookPath(s.c.Commande[0])
	if err == nil {
		programme, err = filepath.Abs(programme)
	}
	if err != nil {
		return nil, err
	}
	var args []string
	for _, a := range s.c.Commande[1:] {
		args = append(args, strings.ReplaceAll(a, "{dossier}", dossier))
	}
	x := processus.Command(ctx, programme, args...)
	x.Dir = dossier
	var erreurs bytes.Buffer
	x.Stderr = &queue{b: &erreurs}
	if err := x.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w : %s", err, strings.TrimSpace(erreurs.String()))
	}
	return kit.NewReponse(Constater(f.Recus()))
}

// queue keeps the end of what a program says.
type queue struct{ b *bytes.Buffer }

const queueMax = 4 << 10

func (q *queue) Write(p []byte) (int, error) {
	q.b.Write(p)
	q.b.Next(max(0, q.b.Len()-queueMax))
	return len(p), nil
}

// attendre plays a case with the software that already runs.
func (s *Sujet) attendre(ctx context.Context, a attendu, scenario frontal.Scenario) (kit.Reponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	avant := len(s.frontal.Recus())
	if err := s.frontal.Jouer(scenario); err != nil {
		return nil, err
	}
	if s.c.Dire != nil {
		s.c.Dire(a.Consigne)
	}
	if err := s.frontal.Attendre(ctx, avant+max(1, a.Messages)); err != nil {
		return nil, fmt.Errorf("%d message(s) reçu(s), %d attendu(s) : %w", len(s.frontal.Recus())-avant, a.Messages, err)
	}
	// What should not come may still be on its way.
	for n := -1; n != len(s.frontal.Recus()); {
		n = len(s.frontal.Recus())
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(s.c.Calme):
		}
	}
	return kit.NewReponse(Constater(s.frontal.Recus()[avant:]))
}

// demarrer starts a frontal and leaves what a program needs to talk to it, in the files of docs/frontal.md.
func demarrer(c frontal.Config, dossier string) (*frontal.Frontal, error) {
	f, err := frontal.New(c)
	if err != nil {
		return nil, err
	}
	if _, err := adresses.Write(dossier, f, ""); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
