package masque

import "testing"

// A number is told wherever it stands in a quotation, with or without its key, Corsica included; amounts, dates and
// numbers of senders aren't.
func TestForme(t *testing.T) {
	for s, veut := range map[string]bool{`"2790913055042"`: true, "x185066751150010": true, "168072A133534": true,
		"00000752499996": false, "00000001751751": false, "261121": false, "": false, "PHARMACIE": false,
		"0000000000000": false} {
		if Forme(s) != veut {
			t.Errorf("%q: %t", s, !veut)
		}
	}
}

func TestPartage(t *testing.T) {
	nir := []byte("279091305504233")
	for s, veut := range map[string]bool{`"9996 27909"`: true, "13055": true, "2790": false, "00000": false,
		"261121": false} {
		if Partage(s, nir) != veut {
			t.Errorf("%q: %t", s, !veut)
		}
	}
	if Partage("00000000", []byte("000000000000000")) {
		t.Error("zeros are a number")
	}
}

func TestIdentifiant(t *testing.T) {
	for s, veut := range map[string]string{"ORD-752499996-057-261120-000002107": "ORD-752499996-057-261120-000002107",
		"ORD-2790913055042": Texte, "": ""} {
		if lu := Identifiant(s); lu != veut {
			t.Errorf("%q, %q expected", lu, veut)
		}
	}
}
