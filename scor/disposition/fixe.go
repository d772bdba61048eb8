package disposition

import (
	"errors"
	"fmt"
	"io"
	"strconv"
)

// ecrivainFixe writes records of fixed zones.
type ecrivainFixe struct{ *codeur }

func (e *ecrivainFixe) fermer(*noeud) error { return nil }

func (e *ecrivainFixe) ecrire(n *noeud) error {
	c := e.codeur
	c.rec = append(c.rec[:0], n.gabarit...)
	sur := func(i int) []byte { return c.rec[n.zones[i].debut:n.zones[i].fin] }
	var queue *champ
	for i := range n.zones {
		z := &n.zones[i]
		if z.role == roleReserve || z.role == roleFixe || z.role == roleControle {
			continue
		}
		if z.de >= 0 {
			queue = z
			continue
		}
		b, err := c.texte(n, z, sur)
		if err != nil {
			return &ErreurZone{n.nom, z.nom, err}
		}
		z.poser(c.rec, b)
	}
	for i := range n.zones {
		if z := &n.zones[i]; z.role == roleControle {
			b, err := c.texte(n, z, sur)
			if err != nil {
				return &ErreurZone{n.nom, z.nom, err}
			}
			z.poser(c.rec, b)
		}
	}
	if len(n.fixes) == 0 && c.p.reconnaitre(c.rec) != n {
		return &ErreurZone{n.nom, n.zones[0].nom, errAutre}
	}
	if queue != nil {
		return e.document(n, queue)
	}
	return c.ecrireRec(c.rec, n.separateur)
}

// poser puts a text in its zone, which holds its filling already.
func (z *champ) poser(rec, b []byte) {
	if len(b) == 0 {
		return
	}
	zone := rec[z.debut:z.fin]
	if z.droite {
		copy(zone[len(zone)-len(b):], b)
	} else {
		copy(zone, b)
	}
}

// document writes a record that ends with a document: its length is in a zone of the record.
func (e *ecrivainFixe) document(n *noeud, z *champ) error {
	c := e.codeur
	v, ok, err := c.valeur(z)
	if err != nil {
		return &ErreurZone{n.nom, z.nom, err}
	}
	de := &n.zones[z.de]
	annonce, err := de.longueurLue(c.rec)
	if err != nil {
		return &ErreurZone{n.nom, de.nom, errors.New("la longueur du document attendue")}
	}
	if err := c.ecrireRec(c.rec[:n.longueur], ""); err != nil {
		return err
	}
	if ok {
		if err := c.copier(v, annonce); err != nil {
			return &ErreurZone{n.nom, z.nom, err}
		}
	} else if annonce != 0 {
		return &ErreurZone{n.nom, z.nom, errAbsente}
	}
	_, err = io.WriteString(c.w, n.separateur)
	return err
}

// copier writes a document as it is; it has to be as long as announced.
func (c *codeur) copier(v Valeur, annonce int64) error {
	r, err := v.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w := c.w
	for _, x := range c.cumuls {
		w = io.MultiWriter(w, x)
	}
	n, err := io.Copy(w, io.LimitReader(r, annonce+1))
	if err == nil && n != annonce {
		err = fmt.Errorf("un document de %d octets attendu, comme annoncé", annonce)
	}
	return err
}

// longueurLue is the length that a zone of the record tells.
func (z *champ) longueurLue(rec []byte) (int64, error) {
	return strconv.ParseInt(string(trimZeros(z.brut1(rec))), 10, 64)
}

func trimZeros(b []byte) []byte {
	for len(b) > 1 && (b[0] == '0' || b[0] == ' ') {
		b = b[1:]
	}
	for len(b) > 1 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// brut gives the text of a zone without its filling.
func (z *champ) brut1(rec []byte) []byte {
	b := rec[z.debut:z.fin]
	if z.binaire {
		return z.texteOctets(b)
	}
	if !z.droite {
		for len(b) > 0 && b[len(b)-1] == z.remplit {
			b = b[:len(b)-1]
		}
		return b
	}
	if z.remplit != '0' || !z.numerique {
		for len(b) > 0 && b[0] == z.remplit {
			b = b[1:]
		}
	}
	if !z.numerique {
		return b
	}
	// A number may be left blank, and its zeros may be part of an identifier: blanks go on both sides, zeros stay.
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// reconnait says whether the fixed zones of a record are there.
func (n *noeud) reconnait(rec []byte) bool {
	if len(rec) < n.longueur {
		return false
	}
	for _, f := range n.fixes {
		if string(rec[f.place:f.place+len(f.texte)]) != string(f.texte) {
			return false
		}
	}
	return true
}
