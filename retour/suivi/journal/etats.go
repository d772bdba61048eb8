package journal

import "slices"

// States. The names of lots are the field's; a piece follows its lot only by its own events.
const (
	Neant        Etat = "" // the object doesn't exist yet
	Constitue    Etat = "constitue"
	Transmis     Etat = "transmis"
	MdS          Etat = "mds"
	ANR          Etat = "anr"
	ARLPositif   Etat = "arl+"
	ARLNegatif   Etat = "arl-"
	LimiteEssais Etat = "limite"
	Reconstitue  Etat = "reconstitue"
	Manuel       Etat = "manuel"
	Papier       Etat = "papier"
	Verification Etat = "verification"
	Clos         Etat = "clos"
	Annule       Etat = "annule"

	Refuse Etat = "refuse" // piece: the scan is refused; message: the relay refuses for good
	EnLot  Etat = "en-lot"
	Rejet  Etat = "rejet" // piece: unusable or rejected after its ARL+; invoice: rejected by an RSP
	Purge  Etat = "purge" // the bytes are gone, the trace stays

	Reserve   Etat = "reserve"  // message: identity taken, bytes not made yet
	EnEnvoi   Etat = "en-envoi" // message: an attempt was begun
	Echec     Etat = "echec"    // message: the attempt failed, another follows
	Abandonne Etat = "abandonne"

	Recu      Etat = "recu"
	Traite    Etat = "traite"
	Illisible Etat = "illisible"

	Enregistre Etat = "enregistre"
	Incomplet  Etat = "incomplet" // invoice: a piece is missing
	Paye       Etat = "paye"
	Signale    Etat = "signale"
	Refacture  Etat = "refacture"

	Courant Etat = "courant"
)

var libelles = map[Etat]string{
	Constitue: "constitué", Transmis: "transmis", MdS: "message de service reçu", ANR: "avis de non-remise reçu",
	ARLPositif: "ARL+", ARLNegatif: "ARL−", LimiteEssais: "limite de retransmission", Reconstitue: "reconstitué",
	Manuel: "traitement manuel", Papier: "papier", Verification: "vérification", Clos: "clos", Annule: "annulé",
	Refuse: "refusé", EnLot: "en lot", Rejet: "rejeté", Purge: "purgé", Reserve: "à composer", EnEnvoi: "en cours d'envoi",
	Echec: "envoi à reprendre", Abandonne: "abandonné", Recu: "reçu", Traite: "traité", Illisible: "non reconnu",
	Enregistre: "enregistré", Incomplet: "pièce manquante", Paye: "payé", Signale: "signalé", Refacture: "refacturé",
	Courant: "régime courant",
}

// courants are the states that most objects are in: the stores don't index them, so that the way of a piece that goes
// well costs little.
var courants = map[Etat]bool{ARLPositif: true, Constitue: true, EnLot: true, Transmis: true, Enregistre: true,
	Paye: true, Traite: true, Clos: true, Purge: true}

// Exceptionnel says whether only exceptions are in state e.
func (e Etat) Exceptionnel() bool { return !courants[e] }

// Exceptionnels says whether r asks for states that only exceptions are in: for those the stores have an index.
func (r *Requete) Exceptionnels() bool {
	return len(r.Etats) > 0 && !slices.ContainsFunc(r.Etats, func(e Etat) bool { return !e.Exceptionnel() })
}

// Libelle is the state's French name, for people.
func (e Etat) Libelle() string {
	if l, ok := libelles[e]; ok {
		return l
	}
	return string(e)
}

// Events.
const (
	Constituer         Type = "constituer"
	Transmettre        Type = "transmettre"
	RecevoirARLPositif Type = "arl-positif"
	RecevoirARLNegatif Type = "arl-negatif"
	RecevoirMdS        Type = "mds"
	RecevoirANR        Type = "anr"
	Epuiser            Type = "epuiser" // the attempts, or the days, are used up
	Reconstituer       Type = "reconstituer"
	MarquerManuel      Type = "manuel"
	PasserPapier       Type = "papier"
	EntrerVerification Type = "verifier"
	Clore              Type = "clore"
	Annuler            Type = "annuler"
	Rouvrir            Type = "rouvrir" // invoices' lot: a piece came after its SCOR lots were made
	Joindre            Type = "joindre" // invoices' lot: SCOR lots were made of what was there
	Noter              Type = "noter"   // something to know, no change of state

	Deposer  Type = "deposer"
	Refuser  Type = "refuser"
	Enlotter Type = "enlotter"
	Delier   Type = "delier"   // piece: out of its dissolved lot
	Relier   Type = "relier"   // piece: to the invoice's new number
	Reclamer Type = "reclamer" // piece: the caisse says it hasn't got it
	Remettre Type = "remettre" // message: handed to the relay; piece: to send again as it is
	Rejeter  Type = "rejeter"
	Purger   Type = "purger"

	Reserver   Type = "reserver"
	Composer   Type = "composer"
	Tenter     Type = "tenter"
	Echouer    Type = "echouer"
	Renvoyer   Type = "renvoyer"
	Abandonner Type = "abandonner"

	Recevoir Type = "recevoir"
	Traiter  Type = "traiter"
	Ignorer  Type = "ignorer"

	Enregistrer Type = "enregistrer"
	Manquer     Type = "manquer"
	Completer   Type = "completer"
	Payer       Type = "payer"
	Signaler    Type = "signaler"
	Refacturer  Type = "refacturer"

	Demarrer Type = "demarrer" // the practice: verification begins
	Conclure Type = "conclure" // and ends
)
