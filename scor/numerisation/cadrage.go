package numerisation

import (
	"image"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
)

// cadrage judges whether the page is truncated or shifted: a dark band where the sheet should be, a folded corner,
// writing that an edge cuts, or a sheet that lies so low that its foot may be missing.
func (a *atelier) cadrage(e *examen, c constats, sens mesure.Sens) error {
	s := &a.n.seuils
	ca, b := &a.carte, e.bandes
	bande := max((b.Gauche+b.Droite)/ca.LargeurMM, (b.Haut+b.Bas)/ca.HauteurMM)
	if bande > s.BandeMax {
		k := de(Tronque, bande, s.BandeMax, "part du côté", sourceDefauts)
		k.Lieux = lieux(bandees(ca, b)...)
		c.refuser(k, messageBande(bande))
		return nil
	}
	if coin, ok := a.pieces.CoinReplie(ca); ok {
		k := de(Tronque, coin.X1-coin.X0, 0, "mm", sourceDefauts)
		k.Lieux = lieux(coin)
		c.refuser(k, messageCoin)
		return nil
	}
	if a.bordures(e, c, sens) {
		return nil
	}
	coupes, err := a.coupes(e)
	if err != nil {
		return err
	}
	var places []mesure.Rectangle
	lignes := 0
	for _, q := range coupes {
		places = append(places, q.Place)
		if q.Ligne {
			lignes++
		}
	}
	k := de(Tronque, float64(len(coupes)), float64(s.CoupesMin), "lettres", sourceDefauts)
	k.Lieux = lieux(places...)
	switch {
	case lignes > 0 && len(coupes) >= s.CoupesMin || lignes >= s.CoupesLigne:
		c.refuser(k, messageCoupe(len(coupes)))
	case len(coupes) > 0:
		c.demander(k, questionBord)
	case a.glissee(e, c, sens):
	default:
		c.absent(Tronque, bande, s.BandeMax, "part du côté", sourceSeuils)
	}
	return nil
}

// bordures counts the strokes that reach the edges where lines start, end, or lie: with many lines cut it doesn't take
// letters told apart. It says whether it refused.
func (a *atelier) bordures(e *examen, c constats, sens mesure.Sens) bool {
	s := &a.n.seuils
	k, b := a.carte.Coupes(), e.bandes
	places := e.pieces.Touchantes(a.carte.Cadre(), a.vraie(e, e.runs))
	k.Haut, k.Droite = min(k.Haut, len(places[mesure.Haut])), min(k.Droite, len(places[mesure.Droite]))
	k.Bas, k.Gauche = min(k.Bas, len(places[mesure.Bas])), min(k.Gauche, len(places[mesure.Gauche]))
	coupes, opposee, rang := max(k.Gauche, k.Droite), b.Droite, max(k.Haut, k.Bas)
	if k.Droite > k.Gauche {
		opposee = b.Gauche
	}
	if e.ecriture.Debout {
		coupes, opposee, rang = max(k.Haut, k.Bas), b.Bas, max(k.Gauche, k.Droite)
		if k.Bas > k.Haut {
			opposee = b.Haut
		}
	}
	// Columns of text have no lines across the page, but pieces of them.
	part := float64(coupes) / float64(max(1, sens.Lignes, sens.Troncons/6))
	// The texture of a border gives many more strokes than there are lines.
	if coupes >= s.CoupesMin && (part >= s.CoupesPart && coupes <= 2*sens.Lignes+4 || opposee > 5) {
		q := de(Tronque, part, s.CoupesPart, "part des lignes", sourceDefauts)
		q.Lieux = lieux(slices.Concat(places[:]...)...)
		c.refuser(q, messageCoupe(coupes))
		return true
	}
	if rang >= s.CoupesRang {
		q := de(Tronque, float64(rang), float64(s.CoupesRang), "lettres", sourceDefauts)
		q.Lieux = lieux(slices.Concat(places[:]...)...)
		c.refuser(q, messageLigne)
		return true
	}
	return false
}

// coupes finds the letters that an edge cuts: the frame's, or that of a dark band, behind which the sheet goes on
// unseen.
func (a *atelier) coupes(e *examen) ([]mesure.Coupe, error) {
	b := e.bandes
	// What touches the edge in a band's shreds or shadow is theirs, unless it belongs to a line.
	vraie := a.vraie(e, e.runs)
	coupes := slices.DeleteFunc(e.pieces.Coupes(&e.ecriture, a.carte.Cadre(), vraie), func(q mesure.Coupe) bool {
		return !q.Ligne && bandee(q.Bord, b)
	})
	derriere, err := a.derriere(e)
	return append(coupes, derriere...), err
}

// derriere finds the writing that goes on behind a dark band, or behind a black line along an edge: letters that touch
// it are one piece with it, so it is taken off first.
func (a *atelier) derriere(e *examen) (coupes []mesure.Coupe, err error) {
	dpiX, dpiY := a.resolutions(&a.runs)
	var bandes []mesure.Lisiere
	for bord, mm := range a.noirs(e) {
		if mm < 0 {
			continue
		}
		if l, ok := a.n.reglages.Lisiere(mesure.Bord(bord), &a.runs, mm, dpiX, dpiY); ok {
			bandes = append(bandes, l)
		}
	}
	if len(bandes) == 0 {
		return nil, nil
	}
	var sans raster.Runs
	if err := mesure.Effacer(&sans, &a.runs, bandes, dpiX, dpiY, a.n.memoire); err != nil {
		return nil, err
	}
	p := mesure.Pieces{Reglages: a.n.reglages}
	p.Separer(&sans, dpiX, dpiY)
	vraie := func(q mesure.Rectangle, bord mesure.Bord) bool {
		return e.gris == nil || a.trieur.EcriteAuBord(e.gris, &a.runs, e.tons, a.n.reglages.Rentre(q, bord), dpiX, dpiY)
	}
	for _, l := range bandes {
		coupes = append(coupes, p.Tranchees(l, &e.ecriture, vraie)...)
	}
	return coupes, nil
}

// noirs are the widths of what is dark along each edge, in millimetres: 0 where it is a line too thin for a band, -1
// where there is none.
func (a *atelier) noirs(e *examen) [4]float64 {
	b := e.bandes
	mm := [...]float64{mesure.Haut: b.Haut, mesure.Droite: b.Droite, mesure.Bas: b.Bas, mesure.Gauche: b.Gauche}
	for bord, v := range mm {
		if e.siennes[bord] || v == 0 && !a.pieces.Longe(mesure.Bord(bord)) {
			mm[bord] = -1
		}
	}
	return mm
}

// resolutions are those of runs that cover the page, in dots per inch.
func (a *atelier) resolutions(r *raster.Runs) (x, y float64) {
	return float64(r.Width) / a.carte.LargeurMM * 25.4, float64(r.Height) / a.carte.HauteurMM * 25.4
}

// vraie says whether ink at an edge is writing: no rule that runs off, no texture, and on a page with levels as deep as
// the writing elsewhere, on paper.
func (a *atelier) vraie(e *examen, r *raster.Runs) func(q mesure.Rectangle, b mesure.Bord) bool {
	dpiX, dpiY := a.resolutions(r)
	trames := a.carte.Tramees()
	return func(q mesure.Rectangle, b mesure.Bord) bool {
		if a.n.reglages.RegleAuBord(r, q, b, dpiX, dpiY) ||
			e.pieces.Texture(q) || trames.Dedans(q, a.carte.LargeurMM, a.carte.HauteurMM) {
			return false
		}
		return e.gris == nil || a.trieur.EcriteAuBord(e.gris, r, e.tons, q, dpiX, dpiY)
	}
}

// bandes finds the dark borders that the scanner left. A band that is written on is the sheet's own.
func (a *atelier) bandes(e *examen, dpiX, dpiY float64) error {
	e.bandes = a.carte.Bandes()
	l, h := a.runs.Width, a.runs.Height
	px, py := dpiX/25.4, dpiY/25.4
	b := &e.bandes
	for _, k := range []struct {
		mm   *float64
		bord mesure.Bord
		zone image.Rectangle
	}{
		{&b.Haut, mesure.Haut, image.Rect(0, 0, l, int(b.Haut*py))},
		{&b.Bas, mesure.Bas, image.Rect(0, h-int(b.Bas*py), l, h)},
		{&b.Gauche, mesure.Gauche, image.Rect(0, 0, int(b.Gauche*px), h)},
		{&b.Droite, mesure.Droite, image.Rect(l-int(b.Droite*px), 0, l, h)},
	} {
		if *k.mm == 0 {
			continue
		}
		if e.gris != nil && a.trieur.Graduelle(k.bord, *k.mm, dpiX, dpiY) {
			*k.mm, e.siennes[k.bord] = 0, true
			continue
		}
		ecrite, err := a.pieces.Bandeau(&a.runs, e.gris, k.zone, e.tons.Bruit, dpiX, dpiY, a.n.memoire)
		if err != nil {
			return err
		}
		if ecrite {
			*k.mm, e.siennes[k.bord] = 0, true
		}
	}
	e.feuille = a.carte.Feuille(*b)
	return nil
}

// bandee says whether a dark band lies along an edge.
func bandee(q mesure.Bord, b mesure.Bandes) bool {
	return [...]float64{mesure.Haut: b.Haut, mesure.Droite: b.Droite, mesure.Bas: b.Bas, mesure.Gauche: b.Gauche}[q] > 0
}

// perspective tells a photograph taken aslant. Only a page in grey or colour can be one.
func (a *atelier) perspective(e *examen, c constats) {
	const unite = "° de la tête au pied"
	s := &a.n.seuils
	if e.gris == nil || e.blanche || e.sombre || e.profond {
		c.nonTeste(Perspective)
		return
	}
	long := a.carte.HauteurMM
	if e.ecriture.Debout {
		long = a.carte.LargeurMM
	}
	m := e.ecriture.Perspective(long)
	if m <= s.PerspectiveDeg {
		c.absent(Perspective, m, s.PerspectiveDeg, unite, sourceSeuils)
		return
	}
	c.refuser(de(Perspective, m, s.PerspectiveDeg, unite, sourceSeuils), messageBiais)
}

// bords says whether there are dark borders to crop.
func (a *atelier) bords(e *examen, c constats) {
	if c.page.Constat(Tronque).Etat == Present {
		c.nonTeste(BordsNoirs) // said already
		return
	}
	b, s := e.bandes, &a.n.seuils
	m := slices.Max([]float64{b.Haut, b.Droite, b.Bas, b.Gauche})
	if m < s.RognerMM {
		c.absent(BordsNoirs, m, s.RognerMM, "mm", sourceSeuils)
		return
	}
	k := de(BordsNoirs, m, s.RognerMM, "mm", sourceSeuils)
	k.Lieux = lieux(bandees(&a.carte, b)...)
	c.conseiller(k, messageBord(m))
}

// bandees are the places of the dark bands.
func bandees(c *mesure.Carte, b mesure.Bandes) (r []mesure.Rectangle) {
	for _, q := range []struct {
		mm float64
		r  mesure.Rectangle
	}{
		{b.Haut, mesure.Rectangle{X1: c.LargeurMM, Y1: b.Haut}},
		{b.Droite, mesure.Rectangle{X0: c.LargeurMM - b.Droite, X1: c.LargeurMM, Y1: c.HauteurMM}},
		{b.Bas, mesure.Rectangle{Y0: c.HauteurMM - b.Bas, X1: c.LargeurMM, Y1: c.HauteurMM}},
		{b.Gauche, mesure.Rectangle{X1: b.Gauche, Y1: c.HauteurMM}},
	} {
		if q.mm > 0 {
			r = append(r, q.r)
		}
	}
	return r
}
