package papier_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// FuzzComposer protects the rule that what is let in at the door can be written: whatever the name and the amount, the
// shipped papers come out; an editor's template gives a paper or an error, never a panic or a page without end.
func FuzzComposer(f *testing.F) {
	f.Add("Dr Lan Nguyễn", int64(7404), etiquette)
	f.Add("محمد (Ali) 12", int64(-1), strings.Replace(etiquette, `"{facture}"`, `"{partenaire} {total}"`, 1))
	f.Add(strings.Repeat("W", 200), int64(99_999_999_99), etiquette+"  - {hauteur: 2, espace: 58, elements: []}\n")
	f.Add("e\u0323\u0302\u0301 \u05d0\u05b8a\u200d", int64(0),
		strings.Replace(etiquette, "hauteur: 15", "hauteur: 15, saut: true", 1))
	f.Fuzz(func(t *testing.T, nom string, montant int64, gabarit string) {
		ctx, fin := context.WithTimeout(context.Background(), time.Minute)
		defer fin()
		x := fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: "752495234", Numero: 10}, Numero: 4012},
			Total: fse.Montant(montant), AMO: fse.Montant(montant), Actes: []fse.Acte{{Code: "PH7", Quantite: 1,
				Montant: fse.Montant(montant), AMO: fse.Montant(montant)}}}
		pris, err := papier.Nom(nom, papier.NomMax)
		if err != nil {
			var c *papier.ErreurCaractere
			if !errors.As(err, &c) && !errors.Is(err, papier.ErrLong) {
				t.Errorf("%q: %v", nom, err)
			}
			pris = ""
		}
		if !utf8.ValidString(pris) {
			t.Errorf("%q was let in", pris)
		}
		if encore, err := papier.Nom(pris, papier.NomMax); encore != pris || err != nil {
			t.Errorf("%q is %q the second time: %v", pris, encore, err)
		}
		var b bytes.Buffer
		// More than a hundred million euros is nobody's invoice.
		if montant < 1e10 && montant > -1e10 {
			if _, err := (papier.TicketVitale{Facture: &x, Partenaire: pris}).WritePDF(ctx, &b, nil, info); err != nil {
				t.Errorf("ticket of %q, %d: %v", pris, montant, err)
			}
			if _, err := (papier.FeuilleDeSoins{Facture: &x, Partenaire: pris, Nom: pris}).WritePDF(ctx, &b, nil,
				info); err != nil {
				t.Errorf("feuille of %q, %d: %v", pris, montant, err)
			}
		}
		g, err := papier.ParseGabarit(strings.NewReader(gabarit), "f.yaml", papier.ModeleTicketVitale())
		if err != nil {
			return
		}
		_, _ = papier.TicketVitale{Facture: &x, Partenaire: pris}.WritePDF(ctx, &b, g, info)
		if ctx.Err() != nil {
			t.Error("a paper without end")
		}
	})
}
