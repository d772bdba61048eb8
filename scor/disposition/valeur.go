package disposition

import (
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// vide says that there is nothing to write.
func (v *Valeur) vide(g Genre) bool {
	switch g {
	case GenreNombre, GenreMontant:
		return false
	case GenreDate:
		return v.Date.IsZero()
	case GenreInstant:
		return v.Date.IsZero() && v.Nombre < 0
	case GenreEmpreinte:
		return v.Empreinte == nil
	case GenreContenu:
		return v.Open == nil
	}
	return v.Texte == ""
}

// manque says whether a zone that is neither obligatoire nor facultative has to be filled: dates and texts may stay
// blank.
func (v *Valeur) manque(g Genre) bool {
	return g == GenreSens || g == GenreEmpreinte || g == GenreContenu
}

// egale compares with what a condition says.
func (v *Valeur) egale(g Genre, veut string) bool {
	switch g {
	case GenreNombre, GenreMontant:
		return strconv.FormatInt(v.Nombre, 10) == veut
	case GenreDate, GenreInstant:
		return v.Date.String() == veut
	}
	return v.Texte == veut
}

// VTexte is the value of a text, an identifier, a code or a meaning; false where it is empty.
func VTexte(s string) (Valeur, bool) { return Valeur{Texte: s}, s != "" }

// VNombre is the value of a number.
func VNombre(n int64) (Valeur, bool) { return Valeur{Nombre: n}, true }

// VDate is the value of a date; false where it is none.
func VDate(d fse.Date) (Valeur, bool) { return Valeur{Date: d, Nombre: -1}, !d.IsZero() }
