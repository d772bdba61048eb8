package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// atelier turns the scans of an invoice into its ordonnance.
type atelier struct {
	numeriseur *numerisation.Numeriseur
	dossier    string // where the PDFs go
}

// idPiece names the ordonnance of an invoice; it follows from the invoice, so that a second run finds the same.
func idPiece(c fse.CleFacture) string {
	return fmt.Sprintf("ORD-%s-%03d-%s-%09d", c.Lot.Emetteur, c.Lot.Numero, c.Lot.Date.AAMMJJ(), c.Numero)
}

// numeriser returns the piece, or why it can't be sent, in French.
func (a *atelier) numeriser(ctx context.Context, facture fse.CleFacture, fichiers []string) (piece scor.Piece,
	refus string, err error) {
	piece = scor.Piece{ID: idPiece(facture), Type: scor.Ordonnance, Facture: facture, Fichier: filepath.Base(fichiers[0])}
	sources := make([]numerisation.Source, 0, len(fichiers))
	for _, nom := range fichiers {
		f, err := os.Open(nom)
		if err != nil {
			return piece, "", err
		}
		defer f.Close()
		infos, err := f.Stat()
		if err != nil {
			return piece, "", err
		}
		sources = append(sources, numerisation.Source{Nom: filepath.Base(nom), ReaderAt: f, Taille: infos.Size()})
	}
	chemin := filepath.Join(a.dossier, piece.ID+".pdf")
	pdf, err := os.CreateTemp(a.dossier, "en-cours-*")
	if err != nil {
		return piece, "", err
	}
	defer os.Remove(pdf.Name())
	res, err := a.numeriseur.Numeriser(ctx, pdf, sources...)
	if err = errors.Join(err, pdf.Close()); err != nil {
		return piece, "", err
	}
	if !res.Accepte {
		return piece, strings.Join(res.Messages(), " "), nil
	}
	if err := os.Rename(pdf.Name(), chemin); err != nil {
		return piece, "", err
	}
	nom := piece.Fichier
	piece = res.Piece(piece.ID, piece.Type)
	piece.Facture, piece.Fichier = facture, nom
	piece.Open = scor.Fichier(chemin)
	return piece, "", nil
}
