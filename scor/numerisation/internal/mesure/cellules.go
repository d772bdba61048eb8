package mesure

import "math"

// cellule is a cell with ink of a page seen along its lines: u large cells along, v fine cells across. e is its share
// of ink, negative if it is part of a rule.
type cellule struct {
	u, v int32
	e    float32
}

// vue is a part of a page seen along its lines.
type vue struct {
	cellules       []cellule
	u0, u1, v0, v1 int32
}

func (w *vue) contient(q cellule) bool {
	return q.u >= w.u0 && q.u < w.u1 && q.v >= w.v0 && q.v < w.v1
}

func (c *Carte) vue(f Feuille, debout bool) vue {
	w := vue{c.cellules(debout), plafond(f.X0 / large), int32(f.X1 / large), plafond(f.Y0 / fin), int32(f.Y1 / fin)}
	if debout {
		w.u0, w.u1, w.v0, w.v1 = plafond(f.Y0/large), int32(f.Y1/large), plafond(f.X0/fin), int32(f.X1/fin)
	}
	return w
}

func plafond(v float64) int32 { return int32(math.Ceil(v)) }

// cellules lists the cells with ink, once a page and way.
func (c *Carte) cellules(debout bool) []cellule {
	l := &c.listes[0]
	if debout {
		l = &c.listes[1]
	}
	if l.fait {
		return l.cellules
	}
	l.fait = true
	l.cellules = l.cellules[:0]
	if debout {
		l.cellules = c.enColonnes(l.cellules)
	} else {
		l.cellules = c.enLignes(l.cellules)
	}
	return l.cellules
}

func (c *Carte) enLignes(out []cellule) []cellule {
	for v := range c.lignes.h {
		if !c.encree[v] {
			continue
		}
		suite := 0
		for u, e := range c.lignes.row(v) {
			if e <= float32(c.CelluleMin) {
				suite = 0
				continue
			}
			out = append(out, cellule{int32(u), int32(v), e})
			if e <= float32(c.CelluleRegle) {
				suite = 0
				continue
			}
			switch suite++; {
			case suite == c.RegleMM:
				for i := len(out) - c.RegleMM; i < len(out); i++ {
					out[i].e = -out[i].e
				}
			case suite > c.RegleMM:
				out[len(out)-1].e = -e
			}
		}
	}
	return out
}

func (c *Carte) enColonnes(out []cellule) []cellule {
	g := &c.colonnes
	suites := append(c.suites[:0], make([]int32, g.l)...)
	c.suites = suites
	regles := false
	for u := range g.h {
		// An empty band ends all rules; the one after it needn't look.
		if !c.bandee[u] && (u == 0 || !c.bandee[u-1]) {
			continue
		}
		for v, e := range g.row(u) {
			if e <= float32(c.CelluleMin) {
				if int(suites[v]) >= c.RegleMM {
					regles = true
					c.marquerRegle(u, v, int(suites[v]))
				}
				suites[v] = 0
				continue
			}
			if e > float32(c.CelluleRegle) {
				suites[v]++
				continue
			}
			if int(suites[v]) >= c.RegleMM {
				regles = true
				c.marquerRegle(u, v, int(suites[v]))
			}
			suites[v] = 0
		}
	}
	for v, n := range suites {
		if int(n) >= c.RegleMM {
			regles = true
			c.marquerRegle(g.h, v, int(n))
		}
	}
	for u := range g.h {
		if !c.bandee[u] {
			continue
		}
		for v, e := range g.row(u) {
			if e > float32(c.CelluleMin) || regles && e < 0 {
				out = append(out, cellule{int32(u), int32(v), e})
			}
		}
	}
	return out
}

// marquerRegle makes the n cells before u of column v negative.
func (c *Carte) marquerRegle(u, v, n int) {
	for k := u - n; k < u; k++ {
		p := &c.colonnes.v[k*c.colonnes.l+v]
		*p = -*p
	}
}
