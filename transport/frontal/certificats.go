package frontal

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// modele begins a certificate. Its validity surrounds now widely: the test that uses it may set its clock.
func modele(nom string) (*x509.Certificate, error) {
	serie, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	maintenant := time.Now()
	return &x509.Certificate{
		SerialNumber: serie, Subject: pkix.Name{Country: []string{"FR"}, Organization: []string{"Frontal de test"},
			CommonName: nom},
		NotBefore: maintenant.AddDate(-5, 0, 0), NotAfter: maintenant.AddDate(5, 0, 0),
		KeyUsage: x509.KeyUsageKeyEncipherment | x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}, nil
}

// signer makes a certificate signed by parent's key; a nil parent is itself.
func signer(c, parent *x509.Certificate, public crypto.PublicKey, cle crypto.Signer) (*x509.Certificate, error) {
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, cle)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// identite gives the key and the certificate that messages are encrypted for:
// those of the state folder, or new ones, kept there.
func identite(dossier, adresse string) (*rsa.PrivateKey, *x509.Certificate, error) {
	chemin := filepath.Join(dossier, "frontal.pem")
	texte, err := os.ReadFile(chemin)
	if err == nil {
		return lireIdentite(texte, chemin, adresse)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	cle, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	m, err := modele(adresse)
	if err != nil {
		return nil, nil, err
	}
	cert, err := signer(m, nil, cle.Public(), cle)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(cle)
	if err != nil {
		return nil, nil, err
	}
	texte = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...)
	return cle, cert, depot.WriteFichier(chemin, func(w io.Writer) error { _, err := w.Write(texte); return err })
}

func lireIdentite(texte []byte, chemin, adresse string) (*rsa.PrivateKey, *x509.Certificate, error) {
	b1, reste := pem.Decode(texte)
	b2, _ := pem.Decode(reste)
	if b1 == nil || b2 == nil {
		return nil, nil, fmt.Errorf("frontal: %s: two PEM blocks expected", chemin)
	}
	cert, err := x509.ParseCertificate(b1.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("frontal: %s: %w", chemin, err)
	}
	k, err := x509.ParsePKCS8PrivateKey(b2.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("frontal: %s: the key isn't PKCS #8", chemin)
	}
	cle, ok := k.(*rsa.PrivateKey)
	if !ok || cert.Subject.CommonName != adresse {
		return nil, nil, fmt.Errorf("frontal: %s: not an RSA key for %s", chemin, adresse)
	}
	return cle, cert, nil
}
