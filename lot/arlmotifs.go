package lot

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// ErrMotifs tells of a message that an ARL made of patterns recognises, and whose patterns don't say what it answers.
var ErrMotifs = errors.New("lot: ARL : les motifs du profil n'y trouvent pas à quoi il répond, ni dans quel sens")

// LireARLParMotifs reads an answer that has no file: its Subject, its header fields and its text say all, by the named
// groups of the profile's patterns (fichier: {codage: motifs}). entete answers for a header field.
func LireARLParMotifs(format *scor.FormatARL, p *scor.Profil, sujet string, entete func(nom string) string,
	texte string) (*ARL, error) {
	b := &lectureARL{p: p, porteSens: format.Porte("arl.sens"), porteCode: format.Porte("arl.code")}
	b.arl = &ARL{}
	var errs []error
	trouve := func(nom, valeur string) { errs = append(errs, b.groupe(nom, strings.TrimSpace(valeur))) }
	format.Reconnaissance.Groupes(sujet, entete, trouve)
	texte = strings.ToValidUTF8(texte, "?")
	enTexte := scor.Reconnaissance{Sujet: format.Texte}
	enTexte.Groupes(texte, entete, trouve)
	if format.TextePiece.Regexp != nil {
		for _, g := range format.TextePiece.FindAllStringSubmatch(texte, -1) {
			b.piece = &PieceARL{}
			for i, nom := range format.TextePiece.SubexpNames() {
				if nom != "" && g[i] != "" {
					errs = append(errs, b.groupe(nom, strings.TrimSpace(g[i])))
				}
			}
			b.arl.Pieces = append(b.arl.Pieces, *b.piece)
			b.piece = nil
		}
	}
	a := b.arl
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("%w : %w", ErrMotifs, err)
	}
	muet := b.porteSens && !b.sens || !b.porteSens && b.porteCode && a.Code == "" ||
		!b.porteSens && !b.porteCode && len(a.Pieces) == 0
	if muet || a.Lot.Numero == 0 && a.Compostage == "" && a.FichierID == "" {
		return nil, ErrMotifs
	}
	b.fin()
	return a, errors.Join(b.errs...)
}

// groupe takes what a named group found; of a piece, inside the pattern of pieces.
func (b *lectureARL) groupe(nom, valeur string) error {
	a := b.arl
	nombre := func() (int, error) {
		n, err := strconv.Atoi(valeur)
		if err != nil || n < 0 {
			return 0, &disposition.Erreur{Nature: disposition.ZoneLue, Zone: nom, Message: "des chiffres attendus"}
		}
		return n, nil
	}
	var err error
	switch nom {
	case "compostage":
		a.Compostage = valeur
	case "fichier":
		a.FichierID = valeur
	case "emetteur":
		a.Emetteur = valeur
	case "lot":
		a.Lot.Numero, err = nombre()
	case "lot_date":
		a.Lot.Date, err = dateLue(valeur)
	case "date":
		a.Date, err = dateLue(valeur)
	case "positif", "negatif":
		// Where both are found, what refuses counts.
		a.Positif, b.sens = nom == "positif" && (a.Positif || !b.sens), true
	case "code":
		if b.piece != nil {
			b.piece.Code = valeur
		} else {
			a.Code = valeur
		}
	case "libelle":
		if b.piece != nil {
			b.piece.Libelle = valeur
		} else {
			a.Libelle = valeur
		}
	case "facture":
		var n int
		if n, err = nombre(); b.piece != nil {
			b.piece.Facture = n
		} else {
			a.Facture = n
		}
	case "piece":
		b.dePiece().ID = valeur
	case "rang":
		b.dePiece().Rang, err = nombre()
	}
	return err
}

// dateLue reads a day as an answer may write it.
func dateLue(s string) (fse.Date, error) {
	for _, format := range []string{"AAMMJJ", "AAAAMMJJ", "JJ/MM/AAAA", "AAAA-MM-JJ", "J MMMM AAAA"} {
		if d, err := disposition.ParseDate(format, s); err == nil {
			return d, nil
		}
	}
	return fse.Date{}, &disposition.Erreur{Nature: disposition.ZoneLue,
		Message: "une date AAMMJJ, AAAAMMJJ, JJ/MM/AAAA, AAAA-MM-JJ ou J MMMM AAAA attendue"}
}
