package suivi

import "github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"

type quoi struct {
	g journal.Genre
	t journal.Type
}

// recits are what a person is told of a step.
var recits = map[quoi]string{
	{journal.LotFactures, journal.Annuler}:            "Lot de factures annulé",
	{journal.LotFactures, journal.Reconstituer}:       "Lot de factures à refaire",
	{journal.LotFactures, journal.MarquerManuel}:      "Lot de factures traité à la main",
	{journal.LotFactures, journal.Purger}:             "Lot de factures purgé, sa trace reste",
	{journal.LotScor, journal.Purger}:                 "Lot de pièces purgé, sa trace reste",
	{journal.LotFactures, journal.Clore}:              "Lot de factures clos",
	{journal.LotFactures, journal.Rouvrir}:            "Lot de factures à revoir : une pièce est attendue ou arrivée",
	{journal.LotFactures, journal.Joindre}:            "Pièces du lot de factures examinées",
	{journal.LotScor, journal.Annuler}:                "Lot de pièces annulé",
	{journal.LotScor, journal.MarquerManuel}:          "Lot de pièces traité à la main",
	{journal.LotScor, journal.EntrerVerification}:     "Lot de pièces en période de vérification",
	{journal.LotScor, journal.Clore}:                  "Lot de pièces clos",
	{journal.Piece, journal.Reclamer}:                 "Pièce à transmettre à nouveau",
	{journal.Piece, journal.Rejeter}:                  "Pièce rejetée après son accusé de réception",
	{journal.Piece, journal.MarquerManuel}:            "Pièce traitée à la main",
	{journal.Piece, journal.Clore}:                    "Pièce close",
	{journal.Message, journal.Reserver}:               "Identité du message réservée",
	{journal.Message, journal.Abandonner}:             "Message abandonné",
	{journal.Message, journal.Purger}:                 "Message purgé, sa trace reste",
	{journal.Reception, journal.Clore}:                "Message reçu clos",
	{journal.Reception, journal.Purger}:               "Message reçu purgé, sa trace reste",
	{journal.Facture, journal.Enregistrer}:            "Facture enregistrée",
	{journal.Facture, journal.Completer}:              "Facture complète",
	{journal.Facture, journal.Clore}:                  "Facture close",
	{journal.LotFactures, journal.Constituer}:         "Lot de factures enregistré",
	{journal.LotFactures, journal.Transmettre}:        "Lot de factures transmis",
	{journal.LotFactures, journal.RecevoirARLPositif}: "Lot de factures accepté (ARL+)",
	{journal.LotFactures, journal.RecevoirARLNegatif}: "Lot de factures refusé (ARL−)",
	{journal.LotFactures, journal.RecevoirMdS}:        "Message de service pour le lot de factures",
	{journal.LotFactures, journal.RecevoirANR}:        "Avis de non-remise pour le lot de factures",
	{journal.LotFactures, journal.Epuiser}:            "Le lot de factures n'a pas abouti",
	{journal.LotScor, journal.Constituer}:             "Lot de pièces constitué",
	{journal.LotScor, journal.Transmettre}:            "Lot de pièces transmis",
	{journal.LotScor, journal.RecevoirARLPositif}:     "Lot de pièces accepté (ARL+)",
	{journal.LotScor, journal.RecevoirARLNegatif}:     "Lot de pièces refusé (ARL−)",
	{journal.LotScor, journal.RecevoirMdS}:            "Message de service pour le lot de pièces",
	{journal.LotScor, journal.RecevoirANR}:            "Avis de non-remise pour le lot de pièces",
	{journal.LotScor, journal.Epuiser}:                "Le lot de pièces n'a pas abouti",
	{journal.LotScor, journal.Reconstituer}:           "Lot de pièces dissous",
	{journal.LotScor, journal.PasserPapier}:           "Lot de pièces passé sur papier",
	{journal.Piece, journal.Deposer}:                  "Pièce déposée",
	{journal.Piece, journal.Refuser}:                  "Numérisation refusée",
	{journal.Piece, journal.Enlotter}:                 "Pièce mise en lot",
	{journal.Piece, journal.RecevoirARLPositif}:       "Pièce acquittée",
	{journal.Piece, journal.RecevoirARLNegatif}:       "Pièce refusée par la caisse",
	{journal.Piece, journal.Delier}:                   "Pièce sortie de son lot",
	{journal.Piece, journal.Relier}:                   "Pièce reliée à une autre facture",
	{journal.Piece, journal.PasserPapier}:             "Pièce passée sur papier",
	{journal.Piece, journal.Purger}:                   "Pièce purgée, sa trace reste",
	{journal.Message, journal.Composer}:               "Message composé",
	{journal.Message, journal.Tenter}:                 "Envoi du message",
	{journal.Message, journal.Remettre}:               "Message remis au relais",
	{journal.Message, journal.Echouer}:                "Envoi à reprendre",
	{journal.Message, journal.Refuser}:                "Message refusé par le relais",
	{journal.Message, journal.Renvoyer}:               "Le même message repart",
	{journal.Reception, journal.Recevoir}:             "Message reçu",
	{journal.Reception, journal.Traiter}:              "Message reçu traité",
	{journal.Reception, journal.Ignorer}:              "Message reçu non reconnu",
	{journal.Facture, journal.Manquer}:                "Pièce manquante",
	{journal.Facture, journal.Payer}:                  "Facture payée",
	{journal.Facture, journal.Rejeter}:                "Facture rejetée",
	{journal.Facture, journal.Signaler}:               "Facture signalée",
	{journal.Facture, journal.Refacturer}:             "Facture refacturée",
	{journal.Cabinet, journal.Demarrer}:               "La période de vérification commence",
	{journal.Cabinet, journal.Conclure}:               "La période de vérification est terminée",
}

var notes = map[journal.Genre]string{journal.LotFactures: "Lot de factures", journal.Facture: "Facture",
	journal.Piece: "Pièce", journal.LotScor: "Lot de pièces", journal.Message: "Message",
	journal.Reception: "Message reçu", journal.Cabinet: "Cabinet"}

// raconter says in French what an event is.
func raconter(e *journal.Evenement) string {
	if e.Type == journal.Noter {
		return notes[e.Genre] + " : note"
	}
	return recits[quoi{e.Genre, e.Type}]
}
