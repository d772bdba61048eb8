package pop3

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// recuperer runs RETR; the reader must be closed before another command.
func (s *session) recuperer(numero int) (io.ReadCloser, error) {
	if _, err := s.commande("RETR", strconv.Itoa(numero)); err != nil {
		return nil, err
	}
	s.ouvert = &corps{s: s, debut: true}
	return s.ouvert, nil
}

// corps undoes the dot lines of a message.
type corps struct {
	s     *session
	reste []byte // of the line read, inside the buffer of the session
	debut bool   // at the start of a line
	fin   bool
	ferme bool
}

func (c *corps) Read(b []byte) (int, error) {
	if c.ferme {
		return 0, errors.New("pop3: message already closed")
	}
	return c.lire(b)
}

func (c *corps) lire(b []byte) (int, error) {
	if c.fin {
		return 0, io.EOF
	}
	if c.s.perdu != nil {
		return 0, c.s.perdu
	}
	n := 0
	for n < len(b) {
		if len(c.reste) == 0 {
			// Don't wait for the network while there's something to give.
			if n > 0 && c.s.br.Buffered() == 0 {
				break
			}
			if err := c.ligne(); err != nil {
				if n > 0 && err == io.EOF {
					break
				}
				return n, err
			}
		}
		k := copy(b[n:], c.reste)
		c.reste = c.reste[k:]
		n += k
	}
	return n, nil
}

func (c *corps) ligne() error {
	l, err := c.s.br.ReadSlice('\n')
	if err != nil && err != bufio.ErrBufferFull {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		c.s.perdu = fmt.Errorf("pop3: RETR: %w", err)
		return c.s.perdu
	}
	debut := c.debut
	c.debut = err == nil
	if debut && l[0] == '.' {
		if s := string(l); s == ".\r\n" || s == ".\n" {
			c.fin = true
			return io.EOF
		}
		l = l[1:]
	}
	c.reste = l
	return nil
}

// Close reads what is left, so that the session can go on.
func (c *corps) Close() error {
	if c.ferme {
		return nil
	}
	c.ferme = true
	if c.fin {
		return nil
	}
	b := make([]byte, 32<<10)
	for {
		if _, err := c.lire(b); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
