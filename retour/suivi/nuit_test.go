package suivi

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
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

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// relaisDeNuit is a relay, over TLS, whose troubles change with the hour. What it takes
// goes to the frontal of the bench.
type relaisDeNuit struct {
	mu         sync.Mutex
	certificat *tls.Certificate
	refuse     map[string]*gosmtp.SMTPError // by command
	passe      string
	pris       int
	vers       *frontalFactice
}

func (r *relaisDeNuit) regler(c *tls.Certificate, passe, commande string, e *gosmtp.SMTPError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.certificat, r.passe, r.refuse = c, passe, map[string]*gosmtp.SMTPError{commande: e}
}

func (r *relaisDeNuit) dit(commande string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.refuse[commande]; e != nil {
		return e
	}
	return nil
}

func (r *relaisDeNuit) NewSession(*gosmtp.Conn) (gosmtp.Session, error) {
	return sessionDeNuit{r}, r.dit("EHLO")
}

type sessionDeNuit struct{ r *relaisDeNuit }

func (s sessionDeNuit) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s sessionDeNuit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, passe string) error {
		s.r.mu.Lock()
		defer s.r.mu.Unlock()
		if passe != s.r.passe {
			return gosmtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (s sessionDeNuit) Mail(string, *gosmtp.MailOptions) error { return s.r.dit("MAIL") }
func (s sessionDeNuit) Rcpt(string, *gosmtp.RcptOptions) error { return s.r.dit("RCPT") }
func (s sessionDeNuit) Reset()                                 {}
func (s sessionDeNuit) Logout() error                          { return nil }
func (s sessionDeNuit) Data(contenu io.Reader) error {
	b, err := io.ReadAll(contenu)
	if err != nil {
		return err
	}
	if err := s.r.dit("DATA"); err != nil {
		return err
	}
	s.r.mu.Lock()
	s.r.pris++
	s.r.mu.Unlock()
	return s.r.vers.recevoir(context.Background(), b)
}

// certificatJusqu makes one for the relay that is valid until then, of its own authority.
func certificatJusqu(t *testing.T, fin time.Time) *tls.Certificate {
	t.Helper()
	cle, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	modele := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relais"},
		NotBefore: lundi.Add(-time.Hour), NotAfter: fin, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, modele, modele, cle.Public(), cle)
	if err != nil {
		t.Fatal(err)
	}
	c := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: cle}
	if c.Leaf, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return c
}

// servir starts the relay and gives a sender through it, on the clock of the bench.
func (r *relaisDeNuit) servir(
	t *testing.T, heure func() time.Time, autorites ...*tls.Certificate,
) transport.Expediteur {
	t.Helper()
	brut, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := gosmtp.NewServer(r)
	g.ErrorLog = log.New(io.Discard, "", 0)
	fini := make(chan struct{})
	l := tls.NewListener(brut, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.certificat, nil
	}})
	go func() { defer close(fini); g.Serve(l) }()
	t.Cleanup(func() { g.Close(); <-fini })
	racines := x509.NewCertPool()
	for _, c := range autorites {
		racines.AddCert(c.Leaf)
	}
	e, err := smtp.New(smtp.Relais{Adresse: brut.Addr().String(), Securite: smtp.TLSImplicite,
		Auth: smtp.AuthPlain("cabinet", "sésame"), TLS: &tls.Config{RootCAs: racines, Time: heure}},
		smtp.WithReprises(smtp.UnEssai), smtp.WithHorloge(heure, nil))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A relay that goes bad for a night, one trouble after another: no lot is refused, one alert at most is shown, and all
// has left in the morning, each message once.
func TestNuitDuRelais(t *testing.T) {
	soir := lundi.Add(11 * time.Hour) // 20:00
	vieux, neuf := certificatJusqu(t, soir), certificatJusqu(t, soir.Add(365*24*time.Hour))
	refus := func(code int, etendu gosmtp.EnhancedCode, texte string) *gosmtp.SMTPError {
		return &gosmtp.SMTPError{Code: code, EnhancedCode: etendu, Message: texte}
	}
	heures := []struct {
		nom        string
		certificat *tls.Certificate
		passe      string
		commande   string
		refus      *gosmtp.SMTPError
	}{
		{"the certificate has expired", vieux, "sésame", "", nil},
		{"535 at AUTH", neuf, "autre", "", nil},
		{"421 at EHLO", neuf, "sésame", "EHLO", refus(421, gosmtp.EnhancedCode{4, 3, 2}, "shutting down")},
		{"greylist", neuf, "sésame", "RCPT", refus(450, gosmtp.EnhancedCode{4, 7, 1}, "greylisted, try again")},
		{"full disk at MAIL", neuf, "sésame", "MAIL", refus(452, gosmtp.EnhancedCode{4, 3, 1}, "insufficient storage")},
		{"full disk at the end", neuf, "sésame", "DATA", refus(452, gosmtp.EnhancedCode{4, 3, 1}, "queue full")},
	}
	r := &relaisDeNuit{}
	b := nouveauBanc(t, func(c *Config) {
		c.Expediteur = r.servir(t, c.Horloge, vieux, neuf)
	})
	r.vers = b.f
	b.h.mettre(soir.Add(time.Minute))
	lots := 0
	for _, h := range heures {
		r.regler(h.certificat, h.passe, h.commande, h.refus)
		for range 8 { // two hours
			if lots++; lots%4 == 1 {
				b.lot(1+lots, 1)
			}
			_, _ = b.Avancer(t.Context())
			l := b.lignes()
			if len(l) > 1 || len(l) == 1 && (l[0].Genre != journal.Cabinet || !strings.Contains(l[0].Quoi, "suspendus")) {
				t.Fatalf("%s: %d lines: %+v", h.nom, len(l), l)
			}
			b.h.avancer(15 * time.Minute)
		}
		if len(b.lignes()) == 0 {
			t.Errorf("%s: two hours, and nobody is told", h.nom)
		}
	}
	if r.pris != 0 {
		t.Fatalf("%d messages left in the night", r.pris)
	}
	r.regler(neuf, "sésame", "", nil)
	for range 4 { // one hour
		b.jusquAuRepos()
		b.h.avancer(15 * time.Minute)
	}
	if l := b.lignes(); len(l) != 0 || r.pris != lots/4 || len(b.f.envois) != lots/4 {
		t.Errorf("in the morning %d of %d have left: %+v", r.pris, lots/4, l)
	}
	for _, k := range b.lotsScor() {
		if e := b.etat(journal.LotScor, k); e != journal.Verification {
			t.Errorf("a lot is %s", e)
		}
	}
	b.verifier()
}
