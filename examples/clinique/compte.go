package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/demonstration"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// What -json gives, one object a line: an object for each invoice, then the bilan. Amounts are in cents.
type (
	objetFacture struct {
		Facture int          `json:"facture"`
		Lot     int          `json:"lot"`
		Etat    string       `json:"etat"`
		Total   fse.Montant  `json:"total"`
		AMO     fse.Montant  `json:"amo"`
		AMC     fse.Montant  `json:"amc_non_verifie"`
		RSP     string       `json:"rsp,omitempty"`
		Paye    *fse.Montant `json:"paye,omitempty"`
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
		Retenus    int `json:"lots_retenus"`
		Payees     int `json:"payees"`
		Rejetees   int `json:"rejetees"`
		Signatures int `json:"signatures"`
		Envoyes    int `json:"messages_envoyes"`
	}
)

func (c *clinique) rendreCompte(ctx context.Context, w io.Writer) error {
	factures := map[fse.CleFacture]fse.Facture{}
	for _, f := range c.factures() {
		factures[f.Cle] = f
	}
	b := bilan{Envoyes: c.envoyes, Retenus: len(c.retenus)}
	for _, v := range c.registre.Documents() {
		if v.Etat == signature.Signe || v.Etat == signature.Joint {
			b.Signatures++
		}
	}
	var lignes [][]string
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for v, err := range c.suivi.Factures(ctx) {
		if err != nil {
			return err
		}
		f, ok := factures[v.Cle]
		if !ok {
			continue // of a run on other files
		}
		x := objetFacture{Facture: v.Cle.Numero, Lot: v.Cle.Lot.Numero, Etat: string(v.Situation), Total: f.Total, AMO: f.AMO,
			AMC: f.AMC, Pieces: []objetPiece{}}
		b.Factures++
		if v.Situation == suivi.Acquittee {
			b.Acquittees++
		}
		var pieces []string
		for _, p := range v.Pieces {
			x.Pieces = append(x.Pieces, objetPiece{p.ID, p.Fichier, string(p.Etat), p.Motif})
			pieces = append(pieces, p.Type)
		}
		rsp := ""
		if r := c.payees[v.Cle]; r != nil {
			paye := r.Paye()
			x.RSP, x.Paye = r.Etat.String(), &paye
			rsp = r.Etat.Libelle()
			switch r.Etat {
			case noemie.Paye, noemie.Signale:
				b.Payees++
				rsp += " " + euros(paye)
			case noemie.Rejete:
				b.Rejetees++
				if len(r.Motifs) > 0 {
					rsp += " : " + r.Motifs[0].Libelle
				}
			}
		}
		if c.json {
			if err := e.Encode(x); err != nil {
				return err
			}
		}
		lignes = append(lignes, []string{fmt.Sprint(v.Cle.Numero), fmt.Sprint(v.Cle.Lot.Numero), euros(f.Total), euros(f.AMO),
			euros(f.AMC), strings.Join(slices.Compact(pieces), ", "), v.Libelle, rsp, v.AFaire})
	}
	if c.json {
		return e.Encode(struct {
			Bilan bilan `json:"bilan"`
		}{b})
	}
	fmt.Fprintln(w)
	demonstration.EcrireTable(w, []string{"Facture", "Lot", ">Total", ">AMO", ">AMC (non vérifié)", "Pièce", "État", "RSP",
		"À faire"}, lignes)
	for _, r := range c.retenus {
		fmt.Fprintf(w, "\nRETENU, lot %s : %s\n", r.lot, r.motif)
	}
	fmt.Fprintf(w, "\n%d facture(s) : %d acquittée(s), %d payée(s), %d rejetée(s). %d signature(s), %d lot(s) "+
		"retenu(s), %d message(s) envoyé(s).\n",
		b.Factures, b.Acquittees, b.Payees, b.Rejetees, b.Signatures, b.Retenus, b.Envoyes)
	fmt.Fprintf(w, "À ouvrir dans %s : bordereaux/ et signes/ (PDF), pieces-classees/ et controle/, envoyes/ et recus/ "+
		"(les méls), acces.log, suivi.db (le journal).\n", c.sortie)
	return nil
}
