package ecrans

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/boombuler/barcode/code128"

	"github.com/scor-sdk/scor-sdk-go/fse"
	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/arrivees"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/codes"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl/escltest"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// bureauScan is an office with the screen Numériser, a folder and a scanner; lot is the invoices that wait for pieces.
type bureauScan struct {
	*bureau
	lot     *fse.Lot
	dossier string
	scanner *escltest.Scanner
}

func monterScan(t testing.TB, factures int) *bureauScan {
	t.Helper()
	x := &bureauScan{dossier: t.TempDir(), scanner: escltest.New(escltest.Incidents{})}
	t.Cleanup(x.scanner.Close)
	n := numerisationDEssai(t)
	var err error
	if n.Arrivees, err = arrivees.Open(x.dossier, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Arrivees.Close() })
	if n.Scanner, err = escl.New(x.scanner.URL); err != nil {
		t.Fatal(err)
	}
	x.bureau = monter(t, suivitest.Plan{Lots: -1}, WithNumerisation(n))
	if x.lot, err = x.Lot(t.Context(), factures); err != nil {
		t.Fatal(err)
	}
	return x
}

// numerisationDEssai is the screen Numériser of the reference profile, without folder or scanner.
func numerisationDEssai(t testing.TB) Numerisation {
	t.Helper()
	profil, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	n, err := numerisation.New(profil.Numerisation)
	if err != nil {
		t.Fatal(err)
	}
	return Numerisation{Numeriseur: n, Codes: codes.Textes, Dossier: t.TempDir(), Types: profil.Types}
}

// page is a drawn ordonnance, or a sheet with the barcode of an invoice, as a G4 TIFF.
func pageTIFF(t testing.TB, pages ...*image.Gray) []byte {
	t.Helper()
	b, err := pd.G4(200, pages...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ordonnance(graine uint64) *image.Gray {
	return pd.Page{Graine: graine, Format: pd.A5, DPI: 200}.Gris()
}

func separatrice(t testing.TB, c fse.CleFacture) *image.Gray {
	t.Helper()
	g := pd.Uni(1165, 1654, 255)
	code, err := code128.Encode(papier.Etiquette(c))
	if err != nil {
		t.Fatal(err)
	}
	for x := range 3 * code.Bounds().Dx() {
		for y := range 180 {
			if r, _, _, _ := code.At(x/3, 0).RGBA(); r == 0 {
				g.SetGray(100+x, 500+y, color.Gray{})
			}
		}
	}
	return g
}

// deposerFichiers sends files as the form without scripts does.
func (b *bureauScan) deposerFichiers(noms []string, contenus ...[]byte) reponse {
	b.t.Helper()
	var corps bytes.Buffer
	m := multipart.NewWriter(&corps)
	for i, c := range contenus {
		w, err := m.CreateFormFile("fichier", noms[i])
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = w.Write(c)
	}
	_ = m.Close()
	r, err := http.NewRequestWithContext(contexte, http.MethodPost, b.serveur.URL+"/scor/numeriser/fichiers?csrf="+
		url.QueryEscape(b.e.jeton(&b.qui)), &corps)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	x, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer x.Body.Close()
	var o bytes.Buffer
	_, _ = o.ReadFrom(x.Body)
	return reponse{x.StatusCode, o.String(), x.Header, x.Request.URL.String()}
}

var idFeuille = regexp.MustCompile(`data-id="([A-Z0-9]+)"`)

func feuilles(corps string) (l []string) {
	for _, m := range idFeuille.FindAllStringSubmatch(corps, -1) {
		l = append(l, m[1])
	}
	return l
}

// piecesDe are the pieces of an invoice of the lot, in the journal.
func (b *bureauScan) piecesDe(i int) []suivi.VuePiece {
	b.t.Helper()
	v, err := b.Facture(contexte, b.lot.Factures[i].Cle)
	if err != nil {
		b.t.Fatal(err)
	}
	return v.Pieces
}

// A batch with separator sheets, without scripts: dropped, dealt out, looked at, attached; nothing is left behind.
func TestNumeriserLotSansScript(t *testing.T) {
	b := monterScan(t, 3)
	var pages []*image.Gray
	for i := range b.lot.Factures {
		pages = append(pages, separatrice(t, b.lot.Factures[i].Cle), ordonnance(uint64(i)))
	}
	x := b.deposerFichiers([]string{"lot du jour.tif"}, pageTIFF(t, pages...))
	if x.code != http.StatusOK || len(feuilles(x.corps)) != 6 || strings.Count(x.corps, "feuille séparatrice") != 3 {
		t.Fatalf("%d, %d pages: expected six, three of them separators", x.code, len(feuilles(x.corps)))
	}
	x = b.envoyer("numeriser/repartir", nil)
	if n := len(feuilles(x.corps)); n != 3 || strings.Contains(x.corps, "Pages sans facture") {
		t.Fatalf("%d pages after dealing out: expected three, each with its invoice: %s", n, x.corps)
	}
	v := url.Values{}
	for i := range b.lot.Factures {
		if len(b.piecesDe(i)) != 0 {
			t.Fatal("a piece was deposited before anybody agreed")
		}
		v.Add("piece", cleDe(b.lot.Factures[i].Cle))
	}
	x = b.envoyer("numeriser/deposer", v)
	if !strings.Contains(x.corps, "pièces jointes") {
		t.Errorf("no word of what was done: %s", x.corps)
	}
	for i := range b.lot.Factures {
		if p := b.piecesDe(i); len(p) != 1 || p[0].Type != scor.Ordonnance {
			t.Errorf("invoice %d: %v, expected its ordonnance", i, p)
		}
	}
	reste := 0
	for range b.e.numeriser.depot.List() {
		reste++
	}
	if reste != 0 || len(feuilles(b.lire("numeriser").corps)) != 0 {
		t.Errorf("%d files left behind", reste)
	}
}

// A page that can't be used says why, where, and can't be attached; taken away and scanned again, it can.
func TestNumeriserRefaire(t *testing.T) {
	b := monterScan(t, 1)
	sombre := pd.Page{Graine: 2, Format: pd.A5, DPI: 200, Defaut: pd.Noir}.Gris()
	x := b.deposerFichiers([]string{"a.tif"}, pageTIFF(t, sombre))
	l := feuilles(x.corps)
	if len(l) != 1 || !strings.Contains(x.corps, "à refaire") {
		t.Fatalf("a black page isn't told: %s", x.corps)
	}
	cle := cleDe(b.lot.Factures[0].Cle)
	b.envoyer("numeriser/agir", url.Values{"acte": {"attribuer"}, "feuille": l, "facture": {cle}})
	x = b.envoyer("numeriser/deposer", url.Values{"piece": {cle}})
	if len(b.piecesDe(0)) != 0 || !strings.Contains(x.corps, `role="alert"`) {
		t.Fatal("a page that can't be used was deposited, or refused without a word")
	}
	x = b.envoyer("numeriser/agir", url.Values{"acte": {"retirer|" + l[0]}})
	if len(feuilles(x.corps)) != 0 {
		t.Fatal("the page is still there")
	}
	x = b.deposerFichiers([]string{"a.tif"}, pageTIFF(t, ordonnance(2)))
	b.envoyer("numeriser/agir", url.Values{"acte": {"attribuer"}, "feuille": feuilles(x.corps), "facture": {cle}})
	b.envoyer("numeriser/deposer", url.Values{"piece": {cle}})
	if p := b.piecesDe(0); len(p) != 1 {
		t.Errorf("%v: expected the good scan", p)
	}
}

// A piece whose scan was refused is replaced under its own name.
func TestNumeriserRemplacer(t *testing.T) {
	b := monterScan(t, 1)
	cle := b.lot.Factures[0].Cle
	mauvaise := scor.Piece{ID: "P-BAD", Type: scor.Ordonnance, Facture: cle}
	if err := b.RefuserPiece(contexte, mauvaise, "Page illisible."); err != nil {
		t.Fatal(err)
	}
	if x := b.lire("numeriser?piece=P-BAD"); !strings.Contains(x.corps, "remplacent la pièce refusée") {
		t.Fatalf("no word of what is replaced: %s", x.corps)
	}
	b.deposerFichiers([]string{"a.tif"}, pageTIFF(t, ordonnance(2)))
	b.envoyer("numeriser/deposer", url.Values{"piece": {cleDe(cle)}})
	p := b.piecesDe(0)
	if len(p) != 1 || p[0].ID != "P-BAD" || p[0].Etat == journal.Refuse {
		t.Errorf("%+v: expected P-BAD with its new scan", p)
	}
}

// Pages of one invoice make one piece, in the order that a person gives them, by buttons or by dragging.
func TestNumeriserOrdre(t *testing.T) {
	b := monterScan(t, 1)
	x := b.deposerFichiers([]string{"a.tif", "b.tif", "c.tif"}, pageTIFF(t, ordonnance(1)), pageTIFF(t, ordonnance(2)),
		pageTIFF(t, ordonnance(3)))
	l := feuilles(x.corps)
	if len(l) != 3 {
		t.Fatalf("%d pages", len(l))
	}
	x = b.envoyer("numeriser/agir", url.Values{"acte": {"monter|" + l[2]}})
	if g := feuilles(x.corps); g[1] != l[2] || g[2] != l[1] {
		t.Errorf("moved up: %v", g)
	}
	x = b.envoyer("numeriser/agir", url.Values{"ordre": {l[2] + "," + l[1] + ",?," + l[0]}})
	if g := feuilles(x.corps); g[0] != l[2] || g[1] != l[1] || g[2] != l[0] {
		t.Errorf("ordered: %v", g)
	}
	cle := cleDe(b.lot.Factures[0].Cle)
	b.envoyer("numeriser/agir", url.Values{"acte": {"attribuer"}, "feuille": l, "facture": {cle}})
	b.envoyer("numeriser/deposer", url.Values{"piece": {cle}})
	p := b.piecesDe(0)
	if len(p) != 1 {
		t.Fatalf("%v: expected one piece", p)
	}
	y, ok, err := b.Suivi.Piece(contexte, p[0].ID)
	if err != nil || !ok || y.Pages != 3 {
		t.Errorf("%+v, %v: expected three pages", y, err)
	}
}

// The scanner's pages and those of its folder come in once; what goes wrong is said, and what came before is kept.
func TestNumeriserScannerEtDossier(t *testing.T) {
	b := monterScan(t, 1)
	var j bytes.Buffer
	f, err := pd.Page{Graine: 1, Format: pd.A5, DPI: 200}.Fichier(pd.JPEGGris)
	if err != nil {
		t.Fatal(err)
	}
	j.Write(f)
	b.scanner.Subir(escltest.Incidents{BourrageApres: 1})
	b.scanner.Charger(j.Bytes(), j.Bytes())
	x := b.envoyer("numeriser/scanner", url.Values{"source": {"chargeur"}})
	if len(feuilles(x.corps)) != 1 || !strings.Contains(x.corps, "coincées") {
		t.Errorf("a jam: %d pages, expected the first and what to do", len(feuilles(x.corps)))
	}
	if err := os.WriteFile(filepath.Join(b.dossier, "scan 1.tif"), pageTIFF(t, ordonnance(4)), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		x = b.envoyer("numeriser/dossier", nil)
	}
	if n := len(feuilles(x.corps)); n != 2 || !strings.Contains(x.corps, "scan 1.tif") {
		t.Errorf("%d pages: expected the folder's once", n)
	}
	b.envoyer("numeriser/agir", url.Values{"acte": {"vider"}})
	if l, err := b.e.numeriser.Arrivees.Arrivees(); err != nil || len(l) != 0 {
		t.Errorf("%v, %v: the folder's file is still kept", l, err)
	}
}

// Who may not deposit isn't offered the screen; pages are those of who brought them; a token is asked; a name that is
// markup is text.
func TestNumeriserDroits(t *testing.T) {
	b := monterScan(t, 1)
	x := b.deposerFichiers([]string{`<img src=x onerror=1>.tif`}, pageTIFF(t, ordonnance(1)))
	id := feuilles(x.corps)[0]
	if strings.Contains(x.corps, "<img src=x") || enLigne.MatchString(strings.ReplaceAll(x.corps, "onerror=1", "")) {
		t.Error("a file's name is markup, or something runs inline")
	}
	if y := b.lire("numeriser/image?id=" + id); y.code != http.StatusOK || y.entetes.Get("Content-Type") != "image/jpeg" {
		t.Errorf("image: %d", y.code)
	}
	b.qui = Personne{ID: "u2", Droits: TousDroits}
	if y := b.lire("numeriser/image?id=" + id); y.code != http.StatusNotFound {
		t.Errorf("somebody else's page: %d", y.code)
	}
	b.qui = Personne{ID: "u1", Droits: Lire | Intervenir}
	for _, chemin := range []string{"numeriser", "numeriser/image?id=" + id} {
		if y := b.lire(chemin); y.code != http.StatusForbidden {
			t.Errorf("%s without the right: %d", chemin, y.code)
		}
	}
	b.qui.Droits = TousDroits
	if y := b.demander("POST", "numeriser/agir", "acte=vider"); y.code != http.StatusForbidden {
		t.Errorf("without a token: %d", y.code)
	}
	if y := b.demander("POST", "numeriser/fichiers", "x"); y.code != http.StatusForbidden {
		t.Errorf("files without a token: %d", y.code)
	}
}

// From the upload to the verdict on the page: one A4 at 200 dpi.
func BenchmarkVerdict(b *testing.B) {
	x := monterScan(b, 1)
	page := pageTIFF(b, pd.Page{Graine: 3, Format: pd.A4, DPI: 200}.Gris())
	for b.Loop() {
		r := x.deposerFichiers([]string{"a.tif"}, page)
		if !strings.Contains(r.corps, "bonne") {
			b.Fatal(fmt.Sprint(r.code))
		}
		b.StopTimer()
		x.envoyer("numeriser/agir", url.Values{"acte": {"vider"}})
		b.StartTimer()
	}
}

// Two people who look into the watched folder at once don't both get a file: its pages are before one of them.
func TestDossierADeux(t *testing.T) {
	b := monterScan(t, 2)
	for i := range 4 {
		if err := os.WriteFile(filepath.Join(b.dossier, fmt.Sprint("scan", i, ".tif")), pageTIFF(t, ordonnance(1)),
			0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.envoyer("numeriser/dossier", nil) // a first look: sizes are to hold still until the next
	personnes := []Personne{b.qui, {ID: "u2", Nom: "Paul", Droits: TousDroits}}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			p := personnes[i%2]
			q := &requete{Ecrans: b.e, Personne: p, Racine: "./"}
			r := httptest.NewRequestWithContext(contexte, http.MethodPost, "/numeriser/dossier", nil)
			if err := regarderDossier(httptest.NewRecorder(), r, q); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	pages := map[string]int{}
	for _, p := range personnes {
		for _, f := range b.e.numeriser.plateau(p.ID).feuilles {
			pages[f.recu.arrivee]++
		}
	}
	if len(pages) != 4 {
		t.Errorf("%d files of 4 were taken", len(pages))
	}
	for a, n := range pages {
		if n != 1 {
			t.Errorf("%s: %d times", a, n)
		}
	}
}
