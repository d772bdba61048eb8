package mesure

import (
	"encoding/binary"
	"image"
	"math"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Tons are the tones of a grey page. Levels are luminances from 0 (black) to 255.
type Tons struct {
	Papier    float64 // level of the paper, the median over the page
	Bruit     float64 // standard deviation of the paper's grain
	Marques   int     // tiles that hold marks
	Contraste float64 // median, over the tiles that hold marks, of paper less mark
	Faible    float64 // the same, tenth percentile: how faint the faintest writing is
	Fort      float64 // the same, ninth decile: how dark the darkest is
	// width of the edges of strokes, in millimetres: lower quartile over the tiles that hold marks; 0 if they are few
	Flou float64
}

// Trieur tells ink from paper on grey pages. Its buffers are used again from page to page.
type Trieur struct {
	*Reglages
	moyennes      grille // means of 4x4 pixels
	papier        grille // paper level of each tile
	lisse         grille
	bruit, bruits grille
	ecarts        [64]int32
	prof          []float64
	bordures      []float64 // widths of edges of some tiles
	tri           []float64
	nb            []int32
	som           []int64
	ligne         []int32
	papierMedian  float64
	bruitPage     float32
}

// Marques tells ink from paper in g and returns the ink as runs, in dst, with the tones.
func (t *Trieur) Marques(dst *raster.Runs, g *image.Gray, dpiX, dpiY float64, limite int64) (Tons, error) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var tons Tons
	t.reduire(g)
	tw, th := t.cotes(dpiX, dpiY)
	nx, ny := (w+tw-1)/tw, (h+th-1)/th
	t.papier.init(nx, ny)
	t.bruit.init(nx, ny)
	tons.Bruit = t.mesurerPapier(g, tw, th)
	tons.Papier = t.mediane(t.papier.v, 0.5)
	t.papierMedian = tons.Papier
	t.bruitPage = float32(tons.Bruit)
	// A tile with no paper in it (a black border, a photograph) takes its paper from the page, so that its dark shows
	// as ink.
	plancher := float32(t.PapierPlancher * tons.Papier)
	for i, v := range t.papier.v {
		t.papier.v[i] = max(v, plancher)
	}
	lisser(&t.lisse, &t.papier)
	lisser(&t.bruits, &t.bruit)

	if len(t.nb) < nx {
		t.nb, t.som = make([]int32, nx), make([]int64, nx)
	}
	nb, som := t.nb[:nx], t.som[:nx]
	clear(nb)
	clear(som)
	t.prof, t.bordures = t.prof[:0], t.bordures[:0]
	aire := max(4, int(0.3/25.4*dpiX/25.4*dpiY))
	dst.Reset(w, limite)
	for y := range h {
		ty := y / th
		row := g.Pix[y*g.Stride : y*g.Stride+w]
		seuils, bruits := t.lisse.row(ty), t.bruits.row(ty)
		changes := t.ligne[:0]
		noir := false
		for tx := range nx {
			x0, x1 := tx*tw, min((tx+1)*tw, w)
			p := int32(seuils[tx])
			lim := uint8(max(1, float32(p)-t.seuil(float32(p), bruits[tx])))
			seg := row[x0:x1]
			for x := 0; x < len(seg); x++ {
				// Paper is passed over eight pixels at a time.
				for !noir && x+8 <= len(seg) && !sombres(binary.LittleEndian.Uint64(seg[x:]), lim) {
					x += 8
				}
				if x == len(seg) {
					break
				}
				if v := seg[x]; v < lim {
					nb[tx]++
					som[tx] += int64(p) - int64(v)
					if !noir {
						changes = append(changes, int32(x0+x))
						noir = true
					}
				} else if noir {
					changes = append(changes, int32(x0+x))
					noir = false
				}
			}
		}
		t.ligne = changes
		if err := dst.AppendRow(changes); err != nil {
			return tons, err
		}
		if y == h-1 || (y+1)/th != ty {
			for tx := range nx {
				if int(nb[tx]) >= aire && int(nb[tx]) < tw*th*6/10 {
					t.prof = append(t.prof, float64(som[tx])/float64(nb[tx]))
					if len(t.prof)%pasFlou == 0 {
						r := image.Rect(tx*tw, ty*th, min((tx+1)*tw, w), y+1)
						bx, by := t.bordure(g, r, seuils[tx], bruits[tx], dpiX, dpiY)
						t.bordures = append(t.bordures, min(bx, by))
					}
				}
				nb[tx], som[tx] = 0, 0
			}
		}
	}
	tons.Marques = len(t.prof)
	if tons.Marques > 0 {
		slices.Sort(t.prof)
		tons.Contraste = t.prof[len(t.prof)/2]
		tons.Faible = t.prof[len(t.prof)/10]
		tons.Fort = t.prof[len(t.prof)*9/10]
	}
	if len(t.bordures) >= t.BordsMin {
		slices.Sort(t.bordures)
		tons.Flou = t.bordures[len(t.bordures)/4]
	}
	return tons, nil
}

// Profondes keeps of the ink that [Trieur.Marques] found in g what is nearly as dark as the darkest writing: what a
// printed ground, ruled paper or the back shining through isn't.
func (t *Trieur) Profondes(dst, encre *raster.Runs, g *image.Gray, dpiX, dpiY, fort float64, limite int64) error {
	w := g.Rect.Dx()
	tw, th := t.cotes(dpiX, dpiY)
	dst.Reset(w, limite)
	creux := float32(t.EncreProfonde * fort)
	var ligne []int32
	for y, row := range encre.Rows() {
		ligne = ligne[:0]
		papier := t.lisse.row(min(y/th, t.lisse.h-1))
		pix := g.Pix[y*g.Stride:][:w]
		for i := 0; i < len(row); i += 2 {
			fin := w
			if i+1 < len(row) {
				fin = int(row[i+1])
			}
			noir := false
			for x := int(row[i]); x < fin; x++ {
				if (papier[min(x/tw, t.lisse.l-1)]-float32(pix[x]) >= creux) != noir {
					noir = !noir
					ligne = append(ligne, int32(x))
				}
			}
			if noir && fin < w {
				ligne = append(ligne, int32(fin))
			}
		}
		if err := dst.AppendRow(ligne); err != nil {
			return err
		}
	}
	return nil
}

// Traces looks for writing too faint for [Trieur.Marques], which must have been called for the page: it averages over
// 4x4 pixels, which divides the grain by four. The runs have a quarter of the page's resolution.
func (t *Trieur) Traces(dst *raster.Runs, limite int64) error {
	m := &t.moyennes
	dst.Reset(m.l, limite)
	var ligne []int32
	// The paper around each cell is the mean over a disc wider than letters, taken by running sums.
	const rayon = 12
	somme := make([]float64, (m.l+1)*(m.h+1))
	for y := range m.h {
		var s float64
		for x, v := range m.row(y) {
			s += float64(v)
			somme[(y+1)*(m.l+1)+x+1] = somme[y*(m.l+1)+x+1] + s
		}
	}
	for y := range m.h {
		ligne = ligne[:0]
		noir := false
		y0, y1 := max(0, y-rayon), min(m.h, y+rayon+1)
		for x, v := range m.row(y) {
			x0, x1 := max(0, x-rayon), min(m.l, x+rayon+1)
			papier := (somme[y1*(m.l+1)+x1] - somme[y0*(m.l+1)+x1] - somme[y1*(m.l+1)+x0] +
				somme[y0*(m.l+1)+x0]) / float64((x1-x0)*(y1-y0))
			if (papier-float64(v) > max(t.TracesNiveaux, float64(t.bruitPage))) != noir {
				noir = !noir
				ligne = append(ligne, int32(x))
			}
		}
		if err := dst.AppendRow(ligne); err != nil {
			return err
		}
	}
	return nil
}

// pasFlou is out of how many tiles with marks one is measured for blur: blur is the same all over a page.
const pasFlou = 4

// sombres says whether one of eight pixels is under a level of at least 1.
func sombres(v uint64, niveau uint8) bool {
	const uns, hauts = 0x0101010101010101, 0x8080808080808080
	if niveau <= 128 {
		return (v-uns*uint64(niveau))&^v&hauts != 0
	}
	v = ^v
	return (v+uns*uint64(niveau-128)|v)&hauts != 0
}

// lettresBouge is how many letters are looked at for a movement, which is the same all over a page.
const lettresBouge = 200

// Bouge measures how wide the edges of letters are across the page and along it, in millimetres: lower quartiles, 0 if
// there are too few. Only letters are looked at: a rule has no edge along its way. [Trieur.Marques] must have been
// called for g.
func (t *Trieur) Bouge(g *image.Gray, p *Pieces, dpiX, dpiY float64) (x, y float64) {
	lettres := p.lettresNettes()
	tw, th := t.cotes(dpiX, dpiY)
	px, py := dpiX/25.4, dpiY/25.4
	pas := max(1, len(lettres)/lettresBouge)
	var bx, by []float64
	for k := 0; k < len(lettres); k += pas {
		q := &p.Taches[lettres[k]]
		r := image.Rect(int(q.X0*px)-2, int(q.Y0*py)-2, int(q.X1*px)+3, int(q.Y1*py)+3).Intersect(g.Rect)
		if r.Dx() < 2 || r.Dy() < 2 {
			continue
		}
		cx, cy := min((r.Min.X+r.Max.X)/2/tw, t.lisse.l-1), min((r.Min.Y+r.Max.Y)/2/th, t.lisse.h-1)
		a, b := t.bordure(g, r, t.lisse.row(cy)[cx], t.bruits.row(cy)[cx], dpiX, dpiY)
		bx, by = append(bx, a), append(by, b)
	}
	if len(bx) < t.BordsMin {
		return 0, 0
	}
	slices.Sort(bx)
	slices.Sort(by)
	return bx[len(bx)/4], by[len(by)/4]
}

// cotes are the sides of a tile in pixels.
func (t *Trieur) cotes(dpiX, dpiY float64) (l, h int) {
	return max(4, int(t.Tuile/25.4*dpiX)), max(4, int(t.Tuile/25.4*dpiY))
}

// seuil is how far under the paper a pixel is a mark: out of the grain, whose measure dense text inflates, hence the
// bound.
func (t *Trieur) seuil(papier, bruit float32) float32 {
	return max(float32(t.EncreNiveaux), min(float32(t.EncreBruits)*max(t.bruitPage, bruit), float32(t.EncrePart)*papier))
}

// reduire takes means of 4x4 pixels.
func (t *Trieur) reduire(g *image.Gray) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	t.moyennes.init((w+3)/4, (h+3)/4)
	for y := range t.moyennes.h {
		out := t.moyennes.row(y)
		y1 := min(4*y+4, h)
		for yy := 4 * y; yy < y1; yy++ {
			row := g.Pix[yy*g.Stride : yy*g.Stride+w]
			x := 0
			for ; len(row) >= 4; x++ {
				out[x] += float32(uint32(row[0]) + uint32(row[1]) + uint32(row[2]) + uint32(row[3]))
				row = row[4:]
			}
			if n := len(row); n > 0 {
				var s uint32
				for _, v := range row {
					s += uint32(v)
				}
				out[x] += float32(s) * 4 / float32(n)
			}
		}
		f := 1 / float32(4*(y1-4*y))
		for x := range out {
			out[x] *= f
		}
	}
}

// mesurerPapier takes as the paper of a tile a high mean of it, and returns the grain: the median over the tiles of
// their paper's standard deviation.
func (t *Trieur) mesurerPapier(g *image.Gray, tw, th int) float64 {
	m := &t.moyennes
	t.tri = t.tri[:0]
	for ty := range t.papier.h {
		for tx := range t.papier.l {
			x0, x1 := tx*tw/4, max(tx*tw/4+1, min((tx+1)*tw/4, m.l))
			y0, y1 := ty*th/4, max(ty*th/4+1, min((ty+1)*th/4, m.h))
			x0, y0 = min(x0, m.l-1), min(y0, m.h-1)
			x1, y1 = min(x1, m.l), min(y1, m.h)
			var haut float32
			for y := y0; y < y1; y++ {
				for _, v := range m.row(y)[x0:x1] {
					haut = max(haut, v)
				}
			}
			var s, n float64
			for y := y0; y < y1; y++ {
				for _, v := range m.row(y)[x0:x1] {
					if v > haut-max(6, haut/12) {
						s += float64(v)
						n++
					}
				}
			}
			moy := s / n
			t.papier.row(ty)[tx] = float32(moy)
			// Grain: the median distance to the paper over a few rows of the tile, which marks don't move as long as
			// they are less than half of it.
			clear(t.ecarts[:])
			nb := 0
			for k := range 3 {
				yy := min((y0*(3-k)+y1*(k+1))*4/4, g.Rect.Dy()-1)
				for _, v := range g.Pix[yy*g.Stride+x0*4 : yy*g.Stride+min(x1*4, g.Rect.Dx())] {
					t.ecarts[min(63, int(math.Abs(float64(v)-moy)))]++
					nb++
				}
			}
			m50, cumul := 0, 0
			for ; m50 < 63 && cumul+int(t.ecarts[m50]) <= nb/2; m50++ {
				cumul += int(t.ecarts[m50])
			}
			bruit := float32(1.4826) * (float32(m50) - 0.5 + float32(nb/2-cumul)/float32(max(1, t.ecarts[m50])))
			t.bruit.row(ty)[tx] = max(0, bruit)
			t.tri = append(t.tri, float64(max(0, bruit)))
		}
	}
	if len(t.tri) == 0 {
		return 0
	}
	slices.Sort(t.tri)
	return t.tri[len(t.tri)*8/10]
}

// mediane returns a quantile of v.
func (t *Trieur) mediane(v []float32, q float64) float64 {
	t.tri = t.tri[:0]
	for _, x := range v {
		t.tri = append(t.tri, float64(x))
	}
	slices.Sort(t.tri)
	return t.tri[int(q*float64(len(t.tri)-1))]
}

// lisser spreads each tile over its neighbours, so that a tile full of ink takes theirs.
func lisser(dst, p *grille) {
	dst.init(p.l, p.h)
	for y := range p.h {
		for x := range p.l {
			var s, n float32
			for yy := max(0, y-1); yy <= min(p.h-1, y+1); yy++ {
				for xx := max(0, x-1); xx <= min(p.l-1, x+1); xx++ {
					s += p.row(yy)[xx]
					n++
				}
			}
			dst.row(y)[x] = s / n
		}
	}
}
