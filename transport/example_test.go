package transport_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// A B2 file leaves as an IRIS message, encrypted for the frontal, which opens it.
func Example() {
	// A frontal's certificate comes from a directory (package annuaire); its key
	// stays with it.
	cle, certificat := frontalDeTest("01996@996.01.rss.fr")

	const compostage = "2026112122301700000" // from a transport.Composteur
	m := &transport.Message{
		De: "cabinet@exemple.fr", A: []string{"01996@996.01.rss.fr"},
		Sujet: "IR100500/00000420788606/" + compostage + "/00001",
		ID:    compostage + "@exemple.fr",
		Parties: []transport.Partie{{Type: transport.TypeEDI, Description: "IRISTEST/B2/Z", Gzip: true,
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("000TE...")), nil }}},
		Enveloppe: transport.Enveloppe{Chiffrement: "aes-128-cbc", Certificats: []*x509.Certificate{certificat}},
	}
	var eml bytes.Buffer
	if err := transport.Composer(&eml, m); err != nil {
		fmt.Println(err)
		return
	}

	recu, err := transport.Open(context.Background(), &eml, []transport.Cle{{Certificat: certificat, Decrypter: cle}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(recu.Sujet)
	for p, err := range recu.Parties() {
		if err != nil {
			fmt.Println(err)
			continue
		}
		b2, err := io.ReadAll(p)
		fmt.Println(p.Type, p.Description, p.Compression, string(b2), err)
	}
	// Output:
	// IR100500/00000420788606/2026112122301700000/00001
	// application/edi-consent IRISTEST/B2/Z gzip 000TE... <nil>
}

func ExampleComposteur() {
	dossier, err := os.MkdirTemp("", "compostage") // in a host, a folder that lasts
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dossier)
	c := &transport.Composteur{Dossier: dossier, Horloge: func() time.Time {
		return time.Date(2026, 11, 21, 22, 30, 17, 0,
			time.UTC)
	}}
	for range 2 {
		s, err := c.Composter(context.Background(), "00000420788606")
		fmt.Println(s, err)
	}
	// Output:
	// 2026112122301700000 <nil>
	// 2026112122301700001 <nil>
}

func frontalDeTest(adresse string) (*rsa.PrivateKey, *x509.Certificate) {
	cle, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil
	}
	modele := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: adresse},
		NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, modele, modele, cle.Public(), cle)
	if err != nil {
		return nil, nil
	}
	certificat, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil
	}
	return cle, certificat
}
