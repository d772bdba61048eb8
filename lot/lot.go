package lot

import (
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Emetteur is who sends, as record 000 names it.
type Emetteur struct {
	Type   string // TP health partner, TE establishment, SI other, OT concentrator (B2, record 000, 4-5)
	Numero string // 14 digits (B2, record 000, 6-19)
	// What a specification may ask for besides.
	Nom                                 string            `json:",omitempty"`
	Logiciel, VersionLogiciel, Agrement string            `json:",omitempty"`
	Libres                              map[string]string `json:",omitempty"` // under names of the host's own
}

// Destination is where a lot goes; it comes from the editor's routing table (package fse/routage).
type Destination struct {
	Regime    string // 2 digits
	Organisme string // destination organism, 3 digits
	Type      string // type of record 000, 26-27
	Numero    string // 14 digits (record 000, 28-41)
	Adresse   string // mailbox of the frontal
}

// Paire is a piece with the invoice that it justifies.
type Paire struct {
	Facture fse.Facture
	Piece   scor.Piece
}

// Cle identifies a lot of pieces for its sender.
type Cle struct {
	Numero int
	Date   fse.Date
}

// Lot is a SCOR lot: the pieces of one lot of invoices.
type Lot struct {
	Cle
	Factures fse.CleLot
	// FichierFactures is the identification of the file that the invoices went in, when it is known.
	FichierFactures string
	Destination     Destination
	Paires          []Paire
}

// Documents lists the documents of the lot, each once, in the order of the pairs.
func (l *Lot) Documents() []scor.Piece { return documents(l.Paires) }

// NombreFactures counts the invoices, each once.
func (l *Lot) NombreFactures() (n int) {
	var vues facturesVues
	for i := range l.Paires {
		if vues.nouvelle(l.Paires, i) {
			n++
		}
	}
	return n
}

// Octets is the size of the documents, in bytes.
func (l *Lot) Octets() (n int64) {
	for _, d := range l.Documents() {
		n += d.Octets
	}
	return n
}

// Fichier is a file of lots from one sender to one destination.
type Fichier struct {
	ID         string // 6 characters
	Compostage string // of the message that carries it; Message sets it
	Date       fse.Date
	// Heure is the time of that day, since midnight; 0 where nobody knows it.
	Heure       time.Duration `json:",omitempty"`
	Emetteur    Emetteur
	Destination Destination
	Lots        []Lot
}

// factureDe is the first invoice that a piece justifies.
func (l *Lot) factureDe(piece string) *fse.Facture {
	for i := range l.Paires {
		if l.Paires[i].Piece.ID == piece {
			return &l.Paires[i].Facture
		}
	}
	return nil
}
