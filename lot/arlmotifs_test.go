package lot

import (
	"errors"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

func profilMotifs(t testing.TB) *scor.Profil {
	t.Helper()
	p, err := scor.ParseProfil(strings.NewReader(`etend: reference
profil: motifs
version: "1"
source: essai
retours:
  arl:
    reconnaissance: {sujet: '^(?:(?P<positif>Reçu)|(?P<negatif>Refusé))', description: ""}
    fichier: {codage: motifs}
    texte: '(?s)lot (?P<lot>\d+) du (?P<lot_date>[^,]+), code (?P<code>\d{4})'
    texte_piece: '(?m)^- (?:n° (?P<rang>\d+)|(?P<piece>\S+)) : (?P<code>\d{4})(?: (?P<libelle>.+))?$'
`), "motifs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// An answer without a file: its sense is the Subject's, the lot and the pieces at fault are the text's.
func TestARLParMotifs(t *testing.T) {
	p := profilMotifs(t)
	f := &p.Retours.ARL
	sans := func(string) string { return "" }
	texte := "Bonjour,\r\nlot 12 du 28 novembre 2026, code 1000\r\n\r\n- ORD-7 : 2001 Illisible\n- n° 3 : 2001\n"
	a, err := LireARLParMotifs(f, p, "Refusé", sans, texte)
	if err != nil {
		t.Fatal(err)
	}
	if a.Positif || a.Lot.Numero != 12 || a.Lot.Date != date(t, "261128") || a.Code != "1000" || a.ParPiece ||
		len(a.Pieces) != 2 || a.Pieces[0] != (PieceARL{ID: "ORD-7", Code: "2001", Libelle: "Illisible"}) ||
		a.Pieces[1] != (PieceARL{Rang: 3, Code: "2001"}) {
		t.Errorf("%+v", a)
	}
	if a, err := LireARLParMotifs(f, p, "Reçu", sans, texte); err != nil || !a.Positif {
		t.Errorf("%+v, %v", a, err)
	}
	// What tells neither what is answered nor how is no answer.
	for sujet, texte := range map[string]string{"Reçu": "Bonjour", "Bonjour": texte,
		"Refusé": "lot 99999999999999999999 du 28/11/2026, code 1000"} {
		if a, err := LireARLParMotifs(f, p, sujet, sans, texte); !errors.Is(err, ErrMotifs) {
			t.Errorf("%q %q: %+v, %v", sujet, texte, a, err)
		}
	}
}

// The type of a part may have parameters, in the profile or in what comes.
func TestTypeAvecParametres(t *testing.T) {
	for _, cas := range [][2]string{{"text/plain", "text/plain; charset=ibm850"}, {"Text/Plain;charset=x", "text/plain"}} {
		if !memeType(cas[0], cas[1]) || memeType(cas[0], "text/csv") {
			t.Errorf("%v", cas)
		}
	}
}

// Whatever comes, it is an error or an answer that names what it answers, and says of each piece which one it is.
func FuzzARLParMotifs(f *testing.F) {
	p := profilMotifs(f)
	f.Add("Refusé", "lot 12 du 28 novembre 2026, code 1000\n- ORD-7 : 2001 Illisible\n- n° 3 : 2001\n")
	f.Add("Reçu", "lot 1 du 261128, code 0000")
	f.Fuzz(func(t *testing.T, sujet, texte string) {
		a, err := LireARLParMotifs(&p.Retours.ARL, p, sujet, func(string) string { return "" }, texte)
		if err != nil {
			return
		}
		if a.Lot.Numero <= 0 {
			t.Errorf("answers nothing: %+v", a)
		}
		for _, x := range a.Pieces {
			if x.ID == "" && x.Rang <= 0 {
				t.Errorf("of no piece: %+v", x)
			}
		}
	})
}
