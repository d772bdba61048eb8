package dsn

import (
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

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
	if t.champs != "" {
		s := &statuts{}
		s.lire(t.champs)
		if avis := s.avis(recu, t); len(avis) > 0 || s.remis {
			return avis
		}
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

// indices are the signs by which a text is judged.
type indices struct {
	automate, nul, postmaster bool // who wrote it
	sujet                     bool // the subject tells of trouble
	copie                     bool // the original is there, or its header
	id                        string
	rang                      int // how surely it names recipients
}

func (t *texteLu) indices(recu *transport.Recu, o *original) indices {
	x := indices{
		automate: expediteurAutomate(recu), nul: cheminNul(recu), postmaster: estPostmaster(recu),
		sujet: echec.MatchString(recu.Sujet) || attente.MatchString(recu.Sujet),
		copie: t.copie || o.messageID != "" || len(o.a) > 0,
		id:    premierNonVide(o.messageID, t.original.messageID), rang: rangAucun,
	}
	if len(t.destinataires) > 0 {
		x.rang = t.destinataires[0].rang
	}
	return x
}

// estRapport judges a text: who wrote it, what it says, what it holds. No one sign is
// enough.
func (t *texteLu) estRapport(recu *transport.Recu, o *original) bool {
	if len(echoues(recu)) > 0 {
		return true
	}
	x := t.indices(recu, o)
	if t.reussite || t.defi && !t.habitude || t.sansSuite(recu, x) {
		return false
	}
	switch {
	case conversation(recu) && !x.nul:
		return x.automate && t.habitude && x.rang < rangFaible
	case x.automate:
		return t.champs != "" || t.parleEnAutomate(x)
	case x.nul:
		return x.sujet && (x.rang < rangAucun || x.copie)
	}
	return t.habitude && (x.copie && (x.rang < rangFaible || x.sujet) || x.sujet && x.rang == rangListe)
}

// estPostmaster: persons write from there too.
func estPostmaster(recu *transport.Recu) bool {
	return strings.HasPrefix(strings.ToLower(recu.De), "postmaster")
}

// echoues are the recipients that fields of the header name as failed.
func echoues(recu *transport.Recu) []string {
	h := recu.Entetes
	if a := adresses(h.Get("X-Failed-Recipients")); len(a) > 0 {
		return a
	}
	return adresses(h.Get("Final-Recipient"))
}

// sansSuite: what looks like a report, and gives nothing to act on.
func (t *texteLu) sansSuite(recu *transport.Recu, x indices) bool {
	if x.postmaster && !x.copie && !t.habitude && !codeRelais.MatchString(t.diagnostic) {
		return true
	}
	// A warning that tells neither a reason nor what follows.
	return attente.MatchString(recu.Sujet) && !t.attendTexte && t.code == ""
}

// parleEnAutomate judges what an automaton writes: it reports, and names a recipient or the message.
func (t *texteLu) parleEnAutomate(x indices) bool {
	// In a language that the table hasn't, the list of recipients before the copy says it.
	if x.rang == rangListe && x.id != "" && !x.postmaster {
		return true
	}
	if !t.echec && !t.attend && !t.habitude {
		return false
	}
	return x.rang < rangAucun && (x.sujet || t.habitude || t.code != "") || x.copie && (x.sujet || t.echec) ||
		x.sujet && t.habitude
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
		a := Avis{Destinataire: d.adresse, Final: d.final, Code: d.code, Diagnostic: d.diagnostic}
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
