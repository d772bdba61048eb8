package numerisation

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/retouche"
)

// Where limits come from.
const (
	sourceDefauts = "conventions : image toute blanche, toute noire, contraste illisible, tronquée ou décalée (kinésithérapeutes, avenant 3, annexe 4, art. 2.7.3)"
	sourceSeuils  = "seuil du SDK (numerisation.Seuils)"
)

// atelier holds what one worker needs to judge and transform pages, used again from page to page.
type atelier struct {
	n      *Numeriseur
	runs   raster.Runs // the page if it is bilevel, else its ink
	trieur mesure.Trieur
	carte  mesure.Carte
	pieces mesure.Pieces
	rangs  mesure.Rangs
}

// examen is what was learnt of a page.
type examen struct {
	gris     *image.Gray // the page if it isn't bilevel
	decode   bool        // the page was decoded: runs and gris are it
	droit    bool        // the skew is known well enough to straighten by it
	ecriture mesure.Ecriture
	feuille  mesure.Feuille
	bandes   mesure.Bandes
	tons     mesure.Tons
	tourner  int // clockwise turn, in degrees, that sets the stored pixels upright
	blanche  bool
	traces   bool // blank but for writing too faint to be read
	vignette *mesure.Vignette
}

// constats builds the findings of a page in their fixed order.
type constats struct{ page *Page }

func (c constats) absent(code Code, mesure, limite float64, unite, source string) {
	c.page.Constats = append(c.page.Constats, Constat{Code: code, Etat: Absent, Mesure: arrondi(mesure), Limite: limite, Unite: unite, Source: source})
}

func (c constats) nonTeste(codes ...Code) {
	for _, code := range codes {
		c.page.Constats = append(c.page.Constats, Constat{Code: code, Etat: NonTeste})
	}
}

func (c constats) present(code Code, bloquant, renumeriser bool, mesure, limite float64, unite, source, message string) {
	c.page.Constats = append(c.page.Constats, Constat{Code: code, Etat: Present, Bloquant: bloquant, Renumeriser: renumeriser, Mesure: arrondi(mesure), Limite: limite, Unite: unite, Source: source, Message: message})
}

// remplacer puts a finding in the place of the one of the same code.
func (c constats) remplacer(k Constat) {
	for i := range c.page.Constats {
		if c.page.Constats[i].Code == k.Code {
			c.page.Constats[i] = k
		}
	}
}

func arrondi(v float64) float64 { return math.Round(v*1000) / 1000 }

// juger looks at a page and fills in what it finds. An error means that the work can't go on; an unreadable page is a finding.
func (a *atelier) juger(ctx context.Context, f *feuillet, p *Page) (*examen, error) {
	e := &examen{tourner: f.rotation}
	c := constats{page: p}
	a.taille(f, p, c)
	if (a.n.sansJugement || f.logiciel) && (f.flux == nil || f.flux.entier) {
		c.nonTeste(IllisibleFichier, PageBlanche, TropClair, TropSombre, Contraste, Flou, Tronque, BordsNoirs, Inclinaison, Rotation, DeuxPages)
		return e, nil
	}
	// Without a resolution lengths are those of an A4 page: the finding about the resolution refuses it, the others are still worth having.
	dpiX, dpiY := f.dpiX, f.dpiY
	if p.DPIX == 0 {
		dpiX = float64(max(f.l, f.h)) / 297 * 25.4
		dpiY = dpiX
	}
	err := a.decoder(ctx, f, e, dpiX, dpiY)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p.Constats = append(p.Constats, constatErreur(err))
		c.nonTeste(PageBlanche, TropClair, TropSombre, Contraste, Flou, Tronque, BordsNoirs, Inclinaison, Rotation, DeuxPages)
		return e, nil
	}
	c.absent(IllisibleFichier, 0, 0, "", "")
	a.carte.Tracer(&a.runs, dpiX, dpiY)
	e.bandes, e.feuille = a.carte.Bandes()
	s := &a.n.seuils
	encre := a.carte.Encre(e.feuille)
	sombre := a.sombre(e)
	e.blanche = !sombre && encre < s.MarquesMin
	if e.blanche && e.gris != nil {
		if err = a.traces(e, dpiX, dpiY); err != nil {
			return nil, err
		}
	}
	if e.gris != nil && e.vignette == nil {
		e.vignette = a.carte.Vignette()
	}
	a.clarte(e, c, encre, sombre)
	if e.blanche || sombre {
		c.nonTeste(Flou, Tronque, Inclinaison, Rotation)
	} else {
		if err = a.ecriture(e, dpiX, dpiY); err != nil {
			return nil, err
		}
		sens := a.carte.Sens(e.feuille, mesure.Lignes{Inclinaison: e.ecriture.Inclinaison, Debout: e.ecriture.Debout})
		a.nettete(e, c)
		a.cadrage(e, c, sens)
		a.orientation(f, e, p, c, sens)
	}
	a.bords(e, c)
	a.deuxPages(p, c)
	return e, nil
}

// taille judges resolution and format, which need no pixel.
func (a *atelier) taille(f *feuillet, p *Page, c constats) {
	pr, s := &a.n.profil, &a.n.seuils
	p.DPIX, p.DPIY = f.dpiX, f.dpiY
	const ppp = "ppp"
	l, h := f.cadre()
	dpi := min(f.dpiX, f.dpiY)
	switch {
	case !(f.dpiX > 0 && f.dpiY > 0):
		p.DPIX, p.DPIY = 0, 0
		c.present(Resolution, true, true, 0, pr.DPIMin, ppp, pr.Source,
			fmt.Sprintf("Le fichier n'indique pas sa résolution : numérisez à %.0f ppp ou plus avec un scanner, ou indiquez la résolution employée.", pr.DPIMin))
	case max(l, h) > s.PageMaxMM || max(f.dpiX, f.dpiY) > min(2.5*dpi, s.DPIMax):
		p.DPIX, p.DPIY = 0, 0
		c.present(Resolution, true, true, dpi, pr.DPIMin, ppp, sourceSeuils,
			fmt.Sprintf("La résolution indiquée par le fichier (%.0f ppp) est invraisemblable : la page mesurerait %.0f x %.0f mm. Numérisez à nouveau, ou indiquez la résolution employée.", dpi, l, h))
	// Headers round: 200 dpi is 7874 pixels per metre, or 79 per centimetre.
	case dpi < pr.DPIMin*0.99:
		c.present(Resolution, true, true, dpi, pr.DPIMin, ppp, pr.Source,
			fmt.Sprintf("Résolution de %.0f ppp, trop faible : réglez le scanner sur %.0f ppp ou plus et numérisez à nouveau.", dpi, pr.DPIMin))
	default:
		c.absent(Resolution, dpi, pr.DPIMin, ppp, pr.Source)
	}
	if p.DPIX == 0 {
		c.nonTeste(Format)
		return
	}
	p.LargeurMM, p.HauteurMM = l, h
	if f.rotation%180 != 0 {
		p.LargeurMM, p.HauteurMM = h, l
	}
	a.format(l, h, c)
}

// format judges the size of a page in millimetres, either way up.
func (a *atelier) format(l, h float64, c constats) {
	pr := &a.n.profil
	court, long := min(l, h), max(l, h)
	if court < pr.PageMin[0]-pr.ToleranceMM || long < pr.PageMin[1]-pr.ToleranceMM {
		// The side that lacks most is what is told.
		m, lim := court, pr.PageMin[0]
		if pr.PageMin[1]-long > lim-m {
			m, lim = long, pr.PageMin[1]
		}
		c.present(Format, true, true, m, lim, "mm", pr.Source,
			fmt.Sprintf("Page de %.0f x %.0f mm, plus petite que le minimum de %.0f x %.0f mm : choisissez le format A4 ou A5 sur le scanner et numérisez la feuille entière.", court, long, pr.PageMin[0], pr.PageMin[1]))
		return
	}
	c.absent(Format, court, pr.PageMin[0], "mm", pr.Source)
}

// decoder reads the page: runs if it is bilevel, else grey and its ink.
func (a *atelier) decoder(ctx context.Context, f *feuillet, e *examen, dpiX, dpiY float64) error {
	e.decode = true
	if f.runs != nil {
		if err := f.runs(ctx, &a.runs); err != nil {
			return err
		}
		if f.miroir {
			return retouche.Miroir(&a.runs, a.n.memoire)
		}
		return nil
	}
	g, err := f.gris(ctx)
	if err != nil {
		return err
	}
	if f.miroir {
		retouche.MiroirGris(g)
	}
	e.gris = g
	e.tons, err = a.trieur.Marques(&a.runs, g, dpiX, dpiY, a.n.memoire)
	return err
}

// constatErreur turns an error of reading into the finding that refuses the file.
func constatErreur(err error) Constat {
	if k, ok := constatPDF(err); ok {
		return k
	}
	k := Constat{Code: classer(err), Etat: Present, Bloquant: true, Renumeriser: true}
	var trop *raster.SizeError
	switch {
	case errors.As(err, &trop):
		k.Mesure, k.Limite, k.Unite, k.Source = float64(trop.Bytes), float64(trop.Limit), "octets", "memoire_par_page du profil"
		if trop.Bytes == math.MaxInt64 {
			k.Mesure = 0
		}
		k.Message = fmt.Sprintf("Image démesurée (%d x %d points) : le fichier n'a pas été ouvert. Numérisez la feuille avec le scanner.", trop.Width, trop.Height)
	case k.Code == Dangereux:
		k.Message = "Fichier refusé par sécurité (" + raison(err) + ") : imprimez-le et numérisez la feuille."
	case errors.Is(err, errGenre):
		k.Message = "Ce fichier n'est ni une image (TIFF, JPEG, PNG) ni un PDF : numérisez la feuille avec le scanner."
	case errors.Is(err, errVide):
		k.Message = "Le fichier ne contient aucune page : numérisez la feuille à nouveau."
	default:
		k.Message = "Fichier illisible ou incomplet : numérisez la feuille à nouveau, sans interrompre le scanner."
	}
	return k
}

// sombre says whether the page is all or too black.
func (a *atelier) sombre(e *examen) bool {
	if e.gris != nil {
		return e.tons.Papier < a.n.seuils.PapierMin
	}
	return a.carte.Solide(e.feuille) > a.n.seuils.NoirMax || a.carte.Solide(a.carte.Cadre()) > 0.85
}

// clarte judges white, black and contrast.
func (a *atelier) clarte(e *examen, c constats, encre float64, sombre bool) {
	s := &a.n.seuils
	if e.blanche {
		c.present(PageBlanche, true, true, encre, s.MarquesMin, "mm²", sourceDefauts,
			"La page est blanche : vérifiez que la feuille est du bon côté et numérisez à nouveau.")
		c.present(TropClair, true, true, encre, s.MarquesMin, "mm²", sourceDefauts,
			"Rien n'est lisible sur la page, toute blanche : si elle porte une écriture, assombrissez le réglage du scanner et numérisez à nouveau.")
	} else {
		c.absent(PageBlanche, encre, s.MarquesMin, "mm²", sourceSeuils)
		c.absent(TropClair, encre, s.MarquesMin, "mm²", sourceSeuils)
	}
	m, lim, unite := e.tons.Papier, s.PapierMin, "niveau"
	if e.gris == nil {
		m, lim, unite = a.carte.Solide(e.feuille), s.NoirMax, "part"
	}
	if sombre {
		c.present(TropSombre, true, true, m, lim, unite, sourceDefauts,
			"La page est presque noire : fermez le couvercle, nettoyez la vitre, éclaircissez le réglage du scanner et numérisez à nouveau.")
	} else {
		c.absent(TropSombre, m, lim, unite, sourceSeuils)
	}
	switch {
	case e.traces:
		c.present(Contraste, true, true, 0, s.ContrasteMin, "niveaux", sourceDefauts,
			"La page porte des traces d'écriture bien trop pâles : augmentez le contraste du scanner et numérisez à nouveau.")
	case e.gris == nil || e.blanche || sombre:
		c.nonTeste(Contraste)
	case e.tons.Contraste < s.ContrasteMin:
		if e.tons.Papier > s.PapierClair {
			c.remplacer(Constat{Code: TropClair, Etat: Present, Bloquant: true, Renumeriser: true, Mesure: arrondi(e.tons.Papier), Limite: s.PapierClair, Unite: "niveau", Source: sourceDefauts,
				Message: "La page est trop claire : assombrissez le réglage du scanner et numérisez à nouveau."})
		}
		c.present(Contraste, true, true, e.tons.Contraste, s.ContrasteMin, "niveaux", sourceDefauts,
			"L'écriture se distingue à peine du papier : augmentez le contraste du scanner et numérisez à nouveau.")
	default:
		c.absent(Contraste, e.tons.Contraste, s.ContrasteMin, "niveaux", sourceSeuils)
	}
}

// nettete judges blur, on grey pages.
func (a *atelier) nettete(e *examen, c constats) {
	s := &a.n.seuils
	f := e.tons.Flou
	switch {
	// A resolution too low, or unknown, says all that there is to say.
	case e.gris == nil || f == 0 || c.page.Constat(Resolution).Etat == Present:
		c.nonTeste(Flou)
	case f > s.FlouIllisible:
		// The conventions know no blur: what it makes illegible is the contrast.
		c.present(Flou, false, true, f, s.FlouMax, "mm", sourceSeuils, "")
		if c.page.Constat(Contraste).Etat != Present {
			c.remplacer(Constat{Code: Contraste, Etat: Present, Bloquant: true, Renumeriser: true, Mesure: arrondi(f), Limite: s.FlouIllisible, Unite: "mm", Source: sourceDefauts,
				Message: "La page est floue au point d'être illisible : posez la feuille bien à plat, nettoyez la vitre et numérisez à nouveau."})
		}
	case f > s.FlouMax:
		c.present(Flou, false, true, f, s.FlouMax, "mm", sourceSeuils, "La page est un peu floue : si l'écriture se lit mal, posez la feuille bien à plat et numérisez à nouveau.")
	default:
		c.absent(Flou, f, s.FlouMax, "mm", sourceSeuils)
	}
}

// traces says whether a blank page has lines of writing too faint to be read.
func (a *atelier) traces(e *examen, dpiX, dpiY float64) error {
	var r raster.Runs
	if err := a.trieur.Traces(&r, a.n.memoire); err != nil {
		return err
	}
	var c mesure.Carte
	c.Tracer(&r, dpiX/4, dpiY/4)
	f := c.Cadre()
	if c.Encre(f) < a.n.seuils.MarquesMin {
		return nil
	}
	// Grain and shadows have no lines of letters.
	if l := c.Lignes(f); l.Nettete > 2.5 && c.Sens(f, l).Troncons >= 6 {
		e.traces = true
		e.vignette = c.Vignette()
	}
	return nil
}

// cadrage judges whether the page is truncated or shifted: a dark band where the sheet should be, or writing that runs off an edge.
func (a *atelier) cadrage(e *examen, c constats, sens mesure.Sens) {
	s := &a.n.seuils
	ca, b := &a.carte, e.bandes
	bande := max((b.Gauche+b.Droite)/ca.LargeurMM, (b.Haut+b.Bas)/ca.HauteurMM)
	if bande > s.BandeMax {
		c.present(Tronque, true, true, bande, s.BandeMax, "part du côté", sourceDefauts,
			fmt.Sprintf("Une bande noire couvre %.0f %% de la page : la feuille est décalée ou tronquée. Calez-la contre le repère, choisissez son format et numérisez à nouveau.", 100*bande))
		return
	}
	k := ca.Coupes()
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
		c.present(Tronque, true, true, part, s.CoupesPart, "part des lignes", sourceDefauts,
			fmt.Sprintf("L'écriture est coupée par le bord de la page à %d endroits : recentrez la feuille et numérisez à nouveau.", coupes))
		return
	}
	if rang >= s.CoupesRang {
		c.present(Tronque, true, true, float64(rang), float64(s.CoupesRang), "lettres", sourceDefauts,
			"Une ligne d'écriture est coupée par le bord de la page : recentrez la feuille et numérisez à nouveau.")
		return
	}
	c.absent(Tronque, bande, s.BandeMax, "part du côté", sourceSeuils)
}

// bords says whether there are dark borders to crop.
func (a *atelier) bords(e *examen, c constats) {
	if c.page.Constat(Tronque).Etat == Present {
		c.nonTeste(BordsNoirs) // said already
		return
	}
	b := e.bandes
	m := max(b.Haut, b.Droite, b.Bas, b.Gauche)
	if m < a.n.seuils.RognerMM {
		c.absent(BordsNoirs, m, a.n.seuils.RognerMM, "mm", sourceSeuils)
		return
	}
	c.present(BordsNoirs, false, true, m, a.n.seuils.RognerMM, "mm", sourceSeuils,
		fmt.Sprintf("Bord noir de %.0f mm : choisissez le format de la feuille et fermez le couvercle du scanner.", m))
}

// deuxPages tells two sheets fed as one: a page of the length of two.
func (a *atelier) deuxPages(p *Page, c constats) {
	court, long := min(p.LargeurMM, p.HauteurMM), max(p.LargeurMM, p.HauteurMM)
	if court == 0 {
		c.nonTeste(DeuxPages)
		return
	}
	// Sheets of the A series are 1.41 times as long as wide, forms up to 1.5; two that overlap or follow each other are longer.
	const limite = 1.8
	if r := long / court; r > limite {
		c.present(DeuxPages, false, true, r, limite, "longueur/largeur", sourceSeuils,
			"Page très longue : deux feuilles ont peut-être été entraînées ensemble. Vérifiez que chacune est entière, sinon numérisez-les une par une.")
		return
	} else {
		c.absent(DeuxPages, r, limite, "longueur/largeur", sourceSeuils)
	}
}
