package disposition

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
)

// recordMax bounds a delimited record: a document in base64 and some.
const recordMax = documentMax/3*4 + 1<<20

// delimites reads records of fields.
func (d *decodeur) delimites(r io.Reader) error {
	br := bufio.NewReaderSize(r, 64<<10)
	for {
		if err := passerFins(br); err != nil {
			if err != io.EOF {
				return err
			}
			d.finFichier()
			return nil
		}
		d.numero++
		d.trace.commencer(br.Buffered())
		debut, _ := br.Peek(256)
		n := d.p.commence(debut)
		if n == nil {
			d.faute(Structure, nil, nil, "enregistrement inconnu : aucun de la disposition ne commence ainsi")
			suite := passerApres(br, d.p.f.Separateur)
			d.trace.jusquIci(d, br.Buffered(), d.p.f.Separateur)
			if !suite {
				d.finFichier()
				return nil
			}
			continue
		}
		if n.litteral {
			d.litteral(br, n)
			continue
		}
		rec, fini, err := d.p.jusqua(br, n.separateur)
		if err != nil {
			if errors.Is(err, errRecord) {
				d.faute(Structure, n, nil, "%v", err)
				continue
			}
			return err
		}
		if !fini && n.separateur != "" && !finDeLigne(n.separateur) {
			d.faute(Structure, n, nil, "il finit sans « %s » : coupé", n.separateur)
		}
		d.unDelimite(n, rec)
	}
}

// commence finds the records that begin as b does: the first of them has the separators that those of its kind have.
func (p *programme) commence(b []byte) *noeud {
	for _, n := range p.reconnus {
		t := n.premiere()
		if t == nil {
			return n
		}
		if g := p.f.Guillemet; g != "" && bytes.HasPrefix(b, []byte(g)) && bytes.HasPrefix(b[1:], t) &&
			bytes.HasPrefix(b[1+len(t):], []byte(g)) {
			return n
		}
		if !bytes.HasPrefix(b, t) {
			continue
		}
		suite := b[len(t):]
		if n.litteral {
			if len(suite) == 0 || bytes.HasPrefix(suite, []byte(n.separateur)) || finDeLigne(n.separateur) &&
				(suite[0] == '\r' || suite[0] == '\n') {
				return n
			}
			continue
		}
		if len(suite) == 0 || bytes.HasPrefix(suite, []byte(n.zones[0].apres)) ||
			bytes.HasPrefix(suite, []byte(n.separateur)) ||
			finDeLigne(n.separateur) && (suite[0] == '\r' || suite[0] == '\n') {
			return n
		}
	}
	return nil
}

// litteral goes beyond a record that is one fixed text, whose characters protect nothing.
func (d *decodeur) litteral(br *bufio.Reader, n *noeud) {
	t := n.premiere()
	d.placer(n)
	if d.trace != nil {
		d.trace.ajouter(d, n, &n.zones[0], d.trace.debut, d.trace.debut+int64(len(t)), t)
	}
	for i := range d.cumuls {
		d.cumuls[i].Write(t)
	}
	br.Discard(len(t))
	if s, _ := br.Peek(len(n.separateur)); string(s) == n.separateur {
		br.Discard(len(s))
	}
}

var errRecord = errors.New("enregistrement trop long")

// jusqua reads a record up to its separator, quotes and escapes looked through. fini is false at the end of the file.
func (p *programme) jusqua(br *bufio.Reader, separateur string) (rec []byte, fini bool, err error) {
	var g, e byte
	if p.f.Guillemet != "" {
		g = p.f.Guillemet[0]
	}
	if p.f.Echappement != "" {
		e = p.f.Echappement[0]
	}
	ligne := finDeLigne(separateur)
	dedans, protege := false, false
	for {
		c, err := br.ReadByte()
		if err == io.EOF {
			return rec, false, nil
		}
		if err != nil {
			return rec, false, err
		}
		rec = append(rec, c)
		switch {
		case len(rec) > recordMax:
			return nil, false, errRecord
		case protege:
			protege = false
			continue
		case e != 0 && c == e:
			protege = true
			continue
		case g != 0 && c == g:
			dedans = !dedans
		}
		switch {
		case dedans:
		case ligne && c == '\n':
			return bytes.TrimRight(rec, "\r\n"), true, nil
		case !ligne && bytes.HasSuffix(rec, []byte(separateur)):
			return rec[:len(rec)-len(separateur)], true, nil
		}
	}
}

func (d *decodeur) unDelimite(n *noeud, rec []byte) {
	champs, reste, err := d.p.decouper(n, rec)
	if err != nil {
		d.trace.inconnu(d, len(rec))
		d.faute(Structure, n, nil, "%v", err)
		return
	}
	if x := d.p.precis(n, champs); x != nil {
		n = x
	} else if x := d.p.reconnus[len(d.p.reconnus)-1]; len(x.fixes) == 0 && x.champs == n.champs {
		n = x // it only begins like another
	} else {
		d.trace.inconnu(d, len(rec))
		d.faute(Structure, nil, nil, "enregistrement inconnu : aucun de la disposition ne commence ainsi")
		return
	}
	d.placer(n)
	d.trace.delimite(d, n, rec)
	tus := len(champs) < len(n.zones)
	for i := len(champs); i < len(n.zones); i++ {
		tus = tus && n.zones[i].taisable()
	}
	if reste > 0 || len(champs) < len(n.zones) && !tus {
		d.faute(Structure, n, nil, "%d champs, %d attendus", len(champs)+reste, len(n.zones))
	}
	sur := func(i int) []byte {
		if i < len(champs) {
			return champs[i]
		}
		return nil
	}
	for i := range n.zones {
		z := &n.zones[i]
		switch {
		case z.contenu && len(sur(i)) > 0:
			if err := d.contenu(n, z, base64.NewDecoder(base64.StdEncoding, bytes.NewReader(sur(i)))); err != nil {
				d.fauteLue(n, z, err)
			}
		case z.contenu:
			if z.obligatoire {
				d.faute(ZoneLue, n, z, "vide, alors que la zone est obligatoire")
			}
		case z.z.Longueur > 0 && len(sur(i)) > z.z.Longueur:
			d.faute(ZoneLue, n, z, "%v", trop(len(sur(i)), z.z.Longueur))
		default:
			d.zone(n, z, z.sansRemplissage(sur(i)), sur)
		}
	}
	d.comparerContenu(n)
	for i := range d.cumuls {
		d.cumuls[i].Write(rec)
	}
}

// precis finds the record of that kind whose fixed fields are all there.
func (p *programme) precis(n *noeud, champs [][]byte) *noeud {
	for _, x := range p.reconnus {
		if x != n && (!bytes.Equal(x.premiere(), n.premiere()) || x.champs != n.champs || x.separateur != n.separateur) {
			continue
		}
		tout := true
		for _, f := range x.fixes {
			tout = tout && f.place < len(champs) && bytes.Equal(champs[f.place], f.texte)
		}
		if tout {
			return x
		}
	}
	return nil
}
