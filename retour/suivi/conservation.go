package suivi

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/delais"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Regle of retention: dated, with its source.
type Regle struct {
	ID        string     `yaml:"id"`
	Public    string     `yaml:"public"` // professionnel, professionnel-prudent, etablissement, pharmacie
	Quoi      string     `yaml:"quoi"`
	Duree     int        `yaml:"duree"`
	Unite     scor.Unite `yaml:"unite"`
	Du        string     `yaml:"du"` // AAAA-MM-JJ, inclusive
	Au        string     `yaml:"au"` // exclusive; empty: still in force
	Source    string     `yaml:"source"`
	Confiance string     `yaml:"confiance"`
}

// Aide is money that hangs on an indicator: dated, with its source.
type Aide struct {
	ID          string  `yaml:"id"`
	Libelle     string  `yaml:"libelle"`
	Montant     int     `yaml:"montant"` // euros
	Par         string  `yaml:"par"`
	Condition   string  `yaml:"condition"` // "fse" or "ordonnances"
	Seuil       float64 `yaml:"seuil"`
	FacturesMin int64   `yaml:"factures_min"`
	Du          string  `yaml:"du"`
	Au          string  `yaml:"au"`
	Source      string  `yaml:"source"`
	Confiance   string  `yaml:"confiance"`
}

// Reglement is the retention rules and aids in one file.
type Reglement struct {
	Conservation []Regle `yaml:"conservation"`
	Aides        []Aide  `yaml:"aides"`
}

//go:embed conservation.yaml
var reglementPublic []byte

// ReglementPublic is what public texts say; a host that knows better reads its own with ParseReglement.
var ReglementPublic = sync.OnceValues(func() (*Reglement,
	error) {
	return ParseReglement(bytes.NewReader(reglementPublic))
})

// ParseReglement reads rules in the form of conservation.yaml. A rule without source, date or length is refused.
func ParseReglement(r io.Reader) (*Reglement, error) {
	x := &Reglement{}
	d, err := config.Lire(r, "", x)
	if err != nil {
		return nil, fmt.Errorf("suivi: rules of retention: %w", err)
	}
	for i := range x.Conservation {
		x.Conservation[i].verifier(d, fmt.Sprintf("conservation[%d]", i))
	}
	for i := range x.Aides {
		x.Aides[i].verifier(d, fmt.Sprintf("aides[%d]", i))
	}
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("suivi: rules of retention: %w", err)
	}
	return x, nil
}

func (k *Regle) verifier(d *config.Document, chemin string) {
	if k.ID == "" || k.Source == "" || k.Duree <= 0 || !dateValide(k.Du) || k.Au != "" && !dateValide(k.Au) {
		d.Ajouter(chemin, "règle %q : id, source, duree et dates (du, au : AAAA-MM-JJ) attendus", k.ID)
	}
	switch k.Unite {
	case scor.Jours, scor.JoursOuvres, scor.JoursOuvrables, scor.Mois:
	default:
		d.Ajouter(chemin+".unite", "%q, attendu : jours, jours-ouvres, jours-ouvrables ou mois", k.Unite)
	}
}

func (a *Aide) verifier(d *config.Document, chemin string) {
	if a.ID == "" || a.Source == "" || a.Seuil <= 0 || !dateValide(a.Du) || a.Condition != "fse" &&
		a.Condition != "ordonnances" {
		d.Ajouter(chemin, "aide %q : id, source, seuil, du (AAAA-MM-JJ) et condition (fse, ordonnances) attendus", a.ID)
	}
}

func dateValide(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func enVigueur(du, au string, t time.Time) bool {
	j := t.Format(time.DateOnly)
	return j >= du && (au == "" || j < au)
}

// Fin is the day until which what dates from t is kept, for these publics, and the rule that asks it: the longest of
// those in force at t. No rule in force is no end: nothing may be purged.
func (x *Reglement) Fin(t time.Time, cal *delais.Calendrier, publics ...string) (time.Time, *Regle) {
	t = cal.Local(t) // the rules' days are French days
	var fin time.Time
	var regle *Regle
	for i := range x.Conservation {
		k := &x.Conservation[i]
		for _, p := range publics {
			if k.Public != p || !enVigueur(k.Du, k.Au, t) {
				continue
			}
			if f := cal.Apres(t, k.Duree, delais.Unite(k.Unite)); f.After(fin) {
				fin, regle = f, k
			}
		}
	}
	return fin, regle
}

// connait says whether a rule is for that public.
func (x *Reglement) connait(public string) bool {
	return x != nil && slices.ContainsFunc(x.Conservation, func(k Regle) bool { return k.Public == public })
}

// AidesAtteintes gives the aids in force at t whose condition these figures meet.
func (x *Reglement) AidesAtteintes(i Indicateurs, t time.Time) []Aide {
	var l []Aide
	for _, a := range x.Aides {
		taux := i.FSE
		if a.Condition == "ordonnances" {
			taux = i.Ordonnances
		}
		if enVigueur(a.Du, a.Au, t) && taux.Total > 0 && taux.Valeur >= a.Seuil && i.FSE.Bons >= a.FacturesMin {
			l = append(l, a)
		}
	}
	return l
}
