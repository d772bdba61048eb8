package smtp

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// recitant is a relay that says its text whatever it's told.
type recitant struct {
	net.Conn
	texte io.Reader
	recu  strings.Builder
}

func (r *recitant) Read(p []byte) (int, error)       { return r.texte.Read(p) }
func (r *recitant) Write(p []byte) (int, error)      { return r.recu.Write(p) }
func (r *recitant) Close() error                     { return nil }
func (r *recitant) SetDeadline(time.Time) error      { return nil }
func (r *recitant) SetReadDeadline(time.Time) error  { return nil }
func (r *recitant) SetWriteDeadline(time.Time) error { return nil }

// Whatever a relay says, a proof means that the whole message left, and an unknown
// outcome too; any other failure, that it did not.
func FuzzRelais(f *testing.F) {
	f.Add("220 a\r\n250-a\r\n250-SIZE 100000\r\n250 8BITMIME\r\n250 ok\r\n250 2.1.5 ok\r\n354 go\r\n250 2.0.0 " +
		"queued\r\n221 bye\r\n")
	f.Add("220-a\r\n220 b\r\n500 what\r\n250 a\r\n250 ok\r\n450 4.2.1 later\r\n221 bye\r\n")
	f.Add("554 5.7.1 no\r\n")
	f.Add("220 a\r\n250 STARTTLS\r\n250 a\r\n250 ok\r\n250 ok\r\n354 go\r\n")
	f.Add("220 a\r\n250 a\r\n250 ok\r\n550 5.1.1.1 x\r\n")
	f.Add("220 a\r\n250-a\r\n250-SIZE -1\r\n250 SIZE 99999999999999999999\r\n552 5.3.4\r\n")
	f.Fuzz(func(t *testing.T, texte string) {
		for _, securite := range []Securite{EnClair, STARTTLSPossible} {
			r := &recitant{texte: strings.NewReader(texte)}
			e := nouvel(t, Relais{Adresse: "relais:25", Securite: securite}, unEssai,
				WithDial(func(context.Context, string, string) (net.Conn, error) { return r, nil }))
			preuve, err := e.Envoyer(t.Context(), envoi(courrier))
			complet := strings.Contains(r.recu.String(), "fin.\r\n.\r\n")
			var echec *transport.ErreurEnvoi
			switch {
			case err == nil && (!complet || preuve.Code/100 != 2):
				t.Errorf("proof %+v, whole message sent: %v", preuve, complet)
			case err != nil && !errors.As(err, &echec):
				t.Errorf("error of type %T", err)
			case err != nil && complet && !echec.Incertain && echec.Code < 400:
				t.Errorf("the message left, and: %v", err)
			case err != nil && !complet && echec.Incertain:
				t.Errorf("the message did not leave, and: %v", err)
			}
		}
	})
}
