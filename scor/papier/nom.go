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
// spaces around dropped, every character drawable ([ErreurCaractere]), at most max of them ([ErrLong]).
func Nom(texte string, max int) (string, error) {
	texte = strings.TrimSpace(norm.NFC.String(texte))
	if n := utf8.RuneCountInString(texte); n > max {
		return "", fmt.Errorf("%w: %d characters, at most %d", ErrLong, n, max)
	}
	return texte, Ecrivable(texte)
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
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
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
