package suivi_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

const parLot = 100

// preparer puts nb pieces, in lots of 100 whose invoices are accepted, into a new dossier of PostgreSQL.
func preparer(t testing.TB, dsn string, nb int) (mission, *frontal.Frontal) {
	t.Helper()
	ctx := t.Context()
	f := frontalDeTest(t)
	x := mission{Quoi: "ouvrier", Postgres: dsn, Dossier: fmt.Sprintf("ouvriers/%d", time.Now().UnixNano()),
		SMTP: f.SMTP(), POP3: f.POP3(), Bail: 3 * time.Second, Arret: filepath.Join(t.TempDir(), "arret")}
	m, err := x.magasin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer m.fermer()
	s, err := x.ouvrir(ctx, m, false)
	if err != nil {
		t.Fatal(err)
	}
	file := make(chan int)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := range file {
				if err := preparerLot(ctx, s, m.Journal, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range nb / parLot {
		file <- i
	}
	close(file)
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return x, f
}

func preparerLot(ctx context.Context, s *suivi.Suivi, j journal.Journal, i int) error {
	date := fse.DateDe(time.Date(2026, 3, 2+i/999, 0, 0, 0, 0, time.UTC))
	l := fse.Lot{Cle: fse.CleLot{Emetteur: "123456782", Numero: 1 + i%999, Date: date}, Destinataire: "996"}
	for k := range parLot {
		l.Factures = append(l.Factures, fse.Facture{Cle: fse.CleFacture{Lot: l.Cle, Numero: 1 + k}, Flux: fse.FluxFSE,
			Date: date, Total: fse.Montant(i*parLot + k), Organisme: fse.Organisme{Regime: "01", Caisse: "996", Centre: "0000"}})
	}
	if _, err := s.DeposerLots(ctx, &fse.Fichier{Emetteur: "00000123456782", Lots: []fse.Lot{l}}); err != nil {
		return err
	}
	for k := range parLot {
		if _, err := s.DeposerPiece(ctx, piece(fmt.Sprintf("P%d-%d", i, k), l.Factures[k].Cle)); err != nil {
			return err
		}
	}
	for o, err := range j.Chercher(ctx, journal.Requete{Genre: journal.LotFactures, Du: jourDe(date), Au: jourDe(date)}) {
		if err != nil {
			return err
		}
		if o.Cle == fmt.Sprintf("123456782/%s/%03d", date.AAAAMMJJ(), l.Cle.Numero) {
			return j.Ajouter(ctx, []journal.Evenement{{Genre: o.Genre, Cle: o.Cle, Type: journal.RecevoirARLPositif,
				Version: o.Version + 1, Quand: time.Now(), Champs: journal.Champs{Echeance: journal.Microsecondes(time.Now())}}})
		}
	}
	return fmt.Errorf("lot %s isn't there", l.Cle)
}

func jourDe(d fse.Date) int64 {
	n, _ := strconv.ParseInt(d.AAAAMMJJ(), 10, 64)
	return n
}

// ouvrir runs n workers until every piece is acknowledged; if tuer, one of them is killed now and then, and another
// takes its place.
func travailler(t testing.TB, x mission, n, nb int, tuer bool) (duree, processeur time.Duration, morts int) {
	t.Helper()
	m, err := x.magasin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer m.fermer()
	lancer := func() *exec.Cmd {
		c := x.commande(t)
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	debut := time.Now()
	ouvriers := make([]*exec.Cmd, n)
	for i := range ouvriers {
		ouvriers[i] = lancer()
	}
	r := rand.New(rand.NewPCG(1, 2))
	limite := time.Now().Add(30 * time.Minute)
	for fini := int64(0); fini < int64(nb); {
		if time.Now().After(limite) {
			t.Fatalf("%d pieces acknowledged of %d", fini, nb)
		}
		time.Sleep(50 * time.Millisecond)
		if tuer && r.IntN(20) == 0 {
			i := r.IntN(n)
			if err := ouvriers[i].Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = ouvriers[i].Wait() // killed: its error is known
			ouvriers[i] = lancer()
			morts++
		}
		c, err := m.Compteurs(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		fini = c["piece/"+string(journal.ARLPositif)]
	}
	duree = time.Since(debut)
	if err := os.WriteFile(x.Arret, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range ouvriers {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
		processeur += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	return duree, processeur, morts
}

func dsnOuPasse(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv("SCOR_POSTGRES")
	if dsn == "" {
		t.Skip("SCOR_POSTGRES is not set: internal/serveurs/postgres.sh starts a server and prints its value")
	}
	return dsn
}

// Four processes share one journal and are killed at random: each lot reaches the frontal under one identity, each
// piece in one lot, and nothing is left. SCOR_OUVRIERS_PIECES sets the number of pieces.
func TestQuatreOuvriers(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	dsn := dsnOuPasse(t)
	nb := 3000
	if n, err := strconv.Atoi(os.Getenv("SCOR_OUVRIERS_PIECES")); err == nil {
		nb = n / parLot * parLot
	}
	debut := time.Now()
	x, f := preparer(t, dsn, nb)
	t.Logf("%d pieces deposited in %v", nb, time.Since(debut).Round(time.Millisecond))
	duree, _, morts := travailler(t, x, 4, nb, true)
	lots, pieces, copies := chaqueLotUneFois(t, f)
	t.Logf("%d lots, %d pieces, in %v with %d workers killed; %d copies of messages reached the frontal", lots, pieces,
		duree.Round(time.Millisecond), morts, copies)
	if pieces != nb || lots != nb/parLot || morts == 0 {
		t.Errorf("%d pieces in %d lots, %d deaths", pieces, lots, morts)
	}
	verifierMission(t, x)
}

// BenchmarkOuvriers gives the pieces per second from the invoices' ARL+ to the pieces' ARL+, for 1, 2 and 4 worker
// processes on one PostgreSQL, the frontal running beside them.
func BenchmarkOuvriers(b *testing.B) {
	dsn := dsnOuPasse(b)
	nb := 5000
	if n, err := strconv.Atoi(os.Getenv("SCOR_OUVRIERS_PIECES")); err == nil {
		nb = n / parLot * parLot
	}
	for _, n := range []int{1, 2, 4} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var total, processeur time.Duration
			var transactions int64
			for range b.N {
				b.StopTimer()
				x, _ := preparer(b, dsn, nb)
				avant := transactionsDe(b, dsn)
				b.StartTimer()
				d, p, _ := travailler(b, x, n, nb, false)
				total, processeur, transactions = total+d, processeur+p, transactions+transactionsDe(b, dsn)-avant
			}
			b.ReportMetric(float64(processeur.Microseconds())/float64(nb*b.N), "worker-us/piece")
			b.ReportMetric(float64(transactions)/float64(nb*b.N), "transactions/piece")
			b.ReportMetric(float64(nb*b.N)/total.Seconds(), "pieces/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// transactionsDe counts what the server committed and rolled back, as far as its statistics tell by now.
func transactionsDe(t testing.TB, dsn string) (n int64) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	time.Sleep(1100 * time.Millisecond) // servers tell their counts within a second
	if err := c.QueryRow(t.Context(), "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = "+
		"current_database()").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The server is stopped as by a crash, and started again, while workers are at it.
func TestPostgresRedemarre(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	dsn := dsnOuPasse(t)
	dossier := os.Getenv("SCOR_POSTGRES_DOSSIER")
	if dossier == "" {
		t.Skip("SCOR_POSTGRES_DOSSIER is not set: internal/serveurs/postgres.sh prints it")
	}
	const nb = 1000
	x, f := preparer(t, dsn, nb)
	fini := make(chan struct{})
	redemarrages := 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-fini:
				return
			case <-time.After(400 * time.Millisecond):
			}
			if redemarrages == 3 {
				continue
			}
			if b, err := exec.Command("../../internal/serveurs/postgres.sh", "restart", dossier).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, b)
				return
			}
			redemarrages++
		}
	})
	travaillerMalgre(t, x, 3, nb)
	close(fini)
	wg.Wait()
	lots, pieces, _ := chaqueLotUneFois(t, f)
	if pieces != nb || lots != nb/parLot || redemarrages == 0 {
		t.Errorf("%d pieces in %d lots, %d restarts", pieces, lots, redemarrages)
	}
	t.Logf("%d restarts", redemarrages)
	verifierMission(t, x)
}

// travaillerMalgre is travailler where the observer too loses its connection.
func travaillerMalgre(t *testing.T, x mission, n, nb int) {
	t.Helper()
	j, err := postgres.Open(t.Context(), x.Postgres, x.Dossier)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var ouvriers []*exec.Cmd
	for range n {
		c := x.commande(t)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ouvriers = append(ouvriers, c)
	}
	limite := time.Now().Add(5 * time.Minute)
	for {
		c, err := j.Compteurs(t.Context(), "", "")
		if err == nil && c["piece/"+string(journal.ARLPositif)] == int64(nb) {
			break
		}
		if time.Now().After(limite) {
			t.Fatalf("%d pieces acknowledged: %v", c["piece/arl+"], err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := os.WriteFile(x.Arret, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range ouvriers {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
}
