package mesure

import (
	"image"
	"math"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// RegleAuBord says whether the piece with that box, which an edge cuts, is there a rule: ruled paper and tables run off
// the sheet, whatever writing they meet further in.
func (g *Reglages) RegleAuBord(r *raster.Runs, q Rectangle, b Bord, dpiX, dpiY float64) bool {
	px, py := dpiX/25.4, dpiY/25.4
	z := image.Rect(int(q.X0*px), int(q.Y0*py), int(math.Ceil(q.X1*px)), int(math.Ceil(q.Y1*py)))
	nx, ny := int(g.RegleBord*px), int(g.RegleBord*py)
	switch b {
	case Gauche:
		z.Max.X = min(z.Max.X, z.Min.X+nx)
	case Droite:
		z.Min.X = max(z.Min.X, z.Max.X-nx)
	case Haut:
		z.Max.Y = min(z.Max.Y, z.Min.Y+ny)
	case Bas:
		z.Min.Y = max(z.Min.Y, z.Max.Y-ny)
	}
	z = z.Intersect(image.Rect(0, 0, r.Width, r.Height))
	u := image.Rectangle{}
	for y := z.Min.Y; y < z.Max.Y; y++ {
		row := r.Row(y)
		for i := 0; i < len(row); i += 2 {
			x0, x1 := int(row[i]), r.Width
			if i+1 < len(row) {
				x1 = int(row[i+1])
			}
			u = u.Union(image.Rect(x0, y, x1, y+1).Intersect(z))
		}
	}
	l, h := float64(u.Dx())/px, float64(u.Dy())/py
	if b == Haut || b == Bas {
		l, h = h, l
	}
	return l > 0.9*g.RegleBord && h <= g.RegleMince
}

// EcriteAuBord says whether the ink in a place at an edge is as deep as writing, and has paper beside it.
// [Trieur.Marques] must have been called for g, and found encre and tons.
func (t *Trieur) EcriteAuBord(g *image.Gray, encre *raster.Runs, tons Tons, q Rectangle, dpiX, dpiY float64) bool {
	px, py := dpiX/25.4, dpiY/25.4
	m := t.MargeEcrite
	z := image.Rect(int((q.X0-m)*px), int((q.Y0-m)*py), int((q.X1+m)*px), int((q.Y1+m)*py)).Intersect(g.Rect)
	var compte [256]int
	paper, noirs, somme := 0, 0, 0
	for y := z.Min.Y; y < z.Max.Y; y++ {
		pix := g.Pix[y*g.Stride:]
		x := z.Min.X
		row := encre.Row(y)
		for i := 0; i <= len(row) && x < z.Max.X; i++ {
			fin := z.Max.X
			if i < len(row) {
				fin = min(fin, int(row[i]))
			}
			for ; x < fin; x++ {
				if i%2 == 0 {
					compte[pix[x]]++
					paper++
				} else {
					somme += int(pix[x])
					noirs++
				}
			}
		}
	}
	if noirs == 0 || paper == 0 {
		return false
	}
	fond, n := 0, 0
	for ; n <= paper/2; fond++ {
		n += compte[fond]
	}
	creux := float64(fond) - float64(somme)/float64(noirs)
	return creux >= t.CreuxBord*tons.Contraste && float64(fond) >= t.FondBord*tons.Papier
}

// Touchantes finds the pieces of the extent of a stroke that touch each edge, and that vraie says to be writing.
func (p *Pieces) Touchantes(cadre Feuille, vraie func(r Rectangle, b Bord) bool) (n [4][]Rectangle) {
	for i := range p.Taches {
		t := &p.Taches[i]
		b, k := p.bord(t, cadre)
		if k != 1 || float64(max(t.L(), t.H())) > p.CachetLong || float64(max(t.L(), t.H())) < p.CoupeMin {
			continue
		}
		if vraie(t.Rectangle(), b) {
			n[b] = append(n[b], t.Rectangle())
		}
	}
	return n
}

// Graduelle says whether the dark band of that width along an edge is a shadow, which fades, rather than a border or a
// place without a sheet, which ends at once. [Trieur.Marques] must have been called for the page.
func (t *Trieur) Graduelle(b Bord, mm, dpiX, dpiY float64) bool {
	m := &t.moyennes
	dpi, n := dpiY, m.h
	if b == Gauche || b == Droite {
		dpi, n = dpiX, m.l
	}
	pas := 4 * 25.4 / dpi
	fin := min(n, int((mm+t.SuiteFranc)/pas))
	profil := make([]float64, 0, fin)
	for i := range fin {
		t.tri = t.tri[:0]
		switch b {
		case Haut, Bas:
			y := i
			if b == Bas {
				y = n - 1 - i
			}
			for x := 0; x < m.l; x += 4 {
				t.tri = append(t.tri, float64(m.row(y)[x]))
			}
		default:
			x := i
			if b == Droite {
				x = n - 1 - i
			}
			for y := 0; y < m.h; y += 4 {
				t.tri = append(t.tri, float64(m.row(y)[x]))
			}
		}
		slices.Sort(t.tri)
		profil = append(profil, t.tri[len(t.tri)/2])
	}
	if len(profil) == 0 {
		return false
	}
	profil = t.sansTraits(profil, int(t.TraitFranc/pas))
	bas := profil[min(len(profil)-1, int(mm/2/pas))]
	haut, chute := slices.Max(profil), 0.0
	k := max(1, int(t.PasFranc/pas))
	for i := 0; i+k < len(profil); i++ {
		chute = max(chute, profil[i+k]-profil[i])
	}
	return chute < t.PartFranc*(haut-bas)
}

// sansTraits takes out of a profile what is dark over n places or less: a rule across the page is no edge.
func (t *Trieur) sansTraits(profil []float64, n int) []float64 {
	lisse := make([]float64, len(profil))
	for i := range profil {
		t.tri = append(t.tri[:0], profil[max(0, i-n):min(len(profil), i+n+1)]...)
		slices.Sort(t.tri)
		lisse[i] = t.tri[len(t.tri)/2]
	}
	return lisse
}

// Texture says whether a place at an edge lies in a texture: many more specks around it than letters have dots and
// accents.
func (p *Pieces) Texture(r Rectangle) bool {
	z := Rectangle{r.X0 - p.TextureMM, r.Y0 - p.TextureMM, r.X1 + p.TextureMM, r.Y1 + p.TextureMM}
	petits, lettres := 0, 0
	for _, i := range p.rives {
		t := &p.Taches[i]
		if !z.coupe(t.Rectangle()) {
			continue
		}
		if max(t.L(), t.H()) < p.LettreMin {
			petits++
		} else {
			lettres++
		}
	}
	return float64(petits) > float64(p.TexturePetits)+p.TextureRapport*float64(lettres)
}

// Dedans says whether a place begins within the bands along the edges of a frame of the given size.
func (b Bandes) Dedans(r Rectangle, largeur, hauteur float64) bool {
	x, y := (r.X0+r.X1)/2, (r.Y0+r.Y1)/2
	return y < b.Haut || y > hauteur-b.Bas || x < b.Gauche || x > largeur-b.Droite
}
