package noemie

import (
	"slices"
	"strings"
	"unicode"
)

// Rejet is a rejection code whose meaning is public. The national tables aren't: a return carries code and label, and
// both are kept as they come; this adds what is known of a few.
type Rejet struct {
	Code    string // 4 digits of family and 3 of cause
	Libelle string
	Cause   string
	Conduite
}

// Conduite is what to do about a motive.
type Conduite struct {
	Famille  string // "doublon", "droits"…; "autre" when nothing is recognised
	Action   string // a French sentence
	Renvoyer bool   // a corrected invoice is worth sending; the same one never is
	Sure     bool   // from the code; otherwise from the words of the label, which is a guess
}

// The codes are those of a memo of the Assurance Maladie for orthoptists, "Rejets de télétransmission les plus
// courants".
var rejets = []Rejet{
	{"0250050", "assuré absent de notre fichier",
		"l'assuré ne dépend pas, ou plus, de cet organisme, ou son numéro est faux",
		Conduite{"droits",
			"Vérifier les droits (Espace pro, attestation, ADRi), corriger le numéro ou la caisse, refaire une facture.",
			true, true}},
	{"0317051", "incompatibilité de la nature d'assurance", "la nature d'assurance ne va pas avec l'acte ou l'exonération",
		Conduite{"nature d'assurance", "Vérifier l'exonération et la nature d'assurance, refaire une facture.", true, true}},
	{"0450072", "exonération inconnue à la date des soins", "la carte Vitale n'est pas à jour",
		Conduite{"exonération",
			"Vérifier la caisse, le numéro et l'exonération ; demander à l'assuré de mettre sa carte à jour.", true, true}},
	{"0460053", "établissement prescripteur inconnu du fichier national", "le numéro du prescripteur n'est pas répertorié",
		Conduite{"prescription",
			"Saisir le numéro de l'établissement qui est sur la prescription (finess.sante.gouv.fr), refaire une facture.", true,
			true}},
	{"0470049", "prescription interdite à cette date", "le prescripteur, ou la date de la prescription",
		Conduite{"prescription", "Vérifier le prescripteur et la date sur la prescription, refaire une facture.", true,
			true}},
	{"2900005", "facture déjà payée", "le même numéro a déjà été payé pour le même bénéficiaire",
		Conduite{"doublon",
			"Ne pas renvoyer : relire les ARL, les retours et les paiements ; si le paiement est introuvable, faire une " +
				"réclamation.", false, true}},
}

// famillesDeCode are the families that the public codes let guess, by their first digits, longest first.
var famillesDeCode = []struct{ debut, famille string }{
	{"045", "exonération"}, {"046", "prescription"}, {"047", "prescription"}, {"02", "droits"}, {"03",
		"nature d'assurance"}, {"29", "doublon"},
}

// mots are the families of motives by the words of their labels, in order: a program in use has them; the words are
// real, the families aren't a norm.
var mots = []struct {
	famille  string
	mots     []string
	action   string
	renvoyer bool
}{
	{"doublon", []string{"doublon", "deja paye", "deja factur"},
		"Ne pas renvoyer : vérifier le premier paiement, puis clore.", false},
	{"délai", []string{"delai", "forclos"}, "Chercher la preuve de l'envoi dans les délais et contester.", false},
	{"pièce", []string{"piece", "justificatif", "scor", "illisible", "prescription absente", "numeris"},
		"Renvoyer la pièce numérisée par SCOR.", true},
	{"antériorité", []string{"anterieur a la prescription"},
		"Soins antérieurs à la prescription : non pris en charge, sauf urgence.", false},
	{"droits", []string{"droit", "assure inconnu", "beneficiaire inconnu", "nir", "mutation", "radie"},
		"Lire la carte Vitale ou ADRi à la date des soins, corriger le numéro ou la caisse, refaire une facture.", true},
	{"organisme", []string{"organisme", "caisse erronee", "regime"},
		"Corriger le régime, la caisse ou le centre, et envoyer au bon organisme.", true},
	{"exonération", []string{"exoneration", "ald", "tm", "taux", "at/mp"},
		"Vérifier l'ALD ou l'accident du travail ; à défaut, facturer au taux normal.", true},
	{"accord préalable", []string{"accord prealable", "entente prealable", "serie", "150 km"},
		"Demander l'accord après coup ; à défaut, voir avec l'assuré.", false},
	{"prescription", []string{"prescription", "signature", "rpps", "finess", "medecin", "non conforme"},
		"Faire compléter la prescription, et renvoyer la facture avec la nouvelle pièce.", true},
	{"mode de transport", []string{"non justifie", "vsl"},
		"Compléter la justification, ou facturer le mode de transport inférieur.", true},
	{"géolocalisation", []string{"gps", "ecart kilometrique"}, "Facturer les kilomètres tracés.", true},
	{"tarif", []string{"tarif", "cotation", "majoration", "forfait", "km"}, "Recalculer, et refaire une facture.", true},
	{"complémentaire", []string{"mutuelle", "amc", "contrat", "adherent"},
		"Vérifier le contrat ; à défaut, demander la part à l'assuré.", true},
}

// Rejets returns the rejection codes whose meaning is public.
func Rejets() []Rejet { return slices.Clone(rejets) }

// ChercherRejet finds a code as it is delivered: 7 digits, with or without blanks between family and cause, in a zone
// of
// 10; ok is false when its meaning isn't public.
func ChercherRejet(code string) (Rejet, bool) {
	s := chiffresDe(code)
	for _, r := range rejets {
		if len(s) >= 7 && s[:7] == r.Code && strings.Trim(s[7:], "0") == "" {
			return r, true
		}
	}
	return Rejet{}, false
}

func chiffresDe(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// Conduite returns what to do about a motive: from its code when it is public, from the words of its label, or else
// from
// its family of codes.
func (m Motif) Conduite() Conduite {
	if r, ok := ChercherRejet(m.Code); ok {
		return r.Conduite
	}
	libelle := sansAccents(m.Libelle)
	for _, f := range mots {
		if slices.ContainsFunc(f.mots, func(mot string) bool { return contientMot(libelle, mot) }) {
			return Conduite{Famille: f.famille, Action: f.action, Renvoyer: f.renvoyer}
		}
	}
	for _, f := range famillesDeCode {
		if s := chiffresDe(m.Code); len(s) >= 4 && strings.HasPrefix(s, f.debut) {
			return Conduite{Famille: f.famille,
				Action:   "Lire le libellé et vérifier ce qu'il nomme ; au besoin, appeler la caisse.",
				Renvoyer: f.famille != "doublon"}
		}
	}
	return Conduite{Famille: "autre", Action: "Lire le libellé ; au besoin, appeler la caisse."}
}

// contientMot reports whether a word of the text begins with mot: "tm" isn't in "montant… TMX".
func contientMot(texte, mot string) bool {
	for i := 0; ; {
		k := strings.Index(texte[i:], mot)
		if k < 0 {
			return false
		}
		k += i
		avant := k == 0 || !unicode.IsLetter(rune(texte[k-1]))
		apres := k+len(mot) == len(texte) || len(mot) > 4 || !unicode.IsLetter(rune(texte[k+len(mot)]))
		if avant && apres {
			return true
		}
		i = k + 1
	}
}

var accents = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "à", "a", "â", "a", "ô", "o", "î", "i", "ç", "c",
	"û", "u", "ù", "u", "œ", "oe")

func sansAccents(s string) string { return accents.Replace(strings.ToLower(s)) }
