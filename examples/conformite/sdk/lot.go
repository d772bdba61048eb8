package sdk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

func empreinte(texte string) scor.Empreinte { return sha256.Sum256([]byte(texte)) }

// constitution is what lots are made with; limits replace those of the profile.
type constitution struct {
	donnees
	Date      fse.Date `json:"date"`
	Emetteur  string   `json:"emetteur"`
	Fichier   string   `json:"fichier"`
	Organisme string   `json:"organisme"`
	Limites   struct {
		PairesParLot    int   `json:"paires_par_lot"`
		DocumentsParLot int   `json:"documents_par_lot"`
		OctetsParLot    int64 `json:"octets_par_lot"`
	} `json:"limites"`
}

func (c *constitution) constituer(p *scor.Profil) ([]lot.Lot, []lot.Ecartee, error) {
	a, err := c.apparier()
	if err != nil {
		return nil, nil, err
	}
	if c.Limites.PairesParLot > 0 {
		p.Limites.PairesParLot = c.Limites.PairesParLot
	}
	if c.Limites.DocumentsParLot > 0 {
		p.Limites.DocumentsParLot = c.Limites.DocumentsParLot
	}
	if c.Limites.OctetsParLot > 0 {
		p.Limites.OctetsParLot = c.Limites.OctetsParLot
	}
	n := 0
	return lot.Constituer(a.Paires, lot.Constitution{Profil: p, Date: c.Date,
		Numeroter: func() (int, error) { n++; return n, nil },
		Destination: func(*fse.Facture) (lot.Destination, error) {
			return lot.Destination{Regime: "01", Organisme: c.Organisme, Type: "CT", Numero: "00000001011" + c.Organisme,
				Adresse: "01" + c.Organisme + "@" + c.Organisme + ".01.rss.fr"}, nil
		}})
}

type lotLu struct {
	Numero    int       `json:"numero"`
	Date      string    `json:"date"`
	Factures  int       `json:"factures"` // number of the lot of invoices
	Documents int       `json:"documents"`
	Octets    int64     `json:"octets"`
	Paires    []paireLu `json:"paires"`
}

type reponseLots struct {
	Accepte  bool      `json:"accepte"`
	Lots     []lotLu   `json:"lots"`
	Ecartees []string  `json:"ecartees"`
	Lignes   []string  `json:"lignes,omitempty"`
	Constats []constat `json:"constats"`
}

func lotLuDe(l *lot.Lot) lotLu {
	x := lotLu{Numero: l.Numero, Date: l.Date.String(), Factures: l.Factures.Numero, Documents: len(l.Documents()),
		Octets: l.Octets(), Paires: []paireLu{}}
	for _, p := range l.Paires {
		x.Paires = append(x.Paires, paireLu{p.Facture.Cle.Numero, p.Piece.ID, p.Piece.Type, p.Piece.Reference})
	}
	return x
}

// constituer makes lots, and the records of the first file.
func constituer(_ context.Context, v *kit.Vecteur) (any, error) {
	var c constitution
	if err := lireParametres(v, &c); err != nil {
		return nil, err
	}
	p, err := profil(v)
	if err != nil {
		return nil, err
	}
	lots, ecartees, err := c.constituer(p)
	if err != nil {
		return refuser("constitution", err), nil
	}
	r := reponseLots{Accepte: len(ecartees) == 0, Lots: []lotLu{}, Ecartees: []string{}, Constats: []constat{}}
	for i := range lots {
		r.Lots = append(r.Lots, lotLuDe(&lots[i]))
	}
	for _, e := range ecartees {
		r.Ecartees = append(r.Ecartees, e.Paire.Piece.ID)
		r.Constats = append(r.Constats, constat{Code: "ecartee", Gravite: "erreur", Message: e.Motif})
	}
	if len(lots) == 0 {
		return r, nil
	}
	fichiers, err := lot.Grouper(lots, p, c.Date, lot.Emetteur{Type: "TP", Numero: c.Emetteur},
		func() (string, error) { return c.Fichier, nil })
	if err != nil {
		return refuser("fichier", err), nil
	}
	var b bytes.Buffer
	if err := fichiers[0].Encode(&b, p); err != nil {
		return refuser("encodage", err), nil
	}
	for o := b.Bytes(); len(o) > 0; o = o[min(p.Lot.Longueur, len(o)):] {
		r.Lignes = append(r.Lignes, latin1(o[:min(p.Lot.Longueur, len(o))]))
	}
	return r, nil
}

func decoderLot(_ context.Context, v *kit.Vecteur) (any, error) {
	p, err := profil(v)
	if err != nil {
		return nil, err
	}
	src, err := entree(v, "fichier")
	if err != nil {
		return nil, err
	}
	f, err := lot.Decode(src, p)
	if err != nil {
		return refusLot(err), nil
	}
	r := reponseLots{Accepte: true, Lots: []lotLu{}, Constats: []constat{}}
	for i := range f.Lots {
		r.Lots = append(r.Lots, lotLuDe(&f.Lots[i]))
	}
	return r, nil
}

// refusLot says where a file of lots stops being one.
func refusLot(err error) any {
	r := refuser("lot-illisible", err)
	var e *disposition.Erreur
	if errors.As(err, &e) {
		r.Constats[0].Code, r.Constats[0].Enregistrement = string(e.Nature), e.Numero
		r.Constats[0].Type, r.Constats[0].Zone = e.Enregistrement, e.Zone
	}
	return r
}

func verifierProfil(_ context.Context, v *kit.Vecteur) (any, error) {
	b := v.Octets("profil")
	if b == nil {
		return nil, fmt.Errorf("sdk: %s: the input profil is missing", v.ID)
	}
	p, err := scor.ParseProfil(bytes.NewReader(b), "profil.yaml")
	if err != nil {
		return refuserProfil(err), nil
	}
	return reponseProfil{Accepte: true, Nom: p.Nom, Version: p.Version, Etend: p.Etend, Types: len(p.Types),
		Codes: len(p.Codes), DPIMin: int(p.Numerisation.DPIMin), Enregistrements: len(p.Lot.Enregistrements),
		Longueur: p.Lot.Longueur, Constats: []constat{}}, nil
}

type reponseProfil struct {
	Accepte         bool      `json:"accepte"`
	Nom             string    `json:"nom"`
	Version         string    `json:"version"`
	Etend           string    `json:"etend"`
	Types           int       `json:"types"`
	Codes           int       `json:"codes"`
	DPIMin          int       `json:"dpi_min"`
	Enregistrements int       `json:"enregistrements"`
	Longueur        int       `json:"longueur"`
	Constats        []constat `json:"constats"`
}

// refuserProfil gives every fault with its line and its key.
func refuserProfil(err error) refus {
	r := refus{Constats: []constat{}}
	var aplatir func(error)
	aplatir = func(err error) {
		switch x := err.(type) {
		case *config.Erreur:
			r.Constats = append(r.Constats, constat{Code: "profil", Gravite: "erreur", Zone: x.Chemin, Ligne: x.Ligne,
				Message: x.Message})
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				aplatir(e)
			}
		case interface{ Unwrap() error }:
			aplatir(x.Unwrap())
		case nil:
		default:
			r.Constats = append(r.Constats, constat{Code: "profil", Gravite: "erreur", Message: err.Error()})
		}
	}
	aplatir(err)
	return r
}
