package maildir_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/maildir"
)

// rien keeps nothing: it measures the mailbox.
type rien struct{}

func (rien) Connu(context.Context, transport.Identite) (bool, error) { return false, nil }
func (rien) Prendre(context.Context, *transport.MessageReleve) (transport.Verdict, error) {
	return transport.Garder, nil
}
func (rien) Ecarter(context.Context, *transport.MessageReleve, error) error { return nil }

// BenchmarkRelever: the time of a message doesn't depend on how many there are.
func BenchmarkRelever(b *testing.B) {
	for _, n := range []int{2_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				d := nouvelle(b)
				for i := range n {
					if err := os.WriteFile(filepath.Join(d, "new", fmt.Sprintf("%d.host", i)), []byte("Subject: ARL\r\n\r\n"),
						0o600); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				bilan, err := transport.Relever(b.Context(), &maildir.Boite{Dossier: d, Supprimer: true}, rien{})
				if err != nil || bilan.Pris != n {
					b.Fatalf("%+v, %v", bilan, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/message")
		})
	}
}
