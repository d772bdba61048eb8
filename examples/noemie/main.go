// Noemie explains NOEMIE returns (RSP): payments, and for each invoice what became of it and why:
//
//	go run ./examples/noemie [-json] [-clair] [-strict] FILE...
//
// FILE may be - for standard input; blocks or stream, gzip or not. With -json it writes one object for each invoice,
// one a line; an amount that the return doesn't carry is null, and the findings of controls go to standard error. The
// number of the insured is masked unless -clair is given. The status is 0 if all files were read, findings or not; 1 if
// one could not be; 2 for a wrong call; 3, with -strict, if one has an error among its findings.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

func main() {
	programme.Main("noemie", func(_ context.Context, args []string, in io.Reader, out, erreurs io.Writer) error {
		return lire(args, in, out, erreurs)
	})
}

// facture is what -json writes for an invoice. Amounts are in cents.
type facture struct {
	Lot        int          `json:"lot"`
	DateLot    string       `json:"date_lot"`
	Numero     int          `json:"numero"`
	Etat       noemie.Issue `json:"etat"`
	DemandeAMO *fse.Montant `json:"demande_amo"`
	PayeAMO    *fse.Montant `json:"paye_amo"`
	DemandeAMC *fse.Montant `json:"demande_amc"`
	PayeAMC    *fse.Montant `json:"paye_amc"`
	Motifs     [][2]string  `json:"motifs"`

	// Of each share, when the return says it; and what to do about each reason, in the order of Motifs.
	EtatAMO *noemie.Issue `json:"etat_amo,omitempty"`
	EtatAMC *noemie.Issue `json:"etat_amc,omitempty"`
	AFaire  []string      `json:"a_faire,omitempty"`
}

func lire(args []string, in io.Reader, out, erreurs io.Writer) error {
	p := programme.Explication{Nom: "noemie", Usage: "noemie [-json] [-clair] [-strict] FICHIER...",
		Strict: "échouer si un retour comporte une erreur", Message: message, Un: expliquer}
	p.New(out, erreurs)
	return p.Run(args, in, nil)
}

// expliquer explains one return.
func expliquer(v programme.Vue, nom string, source io.Reader) (pire fse.Gravite, err error) {
	r, constats, err := noemie.Parse(source)
	if r != nil && (err == nil || len(r.Factures) > 0) {
		if v.JSON {
			err = errors.Join(err, ecrireJSON(v.Sortie, r))
			for _, c := range constats {
				fmt.Fprintf(v.Erreurs, "%s : %s, %s\n", nom, c.Gravite, c)
			}
		} else {
			texte(v.Sortie, nom, r, constats, v.Clair)
		}
	}
	for _, c := range constats {
		pire = max(pire, c.Gravite)
	}
	return pire, err
}

// message says in French what kept a return from being read.
func message(err error) string {
	var e *noemie.ErreurLecture
	switch {
	case errors.Is(err, noemie.ErrPasNoemie):
		return "ce n'est pas un retour NOEMIE."
	case errors.As(err, &e):
		return fmt.Sprintf("lecture interrompue à l'entité %d (octet %d) : %v", e.Entite, e.Offset, e.Err)
	}
	return ""
}

func ecrireJSON(w io.Writer, r *noemie.Retour) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := range r.Factures {
		f := &r.Factures[i]
		o := facture{Lot: f.Cle.Lot, DateLot: f.Cle.DateLot.AAMMJJ(), Numero: f.Cle.Numero, Etat: f.Etat,
			Motifs: [][2]string{}}
		o.DemandeAMO, o.PayeAMO = montants(f.AMO)
		o.DemandeAMC, o.PayeAMC = montants(f.AMC)
		o.EtatAMO, o.EtatAMC = etatDe(f.AMO), etatDe(f.AMC)
		for _, m := range f.Motifs {
			o.Motifs = append(o.Motifs, [2]string{m.Code, m.Libelle})
			o.AFaire = append(o.AFaire, m.Conduite().Action)
		}
		if err := e.Encode(o); err != nil {
			return err
		}
	}
	return nil
}

// etatDe is nil when the return doesn't say what became of the share.
func etatDe(p *noemie.Part) *noemie.Issue {
	if p == nil || p.Etat == noemie.EtatInconnu {
		return nil
	}
	return &p.Etat
}

func montants(p *noemie.Part) (demande, paye *fse.Montant) {
	if p == nil {
		return nil, nil
	}
	if p.DemandeConnue {
		demande = &p.Demande
	}
	return demande, &p.Paye
}

func texte(w io.Writer, nom string, r *noemie.Retour, constats []noemie.Constat, clair bool) {
	fmt.Fprintf(w, "%s : retour %s du %s, référence %s, de %s %s à %s %s, en %s\n", nom, r.ID, programme.Jour(r.Date),
		r.Reference, r.TypeEmetteur,
		r.Emetteur, r.TypeDestinataire, r.Destinataire, r.Emballage)
	var v *noemie.Versement
	for i := range r.Factures {
		f := &r.Factures[i]
		if f.Versement != v {
			v = f.Versement
			fmt.Fprintf(w, "└─ Paiement du %s à %s : %s\n", programme.Jour(v.Date), v.Beneficiaire,
				strings.TrimSpace(v.Libelles[0]+" "+v.Libelles[1]))
		}
		texteFacture(w, f, clair)
	}
	for _, t := range r.Retenues {
		fmt.Fprintf(w, "   ├─ Mouvement %s du %s : %s, solde %s", t.Reference, programme.Jour(t.Date), t.Montant, t.Solde)
		if t.Facture != nil {
			fmt.Fprintf(w, ", facture %d", t.Facture.Numero)
		}
		fmt.Fprintln(w)
	}
	for _, f := range r.Forfaits {
		fmt.Fprintf(w, "   ├─ Paiement forfaitaire %s %s : %s\n", f.Code, f.Libelle, f.Montant)
	}
	fmt.Fprintf(w, "Total payé : %s.", r.Cumul)
	compte := map[noemie.Issue]int{}
	for i := range r.Factures {
		compte[r.Factures[i].Etat]++
	}
	for e := noemie.EtatInconnu; e <= noemie.Reprise; e++ {
		if compte[e] > 0 {
			fmt.Fprintf(w, " %d %s.", compte[e], e.Libelle())
		}
	}
	fmt.Fprintln(w)
	for _, c := range constats {
		fmt.Fprintf(w, "! %s, %s\n", c.Gravite, c)
	}
	fmt.Fprintln(w)
}

func texteFacture(w io.Writer, f *noemie.Reponse, clair bool) {
	fmt.Fprintf(w, "   ├─ Facture %d, lot %03d du %s", f.Cle.Numero, f.Cle.Lot, programme.Jour(f.Cle.DateLot))
	if !f.Assure.IsZero() {
		nir := f.Assure.String()
		if clair {
			nir = f.Assure.Clair()
		}
		fmt.Fprintf(w, ", assuré %s", nir)
	}
	fmt.Fprintf(w, " : %s", f.Etat.Libelle())
	for _, p := range []struct {
		nom string
		*noemie.Part
	}{{"AMO", f.AMO}, {"AMC", f.AMC}} {
		if p.Part == nil {
			continue
		}
		fmt.Fprintf(w, ", %s %s payés", p.nom, p.Paye)
		if p.Etat != noemie.EtatInconnu && p.Etat != f.Etat {
			fmt.Fprintf(w, " (%s)", p.Etat.Libelle())
		}
		if p.DemandeConnue {
			fmt.Fprintf(w, " sur %s", p.Demande)
		}
	}
	fmt.Fprintln(w)
	for _, m := range f.Motifs {
		fmt.Fprintf(w, "   │  ├─ motif %s : %s", m.Code, m.Libelle)
		if m.Ligne > 0 {
			fmt.Fprintf(w, " (ligne %d)", m.Ligne)
		}
		fmt.Fprintf(w, "\n   │  │    à faire : %s\n", m.Conduite().Action)
	}
	for _, c := range f.Commentaires {
		fmt.Fprintf(w, "   │  ├─ %s\n", c)
	}
}
