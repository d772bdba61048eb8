package b2_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

type factureVraie struct {
	Numero           int    `json:"numero"`
	NIR              string `json:"nir"`
	Cle              string `json:"cle"`
	Date             string `json:"date"`
	Prescripteur     string `json:"prescripteur"`
	DatePrescription string `json:"date_prescription"`
	Entree           string `json:"entree"`
	Sortie           string `json:"sortie"`
	Montant          int64  `json:"montant_centimes"`
	AMO              int64  `json:"amo"`
	AMC              int64  `json:"amc"`
	Lignes           int    `json:"lignes"`
}

type lotVrai struct {
	Lot      int            `json:"lot"`
	Factures []factureVraie `json:"factures"`
}

func lire(t testing.TB, chemin string) *fse.Fichier {
	t.Helper()
	f, constats, err := b2.ParseFichier(bytes.NewReader(octets(t, chemin)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range constats {
		if c.Gravite > b2.Information {
			t.Errorf("%s: %v", chemin, &c)
		}
	}
	return f
}

// Files of a billing program in use: number, key, amount and lines of every invoice.
func TestVeriteProgramme(t *testing.T) {
	var vrais []struct {
		Fichier      string `json:"fichier"`
		Regime       string `json:"regime"`
		Destinataire string `json:"destinataire"`
		lotVrai
	}
	lireJSON(t, partage(t, "data/b2/truth.json"), &vrais)
	for _, v := range vrais {
		t.Run(v.Fichier, func(t *testing.T) {
			f := lire(t, partage(t, "data/b2/"+v.Fichier))
			if len(f.Lots) != 1 {
				t.Fatalf("%d lots, want 1", len(f.Lots))
			}
			l := f.Lots[0]
			got := lotVrai{Lot: l.Cle.Numero}
			for _, fac := range l.Factures {
				got.Factures = append(got.Factures, factureVraie{Numero: fac.Cle.Numero, NIR: fac.Assure.Numero(),
					Cle: fac.Assure.Cle(), Montant: int64(fac.Total), Lignes: fac.Lignes})
				if fac.Organisme.Regime != v.Regime {
					t.Errorf("invoice %d: régime %s, want %s", fac.Cle.Numero, fac.Organisme.Regime, v.Regime)
				}
			}
			if diff := cmp.Diff(v.lotVrai, got); diff != "" {
				t.Error(diff)
			}
			if l.Destinataire != v.Destinataire {
				t.Errorf("destinataire %s, want %s", l.Destinataire, v.Destinataire)
			}
		})
	}
}

// Files written from the norm, both variants.
func TestVeriteNorme(t *testing.T) {
	var vrais struct {
		B2 []struct {
			Fichier       string    `json:"fichier"`
			Variante      string    `json:"variante"`
			Emetteur      string    `json:"emetteur"`
			Certification string    `json:"certification"`
			Lots          []lotVrai `json:"lots"`
		} `json:"b2"`
	}
	lireJSON(t, partage(t, "data/normes/truth.json"), &vrais)
	flux := map[string]fse.Flux{"S": fse.FluxFSE, "D": fse.FluxFSEDegradee, "": fse.FluxB2}
	for _, v := range vrais.B2 {
		t.Run(v.Fichier, func(t *testing.T) {
			f := lire(t, partage(t, "data/normes/"+v.Fichier))
			var got []lotVrai
			for _, l := range f.Lots {
				if l.Cle.Emetteur != v.Emetteur || l.Flux != flux[v.Certification] {
					t.Errorf("lot %d: emetteur %s, flux %s", l.Cle.Numero, l.Cle.Emetteur, l.Flux)
				}
				lv := lotVrai{Lot: l.Cle.Numero}
				for _, fac := range l.Factures {
					x := factureVraie{Numero: fac.Cle.Numero, NIR: fac.Assure.Numero(), Cle: fac.Assure.Cle(),
						Montant: int64(fac.Total), AMO: int64(fac.AMO), AMC: int64(fac.AMC), Lignes: fac.Lignes}
					if v.Variante == "PS" {
						x.Date, x.Prescripteur, x.DatePrescription = fac.Date.AAMMJJ(), fac.Prescripteur, fac.DatePrescription.AAMMJJ()
					} else {
						x.Entree, x.Sortie = fac.Entree.AAMMJJ(), fac.Sortie.AAMMJJ()
					}
					lv.Factures = append(lv.Factures, x)
				}
				got = append(got, lv)
			}
			if diff := cmp.Diff(v.Lots, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
