package etats

import "github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"

// A SCOR lot's Situation is that of the invoices whose pieces lie in it, where it weighs more than "on its way".
var lignesLotScor = []Ligne{
	{Genre: journal.LotScor, Etats: etats(journal.ARLNegatif), Situation: AReprendre, Poids: poidsAgir, ParCode: true,
		Quoi: "Le lot de pièces est refusé (ARL−){motif}.", Conseil: "Reconstituer le lot, ou passer ses pièces {repli}.",
		Actions: actions(Reconstituer, Papier, Manuel)},
	{Genre: journal.LotScor, Etats: etats(journal.MdS), Situation: AReprendre, Poids: poidsAgir, ParCode: true,
		Quoi:    "Le lot de pièces n'a pas atteint la caisse (message de service){motif}.",
		Conseil: "Reconstituer le lot, ou passer ses pièces {repli}.", Actions: actions(Reconstituer, Papier, Manuel)},
	// Not ParCode: what a code advises while there are attempts left ("it will be sent again") is over.
	{Genre: journal.LotScor, Etats: etats(journal.LimiteEssais), Situation: AReprendre, Poids: poidsAgir,
		Quoi: "Le lot de pièces n'a pas abouti{motif}.", Conseil: "Passer les pièces {repli}, ou reconstituer le lot.",
		Actions: actions(Reconstituer, Papier, Manuel)},
	{Genre: journal.LotScor, Etats: etats(journal.ANR), Actions: actions(Papier, Manuel), Suite: "le même message repart"},
	{Genre: journal.LotScor, Etats: etats(journal.Papier, journal.Manuel, journal.Reconstitue), Si: signalee,
		Quoi:    "La caisse accepte un lot qui avait déjà été remplacé.",
		Conseil: "Vérifier que les pièces n'ont pas été envoyées deux fois."},
	{Genre: journal.LotScor, Etats: etats(journal.ARLPositif), Si: ambigu, Situation: AReprendre, Poids: poidsAgir,
		Quoi: "La caisse reçoit le lot, mais refuse une pièce qui n'y est pas{motif}.",
		Conseil: "Demander à la caisse quelle pièce elle refuse, le dire de cette pièce, puis accepter le lot : " +
			"aucune de ses pièces n'est dite acquittée d'ici là.",
		Actions: actions(Accepter)},
	{Genre: journal.LotScor, Etats: etats(journal.ARLPositif, journal.Verification), Si: signalee,
		Quoi: "La caisse refuse un lot qu'elle avait accepté{motif}.", Conseil: "Se renseigner auprès de la caisse."},
	{Genre: journal.LotScor, Etats: etats(journal.Constitue, journal.Transmis), Si: signalee,
		Quoi: "Le lot de pièces attend une réponse{motif}.",
		Conseil: "Se renseigner auprès du frontal ou de la messagerie ; au terme, reconstituer le lot ou passer ses pièces " +
			"{repli}."},
	{Genre: journal.LotScor, Etats: etats(journal.Constitue, journal.Transmis), Suite: suiteLot},
}

// suiteLot is what a lot without answer goes through.
const suiteLot = "sans réponse au bout du délai, le même message repart, jusqu'à la limite de retransmission ; le " +
	"silence est dit " +
	"48 h avant la fin du délai pour réussir ; au terme, limite"

var lignesLotFactures = []Ligne{
	{Genre: journal.LotFactures, Etats: etats(journal.Constitue, journal.Transmis), Si: signalee,
		Situation: AttenteFactures, Poids: poidsFactures, Quoi: "Le lot de factures attend une réponse{motif}.",
		Conseil: "Se renseigner auprès du frontal ou de la messagerie ; au terme, reconstituer le lot ou le traiter à la " +
			"main."},
	{Genre: journal.LotFactures, Etats: etats(journal.Constitue), Si: jamaisParti, Situation: AttenteFactures,
		Poids: poidsFactures, Actions: actions(Annuler), Suite: suiteLot},
	{Genre: journal.LotFactures, Etats: etats(journal.Constitue, journal.Transmis), Situation: AttenteFactures,
		Poids: poidsFactures, Suite: suiteLot},
	{Genre: journal.LotFactures, Etats: etats(journal.ANR), Situation: AttenteFactures, Poids: poidsFactures,
		Actions: actions(Manuel), Suite: "le même message repart"},
	{Genre: journal.LotFactures, Etats: etats(journal.ARLNegatif), Situation: LotRefuse, Poids: poidsFin + 2,
		Quoi: "Le lot de factures est refusé (ARL−){motif}.", Conseil: "Corriger les factures du lot et les refacturer.",
		Actions: actions(Reconstituer, Manuel)},
	{Genre: journal.LotFactures, Etats: etats(journal.MdS), Situation: LotRefuse, Poids: poidsFin + 2,
		Quoi:    "Le lot de factures n'a pas atteint la caisse (message de service){motif}.",
		Conseil: "Corriger les factures du lot et les refacturer.", Actions: actions(Reconstituer, Manuel)},
	{Genre: journal.LotFactures, Etats: etats(journal.LimiteEssais), Situation: LotRefuse, Poids: poidsFin + 2,
		Quoi:    "Le lot de factures n'a pas abouti{motif}.",
		Conseil: "Vérifier la messagerie, puis reconstituer le lot ou le traiter à la main.",
		Actions: actions(Reconstituer, Manuel)},
	{Genre: journal.LotFactures, Etats: etats(journal.Reconstitue), Si: signalee, Situation: LotRefuse, Poids: poidsFin +
		2,
		Quoi:    "La caisse accepte un lot de factures qui avait déjà été refait.",
		Conseil: "Vérifier que les factures n'ont pas été facturées deux fois.", Actions: actions(Clore)},
	{Genre: journal.LotFactures, Etats: etats(journal.Manuel), Si: signalee, Situation: TraiteeMain, Poids: poidsFin,
		Quoi:    "La caisse accepte un lot de factures qui avait déjà été refait.",
		Conseil: "Vérifier que les factures n'ont pas été facturées deux fois.", Actions: actions(Clore)},
	{Genre: journal.LotFactures, Etats: etats(journal.Reconstitue), Situation: LotRefuse, Poids: poidsFin + 2,
		Quoi: "Le lot de factures a été dissous{motif}.", Conseil: "Refacturer ce qui ne l'est pas encore.",
		Actions: actions(Clore)},
	{Genre: journal.LotFactures, Etats: etats(journal.Annule), Situation: LotRefuse, Poids: poidsFin + 2,
		Quoi: "Le lot de factures a été annulé{motif}.", Conseil: "Refacturer ce qui doit l'être."},
	{Genre: journal.LotFactures, Etats: etats(journal.Manuel), Situation: TraiteeMain, Poids: poidsFin,
		Actions: actions(Clore)},
	{Genre: journal.LotFactures, Etats: etats(journal.ARLPositif), Si: sansNumero, Quoi: "{Motif}",
		Conseil: "Rien à faire si cela reste rare ; sinon, le profil donne trop peu de chiffres au numéro de lot, " +
			"ou trop peu de pièces par lot."},
	{Genre: journal.LotFactures, Etats: etats(journal.ARLPositif), Si: double,
		Quoi:    "La caisse accepte un lot de factures qui avait été refacturé{motif}.",
		Conseil: "Les mêmes soins peuvent être payés deux fois : prévenir la caisse, et rendre ce qui serait payé en trop."},
	{Genre: journal.LotFactures, Etats: etats(journal.ARLPositif), Si: altere, Quoi: "{Motif}",
		Conseil: "Déposer à nouveau le même lot."},
	{Genre: journal.LotFactures, Etats: etats(journal.ARLPositif), Si: signalee,
		Quoi:    "La caisse refuse un lot de factures qu'elle avait accepté{motif}.",
		Conseil: "Se renseigner auprès de la caisse."},
	{Genre: journal.LotFactures, Etats: etats(journal.Purge), Situation: Purgee, Poids: poidsFin + 1},
}
