package journal

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memoire is a Journal that forgets when the program ends: for tests and trials.
type Memoire struct {
	mu        sync.Mutex
	evs       []Evenement
	objets    map[Ref]Objet
	compteurs map[Compteur]int64
	tete      Tete
	baux      map[Ref]bail
	horloge   func() time.Time
}

type bail struct {
	qui string
	fin time.Time
}

// NewMemoire returns an empty journal; horloge times the leases, nil for time.Now.
func NewMemoire(horloge func() time.Time) *Memoire {
	if horloge == nil {
		horloge = time.Now
	}
	return &Memoire{objets: map[Ref]Objet{}, compteurs: map[Compteur]int64{}, baux: map[Ref]bail{}, horloge: horloge}
}

func (m *Memoire) Ajouter(_ context.Context, evs []Evenement) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, errs, err := Preparer(m.tete, m.lire, evs)
	if err != nil {
		return err
	}
	if errs[0] != nil {
		return errs[0]
	}
	m.evs = append(m.evs, w.Evenements...)
	for _, o := range w.Objets {
		m.objets[o.Ref()] = o
	}
	for _, r := range w.Rendus {
		delete(m.baux, r)
	}
	for c, n := range w.Compteurs {
		m.compteurs[c] += n
	}
	m.tete = w.Tete
	return nil
}

func (m *Memoire) lire(refs []Ref) (map[Ref]*Objet, error) {
	r := make(map[Ref]*Objet, len(refs))
	for _, k := range refs {
		if o, ok := m.objets[k]; ok {
			r[k] = &o
		}
	}
	return r, nil
}

func (m *Memoire) Rejouer(_ context.Context, seq uint64) iter.Seq2[Evenement, error] {
	return func(yield func(Evenement, error) bool) {
		m.mu.Lock()
		evs := m.evs
		m.mu.Unlock()
		for i := seq; i < uint64(len(evs)); i++ {
			if !yield(evs[i], nil) {
				return
			}
		}
	}
}

func (m *Memoire) Evenement(_ context.Context, seq uint64) (Evenement, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if seq == 0 || seq > uint64(len(m.evs)) {
		return Evenement{}, fmt.Errorf("journal: no event %d", seq)
	}
	return m.evs[seq-1], nil
}

func (m *Memoire) Tete(context.Context) (Tete, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tete, nil
}

func (m *Memoire) Objets(_ context.Context, refs ...Ref) (map[Ref]Objet, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, err := m.lire(refs)
	r := make(map[Ref]Objet, len(l))
	for k, o := range l {
		r[k] = *o
	}
	return r, err
}

// Convient says whether o fits the filters of r.
func (r *Requete) Convient(o *Objet) bool {
	switch {
	case o.Genre != r.Genre,
		r.Tri == ParEcheance && o.Echeance == 0,
		r.Tri == ParJour && o.Jour == 0,
		len(r.Etats) > 0 && !slices.Contains(r.Etats, o.Etat),
		r.Parent != "" && o.Parent != r.Parent,
		r.Dans != "" && o.Dans != r.Dans,
		r.Patient != "" && o.Patient != r.Patient,
		r.Numero != 0 && !strings.HasSuffix(o.Cle, r.Suffixe()),
		r.Reference != "" && o.Reference != r.Reference,
		r.Nature != "" && o.Nature != r.Nature,
		r.Periode != "" && Periode(o.Cree) != r.Periode,
		r.Du != 0 && o.Jour < r.Du,
		r.Au != 0 && o.Jour > r.Au,
		o.Attention < r.Attention,
		!r.EcheanceAvant.IsZero() && (o.Echeance == 0 || o.Echeance > Microsecondes(r.EcheanceAvant)):
		return false
	}
	return true
}

// Comparer orders two objects by the order of r.
func (r *Requete) Comparer(a, b *Objet) int {
	switch r.Tri {
	case ParEcheance:
		return cmp.Or(cmp.Compare(a.Echeance, b.Echeance), cmp.Compare(a.Cle, b.Cle))
	case ParJour:
		return cmp.Or(cmp.Compare(b.Jour, a.Jour), cmp.Compare(b.Debut, a.Debut))
	case ParCleInverse:
		return cmp.Compare(b.Cle, a.Cle)
	case ParUrgence:
		if c := cmp.Compare(b.Attention, a.Attention); c != 0 {
			return c
		}
		if c := cmp.Compare(limiteOuJamais(a), limiteOuJamais(b)); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.Cle, b.Cle)
}

// JamaisUS stands for "no limit" when objects are ordered by it.
const JamaisUS = int64(1) << 62

func limiteOuJamais(o *Objet) int64 {
	if o.Limite == 0 {
		return JamaisUS
	}
	return o.Limite
}

func (m *Memoire) Chercher(_ context.Context, r Requete) iter.Seq2[Objet, error] {
	return func(yield func(Objet, error) bool) {
		m.mu.Lock()
		var l []Objet
		for _, o := range m.objets {
			if r.Convient(&o) && (r.Apres == nil || r.Comparer(r.Apres, &o) < 0) {
				l = append(l, o)
			}
		}
		m.mu.Unlock()
		slices.SortFunc(l, func(a, b Objet) int { return r.Comparer(&a, &b) })
		if r.Limite > 0 && len(l) > r.Limite {
			l = l[:r.Limite]
		}
		for _, o := range l {
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (m *Memoire) Compteurs(_ context.Context, du, au string) (map[string]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := map[string]int64{}
	for c, n := range m.compteurs {
		if n != 0 && c.Periode >= du && (au == "" || c.Periode <= au) {
			r[c.Nom] += n
		}
	}
	return r, nil
}

func (m *Memoire) Prendre(_ context.Context, p Prise) ([]Objet, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	limite, maintenant := Microsecondes(p.Maintenant), m.horloge()
	var l []Objet
	for k, o := range m.objets {
		if k.Genre != p.Genre || p.Cle != "" && k.Cle != p.Cle || o.Echeance == 0 || o.Echeance > limite {
			continue
		}
		if b, ok := m.baux[k]; ok && BailVivant(b.fin, maintenant) {
			continue
		}
		l = append(l, o)
	}
	slices.SortFunc(l, func(a, b Objet) int {
		return cmp.Or(cmp.Compare(a.Echeance, b.Echeance), cmp.Compare(a.Cle, b.Cle))
	})
	if len(l) > p.Nombre {
		l = l[:p.Nombre]
	}
	for _, o := range l {
		m.baux[o.Ref()] = bail{p.Titulaire, maintenant.Add(p.Duree)}
	}
	return l, nil
}

func (m *Memoire) Rendre(_ context.Context, titulaire string, refs ...Ref) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range refs {
		if m.baux[r].qui == titulaire {
			delete(m.baux, r)
		}
	}
	return nil
}

// BailMax is the longest lease; one that ends later was made under a clock that has since been set back, and counts no
// more.
const BailMax = time.Hour

// BailVivant says whether a lease that ends at fin still holds.
func BailVivant(fin, maintenant time.Time) bool {
	return fin.After(maintenant) && fin.Before(maintenant.Add(BailMax))
}
