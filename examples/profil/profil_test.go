package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/internal/essais/modes"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

func specifications(t *testing.T) []string {
	t.Helper()
	noms, err := filepath.Glob("../officine/testdata/specifications/*.yaml")
	if err != nil || len(noms) < 10 {
		t.Fatal(noms, err)
	}
	// Of the last, the ARL has no file to show.
	noms = slices.DeleteFunc(noms, func(n string) bool { return strings.HasSuffix(n, "17-tar-objet.yaml") })
	return append(noms, "reference", "scor-cp")
}

// executer runs the program and gives its output, its errors and its exit code.
func executer(t *testing.T, entree string, args ...string) (string, string, int) {
	t.Helper()
	var out, erreurs bytes.Buffer
	err := lancer(t.Context(), args, strings.NewReader(entree), &out, &erreurs)
	code := programme.Code("profil", &erreurs, err)
	return out.String(), erreurs.String(), code
}

func ecrire(t *testing.T, nom, texte string) string {
	t.Helper()
	chemin := filepath.Join(t.TempDir(), nom)
	if err := os.WriteFile(chemin, []byte(texte), 0o600); err != nil {
		t.Fatal(err)
	}
	return chemin
}

// A wrong call is told as such, in French, with how to call.
func TestMauvaisAppel(t *testing.T) {
	for _, args := range [][]string{nil, {"manger"}, {"verifier"}, {"montrer"}, {"montrer", "-fichier", "x", "reference"},
		{"encoder"}, {"expliquer"}, {"expliquer", "-comme", "x", "-"}, {"comparer", "a"}, {"servir", "-page", "0.0.0.0:80"},
		{"servir", "-inconnue"}} {
		if _, e, code := executer(t, "", args...); code != programme.Usage || !strings.Contains(e, "usage") {
			t.Errorf("%q: exit %d, %q", args, code, e)
		}
	}
}

// What ships, and every invented specification, is accepted; what is wrong in a profile is told with its line.
func TestVerifier(t *testing.T) {
	out, e, code := executer(t, "", append([]string{"verifier"}, specifications(t)...)...)
	if code != programme.Fait || strings.Count(out, "accepté") != len(specifications(t)) {
		t.Fatal(code, e, out)
	}
	nom := ecrire(t, "faux.yaml", "etend: reference\nprofil: faux\nversion: \"1\"\nsource: essai\nlimites:\n"+
		"  paires_par_lot: beaucoup\ntypes_piece:\n  - {nom: ordonnance, code: \"01\"}\n  - {nom: autre, code: \"01\"}\n")
	out, e, code = executer(t, "", "verifier", "-json", nom)
	var v verdict
	if err := json.Unmarshal([]byte(out), &v); err != nil || v.Accepte || len(v.Fautes) == 0 || v.Fautes[0].Ligne != 6 {
		t.Errorf("%v, %+v", err, v)
	}
	if code != programme.Echec || !strings.Contains(e, "1 profil refusé sur 1") {
		t.Error(code, e)
	}
	if _, e, code := executer(t, "", "montrer", nom); code != programme.Echec || !strings.Contains(e, "faux.yaml:6") {
		t.Error(code, e)
	}
	if _, e, code := executer(t, "", "verifier", "absent.yaml"); code != programme.Echec ||
		!strings.Contains(e, "introuvable") {
		t.Error(code, e)
	}
}

// The layouts of each profile are shown whole: in a table each zone stands once, with its columns one after the other;
// in the tree each record.
func TestMontrer(t *testing.T) {
	for _, nom := range specifications(t) {
		out, e, code := executer(t, "", "montrer", "-json", "-fichier", "lot", nom)
		if code != programme.Fait {
			t.Fatal(nom, e)
		}
		p, err := lireProfil(nom)
		if err != nil {
			t.Fatal(err)
		}
		arbre, _, _ := executer(t, "", "montrer", "-arbre", nom)
		fins := map[string]int{}
		zones := 0
		d := json.NewDecoder(strings.NewReader(out))
		for d.More() {
			var r rang
			if err := d.Decode(&r); err != nil {
				t.Fatal(err)
			}
			if r.Zone != "" {
				zones++
			}
			if r.Debut > 0 && r.Debut != fins[r.Enregistrement]+1 {
				t.Errorf("%s: %s, zone %s at column %d, %d expected", nom, r.Enregistrement, r.Zone, r.Debut,
					fins[r.Enregistrement]+1)
			}
			fins[r.Enregistrement] = r.Fin
			if !strings.Contains(arbre, r.Enregistrement) {
				t.Errorf("%s: %s is not in the tree", nom, r.Enregistrement)
			}
		}
		if veut := len(rangs(disposes(p)[0])); zones == 0 || zones > veut {
			t.Errorf("%s: %d zones of %d", nom, zones, veut)
		}
	}
}

// By each profile the sample is written, and each file of it that has a layout is explained without a finding, every
// byte once; the program finds by itself what the file is.
func TestEncoderExpliquer(t *testing.T) {
	for _, nom := range specifications(t) {
		d := t.TempDir()
		out, e, code := executer(t, "", "encoder", "-json", "-sortie", d, nom)
		if code != programme.Fait {
			t.Fatal(nom, e, out)
		}
		modes.Prives(t, d)
		for _, f := range []string{"lot", "arl-positif", "arl-negatif"} {
			x := expliquee(t, "expliquer", "-json", "-strict", "-profil", nom, filepath.Join(d, f))
			if len(x.Constats) > 0 || !strings.HasPrefix(f, x.Comme) {
				t.Errorf("%s: %s explained as %s: %+v", nom, f, x.Comme, x.Constats)
			}
		}
		b, err := os.ReadFile(filepath.Join(d, "lot"))
		if err != nil {
			t.Fatal(err)
		}
		if out, _, code := executer(t, string(b[:len(b)-20]), "expliquer", "-comme", "lot", "-profil", nom, "-strict",
			"-"); code != programme.Refus || !strings.Contains(out, "! erreur") {
			t.Errorf("%s: a file cut short is explained without a fault (exit %d)", nom, code)
		}
	}
}

// expliquee runs the program on one file, and checks that each byte is explained once.
func expliquee(t *testing.T, args ...string) *explication {
	t.Helper()
	out, e, code := executer(t, "", args...)
	var x explication
	if err := json.Unmarshal([]byte(out), &x); err != nil || code != programme.Fait {
		t.Fatalf("%q: exit %d, %v, %s%s", args, code, err, e, out)
	}
	ici := int64(0)
	for _, z := range x.Zones {
		if z.Debut > ici || z.Fin < z.Debut {
			t.Fatalf("%q: a zone at %d where %d is expected", args, z.Debut, ici)
		}
		ici = max(ici, z.Fin)
	}
	if ici != int64(x.Octets) {
		t.Fatalf("%q: %d bytes explained of %d", args, ici, x.Octets)
	}
	return &x
}

// A counter that doesn't agree is told at its zone, in French.
func TestConstatASaPlace(t *testing.T) {
	d := t.TempDir()
	nom := specifications(t)[0]
	if _, e, code := executer(t, "", "encoder", "-sortie", d, nom); code != programme.Fait {
		t.Fatal(e)
	}
	chemin := filepath.Join(d, "lot")
	b, err := os.ReadFile(chemin)
	if err != nil {
		t.Fatal(err)
	}
	autre := filepath.Join(d, "autre")
	b[38]++ // the total of records, in the first one
	if err := os.WriteFile(autre, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, _ := executer(t, "", "expliquer", "-profil", nom, autre)
	if !strings.Contains(out, "(fichier.enregistrements)\n  ! erreur : le compteur dit 16, il y en a 15\n") ||
		!strings.Contains(out, "! erreur, enregistrement 1 (ENTETE), zone Total : le compteur dit 16, il y en a 15\n") {
		t.Error(out)
	}
	out, _, code := executer(t, "", "comparer", "-strict", "-json", "-profil", nom, chemin, autre)
	if code != programme.Refus || !strings.Contains(out, `enregistrement 1 (ENTETE), zone Total`) {
		t.Error(code, out)
	}
	if out, _, code := executer(t, "", "comparer", "-strict", "-profil", nom, chemin, chemin); code != programme.Fait ||
		!strings.Contains(out, "0 différence") {
		t.Error(code, out)
	}
	// A record less in the middle: the rest is compared with what it stands for.
	i := bytes.Index(b, []byte("\r\nRE"))
	moins := append(bytes.Clone(b[:i]), b[i+2+bytes.Index(b[i+2:], []byte("\r\n")):]...)
	if err := os.WriteFile(autre, moins, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, _ = executer(t, "", "comparer", "-json", "-profil", nom, chemin, autre)
	if n := strings.Count(out, "\n"); n != 2 || !strings.Contains(out, "(REFERENCE)") {
		t.Error(n, out)
	}
}

// Two profiles are compared by what each means: the path of a key, with both values.
func TestComparerProfils(t *testing.T) {
	out, e, code := executer(t, "", "comparer", "reference", "reference")
	if code != programme.Fait || !strings.Contains(out, "0 différence") {
		t.Error(out, e)
	}
	nom := ecrire(t, "un.yaml", "etend: reference\nprofil: reference\nversion: \"000002\"\nsource: essai\nnumerisation: "+
		"{dpi_min: 300}\ntypes_piece:\n  ordonnance: {code: RX}\n")
	out, e, code = executer(t, "", "comparer", "-json", "reference", nom)
	for _, veut := range []string{`{"ou":"numerisation.dpi_min","a":"200","b":"300"}`,
		`{"ou":"types_piece[ordonnance].code","a":"OR","b":"RX"}`} {
		if !strings.Contains(out, veut) {
			t.Errorf("%s is missing from %s%s (exit %d)", veut, out, e, code)
		}
	}
}

const nirExemple = "2790913055042"

// A B2 file is explained by the norm, its insured masked until asked for.
func TestExpliquerB2(t *testing.T) {
	chemin := ecrire(t, "x.b2", fichierB2(t))
	x := expliquee(t, "expliquer", "-json", chemin)
	if x.Comme != commeB2 {
		t.Fatal(x.Comme)
	}
	out, _, _ := executer(t, "", "expliquer", chemin)
	if strings.Contains(out, nirExemple) || !strings.Contains(out, "(masqué)") || !strings.Contains(out, "B2") {
		t.Error("the insured's number is shown, or nothing is masked")
	}
	if out, _, _ := executer(t, "", "expliquer", "-clair", chemin); !strings.Contains(out, nirExemple) {
		t.Error("-clair hides it")
	}
}

func fichierB2(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w := b2.NewWriter(&b)
	for _, r := range []struct {
		t     b2.Type
		zones map[string]string
	}{{b2.T000, map[string]string{"type_emetteur": "TP", "emetteur": "00000752499996", "fichier": "AB12CD"}},
		{b2.T1, map[string]string{"partenaire": "752499996", "lot": "57"}},
		{b2.T2, map[string]string{"partenaire": "752499996", "nir": nirExemple, "facture": "2101"}},
		{b2.T5, map[string]string{"partenaire": "752499996", "nir": nirExemple, "facture": "2101"}},
		{b2.T6, nil}, {b2.T999, nil}} {
		e, err := b2.New(r.t, b2.PS, b2.V2007)
		if err != nil {
			t.Fatal(err)
		}
		for z, v := range r.zones {
			if err := e.SetZone(z, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// A NOEMIE return is explained in both packings: where the flag of a block stands inside an entity, its zones read
// without it, and the flag is no part of them.
func TestExpliquerNoemie(t *testing.T) {
	for _, emballage := range []noemie.Emballage{noemie.Blocs, noemie.Flux} {
		var b bytes.Buffer
		w := noemie.NewWriter(&b, emballage)
		for _, code := range []string{"000", "020", "040", "070", "080", "100", "110", "198", "990", "999"} {
			e, err := noemie.New(code)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		x := expliquee(t, "expliquer", "-json", "-clair", "-comme", "noemie", ecrire(t, "x.noe", b.String()))
		codes := 0
		for _, z := range x.Zones {
			if z.Zone == "type" && strings.HasPrefix(z.Enregistrement, "entité ") {
				codes++
				if z.Lu != strings.TrimPrefix(z.Enregistrement, "entité ") {
					t.Errorf("%s: %s begins with %q", emballage, z.Enregistrement, z.Lu)
				}
			}
			if z.Zone == "fin" && z.Lu != "@" {
				t.Errorf("%s: %s ends with %q", emballage, z.Enregistrement, z.Lu)
			}
		}
		if codes != 10 {
			t.Errorf("%s: %d entities", emballage, codes)
		}
	}
}

// Whatever the bytes are, each is explained, and nothing else than a message comes out.
func FuzzExpliquer(f *testing.F) {
	p, err := lireProfil("reference")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("000TP00000752499996"))
	f.Add([]byte("\x1f\x8b"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, comme := range append(commes, "") {
			x, err := lecteur{profil: p, comme: comme}.expliquer("x", bytes.NewReader(b))
			if err != nil {
				continue
			}
			ici := int64(0)
			for _, z := range x.Zones {
				if z.Debut > ici {
					t.Fatalf("%s: nothing from %d to %d", comme, ici, z.Debut)
				}
				ici = max(ici, z.Fin)
			}
			if ici != int64(x.Octets) {
				t.Fatalf("%s: %d bytes of %d", comme, ici, x.Octets)
			}
		}
	})
}
