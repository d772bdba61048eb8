package frontal_test

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

func clePartagee(t testing.TB, base string) transport.Cle {
	t.Helper()
	bloc := func(nom string) []byte {
		texte, err := os.ReadFile(filepath.Join(base, nom))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := pem.Decode(texte)
		return b.Bytes
	}
	cert, err := x509.ParseCertificate(bloc("frontal.pem"))
	if err != nil {
		t.Fatal(err)
	}
	cle, err := x509.ParsePKCS8PrivateKey(bloc("frontal.key"))
	if err != nil {
		t.Fatal(err)
	}
	return transport.Cle{Certificat: cert, Decrypter: cle.(crypto.Decrypter)}
}

func dateDe(t testing.TB, a, m, j int) fse.Date {
	t.Helper()
	d, err := fse.NewDate(a, m, j)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func empreinte(b []byte) scor.Empreinte { return scor.Empreinte(sha256.Sum256(b)) }
