package sdk

import (
	"context"
	"errors"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

type retourNoemie struct {
	Accepte   bool            `json:"accepte"`
	Emballage string          `json:"emballage"`
	Reference string          `json:"reference"`
	Date      string          `json:"date"`
	Cumul     int64           `json:"cumul"`
	Factures  []reponseNoemie `json:"factures"`
	Retenues  []retenueNoemie `json:"retenues"`
	Constats  []constat       `json:"constats"`
}

type reponseNoemie struct {
	Lot      int           `json:"lot"`
	DateLot  string        `json:"date_lot"`
	Numero   int           `json:"numero"`
	Origine  string        `json:"origine"`
	Etat     string        `json:"etat"`
	Paye     int64         `json:"paye"`
	AMO      *partNoemie   `json:"amo"`
	AMC      *partNoemie   `json:"amc"`
	Motifs   []motifNoemie `json:"motifs"`
	Virement string        `json:"virement"` // date of the payment
}

type partNoemie struct {
	Demande int64  `json:"demande"`
	Paye    int64  `json:"paye"`
	Etat    string `json:"etat"`
}

type motifNoemie struct {
	Code     string `json:"code"`
	Libelle  string `json:"libelle"`
	Niveau   string `json:"niveau"`
	Famille  string `json:"famille"`
	Renvoyer bool   `json:"renvoyer"`
}

type retenueNoemie struct {
	Reference string `json:"reference"`
	Nature    string `json:"nature"`
	Operation string `json:"operation"`
	Montant   int64  `json:"montant"`
	Solde     int64  `json:"solde"`
}

func lireNoemie(_ context.Context, v *kit.Vecteur) (any, error) {
	src, err := entree(v, "retour")
	if err != nil {
		return nil, err
	}
	x, constats, err := noemie.Parse(src)
	if errors.Is(err, noemie.ErrPasNoemie) {
		return refuser("pas-noemie", err), nil
	}
	if err != nil {
		return refuser("illisible", err), nil
	}
	r := retourNoemie{Emballage: x.Emballage.String(), Reference: x.Reference, Date: x.Date.String(),
		Cumul: int64(x.Cumul), Factures: []reponseNoemie{}, Retenues: []retenueNoemie{}}
	r.Constats, r.Accepte = constatsDe(constats)
	for i := range x.Factures {
		r.Factures = append(r.Factures, reponseDe(&x.Factures[i]))
	}
	for _, t := range x.Retenues {
		r.Retenues = append(r.Retenues, retenueNoemie{t.Reference, t.Nature, t.Operation, int64(t.Montant), int64(t.Solde)})
	}
	return r, nil
}

func reponseDe(f *noemie.Reponse) reponseNoemie {
	y := reponseNoemie{Lot: f.Cle.Lot, DateLot: f.Cle.DateLot.String(), Numero: f.Cle.Numero, Origine: f.Origine,
		Etat: f.Etat.String(), Paye: int64(f.Paye()), AMO: partDe(f.AMO), AMC: partDe(f.AMC), Motifs: []motifNoemie{}}
	if f.Versement != nil {
		y.Virement = f.Versement.Date.String()
	}
	for _, m := range f.Motifs {
		c := m.Conduite()
		y.Motifs = append(y.Motifs, motifNoemie{m.Code, m.Libelle, m.Niveau, c.Famille, c.Renvoyer})
	}
	return y
}

func partDe(p *noemie.Part) *partNoemie {
	if p == nil {
		return nil
	}
	return &partNoemie{int64(p.Demande), int64(p.Paye), p.Etat.String()}
}

type jointure struct {
	Accepte    bool      `json:"accepte"`
	Paires     []int     `json:"paires"` // numbers of the invoices
	Inconnues  []int     `json:"inconnues"`
	SansRetour []int     `json:"sans_retour"`
	Constats   []constat `json:"constats"`
}

// joindreNoemie joins a return with the invoices of the vector.
func joindreNoemie(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		Factures []factureDonnee `json:"factures"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	src, err := entree(v, "retour")
	if err != nil {
		return nil, err
	}
	x, _, err := noemie.Parse(src)
	if err != nil {
		return refuser("illisible", err), nil
	}
	var factures []fse.Facture
	for i := range p.Factures {
		f, err := p.Factures[i].facture()
		if err != nil {
			return nil, err
		}
		for _, a := range f.Actes {
			f.Total, f.AMO, f.AMC = f.Total+a.Montant, f.AMO+a.AMO, f.AMC+a.AMC
		}
		factures = append(factures, f)
	}
	j := noemie.Joindre(x, factures)
	r := jointure{Paires: []int{}, Inconnues: []int{}, SansRetour: []int{}}
	r.Constats, r.Accepte = constatsDe(j.Constats)
	r.Accepte = r.Accepte && len(j.Inconnues) == 0
	for _, p := range j.Paires {
		r.Paires = append(r.Paires, p.Facture.Cle.Numero)
	}
	for _, f := range j.Inconnues {
		r.Inconnues = append(r.Inconnues, f.Cle.Numero)
	}
	for _, f := range j.SansRetour {
		r.SansRetour = append(r.SansRetour, f.Cle.Numero)
	}
	return r, nil
}
