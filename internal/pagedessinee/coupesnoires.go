package pagedessinee

func init() { tousCas = append(tousCas, coupesNoires...) }

// The edges of a frame.
const (
	auHaut = iota
	aDroite
	enBas
	aGauche
)

// coupesNoires are the cuts that a dark band follows: the sheet lay under the scanner's border, or was folded away.
// On a white ground the same cuts are the others' (COUPE).
var coupesNoires = []cas{
	{nom: "NOIR-haut", attente: Mauvaise, contenu: ordinaire, dessus: func(g *tirage) { g.couvrir(auHaut) }},
	{nom: "NOIR-droite", attente: Mauvaise, contenu: ordinaire, dessus: func(g *tirage) { g.couvrir(aDroite) }},
	{nom: "NOIR-bas", attente: Mauvaise, contenu: ordinaire, dessus: func(g *tirage) { g.couvrir(enBas) }},
	{nom: "NOIR-gauche", attente: Mauvaise, contenu: ordinaire, dessus: func(g *tirage) { g.couvrir(aGauche) }},
	{nom: "SANS-TETE", attente: Mauvaise, avant: func(g *tirage) { g.style = imprime }, contenu: func(g *tirage) {
		// slid up between two lines: the date comes first, and nothing is signed
		y := g.entre(10, 16) * g.e
		g.date(y)
		y += g.entre(10, 16) * g.e
		corps := g.entre(3.2, 4.2) * g.e
		for i := 0; y < 0.62*g.h || i < 4; i++ {
			s := choisir(g.Rand, posologies)
			if i == 0 {
				s = "Mme " + choisir(g.Rand, noms) + " " + choisir(g.Rand, prenoms)
			}
			g.saisir(s, corps, g.gauche, y)
			y += g.entre(7, 12) * g.e
		}
	}},
	{nom: "COUPE-tampon", attente: Mauvaise, contenu: ordinaire, avant: func(g *tirage) {
		if g.codage == TIFFG4 {
			g.encreTamp = teinte{40, 40, 60} // a paler one is lost to the threshold, and nothing tells
		}
	}, dessus: func(g *tirage) {
		// stamped half on the sheet, half beside it
		c := point{g.l - g.entre(-8, 14)*g.e, g.h * g.entre(0.4, 0.85)}
		if g.chance(0.4) {
			c = point{g.l * g.entre(0.3, 0.7), g.h - g.entre(-4, 6)*g.e}
		}
		g.t.encrer(g.encreTamp, 0.9, func(p *plume) {
			p.tourner(c, g.NormFloat64()*5, func(q *plume) { cachet(q, g.Rand, CachetCadre, c, g.e) })
		})
	}},
}

// couvrir lays a dark band over the line of writing nearest to an edge, or the last of those that reach it, and moves
// the scan so that the band is as thin as a scanner's border.
func (g *tirage) couvrir(bord int) {
	if len(g.reperes) == 0 {
		return
	}
	r := g.reperes[0]
	for _, q := range g.reperes {
		if bord == auHaut && q.y < r.y || bord == enBas && q.y > r.y || bord == aDroite && q.x1 > r.x1 ||
			bord == aGauche && q.x0 < r.x0 {
			r = q
		}
	}
	const loin = 400
	v, large := g.entre(5, 45), g.entre(4, 18)
	x, y := r.x0+g.entre(0.25, 0.75)*(r.x1-r.x0), r.y-r.corps*0.35
	q, dx, dy := [4]float64{-loin, -loin, loin, loin}, 0.0, 0.0
	switch bord {
	case auHaut:
		q[3], dy = y, large-y
	case enBas:
		q[1], dy = y, g.h-large-y
	case aDroite:
		q[0], dx = x, g.l-large-x
	default:
		q[2], dx = x, large-x
	}
	g.t.encrer(teinte{v, v, v}, 1, func(p *plume) { p.rectangle(1, q[0], q[1], q[2], q[3]) })
	g.t.decaler(dx, dy, g.papier)
}
