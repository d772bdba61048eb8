package terminal

import (
	"testing"
	"unicode"
)

func TestInoffensif(t *testing.T) {
	for lu, veut := range map[string]string{
		"Accusé n° 1":             "Accusé n° 1",
		"\x1b]0;titre\x07\x1b[2J": "␛]0;titre␇␛[2J",
		"a\r\nObjet : faux":       "a␍␊Objet : faux",
		"facture\u202etxt.exe":    "facture⟨U+202E⟩txt.exe",
		"\u009b31m":               "⟨U+009B⟩31m", // CSI of 8-bit terminals
		"a\u2028b\u200b\u2066c":   "a⟨U+2028⟩b⟨U+200B⟩⟨U+2066⟩c",
		"\x7f\xff":                "␡\ufffd",
		"":                        "",
	} {
		if got := Inoffensif(lu); got != veut {
			t.Errorf("%q: %q, want %q", lu, got, veut)
		}
	}
	if got := Lignes("a\n\x1bb\n"); got != "a\n␛b\n" {
		t.Errorf("%q", got)
	}
}

// FuzzInoffensif: nothing that a terminal obeys is left, whatever the bytes.
func FuzzInoffensif(f *testing.F) {
	f.Add("\x1b[2J\u202e\xc2")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Inoffensif(s) {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%U is left", r)
			}
		}
	})
}
