package s3404_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// grandFichier is a lot of that many invoices on disk: the type 6 can't count
// beyond 999, its amounts can.
func grandFichier(t testing.TB, factures, actes int) s3404.Source {
	t.Helper()
	nom := filepath.Join(t.TempDir(), "grand.b2")
	f, err := os.Create(nom)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	ecrireFichier(w, factures, actes, nil)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return func() (io.ReadCloser, error) { return os.Open(nom) }
}

// BenchmarkLotDe10000 checks a lot of 10,000 invoices of 5 lines and writes
// its bordereau. tas-MiB is the heap in use half-way through the writing, cpu-ms/facture the time of the processor.
func BenchmarkLotDe10000(b *testing.B) {
	const factures = 10_000
	src := grandFichier(b, factures, 4)
	b.ReportAllocs()
	var m runtime.MemStats
	for b.Loop() {
		avant := processeur()
		bs, err := s3404.Construire(context.Background(), src, options)
		if err != nil {
			b.Fatal(err)
		}
		r, err := bs[0].WritePDF(context.Background(), io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric((processeur()-avant).Seconds()*1000/factures, "cpu-ms/facture")
		b.ReportMetric(float64(r.Pages), "pages")
		b.ReportMetric(float64(r.Octets)/(1<<20), "Mo")
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapInuse)/(1<<20), "tas-Mio")
	}
}

// BenchmarkLotDe2000 tells how many pages the largest lot that one signs takes.
func BenchmarkLotDe2000(b *testing.B) {
	src := grandFichier(b, 2000, 4)
	for b.Loop() {
		bs, err := s3404.Construire(context.Background(), src, options)
		if err != nil {
			b.Fatal(err)
		}
		r, err := bs[0].WritePDF(context.Background(), io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(r.Pages), "pages")
	}
}
