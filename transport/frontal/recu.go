package frontal

import (
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Flux is what a message carries.
type Flux string

const (
	Factures Flux = "factures" // a B2 file
	Pieces   Flux = "pieces"   // lots of pièces justificatives
	Inconnue Flux = ""         // neither could be recognised
)

// Recu is a message that the frontal holds.
type Recu struct {
	Rang       int // 1 for the first message received
	Quand      time.Time
	De         string // envelope sender
	A          []string
	MessageID  string
	Sujet      string
	Compostage string // of the Subject
	Emetteur   string // of the Subject, 14 digits
	Flux       Flux
	Chiffre    bool
	Parties    []Partie
	Lots       []Lot
	Constats   []Constat
	// Transmissions counts how many times the frontal accepted this Message-ID.
	Transmissions int
	// Reponses lists what was answered, in order.
	Reponses []Nature

	Fichier string // where the bytes are: see Frontal.Brut
}

// Partie is a part of a received message.
type Partie struct {
	Type, Description, Nom string
	Octets                 int64
	Empreinte              scor.Empreinte
}

// Lot is a lot found in a message.
type Lot struct {
	Emetteur string // 9 digits: of the invoices' lot
	Numero   int64
	Date     fse.Date
	Factures int64
	Pieces   []PieceLot
}

// PieceLot is a pair of a lot of pieces.
type PieceLot struct {
	ID, Type, Reference string
	Facture             int64
}

// Constat is a departure from the profile or from the conventions.
type Constat struct {
	Code    string // stable name, such as "sujet" or "lot-compteur"
	Message string
	// Grave: a frontal couldn't take the message, or the lot.
	Grave bool
}
