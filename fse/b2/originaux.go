package b2

import (
	"fmt"
	"reflect"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Originaux keeps the records of a file beside what fse says of it: zones and complements that fse has no name for
// travel with the invoice, and are written with it. The zero value is ready; [WithOriginaux] fills it when a file is
// read, [Writer.Completer] gives it to a writer. It holds personal data.
type Originaux struct {
	entete, fin *Enregistrement
	lots        map[fse.CleLot]*lotOriginal
	factures    map[fse.CleFacture][]*factureOriginale
}

type lotOriginal struct {
	lot        fse.Lot // the header alone
	debut, fin *Enregistrement
	factures   int
}

type factureOriginale struct {
	facture         fse.Facture
	enregistrements []*Enregistrement
}

// WithOriginaux makes [ParseFichier] keep the records that it reads.
func WithOriginaux(o *Originaux) Option { return func(x *options) { x.originaux = o } }

// Completer makes [WriteFichier] write what was read where it is unchanged, byte for byte, and otherwise change in the
// records read the zones that fse has names for, and nothing else. An invoice that o doesn't know is made anew. A line
// added to an invoice is made anew too; one taken away takes its complements with it.
func (w *Writer) Completer(o *Originaux) { w.originaux = o }

// garder takes the reader's current event.
func (o *Originaux) garder(r *Reader, ev evenement) {
	if o.lots == nil {
		o.lots, o.factures = map[fse.CleLot]*lotOriginal{}, map[fse.CleFacture][]*factureOriginale{}
	}
	switch ev {
	case evEntete:
		if o.entete == nil {
			o.entete = r.enr.Copie()
		}
	case evLot:
		if o.lots[r.lot.Cle] == nil {
			o.lots[r.lot.Cle] = &lotOriginal{lot: r.lot, debut: r.enr.Copie()}
		}
	case evFacture:
		x := &factureOriginale{facture: r.decodee}
		for e := range r.facture.Enregistrements() {
			x.enregistrements = append(x.enregistrements, e.Copie())
		}
		o.factures[r.decodee.Cle] = append(o.factures[r.decodee.Cle], x)
		if l := o.lots[r.lot.Cle]; l != nil {
			l.factures++
		}
	case evFinLot:
		if l := o.lots[r.lot.Cle]; l != nil && l.fin == nil {
			l.fin = r.enr.Copie()
		}
	case evFinFichier:
		if o.fin == nil {
			o.fin = r.enr.Copie()
		}
	}
}

// prendre returns the records of the invoice, each time those of another when a file gave it twice; nil for none.
func (o *Originaux) prendre(cle fse.CleFacture) *factureOriginale {
	if o == nil {
		return nil
	}
	l := o.factures[cle]
	if len(l) == 0 {
		return nil
	}
	if len(l) > 1 {
		o.factures[cle] = append(l[1:len(l):len(l)], l[0])
	}
	return l[0]
}

// lot returns the records of a lot, nil for none; intact says that its header is what was read.
func (o *Originaux) lot(l *fse.Lot) (x *lotOriginal, intact bool) {
	if o == nil || o.lots[l.Cle] == nil {
		return nil, false
	}
	x = o.lots[l.Cle]
	y := x.lot
	return x, y.Cle == l.Cle && y.Flux == l.Flux && y.Destinataire == l.Destinataire && y.Norme == l.Norme &&
		y.Partenaire == l.Partenaire && y.Francs == l.Francs
}

// intacte reports whether the invoice is still what was read; what the host knows beside it doesn't count.
func (x *factureOriginale) intacte(f *fse.Facture) bool {
	g := *f
	g.Serie, g.Attributs = x.facture.Serie, x.facture.Attributs
	if len(g.Actes) == 0 {
		g.Actes = x.facture.Actes[:0:0]
	}
	return reflect.DeepEqual(g, x.facture) || len(x.facture.Actes) == 0 && len(f.Actes) == 0 &&
		reflect.DeepEqual(sansActes(g), sansActes(x.facture))
}

func sansActes(f fse.Facture) fse.Facture {
	f.Actes = nil
	return f
}

// recopier writes records as they were read.
func (w *Writer) recopier(enregistrements ...*Enregistrement) error {
	for _, e := range enregistrements {
		if err := w.Write(e); err != nil {
			return err
		}
	}
	return nil
}

// modeles are the records of an invoice that changed, line after line.
type modeles struct {
	tete   []*Enregistrement   // type 2 and its complements
	lignes [][]*Enregistrement // each a line and its complements
	total  *Enregistrement
}

func (x *factureOriginale) modeles() (m modeles) {
	if x == nil {
		return m
	}
	for _, e := range x.enregistrements {
		n := len(m.lignes)
		switch {
		case e.Type == T5:
			m.total = e
		case e.Type == T3 || e.Type == T4:
			m.lignes = append(m.lignes, []*Enregistrement{e})
		case n == 0:
			m.tete = append(m.tete, e)
		default:
			m.lignes[n-1] = append(m.lignes[n-1], e)
		}
	}
	return m
}

// premier returns the base record of the group, and its complements.
func premier(l []*Enregistrement, t Type) (base *Enregistrement, complements []*Enregistrement) {
	if len(l) == 0 || l[0].Type != t || !l[0].Entiere() {
		return nil, nil
	}
	return l[0], l[1:]
}

// suivre writes the complements of a record under the identity of the invoice. Those that it can't name are an error
// rather than lost.
func (w *Writer) suivre(complements []*Enregistrement, prefixe []valeur) error {
	for _, e := range complements {
		c := e.Copie()
		c.Numero = 0
		if e.table() == nil || !e.Entiere() {
			return fmt.Errorf("record %d (type %s) of the invoice read can't be given another content", e.Numero, e.Type)
		}
		if err := w.remplir(c, prefixe); err != nil {
			return err
		}
	}
	return nil
}
