package s3404_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math"
	"math/big"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// traits is a drawn signature: loops with a varying pressure, then a stroke below.
func traits() []signature.Trait {
	var a, b signature.Trait
	for i := range 120 {
		t := float64(i) / 119
		a = append(a, signature.Point{X: int(1200 + 6500*t + 700*math.Cos(22*t)),
			Y: int(4500 + 2600*math.Sin(22*t)*(1-0.6*t)), P: int(500 + 400*math.Sin(9*t)), T: int64(8 * i)})
	}
	for i := range 20 {
		b = append(b, signature.Point{X: 1500 + 380*i, Y: 8300 - 25*i, P: 300 + 20*i, T: int64(1200 + 8*i)})
	}
	return []signature.Trait{a, b}
}

func signer(t testing.TB, doc []byte, b *s3404.Bordereau) signature.Signature {
	t.Helper()
	s := signature.Signature{Traits: traits(), Recu: signature.Recu{
		Document: "d", Lot: b.Identifiant(), Empreinte: sha256.Sum256(doc),
		Signataire: signature.Signataire{ID: "cvidal", Nom: "Mme Claire Vidal", Qualite: "Responsable de la facturation"},
		PourMandat: true, Mandant: "Dr Hélène Lefèvre et Dr Ömer Çelik",
		Quand: time.Date(2026, 11, 21, 14, 32, 5, 123e6, time.FixedZone("", 3600)), Etat: signature.Signe,
	}}
	s.Lien = s.Calculer()
	return s
}

// dessine is a small lot of this test's own, and its bordereau.
func dessine(t testing.TB) (*s3404.Bordereau, []byte) {
	t.Helper()
	bs, err := s3404.Construire(context.Background(), fichier(t, 3, 4, nil), options)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := bs[0].WritePDF(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return bs[0], b.Bytes()
}

func cle(t testing.TB, rsaCle bool) *s3404.CMS {
	t.Helper()
	modele := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Clinique d'essai"},
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	var c s3404.CMS
	var err error
	if rsaCle {
		c.Signer, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		c.Signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, modele, modele, c.Signer.Public(), c.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if c.Certificat, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return &c
}

type carteRetiree struct{ crypto.Signer }

var errRetiree = errors.New("card removed")

func (carteRetiree) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errRetiree
}

// A card that is taken out is told as such: the bordereau is to be signed again.
func TestCarteRetiree(t *testing.T) {
	b, doc := dessine(t)
	c := cle(t, false)
	c.Signer = carteRetiree{c.Signer}
	_, err := s3404.Signer(t.Context(), io.Discard, bytes.NewReader(doc), int64(len(doc)), signer(t, doc, b), c)
	if !errors.Is(err, errRetiree) || !errors.Is(err, s3404.ErrCleIndisponible) {
		t.Errorf("%v", err)
	}
}

func TestSigne(t *testing.T) {
	b, doc := dessine(t)
	s := signer(t, doc, b)
	s.Delegation = "Convention 2026-014 du 02/01/2026"
	s.Lien = s.Calculer()
	ctx := context.Background()
	for nom, cms := range map[string]*s3404.CMS{"traces": nil, "cms-rsa": cle(t, true), "cms-ecdsa": cle(t, false)} {
		t.Run(nom, func(t *testing.T) {
			var signe bytes.Buffer
			p, err := s3404.Signer(ctx, &signe, bytes.NewReader(doc), int64(len(doc)), s, cms)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(signe.Bytes(), doc) {
				t.Error("the signed file doesn't begin with what was signed")
			}
			if p.Document != s.Empreinte || p.Empreinte != scor.Empreinte(sha256.Sum256(signe.Bytes())) ||
				p.Taille != int64(signe.Len()) {
				t.Errorf("%+v is not of these files", p)
			}
			f := poser(t, "signe.pdf", signe.Bytes())
			preflight.QPDF(t, f)
			preflight.PDFA(t, f)
			texte := preflight.Texte(t, f)
			for _, want := range []string{"Signé par Mme Claire Vidal", "Responsable de la facturation",
				"Pour mandat de Dr Hélène Lefèvre et Dr Ömer", "le 21/11/2026 à 14:32:05 (UTC+01:00)", s.Empreinte.String(),
				s.Lien.String(), "Une signature pour tout le lot"} {
				if !strings.Contains(texte, want) {
					t.Errorf("no %q in:\n%s", want, texte)
				}
			}
			// Every piece of the strokes is a curve of the page.
			trace := preflight.Sortie(t, "mutool", "trace", f)
			if n := strings.Count(trace, "<curveto"); n < 119+19 {
				t.Errorf("%d curves on the pages, want those of the strokes: %d at least", n, 119+19)
			}

			var r *s3404.Racines
			if cms != nil {
				r = &s3404.Racines{Certificats: x509.NewCertPool(), Heure: s.Quand}
				r.Certificats.AddCert(cms.Certificat)
			}
			lu, err := s3404.Verifier(bytes.NewReader(signe.Bytes()), int64(signe.Len()), r)
			if err != nil {
				t.Fatal(err)
			}
			if lu.Signataire != s.Signataire || !lu.Quand.Equal(s.Quand) || !lu.PourMandat || lu.Mandant != s.Mandant ||
				lu.Delegation != s.Delegation || lu.Lot != s.Lot || lu.Lien != s.Lien ||
				lu.Empreinte != p.Empreinte || lu.Document != p.Document {
				t.Errorf("read %+v, wrote %+v", lu, p)
			}
			if (lu.CMS != nil) != (cms != nil) {
				t.Errorf("CMS %v", lu.CMS)
			}
			if cms != nil {
				if !lu.CMS.Sure || !lu.CMS.Certificat.Equal(cms.Certificat) {
					t.Errorf("CMS %+v", lu.CMS)
				}
				if _, err := s3404.Verifier(bytes.NewReader(signe.Bytes()), int64(signe.Len()),
					&s3404.Racines{Certificats: x509.NewCertPool(), Heure: s.Quand}); !errors.Is(err, s3404.ErrCMS) {
					t.Errorf("by nobody trusted: %v", err)
				}
				sig := preflight.Sortie(t, "pdfsig", "-nocert", f)
				if !strings.Contains(sig, "Signature is Valid") || !strings.Contains(sig, "Total document signed") {
					t.Errorf("pdfsig:\n%s", sig)
				}
			}
			if cms == nil {
				sansChampVide(t, f, signe.Bytes())
			}
			if _, err := s3404.Signer(ctx, io.Discard, bytes.NewReader(signe.Bytes()), int64(signe.Len()),
				signer(t, signe.Bytes(), b), nil); !errors.Is(err, s3404.ErrDejaSigne) {
				t.Errorf("signed twice: %v", err)
			}
		})
	}
}

// sansChampVide protects what readers say of a file that is signed by its drawing alone: no field waits for a
// signature, of which they would say that it is missing.
func sansChampVide(t *testing.T, f string, signe []byte) {
	t.Helper()
	if o, err := exec.Command("pdfsig", "-nocert", f).CombinedOutput(); !strings.Contains(string(o),
		"does not contain any signatures") {
		t.Errorf("pdfsig: %v\n%s", err, o)
	}
	if o := preflight.Sortie(t, "mutool", "show", f,
		"trailer/Root/AcroForm/Fields"); strings.ReplaceAll(strings.TrimSpace(o), " ", "") != "[]" {
		t.Errorf("mutool: fields %s", o)
	}
	if o := preflight.Sortie(t, "mutool", "show", f, "pages/*/Annots/0/Subtype"); strings.Contains(o, "Widget") {
		t.Errorf("mutool: annotations %s", o)
	}
	if i := bytes.LastIndex(signe, []byte("/FT/Sig")); i >= bytes.LastIndex(signe, []byte("/Subtype/Stamp")) {
		t.Error("the field is still the last word on it")
	}
}

// Any byte changed after signing is found, wherever it lies; so is anything
// cut or added.
func TestModifie(t *testing.T) {
	b, doc := dessine(t)
	s := signer(t, doc, b)
	for nom, cms := range map[string]*s3404.CMS{"traces": nil, "cms": cle(t, false)} {
		t.Run(nom, func(t *testing.T) {
			var w bytes.Buffer
			if _, err := s3404.Signer(context.Background(), &w, bytes.NewReader(doc), int64(len(doc)), s, cms); err != nil {
				t.Fatal(err)
			}
			signe := w.Bytes()
			refuse := func(quoi string, b []byte) {
				t.Helper()
				if p, err := s3404.Verifier(bytes.NewReader(b), int64(len(b)), nil); !errors.Is(err, s3404.ErrModifie) {
					t.Errorf("%s: %+v, %v", quoi, p, err)
				}
			}
			// Parts of a CMS aren't signed, such as the certificates that it
			// brings: they are found by who says whom to trust.
			var racines *s3404.Racines
			pas := 23
			if cms != nil {
				racines = &s3404.Racines{Certificats: x509.NewCertPool(), Heure: s.Quand}
				racines.Certificats.AddCert(cms.Certificat)
				pas = 331
			}
			cms := bytes.Index(signe, []byte("/Contents<"))
			for i := 0; i < len(signe); i++ {
				if i%pas != 0 && i < len(signe)-300 && !(cms >= 0 && i > cms && i < cms+1600 && i%3 == 0) {
					continue
				}
				for _, bit := range []byte{0x01, 0x20} { // 0x20 turns the case of letters
					signe[i] ^= bit
					if p, err := s3404.Verifier(bytes.NewReader(signe), int64(len(signe)), racines); err == nil {
						t.Fatalf("byte %d of %d changed, not found: %+v", i, len(signe), p)
					}
					signe[i] ^= bit
				}
			}
			refuse("cut", signe[:len(signe)-1])
			refuse("a byte added", append(bytes.Clone(signe), '\n'))
			// A page drawn over by another incremental update, as an editor of PDF would.
			refuse("updated", append(bytes.Clone(signe),
				"5 0 obj\n<<>>\nendobj\nxref\n5 1\n0000000001 00000 n \ntrailer\n<</Size 6/Root 1 0 R/Prev "+
					"1>>\nstartxref\n1\n%%EOF\n"...))
			if _, err := s3404.Verifier(bytes.NewReader(doc), int64(len(doc)), nil); !errors.Is(err, s3404.ErrNonSigne) {
				t.Errorf("not signed: %v", err)
			}
			if _, err := s3404.Verifier(bytes.NewReader(signe), int64(len(signe)), nil); err != nil {
				t.Errorf("given back its bytes: %v", err)
			}
		})
	}
}

// A signature serves only the document that it was given for.
func TestSignatureLiee(t *testing.T) {
	b, doc := dessine(t)
	s := signer(t, doc, b)
	ctx := context.Background()
	autre := bytes.Replace(bytes.Clone(doc), []byte("xref"), []byte("xreg"), 1)
	var w bytes.Buffer
	if _, err := s3404.Signer(ctx, &w, bytes.NewReader(autre), int64(len(autre)), s, nil); !errors.Is(err,
		s3404.ErrAutreDocument) || w.Len() != 0 {
		t.Errorf("another document: %v, %d bytes written", err, w.Len())
	}
	faux := s
	faux.Mandant = "Dr Personne"
	if _, err := s3404.Signer(ctx, &w, bytes.NewReader(doc), int64(len(doc)), faux, nil); !errors.Is(err, s3404.ErrLien) ||
		w.Len() != 0 {
		t.Errorf("changed signature: %v", err)
	}
	annule, fin := context.WithCancel(ctx)
	fin()
	if _, err := s3404.Signer(annule, &w, bytes.NewReader(doc), int64(len(doc)), s, nil); !errors.Is(err,
		context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	var a1, a2 bytes.Buffer
	for _, x := range []*bytes.Buffer{&a1, &a2} {
		if _, err := s3404.Signer(ctx, x, bytes.NewReader(doc), int64(len(doc)), s, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a1.Bytes(), a2.Bytes()) {
		t.Error("the same signature gave two different files")
	}
}

// Who rewrites a bordereau and seals it anew is found by the journal, which
// has the hash of the signed file, and by the CMS that he can't make.
func TestRescelle(t *testing.T) {
	ctx := context.Background()
	b, doc := dessine(t)
	c := cle(t, false)
	signe := func(doc []byte, c *s3404.CMS) (*s3404.Preuve, []byte) {
		t.Helper()
		var w bytes.Buffer
		p, err := s3404.Signer(ctx, &w, bytes.NewReader(doc), int64(len(doc)), signer(t, doc, b), c)
		if err != nil {
			t.Fatal(err)
		}
		return p, w.Bytes()
	}
	journal, _ := signe(doc, c)
	faux := bytes.Replace(bytes.Clone(doc), []byte("/Lang(fr-FR)"), []byte("/Lang(en-GB)"), 1)
	r := &s3404.Racines{Certificats: x509.NewCertPool(), Heure: signer(t, doc, b).Quand}
	r.Certificats.AddCert(c.Certificat)
	for nom, autre := range map[string]*s3404.CMS{"sans CMS": nil, "CMS d'un autre": cle(t, false)} {
		_, forge := signe(faux, autre)
		p, err := s3404.Verifier(bytes.NewReader(forge), int64(len(forge)), nil)
		if err != nil || p.Empreinte == journal.Empreinte || p.Document == journal.Document {
			t.Errorf("%s: %+v, %v: want a proof of another document than the journal's", nom, p, err)
		}
		if _, err := s3404.Verifier(bytes.NewReader(forge), int64(len(forge)), r); !errors.Is(err, s3404.ErrCMS) {
			t.Errorf("%s: %v, want ErrCMS", nom, err)
		}
	}
}
