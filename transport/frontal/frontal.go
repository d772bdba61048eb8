package frontal

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Config of a frontal; its zero value is one that works, with the profile
// "reference".
type Config struct {
	Profil   *scor.Profil
	Adresse  string // mailbox of the frontal; "" is 01996@996.01.rss.fr, a public test frontal
	Scenario Scenario

	// Certificat and Cle open the messages; nil makes new ones, CN = Adresse.
	Certificat *x509.Certificate
	Cle        crypto.Decrypter

	// Repondre, when set, answers instead of the scenario. It may call
	// Frontal.Reponse for an answer of the usual kinds.
	Repondre func(f *Frontal, r Recu) ([]Reponse, error)
	// RSP gives the NOEMIE file of a RSP for a message.
	RSP func(r Recu) ([]byte, error)

	// Dossier keeps the state on disk; "" is a folder that Close removes.
	Dossier string
	// MotDePasse of every mailbox; "" accepts any.
	MotDePasse transport.Secret
	// OctetsMax is the greatest message taken (SMTP SIZE), in bytes; 0 is no limit.
	OctetsMax int64
	// Horloge is nil for time.Now.
	Horloge func() time.Time

	// Ecoute says where to listen; its zero value is a free port of loopback for each server.
	Ecoute Ecoute
	// Noms are those of the servers' certificate, beside localhost and the loopback addresses.
	Noms []string
	// Observateur is told of each message once it is kept, before the sender has its reply; it must not block.
	Observateur func(Recu)
}

// Ecoute are the addresses of the servers, host:port; "" is a free port of loopback.
type Ecoute struct{ SMTP, SMTPS, POP3, POP3S string }

// Frontal is a running frontal.
type Frontal struct {
	cfg       Config
	dossier   string
	temp      bool
	sujetLot  *regexp.Regexp
	entetes   map[string]*regexp.Regexp
	tlsClient *tls.Config
	pemTLS    []byte
	perime    tls.Certificate // what the incident "certificat" shows

	ecouteurs map[string]net.Listener
	serveur   *smtp.Server
	wg        sync.WaitGroup

	reception sync.Mutex // held while a message is taken and answered
	mu        sync.Mutex // what follows
	ferme     bool
	conns     map[*connFragile]struct{}
	recus     []*Recu
	arrivee   chan struct{} // closed, and made again, at each message
	boites    map[string][]*courrier
	occupees  map[string]bool // mailboxes that a POP3 session holds
	incidents []Incident
	restes    []int // messages that each rule may still answer; -1 for no limit
	grise     map[string]bool
	alea      string
	sequence  int
	erreur    error
}

// New starts a frontal on loopback.
func New(c Config) (_ *Frontal, err error) {
	if errs := c.Scenario.erreurs(); len(errs) > 0 {
		return nil, fmt.Errorf("frontal: scenario: %s: %s", errs[0].chemin, errs[0].message)
	}
	if c.Profil == nil {
		if c.Profil, err = scor.Reference(); err != nil {
			return nil, err
		}
	}
	if c.Adresse == "" {
		c.Adresse = "01996@996.01.rss.fr"
	}
	if c.Horloge == nil {
		c.Horloge = time.Now
	}
	f := &Frontal{cfg: c, dossier: c.Dossier, ecouteurs: map[string]net.Listener{}, conns: map[*connFragile]struct{}{},
		boites: map[string][]*courrier{}, occupees: map[string]bool{}, grise: map[string]bool{}, arrivee: make(chan struct{}),
		entetes: map[string]*regexp.Regexp{}}
	f.prendre(c.Scenario)
	if f.sujetLot, err = motifSujet(c.Profil.Message.Sujet); err != nil {
		return nil, err
	}
	for nom, g := range c.Profil.Message.Entetes {
		if f.entetes[nom], err = motifSujet(g); err != nil {
			return nil, err
		}
	}
	if f.dossier == "" {
		f.temp = true
		if f.dossier, err = os.MkdirTemp("", "frontal-"); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if err := f.charger(); err != nil {
		return nil, err
	}
	if c.Cle == nil || c.Certificat == nil {
		if f.cfg.Cle, f.cfg.Certificat, err = identite(f.dossier, c.Adresse); err != nil {
			return nil, err
		}
	}
	return f, f.demarrer()
}

func (f *Frontal) demarrer() error {
	id, err := f.identiteTLS()
	if err != nil {
		return err
	}
	tlsServeur := &tls.Config{Certificates: []tls.Certificate{id.serveur}}
	f.tlsClient, f.pemTLS, f.perime = id.client(), id.pem, id.perime
	tlsServeur.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		c, ok := h.Conn.(*connFragile)
		switch {
		case ok && c.sansTLS:
			return nil, errors.New("scenario: no TLS")
		case ok && c.perime:
			return &tls.Config{Certificates: []tls.Certificate{f.perime}}, nil
		}
		return nil, nil
	}
	f.serveur = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sessionSMTP{f: f}, nil }))
	f.serveur.Domain = "frontal.test"
	f.serveur.TLSConfig = tlsServeur
	f.serveur.AllowInsecureAuth = true
	f.serveur.MaxMessageBytes = f.cfg.OctetsMax
	f.serveur.ReadTimeout, f.serveur.WriteTimeout = time.Minute, time.Minute
	f.serveur.ErrorLog = log.New(io.Discard, "", 0)

	ou := f.cfg.Ecoute
	for _, e := range []struct {
		nom    string
		proto  Protocole
		chiffr bool
		ou     string
	}{{"smtp", SMTP, false, ou.SMTP}, {"smtps", SMTP, true, ou.SMTPS}, {"pop3", POP3, false, ou.POP3},
		{"pop3s", POP3, true, ou.POP3S}} {
		l, err := net.Listen("tcp", cmp.Or(e.ou, "127.0.0.1:0"))
		if err != nil {
			return err
		}
		f.ecouteurs[e.nom] = l
		var ecoute net.Listener = &ecouteur{Listener: l, f: f, proto: e.proto}
		if e.chiffr {
			ecoute = tls.NewListener(ecoute, tlsServeur)
		}
		f.wg.Go(func() {
			if e.proto == SMTP {
				// The error is that of Close.
				_ = f.serveur.Serve(ecoute)
				return
			}
			f.servirPOP3(ecoute, tlsServeur)
		})
	}
	return nil
}

// Close stops the frontal; without Config.Dossier it removes what it received.
func (f *Frontal) Close() error {
	f.mu.Lock()
	f.ferme = true
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	for _, l := range f.ecouteurs {
		l.Close()
	}
	if f.serveur != nil {
		f.serveur.Close()
	}
	f.wg.Wait()
	if f.temp {
		return os.RemoveAll(f.dossier)
	}
	return nil
}

func (f *Frontal) suivre(c *connFragile) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ferme {
		c.Close()
		return
	}
	f.conns[c] = struct{}{}
}

func (f *Frontal) adresse(nom string) string { return f.ecouteurs[nom].Addr().String() }

// SMTP is the host:port of the SMTP server (STARTTLS offered, AUTH accepted).
func (f *Frontal) SMTP() string { return f.adresse("smtp") }

// SMTPS is that of the server with implicit TLS.
func (f *Frontal) SMTPS() string { return f.adresse("smtps") }

// POP3 is the host:port of the POP3 server (STLS offered). The user is the address
// that a message came from.
func (f *Frontal) POP3() string { return f.adresse("pop3") }

// POP3S is that of the server with implicit TLS.
func (f *Frontal) POP3S() string { return f.adresse("pop3s") }

// Adresse is the mailbox of the frontal.
func (f *Frontal) Adresse() string { return f.cfg.Adresse }

// Certificat is the one to encrypt for; its CN is Adresse.
func (f *Frontal) Certificat() *x509.Certificate { return f.cfg.Certificat }

// ConfigTLS is a client configuration that trusts the frontal's servers.
func (f *Frontal) ConfigTLS() *tls.Config { return f.tlsClient.Clone() }

// Recus lists the messages received, each Message-ID once, in order.
func (f *Frontal) Recus() []Recu {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Recu, len(f.recus))
	for i, r := range f.recus {
		out[i] = r.copie()
	}
	return out
}

// liste is a copy that is never nil: in JSON a list without element is [], not null.
func liste[T any](l []T) []T { return append([]T{}, l...) }

func (r *Recu) copie() Recu {
	c := *r
	c.A, c.Parties, c.Lots = liste(r.A), liste(r.Parties), liste(r.Lots)
	for i := range c.Lots {
		c.Lots[i].Pieces = liste(c.Lots[i].Pieces)
	}
	c.Constats, c.Reponses = liste(r.Constats), liste(r.Reponses)
	return c
}

// Message finds what was received under a Message-ID.
func (f *Frontal) Message(id string) (Recu, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.trouver(id); r != nil {
		return r.copie(), true
	}
	return Recu{}, false
}

func (f *Frontal) trouver(id string) *Recu {
	for _, r := range f.recus {
		if r.MessageID == id {
			return r
		}
	}
	return nil
}

// Brut opens the bytes of a received message.
func (f *Frontal) Brut(r Recu) (io.ReadCloser, error) {
	return os.Open(filepath.Join(f.dossier, "recus", filepath.Base(r.Fichier)))
}

// Jouer replaces the scenario, its incidents too, for the messages and connections to come.
func (f *Frontal) Jouer(s Scenario) error {
	if errs := s.erreurs(); len(errs) > 0 {
		return fmt.Errorf("frontal: scenario: %s: %s", errs[0].chemin, errs[0].message)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.prendre(s)
	return nil
}

// prendre makes a scenario the one in force, with f.mu held or before anybody else has f.
func (f *Frontal) prendre(s Scenario) {
	f.cfg.Scenario, f.incidents, f.restes = s, slices.Clone(s.Incidents), nil
	for _, r := range s.Regles {
		if r.Fois == 0 {
			r.Fois = -1
		}
		f.restes = append(f.restes, r.Fois)
	}
}

// Attendre returns once n messages have been received, counted from the first and each Message-ID once, or when the
// context ends.
func (f *Frontal) Attendre(ctx context.Context, n int) error {
	for {
		f.mu.Lock()
		recus, arrivee := len(f.recus), f.arrivee
		f.mu.Unlock()
		if recus >= n {
			return nil
		}
		select {
		case <-arrivee:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// consommer returns the incidents chosen, and counts them as having hit once.
func (f *Frontal) consommer(choix func(Incident) bool) []Incident {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out, restent []Incident
	for _, i := range f.incidents {
		if choix(i) {
			out = append(out, i)
			if i.Fois == 1 {
				continue
			}
			if i.Fois > 1 {
				i.Fois--
			}
		}
		restent = append(restent, i)
	}
	f.incidents = restent
	return out
}

// Deposer puts a message of the caller's own in a mailbox: bytes as they are to
// come out, with CRLF.
func (f *Frontal) Deposer(adresse string, brut []byte) error {
	uid := fmt.Sprintf("depot.%s.%s", rand.Text(), f.alea)
	return f.deposer(&courrier{UID: uid, A: normale(adresse), Disponible: f.cfg.Horloge()}, brut)
}

// EnAttente counts the messages in a mailbox, those not yet visible included.
func (f *Frontal) EnAttente(adresse string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.boites[normale(adresse)])
}

// Erreur gives what went wrong in the frontal itself: a full disk, a Go function
// of the scenario that failed.
func (f *Frontal) Erreur() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.erreur
}

func (f *Frontal) noter(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.erreur = errors.Join(f.erreur, err)
}

// PEMTLS is the authority of the frontal's servers, for a program that reads it
// from a file.
func (f *Frontal) PEMTLS() []byte { return f.pemTLS }
