package delais

import (
	"fmt"
	"testing"
	"time"
)

func jourFr(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, paris)
	if err != nil {
		return time.Time{}
	}
	return t
}

func TestApres(t *testing.T) {
	for _, c := range []struct {
		debut  string
		n      int
		u      Unite
		france string // last day; the delay ends at its end
		alsace string // where it differs
	}{
		{"2026-03-02 09:00", 5, Jours, "2026-03-07", ""},
		{"2026-03-02 09:00", 5, JoursOuvres, "2026-03-09", ""},
		{"2026-03-02 23:59", 5, JoursOuvres, "2026-03-09", ""},
		{"2026-03-06 09:00", 1, JoursOuvres, "2026-03-09", ""},
		{"2026-03-06 09:00", 1, JoursOuvrables, "2026-03-07", ""},
		{"2026-03-07 09:00", 1, JoursOuvres, "2026-03-09", ""},
		// Easter 2026 is 5 April: Good Friday the 3rd, Monday the 6th.
		{"2026-04-02 09:00", 1, JoursOuvres, "2026-04-03", "2026-04-07"},
		{"2026-04-02 09:00", 2, JoursOuvres, "2026-04-07", "2026-04-08"},
		{"2026-04-30 09:00", 1, JoursOuvres, "2026-05-04", ""}, // 1 May, a Friday
		{"2026-05-13 09:00", 1, JoursOuvres, "2026-05-15", ""}, // Ascension the 14th
		{"2026-12-24 09:00", 1, JoursOuvrables, "2026-12-26", "2026-12-28"},
		{"2025-12-31 23:30", 1, JoursOuvres, "2026-01-02", ""},
		{"2026-01-31 09:00", 1, Mois, "2026-02-28", ""},
		{"2026-03-15 09:00", 33, Mois, "2028-12-15", ""},
		{"2024-02-29 09:00", 12, Mois, "2025-02-28", ""},
		{"2026-03-02 09:00", 90, Jours, "2026-05-31", ""}, // over the change to summer time
		{"2026-03-02 09:00", 0, Jours, "2026-03-02", ""},
	} {
		if c.alsace == "" {
			c.alsace = c.france
		}
		for nom, x := range map[string]struct {
			cal *Calendrier
			fin string
		}{"France": {France(), c.france}, "Alsace-Moselle": {AlsaceMoselle(), c.alsace}} {
			fin := jourFr(x.fin+" 00:00").AddDate(0, 0, 1).Add(-time.Microsecond)
			if d := x.cal.Apres(jourFr(c.debut), c.n, c.u); !d.Equal(fin) {
				t.Errorf("%s: %s + %d %s: %v, expected %v", nom, c.debut, c.n, c.u, d, fin)
			}
		}
	}
	// 2:00 doesn't exist
	if d := France().Apres(jourFr("2026-03-29 01:00"), 3, Heures); !d.Equal(jourFr("2026-03-29 05:00")) {
		t.Errorf("%v", d)
	}
}

// The eleven holidays of the Code du travail, and thirteen in Alsace-Moselle.
func TestFeries(t *testing.T) {
	for c, attendu := range map[*Calendrier]int{France(): 11, AlsaceMoselle(): 13} {
		for a := 2000; a < 2060; a++ {
			n := 0
			for d := time.Date(a, 1, 1, 12, 0, 0, 0, paris); d.Year() == a; d = d.AddDate(0, 0, 1) {
				if c.Ferie(d) != "" {
					n++
				}
			}
			// Ascension on 1 or 8 May takes one away: 2008, 2024…
			if n != attendu && n != attendu-1 {
				t.Errorf("%d holidays in %d, expected %d", n, a, attendu)
			}
		}
	}
	if f := France().Ferie(jourFr("2026-07-14 10:00")); f == "" {
		t.Error("14 July")
	}
}

func ExampleCalendrier_Apres() {
	lundi := time.Date(2026, 3, 30, 9, 0, 0, 0, time.UTC)
	fmt.Println(France().Lisible(France().Apres(lundi, 5, JoursOuvres)))
	fmt.Println(AlsaceMoselle().Lisible(AlsaceMoselle().Apres(lundi, 5, JoursOuvres)))
	// Output:
	// mardi 7 avril 2026 à 23 h 59
	// mercredi 8 avril 2026 à 23 h 59
}
