package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// plis folds a journal as Etats does, in a quarter of the memory: millions of objects are kept packed, and without
// pointers the garbage collector looks at.
type plis struct {
	places map[[16]byte]uint32 // of an object in paquets, by the digest of its kind and key
	blocs  [][]byte
	paquet []place
	tampon []byte
	cle    []byte
	// comptes are the counters that the events make.
	comptes map[cleCompteur]int64
	deltas  deltas
}

// place is where an object is packed; what it took before is lost until the end.
type place struct {
	bloc, de uint32
	octets   uint32
	capacite uint32
}

const tailleBloc = 1 << 20

func newPlis() *plis { return &plis{places: map[[16]byte]uint32{}, comptes: map[cleCompteur]int64{}} }

func (p *plis) nombre() int { return len(p.paquet) }

func (p *plis) empreinte(r Ref) [16]byte {
	p.cle = append(append(append(p.cle[:0], r.Genre...), 0), r.Cle...)
	s := sha256.Sum256(p.cle)
	return [16]byte(s[:16])
}

func (p *plis) octets(r Ref) []byte {
	if r.Cle == "" {
		return nil
	}
	n, ok := p.places[p.empreinte(r)]
	if !ok {
		return nil
	}
	x := p.paquet[n]
	return p.blocs[x.bloc][x.de : x.de+x.octets]
}

// objet unpacks r, nil if nothing was folded of it.
func (p *plis) objet(r Ref) (*Objet, error) {
	b := p.octets(r)
	if b == nil {
		return nil, nil
	}
	return deballer(r, b)
}

func (p *plis) ranger(o *Objet) {
	p.tampon = o.emballer(p.tampon[:0])
	n := uint32(len(p.tampon))
	k := p.empreinte(o.Ref())
	i, ok := p.places[k]
	if !ok {
		i = uint32(len(p.paquet))
		p.places[k] = i
		p.paquet = append(p.paquet, place{})
	}
	x := &p.paquet[i]
	if x.capacite < n {
		// Some room to grow: an object says a little more at each step.
		c := n
		if ok {
			c += n / 8
		}
		if l := len(p.blocs); l == 0 || cap(p.blocs[l-1])-len(p.blocs[l-1]) < int(c) {
			p.blocs = append(p.blocs, make([]byte, 0, max(tailleBloc, int(c))))
		}
		b := &p.blocs[len(p.blocs)-1]
		x.bloc, x.de, x.capacite = uint32(len(p.blocs)-1), uint32(len(*b)), c
		*b = (*b)[:len(*b)+int(c)]
	}
	x.octets = n
	copy(p.blocs[x.bloc][x.de:], p.tampon)
}

// appliquer folds e.
func (p *plis) appliquer(e *Evenement) error {
	o, err := p.objet(e.Ref())
	if err != nil {
		return err
	}
	if o == nil {
		o = &Objet{}
	}
	rp, rd := Lies(o, e)
	if e.Prec != o.Dernier {
		return fmt.Errorf("previous event of the object is %d, not %d", o.Dernier, e.Prec)
	}
	parent, err := p.objet(rp)
	if err != nil {
		return err
	}
	dans, err := p.objet(rd)
	if err != nil {
		return err
	}
	avant := compteDe(o)
	if err := o.plier(e, parent, dans); err != nil {
		return err
	}
	p.deltas = p.deltas[:0]
	p.deltas.compter(&avant, o, e)
	for _, d := range p.deltas {
		if p.comptes[d.c] += d.n; p.comptes[d.c] == 0 {
			delete(p.comptes, d.c)
		}
	}
	p.ranger(o)
	return nil
}

// egal says whether o is what was folded.
func (p *plis) egal(o *Objet) bool {
	b := p.octets(o.Ref())
	p.tampon = o.emballer(p.tampon[:0])
	return b != nil && bytes.Equal(b, p.tampon)
}

// emballer appends all of o but its Ref.
func (o *Objet) emballer(b []byte) []byte {
	b = binary.AppendUvarint(b, o.Version)
	b = binary.AppendUvarint(b, o.Dernier)
	b = binary.AppendUvarint(b, o.Debut)
	b = binary.AppendVarint(b, Microsecondes(o.Cree))
	b = binary.AppendVarint(b, Microsecondes(o.Modifie))
	b = binary.AppendUvarint(b, uint64(len(o.Etat)))
	b = append(b, o.Etat...)
	for i := range tous {
		if f := &tous[i]; f.texte != nil {
			if s := *f.texte(&o.Champs); s != "" {
				b = append(binary.AppendUvarint(append(b, byte(i)), uint64(len(s))), s...)
			}
		} else if n := *f.nombre(&o.Champs); n != 0 {
			b = binary.AppendVarint(append(b, byte(i)), n)
		}
	}
	return b
}

func deballer(r Ref, b []byte) (*Objet, error) {
	o := &Objet{Genre: r.Genre, Cle: r.Cle}
	s := string(b) // once: the texts are parts of it
	i, bon := 0, true
	entier := func() (u uint64) {
		u, n := binary.Uvarint(b[i:])
		bon = bon && n > 0
		i += max(n, 0)
		return u
	}
	signe := func() (v int64) {
		v, n := binary.Varint(b[i:])
		bon = bon && n > 0
		i += max(n, 0)
		return v
	}
	texte := func() string {
		n := entier()
		if n > uint64(len(s)-i) {
			bon = false
			return ""
		}
		i += int(n)
		return s[i-int(n) : i]
	}
	o.Version, o.Dernier, o.Debut = entier(), entier(), entier()
	o.Cree, o.Modifie = Instant(signe()), Instant(signe())
	o.Etat = Etat(texte())
	for bon && i < len(b) {
		n := int(b[i])
		i++
		if n >= len(tous) {
			bon = false
		} else if f := &tous[n]; f.texte != nil {
			*f.texte(&o.Champs) = texte()
		} else {
			*f.nombre(&o.Champs) = signe()
		}
	}
	if !bon {
		return nil, fmt.Errorf("journal: packed %s unreadable", r.Genre)
	}
	return o, nil
}
