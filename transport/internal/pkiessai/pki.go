// Package pkiessai makes the certificates that the tests of the directory need: a
// root, an authority of billing under it, frontals, and revocation lists.
package pkiessai

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"sync"
	"testing"
	"time"
)

// Heure is the moment at which the certificates made here are in validity.
var Heure = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// Adresse is that of the frontals.
const Adresse = "01996@996.01.rss.fr"

// Autorite signs.
type Autorite struct {
	Certificat *x509.Certificate
	cle        crypto.Signer
}

var cleRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func nouvelleCle(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signer(t testing.TB, modele, parent *x509.Certificate, pub crypto.PublicKey, cle crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, modele, parent, pub, cle)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// NewRacine makes a self-signed authority.
func NewRacine(t testing.TB, nom string) *Autorite {
	t.Helper()
	return newAutorite(t, nom, nil, 1)
}

// Autorite makes an authority under a.
func (a *Autorite) Autorite(t testing.TB, nom string, serie int64) *Autorite {
	t.Helper()
	return newAutorite(t, nom, a, serie)
}

func newAutorite(t testing.TB, nom string, sous *Autorite, serie int64) *Autorite {
	t.Helper()
	cle := nouvelleCle(t)
	modele := &x509.Certificate{
		SerialNumber: big.NewInt(serie),
		Subject:      pkix.Name{Country: []string{"FR"}, Organization: []string{"essai"}, CommonName: nom},
		NotBefore:    Heure.AddDate(-5, 0, 0), NotAfter: Heure.AddDate(100, 0, 0),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if sous == nil {
		return &Autorite{signer(t, modele, modele, cle.Public(), cle), cle}
	}
	return &Autorite{signer(t, modele, sous.Certificat, cle.Public(), sous.cle), cle}
}

// Frontal makes the certificate of a frontal; changer is applied to its model.
func (a *Autorite) Frontal(t testing.TB, serie int64, changer ...func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	k, err := cleRSA()
	if err != nil {
		t.Fatal(err)
	}
	return a.FrontalDe(t, serie, k.Public(), changer...)
}

// FrontalDe takes the key as well.
func (a *Autorite) FrontalDe(t testing.TB, serie int64, pub crypto.PublicKey,
	changer ...func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	modele := &x509.Certificate{
		SerialNumber: big.NewInt(serie),
		Subject:      pkix.Name{Country: []string{"FR"}, Organization: []string{"essai"}, CommonName: Adresse},
		// About six years, as those of the field.
		NotBefore: Heure.AddDate(-1, 0, 0), NotAfter: Heure.AddDate(5, 0, 0),
		KeyUsage: x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment,
	}
	for _, f := range changer {
		f(modele)
	}
	return signer(t, modele, a.Certificat, pub, a.cle)
}

// Liste makes a complete revocation list of a.
func (a *Autorite) Liste(t testing.TB, numero int64, series ...int64) *x509.RevocationList {
	t.Helper()
	return a.ListeDe(t, numero, 0, func(l *x509.RevocationList) {
		for _, s := range series {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, Entree(s, 1))
		}
	})
}

// Entree is one of a revocation list, with its reason code.
func Entree(serie int64, raison int) x509.RevocationListEntry {
	return x509.RevocationListEntry{SerialNumber: big.NewInt(serie), RevocationTime: Heure.AddDate(0, -1, 0),
		ReasonCode: raison}
}

// ListeDe makes a list: a delta from the complete list depart, if it isn't 0.
func (a *Autorite) ListeDe(t testing.TB, numero, depart int64,
	remplir func(*x509.RevocationList)) *x509.RevocationList {
	t.Helper()
	modele := &x509.RevocationList{
		Number:     big.NewInt(numero),
		ThisUpdate: Heure.Add(-48*time.Hour + time.Duration(numero)*time.Minute),
		NextUpdate: Heure.Add(24 * time.Hour),
	}
	if depart != 0 {
		valeur, err := asn1.Marshal(depart)
		if err != nil {
			t.Fatal(err)
		}
		modele.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: valeur}}
	}
	remplir(modele)
	der, err := x509.CreateRevocationList(rand.Reader, modele, a.Certificat, a.cle)
	if err != nil {
		t.Fatal(err)
	}
	l, err := x509.ParseRevocationList(der)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
