package etats

import "github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"

func etats(e ...journal.Etat) []journal.Etat { return e }
func actions(n ...NomAction) []NomAction     { return n }

// Weights of situations: what ends an invoice's way, then what a person has to do, then how far its pieces are.
const (
	poidsFin      = 90
	poidsAgir     = 80
	poidsFactures = 70
	poidsManque   = 60
	poidsVide     = 55 // no piece at all
	poidsPiece    = 10 // to 50: the piece that is least far
)

const (
	quoiOriginal    = "La pièce renvoie à un original que la caisse a rejeté{motif}."
	conseilOriginal = "Numériser et déposer à nouveau l'original : la référence vaudra de nouveau une fois qu'il sera " +
		"acquitté."
)

var lignesPiece = []Ligne{
	{Genre: journal.Piece, Etats: etats(journal.Refuse), Si: aSigner, Situation: ScanRefuse, Poids: poidsAgir,
		Quoi:    "Le papier à signer n'est pas valable{motif}.",
		Conseil: "Le faire signer à nouveau et le déposer, ou le passer {repli}.", Actions: actions(Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.ARLNegatif, journal.Rejet), Si: aSigner, Situation: AReprendre,
		Poids: poidsAgir, Quoi: "La caisse refuse le papier signé{motif}.",
		Conseil: "Le refaire, le faire signer à nouveau et le déposer, ou le passer {repli}.",
		Actions: actions(Renvoyer, Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.Constitue), Si: original, Situation: AReprendre, Poids: poidsAgir,
		Quoi: quoiOriginal, Conseil: conseilOriginal, Actions: actions(Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.EnLot), Si: original, Situation: AReprendre, Poids: poidsAgir,
		Quoi: quoiOriginal, Conseil: conseilOriginal},
	{Genre: journal.Piece, Etats: etats(journal.ARLPositif), Si: original, Situation: AReprendre, Poids: poidsAgir,
		Quoi: quoiOriginal, Conseil: conseilOriginal, Actions: actions(Reclamee, Rejetee)},
	{Genre: journal.Piece, Etats: etats(journal.Refuse), Si: sansFacture, Situation: ScanRefuse, Poids: poidsAgir,
		Quoi:    "La numérisation de la pièce est refusée{motif}.",
		Conseil: "Numériser à nouveau la pièce, ou la relier à sa facture.", Actions: actions(Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.Refuse), Situation: ScanRefuse, Poids: poidsAgir,
		Quoi:    "La numérisation de la pièce est refusée{motif}.",
		Conseil: "Numériser à nouveau la pièce, ou la passer {repli}.", Actions: actions(Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.ARLNegatif), Situation: AReprendre, Poids: poidsAgir, ParCode: true,
		Quoi: "La caisse refuse la pièce{motif}.", Conseil: "Numériser à nouveau la pièce, ou la passer {repli}.",
		Actions: actions(Renvoyer, Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.Rejet), Situation: AReprendre, Poids: poidsAgir, ParCode: true,
		Quoi:    "La caisse a reçu la pièce, puis l'a rejetée{motif}.",
		Conseil: "Numériser à nouveau la pièce, ou la passer {repli}.",
		Actions: actions(Renvoyer, Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.Constitue), Si: nonDemandee, Situation: Gardee, Poids: poidsPiece,
		Quoi:    "La pièce n'est pas transmise{motif}.",
		Conseil: "Vérifier la facture et le type de la pièce ; s'ils sont justes, il n'y a rien à faire.",
		Actions: actions(Relier, Papier, Manuel)},
	{Genre: journal.Piece, Etats: etats(journal.Constitue), Si: gardee, Situation: Gardee, Poids: poidsPiece,
		Actions: actions(Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.Constitue), Si: orpheline, Situation: AReprendre, Poids: poidsAgir,
		Quoi: "La pièce ne part pas{motif}.", Conseil: "La relier à sa facture, ou déposer cette facture.",
		Actions: actions(Relier, Papier, Manuel)},
	{Genre: journal.Piece, Etats: etats(journal.Constitue), Si: ecartee, Situation: AReprendre, Poids: poidsAgir,
		Quoi: "La pièce ne peut pas entrer dans un lot{motif}.",
		Conseil: "Corriger la cause, puis transmettre à nouveau ; ou relier la pièce à une autre facture, " +
			"ou la passer {repli}.",
		Actions: actions(Renvoyer, Papier, Manuel, Relier)},
	{Genre: journal.Piece, Etats: etats(journal.Constitue), Situation: EnAttente, Poids: poidsPiece + 30,
		Actions: actions(Papier, Manuel, Relier),
		Suite: "part avec le lot de sa facture, à l'ARL+ de celui-ci ; sans facture au bout du délai pour réussir, cela " +
			"est dit"},
	{Genre: journal.Piece, Etats: etats(journal.EnLot), Si: douteuse, Situation: AReprendre, Poids: poidsAgir,
		Quoi:    "La caisse dit de la pièce ce que le profil n'explique pas{motif}.",
		Conseil: "Se renseigner auprès de la caisse, puis dire si elle accepte la pièce.", Actions: actions(Accepter,
			Refuser)},
	{Genre: journal.Piece, Etats: etats(journal.EnLot), Si: peutEtre, Situation: AReprendre, Poids: poidsAgir,
		Quoi:    "La caisse refuse une pièce du lot, peut-être celle-ci{motif}.",
		Conseil: "Demander à la caisse laquelle, puis le dire.", Actions: actions(Accepter, Refuser)},
	{Genre: journal.Piece, Etats: etats(journal.EnLot), Situation: EnCours, Poids: poidsPiece + 35,
		Suite: "suit son lot de pièces"},
	{Genre: journal.Piece, Etats: etats(journal.Papier), Situation: SurPapier, Poids: poidsPiece + 25,
		Actions: actions(Clore)},
	{Genre: journal.Piece, Etats: etats(journal.Manuel), Situation: TraiteeMain, Poids: poidsPiece + 20,
		Actions: actions(Clore)},
	{Genre: journal.Piece, Etats: etats(journal.ARLPositif), Si: contestee, Situation: Acquittee, Poids: poidsPiece + 15,
		Quoi:    "La caisse réclame une pièce dont elle a accusé réception{motif}.",
		Conseil: "Ne pas la transmettre à nouveau : envoyer à la caisse le dossier de preuve de la facture.",
		Actions: actions(Reclamee, Rejetee)},
	{Genre: journal.Piece, Etats: etats(journal.ARLPositif), Si: signalee, Situation: Acquittee, Poids: poidsPiece + 15,
		Quoi: "La caisse a reçu la pièce avec une remarque{motif}.", Conseil: "Lire la remarque de la caisse.", ParCode: true,
		Actions: actions(Reclamee, Rejetee, Contester)},
	{Genre: journal.Piece, Etats: etats(journal.ARLPositif), Situation: Acquittee, Poids: poidsPiece + 15,
		Actions: actions(Reclamee, Rejetee, Contester)},
}
