package mesure

import (
	"math"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Lisiere is the inner edge of a dark band that lies along an edge of the frame: a straight line, at A+B·t millimetres
// from the frame's edge, t being how far along that edge it is; what a blurred edge spreads over is within. Letters
// that the band cuts are one piece with it, and stand out from the line.
type Lisiere struct {
	Bord Bord
	A, B float64
}

// Lisiere finds the inner edge of a band of the given width in millimetres, or of a thinner black line along the edge
// where mm is 0. It says false if there is none, or none that is straight.
func (g *Reglages) Lisiere(b Bord, r *raster.Runs, mm, dpiX, dpiY float64) (Lisiere, bool) {
	l := Lisiere{Bord: b}
	travers, long := dpiX/25.4, dpiY/25.4
	prof := b.profondeurs(r, mm, g.LisiereDebut, g.LisiereLoin, travers, long)
	if b == Haut || b == Bas {
		travers, long = long, travers
	}
	n := max(1, int(g.LisierePas*long))
	var t, v []float64
	vus := 0
	for i := 0; i+n <= len(prof); i += n {
		vus++
		d := int32(math.MaxInt32)
		for _, p := range prof[i : i+n] {
			if p < 0 {
				d = -1 // the band has a hole there
				break
			}
			d = min(d, p)
		}
		if d >= 0 {
			t, v = append(t, (float64(i)+float64(n)/2)/long), append(v, float64(d)/travers)
		}
	}
	if vus == 0 || float64(len(v)) < g.LisierePart*float64(vus) || len(v) < 8 {
		return l, false
	}
	// The median slope of depths far apart, then the median level.
	var pentes []float64
	for i, k := 0, len(v)/2; i+k < len(v); i++ {
		pentes = append(pentes, (v[i+k]-v[i])/(t[i+k]-t[i]))
	}
	slices.Sort(pentes)
	l.B = pentes[len(pentes)/2]
	restes := make([]float64, len(v))
	for i := range v {
		restes[i] = v[i] - l.B*t[i]
	}
	slices.Sort(restes)
	l.A = restes[len(restes)/2]
	for i := range restes {
		restes[i] = math.Abs(restes[i] - l.A)
	}
	slices.Sort(restes)
	l.A += g.LisiereMarge
	return l, restes[len(restes)/2] <= g.LisiereEcart && math.Abs(l.B) <= g.LisierePente
}

// profondeurs gives, for each pixel along an edge, where the dark that lies there ends, in pixels from the edge; -1
// where there is none.
func (b Bord) profondeurs(r *raster.Runs, mm, sliver, loin, px, py float64) []int32 {
	if b == Haut || b == Bas {
		return b.profondeursTravers(r, mm, sliver, loin, py)
	}
	dedans, debut := int32(mm/2*px), int32(max(sliver, mm)*px)
	prof := make([]int32, r.Height)
	for y := range prof {
		prof[y] = -1
		row := r.Row(y)
		for i := 0; i < len(row); i += 2 {
			x0, x1 := row[i], int32(r.Width)
			if i+1 < len(row) {
				x1 = row[i+1]
			}
			if b == Droite { // seen from the right
				x0, x1 = int32(r.Width)-x1, int32(r.Width)-x0
			}
			// What reaches the band's middle is the band; where it is too thin for one, what begins at the edge.
			if x0 <= min(debut, max(dedans, 1)) && x1 > dedans {
				prof[y] = max(prof[y], x1)
			}
		}
	}
	return prof
}

// profondeursTravers is the same along the top or the bottom edge: columns are followed from the band's middle on until
// they are white.
func (b Bord) profondeursTravers(r *raster.Runs, mm, sliver, loin, py float64) []int32 {
	prof := make([]int32, r.Width)
	for i := range prof {
		prof[i] = math.MaxInt32
	}
	debut := int(mm / 2 * py)
	if mm == 0 {
		debut = int(sliver / 2 * py)
	}
	fin := min(r.Height, int((mm+loin)*py))
	for k := debut; k < fin; k++ {
		y := k
		if b == Bas {
			y = r.Height - 1 - k
		}
		x := int32(0)
		row := r.Row(y)
		for i := 0; i <= len(row); i += 2 {
			x1 := int32(r.Width)
			if i < len(row) {
				x1 = row[i]
			}
			for ; x < x1; x++ {
				if prof[x] == math.MaxInt32 {
					prof[x] = int32(k)
				}
			}
			if x = int32(r.Width); i+1 < len(row) {
				x = row[i+1]
			}
		}
	}
	for i, p := range prof {
		switch {
		case p <= int32(debut):
			prof[i] = -1
		case p == math.MaxInt32:
			prof[i] = int32(fin)
		}
	}
	return prof
}

// at is how far from the frame's edge the line lies at t.
func (l *Lisiere) at(t float64) float64 { return l.A + l.B*t }

// Effacer copies src into dst without the bands, up to their lines.
func Effacer(dst, src *raster.Runs, bandes []Lisiere, dpiX, dpiY float64, limite int64) error {
	px, py := dpiX/25.4, dpiY/25.4
	w, h := float64(src.Width)/px, float64(src.Height)/py
	dst.Reset(src.Width, limite)
	var out []int32
	for y, row := range src.Rows() {
		v := (float64(y) + 0.5) / py
		// What is left of a row lies between two places.
		a, b := 0.0, w
		for i := range bandes {
			l := &bandes[i]
			switch l.Bord {
			case Gauche:
				a = max(a, l.at(v))
			case Droite:
				b = min(b, w-l.at(v))
			case Haut:
				a, b = l.garder(a, b, v)
			case Bas:
				a, b = l.garder(a, b, h-v)
			}
		}
		x0, x1 := int32(math.Ceil(a*px)), int32(b*px)
		out = out[:0]
		for i := 0; i < len(row) && x0 < x1; i += 2 {
			d, f := row[i], int32(src.Width)
			if i+1 < len(row) {
				f = row[i+1]
			}
			if d, f = max(d, x0), min(f, x1); d < f {
				if out = append(out, d); int(f) < src.Width {
					out = append(out, f)
				}
			}
		}
		if err := dst.AppendRow(out); err != nil {
			return err
		}
	}
	return nil
}

// garder brings what is kept of a row, which lies v from the edge, to where the line is nearer to that edge.
func (l *Lisiere) garder(a, b, v float64) (float64, float64) {
	if l.at(a) <= v && l.at(b) <= v {
		return a, b
	}
	if l.at(a) > v && l.at(b) > v {
		return a, a
	}
	t := (v - l.A) / l.B
	if l.B > 0 {
		return a, t
	}
	return t, b
}

// Tranchees finds the writing that the line of a band cuts, among the pieces left without the band: letters that reach
// the line and have others beside them, and stamps. Those of which vraie says that they aren't writing are left out.
func (p *Pieces) Tranchees(l Lisiere, w *Ecriture, vraie func(r Rectangle, b Bord) bool) []Coupe {
	var seules, c []Coupe
	for i := range p.Taches {
		t := &p.Taches[i]
		if l.ecart(p, t) > p.LisiereAuBord || max(t.L(), t.H()) < p.CoupeLettre || min(t.L(), t.H()) < p.CoupeMin {
			continue
		}
		lo, ha := float64(t.L()), float64(t.H())
		long := max(lo, ha)
		if long > p.CachetLong || min(lo, ha) > p.CachetHaut || float64(t.Aire) > p.TraitEpais*long ||
			long > p.TraitBord*min(lo, ha) {
			continue
		}
		k := Coupe{Place: t.Rectangle(), Bord: l.Bord, Ligne: true}
		if !vraie(k.Place, l.Bord) {
			continue
		}
		switch {
		case long > p.LettreMax:
			if p.dedans(k.Place) >= p.TamponMin {
				c = append(c, k)
			}
		case w.enLigne(k.Place) || (l.Bord == Gauche || l.Bord == Droite) && p.accompagnee(i):
			c = append(c, k)
		default:
			seules = append(seules, k)
		}
	}
	return append(c, p.serie(seules)...)
}

// serie keeps of the cut pieces those that follow each other as the letters of a line do.
func (p *Pieces) serie(seules []Coupe) (c []Coupe) {
	slices.SortFunc(seules, func(a, b Coupe) int { return int(math.Copysign(1, a.Place.X0-b.Place.X0)) })
	for i := 0; i < len(seules); {
		j := i + 1
		for ; j < len(seules); j++ {
			a, b := seules[j-1].Place, seules[j].Place
			if b.X0-a.X1 > p.EcartMot*max(a.X1-a.X0, b.X1-b.X0) {
				break
			}
		}
		if j-i >= p.LisiereLettres {
			c = append(c, seules[i:j]...)
		}
		i = j
	}
	return c
}

// ecart is how far a piece stays from the line.
func (l *Lisiere) ecart(p *Pieces, t *Tache) float64 {
	x, y := float64(t.X0+t.X1)/2, float64(t.Y0+t.Y1)/2
	switch l.Bord {
	case Haut:
		return float64(t.Y0) - l.at(x)
	case Bas:
		return p.HauteurMM - float64(t.Y1) - l.at(x)
	case Gauche:
		return float64(t.X0) - l.at(y)
	}
	return p.LargeurMM - float64(t.X1) - l.at(y)
}

// Longe says whether a piece runs along most of an edge, as a scanner's black line does.
func (p *Pieces) Longe(b Bord) bool {
	cadre := Feuille{X1: p.LargeurMM, Y1: p.HauteurMM}
	for i := range p.Taches {
		t := &p.Taches[i]
		part := float64(t.H()) / p.HauteurMM
		if b == Haut || b == Bas {
			part = float64(t.L()) / p.LargeurMM
		}
		if part >= p.LisierePart && p.touche(t, b, cadre) {
			return true
		}
	}
	return false
}

// Rentre is the rectangle without the strip, along an edge, in which a band's own ink is looked at with a piece's.
func (g *Reglages) Rentre(r Rectangle, b Bord) Rectangle {
	switch b {
	case Haut:
		r.Y0 += g.MargeEcrite
	case Bas:
		r.Y1 -= g.MargeEcrite
	case Gauche:
		r.X0 += g.MargeEcrite
	default:
		r.X1 -= g.MargeEcrite
	}
	return r
}
