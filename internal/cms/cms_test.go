package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// paire is a certificate with its private key.
type paire struct {
	certificat *x509.Certificate
	cle        crypto.Signer
}

func (p paire) dechiffrante() Cle {
	return Cle{Certificat: p.certificat, Decrypter: p.cle.(crypto.Decrypter)}
}

// ecrire puts the certificate and the key in files, for openssl.
func (p paire) ecrire(t testing.TB) (certificat, cle string) {
	t.Helper()
	dir := t.TempDir()
	der, err := x509.MarshalPKCS8PrivateKey(p.cle)
	if err != nil {
		t.Fatal(err)
	}
	certificat, cle = filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	ecrire(t, certificat, enPEM(p))
	ecrire(t, cle, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return certificat, cle
}

func enPEM(p paire) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.certificat.Raw})
}

func fichierPEM(t testing.TB, p paire) string {
	t.Helper()
	certificat, _ := p.ecrire(t)
	return certificat
}

func ecrire(t testing.TB, nom string, octets []byte) {
	t.Helper()
	if err := os.WriteFile(nom, octets, 0o600); err != nil {
		t.Fatal(err)
	}
}

func nouvellePaire(cn string, cle crypto.Signer, changer ...func(*x509.Certificate)) paire {
	der, err := x509.MarshalPKIXPublicKey(cle.Public())
	if err != nil {
		panic(err)
	}
	ski := sha1.Sum(der)
	serie, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	if err != nil {
		panic(err)
	}
	modele := &x509.Certificate{
		SerialNumber:          serie,
		Subject:               pkix.Name{Country: []string{"FR"}, Organization: []string{"essai"}, CommonName: cn},
		NotBefore:             time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
		SubjectKeyId:          ski[:],
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	for _, f := range changer {
		f(modele)
	}
	brut, err := x509.CreateCertificate(rand.Reader, modele, modele, cle.Public(), cle)
	if err != nil {
		panic(err)
	}
	c, err := x509.ParseCertificate(brut)
	if err != nil {
		panic(err)
	}
	return paire{c, cle}
}

func rsaDe(cn string) func() paire {
	return sync.OnceValue(func() paire {
		cle, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return nouvellePaire(cn, cle)
	})
}

var (
	paireA = rsaDe("01996@996.01.rss.fr")
	paireB = rsaDe("01997@997.01.rss.fr")
	paireE = sync.OnceValue(func() paire {
		cle, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return nouvellePaire("carte", cle)
	})
)

// paireFixe is the same in every run, so that a fuzzing corpus keeps its sense.
var paireFixe = sync.OnceValue(func() paire {
	brut, err := os.ReadFile(filepath.Join("testdata", "fixe.pem"))
	if err != nil {
		panic(err)
	}
	b, suite := pem.Decode(brut)
	cle, err := x509.ParsePKCS8PrivateKey(b.Bytes)
	if err != nil {
		panic(err)
	}
	b, _ = pem.Decode(suite)
	c, err := x509.ParseCertificate(b.Bytes)
	if err != nil {
		panic(err)
	}
	return paire{c, cle.(crypto.Signer)}
})

var transports = map[string]TransportCle{"pkcs1v15": PKCS1v15, "oaep": OAEP, "oaep-sha256": OAEPSHA256}

func algorithmes() []Algorithme { return []Algorithme{AES128CBC, AES192CBC, AES256CBC, DES3CBC} }

func chiffrer(t testing.TB, o Options, clair []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewEnveloppe(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(clair); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func octets(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

// openssl runs the program, or skips the test where it is not installed.
func openssl(t testing.TB, entree []byte, args ...string) []byte {
	t.Helper()
	bin, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	cmd := exec.Command(bin, args...)
	cmd.Stdin = bytes.NewReader(entree)
	var erreurs bytes.Buffer
	cmd.Stderr = &erreurs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, erreurs.Bytes())
	}
	return out
}
