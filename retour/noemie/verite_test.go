package noemie_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

func partage(t testing.TB, nom string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", nom))
	if err != nil {
		t.Skip("../shared is not here")
	}
	return b
}

var retours = []string{"r1-blocs-riche.noe", "r2-flux-riche.noe", "r3-blocs-ancien.noe", "r4-flux-ancien.noe"}

type factureVraie struct {
	Lot        int         `json:"lot"`
	DateLot    string      `json:"date_lot"`
	Numero     int         `json:"numero"`
	Etat       string      `json:"etat"`
	DemandeAMO *int64      `json:"demande_amo"`
	PayeAMO    *int64      `json:"paye_amo"`
	DemandeAMC *int64      `json:"demande_amc"`
	PayeAMC    *int64      `json:"paye_amc"`
	Motifs     [][2]string `json:"motifs"`
}

func vraie(f *noemie.Reponse) factureVraie {
	v := factureVraie{Lot: f.Cle.Lot, DateLot: f.Cle.DateLot.AAMMJJ(), Numero: f.Cle.Numero, Etat: f.Etat.String(),
		Motifs: [][2]string{}}
	cents := func(m fse.Montant) *int64 { n := int64(m); return &n }
	if p := f.AMO; p != nil {
		v.PayeAMO = cents(p.Paye)
		if p.DemandeConnue {
			v.DemandeAMO = cents(p.Demande)
		}
	}
	if p := f.AMC; p != nil {
		v.PayeAMC = cents(p.Paye)
		if p.DemandeConnue {
			v.DemandeAMC = cents(p.Demande)
		}
	}
	for _, m := range f.Motifs {
		v.Motifs = append(v.Motifs, [2]string{m.Code, m.Libelle})
	}
	return v
}

// Both packings and both forms, read to exactly what was written in them.
func TestVerite(t *testing.T) {
	var vrais struct {
		RSP []struct {
			Fichier  string         `json:"fichier"`
			Factures []factureVraie `json:"factures"`
		} `json:"rsp"`
	}
	if err := json.Unmarshal(partage(t, "data/normes/truth.json"), &vrais); err != nil {
		t.Fatal(err)
	}
	for _, v := range vrais.RSP {
		t.Run(v.Fichier, func(t *testing.T) {
			r, constats, err := noemie.Parse(bytes.NewReader(partage(t, "data/normes/"+v.Fichier)))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range constats {
				t.Errorf("%v", &c)
			}
			var got []factureVraie
			for i := range r.Factures {
				got = append(got, vraie(&r.Factures[i]))
				if s := r.Factures[i].Versement; s.Libelles[0] != "VIR CPAM EXEMPLE" || s.Payeur != "751" ||
					s.Date.AAMMJJ() != "261120" {
					t.Errorf("transfer %+v", *s)
				}
			}
			if diff := cmp.Diff(v.Factures, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Entities read then written give the same bytes.
func TestIdentite(t *testing.T) {
	for _, nom := range retours {
		t.Run(nom, func(t *testing.T) {
			b := partage(t, "data/normes/"+nom)
			if got := recopier(t, b); !bytes.Equal(got, b) {
				t.Error(cmp.Diff(string(b), string(got)))
			}
		})
	}
}

func recopier(t testing.TB, b []byte) []byte {
	t.Helper()
	r := noemie.NewReader(bytes.NewReader(b))
	var w *noemie.Writer
	var buf bytes.Buffer
	for e, err := range r.Entites() {
		if err != nil {
			t.Fatal(err)
		}
		if w == nil {
			w = noemie.NewWriter(&buf, r.Emballage())
		}
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	return buf.Bytes()
}
