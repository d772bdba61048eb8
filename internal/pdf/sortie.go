package pdf

import (
	"crypto/sha256"
	"hash"
	"io"
	"strconv"
)

// sortie is the file going out: it counts and hashes what passes. The hash
// runs over whole buffers, since SHA-256 fed by crumbs costs more than the
// writing itself.
type sortie struct {
	dst   io.Writer
	buf   []byte
	pos   int64
	somme hash.Hash
	err   error
}

const tailleTampon = 64 << 10

func newSortie(dst io.Writer) *sortie {
	return &sortie{dst: dst, buf: make([]byte, 0, tailleTampon), somme: sha256.New()}
}

func (s *sortie) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if len(s.buf)+len(p) > cap(s.buf) {
		s.vider()
		if len(p) >= cap(s.buf) {
			s.passer(p)
			return len(p), s.err
		}
	}
	s.buf = append(s.buf, p...)
	s.pos += int64(len(p))
	return len(p), s.err
}

// ReadFrom fills the buffer from r directly: io.Copy then allocates nothing.
func (s *sortie) ReadFrom(r io.Reader) (n int64, err error) {
	for s.err == nil {
		if len(s.buf) == cap(s.buf) {
			s.vider()
			continue
		}
		k, err := r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+k]
		s.pos += int64(k)
		n += int64(k)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, s.err
}

func (s *sortie) WriteString(t string) (int, error) {
	if s.err == nil && len(s.buf)+len(t) <= cap(s.buf) {
		s.buf = append(s.buf, t...)
		s.pos += int64(len(t))
		return len(t), nil
	}
	return s.Write([]byte(t))
}

func (s *sortie) entier(n int64) {
	var b [20]byte
	s.Write(strconv.AppendInt(b[:0], n, 10))
}

func (s *sortie) passer(p []byte) {
	s.somme.Write(p)
	s.pos += int64(len(p))
	if _, err := s.dst.Write(p); err != nil {
		s.err = err
	}
}

func (s *sortie) vider() {
	if s.err != nil || len(s.buf) == 0 {
		return
	}
	s.somme.Write(s.buf)
	if _, err := s.dst.Write(s.buf); err != nil {
		s.err = err
	}
	s.buf = s.buf[:0]
}

// empreinte is the SHA-256 of all that was written so far.
func (s *sortie) empreinte() (h [sha256.Size]byte) {
	s.vider()
	s.somme.Sum(h[:0])
	return h
}
