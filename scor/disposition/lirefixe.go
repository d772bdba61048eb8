package disposition

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// fixes reads records of fixed zones.
func (d *decodeur) fixes(r io.Reader) error {
	p := d.p
	br := bufio.NewReaderSize(r, max(64<<10, p.longMax+16))
	for {
		if err := p.debutRec(br); err != nil {
			if err != io.EOF {
				return err
			}
			d.finFichier()
			return nil
		}
		d.numero++
		d.trace.commencer(br.Buffered())
		rec, err := br.Peek(p.longMax)
		if err != nil && err != io.EOF {
			return err
		}
		n := p.reconnaitre(rec)
		if n == nil {
			if !d.inconnu(br, rec) {
				return nil
			}
			continue
		}
		rec = rec[:n.longueur]
		d.placer(n)
		d.lireRec(n, rec)
		d.trace.fixe(d, n, rec)
		if err := d.consommer(br, n, rec); err != nil {
			return err
		}
	}
}

// debutRec goes to the next record: beyond line ends, unless its bytes may look like some.
func (p *programme) debutRec(br *bufio.Reader) error {
	if p.binaire {
		_, err := br.Peek(1)
		return err
	}
	return passerFins(br)
}

func (p *programme) reconnaitre(rec []byte) *noeud {
	for _, n := range p.reconnus {
		if n.reconnait(rec) {
			return n
		}
	}
	return nil
}

// inconnu tells of a record that is none of the layout's, and goes to the next one, if it can be found.
func (d *decodeur) inconnu(br *bufio.Reader, rec []byte) bool {
	p := d.p
	if p.unie > 0 {
		d.trace.inconnu(d, min(len(rec), p.unie))
	}
	switch {
	case p.unie > 0 && len(rec) < p.unie:
		d.faute(Structure, nil, nil, "%d octets, %d attendus", len(rec), p.unie)
		d.finFichier()
		return false
	case p.unie > 0:
		d.faute(Structure, nil, nil, "enregistrement inconnu : aucun de la disposition ne commence ainsi")
		br.Discard(p.unie)
		return true
	}
	d.faute(Structure, nil, nil, "enregistrement inconnu, ou coupé")
	separateur := p.f.Separateur
	if separateur == "" {
		separateur = "\n"
	}
	suite := passerApres(br, separateur)
	d.trace.jusquIci(d, br.Buffered(), separateur)
	if !suite {
		d.finFichier()
	}
	return suite
}

// passerApres goes beyond the next separator.
func passerApres(br *bufio.Reader, separateur string) bool {
	fin := separateur[len(separateur)-1]
	var queue []byte
	for {
		c, err := br.ReadByte()
		if err != nil {
			return false
		}
		if queue = append(queue, c); len(queue) > len(separateur) {
			queue = queue[1:]
		}
		if c == fin && string(queue) == separateur {
			return true
		}
	}
}

func (d *decodeur) lireRec(n *noeud, rec []byte) {
	sur := func(i int) []byte { return rec[n.zones[i].debut:n.zones[i].fin] }
	for i := range n.zones {
		z := &n.zones[i]
		if z.de >= 0 || z.role == roleFixe || z.role == roleReserve {
			continue
		}
		d.zone(n, z, z.brut1(rec), sur)
	}
	for i := range d.cumuls {
		d.cumuls[i].Write(rec)
	}
}

// consommer goes beyond a record, the document that follows it, and its separator.
func (d *decodeur) consommer(br *bufio.Reader, n *noeud, rec []byte) error {
	longueur := int64(0)
	var queue *champ
	if z := &n.zones[len(n.zones)-1]; z.de >= 0 {
		queue = z
		de := &n.zones[z.de]
		var err error
		if longueur, err = de.longueurLue(rec); err != nil ||
			longueur > documentMax {
			d.faute(ZoneLue, n, de, "la longueur d'un document de %d octets au plus attendue", documentMax)
			return io.ErrUnexpectedEOF
		}
	}
	if _, err := br.Discard(n.longueur); err != nil {
		return err
	}
	if queue != nil && longueur > 0 {
		lim := &io.LimitedReader{R: br, N: longueur}
		var r io.Reader = lim
		for _, x := range d.cumuls {
			r = io.TeeReader(r, x)
		}
		err := d.contenu(n, queue, r)
		if _, e := io.Copy(io.Discard, r); err == nil {
			err = e
		}
		if lim.N > 0 && err == nil {
			err = errors.New("coupé")
		}
		if err != nil {
			d.fauteLue(n, queue, err)
		}
	}
	d.comparerContenu(n)
	if finDeLigne(n.separateur) && !d.p.binaire {
		return nil
	}
	s, _ := br.Peek(len(n.separateur))
	if bytes.Equal(s, []byte(n.separateur)) {
		br.Discard(len(s))
		return nil
	}
	d.faute(Structure, n, nil, "%q attendu après %d octets", n.separateur, n.longueur)
	passerApres(br, n.separateur)
	return nil
}

// finFichier closes all, and tells what is missing.
func (d *decodeur) finFichier() {
	if len(d.pile) == 0 {
		d.ouvrir(d.p.racine)
	}
	d.fermer(0)
}
