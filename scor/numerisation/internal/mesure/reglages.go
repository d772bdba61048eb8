package mesure

// Reglages are the constants that decide what a measure sees. What each one means, and what its default was derived
// from, is said where a host sets them: in the parent package's Seuils, whose groups these are.
type Reglages struct {
	RegEncre
	RegLettres
	RegVotes
	RegSens
	RegBandes
	RegBords
	RegLisieres
	RegCoins
	RegTraits
	RegBiais
	RegNettete
	RegNoirBlanc
}

// RegEncre are SeuilsEncre of the parent package.
type RegEncre struct {
	Tuile          float64
	PapierPlancher float64
	EncreNiveaux   float64
	EncreBruits    float64
	EncrePart      float64
	EncreProfonde  float64
	TracesNiveaux  float64
}

// RegLettres are SeuilsLettres of the parent package.
type RegLettres struct {
	TacheMin     float64
	LettreMin    float64
	LettreMax    float64
	MotMax       float64
	Elancement   float64
	EcartMot     float64
	MemeHauteur  float64
	Recouvre     float64
	RangLettres  int
	RangLongueur float64
	Etalement    float64
	HampeMin     float64
}

// RegVotes are SeuilsVotes of the parent package.
type RegVotes struct {
	ErreurVote   float64
	LongueurVote float64
	BlocVote     float64
	AccordVote   float64
	PoidsVote    float64
	CadreVote    float64
	PlusProche   float64
	LettresSens  int
	BlocEcart    float64
	BlocCommun   float64
}

// RegSens are SeuilsSens of the parent package.
type RegSens struct {
	EcartHampes float64
	MemeMarge   float64
	PoidsHampes float64
	DateGauche  float64
	DateLargeur float64
	TexteGauche float64
	LigneMin    float64
	LigneMax    float64
	Troncons    int
	LignesMarge int
	PoidsMarge  float64
}

// RegBandes are SeuilsBandes of the parent package.
type RegBandes struct {
	SolideMin     float64
	BandePart     float64
	BandeDebut    int
	BandeReste    float64
	BandePente    int
	BandePleine   float64
	BandeauEcart  float64
	BandeauBruits float64
	BandeauSignes int
	PasFranc      float64
	PartFranc     float64
	TraitFranc    float64
	SuiteFranc    float64
}

// RegBords are SeuilsBords of the parent package.
type RegBords struct {
	JeuBord        float64
	CoupeMin       float64
	CoupeLettre    float64
	TraitBord      float64
	TraitEpais     float64
	TamponMin      int
	PresBord       float64
	PresMin        int
	PresPlace      float64
	VoisinBord     float64
	RegleBord      float64
	RegleMince     float64
	CreuxBord      float64
	FondBord       float64
	MargeEcrite    float64
	ToucheMM       float64
	ToucheMax      float64
	ToucheCourt    float64
	ToucheLong     float64
	ToucheVoisins  int
	TextureMM      float64
	TexturePetits  int
	TextureRapport float64
	SaleEncre      float64
	TramePart      float64
	TrameEncre     float64
	ToucheEncre    float64
}

// RegLisieres are SeuilsLisieres of the parent package.
type RegLisieres struct {
	LisierePas     float64
	LisiereLoin    float64
	LisiereEcart   float64
	LisierePente   float64
	LisierePart    float64
	LisiereMarge   float64
	LisiereDebut   float64
	LisiereAuBord  float64
	LisiereLettres int
}

// RegCoins are SeuilsCoins of the parent package.
type RegCoins struct {
	CoinMin      float64
	CoinMax      float64
	CoinTrait    float64
	CoinJeu      float64
	CoinDiagonal float64
	CoinAuBord   float64
	CoinLigne    float64
	CoinDedans   float64
	CoinEcart    float64
	CoinDehors   float64
}

// RegTraits are SeuilsTraits of the parent package.
type RegTraits struct {
	TraitMin        float64
	TraitLong       float64
	TraitPlein      float64
	TraitMince      float64
	TraitFin        float64
	CachetMin       float64
	CachetLong      float64
	CachetHaut      float64
	CachetRempli    float64
	MillimetreEncre float64
	MillimetrePlein float64
	RegleMM         int
	CelluleMin      float64
	CelluleRegle    float64
}

// RegBiais are SeuilsBiais of the parent package.
type RegBiais struct {
	PerspectiveErreur float64
	PerspectiveLignes int
	PerspectiveMilieu float64
	PerspectiveReste  float64
	PerspectiveHaut   float64
}

// RegNettete are SeuilsNettete of the parent package.
type RegNettete struct {
	BordsMin   int
	BruitPente float64
}

// RegNoirBlanc are SeuilsNoirBlanc of the parent package.
type RegNoirBlanc struct {
	NoirPart   float64
	NoyePart   float64
	TraceePart float64
	NoyePlein  float64
}

// ParDefaut are the defaults.
func ParDefaut() *Reglages {
	return &Reglages{
		RegEncre: RegEncre{
			Tuile: 5, PapierPlancher: 0.6, EncreNiveaux: 8, EncreBruits: 4, EncrePart: 0.22, EncreProfonde: 0.5,
			TracesNiveaux: 1.5,
		},
		RegLettres: RegLettres{
			TacheMin: 0.25, LettreMin: 0.7, LettreMax: 14, MotMax: 45, Elancement: 12, EcartMot: 2.2,
			MemeHauteur: 2.6, Recouvre: 0.45, RangLettres: 4, RangLongueur: 6, Etalement: 0.015, HampeMin: 0.17,
		},
		RegVotes: RegVotes{
			ErreurVote: 0.1, LongueurVote: 80, BlocVote: 40, AccordVote: 0.7, PoidsVote: 70, CadreVote: 0.3,
			PlusProche: 0.8, LettresSens: 30, BlocEcart: 1.3, BlocCommun: 0.3,
		},
		RegSens: RegSens{
			EcartHampes: 0.06, MemeMarge: 2.5, PoidsHampes: 0.35, DateGauche: 0.45, DateLargeur: 0.35,
			TexteGauche: 0.3, LigneMin: 1.2, LigneMax: 9, Troncons: 12, LignesMarge: 8, PoidsMarge: 0.8,
		},
		RegBandes: RegBandes{
			SolideMin: 0.8, BandePart: 0.5, BandeDebut: 5, BandeReste: 0.02, BandePente: 30, BandePleine: 0.97,
			BandeauEcart: 25, BandeauBruits: 6, BandeauSignes: 3, PasFranc: 3, PartFranc: 0.4, TraitFranc: 2,
			SuiteFranc: 40,
		},
		RegBords: RegBords{
			JeuBord: 0.3, CoupeMin: 0.4, CoupeLettre: 1, TraitBord: 6, TraitEpais: 2.2, TamponMin: 3,
			PresBord: 1.2, PresMin: 3, PresPlace: 30, VoisinBord: 1.5, RegleBord: 3, RegleMince: 0.8,
			CreuxBord: 0.4, FondBord: 0.7, MargeEcrite: 1.5, ToucheMM: 0.3, ToucheMax: 30, ToucheCourt: 0.6,
			ToucheLong: 8, ToucheVoisins: 8, TextureMM: 5, TexturePetits: 6, TextureRapport: 1.5, SaleEncre: 0.3,
			TramePart: 0.85, TrameEncre: 0.08, ToucheEncre: 0.5,
		},
		RegLisieres: RegLisieres{
			LisierePas: 2, LisiereLoin: 6, LisiereEcart: 0.35, LisierePente: 0.09, LisierePart: 0.6,
			LisiereMarge: 0.25, LisiereDebut: 1, LisiereAuBord: 0.35, LisiereLettres: 3,
		},
		RegCoins: RegCoins{
			CoinMin: 15, CoinMax: 90, CoinTrait: 1.5, CoinJeu: 2, CoinDiagonal: 0.9, CoinAuBord: 1.5,
			CoinLigne: 0.95, CoinDedans: 0.75, CoinEcart: 3, CoinDehors: 0.03,
		},
		RegTraits: RegTraits{
			TraitMin: 4, TraitLong: 80, TraitPlein: 0.5, TraitMince: 0.12, TraitFin: 0.3, CachetMin: 12,
			CachetLong: 90, CachetHaut: 60, CachetRempli: 0.25, MillimetreEncre: 0.04, MillimetrePlein: 0.9,
			RegleMM: 15, CelluleMin: 0.02, CelluleRegle: 0.35,
		},
		RegBiais: RegBiais{
			PerspectiveErreur: 0.25, PerspectiveLignes: 3, PerspectiveMilieu: 0.35, PerspectiveReste: 0.4,
			PerspectiveHaut: 0.4,
		},
		RegNettete: RegNettete{
			BordsMin: 8, BruitPente: 1.2,
		},
		RegNoirBlanc: RegNoirBlanc{
			NoirPart: 0.45, NoyePart: 0.4, TraceePart: 0.1, NoyePlein: 0.9,
		},
	}
}
