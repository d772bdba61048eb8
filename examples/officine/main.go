// Officine is the whole way of SCOR in one program: a B2 file and a folder of scans, to acknowledged lots of pièces justificatives. It needs no
// server: a frontal runs inside it, with real SMTP and POP3 conversations on loopback, and so do the journal and the archive.
//
//	go run ./examples/officine
//	go run ./examples/officine -b2 FILE -scans DIR [-liens FILE.csv] [-profil FILE.yaml] [-sortie DIR] [-json] [-incident arl-negatif|silence|mds|anr]
//
// Run again on the same -sortie, it sends nothing twice; killed at any moment and run again, it finishes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

type options struct {
	b2, scans, liens, profil, sortie, incident string
	json                                       bool
}

func main() {
	ctx, fin := signal.NotifyContext(context.Background(), os.Interrupt)
	defer fin()
	if err := lancer(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "officine :", err)
		fin()
		os.Exit(1)
	}
}

func lancer(ctx context.Context, args []string, sortie, progres io.Writer) error {
	var o options
	f := flag.NewFlagSet("officine", flag.ContinueOnError)
	f.SetOutput(progres)
	f.StringVar(&o.b2, "b2", "", "fichier B2 des factures (sans lui : une journée dessinée)")
	f.StringVar(&o.scans, "scans", "", "dossier des scans : TIFF, JPEG, PNG, PDF")
	f.StringVar(&o.liens, "liens", "", "CSV facture,fichier ; plusieurs lignes pour plusieurs pages. Sans lui, un scan par facture, dans l'ordre des noms")
	f.StringVar(&o.profil, "profil", "", "profil YAML (sans lui : reference)")
	f.StringVar(&o.sortie, "sortie", "sortie-officine", "dossier laissé : PDF, méls, journal suivi.db")
	f.StringVar(&o.incident, "incident", "", "réponse du frontal aux pièces : arl-negatif, silence, mds ou anr")
	f.BoolVar(&o.json, "json", false, "un objet JSON par facture, puis le bilan, sur la sortie standard")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("argument inattendu : %s", f.Arg(0))
	}
	if (o.b2 == "") != (o.scans == "") {
		return errors.New("-b2 et -scans vont ensemble")
	}
	if o.b2 == "" && o.liens != "" {
		return errors.New("-liens demande -b2 et -scans")
	}
	if _, err := scenario(o.incident); err != nil {
		return err
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
