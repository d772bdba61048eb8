package disposition

import "testing"

// Each check gives what its norm publishes for its test string.
func TestControlesPublies(t *testing.T) {
	for _, cas := range []struct{ algo, texte, format, veut string }{
		{"luhn", "7992739871", "", "3"},
		{"mod97", "2551034210016", "", "25"},
		{"iso7064-97", "0794", "", "44"},
		{"mod11", "036532", "", "7"},
		{"mod11", "123456785", "", "X"},
		{"xor", "123456789", "", "31"},
		{"xor", "123456789", "decimal", "049"},
		{"crc16", "123456789", "HEX", "29B1"},
		{"crc16-xmodem", "123456789", "", "31c3"},
		{"crc16-arc", "123456789", "HEX", "BB3D"},
		{"crc32", "123456789", "", "cbf43926"},
		{"crc32c", "123456789", "", "e3069283"},
		{"adler32", "123456789", "", "091e01de"},
		{"md5", "abc", "", "900150983cd24fb0d6963f7d28e17f72"},
		{"sha1", "abc", "HEX", "A9993E364706816ABA3E25717850C26C9CD0D89D"},
	} {
		x := nouveauCumul(cas.algo)
		// In two writes: records come one by one.
		x.Write([]byte(cas.texte[:1]))
		x.Write([]byte(cas.texte[1:]))
		if lu, err := x.texte(cas.format, 0); err != nil || lu != cas.veut {
			t.Errorf("%s of %q: %q, %v, want %q", cas.algo, cas.texte, lu, err, cas.veut)
		}
		x.Reset()
		x.Write([]byte(cas.texte))
		if lu, _ := x.texte(cas.format, 0); lu != cas.veut {
			t.Errorf("%s again: %q", cas.algo, lu)
		}
		if l := algorithmeDe(cas.algo).largeur(cas.format); l != len(cas.veut) {
			t.Errorf("%s %q: width %d of %d", cas.algo, cas.format, l, len(cas.veut))
		}
	}
}
