package transport

import (
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
