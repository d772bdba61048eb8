package ecrans

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ecranIndicateurs are the figures that the conventions look at, plotted, in tables, printable, and as CSV.
func ecranIndicateurs(*Ecrans) ecran {
	return ecran{Nom: "indicateurs", Titre: "Indicateurs", Routes: []route{
		{Motif: "GET /indicateurs", Faire: pageIndicateurs},
		{Motif: "GET /indicateurs.csv", Faire: csvIndicateurs},
	}}
}

const moisMax = 12

type vueIndicateurs struct {
	cadre
	Jauges  []jauge
	Delai   string
	Mois    []mois
	Tracee  courbe
	Causes  []suivi.Cause
	Parts   []partEuros
	Totaux  suivi.Euros
	Periode string
}

// jauge is a rate against what is asked for.
type jauge struct {
	Titre, Aide   string
	Taux          suivi.Taux
	Largeur, But  float64 // in percent of the bar
	Compte, Texte string
}

type mois struct {
	Nom   string
	Quand string // 2026-03
	suivi.Indicateurs
}

// courbe is a plot of 600 by 200.
type courbe struct {
	Points []point
	Trace  string // of the line
	But    float64
	Bas    float64 // rate at the foot of the plot
}

type point struct {
	X, Y  float64
	Texte string
	Mois  string
}

type partEuros struct {
	Euros                 suivi.Euros
	Caisse                string
	Paye, Rejete, Attendu float64 // widths, in percent of the greatest amount asked
	Debut                 float64 // where Attendu begins
}

func pourcent(x float64) string {
	s := strconv.FormatFloat(x*100, 'f', 1, 64)
	return strings.Replace(strings.TrimSuffix(s, ".0"), ".", ",", 1) + insecable + "%"
}

// periodes are the last months, the oldest first.
func (q *requete) periodes(n int) (l []string) {
	t := q.horloge().UTC()
	t = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := n - 1; i >= 0; i-- {
		l = append(l, t.AddDate(0, -i, 0).Format("2006-01"))
	}
	return l
}

func (q *requete) mois(r *http.Request) ([]mois, error) {
	var l []mois
	for _, p := range q.periodes(moisMax) {
		x, err := q.suivi.Indicateurs(r.Context(), p, p)
		if err != nil {
			return nil, err
		}
		l = append(l, mois{Nom: p[5:] + "/" + p[:4], Quand: p, Indicateurs: x})
	}
	return l, nil
}

func pageIndicateurs(w http.ResponseWriter, r *http.Request, q *requete) error {
	// 90 days are three months as the counts are kept: this one and the two before.
	trois := q.periodes(3)
	x, err := q.suivi.Indicateurs(r.Context(), trois[0], "")
	if err != nil {
		return err
	}
	p := vueIndicateurs{cadre: q.cadre(q.mot("indicateurs", "Indicateurs")), Causes: x.Causes,
		Periode: "de " + trois[0][5:] + "/" + trois[0][:4] + " à ce jour"}
	p.Vivant = true
	p.Jauges = []jauge{
		nouvelleJauge("Pièces exploitables", "Part des pièces que la caisse peut utiliser, parmi celles dont elle a répondu.",
			x.Exploitables),
		nouvelleJauge("Ordonnances transmises par SCOR", "Part des ordonnances transmises sans papier.", x.Ordonnances),
		nouvelleJauge("Factures en FSE sécurisée", "Part des factures transmises avec la carte Vitale.", x.FSE)}
	if x.Delai > 0 {
		p.Delai = duree(x.Delai)
	}
	if p.Mois, err = q.mois(r); err != nil {
		return err
	}
	p.Tracee = tracer(p.Mois)
	tout, err := q.suivi.Indicateurs(r.Context(), "", "")
	if err != nil {
		return err
	}
	p.Parts, p.Totaux = partsEuros(tout.Euros)
	return q.page(w, http.StatusOK, "indicateurs.html", p)
}

// motsCause says why, where the return has no label, or no code.
func motsCause(c suivi.Cause) string {
	switch {
	case c.Libelle != "":
		return c.Libelle
	case c.Code != "":
		return "Code absent du profil"
	case c.Quoi == journal.Refuser:
		return "Numérisation refusée avant l'envoi"
	case c.Quoi == journal.Rejeter:
		return "Rejet sans code"
	case c.Quoi == journal.Epuiser:
		return "Aucune réponse dans le délai"
	case c.Quoi == journal.PasserPapier:
		return "Passé sur papier"
	case c.Quoi == journal.MarquerManuel:
		return "Traité à la main"
	}
	return "Sans code"
}

func nouvelleJauge(titre, aide string, t suivi.Taux) jauge {
	j := jauge{Titre: titre, Aide: aide, Taux: t, Largeur: t.Valeur * 100, But: t.Objectif * 100,
		Compte: nombre(t.Bons) + " sur " + nombre(t.Total)}
	switch {
	case t.Total == 0:
		j.Texte = "Rien à compter encore."
	case t.Objectif == 0:
		j.Texte = pourcent(t.Valeur) + "."
	case t.Atteint:
		j.Texte = pourcent(t.Valeur) + " : l'objectif de " + pourcent(t.Objectif) + " est atteint."
	default:
		j.Texte = pourcent(t.Valeur) + " : l'objectif est de " + pourcent(t.Objectif) + "."
	}
	return j
}

func duree(d time.Duration) string {
	switch {
	case d < time.Hour:
		return pluriel(int64(d.Minutes()), "minute", "minutes")
	case d < 48*time.Hour:
		return pluriel(int64(d.Hours()), "heure", "heures")
	}
	return pluriel(int64(d.Hours()/24), "jour", "jours")
}

// tracer draws the usable rate by month; months without answers are no point of the line.
func tracer(l []mois) (c courbe) {
	bas, objectif := 1.0, 0.0
	for _, m := range l {
		if m.Exploitables.Total > 0 {
			bas = min(bas, m.Exploitables.Valeur)
		}
		objectif = max(objectif, m.Exploitables.Objectif)
	}
	bas = max(0, min(bas, objectif)-0.02)
	haut := func(v float64) float64 { return 30 + (1-v)/(1-bas+1e-9)*130 }
	c.Bas = bas
	if objectif > 0 {
		c.But = haut(objectif)
	}
	for len(l) > 6 && l[0].Exploitables.Total == 0 { // what was before the office began
		l = l[1:]
	}
	var b strings.Builder
	for i, m := range l {
		if m.Exploitables.Total == 0 {
			continue
		}
		x := 50 + float64(i)*(500/float64(max(1, len(l)-1)))
		y := haut(m.Exploitables.Valeur)
		fmt.Fprintf(&b, "%s%.1f %.1f ", map[bool]string{true: "M", false: "L"}[b.Len() == 0], x, y)
		c.Points = append(c.Points, point{x, y, pourcent(m.Exploitables.Valeur), m.Nom})
	}
	c.Trace = b.String()
	return c
}

func partsEuros(l []suivi.Euros) (parts []partEuros, total suivi.Euros) {
	plus := 1.0
	for _, e := range l {
		plus = max(plus, float64(e.Demande))
		total.Demande, total.Paye = total.Demande+e.Demande, total.Paye+e.Paye
		total.Rejete, total.Attendu = total.Rejete+e.Rejete, total.Attendu+e.Attendu
	}
	for _, e := range l {
		p := partEuros{Euros: e, Caisse: e.Caisse, Paye: max(0, float64(e.Paye)/plus*100),
			Rejete: max(0, float64(e.Rejete)/plus*100), Attendu: max(0, float64(e.Attendu)/plus*100)}
		p.Debut = p.Paye + p.Rejete
		parts = append(parts, p)
	}
	return parts, total
}

// csvIndicateurs gives the months and the caisses as a table for spreadsheets: semicolons and decimal commas, as French
// ones read them.
func csvIndicateurs(w http.ResponseWriter, r *http.Request, q *requete) error {
	l, err := q.mois(r)
	if err != nil {
		return err
	}
	tout, err := q.suivi.Indicateurs(r.Context(), "", "")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="indicateurs.csv"`)
	fmt.Fprint(w, "\ufeff")
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	taux := func(t suivi.Taux) []string {
		valeur := strings.Replace(fmt.Sprintf("%.4f", t.Valeur), ".", ",", 1)
		return []string{fmt.Sprint(t.Bons), fmt.Sprint(t.Total), valeur}
	}
	lignes := [][]string{{"mois", "pièces exploitables", "pièces répondues", "taux", "ordonnances par SCOR", "ordonnances",
		"taux", "FSE sécurisées", "factures", "taux", "délai moyen (heures)"}}
	for _, m := range l {
		x := append([]string{m.Quand}, taux(m.Exploitables)...)
		x = append(append(x, taux(m.Ordonnances)...), taux(m.FSE)...)
		lignes = append(lignes, append(x, strings.Replace(fmt.Sprintf("%.1f", m.Delai.Hours()), ".", ",", 1)))
	}
	lignes = append(lignes, nil, []string{"caisse", "demandé", "payé", "rejeté", "attendu"})
	for _, e := range tout.Euros {
		lignes = append(lignes, []string{e.Caisse, e.Demande.String(), e.Paye.String(), e.Rejete.String(),
			e.Attendu.String()})
	}
	lignes = append(lignes, nil, []string{"cause de rejet", "code", "libellé", "nombre"})
	for _, x := range tout.Causes {
		lignes = append(lignes, []string{titresGenres[x.Genre], x.Code, tableur(x.Libelle), fmt.Sprint(x.Nombre)})
	}
	return c.WriteAll(lignes)
}

// tableur keeps a spreadsheet from taking a label that came from outside for a formula.
func tableur(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
