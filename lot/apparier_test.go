package lot

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

func TestApparier(t *testing.T) {
	f := func(n int, serie string) fse.Facture { return fse.Facture{Cle: cleFacture(t, 12, n), Serie: serie} }
	p := func(id, typ string, facture int) scor.Piece {
		piece := piece(id, 10)
		piece.Type, piece.Facture = typ, cleFacture(t, 12, facture)
		return piece
	}
	a := Apparieur{
		Exigences: func(f *fse.Facture) []scor.Exigence {
			switch {
			case f.Serie != "":
				return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.ReferenceAdmise, Motif: "série"}}
			case f.Cle.Numero == 3:
				return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.NonTransmise, Motif: "e-prescription"}}
			}
			return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise, Motif: "FSE"}, {Type: scor.FeuilleDeSoins,
				Decision: scor.Requise, Motif: "dégradé"}}
		},
		Transmise: func(serie, typ string) (string, bool) { return "P0", serie == "S1" && typ == scor.Ordonnance },
	}
	factures := []fse.Facture{f(1, ""), f(2, ""), f(3, ""), f(4, "S1"), f(5, "S2"), f(6, "S1"), f(7, "S2")}
	pieces := []scor.Piece{p("A", scor.Ordonnance, 1), p("B", scor.FeuilleDeSoins, 1), p("B2", scor.Ordonnance, 1),
		p("C", scor.Ordonnance, 3), p("D", scor.Ordonnance, 4), p("E", scor.Ordonnance, 99), p("F", scor.DSI, 1),
		p("G", scor.Ordonnance, 5), p("H", scor.FeuilleDeSoins, 2)}
	r := a.Apparier(factures, pieces)

	var paires, manques, gardees, orphelines []string
	for _, p := range r.Paires {
		s := p.Piece.ID
		if p.Piece.EstReference() {
			s = "→" + p.Piece.Reference
		}
		paires = append(paires, s)
	}
	for _, m := range r.Manquantes {
		manques = append(manques, m.Type)
	}
	for _, g := range r.NonTransmises {
		gardees = append(gardees, g.Piece.ID+": "+g.Motif)
	}
	for _, o := range r.Orphelines {
		orphelines = append(orphelines, o.ID)
	}
	for nom, d := range map[string]string{
		"paires":  cmp.Diff([]string{"A", "B2", "B", "H", "→P0", "G", "→P0"}, paires),
		"manques": cmp.Diff([]string{scor.Ordonnance, scor.Ordonnance}, manques),
		"gardees": cmp.Diff([]string{"F: Aucune règle ne demande cette pièce pour cette facture.", "C: e-prescription",
			"D: La pièce de la série a déjà été transmise : seule sa référence part."}, gardees),
		"orphelines": cmp.Diff([]string{"E"}, orphelines),
	} {
		if d != "" {
			t.Errorf("%s: %s", nom, d)
		}
	}
	if r.Paires[4].Piece.ID == r.Paires[6].Piece.ID {
		t.Error("two references share an identifier")
	}
}
