package terminal

import (
	"encoding/json"
	"slices"
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

// JSON keeps its value, without a character that a terminal obeys.
func TestJSON(t *testing.T) {
	x := []string{"facture\u202etxt.exe", "\x1b[2J\u009b31m\x7f", "\U000e0001 é", "a\r\nb"}
	for _, marge := range []string{"", "  "} {
		b, err := json.MarshalIndent(x, "", marge)
		if err != nil {
			t.Fatal(err)
		}
		var y []string
		j := JSON(b)
		if err := json.Unmarshal(j, &y); err != nil || !slices.Equal(x, y) {
			t.Errorf("%q, %v", y, err)
		}
		for _, r := range string(j) {
			if dangereuxJSON(r) {
				t.Errorf("%U is left in %q", r, j)
			}
		}
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
