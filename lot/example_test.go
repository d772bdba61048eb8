package lot_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Invoices of an accepted lot are paired with their pieces by the public rules, made into a SCOR lot, written and read
// back.
func Example() {
	profil, err := scor.Reference()
	if err != nil {
		fmt.Println(err)
		return
	}
	jour, _ := fse.NewDate(2026, 11, 20)
	cle := fse.CleLot{Emetteur: "752499996", Numero: 57, Date: jour}
	factures := []fse.Facture{{Cle: fse.CleFacture{Lot: cle, Numero: 2101}, Flux: fse.FluxFSE, Date: jour},
		{Cle: fse.CleFacture{Lot: cle, Numero: 2102}, Flux: fse.FluxFSE, Date: jour}}
	piece := scor.Piece{ID: "ORD-2101", Type: scor.Ordonnance, Facture: factures[0].Cle, Pages: 1, Octets: 9000,
		Empreinte: scor.Empreinte{1}, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("%PDF")),
				nil
		}}

	exigences, err := scor.ReglesPubliques().Pour(scor.Contexte{Profession: scor.Pharmacien})
	if err != nil {
		fmt.Println(err)
		return
	}
	a := lot.Apparieur{Exigences: exigences}.Apparier(factures, []scor.Piece{piece})
	for _, m := range a.Manquantes {
		fmt.Println("manque :", m.Facture.Numero, m.Type)
	}
	numero := 0
	lots, _, err := lot.Constituer(a.Paires, lot.Constitution{Profil: profil, Date: jour,
		Numeroter: func() (int, error) { numero++; return numero, nil },
		Destination: func(*fse.Facture) (lot.Destination, error) {
			return lot.Destination{Regime: "01", Organisme: "751", Type: "CT", Numero: "00000001011751",
				Adresse: "01751@751.01.rss.fr"}, nil
		}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fichiers, err := lot.Grouper(lots, profil, jour, lot.Emetteur{Type: "TP", Numero: "00000752499996"},
		func() (string, error) { return "AAAA01", nil })
	if err != nil {
		fmt.Println(err)
		return
	}
	var b bytes.Buffer
	if err := fichiers[0].Encode(&b, profil); err != nil {
		fmt.Println(err)
		return
	}
	lu, err := lot.Decode(&b, profil)
	fmt.Println(len(lu.Lots), "lot,", lu.Lots[0].Paires[0].Piece.ID, "pour la facture",
		lu.Lots[0].Paires[0].Facture.Cle.Numero, err)
	// Output:
	// manque : 2102 ordonnance
	// 1 lot, ORD-2101 pour la facture 2101 <nil>
}
