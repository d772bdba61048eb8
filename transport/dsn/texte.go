package dsn

import (
	"regexp"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// texteLu is what the plain text of a report says.
type texteLu struct {
	lignes        []string // of the report, before the copy of the original
	destinataires []trouve
	original      original
	copie         bool   // the text holds a copy of the original, or its header
	echec, attend bool   // it says that nothing was delivered; that trying goes on
	attendTexte   bool   // the text says the latter, not the subject alone
	renonce       bool   // it says that trying has ended
	habitude      bool   // in the words of a known writer
	reussite      bool   // it says that all was delivered
	defi          bool   // it asks the sender to prove something
	champs        string // the fields of RFC 3464, when the text holds them
	code          string
	diagnostic    string
	json          *jsonLu // a notification in JSON
}

// trouve is a recipient and what was said of it.
type trouve struct {
	adresse    string
	final      string
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
		autresLangues.MatchString(recu.Sujet) || autresLangues.MatchString(entier) ||
		autresEcritures.MatchString(recu.Sujet) || autresEcritures.MatchString(entier)
	t.attendTexte = attente.MatchString(entier)
	t.attend = attente.MatchString(recu.Sujet) || t.attendTexte
	t.reussite = reussite.MatchString(entier) && !echecTexte.MatchString(entier)
	t.defi = defi.MatchString(entier)
	t.champs = champsDuTexte(rapport)
	t.renonce = renonce.MatchString(recu.Sujet) || renonce.MatchString(entier)
	t.habitude = slices.ContainsFunc(habitudes, func(h habitude) bool { return h.re.MatchString(entier) })
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

// chercher finds the recipients in the report.
func (t *texteLu) chercher(recu *transport.Recu) {
	ecarter := map[string]bool{strings.ToLower(recu.De): true}
	for _, a := range recu.A {
		ecarter[strings.ToLower(a)] = true // whom the report is for: the sender
	}
	for _, a := range echoues(recu) {
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
		if m := elargi.FindStringSubmatch(l); m != nil && t.remplacer(m[1], i) {
			continue
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
	t.sansDomaine(recu)
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

// elargi: sendmail and Postfix tell behind a recipient the address that it comes from.
var elargi = regexp.MustCompile(`\(expanded from:? *<?` + motAdresse + `>?\)`)

// remplacer gives the recipient of this line, or of the one before, the address that it
// was written to.
func (t *texteLu) remplacer(ecrit string, ligne int) bool {
	if m := formes[0].re.FindStringSubmatch(avantParenthese(t.lignes[ligne])); m != nil {
		t.ajouter(trouve{adresse: ecrit, final: m[1], rang: rangListe, ligne: ligne})
		return true
	}
	n := len(t.destinataires) - 1
	if n < 0 || t.destinataires[n].ligne != ligne-1 {
		return false
	}
	if d := &t.destinataires[n]; !strings.EqualFold(d.adresse, ecrit) {
		d.final, d.adresse = d.adresse, ecrit
	}
	return true
}

func avantParenthese(l string) string {
	avant, _, _ := strings.Cut(l, "(")
	return avant
}

// sansDomaine takes a recipient that a provider names by its local part alone, on the
// line below the sentence that announces it.
func (t *texteLu) sansDomaine(recu *transport.Recu) {
	_, domaine, ok := strings.Cut(recu.De, "@")
	if len(t.destinataires) > 0 || !ok || !expediteurAutomate(recu) {
		return
	}
	for i, l := range t.lignes[:max(len(t.lignes)-1, 0)] {
		if m := motSeul.FindStringSubmatch(t.lignes[i+1]); m != nil && strings.HasSuffix(l, ":") {
			t.ajouter(trouve{adresse: m[1] + "@" + domaine, rang: rangDit, ligne: i + 1})
			return
		}
	}
}

var motSeul = regexp.MustCompile(`^[ \t]+([A-Za-z0-9][A-Za-z0-9._-]{1,63})$`)

// champsDuTexte is what follows the first field of RFC 3464 in a text that holds those of
// a recipient, without margins.
func champsDuTexte(lignes []string) string {
	debut, nomme, dit := -1, false, false
	for i, l := range lignes {
		nom, _, ok := champ(strings.TrimLeft(l, " \t"))
		if !ok {
			continue
		}
		switch nom {
		case "reporting-mta", "original-envelope-id", "final-recipient", "original-recipient":
			if debut < 0 {
				debut = i
			}
			nomme = nomme || strings.HasSuffix(nom, "-recipient")
		case "action":
			dit = dit || debut >= 0
		}
	}
	if !nomme || !dit {
		return ""
	}
	var b strings.Builder
	for _, l := range lignes[debut:] {
		if sans := strings.TrimLeft(l, " \t"); sans != l {
			if _, _, ok := champ(sans); ok {
				l = sans
			}
		}
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.String()
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
		if !strings.ContainsAny(l, "45") {
			continue
		}
		if c := codeDans(l, "45"); c != "" {
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
