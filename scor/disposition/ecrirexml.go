package disposition

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// ecrivainXML writes elements. Texts are escaped by encoding/xml; names and namespaces are the layout's.
type ecrivainXML struct {
	c      *codeur
	racine bool
	err    error
}

func (e *ecrivainXML) ecrireTexte(s string) {
	if e.err == nil {
		_, e.err = io.WriteString(e.c.w, s)
	}
}

func (e *ecrivainXML) entete() {
	e.ecrireTexte(fmt.Sprintf(`<?xml version="1.0" encoding="%s"?>`+"\n", strings.ToUpper(e.c.p.jeu.nom)))
}

func (e *ecrivainXML) fermer(n *noeud) error {
	e.ecrireTexte("</" + n.ecrit + ">")
	return e.err
}

func (e *ecrivainXML) ecrire(n *noeud) error {
	e.ecrireTexte("<" + n.ecrit)
	if !e.racine {
		e.racine = true
		for _, prefixe := range slices.Sorted(maps.Keys(e.c.p.f.Espaces)) {
			nom := "xmlns"
			if prefixe != "" {
				nom += ":" + prefixe
			}
			e.ecrireTexte(" " + nom + `="`)
			e.echapper([]byte(e.c.p.f.Espaces[prefixe]))
			e.ecrireTexte(`"`)
		}
	}
	for i := range n.attrs {
		if err := e.attribut(n, &n.attrs[i]); err != nil {
			return err
		}
	}
	e.ecrireTexte(">")
	if n.texte != nil {
		if err := e.valeur(n, n.texte, nil); err != nil {
			return err
		}
	}
	textes := make([][]byte, len(n.zones))
	for i := range n.zones {
		if err := e.zone(n, &n.zones[i], textes, i); err != nil {
			return err
		}
	}
	return e.err
}

func (e *ecrivainXML) attribut(n *noeud, z *champ) error {
	b, err := e.c.texte(n, z, nil)
	if err != nil {
		return &ErreurZone{n.nom, z.nom, err}
	}
	if len(b) == 0 && z.role == roleDonnee {
		return nil
	}
	e.ecrireTexte(" " + z.ecrit + `="`)
	e.echapper(z.plein(b))
	e.ecrireTexte(`"`)
	return nil
}

// zone writes an element that holds a text; nothing where the datum isn't there.
func (e *ecrivainXML) zone(n *noeud, z *champ, textes [][]byte, i int) error {
	if z.contenu {
		if _, ok := e.c.s.Valeur(z.donnee); !ok && !z.obligatoire {
			return nil
		}
		e.ecrireTexte("<" + z.ecrit + ">")
		if err := e.document(n, z); err != nil {
			return err
		}
		e.ecrireTexte("</" + z.ecrit + ">")
		return e.err
	}
	b, err := e.c.texte(n, z, func(i int) []byte { return textes[i] })
	if err != nil {
		return &ErreurZone{n.nom, z.nom, err}
	}
	if len(b) == 0 && z.role == roleDonnee {
		return nil
	}
	b = z.plein(b)
	if n.controle {
		textes[i] = append([]byte(nil), b...)
	}
	e.ecrireTexte("<" + z.ecrit + ">")
	e.echapper(b)
	e.ecrireTexte("</" + z.ecrit + ">")
	return e.err
}

func (e *ecrivainXML) valeur(n *noeud, z *champ, sur func(int) []byte) error {
	if z.contenu {
		return e.document(n, z)
	}
	b, err := e.c.texte(n, z, sur)
	if err != nil {
		return &ErreurZone{n.nom, z.nom, err}
	}
	e.echapper(z.plein(b))
	return e.err
}

func (e *ecrivainXML) document(n *noeud, z *champ) error {
	v, ok, err := e.c.valeur(z)
	if err != nil {
		return &ErreurZone{n.nom, z.nom, err}
	}
	if !ok || e.err != nil {
		return e.err
	}
	r, err := v.Open()
	if err != nil {
		return &ErreurZone{n.nom, z.nom, err}
	}
	defer r.Close()
	b := base64.NewEncoder(base64.StdEncoding, z.lignes(e.c.w))
	if _, err := io.Copy(b, r); err != nil {
		return &ErreurZone{n.nom, z.nom, err}
	}
	e.err = b.Close()
	return e.err
}

// echapper writes a text, which is in the file's character set. The characters that XML gives a meaning are ASCII in
// all of them.
func (e *ecrivainXML) echapper(b []byte) {
	if e.err != nil {
		return
	}
	if e.c.p.jeu.table == nil {
		e.err = xml.EscapeText(e.c.w, b)
		return
	}
	debut := 0
	for i, c := range b {
		var s string
		switch c {
		case '<':
			s = "&lt;"
		case '>':
			s = "&gt;"
		case '&':
			s = "&amp;"
		case '"':
			s = "&#34;"
		default:
			continue
		}
		e.ecrireTexte(string(b[debut:i]) + s)
		debut = i + 1
	}
	e.ecrireTexte(string(b[debut:]))
}
