package s3404_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// enOrdre are the signatures of so many signers, each bound to the one before; the last one has those before it.
func enOrdre(t testing.TB, doc []byte, b *s3404.Bordereau, noms ...string) signature.Signature {
	t.Helper()
	var avant []signature.Signature
	for i, nom := range noms {
		s := signer(t, doc, b)
		s.Signataire = signature.Signataire{ID: fmt.Sprint("s", i), Nom: nom, Qualite: nom}
		s.Mandant, s.PourMandat, s.Rang, s.Sur = nom, i > 0, i+1, len(noms)
		if i > 0 {
			s.Precedent = avant[i-1].Lien
		}
		s.Lien = s.Calculer()
		avant = append(avant, s)
	}
	s := avant[len(avant)-1]
	s.Avant = avant[:len(avant)-1]
	return s
}

// TestPlusieursSignataires protects a bordereau that several sign: each of them, however long the name, is in the PDF
// with when and for whom, is read back from it, and the file stays a valid PDF/A.
func TestPlusieursSignataires(t *testing.T) {
	b, doc := dessine(t)
	var fichiers []string
	for _, n := range []int{2, 4, signature.OrdreMax} {
		for _, long := range []bool{false, true}[:1+n/signature.OrdreMax] {
			noms := make([]string, n)
			for i := range noms {
				if noms[i] = fmt.Sprintf("Dr Signataire n° %d", i+1); long {
					noms[i] = strings.Repeat("W", papier.NomMax)
				}
			}
			var signe bytes.Buffer
			if _, err := s3404.Signer(t.Context(), &signe, bytes.NewReader(doc), int64(len(doc)), enOrdre(t, doc, b,
				noms...), nil); err != nil {
				t.Fatalf("%d signers: %v", n, err)
			}
			p, err := s3404.Verifier(bytes.NewReader(signe.Bytes()), int64(signe.Len()), nil)
			if err != nil || len(p.Avant) != n-1 || p.Signataire.Nom != noms[n-1] || p.Avant[0].Signataire.Nom != noms[0] {
				t.Fatalf("%d signers: %+v %v", n, p, err)
			}
			f := poser(t, fmt.Sprintf("signataires-%d-%t.pdf", n, long), signe.Bytes())
			fichiers = append(fichiers, f)
			lu := texte(t, f)
			for i := range noms {
				if want := fmt.Sprintf("%d. Signé par", i+1); !strings.Contains(lu, want) {
					t.Errorf("%d signers: no %q\n%s", n, want, lu)
				}
			}
			if vus := strings.Count(lu, "n° "); !long && vus < n*2+(n-1) {
				t.Errorf("%d signers: %d of their names", n, vus)
			}
			if vus := strings.Count(lu, "W"); long && vus < n*2*papier.NomMax+(n-1)*papier.NomMax {
				t.Errorf("%d signers: %d letters of their names", n, vus)
			}
		}
	}
	preflight.PDFA(t, fichiers...)
}

// TestChaineDesSignatures protects from signatures that are missing, in another order, or another's.
func TestChaineDesSignatures(t *testing.T) {
	b, doc := dessine(t)
	for nom, changer := range map[string]func(*signature.Signature){
		"the first one missing": func(s *signature.Signature) { s.Avant = s.Avant[1:] },
		"two exchanged":         func(s *signature.Signature) { s.Avant[0], s.Avant[1] = s.Avant[1], s.Avant[0] },
		"none of those before":  func(s *signature.Signature) { s.Avant = nil },
		"another's strokes":     func(s *signature.Signature) { s.Avant[1].Traits = s.Avant[1].Traits[:1] },
		"another mandate":       func(s *signature.Signature) { s.Avant[1].Mandant = "Dr Autre" },
		"without strokes":       func(s *signature.Signature) { s.Avant[0].Traits = nil },
	} {
		s := enOrdre(t, doc, b, "Dr A", "Dr B", "Dr C")
		changer(&s)
		_, err := s3404.Signer(t.Context(), io.Discard, bytes.NewReader(doc), int64(len(doc)), s, nil)
		if err == nil || nom != "without strokes" && !errors.Is(err, s3404.ErrLien) {
			t.Errorf("%s: %v", nom, err)
		}
	}
}
