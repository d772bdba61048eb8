package transport

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-message/textproto"
)

const (
	enteteMax  = 1 << 20 // bytes of one header
	champsMax  = 10_000  // fields of one header
	regardMax  = 8 << 10 // how far ahead a doubtful line is judged
	egareesMax = 2       // lines that may stand between the last field and the blank line
)

// lecteurEntete reads a header as it comes: a bad line doesn't lose the fields
// around it.
type lecteurEntete struct {
	br        *bufio.Reader
	remarquer func(code string)
	lus       int
	champs    [][]byte // whole fields, with their line ends
	saute     bool     // the continuations of a field left aside go with it
	blanche   bool     // the last line held blanks alone
	reste     []byte   // the start of the body, already read
}

// lireEntete reads a header. What follows is reste, then br.
func lireEntete(br *bufio.Reader, remarquer func(string)) (h textproto.Header, reste []byte, err error) {
	l := &lecteurEntete{br: br, remarquer: remarquer}
	for {
		ligne, err := l.ligne()
		if err != nil && err != io.EOF {
			return h, nil, err
		}
		if len(ligne) == 0 || len(finLigne(ligne)) == 0 || l.traiter(ligne) {
			break
		}
	}
	// In reverse: Header keeps the last field added as the first.
	for i := len(l.champs) - 1; i >= 0; i-- {
		h.AddRaw(l.champs[i])
	}
	return h, l.reste, nil
}

// finLigne drops the line end, doubled CRs included.
func finLigne(l []byte) []byte { return bytes.TrimRight(l, "\r\n") }

// ligne reads a line with its end; at the end of the input what is left, and io.EOF.
func (l *lecteurEntete) ligne() ([]byte, error) {
	var out []byte
	for {
		b, err := l.br.ReadSlice('\n')
		if l.lus += len(b); l.lus > enteteMax {
			return nil, fmt.Errorf("%w: header of more than %d bytes", ErrTropGrand, enteteMax)
		}
		out = append(out, b...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return out, err
		}
	}
}

// traiter takes a line that isn't blank; true when the body begins with it.
func (l *lecteurEntete) traiter(ligne []byte) (corps bool) {
	premiere := len(l.champs) == 0
	blanche := l.blanche
	l.blanche = len(bytes.TrimSpace(ligne)) == 0
	switch {
	case ligne[0] == ' ' || ligne[0] == '\t':
		if l.saute {
			return false
		}
		if premiere {
			return l.egaree(ligne)
		}
		l.continuer(ligne)
		return false
	case nomDeChamp(ligne) > 0:
		if len(l.champs) >= champsMax {
			l.remarquer(ConstatLigne)
			return false
		}
		l.saute = false
		l.champs = append(l.champs, finir(ligne))
		return false
	case bytes.HasPrefix(ligne, []byte("From ")) || bytes.HasPrefix(ligne, []byte(">From ")):
		l.saute = true
		l.remarquer(ConstatMbox)
		return false
	case !premiere && !l.saute && l.inacheve() && parametreSeul(ligne):
		l.remarquer(ConstatPli)
		l.continuer(append([]byte{'\t'}, ligne...))
		return false
	}
	if blanche && !premiere { // the blank line, damaged
		l.remarquer(ConstatSeparation)
		l.reste = ligne
		return true
	}
	return l.egaree(ligne)
}

func (l *lecteurEntete) continuer(ligne []byte) {
	n := len(l.champs) - 1
	l.champs[n] = append(l.champs[n], finir(ligne)...)
}

// finir gives a line one end: a CR too many would be part of the value.
func finir(ligne []byte) []byte {
	texte := finLigne(ligne)
	if len(ligne)-len(texte) == 1 && ligne[len(texte)] == '\n' {
		return ligne
	}
	return append(texte, '\r', '\n')
}

// egaree judges a line that is no field: a stranger among the fields, or the first
// line of the body. Fields that follow before the blank line tell the former.
func (l *lecteurEntete) egaree(ligne []byte) (corps bool) {
	l.saute = true
	if i := bytes.IndexByte(ligne, ':'); i > 0 && !bytes.HasPrefix(ligne, []byte("--")) && motUnique(ligne[:i]) {
		l.remarquer(ConstatNom)
		return false
	}
	suite, _ := l.br.Peek(regardMax)
	if len(suite) == 0 {
		suite, _ = l.br.Peek(l.br.Buffered())
	}
	lignes, vide := 0, false
	for len(suite) > 0 {
		x := suite
		if i := bytes.IndexByte(suite, '\n'); i >= 0 {
			x, suite = suite[:i+1], suite[i+1:]
		} else {
			suite = nil
		}
		if vide = len(finLigne(x)) == 0; vide {
			break
		}
		if n := nomDeChamp(x); n > 0 && !bytes.HasPrefix(ligne, []byte("--")) {
			l.remarquer(ConstatLigne)
			return false
		}
		lignes++
	}
	if len(l.champs) > 0 && vide && lignes < egareesMax && !bytes.HasPrefix(ligne, []byte("--")) {
		l.remarquer(ConstatLigne)
		return false
	}
	if len(l.champs) > 0 {
		l.remarquer(ConstatSeparation)
	}
	l.reste = ligne
	return true
}

// motUnique: a name that nothing allows (8-bit letters), but a name.
func motUnique(b []byte) bool {
	return len(b) <= 76 && !bytes.ContainsAny(b, " \t\r\n")
}

// nomDeChamp is the length of the field name that a line begins with (RFC 5322
// §2.2), the blanks before the colon left out; 0 for none.
func nomDeChamp(ligne []byte) int {
	i := bytes.IndexByte(ligne, ':')
	if i <= 0 {
		return 0
	}
	nom := bytes.TrimRight(ligne[:i], " \t")
	for _, c := range nom {
		if c <= ' ' || c >= 0x7f {
			return 0
		}
	}
	return len(nom)
}

// inacheve: the last field waits for something, as a Content-Type that ends with a
// semicolon or within quotes.
func (l *lecteurEntete) inacheve() bool {
	champ := bytes.TrimRight(l.champs[len(l.champs)-1], " \t\r\n")
	return bytes.HasSuffix(champ, []byte(";")) || bytes.HasSuffix(champ, []byte(",")) ||
		bytes.Count(champ, []byte{'"'})%2 == 1
}

// parametreSeul: a line such as name="value".
func parametreSeul(ligne []byte) bool {
	m := parametre.FindIndex(ligne)
	return m != nil && m[0] == 0 || bytes.IndexByte(ligne, '"') >= 0
}
