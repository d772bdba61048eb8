package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/processus"
)

// Commande is a program that answers one vector a call, by this contract:
//
//	PROGRAM [ARGUMENTS…] --vecteur DIR
//
// DIR holds vecteur.json (id, famille, operation, parametres, profil, scenario and entrees: for each input, the name of
// its file in DIR; what is expected is not there) and the inputs. The program prints one object of JSON on its standard
// output and ends with 0; with 1 when it could not answer, what it says on its standard error being kept for the
// report; with 2 when it doesn't do the operation.
type Commande struct {
	programme string
	arguments []string
	options   optionsCommande
}

type optionsCommande struct {
	profil func(nom string) ([]byte, error)
}

// OptionCommande is an option of NewCommande.
type OptionCommande func(*optionsCommande)

// WithProfils gives the text of the profiles that vectors name ("reference"): the program finds it in profil.yaml.
func WithProfils(texte func(nom string) ([]byte, error)) OptionCommande {
	return func(o *optionsCommande) { o.profil = texte }
}

// NewCommande makes a subject of a command line: a program and its arguments.
func NewCommande(ligne []string, options ...OptionCommande) (*Commande, error) {
	if len(ligne) == 0 {
		return nil, errors.New("kit: the command is empty")
	}
	programme, err := exec.LookPath(ligne[0])
	if err != nil {
		return nil, err
	}
	// The program runs in the folder of the vector: a relative name would be sought there.
	if programme, err = filepath.Abs(programme); err != nil {
		return nil, err
	}
	c := &Commande{programme: programme, arguments: ligne[1:]}
	for _, o := range options {
		o(&c.options)
	}
	return c, nil
}

// Nom is the command line.
func (c *Commande) Nom() string {
	return strings.Join(append([]string{filepath.Base(c.programme)}, c.arguments...), " ")
}

// Exit codes of the contract.
const (
	codeReponse, codeSansObjet = 0, 2
)

const erreursMax = 4 << 10

// Repondre runs the program.
func (c *Commande) Repondre(ctx context.Context, v *Vecteur) (Reponse, error) {
	dossier, err := os.MkdirTemp("", "vecteur")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dossier)
	if err := v.Ecrire(dossier, c.options.profil); err != nil {
		return nil, err
	}
	x := processus.Command(ctx, c.programme, append(append([]string{}, c.arguments...), "--vecteur", dossier)...)
	sortie, erreurs := &borne{max: reponseMax + 1}, &borne{max: erreursMax}
	x.Stdout, x.Stderr = sortie, erreurs
	err = x.Run()
	var code *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &code) && code.ExitCode() == codeSansObjet:
		return nil, ErrSansObjet
	case errors.As(err, &code):
		return nil, fmt.Errorf("code de retour %d : %s", code.ExitCode(), strings.TrimSpace(erreurs.String()))
	case err != nil:
		return nil, err
	}
	return ParseReponse(sortie.Bytes())
}

// borne keeps the first bytes of what a program prints, and takes the rest without a word: a program that prints
// without end is stopped by its time.
type borne struct {
	bytes.Buffer
	max int
}

func (b *borne) Write(p []byte) (int, error) {
	if reste := b.max - b.Len(); reste > 0 {
		b.Buffer.Write(p[:min(reste, len(p))])
	}
	return len(p), nil
}

// ReadFrom is that of Write: the buffer's own would keep all.
func (b *borne) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{b}, r) }

// question is a vector as a program is given it: without what is expected.
type question struct {
	ID         string            `json:"id"`
	Famille    string            `json:"famille"`
	Operation  string            `json:"operation"`
	Parametres map[string]any    `json:"parametres"`
	Entrees    map[string]string `json:"entrees"`
	Profil     string            `json:"profil"`
	Scenario   string            `json:"scenario"`
}

// Ecrire puts the vector in a folder, as a program is given it. profils may be nil: the profile that the vector names
// is then not written.
func (v *Vecteur) Ecrire(dossier string, profils func(nom string) ([]byte, error)) error {
	q := question{v.ID, v.Famille, v.Operation, v.Parametres, map[string]string{}, v.Profil, v.Scenario}
	if q.Parametres == nil {
		q.Parametres = map[string]any{}
	}
	for nom, octets := range v.octets {
		q.Entrees[nom] = nom + ".entree"
		if err := os.WriteFile(filepath.Join(dossier, q.Entrees[nom]), octets, 0o600); err != nil {
			return err
		}
	}
	if v.Profil != "" && profils != nil {
		texte, err := profils(v.Profil)
		if err != nil {
			return err
		}
		q.Entrees["profil"] = "profil.yaml"
		if err := os.WriteFile(filepath.Join(dossier, "profil.yaml"), texte, 0o600); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(q, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dossier, "vecteur.json"), append(b, '\n'), 0o600)
}
