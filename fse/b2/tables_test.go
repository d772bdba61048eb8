package b2_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	types = []b2.Type{b2.T000, b2.T1, b2.T2, b2.T2S, b2.T2M, b2.T2P, b2.T2B, b2.T2C, b2.T3, b2.T3S, b2.T3E, b2.T3F, b2.T3H,
		b2.T4, b2.T4S, b2.T4E, b2.T4B, b2.T4C, b2.T4D, b2.T4F, b2.T4H, b2.T4M, b2.T4T, b2.T4U, b2.T5, b2.T6, b2.T999}
	variantes = []b2.Variante{b2.PS, b2.CP}
	versions  = map[b2.Version]string{b2.V2007: "2007", b2.V2005E: "2005-E"}
)

// Every zone of every record, in both variants and versions: set, read back, and the zones beside it untouched.
func TestToutesLesZones(t *testing.T) {
	nb := 0
	for ver, nomVer := range versions {
		for _, v := range variantes {
			for _, ty := range types {
				zz := b2.Zones(ty, v, ver)
				if zz == nil {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%s", nomVer, v, ty), func(t *testing.T) {
					prochain := 1
					for i, z := range zz {
						nb++
						if z.Debut != prochain {
							t.Errorf("%s begins at %d, want %d", z.Nom, z.Debut, prochain)
						}
						prochain = z.Fin + 1
						uneZone(t, ty, v, ver, z, i)
					}
					if prochain != b2.Longueur+1 {
						t.Errorf("the last zone ends at %d", prochain-1)
					}
				})
			}
		}
	}
	if nb < 1500 {
		t.Errorf("%d zones only", nb)
	}
}

func uneZone(t *testing.T, ty b2.Type, v b2.Variante, ver b2.Version, z b2.Zone, graine int) {
	t.Helper()
	e, err := b2.New(ty, v, ver)
	if err != nil {
		t.Fatal(err)
	}
	long := z.Fin - z.Debut + 1
	valeur := z.Valeur
	if valeur == "" {
		alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		if z.Numerique {
			alphabet = "1234567890"
		}
		for i := range long {
			valeur += string(alphabet[(graine+i)%len(alphabet)])
		}
	}
	avant := append([]byte(nil), e.Brut...)
	if err := e.SetZone(z.Nom, valeur); err != nil {
		t.Errorf("%s: %v", z.Nom, err)
		return
	}
	if got := e.Texte(z.Nom); got != valeur {
		t.Errorf("%s: wrote %q, read %q", z.Nom, valeur, got)
	}
	if string(e.Brut[z.Debut-1:z.Fin]) != valeur {
		t.Errorf("%s is not at columns %d to %d", z.Nom, z.Debut, z.Fin)
	}
	if !bytes.Equal(e.Brut[:z.Debut-1], avant[:z.Debut-1]) || !bytes.Equal(e.Brut[z.Fin:], avant[z.Fin:]) {
		t.Errorf("%s: the zones beside it changed", z.Nom)
	}
	// Too long is refused, whatever the zone, and changes nothing.
	garde := append([]byte(nil), e.Brut...)
	if err := e.SetZone(z.Nom, valeur+"1"); err == nil || !bytes.Equal(garde, e.Brut) {
		t.Errorf("%s: a value too long: error %v", z.Nom, err)
	}
	if z.Numerique {
		if err := e.SetZone(z.Nom, "A"); err == nil {
			t.Errorf("%s: a letter was accepted", z.Nom)
		}
		// A short number is justified on the right.
		if z.Valeur == "" {
			if err := e.SetEntier(z.Nom, 7); err != nil || string(e.Zone(z.Nom)) != strings.Repeat("0", long-1)+"7" {
				t.Errorf("%s: 7 is %q, %v", z.Nom, e.Zone(z.Nom), err)
			}
			if n, err := e.Entier(z.Nom); n != 7 || err != nil {
				t.Errorf("%s: %d, %v", z.Nom, n, err)
			}
		}
	}
}

// A record made by New is read as what it is, in a file of its variant.
func TestTypesReconnus(t *testing.T) {
	for ver := range versions {
		for _, v := range variantes {
			for _, ty := range types {
				e, err := b2.New(ty, v, ver)
				if err != nil {
					continue
				}
				var b bytes.Buffer
				w := b2.NewWriter(&b)
				for _, t0 := range []b2.Type{b2.T000, b2.T1, b2.T2} {
					h, err := b2.New(t0, v, ver)
					if err != nil {
						t.Fatal(err)
					}
					if v == b2.CP && t0 != b2.T2 {
						if err := h.SetZone("norme", "CP"); err != nil {
							t.Fatal(err)
						}
					}
					if err := w.Write(h); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Write(e); err != nil {
					t.Fatal(err)
				}
				var lu *b2.Enregistrement
				for x, err := range b2.NewReader(&b, b2.WithVersion(ver)).Enregistrements() {
					if err != nil {
						t.Fatal(err)
					}
					lu = x.Copie()
				}
				if lu.Type != ty || !bytes.Equal(lu.Brut, e.Brut) {
					t.Errorf("%s %s %s is read as %s", versions[ver], v, ty, lu.Type)
				}
			}
		}
	}
}

// The layouts are facts that must not move unnoticed: the golden file lists every zone. When a layout is corrected, its
// source says why, and -update writes the file again.
func TestTablesGolden(t *testing.T) {
	var b strings.Builder
	for _, ver := range []b2.Version{b2.V2007, b2.V2005E} {
		for _, v := range variantes {
			for _, ty := range types {
				zz := b2.Zones(ty, v, ver)
				if ver == b2.V2005E && cmp.Equal(zz, b2.Zones(ty, v, b2.V2007)) {
					continue
				}
				for _, z := range zz {
					genre := "A"
					if z.Numerique {
						genre = "N"
					}
					fmt.Fprintf(&b, "%s,%s,%s,%d,%d,%s,%s,%s,%s\n", versions[ver], ty, v, z.Debut, z.Fin, genre, z.Presence,
						z.Valeur, z.Nom)
				}
			}
		}
	}
	p := filepath.Join("testdata", "zones.golden.csv")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.Split(string(octets(t, p)), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("layouts changed (-golden +tables):\n%s", diff)
	}
}

// The same columns, types and fixed values as the description of the field, record by record, in both variants.
func TestTablesEtFaits(t *testing.T) {
	r := csv.NewReader(bytes.NewReader(octets(t, partage(t, "normes/b2-2007.csv"))))
	lignes, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	type cle struct {
		nom string
		v   b2.Variante
	}
	faits := map[cle][]string{}
	for _, l := range lignes[1:] {
		for _, v := range variantes {
			if l[1] != "*" && l[1] != v.String() {
				continue
			}
			genre := l[5]
			if genre == "F" { // free text
				genre = "A"
			}
			faits[cle{l[0], v}] = append(faits[cle{l[0], v}], strings.Join([]string{l[2], l[3], genre, l[6]}, " "))
		}
	}
	vus := map[cle]bool{}
	for _, v := range variantes {
		for _, ty := range types {
			c := cle{ty.String(), v}
			zz := b2.Zones(ty, v, b2.V2007)
			var got []string
			for _, z := range zz {
				genre := "A"
				if z.Numerique {
					genre = "N"
				}
				// The presence of what tells complements apart is printed O or F: it is O here, since nothing else tells them.
				p := z.Presence
				if z.Nom == "complement" && len(c.nom) > 1 || z.Nom == "blanc_11" || z.Nom == "type" || z.Nom == "nir" ||
					z.Nom == "nir_cle" {
					p = "?"
				}
				got = append(got, fmt.Sprintf("%d %d %s %s", z.Debut, z.Fin, genre, p))
			}
			want := slices.Clone(faits[c])
			for i := range want {
				if i < len(got) && strings.HasSuffix(got[i], "?") {
					want[i] = want[i][:strings.LastIndexByte(want[i], ' ')+1] + "?"
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s: %s", ty, v, diff)
			}
			vus[c] = true
		}
	}
	for c := range faits {
		if !vus[c] {
			t.Errorf("record %s %s has no table", c.nom, c.v)
		}
	}
}

// Columns of the addendum that other records don't have.
func TestAddendum2005E(t *testing.T) {
	for _, c := range []struct {
		ty         b2.Type
		v          b2.Variante
		zone       string
		debut, fin int
	}{
		{b2.T2, b2.CP, "date_hospitalisation", 80, 85}, {b2.T2, b2.CP, "eclatement", 95, 95},
		{b2.T2S, b2.CP, "medecin", 112, 120}, {b2.T2S, b2.CP, "parcours", 121, 121},
		{b2.T3, b2.CP, "participation", 117, 117}, {b2.T3S, b2.CP, "origine_prescription", 115, 115},
		{b2.T3E, b2.CP, "rpps_prescripteur", 42, 52}, {b2.T3E, b2.CP, "structure_prescripteur", 53, 66},
		{b2.T3F, b2.CP, "montant_ecart", 100, 106}, {b2.T3H, b2.CP, "coefficient_fraction", 57, 61},
		{b2.T4, b2.CP, "origine_prescription", 53, 53}, {b2.T4S, b2.PS, "prevention", 125, 125},
		{b2.T4E, b2.PS, "rpps_executant", 64, 74}, {b2.T4E, b2.CP, "structure_execution", 75, 88},
		{b2.T4H, b2.CP, "cout_reconstitution", 67, 73}, {b2.T5, b2.CP, "reserve_editeur", 123, 126},
	} {
		i := slices.IndexFunc(b2.Zones(c.ty, c.v, b2.V2005E), func(z b2.Zone) bool { return z.Nom == c.zone })
		if i < 0 {
			t.Errorf("%s %s has no zone %s", c.ty, c.v, c.zone)
			continue
		}
		if z := b2.Zones(c.ty, c.v, b2.V2005E)[i]; z.Debut != c.debut || z.Fin != c.fin {
			t.Errorf("%s %s: %s at %d-%d, want %d-%d", c.ty, c.v, c.zone, z.Debut, z.Fin, c.debut, c.fin)
		}
		if slices.ContainsFunc(b2.Zones(c.ty, c.v, b2.V2007), func(z b2.Zone) bool {
			return z.Nom == c.zone &&
				c.zone != "eclatement"
		}) {
			t.Errorf("%s is of 2007 too", c.zone)
		}
	}
}

func TestZoneInconnue(t *testing.T) {
	e, err := b2.New(b2.T4, b2.PS, b2.V2007)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.SetZone("prenom", "X"); err == nil {
		t.Error("a zone that the record doesn't have was written")
	}
	if _, err := e.Entier("prenom"); err == nil || e.Zone("prenom") != nil || e.Texte("prenom") != "" {
		t.Error("a zone that the record doesn't have was read")
	}
	if err := e.SetEntier("montant", -1); err == nil {
		t.Error("a negative amount was written")
	}
	for _, f := range []func() error{
		func() error { _, err := b2.New(b2.T3, b2.PS, b2.V2007); return err },
		func() error { _, err := b2.New(b2.T3E, b2.CP, b2.V2007); return err },
		func() error { _, err := b2.New(b2.Inconnu, b2.CP, b2.V2007); return err },
		func() error { _, err := b2.New(b2.Type(200), b2.CP, b2.V2007); return err },
		func() error { _, err := b2.New(b2.T2, b2.Variante(7), b2.V2007); return err },
		func() error { _, err := b2.New(b2.T2, b2.PS, b2.Version(7)); return err },
	} {
		if f() == nil {
			t.Error("a record without layout was made")
		}
	}
}
