package ecrans

import (
	"errors"
	"net/http"
)

// Droit is what a person may do; they add up.
type Droit uint8

// The rights. A screen, or an act, for which a person has none is refused in words, and isn't offered.
const (
	Lire       Droit = 1 << iota // see invoices, pieces, lots and figures
	Documents                    // open the documents themselves, and the proof packs
	Intervenir                   // decide what the synthesis offers
	Deposer                      // scan and deposit pieces
	Signer                       // see the bordereaux, and take a signature back
	Controler                    // search, draw and export the pieces kept for the caisse's random controls

	TousDroits = Lire | Documents | Intervenir | Deposer | Signer | Controler
)

// Peut says whether all of x are in d.
func (d Droit) Peut(x Droit) bool { return d&x == x }

// Personne is who is before the screen.
type Personne struct {
	ID      string // kept in the journal with what is decided: the host's own name for a user, never a patient's
	Nom     string // shown
	Cabinet string // shown: the office or establishment
	Droits  Droit
	Sortie  string // address of the host's page that signs out; "": none is shown
}

// Acces is the host's own login: the screens have none. They ask it at each request, so that whoever is signed out, or
// loses a right, has lost it at the next click.
type Acces interface {
	// Personne says who asks. ErrInconnue: nobody is signed in; another error is the host's, and is logged.
	Personne(r *http.Request) (Personne, error)
}

// AccesFunc is an Acces of one function.
type AccesFunc func(*http.Request) (Personne, error)

// Personne implements Acces.
func (f AccesFunc) Personne(r *http.Request) (Personne, error) { return f(r) }

// ErrInconnue says that nobody is signed in.
var ErrInconnue = errors.New("ecrans: nobody is signed in")
