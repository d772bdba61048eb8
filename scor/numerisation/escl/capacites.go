package escl

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Source is where the scanner takes sheets from.
type Source uint8

// The sources.
const (
	Vitre              Source = iota + 1 // the platen: one sheet, laid by hand
	Chargeur                             // the feeder, one side of each sheet
	ChargeurRectoVerso                   // the feeder, both sides
)

// String is the source in French.
func (s Source) String() string {
	switch s {
	case Vitre:
		return "vitre"
	case Chargeur:
		return "chargeur"
	case ChargeurRectoVerso:
		return "chargeur recto verso"
	}
	return "source inconnue"
}

// Mode is a colour mode, by its name in eSCL.
type Mode string

// The modes that pieces are scanned in; scanners have others (RGB48…), which pieces have no use for.
const (
	NoirBlanc Mode = "BlackAndWhite1"
	Gris      Mode = "Grayscale8"
	Couleur   Mode = "RGB24"
)

// The formats that package numerisation reads and scanners write.
const (
	JPEG = "image/jpeg"
	PDF  = "application/pdf"
)

// Capacites says what a scanner can do.
type Capacites struct {
	Version string // of eSCL
	Modele  string // make and model
	Serie   string // serial number
	Entrees []Entree
}

// Entree is a source with what can be asked of it.
type Entree struct {
	Source               Source
	LargeurMM, HauteurMM float64 // of the largest page; 0 unknown
	Profils              []Profil
}

// Profil is a set of settings that go together.
type Profil struct {
	Modes       []Mode
	Formats     []string // MIME types, in lower case
	Resolutions []int    // in dots per inch, ascending
	// ResolutionMin to ResolutionMax, by Pas, where the scanner gives a range.
	ResolutionMin, ResolutionMax, Pas int
}

// Entree gives what a source can do; nil if the scanner hasn't it.
func (c *Capacites) Entree(s Source) *Entree {
	i := slices.IndexFunc(c.Entrees, func(e Entree) bool { return e.Source == s })
	if i < 0 {
		return nil
	}
	return &c.Entrees[i]
}

// Reglages is what is asked of a scanner for one job.
type Reglages struct {
	Source Source
	DPI    int
	Mode   Mode
	Format string // MIME type
	// LargeurMM and HauteurMM are the page; 0 takes A4, or the scanner's largest page where that is smaller.
	LargeurMM, HauteurMM float64
}

// resolution is the lowest of a profile that is dpi or more; 0 for none.
func (p *Profil) resolution(dpi int) int {
	meilleure := 0
	for _, r := range p.Resolutions {
		if r >= dpi && (meilleure == 0 || r < meilleure) {
			meilleure = r
		}
	}
	if p.ResolutionMax >= dpi && p.ResolutionMax > 0 {
		r := p.ResolutionMin
		if r < dpi {
			r += (dpi - r + p.Pas - 1) / p.Pas * p.Pas
		}
		if r > 0 && r <= p.ResolutionMax && (meilleure == 0 || r < meilleure) {
			meilleure = r
		}
	}
	return meilleure
}

// Choisir picks what to ask of a source for a piece: the lowest resolution that is dpi or more, shades of grey
// (black and white made by the scanner loses pale writing; numerisation makes it where nothing is lost), and JPEG
// (each page comes by itself, so that a jam loses one). The error says what the scanner hasn't.
func (c *Capacites) Choisir(s Source, dpi int) (Reglages, error) {
	e := c.Entree(s)
	if e == nil {
		return Reglages{}, fmt.Errorf("escl: the scanner has no such source (%s); it has %s", s, c.sources())
	}
	best, score := Reglages{}, math.MaxInt
	for i := range e.Profils {
		p := &e.Profils[i]
		r := p.resolution(dpi)
		if r == 0 {
			continue
		}
		for im, m := range []Mode{Gris, Couleur, NoirBlanc} {
			for jf, f := range []string{JPEG, PDF} {
				n := (im*2+jf)*1_000_000 + r
				if n < score && slices.Contains(p.Modes, m) && slices.Contains(p.Formats, f) {
					best, score = Reglages{Source: s, DPI: r, Mode: m, Format: f}, n
				}
			}
		}
	}
	if score == math.MaxInt {
		return Reglages{}, fmt.Errorf("escl: no settings of the scanner's %s give %d dpi as JPEG or PDF", s, dpi)
	}
	best.LargeurMM, best.HauteurMM = e.page(0, 0)
	return best, nil
}

// page is the page asked for, within what the source takes.
func (e *Entree) page(l, h float64) (float64, float64) {
	borner := func(v, defaut, limite float64) float64 {
		if v <= 0 {
			v = defaut
		}
		if limite > 0 {
			v = min(v, limite)
		}
		return v
	}
	return borner(l, 210, e.LargeurMM), borner(h, 297, e.HauteurMM)
}

func (c *Capacites) sources() string {
	noms := make([]string, len(c.Entrees))
	for i := range c.Entrees {
		noms[i] = c.Entrees[i].Source.String()
	}
	return strings.Join(noms, ", ")
}

// Lengths are in three hundredths of an inch.
func enMM(n int) float64 { return float64(n) * 25.4 / 300 }
func enTrois(mm float64) int {
	return int(math.Round(mm * 300 / 25.4))
}

// Etat is the state of a scanner, in the words of eSCL.
type Etat struct {
	Etat     string // "Idle", "Processing", "Testing", "Stopped", "Down"
	Chargeur string // "ScannerAdfLoaded", "ScannerAdfEmpty", "ScannerAdfJam"…; "" when there is none, or nothing is said
	Travaux  []Travail
}

// Travail is a job that the scanner knows of.
type Travail struct {
	URI, UUID       string
	Etat            string // "Pending", "Processing", "Completed", "Canceled", "Aborted"
	Motifs          []string
	Images, Restent int // done, and still to be fetched
}
