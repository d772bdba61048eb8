package pdfentree

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// qpdf writes a PDF again with qpdf, or skips the test without it.
func qpdf(t *testing.T, data []byte, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("qpdf")
	if err != nil {
		t.Skip("qpdf is not here (Debian package qpdf)")
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command(path, append(args, in, out)...).CombinedOutput(); err != nil {
		t.Fatalf("qpdf %v: %v\n%s", args, err, output)
	}
	again, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// The facts don't depend on how the file is laid out; what is encrypted is refused, even if it opens without a
// password.
func TestQPDF(t *testing.T) {
	data := onePage(t, "/Width 20 /Height 30 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
		deflate(t, make([]byte, 600)))
	facts := func(data []byte) pdfin.Page {
		p := *mustLire(t, data).Pages[0]
		pl := p.Placements[0]
		pl.Image = nil
		p.Placements, p.Items = []pdfin.Placement{pl}, nil
		return p
	}
	want := facts(data)
	for _, args := range [][]string{{"--object-streams=generate"}, {"--linearize"}, {"--qdf"},
		{"--object-streams=generate", "--linearize", "--recompress-flate"}} {
		if d := cmp.Diff(want, facts(qpdf(t, data, args...))); d != "" {
			t.Errorf("%v (-want +got):\n%s", args, d)
		}
	}
	for _, args := range [][]string{
		{"--encrypt", "", "owner", "256", "--"}, {"--encrypt", "user", "owner", "256", "--"},
		{"--allow-weak-crypto", "--encrypt", "", "", "128", "--use-aes=y", "--"},
		{"--allow-weak-crypto", "--encrypt", "", "owner", "40", "--"},
	} {
		if _, err := lireOctets(t, qpdf(t, data, args...), pdfin.Options{}); !errors.Is(err, pdfin.ErrEncrypted) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
