// B2 explains B2 files: lots, invoices, lines, and everything that is odd in them:
//
//	go run ./examples/b2 [-json] [-clair] [-strict] [-routage TABLE] FILE...
//
// FILE may be - for standard input. With -json it writes one object for each invoice, one a line. The number of the
// insured is masked unless -clair is given. A finding on a lot or on the file goes with the last invoice before it.
// With -routage, organisms are checked against that table. The status is 0 if all files were read, findings or not; 1
// if one could not be; 2 for a wrong call; 3, with -strict, if one has an error among its findings.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/fse/routage"
)

func main() {
	programme.Main("b2", func(_ context.Context, args []string, in io.Reader, out, erreurs io.Writer) error {
		return lire(args, in, out, erreurs)
	})
}

// facture is what -json writes for an invoice.
type facture struct {
	Lot      int       `json:"lot"`
	Numero   int       `json:"numero"`
	NIR      string    `json:"nir"`
	Cle      string    `json:"cle"`
	Montant  int64     `json:"montant_centimes"`
	Lignes   int       `json:"lignes"`
	Constats []constat `json:"constats"`

	// What is only worth knowing; and the flow, when nothing says which it is.
	Informations []constat `json:"informations,omitempty"`
	Flux         string    `json:"flux,omitempty"`
}

// constat is what -json writes for a finding.
type constat struct {
	Code           string `json:"code"`
	Gravite        string `json:"gravite"`
	Portee         string `json:"portee"`
	Enregistrement int    `json:"enregistrement"`
	Type           string `json:"type"`
	Zone           string `json:"zone,omitempty"`
	Offset         int64  `json:"offset"`
	Lu             string `json:"lu,omitempty"`
	Attendu        string `json:"attendu,omitempty"`
	Message        string `json:"message"`
	Source         string `json:"source,omitempty"`
}

func lire(args []string, in io.Reader, out, erreurs io.Writer) error {
	var options []b2.Option
	p := programme.Explication{Nom: "b2", Usage: "b2 [-json] [-clair] [-strict] [-routage TABLE] FICHIER...",
		Strict: "échouer si un fichier comporte une erreur", Message: message,
		Un: func(v programme.Vue, nom string, source io.Reader) (fse.Gravite, error) {
			return expliquer(v, nom, source, options)
		}}
	routes := p.New(out, erreurs).String("routage", "", "vérifier les organismes d'après cette `table` CSV de routage")
	return p.Run(args, in, func() error {
		if *routes == "" {
			return nil
		}
		table, err := lireTable(*routes)
		options = append(options, b2.WithRoutage(table))
		return err
	})
}

// expliquer explains one file.
func expliquer(v programme.Vue, nom string, source io.Reader, options []b2.Option) (pire fse.Gravite, err error) {
	fichier, constats, err := b2.ParseFichier(source, options...)
	if fichier != nil && (err == nil || len(fichier.Lots) > 0) {
		x := explication{w: v.Sortie, clair: v.Clair, constats: slices.Clone(constats)}
		if v.JSON {
			err = errors.Join(err, x.json(fichier))
		} else {
			x.texte(nom, fichier)
		}
	}
	for _, c := range constats {
		pire = max(pire, c.Gravite)
	}
	return pire, err
}

func lireTable(nom string) (*routage.Table, error) {
	f, err := os.Open(nom)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return routage.Parse(f)
}

// message says in French what kept a file from being read.
func message(err error) string {
	var e *b2.ErreurLecture
	switch {
	case errors.Is(err, b2.ErrPasB2):
		return "ce n'est pas un fichier B2."
	case errors.As(err, &e):
		return fmt.Sprintf("lecture interrompue à l'enregistrement %d (octet %d) : %v", e.Enregistrement, e.Offset, e.Err)
	}
	return ""
}

type explication struct {
	w     io.Writer
	clair bool
	// constats are those not yet shown.
	constats []b2.Constat
}

// prendre takes the findings that a function chooses.
func (x *explication) prendre(choix func(b2.Constat) bool) []b2.Constat {
	var siens []b2.Constat
	for _, c := range x.constats {
		if choix(c) {
			siens = append(siens, c)
		}
	}
	x.constats = slices.DeleteFunc(x.constats, choix)
	return siens
}

func (x *explication) deFacture(cle fse.CleFacture) []b2.Constat {
	return x.prendre(func(c b2.Constat) bool { return c.Lieu.Portee == b2.PorteeFacture && c.Lieu.Facture == cle })
}

func (x *explication) deLot(cle fse.CleLot) []b2.Constat {
	return x.prendre(func(c b2.Constat) bool { return c.Lieu.Portee != b2.PorteeFichier && c.Lieu.Facture.Lot == cle })
}

func (x *explication) json(f *fse.Fichier) error {
	e := json.NewEncoder(x.w)
	e.SetEscapeHTML(false)
	reste := 0
	for _, l := range f.Lots {
		reste += len(l.Factures)
	}
	for _, l := range f.Lots {
		for i, fac := range l.Factures {
			reste--
			constats := x.deFacture(fac.Cle)
			if i == len(l.Factures)-1 {
				constats = append(constats, x.deLot(l.Cle)...)
			}
			if reste == 0 {
				constats = append(constats, x.prendre(func(b2.Constat) bool { return true })...)
			}
			o := facture{Lot: l.Cle.Numero, Numero: fac.Cle.Numero, NIR: masquer(fac.Assure.Numero(), x.clair),
				Cle:     fac.Assure.Cle(),
				Montant: int64(fac.Total), Lignes: fac.Lignes, Constats: []constat{}}
			if fac.Flux != l.Flux || l.Flux == fse.FluxInconnu {
				o.Flux = fac.Flux.String()
			}
			for _, c := range constats {
				k := constat{c.Code, c.Gravite.String(), c.Lieu.Portee.String(), c.Lieu.Rang, c.Lieu.Type, c.Lieu.Zone,
					c.Lieu.Offset,
					c.Lu, c.Attendu, c.Message, c.Source}
				if c.Gravite > b2.Information {
					o.Constats = append(o.Constats, k)
				} else {
					o.Informations = append(o.Informations, k)
				}
			}
			if err := e.Encode(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// masquer keeps the first digit.
func masquer(nir string, clair bool) string {
	if clair || nir == "" {
		return nir
	}
	return nir[:1] + strings.Repeat("*", len(nir)-1)
}

// texte draws the tree of a file.
func (x *explication) texte(nom string, f *fse.Fichier) {
	norme := f.Norme
	if norme == "" {
		norme = "non précisée"
	}
	fmt.Fprintf(x.w, "%s : fichier %s du %s, norme %s, de %s %s à %s %s\n", nom, f.ID, programme.Jour(f.Date), norme,
		f.TypeEmetteur, f.Emetteur,
		f.TypeDestinataire, f.Destinataire)
	for i := range f.Lots {
		x.lot(&f.Lots[i])
	}
	reste := x.prendre(func(b2.Constat) bool { return true })
	x.montrer("", reste)
	if len(reste) == 0 {
		fmt.Fprintln(x.w, "Fichier : rien à signaler.")
	}
	fmt.Fprintln(x.w)
}

func (x *explication) lot(l *fse.Lot) {
	nb := "factures"
	if len(l.Factures) < 2 {
		nb = "facture"
	}
	fmt.Fprintf(x.w, "└─ Lot %03d du %s, %s (%s), organisme %s : %d %s, %s (AMO %s, AMC %s), %s\n", l.Cle.Numero,
		programme.Jour(l.Cle.Date), l.Partenaire,
		l.Cle.Emetteur, l.Destinataire, len(l.Factures), nb, l.Total, l.AMO, l.AMC, l.Flux)
	for i := range l.Factures {
		x.facture(&l.Factures[i])
	}
	x.montrer("   ", x.deLot(l.Cle))
}

func (x *explication) facture(f *fse.Facture) {
	lignes := "lignes"
	if f.Lignes < 2 {
		lignes = "ligne"
	}
	fmt.Fprintf(x.w, "   ├─ Facture %d du %s, assuré %s %s, organisme %s/%s/%s : %s (AMO %s, AMC %s), %d %s",
		f.Cle.Numero, programme.Jour(f.Date),
		masquer(f.Assure.Numero(), x.clair), f.Assure.Cle(), f.Organisme.Regime, f.Organisme.Caisse, f.Organisme.Centre,
		f.Total, f.AMO,
		f.AMC, f.Lignes, lignes)
	if !f.Entree.IsZero() {
		fmt.Fprintf(x.w, ", séjour du %s au %s", programme.Jour(f.Entree), programme.Jour(f.Sortie))
	}
	if f.Prescripteur != "" {
		fmt.Fprintf(x.w, ", prescrite par %s", f.Prescripteur)
		if !f.DatePrescription.IsZero() {
			fmt.Fprintf(x.w, " le %s", programme.Jour(f.DatePrescription))
		}
	}
	fmt.Fprintln(x.w)
	for _, a := range f.Actes {
		fmt.Fprintf(x.w, "   │  ├─ %s %s × %d : %s (AMO %s, AMC %s)", programme.Jour(a.Date), a.Code, a.Quantite, a.Montant,
			a.AMO,
			a.AMC)
		if a.Executant != "" {
			fmt.Fprintf(x.w, ", par %s", a.Executant)
		}
		fmt.Fprintln(x.w)
	}
	x.montrer("   │  ", x.deFacture(f.Cle))
}

func (x *explication) montrer(marge string, constats []b2.Constat) {
	for _, c := range constats {
		fmt.Fprintf(x.w, "%s! %s, %s\n", marge, c.Gravite, c)
	}
}
