package b2

import (
	"bytes"
	"errors"
	"io"
)

const (
	tailleTampon = 64 << 10
	// tailleMax bounds what one invoice, or one line, may occupy: 999 lines with their complements stay far below.
	tailleMax = 16 << 20
)

var errTropLong = errors.New("b2: an invoice or a line longer than 16 MiB")

// tampon cuts a stream in records without copying them. Positions are relative to the first byte kept.
type tampon struct {
	src     io.Reader
	buf     []byte
	deb     int // first byte kept in buf
	fin     int // end of what was read
	off     int64
	err     error // what ended the reading, io.EOF included
	eol     byte  // '\n' or '\r' when records are lines, 0 when they follow each other
	largeur int   // of the first line, without its end
	vide    int   // reads in a row that gave nothing
}

// lire reads more, keeping everything from deb on. It reports false when nothing more can come.
func (t *tampon) lire() bool {
	if t.err != nil {
		return false
	}
	if t.deb > 0 {
		t.off += int64(t.deb)
		t.fin = copy(t.buf, t.buf[t.deb:t.fin])
		t.deb = 0
	}
	if t.fin == len(t.buf) {
		if len(t.buf) >= tailleMax {
			t.err = errTropLong
			return false
		}
		nv := make([]byte, max(tailleTampon, 2*len(t.buf)))
		copy(nv, t.buf)
		t.buf = nv
	}
	n, err := t.src.Read(t.buf[t.fin:])
	if n < 0 || n > len(t.buf)-t.fin {
		t.err = errors.New("b2: the reader returned an impossible count")
		return false
	}
	t.fin += n
	if t.err = err; err == nil && n == 0 {
		if t.vide++; t.vide > 100 {
			t.err = io.ErrNoProgress
		}
		return t.err == nil
	}
	t.vide = 0
	return n > 0 || t.err == nil
}

// commencer passes over a byte order mark and finds out whether records are lines. It returns the mark.
func (t *tampon) commencer() []byte {
	for t.fin-t.deb < 4*Longueur && t.lire() {
	}
	var avant []byte
	if bytes.HasPrefix(t.buf[t.deb:t.fin], marque) {
		avant = marque
		t.deb += len(marque)
	}
	tete := t.buf[t.deb:min(t.fin, t.deb+4*Longueur)]
	if t.eol = enLignes(tete); t.eol != 0 {
		t.largeur = bytes.IndexAny(tete, "\r\n")
	}
	return avant
}

// cadre measures the record at p, relative to deb: n bytes, then f that belong to none of its zones. Both are 0 at the
// end.
func (t *tampon) cadre(p int) (n, f int) {
	if i := t.deb + p; t.eol == 0 && t.fin-i >= 2*Longueur && debutPlausible(t.buf[i+Longueur:t.fin]) {
		return Longueur, 0
	}
	for {
		b := t.buf[t.deb+p : t.fin]
		if len(b) < Longueur && t.err != nil && t.err != io.EOF {
			return 0, 0 // what the failure cut is not a record
		}
		if len(b) >= Longueur+2 || t.err != nil {
			if n, f := mesurer(b, t.eol, t.largeur, t.err != nil); n+f > 0 || len(b) == 0 {
				return n, f
			}
		}
		// Twice as much before looking again: a long line that trickles in is not searched at each drop.
		for voulu := max(2*len(b), 3*Longueur); t.fin-t.deb-p < voulu; {
			if !t.lire() {
				break
			}
		}
	}
}
