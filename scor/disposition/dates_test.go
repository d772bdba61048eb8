package disposition

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// champDeDate is a zone of a date in that format.
func champDeDate(t *testing.T, format string, g Genre) *champ {
	t.Helper()
	ms, err := formatDate(format)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return &champ{z: &Zone{Format: format}, genre: g, date: ms}
}

// Each way of writing a date is written as its users do, and read back the same; capitals and accents that another
// writer chose are read too.
func TestFormatsDeDates(t *testing.T) {
	jour := func(a, m, j int) Valeur {
		d, err := fse.NewDate(a, m, j)
		if err != nil {
			t.Fatal(err)
		}
		return Valeur{Date: d, Nombre: 9*3600 + 5*60 + 7}
	}
	latin := jeux["iso-8859-1"]
	ascii := jeux["ascii"]
	for _, cas := range []struct {
		format string
		jeu    *jeu
		v      Valeur
		ecrit  string
		aussi  string // read the same
	}{
		{"AAAAJJJ", &latin, jour(2028, 12, 31), "2028366", ""},
		{"AAJJJ", &latin, jour(2026, 2, 1), "26032", ""},
		{"J MMMM AAAA", &latin, jour(2026, 8, 3), "3 ao\xfbt 2026", "03 AOUT 2026"},
		{"J MMMM AAAA", &ascii, jour(2026, 2, 28), "28 fevrier 2026", "28 FEVRIER 2026"},
		{"JJ-MMM-AAAA", &latin, jour(2026, 7, 9), "09-JUL-2026", "09-jul-2026"},
		{"J/M/AAAA", &latin, jour(2026, 12, 1), "1/12/2026", "01/12/2026"},
		{"AAAA-MM-JJTHH:MN:SSZ", &latin, jour(2026, 11, 2), "2026-11-02T09:05:07Z", ""},
		{"'le 'JJ.MM.AA' a 'HHhMN", &latin, jour(2026, 11, 2), "le 02.11.26 a 09h05", ""},
	} {
		c := champDeDate(t, cas.format, GenreDate)
		b, err := c.dateEcrite(nil, &cas.v, cas.jeu)
		if err != nil || string(b) != cas.ecrit {
			t.Errorf("%s: %q, %v, want %q", cas.format, b, err, cas.ecrit)
			continue
		}
		for _, texte := range []string{cas.ecrit, cas.aussi} {
			lu, ok, err := c.lire([]byte(texte), cas.jeu)
			heure := int64(-1)
			if aChamps(c.date, "S") {
				heure = cas.v.Nombre
			} else if aChamps(c.date, "H") {
				heure = cas.v.Nombre / 60 * 60
			}
			if texte != "" && (err != nil || !ok || lu.Date != cas.v.Date || lu.Nombre != heure) {
				t.Errorf("%s: %q reads as %v %d, %t, %v", cas.format, texte, lu.Date, lu.Nombre, ok, err)
			}
		}
	}
}

// What isn't a date of the format is told, and zeros are no date.
func TestDatesFausses(t *testing.T) {
	latin := jeux["iso-8859-1"]
	for _, cas := range [][2]string{{"AAAAJJJ", "2026366"}, {"AAAAJJJ", "2026000"}, {"J MMMM AAAA", "3 brumaire 2026"},
		{"J MMMM AAAA", "31 juin 2026"}, {"JJ/MM/AAAA", "99/99/9999"}, {"J/M/AAAA", "1/1/26"},
		{"AAAA-MM-JJTHH:MN", "2026-01-01T24:00"}, {"AAMMJJ", "ABCDEF"}} {
		if v, ok, err := champDeDate(t, cas[0], GenreDate).lire([]byte(cas[1]), &latin); err == nil {
			t.Errorf("%s: %q reads as %v, %t", cas[0], cas[1], v.Date, ok)
		}
	}
	for _, cas := range [][2]string{{"AAAAJJJ", "0000000"}, {"JJ/MM/AAAA", "00/00/0000"}, {"AAMMJJ", "      "}} {
		if _, ok, err := champDeDate(t, cas[0], GenreDate).lire([]byte(cas[1]), &latin); ok || err != nil {
			t.Errorf("%s: %q: %t, %v", cas[0], cas[1], ok, err)
		}
	}
	for _, faux := range []string{"AAAAMMJJJ", "AAAAAA", "JMMAAAA", "AAAA-WW", "'2026'JJ", "'sans fin", "AAAAMMé"} {
		if ms, err := formatDate(faux); err == nil {
			t.Errorf("%q passes: %v", faux, ms)
		}
	}
}
