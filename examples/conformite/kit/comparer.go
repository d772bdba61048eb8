package kit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Ecart is a place where an answer is not the expected one.
type Ecart struct {
	Chemin  string `json:"chemin"` // as lots[0].factures[1].total
	Attendu any    `json:"attendu"`
	Obtenu  any    `json:"obtenu"`  // nil when nothing is there
	Absent  bool   `json:"absent"`  // nothing is there
	Message string `json:"message"` // in French
}

// Comparer compares an answer with what is expected, by these rules:
//
//   - an object must have every member that is expected, equal; it may have more;
//   - a list must have as many elements, each equal to the one of its rank;
//   - {"contient": […]} where a list is answered: each element given is equal to one of the answer, which may have
//     more;
//   - {"exclut": […]}: none is;
//   - {"gabarit": […]} where a list of texts is answered: as many, each of the same length and characters, · in what is
//     expected standing for a character that isn't judged;
//   - numbers are whole, and compared by value; text, by its characters; null expects null or nothing.
func Comparer(attendu, obtenu any) []Ecart {
	var l []Ecart
	comparer("", attendu, obtenu, true, &l)
	return l
}

func comparer(chemin string, attendu, obtenu any, present bool, l *[]Ecart) {
	ecart := func(format string, a ...any) {
		*l = append(*l, Ecart{chemin, attendu, obtenu, !present, fmt.Sprintf(format, a...)})
	}
	if attendu == nil {
		if obtenu != nil {
			ecart("rien n'est attendu ici")
		}
		return
	}
	if !present {
		ecart("absent de la réponse")
		return
	}
	switch a := attendu.(type) {
	case map[string]any:
		if comparerEnsemble(chemin, a, obtenu, l) {
			return
		}
		o, ok := obtenu.(map[string]any)
		if !ok {
			ecart("un objet est attendu")
			return
		}
		for _, nom := range slices.Sorted(maps.Keys(a)) {
			v, ok := o[nom]
			comparer(joindre(chemin, nom), a[nom], v, ok, l)
		}
	case []any:
		o, ok := obtenu.([]any)
		if !ok {
			ecart("une liste est attendue")
			return
		}
		for i := range min(len(a), len(o)) {
			comparer(chemin+"["+strconv.Itoa(i)+"]", a[i], o[i], true, l)
		}
		if len(a) != len(o) {
			ecart("%d éléments, %d attendus", len(o), len(a))
		}
	default:
		if !egal(attendu, obtenu) {
			ecart("%s lu, %s attendu", Texte(obtenu), Texte(attendu))
		}
	}
}

// comparerEnsemble treats contient and exclut; it says whether attendu is one of these.
func comparerEnsemble(chemin string, attendu map[string]any, obtenu any, l *[]Ecart) bool {
	contient, ok1 := attendu["contient"].([]any)
	exclut, ok2 := attendu["exclut"].([]any)
	gabarit, ok3 := attendu["gabarit"].([]any)
	if !ok1 && !ok2 && !ok3 {
		return false
	}
	o, ok := obtenu.([]any)
	if !ok {
		*l = append(*l, Ecart{chemin, attendu, obtenu, obtenu == nil, "une liste est attendue"})
		return true
	}
	if ok3 {
		comparerGabarit(chemin, gabarit, o, l)
	}
	for _, x := range contient {
		if !parmi(x, o) {
			*l = append(*l, Ecart{chemin, x, o, false, "n'est pas dans la liste"})
		}
	}
	for _, x := range exclut {
		if parmi(x, o) {
			*l = append(*l, Ecart{chemin, nil, x, false, "ne doit pas être dans la liste"})
		}
	}
	return true
}

// NonJuge stands, in a gabarit, for a character that isn't judged.
const NonJuge = '·'

func comparerGabarit(chemin string, gabarit, obtenu []any, l *[]Ecart) {
	for i := range max(len(gabarit), len(obtenu)) {
		e := Ecart{Chemin: chemin + "[" + strconv.Itoa(i) + "]"}
		if i < len(gabarit) {
			e.Attendu = gabarit[i]
		}
		if e.Absent = i >= len(obtenu); !e.Absent {
			e.Obtenu = obtenu[i]
		}
		a, _ := e.Attendu.(string)
		o, ok := e.Obtenu.(string)
		switch {
		case i >= len(gabarit):
			e.Message = "une ligne de trop"
		case !ok:
			e.Message = "une ligne manque"
		case !convient([]rune(a), []rune(o)):
			e.Message = "la ligne n'est pas celle qui est attendue"
		default:
			continue
		}
		*l = append(*l, e)
	}
}

func convient(gabarit, texte []rune) bool {
	if len(gabarit) != len(texte) {
		return false
	}
	for i, c := range gabarit {
		if c != NonJuge && c != texte[i] {
			return false
		}
	}
	return true
}

func parmi(x any, liste []any) bool {
	return slices.ContainsFunc(liste, func(o any) bool { return len(Comparer(x, o)) == 0 })
}

func egal(a, b any) bool {
	x, ok1 := a.(json.Number)
	y, ok2 := b.(json.Number)
	if !ok1 || !ok2 {
		return a == b && ok1 == ok2 && !estComposite(b)
	}
	m, err1 := strconv.ParseInt(x.String(), 10, 64)
	n, err2 := strconv.ParseInt(y.String(), 10, 64)
	return err1 == nil && err2 == nil && m == n || err1 != nil && x == y
}

func estComposite(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

func joindre(chemin, nom string) string {
	if chemin == "" {
		return nom
	}
	return chemin + "." + nom
}

// Texte writes a value of JSON on a line.
func Texte(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
