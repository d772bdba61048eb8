package journal

import (
	"context"
	"fmt"
	"iter"
	"time"
	"unicode/utf8"
)

// Journal is where the events are. Every method may be called by several goroutines; a store that says so, by several
// processes.
type Journal interface {
	// Ajouter makes the events durable, all or none, in the given order, and returns once they would survive a loss of
	// power. ErrConflit: an object isn't at the version that its event wants. *ErreurTransition: the table refuses.
	Ajouter(ctx context.Context, evs []Evenement) error
	// Rejouer gives the events after seq, in order.
	Rejouer(ctx context.Context, seq uint64) iter.Seq2[Evenement, error]
	// Evenement gives one event.
	Evenement(ctx context.Context, seq uint64) (Evenement, error)
	Tete(ctx context.Context) (Tete, error)

	// Objets gives the objects of refs that exist.
	Objets(ctx context.Context, refs ...Ref) (map[Ref]Objet, error)
	// Chercher gives the objects that fit, in the order of the request.
	Chercher(ctx context.Context, r Requete) iter.Seq2[Objet, error]
	// Compteurs gives the counts, summed over the periods asked for; from and to are inclusive months, empty for no bound.
	Compteurs(ctx context.Context, du, au string) (map[string]int64, error)

	// Prendre leases up to p.Nombre objects of p.Genre whose Echeance is past, for p.Duree, to p.Titulaire. Nobody else
	// gets them before the lease ends. Rendre ends leases early.
	Prendre(ctx context.Context, p Prise) ([]Objet, error)
	Rendre(ctx context.Context, titulaire string, refs ...Ref) error
}

// Agenda is a journal that says in one question what is due: a round that finds nothing then costs next to nothing,
// however many workers make it.
type Agenda interface {
	// Dus gives the kinds of which an object's Echeance is past, and no lease holds it.
	Dus(ctx context.Context, maintenant time.Time) ([]Genre, error)
}

// Prise asks for work.
type Prise struct {
	Genre      Genre
	Cle        string    // only this object, if given
	Maintenant time.Time // against which Echeance is compared: the practice's clock
	Nombre     int
	Titulaire  string
	Duree      time.Duration
}

// Requete selects objects of one kind. Zero fields don't filter.
type Requete struct {
	Genre         Genre
	Etats         []Etat
	Parent        string
	Dans          string
	Patient       string
	Numero        int // of an invoice, whatever its lot: its key ends with it
	Reference     string
	Nature        string
	Periode       string // month of creation, "2026-11"
	Du, Au        int64  // Jour, inclusive
	Attention     int64  // at least
	EcheanceAvant time.Time
	Tri           Tri
	Apres         *Objet // the last one of the page before
	Limite        int    // 0: all
}

// Suffixe is how the key of an invoice of that number ends.
func (r *Requete) Suffixe() string { return fmt.Sprintf("/%09d", r.Numero) }

// FinReference is the end of a reference, by which the stores' index finds the few objects that may have it: digests
// and identifiers differ there.
func FinReference(s string) string {
	const n = 16
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[len(r)-n:])
}

// Precise says whether r names something that few objects share: they are read, then sorted.
func (r *Requete) Precise() bool {
	return r.Parent != "" || r.Dans != "" || r.Patient != "" || r.Reference != ""
}

// PeuDeJours says whether r asks for a month or less: few enough objects to be sorted, where the order of keys would
// read them all.
func (r *Requete) PeuDeJours() bool { return r.Du != 0 && r.Au != 0 && r.Au-r.Du <= 100 }

// Tri is an order of objects.
type Tri uint8

const (
	ParCle        Tri = iota
	ParUrgence        // Attention from high to low, then Limite from near to far (none last), then key
	ParEcheance       // Echeance from near to far, of those that have one; no pages
	ParJour           // Jour from late to early, of those that have one, then Debut from late to early
	ParCleInverse     // key from high to low
)

// Trouver gives one object, its zero when it doesn't exist.
func Trouver(ctx context.Context, j Journal, g Genre, cle string) (Objet, error) {
	r := Ref{g, cle}
	m, err := j.Objets(ctx, r)
	return m[r], err
}

// Histoire gives the events of one object, last first: each event knows the one before.
func Histoire(ctx context.Context, j Journal, o *Objet) iter.Seq2[Evenement, error] {
	return func(yield func(Evenement, error) bool) {
		for seq := o.Dernier; seq > 0; {
			e, err := j.Evenement(ctx, seq)
			if !yield(e, err) || err != nil {
				return
			}
			seq = e.Prec
		}
	}
}
