package journal

import (
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// Compteur is one line of the counts that the stores keep beside the objects, so that a synthesis of a million pieces
// reads a few dozen lines: how many objects created in Periode (a month, "2026-11") are in the state that Nom says.
type Compteur struct {
	Periode string
	Nom     string
}

// Ecriture is what a store writes in one transaction.
type Ecriture struct {
	Evenements []Evenement
	Objets     []Objet  // last image of each object touched
	Avants     []*Objet // Objets[i] before the transaction, as Source gave it; nil if it is new
	Compteurs  map[Compteur]int64
	Tete       Tete
	// Rendus are the objects whose lease ends: their step is taken. A message being composed or sent keeps its own.
	Rendus []Ref
}

// Source reads the objects as they are before the transaction; absent objects are left out of the answer. A store reads
// them with its lock held, and may keep them: they are not changed.
type Source func(refs []Ref) (map[Ref]*Objet, error)

// Preparer chains and folds groups after tete, reading every object. Each group is all or nothing: errs[i] is nil or
// why group i is left out of the Ecriture. The error is the source's.
func Preparer(tete Tete, lire Source, groupes ...[]Evenement) (Ecriture, []error, error) {
	return preparer(tete, lire, true, groupes)
}

// PreparerNeufs is Preparer without reading the objects whose first event is given: the store's own uniqueness of keys
// finds those that exist already, and the store then begins anew with Preparer.
func PreparerNeufs(tete Tete, lire Source, groupes ...[]Evenement) (Ecriture, []error, error) {
	return preparer(tete, lire, false, groupes)
}

// demandes gathers each reference once.
type demandes struct {
	vues map[Ref]struct{}
	refs []Ref
}

func (d *demandes) ajouter(r Ref) {
	if r.Cle == "" {
		return
	}
	if _, ok := d.vues[r]; !ok {
		d.vues[r] = struct{}{}
		d.refs = append(d.refs, r)
	}
}

// Demandees are the objects that Preparer reads first for groups: a store may read them in the same exchange as the
// head, under its lock.
func Demandees(groupes ...[]Evenement) []Ref { return demandees(true, groupes).refs }

func demandees(tout bool, groupes [][]Evenement) *demandes {
	l := &demandes{vues: map[Ref]struct{}{}}
	for _, g := range groupes {
		for i := range g {
			if tout || g[i].Version > 1 {
				l.ajouter(g[i].Ref())
			}
			p, d := Lies(&Objet{}, &g[i])
			l.ajouter(p)
			l.ajouter(d)
		}
	}
	return l
}

func preparer(tete Tete, lire Source, tout bool, groupes [][]Evenement) (Ecriture, []error, error) {
	w := Ecriture{Compteurs: map[Compteur]int64{}, Tete: tete}
	errs := make([]error, len(groupes))
	n := 0
	for _, g := range groupes {
		n += len(g)
	}
	l := demandees(tout, groupes)
	avant, err := lire(l.refs)
	if err != nil {
		return w, nil, err
	}
	// Lots that pieces leave are known only once the pieces are read.
	l.refs = l.refs[:0]
	for _, g := range groupes {
		for i := range g {
			if o, ok := avant[g[i].Ref()]; ok {
				p, d := Lies(o, &g[i])
				l.ajouter(p)
				l.ajouter(d)
			}
		}
	}
	if len(l.refs) > 0 {
		suite, err := lire(l.refs)
		if err != nil {
			return w, nil, err
		}
		for r, o := range suite {
			avant[r] = o
		}
	}
	w.Evenements = make([]Evenement, 0, n)
	w.Objets, w.Avants = make([]Objet, 0, n), make([]*Objet, 0, n)
	p := pliage{base: avant, places: make(map[Ref]int, n), w: &w, comptes: map[cleCompteur]int64{}}
	for i, g := range groupes {
		errs[i] = p.groupe(g)
	}
	for c, n := range p.comptes {
		if n != 0 {
			w.Compteurs[c.compteur()] += n
		}
	}
	for i := range w.Objets {
		o := &w.Objets[i]
		// Only what was due can be leased.
		if a := w.Avants[i]; a != nil && a.Echeance > 0 && (o.Genre != Message || o.Etat != Constitue && o.Etat != EnEnvoi) {
			w.Rendus = append(w.Rendus, o.Ref())
		}
	}
	return w, errs, nil
}

// pliage folds groups into w: its capacities are made for them all, so that pointers into it stay good.
type pliage struct {
	base    map[Ref]*Objet
	places  map[Ref]int // in w.Objets
	w       *Ecriture
	tampon  []byte
	donnees []byte
	deltas  deltas
	// comptes become the Ecriture's Compteurs.
	comptes map[cleCompteur]int64
}

// lie is the object of r as it is now, nil if there is none.
func (p *pliage) lie(r Ref) *Objet {
	if r.Cle == "" {
		return nil
	}
	if i, ok := p.places[r]; ok {
		return &p.w.Objets[i]
	}
	return p.base[r]
}

// ecrire is c as JSON, in a buffer that many events share.
func (p *pliage) ecrire(c *Champs) []byte {
	if cap(p.donnees)-len(p.donnees) < 512 {
		p.donnees = make([]byte, 0, 16<<10)
	}
	debut := len(p.donnees)
	p.donnees = c.Append(p.donnees)
	return p.donnees[debut:len(p.donnees):len(p.donnees)]
}

// groupe folds one group; on error everything is as before it.
func (p *pliage) groupe(g []Evenement) error {
	if len(g) == 0 {
		return errors.New("journal: no event")
	}
	w := p.w
	tete, nbEvs, nbObjets := w.Tete, len(w.Evenements), len(w.Objets)
	var sauves map[int]Objet // those that earlier groups folded
	p.deltas = p.deltas[:0]
	annuler := func(err error) error {
		for i := nbObjets; i < len(w.Objets); i++ {
			delete(p.places, w.Objets[i].Ref())
		}
		w.Tete, w.Evenements, w.Objets, w.Avants = tete, w.Evenements[:nbEvs], w.Objets[:nbObjets], w.Avants[:nbObjets]
		for i, o := range sauves {
			w.Objets[i] = o
		}
		return err
	}
	for i := range g {
		w.Evenements = append(w.Evenements, g[i])
		e := &w.Evenements[len(w.Evenements)-1]
		e.Quand = e.Quand.UTC().Truncate(time.Microsecond)
		if e.Quand.Before(w.Tete.Quand) {
			e.Quand = w.Tete.Quand
		}
		if e.Cle == "" || !utf8.ValidString(e.Cle) || e.Quand.IsZero() {
			return annuler(fmt.Errorf("journal: event %q of a %s without key, with one that isn't UTF-8, or without time",
				e.Type, e.Genre))
		}
		e.Champs.assainir()
		r := e.Ref()
		place, connu := p.places[r]
		switch {
		case !connu:
			place = len(w.Objets)
			avant := p.base[r]
			if avant != nil {
				w.Objets = append(w.Objets, *avant)
			} else {
				w.Objets = append(w.Objets, Objet{Genre: e.Genre, Cle: e.Cle})
			}
			w.Avants = append(w.Avants, avant)
			p.places[r] = place
		case place < nbObjets:
			if _, ok := sauves[place]; !ok {
				if sauves == nil {
					sauves = map[int]Objet{}
				}
				sauves[place] = w.Objets[place]
			}
		}
		o := &w.Objets[place]
		e.Seq, e.Prec = w.Tete.Seq+1, o.Dernier
		rp, rd := Lies(o, e)
		avant := compteDe(o)
		if err := o.plier(e, p.lie(rp), p.lie(rd)); err != nil {
			return annuler(err)
		}
		e.Donnees = p.ecrire(&e.Champs)
		e.Condense, p.tampon = condenser(w.Tete.Condense, e, p.tampon)
		w.Tete = Tete{Seq: e.Seq, Quand: e.Quand, Condense: e.Condense}
		p.deltas.compter(&avant, o, e)
	}
	for _, d := range p.deltas {
		p.comptes[d.c] += d.n
	}
	return nil
}

// compte is what the counts look at in an object before a step.
type compte struct {
	Version      uint64
	Etat         Etat
	Nature, Mode string
	Attention    int64
	euros        euros
}

func compteDe(o *Objet) compte {
	return compte{o.Version, o.Etat, o.Nature, o.Mode, o.Attention, eurosDe(o)}
}

// euros are the amounts of an invoice as the counts have them, in cents.
type euros struct{ demande, paye, rejete int64 }

func eurosDe(o *Objet) (e euros) {
	if o.Genre != Facture || o.Demande == 0 && o.Paye == "" {
		return e
	}
	e.paye, _ = strconv.ParseInt(o.Paye, 10, 64) // "" is none
	if o.Etat != Refacture {                     // whose new number asks
		e.demande = o.Demande
	}
	if o.Etat == Rejet {
		e.rejete = o.Demande
	}
	return e
}

type delta struct {
	c cleCompteur
	n int64
}

// deltas are the changes of one group, kept apart until it is taken whole: mostly the same few, event after event.
type deltas []delta

func (d *deltas) ajouter(c cleCompteur, n int64) {
	for i := range *d {
		if x := &(*d)[i]; x.c == c {
			x.n += n
			return
		}
		if i == 32 {
			break
		}
	}
	*d = append(*d, delta{c, n})
}

// cleCompteur is a Compteur not yet written out: millions of steps add to a few dozen counts.
type cleCompteur struct {
	mois          int // year * 12 + month
	prefixe, a, b string
}

func (c cleCompteur) compteur() Compteur {
	nom := c.prefixe + c.a
	if c.b != "" {
		nom += "/" + c.b
	}
	return Compteur{fmt.Sprintf("%04d-%02d", c.mois/12, c.mois%12+1), nom}
}

func mois(t time.Time) int {
	a, m, _ := t.UTC().Date()
	return a*12 + int(m) - 1
}

// Periode is the month that an instant is counted in.
func Periode(t time.Time) string { return t.UTC().Format("2006-01") }

// Names of counters beside "<kind>/<state>".
const (
	CompteARL      = "delai/arl-nombre"   // SCOR lots answered
	CompteARLTemps = "delai/arl-secondes" // seconds from first attempt to ARL+, summed
	CompteCause    = "cause/"             // + "<kind>/<event>/<code>": rejects by cause
	CompteType     = "nature/"            // + "<nature>/<state>": pieces by type
	// + "<mode>/<nature>": pieces by the way they went (scor, papier, manuel) and type
	CompteMode   = "mode/"
	CompteAction = "attention/" // + "<kind>/<level>": what asks for a person
	CompteEuros  = "euros/"     // + "<caisse>/<demandes, payes or rejetes>": cents
)

// What CompteEuros counts for a caisse.
const (
	EurosDemandes = "demandes"
	EurosPayes    = "payes"
	EurosRejetes  = "rejetes"
)

// compterEuros adds what the step changes in the amounts of a caisse.
func (d *deltas) compterEuros(m int, avant *compte, apres *Objet) {
	x := eurosDe(apres)
	for _, v := range [...]struct {
		nom string
		n   int64
	}{{EurosDemandes, x.demande - avant.euros.demande}, {EurosPayes, x.paye - avant.euros.paye},
		{EurosRejetes, x.rejete - avant.euros.rejete}} {
		if v.n != 0 {
			d.ajouter(cleCompteur{m, CompteEuros, apres.Caisse, v.nom}, v.n)
		}
	}
}

// compter adds what the step from avant to apres changes in the counts.
func (d *deltas) compter(avant *compte, apres *Objet, e *Evenement) {
	m := mois(apres.Cree)
	bouge := func(prefixe, a0, b0, a1, b1 string) {
		if avant.Version > 0 && a0 != "" {
			d.ajouter(cleCompteur{m, prefixe, a0, b0}, -1)
		}
		if a1 != "" {
			d.ajouter(cleCompteur{m, prefixe, a1, b1}, 1)
		}
	}
	g := string(apres.Genre)
	change := avant.Version == 0 || avant.Etat != apres.Etat
	if change {
		bouge("", g, string(avant.Etat), g, string(apres.Etat))
	}
	if (apres.Genre == Piece || apres.Genre == Facture) && (change || avant.Nature != apres.Nature) {
		prefixe := CompteType + "piece/"
		if apres.Genre == Facture {
			prefixe = CompteType + "facture/"
		}
		bouge(prefixe, avant.Nature, string(avant.Etat), apres.Nature, string(apres.Etat))
	}
	if apres.Genre == Piece && (avant.Mode != apres.Mode || avant.Nature != apres.Nature) {
		bouge(CompteMode, avant.Mode, avant.Nature, apres.Mode, apres.Nature)
	}
	if avant.Attention != apres.Attention {
		if avant.Attention > 0 {
			d.ajouter(cleCompteur{m, CompteAction, g, chiffre(avant.Attention)}, -1)
		}
		if apres.Attention > 0 {
			d.ajouter(cleCompteur{m, CompteAction, g, chiffre(apres.Attention)}, 1)
		}
	}
	d.compterEuros(m, avant, apres)
	switch e.Type {
	case RecevoirARLNegatif, RecevoirMdS, RecevoirANR, Rejeter, Refuser:
		quand := mois(e.Quand)
		if apres.Genre == Piece {
			quand = m // with the piece's other counts: a rate has both its terms in one period
		}
		d.ajouter(cleCompteur{quand, CompteCause, g + "/" + string(e.Type) + "/" + e.Champs.Code, ""}, 1)
	case RecevoirARLPositif:
		if e.Genre == LotScor && avant.Etat != ARLPositif && apres.Champs.Premier > 0 {
			d.ajouter(cleCompteur{mois(e.Quand), CompteARL, "", ""}, 1)
			d.ajouter(cleCompteur{mois(e.Quand), CompteARLTemps, "", ""},
				max(0, Microsecondes(e.Quand)-apres.Champs.Premier)/1e6)
		}
	}
}

func chiffre(n int64) string { return string(rune('0' + n%10)) }
