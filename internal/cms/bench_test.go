package cms

import (
	"bytes"
	"crypto/x509"
	"io"
	"testing"
)

func BenchmarkEnveloppe(b *testing.B) {
	clair := octets(16 << 20)
	for _, algo := range algorithmes() {
		b.Run(algo.String(), func(b *testing.B) {
			o := Options{Algorithme: algo, Cle: PKCS1v15, Destinataires: []*x509.Certificate{paireA().certificat}}
			b.SetBytes(int64(len(clair)))
			b.ReportAllocs()
			for b.Loop() {
				w, err := NewEnveloppe(io.Discard, o)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := w.Write(clair); err != nil {
					b.Fatal(err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOuvrir(b *testing.B) {
	for _, algo := range algorithmes() {
		p7m := chiffrer(b, Options{Algorithme: algo, Cle: PKCS1v15, Destinataires: []*x509.Certificate{paireA().certificat}},
			octets(16<<20))
		b.Run(algo.String(), func(b *testing.B) {
			b.SetBytes(int64(len(p7m)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := Open(bytes.NewReader(p7m), paireA().dechiffrante())
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
