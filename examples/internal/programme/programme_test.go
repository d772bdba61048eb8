package programme

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// One code for one fault in every program: harnesses tell a misuse from a failure by it.
func TestCodes(t *testing.T) {
	for _, c := range []struct {
		err   error
		code  int
		parle string
	}{
		{nil, Fait, ""},
		{flag.ErrHelp, Fait, ""},
		{fmt.Errorf("x: %w", ErrRefus), Refus, ""},
		{Mauvais("aucun fichier"), Usage, "p : aucun fichier\nusage : p -h"},
		{context.Canceled, Echec, "interrompu"},
		{&fs.PathError{Op: "open", Path: "/a/secret/b.tif", Err: fs.ErrNotExist}, Echec, "p : b.tif : fichier introuvable."},
		{errors.New("autre"), Echec, "p : autre"},
	} {
		var b bytes.Buffer
		if code := Code("p", &b, c.err); code != c.code || !strings.Contains(b.String(), c.parle) ||
			strings.Contains(b.String(), "secret") {
			t.Errorf("%v: code %d, %q", c.err, code, b.String())
		}
	}
}

// Flags are read wherever they stand, up to --, and a wrong one is told in French.
func TestOptions(t *testing.T) {
	for _, c := range []struct {
		args  string
		reste []string
		n     int
		faute string
	}{
		{"a -n 3 b", []string{"a", "b"}, 3, ""},
		{"-n=2 -- -a", []string{"-a"}, 2, ""},
		{"a -- -n 2", []string{"a", "-n", "2"}, 0, ""},
		{"", nil, 0, ""},
		{"-nimporte", nil, 0, "option inconnue : -nimporte"},
		{"-n", nil, 0, "l'option attend une valeur : -n"},
		{"-n x", nil, 0, "valeur refusée pour l'option -n"},
	} {
		o := New("p", "p", &bytes.Buffer{})
		n := o.Int("n", 0, "")
		reste, err := o.Parse(strings.Fields(c.args))
		if c.faute != "" {
			var u *ErreurUsage
			if !errors.As(err, &u) || err.Error() != c.faute {
				t.Errorf("%s: %v", c.args, err)
			}
			continue
		}
		if err != nil || *n != c.n || !slices.Equal(reste, c.reste) {
			t.Errorf("%s: %v %d %v", c.args, reste, *n, err)
		}
	}
}

// Help is not an error, and shows each flag.
func TestAide(t *testing.T) {
	var b bytes.Buffer
	o := New("p", "p FICHIER", &b)
	o.Bool("json", false, "un objet par ligne")
	if _, err := o.Parse([]string{"-h"}); !errors.Is(err, flag.ErrHelp) || !strings.Contains(b.String(),
		"un objet par ligne") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// What isn't a regular file never makes a program wait.
func TestOuvrir(t *testing.T) {
	if _, err := Ouvrir(t.TempDir()); err == nil || !strings.Contains(err.Error(), "dossier") {
		t.Error(err)
	}
	if _, err := Ouvrir("/dev/null"); err == nil {
		t.Error("a device is opened")
	}
}
