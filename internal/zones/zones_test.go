package zones_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	_ "github.com/scor-sdk/scor-sdk-go/internal/graine"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

func exemple() *zones.Table {
	return &zones.Table{Nom: "essai", Longueur: 12, Zones: []zones.Zone{
		{Nom: "type", Debut: 1, Longueur: 2, Type: zones.N, Valeur: "07"},
		{Nom: "nom", Debut: 3, Longueur: 5, Type: zones.A},
		{Nom: "montant", Debut: 8, Longueur: 4, Type: zones.N},
		{Nom: "fin", Debut: 12, Longueur: 1, Type: zones.A, Valeur: "@"},
	}}
}

func valeurs(m map[string]string) func(*zones.Zone) (string, error) {
	return func(z *zones.Zone) (string, error) { return m[z.Nom], nil }
}

func TestCoder(t *testing.T) {
	tab := exemple()
	if errs := tab.Verifier(); errs != nil {
		t.Fatal(errs)
	}
	rec, err := tab.Coder([]byte("x"), valeurs(map[string]string{"nom": "ÉTÉ", "montant": "42"}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("x07\xc9T\xc9  0042@", string(rec)); diff != "" {
		t.Error(diff)
	}
	rec = rec[1:]
	if z, _ := tab.Zone("nom"); z.Texte(rec) != "ÉTÉ" || z.Vide(rec) {
		t.Errorf("nom = %q", z.Texte(rec))
	}
	z, _ := tab.Zone("montant")
	if n, err := z.Entier(rec); n != 42 || err != nil {
		t.Errorf("montant = %d, %v", n, err)
	}
	if errs := tab.Controler(rec); errs != nil {
		t.Error(errs)
	}
	if n := testing.AllocsPerRun(100, func() { z.Lire(rec); _, _ = z.Entier(rec) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A value that does not fit is refused, and the record left as it was.
func TestEcrireRefuse(t *testing.T) {
	for _, c := range []struct{ zone, valeur, attendu string }{
		{"nom", "TROPLONG", "at most 5 characters"},
		{"montant", "12345", "at most 4 characters"},
		{"montant", "-1", "digits"},
		{"montant", "1 2", "digits"},
		{"nom", "A\nB", "no control character"},
		{"nom", "A€", "characters of ISO-8859-1"},
		{"nom", "A\xff", "valid UTF-8"},
		{"type", "08", `"07"`},
	} {
		tab := exemple()
		z, _ := tab.Zone(c.zone)
		rec := []byte("07ABCDE0001@")
		err := z.Ecrire(rec, c.valeur)
		var e *zones.Erreur
		if !errors.As(err, &e) || e.Attendu != c.attendu || e.Zone != c.zone {
			t.Errorf("Ecrire(%s, %q): %v, want %s", c.zone, c.valeur, err, c.attendu)
		}
		if string(rec) != "07ABCDE0001@" {
			t.Errorf("Ecrire(%s, %q) changed the record to %q", c.zone, c.valeur, rec)
		}
	}
}

func TestEcrireHorsEnregistrement(t *testing.T) {
	tab := exemple()
	z, _ := tab.Zone("montant")
	if err := z.Ecrire(make([]byte, 9), "1"); err == nil {
		t.Error("no error on a record too short")
	}
	if b := z.Lire(make([]byte, 3)); b != nil {
		t.Errorf("Lire outside = %q", b)
	}
	if b := z.Lire(make([]byte, 9)); len(b) != 2 {
		t.Errorf("Lire of a cut zone = %q", b)
	}
}

func TestVerifier(t *testing.T) {
	base := exemple()
	for nom, c := range map[string]struct {
		change  func(*zones.Table)
		attendu string
	}{
		"gap":       {func(t *zones.Table) { t.Zones[1].Longueur = 4 }, "no gap: columns 7 to 7"},
		"overlap":   {func(t *zones.Table) { t.Zones[1].Longueur = 6 }, "no overlap: column 8"},
		"end":       {func(t *zones.Table) { t.Longueur = 13 }, "no gap: columns 13 to 13"},
		"range":     {func(t *zones.Table) { t.Zones[3].Debut = 13 }, "columns between 1 and 12"},
		"negative":  {func(t *zones.Table) { t.Zones[3].Longueur = -1 }, "columns between 1 and 12"},
		"overflow":  {func(t *zones.Table) { t.Zones[3].Debut = math.MaxInt }, "columns between 1 and 12"},
		"twice":     {func(t *zones.Table) { t.Zones[2].Nom = "nom" }, "a name used once"},
		"unnamed":   {func(t *zones.Table) { t.Zones[2].Nom = "" }, "a name"},
		"type":      {func(t *zones.Table) { t.Zones[2].Type = 'X' }, "type N or A"},
		"fixed":     {func(t *zones.Table) { t.Zones[3].Valeur = "@@" }, "a fixed value with at most 1"},
		"fixed num": {func(t *zones.Table) { t.Zones[0].Valeur = "AB" }, "a fixed value with digits"},
		"length":    {func(t *zones.Table) { t.Longueur = 0 }, "a positive record length"},
	} {
		t.Run(nom, func(t *testing.T) {
			tab := *base
			tab.Zones = append([]zones.Zone(nil), base.Zones...)
			c.change(&tab)
			for _, err := range tab.Verifier() {
				if strings.Contains(err.Error(), c.attendu) {
					return
				}
			}
			t.Errorf("no finding with %q in %v", c.attendu, tab.Verifier())
		})
	}
}

func TestControler(t *testing.T) {
	tab := exemple()
	if errs := tab.Controler([]byte("08A\x01CDE00X1@")); len(errs) != 3 {
		t.Errorf("%d findings: %v, want type, nom and montant", len(errs), errs)
	}
	if errs := tab.Controler([]byte("07AB       @")); errs != nil {
		t.Errorf("a blank number is allowed: %v", errs)
	}
	if errs := tab.Controler([]byte("07")); len(errs) != 3 {
		t.Errorf("short record: %v", errs)
	}
}

func TestEntierTropGrand(t *testing.T) {
	z := zones.Zone{Nom: "n", Debut: 1, Longueur: 64, Type: zones.N}
	if n, err := z.Entier(bytes.Repeat([]byte("0"), 64)); n != 0 || err != nil {
		t.Errorf("zeros: %d, %v", n, err)
	}
	if _, err := z.Entier(bytes.Repeat([]byte("9"), 64)); err == nil {
		t.Error("64 nines: no error")
	}
	if n, err := z.Entier([]byte("0999999999999999999")); n != 999999999999999999 || err != nil {
		t.Errorf("18 nines: %d, %v", n, err)
	}
}

func TestErreurTexte(t *testing.T) {
	e := &zones.Erreur{Fichier: "a.b2", Enregistrement: 3, Table: "4/CP", Zone: "montant", Offset: 256, Lu: "\"0000A\"",
		Attendu: "digits"}
	if diff := cmp.Diff(`file a.b2, record 3, table 4/CP, zone montant, offset 256: read "0000A", expected digits`,
		e.Error()); diff != "" {
		t.Error(diff)
	}
}

// What is written is what is read, for any text and number that fits.
func TestEcrireLire(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		long := rapid.IntRange(1, 20).Draw(t, "length")
		z := zones.Zone{Nom: "z", Debut: rapid.IntRange(1, 9).Draw(t, "start"), Longueur: long, Type: zones.A}
		v := rapid.StringMatching(`([!-~à-ÿ][ -~à-ÿ]{0,18})?[!-~à-ÿ]`).Draw(t, "value")
		if rapid.Bool().Draw(t, "number") {
			z.Type, v = zones.N, rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "digits")
		}
		rec := bytes.Repeat([]byte("#"), 40)
		err := z.Ecrire(rec, v)
		if trop := len([]rune(v)) > long; trop != (err != nil) {
			t.Fatalf("%q in %d columns: %v", v, long, err)
		} else if trop {
			return
		}
		lu := z.Texte(rec)
		if z.Type == zones.N {
			lu, v = strings.TrimLeft(lu, "0"), strings.TrimLeft(v, "0")
		}
		if lu != v {
			t.Fatalf("wrote %q, read %q", v, lu)
		}
		if n := bytes.Count(rec, []byte("#")); n < 40-long {
			t.Fatalf("bytes outside the zone were changed: %q", rec)
		}
	})
}

func TestConstructeurs(t *testing.T) {
	tab := zones.Table{Nom: "c", Longueur: 9,
		Zones: []zones.Zone{zones.Fixe(zones.Numerique("type", 1, 1, zones.Obligatoire), "4"),
			zones.Alpha("nom", 2, 5, zones.Facultative), {Nom: "plein", Debut: 6, Longueur: 4, Type: zones.N, Remplissage: ' '}}}
	if errs := tab.Verifier(); errs != nil {
		t.Fatal(errs)
	}
	rec, err := tab.Coder(nil, nil)
	if err != nil || string(rec) != "4        " {
		t.Errorf("%q, %v", rec, err)
	}
	z, _ := tab.Zone("plein")
	if err := z.EcrireEntier(rec, 12); err != nil || string(rec) != "4      12" || z.Texte(rec) != "12" {
		t.Errorf("%q, %v", rec, err)
	}
	if err := z.EcrireEntier(rec, -1); err == nil {
		t.Error("a negative number was written")
	}
	if z, ok := tab.Zone("rien"); ok || z != nil {
		t.Error("a zone that is not there")
	}
	nom, _ := tab.Zone("nom")
	if !nom.Vide(rec) || z.Vide(rec) || nom.Fin() != 5 {
		t.Errorf("%q", rec)
	}
	// On an error, what was there stays, and the error names the zone.
	avant := []byte("x")
	panne := errors.New("no value")
	if b, err := tab.Coder(avant, func(*zones.Zone) (string, error) { return "", panne }); !errors.Is(err, panne) ||
		string(b) != "x" {
		t.Errorf("%q, %v", b, err)
	}
	var e *zones.Erreur
	if b, err := tab.Coder(avant, valeurs(map[string]string{"nom": "TROP LONG"})); !errors.As(err, &e) || e.Table != "c" ||
		e.Zone != "nom" || string(b) != "x" {
		t.Errorf("%q, %v", b, err)
	}
	if (&zones.Erreur{Offset: -1}).Error() == "" {
		t.Error("an error without words")
	}
}

func TestTypeTexte(t *testing.T) {
	for _, ty := range []zones.Type{zones.N, zones.A} {
		b, err := ty.MarshalText()
		var lu zones.Type
		if err != nil || lu.UnmarshalText(b) != nil || lu != ty || ty.String() != string(b) {
			t.Errorf("%s: %v", b, err)
		}
	}
	var ty zones.Type
	if ty.UnmarshalText([]byte("X")) == nil || ty.UnmarshalText(nil) == nil {
		t.Error("an unknown type was read")
	}
	if _, err := zones.Type('X').MarshalText(); err == nil {
		t.Error("an unknown type was written")
	}
}
