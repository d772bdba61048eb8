package transport

import "github.com/scor-sdk/scor-sdk-go/fse"

// Codes of Recu.Constats: what a message has that no standard allows, and how it was
// read all the same (in the spirit of RFC 7103). The part is in Lieu.Zone. Nothing of
// the message is quoted: its bytes are in what Ouvreur.Brut receives.
const (
	ConstatMbox         = "ligne-mbox"
	ConstatLigne        = "ligne-egaree"
	ConstatNom          = "nom-de-champ"
	ConstatPli          = "ligne-non-pliee"
	ConstatSeparation   = "separation-absente"
	ConstatSansEntete   = "sans-entete"
	ConstatLimite       = "limite-devinee"
	ConstatSansLimite   = "limite-absente"
	ConstatSansFin      = "fin-absente"
	ConstatCodage       = "codage-inconnu"
	ConstatCodageEcrit  = "codage-mal-ecrit"
	ConstatCodageGroupe = "codage-de-multipart"
	ConstatBourrage     = "base64-sans-bourrage"
	ConstatPied         = "texte-apres-base64"
	ConstatQP           = "quoted-printable"
)

var libellesConstats = map[string]string{
	ConstatMbox:         "une ligne « From » de boîte mbox précède l'en-tête ; elle est laissée de côté.",
	ConstatLigne:        "l'en-tête contient une ligne qui n'est pas un champ ; elle est laissée de côté.",
	ConstatNom:          "l'en-tête contient un champ dont le nom n'est pas permis ; il est laissé de côté.",
	ConstatPli:          "un champ de l'en-tête continue sur une ligne qui n'est pas en retrait ; elle lui est rattachée.",
	ConstatSeparation:   "aucune ligne vide ne sépare l'en-tête du contenu.",
	ConstatSansEntete:   "le contenu n'a pas d'en-tête ; il est pris tel quel.",
	ConstatLimite:       "la limite des parties n'est pas annoncée ; celle que le contenu montre est prise.",
	ConstatSansLimite:   "aucune limite ne sépare les parties ; le contenu est pris pour un texte.",
	ConstatSansFin:      "la limite finale manque : le message peut être tronqué.",
	ConstatCodage:       "le codage de transfert est inconnu ; le contenu est pris tel quel.",
	ConstatCodageEcrit:  "le codage de transfert est mal écrit ; il est compris.",
	ConstatCodageGroupe: "un groupe de parties annonce un codage qu'il n'a pas.",
	ConstatBourrage:     "le base64 n'a pas le bourrage attendu à sa fin.",
	ConstatPied:         "un texte a été ajouté après le base64 ; il est laissé de côté.",
	ConstatQP:           "le quoted-printable contient des séquences mal formées, prises telles quelles.",
}

// constatsMax bounds what a hostile message can make us hold.
const constatsMax = 200

// remarquer notes something once for each place.
func (r *Recu) remarquer(code, lieu string) {
	for _, x := range r.Constats {
		if x.Code == code && x.Lieu.Zone == lieu {
			return
		}
	}
	if len(r.Constats) < constatsMax {
		r.Constats = append(r.Constats, fse.Constat{Code: code, Gravite: fse.Avertissement,
			Lieu: fse.Lieu{Format: "courriel", Zone: lieu}, Message: libellesConstats[code]})
	}
}
