// Package rapport tells the results of conformance vectors: as text for a console, JSON and JUnit XML for machines, and
// one page of HTML in French, whole in one file, to read, to print and to send.
package rapport

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
)

// Rapport is what a subject was judged to be.
type Rapport struct {
	Sujet     string
	Date      time.Time // of the report; its zero value is told nowhere
	Resultats []kit.Resultat
	Bilan     kit.Bilan
	Familles  []Famille
}

// Famille are the results of one family.
type Famille struct {
	Nom       string
	Bilan     kit.Bilan
	Resultats []kit.Resultat
}

// New makes a report. Its Date is the caller's to set: without it the same results give the same bytes, but for the
// times that cases took.
func New(sujet string, resultats []kit.Resultat) *Rapport {
	r := &Rapport{Sujet: sujet, Resultats: resultats, Bilan: kit.Compter(resultats)}
	for _, nom := range kit.Familles {
		f := Famille{Nom: nom}
		for _, x := range resultats {
			if x.Vecteur.Famille == nom {
				f.Resultats = append(f.Resultats, x)
			}
		}
		if len(f.Resultats) > 0 {
			f.Bilan = kit.Compter(f.Resultats)
			r.Familles = append(r.Familles, f)
		}
	}
	return r
}

// WriteTexte writes what failed and why, then the count of each family.
func (r *Rapport) WriteTexte(w io.Writer) error {
	e := &ecriture{w: w}
	for _, x := range r.Resultats {
		if x.Verdict != kit.Echoue && x.Verdict != kit.EnErreur {
			continue
		}
		e.f("\n%s (%s) : %s\n  règle : %s\n  source : %s\n", x.Vecteur.ID, x.Verdict, x.Vecteur.Titre, x.Vecteur.Regle,
			x.Vecteur.Source)
		if x.Erreur != "" {
			e.f("  %s\n", terminal.Lignes(x.Erreur))
		}
		for _, c := range x.Ecarts {
			e.f("  %s : %s\n", c.Chemin, terminal.Lignes(couper(c.Message)))
		}
	}
	e.f("\n%s\n", r.Sujet)
	for _, f := range r.Familles {
		e.f("  %-13s %3d réussis sur %d%s\n", f.Nom, f.Bilan.Reussis, f.Bilan.Resultats, reste(f.Bilan))
	}
	e.f("  %-13s %3d réussis sur %d%s\n", "total", r.Bilan.Reussis, r.Bilan.Resultats, reste(r.Bilan))
	return e.err
}

func reste(b kit.Bilan) string {
	s := ""
	for _, x := range []struct {
		n   int
		nom string
	}{{b.Echoues, "échoués"}, {b.Erreurs, "en erreur"}, {b.SansObjet, "sans objet"}, {b.NonJoues, "non joués"}} {
		if x.n > 0 {
			s += fmt.Sprintf(", %d %s", x.n, x.nom)
		}
	}
	return s
}

// messageMax is what a line of a console tells of a difference.
const messageMax = 400

func couper(s string) string {
	if r := []rune(s); len(r) > messageMax {
		return string(r[:messageMax]) + "…"
	}
	return s
}

type ecriture struct {
	w   io.Writer
	err error
}

func (e *ecriture) f(format string, a ...any) {
	if e.err == nil {
		_, e.err = fmt.Fprintf(e.w, format, a...)
	}
}

// ligne is a result in JSON.
type ligne struct {
	Genre     string         `json:"genre"` // "cas"
	ID        string         `json:"id"`
	Famille   string         `json:"famille"`
	Operation string         `json:"operation"`
	Nature    kit.Nature     `json:"nature"`
	Titre     string         `json:"titre"`
	Regle     string         `json:"regle"`
	Source    string         `json:"source"`
	Verdict   kit.Verdict    `json:"verdict"`
	Erreur    string         `json:"erreur,omitempty"`
	Ecarts    []kit.Ecart    `json:"ecarts,omitempty"`
	Attendu   map[string]any `json:"attendu"`
	Reponse   kit.Reponse    `json:"reponse,omitempty"`
	DureeMS   int64          `json:"duree_ms"`
}

// WriteJSON writes an object for each case, on a line, then one for the whole.
func (r *Rapport) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, x := range r.Resultats {
		v := x.Vecteur
		if err := e.Encode(ligne{"cas", v.ID, v.Famille, v.Operation, v.Nature, v.Titre, v.Regle, v.Source, x.Verdict,
			x.Erreur, x.Ecarts, v.Attendu, x.Reponse, x.Duree.Milliseconds()}); err != nil {
			return err
		}
	}
	return e.Encode(struct {
		Genre    string `json:"genre"`
		Sujet    string `json:"sujet"`
		Conforme bool   `json:"conforme"`
		kit.Bilan
	}{"bilan", r.Sujet, r.Bilan.Conforme(), r.Bilan})
}

// The JUnit form that CI servers read.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"`
	Cases    []cas  `xml:"testcase"`
}

type cas struct {
	Name      string  `xml:"name,attr"`
	Classname string  `xml:"classname,attr"`
	Time      string  `xml:"time,attr"`
	Failure   *detail `xml:"failure"`
	Error     *detail `xml:"error"`
	Skipped   *detail `xml:"skipped"`
}

type detail struct {
	Message string `xml:"message,attr"`
	Texte   string `xml:",chardata"`
}

// WriteJUnit writes the JUnit XML that CI servers show: a suite for each family.
func (r *Rapport) WriteJUnit(w io.Writer) error {
	s := suites{Name: r.Sujet, Tests: r.Bilan.Resultats, Failures: r.Bilan.Echoues, Errors: r.Bilan.Erreurs,
		Skipped: r.Bilan.SansObjet + r.Bilan.NonJoues}
	for _, f := range r.Familles {
		x := suite{Name: f.Nom, Tests: f.Bilan.Resultats, Failures: f.Bilan.Echoues, Errors: f.Bilan.Erreurs,
			Skipped: f.Bilan.SansObjet + f.Bilan.NonJoues}
		var total time.Duration
		for _, y := range f.Resultats {
			total += y.Duree
			x.Cases = append(x.Cases, casDe(y))
		}
		x.Time = secondes(total)
		s.Suites = append(s.Suites, x)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func casDe(x kit.Resultat) cas {
	c := cas{Name: x.Vecteur.ID, Classname: "conformite." + x.Vecteur.Famille, Time: secondes(x.Duree)}
	switch x.Verdict {
	case kit.Echoue:
		texte := x.Vecteur.Titre + "\nrègle : " + x.Vecteur.Regle + "\nsource : " + x.Vecteur.Source + "\n"
		for _, e := range x.Ecarts {
			texte += e.Chemin + " : " + e.Message + "\n"
		}
		c.Failure = &detail{Message: x.Ecarts[0].Chemin + " : " + couper(x.Ecarts[0].Message), Texte: texte}
	case kit.EnErreur:
		c.Error = &detail{Message: couper(x.Erreur), Texte: x.Vecteur.Titre}
	case kit.SansObjet:
		c.Skipped = &detail{Message: "le sujet ne fait pas " + x.Vecteur.Operation}
	case kit.NonJoue:
		c.Skipped = &detail{Message: "interrompu avant"}
	}
	return c
}

func secondes(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
