// Package programme is the frame of the example programs: the same exit codes, the same help, the same words for a
// wrong call, and Ctrl-C heard everywhere.
//
//	0  done, or help was asked for
//	1  could not: a file, a network, an interruption
//	2  misuse: an unknown option, a missing argument
//	3  done, with refusals, where -strict asks for it
package programme

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
)

// Exit codes.
const (
	Fait, Echec, Usage, Refus = 0, 1, 2, 3
)

// ErrRefus is what a program returns when it did its work and refused something, under -strict. It says nothing more:
// all was said.
var ErrRefus = errors.New("des refus")

// ErreurUsage is a wrong call.
type ErreurUsage struct {
	Err error
	// Usage is how to call, shown after the error; "" says how to ask for it.
	Usage string
}

// Error implements error.
func (e *ErreurUsage) Error() string { return e.Err.Error() }

// Unwrap gives what is wrong.
func (e *ErreurUsage) Unwrap() error { return e.Err }

// Mauvais is a wrong call, in words.
func Mauvais(format string, a ...any) error { return &ErreurUsage{Err: fmt.Errorf(format, a...)} }

// delaiArret is what a program has to put down its work after Ctrl-C; one that reads a terminal or a pipe never notices
// by itself.
const delaiArret = 10 * time.Second

// Main runs a program and ends the process with its code. Interrupted, the context ends; a second Ctrl-C kills.
func Main(nom string, f func(ctx context.Context, args []string, in io.Reader, out, erreurs io.Writer) error) {
	ctx, fin := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		fin()
		time.Sleep(delaiArret)
		fmt.Fprintf(os.Stderr, "%s : interrompu.\n", nom)
		os.Exit(Echec)
	})
	os.Exit(Code(nom, os.Stderr, f(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)))
}

// Code says an error to the user and gives the exit code. Errors quote what was received: nothing of it acts on the
// terminal.
func Code(nom string, erreurs io.Writer, err error) int {
	var u *ErreurUsage
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return Fait
	case errors.Is(err, ErrRefus):
		return Refus
	case errors.As(err, &u):
		fmt.Fprintf(erreurs, "%s : %s\nusage : %s\n", nom, terminal.Lignes(u.Error()), cmp.Or(u.Usage, nom+" -h"))
		return Usage
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(erreurs, "%s : interrompu. Relancé sur le même dossier, le programme reprend où il s'est arrêté.\n", nom)
		return Echec
	}
	fmt.Fprintf(erreurs, "%s : %s\n", nom, terminal.Lignes(Francais(err)))
	return Echec
}

// Francais says the system's commonest errors in French, with the file's last name only.
func Francais(err error) string {
	var p *fs.PathError
	nom := ""
	if errors.As(err, &p) {
		nom = filepath.Base(p.Path) + " : "
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nom + "fichier introuvable."
	case errors.Is(err, fs.ErrPermission):
		return nom + "accès refusé."
	case p != nil:
		return nom + p.Err.Error()
	}
	return err.Error()
}

// Options are the flags of a program. Nothing is printed by the flag package itself, whose words are English.
type Options struct {
	*flag.FlagSet
	usage   string
	erreurs io.Writer
}

// New begins the flags of a program; usage is its call, on a line or more.
func New(nom, usage string, erreurs io.Writer) *Options {
	f := flag.NewFlagSet(nom, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return &Options{f, usage, erreurs}
}

// Parse reads flags wherever they stand among the arguments, and gives the others. Asked for help, it prints it and
// returns flag.ErrHelp. After -- nothing is a flag.
func (o *Options) Parse(args []string) (reste []string, err error) {
	for {
		if err := o.FlagSet.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				o.aider()
				return nil, err
			}
			return nil, &ErreurUsage{traduire(err), o.usage}
		}
		lus := len(args) - o.NArg()
		if o.NArg() == 0 || lus > 0 && args[lus-1] == "--" {
			return append(reste, o.Args()...), nil
		}
		reste, args = append(reste, o.Arg(0)), o.Args()[1:]
	}
}

// Mauvais is a wrong call, in words, followed by the usage.
func (o *Options) Mauvais(format string, a ...any) error {
	return &ErreurUsage{fmt.Errorf(format, a...), o.usage}
}

func (o *Options) aider() {
	fmt.Fprintln(o.erreurs, "usage :", o.usage)
	o.SetOutput(o.erreurs)
	o.PrintDefaults()
	o.SetOutput(io.Discard)
}

// traduire says what the flag package says, in French.
func traduire(err error) error {
	s := err.Error()
	for _, m := range [][2]string{
		{"flag provided but not defined: ", "option inconnue : "}, {"flag needs an argument: ",
			"l'option attend une valeur : "},
		{"bad flag syntax: ", "option mal écrite : "},
	} {
		if reste, ok := strings.CutPrefix(s, m[0]); ok {
			return errors.New(m[1] + reste)
		}
	}
	if i := strings.Index(s, " for flag "); i >= 0 {
		nom, _, _ := strings.Cut(s[i+len(" for flag "):], ":")
		return fmt.Errorf("valeur refusée pour l'option %s", nom)
	}
	if i := strings.Index(s, " for -"); i >= 0 {
		nom, _, _ := strings.Cut(s[i+len(" for "):], ":")
		return fmt.Errorf("valeur refusée pour l'option %s", nom)
	}
	return err
}

// Ouvrir opens a file given by the user. A folder, a named pipe or a device is refused: a pipe without writer would
// wait for ever, and - is there for who wants to pipe.
func Ouvrir(nom string) (*os.File, error) {
	info, err := os.Stat(nom)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s : c'est un dossier, un fichier est attendu", filepath.Base(nom))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s : ce n'est pas un fichier ordinaire ; pour lire un tube, donnez-le sur l'entrée "+
			"standard (-)",
			filepath.Base(nom))
	}
	return os.Open(nom)
}

// Fichiers are what a program reads one after the other, - being the standard input.
type Fichiers struct {
	Programme string
	Noms      []string
	Entree    io.Reader
	Erreurs   io.Writer
	// Message says an error of f in French; "" leaves it to Francais.
	Message func(error) string
}

// Lire gives each file to f. One that can't be read, or that f refuses, is told and doesn't stop the others; the error
// then says how many.
func (l Fichiers) Lire(f func(nom string, r io.Reader) error) error {
	rates := 0
	for _, nom := range l.Noms {
		err := un(nom, l.Entree, f)
		if err == nil {
			continue
		}
		rates++
		phrase := l.Message(err)
		if phrase != "" {
			phrase = filepath.Base(nom) + " : " + phrase
		}
		fmt.Fprintf(l.Erreurs, "%s : %s\n", l.Programme, terminal.Lignes(cmp.Or(phrase, Francais(err))))
	}
	if rates > 0 {
		return fmt.Errorf("%d sur %d n'ont pas pu être lus jusqu'au bout", rates, len(l.Noms))
	}
	return nil
}

func un(nom string, in io.Reader, f func(nom string, r io.Reader) error) error {
	if nom == "-" {
		return f(nom, in)
	}
	r, err := Ouvrir(nom)
	if err != nil {
		return err
	}
	defer r.Close()
	return f(filepath.Base(nom), r)
}
