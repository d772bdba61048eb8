package main

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
)

// dessins are the scans of the default day: pages drawn as a scanner hands them over, of invented people.
var dessins = map[string]struct {
	page   pagedessinee.Page
	codage pagedessinee.Codage
}{
	"ok-g4": {pagedessinee.Page{Graine: 1, Format: pagedessinee.A4, DPI: 240}, pagedessinee.TIFFG4},
	"ok-gris": {pagedessinee.Page{Graine: 2, Format: pagedessinee.A5, DPI: 200, Manuscrite: true, Bruit: 2},
		pagedessinee.JPEGGris},
	"ok-png":   {pagedessinee.Page{Graine: 3, Format: pagedessinee.A5, DPI: 200}, pagedessinee.PNG},
	"ok-png-2": {pagedessinee.Page{Graine: 4, Format: pagedessinee.A5, DPI: 200, Manuscrite: true}, pagedessinee.PNG},
	"incline": {pagedessinee.Page{Graine: 5, Format: pagedessinee.A4, DPI: 200, Inclinaison: 4, Bruit: 2},
		pagedessinee.JPEGGris},
	"clair": {pagedessinee.Page{Graine: 6, Format: pagedessinee.A4, DPI: 200, Defaut: pagedessinee.Contraste,
		Bruit: 2}, pagedessinee.JPEGGris},
	"manuscrite": {pagedessinee.Page{Graine: 8, Format: pagedessinee.A5, DPI: 300, Manuscrite: true,
		Defaut: pagedessinee.Tampon}, pagedessinee.TIFFG4},
	"couche": {pagedessinee.Page{Graine: 7, Format: pagedessinee.A5, DPI: 240, Rotation: 90}, pagedessinee.TIFFG4},
}

func dessiner(nom string) (fichier string, contenu []byte, err error) {
	d, ok := dessins[nom]
	if !ok {
		return "", nil, fmt.Errorf("no drawing %q", nom)
	}
	contenu, err = d.page.Fichier(d.codage)
	return nom + d.codage.Extension(), contenu, err
}
