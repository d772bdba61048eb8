// Package pagedessinee draws ordonnances as a scanner hands them over: printed or handwritten, on a flat or shaded
// sheet, with the defects that make a scan unusable. Tests and examples use them where no real scans can be shown.
// Every person on them is invented.
//
// A drawing is a function of its [Page] alone: the same one gives the same pixels and the same bytes.
package pagedessinee

import (
	"fmt"
	"math/rand/v2"
)

// Defaut is what is wrong with a scan, or remarkable.
type Defaut string

// The cases.
const (
	Aucun     Defaut = ""
	Blanc     Defaut = "blanc"     // nothing on the page
	Verso     Defaut = "verso"     // the back: nothing, or the front shining through
	Noir      Defaut = "noir"      // all dark
	Contraste Defaut = "contraste" // ink hardly darker than paper
	Tronque   Defaut = "tronque"   // the feed stopped: the rest is dark
	Decale    Defaut = "decale"    // the sheet lay aside: text runs off one edge, the other is dark
	Flou      Defaut = "flou"      // out of focus
	Droite    Defaut = "droite"    // the sheet lay aside: text runs off the right edge, paper and ground are both white
	Gauche    Defaut = "gauche"    // the same, off the left edge
	Glissee   Defaut = "glissee"   // the sheet lay too low: its foot is missing, its head is white
	Coin      Defaut = "coin"      // a corner is folded over
	Bouge     Defaut = "bouge"     // the sheet moved during the scan
	Poussiere Defaut = "poussiere" // an empty sheet with dust
	Perdue    Defaut = "perdue"    // a threshold lost all but the first line
	Bords     Defaut = "bords"     // narrow dark borders: to accept
	Pale      Defaut = "pale"      // faint but legible: to accept
	Tampon    Defaut = "tampon"    // stamped: to accept
	Perfore   Defaut = "perfore"   // punched, with dust: to accept
	Trame     Defaut = "lignes"    // on ruled paper: to accept
	Couleur   Defaut = "papier"    // on coloured paper: to accept
	Chargee   Defaut = "chargee"   // a page full of text: to accept
	Paysage   Defaut = "paysage"   // written across a sheet laid on its side: to accept
)

// Format is a size of paper in millimetres, upright.
type Format struct {
	Nom              string
	Largeur, Hauteur float64
}

// Sizes of paper.
var (
	A4 = Format{"A4", 210, 297}
	A5 = Format{"A5", 148, 210}
	A6 = Format{"A6", 105, 148}
)

// Page says what to draw.
type Page struct {
	Graine     uint64 // of everything that is left to chance
	Format     Format
	DPI        float64
	Manuscrite bool
	Defaut     Defaut
	// Inclinaison turns the sheet counter-clockwise, in degrees; Rotation turns the whole scan after that, by 0, 90,
	// 180 or 270.
	Inclinaison float64
	Rotation    int
	Bruit       float64 // grain of the paper, standard deviation in levels
	Ombre       float64 // shading from left to right, in levels
	// Ornements are what the sheet bears besides its lines; those that lean do so by Travers, counter-clockwise, in
	// degrees.
	Ornements []Ornement
	Travers   float64
	// Part is how much of the page a defect takes, or how strong it is, 0 to 1; 0 lets chance decide.
	Part float64
}

func (p Page) String() string {
	main := map[bool]string{true: "manuscrite", false: "imprimée"}[p.Manuscrite]
	s := fmt.Sprintf("%s %s %.0f dpi, %q, %.2f°, %d°, %d", p.Format.Nom, main, p.DPI, p.Defaut, p.Inclinaison, p.Rotation,
		p.Graine)
	if len(p.Ornements) > 0 {
		s += fmt.Sprintf(", %v askew by %.1f°", p.Ornements, p.Travers)
	}
	return s
}

// alea is the chance of a page, for a part of it: parts don't disturb each other.
func (p Page) alea(partie uint64) *rand.Rand { return rand.New(rand.NewPCG(p.Graine, partie)) }
