package etats

import (
	"regexp"
	"strings"
)

// Sens is what to do with pieces that may have been sent.
type Sens string

// The senses of a Consigne.
const (
	SansConsigne  Sens = ""                // nothing was sent yet, and nothing is wrong
	NePasRenvoyer Sens = "ne-pas-renvoyer" // the caisse has them, or is about to say so
	ARenvoyer     Sens = "a-renvoyer"      // they go again, as they are or scanned anew
)

// Consigne says, as strongly one way as the other, whether pieces are to be sent again.
type Consigne struct {
	Sens    Sens
	Phrase  string   // French
	Famille *Famille // of the motive, when there is one
}

// Famille is a kind of motive, read from the label when its code is in no table: words of the field, not a norm.
type Famille struct {
	Nom      string // French
	Conseil  string
	Renvoyer bool // a corrected invoice, or a new scan, is worth sending
	mots     *regexp.Regexp
}

// familles in the order in which they are tried.
var familles = []Famille{
	{"doublon", "Vérifier le premier paiement, puis clore.", false,
		mots(`doublon|d[ée]j[àa] (?:pay|factur|re[çc]u)`)},
	{"délai", "Rechercher la preuve de l'envoi dans les délais, et contester.", false, mots(`d[ée]lai|forclos|forclusion`)},
	{"pièce", "Numériser à nouveau la pièce, et la transmettre.", true,
		mots(`pi[èe]ce|justificatif|scor\b|illisible|prescription absente|num[ée]ris`)},
	{"droits", "Lire la carte Vitale ou interroger ADRi à la date des soins ; corriger le NIR ou la caisse.", true,
		mots(`\bdroits?\b|assur[ée] inconnu|b[ée]n[ée]ficiaire inconnu|\bnir\b|mutation|radi[ée]`)},
	{"organisme", "Corriger le régime, la caisse ou le centre, et envoyer au bon organisme.", true,
		mots(`organisme|caisse erron[ée]e|r[ée]gime`)},
	{"exonération", "Vérifier l'ALD ou l'accident du travail ; sinon facturer au taux normal.", true,
		mots(`exon[ée]ration|\bald\b|\btm\b|\btaux\b|at/mp`)},
	{"accord préalable", "Demander l'accord après coup ; sinon au patient.", false,
		mots(`accord pr[ée]alable|entente pr[ée]alable|s[ée]rie|150 km`)},
	{"avant la prescription", "Non remboursable, sauf urgence.", false, mots(`ant[ée]rieure? [àa] la prescription`)},
	{"prescription", "La faire compléter, puis l'envoyer avec la nouvelle pièce.", true,
		mots(`prescription|signature|rpps|finess|m[ée]decin|non conforme`)},
	{"mode de transport", "Compléter, ou facturer le mode inférieur.", true, mots(`non justifi[ée]|\bvsl\b`)},
	{"géolocalisation", "Facturer les kilomètres tracés.", true, mots(`\bgps\b|kilom[ée]tr`)},
	{"tarif", "Recalculer, et facturer à nouveau.", true, mots(`tarif|cotation|majoration|forfait`)},
	{"complémentaire", "Vérifier le contrat ; sinon au patient.", true, mots(`mutuelle|\bamc\b|contrat|adh[ée]rent`)},
}

func mots(s string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + s) }

// FamilleDe is the family of a motive by its label, nil when no word of it is known.
func FamilleDe(libelle string) *Famille {
	if strings.TrimSpace(libelle) == "" {
		return nil
	}
	for i := range familles {
		if familles[i].mots.MatchString(libelle) {
			return &familles[i]
		}
	}
	return nil
}

// ConsigneDe is the consigne of an invoice in a situation, with the label of the last motive.
func ConsigneDe(x Situation, libelle string) Consigne {
	c := Consigne{Famille: FamilleDe(libelle)}
	switch x {
	case Acquittee:
		c.Sens, c.Phrase = NePasRenvoyer, "Ne pas renvoyer : la caisse a accusé réception des pièces, et l'accusé fait preuve."
	case EnCours:
		c.Sens, c.Phrase = NePasRenvoyer, "Ne pas renvoyer : la réponse de la caisse est attendue."
	case Gardee:
		c.Sens, c.Phrase = NePasRenvoyer, "Ne pas envoyer : aucune règle ne demande ces pièces, elles sont conservées."
	case SurPapier:
		c.Sens, c.Phrase = NePasRenvoyer, "Ne pas renvoyer par voie électronique : une pièce ne part jamais deux fois."
	case Refacturee:
		c.Sens, c.Phrase = NePasRenvoyer, "Ne pas renvoyer : ses pièces suivent la nouvelle facture."
	case PieceManquante:
		c.Sens, c.Phrase = ARenvoyer, "À envoyer : il manque une pièce à cette facture."
	case ScanRefuse:
		c.Sens, c.Phrase = ARenvoyer, "À numériser de nouveau : rien n'est parti, la pièce n'est pas lisible."
	case AReprendre:
		c.Sens, c.Phrase = ARenvoyer, "À renvoyer : la caisse n'a pas de pièce valable pour cette facture."
	case FactureRejetee, LotRefuse:
		c.Sens, c.Phrase = ARenvoyer, "À refacturer : les pièces suivront la nouvelle facture."
	}
	decidee := x == AReprendre || x == FactureRejetee || x == LotRefuse // by the caisse, in words of its own
	if decidee && c.Sens == ARenvoyer && c.Famille != nil && !c.Famille.Renvoyer {
		c.Sens, c.Phrase = NePasRenvoyer, "Ne pas renvoyer tel quel. "+c.Famille.Conseil
	}
	return c
}
