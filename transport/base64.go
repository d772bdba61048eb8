package transport

import (
	"bytes"
	"encoding/base64"
	"io"
)

// lignes encodes in base64, in lines of a fixed length that end with CRLF.
type lignes struct {
	w     io.Writer
	n     int // bytes in a line
	reste []byte
	out   []byte
	// When w only counts, nothing is encoded: the length follows from that of the content.
	compte *compteur
	octets int64
}

func nouvellesLignes(w io.Writer, caracteres int) *lignes {
	n := caracteres / 4 * 3
	if c, ok := w.(*compteur); ok {
		return &lignes{n: n, compte: c}
	}
	return &lignes{w: w, n: n, reste: make([]byte, 0, n), out: make([]byte, 0, tampon)}
}

func (l *lignes) Write(p []byte) (int, error) {
	total := len(p)
	if l.compte != nil {
		l.octets += int64(total)
		return total, nil
	}
	if len(l.reste) > 0 {
		k := min(l.n-len(l.reste), len(p))
		l.reste = append(l.reste, p[:k]...)
		p = p[k:]
		if len(l.reste) < l.n {
			return total, nil
		}
		if err := l.ligne(l.reste); err != nil {
			return 0, err
		}
		l.reste = l.reste[:0]
	}
	for len(p) >= l.n {
		if err := l.ligne(p[:l.n]); err != nil {
			return total - len(p), err
		}
		p = p[l.n:]
	}
	l.reste = append(l.reste, p...)
	return total, nil
}

func (l *lignes) ligne(p []byte) error {
	if cap(l.out)-len(l.out) < base64.StdEncoding.EncodedLen(len(p))+2 {
		if err := l.vider(); err != nil {
			return err
		}
	}
	l.out = append(base64.StdEncoding.AppendEncode(l.out, p), '\r', '\n')
	return nil
}

func (l *lignes) vider() error {
	_, err := l.w.Write(l.out)
	l.out = l.out[:0]
	return err
}

// Close writes the last line; it leaves the writer under it open.
func (l *lignes) Close() error {
	if l.compte != nil {
		entieres, reste := l.octets/int64(l.n), int(l.octets%int64(l.n))
		*l.compte += compteur(entieres * int64(base64.StdEncoding.EncodedLen(l.n)+2))
		if reste > 0 {
			*l.compte += compteur(base64.StdEncoding.EncodedLen(reste) + 2)
		}
		return nil
	}
	if len(l.reste) > 0 {
		if err := l.ligne(l.reste); err != nil {
			return err
		}
		l.reste = l.reste[:0]
	}
	return l.vider()
}

// decodeurBase64 decodes a stream of lines: blanks are dropped anywhere (some
// relays leave spaces), anything else that isn't base64 is an error, and so is an
// end within a group of four. It works on whole buffers, which the decoder of
// encoding/base64 doesn't.
type decodeurBase64 struct {
	r      io.Reader
	lu     []byte // buffer for what is read
	propre []byte // base64 without blanks, not yet decoded
	clair  []byte // decoded, not yet given
	tout   []byte // backing of clair
	total  int64  // base64 characters decoded
	ferme  bool   // padding was seen
	err    error
}

func nouveauDecodeurBase64(r io.Reader) *decodeurBase64 {
	return &decodeurBase64{r: r, lu: make([]byte, tampon/2), propre: make([]byte, 0, tampon/2+4), tout: make([]byte, tampon/2)}
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

func (d *decodeurBase64) remplir() {
	n, err := d.r.Read(d.lu)
	d.ajouter(d.lu[:n])
	if k := len(d.propre) &^ 3; k > 0 {
		if d.ferme {
			d.err = base64.CorruptInputError(d.total)
			return
		}
		m, faute := base64.StdEncoding.Decode(d.tout, d.propre[:k])
		d.clair = d.tout[:m]
		if position, ok := faute.(base64.CorruptInputError); ok {
			d.err = base64.CorruptInputError(d.total + int64(position))
			return
		}
		d.total += int64(k)
		d.ferme = d.propre[k-1] == '='
		d.propre = d.propre[:copy(d.propre, d.propre[k:])]
	}
	switch {
	case err == io.EOF && len(d.propre) > 0 && d.ferme:
		d.err = base64.CorruptInputError(d.total)
	case err == io.EOF && len(d.propre) > 0:
		d.err = io.ErrUnexpectedEOF
	case err != nil:
		d.err = err
	}
}

// ajouter appends a piece of the stream to propre, without its blanks.
func (d *decodeurBase64) ajouter(b []byte) {
	if bytes.IndexByte(b, ' ') >= 0 || bytes.IndexByte(b, '\t') >= 0 {
		for _, c := range b {
			if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
				d.propre = append(d.propre, c)
			}
		}
		return
	}
	for len(b) > 0 {
		ligne := b
		i := bytes.IndexByte(b, '\n')
		if i >= 0 {
			ligne, b = b[:i], b[i+1:]
		} else {
			b = nil
		}
		// The CR of a line end, and that of one cut by the buffer.
		if k := len(ligne); k > 0 && ligne[k-1] == '\r' {
			ligne = ligne[:k-1]
		}
		if bytes.IndexByte(ligne, '\r') >= 0 {
			ligne = bytes.ReplaceAll(ligne, []byte("\r"), nil)
		}
		d.propre = append(d.propre, ligne...)
	}
}
