package disposition

import (
	"fmt"
	"slices"
	"strings"
)

// programme is a layout made ready: the tree of its records, with each zone's arithmetic done.
type programme struct {
	f       *Format
	jeu     jeu
	donnees []Donnee // those that the zones ask for; their places are the numbers of Source and Puits
	racine  *noeud
	noeuds  []*noeud // those with a record of their own, in the order of the file
	// reconnus are the same, the one that nothing fixed tells last.
	reconnus []*noeud
	usages   []usage
	rangs    []usage
	cumuls   []portee
	unie     int // length of every record, 0 where they differ
	longMax  int
	champs   int  // how many
	binaire  bool // some bytes may look like line ends
	// separes says that all delimited records have the same separators.
	separes bool
}

// noeud is a record, an element, or what only gathers others.
type noeud struct {
	e        *Enregistrement
	nom      string
	chemin   string
	pour     Pour // what it is repeated for; "": once
	si       []condition
	enreg    bool     // it has a record, or an element, of its own
	controle bool     // one of its zones is a check
	couvrent []*champ // checks of the document that it holds
	zones    []champ
	attrs    []champ
	texte    *champ
	enfants  []*noeud
	parent   *noeud
	rang     int // among its parent's
	voie     []*noeud

	niveaux []Pour // all that may be asked inside it

	// Fixed zones.
	longueur int
	gabarit  []byte // the record with its fixed zones and fillings
	fixes    []fixe
	// Delimited records.
	separateur, champs string
	litteral           bool // one fixed text, as it is: it may say the separators
	// XML.
	espace, local, ecrit string
}

// fixe is what tells a record from the others: bytes at a place, or in a field.
type fixe struct {
	place int
	texte []byte
}

type condition struct {
	donnee  int
	present bool
	absent  bool
	valeurs []string
}

// role is how a zone gets its text.
type role uint8

const (
	roleReserve role = iota // its filling
	roleFixe
	roleDonnee
	roleCompte
	roleRang
	roleControle
)

// champ is a zone made ready.
type champ struct {
	z                       *Zone
	nom                     string
	role                    role
	donnee                  int
	genre                   Genre
	debut, fin              int // in the record, from 0
	droite, numerique       bool
	remplit                 byte
	complete                bool // filled up to its length
	facultatif, obligatoire bool
	largeur                 int
	date                    []morceauDate
	siecle                  bool // two digits for the year
	virgule                 byte
	signe                   signe
	transcription           string
	versCode, deCode        map[string]string
	fixe                    []byte
	usage, cumul            int
	sur                     []int
	de                      int // the zone that holds its length; -1
	apres                   string
	contenu, brut           bool
	binaire, petit          bool
	nomContenu              string // the document that a check covers, by the name of its zone
	couvre                  *champ
	rang                    int // among all of the program
	espace, local, ecrit    string
}

// usage is a counter: the records of a name (or all, or the Source's own) in each of a level.
type usage struct {
	niveau Pour // "" is the file
	nom    string
}

// portee is a check that covers records before.
type portee struct {
	niveau Pour
	algo   string
}

// place gives the number of a datum, which the program now asks for.
func (p *programme) place(d Donnee) int {
	i := slices.IndexFunc(p.donnees, func(x Donnee) bool { return x.Nom == d.Nom })
	if i < 0 {
		i = len(p.donnees)
		p.donnees = append(p.donnees, d)
	}
	return i
}

// finir gives each node its way from the root, and the program the list of records.
func (p *programme) finir(n *noeud) {
	n.voie = append([]*noeud{}, n)
	if n.parent != nil {
		n.voie = append(slices.Clone(n.parent.voie), n)
	}
	if n.enreg {
		p.noeuds = append(p.noeuds, n)
	}
	n.controle = slices.ContainsFunc(n.zones, func(c champ) bool { return c.role == roleControle })
	for _, c := range n.champsTous() {
		c.rang = p.champs
		p.champs++
		if c.nomContenu == "" {
			continue
		}
		for _, x := range n.champsTous() {
			if x.contenu && x.nom == c.nomContenu {
				c.couvre = x
				n.couvrent = append(n.couvrent, c)
			}
		}
	}
	for i, e := range n.enfants {
		e.parent, e.rang = n, i
		p.finir(e)
	}
}

// champsTous gives the zones of a node, attributes and text included.
func (n *noeud) champsTous() []*champ {
	var cs []*champ
	for i := range n.attrs {
		cs = append(cs, &n.attrs[i])
	}
	for i := range n.zones {
		cs = append(cs, &n.zones[i])
	}
	if n.texte != nil {
		cs = append(cs, n.texte)
	}
	return cs
}

// distincts says whether something fixed tells two records apart.
func distincts(a, b *noeud) bool {
	for _, x := range a.fixes {
		for _, y := range b.fixes {
			if differe(x, y) {
				return true
			}
		}
	}
	return false
}

// differe compares two fixed texts where they stand over each other.
func differe(x, y fixe) bool {
	if y.place < x.place {
		x, y = y, x
	}
	d := y.place - x.place
	if d >= len(x.texte) {
		return false
	}
	n := min(len(x.texte)-d, len(y.texte))
	return string(x.texte[d:d+n]) != string(y.texte[:n])
}

// premiere is the text that a delimited record begins with.
func (n *noeud) premiere() []byte {
	for _, f := range n.fixes {
		if f.place == 0 {
			return f.texte
		}
	}
	return nil
}

// Donnees lists the data that the layout asks for.
func (f *Format) Donnees() []string {
	if f.prog == nil {
		return nil
	}
	noms := make([]string, len(f.prog.donnees))
	for i, d := range f.prog.donnees {
		noms[i] = d.Nom
	}
	return noms
}

// Porte says whether a zone of the layout holds that datum. A codec holds what it likes.
func (f *Format) Porte(donnee string) bool {
	if f.Codage == CodageCodec {
		return true
	}
	trouve := false
	f.Zones(func(z *Zone, _ string) { trouve = trouve || z.Donnee == donnee })
	return trouve
}

// Zones goes through the zones of the layout, with the path of each.
func (f *Format) Zones(fait func(z *Zone, chemin string)) {
	zonesDe(f.Enregistrements, "enregistrements", fait)
}

func zonesDe(es []Enregistrement, chemin string, fait func(z *Zone, chemin string)) {
	for i := range es {
		e, ici := &es[i], fmt.Sprintf("%s[%d]", chemin, i)
		for j := range e.Attributs {
			fait(&e.Attributs[j], fmt.Sprintf("%s.attributs[%d]", ici, j))
		}
		for j := range e.Zones {
			fait(&e.Zones[j], fmt.Sprintf("%s.zones[%d]", ici, j))
		}
		if e.Texte != nil {
			fait(e.Texte, ici+".texte")
		}
		zonesDe(e.Contenu, ici+".contenu", fait)
	}
}

// Boucle says whether something is written for each of that level.
func (f *Format) Boucle(p Pour) bool {
	var dans func(es []Enregistrement) bool
	dans = func(es []Enregistrement) bool {
		return slices.ContainsFunc(es, func(e Enregistrement) bool { return e.Pour == p || dans(e.Contenu) })
	}
	return dans(f.Enregistrements)
}

// Interieur says whether documents stand inside the file, and whether in base64.
func (f *Format) Interieur() (dedans, base64 bool) {
	f.Zones(func(z *Zone, _ string) {
		if strings.HasSuffix(z.Donnee, ".contenu") {
			dedans, base64 = true, z.Format != "brut"
		}
	})
	return dedans, base64
}

// Repetition is something that a layout writes for each of a level.
type Repetition struct {
	Pour Pour
	// Dans are the levels around it.
	Dans []Pour
	// Donnees are those of its records, those of the repetitions inside it left out.
	Donnees []string
	Chemin  string
}

// Repetitions lists what a compiled layout writes for each of a level, in the order of the file.
func (f *Format) Repetitions() []Repetition {
	var rs []Repetition
	if f.prog == nil || f.prog.racine == nil {
		return nil
	}
	var dans func(n *noeud, i int)
	dans = func(n *noeud, i int) {
		if n.pour != "" {
			rs = append(rs, Repetition{Pour: n.pour, Dans: slices.Clone(n.parent.niveaux), Chemin: n.chemin})
			i = len(rs) - 1
		}
		for _, c := range n.champsTous() {
			if i >= 0 && c.donnee >= 0 {
				rs[i].Donnees = append(rs[i].Donnees, f.prog.donnees[c.donnee].Nom)
			}
		}
		for _, e := range n.enfants {
			dans(e, i)
		}
	}
	dans(f.prog.racine, -1)
	return rs
}
