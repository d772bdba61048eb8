package smtp

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// composeur counts the connections and can cut the last one.
type composeur struct {
	mu    sync.Mutex
	conns []net.Conn
}

func (c *composeur) dial(ctx context.Context, reseau, adresse string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, reseau, adresse)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conns = append(c.conns, conn)
	return conn, err
}

func (c *composeur) nombre() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.conns)
}

// A queue goes over one connection, authenticated once; a relay that closed it
// meanwhile costs another one, never a message.
func TestConnexionGardee(t *testing.T) {
	s := &serveur{refus: map[string]error{"refus@exemple.fr": &gosmtp.SMTPError{Code: 550, Message: "no"}}}
	adresse := demarrer(t, s, true)
	c := new(composeur)
	e := nouvel(t, Relais{Adresse: adresse, Securite: TLSImplicite, TLS: clientTLS(), Auth: AuthPlain("cabinet",
		motDePasse)},
		WithReprises(UnEssai), WithConnexionGardee(time.Hour), WithDial(c.dial))
	defer e.Close()
	envoyer := func(n int) {
		t.Helper()
		m := envoi(strings.Replace(courrier, "essai", fmt.Sprint(n), 1))
		if _, err := e.Envoyer(t.Context(), m); err != nil {
			t.Fatalf("message %d: %v", n, err)
		}
	}
	for n := range 5 {
		envoyer(n)
	}
	if c.nombre() != 1 || len(s.auth) != 1 {
		t.Errorf("%d connections, %d authentications for 5 messages", c.nombre(), len(s.auth))
	}
	c.conns[0].Close() // as the relay does after some idle minutes
	envoyer(5)
	if c.nombre() != 2 {
		t.Errorf("%d connections, want a second one", c.nombre())
	}
	if _, err := e.Envoyer(t.Context(), envoi(courrier, "refus@exemple.fr")); err == nil {
		t.Error("refused, and no error")
	}
	envoyer(6)
	if n := len(s.recus()); n != 7 {
		t.Errorf("the relay has %d messages, want 7, each once", n)
	}
	ctx, fin := context.WithCancel(t.Context())
	fin()
	if _, err := e.Envoyer(ctx, envoi(courrier)); err == nil {
		t.Error("sent although the context had ended")
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// A relay that says 421 when the connection serves again is taken at its word: a new
// one carries the message at once.
func Test421ALaReprise(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go unSeulMessage(conn)
		}
	}()
	c := new(composeur)
	e := nouvel(t, Relais{Adresse: l.Addr().String(), Securite: EnClair}, WithReprises(UnEssai),
		WithConnexionGardee(time.Hour), WithDial(c.dial))
	defer e.Close()
	for n := range 3 {
		if _, err := e.Envoyer(t.Context(), envoi(courrier)); err != nil {
			t.Fatalf("message %d: %v", n, err)
		}
	}
	if c.nombre() != 3 {
		t.Errorf("%d connections, want one for each message", c.nombre())
	}
}

// unSeulMessage is a relay that takes one message a connection.
func unSeulMessage(conn net.Conn) {
	defer conn.Close()
	dire := func(s string) { fmt.Fprintf(conn, "%s\r\n", s) }
	dire("220 relais")
	tampon := make([]byte, 4096)
	recus, donnees := 0, false
	for {
		n, err := conn.Read(tampon)
		if err != nil {
			return
		}
		l := string(tampon[:n])
		switch {
		case donnees:
			if strings.HasSuffix(l, "\r\n.\r\n") {
				donnees, recus = false, recus+1
				dire("250 ok")
			}
		case strings.HasPrefix(l, "MAIL") && recus > 0:
			dire("421 4.7.0 one message a connection")
			return
		case strings.HasPrefix(l, "DATA"):
			donnees = true
			dire("354 go")
		case strings.HasPrefix(l, "QUIT"):
			dire("221 bye")
			return
		default:
			dire("250 ok")
		}
	}
}

// Where the relay offers DSN (RFC 3461), a report is asked for with the identity of the
// sending and without the body, which holds health data; elsewhere nothing is said.
func TestDSN(t *testing.T) {
	for _, offert := range []bool{true, false} {
		s := &serveur{}
		adresse := demarrer(t, s, true, func(g *gosmtp.Server) { g.EnableDSN = offert })
		e := nouvel(t, Relais{Adresse: adresse, Securite: TLSImplicite, TLS: clientTLS()}, WithReprises(UnEssai))
		for id, veut := range map[string]string{"": "1", "2026112109595900001": "2026112109595900001",
			"pas une identité": ""} {
			m := envoi(courrier)
			m.EnveloppeID = id
			if _, err := e.Envoyer(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			l := s.recus()
			attendu := "HDRS " + veut + " [FAILURE DELAY] 01996@996.01.rss.fr"
			if !offert {
				attendu = "  [] "
			}
			if got := l[len(l)-1].dsn; got != attendu {
				t.Errorf("offered %v, %q: %q, want %q", offert, id, got, attendu)
			}
		}
	}
}

// A night of the relay's own faults: nothing is refused, one fault is told at a time, and
// everything leaves in the morning. The host's journal makes one attempt an hour.
func TestNuitDuRelais(t *testing.T) {
	reponses := []struct {
		dit   *gosmtp.SMTPError
		faute transport.Faute
	}{
		{&gosmtp.SMTPError{Code: 421, EnhancedCode: gosmtp.EnhancedCode{4, 3, 2}, Message: "shutting down"},
			transport.FauteRelais},
		{&gosmtp.SMTPError{Code: 452, EnhancedCode: gosmtp.EnhancedCode{4, 3, 1}, Message: "disk full"},
			transport.FauteRelais},
		{&gosmtp.SMTPError{Code: 450, EnhancedCode: gosmtp.EnhancedCode{4, 7, 1}, Message: "greylisted"},
			transport.FauteRelais},
		{&gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 4, 5}, Message: "daily sending quota exceeded"},
			transport.FauteQuota},
		{&gosmtp.SMTPError{Code: 554, EnhancedCode: gosmtp.EnhancedCode{5, 7, 1}, Message: "relay access denied"},
			transport.FauteRelais},
	}
	s := &serveur{refus: map[string]error{}}
	adresse := demarrer(t, s, true)
	destinataire := "01996@996.01.rss.fr"
	essayer := func(r Relais) error {
		_, err := nouvel(t, r, WithReprises(UnEssai)).Envoyer(t.Context(), envoi(courrier))
		return err
	}
	bon := Relais{Adresse: adresse, Securite: TLSImplicite, TLS: clientTLS(), Auth: AuthPlain("cabinet", motDePasse)}
	juger := func(quoi string, err error, veut transport.Faute) {
		t.Helper()
		f := faute(t, err)
		if f.DeQui() != veut || f.Refuse() {
			t.Errorf("%s: %s, refused %v; want %s (%v)", quoi, f.DeQui(), f.Refuse(), veut, f)
		}
	}
	for _, r := range reponses {
		s.refus[destinataire] = r.dit
		juger(r.dit.Message, essayer(bon), r.faute)
	}
	delete(s.refus, destinataire)
	inconnu := bon
	inconnu.TLS = nil // the authority isn't the system's: as a certificate that has expired
	juger("certificate", essayer(inconnu), transport.FauteCertificat)
	mauvais := bon
	mauvais.Auth = AuthPlain("cabinet", "autre")
	juger("password", essayer(mauvais), transport.FauteMotDePasse)
	ferme := bon
	ferme.Adresse = "127.0.0.1:1"
	juger("nobody answers", essayer(ferme), transport.FauteReseau)
	if len(s.recus()) != 0 {
		t.Fatal("something left")
	}
	if err := essayer(bon); err != nil || len(s.recus()) != 1 {
		t.Errorf("in the morning: %v, %d messages", err, len(s.recus()))
	}
}
