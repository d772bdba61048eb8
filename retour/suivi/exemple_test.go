package suivi_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// A suivi on one SQLite file, documents included. With a sender and mailboxes in its Config, Avancer sends and
// receives.
func Example() {
	ctx := context.Background()
	dossier, err := os.MkdirTemp("", "suivi")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dossier)
	profil, err := scor.Reference()
	if err != nil {
		fmt.Println(err)
		return
	}
	j, err := sqlite.Open(ctx, filepath.Join(dossier, "suivi.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer j.Close()
	cle := make([]byte, coffre.TailleCle) // the host's own, from its key store
	k, err := coffre.Open(ctx, j.Documents(), cle)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := suivi.Open(ctx, suivi.Config{Profil: profil, Journal: j, Coffre: k,
		Emetteur: suivi.Emetteur{Emetteur: lot.Emetteur{Type: "TP", Numero: "00000123456789"},
			Adresse: "cabinet@exemple.fr"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := s.RefuserPiece(ctx, scor.Piece{ID: "P1", Type: scor.Ordonnance}, "la page est blanche"); err != nil {
		fmt.Println(err)
		return
	}
	y, err := s.Synthese(ctx, suivi.Filtre{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y.Resume)
	for _, l := range y.Lignes {
		fmt.Println(l.Quoi, l.Conseil)
		for _, a := range l.Actions {
			fmt.Println("-", a.Libelle)
		}
	}
	// A person chooses an action of the line: it is executed, and noted with who decided.
	for _, a := range y.Lignes[0].Actions {
		if a.Nom == suivi.ActionManuel {
			if err := s.Executer(ctx, a, suivi.Decision{Auteur: "Dr Martin", Motif: "l'original est au dossier"}); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	if y, err = s.Synthese(ctx, suivi.Filtre{}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y.Resume)
	// Output:
	// 0 pièce acquittée, 0 en route ou en attente ; 1 point demande votre attention.
	// La numérisation de la pièce est refusée : la page est blanche. Numériser à nouveau la pièce, ou la relier à sa facture.
	// - Traiter à la main
	// - Relier à la nouvelle facture
	// - J'ai vu
	// 0 pièce acquittée, 0 en route ou en attente ; rien à faire.
}
