package disposition

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// ecrivainDelimite writes fields parted by separators.
type ecrivainDelimite struct{ *codeur }

func (e *ecrivainDelimite) fermer(*noeud) error { return nil }

func (e *ecrivainDelimite) ecrire(n *noeud) error {
	c := e.codeur
	if n.litteral {
		return c.ecrireRec(n.zones[0].fixe, n.separateur)
	}
	rec := c.rec[:0]
	var textes [][]byte // what a check covers: the fields without what protects their separators
	if n.controle {
		textes = make([][]byte, len(n.zones))
	}
	sur := func(i int) []byte { return textes[i] }
	plein := 0 // the end of the last field that has to be there
	for i := range n.zones {
		z := &n.zones[i]
		var err error
		avant := len(rec)
		if z.contenu {
			var b []byte
			if b, err = c.base64(z); err == nil {
				rec, err = c.proteger(rec, b, n, z)
			}
		} else {
			var b []byte
			if b, err = c.texte(n, z, sur); err == nil {
				b = z.plein(b)
				rec, err = c.proteger(rec, b, n, z)
			}
			if textes != nil {
				textes[i] = bytes.Clone(b)
			}
		}
		if err != nil {
			return &ErreurZone{n.nom, z.nom, err}
		}
		if len(rec) > avant || !z.taisable() {
			plein = len(rec)
		}
		if i < len(n.zones)-1 {
			rec = append(rec, z.apres...)
		}
	}
	if c.p.f.Elision {
		rec = rec[:plein]
	}
	c.rec = rec
	if len(n.fixes) == 0 && c.p.autre(n, rec) {
		return &ErreurZone{n.nom, n.zones[0].nom, errAutre}
	}
	return c.ecrireRec(rec, n.separateur)
}

// autre says that a record which nothing fixed tells would be read as another.
func (p *programme) autre(n *noeud, rec []byte) bool {
	x := p.commence(rec)
	if x == n || x == nil {
		return false
	}
	champs, _, err := p.decouper(x, rec)
	return err != nil || p.precis(x, champs) != n && p.precis(x, champs) != nil || x.champs != n.champs
}

// taisable says that a field may be missing at the end of its record.
func (z *champ) taisable() bool {
	return z.role == roleReserve || z.role == roleDonnee && !z.obligatoire && !z.complete
}

// plein fills a text where its zone is filled.
func (z *champ) plein(b []byte) []byte {
	if !z.complete || z.role == roleFixe || len(b) >= z.z.Longueur {
		return b
	}
	return z.remplir(nil, b)
}

// base64 gives a document as text, in memory: a record is read whole too.
func (c *codeur) base64(z *champ) ([]byte, error) {
	v, ok, err := c.valeur(z)
	if err != nil || !ok {
		return nil, err
	}
	r, err := v.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, documentMax+1))
	if err == nil && len(b) > documentMax {
		err = fmt.Errorf("un document de %d octets au plus attendu", documentMax)
	}
	if err != nil {
		return nil, err
	}
	var t bytes.Buffer
	t.Grow(base64.StdEncoding.EncodedLen(len(b)))
	e := base64.NewEncoder(base64.StdEncoding, z.lignes(&t))
	e.Write(b)
	e.Close()
	return t.Bytes(), nil
}

// proteger appends a field so that no separator in it is taken for one.
func (c *codeur) proteger(rec, b []byte, n *noeud, z *champ) ([]byte, error) {
	f := c.p.f
	speciaux := []string{n.champs, z.apres, n.separateur, f.Guillemet, f.Echappement}
	dedans := false
	for _, s := range speciaux {
		dedans = dedans || s != "" && bytes.Contains(b, []byte(s))
	}
	switch {
	case !dedans:
		return append(rec, b...), nil
	case f.Guillemet != "":
		rec = append(rec, f.Guillemet...)
		rec = append(rec, bytes.ReplaceAll(b, []byte(f.Guillemet), []byte(f.Guillemet+f.Guillemet))...)
		return append(rec, f.Guillemet...), nil
	case f.Echappement != "":
		for i := range b {
			for _, s := range speciaux {
				if s != "" && bytes.HasPrefix(b[i:], []byte(s)) {
					rec = append(rec, f.Echappement...)
					break
				}
			}
			rec = append(rec, b[i])
		}
		return rec, nil
	}
	return rec, errors.New("un texte sans les séparateurs attendu : le profil ne donne ni « guillemet: » ni « echappement: »")
}

// decouper cuts a record into its fields. reste counts fields that are one too many.
func (p *programme) decouper(n *noeud, rec []byte) (champs [][]byte, reste int, err error) {
	for i := 0; ; i++ {
		apres := n.champs
		if i < len(n.zones) {
			apres = n.zones[i].apres
		}
		v, suite, fini, err := p.champ(rec, apres)
		if err != nil {
			return champs, reste, err
		}
		if i < len(n.zones) {
			champs = append(champs, v)
		} else {
			reste++
		}
		if fini {
			return champs, reste, nil
		}
		rec = suite
	}
}

// champ reads one field up to its separator, or the end.
func (p *programme) champ(b []byte, apres string) (v, suite []byte, fini bool, err error) {
	g, e := p.f.Guillemet, p.f.Echappement
	if g != "" && bytes.HasPrefix(b, []byte(g)) {
		return champEntreGuillemets(b, g[0], apres)
	}
	if e == "" {
		i := bytes.Index(b, []byte(apres))
		if i < 0 {
			return b, nil, true, nil
		}
		return b[:i], b[i+len(apres):], false, nil
	}
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == e[0]:
			if i++; i == len(b) {
				return nil, nil, false, errors.New("un caractère attendu après le dernier")
			}
			v = append(v, b[i])
		case bytes.HasPrefix(b[i:], []byte(apres)):
			return v, b[i+len(apres):], false, nil
		default:
			v = append(v, b[i])
		}
	}
	return v, nil, true, nil
}

func champEntreGuillemets(b []byte, g byte, apres string) (v, suite []byte, fini bool, err error) {
	for i := 1; i < len(b); i++ {
		if b[i] != g {
			v = append(v, b[i])
			continue
		}
		if i+1 < len(b) && b[i+1] == g {
			v = append(v, g)
			i++
			continue
		}
		b = b[i+1:]
		if len(b) == 0 {
			return v, nil, true, nil
		}
		if !bytes.HasPrefix(b, []byte(apres)) {
			return nil, nil, false, errors.New("un séparateur attendu après le guillemet fermant")
		}
		return v, b[len(apres):], false, nil
	}
	return nil, nil, false, errors.New("un guillemet fermant attendu")
}

// sansRemplissage takes the filling of a field away.
func (z *champ) sansRemplissage(b []byte) []byte {
	if !z.complete || z.numerique && z.remplit == '0' {
		return b
	}
	if z.droite {
		return bytes.TrimLeft(b, string(rune(z.remplit)))
	}
	return bytes.TrimRight(b, string(rune(z.remplit)))
}
