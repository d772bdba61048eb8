package kit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sujetEssai says, in the environment, what this binary does when the kit calls it as a subject.
const sujetEssai = "SCOR_KIT_SUJET"

func TestMain(m *testing.M) {
	if s := os.Getenv(sujetEssai); s != "" {
		os.Exit(etreSujet(s, os.Args[len(os.Args)-1]))
	}
	os.Exit(m.Run())
}

func etreSujet(s, dossier string) int {
	switch s {
	case "repond":
		var q struct {
			Parametres map[string]any
			Entrees    map[string]string
			Attendu    any
		}
		b, err := os.ReadFile(filepath.Join(dossier, "vecteur.json"))
		if err == nil {
			err = decoder(b, &q, false)
		}
		contenu, err2 := os.ReadFile(filepath.Join(dossier, q.Entrees["fichier"]))
		if err = errors.Join(err, err2); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Printf(`{"accepte": true, "lu": %q, "n": %v, "vu": %t}`, contenu, q.Parametres["n"], q.Attendu != nil)
	case "bavard":
		for {
			if _, err := fmt.Print(strings.Repeat("x", 1<<16)); err != nil {
				return 1
			}
		}
	case "pend":
		time.Sleep(time.Hour)
	case "echoue":
		fmt.Fprintln(os.Stderr, "la table manque")
		return 1
	case "ignore":
		return 2
	case "texte":
		fmt.Print("bonjour")
	case "deux":
		fmt.Print(`{} {}`)
	}
	return 0
}

func essai(t *testing.T) *Vecteur {
	t.Helper()
	v, err := Parse(strings.NewReader(`{"id":"essai","titre":"t","famille":"b2","operation":"b2.lire",
		"nature":"acceptation","regle":"r","source":"s","parametres":{"n":12345678901234567},
		"entrees":{"fichier":{"lignes":["un","deux"],"fin":"\n"}},
		"attendu":{"accepte":true,"lu":"un\ndeux\n","n":12345678901234567,"vu":false}}`))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func commande(t *testing.T, s string) *Commande {
	t.Helper()
	moi, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(sujetEssai, s)
	c, err := NewCommande([]string{moi})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A program is given the inputs as files, numbers with all their digits, and never what is expected.
func TestCommandeRepond(t *testing.T) {
	l, err := Jouer(t.Context(), []*Vecteur{essai(t)}, commande(t, "repond"), Options{})
	if err != nil || l[0].Verdict != Reussi {
		t.Errorf("%v %s %+v %s", err, l[0].Verdict, l[0].Ecarts, l[0].Erreur)
	}
}

// Each way a program has to go wrong is one case's, and is told; none stops the others.
func TestCommandeFautes(t *testing.T) {
	for s, attendu := range map[string]struct {
		verdict Verdict
		dit     string
	}{"echoue": {EnErreur, "la table manque"}, "ignore": {SansObjet, ""}, "texte": {EnErreur, "not an object"},
		"deux": {EnErreur, "something follows"}} {
		l, err := Jouer(t.Context(), []*Vecteur{essai(t)}, commande(t, s), Options{})
		if err != nil || l[0].Verdict != attendu.verdict || !strings.Contains(l[0].Erreur, attendu.dit) {
			t.Errorf("%s: %v %s %s", s, err, l[0].Verdict, l[0].Erreur)
		}
	}
}

// A program that hangs, or prints without end, is killed when its time is over.
func TestCommandeTuee(t *testing.T) {
	for _, s := range []string{"pend", "bavard"} {
		l, err := Jouer(t.Context(), []*Vecteur{essai(t)}, commande(t, s), Options{Delai: 200 * time.Millisecond})
		if err != nil || l[0].Verdict != EnErreur || !strings.Contains(l[0].Erreur, "sans réponse") {
			t.Errorf("%s: %v %s %s", s, err, l[0].Verdict, l[0].Erreur)
		}
	}
}

// Interrupted, what was not played is said so: it neither passed nor failed.
func TestInterruption(t *testing.T) {
	ctx, fin := context.WithCancel(t.Context())
	fin()
	l, err := Jouer(ctx, []*Vecteur{essai(t), essai(t)}, Vides()[0], Options{})
	if !errors.Is(err, context.Canceled) || Compter(l).NonJoues != 2 || Compter(l).Conforme() {
		t.Errorf("%v %+v", err, Compter(l))
	}
}
