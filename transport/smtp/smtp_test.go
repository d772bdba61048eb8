package smtp

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// autorite is a self-signed certificate for 127.0.0.1.
var autorite = sync.OnceValue(func() tls.Certificate {
	cle, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	modele := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relais"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, modele, modele, cle.Public(), cle)
	if err != nil {
		panic(err)
	}
	c := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: cle}
	if c.Leaf, err = x509.ParseCertificate(der); err != nil {
		panic(err)
	}
	return c
})

func clientTLS() *tls.Config {
	racines := x509.NewCertPool()
	racines.AddCert(autorite().Leaf)
	return &tls.Config{RootCAs: racines}
}

// serveur is go-smtp's server with what it received.
type serveur struct {
	mu       sync.Mutex
	messages []message
	refus    map[string]error // by recipient
	fin      error            // reply to the end of the message
	auth     []string         // mechanisms used, with the user name
}

type message struct {
	de      string
	a       []string
	contenu string
	taille  int64
	dsn     string // what was asked of the reports
}

func (s *serveur) recus() []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]message(nil), s.messages...)
}

func (s *serveur) NewSession(*gosmtp.Conn) (gosmtp.Session, error) {
	return &sessionServeur{serveur: s}, nil
}

type sessionServeur struct {
	serveur *serveur
	m       message
}

const motDePasse = "mot-de-passe-très-secret"

func (s *sessionServeur) AuthMechanisms() []string { return []string{"PLAIN", "LOGIN", "XOAUTH2"} }

func (s *sessionServeur) Auth(mecanisme string) (sasl.Server, error) {
	noter := func(identifiant, secret string) error {
		if identifiant != "cabinet" || secret != motDePasse {
			return &gosmtp.SMTPError{Code: 535, EnhancedCode: gosmtp.EnhancedCode{5, 7, 8}, Message: "bad password " + secret}
		}
		s.serveur.mu.Lock()
		defer s.serveur.mu.Unlock()
		s.serveur.auth = append(s.serveur.auth, mecanisme)
		return nil
	}
	switch mecanisme {
	case "PLAIN":
		return sasl.NewPlainServer(func(_, u, p string) error { return noter(u, p) }), nil
	case "LOGIN":
		return &loginServeur{noter: noter}, nil
	}
	return xoauth2Serveur(noter), nil
}

type loginServeur struct {
	noter       func(string, string) error
	tour        int
	identifiant string
}

func (l *loginServeur) Next(r []byte) ([]byte, bool, error) {
	l.tour++
	switch l.tour {
	case 1:
		return []byte("User Name\x00"), false, nil // what some relays really say
	case 2:
		l.identifiant = string(r)
		return []byte("Password\x00"), false, nil
	}
	return nil, true, l.noter(l.identifiant, string(r))
}

type xoauth2Serveur func(string, string) error

func (x xoauth2Serveur) Next(r []byte) ([]byte, bool, error) {
	u, suite, _ := strings.Cut(strings.TrimPrefix(string(r), "user="), "\x01auth=Bearer ")
	return nil, true, x(u, strings.TrimSuffix(suite, "\x01\x01"))
}

func (s *sessionServeur) Mail(de string, o *gosmtp.MailOptions) error {
	s.m = message{de: de, taille: o.Size, dsn: string(o.Return) + " " + o.EnvelopeID}
	return nil
}

func (s *sessionServeur) Rcpt(a string, o *gosmtp.RcptOptions) error {
	s.m.dsn += fmt.Sprint(" ", o.Notify, " ", o.OriginalRecipient)
	if err := s.serveur.refus[a]; err != nil {
		return err
	}
	s.m.a = append(s.m.a, a)
	return nil
}

func (s *sessionServeur) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.m.contenu = string(b)
	s.serveur.mu.Lock()
	defer s.serveur.mu.Unlock()
	if s.serveur.fin != nil {
		return s.serveur.fin
	}
	s.serveur.messages = append(s.serveur.messages, s.m)
	return nil
}

func (s *sessionServeur) Reset()        {}
func (s *sessionServeur) Logout() error { return nil }

// demarrer serves until the end of the test, and returns the address.
func demarrer(t testing.TB, s *serveur, implicite bool, regler ...func(*gosmtp.Server)) string {
	t.Helper()
	g := gosmtp.NewServer(s)
	g.Domain = "relais.test"
	g.ErrorLog = log.New(io.Discard, "", 0)
	g.TLSConfig = &tls.Config{Certificates: []tls.Certificate{autorite()}}
	for _, f := range regler {
		f(g)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	adresse := l.Addr().String()
	if implicite {
		l = tls.NewListener(l, g.TLSConfig)
	}
	go g.Serve(l)
	t.Cleanup(func() { g.Close() })
	return adresse
}

const courrier = "From: a@exemple.fr\r\nSubject: essai\r\n\r\n.\r\n..deux\r\nfin.\r\n"

func envoi(contenu string, a ...string) transport.Envoi {
	if a == nil {
		a = []string{"01996@996.01.rss.fr"}
	}
	return transport.Envoi{
		De: "cabinet@exemple.fr", A: a, MessageID: "1@exemple.fr", Taille: int64(len(contenu)),
		Contenu: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(contenu)), nil },
	}
}

// script plays the relay: for each command received, the reply to give.
// "" says nothing more, "!" closes.
type script struct {
	accueil  string
	reponses map[string]string // by the first word of the command; "." ends the message
}

func (s script) demarrer(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			go s.jouer(c)
		}
	}()
	return l.Addr().String()
}

func (s script) jouer(c net.Conn) {
	muet := false
	repondre := func(r string) bool {
		if r == "!" {
			c.Close()
			return false
		}
		if muet = muet || r == ""; !muet {
			io.WriteString(c, r+"\r\n")
		}
		return true
	}
	if !repondre(s.accueil) {
		return
	}
	var recu []byte
	tampon := make([]byte, 4096)
	contenu := false
	for {
		n, err := c.Read(tampon)
		if err != nil {
			return
		}
		recu = append(recu, tampon[:n]...)
		for {
			if contenu {
				_, suite, fin := bytes.Cut(recu, []byte("\r\n.\r\n"))
				if !fin {
					break
				}
				recu, contenu = suite, false
				if !repondre(s.reponses["."]) {
					return
				}
				continue
			}
			ligne, suite, ok := bytes.Cut(recu, []byte("\r\n"))
			if !ok {
				break
			}
			recu = suite
			mot, _, _ := strings.Cut(strings.ToUpper(string(ligne)), " ")
			r := s.reponses[mot]
			contenu = mot == "DATA" && strings.HasPrefix(r, "354")
			if !repondre(r) {
				return
			}
		}
	}
}

func conversation(changer ...string) script {
	s := script{accueil: "220 relais", reponses: map[string]string{
		"EHLO": "250-relais\r\n250-SIZE 1000000\r\n250 8BITMIME", "MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok",
		"DATA": "354 go", ".": "250 2.0.0 queued as X", "QUIT": "221 bye",
	}}
	for i := 0; i < len(changer); i += 2 {
		if changer[i] == "accueil" {
			s.accueil = changer[i+1]
		} else {
			s.reponses[changer[i]] = changer[i+1]
		}
	}
	return s
}

// horloge does not wait: it moves on, and remembers.
type horloge struct {
	mu       sync.Mutex
	heure    time.Time
	attentes []time.Duration
}

func (h *horloge) options() Option {
	return WithHorloge(func() time.Time {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.heure
	}, func(ctx context.Context, d time.Duration) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.heure = h.heure.Add(d)
		h.attentes = append(h.attentes, d)
		return ctx.Err()
	})
}

func nouvel(t testing.TB, r Relais, options ...Option) *Expediteur {
	t.Helper()
	e, err := New(r, options...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func faute(t testing.TB, err error) *transport.ErreurEnvoi {
	t.Helper()
	var f *transport.ErreurEnvoi
	if !errors.As(err, &f) {
		t.Fatalf("error %v (%T), expected *transport.ErreurEnvoi", err, err)
	}
	return f
}

var unEssai = WithReprises(Reprises{Essais: 1})
