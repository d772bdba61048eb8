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
	N       = 500 // of the G4 TIFF
	nImages = 20  // of the other kinds
)

// Pages are the files that all programs are given.
type Pages struct {
	G4       string // one TIFF
	G4Seules []string
	JPEG     []string
	PNG      []string
}

// Trouver names the files that [Dessiner] writes.
func Trouver(dir string) *Pages {
	p := &Pages{G4: filepath.Join(dir, "pages.tif")}
	for i := range nImages {
		nom := filepath.Join(dir, fmt.Sprintf("page-%02d", i))
		p.G4Seules, p.JPEG, p.PNG = append(p.G4Seules, nom+".tif"), append(p.JPEG, nom+".jpg"), append(p.PNG, nom+".png")
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
	toutes := make([]*image.Gray, N)
	for i := range toutes {
		toutes[i] = grises[i%len(grises)]
	}
	b, err := pd.G4(200, toutes...)
	if err != nil {
		return err
	}
	return os.WriteFile(p.G4, b, 0o600)
}
