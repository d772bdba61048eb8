package transport_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// 15 MB of documents in one message, in clear: what MIME alone costs.
func messageLourd() *transport.Message {
	m := messageIRIS([]byte("000TE"))
	alea := rand.NewChaCha8([32]byte{7})
	for range 15 {
		b := make([]byte, 1_000_000)
		alea.Read(b)
		m.Parties = append(m.Parties, transport.Partie{Type: "application/pdf", Nom: "P.pdf", Open: octets(b)})
	}
	return m
}

func BenchmarkComposer(b *testing.B) {
	m := messageLourd()
	b.SetBytes(15_000_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := transport.Composer(io.Discard, m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOuvrir(b *testing.B) {
	brut := composer(b, messageLourd())
	b.SetBytes(15_000_000)
	b.ReportAllocs()
	for b.Loop() {
		recu, err := transport.Open(b.Context(), bytes.NewReader(brut), nil)
		if err != nil {
			b.Fatal(err)
		}
		var n int64
		for p, err := range recu.Parties() {
			if err != nil {
				b.Fatal(err)
			}
			k, err := io.Copy(io.Discard, p)
			if err != nil {
				b.Fatal(err)
			}
			n += k
		}
		if n != 15_000_005 {
			b.Fatalf("%d bytes", n)
		}
	}
}
