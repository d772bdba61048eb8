package arrivees_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/arrivees"
)

func Example() {
	racine, err := os.MkdirTemp("", "arrivees-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(racine)
	scans := filepath.Join(racine, "scans") // where the scanner's software writes
	_ = os.Mkdir(scans, 0o700)
	_ = os.WriteFile(filepath.Join(scans, "feuille 1.pdf"), []byte("%PDF-1.4\nstartxref\n9\n%%EOF\n"), 0o600)
	_ = os.WriteFile(filepath.Join(scans, "lettre.txt"), []byte("Bonjour"), 0o600)

	d, err := arrivees.Open(scans, filepath.Join(racine, "prive"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close()
	for range 2 { // in a program: Suivre, every two seconds
		r, err := d.Regarder(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(r.Prises), "prises,", len(r.Attente), "en attente")
		for _, a := range r.Prises {
			s, f, err := d.Source(a.ID) // for numerisation
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(s.Nom, s.Taille)
			_ = f.Close()
			_ = d.Retirer(a.ID) // deposited
		}
	}
	// Output:
	// 0 prises, 2 en attente
	// 1 prises, 1 en attente
	// feuille 1.pdf 27
}
