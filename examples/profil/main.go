// Profil is the workbench of who writes an editor's profile from a specification on paper:
//
//	go run ./examples/profil verifier PROFIL.yaml...
//	go run ./examples/profil montrer [-arbre] [-fichier lot|arl|arl-factures] PROFIL
//	go run ./examples/profil encoder [-sortie DIR] PROFIL
//	go run ./examples/profil expliquer [-profil PROFIL] [-comme KIND] [-clair] FILE...
//	go run ./examples/profil comparer [-profil PROFIL] A B
//	go run ./examples/profil servir [-page ADDR] -profil PROFIL [FILE...]
//
// PROFIL is a file, or the name of a profile that the SDK ships (reference, scor-cp). Each verb knows -json. FILE may
// be a file of lots or an ARL of the profile's, a B2 file or a NOEMIE return: each byte is told with its zone, what it
// says and what is wrong with it. What may be personal is masked unless -clair is given. The status is 0 when done,
// findings or not; 1 if a file can't be read or a profile is refused; 2 for a wrong call; 3, with -strict, when a file
// explained has a fault, or two things compared differ.
package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
)

func main() {
	programme.Main("profil", lancer)
}

// appel is what a verb works with.
type appel struct {
	args         []string
	in           io.Reader
	out, erreurs io.Writer
}

// verbe is one of the things that the program does.
type verbe func(ctx context.Context, a appel) error

var verbes = map[string]verbe{"verifier": verifier, "montrer": montrer, "encoder": encoder, "expliquer": expliquer,
	"comparer": comparer, "servir": servir}

const usage = "profil verifier|montrer|encoder|expliquer|comparer|servir [options] ...\n" +
	"        profil VERBE -h dit les options d'un verbe"

func lancer(ctx context.Context, args []string, in io.Reader, out, erreurs io.Writer) error {
	f := programme.New("profil", usage, erreurs)
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		if _, err := f.Parse(args); err != nil {
			return err
		}
		return f.Mauvais("un verbe est attendu")
	}
	v := verbes[args[0]]
	if v == nil {
		return f.Mauvais("%s n'est pas un verbe ; il y a : %s", args[0],
			strings.Join(slices.Sorted(maps.Keys(verbes)), ", "))
	}
	return v(ctx, appel{args: args[1:], in: in, out: out, erreurs: erreurs})
}

// ecrivain keeps the first error of many writes.
type ecrivain struct {
	w   io.Writer
	err error
}

func (e *ecrivain) printf(format string, a ...any) {
	if e.err == nil {
		_, e.err = fmt.Fprintf(e.w, format, a...)
	}
}
