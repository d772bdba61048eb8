// Package editeur is what an editor's developer writes, each task in a function: it is compiled and run in a module of
// its own, outside this one, as theirs is. Its functions are counted: a task that takes more lines than before has
// become harder.
package editeur

import (
	"context"
	"database/sql"
	"errors"
	"os"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// Comptes are the editor's settings for an office.
type Comptes struct {
	Relais, Serveur, Adresse, Dossier string
	MotDePasse                        transport.Secret
	Cle                               []byte
	Frontal                           lot.Destination
	Certificats                       transport.Annuaire
}

// EnvoyerOrdonnance is the README's program: one ordonnance with its B2 file, to the caisse's answer.
func EnvoyerOrdonnance(ctx context.Context, c Comptes, b2, tif string) string {
	profil := oui(scor.Reference())
	s := Open(ctx, c, profil)
	flux := oui(s.DeposerFlux(ctx, oui(os.ReadFile(b2))))
	pdf := oui(os.Create(c.Dossier + "/ordonnance.pdf"))
	scan := numerisation.Octets(tif, oui(os.ReadFile(tif)))
	verdict := oui(oui(numerisation.New(profil.Numerisation)).Numeriser(ctx, pdf, scan))
	if !verdict.Accepte {
		panic(verdict.Messages()) // what the person at the scanner has to do, in French
	}
	piece := verdict.Piece("ORD-1", scor.Ordonnance)
	piece.Facture, piece.Open = flux.Fichier.Lots[0].Factures[0].Cle, scor.Fichier(pdf.Name())
	oui(s.DeposerPiece(ctx, piece))
	return oui(Attendre(ctx, s, piece.Facture))
}

// Open opens the follow-up of an office: its journal, its accounts.
func Open(ctx context.Context, c Comptes, profil *scor.Profil) *suivi.Suivi {
	j := oui(sqlite.Open(ctx, c.Dossier+"/suivi.db"))
	return oui(suivi.Open(ctx, suivi.Config{
		Profil: profil, Journal: j, Coffre: oui(coffre.Open(ctx, j.Documents(), c.Cle)),
		Emetteur:    suivi.Emetteur{Emetteur: lot.Emetteur{Type: "TP", Numero: "00000752499996"}, Adresse: c.Adresse},
		Expediteur:  oui(smtp.New(smtp.Relais{Adresse: c.Relais}, smtp.WithReprises(smtp.Reprises{Essais: 1}))),
		Boites:      []transport.Boite{&pop3.Boite{Adresse: c.Serveur, Utilisateur: c.Adresse, MotDePasse: c.MotDePasse}},
		Annuaire:    c.Certificats,
		Destination: func(*fse.Facture) (lot.Destination, error) { return c.Frontal, nil },
		Exigences:   oui(scor.ReglesPubliques().Pour(scor.Contexte{Profession: scor.Pharmacien})),
	}))
}

// oui stops on an error, as a small program does.
func oui[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Attendre goes on until the caisse has answered for an invoice; a program that runs all day calls Avancer every minute
// instead.
func Attendre(ctx context.Context, s *suivi.Suivi, f fse.CleFacture) (string, error) {
	for ctx.Err() == nil {
		b, err := s.Avancer(ctx)
		if err != nil {
			return "", err
		}
		v, err := s.Facture(ctx, f)
		if err != nil || b.Rien() && v.Situation != suivi.EnCours && v.Situation != suivi.AttenteFactures {
			return string(v.Situation), err
		}
	}
	return "", ctx.Err()
}

// DeposerDepuisLaBase gives the invoices of a lot that the editor sent by itself: rows of its own database, no B2 file.
func DeposerDepuisLaBase(ctx context.Context, db *sql.DB, s *suivi.Suivi, l fse.CleLot) (int, error) {
	lignes, err := db.QueryContext(ctx, `SELECT numero, nir, cle, centimes, prescrit_le FROM factures WHERE lot = ?`,
		l.Numero)
	if err != nil {
		return 0, err
	}
	defer lignes.Close()
	un := fse.Lot{Cle: l, Flux: fse.FluxFSE, Destinataire: "996"}
	for lignes.Next() {
		var nir, cle, prescrit string
		f := fse.Facture{Flux: fse.FluxFSE, Date: l.Date, Destinataire: "996", Prescripteur: "751234569",
			Cle: fse.CleFacture{Lot: l}}
		if err := lignes.Scan(&f.Cle.Numero, &nir, &cle, &f.Total, &prescrit); err != nil {
			return 0, err
		}
		if f.Assure, err = fse.ParseNIR(nir, cle); err != nil {
			return 0, err
		}
		if f.DatePrescription, err = fse.ParseAAAAMMJJ(prescrit); err != nil {
			return 0, err
		}
		f.AMO = f.Total
		un.Factures, un.Total, un.AMO = append(un.Factures, f), un.Total+f.Total, un.AMO+f.AMO
	}
	if err := lignes.Err(); err != nil {
		return 0, err
	}
	d, err := s.DeposerLots(ctx, &fse.Fichier{TypeEmetteur: "TP", Emetteur: "00000" + l.Emetteur, Date: l.Date,
		Lots: []fse.Lot{un}})
	return d.Nouveaux, err
}

// TraiterRefus does what the synthesis offers for lots of pieces that the caisse refused: they are made anew.
func TraiterRefus(ctx context.Context, s *suivi.Suivi) (traites int, err error) {
	synthese, err := s.Synthese(ctx, suivi.Filtre{Genres: []journal.Genre{journal.LotScor}})
	if err != nil {
		return 0, err
	}
	for _, l := range synthese.Lignes {
		for _, a := range l.Actions {
			if a.Nom == suivi.ActionReconstituer {
				traites++
				err = errors.Join(err, s.Executer(ctx, a, suivi.Decision{Auteur: "gestionnaire", Motif: l.Quoi}))
			}
		}
	}
	return traites, err
}
