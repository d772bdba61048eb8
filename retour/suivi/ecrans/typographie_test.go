package ecrans

import (
	"testing"
	"time"
)

// Signs stay on the line of their word; what a person copies, and tags, stay as they are.
func TestTypographie(t *testing.T) {
	for entree, sortie := range map[string]string{
		`<p title="a : b">Refusé : « Lot » ?</p>`: "<p title=\"a : b\">Refusé\u00a0: «\u00a0Lot\u00a0»\u00a0?</p>",
		`<span class="id">a : b</span> : c`:       "<span class=\"id\">a : b</span>\u00a0: c",
		`99 % ; rien`:                             "99\u00a0%\u00a0; rien",
		`<textarea>a : b</textarea>`:              `<textarea>a : b</textarea>`,
		`a < b : <`:                               "a < b : <",
	} {
		if s := string(typographier([]byte(entree))); s != sortie {
			t.Errorf("%q: %q, expected %q", entree, s, sortie)
		}
	}
}

// Instants are said as people say them: today, yesterday, then by their date.
func TestQuand(t *testing.T) {
	ici := time.Date(2026, 3, 1, 9, 5, 0, 0, time.UTC)
	q := &requete{Ecrans: &Ecrans{horloge: func() time.Time { return ici }, fuseau: time.UTC}}
	for quand, dit := range map[time.Time]string{ici: "aujourd'hui à 09\u00a0h\u00a005",
		ici.Add(-10 * time.Hour): "hier à 23\u00a0h\u00a005",
		ici.AddDate(0, 0, -2):    "le 27/02/2026 à 09\u00a0h\u00a005",
		{}:                       ""} {
		if s := q.Quand(quand); s != dit {
			t.Errorf("%v: %q, expected %q", quand, s, dit)
		}
	}
	if !q.Passe(ici.Add(-time.Second)) || q.Passe(ici.Add(time.Second)) || q.Passe(time.Time{}) {
		t.Error("what is over isn't told from what isn't")
	}
}
