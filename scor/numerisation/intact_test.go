package numerisation_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// droites draws n straight pages that bear stamps, frames, tables, labels and signatures askew.
func droites(n int) []pd.Page {
	r := rand.New(rand.NewPCG(7, 11))
	tous := pd.Ornements()
	pages := make([]pd.Page, n)
	for i := range pages {
		p := pd.Page{
			Graine: r.Uint64(), Format: pd.A5, DPI: 200, Manuscrite: r.IntN(2) == 1, Inclinaison: r.Float64()*0.8 - 0.4,
			Bruit: 4 * r.Float64(), Ombre: 15 * r.Float64(), Travers: (3 + 9*r.Float64()) * float64(1-2*r.IntN(2)),
		}
		if i%10 == 0 {
			p.Format = pd.A4
		}
		p.Ornements = []pd.Ornement{tous[i%len(tous)]}
		for _, o := range tous {
			if o != p.Ornements[0] && r.IntN(5) == 0 {
				p.Ornements = append(p.Ornements, o)
			}
		}
		pages[i] = p
	}
	return pages
}

// A scan that is good is never harmed: of pages that lie straight, whatever leans on them, none is turned, straightened
// or cropped; each passes through byte for byte. The table counts, for each thing that a page bears, the pages and how
// near their skew was measured.
func TestIntactes(t *testing.T) {
	n := nouveau(t)
	nb := 300
	if testing.Short() {
		nb = 50
	}
	codages := []pd.Codage{pd.TIFFG4, pd.JPEGGris, pd.JPEGGris, pd.JPEGRVB}
	type compte struct{ pages, dixieme, degre, sans int }
	var mu sync.Mutex
	table := map[pd.Ornement]*compte{}
	pages := droites(nb)
	travail := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range travail {
				if i%6 == 5 {
					intacteTiree(t, n, penches[i/6%len(penches)], uint64(i))
					continue
				}
				p, c := pages[i], codages[i%len(codages)]
				r := intacte(t, n, p, c)
				if r == nil {
					continue
				}
				ecart := math.Abs(r.Pages[0].Inclinaison - p.Inclinaison)
				mu.Lock()
				for _, o := range p.Ornements {
					if table[o] == nil {
						table[o] = &compte{}
					}
					k := table[o]
					k.pages++
					if r.Pages[0].Constat(numerisation.Inclinaison).Etat == numerisation.NonTeste {
						k.sans++
					} else if ecart <= 0.1 {
						k.dixieme++
					}
					if ecart <= 1 {
						k.degre++
					}
				}
				mu.Unlock()
			}
		})
	}
	for i := range pages {
		travail <- i
	}
	close(travail)
	wg.Wait()
	var b strings.Builder
	fmt.Fprintf(&b, "%-14s %6s %8s %8s %12s", "", "pages", "à 0,1°", "à 1°", "non mesurées")
	for _, o := range pd.Ornements() {
		if k := table[o]; k != nil {
			fmt.Fprintf(&b, "\n%-14s %6d %8d %8d %12d", o, k.pages, k.dixieme, k.degre, k.sans)
			if k.degre < k.pages {
				t.Errorf("%s: %d of %d pages are measured more than 1° off", o, k.pages-k.degre, k.pages)
			}
		}
	}
	t.Log("\n" + b.String())
}

// penches are the drawn kinds on which something leans, in colour too.
var penches = []string{"tampon", "tampon-sur-texte", "tableau", "cadre-penche", "etiquette", "facture", "bizone"}

// intacteTiree is intacte for a scan drawn by chance, if it lies straight: it isn't turned, straightened or cropped,
// and passes through where its coding allows.
func intacteTiree(t *testing.T, n *numerisation.Numeriseur, cas string, graine uint64) {
	p, err := pd.Tirer(cas, graine, pd.Options{Legers: true})
	if err != nil {
		t.Error(err)
		return
	}
	var out bytes.Buffer
	r, err := n.Numeriser(t.Context(), &out, numerisation.Octets(p.Nom, p.Fichier))
	switch {
	case err != nil:
		t.Error(err)
	case !r.Accepte:
		t.Errorf("%s: refused for %q", p.Nom, r.Motifs())
	case math.Abs(p.Inclinaison) > 0.8:
	default:
		for _, e := range r.Pages[0].Etapes {
			if slices.Contains([]string{scor.Tourner, scor.Redresser, scor.Rogner}, e.Nom) {
				t.Errorf("%s, %.2f°: %s %s", p.Nom, p.Inclinaison, e.Nom, e.Detail)
			}
		}
		if strings.HasSuffix(p.Nom, ".jpg") && !bytes.Contains(out.Bytes(), p.Fichier) {
			t.Errorf("%s: the scanner's bytes aren't those of the PDF", p.Nom)
		}
	}
}

// intacte judges a page and fails unless it passes through.
func intacte(t *testing.T, n *numerisation.Numeriseur, p pd.Page, c pd.Codage) *numerisation.Resultat {
	f, err := p.Fichier(c)
	if err != nil {
		t.Error(err)
		return nil
	}
	var out bytes.Buffer
	r, err := n.Numeriser(t.Context(), &out, numerisation.Octets("page"+c.Extension(), f))
	if err != nil {
		t.Error(err)
		return nil
	}
	if !r.Accepte {
		t.Errorf("%v, %s: refused for %q: %q", p, c, r.Motifs(), r.Messages())
		return nil
	}
	if r.Pages[0].Rotation != 0 {
		t.Errorf("%v, %s: turned by %d°", p, c, r.Pages[0].Rotation)
	}
	for _, e := range r.Pages[0].Etapes {
		if slices.Contains([]string{scor.Tourner, scor.Redresser, scor.Rogner}, e.Nom) {
			t.Errorf("%v, %s: %s %s", p, c, e.Nom, e.Detail)
		}
	}
	if e := r.Pages[0].Etapes; len(e) != 1 || e[0].Nom != "transmettre" || c != pd.TIFFG4 && !bytes.Contains(out.Bytes(),
		f) {
		t.Errorf("%v, %s: the scanner's bytes aren't those of the PDF: %+v", p, c, e)
	}
	return r
}
