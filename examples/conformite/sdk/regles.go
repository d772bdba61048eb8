package sdk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/routage"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/delais"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

var nomsDecisions = map[scor.Decision]string{scor.Requise: "requise", scor.ReferenceAdmise: "reference",
	scor.NonTransmise: "non-transmise"}

type exigence struct {
	Type     string `json:"type"`
	Decision string `json:"decision"`
	Source   string `json:"source"`
}

type reponsePieces struct {
	Accepte  bool       `json:"accepte"`
	Pieces   []exigence `json:"pieces"`
	Constats []constat  `json:"constats"`
}

// pieces says which pieces an invoice asks for. A rule file of the vector comes before the public ones.
func pieces(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		Profession string        `json:"profession"`
		Facture    factureDonnee `json:"facture"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	f, err := p.Facture.facture()
	if err != nil {
		return nil, err
	}
	r := scor.ReglesPubliques()
	if b := v.Octets("regles"); b != nil {
		propres, err := scor.ParseRegles(bytes.NewReader(b))
		if err != nil {
			return refuser("regles", err), nil
		}
		r = r.Avant(propres)
	}
	exiger, err := r.Pour(scor.Contexte{Profession: p.Profession})
	var inconnue *scor.ErreurProfession
	if errors.As(err, &inconnue) {
		return refuser("profession", err), nil
	}
	if err != nil {
		return nil, err
	}
	x := reponsePieces{Accepte: true, Pieces: []exigence{}, Constats: []constat{}}
	for _, e := range exiger(&f) {
		x.Pieces = append(x.Pieces, exigence{e.Type, nomsDecisions[e.Decision], e.Source})
	}
	slices.SortFunc(x.Pieces, func(a, b exigence) int { return cmp.Compare(a.Type, b.Type) })
	return x, nil
}

// pieceDonnee is a piece as vectors give it; its document is Texte.
type pieceDonnee struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Facture   int    `json:"facture"` // number, in the lot of the first invoice; 0 for none
	Reference string `json:"reference"`
	Pages     int    `json:"pages"`
	Texte     string `json:"texte"`
	Octets    int64  `json:"octets"` // 0 for those of Texte
}

func (d *pieceDonnee) piece(factures []fse.Facture) scor.Piece {
	p := scor.Piece{ID: d.ID, Type: d.Type, Reference: d.Reference, Pages: d.Pages}
	if d.Facture != 0 && len(factures) > 0 {
		p.Facture = fse.CleFacture{Lot: factures[0].Cle.Lot, Numero: d.Facture}
	}
	if d.Reference == "" {
		p.Octets, p.Empreinte = cmp.Or(d.Octets, int64(len(d.Texte))), empreinte(d.Texte)
		p.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(d.Texte)), nil }
	}
	return p
}

// donnees are invoices and pieces as vectors give them.
type donnees struct {
	Profession string          `json:"profession"`
	Factures   []factureDonnee `json:"factures"`
	Pieces     []pieceDonnee   `json:"pieces"`
}

func (d *donnees) lire() (factures []fse.Facture, pieces []scor.Piece, err error) {
	for i := range d.Factures {
		f, err := d.Factures[i].facture()
		if err != nil {
			return nil, nil, err
		}
		factures = append(factures, f)
	}
	for i := range d.Pieces {
		pieces = append(pieces, d.Pieces[i].piece(factures))
	}
	return factures, pieces, nil
}

func (d *donnees) apparier() (lot.Appariement, error) {
	factures, pieces, err := d.lire()
	if err != nil {
		return lot.Appariement{}, err
	}
	exigences, err := scor.ReglesPubliques().Pour(scor.Contexte{Profession: d.Profession})
	if err != nil {
		return lot.Appariement{}, err
	}
	return lot.Apparieur{Exigences: exigences}.Apparier(factures, pieces), nil
}

type appariement struct {
	Accepte       bool      `json:"accepte"` // nothing is missing, nothing is left over
	Paires        []paireLu `json:"paires"`
	Manquantes    []paireLu `json:"manquantes"`
	Orphelines    []string  `json:"orphelines"`
	NonTransmises []string  `json:"non_transmises"`
}

type paireLu struct {
	Facture   int    `json:"facture"`
	Piece     string `json:"piece,omitempty"`
	Type      string `json:"type,omitempty"`
	Reference string `json:"reference,omitempty"`
}

func apparier(_ context.Context, v *kit.Vecteur) (any, error) {
	var d donnees
	if err := lireParametres(v, &d); err != nil {
		return nil, err
	}
	a, err := d.apparier()
	if err != nil {
		return nil, err
	}
	r := appariement{Accepte: len(a.Manquantes)+len(a.Orphelines) == 0, Paires: []paireLu{}, Manquantes: []paireLu{},
		Orphelines: []string{}, NonTransmises: []string{}}
	for _, p := range a.Paires {
		r.Paires = append(r.Paires, paireLu{p.Facture.Cle.Numero, p.Piece.ID, p.Piece.Type, p.Piece.Reference})
	}
	for _, m := range a.Manquantes {
		r.Manquantes = append(r.Manquantes, paireLu{Facture: m.Facture.Numero, Type: m.Type})
	}
	for _, o := range a.Orphelines {
		r.Orphelines = append(r.Orphelines, o.ID)
	}
	for _, g := range a.NonTransmises {
		r.NonTransmises = append(r.NonTransmises, g.Piece.ID)
	}
	return r, nil
}

type reponseRoute struct {
	Accepte      bool   `json:"accepte"`
	Manque       string `json:"manque,omitempty"`
	Ligne        int    `json:"ligne,omitempty"`
	Colonne      string `json:"colonne,omitempty"`
	Adresse      string `json:"adresse,omitempty"`
	Type         string `json:"type,omitempty"`
	Destinataire string `json:"destinataire,omitempty"`
}

func router(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		Organisme string `json:"organisme"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	src, err := entree(v, "table")
	if err != nil {
		return nil, err
	}
	t, err := routage.Parse(src)
	var table *routage.ErreurTable
	if errors.As(err, &table) {
		return reponseRoute{Manque: "table", Ligne: table.Ligne, Colonne: table.Colonne}, nil
	}
	if err != nil {
		return nil, err
	}
	o, err := fse.ParseOrganisme(p.Organisme)
	if err != nil {
		return nil, err
	}
	r, err := t.Chercher(o)
	var inconnu *routage.ErreurInconnu
	if errors.As(err, &inconnu) {
		return reponseRoute{Manque: sansAccents.Replace(inconnu.Manque)}, nil
	}
	return reponseRoute{Accepte: true, Adresse: r.Adresse(), Type: r.TypeDestinataire(),
		Destinataire: r.NumeroDestinataire()}, err
}

var sansAccents = strings.NewReplacer("é", "e")

type reponseDelai struct {
	Accepte bool   `json:"accepte"`
	Motif   string `json:"motif,omitempty"`
	Fin     string `json:"fin,omitempty"`
	// Suivant is the next working day.
	Suivant string `json:"prochain_ouvre,omitempty"`
}

func calendrier(nom string) (*delais.Calendrier, error) {
	switch nom {
	case "", "france":
		return delais.France(), nil
	case "alsace-moselle":
		return delais.AlsaceMoselle(), nil
	}
	return nil, fmt.Errorf("sdk: calendar %q, france or alsace-moselle expected", nom)
}

// delai gives the last instant of a delay, in French legal time; and, with quand, whether that instant is in time.
func delai(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		Debut      time.Time    `json:"debut"`
		Nombre     int          `json:"nombre"`
		Unite      delais.Unite `json:"unite"`
		Calendrier string       `json:"calendrier"`
		Quand      time.Time    `json:"quand"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	c, err := calendrier(p.Calendrier)
	if err != nil {
		return nil, err
	}
	fin := c.Apres(p.Debut, p.Nombre, p.Unite)
	r := reponseDelai{Accepte: true, Fin: c.Local(fin).Format("2006-01-02T15:04:05")}
	if !p.Quand.IsZero() && p.Quand.After(fin) {
		r.Accepte, r.Motif = false, "hors-delai"
	}
	return r, nil
}

// ferie says whether a day is a public holiday.
func ferie(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		Date       fse.Date `json:"date"`
		Calendrier string   `json:"calendrier"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	c, err := calendrier(p.Calendrier)
	if err != nil {
		return nil, err
	}
	midi := p.Date.Time(time.UTC).Add(12 * time.Hour)
	r := reponseDelai{Suivant: c.Local(c.Apres(midi, 1, delais.JoursOuvres)).Format(time.DateOnly)}
	if r.Accepte = c.Ferie(midi) != ""; !r.Accepte {
		r.Motif = "jour-ordinaire"
	}
	return r, nil
}
