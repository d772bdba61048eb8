package scor

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/config"
)

// Regles says which piece goes with which invoice. The rules are data, in the order in which they are tried: for each
// type of piece, the first that suits the invoice decides. Regles is read only: goroutines may share it.
type Regles struct {
	Nom, Version string
	liste        []regle
}

// Contexte is what the rules need beside the invoice.
type Contexte struct {
	// Profession of whoever bills, one of [Regles.Professions]. [AutreProfession] suits the rules that name none.
	Profession string
	// Date decides which rules are in force; zero means the invoice's own.
	Date fse.Date
}

// The professions that the public rules name.
const (
	Pharmacien       = "pharmacien"
	Infirmier        = "infirmier"
	Kinesitherapeute = "masseur-kinesitherapeute"
	Orthophoniste    = "orthophoniste"
	SageFemme        = "sage-femme"
	Audioprothesiste = "audioprothesiste"
	Opticien         = "opticien"
	Transporteur     = "transporteur"
	Etablissement    = "etablissement"
	Medecin          = "medecin"
	Dentiste         = "chirurgien-dentiste"
	// AutreProfession is a profession that no rule names: said, so that a name misspelt isn't taken for it.
	AutreProfession = "autre"
)

// ErreurProfession tells of a profession that no rule names. Taken for one without rules, it would leave its pieces in
// the office.
type ErreurProfession struct {
	Lue     string
	Connues []string // to choose from
}

func (e *ErreurProfession) Error() string {
	return fmt.Sprintf("scor: profession %q, expected one of %s", e.Lue, strings.Join(e.Connues, ", "))
}

// The attributes of an invoice (fse.Facture.Attributs) that the public rules ask for; their value is Oui.
const (
	AttributEPrescription   = "e-prescription"
	AttributDSI             = "dsi"
	AttributAccordPrealable = "accord-prealable"
	Oui                     = "oui"
)

type regle struct {
	Nom             string            `yaml:"nom"`
	Professions     []string          `yaml:"professions"`
	SaufProfessions []string          `yaml:"sauf_professions"`
	Caisses         []string          `yaml:"caisses"`
	SaufCaisses     []string          `yaml:"sauf_caisses"`
	Flux            []string          `yaml:"flux"`
	Depuis          fse.Date          `yaml:"depuis"`
	Jusqua          fse.Date          `yaml:"jusqua"`
	Serie           string            `yaml:"serie"`
	Actes           []string          `yaml:"actes"`
	Si              map[string]string `yaml:"si"`
	Type            string            `yaml:"type"`
	Decision        string            `yaml:"decision"`
	Motif           string            `yaml:"motif"`
	Source          string            `yaml:"source"`
}

type fichierRegles struct {
	Regles  string  `yaml:"regles"`
	Version string  `yaml:"version"`
	Liste   []regle `yaml:"liste"`
}

// tousTypes is what "*" stands for.
var tousTypes = []string{Ordonnance, FeuilleDeSoins, DSI, AccordPrealable, S3404, TicketVitale, Autre}

var (
	decisions = map[string]Decision{"requise": Requise, "reference": ReferenceAdmise, "non-transmise": NonTransmise}
	nomsFlux  = map[string]fse.Flux{"b2": fse.FluxB2, "fse": fse.FluxFSE, "fse-sans-vitale": fse.FluxFSESansVitale,
		"fse-degradee": fse.FluxFSEDegradee, "dre": fse.FluxDRE}
)

//go:embed regles.yaml
var reglesPubliques []byte

var publiques = sync.OnceValue(func() *Regles {
	r, err := ParseRegles(bytes.NewReader(reglesPubliques))
	if err != nil {
		// The file is part of the module and read by its tests.
		return &Regles{}
	}
	return r
})

// ReglesPubliques gives the rules of the conventions that are public, each with its source and, where it is known, its
// date of effect.
func ReglesPubliques() *Regles { return publiques() }

// TexteRegles gives the text of the public rules, to write one's own from.
func TexteRegles() []byte { return slices.Clone(reglesPubliques) }

// ParseRegles reads and checks rules: all that is wrong is reported at once, each with its line.
func ParseRegles(r io.Reader) (*Regles, error) {
	var f fichierRegles
	d, err := config.Lire(r, "", &f)
	if err != nil {
		return nil, fmt.Errorf("scor: règles: %w", err)
	}
	noms := map[string]bool{}
	for i := range f.Liste {
		f.Liste[i].verifier(d, fmt.Sprintf("liste[%d]", i), noms)
	}
	if len(f.Liste) == 0 {
		d.Ajouter("liste", "expected at least one rule")
	}
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("scor: règles: %w", err)
	}
	return &Regles{f.Regles, f.Version, f.Liste}, nil
}

func (r *regle) verifier(d *config.Document, chemin string, noms map[string]bool) {
	for _, c := range []struct{ cle, valeur string }{{"nom", r.Nom}, {"type", r.Type}, {"motif", r.Motif},
		{"source", r.Source}} {
		if strings.TrimSpace(c.valeur) == "" {
			d.Ajouter(chemin+"."+c.cle, "missing")
		}
	}
	if noms[r.Nom] {
		d.Ajouter(chemin+".nom", "given twice: %s", r.Nom)
	}
	noms[r.Nom] = true
	if _, ok := decisions[r.Decision]; !ok {
		d.Ajouter(chemin+".decision", "read %q, expected requise, reference or non-transmise", r.Decision)
	}
	for i, f := range r.Flux {
		if _, ok := nomsFlux[f]; !ok {
			d.Ajouter(fmt.Sprintf("%s.flux[%d]", chemin, i), "read %q, expected b2, fse, fse-sans-vitale, fse-degradee or dre",
				f)
		}
	}
	for cle, caisses := range map[string][]string{"caisses": r.Caisses, "sauf_caisses": r.SaufCaisses} {
		for i, c := range caisses {
			if n := len(c); n != 2 && n != 5 && n != 9 || strings.Trim(c, "0123456789") != "" {
				d.Ajouter(fmt.Sprintf("%s.%s[%d]", chemin, cle, i), "read %q, expected 2, 5 or 9 digits", c)
			}
		}
	}
	if r.Serie != "" && r.Serie != "oui" && r.Serie != "non" {
		d.Ajouter(chemin+".serie", "read %q, expected oui or non", r.Serie)
	}
	if !r.Jusqua.IsZero() && r.Jusqua.Compare(r.Depuis) < 0 {
		d.Ajouter(chemin+".jusqua", "before depuis")
	}
}

// Avant returns the rules with others tried before them. A rule of the others that has the name of one here takes its
// place: it is how an editor switches a rule off, or off for some caisses (sauf_caisses).
func (r *Regles) Avant(autres *Regles) *Regles {
	n := &Regles{Nom: autres.Nom, Version: autres.Version}
	remplacees := map[string]regle{}
	for _, a := range autres.liste {
		if slices.ContainsFunc(r.liste, func(b regle) bool { return b.Nom == a.Nom }) {
			remplacees[a.Nom] = a
		} else {
			n.liste = append(n.liste, a)
		}
	}
	for _, b := range r.liste {
		if a, ok := remplacees[b.Nom]; ok {
			b = a
		}
		n.liste = append(n.liste, b)
	}
	return n
}

// Professions lists what [Contexte.Profession] may be: those of the constants, and those that these rules name.
func (r *Regles) Professions() []string {
	noms := []string{Pharmacien, Infirmier, Kinesitherapeute, Orthophoniste, SageFemme, Audioprothesiste, Opticien,
		Transporteur, Etablissement, Medecin, Dentiste, AutreProfession}
	for i := range r.liste {
		noms = append(append(noms, r.liste[i].Professions...), r.liste[i].SaufProfessions...)
	}
	slices.Sort(noms)
	return slices.Compact(noms)
}

// Pour binds the rules to a context, as pairing and follow-up ask for them. A profession that no rule names is an
// [*ErreurProfession].
func (r *Regles) Pour(c Contexte) (func(*fse.Facture) []Exigence, error) {
	if p := r.Professions(); !slices.Contains(p, c.Profession) {
		return nil, &ErreurProfession{c.Profession, p}
	}
	return func(f *fse.Facture) []Exigence { return r.Exigences(f, c) }, nil
}

// Exigences returns what the rules decide for the invoice: at most one answer for each type of piece, in the order of
// the rules. A type that is not among them is not asked for.
func (r *Regles) Exigences(f *fse.Facture, c Contexte) []Exigence {
	date := c.Date
	if date.IsZero() {
		date = f.Date
	}
	var exigences []Exigence
	decides := map[string]bool{}
	for i := range r.liste {
		x := &r.liste[i]
		if !x.convient(f, c.Profession, date) {
			continue
		}
		types := []string{x.Type}
		if x.Type == "*" {
			types = tousTypes
		}
		for _, t := range types {
			if !decides[t] {
				decides[t] = true
				exigences = append(exigences, Exigence{Type: t, Decision: decisions[x.Decision], Motif: x.Motif, Source: x.Source})
			}
		}
	}
	return exigences
}

func (r *regle) convient(f *fse.Facture, profession string, date fse.Date) bool {
	organisme := f.Organisme.String()
	caisse := func(c string) bool { return strings.HasPrefix(organisme, c) }
	switch {
	case len(r.Professions) > 0 && !slices.Contains(r.Professions, profession),
		slices.Contains(r.SaufProfessions, profession),
		len(r.Caisses) > 0 && !slices.ContainsFunc(r.Caisses, caisse),
		slices.ContainsFunc(r.SaufCaisses, caisse),
		len(r.Flux) > 0 && !r.deFlux(f.Flux),
		// An invoice whose date nobody knows is under the rules in force, not before them.
		!date.IsZero() && !r.Depuis.IsZero() && date.Compare(r.Depuis) < 0,
		!r.Jusqua.IsZero() && (date.IsZero() || date.Compare(r.Jusqua) > 0),
		r.Serie == "oui" && f.Serie == "", r.Serie == "non" && f.Serie != "":
		return false
	}
	return r.faits(f)
}

// deFlux reports whether the rule is for that flow. Nobody knows what an unknown flow needs: each rule that asks for a
// piece is for it, and none that spares one, so that a damaged letter never makes a piece disappear.
func (r *regle) deFlux(x fse.Flux) bool {
	if x == fse.FluxInconnu {
		return decisions[r.Decision] == Requise
	}
	return slices.ContainsFunc(r.Flux, func(n string) bool { return nomsFlux[n] == x })
}

// faits checks the conditions on acts and attributes: one of the two is enough when the rule has both.
func (r *regle) faits(f *fse.Facture) bool {
	if len(r.Actes) == 0 && len(r.Si) == 0 {
		return true
	}
	if slices.ContainsFunc(f.Actes, func(a fse.Acte) bool { return slices.Contains(r.Actes, a.Code) }) {
		return true
	}
	for nom, valeur := range r.Si {
		if f.Attributs[nom] != valeur {
			return false
		}
	}
	return len(r.Si) > 0
}
