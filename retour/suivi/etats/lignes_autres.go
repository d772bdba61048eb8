package etats

import "github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"

var lignesMessage = []Ligne{
	{Genre: journal.Message, Etats: etats(journal.Refuse, journal.Echec), Quoi: "Le message n'est pas parti{motif}.",
		Conseil: "Vérifier l'adresse, l'annuaire et la messagerie ; s'il ne part pas de lui-même, le transmettre à " +
			"nouveau.",
		Actions: actions(Renvoyer, Abandonner)},
	{Genre: journal.Message, Etats: etats(journal.Reserve), Si: incomposable, Quoi: "Le message n'est pas parti{motif}.",
		Conseil: "Vérifier l'adresse, l'annuaire et la messagerie ; s'il ne part pas de lui-même, le transmettre à " +
			"nouveau.",
		Actions: actions(Renvoyer, Abandonner)},
}

var lignesReception = []Ligne{
	{Genre: journal.Reception, Etats: etats(journal.Illisible), Quoi: "Un message reçu n'est pas reconnu{motif}.",
		Conseil: "Le lire, compléter le profil s'il le faut, puis le faire relire.", Actions: actions(Relire, Clore)},
	{Genre: journal.Reception, Etats: etats(journal.Traite), Si: signalee,
		Quoi:    "Un message reçu parle de ce que ce journal ne connaît pas{motif}.",
		Conseil: "Vérifier que c'est suivi ailleurs ; sinon le déposer, puis faire relire le message.",
		Actions: actions(Relire, Clore)},
}

var lignesFacture = []Ligne{
	{Genre: journal.Facture, Etats: etats(journal.Incomplet, journal.Paye, journal.Signale), Si: manqueSigne,
		Situation: PieceManquante, Poids: poidsManque, Quoi: "Il manque à la facture un papier signé{motif}.",
		Conseil: "Faire signer le papier, puis le déposer.", Actions: actions(SansObjet)},
	{Genre: journal.Facture, Etats: etats(journal.Incomplet, journal.Paye, journal.Signale), Si: manqueMixte,
		Situation: PieceManquante, Poids: poidsManque, Quoi: "Il manque des pièces à la facture{motif}.",
		Conseil: "Faire signer le bordereau, numériser ce qui manque, et déposer le tout.", Actions: actions(SansObjet)},
	{Genre: journal.Facture, Etats: etats(journal.Incomplet, journal.Paye, journal.Signale), Si: manque,
		Situation: PieceManquante, Poids: poidsManque, Quoi: "Il manque une pièce à la facture{motif}.",
		Conseil: "Numériser la pièce manquante.", Actions: actions(SansObjet)},
	{Genre: journal.Facture, Etats: etats(journal.Paye), Si: signalee,
		Quoi:    "Le paiement de la facture est à vérifier{motif}.",
		Conseil: "Comparer avec le relevé de la caisse ; réclamer ou rendre la différence."},
	{Genre: journal.Facture, Etats: etats(journal.Enregistre), Si: autreNIR,
		Quoi:    "La facture ressemble à une facture qui n'a pas abouti, sous un autre numéro d'assuré{motif}.",
		Conseil: "Si c'est la même personne, dont le numéro a changé, les relier : les pièces suivront.",
		Actions: actions(Accepter), Libelles: map[NomAction]string{Accepter: "C'est la même personne : relier"}},
	{Genre: journal.Facture, Etats: etats(journal.Enregistre), Si: signalee, Quoi: "La facture est à vérifier{motif}.",
		Conseil: "Vérifier qu'elle est due, et une seule fois."},
	{Genre: journal.Facture, Etats: etats(journal.Rejet), Situation: FactureRejetee, Poids: poidsFin + 9,
		Quoi:    "La facture est rejetée par la caisse{motif}.",
		Conseil: "Corriger la facture et la refacturer sous un nouveau numéro.", Actions: actions(Relier, Clore)},
	{Genre: journal.Facture, Etats: etats(journal.Signale), Quoi: "La caisse signale une anomalie sur la facture{motif}.",
		Conseil: "Lire le signalement."},
	{Genre: journal.Facture, Etats: etats(journal.Refacture), Si: signalee, Situation: Refacturee, Poids: poidsFin + 9,
		Quoi:    "La caisse paie une facture qui avait été refacturée.",
		Conseil: "Vérifier que la facture n'a pas été payée deux fois."},
	{Genre: journal.Facture, Etats: etats(journal.Refacture), Situation: Refacturee, Poids: poidsFin + 9},
	{Genre: journal.Facture, Etats: etats(journal.Clos), Si: signalee, Situation: Close, Poids: poidsFin + 8,
		Quoi: "La caisse signale une anomalie sur une facture close{motif}.", Conseil: "Lire le signalement."},
	{Genre: journal.Facture, Etats: etats(journal.Clos), Situation: Close, Poids: poidsFin + 8},
}

var lignesCabinet = []Ligne{
	{Genre: journal.Cabinet, Etats: etats(journal.Courant), Si: horloge, Quoi: "{Motif}",
		Conseil: "Régler l'horloge ; ou, si la date est juste, l'accepter. D'ici là aucune échéance ne passe, ou du moins " +
			"rien d'irréversible n'est dit ni fait.",
		Actions: actions(Accepter), Libelles: map[NomAction]string{Accepter: "La date est juste"}},
	{Genre: journal.Cabinet, Etats: etats(journal.Courant), Si: file, Quoi: "{Motif}",
		Conseil: "Corriger la cause ; il n'y a rien à transmettre à nouveau."},
	{Genre: journal.Cabinet, Etats: etats(journal.Courant), Si: carte, Quoi: "{Motif}",
		Conseil: "Insérer la carte, ou rétablir le boîtier ; il n'y a rien à relire ni à transmettre à nouveau."},
	{Genre: journal.Cabinet, Etats: etats(journal.Courant), Si: annuaire, Quoi: "{Motif}",
		Conseil: "Vérifier l'annuaire et le réseau ; il n'y a rien à transmettre à nouveau.", Actions: actions(Vu)},
	{Genre: journal.Cabinet, Etats: etats(journal.Courant), Si: ancien, Quoi: "{Motif}",
		Conseil: "Si une sauvegarde a été remise en place, le dire : les numéros déjà pris ne resserviront pas ; puis déposer " +
			"à nouveau ce qui l'a été depuis.",
		Actions:  actions(Accepter, Vu),
		Libelles: map[NomAction]string{Accepter: "Une sauvegarde a été remise en place", Vu: "Ce lot est suivi ailleurs"}},
	{Genre: journal.Cabinet, Etats: etats(journal.Courant, journal.Verification), Si: signalee, Quoi: "{Motif}"},
}

// VideDe is where an invoice stands that has no piece, and what to do.
func VideDe() (Situation, int, string) {
	return SansPiece, poidsVide, "Numériser la pièce justificative, si cette facture en demande une."
}
