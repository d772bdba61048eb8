package dsn

import (
	"regexp"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// statuts is what the fields of RFC 3464 say.
type statuts struct {
	groupes   []map[string]string // of the recipients
	mta       string
	enveloppe string
	messageID string
	remis     bool // every group that says something says that all is well
}

// ouvrants begin the group of another recipient when the group has them already: some
// writers leave the blank line out.
var ouvrants = map[string]bool{"final-recipient": true, "original-recipient": true}

// lire reads the groups of fields: the message's, then one for each recipient. A line
// that's no field, folded or not, goes on with the one before.
func (s *statuts) lire(texte string) {
	groupe := map[string]string{}
	dernier := ""
	clore := func() {
		if len(groupe) > 0 {
			s.ajouter(groupe)
		}
		groupe, dernier = map[string]string{}, ""
	}
	for ligne := range strings.Lines(texte) {
		ligne = strings.TrimRight(ligne, "\r\n \t")
		if ligne == "" {
			clore()
			continue
		}
		nom, valeur, ok := champ(ligne)
		if !ok {
			if dernier != "" && len(groupe[dernier]) < 4000 {
				groupe[dernier] += " " + strings.TrimSpace(ligne)
			}
			continue
		}
		if _, deja := groupe[nom]; deja && ouvrants[nom] {
			clore()
		}
		if _, deja := groupe[nom]; deja {
			dernier = "" // the first one stands
			continue
		}
		groupe[nom], dernier = valeur, nom
	}
	clore()
}

// champ splits a line into a field name, in lower case, and its value.
func champ(ligne string) (nom, valeur string, ok bool) {
	nom, valeur, ok = strings.Cut(ligne, ":")
	nom = strings.ToLower(strings.TrimRight(nom, " \t"))
	if !ok || nom == "" || len(nom) > 76 {
		return "", "", false
	}
	for i, c := range []byte(nom) {
		if lettre := c >= 'a' && c <= 'z'; !lettre && (i == 0 || c != '-' && c != '_' && (c < '0' || c > '9')) {
			return "", "", false
		}
	}
	return nom, strings.TrimSpace(valeur), true
}

func (s *statuts) ajouter(g map[string]string) {
	s.mta = premierNonVide(s.mta, apresType(g["reporting-mta"]))
	s.enveloppe = premierNonVide(s.enveloppe, g["original-envelope-id"])
	s.messageID = premierNonVide(s.messageID, identifiant(g["x-original-message-id"]),
		identifiant(g["original-message-id"]))
	if g["final-recipient"] == "" && g["original-recipient"] == "" && g["action"] == "" {
		// The rest of a group that a blank line cuts in two.
		if n := len(s.groupes) - 1; n >= 0 && g["reporting-mta"] == "" && (g["status"] != "" || g["diagnostic-code"] != "") {
			completer(s.groupes[n], g)
		}
		return
	}
	if n := len(s.groupes) - 1; n >= 0 {
		dernier := s.groupes[n]
		nomme := g["final-recipient"] != "" || g["original-recipient"] != ""
		dejaNomme := dernier["final-recipient"] != "" || dernier["original-recipient"] != ""
		switch {
		case !nomme && dernier["action"] == "":
			completer(dernier, g)
			return
		case nomme && !dejaNomme && g["action"] == "": // the outcome stands in the message's group
			completer(dernier, g)
			return
		}
	}
	if len(s.groupes) < avisMax {
		s.groupes = append(s.groupes, g)
	}
}

func completer(g, suite map[string]string) {
	for k, v := range suite {
		if g[k] == "" {
			g[k] = v
		}
	}
}

// avis gives those of the recipients that weren't delivered to.
func (s *statuts) avis(recu *transport.Recu, t *texteLu) []Avis {
	var out []Avis
	bons := 0
	for _, g := range s.groupes {
		a := Avis{Diagnostic: uneLigne(apresType(g["diagnostic-code"]))}
		if a.Destinataire, a.Final = destinatairesDe(g); a.Destinataire == "" {
			if x := adresses(recu.Entetes.Get("X-Failed-Recipients")); len(x) > 0 {
				a.Destinataire = x[min(len(out), len(x)-1)]
			} else if len(s.groupes) == 1 && len(t.destinataires) == 1 {
				a.Destinataire = t.destinataires[0].adresse
			}
		}
		a.Code = codeDans(g["status"], "245")
		if a.Code == "" || strings.HasSuffix(a.Code, ".0.0") {
			if c := codeDans(a.Diagnostic, "45"); c != "" {
				a.Code = c
			}
		}
		switch issue(g["action"], a.Code, a.Diagnostic, t) {
		case remis:
			bons++
			continue
		case abandon:
			a.Definitif = true
		}
		out = fusionner(out, a)
	}
	s.remis = bons > 0 && len(out) == 0
	return out
}

// fusionner adds a notice, or what it says more of a recipient that was told of.
func fusionner(avis []Avis, a Avis) []Avis {
	for i := range avis {
		if x := &avis[i]; strings.EqualFold(x.Destinataire, a.Destinataire) {
			if a.Definitif && !x.Definitif {
				*x = a
			}
			return avis
		}
	}
	return append(avis, a)
}

type sort uint8

const (
	abandon sort = iota // the mail system gave up
	delai               // it goes on trying
	remis               // it has delivered, or handed over
)

// issue says what became of a recipient. The Action speaks first (RFC 3464 §2.3.3); one
// that the standard doesn't have, or none, is decided by the status code.
func issue(action, code, diagnostic string, t *texteLu) sort {
	action = strings.ToLower(strings.TrimSpace(action))
	if i := strings.IndexAny(action, " \t(;"); i > 0 {
		action = action[:i]
	}
	switch action {
	case "failed", "failure", "expired":
		return abandon
	case "delayed", "deferred":
		return delai
	case "delivered", "relayed", "expanded":
		return remis
	}
	if code == "" {
		if m := codeSMTP.FindStringSubmatch(diagnostic); m != nil {
			code = m[1]
		}
	}
	switch {
	case strings.HasPrefix(code, "2"):
		return remis
	case strings.HasPrefix(code, "4") && (t == nil || !t.renonce):
		return delai
	case code == "" && t != nil && t.attend:
		return delai
	}
	return abandon
}

// destinatairesDe gives the address that was written to, and what it became on the way
// when that is another.
func destinatairesDe(g map[string]string) (ecrit, final string) {
	for _, nom := range []string{"original-recipient", "final-recipient", "x-actual-recipient"} {
		a := strings.Trim(apresType(apresType(g[nom])), "<> ")
		if i := strings.IndexByte(a, ' '); i > 0 {
			a = adresse.FindString(a)
		}
		if i := strings.IndexByte(a, '@'); i > 0 && a[0] != '/' {
			a = strings.Trim(a, "<>\"")
			if ecrit == "" {
				ecrit = a
			} else if final == "" && !strings.EqualFold(a, ecrit) {
				final = a
			}
		}
	}
	return ecrit, final
}

// apresType drops the "rfc822;" or "smtp;" before a value.
func apresType(s string) string {
	if t, v, ok := strings.Cut(s, ";"); ok && len(t) <= 20 && !strings.Contains(t, " ") {
		s = v
	}
	return strings.TrimSpace(s)
}

var (
	// No part of an IP address or of a longer number is a code; some qmails write spaces as "_".
	codeEtendu = regexp.MustCompile(`(?:^|[^0-9A-Za-z.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^0-9.]|\.(?:$|\D))`)
	codeSMTP   = regexp.MustCompile(`(?:^|[\s:>("#_\[])([45][0-5]\d)(?:[ ,\-_]|$)`)
	adresse    = regexp.MustCompile(`[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{1,24}`)
)

// codeDans is the first enhanced status code of s, of one of the classes.
func codeDans(s, classes string) string {
	for _, m := range codeEtendu.FindAllStringSubmatch(s, 8) {
		if strings.Contains(classes, m[1][:1]) {
			return m[1]
		}
	}
	return ""
}

func adresses(s string) []string {
	if !strings.Contains(s, "@") {
		return nil
	}
	return adresse.FindAllString(s, avisMax)
}

func uneLigne(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if r := []rune(s); len(r) > 400 {
		return string(r[:400])
	}
	return s
}
