package suivi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/routage"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Journal is where the events are: retour/suivi/sqlite, retour/suivi/postgres, or the host's own.
type Journal = journal.Journal

// Coffre keeps bytes by their SHA-256 and seals short texts: *coffre.Coffre.
type Coffre interface {
	Deposer(ctx context.Context, r io.Reader) ([32]byte, int64, error)
	Open(ctx context.Context, e [32]byte) (io.ReadCloser, error)
	Supprimer(ctx context.Context, e [32]byte) error
	Sceller(clair, contexte string) (string, error)
	Desceller(texte, contexte string) (string, error)
	Index(domaine, valeur string) string
}

// Config is what a Suivi is made of. Profil, Journal, Coffre and Emetteur are needed; without Expediteur nothing is
// sent, without Boites nothing is received.
type Config struct {
	Profil     *scor.Profil
	Journal    Journal
	Coffre     Coffre
	Emetteur   Emetteur
	Expediteur transport.Expediteur
	Boites     []transport.Boite
	Annuaire   transport.Annuaire // needed when the profile encrypts
	Cles       []transport.Cle    // to open encrypted returns
	// Signataires sign what is sent, where the recipient asks for it; nil: messages aren't signed. As those of Cles, the
	// keys may be in a card or an HSM: while it doesn't answer, what needs it waits.
	Signataires []transport.Signataire

	// Destination says where the pieces of an invoice go, from the editor's routing table; see ParRoutage.
	Destination func(*fse.Facture) (lot.Destination, error)
	// AdresseFactures is the frontal of a file of invoices; nil takes it from the file's record 000 (RRCCC@CCC.RR.rss.fr).
	AdresseFactures func(*fse.Fichier) (string, error)
	// Exigences says which pieces an invoice needs, most often scor.Regles with its context; nil sends whatever is there
	// and misses nothing.
	Exigences func(*fse.Facture) []scor.Exigence
	// Patience is how long a lot whose invoices lack a piece waits, after its ARL+, before what is there leaves without
	// it. 0: at once.
	Patience time.Duration

	Horloge func() time.Time // nil: time.Now
	// SautHorloge is how far ahead of the journal's last event the clock may be before it is doubted; 0: 20 days.
	SautHorloge time.Duration
	Rand        io.Reader // nil: crypto/rand
	// Ancrage has the journal's head attested and kept outside the database: without it nothing shows that its end was cut
	// off.
	Ancrage *Ancrage
	// Titulaire names this worker in leases; it must be its own. "" draws one.
	Titulaire string
	// Bail is how long a step may take before another worker takes it over; 0: 5 minutes. At most an hour.
	Bail time.Duration
	// Paralleles is the number of messages sent at once; 0: 1.
	Paralleles int
	// Observateur watches, for progress and logs; never needed.
	Observateur Observateur
}

// Emetteur is who sends.
type Emetteur struct {
	lot.Emetteur        // type and number of record 000
	Adresse      string // mailbox: From, and where returns come
}

// Fait is a step for a person or a program that watches.
type Fait struct {
	Quand time.Time
	Genre journal.Genre
	Cle   string
	Type  journal.Type
	Texte string // French; nothing personal
}

// Suivi follows the lots, pieces and messages of one sender. Its methods may be called by several goroutines, and by
// several processes that share a journal.
type Suivi struct {
	c   Config
	cal calendrier

	mu      sync.Mutex
	numeros plage
	signe   atomic.Bool // the journal says whose it is
	plein   atomic.Bool // the disk, at the last write
	// coffreSigne: it says of which Coffre.
	coffreSigne atomic.Bool
	// prochainAncrage is when Avancer next looks whether to anchor.
	prochainAncrage time.Time

	lus lotsLus
	// empreintes: under which digests the journal began, once it is known.
	empreintes atomic.Int32

	muVerification sync.Mutex
	verification   comptage
}

// Errors of a Suivi.
var (
	ErrConfig         = errors.New("suivi: configuration")
	ErrLotDifferent   = errors.New("suivi: another content under the same lot")
	ErrPieceEngagee   = errors.New("suivi: the piece is already on its way")
	ErrFactureAbsente = errors.New("suivi: unknown invoice")
)

// Open checks the configuration and readies the journal. It sends nothing.
func Open(ctx context.Context, c Config) (*Suivi, error) {
	var errs []error
	for _, x := range []struct {
		absent bool
		quoi   string
	}{{c.Profil == nil, "Profil"}, {c.Journal == nil, "Journal"}, {c.Coffre == nil, "Coffre"}, {c.Emetteur.Numero == "",
		"Emetteur.Numero"},
		{c.Emetteur.Adresse == "", "Emetteur.Adresse"}} {
		if x.absent {
			errs = append(errs, fmt.Errorf("%w: %s is missing", ErrConfig, x.quoi))
		}
	}
	if c.Bail < 0 || c.Bail > journal.BailMax/2 {
		errs = append(errs, fmt.Errorf("%w: Bail of %v, expected at most %v", ErrConfig, c.Bail, journal.BailMax/2))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if c.Horloge == nil {
		c.Horloge = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Bail == 0 {
		c.Bail = 5 * time.Minute
	}
	if c.Paralleles <= 0 {
		c.Paralleles = 1
	}
	if e, ok := c.Expediteur.(essaiUnique); ok {
		c.Expediteur = e.UnSeulEssai()
	}
	if c.AdresseFactures == nil {
		c.AdresseFactures = adresseEntete
	}
	if c.Titulaire == "" {
		var b [8]byte
		if _, err := io.ReadFull(rand.Reader, b[:]); err != nil {
			return nil, err
		}
		c.Titulaire = hex.EncodeToString(b[:])
	}
	s := &Suivi{c: c, cal: calendrierDe(c.Profil)}
	if err := s.reconnaitre(ctx); err != nil {
		return nil, err
	}
	if err := s.controlerCoffre(ctx); err != nil {
		return nil, err
	}
	if err := s.controlerAncre(ctx); err != nil {
		return nil, err
	}
	if err := s.reprendreSauvegarde(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// adresseEntete: the destination number of record 000 is six zeros, the régime (2), the computer centre (3) and the
// destination organism (3); the frontal is RRCCC@CCC.RR.rss.fr (two billing programs in production).
func adresseEntete(f *fse.Fichier) (string, error) {
	d := f.Destinataire
	if len(d) != 14 {
		return "", fmt.Errorf("suivi: destination number of %d characters in record 000, expected 14", len(d))
	}
	rr, ccc := d[6:8], d[11:14]
	return rr + ccc + "@" + ccc + "." + rr + ".rss.fr", nil
}

// geste is a group of events being prepared, with the versions that they follow from.
type geste struct {
	quand time.Time
	evs   []journal.Evenement
	vus   map[journal.Ref]uint64
}

func nouveauGeste(quand time.Time) *geste {
	return &geste{quand: quand, vus: map[journal.Ref]uint64{}}
}

// sur adds an event of an object as it was read; a second event of the same object follows the first.
func (g *geste) sur(o *journal.Objet, t journal.Type, c journal.Champs) *geste {
	r := o.Ref()
	v, ok := g.vus[r]
	if !ok {
		v = o.Version
	}
	g.vus[r] = v + 1
	g.evs = append(g.evs, journal.Evenement{Genre: r.Genre, Cle: r.Cle, Type: t, Version: v + 1, Champs: c,
		Quand: g.quand})
	return g
}

// nouveau adds the first event of an object.
func (g *geste) nouveau(genre journal.Genre, cle string, t journal.Type, c journal.Champs) *geste {
	return g.sur(&journal.Objet{Genre: genre, Cle: cle}, t, c)
}

// si adds an event only if the table lets it change something: duplicates and late answers are left out here.
func (g *geste) si(o *journal.Objet, t journal.Type, c journal.Champs) bool {
	e := journal.Evenement{Genre: o.Genre, Cle: o.Cle, Type: t, Version: o.Version + 1, Champs: c, Quand: g.quand}
	tr, err := journal.Suivante(journal.Vue{Avant: o, Ev: &e})
	if err != nil || tr.SansEffet {
		return false
	}
	g.sur(o, t, c)
	return true
}

func (s *Suivi) ecrire(ctx context.Context, g *geste) error {
	if len(g.evs) == 0 {
		return nil
	}
	if err := s.signer(ctx, g); err != nil {
		return err
	}
	if err := s.signerCoffre(ctx, g); err != nil {
		return err
	}
	if err := s.c.Journal.Ajouter(ctx, g.evs); err != nil {
		if disquePlein(err) {
			s.plein.Store(true)
		}
		return err
	}
	if s.c.Observateur != nil {
		for i := range g.evs {
			e := &g.evs[i]
			s.c.Observateur.Fait(ctx, Fait{Quand: e.Quand, Genre: e.Genre, Cle: e.Cle, Type: e.Type, Texte: raconter(e)})
		}
	}
	return nil
}

// us is an instant as events hold it.
func us(t time.Time) int64 { return journal.Microsecondes(t) }

const rien = -1 // as a number of an event: takes it back

// compostage is a new identity for a message: AAAAMMJJHHMMSS in UTC, as a public sender writes it, and five digits of a
// number that no other message of this sender has within 100,000.
func (s *Suivi) compostage(ctx context.Context, quand time.Time) (string, error) {
	n, err := s.numero(ctx)
	if err != nil {
		return "", err
	}
	return quand.UTC().Format("20060102150405") + fmt.Sprintf("%05d", n%100000), nil
}

// ParRoutage is a Config.Destination that looks the invoice's organism up in the editor's table.
func ParRoutage(t *routage.Table) func(*fse.Facture) (lot.Destination, error) {
	return func(f *fse.Facture) (lot.Destination, error) {
		r, err := t.Chercher(f.Organisme)
		if err != nil {
			return lot.Destination{}, err
		}
		return lot.Destination{Regime: r.Regime, Organisme: r.Destinataire, Type: r.TypeDestinataire(),
			Numero: r.NumeroDestinataire(), Adresse: r.Adresse()}, nil
	}
}
