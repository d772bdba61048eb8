package suivi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// The tests below run this very binary as another process, and kill it.

const enfant = "SCOR_SUIVI_ENFANT"

// mission is what a child process has to do.
type mission struct {
	Quoi       string // "parcours": the whole way once; "ouvrier": rounds until told to stop
	SQLite     string // file
	Postgres   string // DSN
	Dossier    string
	SMTP, POP3 string
	Flux       string // B2 file, for parcours
	MourirA    int64  // step at which the process kills itself; 0: never
	Bail       time.Duration
	Arret      string // file whose appearance stops an ouvrier
	Titulaire  string // of leases; "" draws one
	// Decalage has the clock run ahead, and the leases of Titulaire end: what a process killed before it held is free,
	// however long a lease is. No delay of the test then depends on the speed of the machine.
	Decalage time.Duration
}

func TestMain(m *testing.M) {
	if s := os.Getenv(enfant); s != "" {
		var x mission
		if err := json.Unmarshal([]byte(s), &x); err == nil {
			if err = x.faire(context.Background()); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
		return
	}
	os.Exit(m.Run())
}

func (x mission) commande(t testing.TB) *exec.Cmd {
	t.Helper()
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), enfant+"="+string(b))
	return c
}

var pas, mourirA atomic.Int64

// etape counts a step of the way, and dies there if it's its hour.
func etape() {
	if n := pas.Add(1); n == mourirA.Load() {
		p, err := os.FindProcess(os.Getpid())
		if err == nil {
			_ = p.Kill() // SIGKILL: nothing is run any more
		}
		select {}
	}
}

type journalMortel struct{ journal.Journal }

func (j journalMortel) Ajouter(ctx context.Context, evs []journal.Evenement) error {
	etape()
	defer etape()
	return j.Journal.Ajouter(ctx, evs)
}

func (j journalMortel) Prendre(ctx context.Context, p journal.Prise) ([]journal.Objet, error) {
	l, err := j.Journal.Prendre(ctx, p)
	if len(l) > 0 {
		etape()
	}
	return l, err
}

func (j journalMortel) Dus(ctx context.Context, maintenant time.Time) ([]journal.Genre, error) {
	if a, ok := j.Journal.(journal.Agenda); ok {
		return a.Dus(ctx, maintenant)
	}
	return journal.Genres(), nil
}

type depotMortel struct{ coffre.Depot }

func (d depotMortel) Creer(ctx context.Context) (coffre.Ecriture, error) {
	w, err := d.Depot.Creer(ctx)
	return ecritureMortelle{w}, err
}

type ecritureMortelle struct{ coffre.Ecriture }

func (e ecritureMortelle) Valider(ctx context.Context, nom string) error {
	etape()
	defer etape()
	return e.Ecriture.Valider(ctx, nom)
}

type connMortelle struct{ net.Conn }

func (c connMortelle) Write(b []byte) (int, error) {
	etape()
	return c.Conn.Write(b)
}

func (c connMortelle) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	etape()
	return n, err
}

func composer(ctx context.Context, reseau, adresse string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, reseau, adresse)
	return connMortelle{c}, err
}

const adresseCabinet = "cabinet@exemple.test"

type magasin struct {
	journal.Journal
	depot  coffre.Depot
	fermer func() error
}

func (x mission) magasin(ctx context.Context) (magasin, error) {
	if x.Postgres != "" {
		j, err := postgres.Open(ctx, x.Postgres, x.Dossier)
		if err != nil {
			return magasin{}, err
		}
		return magasin{j, j.Documents(), j.Close}, nil
	}
	j, err := sqlite.Open(ctx, x.SQLite)
	if err != nil {
		return magasin{}, err
	}
	return magasin{j, j.Documents(), j.Close}, nil
}

func profilEnClair() (*scor.Profil, error) {
	commun, err := scor.Reference()
	if err != nil {
		return nil, err
	}
	p := *commun
	p.Message.Enveloppe.Chiffrement, p.Factures.Enveloppe.Chiffrement = "aucun", "aucun"
	return &p, nil
}

func (x mission) ouvrir(ctx context.Context, m magasin, mortel bool) (*suivi.Suivi, error) {
	p, err := profilEnClair()
	if err != nil {
		return nil, err
	}
	var j journal.Journal = m.Journal
	depot := m.depot
	if mortel {
		j, depot = journalMortel{j}, depotMortel{depot}
	}
	k, err := coffre.Open(context.Background(), depot, bytes.Repeat([]byte{9}, coffre.TailleCle))
	if err != nil {
		return nil, err
	}
	relais, err := smtp.New(smtp.Relais{Adresse: x.SMTP, Securite: smtp.EnClair}, smtp.WithDial(composer),
		smtp.WithReprises(smtp.Reprises{Essais: 1}))
	if err != nil {
		return nil, err
	}
	if x.Decalage > 0 {
		if err := x.liberer(ctx, m.Journal); err != nil {
			return nil, err
		}
	}
	return suivi.Open(ctx, suivi.Config{Profil: p, Journal: j, Coffre: k, Bail: x.Bail, Titulaire: x.Titulaire,
		Horloge:    func() time.Time { return time.Now().Add(x.Decalage) },
		Emetteur:   suivi.Emetteur{Emetteur: lot.Emetteur{Type: "TE", Numero: "00000123456782"}, Adresse: adresseCabinet},
		Expediteur: relais, Boites: []transport.Boite{&pop3.Boite{Adresse: x.POP3, Securite: pop3.Clair,
			Utilisateur: adresseCabinet, MotDePasse: "x", Composer: composer}},
		AdresseFactures: func(*fse.Fichier) (string, error) { return adresseFrontal, nil },
		Destination: func(*fse.Facture) (lot.Destination, error) {
			return lot.Destination{Regime: "01", Organisme: "996", Type: "CT", Numero: "00000001996996",
				Adresse: adresseFrontal}, nil
		}})
}

func (x mission) liberer(ctx context.Context, j journal.Journal) error {
	var refs []journal.Ref
	for _, g := range journal.Genres() {
		for o, err := range j.Chercher(ctx, journal.Requete{Genre: g}) {
			if err != nil {
				return err
			}
			refs = append(refs, o.Ref())
		}
	}
	return j.Rendre(ctx, x.Titulaire, refs...)
}

const adresseFrontal = "01996@996.01.rss.fr"

func (x mission) faire(ctx context.Context) error {
	mourirA.Store(x.MourirA)
	m, err := x.magasin(ctx)
	if err != nil {
		return err
	}
	s, err := x.ouvrir(ctx, m, true)
	if err != nil {
		return err
	}
	if x.Quoi == "ouvrier" {
		err = x.ouvrier(ctx, s)
	} else {
		err = x.parcours(ctx, s)
	}
	return errors.Join(err, m.fermer())
}

// parcours is the whole way of a file of invoices and its pieces, each call as a program makes it anew at each start.
func (x mission) parcours(ctx context.Context, s *suivi.Suivi) error {
	b, err := os.ReadFile(x.Flux)
	if err != nil {
		return err
	}
	d, err := s.DeposerFlux(ctx, b)
	if err != nil {
		return err
	}
	for _, l := range d.Fichier.Lots {
		for _, f := range l.Factures {
			if _, err := s.DeposerPiece(ctx, piece(fmt.Sprintf("P%d-%d", l.Cle.Numero, f.Cle.Numero), f.Cle)); err != nil {
				return err
			}
		}
	}
	fin := time.Now().Add(15 * time.Minute) // of a loaded machine
	for time.Now().Before(fin) {
		if _, err := s.Avancer(ctx); err != nil {
			return err
		}
		fini, err := toutesAcquittees(s.Factures(ctx))
		if err != nil || fini {
			return err
		}
		time.Sleep(10 * time.Millisecond) // a lease of the killed process may have to end
	}
	return errors.New("the way has no end")
}

func toutesAcquittees(l iter.Seq2[suivi.VueFacture, error]) (bool, error) {
	n := 0
	for v, err := range l {
		if err != nil || v.Situation != suivi.Acquittee {
			return false, err
		}
		n++
	}
	return n > 0, nil
}

func (x mission) ouvrier(ctx context.Context, s *suivi.Suivi) error {
	const court, long = 20 * time.Millisecond, 320 * time.Millisecond
	attente := court
	for {
		if _, err := os.Stat(x.Arret); err == nil {
			return nil
		}
		b, err := s.Avancer(ctx)
		if err != nil {
			fmt.Fprintln(os.Stderr, "ouvrier:", err)
		}
		if b.Rien() || err != nil { // others are at it: looking again and again would cost them
			time.Sleep(attente)
			attente = min(2*attente, long)
		} else {
			attente = court
		}
	}
}

func piece(id string, f fse.CleFacture) scor.Piece {
	b := []byte("%PDF-1.4\n% " + id + "\n")
	return scor.Piece{ID: id, Type: scor.Ordonnance, Facture: f, Pages: 1, Octets: int64(len(b)),
		Empreinte: sha256.Sum256(b), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

func frontalDeTest(t testing.TB) *frontal.Frontal {
	t.Helper()
	p, err := profilEnClair()
	if err != nil {
		t.Fatal(err)
	}
	f, err := frontal.New(frontal.Config{Profil: p, Adresse: adresseFrontal})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// chaqueLotUneFois checks what the frontal holds: each lot under one Message-ID, however often it was transmitted, and
// each piece in one lot.
func chaqueLotUneFois(t testing.TB, f *frontal.Frontal) (lots, pieces, copies int) {
	t.Helper()
	identites, ou := map[string]string{}, map[string]string{}
	for _, r := range f.Recus() {
		copies += r.Transmissions
		for _, c := range r.Constats {
			if c.Grave {
				t.Errorf("the frontal finds: %s: %s", c.Code, c.Message)
			}
		}
		for _, l := range r.Lots {
			k := fmt.Sprint(r.Flux, l.Emetteur, l.Numero, l.Date)
			if id, deja := identites[k]; deja {
				t.Errorf("lot %s under %s and %s", k, id, r.MessageID)
			}
			identites[k] = r.MessageID
			if r.Flux == frontal.Pieces {
				lots++
				for _, p := range l.Pieces {
					if k0, deja := ou[p.ID]; deja {
						t.Errorf("piece %s in lots %s and %s", p.ID, k0, k)
					}
					ou[p.ID] = k
				}
			}
		}
	}
	return lots, len(ou), copies
}

func fluxDeTest(t testing.TB) string {
	t.Helper()
	nom, err := filepath.Abs("../../../shared/data/b2/lot1.b2")
	if err == nil {
		_, err = os.Stat(nom)
	}
	if err != nil {
		t.Skip("../shared is not here")
	}
	return nom
}

func verifierMission(t testing.TB, x mission) {
	t.Helper()
	m, err := x.magasin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer m.fermer()
	if _, err := journal.Verifier(t.Context(), m.Journal, nil); err != nil {
		t.Error(err)
	}
	s, err := x.ouvrir(t.Context(), m, false)
	if err != nil {
		t.Fatal(err)
	}
	if fini, err := toutesAcquittees(s.Factures(t.Context())); err != nil || !fini {
		t.Errorf("finished: %t, %v", fini, err)
	}
}

// The process is killed at each step in turn: before and after each write to the journal and to the Coffre, after each
// lease, at each read and write of the SMTP and POP3 connections. Run again, it finishes the work, and the frontal has
// each lot once.
func TestMatriceDeMorts(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	flux := fluxDeTest(t)
	for _, nom := range []string{"sqlite", "postgres"} {
		t.Run(nom, func(t *testing.T) {
			dsn := ""
			if nom == "postgres" {
				if dsn = os.Getenv("SCOR_POSTGRES"); dsn == "" {
					t.Skip("SCOR_POSTGRES is not set: internal/serveurs/postgres.sh starts a server and prints its value")
				}
			}
			var suivant, dernier, copies atomic.Int64
			var fini atomic.Bool
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for !fini.Load() && !t.Failed() {
						n := suivant.Add(1)
						mort, c := mourirEtReprendre(t, nom, dsn, flux, n)
						copies.Add(int64(c))
						if !mort {
							fini.Store(true)
							dernier.Store(max(dernier.Load(), n))
						}
					}
				})
			}
			wg.Wait()
			if dernier.Load() < 60 {
				t.Errorf("only %d steps", dernier.Load())
			}
			t.Logf("killed at each of about %d steps; %d messages reached the frontal for %d that had to", dernier.Load(),
				copies.Load(), 2*suivant.Load())
		})
	}
}

func mourirEtReprendre(t *testing.T, nom, dsn, flux string, n int64) (mort bool, copies int) {
	f := frontalDeTest(t)
	defer f.Close()
	x := mission{Quoi: "parcours", Postgres: dsn, Dossier: fmt.Sprintf("%s/%d/%d", nom, time.Now().UnixNano(), n),
		SMTP: f.SMTP(), POP3: f.POP3(), Flux: flux, MourirA: n, Bail: 10 * time.Minute, Titulaire: "parcours"}
	if dsn == "" {
		x.SQLite = filepath.Join(t.TempDir(), "suivi.db")
	}
	sortie, err := x.commande(t).CombinedOutput()
	var ee *exec.ExitError
	if errors.As(err, &ee) && ee.ExitCode() != 1 {
		mort = true
	} else if err != nil {
		t.Errorf("step %d: %v\n%s", n, err, sortie)
		return false, 0
	}
	x.MourirA, x.Decalage = 0, 2*x.Bail
	if sortie, err := x.commande(t).CombinedOutput(); err != nil {
		t.Errorf("after a death at step %d: %v\n%s", n, err, sortie)
		return mort, 0
	}
	verifierMission(t, x)
	lots, pieces, copies := chaqueLotUneFois(t, f)
	if lots != 1 || pieces == 0 {
		t.Errorf("step %d: %d lots of %d pieces", n, lots, pieces)
	}
	return mort, copies
}
