package controle_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
)

// Pieces are filed with their invoices; months later the caisse draws one of them.
func Example() {
	ctx := context.Background()
	dossier, err := os.MkdirTemp("", "controle")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dossier)
	registre, err := controle.Open(dossier)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer registre.Close()

	for n := range 10 {
		contenu := fmt.Sprintf("%%PDF prescription %d", n)
		f := &fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: "751143488", Numero: 104}, Numero: n}}
		p := scor.Piece{ID: fmt.Sprintf("P%d", n), Type: scor.Ordonnance, Pages: 1, Octets: int64(len(contenu)),
			Empreinte: sha256.Sum256([]byte(contenu)), Open: func() (io.ReadCloser,
				error) {
				return io.NopCloser(strings.NewReader(contenu)), nil
			}}
		if _, err := registre.Classer(ctx, f, p, controle.Acces{Qui: "u7", Motif: "facturation"}); err != nil {
			fmt.Println(err)
			return
		}
	}

	demande := controle.Acces{Qui: "u7", Motif: "contrôle 2026-114"}
	toutes, err := registre.Chercher(ctx, controle.Critere{}, demande)
	if err != nil {
		fmt.Println(err)
		return
	}
	tirees := controle.Tirer(controle.FacturesDe(toutes), 2, "graine donnée par la caisse")
	pieces, err := registre.Chercher(ctx, controle.Critere{Factures: tirees, Graine: "graine donnée par la caisse"},
		demande)
	if err != nil {
		fmt.Println(err)
		return
	}
	var archive bytes.Buffer
	preuve, err := registre.ExporterZIP(ctx, &archive, pieces, "2026-114", demande)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(preuve.Pieces), "pièces, registre à la ligne", preuve.Lignes)
	// Output: 2 pièces, registre à la ligne 13
}
