package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	"github.com/scor-sdk/scor-sdk-go/internal/essais/modes"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// resultat is what -json said.
type resultat struct {
	factures []objetFacture
	bilan    bilan
}

func lire(t testing.TB, sortie []byte) resultat {
	t.Helper()
	var r resultat
	for ligne := range bytes.Lines(sortie) {
		var x struct {
			objetFacture
			Bilan *bilan
		}
		if err := json.Unmarshal(ligne, &x); err != nil {
			t.Fatalf("%v in %s", err, ligne)
		}
		if x.Bilan != nil {
			r.bilan = *x.Bilan
		} else {
			r.factures = append(r.factures, x.objetFacture)
		}
	}
	return r
}

// jouer runs the program to its end.
func jouer(t testing.TB, args ...string) (resultat, string) {
	t.Helper()
	var sortie, progres bytes.Buffer
	if err := lancer(t.Context(), append([]string{"-json"}, args...), &sortie, &progres); err != nil {
		t.Fatalf("%v\n%s", err, progres.String())
	}
	return lire(t, sortie.Bytes()), progres.String()
}

// The default day ends by itself: two lots, one signature each, everything acknowledged and paid; and a second run
// signs and sends nothing.
func TestAuto(t *testing.T) {
	dossier := t.TempDir()
	r, progres := jouer(t, "-auto", "-mandant", "Dr Anne MOREL", "-sortie", dossier)
	veut := bilan{Factures: 8, Acquittees: 8, Payees: 8, Signatures: 2, Envoyes: 3}
	if r.bilan != veut {
		t.Errorf("%+v\n%s", r.bilan, progres)
	}
	modes.Prives(t, dossier)
	for _, f := range r.factures {
		if len(f.Pieces) != 1 || f.Pieces[0].Etat != "arl+" || f.RSP != "paye" || *f.Paye != f.AMO {
			t.Errorf("%+v", f)
		}
	}
	again, _ := jouer(t, "-auto", "-mandant", "Dr Anne MOREL", "-sortie", dossier)
	if veut.Envoyes = 0; again.bilan != veut {
		t.Errorf("second run: %+v", again.bilan)
	}
	signes, err := filepath.Glob(filepath.Join(dossier, "signes", "*.pdf"))
	if err != nil || len(signes) != 2 {
		t.Fatalf("%v %v", signes, err)
	}
	for _, chemin := range signes {
		verifierSigne(t, chemin)
	}
	// Of the strokes nothing is left, and no piece that is filed left the clinic.
	for _, f := range []string{"controle/controle.zip", "controle/controle.pdf", "pieces-classees/registre.jsonl"} {
		if i, err := os.Stat(filepath.Join(dossier, f)); err != nil || i.Size() == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
	envoyes, err := filepath.Glob(filepath.Join(dossier, "envoyes", "*.eml"))
	if err != nil || len(envoyes) != 3 {
		t.Errorf("%d messages: %v", len(envoyes), err)
	}
	acces, err := os.ReadFile(filepath.Join(dossier, "acces.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"2850775113044", "28507751130", "Vidal", "MOREL"} {
		if bytes.Contains(acces, []byte(secret)) || strings.Contains(progres, secret) {
			t.Errorf("%.3s… in a log", secret)
		}
	}
}

// verifierSigne reads a signed bordereau as its receiver can, and finds every kind of change.
func verifierSigne(t *testing.T, chemin string) {
	t.Helper()
	b, err := os.ReadFile(chemin)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s3404.Verifier(bytes.NewReader(b), int64(len(b)), nil)
	if err != nil || !p.PourMandat || p.Mandant != "Dr Anne MOREL" || p.Signataire.Nom != "Mme Claire Vidal" {
		t.Fatalf("%+v %v", p, err)
	}
	for _, i := range []int{10, len(b) / 3, int(p.Octets) - 2, int(p.Octets) + 40, len(b) - 30} {
		c := bytes.Clone(b)
		c[i] ^= 1
		if _, err := s3404.Verifier(bytes.NewReader(c), int64(len(c)), nil); err == nil {
			t.Errorf("byte %d changed, and the signature still holds", i)
		}
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Log("no pdftotext (Debian: poppler-utils)")
		return
	}
	texte, err := exec.Command("pdftotext", "-layout", chemin, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, veut := range []string{"Claire Vidal", "Dr Anne MOREL", p.Document.String(), "751143488", "non vérifié"} {
		if !bytes.Contains(texte, []byte(veut)) {
			t.Errorf("%q is not in the text of %s", veut, filepath.Base(chemin))
		}
	}
}

// One signature for each invoice, where that is asked.
func TestParFacture(t *testing.T) {
	r, progres := jouer(t, "-auto", "-portee", "facture", "-sortie", t.TempDir())
	if veut := (bilan{Factures: 8, Acquittees: 8, Payees: 8, Signatures: 8, Envoyes: 3}); r.bilan != veut {
		t.Errorf("%+v\n%s", r.bilan, progres)
	}
}

// The signature covers the lot or the invoice as the dated rule says, unless the profile is stricter.
func TestPortee(t *testing.T) {
	dossier := t.TempDir()
	c, err := ouvrir(t.Context(), options{sortie: dossier, b2: []string{ecrireB2(t, lotsDessines)}}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer c.fermer()
	avant, err := fse.NewDate(2019, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	if p := c.porteeDu(fse.CleLot{Date: avant}); p != "facture" {
		t.Errorf("2019: %s", p)
	}
	cle := c.fichiers[0].bordereaux[0].Lot.Cle
	if p := c.porteeDu(cle); p != "lot" {
		t.Errorf("2026: %s", p)
	}
	profil := *c.profil // shared by all who ask for it
	profil.Signature.Mode = "facture"
	c.profil = &profil
	if p := c.porteeDu(cle); p != "facture" {
		t.Errorf("profile by invoice: %s", p)
	}
}

func ecrireB2(t testing.TB, lots []lotDessine) string {
	t.Helper()
	b, err := fichierHopital(lots)
	if err != nil {
		t.Fatal(err)
	}
	chemin := filepath.Join(t.TempDir(), "clinique.b2")
	if err := os.WriteFile(chemin, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return chemin
}

// What goes wrong is told to the biller, and nothing goes that should not.
func TestIncidents(t *testing.T) {
	for incident, veut := range map[string]bilan{
		"b2-refuse":   {Factures: 8, Retenus: 2, Envoyes: 1},
		"arl-negatif": {Factures: 8, Signatures: 2, Envoyes: 3},
		"rejet":       {Factures: 8, Acquittees: 6, Payees: 6, Rejetees: 2, Signatures: 2, Envoyes: 3},
		"anr":         {Factures: 8, Acquittees: 8, Payees: 8, Signatures: 2, Envoyes: 5},
	} {
		t.Run(incident, func(t *testing.T) {
			r, progres := jouer(t, "-auto", "-incident", incident, "-sortie", t.TempDir())
			if r.bilan != veut {
				t.Errorf("%+v, want %+v\n%s", r.bilan, veut, progres)
			}
			if incident == "b2-refuse" && (!strings.Contains(progres, "retenu") || r.factures[0].Etat != "lot-refuse" ||
				len(r.factures[0].Pieces) != 0) {
				t.Errorf("%+v\n%s", r.factures[0], progres)
			}
		})
	}
}

// A bordereau that no longer is what was signed is not sent.
func TestModifieApresSignature(t *testing.T) {
	dossier := t.TempDir()
	o, err := lireOptions([]string{"-auto", "-sortie", dossier, ecrireB2(t, lotsDessines)}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	etape = func(e string) {
		if e == "signer" {
			// Between the signature and its use somebody rewrites an amount.
			chemins, _ := filepath.Glob(filepath.Join(dossier, "bordereaux", "*.pdf"))
			for _, c := range chemins {
				b, err := os.ReadFile(c)
				if err != nil {
					t.Error(err)
				}
				b[len(b)/2] ^= 1
				if err := os.WriteFile(c, b, 0o600); err != nil {
					t.Error(err)
				}
			}
		}
	}
	defer func() { etape = func(string) {} }()
	c, err := ouvrir(t.Context(), o, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer c.fermer()
	if err := c.travailler(t.Context()); err == nil || !strings.Contains(err.Error(), "not the one that was presented") {
		t.Fatalf("%v", err)
	}
	for _, m := range c.frontal.Recus() {
		if m.Flux == "pieces" {
			t.Error("it was sent")
		}
	}
	if signes, _ := filepath.Glob(filepath.Join(dossier, "signes", "*")); len(signes) > 0 {
		t.Errorf("it was signed: %v", signes)
	}
}

// The shared files of another program's production go the whole way.
func TestPartages(t *testing.T) {
	partage := filepath.Join("..", "..", "..", "shared", "data", "b2")
	if _, err := os.Stat(partage); err != nil {
		t.Skip("../shared is not here")
	}
	brut, err := os.ReadFile(filepath.Join(partage, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var verite []struct {
		Fichier  string
		Lot      int
		Factures []struct {
			Numero  int
			Montant fse.Montant `json:"montant_centimes"`
		}
	}
	if err := json.Unmarshal(brut, &verite); err != nil {
		t.Fatal(err)
	}
	for _, v := range verite {
		t.Run(v.Fichier, func(t *testing.T) {
			r, progres := jouer(t, "-auto", "-sortie", t.TempDir(), filepath.Join(partage, v.Fichier))
			if n := len(v.Factures); r.bilan != (bilan{Factures: n, Acquittees: n, Payees: n, Signatures: 1, Envoyes: 2}) {
				t.Fatalf("%+v\n%s", r.bilan, progres)
			}
			for i, f := range v.Factures {
				if g := r.factures[i]; g.Facture != f.Numero || g.Total != f.Montant || g.Lot != v.Lot {
					t.Errorf("%+v, want %+v", g, f)
				}
			}
		})
	}
}

// Several files of hospitals, written zone by zone, at once.
func TestHopitaux(t *testing.T) {
	partage := filepath.Join("..", "..", "..", "shared", "data", "normes")
	if _, err := os.Stat(partage); err != nil {
		t.Skip("../shared is not here")
	}
	for _, nom := range []string{"n4-cp.b2", "n5-cp.b2"} {
		t.Run(nom, func(t *testing.T) {
			r, progres := jouer(t, "-auto", "-sortie", t.TempDir(), filepath.Join(partage, nom))
			if b := r.bilan; b.Factures == 0 || b.Acquittees != b.Factures || b.Payees != b.Factures {
				t.Errorf("%+v\n%s", b, progres)
			}
		})
	}
}

// ---- Killed at each step.

const variableMort = "CLINIQUE_MEURT_A"

func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv(variableMort)); err == nil {
		var mu sync.Mutex
		etape = func(string) {
			mu.Lock()
			defer mu.Unlock()
			if n--; n == 0 {
				p, _ := os.FindProcess(os.Getpid())
				_ = p.Kill()
				select {}
			}
		}
		if err := lancer(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, "erreur :", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func mourir(t *testing.T, n int, args ...string) (fini bool, sortie []byte) {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), variableMort+"="+strconv.Itoa(n))
	var erreurs bytes.Buffer
	c.Stderr = &erreurs
	sortie, err := c.Output()
	var x *exec.ExitError
	if errors.As(err, &x) && !strings.Contains(erreurs.String(), "erreur :") {
		return false, nil
	}
	if err != nil {
		t.Fatalf("killed at %d: %v\n%s", n, err, erreurs.String())
	}
	return true, sortie
}

// Killed at every step of the work and started again, it finishes; the frontal has each lot once, and each lot has one
// signature.
func TestMortAChaqueEtape(t *testing.T) {
	if testing.Short() {
		t.Skip("dozens of processes")
	}
	b2 := ecrireB2(t, lotsDessines)
	const pas = 6
	for n := 1; ; n += pas {
		dossier := t.TempDir()
		args := []string{"-json", "-auto", "-sortie", dossier, b2}
		fini, sortie := mourir(t, n, args...)
		if !fini {
			var encore bool
			if encore, sortie = mourir(t, 1<<30, args...); !encore {
				t.Fatalf("killed at step %d, then again", n)
			}
		}
		r := lire(t, sortie)
		if r.bilan.Acquittees != 8 || r.bilan.Payees != 8 || r.bilan.Signatures != 2 {
			t.Errorf("killed at step %d: %+v", n, r.bilan)
		}
		verifierFrontal(t, n, dossier)
		if fini {
			if n < 20 {
				t.Errorf("only %d steps were seen", n)
			}
			return
		}
	}
}

// verifierFrontal reads what the frontal kept: each lot of pieces under one identity.
func verifierFrontal(t *testing.T, n int, dossier string) {
	t.Helper()
	recus, err := filepath.Glob(filepath.Join(dossier, "frontal", "recus", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	lots := map[string]int{}
	for _, f := range recus {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			Flux string
			Lots []struct{ Pieces []struct{ Facture int64 } }
		}
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		for _, l := range m.Lots {
			var factures []int64
			for _, p := range l.Pieces {
				factures = append(factures, p.Facture)
			}
			slices.Sort(factures)
			lots[m.Flux+fmt.Sprint(factures)]++
		}
	}
	for l, k := range lots {
		if strings.HasPrefix(l, "pieces") && k != 1 {
			t.Errorf("killed at step %d: the frontal has %s %d times", n, l, k)
		}
	}
}

// ---- On a tablet.

// terminal is the biller's terminal: what the program says, and the code on it.
type terminal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (x *terminal) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *terminal) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// dernier waits for an expression on the terminal and gives its last match.
func (x *terminal) dernier(t *testing.T, expression string) string {
	t.Helper()
	re := regexp.MustCompile(expression)
	for fin := time.Now().Add(time.Minute); time.Now().Before(fin); time.Sleep(20 * time.Millisecond) {
		if m := re.FindAllStringSubmatch(x.String(), -1); m != nil {
			return m[len(m)-1][1]
		}
	}
	t.Fatalf("%s never came:\n%s", expression, x.String())
	return ""
}

// The whole way on a tablet: the lots opened, read, signed with a pen, one for a mandate; sent, acknowledged, and shown
// so.
func TestTablette(t *testing.T) {
	p := chromium.Open(t, 1280, 800)
	var sortie bytes.Buffer
	var term terminal
	dossier := t.TempDir()
	fini := make(chan error, 1)
	ctx, arreter := context.WithCancel(t.Context())
	t.Cleanup(arreter)
	go func() {
		fini <- lancer(ctx, []string{"-json", "-adresse", "127.0.0.1:0", "-delai", "1s", "-sortie", dossier}, &sortie, &term)
	}()
	url := term.dernier(t, `Page de signature : (https://\S+)`)
	p.Aller(url)
	p.Ecrire("#code", term.dernier(t, `Code de connexion de la tablette : (\d{4} \d{4})`))
	p.Cliquer("button[type=submit]")
	p.Attendre(`document.querySelectorAll('.documents li').length === 2`)
	p.Capturer("1-liste")
	for i, lot := range []string{"751143488/104/261021/CLI001", "751143488/105/261021/CLI001"} {
		p.Cliquer(`.documents a.principal`)
		p.Attendre(`document.querySelector('#zone[data-pret]')`)
		if vu := p.Texte("#lot"); vu != lot {
			t.Errorf("signing %s, on the screen %s", lot, vu)
		}
		if i == 0 {
			p.Cliquer("#voir-texte")
			p.Attendre(`document.getElementById('bordereau').contentDocument?.querySelectorAll('tr.tete').length === 5`)
			p.Capturer("2-tableau")
			p.Cliquer("#voir-pdf")
			p.Cliquer("#mandat")
			p.Ecrire("#mandant", "Dr Anne MOREL")
		}
		p.Attendre(`document.querySelector('#pages[data-pret]')`)
		p.Cliquer("#derniere")
		p.Attendre(`document.getElementById('lu').checked`)
		p.Dessiner("#zone", chromium.Stylet, chromium.Paraphe()...)
		p.Attendre(`document.getElementById('enregistre').textContent.includes('enregistré')`)
		p.Capturer(fmt.Sprintf("3-lot-%d", i))
		p.Cliquer("#signer")
		p.Attendre(`document.getElementById('etapes').innerText.includes('réception positif')`)
		p.Capturer(fmt.Sprintf("4-acquitte-%d", i))
		if i == 0 {
			p.Cliquer(`#recu a[href="/"]`)
			p.Attendre(`document.querySelector('.documents .joint')`)
			p.Capturer("5-liste")
		}
	}
	for _, m := range p.Console() {
		t.Errorf("console: %s", m)
	}
	if err := <-fini; err != nil {
		t.Fatalf("%v\n%s", err, term.String())
	}
	if r := lire(t, sortie.Bytes()); r.bilan != (bilan{Factures: 8, Acquittees: 8, Payees: 8, Signatures: 2, Envoyes: 3}) {
		t.Errorf("%+v\n%s", r.bilan, term.String())
	}
	verifierSigne(t, filepath.Join(dossier, "signes", "S3404-751143488-104-261021.pdf"))
}

// Plain HTTP is for this machine only; options that contradict each other are refused.
func TestOptions(t *testing.T) {
	for _, args := range [][]string{{"-auto", "-signature", "x"}, {"-certificat", "x"}, {"-portee", "page"},
		{"-tirage", "3"}, {"-incident", "rien"}, {"-inconnue"}, {"-auto", "-mandant", "Dr 好"}} {
		if _, err := lireOptions(args, io.Discard); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
	// An option after the files is an option, never a file.
	if o, err := lireOptions([]string{"a.b2", "-auto"}, io.Discard); err != nil || !o.auto || len(o.b2) != 1 {
		t.Errorf("%+v %v", o, err)
	}
	err := lancer(t.Context(), []string{"-http", "-adresse", "0.0.0.0:0", "-sortie", t.TempDir()}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("plain HTTP for all: %v", err)
	}
	if h := hotes("0.0.0.0:8443", "Tablette.local"); h[0] != "tablette.local" || !slices.Contains(h, "127.0.0.1") {
		t.Errorf("%v", h)
	}
	for _, h := range hotes("0.0.0.0:0", "") {
		if ip := net.ParseIP(h); ip != nil && ip.IsUnspecified() {
			t.Errorf("%v is no host", h)
		}
	}
}

// A lot of 10,000 invoices through the whole flow: bordereau, signature, SCOR lots, returns.
func BenchmarkFlux(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			sejours := make([]sejour, n)
			for i := range sejours {
				sejours[i] = lotsDessines[0].sejours[i%len(lotsDessines[0].sejours)]
				// A lot's total has nine columns of cents.
				sejours[i].prix, sejours[i].actes = 60_000, []acte{{"CS", medecin, 3000}}
				sejours[i].nir = fmt.Sprintf("2%02d%02d75%03d%03d", 40+i%50, 1+i%12, 100+i/1000, i%1000)
			}
			b2 := ecrireB2(b, []lotDessine{{104, 1_000_001, sejours}})
			b.ReportAllocs()
			for b.Loop() {
				r, progres := jouer(b, "-auto", "-sortie", b.TempDir(), b2)
				if r.bilan.Acquittees != n || r.bilan.Payees != n {
					b.Fatalf("%+v\n%s", r.bilan, progres[max(0, len(progres)-2000):])
				}
			}
		})
	}
}
