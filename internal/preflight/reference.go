package preflight

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maj is here rather than in each test package: those that share this one
// can't define the flag twice.
var maj = flag.Bool("update", false, "rewrite the golden files")

// MiseAJour says whether the tests run with -update.
func MiseAJour() bool { return *maj }

var (
	motifObjet   = regexp.MustCompile(`(?m)^[0-9]+ 0 obj\n`)
	motifNombre  = regexp.MustCompile(`^[0-9]+\n`)
	finDeFlux    = []byte("\nendstream\nendobj\n")
	motifDebut   = []byte("stream\n")
	motifDeflate = []byte("/Filter/FlateDecode")
)

// Contenu is what a PDF of package internal/pdf says, whatever the version of
// Go compressed it: its objects with their streams inflated, without lengths,
// offsets and identifiers.
func Contenu(t testing.TB, b []byte) []byte {
	t.Helper()
	var c bytes.Buffer
	for {
		m := motifObjet.FindIndex(b)
		if m == nil {
			return c.Bytes()
		}
		entete := b[m[0]:m[1]]
		b = b[m[1]:]
		if motifNombre.Match(b) {
			continue // the length of a stream
		}
		c.Write(entete)
		fin, flux := bytes.Index(b, []byte("\nendobj\n")), bytes.Index(b, motifDebut)
		if fin < 0 {
			t.Fatal("an object without end")
		}
		if flux < 0 || flux > fin {
			c.Write(b[:fin])
			b = b[fin:]
			continue
		}
		dict := b[:flux]
		c.Write(dict)
		b = b[flux+len(motifDebut):]
		if bytes.Contains(dict, motifDeflate) {
			r := bytes.NewReader(b)
			z, err := zlib.NewReader(r)
			if err == nil {
				_, err = io.Copy(&c, z)
			}
			if err != nil {
				t.Fatal(err)
			}
			b = b[len(b)-r.Len():]
			continue
		}
		fin = bytes.Index(b, finDeFlux)
		if fin < 0 {
			t.Fatal("a stream without end")
		}
		c.Write(b[:fin])
		b = b[fin:]
	}
}

// Reference compares what each document says with the golden file, whose lines
// are "name SHA-256 # reason": the reason tells what a change of that document
// means. -update rewrites the hashes, and keeps the reasons.
func Reference(t testing.TB, fichier string, documents map[string][]byte) {
	t.Helper()
	lu, err := os.ReadFile(fichier)
	if err != nil && !*maj {
		t.Fatal(err)
	}
	type entree struct{ empreinte, raison string }
	attendu := map[string]entree{}
	for l := range strings.Lines(string(lu)) {
		ligne, raison, _ := strings.Cut(strings.TrimSpace(l), " # ")
		if nom, h, ok := strings.Cut(ligne, " "); ok {
			attendu[nom] = entree{h, raison}
		}
	}
	var lignes []string
	for nom, b := range documents {
		h := sha256.Sum256(Contenu(t, b))
		got := hex.EncodeToString(h[:])
		e, ok := attendu[nom]
		if !*maj && (!ok || e.raison == "") {
			t.Errorf("%s: no golden line with a reason in %s", nom, fichier)
		} else if !*maj && e.empreinte != got {
			t.Errorf("%s changed: %s, want %s (%s); look at it, then -update", nom, got, e.empreinte, e.raison)
		}
		lignes = append(lignes, fmt.Sprintf("%s %s # %s\n", nom, got, e.raison))
	}
	if *maj {
		slices.Sort(lignes)
		if err := os.WriteFile(fichier, []byte(strings.Join(lignes, "")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
