package dsn

import (
	"html"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// texteLu is what the plain text of a report says.
type texteLu struct {
	lignes        []string // of the report, before the copy of the original
	destinataires []trouve
	original      original
	copie         bool // the text holds a copy of the original, or its header
	echec, attend bool // it says that nothing was delivered; that trying goes on
	attendTexte   bool // the text says the latter, not the subject alone
	renonce       bool // it says that trying has ended
	habitude      bool // in the words of a known writer
	code          string
	diagnostic    string
	json          *jsonLu // a notification in JSON
}

// trouve is a recipient and what was said of it.
type trouve struct {
	adresse    string
	rang       int // how sure: the lowest is kept
	ligne      int
	code       string
	diagnostic string
}

const (
	lignesMax  = 4000 // of a report; what follows is the copy of something
	ligneMax   = 500  // bytes of a line that's looked at
	nommentMax = 300  // lines that hold an address; more is no report

	phrasesMax = 16 << 10 // bytes that sentences are looked for in: they come first
)

func analyserTexte(recu *transport.Recu, texte string) *texteLu {
	t := &texteLu{}
	if debut := strings.TrimLeft(texte, " \t\r\n"); strings.HasPrefix(debut, "{") {
		t.json = lireJSON(debut)
	}
	lignes := decouper(texte)
	debut := debutCopie(lignes)
	if debut < len(lignes) {
		t.copie = true
		t.original.copie(sansRetrait(lignes[debut:]))
	}
	t.lignes = lignes[:debut]
	rapport := make([]string, 0, len(t.lignes))
	for _, l := range t.lignes {
		// What a person quotes says nothing; ">>>" is the transcript of a session.
		if strings.HasPrefix(l, ">") && !strings.HasPrefix(l, ">>>") {
			l = ""
		}
		rapport = append(rapport, l)
	}
	t.lignes = rapport
	entier := strings.Join(rapport, " ") // sentences go over line ends
	entier = entier[:min(len(entier), phrasesMax)]
	t.echec = echec.MatchString(recu.Sujet) || echec.MatchString(entier) ||
		autresLangues.MatchString(recu.Sujet) || autresLangues.MatchString(entier)
	t.attendTexte = attente.MatchString(entier)
	t.attend = attente.MatchString(recu.Sujet) || t.attendTexte
	t.renonce = renonce.MatchString(recu.Sujet) || renonce.MatchString(entier)
	for _, h := range habitudes {
		t.habitude = t.habitude || h.re.MatchString(entier)
	}
	t.chercher(recu)
	t.codes()
	return t
}

func decouper(texte string) []string {
	var out []string
	for l := range strings.Lines(texte) {
		if len(out) == lignesMax {
			break
		}
		l = strings.TrimRight(l, "\r\n \t")
		out = append(out, l[:min(len(l), ligneMax)])
	}
	return out
}

// connus are the fields by which the header of a copy is known; forts can't be anything
// else.
var (
	connus = map[string]bool{"received": true, "return-path": true, "from": true, "to": true, "subject": true,
		"date": true, "message-id": true, "mime-version": true, "content-type": true, "delivered-to": true, "cc": true,
		"reply-to": true, "sender": true, "references": true, "dkim-signature": true, "x-mailer": true, "user-agent": true,
		"content-transfer-encoding": true, "x-original-to": true, "envelope-to": true}
	forts = map[string]bool{"received": true, "return-path": true, "message-id": true, "mime-version": true,
		"dkim-signature": true, "delivered-to": true}
)

// debutCopie is the line that the copy of the original begins at: the first of a run of
// header fields, one of which is no everyday word.
func debutCopie(lignes []string) int {
	depart, vus, fort := -1, 0, false
	for i, brute := range lignes {
		l := strings.TrimLeft(brute, " \t")
		if l != "" && len(l) < 120 && marque.MatchString(l) {
			if d := apresMarque(lignes, i+1); d > 0 {
				return d
			}
		}
		marge := len(brute) - len(l)
		nom, _, ok := champ(l)
		switch {
		case ok && connus[nom] && marge <= 8:
			if depart < 0 {
				depart = i
			}
			vus++
			fort = fort || forts[nom]
			if fort && (vus >= 3 || vus >= 2 && finBloc(lignes, i+1)) {
				return depart
			}
		case depart >= 0 && l != "" && (marge > 0 || ok):
			// A folded line, or a field of another name.
		default:
			depart, vus, fort = -1, 0, false
		}
	}
	return len(lignes)
}

// apresMarque is the line of the first field behind a line that announces the copy, or
// 0.
func apresMarque(lignes []string, i int) int {
	for n := 0; i < len(lignes) && n < 4; i, n = i+1, n+1 {
		l := strings.TrimLeft(lignes[i], " \t")
		if l == "" || strings.HasPrefix(l, "From ") {
			continue
		}
		if nom, _, ok := champ(l); ok && connus[nom] {
			return i
		}
	}
	return 0
}

// finBloc: nothing but blank lines or the body follows.
func finBloc(lignes []string, i int) bool { return i >= len(lignes) || lignes[i] == "" }

// sansRetrait gives the lines of a copy, without the margin of its first one.
func sansRetrait(lignes []string) string {
	marge := len(lignes[0]) - len(strings.TrimLeft(lignes[0], " \t"))
	var b strings.Builder
	for _, l := range lignes {
		b.WriteString(l[min(marge, len(l)-len(strings.TrimLeft(l, " \t"))):])
		b.WriteByte('\n')
	}
	return b.String()
}

// chercher finds the recipients in the report.
func (t *texteLu) chercher(recu *transport.Recu) {
	ecarter := map[string]bool{strings.ToLower(recu.De): true}
	for _, a := range recu.A {
		ecarter[strings.ToLower(a)] = true // whom the report is for: the sender
	}
	for _, a := range adresses(recu.Entetes.Get("X-Failed-Recipients")) {
		t.ajouter(trouve{adresse: a, rang: 0, ligne: -1})
	}
	nomment := 0
	for i, l := range t.lignes {
		if !strings.Contains(l, "@") {
			continue
		}
		if nomment++; nomment > nommentMax {
			break
		}
		rang, trouvees := destinatairesDeLigne(l)
		for _, a := range trouvees {
			local, _, _ := strings.Cut(a, "@")
			if automate.MatchString(local) || rang >= rangFaible && ecarter[strings.ToLower(a)] {
				continue
			}
			t.ajouter(trouve{adresse: a, rang: rang, ligne: i})
		}
	}
	meilleur := rangFaible + 1
	for _, d := range t.destinataires {
		meilleur = min(meilleur, d.rang)
	}
	gardes := t.destinataires[:0]
	for _, d := range t.destinataires {
		// Only the surest way of naming them counts; of the weakest, the first alone.
		if d.rang == meilleur && (meilleur < rangFaible || len(gardes) == 0) {
			gardes = append(gardes, d)
		}
	}
	t.destinataires = gardes
}

func (t *texteLu) ajouter(d trouve) {
	for i := range t.destinataires {
		x := &t.destinataires[i]
		if strings.EqualFold(x.adresse, d.adresse) {
			if d.rang < x.rang {
				*x = d
			}
			return
		}
	}
	if len(t.destinataires) < avisMax {
		t.destinataires = append(t.destinataires, d)
	}
}

// codes finds the code and the words of the last relay: of each recipient, up to the
// next one, and of the report.
func (t *texteLu) codes() {
	t.code, t.diagnostic = codeDe(t.lignes)
	for i := range t.destinataires {
		d := &t.destinataires[i]
		if d.ligne < 0 {
			continue
		}
		fin := len(t.lignes)
		for _, autre := range t.destinataires {
			if autre.ligne > d.ligne {
				fin = min(fin, autre.ligne)
			}
		}
		d.code, d.diagnostic = codeDe(t.lignes[d.ligne:fin])
	}
}

func codeDe(lignes []string) (code, diagnostic string) {
	for _, l := range lignes {
		if c := codeErreur.FindString(l); c != "" {
			return c, uneLigne(l)
		}
	}
	for _, l := range lignes {
		if m := codeSMTP.FindStringSubmatch(l); m != nil {
			return m[1][:1] + ".0.0", uneLigne(l) // the class is all that a plain code says
		}
	}
	return "", ""
}

// avis reads a report without delivery-status.
func (t *texteLu) avis(recu *transport.Recu, o *original) []Avis {
	if j := t.json; j != nil {
		if t.original.messageID == "" {
			t.original.messageID = j.messageID
		}
		return j.avis
	}
	if !t.estRapport(recu, o) {
		return nil
	}
	for _, x := range []*original{o, &t.original} {
		if len(t.destinataires) == 0 && x.emboite != "" {
			if avis := t.emboite(recu, x); len(avis) > 0 {
				return avis
			}
		}
	}
	return t.avisSansGroupe(recu)
}

// estRapport judges a text: who wrote it, what it says, what it holds. No one sign is
// enough.
func (t *texteLu) estRapport(recu *transport.Recu, o *original) bool {
	h := recu.Entetes
	if h.Get("X-Failed-Recipients") != "" {
		return true
	}
	copie := t.copie || o.messageID != "" || len(o.a) > 0
	if t.sansSuite(recu, copie) {
		return false
	}
	automate, nul := expediteurAutomate(recu), cheminNul(recu)
	sujet := echec.MatchString(recu.Sujet) || attente.MatchString(recu.Sujet)
	nomme := len(t.destinataires) > 0
	sures := nomme && t.destinataires[0].rang < rangFaible
	switch {
	case conversation(recu) && !nul:
		return automate && t.habitude && sures
	case automate:
		return t.parleEnAutomate(sujet, nomme, copie)
	case nul:
		return sujet && (nomme || copie)
	}
	return t.habitude && copie && (sures || sujet)
}

// sansSuite: what looks like a report, and gives nothing to act on.
func (t *texteLu) sansSuite(recu *transport.Recu, copie bool) bool {
	local, _, _ := strings.Cut(strings.ToLower(recu.De), "@")
	if strings.HasPrefix(local, "postmaster") && !copie && !t.habitude && !codeRelais.MatchString(t.diagnostic) {
		return true // a person writes from there too
	}
	// A warning that tells neither a reason nor what follows.
	return attente.MatchString(recu.Sujet) && !t.attendTexte && t.code == ""
}

// parleEnAutomate judges what an automaton writes: it reports, and names a recipient or the message.
func (t *texteLu) parleEnAutomate(sujet, nomme, copie bool) bool {
	if !t.echec && !t.attend && !t.habitude {
		return false
	}
	return nomme && (sujet || t.habitude || t.code != "") || copie && (sujet || t.echec)
}

// avisSansGroupe makes notices of what the text says; one without recipient when it
// names none.
func (t *texteLu) avisSansGroupe(recu *transport.Recu) []Avis {
	liste := t.destinataires
	if len(liste) == 0 {
		liste = []trouve{{ligne: -1}}
	}
	var out []Avis
	for _, d := range liste {
		a := Avis{Destinataire: d.adresse, Code: d.code, Diagnostic: d.diagnostic}
		if a.Code == "" {
			a.Code, a.Diagnostic = t.code, t.diagnostic
		}
		switch {
		case attente.MatchString(recu.Sujet) && !t.renonce, t.attend && !t.renonce && !strings.HasPrefix(a.Code, "5"):
		default:
			a.Definitif = true
		}
		out = append(out, a)
	}
	return out
}

// emboite reads a report about a report, which names the recipient.
func (t *texteLu) emboite(recu *transport.Recu, o *original) []Avis {
	dedans := &statuts{}
	lignes := decouper(o.emboite)
	for i, l := range lignes {
		if n, _, ok := champ(l); ok && n == "reporting-mta" {
			dedans.lire(strings.Join(lignes[i:], "\n"))
			break
		}
	}
	avis := dedans.avis(recu, nil)
	if debut := debutCopie(lignes); debut < len(lignes) && len(avis) > 0 {
		var interieur original
		interieur.copie(sansRetrait(lignes[debut:]))
		o.messageID = premierNonVide(interieur.messageID, o.messageID)
	}
	return avis
}

// sansBalises is the text of an HTML page, roughly: tags are line ends.
func sansBalises(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		j := strings.IndexByte(s, '>')
		if j < 0 {
			break
		}
		balise := strings.ToLower(s[1:min(j, 10)])
		s = s[j+1:]
		for _, x := range []string{"style", "script", "head"} {
			if balise == x || strings.HasPrefix(balise, x+" ") {
				if k := strings.Index(s, "</"); k >= 0 {
					s = s[k:]
				} else {
					s = ""
				}
			}
		}
		if !strings.HasPrefix(balise, "a ") && balise != "/a" && balise != "b" && balise != "/b" && !strings.HasPrefix(balise,
			"span") && balise != "/span" {
			b.WriteByte('\n')
		}
	}
	return html.UnescapeString(b.String())
}
