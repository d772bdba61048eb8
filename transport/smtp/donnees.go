package smtp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

var (
	// ErrLigne: the message has a CR or an LF alone, which relays do not all read
	// alike (a part of the message could pass for an SMTP command).
	ErrLigne = errors.New("smtp: a line of the message does not end with CRLF")
	// Err8Bits: the message has 8-bit bytes, and the relay does not take them.
	Err8Bits = errors.New("smtp: the message is not 7-bit and the relay does not offer 8BITMIME")
	// ErrTaille: the message is bigger than what the relay takes.
	ErrTaille = errors.New("smtp: the message is bigger than what the relay takes")
)

// ligneMax bounds the line that is kept back, hence memory. RFC 5321 §4.5.3.1.6
// allows 998 bytes; the relay refuses longer ones if it wants to.
const ligneMax = 64 << 10

// points copies a message as the DATA command wants it, with the leading dots
// doubled (RFC 5321 §4.5.2), by whole lines. It checks the ends of lines on the
// way.
//
// textproto's DotWriter does the same a byte at a time, which takes half of the
// time of a sending; it's kept for the last line and the final dot.
type points struct {
	dst io.Writer
	max int64 // bytes of the message at most, 0 without limit
	lus int64
}

// copier sends all lines but the last, which it returns.
func (p *points) copier(src io.Reader) ([]byte, error) {
	tampon := make([]byte, 128<<10)
	n := 0 // bytes in tampon: always from the start of a line
	for {
		m, err := src.Read(tampon[n:])
		n += m
		p.lus += int64(m)
		if p.max > 0 && p.lus > p.max {
			return nil, definitive(fmt.Errorf("%w: more than %d bytes", ErrTaille, p.max))
		}
		fin := errors.Is(err, io.EOF)
		if err != nil && !fin {
			return nil, &erreurLocale{err: err}
		}
		// The last whole line stays, unless what follows shows that it's not the last.
		lignes := 0
		if i := bytes.LastIndexByte(tampon[:n], '\n'); i > 0 {
			lignes = bytes.LastIndexByte(tampon[:i], '\n') + 1
			if i+1 < n {
				lignes = i + 1
			}
		}
		if err := p.ecrire(tampon[:lignes]); err != nil {
			return nil, err
		}
		n = copy(tampon, tampon[lignes:n])
		if fin {
			if err := verifierLignes(tampon[:n]); err != nil {
				return nil, err
			}
			return tampon[:n], nil
		}
		if n > ligneMax {
			return nil, definitive(fmt.Errorf("%w: a line of more than %d bytes", ErrLigne, ligneMax))
		}
	}
}

// ecrire writes whole lines.
func (p *points) ecrire(lignes []byte) error {
	debut := 0
	for i := 0; i < len(lignes); {
		if lignes[i] == '.' {
			// From here on, the dot comes twice.
			if _, err := p.dst.Write(lignes[debut : i+1]); err != nil {
				return err
			}
			debut = i
		}
		j := i + bytes.IndexByte(lignes[i:], '\n')
		if err := verifierLigne(lignes[i : j+1]); err != nil {
			return err
		}
		i = j + 1
	}
	_, err := p.dst.Write(lignes[debut:])
	return err
}

// verifierLigne wants one CR, before the LF.
func verifierLigne(l []byte) error {
	if len(l) < 2 || bytes.IndexByte(l, '\r') != len(l)-2 {
		return definitive(ErrLigne)
	}
	return nil
}

// verifierLignes checks what ends the message: one line, and its end.
func verifierLignes(l []byte) error {
	if len(l) == 0 {
		return nil
	}
	if l[len(l)-1] != '\n' {
		return definitive(fmt.Errorf("%w: the last one", ErrLigne))
	}
	return verifierLigne(l)
}

// erreurLocale is a fault found on our side: of the message, or of what was asked
// of the relay.
type erreurLocale struct {
	err        error
	definitive bool
}

func (e *erreurLocale) Error() string { return e.err.Error() }
func (e *erreurLocale) Unwrap() error { return e.err }

func definitive(err error) error { return &erreurLocale{err: err, definitive: true} }

// septBits reads a message through to know whether it's 7-bit.
func septBits(src io.Reader) (bool, error) {
	tampon := make([]byte, 64<<10)
	for {
		n, err := src.Read(tampon)
		for _, b := range tampon[:n] {
			if b >= 0x80 {
				return false, nil
			}
		}
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}
