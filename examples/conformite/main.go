// Conformite plays the conformance vectors against a software, and writes a report.
//
//	go run ./examples/conformite [-commande "PROGRAMME ARGUMENTS"] [-vecteurs DIR] [-famille a,b] [-cas id,id]
//	    [-html F] [-junit F] [-json] [-liste] [-paralleles N] [-delai 60s]
//	go run ./examples/conformite -logiciel "PROGRAMME -frontal {dossier}" [-horloge] …
//	go run ./examples/conformite -smtp HOTE:PORT -pop3 HOTE:PORT [-smtps …] [-pop3s …] [-calme 5s] …
//
// Without -commande the SDK itself is judged. -logiciel starts a whole software for each case and judges what a test
// frontal receives from it; -smtp and -pop3 give the frontal fixed addresses for one that already runs.
// docs/conformite.md is the format of the vectors and the contract of a command. It ends with 0 when nothing failed, 1
// when something did or the work could not be done, 2 on a wrong call.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/logiciel"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/rapport"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/sdk"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/vecteurs"
	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

func main() {
	programme.Main("conformite", func(ctx context.Context, args []string, _ io.Reader, out, erreurs io.Writer) error {
		return executer(ctx, args, out, erreurs)
	})
}

type options struct {
	commande, dossier, html, junit string
	logiciel                       string
	suivi                          logiciel.Config
	familles, cas                  []string
	json, liste                    bool
	jeu                            kit.Options
}

func lireOptions(args []string, erreurs io.Writer) (options, error) {
	var o options
	f := programme.New("conformite",
		"conformite [-commande \"PROGRAMME ARGUMENTS\"] [-famille a,b] [-html FICHIER] [-junit FICHIER] [-json]", erreurs)
	f.StringVar(&o.commande, "commande", "", "programme jugé, appelé avec --vecteur DIR (sans lui : le SDK)")
	f.StringVar(&o.dossier, "vecteurs", "", "dossier de vecteurs (sans lui : ceux du SDK)")
	f.StringVar(&o.html, "html", "", "page de rapport écrite")
	f.StringVar(&o.junit, "junit", "", "rapport JUnit XML écrit")
	f.BoolVar(&o.json, "json", false, "un objet JSON par cas sur la sortie standard, puis le bilan")
	f.BoolVar(&o.liste, "liste", false, "énumère les cas sans les jouer")
	f.IntVar(&o.jeu.Paralleles, "paralleles", 0, "cas joués à la fois (0 : un par processeur)")
	f.DurationVar(&o.jeu.Delai, "delai", time.Minute, "délai de chaque cas")
	f.StringVar(&o.logiciel, "logiciel", "",
		"logiciel entier jugé face au frontal, lancé à chaque cas ; {dossier} y devient celui des adresses du frontal")
	f.BoolVar(&o.suivi.Horloge, "horloge", false,
		"l'horloge du logiciel saute ses délais : les cas de plusieurs jours sont joués")
	f.StringVar(&o.suivi.Ecoute.SMTP, "smtp", "", "adresse SMTP du frontal, pour un logiciel déjà en marche")
	f.StringVar(&o.suivi.Ecoute.SMTPS, "smtps", "", "adresse SMTP (TLS)")
	f.StringVar(&o.suivi.Ecoute.POP3, "pop3", "", "adresse POP3")
	f.StringVar(&o.suivi.Ecoute.POP3S, "pop3s", "", "adresse POP3 (TLS)")
	f.DurationVar(&o.suivi.Calme, "calme", 0, "silence attendu après le dernier message d'un cas (0 : 5 s)")
	liste := func(l *[]string) func(string) error {
		return func(s string) error { *l = append(*l, strings.Split(s, ",")...); return nil }
	}
	f.Func("famille", "familles jouées, séparées par des virgules", liste(&o.familles))
	f.Func("cas", "cas joués, séparés par des virgules", liste(&o.cas))
	reste, err := f.Parse(args)
	if err != nil {
		return o, err
	}
	if len(reste) > 0 {
		return o, f.Mauvais("argument inattendu : %s", reste[0])
	}
	if o.commande != "" && o.entier() || o.logiciel != "" && o.suivi.Ecoute != (frontal.Ecoute{}) {
		return o, f.Mauvais("-commande, -logiciel et -smtp désignent des sujets différents : un seul est jugé")
	}
	for _, nom := range o.familles {
		if !slices.Contains(kit.Familles, nom) {
			return o, f.Mauvais("famille inconnue : %s (%s)", nom, strings.Join(kit.Familles, ", "))
		}
	}
	return o, nil
}

func executer(ctx context.Context, args []string, out, erreurs io.Writer) error {
	o, err := lireOptions(args, erreurs)
	if err != nil {
		return err
	}
	l, err := o.vecteurs()
	if err != nil {
		return err
	}
	if o.liste {
		return lister(out, l, o.json)
	}
	s, fermer, err := o.sujet(erreurs)
	if err != nil {
		return err
	}
	defer fermer()
	if !o.json {
		o.jeu.Progres = progres(out, len(l))
	}
	resultats, interruption := kit.Jouer(ctx, l, s, o.jeu)
	r := rapport.New(s.Nom(), resultats)
	r.Date = time.Now()
	if o.json {
		err = r.WriteJSON(out)
	} else {
		err = r.WriteTexte(out)
	}
	// What was played is told even when the rest was not.
	err = errors.Join(err, ecrire(o.html, r.WriteHTML), ecrire(o.junit, r.WriteJUnit), interruption)
	if err == nil && !r.Bilan.Conforme() {
		err = fmt.Errorf("%d cas sur %d ne sont pas réussis", r.Bilan.Echoues+r.Bilan.Erreurs, r.Bilan.Resultats)
		if r.Bilan.Echoues+r.Bilan.Erreurs == 0 {
			err = errors.New("aucun cas n'est réussi : le sujet n'en fait aucun")
		}
	}
	return err
}

func (o *options) vecteurs() ([]*kit.Vecteur, error) {
	var racine fs.FS = vecteurs.FS
	if o.dossier != "" {
		racine = os.DirFS(o.dossier)
	}
	if o.entier() && o.familles == nil && o.cas == nil {
		o.familles = []string{"logiciel"} // the rest is not asked of a whole software
	}
	tous, err := kit.Open(racine)
	if err != nil {
		return nil, err
	}
	connus := map[string]bool{}
	var l []*kit.Vecteur
	for _, v := range tous {
		connus[v.ID] = true
		if (o.familles == nil || slices.Contains(o.familles, v.Famille)) && (o.cas == nil || slices.Contains(o.cas, v.ID)) {
			l = append(l, v)
		}
	}
	for _, id := range o.cas {
		if !connus[id] {
			return nil, programme.Mauvais("cas inconnu : %s (-liste les énumère)", id)
		}
	}
	if len(l) == 0 {
		return nil, programme.Mauvais("aucun cas à jouer")
	}
	return l, nil
}

// entier says that a whole software is judged.
func (o *options) entier() bool { return o.logiciel != "" || o.suivi.Ecoute != frontal.Ecoute{} }

func (o *options) sujet(erreurs io.Writer) (kit.Sujet, func(), error) {
	rien := func() {}
	switch {
	case o.entier():
		o.suivi.Commande = strings.Fields(o.logiciel)
		o.suivi.Nom = "logiciel en marche"
		if len(o.suivi.Commande) > 0 {
			o.suivi.Nom = filepath.Base(o.suivi.Commande[0])
		} else {
			o.jeu.Paralleles = 1
		}
		o.suivi.Dire = func(phrase string) { fmt.Fprintln(erreurs, phrase) }
		s, err := logiciel.New(o.suivi)
		if err != nil {
			return nil, nil, err
		}
		if s.Dossier() != "" {
			fmt.Fprintln(erreurs, "Adresses et certificats du frontal :", s.Dossier())
		}
		return s, func() { _ = s.Close() }, nil
	case o.commande == "":
		return sdk.New(), rien, nil
	}
	ligne := strings.Fields(o.commande)
	if len(ligne) == 0 {
		return nil, nil, programme.Mauvais("la commande est vide")
	}
	s, err := kit.NewCommande(ligne, kit.WithProfils(scor.TexteProfil))
	return s, rien, err
}

func lister(out io.Writer, l []*kit.Vecteur, enJSON bool) error {
	for _, v := range l {
		ligne := fmt.Sprintf("%-13s %-11s %s : %s", v.Famille, v.Nature, v.ID, v.Titre)
		if enJSON {
			ligne = kit.Texte(v)
		}
		if _, err := fmt.Fprintln(out, ligne); err != nil {
			return err
		}
	}
	return nil
}

// progres tells each case as it ends: what is not passed on a line, the rest by its count.
func progres(out io.Writer, total int) func(kit.Resultat) {
	n := 0
	return func(r kit.Resultat) {
		n++
		if r.Verdict == kit.Echoue || r.Verdict == kit.EnErreur {
			fmt.Fprintf(out, "%4d/%d %-9s %s : %s\n", n, total, r.Verdict, r.Vecteur.ID, terminal.Lignes(r.Vecteur.Titre))
		} else if n%50 == 0 {
			fmt.Fprintf(out, "%4d/%d\n", n, total)
		}
	}
}

// ecrire makes a file, whole or not at all: a report cut short would be read as a whole one.
func ecrire(nom string, f func(io.Writer) error) error {
	if nom == "" {
		return nil
	}
	t, err := os.CreateTemp(filepath.Dir(nom), ".conformite*")
	if err != nil {
		return err
	}
	defer os.Remove(t.Name())
	if err := errors.Join(f(t), t.Close()); err != nil {
		return err
	}
	return os.Rename(t.Name(), nom)
}
