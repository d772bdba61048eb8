package disposition

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Lecture is what a [Codec] writes: data by their names, where it stands.
type Lecture struct {
	s       Source
	donnees []Donnee
}

// Boucle calls f for each of a level inside where it stands: the lots, the pieces of this lot, the document of this
// piece.
func (l *Lecture) Boucle(p Pour, f func() error) error { return l.s.Boucle(p, f) }

// Valeur gives a datum; false where it isn't there.
func (l *Lecture) Valeur(nom string) (Valeur, bool) {
	for i := range l.donnees {
		if l.donnees[i].Nom == nom {
			v, ok := l.s.Valeur(i)
			return v, ok && !v.vide(l.donnees[i].Genre)
		}
	}
	return Valeur{}, false
}

// Texte gives a text, an identifier, a code or a meaning, or "".
func (l *Lecture) Texte(nom string) string { v, _ := l.Valeur(nom); return v.Texte }

// Nombre gives a number or cents, or 0.
func (l *Lecture) Nombre(nom string) int64 {
	if v, ok := l.Valeur(nom); ok {
		return v.Nombre
	}
	return 0
}

// Date gives a date, or the zero one.
func (l *Lecture) Date(nom string) fse.Date { v, _ := l.Valeur(nom); return v.Date }

// Ecriture is what a [Codec] tells of the file that it reads.
type Ecriture struct {
	p       Puits
	donnees []Donnee
	errs    []error
}

// Dans tells what stands in one of a level: f tells it.
func (e *Ecriture) Dans(p Pour, f func() error) error {
	e.p.Entrer(p)
	defer e.p.Sortir(p)
	return f()
}

// Poser tells a datum by its name.
func (e *Ecriture) Poser(nom string, v Valeur) error {
	for i := range e.donnees {
		if e.donnees[i].Nom == nom {
			return e.p.Poser(i, v)
		}
	}
	return fmt.Errorf("%w : aucune donnée %q", ErrFormat, nom)
}

// Texte tells a text, an identifier, a code or a meaning; an empty one is none.
func (e *Ecriture) Texte(nom, v string) error {
	if v == "" {
		return nil
	}
	return e.Poser(nom, Valeur{Texte: v})
}

// Nombre tells a number or cents.
func (e *Ecriture) Nombre(nom string, n int64) error { return e.Poser(nom, Valeur{Nombre: n}) }

// Date tells a date; the zero one is none.
func (e *Ecriture) Date(nom string, d fse.Date) error {
	if d.IsZero() {
		return nil
	}
	return e.Poser(nom, Valeur{Date: d, Nombre: -1})
}

// Contenu tells the bytes of a document.
func (e *Ecriture) Contenu(nom string, r io.Reader) error {
	for i := range e.donnees {
		if e.donnees[i].Nom == nom {
			return e.p.Contenu(i, r)
		}
	}
	return fmt.Errorf("%w : aucune donnée %q", ErrFormat, nom)
}

// Faute tells what is wrong, and lets the reading go on.
func (e *Ecriture) Faute(x *Erreur) {
	e.p.Faute(x)
	if len(e.errs) < erreursMax {
		e.errs = append(e.errs, x)
	}
}

// Octets is the document that b holds, for tests and for documents in memory.
func Octets(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

var errProfondeur = errors.New("des éléments trop imbriqués")
