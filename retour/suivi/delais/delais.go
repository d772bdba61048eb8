// Package delais counts the delays of the conventions: hours, calendar days, working days, months, with the French
// public holidays of the Code du travail (art. L3133-1) and, for Alsace-Moselle, the two more of local law (art.
// L3134-13): Good Friday, where there is a Protestant temple or a mixed church, and 26 December.
//
// A delay in days ends at the end of its last day, in French legal time: who had "5 days" on Monday at 10 has until
// Saturday midnight. The day of the event doesn't count (the rule of art. 641 of the Code de procédure civile, taken
// here for every delay; the conventions don't say how they count). A delay in working days never counts, and so never
// ends on, a day off. A delay in months ends on the same day of the month, or on the month's last (art. 641).
package delais

import (
	"fmt"
	"time"
	_ "time/tzdata" // French legal time on machines without the tables

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/fr"
)

// Unite of a delay; the values are the profile's.
type Unite string

const (
	Heures         Unite = "heures"
	Jours          Unite = "jours"
	JoursOuvres    Unite = "jours-ouvres"    // Monday to Friday, but public holidays
	JoursOuvrables Unite = "jours-ouvrables" // Monday to Saturday, but public holidays
	Mois           Unite = "mois"
)

// Calendrier knows the days off of a place.
type Calendrier struct {
	feries []*cal.Holiday
	lieu   *time.Location
}

var paris = func() *time.Location {
	l, err := time.LoadLocation("Europe/Paris")
	if err != nil { // can't be: time/tzdata is linked
		return time.UTC
	}
	return l
}()

var (
	vendrediSaint = &cal.Holiday{Name: "Vendredi saint", Offset: -2, Func: cal.CalcEasterOffset}
	saintEtienne  = &cal.Holiday{Name: "Saint-Étienne", Month: time.December, Day: 26, Func: cal.CalcDayOfMonth}
)

// France is the calendar of the whole country but Alsace-Moselle.
func France() *Calendrier { return &Calendrier{feries: fr.Holidays, lieu: paris} }

// AlsaceMoselle is that of Bas-Rhin, Haut-Rhin and Moselle.
func AlsaceMoselle() *Calendrier {
	return &Calendrier{feries: append(append([]*cal.Holiday(nil), fr.Holidays...), vendrediSaint, saintEtienne),
		lieu: paris}
}

// Ferie names the public holiday of t's day, "" when it is none.
func (c *Calendrier) Ferie(t time.Time) string {
	a, m, j := t.In(c.lieu).Date()
	for _, f := range c.feries {
		if d, _ := f.Calc(a); d.Month() == m && d.Day() == j {
			return f.Name
		}
	}
	return ""
}

func (c *Calendrier) chome(t time.Time, samedi bool) bool {
	switch t.Weekday() {
	case time.Sunday:
		return true
	case time.Saturday:
		if samedi {
			return true
		}
	}
	return c.Ferie(t) != ""
}

// Apres is the last instant of a delay of n that begins at t. An unknown unit counts as calendar days.
func (c *Calendrier) Apres(t time.Time, n int, u Unite) time.Time {
	t = t.In(c.lieu)
	switch u {
	case Heures:
		return t.Add(time.Duration(n) * time.Hour)
	case Mois:
		a, m, j := t.Date()
		fin := time.Date(a, m+time.Month(n)+1, 0, 0, 0, 0, 0, c.lieu) // last day of the month aimed at
		return c.minuit(time.Date(fin.Year(), fin.Month(), min(j, fin.Day()), 0, 0, 0, 0, c.lieu))
	case JoursOuvres, JoursOuvrables:
		d := t
		for n > 0 {
			d = d.AddDate(0, 0, 1)
			if !c.chome(d, u == JoursOuvres) {
				n--
			}
		}
		return c.minuit(d)
	}
	return c.minuit(t.AddDate(0, 0, n))
}

// minuit is the last microsecond of t's day.
func (c *Calendrier) minuit(t time.Time) time.Time {
	a, m, j := t.Date()
	return time.Date(a, m, j+1, 0, 0, 0, 0, c.lieu).Add(-time.Microsecond)
}

// Lisible writes an instant as people read it: "mardi 3 mars 2026 à 18 h 00".
func (c *Calendrier) Lisible(t time.Time) string {
	t = t.In(c.lieu)
	s := fmt.Sprintf("%s %d %s %d", jours[t.Weekday()], t.Day(), mois[t.Month()-1], t.Year())
	if t.Day() == 1 {
		s = fmt.Sprintf("%s 1er %s %d", jours[t.Weekday()], mois[t.Month()-1], t.Year())
	}
	return fmt.Sprintf("%s à %d h %02d", s, t.Hour(), t.Minute())
}

var (
	jours = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	mois  = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
		"novembre", "décembre"}
)

// Local is t in French legal time.
func (c *Calendrier) Local(t time.Time) time.Time { return t.In(c.lieu) }
