package papier_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

var info = papier.Info{Date: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}

func jour(a, m, j int) fse.Date {
	d, err := fse.NewDate(a, m, j)
	if err != nil {
		panic(err)
	}
	return d
}

// nirEssai is invented, with a right key.
const nirEssai = "2840375123456"

func facture(t testing.TB, n int, regime string) *fse.Facture {
	t.Helper()
	nir, err := fse.ParseNIR(nirEssai, "")
	if err != nil {
		t.Fatal(err)
	}
	f := &fse.Facture{
		Cle:  fse.CleFacture{Lot: fse.CleLot{Emetteur: "752495234", Numero: 10, Date: jour(2026, 11, 20)}, Numero: n},
		Flux: fse.FluxFSE, Assure: nir, Naissance: "840317", RangNaissance: "1",
		Organisme: fse.Organisme{Regime: regime, Caisse: "751", Centre: "0000"},
		Date:      jour(2026, 11, 19), DatePrescription: jour(2026, 11, 18), Prescripteur: "751234567", NatureAssurance: "10",
	}
	for i := range 3 {
		a := fse.Acte{Code: []string{"PH7", "PH4", "HD7"}[i], Date: f.Date, Executant: "752495234",
			Montant: fse.Montant(1234 * (i + 1)), AMO: fse.Montant(800 * (i + 1)), AMC: fse.Montant(434 * (i + 1)),
			Quantite: i + 1}
		f.Actes = append(f.Actes, a)
		f.Total, f.AMO, f.AMC = f.Total+a.Montant, f.AMO+a.AMO, f.AMC+a.AMC
	}
	f.Patient = f.Total - f.AMO
	f.Lignes = len(f.Actes)
	return f
}

func recapitulatif(t testing.TB, n int) *papier.Recapitulatif {
	r := &papier.Recapitulatif{Emetteur: "752495234", Partenaire: "CABINET DE KINÉSITHÉRAPIE DES TILLEULS",
		Date: jour(2026, 11, 21), Motif: "Aucun accusé de réception après cinq jours ouvrés d'essais."}
	regimes := []string{"01", "02", "01", "03", "99", "94", "04"}
	for i := range n {
		l := papier.LignePapier{Facture: facture(t, 1000+i, regimes[i%len(regimes)]), Pieces: []string{"ordonnance"}}
		if i%3 == 0 {
			l.Pieces = append(l.Pieces, "accord préalable")
		}
		r.Lignes = append(r.Lignes, l)
	}
	return r
}

// papiers are all of the package's, with the template given.
func papiers(t testing.TB) map[string]func(io.Writer) (papier.Resultat, error) {
	ctx := context.Background()
	return map[string]func(io.Writer) (papier.Resultat, error){
		"ticket-vitale": func(w io.Writer) (papier.Resultat, error) {
			return papier.TicketVitale{Facture: facture(t, 4012, "01"), Partenaire: "PHARMACIE DU MARCHÉ"}.WritePDF(ctx, w, nil,
				info)
		},
		"feuille-de-soins": func(w io.Writer) (papier.Resultat, error) {
			f := facture(t, 4013, "01")
			f.Flux = fse.FluxFSEDegradee
			return papier.FeuilleDeSoins{Facture: f, Partenaire: "PHARMACIE DU MARCHÉ", Nom: "LEFÈVRE Hélène"}.WritePDF(ctx, w,
				nil, info)
		},
		"recapitulatif": func(w io.Writer) (papier.Resultat, error) {
			return recapitulatif(t, 130).WritePDF(ctx, w, nil,
				info)
		},
	}
}

func poser(t testing.TB, nom string, b []byte) string {
	t.Helper()
	f := filepath.Join(t.ArtifactDir(), nom) // kept by go test -artifacts
	if err := os.WriteFile(f, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPapiersValidesPDFA(t *testing.T) {
	attendus := map[string][]string{
		"ticket-vitale": {"Ticket Vitale", "000004012", "PHARMACIE DU MARCHÉ", "74,04 €", "2************ **", "Page 1/1",
			"n'est pas un formulaire officiel"},
		"feuille-de-soins": {"Feuille de soins", "2 84 03 75 123 456", "LEFÈVRE Hélène", "17/03/84", "Page 1/1",
			"n'est pas le formulaire Cerfa officiel"},
		"recapitulatif": {"Enveloppe 1 – régime général", "Enveloppe 2 – régime agricole", "Enveloppe 3 – RSI",
			"hors des trois enveloppes", "Cachet du professionnel de santé", "Page 5/5"},
	}
	documents := map[string][]byte{}
	for nom, ecrire := range papiers(t) {
		t.Run(nom, func(t *testing.T) {
			var b, bis bytes.Buffer
			r, err := ecrire(&b)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ecrire(&bis); err != nil || !bytes.Equal(b.Bytes(), bis.Bytes()) {
				t.Errorf("the same data gave two different files (%v)", err)
			}
			if int(r.Octets) != b.Len() || r.Pages == 0 {
				t.Errorf("Resultat of %d bytes, %d pages; wrote %d bytes", r.Octets, r.Pages, b.Len())
			}
			documents[nom] = b.Bytes()
			f := poser(t, nom+".pdf", b.Bytes())
			preflight.QPDF(t, f)
			preflight.PDFA(t, f)
			texte := strings.ReplaceAll(preflight.Texte(t, f), "\u00a0", " ")
			for _, want := range attendus[nom] {
				if !strings.Contains(texte, want) {
					t.Errorf("no %q in:\n%s", want, texte)
				}
			}
		})
	}
	preflight.Reference(t, "testdata/empreintes.txt", documents)
}
