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
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

func main() {
	programme.Main("message", func(ctx context.Context, args []string, _ io.Reader, out, erreurs io.Writer) error {
		return lancer(ctx, args, out, erreurs)
	})
}

// commande is a sub-command: its flags, then what it does with its arguments.
type commande struct {
	usage string
	// declarer declares the flags and returns what runs once they're read.
	declarer func(f *programme.Options) func(ctx context.Context, args []string, out io.Writer) error
}

var commandes = map[string]commande{
	"composer": {"composer -certificat CERT [-de ADRESSE] [-o MESSAGE.eml] FICHIER", composer},
	"ouvrir":   {"ouvrir -cle CLE -certificat CERT [-sortie DIR] [-json] MESSAGE.eml", ouvrir},
	"envoyer":  {"envoyer -relais HOTE:PORT MESSAGE.eml...", envoyer},
	"relever":  {"relever -serveur HOTE:PORT -utilisateur NOM -sortie DIR", relever},
}

func lancer(ctx context.Context, args []string, out, erreurs io.Writer) error {
	nom := ""
	if len(args) > 0 {
		nom = args[0]
	}
	c, ok := commandes[nom]
	if !ok {
		var u []string
		for _, n := range []string{"composer", "ouvrir", "envoyer", "relever"} {
			u = append(u, "message "+commandes[n].usage)
		}
		f := programme.New("message", strings.Join(u, "\n        "), erreurs)
		if _, err := f.Parse(args); err != nil {
			return err
		}
		return f.Mauvais("sous-commande attendue : composer, ouvrir, envoyer ou relever")
	}
	f := programme.New(nom, "message "+c.usage, erreurs)
	faire := c.declarer(f)
	reste, err := f.Parse(args[1:])
	if err != nil {
		return err
	}
	if err := faire(ctx, reste, out); err != nil {
		var u *programme.ErreurUsage
		if errors.As(err, &u) {
			return f.Mauvais("%s : %w", nom, err)
		}
		return fmt.Errorf("%s : %w", nom, err)
	}
	return nil
}

func usage(format string, a ...any) error {
	return programme.Mauvais("appel incorrect : "+format, a...)
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
