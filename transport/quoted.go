package transport

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// decodeurQP undoes quoted-printable (RFC 2045 §6.7). What isn't a sequence is given
// as it is, as the RFC advises.
type decodeurQP struct {
	br        *bufio.Reader
	remarquer func()
	pret      []byte
	tout      []byte
	err       error
}

func nouveauDecodeurQP(r io.Reader, remarquer func()) *decodeurQP {
	return &decodeurQP{br: bufio.NewReaderSize(r, tampon/2), remarquer: remarquer}
}

func (d *decodeurQP) Read(b []byte) (int, error) {
	for len(d.pret) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		l, err := d.br.ReadSlice('\n')
		d.tout = append(d.tout, l...)
		if errors.Is(err, bufio.ErrBufferFull) {
			// The last characters may belong to a sequence that the next piece ends.
			if k := bytes.LastIndexByte(d.tout, '='); k < 0 || k < len(d.tout)-2 {
				k = len(d.tout)
				d.pret = d.decoder(d.tout[:k], nil)
				d.tout = nil
			} else {
				d.pret = d.decoder(d.tout[:k], nil)
				d.tout = append([]byte(nil), d.tout[k:]...)
			}
			continue
		}
		d.err = err
		texte := finLigne(d.tout)
		fin := d.tout[len(texte):]
		texte = bytes.TrimRight(texte, " \t")
		if souple, ok := bytes.CutSuffix(texte, []byte("=")); ok && (len(fin) > 0 || err == io.EOF) {
			texte, fin = souple, nil
		}
		d.pret = d.decoder(texte, fin)
		d.tout = nil
	}
	n := copy(b, d.pret)
	d.pret = d.pret[n:]
	return n, nil
}

// decoder gives the bytes of a line, in place.
func (d *decodeurQP) decoder(texte, fin []byte) []byte {
	if bytes.IndexByte(texte, '=') < 0 {
		return append(texte, fin...)
	}
	out := make([]byte, 0, len(texte)+len(fin))
	for i := 0; i < len(texte); i++ {
		if texte[i] != '=' {
			out = append(out, texte[i])
			continue
		}
		if i+2 < len(texte) {
			a, okA := hexa(texte[i+1])
			b, okB := hexa(texte[i+2])
			if okA && okB {
				out = append(out, a<<4|b)
				i += 2
				continue
			}
		}
		d.remarquer()
		out = append(out, '=')
	}
	return append(out, fin...)
}

func hexa(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}
