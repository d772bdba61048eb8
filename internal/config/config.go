// Package config decodes a YAML file that people edit into Go structs and reports every error at once, in French, each
// with its line. A general YAML decoder stops at the first wrong value; whoever writes a profile from a paper
// specification wants the whole list. It is the one guard of every such file: see [Lire].
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Erreur is one thing wrong in a file: Ligne is 1-based (0 where no line applies), Chemin the path of keys, as in
// "lot.enregistrements[2].nom".
type Erreur struct {
	Fichier string
	Ligne   int
	Chemin  string
	Message string
}

func (e *Erreur) Error() string {
	var b strings.Builder
	if e.Fichier != "" {
		b.WriteString(e.Fichier)
		b.WriteByte(':')
	}
	if e.Ligne > 0 {
		fmt.Fprintf(&b, "%d: ", e.Ligne)
	}
	if e.Chemin != "" {
		b.WriteString(e.Chemin)
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// place is where a key stands: the files of a chain (a profile and the one that it extends) are several.
type place struct {
	fichier string
	ligne   int
}

// Document is a decoded file with the place of each of its keys, so that later checks can name the line.
type Document struct {
	Fichier string
	places  map[string]place
	// lues are the paths that the file being read has given: the same path twice is a fault, the same path as in the file
	// extended is not.
	lues    map[string]bool
	erreurs []*Erreur
}

// Lire decodes the YAML of r into the struct that v points to. Keys are the `yaml` tags; an unknown key, a wrong type
// or a key given twice is an error of the document, found with Err. The error returned is for what prevents any
// reading: I/O, YAML syntax, a text that no person writes (too long, too deep, not UTF-8).
func Lire(r io.Reader, fichier string, v any) (*Document, error) {
	return (&Document{places: map[string]place{}}).Etendre(r, fichier, v)
}

// Etendre decodes another file over what the document already holds, and gives the document of both. A key takes the
// place of the one that was there; keys that the file doesn't give stay. A list takes the place of the whole list,
// unless it is written as keys: then each key names the element (by its nom, or its code) that what follows changes.
func (d *Document) Etendre(r io.Reader, fichier string, v any) (*Document, error) {
	corps, err := arbre(r, fichier)
	if err != nil {
		return nil, err
	}
	d.Fichier, d.lues = fichier, map[string]bool{}
	d.valeur(corps, "", reflect.ValueOf(v).Elem())
	return d, nil
}

// Cle gives the text and the line of one key at the top of a file, "" where it isn't there: what a file extends is
// known before it is read.
func Cle(r io.Reader, fichier, cle string) (valeur string, ligne int, err error) {
	corps, err := arbre(r, fichier)
	if err != nil {
		return "", 0, err
	}
	ps, _ := paires(corps)
	for _, p := range ps {
		if p.Key.GetToken().Value == cle {
			if s, ok := p.Value.(*ast.StringNode); ok {
				return s.Value, p.Key.GetToken().Position.Line, nil
			}
		}
	}
	return "", 0, nil
}

// Ajouter reports something wrong at a path.
func (d *Document) Ajouter(chemin, format string, args ...any) {
	p := d.place(chemin)
	d.erreurs = append(d.erreurs, &Erreur{Fichier: p.fichier, Ligne: p.ligne, Chemin: chemin, Message: fmt.Sprintf(format,
		args...)})
}

// Ligne gives the line of a path, or of its nearest parent that stands in the file.
func (d *Document) Ligne(chemin string) int { return d.place(chemin).ligne }

func (d *Document) place(chemin string) place {
	for {
		if p, ok := d.places[chemin]; ok {
			return p
		}
		i := strings.LastIndexAny(chemin, ".[")
		if i < 0 {
			if p, ok := d.places[""]; ok {
				return p
			}
			return place{fichier: d.Fichier}
		}
		chemin = chemin[:i]
	}
}

// Present says whether the file gives the key.
func (d *Document) Present(chemin string) bool {
	_, ok := d.places[chemin]
	return ok
}

// Fautes says how many errors were reported so far: a check that needs a sound file asks it.
func (d *Document) Fautes() int { return len(d.erreurs) }

// Err gives all that was reported, in the order of the lines, or nil. errors.As finds each *Erreur through Unwrap()
// []error.
func (d *Document) Err() error {
	slices.SortStableFunc(d.erreurs, func(a, b *Erreur) int {
		return cmp.Or(cmp.Compare(a.Ligne, b.Ligne), cmp.Compare(a.Chemin, b.Chemin))
	})
	errs := make([]error, len(d.erreurs))
	for i, e := range d.erreurs {
		errs[i] = e
	}
	return errors.Join(errs...)
}

func (d *Document) noter(chemin string, n ast.Node) {
	if t := n.GetToken(); t != nil && t.Position != nil {
		d.places[chemin] = place{d.Fichier, t.Position.Line}
	}
}
