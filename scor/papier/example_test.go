package papier_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// The ticket Vitale that a rule asks for is made from the invoice, with no click.
func Example() {
	f := fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: "752495234", Numero: 10}, Numero: 4012},
		Flux: fse.FluxFSE, Total: 7404, AMO: 4800, AMC: 2604, Actes: []fse.Acte{{Code: "PH7", Quantite: 1, Montant: 7404,
			AMO: 4800, AMC: 2604}}}
	atelier := papier.Atelier{Partenaire: "PHARMACIE DU MARCHÉ"}

	var pdf bytes.Buffer
	r, err := atelier.Fabriquer(context.Background(), &pdf, scor.TicketVitale, &f)
	if err != nil {
		fmt.Println(err)
		return
	}
	piece := r.Piece("TV-4012", scor.TicketVitale,
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(pdf.Bytes())), nil })
	fmt.Println(piece.Type, piece.Pages, piece.Verifier())
	// Output: ticket-vitale 1 <nil>
}

// An editor's own layout takes the place of the SDK's.
func ExampleLire() {
	const gabarit = `
gabarit: ticket-vitale
version: "1"
mention: "Modèle de l'éditeur"
titre: "Ticket {facture}"
format: [80, 60]
corps: [5, 5, 70, 50]
contenu:
  - hauteur: 12
    elements:
      - {texte: "{partenaire}", x: 0, y: 5, police: grasse, taille: 11}
      - {texte: "{facture} : {total}", x: 0, y: 10}
`
	g, err := papier.ParseGabarit(strings.NewReader(gabarit), "ticket.yaml", papier.ModeleTicketVitale())
	if err != nil {
		fmt.Println(err)
		return
	}
	f := fse.Facture{Cle: fse.CleFacture{Numero: 4012}, Total: 7404}
	r, err := papier.TicketVitale{Facture: &f, Partenaire: "PHARMACIE DU MARCHÉ"}.WritePDF(context.Background(),
		io.Discard, g, papier.Info{})
	fmt.Println(r.Pages, err)

	_, err = papier.ParseGabarit(strings.NewReader(strings.Replace(gabarit, "{total}", "{totale}", 1)), "ticket.yaml",
		papier.ModeleTicketVitale())
	fmt.Println(strings.SplitN(err.Error(), ", expected", 2)[0])
	// Output:
	// 1 <nil>
	// papier: ticket.yaml:12: contenu[0].elements[1].texte: no field {totale} here
}
