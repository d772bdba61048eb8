package journal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
)

// Extrait proves that some events are among the first Tete.Seq of a journal, without showing the others: each by its
// path in the Merkle tree over the links, whose root is Racine. It has the size of its events, whatever that of the
// journal.
type Extrait struct {
	Tete       Tete
	Racine     Condense
	Evenements []EvenementProuve
}

// EvenementProuve is an event with its proof.
type EvenementProuve struct {
	EvenementLisible
	Precedent Condense   // link of the event before
	Chemin    []Condense // from the event's leaf to the root
}

// Contenu is what the event's digest covers, byte for byte.
func (l *EvenementLisible) Contenu() []byte {
	e := Evenement{Seq: l.Seq, Prec: l.Prec, Quand: l.Quand, Genre: l.Genre, Cle: l.Cle, Type: l.Type, Version: l.Version,
		Donnees: []byte(l.Donnees)}
	_, b := e.contenu(nil)
	return b
}

// EvenementLisible is an event as an extract shows it.
type EvenementLisible struct {
	Seq, Prec uint64
	Quand     time.Time
	Genre     Genre
	Cle       string
	Type      Type
	Version   uint64
	Donnees   string // the JSON text, byte for byte: the chain covers it
}

// MarshalText writes hexadecimal digits.
func (c Condense) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads them.
func (c *Condense) UnmarshalText(b []byte) error {
	if err := (*chaine.Condense)(c).UnmarshalText(b); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// Extraire makes the extract of the events of these objects, under the head of the journal, or under tete, an older
// one, if it isn't zero.
func Extraire(ctx context.Context, j Journal, tete Tete, refs ...Ref) (*Extrait, error) {
	if tete.Seq == 0 {
		var err error
		if tete, err = j.Tete(ctx); err != nil {
			return nil, err
		}
	}
	objets, err := j.Objets(ctx, refs...)
	if err != nil {
		return nil, err
	}
	x := &Extrait{Tete: tete}
	for _, o := range objets {
		for e, err := range Histoire(ctx, j, &o) {
			if err != nil {
				return nil, err
			}
			if e.Seq <= tete.Seq {
				x.Evenements = append(x.Evenements, EvenementProuve{EvenementLisible: EvenementLisible{e.Seq, e.Prec, e.Quand,
					e.Genre, e.Cle, e.Type, e.Version, string(e.Donnees)}})
			}
		}
	}
	if len(x.Evenements) == 0 {
		return nil, fmt.Errorf("journal: nothing to extract")
	}
	slices.SortFunc(x.Evenements, func(a, b EvenementProuve) int { return cmp.Compare(a.Seq, b.Seq) })
	return x, x.prouver(ctx, j)
}

// prouver adds the paths, and checks them: what a store keeps of the tree could have been altered.
func (x *Extrait) prouver(ctx context.Context, j Journal) error {
	a, err := nouvelArbre(ctx, j, x.Tete.Seq)
	if err != nil {
		return err
	}
	if x.Racine, err = a.racine(ctx, x.Tete.Seq); err != nil {
		return err
	}
	for i := range x.Evenements {
		e := &x.Evenements[i]
		if e.Chemin, err = a.chemin(ctx, e.Seq, x.Tete.Seq); err != nil {
			return err
		}
		if e.Seq == 1 {
			continue
		}
		avant, err := j.Evenement(ctx, e.Seq-1)
		if err != nil {
			return err
		}
		e.Precedent = avant.Condense
	}
	return x.Verifier()
}

// Verifier proves the extract against its root: each event is where its number says.
func (x *Extrait) Verifier() error {
	if len(x.Evenements) == 0 {
		return &Rupture{Seq: x.Tete.Seq, Quoi: "no event"}
	}
	dernier := uint64(0)
	for i := range x.Evenements {
		e := &x.Evenements[i]
		lien := chaine.Suivant(chaine.Condense(e.Precedent), chaine.Contenu(e.Contenu()))
		chemin := make([]chaine.Condense, len(e.Chemin))
		for i := range chemin {
			chemin[i] = chaine.Condense(e.Chemin[i])
		}
		if e.Seq <= dernier {
			return &Rupture{Seq: e.Seq, Quoi: "the events aren't in order"}
		}
		dernier = e.Seq
		if err := chaine.VerifierChemin(e.Seq-1, x.Tete.Seq, lien, chaine.Condense(x.Racine), chemin); err != nil {
			return &Rupture{Seq: e.Seq, Quoi: "the event isn't the one of the journal", Cause: err}
		}
		if e.Seq == x.Tete.Seq && Condense(lien) != x.Tete.Condense {
			return &Rupture{Seq: e.Seq, Quoi: "the event isn't the journal's last one"}
		}
	}
	return nil
}

// enTeteTexte begins what a head is as a text: what is signed, stamped, kept elsewhere.
const enTeteTexte = "scor-sdk tete 1"

// TexteTete is a head and its root as a text of five lines, the one that is signed or time-stamped: a title with its
// version, the number of the last event, its time, its link and the root of the tree, in hexadecimal.
func TexteTete(t Tete, racine Condense) []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s\n%s\n%s\n", enTeteTexte, t.Seq, t.Quand.UTC().Format(formatTete), t.Condense,
		racine)
}

const formatTete = "2006-01-02T15:04:05.000000Z"

// ParseTete reads what TexteTete wrote, and nothing else.
func ParseTete(b []byte) (t Tete, racine Condense, err error) {
	l := strings.Split(string(b), "\n")
	if len(b) > 1000 || len(l) != 6 || l[0] != enTeteTexte {
		return t, racine, fmt.Errorf("journal: a head of %d bytes, expected five lines after %q", len(b), enTeteTexte)
	}
	t.Seq, err = strconv.ParseUint(l[1], 10, 64)
	if err == nil {
		t.Quand, err = time.Parse(formatTete, l[2])
	}
	if err == nil {
		err = t.Condense.UnmarshalText([]byte(l[3]))
	}
	if err == nil {
		err = racine.UnmarshalText([]byte(l[4]))
	}
	if err == nil && !bytes.Equal(TexteTete(t, racine), b) {
		err = errors.New("not as it is written")
	}
	if err != nil {
		return Tete{}, Condense{}, fmt.Errorf("journal: head unreadable: %w", err)
	}
	return t, racine, nil
}

// Copier writes the events of src into dst, which is empty, chain and times included: a backup, a move to another
// store, a restoration. It ends by comparing the heads, and may be run again after an interruption.
func Copier(ctx context.Context, dst, src Journal) (Tete, error) {
	t, err := dst.Tete(ctx)
	if err != nil {
		return t, err
	}
	lot := make([]Evenement, 0, 1000)
	chaine := NewChaine(t)
	ecrire := func() error {
		if len(lot) == 0 {
			return nil
		}
		err := dst.Ajouter(ctx, lot)
		lot = lot[:0]
		return err
	}
	for e, err := range src.Rejouer(ctx, t.Seq) {
		if err != nil {
			return chaine.Tete(), err
		}
		if err := chaine.Suivre(&e); err != nil {
			return chaine.Tete(), err
		}
		if lot = append(lot, e); len(lot) == cap(lot) {
			if err := ecrire(); err != nil {
				return chaine.Tete(), err
			}
		}
	}
	if err := ecrire(); err != nil {
		return chaine.Tete(), err
	}
	fin, err := dst.Tete(ctx)
	if err == nil && fin.Condense != chaine.Tete().Condense {
		err = &Rupture{Seq: fin.Seq, Quoi: "the copy isn't the original"}
	}
	return fin, err
}
