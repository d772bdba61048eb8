package numerisation

import (
	"cmp"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Page is what was found on, and done to, one page.
type Page struct {
	Source string // name of the file
	Numero int    // in the file, from 1
	// Resolution as read or as the caller said, in dots per inch; 0 unknown.
	DPIX, DPIY float64
	// Size of the page once upright, in millimetres; 0 where the resolution is unknown.
	LargeurMM, HauteurMM float64
	// Inclinaison is the skew that was measured, in degrees, positive when lines rise to the right.
	Inclinaison float64
	// Rotation is by how much the page was found turned counter-clockwise: 0, 90, 180 or 270 degrees. What an
	// orientation tag of the file says is undone before it is measured.
	Rotation int
	// Retenue says that the page is in the PDF; a blank side isn't.
	Retenue   bool
	Octets    int64          // of the image in the PDF
	Empreinte scor.Empreinte // of the same
	Constats  []Constat
	Etapes    []Etape
	blanche   bool // nothing on it: a side that may be left out
}

// Refusee says whether the page has a finding that refuses it.
func (p *Page) Refusee() bool {
	return slices.ContainsFunc(p.Constats, func(c Constat) bool { return c.Bloquant })
}

// Constat returns the finding of that code; not tested if there is none.
func (p *Page) Constat(code Code) Constat {
	for _, c := range p.Constats {
		if c.Code == code {
			return c
		}
	}
	return Constat{Code: code}
}

// Etape is a step of the way from the scan to the page, with the SHA-256 of what went in and of what came out: coded
// streams where there are any, pixels between two transformations.
type Etape struct {
	// Nom is "transmettre" (the stream passes through untouched), "decoder", "coder", or a transformation's name
	// ([scor.Transformations]).
	Nom          string
	Detail       string // in French
	Avant, Apres scor.Empreinte
}

// Resultat is the verdict on a piece and its PDF.
type Resultat struct {
	// Accepte says that the PDF is complete and fit to be sent. Otherwise what was written must be thrown away, unless
	// [Resultat.AConfirmer].
	Accepte bool
	Pages   []Page
	// Constats are the findings about files as a whole; those of pages are in Pages.
	Constats  []Constat
	Octets    int64          // of the PDF
	Empreinte scor.Empreinte // of the PDF
	// complet says that the PDF was written to its end.
	complet bool
}

// Retenues is the number of pages in the PDF.
func (r *Resultat) Retenues() int {
	n := 0
	for i := range r.Pages {
		if r.Pages[i].Retenue {
			n++
		}
	}
	return n
}

// Motifs are the codes for which the piece is refused, or of the questions that it waits for, each once, in order;
// empty if it is accepted.
func (r *Resultat) Motifs() []string {
	var m []string
	for c := range r.bloquants() {
		if !slices.Contains(m, string(c.Code)) {
			m = append(m, string(c.Code))
		}
	}
	for _, q := range r.Questions() {
		if !slices.Contains(m, string(q.Code)) {
			m = append(m, string(q.Code))
		}
	}
	return m
}

// Messages are the sentences for the person at the scanner: first what refuses the piece, then what was found besides.
// On a piece that is refused they leave out what was done to make it good.
func (r *Resultat) Messages() []string {
	var bloquants, autres []string
	ajouter := func(c Constat) {
		switch {
		case c.ouverte(): // an open question is a sentence of its own
			bloquants = append(bloquants, cmp.Or(c.Message, c.Question))
		case c.Etat != Present || c.Message == "":
		case c.Bloquant:
			bloquants = append(bloquants, c.Message)
		case c.Renumeriser || r.Accepte:
			autres = append(autres, c.Message)
		}
	}
	for _, c := range r.Constats {
		ajouter(c)
	}
	for i := range r.Pages {
		for _, c := range r.Pages[i].Constats {
			ajouter(c)
		}
	}
	return slices.Compact(append(bloquants, autres...))
}

func (r *Resultat) bloquants() func(yield func(Constat) bool) {
	return func(yield func(Constat) bool) {
		for _, c := range r.Constats {
			if c.Bloquant && !yield(c) {
				return
			}
		}
		for i := range r.Pages {
			for _, c := range r.Pages[i].Constats {
				if c.Bloquant && !yield(c) {
					return
				}
			}
		}
	}
}

// Etapes are the steps of all pages in order.
func (r *Resultat) Etapes() []Etape {
	var e []Etape
	for i := range r.Pages {
		e = append(e, r.Pages[i].Etapes...)
	}
	return e
}

// Piece describes the PDF as a pièce justificative; who calls says where it can be read.
func (r *Resultat) Piece(id, genre string) scor.Piece {
	p := scor.Piece{ID: id, Type: genre, Pages: r.Retenues(), Octets: r.Octets, Empreinte: r.Empreinte}
	if len(r.Pages) > 0 {
		p.Fichier = r.Pages[0].Source
	}
	return p
}
