package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
	"github.com/scor-sdk/scor-sdk-go/scor/controle/unpdf"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfdessin"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

// dessinerJournee leaves the default B2 file and the prescriptions that stay in the clinic, and asks for a control on
// them.
func (o *options) dessinerJournee() error {
	dossier := filepath.Join(o.sortie, "entrees")
	o.b2, o.pieces = []string{filepath.Join(dossier, "clinique.b2")}, filepath.Join(dossier, "pieces")
	if o.tirage == 0 {
		o.tirage, o.graine = 2, "contrôle de démonstration"
	}
	if err := os.MkdirAll(o.pieces, 0o700); err != nil {
		return err
	}
	b, err := fichierHopital(lotsDessines)
	if err != nil {
		return err
	}
	for i, facture := range []int{104001, 104003, 104005, 105001, 105003} {
		page, err := pagedessinee.Page{Graine: uint64(20 + i), Format: pagedessinee.A5, DPI: 200,
			Manuscrite: i%2 == 0}.Fichier(pagedessinee.TIFFG4)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(o.pieces, fmt.Sprintf("%d-kine%s", facture, pagedessinee.TIFFG4.Extension())),
			page, 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(o.b2[0], b, 0o600)
}

// classer files the pieces of -pieces with their invoices: a prescription of kinésithérapie, LPP or laboratory stays in
// the clinic, for the day when a random control asks for it.
func (c *clinique) classer(ctx context.Context) error {
	if c.pieces == "" {
		return nil
	}
	entrees, err := os.ReadDir(c.pieces)
	if err != nil {
		return err
	}
	n, err := numerisation.New(c.profil.Numerisation,
		numerisation.WithPDF(pdfentree.New(pdfentree.WithDessinateur(pdfdessin.New()))))
	if err != nil {
		return err
	}
	parNumero := map[int]fse.Facture{}
	for _, f := range c.factures() {
		parNumero[f.Cle.Numero] = f
	}
	classees := 0
	for _, e := range entrees {
		if e.IsDir() {
			continue
		}
		if !e.Type().IsRegular() {
			// A pipe would be waited for, and a link could lead anywhere.
			fmt.Fprintf(c.progres, "Pièce laissée de côté : ce n'est pas un fichier ordinaire.\n")
			continue
		}
		debut, _, _ := strings.Cut(strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())), "-")
		numero, err := strconv.Atoi(debut)
		f, ok := parNumero[numero]
		if err != nil || !ok {
			fmt.Fprintf(c.progres, "Pièce sans facture, laissée de côté : son nom doit commencer par un numéro de facture.\n")
			continue
		}
		refus, err := c.classerUne(ctx, n, &f, e.Name())
		if err != nil {
			return err
		}
		if refus != "" {
			fmt.Fprintf(c.progres, "Facture %d : pièce illisible, non classée. %s\n", numero, refus)
			continue
		}
		classees++
	}
	fmt.Fprintf(c.progres, "%d pièce(s) classée(s) avec leur facture, non transmise(s).\n", classees)
	return nil
}

func (c *clinique) classerUne(ctx context.Context, n *numerisation.Numeriseur, f *fse.Facture,
	nom string) (refus string, err error) {
	src, err := os.Open(filepath.Join(c.pieces, nom))
	if err != nil {
		return "", err
	}
	defer src.Close()
	i, err := src.Stat()
	if err != nil {
		return "", err
	}
	pdf, err := os.CreateTemp(c.sortie, "en-cours-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(pdf.Name())
	res, err := n.Numeriser(ctx, pdf, numerisation.Source{Nom: nom, ReaderAt: src, Taille: i.Size()})
	if err = errors.Join(err, pdf.Close()); err != nil {
		return "", err
	}
	if !res.Accepte {
		return strings.Join(res.Messages(), " "), nil
	}
	p := res.Piece(fmt.Sprintf("CLA-%s", res.Empreinte.String()[:24]), scor.Autre)
	p.Facture = f.Cle
	p.Open = func() (io.ReadCloser, error) { return os.Open(pdf.Name()) }
	_, err = c.controle.Classer(ctx, f, p, controle.Acces{Qui: c.personne().ID, Motif: "facturation"})
	return "", err
}

// controler answers a random control: a draw that the caisse can do again, exported as ZIP and as one PDF, with the
// accesses traced.
func (c *clinique) controler(ctx context.Context) error {
	if c.tirage == 0 {
		return nil
	}
	dossier := filepath.Join(c.sortie, "controle")
	if _, err := os.Stat(filepath.Join(dossier, "controle.zip")); err == nil {
		return nil // exported by a run before this one
	}
	qui := controle.Acces{Qui: c.personne().ID, Motif: "contrôle aléatoire"}
	toutes, err := c.controle.Chercher(ctx, controle.Critere{Types: []string{scor.Autre}}, qui)
	if err != nil || len(toutes) == 0 {
		return err
	}
	tirees := controle.Tirer(controle.FacturesDe(toutes), c.tirage, c.graine)
	pieces, err := c.controle.Chercher(ctx, controle.Critere{Factures: tirees, Graine: c.graine}, qui)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dossier, 0o700); err != nil {
		return err
	}
	err = errors.Join(
		depot.WriteFichier(filepath.Join(dossier, "controle.pdf"), func(w io.Writer) error {
			_, err := c.controle.ExporterPDF(ctx, w, pieces, c.graine, qui, unpdf.Reunir)
			return err
		}),
		depot.WriteFichier(filepath.Join(dossier, "controle.zip"), func(w io.Writer) error {
			_, err := c.controle.ExporterZIP(ctx, w, pieces, c.graine, qui)
			return err
		}))
	fmt.Fprintf(c.progres, "Contrôle aléatoire : %d facture(s) tirée(s), %d pièce(s) exportée(s).\n", len(tirees),
		len(pieces))
	return err
}
