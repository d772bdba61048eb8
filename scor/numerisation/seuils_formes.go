package numerisation

// The thresholds of what lies at edges and out of lines; the default of each is in brackets.

// SeuilsLisieres say the inner edge of a dark band, behind which writing goes on unseen.
type SeuilsLisieres struct {
	// LisierePas (2) is the millimetres of edge that give one depth: wider than a letter's stems, so that a gap shows
	// the band.
	LisierePas float64
	// LisiereLoin (6) is how far beyond the band, in millimetres, its edge is looked for: a sheet askew by 1.5
	// degrees on an A4.
	LisiereLoin float64
	// LisiereEcart (0.35) is the greatest median distance of the depths from a line, in millimetres: sheets' edges
	// have 0.1, torn ones and textures 0.5 and up.
	LisiereEcart float64
	// LisierePente (0.09) is its greatest slope: 5 degrees, what a sheet may lie askew.
	LisierePente float64
	// LisierePart (0.6) is the least share of the edge that it runs along.
	LisierePart float64 `max:"1"`
	// LisiereMarge (0.25) is what is taken off beyond the line, in millimetres: a band's edge is as blurred as a
	// letter's.
	LisiereMarge float64
	// LisiereDebut (1) is how far from the frame's edge, in millimetres, a line that is too thin for a band may
	// begin.
	LisiereDebut float64
	// LisiereAuBord (0.35) is how near the cleared line, in millimetres, ink was cut by it.
	LisiereAuBord float64
	// LisiereLettres (3) is the letters cut side by side that make a line, however few whole ones it has: a punched
	// hole and a staple are two.
	LisiereLettres int
}

// SeuilsCoins say folded corners.
type SeuilsCoins struct {
	// CoinMin (15) is the least leg, in millimetres: a staple's, or a dog-ear's over blank margins, is shorter.
	CoinMin float64
	// CoinMax (90) is the greatest: a fold beyond is the sheet's own.
	CoinMax float64
	// CoinTrait (1.5) is the greatest width of its line, in millimetres.
	CoinTrait float64
	// CoinJeu (2) is how near both edges it starts and ends, in millimetres.
	CoinJeu float64
	// CoinDiagonal (0.9) is the least share of the diagonal that has ink.
	CoinDiagonal float64 `max:"1"`
	// CoinAuBord (1.5) is how near the edges, in millimetres, the ends of a broken line are looked for.
	CoinAuBord float64
	// CoinLigne (0.95) is the least share of a broken line that has ink.
	CoinLigne float64 `max:"1"`
	// CoinDedans (0.75) is the greatest share of a parallel, inside the sheet, that has: a coloured band has all.
	CoinDedans float64 `max:"1"`
	// CoinEcart (3) is the distance of that parallel, in millimetres.
	CoinEcart float64
	// CoinDehors (0.03) is the greatest share of the outer side that has ink: dust.
	CoinDehors float64 `max:"1"`
}

// SeuilsTraits say strokes out of lines: words by hand, signatures, stamps; and dust, hairs and rules, which are
// none.
type SeuilsTraits struct {
	// TraitMin (4) is the least longer side of a stroke in millimetres; specks and letters have less.
	TraitMin float64
	// TraitLong (80) is the greatest: a signature has up to 70, a rule more.
	TraitLong float64
	// TraitPlein (0.5) is the greatest share of its box that it fills: a blot fills more.
	TraitPlein float64 `max:"1"`
	// TraitMince (0.12) is the least ratio of its sides: a hair or a rule is thinner.
	TraitMince float64 `max:"1"`
	// TraitFin (0.3) is its least mean thickness over the longer side, in millimetres: a hair inks 0.25, a pencil
	// 0.4.
	TraitFin float64
	// CachetMin (12) is the least side of a stamp's frame in millimetres.
	CachetMin float64
	// CachetLong (90) is its greatest longer side.
	CachetLong float64
	// CachetHaut (60) is its greatest shorter side.
	CachetHaut float64
	// CachetRempli (0.25) is the share of its box that its ink takes at most: stamps have 0.05 to 0.2.
	CachetRempli float64 `max:"1"`
	// MillimetreEncre (0.04) is the share of ink from which a square millimetre has writing: grain has 0.02.
	MillimetreEncre float64 `max:"1"`
	// MillimetrePlein (0.9) is the share from which it is solid, and none.
	MillimetrePlein float64 `max:"1"`
	// RegleMM (15) is the length, in millimetres, from which a straight stroke along the lines is a rule or a border:
	// no letter's is longer.
	RegleMM int
	// CelluleMin (0.02) is the share of ink under which a cell of 0.2 by 1 mm is left out.
	CelluleMin float64 `max:"1"`
	// CelluleRegle (0.35) is the share over which it may be of a rule.
	CelluleRegle float64 `max:"1"`
}

// SeuilsBiais say what tells a photograph taken aslant.
type SeuilsBiais struct {
	// PerspectiveErreur (0.25) is the error of a line's slope, in degrees, over which it doesn't count: lines by
	// hand.
	PerspectiveErreur float64
	// PerspectiveLignes (3) is the lines that each third of the page must have.
	PerspectiveLignes int
	// PerspectiveMilieu (0.35) is how far from half way the middle third may be, as a share of the whole change.
	PerspectiveMilieu float64 `max:"1"`
	// PerspectiveReste (0.4) is the degrees, or a tenth of the change, within which four lines in five lie on it.
	PerspectiveReste float64
	// PerspectiveHaut (0.4) is the share of the page's height that the lines have to span.
	PerspectiveHaut float64 `max:"1"`
}

// SeuilsNettete say where sharpness is measured.
type SeuilsNettete struct {
	// BordsMin (8) is the least number of places from which blur is told.
	BordsMin int
	// BruitPente (1.2) is the slope a point, in standard deviations of the grain, that grain alone has at the most
	// over a tile's means of 2x2 points.
	BruitPente float64
}

// SeuilsNoirBlanc say how grey becomes black and white, and what is lost then.
type SeuilsNoirBlanc struct {
	// NoirPart (0.45) is the share of the depth of the strokes around it from which a point is black: half would thin
	// strokes that are blurred.
	NoirPart float64 `max:"1"`
	// NoyePart (0.4) is the depth, as a share of the paper's level, under which a place that became solid was a half
	// tone.
	NoyePart float64 `max:"1"`
	// TraceePart (0.1) is the share of ink from which a square millimetre counts as written.
	TraceePart float64 `max:"1"`
	// NoyePlein (0.9) is the share from which it is solid.
	NoyePlein float64 `max:"1"`
}
