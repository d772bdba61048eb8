package transport_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// fichiersCle writes a certificate and its key for openssl.
func fichiersCle(t testing.TB, cert *x509.Certificate, k any) (certificat, cle string) {
	t.Helper()
	d := t.TempDir()
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	certificat, cle = filepath.Join(d, "c.pem"), filepath.Join(d, "k.pem")
	for nom, b := range map[string]*pem.Block{certificat: {Type: "CERTIFICATE", Bytes: cert.Raw},
		cle: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(nom, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificat, cle
}

func openssl(t testing.TB, entree []byte, args ...string) []byte {
	t.Helper()
	programme, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not here (Debian package openssl)")
	}
	cmd := exec.Command(programme, args...)
	cmd.Stdin = bytes.NewReader(entree)
	var fautes bytes.Buffer
	cmd.Stderr = &fautes
	sortie, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, &fautes)
	}
	return sortie
}

// AES-GCM goes both ways with openssl, as whole S/MIME messages.
func TestGCMAvecOpenSSL(t *testing.T) {
	k := cleRSA(t)
	cert := identite(t, "frontal", k)
	certificat, cle := fichiersCle(t, cert, k)
	o := transport.Ouvreur{Cles: []transport.Cle{{Certificat: cert, Decrypter: k}}}
	for _, algo := range []string{"aes-128-gcm", "aes-256-gcm"} {
		for _, ber := range []bool{false, true} {
			m := messageIRIS([]byte("000TE"))
			m.Enveloppe = transport.Enveloppe{Chiffrement: algo, BER: ber, Certificats: []*x509.Certificate{cert}}
			brut := composer(t, m)
			verifierLignes(t, brut)
			if !bytes.Contains(brut, []byte("smime-type=authEnveloped-data")) {
				t.Error("another smime-type than RFC 8551's")
			}
			clair := openssl(t, brut, "cms", "-decrypt", "-recip", certificat, "-inkey", cle)
			if _, p := lire(t, transport.Ouvreur{}, clair); len(p) != 1 || p[0].Contenu != "000TE" {
				t.Errorf("%s BER %v: openssl reads %+v", algo, ber, p)
			}
			if _, p := lire(t, o, brut); len(p) != 1 || p[0].Contenu != "000TE" || !p[0].Chiffre {
				t.Errorf("%s BER %v: %+v", algo, ber, p)
			}
		}
		clair := composer(t, messageIRIS([]byte("80B2")))
		corps := clair[bytes.Index(clair, []byte("Content-Type")):]
		chiffre := openssl(t, corps, "cms", "-encrypt", "-"+algo, certificat)
		recu, p := lire(t, o, chiffre)
		if len(p) != 1 || p[0].Erreur != nil || p[0].Contenu != "80B2" || !recu.Chiffre {
			t.Errorf("%s written by openssl: %+v", algo, p)
		}
		// One bit of the encrypted bytes, in the middle of the base64.
		abime := bytes.Clone(chiffre)
		i := bytes.LastIndexByte(abime[:len(abime)-200], '\n') + 20
		if abime[i] == 'A' {
			abime[i] = 'B'
		} else {
			abime[i] = 'A'
		}
		if _, p := lire(t, o, abime); len(p) == 1 && p[0].Erreur == nil {
			t.Errorf("%s: a changed byte passes: %+v", algo, p)
		}
	}
}

// A clear-signed message is verified: what was changed is said, whatever the line ends
// of the way.
func TestMultipartSigned(t *testing.T) {
	k := cleRSA(t)
	cert := identite(t, "frontal", k)
	certificat, cle := fichiersCle(t, cert, k)
	clair := composer(t, messageIRIS([]byte("80B2")))
	corps := clair[bytes.Index(clair, []byte("Content-Type")):]
	signe := openssl(t, corps, "cms", "-sign", "-signer", certificat, "-inkey", cle, "-md", "sha256")
	crlf := bytes.ReplaceAll(bytes.ReplaceAll(signe, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	lf := bytes.ReplaceAll(crlf, []byte("\r\n"), []byte("\n"))
	racines := x509.NewCertPool()
	racines.AddCert(cert)
	for nom, brut := range map[string][]byte{"as written": signe, "CRLF": crlf, "LF": lf} {
		recu, p := lire(t, transport.Ouvreur{}, brut)
		if len(p) != 2 || p[0].Contenu != "80B2" || p[0].Erreur != nil || p[1].Erreur != nil || len(recu.Signatures) != 1 ||
			!recu.Signatures[0].Certificat.Equal(cert) {
			t.Errorf("%s: %+v, %d signatures", nom, p, len(recu.Signatures))
		}
	}
	alterer := func(avant, apres string) []byte { return bytes.Replace(crlf, []byte(avant), []byte(apres), 1) }
	coupe := crlf[:bytes.LastIndex(crlf, []byte("\r\n------"))]
	debutSignature := bytes.LastIndex(coupe, []byte("\r\n------"))
	fin := crlf[bytes.LastIndex(crlf, []byte("\r\n------")):]
	for nom, brut := range map[string][]byte{
		"content changed": alterer("\r\nContent-Transfer-Encoding: base64\r\n",
			"\r\nContent-Transfer-Encoding: BASE64\r\n"),
		"description changed": alterer("IRISTEST", "IRIS"),
		"signature missing":   append(append([]byte(nil), crlf[:debutSignature]...), fin...),
		"another part after it": append(append(append([]byte(nil), coupe...),
			crlf[bytes.Index(crlf, []byte("\r\n------")):debutSignature]...), fin...),
		"signature that isn't base 64": alterer("MII", "***"),
	} {
		recu, p := lire(t, transport.Ouvreur{}, brut)
		var dernier error
		for _, x := range p {
			if x.Erreur != nil {
				dernier = x.Erreur
			}
		}
		if dernier == nil || nom != "signature that isn't base 64" && !errors.Is(dernier, transport.ErrSignature) {
			t.Errorf("%s: %v", nom, dernier)
		}
		if nom != "another part after it" && len(recu.Signatures) != 0 {
			t.Errorf("%s: signatures are told", nom)
		}
	}
	if b, err := os.ReadFile(filepath.Join("..", "..", "shared", "cas", "transport",
		"signature-detachee-alteree.eml")); err == nil {
		if _, p := lire(t, transport.Ouvreur{}, b); len(p) < 2 || !errors.Is(p[len(p)-1].Erreur, transport.ErrSignature) {
			t.Errorf("the shared case: %+v", p)
		}
	}
}

type carte struct {
	crypto.Decrypter
	err error
}

func (c carte) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) { return nil, c.err }

// A card that is taken out says nothing against the message: its error comes through,
// and the message is neither called malformed nor set aside.
func TestCarteRetiree(t *testing.T) {
	k := cleRSA(t)
	cert := identite(t, "frontal", k)
	m := messageIRIS([]byte("000TE"))
	m.Enveloppe = transport.Enveloppe{Chiffrement: "aes-256-cbc", Certificats: []*x509.Certificate{cert}}
	retiree := errors.New("card removed")
	_, p := lire(t, transport.Ouvreur{Cles: []transport.Cle{{Certificat: cert, Decrypter: carte{k, retiree}}}},
		composer(t, m))
	if len(p) != 1 || !errors.Is(p[0].Erreur, retiree) || !errors.Is(p[0].Erreur, transport.ErrCleIndisponible) ||
		errors.Is(p[0].Erreur, transport.ErrMalForme) || errors.Is(p[0].Erreur, transport.ErrSansCle) {
		t.Errorf("%+v", p)
	}
	// The card of the signer, likewise.
	m.Enveloppe = transport.Enveloppe{Signataires: []transport.Signataire{{Certificat: cert,
		Signer: carteSigne{k, retiree}}}}
	if err := transport.Composer(io.Discard, m); !errors.Is(err, retiree) ||
		!errors.Is(err, transport.ErrCleIndisponible) || errors.Is(err, transport.ErrMessage) {
		t.Errorf("%v", err)
	}
}

type carteSigne struct {
	crypto.Signer
	err error
}

func (c carteSigne) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, c.err }

// An algorithm that isn't supported is named.
func TestAlgorithmeNomme(t *testing.T) {
	k := cleRSA(t)
	cert := identite(t, "frontal", k)
	certificat, _ := fichiersCle(t, cert, k)
	chiffre := openssl(t, []byte("Content-Type: text/plain\r\n\r\nx"), "cms", "-encrypt", "-camellia-128-cbc", certificat)
	_, p := lire(t, transport.Ouvreur{Cles: []transport.Cle{{Certificat: cert, Decrypter: k}}}, chiffre)
	if len(p) != 1 || p[0].Erreur == nil || !strings.Contains(p[0].Erreur.Error(), "Camellia-128-CBC") {
		t.Errorf("%+v", p)
	}
}
