package suivi

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// relaisLent takes what it is handed and doesn't answer until it is let.
type relaisLent struct {
	transport.Expediteur
	pris, laisser chan struct{}
	une           sync.Once
}

func (r *relaisLent) Envoyer(ctx context.Context, e transport.Envoi) (transport.Preuve, error) {
	r.une.Do(func() { close(r.pris) })
	select {
	case <-r.laisser:
	case <-ctx.Done():
		return transport.Preuve{}, ctx.Err()
	}
	return r.Expediteur.Envoyer(ctx, e)
}

// Many offices in one process share a pool of connections: none holds one while its relay is slow, and a relay that
// doesn't answer holds nobody else. SCOR_CABINETS is their number, 1,000 by hand.
func TestCabinets(t *testing.T) {
	dsn := os.Getenv("SCOR_POSTGRES")
	if dsn == "" {
		t.Skip("SCOR_POSTGRES is not set: internal/serveurs/postgres.sh starts a server and prints its value")
	}
	nombre := 12
	if n, err := strconv.Atoi(os.Getenv("SCOR_CABINETS")); err == nil {
		nombre = n
	}
	c, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	c.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	avant, goroutines := tasVivant(), runtime.NumGoroutine()
	lent := &relaisLent{pris: make(chan struct{}), laisser: make(chan struct{})}
	debut := time.Now()
	cabinets := make([]*banc, nombre)
	for i := range cabinets {
		cabinets[i] = cabinetPartage(t, pool, fmt.Sprintf("cabinets/%d/%d", debut.UnixNano(), i), i == 0, lent)
	}
	ouverts := time.Since(debut)
	t.Logf("%d offices opened in %v: %d KiB of live heap and %.1f goroutines each, %d connections", nombre,
		ouverts.Round(time.Millisecond), (tasVivant()-avant)>>10/uint64(nombre),
		float64(runtime.NumGoroutine()-goroutines)/float64(nombre), pool.Stat().TotalConns())
	for i, b := range cabinets {
		b.lot(1+i%999, 2)
	}
	var finis atomic.Int64
	var autres, premier sync.WaitGroup
	premier.Go(func() { cabinets[0].jusquAuRepos() })
	<-lent.pris
	debut = time.Now()
	file := make(chan *banc)
	for range 16 {
		autres.Go(func() {
			for b := range file {
				b.jusquAuRepos()
				finis.Add(1)
			}
		})
	}
	for _, b := range cabinets[1:] {
		file <- b
	}
	close(file)
	autres.Wait() // the slow relay has not answered yet
	t.Logf("%d offices to rest in %v, one relay mute; %d connections at most", finis.Load(),
		time.Since(debut).Round(time.Millisecond), pool.Stat().MaxConns())
	if n := cabinets[0].etat(journal.Piece, "P1-0"); n != journal.EnLot {
		t.Errorf("the piece behind the slow relay is in state %q", n)
	}
	close(lent.laisser)
	premier.Wait()
	for i, b := range cabinets {
		if e := b.etat(journal.Piece, fmt.Sprintf("P%d-0", 1+i%999)); e != journal.ARLPositif {
			t.Errorf("office %d: %q", i, e)
		}
	}
}

// cabinetPartage opens an office on a shared pool; the first one has the slow relay.
func cabinetPartage(t *testing.T, pool *pgxpool.Pool, dossier string, lente bool, lent *relaisLent) *banc {
	t.Helper()
	return nouveauBanc(t, func(c *Config) {
		j, err := postgres.OpenPool(t.Context(), pool, dossier)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { j.Close() })
		c.Journal, c.Coffre = j, coffreDe(t, j.Documents())
		if lente {
			lent.Expediteur = c.Expediteur
			c.Expediteur, c.Bail = lent, time.Hour/2
		}
	})
}
