package rapport

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
)

var (
	//go:embed page.html
	gabaritPage string
	//go:embed page.css
	stylePage string
	//go:embed page.js
	scriptPage string
)

var modele = template.Must(template.New("page").Funcs(template.FuncMap{
	"famille": func(nom string) string { return titresFamilles[nom] }, "verdict": libelleVerdict, "json": jsonIndente,
	"valeur": valeur, "entrees": entrees, "lignes": func(x kit.Resultat) []Ligne { return lignes(&x) }, "duree": duree,
	"date": func(t time.Time) string { return t.Format("02/01/2006 à 15:04") }, "pourcent": pourcent,
	"aVoir": aVoir, "blancs": func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }, "pluriel": pluriel,
}).Parse(gabaritPage))

// titresFamilles are those of the page.
var titresFamilles = map[string]string{"identifiants": "Identifiants, dates et montants", "b2": "Fichiers B2",
	"noemie": "Retours NOEMIE", "profil": "Profils", "numerisation": "Numérisation",
	"regles": "Règles et appariement", "lot": "Lots", "message": "Messages et chiffrement",
	"retours": "Retours", "suivi": "Suivi et délais", "s3404": "Bordereau S3404 et signature",
	"logiciel": "Logiciel entier, face au frontal"}

func pluriel(n int, mot string) string {
	if n > 1 {
		return fmt.Sprintf("%d %ss", n, mot)
	}
	return fmt.Sprintf("%d %s", n, mot)
}

func libelleVerdict(v kit.Verdict) string {
	return map[kit.Verdict]string{kit.Reussi: "réussi", kit.Echoue: "échoué", kit.EnErreur: "erreur",
		kit.SansObjet: "sans objet", kit.NonJoue: "non joué"}[v]
}

func pourcent(n, total int) string {
	return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(max(total, 1)))
}

func duree(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// valeur writes a value of JSON on a line, as people read it: text without quotes, nothing for nothing.
func valeur(v any) string {
	switch x := v.(type) {
	case nil:
		return "(rien)"
	case string:
		if x == "" {
			return "(vide)"
		}
		return couper(x)
	}
	return couper(kit.Texte(v))
}

func jsonIndente(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return strings.TrimRight(b.String(), "\n"), err
}

// aVoir are the cases that are not passed, though they were played.
func aVoir(l []kit.Resultat) []kit.Resultat {
	var r []kit.Resultat
	for _, x := range l {
		if x.Verdict == kit.Echoue || x.Verdict == kit.EnErreur {
			r = append(r, x)
		}
	}
	return r
}

// Entree is an input as the page shows it.
type Entree struct {
	Nom, Texte string
	Coupee     int // bytes left out
	Binaire    bool
}

// entreeMax is what the page shows of an input.
const entreeMax = 8 << 10

func entrees(v *kit.Vecteur) []Entree {
	var l []Entree
	for _, nom := range slices.Sorted(maps.Keys(v.Entrees)) {
		b := v.Octets(nom)
		e := Entree{Nom: nom, Coupee: max(0, len(b)-entreeMax)}
		b = b[:len(b)-e.Coupee]
		if s := string(b); utf8.ValidString(strings.TrimRightFunc(s, func(r rune) bool { return r == utf8.RuneError })) &&
			strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\r\n\t", r) }) < 0 {
			e.Texte = s
			if donnee := v.Entrees[nom]; donnee.Lignes != nil && donnee.Fin == "" {
				// One record a line, as the vector writes them.
				e.Texte, e.Coupee = strings.Join(donnee.Lignes, "\n"), 0
			}
		} else {
			e.Binaire, e.Texte = true, fmt.Sprintf("% x", b[:min(len(b), 64)])
			e.Coupee += len(b) - min(len(b), 64)
		}
		l = append(l, e)
	}
	return l
}

// WriteHTML writes the page: one file, that asks for no other.
func (r *Rapport) WriteHTML(w io.Writer) error {
	return modele.Execute(w, struct {
		*Rapport
		Style  template.CSS
		Script template.JS
	}{r, template.CSS(stylePage), template.JS(scriptPage)})
}
