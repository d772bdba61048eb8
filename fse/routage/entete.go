package routage

import (
	"bufio"
	"bytes"
	"io"
)

// entete looks at the first line before the CSV reader takes it.
type entete struct{ *bufio.Reader }

func newEntete(r io.Reader) entete { return entete{bufio.NewReaderSize(r, 4096)} }

// separateur is the semicolon of French spreadsheets when the first line has more of them than commas.
func (e entete) separateur() rune {
	b, _ := e.Peek(4096)
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	if bytes.Count(b, []byte(";")) > bytes.Count(b, []byte(",")) {
		return ';'
	}
	return ','
}
