package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/essais/modes"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

const (
	envTuer = "OFFICINE_TUER_A" // number of the step at which to kill
	envArgs = "OFFICINE_ARGS"
)

// TestMain lets the test binary be the program: run again under envArgs, it does its job, and kills itself at the step
// asked.
func TestMain(m *testing.M) {
	args, ok := os.LookupEnv(envArgs)
	if !ok {
		os.Exit(m.Run())
	}
	bail = time.Second
	tuer, _ := strconv.Atoi(os.Getenv(envTuer))
	n := 0
	etape = func() {
		if n++; n == tuer {
			moi, _ := os.FindProcess(os.Getpid())
			_ = moi.Kill()
			select {} // nothing more runs here
		}
	}
	if err := lancer(context.Background(), strings.Split(args, "\n"), os.Stdout, io.Discard); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "etapes %d\n", n)
	os.Exit(0)
}

// processus runs the program in a process of its own; the number of its steps, or -1 when it was killed.
func processus(t *testing.T, tuer int, args ...string) (etapes int, sortie []byte) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), envArgs+"="+strings.Join(args, "\n"), fmt.Sprintf("%s=%d", envTuer, tuer))
	var out, err bytes.Buffer
	c.Stdout, c.Stderr = &out, &err
	if e := c.Run(); e != nil {
		if tuer > 0 && err.Len() == 0 {
			return -1, nil
		}
		t.Fatalf("%v\n%s", e, err.Bytes())
	}
	if _, e := fmt.Sscanf(err.String(), "etapes %d", &etapes); e != nil {
		t.Fatalf("%q: %v", err.String(), e)
	}
	return etapes, out.Bytes()
}

type compte struct {
	factures []objetFacture
	bilan    bilan
}

func lireCompte(t *testing.T, sortie []byte) (c compte) {
	t.Helper()
	s := bufio.NewScanner(bytes.NewReader(sortie))
	for s.Scan() {
		var l struct {
			objetFacture
			Bilan *bilan `json:"bilan"`
		}
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v", s.Bytes(), err)
		}
		if l.Bilan != nil {
			c.bilan = *l.Bilan
		} else {
			c.factures = append(c.factures, l.objetFacture)
		}
	}
	return c
}

func executer(t *testing.T, args ...string) compte {
	t.Helper()
	var out bytes.Buffer
	if err := lancer(t.Context(), append(args, "-json"), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	return lireCompte(t, out.Bytes())
}

// petiteJournee is a day small enough to be done a hundred times: two invoices, two scans.
func petiteJournee(t *testing.T) []string {
	t.Helper()
	dossier := t.TempDir()
	garde := journee
	journee = journee[:2:2]
	journee[1].dessins = []string{"ok-g4"}
	defer func() { journee = garde; journee[1].dessins = []string{"ok-gris"} }()
	b2, scans, liens, err := ecrireDefauts(dossier)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"-b2", b2, "-scans", scans, "-liens", liens, "-json"}
}

// verifierFrontal checks that the frontal has each lot once, under one identity, and that the journal is whole.
func verifierFrontal(t *testing.T, sortie string, lots ...int) {
	t.Helper()
	f, err := frontal.New(frontal.Config{Dossier: filepath.Join(sortie, "frontal"), Adresse: "01751@751.01.rss.fr"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	identites := map[string]string{}
	pieces := map[string]bool{}
	for _, r := range f.Recus() {
		for _, l := range r.Lots {
			cle := fmt.Sprint(r.Flux, l.Numero, l.Date)
			if autre, deja := identites[cle]; deja {
				t.Errorf("lot %s came under %s and %s", cle, autre, r.MessageID)
			}
			identites[cle] = r.MessageID
			for _, p := range l.Pieces {
				if pieces[p.ID] {
					t.Errorf("piece %s is in two lots", p.ID)
				}
				pieces[p.ID] = true
			}
		}
		for _, c := range r.Constats {
			t.Errorf("the frontal found: %v", c)
		}
	}
	if !slices.Contains(lots, len(identites)) {
		t.Errorf("%d lots at the frontal, want one of %d", len(identites), lots)
	}
	j, err := sqlite.Open(t.Context(), filepath.Join(sortie, "suivi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if _, err := journal.Verifier(t.Context(), j, nil); err != nil {
		t.Error(err)
	}
}

// TestTuerAChaqueEtape kills the program (SIGKILL) at each step of journal and network, runs it again, and finds no
// loss and no double.
func TestTuerAChaqueEtape(t *testing.T) {
	args := petiteJournee(t)
	entiere, sortie := processus(t, 0, append(args, "-sortie", t.TempDir())...)
	if c := lireCompte(t, sortie); c.bilan.Acquittees != 2 || entiere < 30 {
		t.Fatalf("undisturbed: %d steps, %+v", entiere, c.bilan)
	}
	pas := 1
	if testing.Short() {
		pas = 7
	}
	for n := 1; n <= entiere; n += pas {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			dossier := t.TempDir()
			if etapes, _ := processus(t, n, append(args, "-sortie", dossier)...); etapes != -1 {
				t.Fatalf("not killed at step %d", n)
			}
			_, sortie := processus(t, 0, append(args, "-sortie", dossier)...)
			if b := lireCompte(t, sortie).bilan; b.Factures != 2 || b.Acquittees != 2 {
				t.Errorf("after the kill: %+v", b)
			}
			// A kill between the two pieces lets the first one leave in a lot of its own.
			verifierFrontal(t, dossier, 2, 3)
			_, sortie = processus(t, 0, append(args, "-sortie", dossier)...)
			if b := lireCompte(t, sortie).bilan; b.Envoyes != 0 {
				t.Errorf("a third run sent %d messages", b.Envoyes)
			}
		})
	}
}

func TestJourneeParDefaut(t *testing.T) {
	dossier := t.TempDir()
	c := executer(t, "-sortie", dossier)
	if want := (bilan{Factures: 8, Acquittees: 6, Refusees: 1, SansPiece: 1, Envoyes: 3}); c.bilan != want {
		t.Errorf("%+v, want %+v", c.bilan, want)
	}
	verifierFrontal(t, dossier, 4)
	if c := executer(t, "-sortie", dossier); c.bilan.Envoyes != 0 || c.bilan.Acquittees != 6 {
		t.Errorf("run again: %+v", c.bilan)
	}
	for _, motif := range []string{"pdf/*.pdf", "envoyes/*.eml", "recus/*.eml", "suivi.db"} {
		if noms, _ := filepath.Glob(filepath.Join(dossier, motif)); len(noms) == 0 {
			t.Errorf("no %s is left", motif)
		}
	}
	modes.Prives(t, dossier)
}

func TestIncidents(t *testing.T) {
	for incident, want := range map[string]bilan{
		"arl-negatif": {Factures: 8, Refusees: 1, SansPiece: 1, Envoyes: 3},
		"mds":         {Factures: 8, Refusees: 1, SansPiece: 1, Envoyes: 7}, // "unavailable" is tried again up to the limit
		"silence":     {Factures: 8, Acquittees: 6, Refusees: 1, SansPiece: 1, Envoyes: 5},
		"anr":         {Factures: 8, Acquittees: 6, Refusees: 1, SansPiece: 1, Envoyes: 5},
	} {
		t.Run(incident, func(t *testing.T) {
			dossier := t.TempDir()
			c := executer(t, "-sortie", dossier, "-incident", incident)
			if c.bilan != want {
				t.Errorf("%+v, want %+v", c.bilan, want)
			}
			verifierFrontal(t, dossier, 4)
		})
	}
}

// TestProfilImaginaire goes the whole way with a made-up profile, of which every width, code and template differs.
func TestProfilImaginaire(t *testing.T) {
	dossier := t.TempDir()
	c := executer(t, "-sortie", dossier, "-profil", "testdata/imaginaire.yaml")
	if c.bilan.Acquittees != 6 || c.bilan.Refusees != 1 || c.bilan.SansPiece != 1 {
		t.Errorf("%+v", c.bilan)
	}
	noms, err := filepath.Glob(filepath.Join(dossier, "envoyes", "*.eml"))
	if err != nil || len(noms) < 2 {
		t.Fatal(noms, err)
	}
	depots, plusieurs := 0, 0
	for _, nom := range noms {
		b, err := os.ReadFile(nom)
		if err != nil {
			t.Fatal(err)
		}
		entete, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
		if bytes.Contains(entete, []byte("Subject: DEPOT ")) {
			depots++
			if bytes.Contains(entete, []byte("DEPOT 2 LOTS")) {
				plusieurs++
			}
			if !bytes.Contains(entete, []byte("To: <pieces-751@depot.exemple>")) &&
				!bytes.Contains(entete, []byte("To: pieces-751@depot.exemple")) {
				t.Errorf("header without the profile's address:\n%s", entete)
			}
		}
	}
	if depots != 2 || plusieurs != 1 {
		t.Errorf("%d messages with the profile's Subject, %d of two lots; want 2 and 1", depots, plusieurs)
	}
}

func TestFichiersPartages(t *testing.T) {
	const partage = "../../../shared"
	if _, err := os.Stat(partage); err != nil {
		t.Skip("../shared is not here")
	}
	c := executer(t, "-sortie", t.TempDir(), "-b2", partage+"/data/b2/lot1.b2", "-scans", partage+"/scans/ordonnances")
	verites, err := os.ReadFile(partage + "/scans/ordonnances/truth.csv")
	if err != nil {
		t.Fatal(err)
	}
	accepter := map[string]bool{}
	for _, l := range strings.Split(string(verites), "\n") {
		if champs := strings.Split(l, ","); len(champs) > 2 {
			accepter[champs[0]] = champs[1] == "ok" || champs[1] == "inclinaison" || champs[1] == "couche"
		}
	}
	want := map[string]string{}
	got := map[string]string{}
	for _, f := range c.factures {
		if len(f.Pieces) != 1 {
			t.Fatalf("invoice %d has %d pieces", f.Facture, len(f.Pieces))
		}
		nom := f.Pieces[0].Fichier
		want[nom] = "refusee"
		if accepter[nom] {
			want[nom] = "acquittee"
		}
		got[nom] = f.Etat
	}
	if d := cmp.Diff(want, got); d != "" || len(got) != 19 {
		t.Errorf("%d invoices: %s", len(got), d)
	}
}

func TestLiens(t *testing.T) {
	args := petiteJournee(t)
	scans := args[3]
	faux := filepath.Join(t.TempDir(), "liens.csv")
	if err := os.WriteFile(faux, []byte("facture,fichier\n9999,ok-g4.tif\n2101,absent.tif\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := lancer(t.Context(), []string{"-b2", args[1], "-scans", scans, "-liens", faux, "-sortie", t.TempDir()},
		io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "ligne 2") || !strings.Contains(err.Error(), "ligne 3") {
		t.Errorf("error %v, want both lines", err)
	}
}
