package b2_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// Through fse and back, with the records kept beside it, a file is the same bytes: what fse has no name for isn't lost.
func TestOriginauxIdentite(t *testing.T) {
	fichiers := map[string][]byte{"PS": exemple(t, false), "CP": exemple(t, true),
		"in lines": []byte(enLignesSimples(exemple(t, false)))}
	for _, nom := range fichiersPartages {
		if b, err := lireSiLa(nom); err == nil {
			fichiers[nom] = b
		}
	}
	for nom, b := range fichiers {
		var o b2.Originaux
		f, _, err := b2.ParseFichier(bytes.NewReader(b), b2.WithOriginaux(&o))
		if err != nil {
			t.Fatal(err)
		}
		if got := reecrire(t, f, &o); !bytes.Equal(got, b) {
			t.Errorf("%s: not the same bytes", nom)
		}
	}
}

// What changes in an invoice changes in its records, where fse has a name for it, and nowhere else; the file stays
// right.
func TestOriginauxModifies(t *testing.T) {
	b := exemple(t, false)
	copy(b[2*b2.Longueur+112:], "42")     // speciality of the prescriber: fse has no name for it
	copy(b[3*b2.Longueur+79:], "1000100") // coefficient and count of the line, left of the price
	b = append(append(append([]byte{}, b[:4*b2.Longueur]...), complement4C(t, b)...), b[4*b2.Longueur:]...)
	var o b2.Originaux
	f, _, err := b2.ParseFichier(bytes.NewReader(b), b2.WithOriginaux(&o))
	if err != nil {
		t.Fatal(err)
	}
	x := &f.Lots[0].Factures[0]
	x.Actes[0].Montant, x.Actes[0].AMO, x.Actes[0].AMC = 10000, 6500, 3500
	x.Total, x.AMO, x.AMC = 0, 0, 0
	ecrit := reecrire(t, f, &o)
	g, constats, err := b2.ParseFichier(bytes.NewReader(ecrit))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range constats {
		if c.Code != "quantite" && c.Code != "fichier-enregistrements" {
			t.Error(&c)
		}
	}
	if y := g.Lots[0].Factures[0]; y.Total != 10000 || y.Actes[0].AMO != 6500 {
		t.Errorf("%+v", y)
	}
	if string(ecrit[2*b2.Longueur+112:2*b2.Longueur+114]) != "42" {
		t.Error("the speciality of the prescriber is lost")
	}
	if !bytes.Contains(ecrit, []byte("C01     3670111")) {
		t.Error("the complement of the line is lost")
	}
	if diff := cmp.Diff(f.Lots[1], g.Lots[1]); diff != "" {
		t.Error(diff)
	}
}

// RPPS numbers that fse holds are written in the records that the addendum has for them, and read back.
func TestEcrireRPPS(t *testing.T) {
	for _, cp := range []bool{false, true} {
		f := fichierExemple(cp)
		x := &f.Lots[0].Factures[0]
		x.RPPSPrescripteur, x.StructurePrescripteur = "99700218896", "750000001"
		k := len(x.Actes) - 1
		x.Actes[k].RPPSExecutant, x.Actes[k].StructureExecutant = "10000000009", "750000002"
		g, constats, err := b2.ParseFichier(bytes.NewReader(ecrire(t, f)))
		if err != nil || len(constats) > 0 {
			t.Fatal(constats, err)
		}
		y := g.Lots[0].Factures[0]
		if y.RPPSPrescripteur != x.RPPSPrescripteur || y.StructurePrescripteur != x.StructurePrescripteur ||
			y.Actes[k].RPPSExecutant != x.Actes[k].RPPSExecutant ||
			y.Actes[k].StructureExecutant != x.Actes[k].StructureExecutant {
			t.Errorf("CP %t: %+v", cp, y)
		}
	}
}

func complement4C(t *testing.T, b []byte) []byte {
	t.Helper()
	e, err := b2.New(b2.T4C, b2.PS, b2.V2007)
	if err != nil {
		t.Fatal(err)
	}
	copy(e.Brut[1:], b[3*b2.Longueur+1:3*b2.Longueur+35])
	for zone, v := range map[string]string{"sequence": "01", "code_cip_1": "3670111", "prix_unitaire": "006706",
		"quantite": "01", "code_taux_laboratoire": "4"} {
		if err := e.SetZone(zone, v); err != nil {
			t.Fatal(err)
		}
	}
	copy(e.Brut[38:43], "     ")
	return e.Brut
}

func reecrire(t *testing.T, f *fse.Fichier, o *b2.Originaux) []byte {
	t.Helper()
	var b bytes.Buffer
	w := b2.NewWriter(&b)
	w.Completer(o)
	if err := b2.WriteFichier(w, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func enLignesSimples(b []byte) string {
	return string(bytes.Join(enregistrements(b), []byte("\r\n"))) + "\r\n"
}
