package noemie_test

import (
	"bytes"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

// Whole returns of about 4 MiB, with every control.
func BenchmarkLire(b *testing.B) {
	for _, em := range emballages {
		b.Run(em.String(), func(b *testing.B) {
			r := retourExemple(em)
			r.Retenues, r.Forfaits = nil, nil
			une := r.Factures[1]
			for range 10_000 {
				une.Cle.Numero++
				r.Factures = append(r.Factures, une)
			}
			octets := ecrire(b, r)
			b.SetBytes(int64(len(octets)))
			b.ReportAllocs()
			for b.Loop() {
				if _, constats, err := noemie.Parse(bytes.NewReader(octets)); err != nil || len(constats) > 0 {
					b.Fatal(constats, err)
				}
			}
		})
	}
}
