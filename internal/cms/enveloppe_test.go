package cms

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/mail"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAllerRetour(t *testing.T) {
	tailles := []int{0, 1, 7, 8, 15, 16, 17, 31, 32, tailleMorceau - 1, tailleMorceau, tailleMorceau + 1, 3*tailleMorceau +
		5}
	for _, algo := range algorithmes() {
		for nom, transport := range transports {
			for _, taille := range tailles {
				for _, der := range []bool{false, true} {
					if der && taille == 0 {
						continue // 0 says that the size is unknown
					}
					o := Options{Algorithme: algo, Cle: transport, Destinataires: []*x509.Certificate{paireA().certificat}}
					if der {
						o.Taille = int64(taille)
					}
					clair := octets(taille)
					r, err := Open(bytes.NewReader(chiffrer(t, o, clair)), paireA().dechiffrante())
					if err != nil {
						t.Fatalf("%s %s %d: %v", algo, nom, taille, err)
					}
					lu, err := io.ReadAll(r)
					if err != nil || !bytes.Equal(lu, clair) {
						t.Fatalf("%s %s %d der=%v: %d bytes, %v", algo, nom, taille, der, len(lu), err)
					}
				}
			}
		}
	}
}

// However the content is cut in writes and reads, it comes back the same.
func TestDecoupage(t *testing.T) {
	p := paireA()
	rapid.Check(t, func(t *rapid.T) {
		o := Options{
			Algorithme:    rapid.SampledFrom(algorithmes()).Draw(t, "algo"),
			Cle:           PKCS1v15,
			Destinataires: []*x509.Certificate{p.certificat},
		}
		clair := octets(rapid.IntRange(1, 100_000).Draw(t, "taille"))
		if rapid.Bool().Draw(t, "der") {
			o.Taille = int64(len(clair))
		}
		var b bytes.Buffer
		w, err := NewEnveloppe(&b, o)
		if err != nil {
			t.Fatal(err)
		}
		for reste := clair; len(reste) > 0; {
			n := min(len(reste), rapid.IntRange(1, 40_000).Draw(t, "écrit"))
			if _, err := w.Write(reste[:n]); err != nil {
				t.Fatal(err)
			}
			reste = reste[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		src := io.Reader(&b)
		if rapid.Bool().Draw(t, "un octet") {
			src = iotest.OneByteReader(src)
		}
		r, err := Open(src, p.dechiffrante())
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "lecture par demis") {
			r = iotest.HalfReader(r)
		}
		var lu bytes.Buffer
		if _, err := io.Copy(&lu, r); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(lu.Bytes(), clair) {
			t.Fatal("the content differs")
		}
	})
}

func TestOpenSSLDechiffre(t *testing.T) {
	a, b := paireA(), paireB()
	certificat, cle := b.ecrire(t)
	clair := []byte("Content-Type: application/EDI-consent\r\n\r\n" + strings.Repeat("000CT ", 20_000))
	for _, algo := range algorithmes() {
		for nom, transport := range transports {
			for _, ski := range []bool{false, true} {
				for _, taille := range []int64{0, int64(len(clair))} {
					t.Run(fmt.Sprintf("%s/%s/ski=%v/der=%v", algo, nom, ski, taille > 0), func(t *testing.T) {
						p7m := chiffrer(t, Options{
							Algorithme: algo, Cle: transport, ParSKI: ski, Taille: taille,
							Destinataires: []*x509.Certificate{a.certificat, b.certificat},
						}, clair)
						for _, commande := range []string{"cms", "smime"} {
							if commande == "smime" && (ski || transport != PKCS1v15) {
								continue // PKCS#7 1.5 knows neither
							}
							lu := openssl(t, p7m, commande, "-decrypt", "-inform", "DER", "-recip", certificat, "-inkey", cle)
							if !bytes.Equal(lu, clair) {
								t.Errorf("openssl %s reads %d bytes, not the %d written", commande, len(lu), len(clair))
							}
						}
					})
				}
			}
		}
	}
}

func TestOpenSSLChiffre(t *testing.T) {
	a, b := paireA(), paireB()
	certificatA, _ := a.ecrire(t)
	certificatB, _ := b.ecrire(t)
	clair := octets(100_003)
	pour := func(options ...string) []string {
		return append([]string{"-recip", certificatA}, append([]string{"-recip", certificatB}, options...)...)
	}
	cas := map[string][]string{
		"pkcs1v15":    pour(),
		"ski":         pour("-keyid"),
		"oaep":        append(pour(), "-keyopt", "rsa_padding_mode:oaep"),
		"oaep-sha256": append(pour(), "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"),
		"oaep-sha384/mgf-sha1": append(pour(), "-keyopt", "rsa_padding_mode:oaep",
			"-keyopt", "rsa_oaep_md:sha384", "-keyopt", "rsa_mgf1_md:sha1"),
		"oaep/étiquette": append(pour(), "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_label:0102"),
		"flux":           pour("-stream"),
	}
	verifier := func(t *testing.T, p7m []byte) {
		t.Helper()
		r, err := Open(bytes.NewReader(p7m), b.dechiffrante())
		if err != nil {
			t.Fatal(err)
		}
		if lu, err := io.ReadAll(r); err != nil || !bytes.Equal(lu, clair) {
			t.Fatalf("%d bytes, %v", len(lu), err)
		}
	}
	for _, algo := range algorithmes() {
		for nom, options := range cas {
			t.Run("cms/"+algo.String()+"/"+nom, func(t *testing.T) {
				args := append([]string{"cms", "-encrypt", "-binary", "-outform", "DER", "-" + algo.String()}, options...)
				verifier(t, openssl(t, clair, args...))
			})
		}
		for nom, options := range map[string][]string{"der": nil, "flux": {"-stream"}} {
			t.Run("smime/"+algo.String()+"/"+nom, func(t *testing.T) {
				args := append([]string{"smime", "-encrypt", "-binary", "-outform", "DER", "-" + algo.String()}, options...)
				verifier(t, openssl(t, clair, append(args, certificatA, certificatB)...))
			})
		}
	}
}

// The mails in shared/data/b2 were written by a program used in production.
func TestCourriersDeProduction(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "b2")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared is not here")
	}
	lirePEM := func(nom string) []byte {
		brut, err := os.ReadFile(filepath.Join(dir, nom))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := pem.Decode(brut)
		return b.Bytes
	}
	certificat, err := x509.ParseCertificate(lirePEM("frontal.pem"))
	if err != nil {
		t.Fatal(err)
	}
	privee, err := x509.ParsePKCS8PrivateKey(lirePEM("frontal.key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, nom := range []string{"lot1.eml", "lot2.eml", "lot3.eml"} {
		f, err := os.Open(filepath.Join(dir, nom))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m, err := mail.ReadMessage(f)
		if err != nil {
			t.Fatal(err)
		}
		corps, err := io.ReadAll(m.Body)
		if err != nil {
			t.Fatal(err)
		}
		if _, partie, ok := bytes.Cut(corps, []byte("Content-Transfer-Encoding: base64")); ok {
			corps = partie
		}
		corps, _, _ = bytes.Cut(corps, []byte("\n--"))
		r, err := Open(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(bytes.TrimSpace(corps))),
			Cle{Certificat: certificat, Decrypter: privee.(crypto.Decrypter)})
		if err != nil {
			t.Fatalf("%s: %v", nom, err)
		}
		lu, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", nom, err)
		}
		if !bytes.Contains(lu, []byte("Content-Description: IRIS/B2/Z")) {
			t.Errorf("%s: the entity that comes out has no Content-Description: IRIS/B2/Z", nom)
		}
	}
}

func TestReproductible(t *testing.T) {
	for nom, transport := range transports {
		ecrire := func() []byte {
			return chiffrer(t, Options{
				Algorithme: AES128CBC, Cle: transport, Destinataires: []*x509.Certificate{paireA().certificat},
				Rand: rand.NewChaCha8([32]byte{1}),
			}, octets(100))
		}
		un := ecrire()
		if diff := cmp.Diff(un, ecrire()); diff != "" {
			t.Errorf("%s: with the same randomness (-one +other):\n%s", nom, diff)
		}
		r, err := Open(bytes.NewReader(un), paireA().dechiffrante())
		if err != nil {
			t.Fatal(err)
		}
		if lu, err := io.ReadAll(r); err != nil || !bytes.Equal(lu, octets(100)) {
			t.Errorf("%s: %v", nom, err)
		}
	}
}

func TestOptionsRefusees(t *testing.T) {
	a := []*x509.Certificate{paireA().certificat}
	sansSKI := *paireA().certificat
	sansSKI.SubjectKeyId = nil
	cas := map[string]Options{
		"no algorithm":     {Cle: PKCS1v15, Destinataires: a},
		"no key transport": {Algorithme: AES128CBC, Destinataires: a},
		"no recipient":     {Algorithme: AES128CBC, Cle: PKCS1v15},
		"nil recipient":    {Algorithme: AES128CBC, Cle: PKCS1v15, Destinataires: []*x509.Certificate{nil}},
		"ECDSA recipient":  {Algorithme: AES128CBC, Cle: PKCS1v15, Destinataires: []*x509.Certificate{paireE().certificat}},
		"no key identifier": {Algorithme: AES128CBC, Cle: PKCS1v15, ParSKI: true,
			Destinataires: []*x509.Certificate{&sansSKI}},
		"negative size": {Algorithme: AES128CBC, Cle: PKCS1v15, Destinataires: a, Taille: -1},
	}
	for nom, o := range cas {
		var b bytes.Buffer
		if _, err := NewEnveloppe(&b, o); err == nil || b.Len() > 0 {
			t.Errorf("%s: error %v, %d bytes written", nom, err, b.Len())
		}
	}
}

func TestTailleAnnoncee(t *testing.T) {
	o := Options{Algorithme: AES128CBC, Cle: PKCS1v15, Destinataires: []*x509.Certificate{paireA().certificat}, Taille: 10}
	for _, n := range []int{9, 11} {
		w, err := NewEnveloppe(io.Discard, o)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write(octets(n))
		if err := errors.Join(err, w.Close()); err == nil {
			t.Errorf("%d bytes pass for the 10 announced", n)
		}
	}
}

func TestErreursOuvrir(t *testing.T) {
	a := paireA()
	o := Options{Algorithme: AES128CBC, Cle: PKCS1v15, Destinataires: []*x509.Certificate{a.certificat}}
	p7m := chiffrer(t, o, octets(1000))

	if _, err := Open(bytes.NewReader(p7m), paireB().dechiffrante()); !errors.Is(err, ErrDestinataire) {
		t.Errorf("another's message: %v", err)
	}
	if _, err := Open(bytes.NewReader(p7m), Cle{Certificat: a.certificat}); err == nil {
		t.Error("a key without Decrypter is taken")
	}
	// One RSA operation for all the cuts.
	var secret []byte
	cle := Cle{a.certificat, decrypterQui(func(opts crypto.DecrypterOpts) ([]byte, error) { return secret, nil })}
	_, err := Open(bytes.NewReader(p7m), Cle{a.certificat, decrypterVers{a.dechiffrante().Decrypter, &secret}})
	if err != nil {
		t.Fatal(err)
	}
	lire := func(src []byte) error {
		r, err := Open(bytes.NewReader(src), cle)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, r)
		return err
	}
	for i := range p7m {
		if err := lire(p7m[:i]); err == nil {
			t.Fatalf("cut at byte %d of %d, the message passes", i, len(p7m))
		} else if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut at byte %d: %v", i, err)
		}
	}
	signe := bytes.Replace(p7m, oidEnveloppeDER, []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}, 1)
	var structure *ErreurStructure
	if err := lire(signe); !errors.As(err, &structure) || structure.Offset != 2 {
		t.Errorf("a SignedData: %v", err)
	}
	inconnu := bytes.Replace(p7m, []byte{0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2}, []byte{0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1,
		6}, 1)
	var algo *ErreurAlgorithme
	if err := lire(inconnu); !errors.As(err, &algo) || algo.OID != "2.16.840.1.101.3.4.1.6" {
		t.Errorf("AES-GCM in an EnvelopedData: %v", err)
	}
}

var oidEnveloppeDER = []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3}

// decrypterVers keeps what was decrypted.
type decrypterVers struct {
	crypto.Decrypter
	secret *[]byte
}

func (d decrypterVers) Decrypt(alea io.Reader, c []byte, opts crypto.DecrypterOpts) (b []byte, err error) {
	b, err = d.Decrypter.Decrypt(alea, c, opts)
	*d.secret = b
	return b, err
}

// decrypterQui answers what a test decides.
type decrypterQui func(opts crypto.DecrypterOpts) ([]byte, error)

func (decrypterQui) Public() crypto.PublicKey { return paireA().cle.Public() }
func (d decrypterQui) Decrypt(_ io.Reader, _ []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	return d(opts)
}

// RFC 3218: nothing tells a wrong key padding, a wrong key or a wrong content
// padding from each other, and no error comes before the content is read.
func TestSansOracle(t *testing.T) {
	a := paireA()
	for nom, transport := range transports {
		message := func() []byte {
			return chiffrer(t, Options{Algorithme: AES128CBC, Cle: transport,
				Destinataires: []*x509.Certificate{a.certificat}}, octets(4096))
		}
		p7m := message()
		abime := bytes.Clone(p7m)
		i := bytes.Index(abime, []byte{0x04, 0x82, 1, 0}) // encryptedKey, 256 bytes
		abime[i+50] ^= 1
		toujours := func(p7m []byte) func() []byte { return func() []byte { return p7m } }
		// Its last block gives 16 bytes of chance, the same ones each time it is opened: another message for each try.
		court := func() []byte {
			p7m := message()
			p7m[len(p7m)-11] ^= 0x80
			return p7m
		}

		cas := map[string]struct {
			p7m func() []byte
			cle Cle
		}{
			"key that does not unpad": {toujours(abime), a.dechiffrante()},
			"Decrypter that fails": {toujours(p7m), Cle{a.certificat, decrypterQui(func(crypto.DecrypterOpts) ([]byte, error) {
				return nil, fmt.Errorf("token: %w", rsa.ErrDecryption)
			})}},
			"key of another size": {toujours(p7m), Cle{a.certificat, decrypterQui(func(crypto.DecrypterOpts) ([]byte, error) {
				return make([]byte, 5), nil
			})}},
			"last block": {court, a.dechiffrante()},
		}
		for quoi, c := range cas {
			// Chance gives a right padding once in 256 times.
			echecs := 0
			for range 8 {
				r, err := Open(bytes.NewReader(c.p7m()), c.cle)
				if err != nil {
					t.Fatalf("%s, %s: before the content is read: %v", nom, quoi, err)
				}
				if _, err = io.Copy(io.Discard, r); err == ErrDechiffrement {
					echecs++
				} else if err != nil {
					t.Fatalf("%s, %s: %v", nom, quoi, err)
				}
			}
			if echecs == 0 {
				t.Errorf("%s, %s: decrypted", nom, quoi)
			}
		}
	}
}

// A few bytes must not make us allocate what they claim.
func TestLongueursHostiles(t *testing.T) {
	cas := map[string][]byte{
		"ContentInfo of 2^40": {0x30, 0x86, 1, 0, 0, 0, 0, 0, 6, 0x85, 1, 0, 0, 0, 0},
		"length of 127 bytes": append([]byte{0x30, 0xff}, bytes.Repeat([]byte{0xff}, 127)...),
		"nested":              bytes.Repeat([]byte{0x30, 0x80}, 100_000),
		"recipient of 2^40": append(append([]byte{0x30, 0x80}, oidEnveloppeDER...),
			0xa0, 0x80, 0x30, 0x80, 2, 1, 0, 0x31, 0x80, 0x30, 0x86, 1, 0, 0, 0, 0, 0),
		"recipient of unknown kind, nested": append(append(append([]byte{0x30, 0x80}, oidEnveloppeDER...),
			0xa0, 0x80, 0x30, 0x80, 2, 1, 0, 0x31, 0x80), bytes.Repeat([]byte{0xa1, 0x80}, 100_000)...),
	}
	cle := paireA().dechiffrante()
	for nom, src := range cas {
		var avant, apres runtime.MemStats
		runtime.ReadMemStats(&avant)
		if _, err := Open(bytes.NewReader(src), cle); err == nil {
			t.Errorf("%s: no error", nom)
		}
		runtime.ReadMemStats(&apres)
		if n := apres.TotalAlloc - avant.TotalAlloc; n > 256<<10 {
			t.Errorf("%s: %d bytes allocated", nom, n)
		}
	}
}

// What is allocated does not depend on the size of the content.
func TestMemoireConstante(t *testing.T) {
	a := paireA()
	allouer := func(taille int64) int64 {
		var avant, apres runtime.MemStats
		runtime.ReadMemStats(&avant)
		r, w := io.Pipe()
		go func() {
			e, err := NewEnveloppe(w, Options{Algorithme: AES128CBC, Cle: PKCS1v15,
				Destinataires: []*x509.Certificate{a.certificat}})
			if err == nil {
				if _, err = io.CopyN(e, zeros{}, taille); err == nil {
					err = e.Close()
				}
			}
			w.CloseWithError(err)
		}()
		clair, err := Open(r, a.dechiffrante())
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, clair); err != nil || n != taille {
			t.Fatal(n, err)
		}
		runtime.ReadMemStats(&apres)
		return int64(apres.TotalAlloc - avant.TotalAlloc)
	}
	petit, grand := allouer(1<<20), allouer(64<<20)
	if grand > petit+64<<10 {
		t.Errorf("64 MiB allocate %d bytes, 1 MiB %d", grand, petit)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func FuzzOuvrir(f *testing.F) {
	a := paireFixe()
	for _, o := range []Options{
		{Algorithme: AES128CBC, Cle: PKCS1v15},
		{Algorithme: DES3CBC, Cle: OAEP, Taille: 50},
		{Algorithme: AES256CBC, Cle: OAEPSHA256, ParSKI: true},
	} {
		o.Destinataires = []*x509.Certificate{a.certificat}
		o.Rand = rand.NewChaCha8([32]byte{1})
		f.Add(chiffrer(f, o, octets(50)))
	}
	cle := Cle{a.certificat, decrypterQui(func(o crypto.DecrypterOpts) ([]byte, error) {
		//lint:ignore SA1019 what the package gives to a Decrypter
		if o, ok := o.(*rsa.PKCS1v15DecryptOptions); ok {
			return make([]byte, o.SessionKeyLen), nil
		}
		return make([]byte, 16), nil
	})}
	f.Fuzz(func(t *testing.T, p7m []byte) {
		r, err := Open(bytes.NewReader(p7m), cle)
		if err != nil {
			return
		}
		if n, _ := io.Copy(io.Discard, r); n > int64(len(p7m)) {
			t.Errorf("%d bytes come out of %d", n, len(p7m))
		}
	})
}

// DER is canonical: OpenSSL reads it and writes the same bytes.
func TestDERCanonique(t *testing.T) {
	a, b := paireA(), paireB()
	for _, ski := range []bool{false, true} {
		p7m := chiffrer(t, Options{
			Algorithme: AES128CBC, Cle: OAEPSHA256, ParSKI: ski, Taille: 1000,
			Destinataires: []*x509.Certificate{a.certificat, b.certificat, a.certificat},
		}, octets(1000))
		if relu := openssl(t, p7m, "cms", "-cmsout", "-inform", "DER", "-outform", "DER"); !bytes.Equal(relu, p7m) {
			t.Errorf("EnvelopedData, ski=%v: OpenSSL writes it in another way", ski)
		}
		p7s := signerTout(t, OptionsSignature{Detachee: true, ParSKI: ski, Date: dateSignature, Signataires: []Signataire{
			{Certificat: b.certificat, Signer: b.cle, Hash: crypto.SHA512}, {Certificat: a.certificat, Signer: a.cle},
		}}, octets(10))
		if relu := openssl(t, p7s, "cms", "-cmsout", "-inform", "DER", "-outform", "DER"); !bytes.Equal(relu, p7s) {
			t.Errorf("SignedData, ski=%v: OpenSSL writes it in another way", ski)
		}
	}
}

// Lengths of more than 32 bits are written and read.
func TestGrandesLongueurs(t *testing.T) {
	a := paireA()
	var tete bytes.Buffer
	if _, err := NewEnveloppe(&tete, Options{Algorithme: AES128CBC, Cle: PKCS1v15, Taille: 1 << 40,
		Destinataires: []*x509.Certificate{a.certificat}}); err != nil {
		t.Fatal(err)
	}
	r, err := Open(io.MultiReader(&tete, io.LimitReader(zeros{}, 10*tailleMorceau)), a.dechiffrante())
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if n < 8*tailleMorceau || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d bytes, %v", n, err)
	}
}
