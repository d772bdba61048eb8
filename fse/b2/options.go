package b2

import (
	"errors"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/routage"
)

// ErrPasB2 says that a file does not begin as a B2 file does.
var ErrPasB2 = errors.New("b2: not a B2 file")

// Option changes how a file is read.
type Option func(*options)

type options struct {
	controles bool
	refuser   Gravite
	version   *Version // nil to tell it by what the file holds
	nom       string
	envoi     fse.Date
	routage   *routage.Table
	originaux *Originaux
}

// WithControles makes a [Reader] check keys, counts and totals on its way; [ParseFichier] always does.
func WithControles() Option { return func(o *options) { o.controles = true } }

// WithRefus makes the first finding of that severity, or a higher one, an error (a *Constat) that ends the reading.
// It implies WithControles.
func WithRefus(g Gravite) Option {
	return func(o *options) { o.refuser, o.controles = g, true }
}

// WithVersion names the zones as that version does. Without it, V2007 serves until a record is seen that the addendum
// brought (3E, 4E, the care pathway in 2S), and V2005E from that invoice on.
func WithVersion(v Version) Option { return func(o *options) { o.version = &v } }

// WithEnvoi gives the day on which the file is, or was, sent: the age of lots is told against it (ARL 5001 and 5002).
// By
// default it is the day of reception that the header may carry, or else the file's own date.
func WithEnvoi(d fse.Date) Option {
	return func(o *options) { o.envoi, o.controles = d, true }
}

// WithRoutage checks the organisms of the insured against the editor's table, and where the table sends them.
func WithRoutage(t *routage.Table) Option {
	return func(o *options) { o.routage, o.controles = t, true }
}

// WithNom gives the file's name, for errors.
func WithNom(nom string) Option { return func(o *options) { o.nom = nom } }
