package suivi

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Filtre selects what Synthese lists and counts. Its zero value takes everything.
type Filtre struct {
	Du, Au  string          // months of creation, "2026-03": for the counts
	Genres  []journal.Genre // of the list; empty: all
	Urgence int             // least urgency: 1 to look at, 2 to do, 3 urgent; 0: 1
	Limite  int             // lines of a page; 0: 50
	Suite   string          // Synthese.Suite of the page before
}

// Synthese is what a person needs to see: what goes well is counted, what needs somebody is listed, first the most
// urgent.
type Synthese struct {
	Quand   time.Time        `json:"quand"`
	Resume  string           `json:"resume"` // one sentence
	Comptes map[string]int64 `json:"comptes"`
	// Lignes is a page of what needs a person.
	Lignes []Ligne `json:"lignes"`
	Total  int64   `json:"total"` // lines of all pages
	// Totaux are the lines by kind, of all that needs a person: of the kinds that Filtre leaves out too.
	Totaux map[journal.Genre]int64 `json:"totaux"`
	Suite  string                  `json:"suite,omitempty"` // next page
	// Indicateurs over the same months.
	Indicateurs Indicateurs `json:"indicateurs"`
	// Remarques on the practice: verification period, clock.
	Remarques []string `json:"remarques,omitempty"`
}

// Ligne is something that needs a person.
type Ligne struct {
	Genre   journal.Genre `json:"genre"`
	Cle     string        `json:"cle"`
	Urgence int           `json:"urgence"`
	Etat    journal.Etat  `json:"etat"`
	Quoi    string        `json:"quoi"` // what happened
	Conseil string        `json:"conseil,omitempty"`
	Facture string        `json:"facture,omitempty"`
	Assure  string        `json:"assure,omitempty"` // masked
	// Concerne names the first invoices and pieces of a lot or message; Nombre counts what it holds.
	Concerne []Concernee `json:"concerne,omitempty"`
	Nombre   int64       `json:"nombre,omitempty"`
	Depuis   time.Time   `json:"depuis"`
	Avant    time.Time   `json:"avant,omitzero"` // when to have acted
	// AvantLe is Avant for people.
	AvantLe string   `json:"avant_le,omitempty"`
	Actions []Action `json:"actions"`
}

// Concernee is an invoice of a lot, with its piece where the lot is one of pieces.
type Concernee struct {
	Facture string `json:"facture"`
	Assure  string `json:"assure,omitempty"` // masked
	Piece   string `json:"piece,omitempty"`
}

type curseur struct {
	Genre     int
	Attention int64
	Limite    int64
	Cle       string
}

// ErrSuite says that Filtre.Suite isn't one that Synthese gave.
var ErrSuite = errors.New("suivi: unknown page")

// Synthese gives a page of what needs a person, and the counts. It reads materialised objects and counts: its cost is
// that of the page, not of the journal.
func (s *Suivi) Synthese(ctx context.Context, f Filtre) (*Synthese, error) {
	if f.Limite <= 0 {
		f.Limite = 50
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return nil, err
	}
	comptes, err := s.c.Journal.Compteurs(ctx, f.Du, f.Au)
	if err != nil {
		return nil, err
	}
	y := &Synthese{Quand: quand, Comptes: map[string]int64{}, Lignes: []Ligne{}, Indicateurs: indicateurs(comptes,
		s.c.Profil)}
	for nom, n := range comptes {
		if g, e, ok := strings.Cut(nom, "/"); ok && slices.Contains(journal.Genres(), journal.Genre(g)) &&
			!strings.Contains(e, "/") {
			y.Comptes[nom] = n
		}
	}
	tous := comptes
	if f.Du != "" || f.Au != "" { // the list has what asks for a person now, whenever it began
		if tous, err = s.c.Journal.Compteurs(ctx, "", ""); err != nil {
			return nil, err
		}
	}
	y.Total = f.total(tous)
	y.Totaux = map[journal.Genre]int64{}
	for _, g := range journal.Genres() {
		par := Filtre{Urgence: f.Urgence, Genres: []journal.Genre{g}}
		y.Totaux[g] = par.total(tous)
	}
	y.Resume = resumer(comptes, y.Total)
	objets, suite, err := s.aTraiter(ctx, &f)
	if err != nil {
		return nil, err
	}
	y.Suite = suite
	if err := s.remarques(ctx, y); err != nil {
		return nil, err
	}
	y.Lignes, err = s.lignes(ctx, objets)
	return y, err
}

// total counts the lines that f lists.
func (f *Filtre) total(comptes map[string]int64) (total int64) {
	for nom, n := range comptes {
		r, ok := strings.CutPrefix(nom, journal.CompteAction)
		if !ok {
			continue
		}
		genre, niveau, _ := strings.Cut(r, "/")
		if niveau >= fmt.Sprint(max(1, f.Urgence)) &&
			(len(f.Genres) == 0 || slices.Contains(f.Genres, journal.Genre(genre))) {
			total += n
		}
	}
	return total
}

// aTraiter merges the kinds by urgency.
func (s *Suivi) aTraiter(ctx context.Context, f *Filtre) ([]journal.Objet, string, error) {
	var c *curseur
	if f.Suite != "" {
		b, err := base64.RawURLEncoding.DecodeString(f.Suite)
		if err != nil || json.Unmarshal(b, &c) != nil || c == nil {
			return nil, "", ErrSuite
		}
	}
	genres := journal.Genres()
	ordre := func(o *journal.Objet) (int64, int64, int) {
		return -o.Attention, cmp.Or(o.Limite, journal.JamaisUS), slices.Index(genres, o.Genre)
	}
	var l []journal.Objet
	for i, g := range genres {
		if len(f.Genres) > 0 && !slices.Contains(f.Genres, g) {
			continue
		}
		r := journal.Requete{Genre: g, Attention: int64(max(1, f.Urgence)), Tri: journal.ParUrgence, Limite: f.Limite + 1}
		if c != nil {
			a := &journal.Objet{Genre: g, Cle: c.Cle}
			a.Attention, a.Limite = c.Attention, c.Limite
			switch {
			case i < c.Genre:
				a.Cle = "\U0010ffff" // this kind's objects of that urgency were given before
			case i > c.Genre:
				a.Cle = ""
			}
			r.Apres = a
		}
		for o, err := range s.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return nil, "", err
			}
			l = append(l, o)
		}
	}
	slices.SortFunc(l, func(a, b journal.Objet) int {
		a1, a2, a3 := ordre(&a)
		b1, b2, b3 := ordre(&b)
		return cmp.Or(cmp.Compare(a1, b1), cmp.Compare(a2, b2), cmp.Compare(a3, b3), cmp.Compare(a.Cle, b.Cle))
	})
	if len(l) <= f.Limite {
		return l, "", nil
	}
	l = l[:f.Limite]
	d := &l[len(l)-1]
	b, err := json.Marshal(curseur{slices.Index(genres, d.Genre), d.Attention, d.Limite, d.Cle})
	return l, base64.RawURLEncoding.EncodeToString(b), err
}

// lignes shows objects, with the first invoices of each lot and message.
func (s *Suivi) lignes(ctx context.Context, objets []journal.Objet) ([]Ligne, error) {
	l, err := s.lignesCourtes(ctx, objets)
	if err != nil {
		return nil, err
	}
	for i := range objets {
		switch o := &objets[i]; o.Genre {
		case journal.LotScor, journal.LotFactures, journal.Message:
			if l[i].Concerne, err = s.concernees(ctx, o); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

// lignesCourtes shows objects without what lots and messages hold, which takes a search for each.
func (s *Suivi) lignesCourtes(ctx context.Context, objets []journal.Objet) ([]Ligne, error) {
	var refs []journal.Ref
	for i := range objets {
		if o := &objets[i]; o.Genre == journal.Piece && o.Parent != "" {
			refs = append(refs, journal.Ref{Genre: journal.Facture, Cle: o.Parent})
		}
	}
	factures, err := s.c.Journal.Objets(ctx, refs...)
	if err != nil {
		return nil, err
	}
	l := make([]Ligne, len(objets))
	for i := range objets {
		o := &objets[i]
		x := Ligne{Genre: o.Genre, Cle: o.Cle, Urgence: int(o.Attention), Etat: o.Etat, Depuis: o.Modifie,
			Avant: journal.Instant(o.Limite), Actions: s.Actions(o)}
		if x.Actions == nil {
			x.Actions = []Action{}
		}
		if !x.Avant.IsZero() {
			x.AvantLe = s.cal.c.Lisible(x.Avant)
		}
		switch o.Genre {
		case journal.Piece:
			x.Facture = o.Parent
			f := factures[journal.Ref{Genre: journal.Facture, Cle: o.Parent}]
			x.Assure = f.Precis
		case journal.Facture:
			x.Facture, x.Assure = o.Cle, o.Precis
		case journal.LotScor, journal.LotFactures, journal.Message:
			x.Nombre = o.Nombre
		}
		x.Quoi, x.Conseil = s.langue().Phrases(o)
		l[i] = x
	}
	return l, nil
}

// maxConcernees bounds what a line shows of a lot.
const maxConcernees = 10

// concernees gives the first invoices, and pieces, of a lot or message.
func (s *Suivi) concernees(ctx context.Context, o *journal.Objet) ([]Concernee, error) {
	lots := []journal.Objet{*o}
	if o.Genre == journal.Message {
		var err error
		if lots, err = s.lotsDuMessage(ctx, o); err != nil {
			return nil, err
		}
	}
	var l []Concernee
	var refs []journal.Ref
	for i := range lots {
		r := journal.Requete{Genre: journal.Facture, Parent: lots[i].Cle, Limite: maxConcernees - len(l)}
		if lots[i].Genre == journal.LotScor {
			r = journal.Requete{Genre: journal.Piece, Dans: lots[i].Cle, Limite: maxConcernees - len(l)}
		}
		if r.Limite <= 0 {
			break
		}
		for x, err := range s.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return nil, err
			}
			c := Concernee{Facture: x.Cle}
			if x.Genre == journal.Piece {
				c = Concernee{Facture: x.Parent, Piece: x.Cle}
			}
			l = append(l, c)
			refs = append(refs, journal.Ref{Genre: journal.Facture, Cle: c.Facture})
		}
	}
	factures, err := s.c.Journal.Objets(ctx, refs...)
	if err != nil {
		return nil, err
	}
	for i := range l {
		f := factures[refs[i]]
		l[i].Assure = f.Precis
	}
	return l, nil
}

func resumer(c map[string]int64, aTraiter int64) string {
	attente := c["piece/"+string(journal.EnLot)] + c["piece/"+string(journal.Constitue)] - parMode(c, etats.ModeGarde)
	s := fmt.Sprintf("%s, %d en route ou en attente", pluriel(acquittees(c), "pièce acquittée", "pièces acquittées"),
		max(0, attente))
	if aTraiter == 0 {
		return s + " ; rien à faire."
	}
	return s + " ; " + pluriel(aTraiter, "point demande", "points demandent") + " votre attention."
}

func pluriel(n int64, un, plusieurs string) string {
	if n < 2 {
		return fmt.Sprintf("%d %s", n, un)
	}
	return fmt.Sprintf("%d %s", n, plusieurs)
}
