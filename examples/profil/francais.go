package main

import (
	"regexp"

	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// phrases are the faults of a file in French: those that the layouts' reader tells, each with what to look at.
var phrases = []struct {
	motif  *regexp.Regexp
	phrase string
}{
	{regexp.MustCompile(`^unknown record$`),
		"enregistrement inconnu : aucun enregistrement de la disposition ne commence ainsi"},
	{regexp.MustCompile(`^unknown record, or cut short$`), "enregistrement inconnu, ou coupé"},
	{regexp.MustCompile(`^missing: expected before the end of (.*)$`), "absent : attendu avant la fin de $1"},
	{regexp.MustCompile(`^missing(, but obligatoire| attribute)?$`), "absent, alors qu'il est attendu"},
	{regexp.MustCompile(`^the counter says (\d+), counted (\d+)$`), "le compteur dit $1, il y en a $2"},
	{regexp.MustCompile(`^out of order.*$`), "hors de son ordre : il revient, ou vient trop tard"},
	{regexp.MustCompile(`^expected after (.*)$`), "attendu après $1"},
	{regexp.MustCompile(`^digits expected$`), "des chiffres sont attendus"},
	{regexp.MustCompile(`^empty, but obligatoire$`), "vide, alors que la zone est obligatoire"},
	{regexp.MustCompile(`^the (\S+) check doesn't agree.*$`), "le contrôle $1 ne s'accorde pas avec ce qu'il couvre"},
	{regexp.MustCompile(`^(\d+) bytes, expected (\d+)$`), "$1 octets, $2 attendus"},
	{regexp.MustCompile(`^(\d+) fields, expected (\d+)$`), "$1 champs, $2 attendus"},
	{regexp.MustCompile(`^(\d+) characters, at most (\d+) expected$`), "$1 caractères, $2 au plus"},
	{regexp.MustCompile(`^"(.*)" expected after (\d+) bytes$`), "« $1 » attendu après $2 octets"},
	{regexp.MustCompile(`^it ends without "(.*)": cut short$`), "il finit sans « $1 » : coupé"},
	{regexp.MustCompile(`^"(.*)" expected$`), "« $1 » attendu"},
	{regexp.MustCompile(`^a date in the format of the profile expected$`), "une date au format du profil est attendue"},
	{regexp.MustCompile(`^a code that the profile gives no meaning$`), "un code auquel le profil ne donne pas de sens"},
	{regexp.MustCompile(`^a document in base64 expected.*$`), "un document en base64 est attendu"},
	{regexp.MustCompile(`^no control character expected$`), "un caractère de contrôle, qui n'a rien à faire là"},
	{regexp.MustCompile(`^characters of ASCII expected$`), "un caractère hors de l'ASCII"},
	{regexp.MustCompile(`^valid UTF-8 expected$`), "des octets qui ne sont pas de l'UTF-8"},
	{regexp.MustCompile(`^not well-formed XML, line (\d+)$`), "XML mal formé, ligne $1"},
	{regexp.MustCompile(`^unknown element, line (\d+)$`), "élément inconnu, ligne $1"},
	{regexp.MustCompile(`^unknown attribute$`), "attribut inconnu"},
	{regexp.MustCompile(`^text between the elements$`), "du texte entre les éléments"},
	{regexp.MustCompile(`^given twice$`), "donné deux fois"},
	{regexp.MustCompile(`^document (.*) is given twice$`), "le document $1 est donné deux fois"},
	{regexp.MustCompile(`^another content than the digest says$`), "le document n'a pas l'empreinte annoncée"},
	{regexp.MustCompile(`^(\d+) bytes announced, (\d+) read$`), "$1 octets annoncés, $2 lus"},
	{regexp.MustCompile(`^cut short$`), "coupé"},
	{regexp.MustCompile(`^no record speaks of a lot$`), "aucun enregistrement ne parle d'un lot"},
	{regexp.MustCompile(`^64 hexadecimal digits expected, (\d+) read$`), "64 chiffres hexadécimaux attendus, $1 lus"},
	{regexp.MustCompile(`^hexadecimal digits expected$`), "des chiffres hexadécimaux sont attendus"},
	{regexp.MustCompile(`^a SHA-256 in base64 expected$`), "une empreinte SHA-256 en base64 est attendue"},
	{regexp.MustCompile(`^an amount with two decimals expected$`), "un montant à deux décimales est attendu"},
	{regexp.MustCompile(`^at most (\d+) digits expected$`), "$1 chiffres au plus"},
}

// natures say the rest: what kind of fault it is.
var natures = map[disposition.Nature]string{disposition.Structure: "la structure ne suit pas la disposition",
	disposition.ZoneLue: "la zone ne se lit pas", disposition.Compteur: "un compteur ne s'accorde pas",
	disposition.Cle: "un contrôle ne s'accorde pas", disposition.Code: "un code n'est pas dans les tables du profil"}

// francais says a fault to who writes a profile.
func francais(e *disposition.Erreur) string {
	for _, p := range phrases {
		if p.motif.MatchString(e.Message) {
			return p.motif.ReplaceAllString(e.Message, p.phrase)
		}
	}
	return natures[e.Nature] + " (" + e.Message + ")"
}
