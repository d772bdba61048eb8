package papier_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// TestNom protects the door: what is let in is one text for one look, and what no document shows as it is written is
// told with its place.
func TestNom(t *testing.T) {
	for _, c := range []struct{ tape, pris string }{
		{"  Zoe\u0308 Dubois ", "Zoë Dubois"},
		{"Ho\u0302\u0300 Thi\u0323", "H\u1ed3 Thị"},
		{"\u202aAnne\u202c \u2068Morel\u2069", "Anne Morel"}, // as telephones copy a contact
		{"\ufeffAnne\u200b-Ma\u00adrie", "Anne-Marie"},
		{"e\u034f\u0301", "é"},
		{"Dr\u00a0Anne\u202fMorel\u3000", "Dr Anne Morel"},
		{"می\u200cخواهم", "می\u200cخواهم"}, // Persian joins otherwise without it
		{"An\u200dne", "Anne"},
	} {
		if nom, err := papier.Nom(c.tape, papier.NomMax); nom != c.pris || err != nil {
			t.Errorf("%+q: %+q, %v", c.tape, nom, err)
		}
	}
	for _, c := range []struct {
		tape string
		r    rune
		rang int
	}{
		{"Dr अनिल", 'अ', 4}, {"Dr 王芳", '王', 4}, {"박서연", '박', 1}, {"さくら", 'さ', 1}, {"Anne 🙂", '🙂', 6},
		{"Anne\u202eeiraM", 0x202e, 5}, {"An\u202dne\u202c", 0x202d, 3}, {"An\u0000ne", 0, 3}, {"An\tne", '\t', 3},
		{"An\u2028ne", 0x2028, 3}, {"Rene\ufffd", 0xfffd, 5}, {"Ren\xe9", 0xfffd, 4}, {"\ue001nne", 0xe001, 1},
	} {
		_, err := papier.Nom(c.tape, papier.NomMax)
		var e *papier.ErreurCaractere
		if !errors.As(err, &e) || e.Rune != c.r || e.Rang != c.rang || strings.Contains(err.Error(), "nne") {
			t.Errorf("%+q: %v", c.tape, err)
		}
	}
	if vu := papier.Visible("An\u202ene\a"); vu != "An\ufffdne\ufffd" {
		t.Errorf("%+q", vu)
	}
}

// TestNomsDe200 protects that the longest name which is let in is whole on each paper, whatever its letters.
func TestNomsDe200(t *testing.T) {
	f := facture(t, 4012, "01")
	for _, nom := range []string{strings.Repeat("W", 200), strings.Repeat("Đặng Ngọc ", 20), strings.Repeat("مريم ", 40)} {
		nom, err := papier.Nom(nom, papier.NomMax)
		if err != nil {
			t.Fatal(err)
		}
		mot := strings.Fields(nom)[0]
		if strings.HasPrefix(mot, "W") {
			mot = "W"
		}
		for i, ecrire := range []func(*bytes.Buffer) error{
			func(b *bytes.Buffer) error {
				_, err := papier.TicketVitale{Facture: f, Partenaire: nom}.WritePDF(t.Context(), b, nil, info)
				return err
			},
			func(b *bytes.Buffer) error {
				_, err := papier.FeuilleDeSoins{Facture: f, Partenaire: "CABINET", Nom: nom}.WritePDF(t.Context(), b, nil, info)
				return err
			},
			func(b *bytes.Buffer) error {
				r := papier.Recapitulatif{Partenaire: nom, Lignes: []papier.LignePapier{{Facture: f}}}
				_, err := r.WritePDF(
					t.Context(), b, nil, info)
				return err
			},
		} {
			var b bytes.Buffer
			if err := ecrire(&b); err != nil {
				t.Errorf("paper %d, %s: %v", i, mot, err)
				continue
			}
			lu := preflight.Texte(t, poser(t, "long.pdf", b.Bytes()))
			if n, want := strings.Count(lu, mot), strings.Count(nom, mot); n < want {
				t.Errorf("paper %d: %d times %s, of %d", i, n, mot, want)
			}
		}
	}
}
