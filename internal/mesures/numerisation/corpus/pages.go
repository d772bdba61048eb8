// Package corpus draws the files that all programs are given.
package corpus

import (
	"fmt"
	"image"
	"os"
	"path/filepath"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
)

const (
	N        = 500 // of the G4 TIFF
	NDossier = 300 // of the folder of G4 files of a page
	nImages  = 20  // of the other kinds
	nCouleur = 6   // in colour at 300 dots per inch
)

// Tailles are the numbers of pages of the G4 TIFFs by which memory is compared.
var Tailles = []int{1, 10, 100, 1000}

// Pages are the files that all programs are given.
type Pages struct {
	G4       string // one TIFF
	G4Seules []string
	Dossier  []string
	JPEG     []string
	PNG      []string
	Couleur  []string // straight
	Penchees []string // askew
	Memoire  []string // as many pages as Tailles say
}

// Trouver names the files that [Dessiner] writes.
func Trouver(dir string) *Pages {
	p := &Pages{G4: filepath.Join(dir, "pages.tif")}
	for i := range nImages {
		nom := filepath.Join(dir, fmt.Sprintf("page-%02d", i))
		p.G4Seules, p.JPEG, p.PNG = append(p.G4Seules, nom+".tif"), append(p.JPEG, nom+".jpg"), append(p.PNG, nom+".png")
	}
	for i := range NDossier {
		p.Dossier = append(p.Dossier, filepath.Join(dir, fmt.Sprintf("piece-%03d.tif", i)))
	}
	for i := range nCouleur {
		p.Couleur = append(p.Couleur, filepath.Join(dir, fmt.Sprintf("couleur-%d.jpg", i)))
		p.Penchees = append(p.Penchees, filepath.Join(dir, fmt.Sprintf("penchee-%d.jpg", i)))
	}
	for _, n := range Tailles {
		p.Memoire = append(p.Memoire, filepath.Join(dir, fmt.Sprintf("memoire-%d.tif", n)))
	}
	return p
}

// Dessiner draws the pages into a folder.
func Dessiner(dir string) error {
	p := Trouver(dir)
	var grises []*image.Gray
	for i := range nImages {
		page := pd.Page{Graine: uint64(i), Format: pd.A4, DPI: 200, Manuscrite: i%2 == 1,
			Inclinaison: float64(i)/nImages - 0.5, Bruit: 2, Ombre: 12}
		grises = append(grises, page.Gris())
		for f, c := range map[string]pd.Codage{p.G4Seules[i]: pd.TIFFG4, p.JPEG[i]: pd.JPEGGris, p.PNG[i]: pd.PNG} {
			b, err := page.Fichier(c)
			if err != nil {
				return err
			}
			if err := os.WriteFile(f, b, 0o600); err != nil {
				return err
			}
		}
	}
	for i := range nCouleur {
		page := pd.Page{Graine: uint64(i), Format: pd.A4, DPI: 300, Bruit: 2, Defaut: pd.Couleur}
		if err := dessiner(p.Couleur[i], page, pd.JPEGRVB); err != nil {
			return err
		}
		page.Inclinaison = 3
		if err := dessiner(p.Penchees[i], page, pd.JPEGRVB); err != nil {
			return err
		}
	}
	for i, f := range p.Dossier {
		b, err := os.ReadFile(p.G4Seules[i%nImages])
		if err != nil {
			return err
		}
		if err := os.WriteFile(f, b, 0o600); err != nil {
			return err
		}
	}
	for i, n := range Tailles {
		if err := classeur(p.Memoire[i], n, grises); err != nil {
			return err
		}
	}
	return classeur(p.G4, N, grises)
}

func dessiner(f string, page pd.Page, c pd.Codage) error {
	b, err := page.Fichier(c)
	if err != nil {
		return err
	}
	return os.WriteFile(f, b, 0o600)
}

// classeur writes a TIFF of n G4 pages, those given over and over.
func classeur(f string, n int, pages []*image.Gray) error {
	toutes := make([]*image.Gray, n)
	for i := range toutes {
		toutes[i] = pages[i%len(pages)]
	}
	b, err := pd.G4(200, toutes...)
	if err != nil {
		return err
	}
	return os.WriteFile(f, b, 0o600)
}
