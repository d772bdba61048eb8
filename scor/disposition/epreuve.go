package disposition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// The proof that a layout is reversible: drawn data are written by it and read back, and what was told of both must be
// the same. It is made when the layout is compiled, with draws that are always the same.

const epreuves = 12

// eprouver gives the path and the French message of what doesn't come back; "" when all does.
func (f *Format) eprouver(x Contexte) (chemin, message string) {
	p := f.prog
	for i := range epreuves {
		t := &tirage{p: p, x: x, r: rand.New(rand.NewPCG(uint64(i), 1)), rare: i%3 == 0}
		t.mesurer()
		ecrit, lu := &trace{p: p}, &trace{p: p}
		var b bytes.Buffer
		t.Lier(p.donnees)
		if err := p.encoder(&b, t, ecrit); err != nil {
			var z *ErreurZone
			if errors.As(err, &z) {
				return p.cheminDe(z), fmt.Sprintf("« %s » ne peut pas s'écrire : %v", z.Zone, z.Err)
			}
			return "", "ne peut pas s'écrire : " + err.Error()
		}
		err := f.Decode(bytes.NewReader(b.Bytes()), lu)
		if err != nil {
			var e *Erreur
			if errors.As(err, &e) {
				return p.cheminDe(&ErreurZone{e.Enregistrement, e.Zone, nil}),
					fmt.Sprintf("ce qui est écrit ne se relit pas (%s) : rien ne dit où un enregistrement finit, ou duquel il s'agit",
						e.Message)
			}
			return "", "ce qui est écrit ne se relit pas"
		}
		if i, ok := compare(ecrit.finir(), lu.finir()); !ok {
			nom, quoi, _ := strings.Cut(i, " ")
			if ou := p.zoneDe(nom); ou != "" {
				return ou, fmt.Sprintf("%s : ce qui est écrit se relit autrement (%s) : donner à l'enregistrement de quoi le "+
					"rattacher, le mettre dans le contenu d'un autre, ou écrire presence: O", nom, quoi)
			}
			return "", "ce qui est écrit se relit autrement (" + i +
				") : donner à l'enregistrement de quoi le rattacher, ou le mettre dans le contenu d'un autre"
		}
	}
	return "", ""
}

// zoneDe finds the path of the first zone that holds a datum.
func (p *programme) zoneDe(donnee string) string {
	for _, n := range p.noeuds {
		for i := range n.zones {
			if d := n.zones[i].donnee; d >= 0 && p.donnees[d].Nom == donnee {
				return fmt.Sprintf("%s.zones[%d]", n.chemin, i)
			}
		}
	}
	return ""
}

// cheminDe finds the path of a zone, or of its record.
func (p *programme) cheminDe(z *ErreurZone) string {
	for _, n := range p.noeuds {
		if n.nom != z.Enregistrement {
			continue
		}
		for i := range n.zones {
			if n.zones[i].nom == z.Zone {
				return fmt.Sprintf("%s.zones[%d]", n.chemin, i)
			}
		}
		return n.chemin
	}
	return ""
}

// trace is what was told: levels and values, by their text.
type trace struct {
	p     *programme
	liste []string
}

func (t *trace) Lier([]Donnee)   {}
func (t *trace) Entrer(p Pour)   { t.entrer(p) }
func (t *trace) Sortir(p Pour)   { t.sortir(p) }
func (t *trace) entrer(p Pour)   { t.liste = append(t.liste, "<"+string(p)) }
func (t *trace) Faute(e *Erreur) {}

// sortir leaves out a level of which nothing was written.
func (t *trace) sortir(p Pour) {
	if n := len(t.liste); n > 0 && t.liste[n-1] == "<"+string(p) {
		t.liste = t.liste[:n-1]
		return
	}
	t.liste = append(t.liste, ">"+string(p))
}

func (t *trace) Poser(i int, v Valeur) error {
	t.liste = append(t.liste, t.p.donnees[i].Nom+"="+v.resume(t.p.donnees[i].Genre))
	return nil
}

func (t *trace) Contenu(i int, r io.Reader) error {
	b, err := io.ReadAll(r)
	if len(b) > 0 {
		t.liste = append(t.liste, fmt.Sprintf("%s=%x", t.p.donnees[i].Nom, b))
	}
	return err
}

func (t *trace) ecrit(c *champ, v Valeur, present bool) {
	g := t.p.donnees[c.donnee].Genre
	nombre := g == GenreNombre || g == GenreMontant
	switch {
	case nombre && c.facultatif && v.Nombre == 0:
	case !present:
	case g == GenreContenu:
		r, _ := v.Open()
		_ = t.Contenu(c.donnee, r)
	case g == GenreInstant:
		if !aChamps(c.date, "J") {
			v.Date = fse.Date{}
		}
		switch {
		case !aChamps(c.date, "H"):
			v.Nombre = -1
		case !aChamps(c.date, "S"):
			v.Nombre -= v.Nombre % 60
		}
		_ = t.Poser(c.donnee, v)
	default:
		v.Texte = transcrire(v.Texte, c.transcription)
		_ = t.Poser(c.donnee, v)
	}
}

func (v *Valeur) resume(g Genre) string {
	switch g {
	case GenreNombre, GenreMontant:
		return fmt.Sprint(v.Nombre)
	case GenreDate:
		return v.Date.String()
	case GenreInstant:
		return fmt.Sprint(v.Date, v.Nombre)
	case GenreEmpreinte:
		return fmt.Sprintf("%x", *v.Empreinte)
	}
	return v.Texte
}

// finir puts the values of a record in one order: the order of reading is that of the zones, the writing's too but for
// checks.
func (t *trace) finir() []string {
	debut := 0
	for i, s := range t.liste {
		if s[0] == '<' || s[0] == '>' {
			slices.Sort(t.liste[debut:i])
			debut = i + 1
		}
	}
	slices.Sort(t.liste[debut:])
	return t.liste
}

// compare gives the first difference: the name of the datum or level, never its drawn value.
func compare(a, b []string) (string, bool) {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a), i < len(b) && a[i] != b[i] && i+1 < len(b) && a[i] == b[i+1]:
			return nomDe(b[i]) + " en trop", false
		case i >= len(b), a[i] != b[i] && i+1 < len(a) && a[i+1] == b[i]:
			return nomDe(a[i]) + " perdu", false
		case a[i] != b[i] && nomDe(a[i]) == nomDe(b[i]):
			return nomDe(a[i]) + " change", false
		case a[i] != b[i]:
			return nomDe(a[i]) + " puis " + nomDe(b[i]), false
		}
	}
	return "", true
}

func nomDe(s string) string {
	nom, _, _ := strings.Cut(s, "=")
	return strings.TrimLeft(nom, "<>")
}

// tirage draws a file: levels of none to three, and a value for each datum that stays the same where it stands.
type tirage struct {
	p       *programme
	x       Contexte
	r       *rand.Rand
	rare    bool
	largeur []int // the narrowest zone of each datum
	formats []*champ
	// longueurs gives, for a document of fixed zones, the datum that says its length.
	longueurs map[int]int
	sansSigne map[int]bool // amounts that one zone at least holds without a sign
	etats     []*etat
}

type tire struct {
	v  Valeur
	ok bool
}

// mesurer finds what each datum has room for: a value that doesn't fit is refused when it is written, which loses
// nothing.
func (t *tirage) mesurer() {
	t.largeur = make([]int, len(t.p.donnees))
	t.formats = make([]*champ, len(t.p.donnees))
	t.longueurs, t.sansSigne = map[int]int{}, map[int]bool{}
	for _, n := range t.p.noeuds {
		for _, c := range n.champsTous() {
			if c.donnee < 0 {
				continue
			}
			l := c.z.Longueur
			if c.virgule != 0 && l > 0 {
				l--
			}
			if c.binaire {
				l = min(2*l, 9)
			}
			if c.signe.la && l > 0 {
				l--
			}
			if d := t.p.donnees[c.donnee]; d.Genre == GenreMontant && !c.signe.la {
				t.sansSigne[c.donnee] = true
			}
			if c.de >= 0 {
				t.longueurs[c.donnee] = n.zones[c.de].donnee
				continue
			}
			if l > 0 && (t.largeur[c.donnee] == 0 || l < t.largeur[c.donnee]) {
				t.largeur[c.donnee] = l
			}
			if t.formats[c.donnee] == nil || c.siecle || c.numerique {
				t.formats[c.donnee] = c
			}
		}
	}
	t.etats = []*etat{nouvelEtat()}
}

func (t *tirage) Lier([]Donnee) {}

// etat is what was drawn in one occurrence of a level: told again the same, for the records are counted before they are
// written.
type etat struct {
	valeurs map[int]tire
	boucles map[Pour][]*etat
}

func nouvelEtat() *etat { return &etat{map[int]tire{}, map[Pour][]*etat{}} }

func (t *tirage) Boucle(p Pour, f func() error) error {
	haut := t.etats[len(t.etats)-1]
	if _, ok := haut.boucles[p]; !ok {
		n := 1 + t.r.IntN(3)
		if p == PourARL && !t.p.racine.separe(PourARL) {
			n = 1 // of lines that name their lot: who reads them sees where another begins
		}
		if p == PourDocument && t.r.IntN(4) == 0 {
			n = 0
		}
		haut.boucles[p] = make([]*etat, n)
		for i := range n {
			haut.boucles[p][i] = nouvelEtat()
		}
	}
	for _, e := range haut.boucles[p] {
		t.etats = append(t.etats, e)
		err := f()
		t.etats = t.etats[:len(t.etats)-1]
		if err != nil {
			return err
		}
	}
	return nil
}

// separe says whether a level has a record of its own, which tells where each begins.
func (n *noeud) separe(p Pour) bool {
	if n.pour == p {
		return n.exigeDans()
	}
	for _, e := range n.enfants {
		if e.separe(p) {
			return true
		}
	}
	return false
}

// Valeur draws once where it stands: what is inside sees the same.
func (t *tirage) Valeur(i int) (Valeur, bool) {
	for j := len(t.etats) - 1; j >= 0; j-- {
		if d, ok := t.etats[j].valeurs[i]; ok {
			return d.v, d.ok
		}
	}
	v, ok := t.tirer(i)
	t.etats[len(t.etats)-1].valeurs[i] = tire{v, ok}
	return v, ok
}

func (t *tirage) tirer(i int) (Valeur, bool) {
	d, c := t.p.donnees[i], t.formats[i]
	facultatif := c == nil || !c.obligatoire
	if facultatif && t.rare && d.Genre != GenreSens && t.r.IntN(3) == 0 && t.partoutFacultatif(i) {
		return Valeur{Nombre: -1 * int64(b2i(d.Genre == GenreInstant))}, d.Genre == GenreNombre || d.Genre == GenreMontant
	}
	largeur := t.largeur[i]
	if largeur == 0 {
		largeur = 12
	}
	switch d.Genre {
	case GenreNombre, GenreMontant:
		max := int64(1)
		for range min(largeur, 9) {
			max *= 10
		}
		for _, de := range t.longueurs {
			if de == i {
				max = min(max, 400)
			}
		}
		n := t.r.Int64N(max)
		if d.Genre == GenreMontant && !t.sansSigne[i] && t.r.IntN(2) == 0 {
			n = -n
		}
		return Valeur{Nombre: n}, true
	case GenreDate, GenreInstant:
		j, _ := fse.NewDate(2020+t.r.IntN(20), 1+t.r.IntN(12), 1+t.r.IntN(28))
		return Valeur{Date: j, Nombre: t.r.Int64N(86400)}, true
	case GenreNaissance:
		return Valeur{Texte: fmt.Sprintf("%02d%02d%02d", t.r.IntN(100), 1+t.r.IntN(30), t.r.IntN(32)), Nombre: 2026}, true
	case GenreEmpreinte:
		e := new([32]byte)
		for k := range e {
			e[k] = byte(t.r.Uint32())
		}
		return Valeur{Empreinte: e}, true
	case GenreSens:
		return Valeur{Texte: d.Sens[t.r.IntN(len(d.Sens))]}, true
	case GenreContenu:
		return t.document(i)
	}
	return t.texte(d, c, largeur), true
}

// partoutFacultatif says that no zone of the datum needs it.
func (t *tirage) partoutFacultatif(i int) bool {
	for _, n := range t.p.noeuds {
		for _, c := range n.champsTous() {
			if c.donnee == i && (c.obligatoire || n.texte == c || c.de >= 0) || c.donnee >= 0 && c.de >= 0 &&
				t.longueurs[c.donnee] == i {
				return false
			}
		}
	}
	return true
}

// document draws one whose length is what the zone before it says.
func (t *tirage) document(i int) (Valeur, bool) {
	b := []byte("%PDF\x00\xff\r\n@;" + fmt.Sprint(t.r.Uint64()))
	if de, ok := t.longueurs[i]; ok {
		v, _ := t.Valeur(de)
		b = bytes.Repeat([]byte("\n;@"), int(v.Nombre))[:v.Nombre]
	} else if t.r.IntN(2) == 0 {
		b = bytes.Repeat(b, 20) // longer than a line of base64
	}
	return Valeur{Open: Octets(b)}, true
}

const (
	tousChiffres = "0123456789"
	tousID       = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	tousTexte    = tousID + " .,'/@;:+&<>\"*#|"
)

func (t *tirage) texte(d Donnee, c *champ, largeur int) Valeur {
	if codes := t.x.Codes[d.Nom]; len(codes) > 0 {
		return Valeur{Texte: codes[t.r.IntN(len(codes))]}
	}
	n := 1 + t.r.IntN(min(largeur, 30))
	lettres := tousID
	numerique := c != nil && c.numerique || d.Chiffres
	if d.Genre == GenreTexte && !d.Chiffres {
		lettres = tousTexte
	}
	if numerique {
		lettres = tousChiffres
	}
	if d.Largeur > 0 {
		n = d.Largeur
	} else if c != nil && c.largeur > 0 && c.numerique {
		n = c.largeur
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = lettres[t.r.IntN(len(lettres))]
		if b[i] == ' ' && (i == 0 || i == n-1) || numerique && d.Genre == GenreIdentifiant && i == 0 && b[i] == '0' {
			b[i] = '1'
		}
		// A separator that nothing protects is refused when it is written.
		if f := t.p.f; f.Codage == CodageDelimite && f.Guillemet == "" && f.Echappement == "" && strings.IndexByte(tousID,
			b[i]) < 0 {
			b[i] = 'x'
		}
	}
	if numerique && len(bytes.Trim(b, "0")) == 0 {
		b[n-1] = '1' // of zeros alone: none
	}
	return Valeur{Texte: string(b)}
}
