package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/demonstration"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// What -json gives, one object a line: an object for each invoice, then the bilan.
type (
	objetFacture struct {
		Facture int          `json:"facture"`
		Lot     int          `json:"lot"`
		Etat    string       `json:"etat"`
		Pieces  []objetPiece `json:"pieces"`
	}
	objetPiece struct {
		ID      string `json:"id"`
		Fichier string `json:"fichier"`
		Etat    string `json:"etat"`
		Motif   string `json:"motif"`
	}
	bilan struct {
		Factures   int `json:"factures"`
		Acquittees int `json:"acquittees"`
		Refusees   int `json:"refusees"`
		SansPiece  int `json:"sans_piece"`
		Envoyes    int `json:"messages_envoyes"`
	}
)

// etat names the situation as the bilan counts it; the other situations keep suivi's names.
func etat(s suivi.Situation) string {
	switch s {
	case suivi.ScanRefuse:
		return "refusee"
	case suivi.SansPiece, suivi.PieceManquante:
		return "sans_piece"
	}
	return string(s)
}

func etatPiece(e journal.Etat) string {
	switch e {
	case journal.ARLPositif:
		return "acquittee"
	case journal.Refuse:
		return "refusee"
	}
	return string(e)
}

func (o *officine) rendreCompte(ctx context.Context, w io.Writer) error {
	var b bilan
	var lignes [][]string
	json := json.NewEncoder(w)
	json.SetEscapeHTML(false)
	for v, err := range o.suivi.Factures(ctx) {
		if err != nil {
			return err
		}
		x := objetFacture{Facture: v.Cle.Numero, Lot: v.Cle.Lot.Numero, Etat: etat(v.Situation), Pieces: []objetPiece{}}
		b.Factures++
		switch x.Etat {
		case "acquittee":
			b.Acquittees++
		case "refusee":
			b.Refusees++
		case "sans_piece":
			b.SansPiece++
		}
		var pieces, lots []string
		for _, p := range v.Pieces {
			x.Pieces = append(x.Pieces, objetPiece{p.ID, p.Fichier, etatPiece(p.Etat), p.Motif})
			if p.Fichier == "" {
				pieces = append(pieces, p.Type) // made by the program
			} else {
				pieces = append(pieces, fmt.Sprintf("%s (%s)", p.Type, p.Fichier))
			}
			if p.LotScor != "" {
				lots = append(lots, p.LotScor)
			}
		}
		if o.json {
			if err := json.Encode(x); err != nil {
				return err
			}
		}
		lignes = append(lignes, []string{fmt.Sprint(v.Cle.Numero), strings.Join(pieces, ", "), strings.Join(unique(lots),
			", "), v.Libelle, v.AFaire})
	}
	b.Envoyes = o.envoyes
	if o.json {
		return json.Encode(struct {
			Bilan bilan `json:"bilan"`
		}{b})
	}
	fmt.Fprintln(w)
	demonstration.EcrireTable(w, []string{"Facture", "Pièces", "Lot SCOR", "État", "À faire"}, lignes)
	fmt.Fprintf(w, "\n%d facture(s) : %d acquittée(s), %d refusée(s) à la numérisation, %d sans pièce. %d message(s) "+
		"envoyé(s).\n", b.Factures, b.Acquittees, b.Refusees, b.SansPiece, b.Envoyes)
	fmt.Fprintf(w, "À ouvrir dans %s : pdf/ (les pièces), envoyes/ et recus/ (les méls), frontal/ (ce que le frontal a "+
		"reçu), suivi.db (le journal).\n", o.sortie)
	return nil
}

func unique(s []string) []string {
	var u []string
	vus := map[string]bool{}
	for _, x := range s {
		if !vus[x] {
			vus[x] = true
			u = append(u, x)
		}
	}
	return u
}
