package cms

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"io"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// signeBrut is a SignedData made by hand: each field can lie.
type signeBrut struct {
	type_      asn1.ObjectIdentifier
	contenu    []byte
	hash       crypto.Hash
	certificat *x509.Certificate
	attributs  []byte // content of the SET; nil for none
	algorithme func(*cryptobyte.Builder)
	valeur     []byte
}

func (s signeBrut) der(t *testing.T) []byte {
	t.Helper()
	oidHash, _ := oidDe(s.hash)
	id, err := identifiantDe(s.certificat, false)
	if err != nil {
		t.Fatal(err)
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSigne)
		b.AddASN1(tagContexte0C, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { ajouterAlgorithme(b, oidHash, ajouterNull) })
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(s.type_)
					b.AddASN1(tagContexte0C, func(b *cryptobyte.Builder) { b.AddASN1OctetString(s.contenu) })
				})
				b.AddASN1(tagContexte0C, func(b *cryptobyte.Builder) { b.AddBytes(s.certificat.Raw) })
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1Int64(1)
						id.ajouter(b)
						ajouterAlgorithme(b, oidHash, ajouterNull)
						if s.attributs != nil {
							b.AddASN1(tagContexte0C, func(b *cryptobyte.Builder) { b.AddBytes(s.attributs) })
						}
						s.algorithme(b)
						b.AddASN1OctetString(s.valeur)
					})
				})
			})
		})
	})
	der, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// attributsBruts are signed attributes: the content type and the digest, then more.
func attributsBruts(t *testing.T, type_ asn1.ObjectIdentifier, h crypto.Hash, contenu []byte,
	plus ...func(*cryptobyte.Builder)) []byte {
	t.Helper()
	b := cryptobyte.NewBuilder(nil)
	ajouter := func(oid asn1.ObjectIdentifier, valeur func(*cryptobyte.Builder)) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(cbasn1.SET, valeur)
		})
	}
	ajouter(oidTypeContenu, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(type_) })
	e := h.New()
	e.Write(contenu)
	ajouter(oidEmpreinte, func(b *cryptobyte.Builder) { b.AddASN1OctetString(e.Sum(nil)) })
	for _, f := range plus {
		f(b)
	}
	der, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// empreinteDe is what is signed: the content, or the SET of attributes.
func empreinteDe(h crypto.Hash, contenu, attributs []byte) []byte {
	e := h.New()
	if attributs != nil {
		e.Write(entete(uint8(tagSet), int64(len(attributs))))
		contenu = attributs
	}
	e.Write(contenu)
	return e.Sum(nil)
}

func signerRSA(t *testing.T, p paire, h crypto.Hash, empreinte []byte) []byte {
	t.Helper()
	s, err := p.cle.Sign(rand.Reader, empreinte, h)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func algoRSA(b *cryptobyte.Builder) { ajouterAlgorithme(b, oidRSA, ajouterNull) }

func verdict(der []byte) error {
	v, err := Verifier(bytes.NewReader(der), OptionsVerification{SansChaine: true})
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, v)
	return err
}

// Each of these is rightly signed, but for the one thing that makes it say something
// else than what its signer meant. The control, rightly signed and whole, passes: it's
// that one thing which is refused.
func TestSignaturesDetournees(t *testing.T) {
	a := paireA()
	contenu := []byte("000TE")
	autre := asn1.ObjectIdentifier{1, 2, 3, 4}
	signer := func(s signeBrut) signeBrut {
		s.contenu, s.certificat, s.algorithme = contenu, a.certificat, algoRSA
		if s.hash == 0 {
			s.hash = crypto.SHA256
		}
		s.valeur = signerRSA(t, a, s.hash, empreinteDe(s.hash, contenu, s.attributs))
		return s
	}
	if err := verdict(signer(signeBrut{type_: oidDonnees, attributs: attributsBruts(t, oidDonnees, crypto.SHA256,
		contenu)}).der(t)); err != nil {
		t.Fatalf("the control, with attributes: %v", err)
	}
	if err := verdict(signer(signeBrut{type_: oidDonnees}).der(t)); err != nil {
		t.Fatalf("the control, without attributes: %v", err)
	}
	deux := attributsBruts(t, oidDonnees, crypto.SHA256, contenu, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidTypeContenu)
			b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidDonnees) })
		})
	})
	for raison, s := range map[string]signeBrut{
		"a signature moved to a content of another type": {type_: oidDonnees, attributs: attributsBruts(t, autre,
			crypto.SHA256, contenu)},
		"an attribute twice: which one was meant?":        {type_: oidDonnees, attributs: deux},
		"a type other than data must be among attributes": {type_: autre},
		"the digest of another content among the attributes": {type_: oidDonnees, attributs: attributsBruts(t, oidDonnees,
			crypto.SHA256, []byte("autre"))},
	} {
		if err := verdict(signer(s).der(t)); err == nil {
			t.Errorf("%s: accepted", raison)
		}
	}
}

// The attributes of a signed message, given as the content of another one without
// attributes: the signature holds for both (RFC 5652 §5.4), and must not.
func TestAttributsDonnesPourContenu(t *testing.T) {
	a := paireA()
	attributs := attributsBruts(t, oidDonnees, crypto.SHA256, []byte("le vrai contenu"))
	valeur := signerRSA(t, a, crypto.SHA256, empreinteDe(crypto.SHA256, nil, attributs))
	contenu := append(entete(uint8(tagSet), int64(len(attributs))), attributs...)
	s := signeBrut{type_: oidDonnees, contenu: contenu, hash: crypto.SHA256, certificat: a.certificat, algorithme: algoRSA,
		valeur: valeur}
	if err := verdict(s.der(t)); !errors.Is(err, ErrSignature) {
		t.Errorf("attached: %v", err)
	}
	detachee := signerTout(t, OptionsSignature{Signataires: []Signataire{{Certificat: a.certificat, Signer: a.cle}},
		Detachee: true, Date: dateSignature}, contenu)
	e := NewEmpreintes()
	_, _ = e.Write(contenu[:1])
	_, _ = e.Write(contenu[1:])
	if _, err := VerifierEmpreintes(bytes.NewReader(detachee), e, OptionsVerification{SansChaine: true}); err != nil {
		t.Errorf("the same bytes, signed with attributes of their own, are an ordinary content: %v", err)
	}
	// A text that begins with "1", the byte of a SET, is an ordinary one.
	texte := []byte("10 pieces")
	s.contenu, s.valeur = texte, signerRSA(t, a, crypto.SHA256, empreinteDe(crypto.SHA256, texte, nil))
	if err := verdict(s.der(t)); err != nil {
		t.Errorf("a text: %v", err)
	}
}

// An ECDSA value that isn't a signature of this content is refused by its arithmetic,
// not only by what surrounds it.
func TestECDSAFausse(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := certificatDe(t, k)
	contenu := []byte("000TE")
	s := signeBrut{type_: oidDonnees, contenu: contenu, hash: crypto.SHA256, certificat: cert,
		algorithme: func(b *cryptobyte.Builder) { ajouterAlgorithme(b, oidECDSA[crypto.SHA256], nil) }}
	for raison, signe := range map[string][]byte{"": contenu, "the signature of another content": []byte("autre")} {
		if s.valeur, err = ecdsa.SignASN1(rand.Reader, k, empreinteDe(crypto.SHA256, signe, nil)); err != nil {
			t.Fatal(err)
		}
		if err := verdict(s.der(t)); (err == nil) != (raison == "") || raison != "" && !errors.Is(err, ErrSignature) {
			t.Errorf("%q: %v", raison, err)
		}
	}
}

func certificatDe(t *testing.T, k crypto.Signer) *x509.Certificate {
	t.Helper()
	modele := *paireA().certificat
	modele.SignatureAlgorithm, modele.PublicKeyAlgorithm, modele.PublicKey = 0, 0, nil
	der, err := x509.CreateCertificate(rand.Reader, &modele, &modele, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// PSS parameters that contradict each other are refused, although the value verifies
// under those that the digest implies.
func TestPSSContradictoire(t *testing.T) {
	a := paireA()
	contenu := []byte("000TE")
	valeur, err := rsa.SignPSS(rand.Reader, a.cle.(*rsa.PrivateKey), crypto.SHA256, empreinteDe(crypto.SHA256, contenu,
		nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	parametres := func(h, mgf crypto.Hash) func(*cryptobyte.Builder) {
		oidH, _ := oidDe(h)
		oidM, _ := oidDe(mgf)
		return func(b *cryptobyte.Builder) {
			ajouterAlgorithme(b, oidPSS, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
						ajouterAlgorithme(b, oidH,
							ajouterNull)
					})
					b.AddASN1(cbasn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
						ajouterAlgorithme(b, oidMGF1, func(b *cryptobyte.Builder) { ajouterAlgorithme(b, oidM, ajouterNull) })
					})
				})
			})
		}
	}
	for _, c := range []struct {
		h, mgf crypto.Hash
		bon    bool
	}{{crypto.SHA256, crypto.SHA256, true}, {crypto.SHA256, crypto.SHA512, false}, {crypto.SHA512, crypto.SHA256, false}} {
		s := signeBrut{type_: oidDonnees, contenu: contenu, hash: crypto.SHA256, certificat: a.certificat,
			algorithme: parametres(c.h, c.mgf), valeur: valeur}
		if err := verdict(s.der(t)); (err == nil) != c.bon {
			t.Errorf("%v, MGF1 with %v: %v", c.h, c.mgf, err)
		}
	}
}

// SHA-1 says nothing any more: refused by name where a signer uses it, and not even
// computed when it's announced.
func TestSHA1Refuse(t *testing.T) {
	a := paireA()
	contenu := []byte("000TE")
	e := sha1.Sum(contenu)
	s := signeBrut{type_: oidDonnees, contenu: contenu, hash: crypto.SHA1, certificat: a.certificat, algorithme: algoRSA,
		valeur: signerRSA(t, a, crypto.SHA1, e[:])}
	der := s.der(t)
	var algo *ErreurAlgorithme
	if err := verdict(der); !errors.As(err, &algo) || algo.Role != "digest" {
		t.Errorf("%v", err)
	}
	v, err := ouvrirSigne(bytes.NewReader(der), OptionsVerification{SansChaine: true})
	if err != nil || len(v.hashes) != 0 {
		t.Errorf("digests prepared: %d, %v", len(v.hashes), err)
	}
}

// The end of a content is checked: a padding that isn't one, or a length that no
// sender's blocks give, is a message altered or cut.
func TestBourrages(t *testing.T) {
	a := paireA()
	cle, iv := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 16)
	bloc, err := aes.NewCipher(cle)
	if err != nil {
		t.Fatal(err)
	}
	ouvrir := func(chiffre []byte) error {
		o := Options{Algorithme: AES128CBC, Cle: PKCS1v15, Destinataires: []*x509.Certificate{a.certificat}}
		tete, err := o.tete(cle, 0)
		if err != nil {
			t.Fatal(err)
		}
		b := cryptobyte.NewBuilder(nil)
		b.AddASN1ObjectIdentifier(oidDonnees)
		ajouterAlgorithme(b, oidAES128, func(b *cryptobyte.Builder) { b.AddASN1OctetString(iv) })
		info, err := b.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		info = append(append(info, entete(uint8(tagContexte0), int64(len(chiffre)))...), chiffre...)
		p7m, err := enTetes(oidEnveloppe, tete, info, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Open(bytes.NewReader(p7m), a.dechiffrante())
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, r)
		return err
	}
	for raison, tt := range map[string]struct {
		fin []byte
		bon bool
	}{
		"three bytes":          {[]byte{3, 3, 3}, true},
		"a whole block":        {bytes.Repeat([]byte{16}, 16), true},
		"none":                 {[]byte{9, 9, 0}, false},
		"bytes that differ":    {[]byte{3, 9, 3}, false},
		"the first one":        {[]byte{9, 3, 3}, false},
		"longer than a block":  {bytes.Repeat([]byte{17}, 16), false},
		"as long as two":       {bytes.Repeat([]byte{32}, 16), false},
		"one of two, the last": {[]byte{1, 2}, false},
	} {
		clair := append(bytes.Repeat([]byte{'x'}, 64-len(tt.fin)), tt.fin...)
		chiffre := make([]byte, len(clair))
		cipher.NewCBCEncrypter(bloc, iv).CryptBlocks(chiffre, clair)
		if err := ouvrir(chiffre); (err == nil) != tt.bon || !tt.bon && err != ErrDechiffrement {
			t.Errorf("padding, %s: %v", raison, err)
		}
		if !tt.bon {
			continue
		}
		for _, n := range []int{1, 8, 15} {
			if err := ouvrir(chiffre[:len(chiffre)-n]); err != ErrDechiffrement {
				t.Errorf("%d bytes less than whole blocks: %v", n, err)
			}
			if err := ouvrir(append(bytes.Clone(chiffre), make([]byte, n)...)); err != ErrDechiffrement {
				t.Errorf("%d bytes more than whole blocks: %v", n, err)
			}
		}
	}
	if err := ouvrir(nil); err != ErrDechiffrement {
		t.Errorf("no block at all: %v", err)
	}
}
