package lot

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// The hour at which a file was made is read back, whether it is written with the day or apart; without it, nothing is
// made up.
func TestHeureDuFichier(t *testing.T) {
	const debut = "etend: reference\nprofil: heure\nversion: \"1\"\nsource: essai\nlimites: {lots_par_message: 1}\nlot:\n" +
		"  codage: delimite\n  enregistrements:\n    - nom: H\n      zones: [{nom: T, valeur: H}, "
	const fin = "]\n    - nom: P\n      pour: piece\n      zones: [{nom: T, valeur: P}, {nom: Id, donnee: piece.id, presence: O}]\n"
	for zones, veut := range map[string]time.Duration{
		`{nom: D, donnee: fichier.date, format: "AAAA-MM-JJTHH:MN:SS"}`: 17*time.Hour + 4*time.Minute + 9*time.Second,
		`{nom: D, donnee: fichier.date, format: "AAAAJJJ HHhMN"}`:       17*time.Hour + 4*time.Minute,
		`{nom: D, donnee: fichier.date, format: AAMMJJ}`:                0,
	} {
		p, err := scor.ParseProfil(strings.NewReader(debut+zones+fin), "heure.yaml")
		if err != nil {
			t.Fatal(err)
		}
		f := Fichier{Date: date(t, "261122"), Heure: 17*time.Hour + 4*time.Minute + 9*time.Second,
			Lots: []Lot{{Paires: []Paire{{Piece: scor.Piece{ID: "ORD-1", Type: "ordonnance", Reference: "ORD-0"}}}}}}
		var b bytes.Buffer
		if err := f.Encode(&b, p); err != nil {
			t.Fatal(err)
		}
		lu, err := Decode(&b, p)
		if err != nil || lu.Date != f.Date || lu.Heure != veut {
			t.Errorf("%s: %v %v, want %v (%v)", zones, lu.Date, lu.Heure, veut, err)
		}
	}
}
