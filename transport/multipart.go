package transport

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lecteurMultipart cuts the body of a multipart at its boundary (RFC 2046 §5.1),
// without reading the headers of the parts: a bad one is then nobody else's matter.
type lecteurMultipart struct {
	br      *bufio.Reader
	limite  []byte // with its two hyphens
	partie  *corpsPartie
	finie   bool // the last boundary was seen, or the end
	tronque bool // the end came without it
	coupe   bool // and in the middle of a line
}

func nouveauMultipart(r io.Reader, limite string) *lecteurMultipart {
	return &lecteurMultipart{br: bufio.NewReaderSize(r, tampon/2), limite: []byte("--" + limite)}
}

// suivante gives the next part, once what is left of the one before was read. The
// preamble and the epilogue, of any length, aren't kept.
func (m *lecteurMultipart) suivante() (*corpsPartie, error) {
	p := m.partie
	if p == nil {
		p = &corpsPartie{m: m, debut: true}
	}
	if _, err := io.Copy(io.Discard, p); err != nil {
		return nil, err
	}
	if m.finie {
		return nil, io.EOF
	}
	m.partie = &corpsPartie{m: m, debut: true}
	return m.partie, nil
}

// corpsPartie is a part: its header and its body. The line end before a boundary
// belongs to the boundary.
type corpsPartie struct {
	m      *lecteurMultipart
	debut  bool   // at the start of a line
	retenu []byte // the last line end, while it may be a boundary's
	pret   []byte // to give: in the buffer of the reader
	avant  []byte // to give first
	err    error
}

func (p *corpsPartie) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		if len(p.avant) > 0 {
			k := copy(b[n:], p.avant)
			p.avant, n = p.avant[k:], n+k
			continue
		}
		if len(p.pret) > 0 {
			k := copy(b[n:], p.pret)
			p.pret, n = p.pret[k:], n+k
			continue
		}
		if p.err != nil {
			break
		}
		p.ligne()
	}
	if n == 0 && p.err != nil && len(b) > 0 {
		return 0, p.err
	}
	return n, nil
}

// ligne takes the next line, or a piece of one that is longer than the buffer.
func (p *corpsPartie) ligne() {
	l, err := p.m.br.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		err = nil
	}
	if p.debut && p.m.separe(l) {
		p.err = io.EOF
		return
	}
	p.avant = append(p.avant[:0], p.retenu...)
	p.retenu = p.retenu[:0]
	p.debut = len(l) > 0 && l[len(l)-1] == '\n'
	if p.debut {
		texte := finLigne(l)
		p.retenu = append(p.retenu, l[len(texte):]...)
		l = texte
	}
	p.pret = l
	if p.err = err; err == io.EOF {
		p.m.finie, p.m.tronque, p.m.coupe = true, true, len(l) > 0
	}
}

// separe recognises a boundary; blanks and doubled CRs behind it don't count.
func (m *lecteurMultipart) separe(l []byte) bool {
	reste, ok := bytes.CutPrefix(l, m.limite)
	if !ok {
		return false
	}
	switch string(bytes.TrimRight(reste, " \t\r\n")) {
	case "":
		return true
	case "--":
		m.finie = true
		return true
	}
	return false
}

// ouvre: a boundary that begins a part is there. One that only ends them would have the
// whole content dropped as a preamble.
func ouvre(corps []byte, limite string) bool {
	m := nouveauMultipart(nil, limite)
	for l := range bytes.Lines(corps) {
		if m.separe(l) {
			return !m.finie
		}
	}
	return false
}

// limiteVue guesses the boundary of a multipart that announces none: its first line
// that begins with two hyphens, if it comes again.
func limiteVue(br *bufio.Reader) string {
	debut, _ := br.Peek(regardMax)
	vues := map[string]int{}
	for l := range bytes.Lines(debut) {
		l = bytes.TrimRight(l, " \t\r\n")
		if !bytes.HasPrefix(l, []byte("--")) || len(l) < 4 || len(l) > 202 {
			continue
		}
		nom := string(bytes.TrimSuffix(l[2:], []byte("--")))
		if vues[nom]++; vues[nom] == 2 {
			return nom
		}
	}
	return ""
}
