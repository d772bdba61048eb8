package numerisation

// The thresholds of what is measured on a page; the default of each is in brackets.

// SeuilsEncre say how ink is told from paper, on pages with levels.
type SeuilsEncre struct {
	// Tuile (5) is the side, in millimetres, of the tiles over which paper is told from ink: larger than the strokes
	// of a heading (2), smaller than the shadow of a fold (10 and up).
	Tuile float64
	// PapierPlancher (0.6) is the least level of a tile's paper, as a share of the page's: under it the tile is a
	// border or a photograph, and takes the page's. Shadows of lids: 0.6 and up.
	PapierPlancher float64 `max:"1"`
	// EncreNiveaux (8) is the least depth of ink under its paper, in levels: what JPEG of quality 20 leaves around
	// letters is 6.
	EncreNiveaux float64
	// EncreBruits (4) is the least depth of ink in standard deviations of the grain: one pixel in 30,000 is grain.
	EncreBruits float64
	// EncrePart (0.22) is the depth, as a share of the paper's level, that is ink whatever the grain: dense text
	// inflates the measure of the grain, and pencil has 0.3 and up.
	EncrePart float64 `max:"1"`
	// EncreProfonde (0.5) is the share of the darkest writing's depth from which ink is kept where lines don't agree:
	// security grounds and ruled paper have a third of it at most.
	EncreProfonde float64 `max:"1"`
	// TracesNiveaux (1.5) is the least depth, in levels of means over 4x4 pixels, of writing too faint to be read;
	// the grain of such means is under 1.
	TracesNiveaux float64
}

// SeuilsLettres say what can be a letter, and which letters follow each other in a line.
type SeuilsLettres struct {
	// TacheMin (0.25) is the longer side, in millimetres, under which a piece of ink is a speck: half a full stop of
	// the smallest print (6 points).
	TacheMin float64
	// LettreMin (0.7) is the least height of a letter in millimetres: print of 6 points has bodies of 1.1, at 200
	// dots per inch with a faint edge 0.8.
	LettreMin float64
	// LettreMax (14) is the greatest: a heading, or joined capitals by hand.
	LettreMax float64
	// MotMax (45) is the greatest length of a word written in one stroke, in millimetres.
	MotMax float64
	// Elancement (12) is the length over height from which a piece is a stroke or a rule; joined words have up to 9.
	Elancement float64
	// EcartMot (2.2) is the widest gap between two letters of a line, in heights of the smaller: a space has 0.3 to
	// 1.5.
	EcartMot float64
	// MemeHauteur (2.6) is the ratio of heights over which two pieces don't follow each other: a capital with an
	// accent is 2.2 times a small letter.
	MemeHauteur float64
	// Recouvre (0.45) is the least share of the smaller one's height that faces the other: a descender beside an
	// ascender has half.
	Recouvre float64 `max:"1"`
	// RangLettres (4) is the least number of letters of a line.
	RangLettres int
	// RangLongueur (6) is its least length in millimetres: a date in small print has 14.
	RangLongueur float64
	// Etalement (0.015) is how far from their line the feet of letters are expected to lie, as a share of their
	// height: print 0.01, hands 0.05 to 0.1.
	Etalement float64 `max:"1"`
	// HampeMin (0.17) is how far a letter must rise above the others, or hang below, as a share of their bodies, to
	// be an ascender or a descender: those of print have 0.3 and up, the overshoot of round letters 0.03.
	HampeMin float64 `max:"1"`
}

// SeuilsVotes say how lines vote on the skew of the page.
type SeuilsVotes struct {
	// ErreurVote (0.1) is the error of a line's slope, in degrees, at which its vote loses half its weight: print of
	// 40 mm has 0.05 to 0.1.
	ErreurVote float64
	// LongueurVote (80) is the length, in millimetres, beyond which a line weighs no more: half a page's width.
	LongueurVote float64
	// BlocVote (40) is the weight, in millimetres of line, from which a block's influence grows as the square root
	// only: a letterhead of five lines doesn't outvote the body.
	BlocVote float64
	// AccordVote (0.7) is the distance, in degrees, within which votes agree: lines by hand have slopes within 0.5 of
	// each other, a stamp's are 2 and more away.
	AccordVote float64
	// PoidsVote (70) is the weight of votes, in millimetres, at which certainty is two thirds of what the agreement
	// gives: two lines of print that cross the page; three lines by hand weigh half of it.
	PoidsVote float64
	// CadreVote (0.3) is what a vote inside a small frame, a stamp's, keeps of its weight.
	CadreVote float64 `max:"1"`
	// PlusProche (0.8) is how much nearer a neighbour across the page must be than one along it, or the reverse, to
	// say which way lines run: in print a space is 0.3 of the line's pitch, in tickets 0.7.
	PlusProche float64 `max:"1"`
	// LettresSens (30) is the letters from which that count is trusted: a stamp's four lines have 40.
	LettresSens int
	// BlocEcart (1.3) is the gap between two lines, in heights of their letters, under which they are of one block:
	// print set solid has 0.5, with double spacing 1.2.
	BlocEcart float64
	// BlocCommun (0.3) is the least share of the shorter line that lies over the other for both to be of one block.
	BlocCommun float64 `max:"1"`
}

// SeuilsSens say which way up writing is.
type SeuilsSens struct {
	// EcartHampes (0.06) is the spread of the feet, as a share of the bodies, over which a line's ascenders mean
	// nothing: print has 0 to 0.03.
	EcartHampes float64 `max:"1"`
	// MemeMarge (2.5) is the width, in millimetres, within which lines start together: capitals and round letters
	// differ by 0.5, hands by 2.
	MemeMarge float64
	// PoidsHampes (0.35) is what ascenders count for beside margins: capitals, figures and hands that vary have few
	// or none.
	PoidsHampes float64
	// DateGauche (0.45) is where a date that stands alone at the right begins at the least, as a share of the page's
	// width.
	DateGauche float64 `max:"1"`
	// DateLargeur (0.35) is its greatest length, as the same share.
	DateLargeur float64 `max:"1"`
	// TexteGauche (0.3) is where the line under it begins at the most.
	TexteGauche float64 `max:"1"`
	// LigneMin (1.2) is the least height of a band of ink, in millimetres, that is a line of writing with its
	// ascenders: print of 6 points has 1.6.
	LigneMin float64
	// LigneMax (9) is the greatest: handwriting has up to 8.
	LigneMax float64
	// Troncons (12) is the pieces of lines from which their ascenders count whole.
	Troncons int
	// LignesMarge (8) is the lines from which their margins count whole.
	LignesMarge int
	// PoidsMarge (0.8) is what margins count for beside the ink of ascenders: letterheads set at the right mislead
	// them.
	PoidsMarge float64
}

// SeuilsBandes say dark bands along the edges: a scanner's border, a letterhead, a shadow.
type SeuilsBandes struct {
	// SolideMin (0.8) is the share of ink from which a square millimetre is solid: bold print has 0.6.
	SolideMin float64 `max:"1"`
	// BandePart (0.5) is the share of solid millimetres across a band from which it goes on.
	BandePart float64 `max:"1"`
	// BandeDebut (5) is how far from the edge it starts at the most, in millimetres: scanners leave a white sliver of
	// up to 3.
	BandeDebut int
	// BandeReste (0.02) is the share of solid millimetres under which nothing of it is left: specks have 0.01.
	BandeReste float64 `max:"1"`
	// BandePente (30) is within how many millimetres an edge that isn't parallel to the frame's runs out: 8 degrees
	// over an A4.
	BandePente int
	// BandePleine (0.97) is the share of solid millimetres across a band that can be cut off without loss: what isn't
	// is a sheet's edge that isn't parallel.
	BandePleine float64 `max:"1"`
	// BandeauEcart (25) is the levels over the band's own from which a point on it is light writing, or.
	BandeauEcart float64
	// BandeauBruits (6) is times the grain, if that is more.
	BandeauBruits float64
	// BandeauSignes (3) is the light pieces of letter size from which the band is written on: borders have one or two
	// specks.
	BandeauSignes int
	// PasFranc (3) is the millimetres over which a border's or a missing sheet's edge falls, askew by up to a degree.
	PasFranc float64
	// PartFranc (0.4) is the least share of the whole fall that it has there: the shadow of a lid falls over
	// centimetres, 0.1.
	PartFranc float64 `max:"1"`
	// TraitFranc (2) is the width of a rule across the page, in millimetres, that is left out of that profile.
	TraitFranc float64
	// SuiteFranc (40) is how far beyond the band, in millimetres, the paper is looked for.
	SuiteFranc float64
}

// SeuilsBords say what ink at an edge of the frame is.
type SeuilsBords struct {
	// JeuBord (0.3) is how near an edge, in millimetres, ink is cut by it: two pixels at 200 dots per inch, for a
	// decoder's or a scanner's white sliver.
	JeuBord float64
	// CoupeMin (0.4) is the least side, in millimetres, of a piece that can be the rest of a letter of a line.
	CoupeMin float64
	// CoupeLettre (1) is the least longer side out of lines: shreds of shadows have 0.8 at the most.
	CoupeLettre float64
	// TraitBord (6) is how much longer than wide a piece is to be a rule or a fold that runs into the edge: an l has
	// 5.
	TraitBord float64
	// TraitEpais (2.2) is the mean thickness of a piece, in millimetres, from which it is a blot, a photograph or a
	// watermark: a bold letter of 10 mm has 2.
	TraitEpais float64
	// TamponMin (3) is the letters in a frame from which it is a stamp's.
	TamponMin int
	// PresBord (1.2) is how near an edge, in millimetres, whole letters are that were never written there: printers
	// leave 3 or more, hands and stamps seldom less than 2.
	PresBord float64
	// PresMin (3) is how many of them say that a stamp or a paragraph goes on beyond the edge.
	PresMin int
	// PresPlace (30) is within how many millimetres of each other.
	PresPlace float64
	// VoisinBord (1.5) is the gap, in its own height, within which a letter has another one beside it.
	VoisinBord float64
	// RegleBord (3) is how far along its way, in millimetres, a rule that runs into an edge is looked at.
	RegleBord float64
	// RegleMince (0.8) is how thick it is there at most, in millimetres: a letter's remainder spreads over its
	// height.
	RegleMince float64
	// CreuxBord (0.4) is the least depth of what an edge cuts, as a share of the depth of the page's writing: a
	// shadow's texture has 0.2.
	CreuxBord float64 `max:"1"`
	// FondBord (0.7) is the least level of the paper beside it, as a share of the page's.
	FondBord float64 `max:"1"`
	// MargeEcrite (1.5) is how far around a piece its paper is looked at, in millimetres.
	MargeEcrite float64
	// ToucheMM (0.3) is how near an edge, in millimetres, a run of ink reaches it.
	ToucheMM float64
	// ToucheMax (30) is the length of a run, in millimetres, from which it is a border.
	ToucheMax float64
	// ToucheCourt (0.6) is the least length along the edge, in millimetres, of a stroke that it cuts: grain has less.
	ToucheCourt float64
	// ToucheLong (8) is the greatest: a border has more.
	ToucheLong float64
	// ToucheVoisins (8) is how far beside a stroke writing is looked for, in millimetres.
	ToucheVoisins int
	// TextureMM (5) is how far around a piece, in millimetres, specks are counted to tell a texture: a coloured
	// ground that a threshold breaks up.
	TextureMM float64
	// TexturePetits (6) is the specks that there may be beside writing, and.
	TexturePetits int
	// TextureRapport (1.5) is how many more for each piece of letter size: dots and accents are 0.4 of the letters, a
	// texture has 5 and up.
	TextureRapport float64
	// SaleEncre (0.3) is the ink from which a square millimetre is soiled: print has more only within bold letters.
	SaleEncre float64 `max:"1"`
	// TramePart (0.85) is the share of the square millimetres across a band along an edge that must have ink for it
	// to be a ground that black and white broke up: lines of close text have 0.8, and white between them.
	TramePart float64 `max:"1"`
	// TrameEncre (0.08) is the ink that each of them must have.
	TrameEncre float64 `max:"1"`
	// ToucheEncre (0.5) is how many millimetres of ink it must have there: specks and edges of sheets have none.
	ToucheEncre float64
}
