package transport_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// identite makes a key and its self-signed certificate.
func identite(t testing.TB, nom string, cle crypto.Signer) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: nom},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, cle.Public(), cle)
	if err != nil {
		t.Fatal(err)
	}
	c, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func cleRSA(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSignerPuisOuvrir(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	frontal := cleRSA(t)
	certFrontal := identite(t, "01996@996.01.rss.fr", frontal)
	for _, signer := range []crypto.Signer{ec, cleRSA(t)} {
		certificat := identite(t, "cabinet", signer)
		racines, autres := x509.NewCertPool(), x509.NewCertPool()
		racines.AddCert(certificat)
		autres.AddCert(certFrontal)
		for _, chiffre := range []bool{false, true} {
			m := messageIRIS([]byte("000TE"))
			m.Enveloppe = transport.Enveloppe{Signataires: []transport.Signataire{{Certificat: certificat, Signer: signer}}}
			o := transport.Ouvreur{Racines: racines}
			if chiffre {
				m.Enveloppe.Chiffrement, m.Enveloppe.Certificats = "aes-256-cbc", []*x509.Certificate{certFrontal}
				o.Cles = []transport.Cle{{Certificat: certFrontal, Decrypter: frontal}}
			}
			brut := composer(t, m)
			verifierLignes(t, brut)
			recu, p := lire(t, o, brut)
			if len(p) != 1 || p[0].Contenu != "000TE" || p[0].Erreur != nil || len(recu.Signatures) != 1 ||
				!recu.Signatures[0].Certificat.Equal(certificat) || len(recu.Signatures[0].Chaines) == 0 {
				t.Errorf("%T, encrypted %v: %+v, signatures %+v", signer, chiffre, p, recu.Signatures)
			}
			o.Racines = autres
			recu, p = lire(t, o, brut)
			if faute(p) == nil || !errors.Is(faute(p), transport.ErrSignature) || len(recu.Signatures) != 0 {
				t.Errorf("signer of an unknown authority: %v", faute(p))
			}
		}
	}
}

// faute is the last error met among the parts.
func faute(parties []partie) (err error) {
	for _, p := range parties {
		if p.Erreur != nil {
			err = p.Erreur
		}
	}
	return err
}

func TestSignatureAlteree(t *testing.T) {
	k := cleRSA(t)
	certificat := identite(t, "cabinet", k)
	m := messageIRIS([]byte("000TE"))
	m.Parties[0].Gzip = false
	m.Enveloppe = transport.Enveloppe{Signataires: []transport.Signataire{{Certificat: certificat, Signer: k}},
		LignePKCS7: 76}
	brut := composer(t, m)
	debut := bytes.Index(brut, []byte("\r\n\r\n")) + 4
	corps := brut[debut:]
	vus := 0
	for i := 200; i < 400; i += 7 {
		if corps[i] == '\r' || corps[i] == '\n' {
			continue
		}
		copie := bytes.Clone(brut)
		copie[debut+i] ^= 1
		if c := copie[debut+i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') {
			continue
		}
		recu, p := lire(t, transport.Ouvreur{}, copie)
		if len(recu.Signatures) != 0 || faute(p) == nil {
			t.Errorf("a character changed at %d: %d signatures, %v", i, len(recu.Signatures), faute(p))
		}
		vus++
	}
	if vus < 10 {
		t.Errorf("%d changes only", vus)
	}
}

func TestOpensslVerifie(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not here (Debian package openssl)")
	}
	k := cleRSA(t)
	m := messageIRIS([]byte("000TE"))
	m.Enveloppe = transport.Enveloppe{Signataires: []transport.Signataire{{Certificat: identite(t, "cabinet", k),
		Signer: k}}}
	fichier := filepath.Join(t.TempDir(), "m.eml")
	if err := os.WriteFile(fichier, composer(t, m), 0o600); err != nil {
		t.Fatal(err)
	}
	clair, err := exec.Command(openssl, "smime", "-verify", "-noverify", "-in", fichier).Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, p := lire(t, transport.Ouvreur{}, clair); len(p) != 1 || p[0].Contenu != "000TE" {
		t.Errorf("%+v", p)
	}
}

// Through a concentrator, the frontal can't read the message and the concentrator
// can.
func TestConcentrateur(t *testing.T) {
	oct, frontal := cleRSA(t), cleRSA(t)
	certFrontal := identite(t, "01996@996.01.rss.fr", frontal)
	c := &transport.Concentrateur{Adresse: "flux@oct.example",
		Certificats: []*x509.Certificate{identite(t, "flux@oct.example", oct)}}
	m := messageIRIS([]byte("000TE"))
	m.Enveloppe = transport.Enveloppe{Chiffrement: "aes-128-cbc", Certificats: []*x509.Certificate{certFrontal}}
	sujet := m.Sujet
	c.Diriger(m)
	brut := composer(t, m)
	recu, p := lire(t, transport.Ouvreur{Cles: []transport.Cle{{Certificat: c.Certificats[0], Decrypter: oct}}}, brut)
	if len(p) != 1 || p[0].Contenu != "000TE" || recu.Sujet != sujet || len(recu.A) != 1 ||
		recu.A[0] != "flux@oct.example" {
		t.Errorf("%+v %+v", recu, p)
	}
	if _, p := lire(t, transport.Ouvreur{Cles: []transport.Cle{{Certificat: certFrontal, Decrypter: frontal}}},
		brut); !errors.Is(faute(p), transport.ErrSansCle) {
		t.Errorf("the frontal reads it: %v", faute(p))
	}
	a := c.Annuaire(annuaire{"01996@996.01.rss.fr": {certFrontal}})
	for adresse, veut := range map[string]*x509.Certificate{"FLUX@oct.example": c.Certificats[0],
		"01996@996.01.rss.fr": certFrontal} {
		if got, err := a.Certificats(t.Context(), adresse); err != nil || len(got) != 1 || !got[0].Equal(veut) {
			t.Errorf("%s: %v, %v", adresse, got, err)
		}
	}
}

type annuaire map[string][]*x509.Certificate

func (a annuaire) Certificats(_ context.Context, adresse string) ([]*x509.Certificate, error) {
	return a[strings.ToLower(adresse)], nil
}

// An encrypted object that's cut short is never taken for whole, wherever the cut
// falls.
func TestChiffreTronque(t *testing.T) {
	k := cleRSA(t)
	cert := identite(t, "01996@996.01.rss.fr", k)
	m := messageIRIS([]byte("000TE"))
	m.Parties = append(m.Parties, transport.Partie{Type: "application/pdf", Nom: "P1.pdf", Open: octets([]byte("%PDF"))})
	m.Enveloppe = transport.Enveloppe{Chiffrement: "aes-128-cbc", Certificats: []*x509.Certificate{cert}}
	brut := composer(t, m)
	o := transport.Ouvreur{Cles: []transport.Cle{{Certificat: cert, Decrypter: k}}}
	debut := bytes.Index(brut, []byte("\r\n\r\n"))
	// Without its padding the base64 says as much: up to there nothing is missing.
	for n := debut; n < len(bytes.TrimRight(brut, "=\r\n")); n++ {
		recu, err := o.Open(t.Context(), bytes.NewReader(brut[:n]))
		if err != nil {
			continue
		}
		var dernier error
		for p, err := range recu.Parties() {
			if err == nil && p != nil {
				_, err = bytes.NewBuffer(nil).ReadFrom(p)
			}
			if err != nil {
				dernier = err
			}
		}
		if dernier == nil {
			t.Fatalf("cut at byte %d of %d: no error", n, len(brut))
		}
	}
}
