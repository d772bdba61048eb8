package b2_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// In the example of the PS variant, records are: 1 header, 2 lot, 3 4 5 and 6 7 8 invoices (types 2, 4, 5), 9 end of
// lot, 10 to 17 the second lot, 18 end. That of CP has 2, 3, 3S, 4, 5 in an invoice: 3 to 7 and 8 to 12, lot end 13,
// and so on to 26.

type degat struct {
	nom          string
	cp           bool
	rec, col     int    // record, first column; 0 for a change of the whole
	valeur       string // what is written there
	change       func([][]byte) [][]byte
	code         string
	enr          int // where the finding is
	zone         string
	portee       b2.Portee
	autresPermis []string
}

func retire(i int) func([][]byte) [][]byte {
	return func(rr [][]byte) [][]byte { return slices.Delete(rr, i-1, i) }
}

var degats = []degat{
	{nom: "total of the invoice", rec: 5, col: 58, valeur: "00006707", code: "total-facture", enr: 5, zone: "total",
		portee: b2.PorteeFacture, autresPermis: []string{"lot-total"}},
	{nom: "AMO of the invoice", rec: 5, col: 66, valeur: "00004359", code: "total-amo", enr: 5, zone: "total_amo",
		portee: b2.PorteeFacture, autresPermis: []string{"lot-amo"}},
	{nom: "AMC of the invoice", rec: 5, col: 82, valeur: "00002349", code: "total-amc", enr: 5, zone: "total_amc",
		portee: b2.PorteeFacture, autresPermis: []string{"lot-amc"}},
	{nom: "share of the insured", rec: 5, col: 74, valeur: "00002349", code: "total-assure", enr: 5,
		zone: "total_assure", portee: b2.PorteeFacture},
	{nom: "count of lines", rec: 5, col: 39, valeur: "002", code: "facture-lignes", enr: 5, zone: "lignes",
		portee: b2.PorteeFacture},
	{nom: "amount of a line", rec: 4, col: 113, valeur: "0006707", code: "total-facture", enr: 5, zone: "total",
		portee: b2.PorteeFacture, autresPermis: []string{"total-assure"}},
	{nom: "letter in an amount", rec: 4, col: 113, valeur: "00067X6", code: "zone", enr: 4, zone: "montant",
		portee: b2.PorteeFacture, autresPermis: []string{"total-facture", "total-assure"}},
	{nom: "key of the NIR", rec: 3, col: 25, valeur: "04", code: "nir", enr: 3, zone: "nir", portee: b2.PorteeFacture,
		autresPermis: []string{"cle-facture"}},
	{nom: "NIR of zeros", rec: 3, col: 12, valeur: "000000000000000", code: "nir", enr: 3, zone: "nir",
		portee: b2.PorteeFacture, autresPermis: []string{"cle-facture"}},
	{nom: "NIR of a line", rec: 4, col: 12, valeur: "2650333082782", code: "cle-facture", enr: 4, zone: "nir",
		portee: b2.PorteeFacture},
	{nom: "number of a line's invoice", rec: 4, col: 27, valeur: "000001009", code: "cle-facture", enr: 4,
		zone: "facture", portee: b2.PorteeFacture},
	{nom: "key of the prescriber", rec: 3, col: 59, valeur: "759529650", code: "cle-numero", enr: 3,
		zone: "prescripteur", portee: b2.PorteeFacture},
	{nom: "key of the performer", rec: 4, col: 55, valeur: "752495235", code: "cle-numero", enr: 4, zone: "executant",
		portee: b2.PorteeFacture},
	{nom: "partner of the invoice", rec: 3, col: 2, valeur: "420788606", code: "partenaire", enr: 3,
		zone: "partenaire", portee: b2.PorteeFacture, autresPermis: []string{"cle-facture"}},
	{nom: "date of prescription", rec: 3, col: 68, valeur: "261330", code: "date", enr: 3, zone: "date_prescription",
		portee: b2.PorteeFacture},
	{nom: "number used twice", rec: 6, col: 27, valeur: "000001001", code: "facture-en-double", enr: 6,
		zone: "facture", portee: b2.PorteeFacture, autresPermis: []string{"cle-facture"}},
	{nom: "exit before entry", cp: true, rec: 3, col: 109, valeur: "261031", code: "sejour", enr: 3, zone: "sortie",
		portee: b2.PorteeFacture},
	{nom: "base of the stay", cp: true, rec: 7, col: 42, valeur: "00200001", code: "base-sejour", enr: 7,
		zone: "base_sejour", portee: b2.PorteeFacture},
	{nom: "fees", cp: true, rec: 7, col: 58, valeur: "00006707", code: "total-facture", enr: 7,
		zone: "total_honoraires", portee: b2.PorteeFacture, autresPermis: []string{"lot-total"}},
	{nom: "stay", cp: true, rec: 7, col: 115, valeur: "00200001", code: "total-facture", enr: 7, zone: "total_sejour",
		portee: b2.PorteeFacture, autresPermis: []string{"lot-total"}},
	{nom: "control character", rec: 2, col: 30, valeur: "\x01", code: "zone", enr: 2, zone: "nom_partenaire",
		portee: b2.PorteeLot},
	{nom: "number of the lot", rec: 9, col: 52, valeur: "007", code: "lot-numero", enr: 9, zone: "lot",
		portee: b2.PorteeLot},
	{nom: "count of invoices", rec: 9, col: 11, valeur: "003", code: "lot-factures", enr: 9, zone: "factures",
		portee: b2.PorteeLot},
	{nom: "count of acts", rec: 9, col: 14, valeur: "0003", code: "lot-lignes", enr: 9, zone: "lignes",
		portee: b2.PorteeLot},
	{nom: "count of types 2", rec: 9, col: 18, valeur: "0003", code: "lot-types-2", enr: 9, zone: "types_2",
		portee: b2.PorteeLot},
	{nom: "count of types 5", rec: 9, col: 22, valeur: "003", code: "lot-types-5", enr: 9, zone: "types_5",
		portee: b2.PorteeLot},
	{nom: "total of the lot", rec: 9, col: 25, valeur: "000013413", code: "lot-total", enr: 9, zone: "total",
		portee: b2.PorteeLot},
	{nom: "AMO of the lot", rec: 9, col: 34, valeur: "000008717", code: "lot-amo", enr: 9, zone: "total_amo",
		portee: b2.PorteeLot},
	{nom: "AMC of the lot", rec: 9, col: 43, valeur: "000004697", code: "lot-amc", enr: 9, zone: "total_amc",
		portee: b2.PorteeLot},
	{nom: "partner of the lot's end", rec: 9, col: 2, valeur: "420788606", code: "lot-partenaire", enr: 9,
		zone: "partenaire", portee: b2.PorteeLot},
	{nom: "norm of the lot", cp: true, rec: 2, col: 79, valeur: "  ", code: "norme", enr: 2, zone: "norme",
		portee: b2.PorteeLot},
	{nom: "version of the lot", rec: 2, col: 70, valeur: "B3", code: "version", enr: 2, zone: "version",
		portee: b2.PorteeLot},
	{nom: "lot dated after the file", rec: 2, col: 72, valeur: "261122", code: "date-lot", enr: 2, zone: "date_lot",
		portee: b2.PorteeLot},
	{nom: "lot without a date", rec: 2, col: 72, valeur: "26AB22", code: "zone", enr: 2, zone: "date_lot",
		portee: b2.PorteeLot},
	{nom: "addressee of the lot", rec: 2, col: 17, valeur: "423", code: "destinataire", enr: 2, zone: "organisme",
		portee: b2.PorteeLot},
	{nom: "count of records", rec: 18, col: 56, valeur: "00000019", code: "fichier-enregistrements", enr: 18,
		zone: "enregistrements", portee: b2.PorteeFichier},
	{nom: "count of lots", rec: 18, col: 83, valeur: "003", code: "fichier-lots", enr: 18, zone: "lots",
		portee: b2.PorteeFichier},
	{nom: "identity of the file", rec: 18, col: 50, valeur: "AUTRE1", code: "fichier-identite", enr: 18,
		zone: "fichier", portee: b2.PorteeFichier},
	{nom: "norm of the DRE", rec: 1, col: 62, valeur: "DR73", code: "dre-non-verifiee", enr: 2, portee: b2.PorteeLot,
		change:       func(rr [][]byte) [][]byte { rr[1][80] = ' '; rr[9][80] = ' '; return rr },
		autresPermis: []string{"dre-non-verifiee"}},
	{nom: "no total", change: retire(5), code: "facture-sans-total", enr: 4, portee: b2.PorteeFacture,
		autresPermis: []string{"lot-types-5", "fichier-enregistrements"}},
	{nom: "no line", change: retire(4), code: "facture-sans-ligne", enr: 4, portee: b2.PorteeFacture,
		autresPermis: []string{"total-facture", "total-amo", "total-amc", "facture-lignes", "total-assure",
			"lot-lignes", "fichier-enregistrements"}},
	{nom: "no end of lot", change: retire(9), code: "lot-sans-fin", enr: 9, portee: b2.PorteeLot,
		autresPermis: []string{"fichier-enregistrements"}},
	{nom: "no end of file", change: retire(18), code: "fichier-sans-fin", enr: 17, portee: b2.PorteeFichier},
	{nom: "no header", change: retire(1), code: "entete-absent", enr: 1, portee: b2.PorteeFichier,
		autresPermis: []string{"fichier-enregistrements"}},
	{nom: "cut in a lot", change: func(rr [][]byte) [][]byte { return rr[:14] }, code: "lot-sans-fin", enr: 14,
		portee:       b2.PorteeLot,
		autresPermis: []string{"fichier-sans-fin", "facture-sans-total", "facture-sans-ligne"}},
	{nom: "cut in a record", change: func(rr [][]byte) [][]byte { rr[13] = rr[13][:60]; return rr[:14] },
		code: "longueur", enr: 14, portee: b2.PorteeFichier,
		autresPermis: []string{"fichier-sans-fin", "lot-sans-fin", "facture-sans-total", "facture-sans-ligne", "cle-numero"}},
	{nom: "second header", change: func(rr [][]byte) [][]byte { return slices.Insert(rr, 9, rr[0]) }, code: "ordre",
		enr: 10, portee: b2.PorteeFichier, autresPermis: []string{"fichier-enregistrements"}},
	{nom: "after the end", change: func(rr [][]byte) [][]byte { return append(rr, rr[17]) }, code: "ordre", enr: 19,
		portee: b2.PorteeFichier, autresPermis: []string{"fichier-enregistrements"}},
	{nom: "invoice outside a lot", change: func(rr [][]byte) [][]byte {
		return slices.Insert(rr, 9, rr[2], rr[3],
			rr[4])
	}, code: "ordre", enr: 10, portee: b2.PorteeFichier,
		autresPermis: []string{"fichier-enregistrements", "facture-en-double"}},
	{nom: "lines without their header", change: retire(3), code: "ordre", enr: 3, portee: b2.PorteeFichier,
		autresPermis: []string{"fichier-enregistrements", "lot-factures", "lot-lignes", "lot-types-2", "lot-types-5",
			"lot-total", "lot-amo", "lot-amc"}},
	{nom: "complement without its line", cp: true, change: func(rr [][]byte) [][]byte {
		rr[3], rr[4] = rr[4],
			rr[3]
		return rr
	}, code: "ordre", enr: 4, portee: b2.PorteeFacture},
	{nom: "unknown complement", rec: 4, col: 36, valeur: "Z", code: "type-inconnu", enr: 4, zone: "type",
		portee: b2.PorteeFacture,
		autresPermis: []string{"facture-sans-ligne", "total-facture", "total-amo", "total-amc", "facture-lignes",
			"total-assure", "lot-lignes"}},
}

func TestControles(t *testing.T) {
	for _, d := range degats {
		t.Run(d.nom, func(t *testing.T) {
			b := exemple(t, d.cp)
			rr := enregistrements(b)
			if d.rec > 0 {
				copy(rr[d.rec-1][d.col-1:], d.valeur)
			}
			if d.change != nil {
				rr = d.change(rr)
			}
			f := bytes.Join(rr, nil)
			_, constats, err := b2.ParseFichier(bytes.NewReader(f))
			if err != nil {
				t.Fatal(err)
			}
			trouve := false
			for _, c := range constats {
				if c.Code == d.code && c.Lieu.Rang == d.enr && c.Lieu.Zone == d.zone && c.Lieu.Portee == d.portee {
					trouve = true
					if c.Lieu.Offset != int64((d.enr-1)*b2.Longueur) && !strings.HasPrefix(d.nom, "cut") && d.nom != "no end of file" {
						t.Errorf("offset %d of record %d", c.Lieu.Offset, c.Lieu.Rang)
					}
					if c.Message == "" || c.String() == "" || !strings.Contains(c.Error(), d.code) {
						t.Errorf("finding without words: %q, %q", c.String(), c.Error())
					}
				} else if c.Code != d.code && !slices.Contains(d.autresPermis, c.Code) {
					t.Errorf("unexpected finding: %v", &c)
				}
				for _, s := range []string{c.String(), c.Error(), c.Lu, c.Attendu} {
					if strings.Contains(s, "265033308278") {
						t.Error("a finding quotes the NIR")
					}
				}
			}
			if !trouve {
				t.Errorf("no finding %s on record %d, zone %q, scope %s: %v", d.code, d.enr, d.zone, d.portee, constats)
			}
		})
	}
}

// The examples themselves have nothing to report.
func TestControlesRienASignaler(t *testing.T) {
	for _, cp := range []bool{false, true} {
		if _, constats, err := b2.ParseFichier(bytes.NewReader(exemple(t, cp))); err != nil || len(constats) > 0 {
			t.Errorf("CP %t: %v, %v", cp, constats, err)
		}
	}
}

// No finding stops the reading, unless asked for: then it is an error that errors.As finds.
func TestRefuser(t *testing.T) {
	b := exemple(t, false)
	copy(b[4*b2.Longueur+57:], "00006707")
	f, constats, err := b2.ParseFichier(bytes.NewReader(b))
	if err != nil || len(constats) != 2 || len(f.Lots) != 2 {
		t.Fatalf("%v, %v", constats, err)
	}
	_, _, err = b2.ParseFichier(bytes.NewReader(b), b2.WithRefus(b2.Erreur))
	var c *b2.Constat
	if !errors.As(err, &c) || c.Code != "total-facture" || c.Lieu.Rang != 5 {
		t.Errorf("error %v", err)
	}
	vues := 0
	r := b2.NewReader(bytes.NewReader(b), b2.WithRefus(b2.Erreur))
	for _, err = range r.Factures() {
		vues++
	}
	if vues != 1 || !errors.As(err, &c) {
		t.Errorf("%d yields, last error %v", vues, err)
	}
	for f := range r.Factures() {
		if f != nil {
			t.Error("an invoice after a refusal")
		}
	}
	// A warning is under the bar.
	copy(b[4*b2.Longueur+57:], "00006706")
	copy(b[2*b2.Longueur+58:], "759529650")
	if _, constats, err := b2.ParseFichier(bytes.NewReader(b), b2.WithRefus(b2.Erreur)); err != nil || len(constats) != 1 {
		t.Errorf("%v, %v", constats, err)
	}
	if _, _, err := b2.ParseFichier(bytes.NewReader(b), b2.WithRefus(b2.Avertissement)); err == nil {
		t.Error("a warning was let through")
	}
}

// Findings are bounded, and what is left out is counted.
func TestConstatsBornes(t *testing.T) {
	b := exemple(t, false)
	x := append([]byte("8"), bytes.Repeat([]byte("?"), b2.Longueur-1)...)
	var g []byte
	g = append(g, b[:2*b2.Longueur]...)
	g = append(g, bytes.Repeat(x, 12_000)...)
	g = append(g, b[2*b2.Longueur:]...)
	_, constats, err := b2.ParseFichier(bytes.NewReader(g))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(constats); n != 10_001 || constats[n-1].Code != "constats-omis" ||
		!strings.Contains(constats[n-1].Message, "2001") {
		t.Errorf("%d findings, last %v", n, &constats[n-1])
	}
}

func TestFlux(t *testing.T) {
	for lettre, flux := range map[byte]fse.Flux{'S': fse.FluxFSE, 'F': fse.FluxFSESansVitale, 'D': fse.FluxFSEDegradee,
		' ': fse.FluxB2} {
		b := exemple(t, false)
		b[b2.Longueur+80] = lettre
		f, _, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil || f.Lots[0].Flux != flux || f.Lots[0].Factures[0].Flux != flux {
			t.Errorf("certification %q is %s, %v", lettre, f.Lots[0].Flux, err)
		}
	}
	// A norm that no source names may be that of the DRE; a certification says more.
	for lettre, flux := range map[byte]fse.Flux{' ': fse.FluxDRE, 'S': fse.FluxFSE} {
		b := exemple(t, false)
		copy(b[61:], "DR73")
		b[b2.Longueur+80] = lettre
		f, _, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil || f.Lots[0].Flux != flux || f.Lots[0].Factures[0].Total != 6706 {
			t.Errorf("norm DR73, certification %q is %s, %v", lettre, f.Lots[0].Flux, err)
		}
	}
}

// What a program reads of a finding in JSON is what a person reads.
func TestConstatEnMots(t *testing.T) {
	for _, p := range []b2.Portee{b2.PorteeFichier, b2.PorteeLot, b2.PorteeFacture} {
		if b, err := p.MarshalText(); err != nil || string(b) != p.String() {
			t.Errorf("%s, %v", b, err)
		}
	}
	if b, err := b2.Avertissement.MarshalText(); err != nil || string(b) != "avertissement" {
		t.Errorf("%s, %v", b, err)
	}
	e := &b2.ErreurLecture{Fichier: "a.b2", Enregistrement: 3, Offset: 256, Err: errors.New("line down")}
	if e.Error() != "file a.b2, record 3, offset 256: line down" {
		t.Error(e)
	}
}

// Lines whose trailing blanks an editor cut are read as far as they go; a number that the cut goes through is not
// guessed.
func TestBlancsCoupes(t *testing.T) {
	rr := enregistrements(exemple(t, false))
	for i, rec := range rr {
		rr[i] = bytes.TrimRight(rec, " ")
	}
	f, constats, err := b2.ParseFichier(bytes.NewReader(append(bytes.Join(rr, []byte("\n")), '\n')))
	if err != nil || len(f.Lots) != 2 || f.Lots[1].Factures[1].Total != 6706 || f.Lots[1].Factures[1].Lignes != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	for _, c := range constats {
		if c.Code != "longueur" {
			t.Error(&c)
		}
	}
	e, err := b2.New(b2.T5, b2.PS, b2.V2007)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.SetEntier("total", 12345678); err != nil {
		t.Fatal(err)
	}
	e.Brut = e.Brut[:62]
	if n, err := e.Entier("total"); err == nil {
		t.Errorf("a cut amount is %d", n)
	}
	if n, err := e.Entier("total_amo"); n != 0 || err != nil {
		t.Errorf("an amount out of reach is %d, %v", n, err)
	}
}
