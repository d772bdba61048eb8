package fse_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scor-sdk/scor-sdk-go/fse"
	_ "github.com/scor-sdk/scor-sdk-go/internal/graine"
)

// The numbers are invented, apart from the published examples of FINESS and RPPS.

func TestParseNIR(t *testing.T) {
	for _, c := range []struct {
		nom, numero, cle string
		motif            fse.Motif // "" for none
	}{
		{"man", "1360375191481", "86", ""},
		{"2A", "130042A085894", "19", ""},
		{"2B", "155072B012370", "31", ""},
		{"lower case", "155072b012370", "31", ""},
		{"key to complete", "1360375191481", "", ""},
		{"temporary", "7360375191481", "", ""},
		{"fictive, anonymous invoice", "1555555012333", "", ""},
		{"month 20 and more", "1362075191481", "", ""},
		{"wrong key", "1360375191481", "87", fse.MotifCle},
		{"Corsica with the key of 19", "130042A085894", "20", fse.MotifCle},
		{"short", "136037519148", "86", fse.MotifLongueur},
		{"long key", "1360375191481", "086", fse.MotifLongueur},
		{"letter", "13603751X1481", "86", fse.MotifCaractere},
		{"2C", "130042C085894", "19", fse.MotifCaractere},
		{"1A", "130041A085894", "19", fse.MotifCaractere},
		{"letter in the key", "1360375191481", "8A", fse.MotifCaractere},
		{"first digit", "5360375191481", "86", fse.MotifValeur},
	} {
		t.Run(c.nom, func(t *testing.T) {
			n, err := fse.ParseNIR(c.numero, c.cle)
			if c.motif == "" {
				if err != nil || !n.Valide() || n.Numero() != strings.ToUpper(c.numero) || c.cle != "" && n.Cle() != c.cle {
					t.Errorf("error %v, valid %t", err, n.Valide())
				}
				return
			}
			var e *fse.ErreurIdentifiant
			if !errors.Is(err, c.motif) || !errors.As(err, &e) || e.Nature != "NIR" {
				t.Fatalf("error %v, want %v", err, c.motif.Error())
			}
			if strings.Contains(err.Error(), c.numero) {
				t.Error("the error holds the number")
			}
			if n.IsZero() == (c.motif == fse.MotifCle) || n.Valide() {
				t.Errorf("zero %t, valid %t", n.IsZero(), n.Valide())
			}
		})
	}
}

// Nothing prints a NIR but Clair, Numero and Cle.
func TestNIRMasque(t *testing.T) {
	n, err := fse.ParseNIR("1360375191481", "86")
	if err != nil {
		t.Fatal(err)
	}
	f := fse.Facture{Assure: n}
	j, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	sorties := []string{n.String(), string(j), fmt.Errorf("x %v", n).Error()}
	for _, verbe := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		sorties = append(sorties, fmt.Sprintf(verbe, n), fmt.Sprintf(verbe, &n), fmt.Sprintf(verbe, []fse.NIR{n}),
			fmt.Sprintf(verbe, map[fse.NIR]int{n: 1}), fmt.Sprintf(verbe, struct{ N fse.NIR }{n}))
	}
	for _, verbe := range []string{"%v", "%+v", "%s"} {
		sorties = append(sorties, fmt.Sprintf(verbe, f), fmt.Sprintf(verbe, fse.Lot{Factures: []fse.Facture{f}}))
	}
	for _, s := range sorties {
		if strings.Contains(s, "0375191481") || strings.Contains(s, "30333735") || strings.Contains(s, "[51 ") {
			t.Errorf("leaks: %q", s)
		}
	}
	if n.Clair() != "136037519148186" {
		t.Error("Clair must give the 15 characters")
	}
	if n.String() != "1************ **" {
		t.Errorf("String() = %q", n.String())
	}
}

func TestNIRFormes(t *testing.T) {
	fictif, _ := fse.ParseNIR("1555555012333", "")
	temp, _ := fse.ParseNIR("3360375191481", "")
	if !fictif.Fictif() || fictif.Provisoire() || temp.Fictif() || !temp.Provisoire() || (fse.NIR{}).Provisoire() {
		t.Error("fictive or temporary numbers are not told apart")
	}
	if z := (fse.NIR{}); z.Clair()+z.Numero()+z.Cle()+z.String() != "" || z.Valide() {
		t.Error("the zero NIR must be empty")
	}
}

// One wrong character in a number is always found: that is what the key is for.
func TestNIRCle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numero := rapid.StringMatching(`[12][0-9]{4}(2A|2B|[013-9][0-9])[0-9]{6}`).Draw(t, "number")
		n, err := fse.ParseNIR(numero, "")
		if err != nil {
			t.Fatal(err)
		}
		if m, err := fse.ParseNIR(numero, n.Cle()); err != nil || m != n {
			t.Fatalf("%v", err)
		}
		i := rapid.IntRange(0, 14).Draw(t, "position")
		c := rapid.SampledFrom([]byte("0123456789")).Draw(t, "digit")
		faux := []byte(n.Clair())
		if faux[i] == c || faux[i] > '9' {
			return
		}
		faux[i] = c
		if _, err := fse.ParseNIR(string(faux[:13]), string(faux[13:])); err == nil {
			t.Fatalf("a digit changed at %d is not found", i)
		}
	})
}

func TestNumeros(t *testing.T) {
	for _, s := range []string{"750712184", "420788606", "2A0000022", "2B0000020"} {
		f, err := fse.ParseFINESS(s)
		if strings.HasPrefix(s, "2") {
			if len(f) != 9 || f[:3] != "200" {
				t.Errorf("FINESS %s is %s in B2", s, f)
			}
			continue
		}
		if err != nil || !f.Valide() || f.String() != s {
			t.Errorf("FINESS %s: %v", s, err)
		}
	}
	if r, err := fse.ParseRPPS("99700218896"); err != nil || !r.Valide() || r.String() != "99700218896" {
		t.Errorf("RPPS: %v", err)
	}
	if a, err := fse.ParseNumeroAM("752495234"); err != nil || !a.Valide() || a.Categorie() != "2" ||
		a.String() != "752495234" {
		t.Errorf("AM number: %v", err)
	}
	parse := map[string]func(string) error{
		"FINESS":    func(s string) error { _, err := fse.ParseFINESS(s); return err },
		"AM number": func(s string) error { _, err := fse.ParseNumeroAM(s); return err },
	}
	for nature, p := range parse {
		for s, motif := range map[string]fse.Motif{"750712185": fse.MotifCle, "75071218": fse.MotifLongueur,
			"75071218X": fse.MotifCaractere,
			"000000000": fse.MotifValeur} {
			var e *fse.ErreurIdentifiant
			if err := p(s); !errors.Is(err, motif) || !errors.As(err, &e) || e.Nature != nature {
				t.Errorf("%s %s: %v, want %v", nature, s, err, motif.Error())
			}
		}
	}
	for s, motif := range map[string]fse.Motif{"99700218897": fse.MotifCle, "9970021889": fse.MotifLongueur,
		"9970021889X": fse.MotifCaractere} {
		if _, err := fse.ParseRPPS(s); !errors.Is(err, motif) {
			t.Errorf("RPPS %s: %v, want %v", s, err, motif.Error())
		}
	}
	for _, v := range []bool{fse.FINESS("").Valide(), fse.RPPS("").Valide(), fse.NumeroAM("").Valide(),
		fse.NumeroAM("").Categorie() != ""} {
		if v {
			t.Error("an empty number is valid")
		}
	}
}

// The Corsican FINESS, whose letter B2 turns into digits: same key (2Ayyxxxx L becomes 2001xxxx L).
func TestFINESSCorse(t *testing.T) {
	a, err := fse.ParseFINESS("2A0000022")
	if err != nil && !errors.Is(err, fse.MotifCle) {
		t.Fatal(err)
	}
	b, _ := fse.ParseFINESS("2B0000022")
	if a != "200100022" || b != "200200022" {
		t.Errorf("%s, %s", a, b)
	}
}

func TestOrganisme(t *testing.T) {
	o, err := fse.ParseOrganisme("014220103")
	if err != nil || o != (fse.Organisme{Regime: "01", Caisse: "422", Centre: "0103"}) || o.String() != "014220103" {
		t.Errorf("%+v, %v", o, err)
	}
	for s, motif := range map[string]fse.Motif{"01422": fse.MotifLongueur, "01422010A": fse.MotifCaractere} {
		if _, err := fse.ParseOrganisme(s); !errors.Is(err, motif) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestMontant(t *testing.T) {
	for m, veut := range map[fse.Montant]string{0: "0,00\u00a0€", 5: "0,05\u00a0€", -5: "-0,05\u00a0€",
		100608:               "1\u00a0006,08\u00a0€",
		123456789:            "1\u00a0234\u00a0567,89\u00a0€",
		-9223372036854775808: "-92\u00a0233\u00a0720\u00a0368\u00a0547\u00a0758,08\u00a0€"} {
		if m.String() != veut {
			t.Errorf("%d is %q, want %q", int64(m), m, veut)
		}
	}
	for s, veut := range map[string]fse.Montant{"00100608": 100608, "        ": 0, "": 0, "  12": 12,
		"9223372036854775807": 9223372036854775807} {
		if m, err := fse.ParseMontant(s); err != nil || m != veut {
			t.Errorf("%q is %d, %v", s, m, err)
		}
	}
	for s, motif := range map[string]fse.Motif{"12,5": fse.MotifCaractere, "-1": fse.MotifCaractere,
		"9223372036854775808": fse.MotifValeur} {
		if _, err := fse.ParseMontant(s); !errors.Is(err, motif) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestDates(t *testing.T) {
	for s, veut := range map[string]string{"261121": "2026-11-21", "790101": "2079-01-01", "800101": "1980-01-01",
		"991231": "1999-12-31",
		"000229": "2000-02-29", "000000": "", "      ": "", "": ""} {
		d, err := fse.ParseAAMMJJ(s)
		if err != nil || d.String() != veut || d.IsZero() != (veut == "") {
			t.Errorf("%q is %s, %v", s, d, err)
		}
		if veut != "" && d.AAMMJJ() != s {
			t.Errorf("%q is written %q", s, d.AAMMJJ())
		}
	}
	for s, motif := range map[string]fse.Motif{"261301": fse.MotifValeur, "260230": fse.MotifValeur,
		"010229": fse.MotifValeur,
		"2611":   fse.MotifLongueur, "26112X": fse.MotifCaractere, "260001": fse.MotifValeur} {
		if _, err := fse.ParseAAMMJJ(s); !errors.Is(err, motif) {
			t.Errorf("%q: %v, want %v", s, err, motif.Error())
		}
	}
	d, err := fse.ParseAAAAMMJJ("19671231")
	if err != nil || d.AAAAMMJJ() != "19671231" || d.Annee() != 1967 || !d.Time(nil).Equal(time.Date(1967, 12, 31, 0,
		0, 0, 0, time.UTC)) {
		t.Errorf("%s, %v", d, err)
	}
	for s, motif := range map[string]fse.Motif{"20260230": fse.MotifValeur, "2026": fse.MotifLongueur,
		"2026AB01": fse.MotifCaractere} {
		if _, err := fse.ParseAAAAMMJJ(s); !errors.Is(err, motif) {
			t.Errorf("%q: %v", s, err)
		}
	}
	if z := (fse.Date{}); z.AAMMJJ() != "000000" || z.AAAAMMJJ() != "00000000" || !z.Time(nil).IsZero() ||
		z.Compare(d) >= 0 || d.Compare(z) <= 0 {
		t.Error("the zero date")
	}
	var r fse.Date
	b, _ := d.MarshalText()
	if err := r.UnmarshalText(b); err != nil || r != d {
		t.Errorf("%s, %v", r, err)
	}
	if err := r.UnmarshalText([]byte("31/12/1967")); !errors.Is(err, fse.MotifValeur) {
		t.Error(err)
	}
	if err := r.UnmarshalText(nil); err != nil || !r.IsZero() {
		t.Error("an empty text is the zero date")
	}
	if _, err := fse.NewDate(0, 1, 1); err == nil {
		t.Error("year 0")
	}
}

func TestNaissance(t *testing.T) {
	avant, err := fse.NewDate(2026, 11, 21)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		n       fse.Naissance
		civile  string
		lunaire bool
	}{
		{"360314", "1936-03-14", false}, {"261121", "2026-11-21", false}, {"261122", "1926-11-22", false},
		{"000229", "2000-02-29", false}, {"310000", "", true}, {"361301", "", true}, {"369900", "", true}, {"", "",
			false}, {"36031A", "", false},
		{"370229", "", false},
	} {
		d, ok := c.n.Civile(avant)
		if d.String() != c.civile || ok != (c.civile != "") || c.n.Lunaire() != c.lunaire {
			t.Errorf("%s: %s, %t, lunar %t", c.n.Brut(), d, ok, c.n.Lunaire())
		}
	}
	if fmt.Sprint(fse.Naissance("360314")) != "******" || fse.Naissance("").String() != "" {
		t.Error("a birth date is printed")
	}
}

func TestCles(t *testing.T) {
	d, _ := fse.ParseAAMMJJ("261121")
	a := fse.CleFacture{Lot: fse.CleLot{Emetteur: "420788606", Numero: 101, Date: d}, Numero: 1000}
	if a.String() != "420788606/101/261121/000001000" {
		t.Error(a)
	}
	b := a
	b.Lot.Numero = 102
	if a.Compare(b) >= 0 || b.Compare(a) <= 0 || a.Compare(a) != 0 {
		t.Error("order of keys")
	}
	if (fse.Flux(0)) != fse.FluxInconnu {
		t.Error("an unset flow is a flow")
	}
	if fse.FluxFSEDegradee.String() != "FSE dégradée" || fse.Flux(99).String() != "flux 99" {
		t.Error("names of flows")
	}
	var texte []string
	for _, g := range []fse.Gravite{fse.Information, fse.Avertissement, fse.Erreur, 0} {
		texte = append(texte, g.String())
	}
	if diff := cmp.Diff([]string{"information", "avertissement", "erreur", "?"}, texte); diff != "" {
		t.Error(diff)
	}
}

func FuzzIdentifiants(f *testing.F) {
	for _, s := range []string{"136037519148186", "130042A08589419", "2A0000022", "99700218896", "014220000", "261121",
		"310000", "00100608", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		numero, cle := s, ""
		if len(s) > 13 {
			numero, cle = s[:13], s[13:]
		}
		if n, err := fse.ParseNIR(numero, cle); err == nil && (!n.Valide() || len(n.Clair()) != 15) {
			t.Error("accepted and not valid")
		}
		if v, err := fse.ParseFINESS(s); err == nil != (v.Valide()) {
			t.Errorf("FINESS: %v", err)
		}
		if v, err := fse.ParseRPPS(s); err == nil != v.Valide() {
			t.Errorf("RPPS: %v", err)
		}
		if v, err := fse.ParseNumeroAM(s); err == nil != v.Valide() {
			t.Errorf("AM number: %v", err)
		}
		if o, err := fse.ParseOrganisme(s); err == nil && o.String() != s {
			t.Error("organisme")
		}
		if d, err := fse.ParseAAMMJJ(s); err == nil && !d.IsZero() && d.AAMMJJ() != s {
			t.Error("date")
		}
		if d, err := fse.ParseAAAAMMJJ(s); err == nil && !d.IsZero() && d.AAAAMMJJ() != s {
			t.Error("date")
		}
		if m, err := fse.ParseMontant(s); err == nil && m < 0 {
			t.Error("amount")
		}
		if d, ok := fse.Naissance(s).Civile(fse.DateDe(time.Unix(0, 0).UTC())); ok && d.AAMMJJ() != s {
			t.Error("birth")
		}
	})
}

// What journals and archives hold of a flow keeps its meaning: FluxB2 is 0 there, and a flow that isn't known is null.
func TestFluxJSON(t *testing.T) {
	for x, veut := range map[fse.Flux]string{fse.FluxInconnu: "null", fse.FluxB2: "0", fse.FluxFSE: "1",
		fse.FluxFSESansVitale: "2",
		fse.FluxFSEDegradee:   "3", fse.FluxDRE: "4"} {
		b, err := json.Marshal(x)
		if err != nil || string(b) != veut {
			t.Errorf("%s: %s, %v; want %s", x, b, err, veut)
		}
		lu := fse.Flux(99)
		if err := json.Unmarshal(b, &lu); err != nil || lu != x {
			t.Errorf("%s read back as %s, %v", x, lu, err)
		}
	}
	for _, faux := range []string{"5", `"B2"`, "-1", "1.5"} {
		var x fse.Flux
		if err := json.Unmarshal([]byte(faux), &x); err == nil {
			t.Errorf("%s is read as %s", faux, x)
		}
	}
}

// A birth date stays out of what is printed or written as JSON: only Brut gives it. An invoice is such a JSON.
func TestNaissanceMasquee(t *testing.T) {
	n := fse.Naissance("360314")
	for _, s := range []string{fmt.Sprint(n), fmt.Sprintf("%q %v %+v %#v %x", n, n, n, n, n),
		fmt.Sprintf("%+v", fse.Facture{Naissance: n})} {
		if strings.Contains(s, "360314") || strings.Contains(s, "333630333134") {
			t.Errorf("in clear: %s", s)
		}
	}
	b, err := json.Marshal(fse.Facture{Naissance: n})
	if err != nil || strings.Contains(string(b), "360314") || !strings.Contains(string(b), `"******"`) {
		t.Errorf("%s, %v", b, err)
	}
	if n.Brut() != "360314" {
		t.Error(n.Brut())
	}
}

// Days are counted as the calendar does, over leap days and centuries.
func TestJoursCommeLeCalendrier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depart := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
		a := depart.AddDate(0, 0, rapid.IntRange(0, 3_600_000).Draw(t, "a"))
		n := rapid.OneOf(rapid.IntRange(-800, 800), rapid.IntRange(-40_000, 40_000)).Draw(t, "n")
		b := a.AddDate(0, 0, n)
		if b.Year() < 1 || b.Year() > 9999 || a.Year() > 9999 {
			return
		}
		if got := fse.DateDe(b).Jours(fse.DateDe(a)); got != n {
			t.Fatalf("%d days from %s to %s, want %d", got, fse.DateDe(a), fse.DateDe(b), n)
		}
	})
}
