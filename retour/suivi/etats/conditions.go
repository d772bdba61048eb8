package etats

import (
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Modes of objects: what the state alone doesn't tell.
const (
	ModeScor   = "scor" // pieces: the way they go
	ModePapier = "papier"
	ModeManuel = "manuel"
	ModeGarde  = "garde" // the rules keep the piece

	ModeAmbigu = "ambigu" // a lot of pieces whose answer doesn't say which of its pieces it refuses; such a piece too

	ModeDouble = "double" // a lot accepted after its invoices were billed again
	ModeSolde  = "solde"  // a lot that didn't go through, whose invoices were all billed again: it asks nothing more

	ModeGroupe = "groupe" // a lot whose file carries other lots: it leaves with them or not at all

	ModeManque    = "manque"     // an invoice that is paid, and lacks a piece still
	ModeSansObjet = "sans-objet" // a person says that no piece is needed
	ModePayee     = "payee"      // an invoice paid after it was billed again
)

// MotifNumeros marks a lot of invoices that waits for tomorrow's numbers.
const MotifNumeros = "Tous les numéros de lot de pièces du jour sont utilisés : les pièces qui restent partiront " +
	"demain."

// PrecisOrpheline marks a piece whose invoice doesn't come, or doesn't go on.
const PrecisOrpheline = "orpheline"

// PrecisContestee marks a piece that the caisse claims although it acknowledged it.
const PrecisContestee = "contestee"

// MotifAltere marks a lot of invoices whose kept content can't be read.
const MotifAltere = "Les factures gardées de ce lot sont altérées ou absentes : ses pièces ne peuvent pas partir."

func cabinet(cle, nom string) *Condition {
	return &Condition{nom, func(o *journal.Objet) bool { return o.Cle == cle && o.Attention > 0 }}
}

// Manque says that a piece of the invoice is missing; its Motif says which.
func Manque(f *journal.Objet) bool { return f.Etat == journal.Incomplet || f.Mode == ModeManque }

// EnRoute says that a lot waits for its message to leave, or for its answer.
func EnRoute(l *journal.Objet) bool {
	return l.Etat == journal.Constitue || l.Etat == journal.Transmis || l.Etat == journal.ANR
}

// Dissous says that a lot was replaced, or put on paper: nothing of it leaves any more.
func Dissous(l *journal.Objet) bool {
	switch l.Etat {
	case journal.Reconstitue, journal.Papier, journal.Manuel, journal.Annule:
		return true
	}
	return false
}

// Keys of the objects of the practice that ask for a person, each in its own way.
const (
	CleHorloge      = "horloge"      // the clock
	CleFile         = "file"         // the sending of messages, when it pauses
	CleCarte        = "carte"        // the card or HSM that holds the keys, when it doesn't answer
	CleAnnuaire     = "annuaire"     // the directory of certificates, when it doesn't answer
	CleRestauration = "restauration" // the journal itself, when it seems to be an old one
)

// PrecisOriginal marks a reference whose original the caisse rejected.
const PrecisOriginal = "original-rejete"

// ModeNIR marks an invoice that may be another one, billed again under another insured's number.
const ModeNIR = "autre-nir"

var (
	sansFacture = &Condition{"sans facture", func(o *journal.Objet) bool { return o.Parent == "" }}
	gardee      = &Condition{"les règles la gardent", func(o *journal.Objet) bool { return o.Mode == ModeGarde }}
	nonDemandee = &Condition{"aucune règle ne la demande", func(o *journal.Objet) bool {
		return o.Mode == ModeGarde && o.Attention > 0
	}}
	ambigu    = &Condition{"réponse ambiguë", func(o *journal.Objet) bool { return o.Mode == ModeAmbigu }}
	douteuse  = &Condition{"code inconnu", func(o *journal.Objet) bool { return o.Attention > 0 }}
	peutEtre  = &Condition{"dans un lot à la réponse ambiguë", func(o *journal.Objet) bool { return o.Code != "" }}
	orpheline = &Condition{"sa facture ne vient pas", func(o *journal.Objet) bool {
		return o.Precis == PrecisOrpheline && o.Attention > 0
	}}
	contestee = &Condition{"réclamée, et contestée", func(o *journal.Objet) bool {
		return o.Precis == PrecisContestee && o.Attention > 0
	}}
	ecartee  = &Condition{"écartée de son lot", func(o *journal.Objet) bool { return o.Attention > 0 }}
	signalee = &Condition{"signalé", func(o *journal.Objet) bool { return o.Attention > 0 }}
	horloge  = cabinet(CleHorloge, "l'horloge a fait un saut")
	file     = cabinet(CleFile, "les envois sont suspendus")
	carte    = cabinet(CleCarte, "la carte ou le HSM ne répond pas")
	annuaire = cabinet(CleAnnuaire, "l'annuaire ne répond pas")
	ancien   = cabinet(CleRestauration, "le journal semble être une ancienne sauvegarde")
	original = &Condition{"son original est rejeté", func(o *journal.Objet) bool {
		return o.Precis == PrecisOriginal && o.Attention > 0
	}}
	aSigner  = &Condition{"papier à signer", func(o *journal.Objet) bool { return o.Nature == scor.S3404 }}
	autreNIR = &Condition{"peut-être la même sous un autre NIR", func(o *journal.Objet) bool {
		return o.Mode == ModeNIR && o.Attention > 0
	}}
	manqueSigne = &Condition{"il manque un papier à signer", func(o *journal.Objet) bool {
		return Manque(o) && o.Types == scor.S3404
	}}
	manqueMixte = &Condition{"il manque une pièce, et un papier à signer", func(o *journal.Objet) bool {
		return Manque(o) && slices.Contains(strings.Fields(o.Types), scor.S3404)
	}}
	jamaisParti = &Condition{"jamais essayé, seul dans son fichier", func(o *journal.Objet) bool {
		return o.Essais == 0 && o.Premier == 0 && o.Mode != ModeGroupe
	}}
	altere = &Condition{"contenu gardé illisible", func(o *journal.Objet) bool { return o.Motif == MotifAltere }}
	double = &Condition{"refacturé entre-temps", func(o *journal.Objet) bool {
		return o.Mode == ModeDouble &&
			o.Attention > 0
	}}
	sansNumero = &Condition{"sans numéro de lot pour aujourd'hui", func(o *journal.Objet) bool {
		return o.Motif == MotifNumeros
	}}
	incomposable = &Condition{"ne peut pas être composé", func(o *journal.Objet) bool { return o.Attention > 0 }}
	manque       = &Condition{"il manque une pièce", Manque}
)
