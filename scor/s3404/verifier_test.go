package s3404_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

func signe(t testing.TB) []byte {
	t.Helper()
	b, doc := dessine(t)
	var w bytes.Buffer
	if _, err := s3404.Signer(context.Background(), &w, bytes.NewReader(doc), int64(len(doc)), signer(t, doc, b),
		nil); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestReference(t *testing.T) {
	_, doc := dessine(t)
	preflight.Reference(t, "testdata/empreintes.txt", map[string][]byte{"lot": doc, "lot-signe": signe(t)})
}

// What a page shows can't be changed unnoticed: a line of text, an amount, a
// stroke, redrawn within the file's own streams.
func TestPixelModifie(t *testing.T) {
	b := signe(t)
	avant := rendu(t, b)
	motif := regexp.MustCompile(`/Filter/FlateDecode/Length`)
	vus := 0
	for _, m := range motif.FindAllIndex(b, -1) {
		flux := m[1] + bytes.Index(b[m[1]:], []byte("stream\n")) + 40
		autre := bytes.Clone(b)
		autre[flux] ^= 0x10
		if _, err := s3404.Verifier(bytes.NewReader(autre), int64(len(autre)), nil); !errors.Is(err, s3404.ErrModifie) {
			t.Fatalf("stream at %d: %v", flux, err)
		}
		if vus < 3 && rendu(t, autre) != avant {
			vus++ // and it did change what is seen
		}
	}
	if vus == 0 {
		t.Error("no change was visible")
	}
}

// rendu is a hash of the pixels of all pages; an unreadable file has one too.
func rendu(t testing.TB, b []byte) string {
	t.Helper()
	dir := t.TempDir()
	f := filepath.Join(dir, "x.pdf")
	if err := os.WriteFile(f, b, 0o600); err != nil {
		t.Fatal(err)
	}
	pixels, _ := exec.Command(preflight.Programme(t, "pdftoppm"), "-gray", "-r", "40", f).Output()
	return fmt.Sprintf("%x", sha256.Sum256(pixels))
}

// One invoice of 900 lines goes over many pages, none lost, each saying of
// which invoice it goes on.
func TestFactureLongue(t *testing.T) {
	bs, err := s3404.Construire(context.Background(), fichier(t, 2, 900, nil), options)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	r, err := bs[0].WritePDF(context.Background(), &b)
	if err != nil {
		t.Fatal(err)
	}
	f := poser(t, "longue.pdf", b.Bytes())
	lu := texte(t, f)
	if n := strings.Count(lu, "HHFA016"); n != 1800 {
		t.Errorf("%d acts on the bordereau, want 1800", n)
	}
	pages := strings.Split(strings.TrimSuffix(lu, "\f"), "\f")
	suites := 0
	for _, p := range pages {
		if strings.Contains(p, "– suite") {
			suites++
		}
	}
	if r.Pages < 30 || suites < r.Pages-3 {
		t.Errorf("%d pages, %d that say what they go on with", r.Pages, suites)
	}
}

// Bytes that lie give an error, never a panic nor a proof of what wasn't signed.
func FuzzVerifier(f *testing.F) {
	b := signe(f)
	octets := bytes.Index(b, []byte("/Type/SCORScelle"))
	f.Add(0, []byte{}, 0)
	f.Add(len(b), []byte("\n"), 0)
	f.Add(octets, []byte("/Type/SCORScelle/Octets 99"), 25)
	f.Add(bytes.Index(b, []byte(`"pour_mandat":true`)), []byte(`"pour_mandat":fals`), 18)
	f.Fuzz(func(t *testing.T, pos int, mettre []byte, oter int) {
		if pos < 0 || pos > len(b) || oter < 0 || oter > len(b)-pos {
			return
		}
		x := append(append(bytes.Clone(b[:pos]), mettre...), b[pos+oter:]...)
		p, err := s3404.Verifier(bytes.NewReader(x), int64(len(x)), nil)
		if (err == nil) != bytes.Equal(x, b) {
			t.Errorf("%d bytes at %d replaced by %q: %+v, %v", oter, pos, mettre, p, err)
		}
	})
}

func TestVerifierHostile(t *testing.T) {
	for _, b := range [][]byte{nil, []byte("%%EOF\n"), bytes.Repeat([]byte{0}, 600)} {
		if _, err := s3404.Verifier(bytes.NewReader(b), int64(len(b)), nil); err == nil {
			t.Errorf("%q verified", b)
		}
	}
	if _, err := s3404.Verifier(bytes.NewReader(nil), -1, nil); err == nil {
		t.Error("a size below zero verified")
	}
	b := signe(t)
	if _, err := s3404.Verifier(bytes.NewReader(b), int64(len(b))+10, nil); err == nil {
		t.Error("a size beyond the file verified")
	}
}

// BenchmarkSigner10000 signs, then verifies, the bordereau of 10,000 invoices.
func BenchmarkSigner10000(b *testing.B) {
	bs, err := s3404.Construire(context.Background(), grandFichier(b, 10_000, 4), options)
	if err != nil {
		b.Fatal(err)
	}
	var doc bytes.Buffer
	if _, err := bs[0].WritePDF(context.Background(), &doc); err != nil {
		b.Fatal(err)
	}
	s := signer(b, doc.Bytes(), bs[0])
	b.Run("Signer", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(doc.Len()))
		for b.Loop() {
			if _, err := s3404.Signer(context.Background(), io.Discard, bytes.NewReader(doc.Bytes()), int64(doc.Len()), s,
				nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	var w bytes.Buffer
	if _, err := s3404.Signer(context.Background(), &w, bytes.NewReader(doc.Bytes()), int64(doc.Len()), s,
		nil); err != nil {
		b.Fatal(err)
	}
	b.Run("Verifier", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(w.Len()))
		for b.Loop() {
			if _, err := s3404.Verifier(bytes.NewReader(w.Bytes()), int64(w.Len()), nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
