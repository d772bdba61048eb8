package s3404_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

var options = s3404.Options{Info: papier.Info{Date: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)},
	Praticien: func(n string) string {
		if n == "758543813" {
			return "Dr Hélène LEFÈVRE"
		}
		return ""
	}}

// partage is a file of ../shared, from the root of the module.
func partage(t testing.TB, nom string) s3404.Source {
	t.Helper()
	f := filepath.Join("..", "..", "..", "shared", "data", nom)
	if _, err := os.Stat(f); err != nil {
		t.Skip("../shared is not here")
	}
	return func() (io.ReadCloser, error) { return os.Open(f) }
}

func poser(t testing.TB, nom string, b []byte) string {
	t.Helper()
	f := filepath.Join(t.ArtifactDir(), nom) // kept by go test -artifacts
	if err := os.WriteFile(f, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}
