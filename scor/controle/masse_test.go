package controle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
)

// grand gives the folder of a register of n pieces that share seven documents, written as Classer would one by one.
func grand(t testing.TB, n int) string {
	t.Helper()
	dossier := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dossier, "pieces"), 0o700); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	var tete chaine.Condense
	date := jour(t, "2021-01-05")
	for i := range n {
		doc := []byte(fmt.Sprint("document ", i%7))
		d := controle.Depot{Piece: fmt.Sprintf("PIECE-2026-%09d-ORD", i), Type: scor.Ordonnance, Pages: 1,
			Octets: int64(len(doc)), Empreinte: sha256.Sum256(doc), Date: date, Praticiens: []string{"751234567", "751765432"},
			Facture: fse.CleFacture{Lot: fse.CleLot{Emetteur: "751143488", Numero: 1 + i%900, Date: date}, Numero: i + 1}}
		l, err := json.Marshal(controle.Ligne{N: i + 1, Quand: time.Date(2021, 1, 5, 9, 0, 0, 0, time.UTC),
			Action: controle.ActionClasser, Sel: "SEL", Acces: &biller, Depot: &d})
		if err != nil {
			t.Fatal(err)
		}
		tete = chaine.Suivant(tete, chaine.Contenu(l))
		fmt.Fprintf(&b, "%s %s\n", tete, l)
		if i < 7 {
			if err := os.WriteFile(filepath.Join(dossier, "pieces", d.Empreinte.String()), doc, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dossier, "registre.jsonl"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return dossier
}

func rouvrir(t testing.TB, dossier string) *controle.Registre {
	t.Helper()
	r, err := controle.Open(dossier)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestGrandesListes protects that what is written is always read back: a purge, a search and an export of more than one
// line holds.
func TestGrandesListes(t *testing.T) {
	const n = 45_000
	dossier := grand(t, n)
	r := rouvrir(t, dossier)
	toutes, err := r.Chercher(t.Context(), controle.Critere{}, biller)
	if err != nil || len(toutes) != n {
		t.Fatalf("%d %v", len(toutes), err)
	}
	factures := controle.Tirer(controle.FacturesDe(toutes), 15_000, "graine")
	tirees, err := r.Chercher(t.Context(), controle.Critere{Factures: factures, Graine: "graine"}, biller)
	if err != nil || len(tirees) != 15_000 {
		t.Fatalf("%d %v", len(tirees), err)
	}
	if _, err := r.ExporterZIP(t.Context(), io.Discard, toutes, "x", biller); !errors.Is(err, controle.ErrLimite) {
		t.Errorf("an export of everything: %v", err)
	}
	purge, err := r.Purger(jour(t, "2026-06-01"), controle.Acces{Qui: "u7", Motif: "fin de conservation"})
	if err != nil || purge != n {
		t.Fatalf("%d %v", purge, err)
	}
	r.Close()
	r = rouvrir(t, dossier)
	apres, err := r.Chercher(t.Context(), controle.Critere{Numeros: []int{1, n}}, biller)
	if err != nil || len(apres) != 2 || !apres[0].Purge || !apres[1].Purge {
		t.Fatalf("%+v %v", apres, err)
	}
	lues, suites := 0, 0
	for l, err := range r.Journal {
		if err != nil {
			t.Fatal(err)
		}
		if l.Action == controle.ActionPurger {
			lues += len(l.Pieces)
			if l.Suite {
				suites++
			}
		}
	}
	if lues != n || suites == 0 {
		t.Errorf("%d pieces in the lines of the purge, %d of which are followed by another", lues, suites)
	}
}

// TestLignesEcrites protects that a deposit is read alike however its line is written: what this version writes, and
// the same with other spaces, another order, escapes.
func TestLignesEcrites(t *testing.T) {
	d := controle.Depot{Piece: "P-é\"1", Type: scor.Ordonnance, Pages: 2, Octets: 12, Date: jour(t, "2026-10-01"),
		Empreinte: sha256.Sum256(nil), Facture: fse.CleFacture{Lot: fse.CleLot{Emetteur: "751143488", Numero: 104,
			Date: jour(t, "2026-10-02")}, Numero: 7}}
	for _, praticiens := range [][]string{nil, {"751234567"}, {"751234567", "751765432"}} {
		for _, piece := range []string{"P1", "P-é\"1", "<&>"} {
			d.Praticiens, d.Piece = praticiens, piece
			l := controle.Ligne{N: 1, Quand: time.Date(2026, 11, 21, 9, 0, 0, 120e6, time.UTC), Action: controle.ActionClasser,
				Sel: "S", Acces: &biller, Depot: &d}
			serre, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			large := bytes.Replace(serre, []byte(`{"n":1,`), []byte(`{ "n": 1, `), 1)
			var lus []controle.Depot
			for _, brut := range [][]byte{serre, large} {
				dossier := t.TempDir()
				ligne := fmt.Appendf(nil, "%s %s\n", chaine.Suivant(chaine.Condense{}, chaine.Contenu(brut)), brut)
				if err := os.WriteFile(filepath.Join(dossier, "registre.jsonl"), ligne, 0o600); err != nil {
					t.Fatal(err)
				}
				trouves, err := rouvrir(t, dossier).Chercher(t.Context(), controle.Critere{}, biller)
				if err != nil || len(trouves) != 1 {
					t.Fatalf("%s: %v %v", brut, trouves, err)
				}
				lus = append(lus, trouves[0])
			}
			want := d
			want.Ligne, want.Quand = 1, l.Quand
			if diff := cmp.Diff([]controle.Depot{want, want}, lus); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// TestPurgePartage protects a document that another piece, still in its term, shares with one that isn't.
func TestPurgePartage(t *testing.T) {
	r, dossier := ouvrir(t, 0)
	vieux, jeune := facture(t, 0), facture(t, 1)
	p := piece(t, 0, scor.Ordonnance)
	for i, f := range []*fse.Facture{vieux, jeune} {
		p.ID = fmt.Sprint("P", i)
		if _, err := r.Classer(t.Context(), f, p, biller); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := r.Purger(jour(t, "2026-11-01"), biller); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := r.Verifier(t.Context()); err != nil {
		t.Errorf("the document of a piece in its term: %v", err)
	}
	if n, err := r.Purger(jour(t, "2026-11-02"), biller); n != 0 || err != nil {
		t.Errorf("an invoice of the very day is purged: %d %v", n, err)
	}
	if n, err := r.Purger(jour(t, "2026-11-03"), biller); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := os.Stat(filepath.Join(dossier, "pieces", p.Empreinte.String())); !os.IsNotExist(err) {
		t.Error("nobody's document is still there")
	}
}

// TestExportMontrePeu protects the other patients, practitioners and accesses: an export tells of the pieces asked
// alone, and its size is theirs, whatever the register holds.
func TestExportMontrePeu(t *testing.T) {
	tailles := map[int]int{}
	for _, n := range []int{100, 20_000} {
		r := rouvrir(t, grand(t, n))
		trouves, err := r.Chercher(t.Context(), controle.Critere{Numeros: []int{42, 43}}, controle.Acces{Qui: "indiscret",
			Motif: "autre dossier"})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := r.ExporterZIP(t.Context(), &b, trouves, "2026-114", biller); err != nil {
			t.Fatal(err)
		}
		tailles[n] = b.Len()
		if p, err := verifier(b.Bytes()); err != nil || len(p.Pieces) != 2 {
			t.Fatalf("%+v %v", p, err)
		}
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			e, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			c, err := io.ReadAll(e)
			if err != nil {
				t.Fatal(err)
			}
			for _, autre := range []string{"indiscret", "PIECE-2026-000000043", "PIECE-2026-000000000"} {
				if bytes.Contains(c, []byte(autre)) {
					t.Errorf("%s tells of %s", f.Name, autre)
				}
			}
		}
	}
	if tailles[20_000] > 2*tailles[100] {
		t.Errorf("%v bytes: the export grows with the register", tailles)
	}
}

// TestLigneChangeeDepuis protects an export from a line that was changed after the register was opened.
func TestLigneChangeeDepuis(t *testing.T) {
	dossier := grand(t, 30)
	r := rouvrir(t, dossier)
	trouves, err := r.Chercher(t.Context(), controle.Critere{Numeros: []int{12}}, biller)
	if err != nil || len(trouves) != 1 {
		t.Fatalf("%v %v", trouves, err)
	}
	nom := filepath.Join(dossier, "registre.jsonl")
	b, err := os.ReadFile(nom)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte("PIECE-2026-000000011-ORD"))
	b[i+len("PIECE-2026-00000001")]++
	if err := os.WriteFile(nom, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ExporterZIP(t.Context(), io.Discard, trouves, "x", biller); !errors.Is(err, controle.ErrChaine) {
		t.Errorf("a changed line was exported: %v", err)
	}
}

// TestDemandeLongue protects that what was asked, and why, is whole on the pages of proof.
func TestDemandeLongue(t *testing.T) {
	r := rouvrir(t, grand(t, 3))
	trouves, err := r.Chercher(t.Context(), controle.Critere{}, biller)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err = r.ExporterPDF(t.Context(), &b, trouves[:1], strings.Repeat("demande ", 60),
		controle.Acces{Qui: strings.Repeat("qui ", 200), Motif: strings.Repeat("motif ", 150)},
		func(_ context.Context, w io.Writer, docs []io.ReadSeeker) error {
			_, err := io.Copy(w, docs[0])
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	chemin := filepath.Join(t.TempDir(), "preuve.pdf")
	if err := os.WriteFile(chemin, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	lu := preflight.Texte(t, chemin)
	for mot, n := range map[string]int{"demande": 60, "qui ": 190, "motif": 150} {
		if vus := strings.Count(strings.ReplaceAll(lu, "\n", " "), mot); vus < n {
			t.Errorf("%d times %s of %d", vus, mot, n)
		}
	}
}

// bombe is an archive whose proof inflates far beyond what it is.
func bombe(t testing.TB, preuve string, entrees map[string]int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	ecrire := func(nom, contenu string, fois int) {
		w, err := z.Create(nom)
		for i := 0; i < fois && err == nil; i++ {
			_, err = io.WriteString(w, contenu)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ecrire("preuve.json", preuve, 1)
	for nom, mo := range entrees {
		ecrire(nom, strings.Repeat(" ", 1<<20), mo)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestArchiveHostile protects who checks an export: it is a stranger's file.
func TestArchiveHostile(t *testing.T) {
	longue := `{"pieces":[` + strings.Repeat("{},", controle.PiecesMax) + "{}]}"
	for nom, b := range map[string][]byte{
		"no piece":      bombe(t, `{"pieces":[]}`, map[string]int{"registre.jsonl": 40}),
		"pieces":        bombe(t, longue, nil),
		"path":          bombe(t, `{"pieces":[{"chemin":[`+strings.Repeat(`"",`, 1000)+`""]}]}`, nil),
		"inflates":      bombe(t, `{"pieces":[{}]`+strings.Repeat(" ", 20<<20)+`}`, nil),
		"readme":        bombe(t, `{"pieces":[{"fichier":"x"}]}`, map[string]int{"LISEZMOI.txt": 40}),
		"an entry more": bombe(t, `{"pieces":[{"fichier":"x"}]}`, map[string]int{"y": 1}),
		"a number too big": bombe(t, `{"pieces":[{"fichier":"x","octets":9223372036854775807,"ligne":9223372036854775807}]}`,
			map[string]int{"x": 1}),
	} {
		if _, err := verifier(b); !errors.Is(err, controle.ErrAltere) && !errors.Is(err, controle.ErrChaine) {
			t.Errorf("%s: %v", nom, err)
		}
	}
}

// TestDeuxProgrammes protects the register when two programs file at the same time: no line is lost, none is refused.
func TestDeuxProgrammes(t *testing.T) {
	a, dossier := ouvrir(t, 0)
	b := rouvrir(t, dossier)
	var wg sync.WaitGroup
	for i, r := range []*controle.Registre{a, b} {
		wg.Go(func() {
			for n := range 20 {
				if _, err := r.Classer(t.Context(), facture(t, 2*n+i), piece(t, 2*n+i, scor.Ordonnance), biller); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if trouves, err := rouvrir(t, dossier).Chercher(t.Context(), controle.Critere{}, biller); err != nil ||
		len(trouves) != 40 {
		t.Errorf("%d pieces, %v", len(trouves), err)
	}
}

// TestTropPourUneLigne protects that what can't be a line is refused before anything is written.
func TestTropPourUneLigne(t *testing.T) {
	r, dossier := ouvrir(t, 1)
	p := piece(t, 2, scor.Ordonnance)
	f := facture(t, 2)
	for i := range 200_000 {
		f.Actes = append(f.Actes, fse.Acte{Executant: fmt.Sprintf("%09d", i+1)})
	}
	if _, err := r.Classer(t.Context(), f, p, biller); !errors.Is(err, controle.ErrLimite) {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dossier, "pieces", p.Empreinte.String())); !os.IsNotExist(err) {
		t.Error("its document was kept")
	}
	if _, err := r.Chercher(t.Context(), controle.Critere{}, controle.Acces{Qui: "u7", Motif: strings.Repeat("x",
		2<<20)}); !errors.Is(err, controle.ErrLimite) {
		t.Error(err)
	}
	if d, err := r.Classer(t.Context(), facture(t, 3), piece(t, 3, scor.Ordonnance), biller); err != nil || d.Ligne != 2 {
		t.Errorf("%+v %v", d, err)
	}
}

// tailles are those at which a register's times are compared: each ten times the one before.
var tailles = []int{1000, 10_000, 100_000}

// BenchmarkOpen opens registers: the time for each piece stays the same.
func BenchmarkOpen(b *testing.B) {
	for _, n := range tailles {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dossier := grand(b, n)
			for b.Loop() {
				r, err := controle.Open(dossier)
				if err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}

// BenchmarkTirage draws 15 % of the invoices of a register and finds their pieces.
func BenchmarkTirage(b *testing.B) {
	for _, n := range tailles {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := rouvrir(b, grand(b, n))
			toutes, err := r.Chercher(b.Context(), controle.Critere{}, biller)
			if err != nil {
				b.Fatal(err)
			}
			factures := controle.FacturesDe(toutes)
			for b.Loop() {
				tirees := controle.Tirer(factures, n*15/100, "graine")
				if _, err := r.Chercher(b.Context(), controle.Critere{Factures: tirees, Graine: "graine"},
					biller); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkExport exports one piece, then a hundred, of registers of each size: its time is that of what is asked.
func BenchmarkExport(b *testing.B) {
	for _, n := range tailles {
		for _, pieces := range []int{1, 100} {
			b.Run(fmt.Sprintf("%d/%d", n, pieces), func(b *testing.B) {
				r := rouvrir(b, grand(b, n))
				trouves, err := r.Chercher(b.Context(), controle.Critere{}, biller)
				if err != nil {
					b.Fatal(err)
				}
				trouves = trouves[n/2 : n/2+pieces]
				for b.Loop() {
					if _, err := r.ExporterZIP(b.Context(), io.Discard, trouves, "x", biller); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
