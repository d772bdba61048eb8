package transport

import (
	"strings"
	"testing"
)

// A name that somebody sent is written whole or shortened, never refused, and is no
// device, path or trick.
func TestNomSur(t *testing.T) {
	for lu, veut := range map[string]string{
		"../../etc/passwd":                "passwd",
		`C:\temp\a.pdf`:                   "a.pdf",
		"CON":                             "_CON",
		"con.txt":                         "_con.txt",
		"Com1 .pdf":                       "_Com1 .pdf",
		"COM10.pdf":                       "COM10.pdf",
		"contrat.pdf":                     "contrat.pdf",
		"piece.pdf. . ":                   "piece.pdf",
		"...":                             "",
		"fdp\u202eexe.txt":                "fdpexe.txt",
		"a\x1b[2J\r\nb.pdf":               "a[2Jb.pdf",
		strings.Repeat("é", 200):          strings.Repeat("é", 100),
		strings.Repeat("o", 304) + ".pdf": strings.Repeat("o", 196) + ".pdf",
		strings.Repeat("o", 10) + "." + strings.Repeat("x", 300): strings.Repeat("o", 10) + "." + strings.Repeat("x", 189),
	} {
		if got := nomSur(lu); got != veut {
			t.Errorf("%q: %q, want %q", lu, got, veut)
		}
	}
}
