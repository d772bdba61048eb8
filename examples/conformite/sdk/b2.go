package sdk

import (
	"bytes"
	"context"
	"errors"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

type fichierB2 struct {
	Accepte      bool      `json:"accepte"`
	Emetteur     string    `json:"emetteur"`
	Destinataire string    `json:"destinataire"`
	ID           string    `json:"id"`
	Date         string    `json:"date"`
	Norme        string    `json:"norme"`
	Lots         []lotB2   `json:"lots"`
	Constats     []constat `json:"constats"`
}

type lotB2 struct {
	Emetteur     string      `json:"emetteur"`
	Numero       int         `json:"numero"`
	Date         string      `json:"date"`
	Destinataire string      `json:"destinataire"`
	Flux         string      `json:"flux"`
	Total        int64       `json:"total"`
	AMO          int64       `json:"amo"`
	AMC          int64       `json:"amc"`
	Factures     []factureB2 `json:"factures"`
}

type factureB2 struct {
	Numero       int      `json:"numero"`
	Date         string   `json:"date"`
	Organisme    string   `json:"organisme"`
	Prescripteur string   `json:"prescripteur"`
	Prescription string   `json:"prescription"`
	Entree       string   `json:"entree"`
	Sortie       string   `json:"sortie"`
	Nature       string   `json:"nature"`
	Total        int64    `json:"total"`
	AMO          int64    `json:"amo"`
	AMC          int64    `json:"amc"`
	Lignes       int      `json:"lignes"`
	Actes        []acteB2 `json:"actes"`
}

type acteB2 struct {
	Code      string `json:"code"`
	Date      string `json:"date"`
	Executant string `json:"executant"`
	Quantite  int    `json:"quantite"`
	Montant   int64  `json:"montant"`
	AMO       int64  `json:"amo"`
	AMC       int64  `json:"amc"`
}

// nomsFlux are the words of the contract, those of the rules' files.
var nomsFlux = map[fse.Flux]string{fse.FluxInconnu: "inconnu", fse.FluxB2: "b2", fse.FluxFSE: "fse",
	fse.FluxFSESansVitale: "fse-sans-vitale", fse.FluxFSEDegradee: "fse-degradee", fse.FluxDRE: "dre"}

func flux(nom string) fse.Flux {
	for f, n := range nomsFlux {
		if n == nom {
			return f
		}
	}
	return fse.FluxInconnu
}

func lireB2(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		Envoi fse.Date `json:"envoi"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	src, err := entree(v, "fichier")
	if err != nil {
		return nil, err
	}
	opts := []b2.Option{b2.WithControles()}
	if !p.Envoi.IsZero() {
		opts = append(opts, b2.WithEnvoi(p.Envoi))
	}
	f, constats, err := b2.ParseFichier(src, opts...)
	if err != nil {
		return refuserLecture(err), nil
	}
	r := fichierB2{Emetteur: f.Emetteur, Destinataire: f.Destinataire, ID: f.ID, Date: f.Date.String(), Norme: f.Norme,
		Lots: []lotB2{}}
	r.Constats, r.Accepte = constatsDe(constats)
	for i := range f.Lots {
		r.Lots = append(r.Lots, lotDe(&f.Lots[i]))
	}
	return r, nil
}

func refuserLecture(err error) refus {
	if errors.Is(err, b2.ErrPasB2) {
		return refuser("pas-b2", err)
	}
	return refuser("illisible", err)
}

func lotDe(l *fse.Lot) lotB2 {
	x := lotB2{l.Cle.Emetteur, l.Cle.Numero, l.Cle.Date.String(), l.Destinataire, nomsFlux[l.Flux], int64(l.Total),
		int64(l.AMO), int64(l.AMC), []factureB2{}}
	for i := range l.Factures {
		f := &l.Factures[i]
		y := factureB2{f.Cle.Numero, f.Date.String(), f.Organisme.String(), f.Prescripteur, f.DatePrescription.String(),
			f.Entree.String(), f.Sortie.String(), f.NatureAssurance, int64(f.Total), int64(f.AMO), int64(f.AMC), f.Lignes,
			[]acteB2{}}
		for _, a := range f.Actes {
			y.Actes = append(y.Actes, acteB2{a.Code, a.Date.String(), a.Executant, a.Quantite, int64(a.Montant), int64(a.AMO),
				int64(a.AMC)})
		}
		x.Factures = append(x.Factures, y)
	}
	return x
}

// factureDonnee is an invoice as vectors give it.
type factureDonnee struct {
	Emetteur     string            `json:"emetteur"` // 9 digits
	Lot          int               `json:"lot"`
	DateLot      fse.Date          `json:"date_lot"`
	Numero       int               `json:"numero"`
	Flux         string            `json:"flux"`
	Date         fse.Date          `json:"date"`
	Nir          string            `json:"nir"` // with its key
	Naissance    string            `json:"naissance"`
	Organisme    string            `json:"organisme"`
	Nature       string            `json:"nature"`
	Prescripteur string            `json:"prescripteur"`
	Prescription fse.Date          `json:"prescription"`
	Serie        string            `json:"serie"`
	Attributs    map[string]string `json:"attributs"`
	Actes        []acteDonne       `json:"actes"`
}

type acteDonne struct {
	Code      string   `json:"code"`
	Date      fse.Date `json:"date"`
	Executant string   `json:"executant"`
	Quantite  int      `json:"quantite"`
	Montant   int64    `json:"montant"`
	AMO       int64    `json:"amo"`
	AMC       int64    `json:"amc"`
}

func (d *factureDonnee) facture() (fse.Facture, error) {
	f := fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: d.Emetteur, Numero: d.Lot, Date: d.DateLot},
		Numero: d.Numero}, Flux: flux(d.Flux), Date: d.Date, Naissance: fse.Naissance(d.Naissance), NatureAssurance: d.Nature,
		Prescripteur: d.Prescripteur, DatePrescription: d.Prescription, Serie: d.Serie, Attributs: d.Attributs,
		Lignes: len(d.Actes)}
	var err error
	if d.Nir != "" {
		if f.Assure, err = fse.ParseNIR(d.Nir[:min(13, len(d.Nir))], d.Nir[min(13, len(d.Nir)):]); err != nil {
			return f, err
		}
	}
	if d.Organisme != "" {
		if f.Organisme, err = fse.ParseOrganisme(d.Organisme); err != nil {
			return f, err
		}
	}
	for _, a := range d.Actes {
		f.Actes = append(f.Actes, fse.Acte{Code: a.Code, Date: a.Date, Executant: a.Executant, Quantite: a.Quantite,
			Montant: fse.Montant(a.Montant), AMO: fse.Montant(a.AMO), AMC: fse.Montant(a.AMC)})
	}
	return f, nil
}

type reponseLignes struct {
	Accepte  bool      `json:"accepte"`
	Lignes   []string  `json:"lignes,omitempty"`
	Constats []constat `json:"constats"`
}

// ecrireB2 writes a file of one lot.
func ecrireB2(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		TypeEmetteur     string          `json:"type_emetteur"`
		Emetteur         string          `json:"emetteur"`
		TypeDestinataire string          `json:"type_destinataire"`
		Destinataire     string          `json:"destinataire"`
		ID               string          `json:"id"`
		Date             fse.Date        `json:"date"`
		Norme            string          `json:"norme"`
		Organisme        string          `json:"organisme"`
		Partenaire       string          `json:"partenaire"`
		Factures         []factureDonnee `json:"factures"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	f := fse.Fichier{TypeEmetteur: p.TypeEmetteur, Emetteur: p.Emetteur, TypeDestinataire: p.TypeDestinataire,
		Destinataire: p.Destinataire, ID: p.ID, Date: p.Date, Norme: p.Norme}
	l := fse.Lot{Destinataire: p.Organisme, Partenaire: p.Partenaire, Norme: p.Norme}
	for i := range p.Factures {
		x, err := p.Factures[i].facture()
		if err != nil {
			return refuser("facture", err), nil
		}
		l.Cle, l.Flux = x.Cle.Lot, x.Flux
		l.Factures = append(l.Factures, x)
	}
	f.Lots = []fse.Lot{l}
	var b bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriter(&b), &f); err != nil {
		return refuser("ecriture", err), nil
	}
	r := reponseLignes{Accepte: true, Constats: []constat{}}
	for o := b.Bytes(); len(o) > 0; o = o[min(b2.Longueur, len(o)):] {
		r.Lignes = append(r.Lignes, latin1(o[:min(b2.Longueur, len(o))]))
	}
	return r, nil
}

// latin1 gives the characters of bytes, one each.
func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}
