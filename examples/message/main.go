// Message composes, opens, sends and fetches the messages of the billing flows:
//
//	message composer -certificat FRONTAL.pem -de ADRESSE [-test] [-o MESSAGE.eml] FICHIER
//	message ouvrir -cle CLE.pem -certificat CERT.pem [-sortie DIR] [-json] MESSAGE.eml
//	message envoyer -relais HOTE:PORT [-utilisateur NOM] MESSAGE.eml...
//	message relever -serveur HOTE:PORT -utilisateur NOM -sortie DIR
//
// composer takes a B2 file, sent as an IRIS message, or a file of SCOR lots, sent
// as the profile says with the documents that lie beside it. relever keeps in DIR the
// list of what it took: run again, it takes no message twice. A password is read
// from the environment variable SCOR_MOT_DE_PASSE or from the file of
// -mot-de-passe. The status is 0 when all went well, 1 when something didn't, 2
// for a wrong call.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

func main() {
	ctx, fin := signal.NotifyContext(context.Background(), os.Interrupt)
	defer fin()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// errUsage is wrapped by errors on the command line.
var errUsage = errors.New("appel incorrect")

// commande is a sub-command: its flags, then what it does with its arguments.
type commande struct {
	usage string
	// declarer declares the flags and returns what runs once they're read.
	declarer func(f *flag.FlagSet) func(ctx context.Context, args []string, out io.Writer) error
}

var commandes = map[string]commande{
	"composer": {"composer -certificat CERT [-de ADRESSE] [-o MESSAGE.eml] FICHIER", composer},
	"ouvrir":   {"ouvrir -cle CLE -certificat CERT [-sortie DIR] [-json] MESSAGE.eml", ouvrir},
	"envoyer":  {"envoyer -relais HOTE:PORT MESSAGE.eml...", envoyer},
	"relever":  {"relever -serveur HOTE:PORT -utilisateur NOM -sortie DIR", relever},
}

func run(ctx context.Context, args []string, out, erreurs io.Writer) int {
	nom := ""
	if len(args) > 0 {
		nom = args[0]
	}
	c, ok := commandes[nom]
	if !ok {
		fmt.Fprintln(erreurs, "usage :")
		for _, n := range []string{"composer", "ouvrir", "envoyer", "relever"} {
			fmt.Fprintln(erreurs, "  message", commandes[n].usage)
		}
		if nom == "-h" || nom == "-help" || nom == "--help" {
			return 0
		}
		return 2
	}
	f := flag.NewFlagSet(nom, flag.ContinueOnError)
	f.SetOutput(erreurs)
	f.Usage = func() {
		fmt.Fprintln(erreurs, "usage : message", c.usage)
		f.PrintDefaults()
	}
	faire := c.declarer(f)
	reste, err := analyser(f, args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2
	}
	if err := faire(ctx, reste, out); err != nil {
		fmt.Fprintf(erreurs, "message %s : %s\n", nom, terminal.Lignes(err.Error()))
		if errors.Is(err, errUsage) {
			f.Usage()
			return 2
		}
		return 1
	}
	return 0
}

// analyser reads flags wherever they stand among the arguments.
func analyser(f *flag.FlagSet, args []string) (reste []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		if f.NArg() == 0 {
			return reste, nil
		}
		reste, args = append(reste, f.Arg(0)), f.Args()[1:]
	}
}

func usage(format string, a ...any) error {
	return fmt.Errorf("%w : %s", errUsage, fmt.Sprintf(format, a...))
}

// motDePasse reads the password from a file, or else from the environment: never
// from the command line, which every process of the machine can read.
func motDePasse(fichier string) (transport.Secret, error) {
	if fichier == "" {
		return transport.Secret(os.Getenv("SCOR_MOT_DE_PASSE")), nil
	}
	b, err := os.ReadFile(fichier)
	return transport.Secret(strings.TrimRight(string(b), "\r\n")), err
}
