package numerisation

import (
	"image"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/retouche"
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
	case a.bas(e, sens):
		k = de(Tronque, e.texte.Place.Y0/ca.HauteurMM, s.BasHaut, "part de la hauteur", sourceSeuils)
		k.Lieux = lieux(e.texte.Place)
		c.demander(k, questionBas)
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
	var places [4][]mesure.Rectangle
	if !e.profond {
		places = e.pieces.Touchantes(a.carte.Cadre(), a.vraie(e, &a.runs))
		k.Haut, k.Droite = min(k.Haut, len(places[mesure.Haut])), min(k.Droite, len(places[mesure.Droite]))
		k.Bas, k.Gauche = min(k.Bas, len(places[mesure.Bas])), min(k.Gauche, len(places[mesure.Gauche]))
	}
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
	vraie := a.vraie(e, &a.runs)
	coupes := slices.DeleteFunc(e.pieces.Coupes(&e.ecriture, a.carte.Cadre(), vraie), func(q mesure.Coupe) bool {
		return !q.Ligne && bandee(q.Bord, b)
	})
	if max(b.Haut, b.Droite, b.Bas, b.Gauche) < a.n.seuils.RognerMM || e.profond {
		return coupes, nil
	}
	// Letters that touch the band are one piece with it: look again without it.
	px, py := float64(a.runs.Width)/a.carte.LargeurMM, float64(a.runs.Height)/a.carte.HauteurMM
	droite, bas := a.carte.LargeurMM-b.Droite, a.carte.HauteurMM-b.Bas
	r := image.Rect(int(b.Gauche*px), int(b.Haut*py), int(droite*px), int(bas*py))
	sans, err := retouche.RognerRuns(&a.runs, r, a.n.memoire)
	if err != nil {
		return nil, err
	}
	var p mesure.Pieces
	p.Separer(sans, px*25.4, py*25.4)
	toutes := func(mesure.Rectangle, mesure.Bord) bool { return true }
	cadre := mesure.Feuille{X1: p.LargeurMM, Y1: p.HauteurMM}
	for _, q := range p.Coupes(e.ecriture.Decalee(-b.Gauche, -b.Haut), cadre, toutes) {
		// A band's own edge is ragged: beside it only what belongs to a line counts.
		if !q.Ligne || !bandee(q.Bord, b) {
			continue
		}
		q.Place = q.Place.Decalee(b.Gauche, b.Haut)
		coupes = append(coupes, q)
	}
	return coupes, nil
}

// vraie says whether ink at an edge is writing: no rule that runs off, and on a page with levels as deep as the writing
// elsewhere, on paper.
func (a *atelier) vraie(e *examen, r *raster.Runs) func(q mesure.Rectangle, b mesure.Bord) bool {
	dpiX, dpiY := float64(r.Width)/a.carte.LargeurMM*25.4, float64(r.Height)/a.carte.HauteurMM*25.4
	return func(q mesure.Rectangle, b mesure.Bord) bool {
		if mesure.RegleAuBord(r, q, b, dpiX, dpiY) {
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
			*k.mm = 0
			continue
		}
		ecrite, err := a.pieces.Bandeau(&a.runs, e.gris, k.zone, e.tons.Bruit, dpiX, dpiY, a.n.memoire)
		if err != nil {
			return err
		}
		if ecrite {
			*k.mm = 0
		}
	}
	e.feuille = a.carte.Feuille(*b)
	return nil
}

// bandee says whether a dark band lies along an edge.
func bandee(q mesure.Bord, b mesure.Bandes) bool {
	return [...]float64{mesure.Haut: b.Haut, mesure.Droite: b.Droite, mesure.Bas: b.Bas, mesure.Gauche: b.Gauche}[q] > 0
}

// bas says whether the sheet seems to lie too low in the frame: all its writing begins far down and ends nearer to the
// foot than to the head, in lines enough to be an ordonnance's. A sheet shifted aside shows by its cut lines; one
// shifted up leaves no sign.
func (a *atelier) bas(e *examen, sens mesure.Sens) bool {
	s := &a.n.seuils
	t := &e.texte
	if t.Lignes < s.BasLignes || e.tourner != 0 || e.ecriture.Debout || e.ecriture.Certitude < s.Certitude || e.profond {
		return false
	}
	if en := e.ecriture.Endroit(); en.Score() < s.Endroit && sens.Verticalite < s.Sens {
		return false // it may be its head that lies low
	}
	haut, bas := t.Place.Y0, a.carte.HauteurMM-t.Place.Y1
	return haut > s.BasHaut*a.carte.HauteurMM && bas < s.BasRapport*haut
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
