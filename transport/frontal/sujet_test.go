package frontal

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// The Subject of a profile is read back whatever its template.
func TestMotifSujet(t *testing.T) {
	const compostage = "2026112122301700001"
	for _, tt := range []struct {
		gabarit, sujet, emetteur, compostage string
		lu                                   bool
	}{
		{"SC{profil.version:6}/{emetteur.numero:14}/{compostage}/{message.paires:5}", "SC000001/00000420788606/" +
			compostage + "/00003", "00000420788606", compostage, true},
		{"[{compostage}] lots de {emetteur.numero} ({message.lots})", "[" + compostage + "] lots de 420788606 (2)",
			"420788606", compostage, true},
		{"00{emetteur.numero:20}+{{x}}", "00" + "00000000000420788606" + "+{x}", "00000000000420788606", "", true},
		{"{compostage}-{compostage}{compression}", compostage + "-" + compostage, "", compostage, true},
		{"PJ.{compostage}", "PJ.2026", "", "", false},
		{"PJ.{compostage}", "PJx" + compostage, "", "", false},
	} {
		g, err := scor.ParseGabarit(tt.gabarit)
		if err != nil {
			t.Fatal(err)
		}
		re, err := motifSujet(g)
		if err != nil {
			t.Fatal(err)
		}
		l := &lecture{f: &Frontal{sujetLot: re}, r: &Recu{Sujet: tt.sujet}}
		l.sujet()
		if l.lots != tt.lu || l.r.Compostage != tt.compostage || l.r.Emetteur != tt.emetteur {
			t.Errorf("%s reads %q: %v, %q, %q", re, tt.sujet, l.lots, l.r.Emetteur, l.r.Compostage)
		}
	}
}
