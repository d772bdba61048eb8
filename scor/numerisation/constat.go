package numerisation

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Presence is the state of a finding.
type Presence uint8

const (
	NonTeste Presence = iota // could not be, or was not asked to be, looked at
	Absent                   // looked for and not found
	Present                  // found
)

// String is the state in French.
func (e Presence) String() string {
	switch e {
	case Absent:
		return "absent"
	case Present:
		return "présent"
	}
	return "non testé"
}

// MarshalText writes the state without accents, for machines.
func (e Presence) MarshalText() ([]byte, error) {
	return []byte([...]string{"non-teste", "absent", "present"}[min(e, Present)]), nil
}

// Rectangle is a place on a page, in millimetres from the top left corner of the scan as the file stores it: before any
// turn.
type Rectangle struct {
	X0 float64 `json:"x0"`
	Y0 float64 `json:"y0"`
	X1 float64 `json:"x1"`
	Y1 float64 `json:"y1"`
}

// Code names a finding, for ever.
type Code string

// The findings. The first eleven refuse a page and are the codes of [Resultat.Motifs]; the others inform.
const (
	TropClair        Code = "trop-clair"        // all or too white
	TropSombre       Code = "trop-sombre"       // all or too black
	Contraste        Code = "contraste"         // contrast that makes it illegible; also a blur that does
	Tronque          Code = "tronque"           // truncated or shifted
	Resolution       Code = "resolution"        // too low, unknown or absurd
	Format           Code = "format"            // page smaller than the profile's
	PageBlanche      Code = "page-blanche"      // nothing on the page
	IllisibleFichier Code = "illisible-fichier" // the file can't be read
	Poids            Code = "poids"             // too heavy, or too many pages, and can't be made lighter
	Perspective      Code = "perspective"       // photographed aslant: lines run to a point
	Dangereux        Code = "dangereux"         // a file that must not be opened: bomb, script, encryption, attachment

	Flou            Code = "flou"               // blurred
	Inclinaison     Code = "inclinaison"        // skewed, in degrees
	Rotation        Code = "rotation"           // turned by quarters, in degrees
	BordsNoirs      Code = "bords-noirs"        // dark bands along the edges
	DeuxPages       Code = "deux-pages"         // two sheets scanned as one
	VersoBlanc      Code = "verso-blanc"        // blank side, left out of the piece
	NoirEtBlancPerd Code = "noir-et-blanc-perd" // black and white would lose writing, so the page stays grey
)

// Constat is a finding about a page, or about a file.
type Constat struct {
	Code Code     `json:"code"`
	Etat Presence `json:"etat"`
	// Bloquant says that the finding refuses the piece.
	Bloquant bool `json:"bloquant"`
	// Mesure and Limite are in Unite; zero where there is nothing to measure.
	Mesure float64 `json:"mesure"`
	Limite float64 `json:"limite"`
	Unite  string  `json:"unite,omitempty"`
	// Source is where the limit comes from.
	Source string `json:"source,omitempty"`
	// Question is what a person has to answer, in French, before the page is sent: yes where it is good. See
	// [Resultat.Confirmer].
	Question string `json:"question,omitempty"`
	// Confirmation is the answer; nil as long as there is none.
	Confirmation *Confirmation `json:"confirmation,omitempty"`
	// Certitude is how sure the measure is, 0 to 1; 0 where that isn't measured.
	Certitude float64 `json:"certitude,omitempty"`
	// Lieux are the places that the finding rests on, for a screen to draw.
	Lieux []Rectangle `json:"lieux,omitempty"`
	// Renumeriser says that scanning again would help.
	Renumeriser bool `json:"renumeriser"`
	// Message tells the person at the scanner, in French, what was found and what to do. Empty unless present.
	Message string `json:"message,omitempty"`
}

// String is the message, or the code and the state.
func (c Constat) String() string {
	if c.Message != "" {
		return c.Message
	}
	return fmt.Sprintf("%s : %s", c.Code, c.Etat)
}

// Commun is the finding as all rooms of the SDK say theirs. What was looked for and not found, or not tested, is an
// information; its Message is then empty.
func (c Constat) Commun() fse.Constat {
	k := fse.Constat{Code: string(c.Code), Gravite: fse.Information, Message: c.Message, Source: c.Source}
	k.Lieu.Format = "numerisation"
	switch {
	case c.Bloquant:
		k.Gravite = fse.Erreur
	case c.Etat == Present && (c.ouverte() || c.Renumeriser):
		k.Gravite = fse.Avertissement
	}
	if c.Unite != "" {
		k.Lu, k.Attendu = fmt.Sprintf("%g %s", c.Mesure, c.Unite), fmt.Sprintf("%g %s", c.Limite, c.Unite)
	}
	return k
}
