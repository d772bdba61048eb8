package mesure

import "math"

// Feuille is where the sheet lies in the frame that was scanned, in millimetres from the top left corner: the frame
// less the dark bands along its edges.
type Feuille struct{ X0, Y0, X1, Y1 float64 }

// Bandes are the dark bands along the edges of the frame, in millimetres.
type Bandes struct{ Haut, Droite, Bas, Gauche float64 }

// Bandes measures the dark bands. A band goes on as long as more than half of each millimetre across it is solid.
func (c *Carte) Bandes() Bandes { return c.bandesDe(c.SolideMin, c.BandePart) }

// Tramees measures the bands along the edges that black and white broke up: next to every square millimetre across them
// has some ink. Solid ones are among them.
func (c *Carte) Tramees() Bandes { return c.bandesDe(c.TrameEncre, c.TramePart) }

// bandesDe measures the bands that go on as long as a share of each millimetre across them has a share of ink.
func (c *Carte) bandesDe(encre, assez float64) Bandes {
	p := &c.plein
	bande := func(n int, part func(i int) float64) float64 {
		fin, vu := 0, false
		for i := range n {
			if part(i) >= assez {
				vu = true
				fin = i + 1
				continue
			}
			if vu || i >= c.BandeDebut {
				break
			}
		}
		return float64(fin) * large
	}
	var b Bandes
	b.Haut = bande(p.h, func(i int) float64 { return c.encreeLigne(i, 0, p.l, encre) })
	b.Bas = min(bande(p.h, func(i int) float64 { return c.encreeLigne(p.h-1-i, 0, p.l, encre) }), c.HauteurMM-b.Haut)
	y0, y1 := int(b.Haut/large), max(int(b.Haut/large), p.h-int(b.Bas/large))
	b.Gauche = bande(p.l, func(i int) float64 { return c.encreeColonne(i, y0, y1, encre) })
	b.Droite = min(bande(p.l, func(i int) float64 { return c.encreeColonne(p.l-1-i, y0, y1, encre) }),
		c.LargeurMM-b.Gauche)
	return b
}

// Pleines are the parts of bands that hold nothing of the sheet, from the edges on.
func (c *Carte) Pleines(b Bandes) Bandes {
	p := &c.plein
	pleine := func(mm float64, part func(i int) float64) float64 {
		n := int(mm / large)
		i := 0
		for i < min(n, c.BandeDebut) && part(i) < c.BandePleine {
			i++ // the white sliver
		}
		debut := i
		for i < n && part(i) >= c.BandePleine {
			i++
		}
		if i == debut {
			return 0
		}
		return float64(i) * large
	}
	var r Bandes
	r.Haut = pleine(b.Haut, func(i int) float64 { return c.solideLigne(i, 0, p.l) })
	r.Bas = pleine(b.Bas, func(i int) float64 { return c.solideLigne(p.h-1-i, 0, p.l) })
	y0, y1 := int(r.Haut/large), max(int(r.Haut/large), p.h-int(r.Bas/large))
	r.Gauche = pleine(b.Gauche, func(i int) float64 { return c.solideColonne(i, y0, y1) })
	r.Droite = pleine(b.Droite, func(i int) float64 { return c.solideColonne(p.l-1-i, y0, y1) })
	return r
}

// solideLigne is the share of the cells x0 to x1 of a row that are solid.
func (c *Carte) solideLigne(y, x0, x1 int) float64 { return c.encreeLigne(y, x0, x1, c.SolideMin) }

// solideColonne is the share of the cells y0 to y1 of a column that are solid.
func (c *Carte) solideColonne(x, y0, y1 int) float64 { return c.encreeColonne(x, y0, y1, c.SolideMin) }

// encreeLigne is the share of the cells x0 to x1 of a row that have that share of ink.
func (c *Carte) encreeLigne(y, x0, x1 int, encre float64) float64 {
	n := 0
	for _, v := range c.plein.row(y)[x0:x1] {
		if v >= float32(encre) {
			n++
		}
	}
	return float64(n) / float64(max(1, x1-x0))
}

// encreeColonne is the share of the cells y0 to y1 of a column that have it.
func (c *Carte) encreeColonne(x, y0, y1 int, encre float64) float64 {
	n := 0
	for y := y0; y < y1; y++ {
		if c.plein.v[y*c.plein.l+x] >= float32(encre) {
			n++
		}
	}
	return float64(n) / float64(max(1, y1-y0))
}

// Feuille is what the bands leave. A band's edge is seldom parallel to the frame's: the sheet starts where next to
// nothing of it is left.
func (c *Carte) Feuille(b Bandes) Feuille {
	p := &c.plein
	trainee := func(n int, debut float64, part func(i int) float64) float64 {
		i := int(debut / large)
		for k := 0; debut > 0 && k < c.BandePente && i < n && part(i) > c.BandeReste; k++ {
			i++
		}
		return max(debut, float64(i)*large)
	}
	var f Feuille
	haut := trainee(p.h, b.Haut, func(i int) float64 { return c.solideLigne(i, 0, p.l) })
	bas := trainee(p.h, b.Bas, func(i int) float64 { return c.solideLigne(p.h-1-i, 0, p.l) })
	f.Y0, f.Y1 = min(haut, c.HauteurMM), max(min(haut, c.HauteurMM), c.HauteurMM-bas)
	y0, y1 := int(f.Y0/large), max(int(f.Y0/large), min(p.h, int(f.Y1/large)))
	gauche := trainee(p.l, b.Gauche, func(i int) float64 { return c.solideColonne(i, y0, y1) })
	droite := trainee(p.l, b.Droite, func(i int) float64 { return c.solideColonne(p.l-1-i, y0, y1) })
	f.X0, f.X1 = min(gauche, c.LargeurMM), max(min(gauche, c.LargeurMM), c.LargeurMM-droite)
	return f
}

// Coupes are the strokes, of the size of letters, that run off each edge of the frame.
type Coupes struct{ Haut, Droite, Bas, Gauche int }

// Coupes counts the strokes cut by the edges that have writing beside them: specks and page edges have none.
func (c *Carte) Coupes() Coupes {
	return Coupes{c.coupes(haut), c.coupes(droite), c.coupes(bas), c.coupes(gauche)}
}

func (c *Carte) coupes(e int) int {
	voisins := func(i int) (s float32) {
		for k := 1; k <= c.ToucheVoisins; k++ {
			switch e {
			case gauche:
				s += c.lignes.at(k, i)
			case droite:
				s += c.lignes.at(c.lignes.l-1-k, i)
			case haut:
				s += c.colonnes.at(i, k)
			default:
				s += c.colonnes.at(i, c.colonnes.h-1-k)
			}
		}
		return s
	}
	n, debut := 0, -1
	for i := 0; i <= len(c.bords[e]); i++ {
		if i < len(c.bords[e]) && c.bords[e][i] {
			if debut < 0 {
				debut = i
			}
			continue
		}
		if debut < 0 {
			continue
		}
		if l := float64(i-debut) * fin; l >= c.ToucheCourt && l <= c.ToucheLong {
			var s float32
			for k := debut; k < i; k++ {
				s += voisins(k)
			}
			if s >= float32(c.ToucheEncre)*float32(i-debut) {
				n++
			}
		}
		debut = -1
	}
	return n
}

// Encre is the area of the sheet, in square millimetres, where there is writing: cells with ink that aren't solid, off
// the edges.
func (c *Carte) Encre(f Feuille) float64 {
	const marge = 5
	n := 0
	for y := int(f.Y0) + marge; y < min(int(f.Y1)-marge, c.plein.h); y++ {
		if !c.pleine[y] {
			continue
		}
		row := c.plein.row(y)
		for x := int(f.X0) + marge; x < min(int(f.X1)-marge, len(row)); x++ {
			if v := row[x]; v >= float32(c.MillimetreEncre) && v < float32(c.MillimetrePlein) {
				n++
			}
		}
	}
	return float64(n) * large * large
}

// Solide is the share of the sheet that is solid ink.
func (c *Carte) Solide(f Feuille) float64 { return c.encreeA(f, c.SolideMin) }

// Salie is the share of the sheet that is soiled: as much inked as the grain that a threshold makes of its paper.
func (c *Carte) Salie(f Feuille) float64 { return c.encreeA(f, c.SaleEncre) }

// encreeA is the share of the sheet's square millimetres that have that share of ink.
func (c *Carte) encreeA(f Feuille, part float64) float64 {
	n, t := 0, 0
	x0, x1 := int(f.X0), min(int(f.X1), c.plein.l)
	for y := int(f.Y0); y < min(int(f.Y1), c.plein.h); y++ {
		t += x1 - x0
		switch {
		case !c.pleine[y]:
		case part == c.SolideMin && x0 == 0 && x1 == c.plein.l:
			n += c.solides[y]
		default:
			for _, v := range c.plein.row(y)[x0:x1] {
				if v >= float32(part) {
					n++
				}
			}
		}
	}
	return float64(n) / float64(max(1, t))
}

// Cadre is the whole frame.
func (c *Carte) Cadre() Feuille { return Feuille{0, 0, c.LargeurMM, c.HauteurMM} }

// Emprise is the rectangle that the ink of f takes once the frame is turned clockwise by deg degrees around its middle,
// in millimetres from the top left corner of the frame as it was; ok is false if there is no ink.
func (c *Carte) Emprise(f Feuille, deg float64) (e Feuille, ok bool) {
	sin, cos := math.Sincos(deg * math.Pi / 180)
	cx, cy := c.LargeurMM/2, c.HauteurMM/2
	e = Feuille{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for y := int(f.Y0); y < min(int(f.Y1), c.plein.h); y++ {
		for x := int(f.X0); x < min(int(f.X1), c.plein.l); x++ {
			if c.plein.v[y*c.plein.l+x] < float32(c.MillimetreEncre) {
				continue
			}
			ok = true
			u, v := float64(x)+0.5-cx, float64(y)+0.5-cy
			px, py := u*cos-v*sin+cx, u*sin+v*cos+cy
			e.X0, e.Y0, e.X1, e.Y1 = min(e.X0, px-1), min(e.Y0, py-1), max(e.X1, px+1), max(e.Y1, py+1)
		}
	}
	return e, ok
}
