package mesure

import (
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Tache is a connected piece of ink: a letter, a joined word, a rule, a speck. Its box is in millimetres from the top
// left corner of the frame, its area in square millimetres.
type Tache struct {
	X0, Y0, X1, Y1 float64
	Aire           float64
}

// L and H are the sides of the box.
func (t *Tache) L() float64 { return t.X1 - t.X0 }

// H is the height of the box.
func (t *Tache) H() float64 { return t.Y1 - t.Y0 }

// Rectangle is the box.
func (t *Tache) Rectangle() Rectangle {
	return Rectangle{float64(t.X0), float64(t.Y0), float64(t.X1), float64(t.Y1)}
}

// Rectangle is a place on the page, in millimetres from the top left corner of the frame.
type Rectangle struct{ X0, Y0, X1, Y1 float64 }

// union is the smallest rectangle that holds both.
func (r Rectangle) union(s Rectangle) Rectangle {
	return Rectangle{min(r.X0, s.X0), min(r.Y0, s.Y0), max(r.X1, s.X1), max(r.Y1, s.Y1)}
}

// Decalee is r moved.
func (r Rectangle) Decalee(dx, dy float64) Rectangle {
	return Rectangle{r.X0 + dx, r.Y0 + dy, r.X1 + dx, r.Y1 + dy}
}

// coupe says whether the two rectangles share a place.
func (r Rectangle) coupe(s Rectangle) bool {
	return r.X0 < s.X1 && s.X0 < r.X1 && r.Y0 < s.Y1 && s.Y0 < r.Y1
}

// Pieces tells a page's connected pieces of ink apart. It is used again from page to page without allocating.
type Pieces struct {
	*Reglages
	LargeurMM, HauteurMM float64

	// Taches are the pieces of at least [tacheMin] by side, in the order in which they end.
	Taches []Tache
	// Poussieres is the number of smaller ones, and AirePoussieres their area in square millimetres.
	Poussieres     int
	AirePoussieres float64

	enCours []piece
	parents []int32
	libres  []int32
	rives   []int32 // places in Taches of what lies along the edges
	perdus  []int32
	avant   []segment
	apres   []segment
}

// piece is a piece that isn't ended; in pixels.
type piece struct {
	x0, y0, x1, y1 int32
	aire           int64
}

// segment is a black run of a row and the piece that it belongs to.
type segment struct{ x0, x1, de int32 }

// Separer finds the pieces of r, whose pixels touch by a side or a corner. Only the pieces that the current row crosses
// are held besides those returned, so a page of nothing but grain takes no more memory than one of text.
func (p *Pieces) Separer(r *raster.Runs, dpiX, dpiY float64) {
	p.LargeurMM, p.HauteurMM = float64(r.Width)/dpiX*25.4, float64(r.Height)/dpiY*25.4
	p.Taches, p.Poussieres, p.AirePoussieres = p.Taches[:0], 0, 0
	p.enCours, p.parents, p.libres = p.enCours[:0], p.parents[:0], p.libres[:0]
	p.avant = p.avant[:0]
	mx, my := float64(25.4/dpiX), float64(25.4/dpiY)
	largeur := int32(r.Width)
	for y, row := range r.Rows() {
		if len(row) == 0 && len(p.avant) == 0 {
			continue
		}
		p.apres, p.perdus = p.apres[:0], p.perdus[:0]
		k := 0
		for i := 0; i < len(row); i += 2 {
			x0, x1 := row[i], largeur
			if i+1 < len(row) {
				x1 = row[i+1]
			}
			for k < len(p.avant) && p.avant[k].x1 < x0 {
				k++
			}
			de := int32(-1)
			for j := k; j < len(p.avant) && p.avant[j].x0 <= x1; j++ {
				if q := p.racine(p.avant[j].de); de < 0 {
					de = q
				} else if q != de {
					de = p.unir(de, q)
				}
			}
			if de < 0 {
				de = p.nouvelle(x0, int32(y))
			}
			q := &p.enCours[de]
			q.x0, q.x1, q.y1 = min(q.x0, x0), max(q.x1, x1), int32(y)+1
			q.aire += int64(x1 - x0)
			p.apres = append(p.apres, segment{x0, x1, de})
		}
		p.finir(int32(y), mx, my)
		for i := range p.apres {
			p.apres[i].de = p.racine(p.apres[i].de)
		}
		p.libres = append(p.libres, p.perdus...)
		p.avant, p.apres = p.apres, p.avant
	}
	p.finir(int32(r.Height), mx, my)
	p.rives = p.rives[:0]
	for i := range p.Taches {
		t := &p.Taches[i]
		if m := p.TextureMM; t.X0 < m || t.Y0 < m || t.X1 > p.LargeurMM-m || t.Y1 > p.HauteurMM-m {
			p.rives = append(p.rives, int32(i))
		}
	}
}

func (p *Pieces) racine(i int32) int32 {
	for p.parents[i] != i {
		p.parents[i] = p.parents[p.parents[i]]
		i = p.parents[i]
	}
	return i
}

func (p *Pieces) unir(a, b int32) int32 {
	s, t := &p.enCours[a], &p.enCours[b]
	s.x0, s.y0, s.x1, s.y1 = min(s.x0, t.x0), min(s.y0, t.y0), max(s.x1, t.x1), max(s.y1, t.y1)
	s.aire += t.aire
	p.parents[b] = a
	p.perdus = append(p.perdus, b)
	return a
}

func (p *Pieces) nouvelle(x, y int32) int32 {
	q := piece{x0: x, y0: y, x1: x, y1: y}
	if n := len(p.libres); n > 0 {
		i := p.libres[n-1]
		p.libres = p.libres[:n-1]
		p.enCours[i], p.parents[i] = q, i
		return i
	}
	p.enCours = append(p.enCours, q)
	p.parents = append(p.parents, int32(len(p.parents)))
	return int32(len(p.enCours) - 1)
}

// finir hands over the pieces of the row before that row y doesn't continue.
func (p *Pieces) finir(y int32, mx, my float64) {
	for i := range p.avant {
		de := p.racine(p.avant[i].de)
		q := &p.enCours[de]
		if q.y1 > y || q.aire == 0 {
			continue
		}
		t := Tache{
			float64(q.x0) * mx, float64(q.y0) * my, float64(q.x1) * mx, float64(q.y1) * my, float64(q.aire) * mx * my,
		}
		q.aire = 0
		p.libres = append(p.libres, de)
		if max(t.L(), t.H()) < p.TacheMin {
			p.Poussieres++
			p.AirePoussieres += float64(t.Aire)
			continue
		}
		p.Taches = append(p.Taches, t)
	}
}
