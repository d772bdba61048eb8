package pdf_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
)

// avecZone is a document of three pages whose place for a signature is shown on two.
func avecZone(t testing.TB) []byte {
	t.Helper()
	normale := police(t, goregular.TTF)
	var b bytes.Buffer
	w, err := pdf.NewWriter(&b, infoEssai)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		err := w.Page(210, 297, func(p *pdf.Page) {
			p.Texte(normale, 12, 20, 20, pdf.Gauche, "À signer")
			if n > 0 {
				if err := w.ZoneSignature(p, 20, 200, 90, 30); err != nil {
					t.Error(err)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ajout(t testing.TB) pdf.Ajout {
	normale := police(t, goregular.TTF)
	return pdf.Ajout{Mention: []byte(`{"qui":"Zoé"}`), Dessiner: func(p *pdf.Page, l, h float64) {
		p.Texte(normale, 10, 2, h-2, pdf.Gauche, "Signé par Zoé")
		p.Plume([]pdf.PointPlume{{X: 2, Y: 2, Largeur: 0.3}, {X: l / 2, Y: h / 2, Largeur: 0.6},
			{X: l - 2, Y: 4, Largeur: 0.2}})
	}}
}

func sceller(t testing.TB, doc []byte, a pdf.Ajout) ([]byte, *pdf.Scelle) {
	t.Helper()
	var b bytes.Buffer
	s, err := pdf.Completer(&b, bytes.NewReader(doc), int64(len(doc)), a)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), s
}

func TestCompleter(t *testing.T) {
	doc := avecZone(t)
	scelle, s := sceller(t, doc, ajout(t))
	if !bytes.HasPrefix(scelle, doc) || s.Document != sha256.Sum256(doc) || s.Empreinte != sha256.Sum256(scelle) {
		t.Error("the sealed file isn't the document and what was added")
	}
	lu, err := pdf.ReadScelle(bytes.NewReader(scelle), int64(len(scelle)))
	if err != nil {
		t.Fatal(err)
	}
	if lu.Document != s.Document || lu.Empreinte != s.Empreinte || lu.Octets != int64(len(doc)) ||
		string(lu.Mention) != `{"qui":"Zoé"}` || lu.CMS != nil {
		t.Errorf("read %+v, wrote %+v", lu, s)
	}
	f := poser(t, "scelle.pdf", scelle)
	preflight.QPDF(t, f)
	preflight.PDFA(t, f, poser(t, "avant.pdf", doc))
	// Both pages show it.
	if n := bytes.Count([]byte(preflight.Texte(t, f)), []byte("Signé par Zoé")); n != 2 {
		t.Errorf("the drawing is on %d pages, want 2", n)
	}
}

func TestCompleterRefuse(t *testing.T) {
	doc := avecZone(t)
	scelle, _ := sceller(t, doc, ajout(t))
	var sans bytes.Buffer
	ecrire(t, &sans, imagesEssai(t))
	for nom, c := range map[string]struct {
		doc  []byte
		want error
	}{
		"sans zone": {sans.Bytes(), pdf.ErrSansZone},
		"scellé":    {scelle, pdf.ErrDejaScelle},
		"d'autrui":  {[]byte("%PDF-1.4\n%%EOF\n"), pdf.ErrAutreDocument},
		"coupé":     {doc[:len(doc)-10], pdf.ErrAutreDocument},
		"vide":      {nil, pdf.ErrAutreDocument},
	} {
		var dst bytes.Buffer
		if _, err := pdf.Completer(&dst, bytes.NewReader(c.doc), int64(len(c.doc)), ajout(t)); !errors.Is(err, c.want) ||
			dst.Len() != 0 {
			t.Errorf("%s: %v, %d bytes written", nom, err, dst.Len())
		}
	}
	grand := ajout(t)
	grand.TailleCMS, grand.SousFiltre, grand.Quand = 10, "adbe.pkcs7.detached", "(D:20260101)"
	grand.CMS = func(io.Reader) ([]byte, error) { return make([]byte, 11), nil }
	if _, err := pdf.Completer(io.Discard, bytes.NewReader(doc), int64(len(doc)), grand); err == nil {
		t.Error("a signature longer than its place was written")
	}
	if _, err := pdf.ReadScelle(bytes.NewReader(doc), int64(len(doc))); !errors.Is(err, pdf.ErrNonScelle) {
		t.Errorf("ReadScelle of an unsealed document: %v", err)
	}
}

// The CMS signs every byte but its own: what it is given is the file without
// the digits of Contents.
func TestContenuSigne(t *testing.T) {
	doc := avecZone(t)
	a := ajout(t)
	a.TailleCMS, a.SousFiltre, a.Nom, a.Quand = 100, "adbe.pkcs7.detached", "Zoé", "(D:20260101000000+00'00')"
	var signe []byte
	der := append([]byte{0x30, 40}, bytes.Repeat([]byte{7}, 40)...)
	a.CMS = func(r io.Reader) (_ []byte, err error) {
		signe, err = io.ReadAll(r)
		return der, err
	}
	scelle, _ := sceller(t, doc, a)
	i := bytes.Index(scelle, []byte("/Contents<")) + len("/Contents")
	want := append(bytes.Clone(scelle[:i]), scelle[i+2+200:]...)
	if !bytes.Equal(signe, want) {
		t.Errorf("the CMS was given %d bytes, want the %d of the file but its Contents", len(signe), len(want))
	}
	lu, err := pdf.ReadScelle(bytes.NewReader(scelle), int64(len(scelle)))
	if err != nil {
		t.Fatal(err)
	}
	relu, err := io.ReadAll(lu.ContenuSigne())
	if err != nil || !bytes.Equal(relu, want) || !bytes.Equal(lu.CMS, der) {
		t.Errorf("read back %d bytes (%v), CMS %x", len(relu), err, lu.CMS)
	}
}

// Hostile or damaged files give an error or the truth: never a panic, and
// never another mention than the one that was sealed.
func FuzzReadScelle(f *testing.F) {
	doc := avecZone(f)
	scelle, _ := sceller(f, doc, ajout(f))
	f.Add(0, []byte{}, 0)
	f.Add(len(scelle), []byte("x"), 0)
	f.Add(len(doc), []byte{}, len(scelle)-len(doc))
	f.Add(len(scelle)-40, []byte("9999999999"), 10)
	f.Add(bytes.Index(scelle, []byte("/Octets ")), []byte("/Octets 1"), 9)
	// The file with oter bytes at pos replaced: a mutation of bytes alone
	// would seldom get beyond the trailer.
	f.Fuzz(func(t *testing.T, pos int, mettre []byte, oter int) {
		if pos < 0 || pos > len(scelle) || oter < 0 || oter > len(scelle)-pos {
			return
		}
		b := append(append(bytes.Clone(scelle[:pos]), mettre...), scelle[pos+oter:]...)
		s, err := pdf.ReadScelle(bytes.NewReader(b), int64(len(b)))
		if (err == nil) != bytes.Equal(b, scelle) {
			t.Errorf("%d bytes at %d replaced by %q: %+v, %v", oter, pos, mettre, s, err)
		}
		_, _ = pdf.Completer(io.Discard, bytes.NewReader(b), int64(len(b)), ajout(t))
	})
}
