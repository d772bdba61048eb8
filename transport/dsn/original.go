package dsn

import (
	"strings"

	"github.com/emersion/go-message/textproto"
)

// original is what the copy of the message not delivered says.
type original struct {
	messageID string
	a         []string // To
	emboite   string   // the body, when the original is a report itself
}

// seul is its recipient, when it has one alone.
func (o *original) seul() string {
	if len(o.a) == 1 {
		return o.a[0]
	}
	return ""
}

// champsDe are the fields of a header already read.
func champsDe(h textproto.Header) map[string]string {
	champs := map[string]string{}
	for _, nom := range []string{"Message-Id", "To", "Content-Type", "X-Original-Message-Id"} {
		champs[strings.ToLower(nom)] = h.Get(nom)
	}
	return champs
}

// copie takes the beginning of a message, or its header alone.
func (o *original) copie(texte string) {
	champs, corps := lireChamps(strings.TrimLeft(texte, "\r\n"))
	o.entetes(champs)
	if o.emboite == "" && strings.Contains(strings.ToLower(champs["content-type"]), "multipart/report") {
		o.emboite = corps
	}
}

func (o *original) entetes(champs map[string]string) {
	if o.messageID == "" {
		o.messageID = identifiant(champs["message-id"])
	}
	if len(o.a) == 0 {
		o.a = adresses(champs["to"])
	}
}

// lireChamps reads the fields of a header, the first of each name, up to a blank line;
// odd lines and the marks before a quoted header don't count.
func lireChamps(texte string) (champs map[string]string, reste string) {
	champs = map[string]string{}
	dernier := ""
	for texte != "" {
		ligne := texte
		if i := strings.IndexByte(texte, '\n'); i >= 0 {
			ligne, texte = texte[:i], texte[i+1:]
		} else {
			texte = ""
		}
		ligne = strings.TrimRight(ligne, "\r \t")
		if ligne == "" {
			break
		}
		if ligne[0] == ' ' || ligne[0] == '\t' {
			if dernier != "" && len(champs[dernier]) < 4000 {
				champs[dernier] += ligne
			}
			continue
		}
		nom, valeur, ok := champ(ligne)
		if !ok {
			continue
		}
		if dernier = ""; champs[nom] == "" {
			champs[nom], dernier = valeur, nom
		}
	}
	return champs, texte
}

// identifiant is a Message-ID without its brackets.
func identifiant(s string) string {
	if i := strings.IndexByte(s, '<'); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.IndexByte(s, '>'); i >= 0 {
		s = s[:i]
	}
	s = strings.Join(strings.Fields(s), "")
	if len(s) > 900 {
		return ""
	}
	return s
}
