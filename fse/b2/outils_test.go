package b2_test

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// avecCle completes 8 digits with the key of a professional's or establishment's number.
func avecCle(huit int) string {
	for k := range 10 {
		if s := fmt.Sprintf("%08d%d", huit, k); fse.NumeroAM(s).Valide() {
			return s
		}
	}
	return ""
}

func nir(numero string) fse.NIR {
	n, _ := fse.ParseNIR(numero, "")
	return n
}

func date(s string) fse.Date {
	d, _ := fse.ParseAAMMJJ(s)
	return d
}

// tirerFichier draws a file that WriteFichier can write, with totals as reading them gives.
func tirerFichier(t *rapid.T) *fse.Fichier {
	cp := rapid.Bool().Draw(t, "CP")
	f := &fse.Fichier{TypeEmetteur: "TP", Emetteur: "00000" + avecCle(75249523), TypeDestinataire: "CT",
		Destinataire: "00000001011422",
		ID:           rapid.StringMatching(`[A-Z0-9]{6}`).Draw(t, "file"), Date: date("261121")}
	if cp {
		f.TypeEmetteur, f.Norme = "TE", "CP"
	}
	numero := 0
	for i := range rapid.IntRange(1, 3).Draw(t, "lots") {
		l := fse.Lot{Cle: fse.CleLot{Emetteur: avecCle(75249523), Numero: i + 1, Date: date("261120")},
			Destinataire: "422", Norme: f.Norme,
			Partenaire: rapid.StringMatching(`[A-Z]{1,10} [A-Z]{1,10}`).Draw(t, "partner"),
			Flux: rapid.SampledFrom([]fse.Flux{fse.FluxB2, fse.FluxFSE, fse.FluxFSESansVitale,
				fse.FluxFSEDegradee}).Draw(t, "flow")}
		if cp {
			l.Flux = fse.FluxB2
		}
		for range rapid.IntRange(1, 4).Draw(t, "invoices") {
			numero += rapid.IntRange(1, 1000).Draw(t, "step")
			fac := tirerFacture(t, cp, l, numero)
			l.Factures = append(l.Factures, fac)
			l.Total, l.AMO, l.AMC = l.Total+fac.Total, l.AMO+fac.AMO, l.AMC+fac.AMC
		}
		f.Lots = append(f.Lots, l)
	}
	return f
}

func tirerFacture(t *rapid.T, cp bool, l fse.Lot, numero int) fse.Facture {
	f := fse.Facture{Cle: fse.CleFacture{Lot: l.Cle, Numero: numero}, Flux: l.Flux, Destinataire: l.Destinataire,
		Assure:    nir(rapid.StringMatching(`[12][0-9]{2}(0[1-9]|1[0-2])(2A|2B|[1-9][0-9])[0-9]{6}`).Draw(t, "NIR")),
		Naissance: fse.Naissance(rapid.StringMatching(`[1-9][0-9]{5}`).Draw(t, "birth")), RangNaissance: "1",
		Organisme: fse.Organisme{Regime: "01", Caisse: rapid.StringMatching(`[0-9]{3}`).Draw(t, "caisse"),
			Centre: "0000"},
		NatureAssurance: "10", Prescripteur: avecCle(rapid.IntRange(10000000, 99999999).Draw(t, "prescriber"))}
	if cp {
		f.Date, f.Entree, f.Sortie, f.Sejour = l.Cle.Date, date("261001"), date("261014"),
			"S"+rapid.StringMatching(`[0-9]{8}`).Draw(t, "stay")
	} else {
		f.Date, f.DatePrescription = date("261103"), date("260930")
	}
	f.Lignes = rapid.IntRange(1, 4).Draw(t, "lines")
	for i := range f.Lignes {
		m := fse.Montant(rapid.IntRange(1, 99999).Draw(t, "amount"))
		a := fse.Acte{Code: rapid.StringMatching(`[A-Z]{2,5}`).Draw(t, "act"), Date: date("261002"), Montant: m,
			AMO:      m * 65 / 100,
			Quantite: rapid.IntRange(1, 9).Draw(t, "quantity")}
		a.AMC = m - a.AMO
		if !cp || i%2 == 1 {
			a.Executant = avecCle(rapid.IntRange(10000000, 99999999).Draw(t, "performer"))
			if f.Executant == "" {
				f.Executant = a.Executant
			}
		}
		if cp {
			f.DatePrescription = date("260930") // written in a 3S, after the first stay's line
		}
		f.Actes = append(f.Actes, a)
		f.Total, f.AMO, f.AMC = f.Total+a.Montant, f.AMO+a.AMO, f.AMC+a.AMC
	}
	f.Patient = f.Total - f.AMO
	return f
}

func ecrire(t testing.TB, f *fse.Fichier) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriter(&b), f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exemple is a small file of each variant, always the same.
func exemple(t testing.TB, cp bool) []byte {
	t.Helper()
	return ecrire(t, fichierExemple(cp))
}

func fichierExemple(cp bool) *fse.Fichier {
	f := &fse.Fichier{TypeEmetteur: "TP", Emetteur: "00000752495234", TypeDestinataire: "CT",
		Destinataire: "00000001011422", ID: "ESSAI1",
		Date: date("261121")}
	if cp {
		f.TypeEmetteur, f.Norme = "TE", "CP"
	}
	for n := 1; n <= 2; n++ {
		l := fse.Lot{Cle: fse.CleLot{Emetteur: "752495234", Numero: n, Date: date("261121")}, Destinataire: "422",
			Norme:      f.Norme,
			Partenaire: "PARTENAIRE EXEMPLE", Flux: fse.FluxFSE}
		for i := 1; i <= 2; i++ {
			fac := fse.Facture{Cle: fse.CleFacture{Lot: l.Cle, Numero: 1000*n + i}, Assure: nir("2650333082781"),
				Naissance: "650315", RangNaissance: "1",
				Organisme: fse.Organisme{Regime: "01", Caisse: "422", Centre: "0000"}, NatureAssurance: "10", Date: date("261102"),
				Prescripteur: avecCle(75952965), DatePrescription: date("261030"), Entree: date("261101"),
				Sortie: date("261103"), Sejour: "S00000001"}
			if cp {
				fac.Actes = append(fac.Actes, fse.Acte{Code: "GHS", Date: date("261101"), Montant: 200000, AMO: 160000,
					AMC: 40000, Quantite: 1})
			}
			fac.Actes = append(fac.Actes, fse.Acte{Code: "PH7", Date: date("261102"), Executant: "752495234", Montant: 6706,
				AMO: 4358, AMC: 2348, Quantite: 1})
			l.Factures = append(l.Factures, fac)
		}
		f.Lots = append(f.Lots, l)
	}
	return f
}

// enregistrements cuts a file without line ends.
func enregistrements(b []byte) [][]byte {
	var rr [][]byte
	for len(b) > 0 {
		rr = append(rr, b[:b2.Longueur:b2.Longueur])
		b = b[b2.Longueur:]
	}
	return rr
}

func codes(constats []b2.Constat) []string {
	cc := []string{}
	for _, c := range constats {
		cc = append(cc, c.Code)
	}
	return cc
}
