// Ordonnance sends one ordonnance with a practice's real accounts: what an editor's program does, in thirty lines. It
// is the program of the README; it wants the files that it names, and accounts.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse/routage"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

func main() {
	flag.Parse() // it has none: -h and a wrong one end here
	ctx, secret := context.Background(), transport.Secret(os.Getenv("MOT_DE_PASSE"))
	profil := oui(scor.ParseProfil(oui(os.Open("profil.yaml")), "profil.yaml"))
	journal := oui(sqlite.Open(ctx, "suivi.db"))
	defer journal.Close()
	s := oui(suivi.Open(ctx, suivi.Config{
		Profil: profil, Journal: journal, Coffre: oui(coffre.Open(ctx, journal.Documents(), oui(os.ReadFile("cle")))),
		Emetteur: suivi.Emetteur{Emetteur: lot.Emetteur{Type: "TP", Numero: "00000752499996"},
			Adresse: "officine@exemple.fr"},
		Expediteur: oui(smtp.New(smtp.Relais{Adresse: "smtp.exemple.fr:587", Auth: smtp.AuthMotDePasse("officine",
			secret)})),
		Boites: []transport.Boite{&pop3.Boite{Adresse: "pop.exemple.fr:995", Securite: pop3.TLS, Utilisateur: "officine",
			MotDePasse: secret}},
		Annuaire:    oui(annuaire.New(annuaire.Dossier("certificats"))),
		Destination: suivi.ParRoutage(oui(routage.Parse(oui(os.Open("organismes.csv"))))),
		Exigences:   oui(scor.ReglesPubliques().Pour(scor.Contexte{Profession: scor.Pharmacien})),
	}))
	flux := oui(s.DeposerFlux(ctx, oui(os.ReadFile("factures.b2"))))
	pdf := oui(os.OpenFile("ordonnance.pdf", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600))
	scan := numerisation.Octets("ordonnance.tif", oui(os.ReadFile("ordonnance.tif")))
	verdict := oui(oui(numerisation.New(profil.Numerisation)).Numeriser(ctx, pdf, scan))
	if !verdict.Accepte {
		log.Fatal(verdict.Messages()) // what the person at the scanner has to do, in French
	}
	piece := verdict.Piece("ORD-1", scor.Ordonnance)
	piece.Facture, piece.Open = flux.Fichier.Lots[0].Factures[0].Cle, scor.Fichier(pdf.Name())
	oui(s.DeposerPiece(ctx, piece))
	for ; ; time.Sleep(time.Minute) { // invoices out, their ARL in, then the lot of pieces out, and its ARL in
		if _, err := s.Avancer(ctx); err != nil {
			log.Print(err) // in the journal too, and tried again
		}
	}
}

// oui stops the program on an error.
func oui[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
