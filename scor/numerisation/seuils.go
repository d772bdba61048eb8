package numerisation

import (
	"errors"
	"fmt"
)

// Seuils are the thresholds of the judgement that no text fixes. The defaults were derived from drawn ordonnances and
// real scans; each comment gives what was measured on either side. Levels are luminances from 0 to 255.
type Seuils struct {
	// PapierMin is the level of the paper under which a page is too dark. Scans all black: 25 to 60; aged or shaded
	// paper: 119 and up.
	PapierMin float64
	// PapierClair is the level of the paper from which writing too faint is so for too much light. Ordinary paper: up
	// to 250.
	PapierClair float64
	// NoirMax is the share of solid black (out of dark bands along the edges) over which a bilevel page is too dark.
	// Newspaper with photographs: up to 0.25; negatives: 0.7 and up.
	NoirMax float64
	// ContrasteMin is the least difference between paper and writing, as the median over the places with writing.
	// Illegible scans: 9 to 18; the faintest readable one: 35; ordonnances: 80 and up.
	ContrasteMin float64
	// ContrasteIllisible is the difference under which writing is illegible whatever else; from there to ContrasteMin
	// it has to stand in lines that agree, and out of the grain by ContrasteBruit times its standard deviation, or a
	// person is asked. Illegible: 9 to 18, hardly over 8 times; pale carbon copies: 25, over 40 times.
	ContrasteIllisible, ContrasteBruit float64
	// MarquesMin is the area of the page, in square millimetres of places with ink, under which it is blank. Dust on a
	// blank side: under 20; one short line of writing: 60 and up; ordonnances: 350 and up.
	MarquesMin float64
	// PoussiereMax is the area, in square millimetres, up to which ink in no line and no stroke is dust. Dusty sides:
	// up to 60; a drawing or a photograph: thousands.
	PoussiereMax float64
	// PoussiereFine is the same where no piece is longer than PoussiereTaille, in millimetres: however much of it there
	// is, dust has no strokes.
	PoussiereFine, PoussiereTaille float64
	// TraitsMin is the number of strokes up to which a page that has no line of writing has a person asked whether it
	// is one. A dusty side: none or a hair; a word by hand: three and up.
	TraitsMin int
	// TraitGrand is the length, in millimetres, that the largest stroke must have on a page that has no line of writing
	// for nobody to be asked: hairs on an empty sheet have up to 8, a signature or a joined word 15 and up.
	TraitGrand float64
	// Transparence is how much faint writing must look like the mirror of the page before, 0 to 1, to be that page
	// shining through a blank side. Backs of a page: 0.9 and up; of other ordonnances, laid out alike: up to 0.75.
	Transparence float64
	// BandeMax is the share of the page's side that a dark band may take along an edge; beyond, the sheet lies shifted
	// or was cut. Scanners' borders: up to 0.12.
	BandeMax float64
	// CoupesMin is the least number of places where writing runs off the start or the end of lines, and CoupesPart the
	// least share of the lines, for the page to be truncated. Whole pages: 0 to 1; shifted by a sixth or more: 2 and
	// up, a third of the lines.
	CoupesMin  int
	CoupesPart float64
	// CoupesLigne is the number of cut letters that refuse the page by themselves when they belong to a line or a
	// stamp; a cut piece that doesn't has a person asked.
	CoupesLigne int
	// BasHaut is the share of the page's height over which its head is blank, BasRapport the part of that blank that
	// its foot has at most, and BasLignes the lines that there must be, for a sheet to have slid down in the frame, its
	// foot perhaps missing: a person is asked. Whole ordonnances: up to 0.17; slid by a third: 0.3 and up.
	BasHaut, BasRapport float64
	BasLignes           int
	// CoupesRang is the least number of letters that the top or the bottom edge cuts for a line of writing to be cut
	// through. Whole pages: 0 to 3.
	CoupesRang int
	// FlouMax is the width of the edges of strokes, in millimetres, over which a page is blurred (said, not refused),
	// FlouIllisible the one over which it is illegible.
	FlouMax, FlouIllisible float64
	// FlouBouge is the width of edges, in millimetres, across or along the page, over which the sheet moved while it
	// was scanned, if it is FlouRapport times that of the other way. Sheets that lay still: up to 0.45 and 2; that
	// moved by 1 to 3 mm: 0.9 and up, 3 and up.
	FlouBouge, FlouRapport float64
	// Direction is the slope of letters along the way that has least of it, as a share of the greatest, under which the
	// sheet moved along that way, if edges are FlouDirection millimetres wide or more. Still sheets, by hand or in
	// print: 0.48 and up; moved by 2 to 4 mm in any direction: up to 0.17.
	Direction, FlouDirection float64
	// Redresser is the skew in degrees from which a page is straightened. Under it a scan passes through as it is.
	Redresser float64
	// Certitude is how sure the lines of writing must be of their slope, 0 to 1, for it to be told, CertitudeRedresser
	// for the page to be straightened by it. Print in three lines or more: 0.6 and up; a few lines by hand, a stamp
	// alone: up to 0.3.
	Certitude, CertitudeRedresser float64
	// Debout is the least share, 0 to 1, by which letters have their neighbours along the page rather than across for
	// it to lie on its side. Upright pages and lying ones: 0.7 and up either way.
	Debout float64
	// Sens is how much ink above the letters' bodies and aligned margins must say together, 0 to 1, for a page to be
	// turned upside down, and Endroit what letters and lines counted must say, in standard deviations of chance; both
	// have to agree, on LignesEndroit lines at least. Upright pages of ten lines: 0.9 and up. EndroitContraire is asked
	// for against what the file says of its orientation.
	Sens, Endroit, EndroitContraire float64
	LignesEndroit                   int
	// RognerMM is the width of dark border, in millimetres, from which it is cropped off.
	RognerMM float64
	// ChromaMax is how far from grey a dark border may be, in levels of Cb or Cr, to be cropped off: beyond, it is the
	// sheet's own. Lids and lamps: up to 6; printed bands: 20 and up.
	ChromaMax float64
	// PerspectiveDeg is by how much the slope of lines may change from the head of the page to its foot, in degrees,
	// before it is a photograph taken aslant. Scanners: up to 0.5.
	PerspectiveDeg float64
	// PageMaxMM is the longest side of a page in millimetres: beyond, the resolution that a file gives is absurd.
	PageMaxMM float64
	// DPIMax is the highest resolution that is believed.
	DPIMax float64
	// QualiteJPEG is the quality, 1 to 100, of grey and colour pages that have to be coded; QualiteMin that of pages
	// too heavy at the first, under which strokes at 200 dpi blur.
	QualiteJPEG, QualiteMin int
	// PerteMax is the share of the places with writing that may lose it in black and white; beyond, the page stays grey.
	PerteMax float64
}

// SeuilsParDefaut returns the default thresholds.
func SeuilsParDefaut() Seuils {
	return Seuils{
		PapierMin: 75, PapierClair: 250, NoirMax: 0.5, ContrasteMin: 26, ContrasteIllisible: 19, ContrasteBruit: 8,
		PoussiereMax: 300, PoussiereFine: 1200, PoussiereTaille: 4, TraitsMin: 2, TraitGrand: 12, MarquesMin: 40,
		Transparence: 0.82, BandeMax: 0.15, CoupesMin: 2, CoupesPart: 0.3, CoupesRang: 8, CoupesLigne: 1,
		BasHaut: 0.28, BasRapport: 0.9, BasLignes: 4, FlouBouge: 0.65, FlouRapport: 2.5, Direction: 0.28,
		FlouDirection: 0.3, FlouMax: 0.6, FlouIllisible: 1.0, Redresser: 1, Certitude: 0.4,
		CertitudeRedresser: 0.5, Debout: 0.5, Sens: 0.15, Endroit: 1, EndroitContraire: 2.5, LignesEndroit: 6,
		RognerMM: 3, ChromaMax: 12, PerspectiveDeg: 2, PageMaxMM: 600, DPIMax: 2400, QualiteJPEG: 85,
		QualiteMin: 60, PerteMax: 0.02,
	}
}

// verifier says all that is wrong with s.
func (s *Seuils) verifier() error {
	var errs []error
	borne := func(nom string, v, min, max float64) {
		if !(v >= min && v <= max) {
			errs = append(errs, fmt.Errorf("%s is %v, expected %v to %v", nom, v, min, max))
		}
	}
	borne("PapierMin", s.PapierMin, 0, 255)
	borne("PapierClair", s.PapierClair, s.PapierMin, 255)
	borne("NoirMax", s.NoirMax, 0, 1)
	borne("ContrasteMin", s.ContrasteMin, 0, 255)
	borne("MarquesMin", s.MarquesMin, 0, 1e6)
	borne("Transparence", s.Transparence, 0, 1)
	borne("BandeMax", s.BandeMax, 0, 1)
	borne("CoupesMin", float64(s.CoupesMin), 1, 1e6)
	borne("CoupesRang", float64(s.CoupesRang), 1, 1e6)
	borne("CoupesPart", s.CoupesPart, 0, 1)
	borne("ContrasteIllisible", s.ContrasteIllisible, 0, s.ContrasteMin)
	borne("ContrasteBruit", s.ContrasteBruit, 0, 1000)
	borne("PoussiereMax", s.PoussiereMax, s.MarquesMin, 1e6)
	borne("PoussiereFine", s.PoussiereFine, s.PoussiereMax, 1e6)
	borne("PoussiereTaille", s.PoussiereTaille, 0, 1e4)
	borne("Direction", s.Direction, 0, 1)
	borne("FlouDirection", s.FlouDirection, 0, 100)
	borne("TraitsMin", float64(s.TraitsMin), 0, 1e6)
	borne("TraitGrand", s.TraitGrand, 0, 1e4)
	borne("CoupesLigne", float64(s.CoupesLigne), 1, 1e6)
	borne("BasHaut", s.BasHaut, 0, 1)
	borne("BasRapport", s.BasRapport, 0, 100)
	borne("BasLignes", float64(s.BasLignes), 1, 1e6)
	borne("FlouBouge", s.FlouBouge, 0, 100)
	borne("FlouRapport", s.FlouRapport, 1, 1000)
	borne("FlouMax", s.FlouMax, 0, 100)
	borne("FlouIllisible", s.FlouIllisible, s.FlouMax, 100)
	borne("Redresser", s.Redresser, 0, 90)
	borne("Sens", s.Sens, 0, 1)
	borne("Certitude", s.Certitude, 0, 1)
	borne("CertitudeRedresser", s.CertitudeRedresser, s.Certitude, 1)
	borne("Debout", s.Debout, 0, 1)
	borne("Endroit", s.Endroit, 0, 100)
	borne("EndroitContraire", s.EndroitContraire, s.Endroit, 100)
	borne("LignesEndroit", float64(s.LignesEndroit), 1, 1e6)
	borne("RognerMM", s.RognerMM, 0, 1e4)
	borne("ChromaMax", s.ChromaMax, 0, 255)
	borne("PerspectiveDeg", s.PerspectiveDeg, 0, 90)
	borne("PageMaxMM", s.PageMaxMM, 100, 1e5)
	borne("DPIMax", s.DPIMax, 100, 1e5)
	borne("QualiteJPEG", float64(s.QualiteJPEG), 1, 100)
	borne("QualiteMin", float64(s.QualiteMin), 1, float64(s.QualiteJPEG))
	borne("PerteMax", s.PerteMax, 0, 1)
	return errors.Join(errs...)
}
