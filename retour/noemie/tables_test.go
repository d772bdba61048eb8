package noemie_test

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

	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

var update = flag.Bool("update", false, "write the golden files")

// Every zone of every entity: set, read back, and the zones beside it untouched.
func TestToutesLesZones(t *testing.T) {
	for _, code := range noemie.Codes() {
		t.Run(code, func(t *testing.T) {
			prochain := 1
			for i, z := range noemie.Zones(code) {
				if z.Debut != prochain {
					t.Errorf("%s begins at %d, want %d", z.Nom, z.Debut, prochain)
				}
				prochain = z.Fin + 1
				uneZone(t, code, z, i)
			}
			e, err := noemie.New(code)
			if err != nil {
				t.Fatal(err)
			}
			cadre := code == "000" || code == "999"
			if len(e.Brut) != prochain-1 || cadre && len(e.Brut) != noemie.Cadre || !cadre && e.Brut[len(e.Brut)-1] != '@' {
				t.Errorf("an entity of %d bytes: %q", len(e.Brut), e.Brut)
			}
		})
	}
}

func uneZone(t *testing.T, code string, z noemie.Zone, graine int) {
	t.Helper()
	e, err := noemie.New(code)
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
	if got := e.Texte(z.Nom); got != valeur || string(e.Brut[z.Debut-1:z.Fin]) != valeur ||
		string(e.Zone(z.Nom)) != valeur {
		t.Errorf("%s: wrote %q, read %q, at columns %d to %d", z.Nom, valeur, got, z.Debut, z.Fin)
	}
	if !bytes.Equal(e.Brut[:z.Debut-1], avant[:z.Debut-1]) || !bytes.Equal(e.Brut[z.Fin:], avant[z.Fin:]) {
		t.Errorf("%s: the zones beside it changed", z.Nom)
	}
	if err := e.SetZone(z.Nom, valeur+"1"); err == nil {
		t.Errorf("%s: a value too long was accepted", z.Nom)
	}
	if z.Numerique {
		if err := e.SetZone(z.Nom, "A"); err == nil {
			t.Errorf("%s: a letter was accepted", z.Nom)
		}
		if z.Valeur == "" {
			if err := e.SetEntier(z.Nom, 7); err != nil {
				t.Errorf("%s: %v", z.Nom, err)
			}
			if n, err := e.Entier(z.Nom); n != 7 || err != nil {
				t.Errorf("%s: %d, %v", z.Nom, n, err)
			}
		}
	}
}

// The layouts are facts that must not move unnoticed. When one is corrected, its source says why, and -update writes
// the
// file again.
func TestTablesGolden(t *testing.T) {
	var b strings.Builder
	for _, code := range noemie.Codes() {
		for _, z := range noemie.Zones(code) {
			genre := "A"
			if z.Numerique {
				genre = "N"
			}
			fmt.Fprintf(&b, "%s,%d,%d,%s,%s,%s,%s\n", code, z.Debut, z.Fin, genre, z.Presence, z.Valeur, z.Nom)
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
	veut, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(veut), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("layouts changed (-golden +tables):\n%s", diff)
	}
}

// The same columns, types, presences and fixed values as the description of the field. It has no 010 nor 220, which
// come
// from another source, and types a sign as a number where a letter stands.
func TestTablesEtFaits(t *testing.T) {
	lignes, err := csv.NewReader(bytes.NewReader(partage(t, "normes/noemie-ps.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	faits := map[string][]string{}
	for _, l := range lignes[1:] {
		genre := l[5]
		if genre == "F" || strings.HasPrefix(l[8], "Signe") {
			genre = "A"
		}
		faits[l[0]] = append(faits[l[0]], strings.Join([]string{l[2], l[3], genre, l[6], l[7]}, " "))
	}
	for _, code := range noemie.Codes() {
		if code == "010" || code == "220" {
			continue
		}
		var got []string
		for _, z := range noemie.Zones(code) {
			genre := "A"
			if z.Numerique {
				genre = "N"
			}
			got = append(got, fmt.Sprintf("%d %d %s %s %s", z.Debut, z.Fin, genre, z.Presence, z.Valeur))
		}
		if diff := cmp.Diff(faits[code], got); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
	for code := range faits {
		if !slices.Contains(noemie.Codes(), code) {
			t.Errorf("entity %s has no table", code)
		}
	}
}

func TestZoneInconnue(t *testing.T) {
	if _, err := noemie.New("777"); err == nil {
		t.Error("an entity without layout was made")
	}
	if noemie.Zones("777") != nil {
		t.Error("zones of an unknown entity")
	}
	e, err := noemie.New("080")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.SetZone("prenom", "X"); err == nil {
		t.Error("a zone that the entity doesn't have was written")
	}
	if _, err := e.Entier("prenom"); err == nil || e.Zone("prenom") != nil || e.Texte("prenom") != "" {
		t.Error("a zone that the entity doesn't have was read")
	}
	if err := e.SetEntier("lot", -1); err == nil {
		t.Error("a negative number was written")
	}
}
