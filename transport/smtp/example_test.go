package smtp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

func Example() {
	relais := essai()
	defer relais.Close()

	e, err := smtp.New(smtp.Relais{
		Adresse:  relais.Addr().String(), // "smtp.fournisseur.fr:587" in real life
		Securite: smtp.EnClair,           // leave it out: STARTTLS
		Delais:   smtp.Delais{Commande: time.Minute},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	message := "Subject: essai\r\n\r\nBonjour\r\n"
	preuve, err := e.Envoyer(context.Background(), transport.Envoi{
		De: "cabinet@exemple.fr", A: []string{"01996@996.01.rss.fr"}, MessageID: "1@exemple.fr",
		Taille:  int64(len(message)),
		Contenu: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(message)), nil },
	})
	var echec *transport.ErreurEnvoi
	switch {
	case err == nil:
		fmt.Println("the relay has it:", preuve.Code)
	case errors.As(err, &echec) && echec.Incertain:
		fmt.Println("send it again under the same Message-ID")
	case errors.As(err, &echec) && echec.Definitive:
		fmt.Println("refused:", echec.CodeEtendu)
	default:
		fmt.Println("later:", err)
	}
	// Output: the relay has it: 250
}

// essai is a relay that takes everything.
func essai() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	s := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return tout{}, nil }))
	go s.Serve(l)
	return l
}

type tout struct{}

func (tout) Mail(string, *gosmtp.MailOptions) error { return nil }
func (tout) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (tout) Data(r io.Reader) error                 { _, err := io.Copy(io.Discard, r); return err }
func (tout) Reset()                                 {}
func (tout) Logout() error                          { return nil }
