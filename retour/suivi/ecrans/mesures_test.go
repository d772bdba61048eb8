//go:build unix

package ecrans

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
)

// parLot are the invoices of a lot of the office that is measured.
const parLot = 100

// remplir writes an office of n pieces into a journal: events alone, as what the screens read is folds of them. One
// piece in 50 is refused by the caisse, one lot in 40 too, the last lots wait.
func remplir(b *testing.B, j journal.Journal, n int) {
	b.Helper()
	lots := (n + parLot - 1) / parLot
	for i := range lots {
		jour := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*1100/lots)
		date := jour.Format("20060102")
		lf := fmt.Sprintf("%s/%s/%03d", suivitest.Emetteur, date, i%1000)
		ls := fmt.Sprintf("%s/%06d", date, i)
		num, _ := strconv.ParseInt(date, 10, 64)
		ev := func(g journal.Genre, cle string, v uint64, t journal.Type, c journal.Champs) journal.Evenement {
			e := journaltest.Ev(g, cle, v, t, c)
			e.Quand = jour
			return e
		}
		evs := []journal.Evenement{ev(journal.LotFactures, lf, 1, journal.Constituer, journal.Champs{Jour: num, EssaisMax: 3,
			Nombre: parLot}), ev(journal.LotFactures, lf, 2, journal.Transmettre, journal.Champs{}),
			ev(journal.LotFactures, lf, 3, journal.RecevoirARLPositif, journal.Champs{}),
			ev(journal.LotScor, ls, 1, journal.Constituer, journal.Champs{Parent: lf, Nombre: parLot})}
		for k := range parLot {
			f := fmt.Sprintf("%s/%09d", lf, i*parLot+k)
			p := fmt.Sprintf("P%09d", i*parLot+k)
			evs = append(evs, ev(journal.Facture, f, 1, journal.Enregistrer, journal.Champs{Parent: lf, Jour: num,
				Patient: fmt.Sprintf("p%d", (i*parLot+k)%20_000), Precis: "1************ **", Demande: int64(2000 + k),
				Caisse: "01751"}),
				ev(journal.Piece, p, 1, journal.Deposer, journal.Champs{Parent: f, Jour: num, Nature: "ordonnance",
					Empreinte: "00"}), ev(journal.Piece, p, 2, journal.Enlotter, journal.Champs{Dans: ls}))
		}
		evs = append(evs, ev(journal.LotScor, ls, 2, journal.Transmettre, journal.Champs{}))
		if i < lots-3 {
			evs = append(evs, ev(journal.LotScor, ls, 3, journal.RecevoirARLPositif, journal.Champs{}))
			for k := range parLot {
				p := fmt.Sprintf("P%09d", i*parLot+k)
				if k%50 == 7 {
					evs = append(evs, ev(journal.Piece, p, 3, journal.RecevoirARLNegatif, journal.Champs{Code: "2001",
						Motif: "Pièce illisible", Attention: journal.AFaire, Dans: journal.Efface}))
					continue
				}
				evs = append(evs, ev(journal.Piece, p, 3, journal.RecevoirARLPositif, journal.Champs{}))
			}
		}
		if err := j.Ajouter(b.Context(), evs); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCinquante has 50 people click for some seconds through an office on SQLite, each about once a second, and
// prints how long they waited. SCOR_ECRANS_PIECES is how many pieces it has (1,000 otherwise), SCOR_ECRANS_BASE where
// it is kept from one run to the next.
func BenchmarkCinquante(b *testing.B) {
	n := 1000
	if s := os.Getenv("SCOR_ECRANS_PIECES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	base := os.Getenv("SCOR_ECRANS_BASE")
	if base == "" {
		base = filepath.Join(b.TempDir(), "suivi.db")
	}
	_, absente := os.Stat(base)
	j, err := sqlite.Open(b.Context(), base)
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	if absente != nil {
		debut := time.Now()
		remplir(b, j, n)
		b.Logf("%d pieces written in %.0f s", n, time.Since(debut).Seconds())
	}
	c, err := suivitest.New(b.Context(), suivitest.Config{Journal: j, Debut: time.Date(2026, 1, 9, 9, 0, 0, 0, time.UTC)})
	if err != nil {
		b.Fatal(err)
	}
	e, err := New(c.Suivi, AccesFunc(func(*http.Request) (Personne, error) {
		return Personne{ID: "u", Nom: "u", Droits: TousDroits}, nil
	}))
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	s := httptest.NewServer(e)
	defer s.Close()
	for b.Loop() {
		avant := processeur()
		cliquer(b, s.URL+"/", n)
		b.ReportMetric((processeur()-avant).Seconds()*1000/(personnes*clics), "cpu-ms/clic")
	}
}

// processeur is the time of the processor that this program has used: what a click costs, however busy the machine is.
func processeur() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const (
	personnes = 50
	clics     = 8
)

// cliquer has each person open pages, follow the next page of a list, and go to one invoice or piece.
func cliquer(b *testing.B, racine string, n int) {
	var mu sync.Mutex
	attentes := map[string][]time.Duration{}
	var wg sync.WaitGroup
	for u := range personnes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewPCG(uint64(u), uint64(n)))
			for range clics {
				time.Sleep(time.Duration(500+r.IntN(1000)) * time.Millisecond)
				nom, chemin := page(r, n)
				debut := time.Now()
				x, err := http.Get(racine + chemin)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, x.Body)
				x.Body.Close()
				if x.StatusCode != http.StatusOK {
					b.Errorf("%s: %d", chemin, x.StatusCode)
				}
				mu.Lock()
				attentes[nom] = append(attentes[nom], time.Since(debut))
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	var tous []time.Duration
	for nom, l := range attentes {
		slices.Sort(l)
		tous = append(tous, l...)
		b.Logf("%-12s %3d  p50 %4d ms  p95 %4d ms", nom, len(l), l[len(l)/2].Milliseconds(),
			l[len(l)*95/100].Milliseconds())
	}
	slices.Sort(tous)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(tous[len(tous)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(tous[len(tous)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(m.HeapInuse)/(1<<20), "tas-Mio")
	b.ReportMetric(0, "ns/op")
}

func page(r *rand.Rand, n int) (nom, chemin string) {
	k := r.IntN(n / parLot * parLot)
	lots := (n + parLot - 1) / parLot
	jour := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, k/parLot*1100/lots)
	cle := fmt.Sprintf("%s/%s/%03d/%09d", suivitest.Emetteur, jour.Format("20060102"), k/parLot%1000, k)
	switch r.IntN(11) {
	case 0, 1:
		return "a-faire", "intervenir"
	case 2:
		return "suivre", "suivre"
	case 3:
		d := jour.Format("2006-01-02")
		return "periode", "suivre?" + url.Values{"du": {d}, "au": {d}}.Encode()
	case 4:
		return "en-cours", "suivre?etat=en-cours"
	case 5:
		return "reprendre", "suivre?etat=a-reprendre"
	case 6:
		return "numero", "suivre?" + url.Values{"q": {strconv.Itoa(k)}}.Encode()
	case 7:
		return "facture", "facture?" + url.Values{"cle": {cle}}.Encode()
	case 8:
		return "piece", "piece?" + url.Values{"id": {fmt.Sprintf("P%09d", k)}}.Encode()
	case 9:
		return "lots", "lots?genre=" + []string{"lot-scor", "lot-factures", "piece"}[r.IntN(3)]
	}
	return "indicateurs", "indicateurs"
}
