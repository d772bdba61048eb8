package mesure

import (
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

const (
	// fin is the side, in millimetres, of a cell across the lines of text: ten of them in the x-height of ordinary print.
	fin = 0.2
	// large is its side along the lines. A line skewed by 15° moves by 0.27 mm over it, about one fine cell.
	large = 1.0
)

// Carte is the ink of a page counted in cells, from which all the geometry is measured. It is built in one pass over
// the runs, and can be built again over itself for another page without allocating.
type Carte struct {
	*Reglages
	LargeurMM, HauteurMM float64

	// lignes has fine rows of large cells (text that runs across), colonnes fine columns of large cells (text that runs
	// up or down), plein large cells both ways. Values are shares of ink of the cell, 0 to 1.
	lignes, colonnes, plein grille

	// bords[e] tells, along each edge, the fine cells where a stroke reaches it.
	bords [4][]bool
	diff  []float32
	proj  projection

	encree, bandee []bool // fine rows, and large ones, that have ink
	pleine         []bool // rows of plein that have ink
	solides        []int  // number of solid cells of each
	listes         [2]struct {
		cellules []cellule
		fait     bool
	}
	suites           []int32
	decalages        []int32
	ligneDe          []int32
	bandes, ecriture grille
}

// grille is a matrix of cells, row by row.
type grille struct {
	l, h int
	v    []float32
}

func (g *grille) init(l, h int) {
	g.l, g.h = l, h
	n := l * h
	if cap(g.v) < n {
		g.v = make([]float32, n)
		return
	}
	g.v = g.v[:n]
	clear(g.v)
}

// reprendre is init for a matrix of which only some rows, those of avant, aren't empty: on most pages half of them.
func (g *grille) reprendre(l, h int, avant []bool) {
	if g.l != l || g.h != h || len(avant) != h {
		g.init(l, h)
		return
	}
	for y, plein := range avant {
		if plein {
			clear(g.row(y))
		}
	}
}

func (g *grille) row(y int) []float32 { return g.v[y*g.l : (y+1)*g.l] }

// at is the cell x, y, in absolute value (see [Carte.marquerRegle]); outside the page there is no ink.
func (g *grille) at(x, y int) float32 {
	if x < 0 || y < 0 || x >= g.l || y >= g.h {
		return 0
	}
	v := g.v[y*g.l+x]
	return max(v, -v)
}

// cellules is the number of cells of the given side that a length takes.
func cellules(mm, side float64) int { return max(1, int(math.Ceil(mm/side))) }

// Tracer counts the ink of r, of the given resolutions in dots per inch, both over 0.
func (c *Carte) Tracer(r *raster.Runs, dpiX, dpiY float64) {
	c.LargeurMM, c.HauteurMM = float64(r.Width)/dpiX*25.4, float64(r.Height)/dpiY*25.4
	fx, fy := cellules(c.LargeurMM, fin), cellules(c.HauteurMM, fin)
	lx, ly := cellules(c.LargeurMM, large), cellules(c.HauteurMM, large)
	c.lignes.reprendre(lx, fy, c.encree)
	c.colonnes.reprendre(fx, ly, c.bandee)
	c.plein.init(lx, ly)
	if cap(c.diff) < fx+2 {
		c.diff = make([]float32, fx+2)
	}
	c.diff = c.diff[:fx+2]

	// Share of a large, or of a fine, cell that one pixel is.
	pxLarge, pxFin := large/25.4*dpiX, fin/25.4*dpiX
	pyLarge, pyFin := large/25.4*dpiY, fin/25.4*dpiY
	toLarge, toFin := float32(1/pxLarge), float32(1/pxFin)
	poidsL, poidsC := float32(1/pyFin), float32(1/pyLarge)

	for e, n := range [4]int{haut: fx, droite: fy, bas: fx, gauche: fy} {
		if cap(c.bords[e]) < n {
			c.bords[e] = make([]bool, n)
		}
		c.bords[e] = c.bords[e][:n]
		clear(c.bords[e])
	}
	c.encree = append(c.encree[:0], make([]bool, fy)...)
	c.bandee = append(c.bandee[:0], make([]bool, ly)...)
	c.pleine = append(c.pleine[:0], make([]bool, ly)...)
	c.listes[0].fait, c.listes[1].fait = false, false
	bordX, bordY := int32(max(1, c.ToucheMM/25.4*dpiX)), max(1, int(c.ToucheMM/25.4*dpiY))
	trait := int32(c.ToucheMax / 25.4 * dpiX)

	bande := 0
	clear(c.diff)
	for y := range r.Height {
		if b := min(int(float64(y)/pyLarge), ly-1); b != bande {
			if c.bandee[bande] {
				c.cumuler(bande, poidsC)
			}
			bande = b
		}
		row := r.Row(y)
		if len(row) == 0 {
			continue
		}
		fine := min(int(float64(y)/pyFin), fy-1)
		c.encree[fine], c.bandee[bande] = true, true
		cells := c.lignes.row(fine)
		c.toucher(row, fine, y < bordY, y >= r.Height-bordY, int32(r.Width), bordX, trait, toFin)
		for i := 0; i < len(row); i += 2 {
			x0, x1 := row[i], int32(r.Width)
			if i+1 < len(row) {
				x1 = row[i+1]
			}
			// Along the line: the run is spread over the large cells that it covers.
			a, b := float32(x0)*toLarge, float32(x1)*toLarge
			ia, ib := int(a), int(b)
			if ia == ib {
				cells[min(ia, lx-1)] += (b - a) * poidsL
			} else {
				cells[ia] += (float32(ia+1) - a) * poidsL
				for k := ia + 1; k < ib && k < lx; k++ {
					cells[k] += poidsL
				}
				if ib < lx {
					cells[ib] += (b - float32(ib)) * poidsL
				}
			}
			// Across it: only where the coverage of the fine columns starts and ends to change is noted (second differences of a
			// trapezoid), and summed once a band of rows is through.
			c.marquer(float32(x0)*toFin, 1)
			c.marquer(float32(x1)*toFin, -1)
		}
	}
	c.cumuler(bande, poidsC)
	// Large cells both ways are sums of the fine rows.
	parBande := large / fin
	for y := range fy {
		if !c.encree[y] {
			continue
		}
		l := min(int(float64(y)/parBande), ly-1)
		c.pleine[l] = true
		dst, src := c.plein.row(l), c.lignes.row(y)
		for x, v := range src {
			dst[x] += v * float32(1/parBande)
		}
	}
	c.compterSolides()
}

// compterSolides counts the solid cells, which most rows have none of.
func (c *Carte) compterSolides() {
	c.solides = c.solides[:0]
	for y := range c.plein.h {
		n := 0
		if c.pleine[y] {
			for _, v := range c.plein.row(y) {
				if v >= float32(c.SolideMin) {
					n++
				}
			}
		}
		c.solides = append(c.solides, n)
	}
}

// marquer notes that coverage rises (or falls) at x, in fine cells: the cell that holds x gets the share of it that
// lies right of x.
func (c *Carte) marquer(x, signe float32) {
	i := int(x)
	f := x - float32(i)
	c.diff[i] += signe * (1 - f)
	c.diff[i+1] += signe * f
}

// cumuler turns the notes of a band of rows into coverage.
func (c *Carte) cumuler(bande int, poids float32) {
	dst := c.colonnes.row(bande)
	diff := c.diff[:len(dst)]
	var s float32
	for x, d := range diff {
		s += d
		dst[x] += s * poids
	}
	clear(c.diff)
}

// Edges of the frame.
const (
	haut = iota
	droite
	bas
	gauche
)

// toucher notes the strokes of a row that reach an edge.
func (c *Carte) toucher(row []int32, fine int, enHaut, enBas bool, largeur, bordX, trait int32, toFin float32) {
	fin := func(i int) int32 {
		if i+1 < len(row) {
			return row[i+1]
		}
		return largeur
	}
	if x := row[0]; x < bordX && fin(0)-x < trait {
		c.bords[gauche][fine] = true
	}
	dernier := (len(row) - 1) &^ 1
	if x := row[dernier]; fin(dernier) > largeur-bordX && fin(dernier)-x < trait {
		c.bords[droite][fine] = true
	}
	for _, b := range [2]struct {
		oui bool
		e   int
	}{{enHaut, haut}, {enBas, bas}} {
		if !b.oui {
			continue
		}
		for i := 0; i < len(row); i += 2 {
			if fin(i)-row[i] >= trait {
				continue
			}
			for x := int(float32(row[i]) * toFin); x <= int(float32(fin(i)-1)*toFin) && x < len(c.bords[b.e]); x++ {
				c.bords[b.e][x] = true
			}
		}
	}
}
