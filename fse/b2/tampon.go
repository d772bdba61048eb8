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
	src  io.Reader
	buf  []byte
	deb  int // first byte kept in buf
	fin  int // end of what was read
	off  int64
	err  error // what ended the reading, io.EOF included
	eol  byte  // '\n' or '\r' when records are lines, 0 when they follow each other
	vide int   // reads in a row that gave nothing
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

// commencer finds out whether records are lines.
func (t *tampon) commencer() {
	for t.fin-t.deb < Longueur+2 && t.lire() {
	}
	if i := bytes.IndexAny(t.buf[t.deb:min(t.fin, t.deb+Longueur+2)], "\r\n"); i >= 0 {
		t.eol = '\n'
		if t.buf[t.deb+i] == '\r' && (t.deb+i+1 >= t.fin || t.buf[t.deb+i+1] != '\n') {
			t.eol = '\r'
		}
	}
}

// cadre measures the record at p, relative to deb: n bytes, then f bytes of line end. Both are 0 at the end.
func (t *tampon) cadre(p int) (n, f int) {
	i := t.deb + p
	if t.eol == 0 && t.fin-i >= Longueur+2 && t.buf[i+Longueur] > '\r' {
		return Longueur, 0
	}
	for {
		b := t.buf[t.deb+p : t.fin]
		if len(b) < Longueur && t.err != nil && t.err != io.EOF {
			return 0, 0 // what the failure cut is not a record
		}
		if len(b) >= Longueur+2 || t.err != nil {
			if n, f := mesurer(b, t.eol, t.err != nil); n+f > 0 || len(b) == 0 {
				return n, f
			}
		}
		// Twice as much before looking again: a long line that trickles in is not searched at each drop.
		for voulu := 2 * len(b); t.fin-t.deb-p <= voulu; {
			if !t.lire() {
				break
			}
		}
	}
}

// mesurer measures the record at the head of b: n bytes, then f bytes of line end. It answers 0, 0 when b holds too
// little of a line to say; complet tells that nothing follows b.
func mesurer(b []byte, eol byte, complet bool) (n, f int) {
	n = min(Longueur, len(b))
	switch {
	case eol == 0 && complet && n < Longueur:
		// What follows the last whole record: line ends, or a record cut short.
		n = len(bytes.TrimRight(b, "\r\n"))
		return n, len(b) - n
	case eol != 0:
		// The usual line is 128 bytes, then its end: look for an earlier one, else for a later one.
		i := bytes.IndexByte(b[:n], eol)
		if i < 0 && n < len(b) && b[n] != '\r' && b[n] != '\n' {
			if i = bytes.IndexByte(b[n:], eol); i >= 0 {
				i += n
			} else if !complet {
				return 0, 0
			} else {
				return len(b), 0
			}
		}
		if i >= 0 {
			n = i
			if n > 0 && eol == '\n' && b[n-1] == '\r' {
				n--
			}
		}
	}
	if n < len(b) {
		switch {
		case b[n] == '\n':
			f = 1
		case b[n] == '\r' && n+1 < len(b) && b[n+1] == '\n':
			f = 2
		case b[n] == '\r':
			f = 1
		}
	}
	return n, f
}
