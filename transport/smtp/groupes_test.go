package smtp

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// enGroupe plays a relay that offers PIPELINING, and notes what it's told, up to the end.
func enGroupe(t *testing.T, mail string, rcpts []string, data string) (adresse string, dit func() []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	lignes, fini := []string{}, make(chan struct{})
	go func() {
		defer close(fini)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		dire := func(s string) { fmt.Fprintf(c, "%s\r\n", s) }
		dire("220 relais")
		contenu, n := false, 0
		for r := bufio.NewScanner(c); r.Scan(); {
			ligne := r.Text()
			if !strings.HasPrefix(ligne, "EHLO") {
				lignes = append(lignes, ligne)
			}
			switch mot, _, _ := strings.Cut(ligne, " "); {
			case contenu:
				if contenu = ligne != "."; !contenu {
					dire("250 2.0.0 queued")
				}
			case mot == "EHLO":
				dire("250-relais\r\n250-PIPELINING\r\n250 8BITMIME")
			case mot == "MAIL":
				dire(mail)
			case mot == "RCPT":
				dire(rcpts[n])
				n++
			case mot == "DATA":
				dire(data)
				contenu = strings.HasPrefix(data, "354")
			case mot == "QUIT":
				dire("221 bye")
				return
			}
		}
	}()
	return l.Addr().String(), func() []string { <-fini; return lignes }
}

// Commands that left together have their replies read one by one: nothing of a message
// goes to a relay that refused the envelope, and no empty message to a recipient that it took.
func TestGroupe(t *testing.T) {
	const mail = "MAIL FROM:<medecin@exemple.fr> BODY=8BITMIME"
	rcpt := func(a string) string { return "RCPT TO:<" + a + ">" }
	a, b := "01422@422.01.rss.fr", "01511@511.01.rss.fr"
	for nom, c := range map[string]struct {
		mail  string
		rcpts []string
		data  string
		etape transport.Etape // "" when it left
		code  int
		refus int
		dit   []string // after the envelope
	}{
		"all taken":   {"250 ok", []string{"250 ok", "250 ok"}, "354 go", "", 250, 0, []string{"x", ".", "QUIT"}},
		"one refused": {"250 ok", []string{"550 no", "250 ok"}, "354 go", "", 250, 1, []string{"x", ".", "QUIT"}},
		"sender refused": {"550 5.7.1 no", []string{"503 no", "503 no"}, "503 no",
			transport.EtapeMail, 550, 0, []string{"QUIT"}},
		"all refused": {"250 ok", []string{"550 no", "551 no"}, "503 no",
			transport.EtapeRcpt, 550, 2, []string{"QUIT"}},
		"all refused, DATA": {"250 ok", []string{"550 no", "551 no"}, "354 go",
			transport.EtapeRcpt, 550, 2, []string{".", "QUIT"}},
		"sender refused, yet": {"550 no", []string{"250 ok", "250 ok"}, "354 go",
			transport.EtapeMail, 550, 0, nil},
		"goes away": {"250 ok", []string{"250 ok", "421 bye"}, "354 go",
			transport.EtapeRcpt, 421, 0, nil},
		"DATA refused": {"250 ok", []string{"250 ok", "250 ok"}, "451 later",
			transport.EtapeData, 451, 0, []string{"QUIT"}},
	} {
		t.Run(nom, func(t *testing.T) {
			adresse, dit := enGroupe(t, c.mail, c.rcpts, c.data)
			m := envoi("x\r\n", a, b)
			m.De = "medecin@exemple.fr"
			preuve, err := nouvel(t, Relais{Adresse: adresse, Securite: EnClair}, unEssai).Envoyer(t.Context(), m)
			if c.etape == "" {
				if err != nil || preuve.Code != c.code || len(preuve.Refus) != c.refus {
					t.Errorf("%+v, %v", preuve, err)
				}
			} else if f := faute(t, err); f.Etape != c.etape || f.Code != c.code || len(f.Refus) != c.refus || f.Incertain {
				t.Errorf("%+v", f)
			}
			if diff := cmp.Diff(append([]string{mail, rcpt(a), rcpt(b), "DATA"}, c.dit...), dit()); diff != "" {
				t.Errorf("(-expected +said):\n%s", diff)
			}
		})
	}
}

// Many recipients leave in several groups, each with its reply.
func TestGroupesNombreux(t *testing.T) {
	s := &serveur{refus: map[string]error{"n77@exemple.fr": &gosmtp.SMTPError{Code: 550, Message: "no"}}}
	var a []string
	for i := range 130 {
		a = append(a, fmt.Sprintf("n%d@exemple.fr", i))
	}
	preuve, err := nouvel(t, Relais{Adresse: demarrer(t, s, true), Securite: TLSImplicite, TLS: clientTLS()},
		unEssai).Envoyer(t.Context(), envoi(courrier, a...))
	if err != nil || len(preuve.Refus) != 1 || preuve.Refus[0].Adresse != "n77@exemple.fr" || len(s.recus()) != 1 {
		t.Errorf("%+v, %v", preuve, err)
	}
}

// lent is a network between a relay and its clients, which takes 10 ms each way.
func lent(b *testing.B, adresse string) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	type morceau struct {
		quand  time.Time
		octets []byte
	}
	porter := func(vers, de net.Conn) {
		file := make(chan morceau, 1024)
		go func() {
			defer vers.Close()
			for m := range file {
				time.Sleep(time.Until(m.quand))
				if _, err := vers.Write(m.octets); err != nil {
					break
				}
			}
			for range file { // nobody waits for who reads
			}
		}()
		defer close(file)
		for {
			octets := make([]byte, 32<<10)
			n, err := de.Read(octets)
			if err != nil {
				return
			}
			file <- morceau{time.Now().Add(10 * time.Millisecond), octets[:n]}
		}
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			relais, err := net.Dial("tcp", adresse)
			if err != nil {
				client.Close()
				return
			}
			go porter(relais, client)
			go porter(client, relais)
		}
	}()
	return l.Addr().String()
}

// BenchmarkFile sends 40 small messages at 20 ms from the relay: a connection each, one
// for all, and go-smtp's own client with one for all.
func BenchmarkFile(b *testing.B) {
	for _, garde := range []bool{false, true} {
		b.Run(fmt.Sprintf("kept=%v", garde), func(b *testing.B) {
			options := []Option{WithReprises(UnEssai)}
			if garde {
				options = append(options, WithConnexionGardee(time.Minute))
			}
			adresse := lent(b, demarrer(b, &serveur{}, true))
			e := nouvel(b, Relais{Adresse: adresse, Securite: TLSImplicite, TLS: clientTLS()}, options...)
			defer e.Close()
			for b.Loop() {
				for range 40 {
					if _, err := e.Envoyer(b.Context(), envoi(courrier)); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	b.Run("go-smtp", func(b *testing.B) {
		adresse := lent(b, demarrer(b, &serveur{}, true))
		m := envoi(courrier)
		for b.Loop() {
			c, err := gosmtp.DialTLS(adresse, clientTLS())
			if err != nil {
				b.Fatal(err)
			}
			for range 40 {
				contenu, err := m.Contenu()
				if err != nil {
					b.Fatal(err)
				}
				if err := c.SendMail(m.De, m.A, contenu); err != nil {
					b.Fatal(err)
				}
				contenu.Close()
			}
			c.Quit()
		}
	})
}
