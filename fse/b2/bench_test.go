package b2_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// grand makes a file of about that many bytes: lots of 60 invoices, of one line each (two for establishments).
func grand(b testing.TB, cp bool, taille int, fin string) []byte {
	b.Helper()
	f := fichierExemple(cp)
	parLot := 60 * 3 * b2.Longueur
	if cp {
		parLot = 60 * 5 * b2.Longueur
	}
	modele := f.Lots[0]
	f.Lots = nil
	for i := range taille/parLot + 1 {
		l := modele
		l.Cle.Numero = 1 + i%999
		l.Factures = nil
		for j := range 60 {
			fac := modele.Factures[0]
			fac.Cle = fse.CleFacture{Lot: l.Cle, Numero: 1000*i + j + 1}
			l.Factures = append(l.Factures, fac)
		}
		f.Lots = append(f.Lots, l)
	}
	var buf bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriterLignes(&buf, fin), f); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}

const tailleMesure = 8 << 20

func parForme(b *testing.B, mesure func(*testing.B, []byte)) {
	for _, f := range []struct {
		nom string
		cp  bool
		fin string
	}{{"PS", false, ""}, {"CP", true, ""}, {"PS-CRLF", false, "\r\n"}} {
		b.Run(f.nom, func(b *testing.B) {
			octets := grand(b, f.cp, tailleMesure, f.fin)
			b.SetBytes(int64(len(octets)))
			b.ReportAllocs()
			b.ResetTimer()
			mesure(b, octets)
		})
	}
}

// What a copy of the same bytes costs on the machine: the bar of the others.
func BenchmarkCopie(b *testing.B) {
	parForme(b, func(b *testing.B, octets []byte) {
		dst := make([]byte, len(octets))
		for b.Loop() {
			copy(dst, octets)
		}
	})
}

// Lots and keys of the invoices.
func BenchmarkSurvol(b *testing.B) {
	parForme(b, func(b *testing.B, octets []byte) {
		src := bytes.NewReader(octets)
		for b.Loop() {
			src.Reset(octets)
			n := 0
			for f, err := range b2.NewReader(src).Factures() {
				if err != nil {
					b.Fatal(err)
				}
				if _, err := f.Cle(); err != nil {
					b.Fatal(err)
				}
				_, _, nb := f.Position()
				n += nb
			}
			b.ReportMetric(float64(n), "records/op")
		}
	})
}

// Every record, its type told.
func BenchmarkEnregistrements(b *testing.B) {
	parForme(b, func(b *testing.B, octets []byte) {
		src := bytes.NewReader(octets)
		for b.Loop() {
			src.Reset(octets)
			for _, err := range b2.NewReader(src).Enregistrements() {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// Every record read and written.
func BenchmarkRecopie(b *testing.B) {
	parForme(b, func(b *testing.B, octets []byte) {
		src := bytes.NewReader(octets)
		for b.Loop() {
			src.Reset(octets)
			w := b2.NewWriter(io.Discard)
			for e, err := range b2.NewReader(src).Enregistrements() {
				if err != nil {
					b.Fatal(err)
				}
				if err := w.Write(e); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// Every invoice decoded, without checks.
func BenchmarkDecoder(b *testing.B) {
	parForme(b, func(b *testing.B, octets []byte) {
		src := bytes.NewReader(octets)
		for b.Loop() {
			src.Reset(octets)
			for f, err := range b2.NewReader(src).Factures() {
				if err != nil {
					b.Fatal(err)
				}
				if _, err := f.Decode(); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// The whole file with every check.
func BenchmarkLireFichier(b *testing.B) {
	parForme(b, func(b *testing.B, octets []byte) {
		for b.Loop() {
			if _, constats, err := b2.ParseFichier(bytes.NewReader(octets)); err != nil || len(constats) > 0 {
				b.Fatal(constats, err)
			}
		}
	})
}
