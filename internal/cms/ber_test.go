package cms

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"pgregory.net/rapid"

	_ "github.com/scor-sdk/scor-sdk-go/internal/graine"
)

// enBER writes again a DER encoding as another encoder could have: indefinite or
// non-minimal lengths, OCTET STRINGs in pieces, nested or not.
func enBER(t *rapid.T, der []byte, brut bool) []byte {
	var b []byte
	s := cryptobyte.String(der)
	for !s.Empty() {
		debut := s
		tag := debut[0]
		n, tete := longueurDER(debut[1:])
		contenu := []byte(debut[1+tete : 1+tete+n])
		s = s[1+tete+n:]
		contexte0 := tag == 0x80 && !brut // encryptedContent
		switch {
		case tag&0x20 != 0:
			b = append(b, enveloppeBER(t, tag, enBER(t, contenu, brut || tag == 0xa1))...)
		case tag == 0x04 || contexte0 && n > 64:
			if rapid.Bool().Draw(t, "morceaux") {
				b = append(b, enveloppeBER(t, tag|0x20, morceaux(t, contenu, 0))...)
				break
			}
			fallthrough
		default:
			b = append(b, tag)
			b = append(b, longueurBER(t, n)...)
			b = append(b, contenu...)
		}
	}
	return b
}

func longueurDER(b []byte) (n, tete int) {
	if b[0] < 0x80 {
		return int(b[0]), 1
	}
	for _, v := range b[1 : 1+b[0]&0x7f] {
		n = n<<8 | int(v)
	}
	return n, 1 + int(b[0]&0x7f)
}

func longueurBER(t *rapid.T, n int) []byte {
	tete := entete(0, int64(n))[1:]
	if rapid.IntRange(0, 3).Draw(t, "longueur") > 0 {
		return tete
	}
	b := []byte{0x85, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	return b
}

func enveloppeBER(t *rapid.T, tag byte, contenu []byte) []byte {
	if rapid.Bool().Draw(t, "indéfinie") {
		return append(append([]byte{tag, 0x80}, contenu...), 0, 0)
	}
	return append(append([]byte{tag}, longueurBER(t, len(contenu))...), contenu...)
}

func morceaux(t *rapid.T, contenu []byte, profondeur int) []byte {
	var b []byte
	for first := true; first || len(contenu) > 0; first = false {
		n := rapid.IntRange(0, len(contenu)).Draw(t, "morceau")
		if len(contenu) < 40 {
			n = len(contenu)
		}
		if profondeur < 4 && rapid.IntRange(0, 4).Draw(t, "imbriqué") == 0 {
			b = append(b, enveloppeBER(t, 0x24, morceaux(t, contenu[:n], profondeur+1))...)
		} else {
			b = append(append(append(b, 0x04), longueurBER(t, n)...), contenu[:n]...)
		}
		contenu = contenu[n:]
	}
	return b
}

// Every encoding of a message is the same message.
func TestToutBER(t *testing.T) {
	a := paireA()
	contenu := octets(300)
	var enveloppes, signatures [][]byte
	for _, ski := range []bool{false, true} {
		for _, cle := range []TransportCle{PKCS1v15, OAEPSHA256} {
			enveloppes = append(enveloppes, chiffrer(t, Options{
				Algorithme: AES128CBC, Cle: cle, ParSKI: ski, Taille: 300, Destinataires: []*x509.Certificate{paireB().certificat,
					a.certificat},
			}, contenu))
		}
		signatures = append(signatures, signerTout(t, OptionsSignature{
			Signataires: []Signataire{{Certificat: a.certificat, Signer: a.cle}}, Detachee: true, ParSKI: ski,
			Date: dateSignature,
		}, contenu))
	}
	rapid.Check(t, func(t *rapid.T) {
		p7m := enBER(t, rapid.SampledFrom(enveloppes).Draw(t, "enveloppe"), false)
		r, err := Open(bytes.NewReader(p7m), a.dechiffrante())
		if err != nil {
			t.Fatalf("%v\n%x", err, p7m)
		}
		if lu, err := io.ReadAll(r); err != nil || !bytes.Equal(lu, contenu) {
			t.Fatalf("%d bytes, %v\n%x", len(lu), err, p7m)
		}
		p7s := enBER(t, rapid.SampledFrom(signatures).Draw(t, "signature"), true)
		s, err := VerifierDetachee(bytes.NewReader(p7s), bytes.NewReader(contenu), confiance(a))
		if err != nil || len(s) != 1 {
			t.Fatalf("%v\n%x", err, p7s)
		}
	})
}

// originatorInfo, recipients of every kind and unprotected attributes are passed over.
func TestChampsFacultatifs(t *testing.T) {
	a, e := paireA(), paireE()
	certificatA, _ := a.ecrire(t)
	certificatE, _ := e.ecrire(t)
	contenu := octets(1000)
	p7m := openssl(t, contenu, "cms", "-encrypt", "-binary", "-outform", "DER", "-aes-128-cbc",
		"-pwri_password", "x", "-secretkey", "000102030405060708090a0b0c0d0e0f", "-secretkeyid", "01",
		"-recip", certificatE, "-recip", certificatA)
	verifier := func(quoi string, p7m []byte) {
		t.Helper()
		r, err := Open(bytes.NewReader(p7m), a.dechiffrante())
		if err != nil {
			t.Fatalf("%s: %v", quoi, err)
		}
		if lu, err := io.ReadAll(r); err != nil || !bytes.Equal(lu, contenu) {
			t.Fatalf("%s: %d bytes, %v", quoi, len(lu), err)
		}
	}
	verifier("recipients of four kinds", p7m)

	// OpenSSL writes neither of the two others: they are put in the DER.
	var ci, contenu0, ed cryptobyte.String
	s := cryptobyte.String(p7m)
	var oid, version cryptobyte.String
	if !s.ReadASN1(&ci, tagSequence) || !ci.ReadASN1Element(&oid, 6) || !ci.ReadASN1(&contenu0, tagContexte0C) ||
		!contenu0.ReadASN1(&ed, tagSequence) || !ed.ReadASN1Element(&version, 2) {
		t.Fatal("OpenSSL's message is not as expected")
	}
	reste := bytes.Clone(ed)
	if reste[0] == uint8(tagContexte0C) {
		t.Fatal("OpenSSL wrote originatorInfo")
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(tagSequence, func(b *cryptobyte.Builder) {
		b.AddBytes(oid)
		b.AddASN1(tagContexte0C, func(b *cryptobyte.Builder) {
			b.AddASN1(tagSequence, func(b *cryptobyte.Builder) {
				b.AddBytes(version)
				b.AddASN1(tagContexte0C, func(b *cryptobyte.Builder) { // originatorInfo
					b.AddASN1(tagContexte0C, func(b *cryptobyte.Builder) { b.AddBytes(a.certificat.Raw) })
				})
				b.AddBytes(reste)
				b.AddASN1(tagContexte1C, func(b *cryptobyte.Builder) { // unprotectedAttrs
					b.AddASN1(tagSequence, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(oidDateSignature)
						b.AddASN1(tagSet, func(b *cryptobyte.Builder) { b.AddASN1UTCTime(dateSignature) })
					})
				})
			})
		})
	})
	complet, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	verifier("with originatorInfo and unprotectedAttrs", complet)
	if _, err := Open(bytes.NewReader(p7m), paireB().dechiffrante()); !errors.Is(err, ErrDestinataire) {
		t.Errorf("a key of no recipient: %v", err)
	}
}
