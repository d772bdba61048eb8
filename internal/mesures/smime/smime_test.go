package smime

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	mrand "math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	gosmtp "github.com/emersion/go-smtp"
	"github.com/smallstep/pkcs7"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

const adresse = "01996@996.01.rss.fr"

// frontal is a certificate and its key.
var frontal = sync.OnceValues(func() (*x509.Certificate, *rsa.PrivateKey) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	modele := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: adresse},
		NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, modele, modele, k.Public(), k)
	if err != nil {
		panic(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return c, k
})

// scan stands for a piece: bytes that do not compress, as those of a JPEG.
func scan(taille int64) io.Reader {
	return io.LimitReader(mrand.NewChaCha8([32]byte{1}), taille)
}

var scan15 = sync.OnceValue(func() []byte {
	b, err := io.ReadAll(scan(15_000_000))
	if err != nil {
		panic(err)
	}
	return b
})

func message15(ouvrir func() (io.ReadCloser, error), ber bool) *transport.Message {
	c, _ := frontal()
	return &transport.Message{
		De: "cabinet@exemple.fr", A: []string{adresse}, Sujet: "essai", ID: "1@exemple.fr", Date: time.Unix(0, 0),
		Parties: []transport.Partie{{Type: transport.TypeEDI, Description: "IRIS/B2", Open: ouvrir}},
		Enveloppe: transport.Enveloppe{Chiffrement: "aes-128-cbc", TransportCle: "pkcs1v15",
			Certificats: []*x509.Certificate{c}, BER: ber},
	}
}

func ouvrir15() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(scan15())), nil }

// relaisGoSMTP is go-smtp's server, that throws the messages away.
func relaisGoSMTP(b testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return puits{}, nil }))
	go s.Serve(l)
	b.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

type puits struct{}

func (puits) Mail(string, *gosmtp.MailOptions) error { return nil }
func (puits) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (puits) Data(r io.Reader) error                 { _, err := io.Copy(io.Discard, r); return err }
func (puits) Reset()                                 {}
func (puits) Logout() error                          { return nil }

// relaisBrut reads as fast as it can: it looks for the end only, so that what is
// measured is the client.
func relaisBrut(b testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go servirBrut(c)
		}
	}()
	return l.Addr().String()
}

func servirBrut(c net.Conn) {
	defer c.Close()
	r := bufio.NewReaderSize(c, 256<<10)
	io.WriteString(c, "220 puits\r\n")
	for {
		ligne, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch strings.ToUpper(ligne[:4]) {
		case "DATA":
			io.WriteString(c, "354 go\r\n")
			if jeter(r) != nil {
				return
			}
			io.WriteString(c, "250 2.0.0 ok\r\n")
		case "QUIT":
			io.WriteString(c, "221 bye\r\n")
			return
		case "EHLO":
			io.WriteString(c, "250-puits\r\n250 8BITMIME\r\n")
		default:
			io.WriteString(c, "250 ok\r\n")
		}
	}
}

// jeter reads up to the final dot. The client waits for the reply, so that the dot
// is at the end of what was received.
func jeter(r *bufio.Reader) error {
	fin := []byte("\r\n.\r\n")
	var queue []byte
	for {
		if _, err := r.Peek(1); err != nil {
			return err
		}
		p, _ := r.Peek(r.Buffered())
		queue = append(queue, p[max(0, len(p)-len(fin)):]...)
		r.Discard(len(p))
		queue = queue[max(0, len(queue)-len(fin)):]
		if bytes.Equal(queue, fin) {
			return nil
		}
	}
}

var relais = map[string]func(testing.TB) string{"relais=brut": relaisBrut, "relais=go-smtp": relaisGoSMTP}

func expediteur(b testing.TB, adresse string) *smtp.Expediteur {
	e, err := smtp.New(smtp.Relais{Adresse: adresse, Securite: smtp.EnClair})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// BenchmarkSDK composes, encrypts and sends in one stream; "composer" is the same
// without sending.
func BenchmarkSDK(b *testing.B) {
	for _, ber := range []bool{false, true} {
		nom := map[bool]string{false: "DER", true: "BER"}[ber]
		b.Run(nom+"/composer+chiffrer", func(b *testing.B) {
			b.SetBytes(15_000_000)
			b.ReportAllocs()
			for b.Loop() {
				if err := transport.Composer(io.Discard, message15(ouvrir15, ber)); err != nil {
					b.Fatal(err)
				}
			}
		})
		for r, demarrer := range relais {
			b.Run(nom+"/composer+chiffrer+envoyer/"+r, func(b *testing.B) {
				e := expediteur(b, demarrer(b))
				b.SetBytes(15_000_000)
				b.ReportAllocs()
				for b.Loop() {
					envoi, err := message15(ouvrir15, ber).Envoi()
					if err != nil {
						b.Fatal(err)
					}
					if _, err := e.Envoyer(context.Background(), envoi); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkAutres does it with go-message, smallstep/pkcs7 and go-smtp.
func BenchmarkAutres(b *testing.B) {
	pkcs7.ContentEncryptionAlgorithm = pkcs7.EncryptionAlgorithmAES128CBC
	b.Run("composer", func(b *testing.B) {
		b.SetBytes(15_000_000)
		b.ReportAllocs()
		for b.Loop() {
			composerAutres(b)
		}
	})
	b.Run("chiffrer", func(b *testing.B) {
		entite := composerAutres(b)
		b.SetBytes(15_000_000)
		b.ReportAllocs()
		for b.Loop() {
			chiffrerAutres(b, entite)
		}
	})
	for r, demarrer := range relais {
		b.Run("envoyer/"+r, func(b *testing.B) {
			adresse := demarrer(b)
			courrier := emballerAutres(b, chiffrerAutres(b, composerAutres(b)))
			b.SetBytes(15_000_000)
			b.ReportAllocs()
			for b.Loop() {
				envoyerAutres(b, adresse, courrier)
			}
		})
		b.Run("composer+chiffrer+envoyer/"+r, func(b *testing.B) {
			adresse := demarrer(b)
			b.SetBytes(15_000_000)
			b.ReportAllocs()
			for b.Loop() {
				envoyerAutres(b, adresse, emballerAutres(b, chiffrerAutres(b, composerAutres(b))))
			}
		})
	}
}

func composerAutres(b testing.TB) []byte {
	var h message.Header
	h.SetContentType(transport.TypeEDI, nil)
	h.Set("Content-Transfer-Encoding", "base64")
	h.Set("Content-Description", "IRIS/B2")
	var tampon bytes.Buffer
	w, err := message.CreateWriter(&tampon, h)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Write(scan15()); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return tampon.Bytes()
}

func chiffrerAutres(b testing.TB, entite []byte) []byte {
	c, _ := frontal()
	der, err := pkcs7.Encrypt(entite, []*x509.Certificate{c})
	if err != nil {
		b.Fatal(err)
	}
	return der
}

func emballerAutres(b testing.TB, der []byte) []byte {
	var h mail.Header
	h.SetAddressList("From", []*mail.Address{{Address: "cabinet@exemple.fr"}})
	h.SetAddressList("To", []*mail.Address{{Address: adresse}})
	h.SetSubject("essai")
	h.SetContentType("application/pkcs7-mime", map[string]string{"smime-type": "enveloped-data"})
	h.Set("Content-Transfer-Encoding", "base64")
	var tampon bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&tampon, h)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Write(der); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return tampon.Bytes()
}

func envoyerAutres(b testing.TB, adresseRelais string, courrier []byte) {
	c, err := gosmtp.Dial(adresseRelais)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("cabinet@exemple.fr", []string{adresse}, bytes.NewReader(courrier)); err != nil {
		b.Fatal(err)
	}
	if err := c.Quit(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOuvrir reads the message back: decryption, base64 twice.
func BenchmarkOuvrir(b *testing.B) {
	c, k := frontal()
	var courrier bytes.Buffer
	if err := transport.Composer(&courrier, message15(ouvrir15, false)); err != nil {
		b.Fatal(err)
	}
	b.Run("SDK", func(b *testing.B) {
		b.SetBytes(15_000_000)
		b.ReportAllocs()
		for b.Loop() {
			if n := lire(b, bytes.NewReader(courrier.Bytes()), c, k); n != 15_000_000 {
				b.Fatal(n)
			}
		}
	})
	b.Run("go-message+pkcs7", func(b *testing.B) {
		b.SetBytes(15_000_000)
		b.ReportAllocs()
		for b.Loop() {
			e, err := message.Read(bytes.NewReader(courrier.Bytes()))
			if err != nil {
				b.Fatal(err)
			}
			der, err := io.ReadAll(e.Body)
			if err != nil {
				b.Fatal(err)
			}
			p7, err := pkcs7.Parse(der)
			if err != nil {
				b.Fatal(err)
			}
			entite, err := p7.Decrypt(c, k)
			if err != nil {
				b.Fatal(err)
			}
			if e, err = message.Read(bytes.NewReader(entite)); err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, e.Body); err != nil || n != 15_000_000 {
				b.Fatal(n, err)
			}
		}
	})
}

func lire(t testing.TB, r io.Reader, c *x509.Certificate, k *rsa.PrivateKey) (n int64) {
	recu, err := transport.Open(context.Background(), r, []transport.Cle{{Certificat: c, Decrypter: k}})
	if err != nil {
		t.Fatal(err)
	}
	for p, err := range recu.Parties() {
		if err != nil {
			t.Fatal(err)
		}
		m, err := io.Copy(io.Discard, p)
		if err != nil {
			t.Fatal(err)
		}
		n += m
	}
	return n
}

// Memory allocated for a message does not depend on its size.
func TestMemoirePlate(t *testing.T) {
	e := expediteur(t, relaisBrut(t))
	allouer := func(taille int64) uint64 {
		m := message15(func() (io.ReadCloser, error) { return io.NopCloser(scan(taille)), nil }, false)
		envoi, err := m.Envoi()
		if err != nil {
			t.Fatal(err)
		}
		var avant, apres runtime.MemStats
		runtime.ReadMemStats(&avant)
		if _, err := e.Envoyer(context.Background(), envoi); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&apres)
		return apres.TotalAlloc - avant.TotalAlloc
	}
	allouer(1 << 20)
	petit, grand := allouer(1<<20), allouer(64<<20)
	fmt.Printf("allocated for 1 MiB: %d KiB, for 64 MiB: %d KiB\n", petit>>10, grand>>10)
	if grand > petit+1<<20 {
		t.Errorf("64 MiB allocate %d bytes, 1 MiB %d", grand, petit)
	}
}
