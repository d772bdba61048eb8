package noemie_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

// deuxRetours are two whole returns of one invoice each, of 15.00 and 50.00, the second of another sender.
func deuxRetours(t testing.TB, em noemie.Emballage) (premier, second []byte) {
	t.Helper()
	un := func(numero string, paye string, cumul fse.Montant) []byte {
		return composer(t, em, 1, cumul, ent{"102", "04", z{"facture": numero, "lot": "110", "date_lot": "260227"}},
			ent{"198", "05", z{"demande": paye, "etat": "P", "paye": paye, "signe": "P"}})
	}
	premier, second = un("000000001", "1500", 1500), un("000000002", "5000", 5000)
	for i := range second {
		if bytes.HasPrefix(second[i:], []byte("00000001751000")) {
			copy(second[i:], "00000001692000")
		}
	}
	return premier, second
}

// Two returns that follow each other are both read, with a finding that names the second one; each has its own totals.
// Without that, what the second pays would be lost.
func TestRetoursSuivis(t *testing.T) {
	for _, em := range []noemie.Emballage{noemie.Blocs, noemie.Flux} {
		for _, entre := range []string{"", "\r\n", "   ", "\x1a\x00\n"} {
			a, b := deuxRetours(t, em)
			flux := append(append(bytes.Clone(a), entre...), b...)
			r, constats, err := noemie.Parse(bytes.NewReader(flux))
			if err != nil || len(r.Factures) != 2 || r.Factures[1].Cle.Numero != 2 || r.Cumul != 6500 {
				t.Fatalf("%s %q: %+v, %v", em, entre, r, err)
			}
			if r.Emetteur != "00000001751000" || len(r.Suivants) != 1 || r.Suivants[0].Emetteur != "00000001692000" {
				t.Errorf("%s %q: %+v, then %+v", em, entre, r.Entete, r.Suivants)
			}
			if len(constats) != 1 || constats[0].Code != "retour-suivant" || !strings.Contains(constats[0].Message,
				"00000001692000") {
				t.Errorf("%s %q: %v", em, entre, constats)
			}
		}
	}
}

// What follows a return and isn't one is told, and doesn't lose the return.
func TestSuiteQuiNEstPasUnRetour(t *testing.T) {
	a, _ := deuxRetours(t, noemie.Flux)
	r, constats, err := noemie.Parse(bytes.NewReader(append(a, "BONJOUR"...)))
	if err != nil || len(r.Factures) != 1 || len(constats) != 1 || constats[0].Code != "suite-apres-fin" {
		t.Errorf("%+v, %v, %v", r, constats, err)
	}
}

// Entities read then written give the same bytes, line ends and following returns included.
func TestFinsDeLigneGardees(t *testing.T) {
	for _, em := range []noemie.Emballage{noemie.Blocs, noemie.Flux} {
		a, b := deuxRetours(t, em)
		suivis := append(bytes.Clone(a), b...)
		for nom, flux := range map[string][]byte{
			"blocks in lines":      enLignes(a, noemie.Cadre, "\r\n"),
			"LF":                   enLignes(a, noemie.Cadre, "\n"),
			"short lines":          enLignes(a, 80, "\n"),
			"blank lines":          enLignes(a, 100, "\r\n\r\n"),
			"an entity a line":     bytes.ReplaceAll(a, []byte("@"), []byte("@\r\n")),
			"two returns":          suivis,
			"two returns in lines": enLignes(suivis, noemie.Cadre, "\n"),
		} {
			var copie bytes.Buffer
			w := noemie.NewWriter(&copie, em)
			for e, err := range noemie.NewReader(bytes.NewReader(flux)).Entites() {
				if err != nil {
					t.Fatalf("%s %s: %v", em, nom, err)
				}
				if err := w.Write(e); err != nil {
					t.Fatalf("%s %s: %v", em, nom, err)
				}
			}
			if diff := cmp.Diff(string(flux), copie.String()); diff != "" {
				t.Errorf("%s %s: not the same bytes: %s", em, nom, diff)
			}
		}
	}
}

func enLignes(b []byte, n int, fin string) []byte {
	var r []byte
	for len(b) > 0 {
		k := min(n, len(b))
		r = append(append(r, b[:k]...), fin...)
		b = b[k:]
	}
	return r
}

// What a share is paid, refused or taken back is its own: the state of the invoice doesn't hide it.
func TestEtatDesParts(t *testing.T) {
	part := func(code, demande, etat, paye, signe string) ent {
		return ent{code, "05", z{"demande": demande, "etat": etat, "paye": paye, "signe": signe}}
	}
	for _, c := range []struct {
		nom      string
		ents     []ent
		cumul    fse.Montant
		etat     noemie.Issue
		amo, amc noemie.Issue
		constat  string
	}{
		{"paid, the other refused", []ent{part("198", "1500", "P", "1500", "P"), part("199", "800", "R", "0", "P")}, 1500,
			noemie.Signale, noemie.Paye, noemie.Rejete, ""},
		{"paid nothing", []ent{part("198", "1500", "P", "0", "P")}, 0, noemie.Signale, noemie.Paye, noemie.EtatInconnu,
			"paye-zero"},
		{"nothing asked", []ent{part("198", "0", "P", "0", "P")}, 0, noemie.Paye, noemie.Paye, noemie.EtatInconnu, ""},
		{"taken back", []ent{part("198", "2300", "P", "2300", "N")}, -2300, noemie.Reprise, noemie.Reprise,
			noemie.EtatInconnu, ""},
		{"one paid, the other taken back", []ent{part("198", "2300", "P", "2300", "P"), part("199", "800", "P", "800",
			"N")}, 1500, noemie.Signale, noemie.Paye, noemie.Reprise, ""},
		{"in part", []ent{part("198", "2300", "P", "2200", "P")}, 2200, noemie.Paye, noemie.Paye, noemie.EtatInconnu,
			"paye-partiel"},
	} {
		ents := append([]ent{{"102", "04", z{"facture": "000000001", "lot": "110", "date_lot": "260227"}}}, c.ents...)
		r, constats, err := noemie.Parse(bytes.NewReader(composer(t, noemie.Blocs, 1, c.cumul, ents...)))
		if err != nil {
			t.Fatal(err)
		}
		f := r.Factures[0]
		amc := noemie.EtatInconnu
		if f.AMC != nil {
			amc = f.AMC.Etat
		}
		if f.Etat != c.etat || f.AMO.Etat != c.amo || amc != c.amc {
			t.Errorf("%s: %s, AMO %s, AMC %s", c.nom, f.Etat, f.AMO.Etat, amc)
		}
		if got := len(constats); got != len(strings.Fields(c.constat)) || got > 0 && constats[0].Code != c.constat {
			t.Errorf("%s: findings %v, want %q", c.nom, constats, c.constat)
		}
	}
}

// A public code has its meaning in every form it is delivered in; a label that nobody listed has a guess that says it
// is
// one; a paid invoice is never to be sent again.
func TestConduite(t *testing.T) {
	for _, c := range []struct {
		code, libelle, famille string
		renvoyer, sure         bool
	}{
		{"2900 005", "", "doublon", false, true},
		{"2900005", "FACTURE DEJA PAYEE", "doublon", false, true},
		{"2900005000", "", "doublon", false, true},
		{"0250050", "x", "droits", true, true},
		{"9999", "PIECE JUSTIFICATIVE ILLISIBLE", "pièce", true, false},
		{"9999", "Numérisation refusée", "pièce", true, false},
		{"9999", "DROITS FERMES", "droits", true, false},
		{"9999", "FACTURE EN DOUBLON", "doublon", false, false},
		{"9999", "CONTRAT AMC INCONNU", "complémentaire", true, false},
		{"2901", "X", "doublon", false, false},
		{"9999", "MONTMARTRE", "autre", false, false},
		{"", "", "autre", false, false},
	} {
		x := noemie.Motif{Code: c.code, Libelle: c.libelle}.Conduite()
		if x.Famille != c.famille || x.Renvoyer != c.renvoyer || x.Sure != c.sure || x.Action == "" {
			t.Errorf("%q %q: %+v", c.code, c.libelle, x)
		}
	}
	if _, ok := noemie.ChercherRejet("2900"); ok {
		t.Error("a family alone has a meaning")
	}
	if len(noemie.Rejets()) != 6 {
		t.Errorf("%d public codes", len(noemie.Rejets()))
	}
}

// A flip of a number, lot, amount or insured in a return leaves it right by itself: comparing it with what was sent
// finds it, whatever the place.
func TestJoindreTrouveCeQuiDiffere(t *testing.T) {
	v := &noemie.Versement{Beneficiaire: "000000752495234"}
	jour := date("260227")
	facture := func(n int) fse.Facture {
		return fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: "752495234", Numero: 110, Date: jour},
			Numero: n}, Assure: nirDe("2650333082781"),
			AMO: 1500, AMC: 800, NatureAssurance: "10", Date: jour}
	}
	factures := []fse.Facture{facture(110001), facture(110002)}
	for nom, c := range map[string]struct {
		change func(*noemie.Reponse)
		code   string
	}{
		"nothing":      {func(*noemie.Reponse) {}, ""},
		"number":       {func(r *noemie.Reponse) { r.Cle.Numero = 110901 }, "facture-inconnue"},
		"lot":          {func(r *noemie.Reponse) { r.Cle.Lot = 111 }, "facture-inconnue"},
		"date of lot":  {func(r *noemie.Reponse) { r.Cle.DateLot = date("260228") }, "facture-inconnue"},
		"insured":      {func(r *noemie.Reponse) { r.Assure = nirDe("1650333082781") }, "assure-different"},
		"asked":        {func(r *noemie.Reponse) { r.AMO.Demande = 1600 }, "montant-different"},
		"asked of AMC": {func(r *noemie.Reponse) { r.AMC.Demande = 80 }, "montant-different"},
		"paid":         {func(r *noemie.Reponse) { r.AMO.Paye = 9500 }, "paye-trop"},
		"nature":       {func(r *noemie.Reponse) { r.Nature = "AT" }, "nature-differente"},
		"date":         {func(r *noemie.Reponse) { r.Date = date("260226") }, "date-differente"},
	} {
		x := noemie.Reponse{Cle: noemie.CleDe(factures[0].Cle), Assure: factures[0].Assure, Nature: "AS", Date: jour,
			Versement: v,
			AMO:       &noemie.Part{Demande: 1500, DemandeConnue: true, Paye: 1500, Etat: noemie.Paye},
			AMC:       &noemie.Part{Demande: 800, DemandeConnue: true, Paye: 800, Etat: noemie.Paye}}
		c.change(&x)
		j := noemie.Joindre(&noemie.Retour{Factures: []noemie.Reponse{x}}, factures)
		var codes []string
		for _, k := range j.Constats {
			codes = append(codes, k.Code)
			if strings.Contains(k.String()+k.Error(), "50333082781") {
				t.Errorf("%s: a finding quotes the NIR", nom)
			}
		}
		if strings.Join(codes, " ") != c.code {
			t.Errorf("%s: findings %v, want %q", nom, j.Constats, c.code)
		}
		if nom == "number" && !strings.Contains(j.Constats[0].Attendu, "000110001") {
			t.Errorf("the invoice that it looks like isn't named: %+v", j.Constats[0])
		}
	}
}

func nirDe(numero string) fse.NIR {
	n, err := fse.ParseNIR(numero, "")
	if err != nil {
		panic(err)
	}
	return n
}
