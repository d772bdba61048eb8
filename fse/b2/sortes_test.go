package b2_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/fse/routage"
)

// Kinds of faults that leave every zone readable by itself. Records are those of controles_test.go; each row says what
// is written where, and what must be told there. Nothing else may be.
type sorte struct {
	nom     string
	cp      bool
	ecrits  []ecrit
	code    string
	gravite b2.Gravite
	enr     int
	zone    string
	autres  []string // codes that come with it
}

type ecrit struct {
	rec, col int
	valeur   string
}

var sortes = []sorte{
	{"no organism", false, []ecrit{{3, 49, "         "}}, "zone-obligatoire", b2.Erreur, 3, "regime", nil},
	{"no régime", true, []ecrit{{3, 49, "00"}}, "zone-obligatoire", b2.Erreur, 3, "regime", nil},
	{"no act", false, []ecrit{{4, 74, "     "}}, "zone-obligatoire", b2.Erreur, 4, "acte", nil},
	{"no act of a stay", true, []ecrit{{4, 56, "     "}}, "zone-obligatoire", b2.Erreur, 4, "acte", nil},
	{"no quantity", false, []ecrit{{4, 79, "00"}}, "zone-obligatoire", b2.Erreur, 4, "quantite", nil},
	{"no date of care", false, []ecrit{{4, 68, "000000"}}, "zone-obligatoire", b2.Erreur, 4, "date_soins", nil},
	{"no date of invoice", false, []ecrit{{3, 40, "      "}}, "zone-obligatoire", b2.Erreur, 3, "date_facture", nil},
	{"no entry", true, []ecrit{{3, 103, "000000"}}, "zone-obligatoire", b2.Erreur, 3, "entree", nil},
	{"no nature of insurance", false, []ecrit{{3, 77, "  "}}, "zone-obligatoire", b2.Erreur, 3, "nature_assurance", nil},
	{"no performer", false, []ecrit{{4, 55, "000000000"}}, "zone-obligatoire", b2.Avertissement, 4, "executant", nil},
	{"no birth date", false, []ecrit{{3, 96, "      "}}, "zone-obligatoire", b2.Information, 3, "naissance", nil},
	{"no name of the partner", false, []ecrit{{2, 30, strings.Repeat(" ", 40)}}, "zone-obligatoire", b2.Avertissement,
		2, "nom_partenaire", nil},
	{"number of invoice 0", false, []ecrit{{3, 27, "000000000"}, {4, 27, "000000000"}, {5, 27, "000000000"}},
		"zone-obligatoire", b2.Erreur, 3, "facture", nil},
	{"nature of insurance", false, []ecrit{{3, 77, "77"}}, "valeur-inconnue", b2.Avertissement, 3, "nature_assurance",
		nil},
	{"addressee of the payment", false, []ecrit{{3, 115, "99"}}, "valeur-inconnue", b2.Avertissement, 3,
		"destinataire_reglement", nil},
	{"proof of rights", true, []ecrit{{3, 58, "9"}}, "valeur-inconnue", b2.Avertissement, 3, "justificatif_droits", nil},
	{"exemption", true, []ecrit{{4, 64, "Z"}}, "valeur-inconnue", b2.Avertissement, 4, "exoneration", nil},
	{"mark of the lot", false, []ecrit{{9, 55, "Z"}}, "valeur-inconnue", b2.Avertissement, 9, "marquage", nil},
	{"sender", false, []ecrit{{1, 4, "ZZ"}, {18, 4, "ZZ"}}, "valeur-inconnue", b2.Avertissement, 1, "type_emetteur",
		[]string{"valeur-inconnue"}},
	{"currency", false, []ecrit{{2, 88, "D"}}, "valeur-inconnue", b2.Avertissement, 2, "monnaie", nil},
	{"francs", false, []ecrit{{2, 88, " "}}, "monnaie", b2.Erreur, 2, "monnaie", nil},
	{"certification", false, []ecrit{{2, 81, "X"}}, "certification", b2.Erreur, 2, "certification", nil},
	{"certification in lower case", false, []ecrit{{2, 81, "s"}}, "certification", b2.Erreur, 2, "certification", nil},
	{"accident at work", false, []ecrit{{3, 77, "41"}}, "accident", b2.Erreur, 3, "accident", nil},
	{"accident at work, stay", true, []ecrit{{3, 77, "41"}}, "accident", b2.Erreur, 3, "accident", nil},
	{"date of an accident", false, []ecrit{{3, 77, "41"}, {3, 86, "000261332"}}, "accident", b2.Avertissement, 3,
		"accident", nil},
	{"accident after care", false, []ecrit{{3, 77, "41"}, {3, 86, "000261103"}}, "accident", b2.Avertissement, 3,
		"accident", nil},
	{"care after the file", false, []ecrit{{4, 68, "270125"}}, "soin-apres-fichier", b2.Erreur, 4, "date_soins", nil},
	{"stay after the file", true, []ecrit{{3, 109, "261203"}}, "soin-apres-fichier", b2.Erreur, 3, "sortie", nil},
	{"invoice after the file", false, []ecrit{{3, 40, "261122"}}, "soin-apres-fichier", b2.Erreur, 3, "date_facture", nil},
	{"care after the invoice", false, []ecrit{{4, 68, "261103"}}, "soin-apres-facture", b2.Avertissement, 4,
		"date_soins", nil},
	{"care before the stay", true, []ecrit{{6, 70, "261015"}}, "soin-hors-sejour", b2.Avertissement, 6, "date_soins",
		[]string{"prescription-apres-soins"}},
	{"care after the stay", true, []ecrit{{4, 50, "261104"}}, "soin-hors-sejour", b2.Avertissement, 4, "date_fin", nil},
	{"end before the beginning", true, []ecrit{{4, 44, "261103"}, {4, 50, "261102"}}, "sejour", b2.Erreur, 4,
		"date_fin", nil},
	{"care of another year", false, []ecrit{{4, 68, "251102"}, {3, 68, "251030"}}, "soin-ancien", b2.Avertissement, 4,
		"date_soins", nil},
	{"prescription after the file", false, []ecrit{{3, 68, "270210"}}, "prescription-apres-fichier", b2.Erreur, 3,
		"date_prescription", nil},
	{"prescription after care", false, []ecrit{{3, 68, "261104"}}, "prescription-apres-soins", b2.Information, 3,
		"date_prescription", nil},
	{"prescription of a stay after the file", true, []ecrit{{5, 54, "270210"}}, "prescription-apres-fichier",
		b2.Erreur, 5, "date_prescription", nil},
	{"prescription without its date", false, []ecrit{{3, 68, "000000"}}, "prescription-incomplete", b2.Avertissement,
		3, "date_prescription", nil},
	{"prescription without its prescriber", false, []ecrit{{3, 59, "000000000"}}, "prescription-incomplete",
		b2.Avertissement, 3, "prescripteur", nil},
	{"lot 000", false, []ecrit{{2, 20, "000"}, {9, 52, "000"}}, "lot-zero", b2.Avertissement, 2, "lot", nil},
	{"lot of 112 days", false, []ecrit{{2, 72, "260801"}}, "lot-vieux", b2.Erreur, 2, "date_lot", nil},
	{"lot 3 days ahead", false, []ecrit{{2, 72, "261124"}}, "lot-en-avance", b2.Erreur, 2, "date_lot",
		[]string{"date-lot"}},
	{"the same lot twice", false, []ecrit{{10, 20, "001"}, {17, 52, "001"}}, "lot-en-double", b2.Erreur, 10, "lot", nil},
	{"an invoice of another lot", false, []ecrit{{11, 27, "000001002"}, {12, 27, "000001002"}, {13, 27, "000001002"}},
		"facture-en-double", b2.Avertissement, 11, "facture", nil},
	{"unknown régime", false, []ecrit{{3, 49, "55"}}, "regime-inconnu", b2.Avertissement, 3, "regime",
		[]string{"regime-du-fichier"}},
	{"another régime than the file's", false, []ecrit{{3, 49, "02"}}, "regime-du-fichier", b2.Avertissement, 3,
		"regime", nil},
	{"birth date", false, []ecrit{{3, 98, "X"}}, "naissance", b2.Avertissement, 3, "naissance", nil},
	{"code of act in lower case", false, []ecrit{{4, 74, "pH7"}}, "acte", b2.Avertissement, 4, "acte", nil},
	{"code of act with a stop", true, []ecrit{{4, 57, "."}}, "acte", b2.Avertissement, 4, "acte", nil},
	{"shares above the amount", false, []ecrit{{4, 122, "0002349"}}, "parts", b2.Avertissement, 4, "montant",
		[]string{"total-amc"}},
	{"quantity and price", false, []ecrit{{4, 79, "02"}, {4, 81, "000100"}, {4, 89, "0006706"}}, "quantite",
		b2.Avertissement, 4, "quantite", nil},
	{"base and rate", false, []ecrit{{4, 103, "075"}}, "taux", b2.Avertissement, 4, "taux", nil},
	{"letter on two bytes", false, []ecrit{{2, 30, "PHARMACIE DE L'\xc3\x89TOILE"}}, "accents-utf-8", b2.Erreur, 2,
		"nom_partenaire", nil},
	{"number filled with blanks", false, []ecrit{{3, 113, " 1"}}, "cadrage", b2.Information, 3,
		"specialite_prescripteur", nil},
}

func TestSortes(t *testing.T) {
	for _, s := range sortes {
		t.Run(s.nom, func(t *testing.T) {
			rr := enregistrements(exemple(t, s.cp))
			for _, e := range s.ecrits {
				copy(rr[e.rec-1][e.col-1:], e.valeur)
			}
			f, constats, err := b2.ParseFichier(bytes.NewReader(bytes.Join(rr, nil)))
			if err != nil || len(f.Lots) != 2 || len(f.Lots[0].Factures) != 2 || len(f.Lots[1].Factures) != 2 {
				t.Fatalf("%+v, %v", f, err)
			}
			trouve := false
			for _, c := range constats {
				switch {
				case c.Code == s.code && c.Lieu.Rang == s.enr && c.Lieu.Zone == s.zone && c.Gravite == s.gravite:
					trouve = true
				case c.Code != s.code && !slices.Contains(s.autres, c.Code):
					t.Errorf("unexpected: %v", &c)
				}
				if c.Source == "" || c.Message == "" {
					t.Errorf("a finding without source or sentence: %+v", c)
				}
			}
			if !trouve {
				t.Errorf("no %s (%s) on record %d, zone %s: %v", s.code, s.gravite, s.enr, s.zone, constats)
			}
		})
	}
}

// An unknown certification is no flow at all: whoever decides on pieces sees that nothing is known.
func TestCertificationInconnue(t *testing.T) {
	b := exemple(t, false)
	b[b2.Longueur+80] = 'X'
	f, _, err := b2.ParseFichier(bytes.NewReader(b))
	if err != nil || f.Lots[0].Flux != fse.FluxInconnu || f.Lots[0].Factures[0].Flux != fse.FluxInconnu ||
		f.Lots[1].Flux != fse.FluxFSE {
		t.Errorf("%+v, %v", f, err)
	}
}

// A lot or a file with nothing in it is told.
func TestVides(t *testing.T) {
	rr := enregistrements(exemple(t, false))
	copy(rr[8][10:], "00000000000000000000000000000000000000000") // counts and sums of the lot's end
	sansFacture := bytes.Join(append(append(append([][]byte{}, rr[:2]...), rr[8]), rr[9:]...), nil)
	sansLot := bytes.Join([][]byte{rr[0], rr[17]}, nil)
	for code, b := range map[string][]byte{"lot-vide": sansFacture, "fichier-sans-lot": sansLot} {
		_, constats, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil || !slices.Contains(codes(constats), code) {
			t.Errorf("%s: %v, %v", code, constats, err)
		}
	}
}

// The age of a lot is told against the day of sending when it is given: a file read again years later is right, and one
// that waited is not.
func TestAgeDuLot(t *testing.T) {
	for jour, veut := range map[string]string{"261121": "", "270219": "", "270220": "lot-vieux", "261119": "",
		"261118": "lot-en-avance"} {
		_, constats, err := b2.ParseFichier(bytes.NewReader(exemple(t, false)), b2.WithEnvoi(date(jour)))
		if err != nil {
			t.Fatal(err)
		}
		c := slices.Compact(codes(constats))
		if strings.Join(c, " ") != veut {
			t.Errorf("sent on %s: %v, want %q", jour, constats, veut)
		}
	}
}

// With the editor's table, an organism that it doesn't know, or sends elsewhere than the lot, is told.
func TestRoutage(t *testing.T) {
	for nom, c := range map[string]struct{ table, veut string }{
		"right":     {"01,422,0000,011,422", ""},
		"elsewhere": {"01,422,0000,011,751", "organisme-du-lot"},
		"unknown":   {"01,751,0000,011,751", "organisme-inconnu"},
	} {
		tab, err := routage.Parse(strings.NewReader("regime,caisse,centre,centre_informatique,destinataire\n" + c.table +
			"\n"))
		if err != nil {
			t.Fatal(err)
		}
		_, constats, err := b2.ParseFichier(bytes.NewReader(exemple(t, false)), b2.WithRoutage(tab))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(slices.Compact(codes(constats)), " "); got != c.veut {
			t.Errorf("%s: %v, want %q", nom, constats, c.veut)
		}
	}
}

// RPPS numbers and places of 3E and 4E reach the invoice, and their keys are checked; the version is told by them.
func TestRPPS(t *testing.T) {
	rr := enregistrements(exemple(t, true))
	ajoute := func(ty b2.Type, modele []byte, zones map[string]string) []byte {
		e, err := b2.New(ty, b2.CP, b2.V2005E)
		if err != nil {
			t.Fatal(err)
		}
		for z, v := range zones {
			if err := e.SetZone(z, v); err != nil {
				t.Fatal(err)
			}
		}
		copy(e.Brut[1:26], modele[1:26])
		if err := e.SetZone("facture", string(modele[29:38])); err != nil {
			t.Fatal(err)
		}
		return e.Brut
	}
	prescripteur, executant := "99700218896", "10000000009"
	e3 := ajoute(b2.T3E, rr[2], map[string]string{"rpps_prescripteur": prescripteur,
		"structure_prescripteur": "750000001"})
	e4 := ajoute(b2.T4E, rr[2], map[string]string{"rpps_executant": executant, "structure_execution": "750000002"})
	b := bytes.Join(slices.Concat(rr[:5], [][]byte{e3, rr[5], e4}, rr[6:]), nil)
	lire := func(b []byte) (fse.Facture, []string) {
		f, constats, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return f.Lots[0].Factures[0], codes(constats)
	}
	f, cc := lire(b)
	if f.RPPSPrescripteur != fse.RPPS(prescripteur) || f.StructurePrescripteur != "750000001" ||
		f.RPPSExecutant != fse.RPPS(executant) ||
		f.Actes[1].RPPSExecutant != fse.RPPS(executant) || f.Actes[1].StructureExecutant != "750000002" ||
		f.Actes[0].RPPSExecutant != "" {
		t.Errorf("%+v", f)
	}
	if slices.Contains(cc, "type-inconnu") || slices.Contains(cc, "cle-rpps") {
		t.Error(cc)
	}
	copy(b[5*b2.Longueur+41:], "99700218897")
	if _, cc := lire(b); !slices.Contains(cc, "cle-rpps") {
		t.Errorf("a wrong key: %v", cc)
	}
	for x, err := range b2.NewReader(bytes.NewReader(b)).Factures() {
		if err != nil {
			t.Fatal(err)
		}
		if x.Version() != b2.V2005E {
			t.Errorf("version %d", x.Version())
		}
	}
}

// Every check of the table is in a test by its code.
func TestTousLesControles(t *testing.T) {
	vus := map[string]bool{"marque-octets": true, "ligne-longue": true, "longueur": true, "fichier-suivant": true,
		"lot-vide":         true, // formes_test.go
		"fichier-sans-lot": true, "organisme-inconnu": true, "organisme-du-lot": true, "cle-rpps": true,
		"lot-en-avance": true,
		"constats-omis": true, "lot-trop-grand": true, "trop-de-complements": true} // above, and controles_test.go
	for _, d := range degats {
		vus[d.code] = true
	}
	for _, s := range sortes {
		vus[s.code] = true
	}
	for _, c := range b2.Controles() {
		if !vus[c.Code] {
			t.Errorf("no test names %s", c.Code)
		}
	}
}
