package papier_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// The barcode of a separator sheet names its invoice, and one digit misread or two exchanged name none.
func TestEtiquette(t *testing.T) {
	d, err := fse.NewDate(2026, 10, 21)
	if err != nil {
		t.Fatal(err)
	}
	c := fse.CleFacture{Lot: fse.CleLot{Emetteur: "751143488", Numero: 4, Date: d}, Numero: 104001}
	e := papier.Etiquette(c)
	if lu, err := papier.ParseEtiquette(e); err != nil || lu != c {
		t.Fatalf("%q: %v, %v", e, lu, err)
	}
	for i := 6; i < len(e); i++ {
		b := []byte(e)
		b[i] = '0' + (b[i]-'0'+3)%10
		if _, err := papier.ParseEtiquette(string(b)); !errors.Is(err, papier.ErrEtiquette) {
			t.Errorf("digit %d misread: %v", i, err)
		}
	}
	for _, faux := range []string{"", "SCORPJ", e + "0", e[:35], e[6:], "SCORPJ" + "75114348x" + e[15:]} {
		if _, err := papier.ParseEtiquette(faux); err == nil {
			t.Errorf("%q taken for a separator's", faux)
		}
	}
	var b bytes.Buffer
	r, err := papier.FeuilleSeparatrice{Facture: c}.WritePDF(t.Context(), &b, nil, papier.Info{Date: time.Unix(0, 0)})
	if err != nil || r.Pages != 1 {
		t.Fatalf("%d pages, %v", r.Pages, err)
	}
	c.Lot.Emetteur = "75 é"
	if _, err := (papier.FeuilleSeparatrice{Facture: c}).WritePDF(t.Context(), &b, nil, papier.Info{}); err == nil {
		t.Error("a sender that no barcode of ours names was printed")
	}
}

func FuzzEtiquette(f *testing.F) {
	f.Add("SCORPJ751143488104202610210001040016")
	f.Add("SCORPJ000000000000000000000000000000")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := papier.ParseEtiquette(s); err == nil && papier.Etiquette(c) != s {
			t.Errorf("%q read, %q written", s, papier.Etiquette(c))
		}
	})
}
