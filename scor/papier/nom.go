package papier

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
)

// ErreurCaractere says which character of a text no document could write. It doesn't repeat the text, which may be a
// name.
type ErreurCaractere struct {
	Rune rune
	Rang int // of the character in the text, from 1
}

func (e *ErreurCaractere) Error() string {
	if e.Rune == utf8.RuneError {
		return fmt.Sprintf("papier: character %d is not valid UTF-8", e.Rang)
	}
	return fmt.Sprintf("papier: no font has character %d (%U%s)", e.Rang, e.Rune, visible(e.Rune))
}

// Phrase says the same in French, to who typed the text.
func (e *ErreurCaractere) Phrase() string {
	if e.Rune == utf8.RuneError {
		return fmt.Sprintf("le caractère n° %d est illisible", e.Rang)
	}
	return fmt.Sprintf("le caractère n° %d (%U%s) ne peut pas être imprimé : écrivez ce nom autrement", e.Rang, e.Rune,
		visible(e.Rune))
}

func visible(r rune) string {
	if !unicode.IsPrint(r) {
		return ""
	}
	return " « " + string(r) + " »"
}

// NomMax is how many characters a name may have in the documents of the SDK.
const NomMax = 200

// ErrLong says that a text has more characters than its place.
var ErrLong = errors.New("papier: text too long")

// Nom takes a text in where it is typed or read, so that every later document can write it: accents composed (NFC),
// spaces around and signs that nobody sees dropped, every character drawable ([ErreurCaractere]), at most max of them
// ([ErrLong]).
func Nom(texte string, max int) (string, error) {
	texte = strings.TrimSpace(norm.NFC.String(oterInvisibles(texte)))
	if n := utf8.RuneCountInString(texte); n > max {
		return "", fmt.Errorf("%w: %d characters, at most %d", ErrLong, n, max)
	}
	if i := strings.IndexRune(texte, utf8.RuneError); i >= 0 {
		// What another program could not read: the name is damaged already.
		return "", &ErreurCaractere{utf8.RuneError, utf8.RuneCountInString(texte[:i]) + 1}
	}
	return texte, Ecrivable(texte)
}

// oterInvisibles drops what comes along when a name is copied from a screen (marks of order, byte order marks, soft
// hyphens) and makes every space one that breaks: two names that look the same are the same. Joiners stay beside
// letters that join. Forced directions stay too, to be refused: without them the name would read otherwise.
func oterInvisibles(texte string) string {
	if strings.IndexFunc(texte, func(r rune) bool { return r >= 0x80 && (discret(r) || unicode.Is(unicode.Zs, r)) }) < 0 {
		return texte
	}
	runes := []rune(texte)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r == 0x200C || r == 0x200D:
			if i > 0 && i < len(runes)-1 && pdf.Faconne(runes[i-1]) && pdf.Faconne(runes[i+1]) {
				b.WriteRune(r)
			}
		case !discret(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// discret says whether a character is a format that a name neither needs nor shows.
func discret(r rune) bool {
	switch {
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0xFEFF, r >= 0x200B && r <= 0x200F, r >= 0x2060 && r <= 0x2064,
		r >= 0x202A && r <= 0x202C, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// interdit says whether no document shows a character as it is: controls, and forced directions.
func interdit(r rune) bool {
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r == 0x202D || r == 0x202E
}

// Ecrivable says whether documents can write a text, in every font that they use.
func Ecrivable(texte string) error {
	rang := 0
	for i, r := range texte {
		rang++
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(texte[i:]); n == 1 {
				return &ErreurCaractere{r, rang}
			}
		}
		if interdit(r) {
			return &ErreurCaractere{r, rang}
		}
	}
	base, err := references()
	if err != nil {
		return err
	}
	for _, p := range base {
		_, err := p.Largeur(texte, 1)
		var g *pdf.ErreurGlyphe
		if errors.As(err, &g) {
			return &ErreurCaractere{g.Rune, slices.Index([]rune(texte), g.Rune) + 1}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// references are the fonts that the shipped documents name.
var references = sync.OnceValues(func() ([]*pdf.Police, error) {
	var ps []*pdf.Police
	for _, charger := range []func() (*pdf.Police, error){
		polices.Normale, polices.Grasse, polices.Italique, polices.Fixe,
	} {
		p, err := charger()
		if err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	return ps, nil
})
