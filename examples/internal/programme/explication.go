package programme

import (
	"bufio"
	"errors"
	"io"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Explication is the frame of a program that explains files, one after the other: its flags, its exit codes, and where
// it writes.
type Explication struct {
	// Nom is the program's, Strict what the help says of -strict.
	Nom, Strict string
	// Usage is its call.
	Usage string
	// Message says an error of Un in French; "" leaves it to Francais.
	Message func(error) string
	// Un explains one file, and says how grave the worst of its findings is.
	Un func(v Vue, nom string, source io.Reader) (fse.Gravite, error)

	sortie, erreurs io.Writer
	options         *Options
	json, clair     *bool
	strict          *bool
}

// Vue is how the user wants to see a file.
type Vue struct {
	// JSON asks for an object an invoice, a line each; Clair for numbers of the insured as they are.
	JSON, Clair     bool
	Sortie, Erreurs io.Writer
}

// New prepares the flags that all have in common; the program adds its own to what it returns, then calls Run.
func (e *Explication) New(sortie, erreurs io.Writer) *Options {
	e.sortie, e.erreurs = sortie, erreurs
	e.options = New(e.Nom, e.Usage, erreurs)
	e.json = e.options.Bool("json", false, "écrire un objet JSON par facture")
	e.clair = e.options.Bool("clair", false, "écrire les numéros d'immatriculation en clair")
	e.strict = e.options.Bool("strict", false, e.Strict)
	return e.options
}

// Run explains the files that args name, - being entree. preparer, which may be nil, is called once the flags are
// read.
func (e *Explication) Run(args []string, entree io.Reader, preparer func() error) error {
	noms, err := e.options.Parse(args)
	switch {
	case err != nil:
		return err
	case len(noms) == 0:
		return e.options.Mauvais("aucun fichier")
	}
	if preparer != nil {
		if err := preparer(); err != nil {
			return err
		}
	}
	w := bufio.NewWriter(e.sortie)
	vue := Vue{JSON: *e.json, Clair: *e.clair, Sortie: w, Erreurs: e.erreurs}
	pire := fse.Information
	lus := Fichiers{Programme: e.Nom, Noms: noms, Entree: entree, Erreurs: e.erreurs, Message: e.Message}
	err = lus.Lire(func(nom string, source io.Reader) error {
		g, err := e.Un(vue, nom, source)
		pire = max(pire, g)
		return err
	})
	if err := errors.Join(err, w.Flush()); err != nil {
		return err
	}
	if *e.strict && pire >= fse.Erreur {
		return ErrRefus
	}
	return nil
}

// Jour is a date as the French write it.
func Jour(d fse.Date) string {
	if d.IsZero() {
		return "(sans date)"
	}
	return d.Time(nil).Format("02/01/2006")
}
