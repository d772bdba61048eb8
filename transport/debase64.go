package transport

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
)

// decodeurBase64 decodes a stream of lines. What relays and their filters add is
// told from what would be a damage: blanks are dropped anywhere, padding can be
// missing at the end, and a text after the base64 is left aside, each with a
// remark. A line that isn't base64 among others, or base64 after the padding, is an
// error. It works on whole lines, which the decoder of encoding/base64 doesn't.
type decodeurBase64 struct {
	br        *bufio.Reader
	remarquer func(code string)
	propre    []byte // base64 without blanks, not yet decoded
	clair     []byte // decoded, not yet given
	tout      []byte // backing of clair
	total     int64  // base64 characters before propre
	ferme     bool   // padding was seen
	longue    int    // characters of the longest line
	finie     bool   // the base64 may have ended: a short line or a blank one came
	pied      bool   // it ended, and a text follows
	suite     bool   // the next piece is of the same line
	err       error
}

func nouveauDecodeurBase64(r io.Reader, remarquer func(string)) *decodeurBase64 {
	return &decodeurBase64{br: bufio.NewReaderSize(r, tampon/2), remarquer: remarquer,
		propre: make([]byte, 0, tampon/2+4), tout: make([]byte, tampon/2+4)}
}

func (d *decodeurBase64) Read(b []byte) (int, error) {
	for len(d.clair) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.remplir()
	}
	n := copy(b, d.clair)
	d.clair = d.clair[n:]
	return n, nil
}

// remplir takes lines until there's enough to decode.
func (d *decodeurBase64) remplir() {
	var err error
	for err == nil && d.err == nil && len(d.propre) < tampon/4 {
		var l []byte
		l, err = d.br.ReadSlice('\n')
		entiere := !errors.Is(err, bufio.ErrBufferFull)
		if !entiere {
			err = nil
		}
		d.morceau(l, entiere)
		if d.br.Buffered() == 0 && len(d.propre) >= 4 {
			break // what came is given before more is waited for
		}
	}
	if d.decoder(); d.err != nil {
		return
	}
	if err == io.EOF {
		err = d.fin()
	}
	if err != nil {
		d.err = err
	}
}

// morceau takes a line, or a piece of a long one; a CR alone ends a line too.
func (d *decodeurBase64) morceau(l []byte, entiere bool) {
	for d.err == nil {
		texte := finLigne(l)
		i := bytes.IndexByte(texte, '\r')
		if i < 0 {
			d.ligne(bytes.Trim(texte, " \t"), d.suite || !entiere)
			d.suite = !entiere
			return
		}
		d.ligne(bytes.Trim(texte[:i], " \t"), d.suite)
		d.suite = false
		l = l[i+1:]
	}
}

// ligne takes a line without blanks around it.
func (d *decodeurBase64) ligne(l []byte, partielle bool) {
	if len(l) == 0 {
		d.finie = d.finie || d.longue > 0
		return
	}
	alphabet, blancs := sontBase64(l)
	switch {
	case d.pied:
		// A footer that long lines of base64 follow was a damage in the middle.
		if alphabet && !blancs && len(l) >= 60 {
			d.err = base64.CorruptInputError(d.total + int64(len(d.propre)))
		}
		return
	case alphabet && blancs && (d.finie || d.ferme), !alphabet && (d.finie || d.ferme) && d.longue > 0 && !partielle:
		d.pied = true
		d.remarquer(ConstatPied)
		return
	case !alphabet:
		d.err = base64.CorruptInputError(d.total + int64(len(d.propre)+premierHors(l)))
		return
	case d.ferme:
		d.err = base64.CorruptInputError(d.total + int64(len(d.propre)))
		return
	}
	if blancs {
		l = bytes.ReplaceAll(bytes.ReplaceAll(l, []byte(" "), nil), []byte("\t"), nil)
	}
	d.finie = d.finie || !partielle && len(l) < d.longue
	d.longue = max(d.longue, len(l))
	d.propre = append(d.propre, l...)
	d.ferme = l[len(l)-1] == '='
}

// decoder decodes whole groups of four.
func (d *decodeurBase64) decoder() {
	k := len(d.propre) &^ 3
	if k == 0 {
		return
	}
	if cap(d.tout) < k {
		d.tout = make([]byte, k)
	}
	m, faute := base64.StdEncoding.Decode(d.tout[:cap(d.tout)], d.propre[:k])
	d.clair = d.tout[:m]
	if position, ok := faute.(base64.CorruptInputError); ok {
		if d.err == nil || int64(position) < int64(len(d.propre)) {
			d.err = base64.CorruptInputError(d.total + int64(position))
		}
		return
	}
	d.total += int64(k)
	d.propre = d.propre[:copy(d.propre, d.propre[k:])]
}

// fin takes what is left when the stream has ended: two or three characters are
// bytes without their padding, one alone is the rest of something cut.
func (d *decodeurBase64) fin() error {
	reste := bytes.TrimRight(d.propre, "=")
	if len(d.propre) == 0 {
		return io.EOF
	}
	if len(reste) < 2 {
		return io.ErrUnexpectedEOF
	}
	b, err := base64.RawStdEncoding.DecodeString(string(reste))
	if err != nil {
		return base64.CorruptInputError(d.total)
	}
	d.clair = append(d.clair[:len(d.clair):len(d.clair)], b...)
	d.propre = d.propre[:0]
	d.remarquer(ConstatBourrage)
	return io.EOF
}

// alphabetBase64 is 1 for what base64 is made of, 2 for blanks.
var alphabetBase64 = func() (t [256]byte) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") {
		t[c] = 1
	}
	t[' '], t['\t'] = 2, 2
	return t
}()

// sontBase64 says whether a line has nothing but base64 and blanks, and whether it
// has blanks.
func sontBase64(l []byte) (alphabet, blancs bool) {
	for _, c := range l {
		switch alphabetBase64[c] {
		case 0:
			return false, blancs
		case 2:
			blancs = true
		}
	}
	return true, blancs
}

func premierHors(l []byte) int {
	for i, c := range l {
		if alphabetBase64[c] == 0 {
			return i
		}
	}
	return len(l)
}
