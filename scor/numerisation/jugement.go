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
	sourceDefauts = "conventions : image toute blanche, toute noire, contraste illisible, tronquée ou décalée " +
		"(kinésithérapeutes, avenant 3, annexe 4, art. 2.7.3)"
	sourceSeuils = "seuil du SDK (numerisation.Seuils)"
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
	pixels   retouche.Pixels // the page as it was read to be judged; nil if it wasn't
	gris     *image.Gray     // its levels, if it isn't bilevel
	recoder  bool            // the page will be coded again, whatever is found
	droit    bool            // the skew is known well enough to straighten by it
	ecriture mesure.Ecriture
	pieces   *mesure.Pieces // those that ecriture comes from
	runs     *raster.Runs   // the ink that they are of
	profond  bool           // which are of the darkest ink alone
	texte    mesure.Texte
	encre    float64 // area with ink, in square millimetres
	sombre   bool
	bouge    [2]float64 // widths of the edges of letters, across and along the page, in millimetres
	// slope of letters along the way that has least of it, as a share of the greatest
	direction float64
	feuille   mesure.Feuille
	bandes    mesure.Bandes
	siennes   [4]bool // edges along which the dark is the sheet's own: a letterhead, a shadow
	tons      mesure.Tons
	tourner   int // clockwise turn, in degrees, that sets the stored pixels upright
	blanche   bool
	traces    bool // blank but for writing too faint to be read
	vignette  *mesure.Vignette
}

// juger looks at a page and fills in what it finds. An error means that the work can't go on; an unreadable page is a
// finding.
func (a *atelier) juger(ctx context.Context, f *feuillet, p *Page, recoder bool) (*examen, error) {
	e := &examen{tourner: f.rotation, recoder: recoder}
	c := constats{page: p}
	a.taille(f, p, c)
	if (a.n.sansJugement || f.logiciel) && (f.flux == nil || f.flux.entier) {
		c.nonTeste(IllisibleFichier, PageBlanche, TropClair, TropSombre, Contraste, Flou, Tronque, Perspective, BordsNoirs,
			Inclinaison, Rotation, DeuxPages)
		return e, nil
	}
	// Without a resolution lengths are those of an A4 page: the finding about the resolution refuses it, the others are
	// still worth having.
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
		c.nonTeste(PageBlanche, TropClair, TropSombre, Contraste, Flou, Tronque, Perspective, BordsNoirs, Inclinaison,
			Rotation, DeuxPages)
		return e, nil
	}
	c.absent(IllisibleFichier, 0, 0, "", "")
	if err := a.examiner(e, dpiX, dpiY); err != nil {
		return nil, err
	}
	a.clarte(e, c)
	a.contraste(e, c)
	if e.blanche || e.sombre {
		c.nonTeste(Flou, Tronque, Inclinaison, Rotation)
	} else {
		sens := a.carte.Sens(e.feuille, mesure.Lignes{Inclinaison: e.ecriture.Inclinaison, Debout: e.ecriture.Debout})
		a.nettete(e, c)
		if err := a.cadrage(e, c, sens); err != nil {
			return nil, err
		}
		a.orientation(f, e, p, c, sens)
	}
	a.perspective(e, c)
	a.bords(e, c)
	a.deuxPages(p, c)
	return e, nil
}

// examiner measures what the judgement rests on.
func (a *atelier) examiner(e *examen, dpiX, dpiY float64) error {
	a.carte.Tracer(&a.runs, dpiX, dpiY)
	if err := a.bandes(e, dpiX, dpiY); err != nil {
		return err
	}
	e.encre = a.carte.Encre(e.feuille)
	if e.sombre = a.sombre(e); !e.sombre {
		if err := a.ecriture(e, dpiX, dpiY); err != nil {
			return err
		}
		e.texte = e.pieces.Texte(&e.ecriture, a.carte.Cadre())
		e.blanche = a.vide(e)
		if e.gris != nil && !e.blanche {
			e.bouge[0], e.bouge[1] = a.trieur.Bouge(e.gris, e.pieces, dpiX, dpiY)
			e.direction = a.trieur.Direction(e.gris, e.pieces, dpiX, dpiY)
		}
	}
	if e.blanche && e.gris != nil {
		if err := a.traces(e, dpiX, dpiY); err != nil {
			return err
		}
	}
	if e.gris != nil && e.vignette == nil {
		e.vignette = a.carte.Vignette()
	}
	return nil
}

// decoder reads the page: runs if it is bilevel, else grey and its ink.
func (a *atelier) decoder(ctx context.Context, f *feuillet, e *examen, dpiX, dpiY float64) (err error) {
	if e.pixels, err = f.juger(ctx, &a.runs, e.recoder, a.n.memoire); err != nil {
		return err
	}
	if e.gris = e.pixels.Luminance(); e.gris != nil {
		e.tons, err = a.trieur.Marques(&a.runs, e.gris, dpiX, dpiY, a.n.memoire)
	}
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
		k.Mesure, k.Limite, k.Unite, k.Source = float64(trop.Bytes), float64(trop.Limit), "octets",
			"memoire_par_page du profil"
		if trop.Bytes == math.MaxInt64 {
			k.Mesure = 0
		}
		k.Message = fmt.Sprintf("Image démesurée (%d x %d points) : le fichier n'a pas été ouvert. Numérisez la feuille "+
			"avec le scanner.", trop.Width, trop.Height)
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
