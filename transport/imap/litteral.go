package imap

import (
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// ouvrir streams a message; the reader must be closed before another command.
func (s *session) ouvrir(uid imap.UID) (io.ReadCloser, error) {
	cmd := s.c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			if corps, ok := item.(imapclient.FetchItemDataBodySection); ok && corps.Literal != nil {
				return &litteral{cmd: cmd, r: corps.Literal, reste: corps.Literal.Size()}, nil
			}
		}
	}
	if err := cmd.Close(); err != nil {
		return nil, fmt.Errorf("imap: fetching: %w", err)
	}
	return nil, errors.New("imap: fetching: the message is no longer there")
}

// litteral is the body of a message; its size tells a whole one from one cut short.
type litteral struct {
	cmd   *imapclient.FetchCommand
	r     io.Reader
	reste int64
	ferme bool
}

func (l *litteral) Read(b []byte) (int, error) {
	if l.ferme {
		return 0, errors.New("imap: message already closed")
	}
	n, err := l.r.Read(b)
	l.reste -= int64(n)
	if err == io.EOF && l.reste > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Close reads what is left, so that the session can go on.
func (l *litteral) Close() error {
	if l.ferme {
		return nil
	}
	_, err := io.Copy(io.Discard, l)
	l.ferme = true
	return errors.Join(err, l.cmd.Close())
}
