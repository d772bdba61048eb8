package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// lireProfil reads a profile: a shipped one by its name, or a file.
func lireProfil(nom string) (*scor.Profil, error) { return programme.Profil(nom, "reference") }

// seulProfil reads the one profile that a verb's arguments name.
func seulProfil(f *programme.Options, args []string) (*scor.Profil, error) {
	noms, err := f.Parse(args)
	switch {
	case err != nil:
		return nil, err
	case len(noms) != 1:
		return nil, f.Mauvais("un profil est attendu")
	}
	p, err := lireProfil(noms[0])
	if err != nil {
		return nil, message(noms[0], err)
	}
	return p, nil
}

// faute is what verifier -json writes for each thing that is wrong with a profile.
type faute struct {
	Fichier string `json:"fichier"`
	Ligne   int    `json:"ligne,omitempty"`
	Chemin  string `json:"chemin,omitempty"`
	Message string `json:"message"`
}

// verdict is what verifier -json writes for a profile.
type verdict struct {
	Fichier string  `json:"fichier"`
	Accepte bool    `json:"accepte"`
	Profil  string  `json:"profil,omitempty"`
	Version string  `json:"version,omitempty"`
	Source  string  `json:"source,omitempty"`
	Fautes  []faute `json:"fautes"`
}

// juger reads a profile and gives what is wrong with it, or the profile. The error is for a file that isn't there.
func juger(nom string) (verdict, *scor.Profil, error) {
	v := verdict{Fichier: filepath.Base(nom), Fautes: []faute{}}
	p, err := lireProfil(nom)
	if err == nil {
		v.Accepte, v.Profil, v.Version, v.Source = true, p.Nom, p.Version, p.Source
		return v, p, nil
	}
	v.Fautes = fautesDe(v.Fichier, err)
	if len(v.Fautes) == 0 {
		return v, nil, err
	}
	return v, nil, nil
}

// fautesDe lists the faults of a profile that an error joins; none where it is another kind of error.
func fautesDe(fichier string, err error) []faute {
	var tous []faute
	var suivre func(err error)
	suivre = func(err error) {
		if e, ok := err.(*config.Erreur); ok {
			f := faute{e.Fichier, e.Ligne, e.Chemin, e.Message}
			if f.Fichier == "" {
				f.Fichier = fichier
			}
			tous = append(tous, f)
			return
		}
		switch x := err.(type) {
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				suivre(e)
			}
		case interface{ Unwrap() error }:
			suivre(x.Unwrap())
		}
	}
	suivre(err)
	return tous
}

// verifier says what is wrong with profiles, each fault with its line.
func verifier(_ context.Context, a appel) error {
	f := programme.New("profil verifier", "profil verifier [-json] PROFIL...", a.erreurs)
	enJSON := f.Bool("json", false, "écrire un objet JSON par profil")
	noms, err := f.Parse(a.args)
	switch {
	case err != nil:
		return err
	case len(noms) == 0:
		return f.Mauvais("aucun profil")
	}
	refuses := 0
	w := &ecrivain{w: a.out}
	for _, nom := range noms {
		v, p, err := juger(nom)
		if err != nil {
			return fmt.Errorf("%s : %s", filepath.Base(nom), programme.Francais(err))
		}
		if !v.Accepte {
			refuses++
		}
		if *enJSON {
			err = ecrireJSON(a.out, v)
		} else {
			direVerdict(w, v, p)
			err = w.err
		}
		if err != nil {
			return err
		}
	}
	if refuses > 0 {
		return fmt.Errorf("%d profil refusé sur %d", refuses, len(noms))
	}
	return nil
}

func direVerdict(w *ecrivain, v verdict, p *scor.Profil) {
	if !v.Accepte {
		w.printf("%s : refusé, %d faute(s)\n", v.Fichier, len(v.Fautes))
		for _, f := range v.Fautes {
			w.printf("  %s:%d : %s : %s\n", f.Fichier, f.Ligne, f.Chemin, f.Message)
		}
		return
	}
	w.printf("%s : accepté. Profil %s, version %s (source : %s).\n", v.Fichier, v.Profil, v.Version, v.Source)
	if p.Etend != "" {
		w.printf("  Il étend %s : ce qu'il ne dit pas est de ce profil.\n", p.Etend)
	}
	if p.Avertissement != "" {
		w.printf("  %s\n", p.Avertissement)
	}
	w.printf("  Lots : %s. ARL : %s. %d type(s) de pièce, %d code(s) de retour.\n", codage(&p.Lot),
		codage(&p.Retours.ARL.Fichier), len(p.Types), len(p.Codes))
	w.printf("  Des lots et des ARL tirés au sort, écrits par ce profil, se sont relus pareils.\n")
}

func ecrireJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// message says in French why a profile was not read, for the verbs that need one.
func message(nom string, err error) error {
	if err == nil {
		return nil
	}
	fautes := fautesDe(filepath.Base(nom), err)
	if len(fautes) == 0 {
		return fmt.Errorf("%s : %s", filepath.Base(nom), programme.Francais(err))
	}
	f := fautes[0]
	return errors.New("le profil est refusé, « profil verifier » dit toutes ses fautes ; la première : " +
		fmt.Sprintf("%s:%d : %s : %s", f.Fichier, f.Ligne, f.Chemin, f.Message))
}
