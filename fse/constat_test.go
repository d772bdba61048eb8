package fse_test

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// A finding says its place in the log and to the person, and only what it has of it: no empty brackets, no "record 0".
func TestConstatLieu(t *testing.T) {
	for _, c := range []struct {
		nom, erreur, phrase string
		constat             fse.Constat
	}{
		{"fichier", "b2: vide", "Le fichier est vide.", fse.Constat{Code: "vide", Lieu: fse.Lieu{Format: "b2"},
			Message: "Le fichier est vide."}},
		{"zone", "b2: date: record 3, type 2, zone soin, offset 256: read xx, expected AAMMJJ",
			"enregistrement 3 (type 2, zone soin) : Date fausse.",
			fse.Constat{Code: "date", Lieu: fse.Lieu{Format: "b2", Rang: 3, Type: "2", Zone: "soin", Offset: 256}, Lu: "xx",
				Attendu: "AAMMJJ",
				Message: "Date fausse."}},
		{"rang", "x: record 1, offset 0", "enregistrement 1 : Court.", fse.Constat{Code: "x", Lieu: fse.Lieu{Rang: 1},
			Message: "Court."}},
	} {
		t.Run(c.nom, func(t *testing.T) {
			if got := c.constat.Error(); got != c.erreur {
				t.Errorf("Error: %q, want %q", got, c.erreur)
			}
			if got := c.constat.String(); got != c.phrase {
				t.Errorf("String: %q, want %q", got, c.phrase)
			}
		})
	}
}
