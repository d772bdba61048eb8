package sdk

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

type pieceJugee struct {
	Accepte    bool        `json:"accepte"`
	AConfirmer bool        `json:"a_confirmer"`
	Pages      []pageJugee `json:"pages"`
	Retenues   int         `json:"retenues"`
	// Constats are those that refuse the piece; those that inform are in the pages.
	Constats []constat `json:"constats"`
}

type pageJugee struct {
	DPI       int      `json:"dpi"`
	LargeurMM int      `json:"largeur_mm"`
	HauteurMM int      `json:"hauteur_mm"`
	Rotation  int      `json:"rotation"`
	Retenue   bool     `json:"retenue"`
	Codes     []string `json:"codes"` // of what was found on it, sorted
}

// juger judges the pages of the inputs, in the order of their names, as one piece.
func juger(ctx context.Context, v *kit.Vecteur) (any, error) {
	p, err := profil(v)
	if err != nil {
		return nil, err
	}
	n, err := numerisation.New(p.Numerisation, numerisation.WithPDF(pdfentree.New()))
	if err != nil {
		return nil, err
	}
	var sources []numerisation.Source
	for _, nom := range slices.Sorted(maps.Keys(v.Entrees)) {
		sources = append(sources, numerisation.Octets(nom, v.Octets(nom)))
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("sdk: %s: no page", v.ID)
	}
	x, err := n.Numeriser(ctx, io.Discard, sources...)
	if err != nil {
		return nil, err
	}
	r := pieceJugee{Accepte: x.Accepte, AConfirmer: x.AConfirmer(), Pages: []pageJugee{}, Constats: []constat{}}
	noter := func(page int, l []numerisation.Constat) (codes []string) {
		codes = []string{}
		for _, c := range l {
			if c.Etat != numerisation.Present {
				continue
			}
			codes = append(codes, string(c.Code))
			if c.Bloquant {
				r.Constats = append(r.Constats, constat{Code: string(c.Code), Gravite: "erreur", Page: page, Message: c.Message})
			}
		}
		slices.Sort(codes)
		return codes
	}
	noter(0, x.Constats)
	for i := range x.Pages {
		y := &x.Pages[i]
		r.Pages = append(r.Pages, pageJugee{rond(y.DPIX), rond(y.LargeurMM), rond(y.HauteurMM), y.Rotation, y.Retenue,
			noter(i+1, y.Constats)})
		if y.Retenue {
			r.Retenues++
		}
	}
	return r, nil
}

func rond(x float64) int { return int(math.Round(x)) }
