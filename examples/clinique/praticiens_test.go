package main

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// TestPraticiens protects the list of practitioners as spreadsheets write it; a name that can't be printed is told with
// its line, before anything is made.
func TestPraticiens(t *testing.T) {
	poser := func(contenu string) string {
		f := filepath.Join(t.TempDir(), "praticiens.csv")
		if err := os.WriteFile(f, []byte(contenu), 0o600); err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, contenu := range []string{"751100017,Dr Phạm Thị Hà\n751100025,\"Dr Ko\u0308nig, Max\"\n",
		"\ufeff751100017;Dr Phạm Thị Hà\r\n751100025;Dr König, Max\r\n"} {
		noms, err := lirePraticiens(poser(contenu))
		if err != nil || noms["751100017"] != "Dr Phạm Thị Hà" || noms["751100025"] != "Dr König, Max" {
			t.Errorf("%v, %v", noms, err)
		}
	}
	for contenu, dit := range map[string]string{
		"1,Anne\n\n2,Dr 李\n": "ligne 3 : le caractère n° 4 (U+674E « 李 »)", "1,Ren\xe9\n": "ligne 1 : le caractère n° 4",
		"1,An\u202ene\n": "ligne 1 : le caractère n° 3 (U+202E)", "1,Anne\n2\n": "ligne 2 : numéro,nom attendu",
		"1," + strings.Repeat("a", 201): "ligne 1 : nom de plus de 200",
	} {
		if _, err := lirePraticiens(poser(contenu)); err == nil || !strings.Contains(err.Error(), dit) {
			t.Errorf("%q: %v, want %q", contenu, err, dit)
		}
	}
}

// TestSignatairesEtCopies protects the whole way with two signers in order, one for another: both are in the signed
// bordereau and get their copy by mail; the stamp and the copies of complementary insurances are there.
func TestSignatairesEtCopies(t *testing.T) {
	dossier := t.TempDir()
	tampon := filepath.Join(dossier, "tampon.png")
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 60, 20))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(tampon, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, progres := jouer(t, "-auto", "-cosignataire", "Dr Hugo Phạm pour Dr Léa FONTAINE", "-copies", "-amc", "-tampon",
		tampon, "-sortie", dossier)
	for motif, veut := range map[string]int{"signes/*.pdf": 2, "copies/*.eml": 4, "bordereaux/AMC-*.pdf": 4} {
		if l, err := filepath.Glob(filepath.Join(dossier, motif)); err != nil || len(l) != veut {
			t.Errorf("%s: %v %v\n%s", motif, l, err, progres)
		}
	}
	signe, err := os.ReadFile(filepath.Join(dossier, "signes", "S3404-751143488-104-261021.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s3404.Verifier(bytes.NewReader(signe), int64(len(signe)), nil)
	if err != nil || p.Mandant != "Dr Léa FONTAINE" || len(p.Avant) != 1 ||
		p.Avant[0].Signataire.Nom != "Mme Claire Vidal" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := lireOptions([]string{"-auto", "-cosignataire", "Dr 張"}, io.Discard); err == nil {
		t.Error("a name that can't be printed was taken")
	}
}
