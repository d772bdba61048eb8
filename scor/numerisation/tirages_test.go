package numerisation_test

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/font/sfnt"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// bilan counts what came out of one case.
type bilan struct {
	n, justes, refusees, penchees, tournees, acceptees int
	ecarts                                             []float64
	fautes                                             []string
}

// tirer draws one scan and judges it.
func (b *bilan) tirer(t *testing.T, n *numerisation.Numeriseur, cas string, graine uint64, o pd.Options) {
	p, err := tirage(cas, graine, o)
	if err != nil {
		t.Error(err)
		return
	}
	var out bytes.Buffer
	r, err := n.Numeriser(t.Context(), &out, numerisation.Octets(p.Nom, p.Fichier))
	if err != nil {
		t.Errorf("%s: %v", p.Nom, err)
		return
	}
	b.n++
	b.noter(p, r)
}

// tirage draws a scan, or takes it from the folder SCOR_TIRAGES_DOSSIER where it was kept: drawing costs more than
// judging.
func tirage(cas string, graine uint64, o pd.Options) (p pd.Tirage, err error) {
	dir := os.Getenv("SCOR_TIRAGES_DOSSIER")
	garde := filepath.Join(dir, fmt.Sprintf("%s-%d.gob", cas, graine))
	if b, err := os.ReadFile(garde); dir != "" && err == nil {
		return p, gob.NewDecoder(bytes.NewReader(b)).Decode(&p)
	}
	if p, err = pd.Tirer(cas, graine, o); err != nil || dir == "" {
		return p, err
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(&p); err != nil {
		return p, err
	}
	return p, errors.Join(os.WriteFile(garde, b.Bytes(), 0o600),
		os.WriteFile(filepath.Join(dir, p.Nom), p.Fichier, 0o600))
}

func (b *bilan) noter(p pd.Tirage, r *numerisation.Resultat) {
	page := &r.Pages[0]
	d := math.Abs(page.Inclinaison - p.Inclinaison)
	mesuree := page.Constat(numerisation.Inclinaison).Etat != numerisation.NonTeste
	faute := func(s string, a ...any) {
		b.fautes = append(b.fautes, fmt.Sprintf("%d ", p.Graine)+fmt.Sprintf(s, a...))
	}
	switch {
	case p.Attente == pd.Douteuse:
	case p.Attente == pd.Mauvaise:
		if r.Accepte {
			b.acceptees++
			faute("accepted")
		}
	case !r.Accepte:
		b.refusees++
		faute("%v", r.Motifs())
	case page.Rotation != p.Rotation:
		b.tournees++
		faute("turned by %d° for %d°", page.Rotation, p.Rotation)
	case d > 1:
		b.penchees++
		faute("%.2f° for %.2f°", page.Inclinaison, p.Inclinaison)
	default:
		b.justes++
	}
	if p.Attente == pd.Bonne && r.Accepte && mesuree {
		b.ecarts = append(b.ecarts, d)
	}
}

// polices reads the fonts of a folder that SCOR_TIRAGES_POLICES names.
func polices(t *testing.T) (p []*sfnt.Font) {
	dir := os.Getenv("SCOR_TIRAGES_POLICES")
	if dir == "" {
		return nil
	}
	err := filepath.Walk(dir, func(nom string, i os.FileInfo, err error) error {
		if e := filepath.Ext(nom); err != nil || e != ".ttf" && e != ".otf" {
			return err
		}
		b, err := os.ReadFile(nom)
		if err != nil {
			return err
		}
		f, err := sfnt.Parse(b)
		var buf sfnt.Buffer
		if err != nil {
			return nil
		}
		if g, err := f.GlyphIndex(&buf, 'é'); err == nil && g != 0 {
			p = append(p, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Of scans drawn wholly by chance (sheets, hands, fonts, letterheads, stamps, scanners, light), what is good is
// accepted, measured within a degree and upright, and what isn't is refused or asked about. SCOR_TIRAGES=100 draws a
// hundred of each case, from seed SCOR_TIRAGES_GRAINE on, with the fonts under SCOR_TIRAGES_POLICES besides.
func TestTirages(t *testing.T) {
	nb, _ := strconv.Atoi(os.Getenv("SCOR_TIRAGES"))
	debut, _ := strconv.ParseUint(os.Getenv("SCOR_TIRAGES_GRAINE"), 10, 64)
	seul := os.Getenv("SCOR_TIRAGES_CAS")
	o := pd.Options{Polices: polices(t), Legers: nb == 0}
	n := nouveau(t)
	bilans := map[string]*bilan{}
	type tir struct {
		cas    string
		graine uint64
	}
	file := make(chan tir)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for q := range file {
				var b bilan
				b.tirer(t, n, q.cas, q.graine, o)
				mu.Lock()
				bilans[q.cas].ajouter(&b)
				mu.Unlock()
			}
		})
	}
	for _, cas := range pd.CasTires() {
		if seul != "" && !slices.Contains(strings.Split(seul, ","), cas) {
			continue
		}
		mu.Lock()
		bilans[cas] = &bilan{}
		mu.Unlock()
		for i := range max(1, nb) {
			file <- tir{cas, debut + uint64(i)}
		}
	}
	close(file)
	wg.Wait()
	total := rendre(t, bilans)
	bons := total.justes + total.refusees + total.penchees + total.tournees
	if 100*total.justes < 97*bons || 100*total.refusees > bons || 100*total.acceptees > max(100, 5*(total.n-bons)) {
		t.Error("expected at least 97 % right, at most 1 % of the good refused or asked about, at most 5 % of the bad " +
			"accepted")
	}
}

func (b *bilan) ajouter(c *bilan) {
	b.n, b.justes, b.refusees, b.penchees = b.n+c.n, b.justes+c.justes, b.refusees+c.refusees, b.penchees+c.penchees
	b.tournees, b.acceptees = b.tournees+c.tournees, b.acceptees+c.acceptees
	b.ecarts, b.fautes = append(b.ecarts, c.ecarts...), append(b.fautes, c.fautes...)
}

// rendre prints the table.
func rendre(t *testing.T, bilans map[string]*bilan) (total bilan) {
	var s strings.Builder
	mauvais := 0
	for _, cas := range pd.CasTires() {
		b := bilans[cas]
		if b == nil {
			continue
		}
		total.ajouter(b)
		if strings.ToUpper(cas[:1]) == cas[:1] && cas != "COUPE-haut" {
			mauvais += b.n
		}
		slices.Sort(b.fautes)
		fmt.Fprintf(&s, "\n%-14s %4d  %d faults %.300q", cas, b.n, len(b.fautes), b.fautes)
	}
	bons := total.justes + total.refusees + total.penchees + total.tournees
	t.Logf("%s\nright %d of %d; good refused %d, askew %d, turned %d; bad accepted %d of %d\n%s", s.String(), total.justes,
		bons, total.refusees, total.penchees, total.tournees, total.acceptees, mauvais, icdar(total.ecarts))
	return total
}

// icdar gives the measures of the ICDAR 2013 contest of skew estimation: the mean deviation, that of the best 80 %, and
// the share of the pages within 0.1 degree; and the share within a degree.
func icdar(ecarts []float64) string {
	slices.Sort(ecarts)
	n := len(ecarts)
	somme, meilleurs := 0.0, 0.0
	for i, e := range ecarts {
		if somme += e; i < n*8/10 {
			meilleurs += e
		}
	}
	part := func(m float64) float64 {
		i, _ := slices.BinarySearch(ecarts, math.Nextafter(m, 2*m))
		return 100 * float64(i) / float64(max(1, n))
	}
	return fmt.Sprintf("skew of %d: mean %.3f°, best 80 %% %.3f°, within 0.1° %.1f %%, within 1° %.1f %%", n,
		somme/float64(max(1, n)), meilleurs/float64(max(1, n*8/10)), part(0.1), part(1))
}
