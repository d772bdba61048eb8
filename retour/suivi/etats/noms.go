package etats

// NomAction is something that a person may decide.
type NomAction string

// The actions.
const (
	Renvoyer     NomAction = "renvoyer"     // send again: a message as it is, a piece in a new lot
	Reconstituer NomAction = "reconstituer" // dissolve the lot; its pieces go in a new one
	Papier       NomAction = "papier"
	Manuel       NomAction = "manuel"
	Relier       NomAction = "relier"   // to the invoice's new number
	Reclamee     NomAction = "reclamee" // the caisse says it hasn't got the piece
	// the caisse says that the piece can't be used: the verification period counts it
	Rejetee    NomAction = "rejetee"
	Contester  NomAction = "contester"  // the caisse claims what it acknowledged: the proof answers
	Accepter   NomAction = "accepter"   // the caisse has it after all: its answer didn't say so, the person knows
	Refuser    NomAction = "refuser"    // that is the piece which the caisse refuses
	Annuler    NomAction = "annuler"    // a lot that never left, alone in its file
	SansObjet  NomAction = "sans-objet" // the missing piece isn't needed
	Abandonner NomAction = "abandonner"
	Relire     NomAction = "relire"
	Vu         NomAction = "vu" // read; nothing to do
	Clore      NomAction = "clore"
)

var libellesActions = map[NomAction]string{
	Renvoyer: "Transmettre à nouveau", Reconstituer: "Reconstituer le lot", Papier: "Passer {repli}",
	Manuel: "Traiter à la main", Relier: "Relier à la nouvelle facture",
	Reclamee: "La caisse ne l'a pas reçue : transmettre à nouveau", Rejetee: "La caisse la dit inexploitable",
	Contester: "La caisse la réclame : contester, avec la preuve",
	Accepter:  "La caisse l'accepte", Refuser: "C'est elle que la caisse refuse", Annuler: "Annuler le lot",
	SansObjet: "Aucune pièce n'est nécessaire", Abandonner: "Abandonner ce message", Relire: "Relire le message",
	Vu: "J'ai vu", Clore: "Clore",
}

// Situation is where an invoice stands, all things considered.
type Situation string

// The situations.
const (
	AttenteFactures Situation = "attente-arl-factures" // its lot has no ARL+ yet
	LotRefuse       Situation = "lot-refuse"           // its lot was refused, or never got through
	SansPiece       Situation = "sans-piece"           // no piece is there
	PieceManquante  Situation = "piece-manquante"      // a piece that the rules ask is not there
	ScanRefuse      Situation = "scan-refuse"          // a scan can't be used
	EnAttente       Situation = "en-attente"           // the pieces are there, and will leave
	EnCours         Situation = "en-cours"             // the pieces are on their way
	// refused pieces, or a lot that didn't get through: a person decides
	AReprendre     Situation = "a-reprendre"
	Acquittee      Situation = "acquittee" // every piece is acknowledged
	Gardee         Situation = "gardee"    // the rules keep its pieces: none is sent
	SurPapier      Situation = "papier"
	TraiteeMain    Situation = "manuel"
	FactureRejetee Situation = "rejetee" // by an RSP
	Refacturee     Situation = "refacturee"
	Close          Situation = "close"
	Purgee         Situation = "purgee" // past its retention: only the trace is left
)

var libellesSituations = map[Situation]string{
	AttenteFactures: "en attente de l'ARL des factures", LotRefuse: "lot de factures refusé", SansPiece: "sans pièce",
	PieceManquante: "pièce manquante", ScanRefuse: "numérisation refusée", EnAttente: "pièces prêtes à partir",
	EnCours: "pièces transmises, réponse attendue", AReprendre: "à reprendre", Acquittee: "pièces acquittées",
	Gardee: "pièces conservées, non transmises", SurPapier: "envoyée sur papier", TraiteeMain: "traitée à la main",
	FactureRejetee: "rejetée par la caisse", Refacturee: "refacturée", Close: "close", Purgee: "purgée, sa trace reste",
}

// Libelle is the situation's French name.
func (x Situation) Libelle() string { return libellesSituations[x] }
