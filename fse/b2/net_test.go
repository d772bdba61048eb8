package b2

import "testing"

// The quick look at eight bytes and the look at each say the same of every byte at every place: one that the first let
// through would never be told.
func TestNet(t *testing.T) {
	p := plans[V2007][PS][T2]
	rec := make([]byte, Longueur)
	for i := range rec {
		rec[i] = ' '
		if p.nombres[i/8]>>(8*(i%8))&0xFF != 0 {
			rec[i] = '0'
		}
	}
	if !p.netOctets(rec) || !p.net(rec) {
		t.Fatal("a record of blanks and zeros is not clean")
	}
	for i := range rec {
		for c := range 256 {
			avant := rec[i]
			rec[i] = byte(c)
			if vite, lent := p.net(rec), p.netOctets(rec); vite && !lent {
				t.Fatalf("byte %#02x at column %d: the quick look lets it through", c, i+1)
			}
			rec[i] = avant
		}
	}
}
