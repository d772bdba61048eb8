package cms

import (
	"fmt"
	"io"
)

// contenu streams the bytes of one OCTET STRING, primitive or constructed.
type contenu struct {
	l     *lecteurBER
	base  int   // depth of l outside of the string
	reste int64 // bytes left in the current primitive piece
}

// lireContenu enters the string whose tag is next: simple when primitive,
// simple|0x20 when constructed.
func (l *lecteurBER) lireContenu(simple uint8, nom string) (*contenu, error) {
	c := &contenu{l: l, base: len(l.niveaux)}
	debut := l.pos
	t, n, err := l.entete()
	if err != nil {
		return nil, err
	}
	switch uint8(t) {
	case simple:
		c.reste = n
	case simple | 0x20:
		if err := l.empiler(n); err != nil {
			return nil, err
		}
	default:
		return nil, l.faute(debut, fmt.Sprintf("tag 0x%02x", uint8(t)), nom)
	}
	return c, nil
}

func (c *contenu) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	l := c.l
	for c.reste == 0 {
		if len(l.niveaux) == c.base {
			return 0, io.EOF
		}
		if l.fini() {
			if err := l.sortir(); err != nil {
				return 0, err
			}
			continue
		}
		debut := l.pos
		t, n, err := l.entete()
		if err != nil {
			return 0, err
		}
		switch t {
		case tagOctets:
			c.reste = n
		case tagOctetsCons:
			if err := l.empiler(n); err != nil {
				return 0, err
			}
		default:
			return 0, l.faute(debut, fmt.Sprintf("tag 0x%02x", uint8(t)), "a piece of OCTET STRING")
		}
	}
	n, err := l.r.Read(p[:min(int64(len(p)), c.reste)])
	l.pos += int64(n)
	c.reste -= int64(n)
	if err != nil {
		return n, l.coupe(err)
	}
	return n, nil
}
