package escl

import (
	"errors"
	"fmt"
)

// Faute is what stops a scan.
type Faute uint8

// The faults.
const (
	Injoignable     Faute = iota + 1 // nobody answers at the address
	PasScanner                       // what answers isn't an eSCL scanner
	Certificat                       // its certificate isn't the one that was accepted
	Acces                            // it asks for a name and password
	Occupe                           // busy with somebody else's job
	ChargeurVide                     // no sheet in the feeder
	Bourrage                         // sheets are stuck, or two were pulled at once
	CapotOuvert                      // a cover is open
	ReglagesRefuses                  // it doesn't take the settings
	Interrompu                       // the job ended before its last page
	TropGros                         // a document passes the limit, or there are too many
	Panne                            // out of order
)

var phrases = map[Faute]string{
	Injoignable: "Le scanner ne répond pas : vérifiez qu’il est allumé et relié au réseau.",
	PasScanner:  "L’appareil à cette adresse ne répond pas comme un scanner eSCL : vérifiez l’adresse.",
	Certificat: "Le certificat du scanner n’est pas celui qui a été accepté : faites vérifier l’appareil avant de " +
		"l’accepter à nouveau.",
	Acces:        "Le scanner demande un mot de passe : autorisez la numérisation depuis le réseau dans ses réglages.",
	Occupe:       "Le scanner est occupé : attendez qu’il ait terminé, puis recommencez.",
	ChargeurVide: "Le chargeur est vide : placez-y les feuilles, puis recommencez.",
	Bourrage: "Des feuilles sont coincées dans le chargeur : retirez-les, vérifiez la dernière page reçue, puis " +
		"reprenez à partir d’elle.",
	CapotOuvert:     "Un capot du scanner est ouvert : fermez-le, puis recommencez.",
	ReglagesRefuses: "Le scanner refuse ces réglages : choisissez une autre source ou une autre résolution.",
	Interrompu: "La numérisation s’est arrêtée avant la fin : vérifiez la dernière page reçue, puis reprenez à partir " +
		"d’elle.",
	TropGros: "Le document dépasse la taille permise : numérisez moins de pages à la fois ou à une résolution moindre.",
	Panne:    "Le scanner est en panne : consultez son écran.",
}

var noms = [...]string{"unknown", "unreachable", "not an eSCL scanner", "certificate", "access refused", "busy",
	"feeder empty", "feeder jammed", "cover open", "settings refused", "job interrupted", "too large", "out of order"}

// String names the fault.
func (f Faute) String() string {
	if int(f) < len(noms) {
		return noms[f]
	}
	return noms[0]
}

// Erreur says what stops a scan.
type Erreur struct {
	Faute  Faute
	Acte   string // "ScannerCapabilities", "ScannerStatus", "ScanJobs", "NextDocument"
	Statut int    // of HTTP; 0 where there was no answer, or where it isn't the matter
	Err    error
}

// Error implements error.
func (e *Erreur) Error() string {
	s := fmt.Sprintf("escl: %s: %s", e.Acte, e.Faute)
	if e.Statut != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Statut)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Erreur) Unwrap() error { return e.Err }

// Phrase says it in French to the person at the scanner, with what to do.
func (e *Erreur) Phrase() string {
	if p := phrases[e.Faute]; p != "" {
		return p
	}
	return phrases[Panne]
}

// Phrase is the sentence of any error of this package.
func Phrase(err error) string {
	var e *Erreur
	if errors.As(err, &e) {
		return e.Phrase()
	}
	return phrases[Interrompu]
}
