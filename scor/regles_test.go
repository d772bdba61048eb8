package scor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

func jour(t *testing.T, a, m, j int) fse.Date {
	t.Helper()
	d, err := fse.NewDate(a, m, j)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Each rule of the conventions, seen from an invoice: what is required, what may be a reference, what stays.
func TestReglesPubliques(t *testing.T) {
	d := jour(t, 2026, 3, 2)
	att := func(cle string) map[string]string { return map[string]string{cle: scor.Oui} }
	for _, c := range []struct {
		nom        string
		facture    fse.Facture
		profession string
		veut       map[string]scor.Decision // types left out must not be required
	}{
		{"secured FSE", fse.Facture{Flux: fse.FluxFSE}, scor.Infirmier,
			map[string]scor.Decision{scor.Ordonnance: scor.Requise, scor.FeuilleDeSoins: scor.NonTransmise}},
		{"degraded FSE", fse.Facture{Flux: fse.FluxFSEDegradee}, scor.Pharmacien,
			map[string]scor.Decision{scor.Ordonnance: scor.Requise, scor.FeuilleDeSoins: scor.Requise}},
		{"FSE without Vitale", fse.Facture{Flux: fse.FluxFSESansVitale}, scor.SageFemme,
			map[string]scor.Decision{scor.Ordonnance: scor.Requise, scor.FeuilleDeSoins: scor.Requise}},
		{"DSI by attribute", fse.Facture{Flux: fse.FluxFSE, Attributs: att(scor.AttributDSI)}, scor.Infirmier,
			map[string]scor.Decision{scor.DSI: scor.Requise, scor.Ordonnance: scor.NonTransmise}},
		{"DSI by act", fse.Facture{Flux: fse.FluxFSE, Actes: []fse.Acte{{Code: "AIS"}, {Code: "DI"}}}, scor.Infirmier,
			map[string]scor.Decision{scor.DSI: scor.Requise, scor.Ordonnance: scor.NonTransmise}},
		{"degraded DSI", fse.Facture{Flux: fse.FluxFSEDegradee, Attributs: att(scor.AttributDSI)}, scor.Infirmier,
			map[string]scor.Decision{scor.DSI: scor.Requise, scor.Ordonnance: scor.NonTransmise,
				scor.FeuilleDeSoins: scor.Requise}},
		{"DSI is the nurses'", fse.Facture{Flux: fse.FluxFSE, Attributs: att(scor.AttributDSI)}, scor.Opticien,
			map[string]scor.Decision{scor.Ordonnance: scor.Requise}},
		{"series", fse.Facture{Flux: fse.FluxFSE, Serie: "S1"}, scor.Kinesitherapeute,
			map[string]scor.Decision{scor.Ordonnance: scor.ReferenceAdmise}},
		{"prior agreement in a series", fse.Facture{Flux: fse.FluxFSE, Serie: "S1",
			Attributs: att(scor.AttributAccordPrealable)}, scor.Kinesitherapeute,
			map[string]scor.Decision{scor.Ordonnance: scor.Requise, scor.AccordPrealable: scor.NonTransmise}},
		{"DEP", fse.Facture{Flux: fse.FluxFSE}, "fournisseur",
			map[string]scor.Decision{scor.Ordonnance: scor.Requise, scor.AccordPrealable: scor.NonTransmise}},
		{"DRE", fse.Facture{Flux: fse.FluxDRE}, scor.Pharmacien,
			map[string]scor.Decision{scor.Ordonnance: scor.NonTransmise, scor.FeuilleDeSoins: scor.NonTransmise,
				scor.Autre: scor.NonTransmise}},
		{"e-prescription", fse.Facture{Flux: fse.FluxFSE, Attributs: att(scor.AttributEPrescription)}, scor.Pharmacien,
			map[string]scor.Decision{scor.Ordonnance: scor.NonTransmise}},
		{"ambulance", fse.Facture{Flux: fse.FluxFSE}, scor.Transporteur,
			map[string]scor.Decision{scor.Ordonnance: scor.NonTransmise, scor.FeuilleDeSoins: scor.NonTransmise,
				scor.Autre: scor.NonTransmise}},
		{"clinic", fse.Facture{Flux: fse.FluxB2}, scor.Etablissement,
			map[string]scor.Decision{scor.S3404: scor.Requise, scor.Ordonnance: scor.NonTransmise,
				scor.Autre: scor.NonTransmise}},
		{"clinic's DRE", fse.Facture{Flux: fse.FluxDRE}, scor.Etablissement,
			map[string]scor.Decision{scor.S3404: scor.NonTransmise}},
		{"physician", fse.Facture{Flux: fse.FluxFSE}, scor.Medecin,
			map[string]scor.Decision{scor.Ordonnance: scor.NonTransmise}},
		{"B2 not secured", fse.Facture{Flux: fse.FluxB2}, scor.Pharmacien, map[string]scor.Decision{}},
	} {
		t.Run(c.nom, func(t *testing.T) {
			c.facture.Date = d
			got := map[string]scor.Decision{}
			for _, e := range scor.ReglesPubliques().Exigences(&c.facture, scor.Contexte{Profession: c.profession}) {
				if _, deux := got[e.Type]; deux {
					t.Errorf("%s is decided twice", e.Type)
				}
				if e.Motif == "" || e.Source == "" || !strings.HasSuffix(e.Motif, ".") {
					t.Errorf("%s: reason %q, source %q", e.Type, e.Motif, e.Source)
				}
				got[e.Type] = e.Decision
			}
			for typ, dec := range c.veut {
				if got[typ] != dec {
					t.Errorf("%s: %s, want %s", typ, got[typ], dec)
				}
			}
			for typ, dec := range got {
				if _, prevu := c.veut[typ]; !prevu && dec != scor.NonTransmise {
					t.Errorf("%s: %s, want nothing asked", typ, dec)
				}
			}
		})
	}
}

func ordonnanceDe(r *scor.Regles, f fse.Facture, c scor.Contexte) scor.Decision {
	for _, e := range r.Exigences(&f, c) {
		if e.Type == scor.Ordonnance {
			return e.Decision
		}
	}
	return 0
}

// Dates of effect: a rule asks nothing before its day.
func TestReglesDates(t *testing.T) {
	for profession, debut := range map[string]fse.Date{
		scor.Kinesitherapeute: jour(t, 2012, 1, 10), scor.Pharmacien: jour(t, 2012, 2, 9), scor.Orthophoniste: jour(t, 2013,
			9, 1),
		scor.Infirmier: jour(t, 2014, 3, 19), scor.SageFemme: jour(t, 2016, 4, 12), scor.Audioprothesiste: jour(t, 2022, 7,
			2),
		scor.Opticien: jour(t, 2022, 7, 2),
	} {
		veille := fse.DateDe(debut.Time(nil).AddDate(0, 0, -1))
		f := fse.Facture{Flux: fse.FluxFSE, Date: debut}
		if d := ordonnanceDe(scor.ReglesPubliques(), f, scor.Contexte{Profession: profession}); d != scor.Requise {
			t.Errorf("%s on %s: %s", profession, debut, d)
		}
		f.Date = veille
		if d := ordonnanceDe(scor.ReglesPubliques(), f, scor.Contexte{Profession: profession}); d != 0 {
			t.Errorf("%s on %s: %s, want nothing", profession, veille, d)
		}
		if d := ordonnanceDe(scor.ReglesPubliques(), f, scor.Contexte{Profession: profession,
			Date: debut}); d != scor.Requise {
			t.Errorf("%s: the context's date must prevail", profession)
		}
	}
}

const miennes = `
regles: mon logiciel
version: "7"
liste:
  - nom: feuille-de-soins-degradee
    flux: [fse-degradee]
    sauf_caisses: ["01422", "02", "915060506"]
    type: feuille-de-soins
    decision: requise
    motif: Facture établie en mode dégradé.
    source: essai
  - nom: ordonnance-phase-2
    caisses: ["01751"]
    depuis: 2027-01-01
    jusqua: 2027-12-31
    si: {accord-prealable: oui}
    type: ordonnance
    decision: reference
    motif: La référence suffit.
    source: essai
`

// An editor's rules: one takes the place of a public rule to spare some caisses, one comes before the public ones.
func TestReglesAvant(t *testing.T) {
	autres, err := scor.ParseRegles(strings.NewReader(miennes))
	if err != nil {
		t.Fatal(err)
	}
	r := scor.ReglesPubliques().Avant(autres)
	feuille := func(o fse.Organisme) scor.Decision {
		f := fse.Facture{Flux: fse.FluxFSEDegradee, Organisme: o, Date: jour(t, 2026, 1, 5)}
		for _, e := range r.Exigences(&f, scor.Contexte{Profession: scor.Infirmier}) {
			if e.Type == scor.FeuilleDeSoins {
				return e.Decision
			}
		}
		return 0
	}
	for organisme, veut := range map[fse.Organisme]scor.Decision{
		{Regime: "01", Caisse: "751", Centre: "0000"}: scor.Requise,
		{Regime: "01", Caisse: "422", Centre: "0000"}: 0,
		{Regime: "01", Caisse: "422", Centre: "0103"}: 0,
		{Regime: "02", Caisse: "751", Centre: "0000"}: 0,
		{Regime: "91", Caisse: "506", Centre: "0506"}: 0,
		{Regime: "91", Caisse: "506", Centre: "0507"}: scor.Requise,
	} {
		if d := feuille(organisme); d != veut {
			t.Errorf("%s: %s, want %s", organisme, d, veut)
		}
	}
	f := fse.Facture{Flux: fse.FluxFSE, Organisme: fse.Organisme{Regime: "01", Caisse: "751", Centre: "0000"},
		Attributs: map[string]string{scor.AttributAccordPrealable: scor.Oui}}
	for date, veut := range map[fse.Date]scor.Decision{
		jour(t, 2026, 12, 31): scor.Requise, jour(t, 2027, 1, 1): scor.ReferenceAdmise,
		jour(t, 2027, 12, 31): scor.ReferenceAdmise, jour(t, 2028, 1, 1): scor.Requise,
	} {
		f.Date = date
		if d := ordonnanceDe(r, f, scor.Contexte{Profession: scor.Kinesitherapeute}); d != veut {
			t.Errorf("%s: %s, want %s", date, d, veut)
		}
	}
}

// The public rules are untouched by what an editor adds.
func TestReglesImmuables(t *testing.T) {
	avant := scor.ReglesPubliques().Exigences(&fse.Facture{Flux: fse.FluxFSEDegradee}, scor.Contexte{})
	autres, err := scor.ParseRegles(strings.NewReader(miennes))
	if err != nil {
		t.Fatal(err)
	}
	scor.ReglesPubliques().Avant(autres)
	if diff := cmp.Diff(avant, scor.ReglesPubliques().Exigences(&fse.Facture{Flux: fse.FluxFSEDegradee},
		scor.Contexte{})); diff != "" {
		t.Error(diff)
	}
	if len(avant) == 0 {
		t.Error("no public rule")
	}
}

func TestLireReglesRefuse(t *testing.T) {
	base := func(s string) string { return "regles: x\nversion: \"1\"\nliste:\n" + s }
	entiere := "  - {nom: a, type: ordonnance, decision: requise, motif: M., source: S}\n"
	for nom, c := range map[string]struct{ texte, veut string }{
		"no rule": {"regles: x\nversion: \"1\"\nliste: []\n", "at least one rule"},
		"unknown key": {base("  - {nom: a, type: o, decision: requise, motif: M., source: S, quand: hier}\n"),
			"clé inconnue"},
		"no source": {base("  - {nom: a, type: o, decision: requise, motif: M.}\n"), "source: missing"},
		"decision":  {base("  - {nom: a, type: o, decision: peut-être, motif: M., source: S}\n"), "decision"},
		"flow":      {base("  - {nom: a, type: o, decision: requise, motif: M., source: S, flux: [papier]}\n"), "flux[0]"},
		"caisse": {base("  - {nom: a, type: o, decision: requise, motif: M., source: S, caisses: [\"1\"]}\n"),
			"caisses[0]"},
		"dates": {base("  - {nom: a, type: o, decision: requise, motif: M., source: S, depuis: 2020-02-01, jusqua: " +
			"2020-01-01}\n"), "before depuis"},
		"not a date": {base("  - {nom: a, type: o, decision: requise, motif: M., source: S, depuis: 2020-02-31}\n"),
			"depuis"},
		"series":       {base("  - {nom: a, type: o, decision: requise, motif: M., source: S, serie: parfois}\n"), "serie"},
		"twice":        {base(entiere + entiere), "given twice"},
		"not YAML":     {"liste: [", "règles"},
		"second line":  {base(entiere + "  - {nom: b, type: o, decision: requise, source: S}\n"), "5: liste[1].motif"},
		"nothing read": {"", "règles"},
	} {
		t.Run(nom, func(t *testing.T) {
			_, err := scor.ParseRegles(strings.NewReader(c.texte))
			if err == nil || !strings.Contains(err.Error(), c.veut) {
				t.Errorf("error %v, want %q", err, c.veut)
			}
		})
	}
}

// A profession misspelt must not pass for one without rules: its pieces would stay in the office, in silence.
func TestProfessionInconnue(t *testing.T) {
	for _, p := range []string{"kinésithérapeute", "Pharmacien", "pharmacienne", ""} {
		_, err := scor.ReglesPubliques().Pour(scor.Contexte{Profession: p})
		var e *scor.ErreurProfession
		if !errors.As(err, &e) || !slices.Contains(e.Connues, scor.Kinesitherapeute) || !strings.Contains(err.Error(),
			scor.Kinesitherapeute) {
			t.Errorf("%q: %v", p, err)
		}
	}
	autres, err := scor.ParseRegles(strings.NewReader(strings.Replace(miennes, "flux: [fse-degradee]",
		"professions: [podologue]", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{scor.Pharmacien, scor.AutreProfession, "podologue"} {
		if _, err := scor.ReglesPubliques().Avant(autres).Pour(scor.Contexte{Profession: p}); err != nil {
			t.Error(err)
		}
	}
}

func FuzzLireRegles(f *testing.F) {
	f.Add(miennes)
	f.Add("liste: [{nom: a}]")
	f.Add("liste: {}")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := scor.ParseRegles(strings.NewReader(s))
		if err == nil {
			r.Exigences(&fse.Facture{Flux: fse.FluxFSE}, scor.Contexte{Profession: scor.Pharmacien})
		}
	})
}

func ExampleRegles_Exigences() {
	d, _ := fse.ParseAAMMJJ("261121")
	f := fse.Facture{Flux: fse.FluxFSEDegradee, Date: d, Serie: "genou"}
	for _, e := range scor.ReglesPubliques().Exigences(&f, scor.Contexte{Profession: scor.Kinesitherapeute}) {
		fmt.Printf("%s : %s. %s\n", e.Type, e.Decision, e.Motif)
	}
	// Output:
	// accord-prealable : non transmise. La demande d'entente préalable n'est pas transmise par SCOR.
	// feuille-de-soins : à transmettre. Facture établie en mode dégradé, sans la carte Vitale de l'assuré.
	// ordonnance : référence admise. Série d'actes : la référence de l'ordonnance déjà transmise suffit.
}
