package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Familles are the subjects of the vectors, in the order of the way of a piece.
var Familles = []string{"identifiants", "b2", "noemie", "profil", "numerisation", "regles", "lot", "message", "retours",
	"suivi", "s3404", "logiciel"}

// Nature says what a vector expects: that something right is understood, or that something wrong is seen.
type Nature string

// Kinds of vectors.
const (
	Acceptation Nature = "acceptation"
	Refus       Nature = "refus"
)

// Vecteur is a conformance case.
type Vecteur struct {
	Schema  string `json:"$schema,omitempty"`
	ID      string `json:"id"`
	Titre   string `json:"titre"` // in French
	Famille string `json:"famille"`
	// Operation is the question: what to do with the inputs. docs/conformite.md lists them with their answers.
	Operation string `json:"operation"`
	Nature    Nature `json:"nature"`
	Regle     string `json:"regle"`  // in French
	Source    string `json:"source"` // the public document and its place
	// Parametres are scalars and lists that the operation asks for.
	Parametres map[string]any `json:"parametres,omitempty"`
	// Entrees are files, by the name that the operation knows them under.
	Entrees map[string]Entree `json:"entrees,omitempty"`
	// Profil is "reference" or "scor-cp", which ship with the SDK, or "" when the input named profil holds it.
	Profil string `json:"profil,omitempty"`
	// Scenario is what the test frontal answers, in YAML (docs/frontal.md).
	Scenario string `json:"scenario,omitempty"`
	// Attendu is what the answer must hold: see Comparer.
	Attendu map[string]any `json:"attendu"`

	octets map[string][]byte // of the inputs
}

// Octets are those of an input, nil when the vector has none of that name. They must not be changed.
func (v *Vecteur) Octets(entree string) []byte { return v.octets[entree] }

// ErrVecteur tells of a vector that is not one.
var ErrVecteur = errors.New("kit: not a vector")

const vecteurMax = 1 << 20

var identifiant = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Parse reads one vector. Its inputs must be in it: Open reads those that are files.
func Parse(r io.Reader) (*Vecteur, error) { return parse(r, nil) }

func parse(r io.Reader, lire func(nom string) ([]byte, error)) (*Vecteur, error) {
	b, err := io.ReadAll(io.LimitReader(r, vecteurMax+1))
	if err != nil {
		return nil, err
	}
	if len(b) > vecteurMax {
		return nil, fmt.Errorf("%w: over %d bytes", ErrVecteur, vecteurMax)
	}
	v := new(Vecteur)
	if err := decoder(b, v, true); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrVecteur, err)
	}
	if err := v.verifier(); err != nil {
		return nil, err
	}
	v.octets = map[string][]byte{}
	for nom, e := range v.Entrees {
		if v.octets[nom], err = e.octets(lire); err != nil {
			return nil, fmt.Errorf("%w: %s: input %s: %w", ErrVecteur, v.ID, nom, err)
		}
	}
	return v, nil
}

// decoder reads one JSON value, and nothing after it. Numbers keep their digits.
func decoder(b []byte, v any, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if strict {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// verifier refuses what a vector can't be without. Each is said: an author mends them at once.
func (v *Vecteur) verifier() error {
	var fautes []string
	exiger := func(ok bool, format string, a ...any) {
		if !ok {
			fautes = append(fautes, fmt.Sprintf(format, a...))
		}
	}
	exiger(identifiant.MatchString(v.ID), "id %q, lower case letters and digits with dashes expected", v.ID)
	exiger(slices.Contains(Familles, v.Famille), "famille %q, one of %s expected", v.Famille, strings.Join(Familles, ", "))
	for nom, s := range map[string]string{"titre": v.Titre, "operation": v.Operation, "regle": v.Regle,
		"source": v.Source} {
		exiger(strings.TrimSpace(s) != "", "%s is missing", nom)
	}
	exiger(v.Nature == Acceptation || v.Nature == Refus, "nature %q, acceptation or refus expected", v.Nature)
	accepte, ok := v.Attendu["accepte"].(bool)
	exiger(ok && accepte == (v.Nature == Acceptation), "attendu.accepte is %v for nature %q", v.Attendu["accepte"],
		v.Nature)
	exiger(len(v.Attendu) > 1, "attendu holds accepte alone: a program that says the same to all would pass")
	for nom := range v.Entrees {
		exiger(identifiant.MatchString(nom), "input %q: lower case letters and digits with dashes expected", nom)
	}
	if len(fautes) == 0 {
		return nil
	}
	slices.Sort(fautes)
	return fmt.Errorf("%w: %q: %s", ErrVecteur, v.ID, strings.Join(fautes, "; "))
}
