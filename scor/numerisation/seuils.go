package numerisation

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
)

// Seuils are the thresholds of the judgement, which no text fixes: all the constants that decide, by subject. A field
// that is zero has its default, so that a host sets what it means to and no more; one that must count for nothing is
// set to a value so small that it doesn't.
//
// The defaults were derived from drawn ordonnances and real scans, not fitted to them: each comment gives, after the
// default in brackets, what was measured on either side. Levels are luminances from 0 to 255, shares go from 0 to 1.
type Seuils struct {
	SeuilsClarte    // what is too light, too dark or too pale
	SeuilsVide      // what is blank: dust, a hair, the front shining through
	SeuilsCadrage   // what is truncated or shifted
	SeuilsFlou      // what is blurred, or moved
	SeuilsGeometrie // when a page is turned, straightened or cropped
	SeuilsTaille    // which sizes and resolutions are believed
	SeuilsCodage    // how pages that can't pass through are coded
	// how ink is told from paper, on pages with levels
	SeuilsEncre
	// what can be a letter, and which letters follow each other in a line
	SeuilsLettres
	// how lines vote on the skew of the page
	SeuilsVotes
	// which way up writing is
	SeuilsSens
	// dark bands along the edges: a scanner's border, a letterhead, a shadow
	SeuilsBandes
	// what ink at an edge of the frame is
	SeuilsBords
	// the inner edge of a dark band, behind which writing goes on unseen
	SeuilsLisieres
	// folded corners
	SeuilsCoins
	// strokes out of lines: words by hand, signatures, stamps; and dust, hairs and rules, which are none
	SeuilsTraits
	// what tells a photograph taken aslant
	SeuilsBiais
	// where sharpness is measured
	SeuilsNettete
	// how grey becomes black and white, and what is lost then
	SeuilsNoirBlanc
}

// SeuilsClarte say what is too light, too dark or too pale.
type SeuilsClarte struct {
	// PapierMin (75) is the level of the paper under which a page is too dark. Scans all black: 25 to 60; aged or
	// shaded paper: 119 and up.
	PapierMin float64 `max:"255"`
	// PapierClair (250) is the level of the paper from which writing too faint is so for too much light. Ordinary
	// paper: up to 250.
	PapierClair float64 `max:"255"`
	// NoirMax (0.5) is the share of solid black (out of dark bands along the edges) over which a bilevel page is too
	// dark. Newspaper with photographs: up to 0.25; negatives: 0.7 and up.
	NoirMax float64 `max:"1"`
	// NoirPartout (0.85) is the same of the whole frame, wherever the sheet lies in it. A slip on a black ground: up
	// to 0.75.
	NoirPartout float64 `max:"1"`
	// NoirSale (0.6) is the share of the sheet's square millimetres that are soiled (SaleEncre) over which a bilevel page
	// is too dark: paper that a threshold turned into grain. Close text: up to 0.3.
	NoirSale float64 `max:"1"`
	// ContrasteMin (26) is the least difference between paper and writing, as the median over the places with
	// writing. Illegible scans: 9 to 18; the faintest readable one: 35; ordonnances: 80 and up.
	ContrasteMin float64 `max:"255"`
	// ContrasteIllisible (19) is the difference under which writing is illegible whatever else; from there to
	// ContrasteMin it has to stand in lines that agree, or a person is asked. Illegible: 9 to 18; pale carbon copies:
	// 25.
	ContrasteIllisible float64 `max:"255"`
	// ContrasteBruit (8) is how many standard deviations it must stand out of the grain there. Illegible: hardly over
	// 8; pale carbon copies: over 40.
	ContrasteBruit float64
	// TraceNettete (2.5) is how sharply lines must stand out at their angle for writing too faint to be read to be
	// told from grain, which has 1.7.
	TraceNettete float64
	// TracesMin (6) is in how many pieces of lines; grain has none.
	TracesMin int
}

// SeuilsVide say what is blank: dust, a hair, the front shining through.
type SeuilsVide struct {
	// MarquesMin (40) is the area, in square millimetres of places with ink, under which a page is blank. Dust on a
	// blank side: under 20; one short line of writing: 60 and up; ordonnances: 350 and up.
	MarquesMin float64
	// PoussiereMax (300) is the area, in square millimetres, up to which ink in no line and no stroke is dust. Dusty
	// sides: up to 60; a drawing or a photograph: thousands.
	PoussiereMax float64
	// PoussiereFine (1200) is the same where no piece is longer than PoussiereTaille: however much of it there is,
	// dust has no strokes.
	PoussiereFine float64
	// PoussiereTaille (4) is the length of the longest speck, in millimetres. Fluff: up to 3.
	PoussiereTaille float64
	// TraitsMin (2) is the number of strokes up to which a page that has no line of writing has a person asked
	// whether it is one. A dusty side: none or a hair; a word by hand: three and up.
	TraitsMin int
	// TraitGrand (12) is the length, in millimetres, that the largest stroke must have on a page that has no line of
	// writing for nobody to be asked: hairs on an empty sheet have up to 8, a signature or a joined word 15 and up.
	TraitGrand float64
	// Transparence (0.82) is how much faint writing must look like the mirror of the page before to be that page
	// shining through a blank side. Backs of a page: 0.9 and up; of other ordonnances, laid out alike: up to 0.75.
	Transparence float64 `max:"1"`
}

// SeuilsCadrage say what is truncated or shifted.
type SeuilsCadrage struct {
	// BandeMax (0.15) is the share of the page's side that a dark band may take along an edge; beyond, the sheet lies
	// shifted or was cut. Scanners' borders: up to 0.12.
	BandeMax float64 `max:"1"`
	// CoupesMin (2) is the least number of places where writing runs off the start or the end of lines for the page
	// to be truncated. Whole pages: 0 to 1; shifted by a sixth or more: 2 and up.
	CoupesMin int
	// CoupesPart (0.3) is the least share of the lines that are cut then. Shifted pages: a third.
	CoupesPart float64 `max:"1"`
	// CoupesLigne (1) is the number of cut letters that refuse the page by themselves when they belong to a line or a
	// stamp; a cut piece that doesn't has a person asked.
	CoupesLigne int
	// CoupesRang (8) is the least number of letters that the top or the bottom edge cuts for a line of writing to be
	// cut through. Whole pages: 0 to 3.
	CoupesRang int
	// BasHaut (0.28) is the share of the page's height over which its head, or its foot, is blank for a sheet to have
	// slid in the frame. Heads of whole ordonnances: up to 0.17; slid by a third: 0.3 and up.
	BasHaut float64 `max:"1"`
	// BasRapport (0.9) is the part of that blank that the foot has at most if the sheet slid down. Whole ordonnances
	// that begin low: 1 and up.
	BasRapport float64
	// BasLignes (4) is the lines that there must be. Notes of two or three lie anywhere.
	BasLignes int
}

// SeuilsFlou say what is blurred, or moved.
type SeuilsFlou struct {
	// FlouMax (0.6) is the width of the edges of strokes, in millimetres, over which a page is blurred (said, not
	// refused). Scanners: up to 0.4.
	FlouMax float64
	// FlouIllisible (1) is the one over which it is illegible. Blur by 0.7 mm: 1.2.
	FlouIllisible float64
	// FlouBouge (0.65) is the width of edges, in millimetres, across or along the page, over which the sheet moved
	// while it was scanned, if it is FlouRapport times that of the other way. Sheets that lay still: up to 0.45; that
	// moved by 1 to 3 mm: 0.9 and up.
	FlouBouge float64
	// FlouRapport (2.5) is the ratio of both widths. Sheets that lay still: up to 2; that moved: 3 and up.
	FlouRapport float64
	// Direction (0.28) is the slope of letters along the way that has least of it, as a share of the greatest, under
	// which the sheet moved along that way, if edges are FlouDirection wide. Still sheets, in narrow capitals by hand:
	// 0.29 and up; moved by 2 to 4 mm in any direction: mostly up to 0.17.
	Direction float64 `max:"1"`
	// FlouDirection (0.3) is the width of edges, in millimetres, that a sheet which moved has at least. Print scanned
	// sharply: 0.2.
	FlouDirection float64
	// DirectionLarge (0.38) is the same where edges are FlouLarge wide: still sheets have 0.53 and up there, those that
	// moved up to 0.29.
	DirectionLarge float64 `max:"1"`
	// FlouLarge (0.45) is that width, in millimetres. Print and pens scanned sharply: up to 0.35.
	FlouLarge float64
}

// SeuilsGeometrie say when a page is turned, straightened or cropped.
type SeuilsGeometrie struct {
	// Redresser (1) is the skew in degrees from which a page is straightened. Under it a scan passes through as it
	// is.
	Redresser float64 `max:"90"`
	// Certitude (0.4) is how sure the lines of writing must be of their slope, 0 to 1, for it to be told. Print in
	// three lines or more: 0.6 and up; a few lines by hand, a stamp alone: up to 0.3.
	Certitude float64 `max:"1"`
	// CertitudeRedresser (0.5) is how sure for the page to be straightened by it. A page that is turned by less loses
	// nothing.
	CertitudeRedresser float64 `max:"1"`
	// Debout (0.5) is the least share by which letters have their neighbours along the page rather than across for it
	// to lie on its side. Upright pages and lying ones: 0.7 and up either way.
	Debout float64 `max:"1"`
	// Sens (0.15) is how much ink above the letters' bodies and aligned margins must say together for a page to be
	// turned upside down. Upright pages of ten lines: 0.9 and up.
	Sens float64 `max:"1"`
	// Endroit (1) is what letters and lines counted must say with it, in standard deviations of chance: both have to
	// agree.
	Endroit float64
	// EndroitContraire (2.5) is the same against what the file says of its orientation: 1 in 160 by chance.
	EndroitContraire float64
	// LignesEndroit (6) is the lines on which they rest at least. Fewer are aligned by chance.
	LignesEndroit int
	// RognerMM (3) is the width of dark border, in millimetres, from which it is cropped off.
	RognerMM float64
	// ChromaMax (12) is how far from grey a dark border may be, in levels of Cb or Cr, to be cropped off: beyond, it
	// is the sheet's own. Lids and lamps: up to 6; printed bands: 20 and up.
	ChromaMax float64 `max:"255"`
	// PerspectiveDeg (2) is by how much the slope of lines may change from the head of the page to its foot, in
	// degrees, before it is a photograph taken aslant. Scanners: up to 0.5.
	PerspectiveDeg float64 `max:"90"`
}

// SeuilsTaille say which sizes and resolutions are believed.
type SeuilsTaille struct {
	// PageMaxMM (600) is the longest side of a page in millimetres: beyond, the resolution that a file gives is
	// absurd. An A3 has 420.
	PageMaxMM float64
	// DPIMax (2400) is the highest resolution that is believed. Office scanners: up to 1200.
	DPIMax float64
	// EcartFeuille (0.01) is how much of a side an exact sheet may lack or exceed: scanners round to blocks of 16
	// points, 0.7 % of an A4 at 200.
	EcartFeuille float64 `max:"1"`
	// RapportDeux (1.8) is the ratio of a page's sides from which it may be two sheets. Sheets of the A series: 1.41;
	// forms: up to 1.5; two that overlap or follow each other: more.
	RapportDeux float64
}

// SeuilsCodage say how pages that can't pass through are coded.
type SeuilsCodage struct {
	// QualiteJPEG (85) is the quality, 1 to 100, of grey and colour pages that have to be coded.
	QualiteJPEG int `max:"100"`
	// QualiteMin (60) is that of pages too heavy at the first, under which strokes at 200 dots per inch blur.
	QualiteMin int `max:"100"`
	// PerteMax (0.02) is the share of the places with writing that may lose it in black and white; beyond, the page
	// stays grey.
	PerteMax float64 `max:"1"`
}

// SeuilsParDefaut returns the default thresholds.
func SeuilsParDefaut() Seuils {
	m := mesure.ParDefaut()
	return Seuils{
		SeuilsClarte: SeuilsClarte{
			PapierMin: 75, PapierClair: 250, NoirMax: 0.5, NoirPartout: 0.85, NoirSale: 0.6, ContrasteMin: 26,
			ContrasteIllisible: 19, ContrasteBruit: 8, TraceNettete: 2.5, TracesMin: 6,
		},
		SeuilsVide: SeuilsVide{
			MarquesMin: 40, PoussiereMax: 300, PoussiereFine: 1200, PoussiereTaille: 4, TraitsMin: 2,
			TraitGrand: 12, Transparence: 0.82,
		},
		SeuilsCadrage: SeuilsCadrage{
			BandeMax: 0.15, CoupesMin: 2, CoupesPart: 0.3, CoupesLigne: 1, CoupesRang: 8, BasHaut: 0.28,
			BasRapport: 0.9, BasLignes: 4,
		},
		SeuilsFlou: SeuilsFlou{
			FlouMax: 0.6, FlouIllisible: 1.0, FlouBouge: 0.65, FlouRapport: 2.5, Direction: 0.28,
			FlouDirection: 0.3, DirectionLarge: 0.38, FlouLarge: 0.45,
		},
		SeuilsGeometrie: SeuilsGeometrie{
			Redresser: 1, Certitude: 0.4, CertitudeRedresser: 0.5, Debout: 0.5, Sens: 0.15, Endroit: 1,
			EndroitContraire: 2.5, LignesEndroit: 6, RognerMM: 3, ChromaMax: 12, PerspectiveDeg: 2,
		},
		SeuilsTaille: SeuilsTaille{
			PageMaxMM: 600, DPIMax: 2400, EcartFeuille: 0.01, RapportDeux: 1.8,
		},
		SeuilsCodage: SeuilsCodage{
			QualiteJPEG: 85, QualiteMin: 60, PerteMax: 0.02,
		},
		SeuilsEncre:     SeuilsEncre(m.RegEncre),
		SeuilsLettres:   SeuilsLettres(m.RegLettres),
		SeuilsVotes:     SeuilsVotes(m.RegVotes),
		SeuilsSens:      SeuilsSens(m.RegSens),
		SeuilsBandes:    SeuilsBandes(m.RegBandes),
		SeuilsBords:     SeuilsBords(m.RegBords),
		SeuilsLisieres:  SeuilsLisieres(m.RegLisieres),
		SeuilsCoins:     SeuilsCoins(m.RegCoins),
		SeuilsTraits:    SeuilsTraits(m.RegTraits),
		SeuilsBiais:     SeuilsBiais(m.RegBiais),
		SeuilsNettete:   SeuilsNettete(m.RegNettete),
		SeuilsNoirBlanc: SeuilsNoirBlanc(m.RegNoirBlanc),
	}
}

// reglages are the thresholds of what is measured, as the room that measures has them.
func (s *Seuils) reglages() *mesure.Reglages {
	return &mesure.Reglages{
		RegEncre:     mesure.RegEncre(s.SeuilsEncre),
		RegLettres:   mesure.RegLettres(s.SeuilsLettres),
		RegVotes:     mesure.RegVotes(s.SeuilsVotes),
		RegSens:      mesure.RegSens(s.SeuilsSens),
		RegBandes:    mesure.RegBandes(s.SeuilsBandes),
		RegBords:     mesure.RegBords(s.SeuilsBords),
		RegLisieres:  mesure.RegLisieres(s.SeuilsLisieres),
		RegCoins:     mesure.RegCoins(s.SeuilsCoins),
		RegTraits:    mesure.RegTraits(s.SeuilsTraits),
		RegBiais:     mesure.RegBiais(s.SeuilsBiais),
		RegNettete:   mesure.RegNettete(s.SeuilsNettete),
		RegNoirBlanc: mesure.RegNoirBlanc(s.SeuilsNoirBlanc),
	}
}

// chaque calls f with each threshold, its name and the greatest value that it may have.
func (s *Seuils) chaque(f func(nom string, v reflect.Value, max float64)) {
	groupes := reflect.ValueOf(s).Elem()
	for i := range groupes.NumField() {
		g := groupes.Field(i)
		for k := range g.NumField() {
			champ := g.Type().Field(k)
			max, err := strconv.ParseFloat(champ.Tag.Get("max"), 64)
			if err != nil {
				max = 1e6
			}
			f(champ.Name, g.Field(k), max)
		}
	}
}

// completer gives the thresholds that aren't set their default.
func (s Seuils) completer() Seuils {
	d := SeuilsParDefaut()
	var defauts []reflect.Value
	d.chaque(func(_ string, v reflect.Value, _ float64) { defauts = append(defauts, v) })
	i := 0
	s.chaque(func(_ string, v reflect.Value, _ float64) {
		if v.IsZero() {
			v.Set(defauts[i])
		}
		i++
	})
	return s
}

// verifier says all that is wrong with s.
func (s *Seuils) verifier() error {
	var errs []error
	s.chaque(func(nom string, v reflect.Value, max float64) {
		var x float64
		if v.CanInt() {
			x = float64(v.Int())
		} else {
			x = v.Float()
		}
		if !(x > 0 && x <= max) {
			errs = append(errs, fmt.Errorf("%s is %v, expected more than 0, up to %v", nom, x, max))
		}
	})
	for _, o := range []struct {
		petit, grand string
		a, b         float64
	}{
		{"PapierMin", "PapierClair", s.PapierMin, s.PapierClair},
		{"ContrasteIllisible", "ContrasteMin", s.ContrasteIllisible, s.ContrasteMin},
		{"MarquesMin", "PoussiereMax", s.MarquesMin, s.PoussiereMax},
		{"PoussiereMax", "PoussiereFine", s.PoussiereMax, s.PoussiereFine},
		{"FlouMax", "FlouIllisible", s.FlouMax, s.FlouIllisible},
		{"Certitude", "CertitudeRedresser", s.Certitude, s.CertitudeRedresser},
		{"Endroit", "EndroitContraire", s.Endroit, s.EndroitContraire},
		{"QualiteMin", "QualiteJPEG", float64(s.QualiteMin), float64(s.QualiteJPEG)},
		{"LettreMin", "LettreMax", s.LettreMin, s.LettreMax},
		{"CoinMin", "CoinMax", s.CoinMin, s.CoinMax},
	} {
		if cmp.Compare(o.a, o.b) > 0 || math.IsNaN(o.a) {
			errs = append(errs, fmt.Errorf("%s is %v, over %s, which is %v", o.petit, o.a, o.grand, o.b))
		}
	}
	return errors.Join(errs...)
}
