package transport

import (
	"bufio"
	"bytes"
	"io"
)

// debutMessage leaves aside what may stand before the first field of a message: a byte
// order mark and blank lines, which editors and gateways put there. A message whose lines
// end with CR alone gets whole line ends.
func debutMessage(r io.Reader, remarquer func(string)) io.Reader {
	br := bufio.NewReaderSize(r, tampon/2)
	if b, _ := br.Peek(3); bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		_, _ = br.Discard(3)
	}
	suite, _ := br.Peek(regardMax)
	if bytes.IndexByte(suite, '\n') < 0 && bytes.Count(suite, []byte{'\r'}) > 1 {
		return bufio.NewReaderSize(&finsDeLigne{br: br}, tampon/2)
	}
	blancs, reste := 0, suite
	for {
		i := bytes.IndexByte(reste, '\n')
		if i < 0 || len(bytes.TrimSpace(reste[:i])) > 0 {
			break
		}
		blancs += i + 1
		reste = reste[i+1:]
	}
	if blancs > 0 && (nomDeChamp(reste) > 0 || bytes.HasPrefix(reste, []byte("From "))) {
		_, _ = br.Discard(blancs)
		remarquer(ConstatLigne)
	}
	return br
}

// finsDeLigne gives CRLF for a CR that ends a line alone.
type finsDeLigne struct {
	br *bufio.Reader
	lf bool // a LF is due
}

func (f *finsDeLigne) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if f.lf {
			b[n], f.lf = '\n', false
			n++
			continue
		}
		c, err := f.br.ReadByte()
		if err != nil {
			return n, err
		}
		b[n] = c
		n++
		if c == '\r' {
			if s, _ := f.br.Peek(1); len(s) == 0 || s[0] != '\n' {
				f.lf = true
			}
		}
	}
	return n, nil
}
