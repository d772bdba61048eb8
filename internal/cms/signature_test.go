package cms

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var dateSignature = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func signerTout(t testing.TB, o OptionsSignature, contenu []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewSignature(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(contenu); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func confiance(paires ...paire) OptionsVerification {
	racines := x509.NewCertPool()
	for _, p := range paires {
		racines.AddCert(p.certificat)
	}
	return OptionsVerification{Racines: racines, Heure: dateSignature}
}

func verifierTout(p7s, contenu []byte, detachee bool, o OptionsVerification) ([]Signature, error) {
	if detachee {
		return VerifierDetachee(bytes.NewReader(p7s), bytes.NewReader(contenu), o)
	}
	v, err := Verifier(bytes.NewReader(p7s), o)
	if err != nil {
		return nil, err
	}
	lu, err := io.ReadAll(v)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(lu, contenu) {
		return nil, fmt.Errorf("the content differs: %d bytes", len(lu))
	}
	return v.Signatures(), nil
}

// signataires by name: every key, hash and padding.
func signataires() map[string][]Signataire {
	a, b, e := paireA(), paireB(), paireE()
	cas := map[string][]Signataire{"two": {{Certificat: a.certificat, Signer: a.cle}, {Certificat: b.certificat,
		Signer: b.cle, Hash: crypto.SHA512}}}
	for _, h := range []crypto.Hash{crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		cas["rsa/"+h.String()] = []Signataire{{Certificat: a.certificat, Signer: a.cle, Hash: h}}
		cas["pss/"+h.String()] = []Signataire{{Certificat: a.certificat, Signer: a.cle, Hash: h, PSS: true}}
		cas["ecdsa/"+h.String()] = []Signataire{{Certificat: e.certificat, Signer: e.cle, Hash: h}}
	}
	return cas
}

func TestSignatures(t *testing.T) {
	toutes := confiance(paireA(), paireB(), paireE())
	contenu := octets(2*tailleMorceau + 3)
	for nom, s := range signataires() {
		for _, detachee := range []bool{false, true} {
			for _, ski := range []bool{false, true} {
				o := OptionsSignature{Signataires: s, Detachee: detachee, ParSKI: ski, Date: dateSignature}
				signatures, err := verifierTout(signerTout(t, o, contenu), contenu, detachee, toutes)
				if err != nil {
					t.Errorf("%s detached=%v ski=%v: %v", nom, detachee, ski, err)
					continue
				}
				if len(signatures) != len(s) || !signatures[0].Date.Equal(dateSignature) || len(signatures[0].Chaines) == 0 {
					t.Errorf("%s: %+v", nom, signatures)
				}
			}
		}
	}
}

func TestOpenSSLVerifie(t *testing.T) {
	contenu := octets(100_000)
	dir := t.TempDir()
	fichier := filepath.Join(dir, "contenu")
	ecrire(t, fichier, contenu)
	var racines []byte
	for _, p := range []paire{paireA(), paireB(), paireE()} {
		racines = append(racines, enPEM(p)...)
	}
	ca := filepath.Join(dir, "ca.pem")
	ecrire(t, ca, racines)
	for nom, s := range signataires() {
		for _, detachee := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/detached=%v", nom, detachee), func(t *testing.T) {
				p7s := signerTout(t, OptionsSignature{Signataires: s, Detachee: detachee, Date: dateSignature}, contenu)
				commandes := []string{"cms"}
				if s[0].Certificat == paireA().certificat && !s[0].PSS {
					commandes = append(commandes, "smime") // PKCS#7 1.5 knows neither PSS nor much of ECDSA
				}
				for _, commande := range commandes {
					args := []string{commande, "-verify", "-binary", "-inform", "DER", "-CAfile", ca, "-purpose", "any"}
					if detachee {
						args = append(args, "-content", fichier)
					}
					if lu := openssl(t, p7s, args...); !bytes.Equal(lu, contenu) {
						t.Errorf("openssl %s gives %d bytes", commande, len(lu))
					}
				}
			})
		}
	}
}

func TestOpenSSLSigne(t *testing.T) {
	contenu := octets(100_000)
	rsa, ec := paireA(), paireE()
	certificatR, cleR := rsa.ecrire(t)
	certificatE, cleE := ec.ecrire(t)
	cas := map[string][]string{
		"rsa":     {"-signer", certificatR, "-inkey", cleR},
		"sha512":  {"-signer", certificatR, "-inkey", cleR, "-md", "sha512"},
		"pss":     {"-signer", certificatR, "-inkey", cleR, "-keyopt", "rsa_padding_mode:pss"},
		"ski":     {"-signer", certificatR, "-inkey", cleR, "-keyid"},
		"ecdsa":   {"-signer", certificatE, "-inkey", cleE, "-md", "sha384"},
		"two":     {"-signer", certificatR, "-inkey", cleR, "-signer", certificatE, "-inkey", cleE},
		"bare":    {"-signer", certificatR, "-inkey", cleR, "-noattr"},
		"stream":  {"-signer", certificatR, "-inkey", cleR, "-stream"},
		"no cert": {"-signer", certificatR, "-inkey", cleR, "-nocerts"},
	}
	for _, commande := range []string{"cms", "smime"} {
		for nom, options := range cas {
			if commande == "smime" && (nom == "ski" || nom == "pss" || nom == "ecdsa" || nom == "two") {
				continue
			}
			for _, detachee := range []bool{false, true} {
				if detachee && nom == "stream" {
					continue // OpenSSL puts the content inside all the same
				}
				t.Run(fmt.Sprintf("%s/%s/detached=%v", commande, nom, detachee), func(t *testing.T) {
					args := append([]string{commande, "-sign", "-binary", "-outform", "DER"}, options...)
					if !detachee {
						args = append(args, "-nodetach")
					}
					o := confiance(rsa, ec)
					o.Heure = time.Time{}
					if nom == "no cert" {
						o.Certificats = []*x509.Certificate{rsa.certificat}
					}
					if _, err := verifierTout(openssl(t, contenu, args...), contenu, detachee, o); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
	sha1 := openssl(t, contenu, "cms", "-sign", "-binary", "-outform", "DER", "-signer", certificatR, "-inkey", cleR,
		"-md", "sha1", "-nodetach")
	var algo *ErreurAlgorithme
	if _, err := verifierTout(sha1, contenu, false, confiance(rsa)); !errors.As(err, &algo) {
		t.Errorf("SHA-1: %v", err)
	}
}

// Whatever byte changes, a signature is never good for another content.
func TestSignatureAbimee(t *testing.T) {
	e := paireE()
	contenu := octets(64)
	for _, detachee := range []bool{false, true} {
		p7s := signerTout(t, OptionsSignature{Signataires: []Signataire{{Certificat: e.certificat, Signer: e.cle}},
			Detachee: detachee, Date: dateSignature}, contenu)
		for i := range p7s {
			abime := bytes.Clone(p7s)
			abime[i] ^= 1
			var signatures []Signature
			var lu []byte
			var err error
			if detachee {
				lu = contenu
				signatures, err = VerifierDetachee(bytes.NewReader(abime), bytes.NewReader(contenu), confiance(e))
			} else if v, erreur := Verifier(bytes.NewReader(abime), confiance(e)); erreur != nil {
				err = erreur
			} else {
				lu, err = io.ReadAll(v)
				signatures = v.Signatures()
			}
			if err == nil && (!bytes.Equal(lu, contenu) || len(signatures) != 1 ||
				!signatures[0].Certificat.Equal(e.certificat)) {
				t.Fatalf("byte %d changed: verified, %d bytes", i, len(lu))
			}
			if _, err := verifierTout(p7s[:i], contenu, detachee, confiance(e)); err == nil {
				t.Fatalf("cut at byte %d: verified", i)
			}
		}
		autre := bytes.Clone(contenu)
		autre[0] ^= 1
		if detachee {
			if _, err := verifierTout(p7s, autre, true, confiance(e)); !errors.Is(err, ErrSignature) {
				t.Errorf("another content: %v", err)
			}
		}
	}
}

func TestVerificationRefusee(t *testing.T) {
	a, b := paireA(), paireB()
	contenu := octets(10)
	attachee := signerTout(t, OptionsSignature{Signataires: []Signataire{{Certificat: a.certificat, Signer: a.cle}}},
		contenu)
	detachee := signerTout(t, OptionsSignature{Signataires: []Signataire{{Certificat: a.certificat, Signer: a.cle}},
		Detachee: true}, contenu)

	var cle *ErreurCle
	if _, err := verifierTout(attachee, contenu, false, confiance(b)); !errors.As(err, &cle) {
		t.Errorf("unknown authority: %v", err)
	}
	if s, err := verifierTout(attachee, contenu, false, OptionsVerification{SansChaine: true}); err != nil ||
		s[0].Chaines != nil {
		t.Errorf("without chain: %+v, %v", s, err)
	}
	if _, err := verifierTout(attachee, contenu, false, OptionsVerification{}); err == nil {
		t.Error("no trust given, and verified")
	}
	vieux := confiance(a)
	vieux.Heure = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := verifierTout(attachee, contenu, false, vieux); !errors.As(err, &cle) {
		t.Errorf("expired: %v", err)
	}
	if _, err := verifierTout(attachee, contenu, true, confiance(a)); err == nil {
		t.Error("attached taken for detached")
	}
	if _, err := verifierTout(detachee, contenu, false, confiance(a)); err == nil {
		t.Error("detached taken for attached")
	}
	if _, err := VerifierDetachee(bytes.NewReader(detachee), iotest.ErrReader(io.ErrClosedPipe),
		confiance(a)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("content not read: %v", err)
	}
	chiffrant := nouvellePaire("frontal", a.cle, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })
	mauvais := signerTout(t, OptionsSignature{Signataires: []Signataire{{Certificat: chiffrant.certificat,
		Signer: a.cle}}}, contenu)
	if _, err := verifierTout(mauvais, contenu, false, confiance(chiffrant)); !errors.As(err, &cle) {
		t.Errorf("signed by a certificate for encryption: %v", err)
	}
	// A list of certificates is a SignedData without signers.
	ouverte := openssl(t, nil, "crl2pkcs7", "-nocrl", "-certfile", fichierPEM(t, a), "-outform", "DER")
	if _, err := VerifierDetachee(bytes.NewReader(ouverte), bytes.NewReader(nil), confiance(a)); !errors.Is(err,
		ErrSansSignature) {
		t.Errorf("no signer: %v", err)
	}
}

func TestSignatairesRefuses(t *testing.T) {
	a, b, e := paireA(), paireB(), paireE()
	sansSKI := *a.certificat
	sansSKI.SubjectKeyId = nil
	cas := map[string]OptionsSignature{
		"nobody":            {},
		"no key":            {Signataires: []Signataire{{Certificat: a.certificat}}},
		"another's key":     {Signataires: []Signataire{{Certificat: a.certificat, Signer: b.cle}}},
		"SHA-1":             {Signataires: []Signataire{{Certificat: a.certificat, Signer: a.cle, Hash: crypto.SHA1}}},
		"PSS of ECDSA":      {Signataires: []Signataire{{Certificat: e.certificat, Signer: e.cle, PSS: true}}},
		"no key identifier": {Signataires: []Signataire{{Certificat: &sansSKI, Signer: a.cle}}, ParSKI: true},
	}
	for nom, o := range cas {
		var b bytes.Buffer
		if _, err := NewSignature(&b, o); err == nil || b.Len() > 0 {
			t.Errorf("%s: error %v, %d bytes", nom, err, b.Len())
		}
	}
}

// signerQui is a card that answers what the test decides.
type signerQui struct {
	crypto.Signer
	err error
}

func (s signerQui) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, s.err }

func TestCarteRetiree(t *testing.T) {
	a := paireA()
	retiree := errors.New("card removed")
	w, err := NewSignature(io.Discard,
		OptionsSignature{Signataires: []Signataire{{Certificat: a.certificat, Signer: signerQui{a.cle, retiree}}}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Close(); !errors.Is(err, retiree) {
			t.Errorf("%v", err)
		}
	}
}

// What is signed then encrypted, as S/MIME does, comes back through both readers.
func TestSignePuisChiffre(t *testing.T) {
	a := paireA()
	contenu := octets(200_000)
	var b bytes.Buffer
	e, err := NewEnveloppe(&b, Options{Algorithme: AES256CBC, Cle: OAEPSHA256,
		Destinataires: []*x509.Certificate{a.certificat}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSignature(e, OptionsSignature{Signataires: []Signataire{{Certificat: a.certificat, Signer: a.cle}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(contenu); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	clair, err := Open(&b, a.dechiffrante())
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verifier(clair, confiance(a))
	if err != nil {
		t.Fatal(err)
	}
	lu, err := io.ReadAll(v)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(len(contenu), len(lu)); diff != "" || len(v.Signatures()) != 1 {
		t.Error(diff)
	}
}

func FuzzVerifier(f *testing.F) {
	a := paireFixe()
	for _, detachee := range []bool{false, true} {
		for _, pss := range []bool{false, true} {
			f.Add(signerTout(f, OptionsSignature{
				Signataires: []Signataire{{Certificat: a.certificat, Signer: a.cle, PSS: pss}},
				Detachee:    detachee, Date: dateSignature, ParSKI: pss,
			}, octets(20)))
		}
	}
	f.Fuzz(func(t *testing.T, p7s []byte) {
		o := OptionsVerification{SansChaine: true}
		if v, err := Verifier(bytes.NewReader(p7s), o); err == nil {
			if lu, err := io.ReadAll(v); err == nil && len(v.Signatures()) == 0 {
				t.Errorf("%d bytes verified without a signature", len(lu))
			}
		}
		if s, err := VerifierDetachee(bytes.NewReader(p7s), bytes.NewReader(octets(20)), o); err == nil && len(s) == 0 {
			t.Error("verified without a signature")
		}
	})
}
