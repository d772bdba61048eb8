package numerisation_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// Two scans become two pieces, or a sentence for the person at the scanner.
func Example() {
	profil, err := scor.Reference()
	if err != nil {
		log.Fatal(err)
	}
	n, err := numerisation.New(profil.Numerisation)
	if err != nil {
		log.Fatal(err)
	}
	couchee := pagedessinee.Page{Graine: 1, Format: pagedessinee.A5, DPI: 200, Rotation: 90}
	tronquee := pagedessinee.Page{Graine: 1, Format: pagedessinee.A5, DPI: 200, Defaut: pagedessinee.Tronque, Part: 0.6}
	for _, page := range []pagedessinee.Page{couchee, tronquee} {
		scan, err := page.Fichier(pagedessinee.TIFFG4)
		if err != nil {
			log.Fatal(err)
		}
		var pdf bytes.Buffer
		r, err := n.Numeriser(context.Background(), &pdf, numerisation.Octets("ordonnance.tif", scan))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Accepte, r.Motifs())
		for _, m := range r.Messages() {
			fmt.Println(m)
		}
		for _, e := range r.Etapes() {
			fmt.Println("-", e.Nom, ":", e.Detail)
		}
	}
	// Output:
	// true []
	// Page numérisée tournée de 90° : elle a été remise à l'endroit.
	// - tourner : 90° par la matrice du PDF
	// - transmettre : flux du scanner inchangé
	// false [tronque]
	// Une bande noire couvre 40 % de la page : la feuille est décalée ou tronquée. Calez-la contre le repère, choisissez son format et numérisez à nouveau.
}
