package frontal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// identiteTLS is an authority and what it signed for the servers: a certificate that is good, and one whose validity is
// over.
type identiteTLS struct {
	ac              *x509.Certificate
	pem             []byte // of ac, for a program that trusts it
	serveur, perime tls.Certificate
}

func (i *identiteTLS) client() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(i.ac)
	return &tls.Config{RootCAs: pool, ServerName: "localhost"}
}

// identiteTLS gives the authority of the state folder, or a new one, kept there: a program that trusts it goes on doing
// so when the frontal is started again. The certificates of the servers are made each time.
func (f *Frontal) identiteTLS() (*identiteTLS, error) {
	cle, ac, err := f.autorite()
	if err != nil {
		return nil, err
	}
	id := &identiteTLS{ac: ac, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ac.Raw})}
	maintenant := time.Now()
	for _, c := range []struct {
		vers *tls.Certificate
		fin  time.Time
	}{{&id.serveur, maintenant.AddDate(5, 0, 0)}, {&id.perime, maintenant.AddDate(0, 0, -1)}} {
		if *c.vers, err = feuille(cle, ac, f.cfg.Noms, c.fin); err != nil {
			return nil, err
		}
	}
	return id, nil
}

func feuille(cle *ecdsa.PrivateKey, ac *x509.Certificate, noms []string, fin time.Time) (tls.Certificate, error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	m, err := modele("localhost")
	if err != nil {
		return tls.Certificate{}, err
	}
	m.NotAfter = fin
	m.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	m.DNSNames, m.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	for _, n := range noms {
		if ip := net.ParseIP(n); ip != nil {
			m.IPAddresses = append(m.IPAddresses, ip)
		} else {
			m.DNSNames = append(m.DNSNames, n)
		}
	}
	c, err := signer(m, ac, k.Public(), cle)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{c.Raw, ac.Raw}, PrivateKey: k}, nil
}

func (f *Frontal) autorite() (*ecdsa.PrivateKey, *x509.Certificate, error) {
	chemin := f.chemin("ac.pem")
	texte, err := os.ReadFile(chemin)
	if err == nil {
		return lireAutorite(texte, chemin)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	cle, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	m, err := modele("AC du frontal de test")
	if err != nil {
		return nil, nil, err
	}
	m.IsCA, m.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	ac, err := signer(m, nil, cle.Public(), cle)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(cle)
	if err != nil {
		return nil, nil, err
	}
	return cle, ac, depot.WriteFichier(chemin, func(w io.Writer) error {
		err := pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: ac.Raw})
		return errors.Join(err, pem.Encode(w, &pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	})
}

func lireAutorite(texte []byte, chemin string) (*ecdsa.PrivateKey, *x509.Certificate, error) {
	b1, reste := pem.Decode(texte)
	b2, _ := pem.Decode(reste)
	if b1 == nil || b2 == nil {
		return nil, nil, fmt.Errorf("frontal: %s: two PEM blocks expected", chemin)
	}
	ac, err := x509.ParseCertificate(b1.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("frontal: %s: %w", chemin, err)
	}
	k, err := x509.ParsePKCS8PrivateKey(b2.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("frontal: %s: the key isn't PKCS #8", chemin)
	}
	cle, ok := k.(*ecdsa.PrivateKey)
	if !ok {
		return nil, nil, fmt.Errorf("frontal: %s: not an ECDSA key", chemin)
	}
	return cle, ac, nil
}
