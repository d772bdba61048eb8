package papier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// FeuilleSeparatrice is the sheet that a person lays before the pages of an invoice in a scanner's feeder: its Code 128
// names the invoice, so that a batch is dealt out by itself (lot/repartition). It isn't a piece, and is never sent. It
// shows nothing of the patient.
type FeuilleSeparatrice struct{ Facture fse.CleFacture }

var gabaritSeparateur = embarque("separateur.yaml", ModeleFeuilleSeparatrice)

var champsSeparateur = NewChamps(
	Champ[fse.CleFacture]{"emetteur", "751143488", func(c fse.CleFacture) string { return c.Lot.Emetteur }},
	Champ[fse.CleFacture]{"facture", "000104001", func(c fse.CleFacture) string { return fmt.Sprintf("%09d", c.Numero) }},
	Champ[fse.CleFacture]{"lot", "104", func(c fse.CleFacture) string { return fmt.Sprintf("%03d", c.Lot.Numero) }},
	Champ[fse.CleFacture]{"date_lot", "21/10/2026", func(c fse.CleFacture) string { return Jour(c.Lot.Date) }},
	Champ[fse.CleFacture]{"etiquette", "SCORPJ751143488104202610210001040016", Etiquette},
)

// ModeleFeuilleSeparatrice is the data of a separator sheet; its etiquette is what the barcode holds.
func ModeleFeuilleSeparatrice() Modele { return champsSeparateur.Modele("separateur", nil) }

// WritePDF writes the sheet; a nil template is the shipped one.
func (s FeuilleSeparatrice) WritePDF(ctx context.Context, w io.Writer, g *Gabarit, info Info) (Resultat, error) {
	if _, err := ParseEtiquette(Etiquette(s.Facture)); err != nil {
		return Resultat{}, fmt.Errorf("papier: separator sheet: %w", err)
	}
	if g == nil {
		var err error
		if g, err = gabaritSeparateur(); err != nil {
			return Resultat{}, err
		}
	}
	c := map[string]string{}
	for _, champ := range champsSeparateur.Modele("separateur", nil).Champs {
		c[champ] = champsSeparateur.Valeur(s.Facture, champ)
	}
	return g.WritePDF(ctx, w, info, Fiche{Champs: c})
}

// prefixeEtiquette begins the text of a separator sheet's barcode: no other paper's begins so.
const prefixeEtiquette = "SCORPJ"

// Etiquette is the text of the barcode that names an invoice: sender (9 digits), lot (3) and its date (8), number (9),
// and a Luhn key.
func Etiquette(c fse.CleFacture) string {
	s := fmt.Sprintf("%9s%03d%s%09d", c.Lot.Emetteur, c.Lot.Numero, c.Lot.Date.AAAAMMJJ(), c.Numero)
	return prefixeEtiquette + s + string('0'+luhn(s))
}

// ErrEtiquette says that a text isn't that of a separator sheet.
var ErrEtiquette = errors.New("papier: not the barcode of a separator sheet")

// ParseEtiquette reads the text of a barcode back.
func ParseEtiquette(texte string) (fse.CleFacture, error) {
	s, ok := strings.CutPrefix(texte, prefixeEtiquette)
	if !ok || len(s) != 30 || strings.Trim(s, "0123456789") != "" || s[29] != '0'+luhn(s[:29]) {
		return fse.CleFacture{}, ErrEtiquette
	}
	date, err := fse.ParseAAAAMMJJ(s[12:20])
	if err != nil {
		return fse.CleFacture{}, ErrEtiquette
	}
	lot, _ := strconv.Atoi(s[9:12])
	numero, _ := strconv.Atoi(s[20:29])
	return fse.CleFacture{Lot: fse.CleLot{Emetteur: s[:9], Numero: lot, Date: date}, Numero: numero}, nil
}

// luhn is the key of digits, by which one misread, or two exchanged, are seen.
func luhn(s string) byte {
	somme := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		somme += d
	}
	return byte((10 - somme%10) % 10)
}
