// Package routage finds where the invoices of an insured person go: the editor's table gives, for each régime, caisse
// and centre, the destination organism and the computer centre, hence the addressee of the file's header and the
// frontal's address.
//
// The relation is a table and nothing else: in a public one of 2012, 731 of 1,681 centres go to an organism that is not
// their caisse. Nothing is computed from the numbers. The one tolerance is documented at [Table.Chercher].
//
// Sources: form of the address and of the addressee's number, and types of addressees by régime, from the transmission
// module of a program in production use (alcide); the table itself is the editor's, who receives it from the GIE
// SESAM-Vitale.
package routage

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// ErrInconnu says that the table has no route for an organism; errors.As gives an *ErreurInconnu.
var ErrInconnu = errors.New("routage: unknown organism")

// ErreurInconnu names what the table misses.
type ErreurInconnu struct {
	Organisme fse.Organisme
	Manque    string // "régime", "caisse" or "centre"
}

// Error implements error.
func (e *ErreurInconnu) Error() string {
	o := e.Organisme
	quoi := map[string]string{
		"régime": "régime " + o.Regime,
		"caisse": "caisse " + o.Caisse + " of régime " + o.Regime,
		"centre": "centre " + o.Centre + " of caisse " + o.Caisse + ", régime " + o.Regime,
	}[e.Manque]
	return "routage: the table has no " + quoi
}

// Is reports whether target is ErrInconnu.
func (e *ErreurInconnu) Is(target error) bool { return target == ErrInconnu }

// ErreurTable says what is wrong with a table, and at which line.
type ErreurTable struct {
	Ligne   int    // from 1, header included
	Colonne string // "" when the whole line is meant
	Lu      string
	Attendu string
}

// Error implements error.
func (e *ErreurTable) Error() string {
	s := fmt.Sprintf("routage: line %d", e.Ligne)
	if e.Colonne != "" {
		s += ", column " + e.Colonne
	}
	if e.Lu != "" {
		s += fmt.Sprintf(": read %q", e.Lu)
	}
	return s + ": expected " + e.Attendu
}

// Route is where invoices go.
type Route struct {
	Regime             string // 2 digits
	Destinataire       string // destination organism, 3 digits
	CentreInformatique string // computer centre, 3 digits
	Nom                string // for humans

	typeDestinataire string
}

// Adresse returns the mail address of the frontal: RRCCC@CCC.RR.rss.fr, RR the régime and CCC the destination organism.
func (r Route) Adresse() string {
	return r.Regime + r.Destinataire + "@" + r.Destinataire + "." + r.Regime + ".rss.fr"
}

// typesDestinataire gives the type of addressee in a file's header by régime (columns 26-27).
var typesDestinataire = map[string]string{"01": "CT", "02": "MA", "03": "SR", "04": "CF", "05": "RP", "06": "EN",
	"07": "RM", "08": "CM", "10": "CE", "12": "CI", "14": "AN", "15": "SE", "16": "PB", "90": "CC", "91": "SM", "92": "SM",
	"93": "SM", "94": "SM", "95": "SM", "96": "SM", "99": "SM"}

// TypeDestinataire returns the two letters of the file header (columns 26-27): those of the table when it has them, or
// else those that are public for the régime; "" when neither is known.
func (r Route) TypeDestinataire() string {
	if r.typeDestinataire != "" {
		return r.typeDestinataire
	}
	return typesDestinataire[r.Regime]
}

// NumeroDestinataire returns the 14 digits of the file header (columns 28-41): 000000, régime, computer centre,
// destination organism.
func (r Route) NumeroDestinataire() string {
	return "000000" + r.Regime + r.CentreInformatique + r.Destinataire
}

// Table is the editor's table, read only: it can be shared between goroutines.
type Table struct {
	routes  map[fse.Organisme]Route
	caisses map[[2]string]bool
	regimes map[string]bool
}

// octetsMax bounds a table: the public one has 63 KiB.
const octetsMax = 64 << 20

// Parse reads a CSV table, separated by commas or semicolons, whose header names the columns regime, caisse, centre,
// centre_informatique and destinataire, and perhaps nom and type_destinataire; other columns are ignored. Numbers must
// have all their digits. A row that contradicts another is an error.
func Parse(src io.Reader) (*Table, error) {
	lim := &io.LimitedReader{R: src, N: octetsMax + 1}
	br := newEntete(lim)
	cr := csv.NewReader(br)
	cr.Comma = br.separateur()
	cr.ReuseRecord = true
	cr.LazyQuotes = true
	tete, err := cr.Read()
	if err != nil {
		return nil, fmt.Errorf("routage: header: %w", err)
	}
	col := map[string]int{}
	for i, nom := range tete {
		nom = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(nom, "\ufeff")))
		if _, deja := col[nom]; deja && nom != "" {
			return nil, &ErreurTable{Ligne: 1, Colonne: nom, Attendu: "a column named once"}
		}
		col[nom] = i
	}
	for _, nom := range []string{"regime", "caisse", "centre", "centre_informatique", "destinataire"} {
		if _, ok := col[nom]; !ok {
			return nil, &ErreurTable{Ligne: 1, Colonne: nom, Attendu: "a header that names it"}
		}
	}
	t := &Table{map[fse.Organisme]Route{}, map[[2]string]bool{}, map[string]bool{}}
	for {
		ligne, err := cr.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("routage: %w", err)
		}
		num, _ := cr.FieldPos(0)
		if err := t.ajouter(ligne, col, num); err != nil {
			return nil, err
		}
	}
	if lim.N == 0 {
		return nil, fmt.Errorf("routage: a table of more than %d bytes", octetsMax)
	}
	if len(t.routes) == 0 {
		return nil, &ErreurTable{Ligne: 2, Attendu: "at least one organism"}
	}
	return t, nil
}

func (t *Table) ajouter(ligne []string, col map[string]int, num int) error {
	champ := func(nom string) string {
		i, ok := col[nom]
		if !ok {
			return ""
		}
		return strings.Clone(strings.TrimSpace(ligne[i]))
	}
	for _, c := range [...]struct {
		nom string
		n   int
	}{{"regime", 2}, {"caisse", 3}, {"centre", 4}, {"centre_informatique", 3}, {"destinataire", 3}} {
		s := champ(c.nom)
		if len(s) != c.n || strings.Trim(s, "0123456789") != "" {
			return &ErreurTable{Ligne: num, Colonne: c.nom, Lu: s, Attendu: fmt.Sprintf("%d digits", c.n)}
		}
	}
	o := fse.Organisme{Regime: champ("regime"), Caisse: champ("caisse"), Centre: champ("centre")}
	r := Route{Regime: o.Regime, Destinataire: champ("destinataire"), CentreInformatique: champ("centre_informatique"),
		Nom: champ("nom"), typeDestinataire: champ("type_destinataire")}
	if len(r.typeDestinataire) != 0 && len(r.typeDestinataire) != 2 {
		return &ErreurTable{Ligne: num, Colonne: "type_destinataire", Lu: r.typeDestinataire,
			Attendu: "2 letters, or nothing"}
	}
	if autre, ok := t.routes[o]; ok && (autre.Destinataire != r.Destinataire ||
		autre.CentreInformatique != r.CentreInformatique ||
		autre.typeDestinataire != r.typeDestinataire) {
		return &ErreurTable{Ligne: num, Lu: o.String(), Attendu: "the same route as on an earlier line"}
	}
	t.routes[o] = r
	t.caisses[[2]string{o.Regime, o.Caisse}] = true
	t.regimes[o.Regime] = true
	return nil
}

// Len returns how many organisms the table has.
func (t *Table) Len() int { return len(t.routes) }

// Chercher returns the route of an organism. When the table does not have the centre, its line for the centre 0000 of
// that caisse serves: published tables give the caisses of the régime général once, with 0000, while invoices carry
// their sub-centres. Sections of mutuelles have no such line, and their centre must be known. An unknown organism is an
// *ErreurInconnu that names what is missing.
func (t *Table) Chercher(o fse.Organisme) (Route, error) {
	if r, ok := t.routes[o]; ok {
		return r, nil
	}
	if r, ok := t.routes[fse.Organisme{Regime: o.Regime, Caisse: o.Caisse, Centre: "0000"}]; ok {
		return r, nil
	}
	manque := "centre"
	if !t.regimes[o.Regime] {
		manque = "régime"
	} else if !t.caisses[[2]string{o.Regime, o.Caisse}] {
		manque = "caisse"
	}
	return Route{}, &ErreurInconnu{o, manque}
}
