package controle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
	"github.com/scor-sdk/scor-sdk-go/scor/controle/unpdf"
)

var biller = controle.Acces{Qui: "u7", Motif: "contrôle aléatoire CPAM 2026-114"}

func jour(t testing.TB, s string) fse.Date {
	t.Helper()
	var d fse.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return d
}

func document(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pdf.NewWriter(&b, pdf.Info{Titre: fmt.Sprint("Prescription ", n)})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Page(148, 210, func(p *pdf.Page) {
		p.Trait(1, pdf.Teinte{})
		p.Cadre(20, 20, 10+float64(n%60), 30)
	})
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func facture(t testing.TB, n int) *fse.Facture {
	date := jour(t, "2026-10-01")
	if n%2 == 1 {
		date = jour(t, "2026-11-02")
	}
	return &fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: "751143488", Numero: 104, Date: date}, Numero: n},
		Actes: []fse.Acte{{Executant: []string{"751234567", "751765432"}[n%2]}}}
}

func piece(t testing.TB, n int, genre string) scor.Piece {
	b := document(t, n)
	return scor.Piece{ID: fmt.Sprintf("P%06d", n), Type: genre, Pages: 1, Octets: int64(len(b)),
		Empreinte: sha256.Sum256(b), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

// ouvrir gives a register with n pieces, in a folder of its own.
func ouvrir(t testing.TB, n int) (*controle.Registre, string) {
	t.Helper()
	dossier := t.TempDir()
	t0 := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	r, err := controle.Open(dossier, controle.WithHorloge(func() time.Time { t0 = t0.Add(time.Second); return t0 }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	for i := range n {
		genre := scor.Ordonnance
		if i%3 == 0 {
			genre = scor.Autre
		}
		if _, err := r.Classer(t.Context(), facture(t, i), piece(t, i, genre), controle.Acces{Qui: "u7",
			Motif: "facturation"}); err != nil {
			t.Fatal(err)
		}
	}
	return r, dossier
}

func ids(d []controle.Depot) string {
	var s []string
	for _, x := range d {
		s = append(s, strings.TrimLeft(x.Piece, "P0"))
	}
	return strings.Join(s, " ")
}

func TestChercher(t *testing.T) {
	r, _ := ouvrir(t, 12)
	lot := facture(t, 1).Cle.Lot
	for nom, c := range map[string]struct {
		c    controle.Critere
		veut string
	}{
		"numbers":      {controle.Critere{Numeros: []int{3, 5, 99}}, "3 5"},
		"invoices":     {controle.Critere{Factures: []fse.CleFacture{facture(t, 8).Cle}}, "8"},
		"lot":          {controle.Critere{Lot: &lot}, "1 3 5 7 9 11"},
		"period":       {controle.Critere{Du: jour(t, "2026-10-01"), Au: jour(t, "2026-10-31")}, " 2 4 6 8 10"},
		"practitioner": {controle.Critere{Praticien: "751765432", Types: []string{scor.Autre}}, "3 9"},
		"nothing":      {controle.Critere{Praticien: "000000000"}, ""},
	} {
		trouves, err := r.Chercher(t.Context(), c.c, biller)
		if err != nil || ids(trouves) != c.veut {
			t.Errorf("%s: %q, want %q: %v", nom, ids(trouves), c.veut, err)
		}
	}
	for _, a := range []controle.Acces{{}, {Qui: "u7"}, {Motif: "x", Qui: " "}} {
		if _, err := r.Chercher(t.Context(), controle.Critere{}, a); !errors.Is(err, controle.ErrAcces) {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

// Every access is a line with who, why and what, and the lines are there for the next program.
func TestTrace(t *testing.T) {
	r, dossier := ouvrir(t, 3)
	trouves, err := r.Chercher(t.Context(), controle.Critere{Numeros: []int{1}}, biller)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.ExporterZIP(t.Context(), io.Discard, trouves, "2026-114", biller); err != nil {
		t.Fatal(err)
	}
	r.Close()
	r, err = controle.Open(dossier)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var suite []string
	for l, err := range r.Journal {
		if err != nil {
			t.Fatal(err)
		}
		suite = append(suite, fmt.Sprintf("%d %s %s %d", l.N, l.Action, l.Acces.Qui, l.Resultats))
	}
	if d := cmp.Diff([]string{"1 classer u7 0", "2 classer u7 0", "3 classer u7 0", "4 chercher u7 1", "5 exporter u7 1"},
		suite); d != "" {
		t.Error(d)
	}
}

// The draw is the same whoever makes it and in whatever order; every invoice has its chance; another seed is another
// draw.
func TestTirer(t *testing.T) {
	var factures []fse.CleFacture
	for i := range 200 {
		factures = append(factures, facture(t, i).Cle)
	}
	un := controle.Tirer(factures, 20, "graine de la caisse")
	slices.Reverse(factures)
	if deux := controle.Tirer(append(factures, factures...), 20, "graine de la caisse"); !slices.Equal(un, deux) {
		t.Errorf("%v, then %v", un, deux)
	}
	if slices.Equal(un, controle.Tirer(factures, 20, "autre")) {
		t.Error("two seeds draw alike")
	}
	if got := fmt.Sprint(un[0], un[1],
		un[2]); got != "751143488/104/261001/000000004 751143488/104/261001/000000012 751143488/104/261001/000000016" {
		t.Errorf("the draw changed between versions: %s", got)
	}
	compte := map[fse.CleFacture]int{}
	for g := range 2000 {
		for _, f := range controle.Tirer(factures, 20, fmt.Sprint(g)) {
			compte[f]++
		}
	}
	for f, n := range compte {
		if n < 130 || n > 270 { // 200 expected, standard deviation 13.4
			t.Errorf("%s drawn %d times of 2000, 200 expected", f, n)
		}
	}
	if len(controle.Tirer(factures, 1000, "x")) != 200 || len(controle.Tirer(factures, -1, "x")) != 0 {
		t.Error("sizes at the ends")
	}
}

func exporter(t testing.TB, r *controle.Registre) []byte {
	t.Helper()
	trouves, err := r.Chercher(t.Context(), controle.Critere{Numeros: []int{1, 2, 3, 4}}, biller)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := r.ExporterZIP(t.Context(), &b, trouves, "Contrôle 2026-114", biller); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verifier(b []byte) (*controle.Preuve, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	return controle.VerifierZIP(z)
}

// refaire writes an archive again with one entry changed.
func refaire(t *testing.T, b []byte, nom string, change func([]byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var sortie bytes.Buffer
	w := zip.NewWriter(&sortie)
	for _, f := range z.File {
		e, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		contenu, err := io.ReadAll(e)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, nom) {
			if contenu = change(contenu); contenu == nil {
				continue
			}
		}
		x, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		x.Write(contenu)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return sortie.Bytes()
}

type cle struct{ ed25519.PrivateKey }

func (c cle) Horodater(_ context.Context, e scor.Empreinte) ([]byte, error) {
	return ed25519.Sign(c.PrivateKey, e[:]), nil
}

// The receiver of an export finds any change in it, whichever file it is in; the seals are for an authority's key.
func TestExportZIP(t *testing.T) {
	r, _ := ouvrir(t, 6)
	k := cle{ed25519.NewKeyFromSeed(make([]byte, 32))}
	if err := r.Sceller(t.Context(), k, controle.Acces{Qui: "systeme", Motif: "scellement quotidien"}); err != nil {
		t.Fatal(err)
	}
	b := exporter(t, r)
	p, err := verifier(b)
	if err != nil || len(p.Pieces) != 4 || p.Demande != "Contrôle 2026-114" {
		t.Fatalf("%+v %v", p, err)
	}
	if s := p.Sceaux[0]; s.Ligne != 6 || !ed25519.Verify(k.Public().(ed25519.PublicKey), s.Empreinte[:], s.Jeton) {
		t.Errorf("seal %+v", s)
	}
	for nom, c := range map[string]struct {
		entree string
		change func([]byte) []byte
	}{
		"a byte of a piece": {"pieces/", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }},
		"a piece taken out": {"pieces/", func([]byte) []byte { return nil }},
		"a longer piece":    {"pieces/", func(b []byte) []byte { return append(b, 0) }},
		"a date in the register": {"preuve.json", func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("09:00:02"),
				[]byte("08:00:02"))
		}},
		"a line taken out": {"preuve.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"texte": "`),
				[]byte(`"text": "`), 1)
		}},
		"a path cut short": {"preuve.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(p.Pieces[0].Chemin[2].String()), []byte(strings.Repeat("0", 64)), 1)
		}},
		"a path to the seal": {"preuve.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(p.Pieces[0].CheminSceau[1].String()), []byte(strings.Repeat("0", 64)), 2)
		}},
		"the register's end": {"preuve.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(p.Tete.String()), []byte(strings.Repeat("0", 64)), 1)
		}},
		"a hash in the proof": {"preuve.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(p.Pieces[0].Empreinte.String()), []byte(strings.Repeat("0", 64)), 1)
		}},
		"another invoice": {"preuve.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"Numero": 2`),
				[]byte(`"Numero": 9`), 1)
		}},
		"a seal's hash": {"preuve.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(p.Sceaux[0].Empreinte.String()), []byte(strings.Repeat("0", 64)), 1)
		}},
	} {
		if _, err := verifier(refaire(t, b, c.entree, c.change)); !errors.Is(err, controle.ErrAltere) &&
			!errors.Is(err, controle.ErrChaine) {
			t.Errorf("%s is not found: %v", nom, err)
		}
	}
	if _, err := verifier(refaire(t, b, "rien", nil)); err != nil {
		t.Errorf("the archive written again unchanged: %v", err)
	}
}

// Someone without this SDK checks the export with the tools of any system.
func TestExportSansSDK(t *testing.T) {
	if _, err := exec.LookPath("sha256sum"); err != nil {
		t.Skip("no sha256sum (Debian: coreutils)")
	}
	r, _ := ouvrir(t, 6)
	b := exporter(t, r)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	dossier := t.TempDir()
	if err := os.CopyFS(dossier, z); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sha256sum", "--strict", "-c", "SHA256SUMS")
	c.Dir = dossier
	if sortie, err := c.CombinedOutput(); err != nil || strings.Count(string(sortie), ": OK") != 4 {
		t.Errorf("%v\n%s", err, sortie)
	}
}

func TestExportPDF(t *testing.T) {
	r, dossier := ouvrir(t, 40)
	trouves, err := r.Chercher(t.Context(), controle.Critere{}, biller)
	if err != nil {
		t.Fatal(err)
	}
	fichier := filepath.Join(t.TempDir(), "export.pdf")
	var b bytes.Buffer
	p, err := r.ExporterPDF(t.Context(), &b, trouves, "Contrôle 2026-114", biller, unpdf.Reunir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fichier, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, outil := range [][]string{{"qpdf", "--check"}, {"pdftotext", "-layout"}} {
		if _, err := exec.LookPath(outil[0]); err != nil {
			t.Logf("no %s (Debian: qpdf, poppler-utils)", outil[0])
			continue
		}
		args := append(outil[1:], fichier)
		if outil[0] == "pdftotext" {
			args = append(args, "-")
		}
		sortie, err := exec.Command(outil[0], args...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", outil[0], err, sortie)
		}
		if outil[0] == "pdftotext" {
			for _, veut := range []string{p.Pieces[39].Empreinte.String(), "Page 3 sur 3", "Contrôle 2026-114",
				"Facture 39, lot 104 du 02/11/2026"} {
				if !strings.Contains(string(sortie), veut) {
					t.Errorf("%q is not in the text", veut)
				}
			}
			if n := strings.Count(string(sortie), "\f"); n != 43 {
				t.Errorf("%d pages, want 3 of proof and 40", n)
			}
		}
	}
	altere(t, dossier, p.Pieces[7].Empreinte)
	if _, err := r.ExporterPDF(t.Context(), io.Discard, trouves, "x", biller, unpdf.Reunir); !errors.Is(err,
		controle.ErrAltere) {
		t.Errorf("altered document exported: %v", err)
	}
	if err := unpdf.Reunir(t.Context(), io.Discard, []io.ReadSeeker{strings.NewReader("rien")}); err == nil {
		t.Error("not a PDF, and no error")
	}
}

func altere(t *testing.T, dossier string, e scor.Empreinte) {
	t.Helper()
	nom := filepath.Join(dossier, "pieces", e.String())
	b, err := os.ReadFile(nom)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(nom, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A register or a document changed on the disk is found; a line that a crash cut short is dropped, and that is told.
func TestAlterations(t *testing.T) {
	r, dossier := ouvrir(t, 5)
	if err := r.Verifier(t.Context()); err != nil {
		t.Fatal(err)
	}
	altere(t, dossier, piece(t, 2, "").Empreinte)
	if err := os.Remove(filepath.Join(dossier, "pieces", piece(t, 4, "").Empreinte.String())); err != nil {
		t.Fatal(err)
	}
	if err := r.Verifier(t.Context()); !errors.Is(err, controle.ErrAltere) || !strings.Contains(err.Error(), "P000002") ||
		!strings.Contains(err.Error(), "P000004") {
		t.Errorf("%v", err)
	}
	r.Close()
	nom := filepath.Join(dossier, "registre.jsonl")
	brut, err := os.ReadFile(nom)
	if err != nil {
		t.Fatal(err)
	}
	lignes := bytes.SplitAfter(brut, []byte("\n"))
	for quoi, contenu := range map[string][]byte{
		"changed":  bytes.Replace(brut, []byte("2026-10-01"), []byte("2026-10-02"), 1),
		"removed":  bytes.Join(append(slices.Clone(lignes[:1]), lignes[2:]...), nil),
		"swapped":  bytes.Join([][]byte{lignes[1], lignes[0]}, nil),
		"repeated": bytes.Join([][]byte{lignes[0], lignes[0]}, nil),
		"no JSON":  []byte("rien\n"),
	} {
		if err := os.WriteFile(nom, contenu, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := controle.Open(dossier); !errors.Is(err, controle.ErrChaine) {
			t.Errorf("line %s: %v", quoi, err)
			r.Close()
		}
	}
	if err := os.WriteFile(nom, brut[:len(brut)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	r, err = controle.Open(dossier)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	// The piece of the line that was lost is filed again.
	if d, err := r.Classer(t.Context(), facture(t, 4), piece(t, 4, scor.Ordonnance), biller); err != nil || d.Ligne != 6 {
		t.Errorf("%+v %v", d, err)
	}
	autre, err := controle.Open(dossier)
	if err != nil {
		t.Fatal(err)
	}
	defer autre.Close()
	// What one program writes, the other knows before it writes itself.
	if _, err := autre.Classer(t.Context(), facture(t, 7), piece(t, 7, scor.Ordonnance), biller); err != nil {
		t.Fatal(err)
	}
	if trouves, err := r.Chercher(t.Context(), controle.Critere{Numeros: []int{7}}, biller); err != nil ||
		len(trouves) != 1 {
		t.Errorf("two programs: %v %v", trouves, err)
	}
}

func TestClasser(t *testing.T) {
	r, dossier := ouvrir(t, 2)
	un, err := r.Classer(t.Context(), facture(t, 1), piece(t, 1, scor.Ordonnance), biller)
	if err != nil || un.Ligne != 2 {
		t.Errorf("the same again: %+v %v", un, err)
	}
	autre := piece(t, 9, scor.Ordonnance)
	autre.ID = "P000001"
	if _, err := r.Classer(t.Context(), facture(t, 1), autre, biller); !errors.Is(err, controle.ErrEngage) {
		t.Error(err)
	}
	faux := piece(t, 10, scor.Ordonnance)
	faux.Empreinte[0] ^= 1
	if _, err := r.Classer(t.Context(), facture(t, 10), faux, biller); !errors.Is(err, controle.ErrAltere) {
		t.Error(err)
	}
	if restes, _ := filepath.Glob(filepath.Join(dossier, "pieces", "*.tmp")); len(restes) > 0 {
		t.Errorf("left behind: %v", restes)
	}
	if _, err := r.Classer(t.Context(), facture(t, 1), scor.Piece{ID: "R1", Type: scor.Ordonnance, Reference: "P000001"},
		biller); err == nil {
		t.Error("a reference was filed")
	}
}

// At the end of its term a document goes, its line stays, and it can't be exported any more.
func TestPurger(t *testing.T) {
	r, dossier := ouvrir(t, 4)
	n, err := r.Purger(jour(t, "2026-11-01"), controle.Acces{Qui: "systeme", Motif: "fin de conservation"})
	if err != nil || n != 2 {
		t.Fatalf("%d %v", n, err)
	}
	if _, err := os.Stat(filepath.Join(dossier, "pieces", piece(t, 0, "").Empreinte.String())); !os.IsNotExist(err) {
		t.Error("the document is still there")
	}
	trouves, err := r.Chercher(t.Context(), controle.Critere{Numeros: []int{0}}, biller)
	if err != nil || len(trouves) != 1 || !trouves[0].Purge {
		t.Fatalf("%+v %v", trouves, err)
	}
	if _, err := r.ExporterZIP(t.Context(), io.Discard, trouves, "x", biller); err == nil {
		t.Error("exported after its term")
	}
	if err := r.Verifier(t.Context()); err != nil {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	_, dossier := ouvrir(f, 2)
	b, err := os.ReadFile(filepath.Join(dossier, "registre.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"n":1,"action":"classer"}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		dossier := t.TempDir()
		if err := os.WriteFile(filepath.Join(dossier, "registre.jsonl"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := controle.Open(dossier)
		if err != nil {
			return
		}
		defer r.Close()
		if _, err := r.Chercher(t.Context(), controle.Critere{}, biller); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkChercher(b *testing.B) {
	r, _ := ouvrir(b, 2000)
	for b.Loop() {
		if _, err := r.Chercher(b.Context(), controle.Critere{Praticien: "751765432", Du: jour(b, "2026-11-01")},
			biller); err != nil {
			b.Fatal(err)
		}
	}
}
