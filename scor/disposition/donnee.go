package disposition

import (
	"io"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Genre of a datum says how it is written.
type Genre uint8

// The genres.
const (
	GenreTexte Genre = iota
	GenreIdentifiant
	GenreCode // a code of the profile's own tables
	GenreNombre
	GenreMontant
	GenreDate
	GenreInstant
	GenreNaissance
	GenreEmpreinte
	GenreSens    // a meaning, translated by Zone.Codes
	GenreContenu // the document itself
)

// String names the genre in French.
func (g Genre) String() string {
	return [...]string{"texte", "identifiant", "code", "nombre", "montant", "date", "date et heure", "date de naissance",
		"empreinte SHA-256", "sens", "contenu"}[g]
}

// Donnee is a datum that a zone may ask for.
type Donnee struct {
	Nom   string
	Genre Genre
	// Sens lists the meanings of a datum of GenreSens.
	Sens []string
	// Largeur is the number of characters of a text that always has as many; 0: any.
	Largeur int
	// Chiffres says that a text holds digits only.
	Chiffres bool
	// Pour lists the levels at which the datum exists, and below which it still does.
	Pour []Pour
	// Libre says that Nom is the beginning of names that the host chooses.
	Libre bool
	// Aide says in French what it is.
	Aide string
}

// Vocabulaire is the data that the zones of a kind of file may ask for.
type Vocabulaire []Donnee

// Trouver finds a datum by its name; one of the host's own comes with its whole name.
func (v Vocabulaire) Trouver(nom string) (Donnee, bool) {
	for _, d := range v {
		if d.Nom == nom && !d.Libre {
			return d, true
		}
		if d.Libre && strings.HasPrefix(nom, d.Nom) && len(nom) > len(d.Nom) {
			d.Nom = nom
			return d, true
		}
	}
	return Donnee{}, false
}

// Proches lists the names to choose from: those that begin alike, or all.
func (v Vocabulaire) Proches(nom string) []string {
	debut, _, _ := strings.Cut(nom, ".")
	var tous, proches []string
	for _, d := range v {
		n := d.Nom
		if d.Libre {
			n += "…"
		}
		tous = append(tous, n)
		if strings.HasPrefix(n, debut+".") {
			proches = append(proches, n)
		}
	}
	if len(proches) == 0 {
		proches = tous
	}
	slices.Sort(proches)
	return proches
}

// Valeur is the value of a datum, in the field of its genre.
type Valeur struct {
	// Texte is a text, an identifier, a code, a meaning, or the six digits of a birth date.
	Texte string
	// Nombre is a number, cents, the seconds of an instant since midnight (-1: not told), or the year that a birth is
	// before.
	Nombre    int64
	Date      fse.Date
	Empreinte *[32]byte
	// Open opens a document.
	Open func() (io.ReadCloser, error)
}

// Source is what is written. Lier is called first: the numbers by which Valeur is asked are those of the list. Boucle
// calls f for each of a level inside where it stands.
type Source interface {
	Lier(donnees []Donnee)
	Boucle(p Pour, f func() error) error
	Valeur(i int) (Valeur, bool)
}

// Puits is told what is read. Lier comes first. A level begins and ends; between, the data of it. What Poser returns is
// reported with the zone.
type Puits interface {
	Lier(donnees []Donnee)
	Entrer(p Pour)
	Sortir(p Pour)
	Poser(i int, v Valeur) error
	// Contenu is told the bytes of a document; it reads them to the end.
	Contenu(i int, r io.Reader) error
	// Faute is told of what is wrong as soon as it is seen, before the level that it is in ends.
	Faute(e *Erreur)
}
