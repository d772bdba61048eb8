package etats

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Condition is a named condition of a line. Nom is French, for the documentation.
type Condition struct {
	Nom string
	Si  func(*journal.Objet) bool
}

// Ligne is one line of the table: what an object of Genre in one of Etats is for a person, if Si allows. The first line
// that fits is taken. In the texts, {motif} is the object's reason after a colon, or nothing, {Motif} the reason alone,
// and {repli} the way of what can't be sent ("sur papier").
type Ligne struct {
	Genre journal.Genre
	Etats []journal.Etat
	Si    *Condition
	// Situation is where an invoice stands on account of this object (itself, its lot, one of its pieces), and Poids how
	// much that weighs: the heaviest is the invoice's. A line without Situation says nothing of the invoice.
	Situation Situation
	Poids     int
	Quoi      string // what happened
	Conseil   string // what to do
	// ParCode has the profile's advice for the object's return code stand for Conseil.
	ParCode bool
	Actions []NomAction
	// Libelles name actions otherwise than everywhere else.
	Libelles map[NomAction]string
	// Suite is what comes next if nothing is done and nothing comes, for the documentation.
	Suite string
}

// table says what each state is for people. What isn't here asks nobody for anything.
var table = slices.Concat(lignesPiece, lignesLotScor, lignesLotFactures, lignesMessage, lignesReception, lignesFacture,
	lignesCabinet)

// Table is a copy of the table.
func Table() []Ligne { return slices.Clone(table) }

type entree struct {
	g journal.Genre
	e journal.Etat
}

var parEntree = func() map[entree][]*Ligne {
	m := map[entree][]*Ligne{}
	for i := range table {
		for _, e := range table[i].Etats {
			k := entree{table[i].Genre, e}
			m[k] = append(m[k], &table[i])
		}
	}
	return m
}()

// De is the line of an object, nil when there is none: nobody has anything to do with it.
func De(o *journal.Objet) *Ligne {
	for _, l := range parEntree[entree{o.Genre, o.Etat}] {
		if l.Si == nil || l.Si.Si(o) {
			return l
		}
	}
	return nil
}

// Actions lists what a person may do with an object: what its line says, less paper for a piece without invoice (the
// bordereau has no line to put it on), and "seen" for what asks for attention, unless it is urgent and something else
// can be done.
func Actions(o *journal.Objet) []NomAction {
	var l []NomAction
	if x := De(o); x != nil {
		l = slices.Clone(x.Actions)
	}
	if o.Genre == journal.Piece && o.Parent == "" {
		l = slices.DeleteFunc(l, func(n NomAction) bool { return n == Papier })
	}
	if o.Attention > 0 && (o.Attention < journal.Urgent || len(l) == 0) && !slices.Contains(l, Vu) {
		l = append(l, Vu)
	}
	return l
}

// Langue writes the sentences of the table by a profile.
type Langue struct{ Profil *scor.Profil }

// Repli names the mode that the profile has for what can't be sent: pieces that are there are the paper's, or the
// disc's.
func (l Langue) Repli() string {
	if l.Profil.Delais.Repli == "cd-rom" {
		return "sur CD-ROM"
	}
	return "sur papier"
}

// Libelle is the French name of an action.
func (l Langue) Libelle(n NomAction) string { return l.remplir(libellesActions[n], "") }

// LibelleSur is the French name of an action on an object.
func (l Langue) LibelleSur(o *journal.Objet, n NomAction) string {
	if x := De(o); x != nil && x.Libelles[n] != "" {
		return l.remplir(x.Libelles[n], "")
	}
	return l.Libelle(n)
}

// Phrases says in French what happened to an object, and what to do.
func (l Langue) Phrases(o *journal.Objet) (quoi, conseil string) {
	x := De(o)
	if x == nil || x.Quoi == "" {
		return l.remplir(Initiale(o.Etat.Libelle(), unicode.ToUpper)+"{motif}.", o.Motif), ""
	}
	conseil = l.remplir(x.Conseil, o.Motif)
	if x.ParCode && o.Code != "" {
		if c, ok := l.Profil.Code(o.Code); ok && c.Action != "" {
			conseil = c.Action
		}
	}
	return l.remplir(x.Quoi, o.Motif), conseil
}

// AFaire is both sentences, as seen from an invoice.
func (l Langue) AFaire(o *journal.Objet) string {
	quoi, conseil := l.Phrases(o)
	return strings.TrimSpace(quoi + " " + conseil)
}

func (l Langue) remplir(s, motif string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	apres := strings.TrimSuffix(motif, ".")
	if apres != "" {
		apres = " : " + apres
	}
	return strings.NewReplacer("{motif}", apres, "{Motif}", motif, "{repli}", l.Repli()).Replace(s)
}

// Initiale changes the first letter.
func Initiale(s string, f func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(f(r)) + s[n:]
}
