package disposition

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// xmlMax bounds what is read between two tags: a document in base64 and some.
const xmlMax = documentMax/3*4 + 1<<20

// lecteurBorne fails when more is asked than a bound since it was last freed.
type lecteurBorne struct {
	r io.Reader
	n int64
}

func (l *lecteurBorne) Read(b []byte) (int, error) {
	if l.n <= 0 {
		return 0, errRecord
	}
	n, err := l.r.Read(b)
	l.n -= int64(n)
	return n, err
}

// lecteurXML goes through the tags of a file.
type lecteurXML struct {
	*decodeur
	x   *xml.Decoder
	lim *lecteurBorne
}

func (d *decodeur) xml(r io.Reader) error {
	lim := &lecteurBorne{r, xmlMax}
	utf8 := jeux["utf-8"]
	d.jeu = &utf8 // which the decoder makes of any
	l := &lecteurXML{d, xml.NewDecoder(lim), lim}
	l.x.CharsetReader = func(nom string, r io.Reader) (io.Reader, error) {
		for n, j := range jeux {
			if strings.EqualFold(n, nom) && j.table != nil {
				d.trace.convertirDe(&j)
				return j.table.NewDecoder().Reader(r), nil
			}
		}
		if strings.EqualFold(nom, "us-ascii") || strings.EqualFold(nom, "ascii") {
			return r, nil
		}
		return nil, errors.New("jeu de caractères inconnu")
	}
	l.ouvrir(d.p.racine)
	err := l.dans(d.p.racine, nil)
	var s *xml.SyntaxError
	if errors.As(err, &s) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errRecord) {
		ligne, _ := l.x.InputPos()
		d.faute(Structure, nil, nil, "XML mal formé, ligne %d", ligne)
		err = nil
	}
	d.finFichier()
	return err
}

func (l *lecteurXML) jeton() (xml.Token, error) {
	l.lim.n = xmlMax
	return l.x.Token()
}

// dans reads what is inside an element up to its end. textes are those of the zones, for the checks.
func (l *lecteurXML) dans(n *noeud, textes [][]byte) error {
	for {
		t, err := l.jeton()
		if err == io.EOF && n == l.p.racine {
			return nil
		}
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				l.faute(Structure, n, nil, "du texte entre les éléments")
			}
		case xml.StartElement:
			if err := l.element(n, t, textes); err != nil {
				return err
			}
		}
	}
}

// element reads an element that stands in n.
func (l *lecteurXML) element(n *noeud, t xml.StartElement, textes [][]byte) error {
	for i := range n.zones {
		if z := &n.zones[i]; z.espace == t.Name.Space && z.local == t.Name.Local {
			if textes[i] != nil {
				l.faute(Structure, n, z, "donné deux fois")
			}
			b, err := l.texteZone(n, z)
			// The checks cover the bytes of the file, and the decoder has made UTF-8 of them.
			if fil, e := l.p.jeu.ecrire(nil, string(b)); e == nil && n.controle {
				b = fil
			}
			textes[i] = append([]byte{}, b...)
			return err
		}
	}
	e := trouverElement(n, t.Name)
	if e == nil {
		ligne, _ := l.x.InputPos()
		l.faute(Structure, nil, nil, "élément inconnu, ligne %d", ligne)
		return l.x.Skip()
	}
	l.numero++
	if len(e.voie) > 64 {
		return errProfondeur
	}
	l.placer(e)
	return l.lireElement(e, t)
}

// trouverElement finds an element inside n, groups looked through.
func trouverElement(n *noeud, nom xml.Name) *noeud {
	for _, e := range n.enfants {
		if e.enreg {
			if e.local == nom.Local && e.espace == nom.Space {
				return e
			}
			continue
		}
		if x := trouverElement(e, nom); x != nil {
			return x
		}
	}
	return nil
}

func (l *lecteurXML) lireElement(n *noeud, t xml.StartElement) error {
	l.trace.balise(l, n, t)
	l.attributs(n, t)
	fond := len(l.pile)
	textes := make([][]byte, len(n.zones))
	if n.texte != nil {
		_, err := l.texteZone(n, n.texte)
		l.comparerContenu(n)
		return err
	}
	if err := l.dans(n, textes); err != nil {
		return err
	}
	sur := func(i int) []byte { return textes[i] }
	for i := range n.zones {
		z := &n.zones[i]
		switch {
		case textes[i] == nil && z.obligatoire:
			l.faute(Structure, n, z, "absent, alors qu'il est obligatoire")
		case textes[i] != nil && z.role == roleControle:
			l.controler(n, z, textes[i], sur)
		case textes[i] == nil && z.role != roleDonnee:
			l.faute(Structure, n, z, "absent")
		}
	}
	l.comparerContenu(n)
	// What stood inside is over: what comes next is not inside it.
	l.fermer(fond)
	return nil
}

func (l *lecteurXML) attributs(n *noeud, t xml.StartElement) {
	vus := make([]bool, len(n.attrs))
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		connu := false
		for i := range n.attrs {
			if z := &n.attrs[i]; z.espace == a.Name.Space && z.local == a.Name.Local {
				connu, vus[i] = true, true
				l.verifier(n, z, []byte(a.Value))
			}
		}
		// What a schema says of itself is nobody's datum.
		if !connu && a.Name.Space != "http://www.w3.org/2001/XMLSchema-instance" {
			l.faute(Structure, n, nil, "attribut inconnu")
		}
	}
	for i := range n.attrs {
		if z := &n.attrs[i]; !vus[i] && (z.obligatoire || z.role != roleDonnee) {
			l.faute(Structure, n, z, "attribut absent")
		}
	}
}

// verifier reads a text of an attribute or element.
func (l *lecteurXML) verifier(n *noeud, z *champ, b []byte) {
	b = z.sansRemplissage(b)
	if z.role == roleFixe {
		if fixe, _ := l.p.jeu.lire(z.sansRemplissage(z.fixe)); string(b) != fixe {
			l.faute(Structure, n, z, "« %s » attendu", z.z.Valeur)
		}
		return
	}
	l.zone(n, z, b, nil)
}

// texteZone reads the text of an element up to its end.
func (l *lecteurXML) texteZone(n *noeud, z *champ) ([]byte, error) {
	b := []byte{}
	debut := l.x.InputOffset()
	for {
		t, err := l.jeton()
		if err == io.EOF {
			return b, io.ErrUnexpectedEOF
		}
		if err != nil {
			return b, err
		}
		switch t := t.(type) {
		case xml.CharData:
			if len(b)+len(t) > xmlMax {
				return b, errRecord
			}
			b = append(b, t...)
		case xml.StartElement:
			l.faute(Structure, n, z, "un texte attendu, un élément lu")
			if err := l.x.Skip(); err != nil {
				return b, err
			}
		case xml.EndElement:
			b = bytes.TrimSpace(b)
			l.trace.element(l, n, z, debut, b)
			if z.contenu {
				if len(b) == 0 {
					return b, nil
				}
				if err := l.contenu(n, z, base64.NewDecoder(base64.StdEncoding, bytes.NewReader(b))); err != nil {
					l.fauteLue(n, z, err)
				}
				return []byte{}, nil
			}
			if z.z.Longueur > 0 && len([]rune(string(b))) > z.z.Longueur {
				l.faute(ZoneLue, n, z, "%v", trop(len([]rune(string(b))), z.z.Longueur))
				return b, nil
			}
			if z.role != roleControle {
				l.verifier(n, z, b)
			}
			return b, nil
		}
	}
}
