package demonstration

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// derniereMax bounds the last column, where long advice goes on under itself.
const derniereMax = 70

// EcrireTable writes aligned columns. A title that begins with > has its column on the right.
func EcrireTable(w io.Writer, titres []string, lignes [][]string) {
	droite := make([]bool, len(titres))
	largeurs := make([]int, len(titres))
	entetes, traits := make([]string, len(titres)), make([]string, len(titres))
	for i, t := range titres {
		entetes[i], droite[i] = strings.CutPrefix(t, ">")
		largeurs[i] = utf8.RuneCountInString(entetes[i])
	}
	var pliees [][]string
	derniere := len(titres) - 1
	for _, l := range lignes {
		for k, texte := range plier(l[derniere]) {
			if k > 0 {
				l = make([]string, len(titres))
			}
			l[derniere] = texte
			pliees = append(pliees, append([]string(nil), l...))
		}
	}
	for _, l := range pliees {
		for i, c := range l {
			largeurs[i] = max(largeurs[i], utf8.RuneCountInString(c))
		}
	}
	for i, n := range largeurs {
		traits[i] = strings.Repeat("─", n)
	}
	for _, l := range append([][]string{entetes, traits}, pliees...) {
		var b strings.Builder
		for i, c := range l {
			blancs := strings.Repeat(" ", largeurs[i]-utf8.RuneCountInString(c))
			if droite[i] {
				b.WriteString(blancs + c + "  ")
			} else {
				b.WriteString(c + blancs + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// plier cuts a text at its spaces.
func plier(s string) []string {
	lignes := []string{""}
	for _, mot := range strings.Fields(s) {
		fin := &lignes[len(lignes)-1]
		switch {
		case *fin == "":
			*fin = mot
		case utf8.RuneCountInString(*fin)+1+utf8.RuneCountInString(mot) <= derniereMax:
			*fin += " " + mot
		default:
			lignes = append(lignes, mot)
		}
	}
	return lignes
}
