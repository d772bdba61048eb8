// Officine is the whole way of SCOR in one program: a B2 file and a folder of scans, to acknowledged lots of pièces
// justificatives. It needs no server: a frontal runs inside it, with real SMTP and POP3 conversations on loopback, and
// so do the journal and the archive.
//
//	go run ./examples/officine
//	go run ./examples/officine -b2 FILE -scans DIR [-liens FILE.csv] [-profil FILE.yaml] [-sortie DIR] [-json]
//	    [-incident arl-negatif|pieces-refusees|silence|mds|anr] [-frontal DIR]
//
// Run again on the same -sortie, it sends nothing twice; killed at any moment and run again, it finishes.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

type options struct {
	b2, scans, liens, profil, sortie, incident, frontal string
	json                                                bool
}

func main() {
	programme.Main("officine", func(ctx context.Context, args []string, _ io.Reader, out, erreurs io.Writer) error {
		return lancer(ctx, args, out, erreurs)
	})
}

func lancer(ctx context.Context, args []string, sortie, progres io.Writer) error {
	var o options
	f := programme.New("officine",
		"officine [-json] [-b2 FICHIER -scans DOSSIER [-liens CSV]] [-profil YAML] [-sortie DOSSIER]", progres)
	f.StringVar(&o.b2, "b2", "", "fichier B2 des factures (sans lui : une journée dessinée)")
	f.StringVar(&o.scans, "scans", "", "dossier des scans : TIFF, JPEG, PNG, PDF")
	f.StringVar(&o.liens, "liens", "",
		"CSV facture,fichier ; plusieurs lignes pour plusieurs pages. Sans lui, un scan par facture, dans l'ordre des noms")
	f.StringVar(&o.profil, "profil", "", "profil YAML (sans lui : reference)")
	f.StringVar(&o.sortie, "sortie", "sortie-officine", "dossier laissé : PDF, méls, journal suivi.db")
	f.StringVar(&o.frontal, "frontal", "", "dossier laissé par examples/frontal (sans lui : un frontal dans le programme)")
	f.StringVar(&o.incident, "incident", "", "réponse du frontal aux pièces : arl-negatif, pieces-refusees, silence, mds ou anr")
	f.BoolVar(&o.json, "json", false, "un objet JSON par facture, puis le bilan, sur la sortie standard")
	reste, err := f.Parse(args)
	switch {
	case err != nil:
		return err
	case len(reste) > 0:
		return f.Mauvais("argument inattendu : %s", reste[0])
	case (o.b2 == "") != (o.scans == ""):
		return f.Mauvais("-b2 et -scans vont ensemble")
	case o.frontal != "" && o.incident != "":
		return f.Mauvais("-incident est pour le frontal du programme ; celui de -frontal suit son scénario")
	case o.b2 == "" && o.liens != "":
		return f.Mauvais("-liens demande -b2 et -scans")
	}
	if _, err := scenario(o.incident, &scor.Profil{}); err != nil {
		return &programme.ErreurUsage{Err: err}
	}
	if err := os.MkdirAll(o.sortie, 0o700); err != nil {
		return err
	}
	if o.b2 == "" {
		fmt.Fprintln(progres, "Sans -b2 : une journée d'officine dessinée, dans", filepath.Join(o.sortie, "entrees"))
		var err error
		if o.b2, o.scans, o.liens, err = ecrireDefauts(filepath.Join(o.sortie, "entrees")); err != nil {
			return err
		}
	}
	off, err := ouvrir(ctx, o, progres)
	if err != nil {
		return err
	}
	defer off.fermer()
	if err := off.travailler(ctx); err != nil {
		return err
	}
	return off.rendreCompte(ctx, sortie)
}
