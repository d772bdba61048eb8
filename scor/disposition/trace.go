package disposition

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"unicode/utf8"
)

// Role is what bytes of a file are for.
type Role string

// The roles.
const (
	RoleFixe       Role = "fixe"       // the zone's own text, which tells the record
	RoleDonnee     Role = "donnee"     // a datum
	RoleCompte     Role = "compte"     // a number of records
	RoleControle   Role = "controle"   // a check over other bytes
	RoleReserve    Role = "reserve"    // filling
	RoleDocument   Role = "document"   // a document that stands inside the file
	RoleSeparateur Role = "separateur" // what parts zones, records or elements
	RoleInconnu    Role = "inconnu"    // what the layout has no place for
)

// Morceau is a run of bytes of a file with what the layout makes of it.
type Morceau struct {
	// Debut and Fin are places in the file, from 0; Fin is the first byte after.
	Debut, Fin int64
	// Numero is that of the record, from 1, as [Erreur] has it; 0 between records.
	Numero         int
	Enregistrement string
	// Zone is the layout's; nil for a separator and for what is unknown.
	Zone *Zone
	Role Role
	// Donnee is the datum asked for, of RoleDonnee and RoleDocument.
	Donnee Donnee
	// Valeur is the datum as it reads; Lue is false where it is absent or unreadable.
	Valeur Valeur
	Lue    bool
}

// Expliquer reads a file as [Format.Decode] does, and tells besides what each of its bytes is for: every byte is in one
// Morceau, in the order of the file. What is wrong is in the error, and told to p, by record and zone. A layout that a
// [Codec] reads has no zones: its whole file is one Morceau.
func (f *Format) Expliquer(b []byte, p Puits) ([]Morceau, error) {
	if f.prog == nil {
		return nil, ErrNonCompile
	}
	if f.codec != nil {
		return completer([]Morceau{{Fin: int64(len(b)), Role: RoleDonnee}}, b), f.Decode(bytes.NewReader(b), p)
	}
	t := &traceur{octets: b, compteur: &compteur{r: bytes.NewReader(b)}}
	err := f.decoder(t.compteur, p, t)
	if f.Codage == CodageXML {
		t.placesDuFichier()
	}
	return completer(t.morceaux, b), err
}

// traceur gathers what the bytes were read as.
type traceur struct {
	octets   []byte
	compteur *compteur
	debut    int64 // of the record being read
	morceaux []Morceau
	conversion
}

// compteur knows how much was read.
type compteur struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *compteur) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// commencer notes where a record begins: tampon bytes were read ahead.
func (t *traceur) commencer(tampon int) {
	if t != nil {
		t.debut = t.compteur.n - int64(tampon)
	}
}

var roles = [...]Role{roleReserve: RoleReserve, roleFixe: RoleFixe, roleDonnee: RoleDonnee, roleCompte: RoleCompte,
	roleRang: RoleCompte, roleControle: RoleControle}

// ajouter notes a zone. texte is what it holds without its filling.
func (t *traceur) ajouter(d *decodeur, n *noeud, z *champ, debut, fin int64, texte []byte) {
	m := Morceau{Debut: debut, Fin: fin, Numero: d.numero, Enregistrement: n.nom, Zone: z.z, Role: roles[z.role]}
	if z.role == roleDonnee && z.donnee >= 0 {
		m.Donnee = d.p.donnees[z.donnee]
		if z.contenu || z.de >= 0 {
			m.Role, m.Lue = RoleDocument, fin > debut
		} else if v, ok, err := z.lire(texte, d.jeu); err == nil {
			m.Valeur, m.Lue = v, ok
		}
	}
	t.morceaux = append(t.morceaux, m)
}

// fixe notes a record of fixed zones, and the document that follows it.
func (t *traceur) fixe(d *decodeur, n *noeud, rec []byte) {
	if t == nil {
		return
	}
	for i := range n.zones {
		z := &n.zones[i]
		if z.de < 0 {
			t.ajouter(d, n, z, t.debut+int64(z.debut), t.debut+int64(z.fin), z.brut1(rec))
			continue
		}
		de := &n.zones[z.de]
		longueur, _ := de.longueurLue(rec)
		debut := t.debut + int64(n.longueur)
		fin := min(debut+max(min(longueur, documentMax), 0), int64(len(t.octets)))
		t.ajouter(d, n, z, debut, fin, nil)
	}
}

// inconnu notes a record of that length that the layout doesn't have.
func (t *traceur) inconnu(d *decodeur, longueur int) {
	if t != nil {
		t.morceaux = append(t.morceaux, Morceau{Debut: t.debut, Fin: t.debut + int64(longueur), Numero: d.numero,
			Role: RoleInconnu})
	}
}

// jusquIci notes an unknown record that ended where the reading now is.
func (t *traceur) jusquIci(d *decodeur, tampon int, separateur string) {
	if t == nil {
		return
	}
	fin := t.compteur.n - int64(tampon)
	if b := t.octets[t.debut:fin]; bytes.HasSuffix(b, []byte(separateur)) {
		fin -= int64(len(separateur))
	}
	t.inconnu(d, int(fin-t.debut))
}

// delimite notes a record of fields: rec is it, without its separator.
func (t *traceur) delimite(d *decodeur, n *noeud, rec []byte) {
	if t == nil {
		return
	}
	reste := rec
	for i := range n.zones {
		z := &n.zones[i]
		v, suite, fini, err := d.p.champ(reste, z.apres)
		if err != nil {
			return
		}
		debut, fin := len(rec)-len(reste), len(rec)
		if !fini {
			fin = len(rec) - len(suite) - len(z.apres)
		}
		t.ajouter(d, n, z, t.debut+int64(debut), t.debut+int64(fin), z.sansRemplissage(v))
		if fini {
			return
		}
		reste = suite
	}
}

// attribut finds the value of an attribute in the bytes of a tag.
var attribut = regexp.MustCompile(`[^\s=<>"']+\s*=\s*("[^"]*"|'[^']*')`)

// balise notes the attributes of an element whose tag ends here.
func (t *traceur) balise(l *lecteurXML, n *noeud, e xml.StartElement) {
	if t == nil || len(n.attrs) == 0 {
		return
	}
	fin := t.convertir(l.x.InputOffset())
	debut := int64(bytes.LastIndexByte(t.octets[:fin], '<'))
	places := attribut.FindAllSubmatchIndex(t.octets[max(debut, 0):fin], -1)
	if len(places) != len(e.Attr) {
		return // a tag that isn't written plainly: its bytes are told as a separator
	}
	for i, a := range e.Attr {
		for j := range n.attrs {
			if z := &n.attrs[j]; z.espace == a.Name.Space && z.local == a.Name.Local {
				t.ajouter(l.decodeur, n, z, debut+int64(places[i][2])+1, debut+int64(places[i][3])-1,
					z.sansRemplissage([]byte(a.Value)))
			}
		}
	}
}

// element notes the text of an element, that began at debut and whose end tag was just read.
func (t *traceur) element(l *lecteurXML, n *noeud, z *champ, debut int64, texte []byte) {
	if t == nil {
		return
	}
	debut, fin := t.convertir(debut), t.convertir(l.x.InputOffset())
	if i := bytes.LastIndexByte(t.octets[debut:fin], '<'); i >= 0 {
		fin = debut + int64(i)
	}
	t.ajouter(l.decodeur, n, z, debut, fin, z.sansRemplissage(texte))
}

// conversion gives places in the file of an XML that the decoder turned into UTF-8.
type conversion struct {
	jeu    *jeu
	lu, ou int64 // a place in the text, and the same in the file
}

// convertirDe is told that the file isn't in UTF-8.
func (t *traceur) convertirDe(j *jeu) {
	if t != nil {
		t.conversion.jeu = j
	}
}

// convertir gives the place in the file of one in the text. Places are asked for in their order, mostly.
func (t *traceur) convertir(place int64) int64 {
	if t.conversion.jeu == nil {
		return min(place, int64(len(t.octets)))
	}
	c := &t.conversion
	if place < c.lu {
		c.lu, c.ou = 0, 0
	}
	for c.lu < place && c.ou < int64(len(t.octets)) {
		c.lu += int64(utf8.RuneLen(c.jeu.table.DecodeByte(t.octets[c.ou])))
		c.ou++
	}
	return c.ou
}

// placesDuFichier puts what was noted in the order of the file.
func (t *traceur) placesDuFichier() {
	slices.SortStableFunc(t.morceaux, func(a, b Morceau) int { return int(a.Debut - b.Debut) })
}

// completer makes a run of what stands between two: what parts zones and records, or what is unknown.
func completer(ms []Morceau, b []byte) []Morceau {
	var tous []Morceau
	ici := int64(0)
	jusqua := func(fin int64) {
		if ici < fin {
			tous = append(tous, Morceau{Debut: ici, Fin: fin, Role: RoleSeparateur})
			ici = fin
		}
	}
	for _, m := range ms {
		m.Debut, m.Fin = max(m.Debut, ici), min(m.Fin, int64(len(b)))
		if m.Fin < m.Debut {
			continue // it would stand over the one before
		}
		jusqua(m.Debut)
		tous = append(tous, m)
		ici = m.Fin
	}
	jusqua(int64(len(b)))
	return tous
}
