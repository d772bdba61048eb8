package disposition

import (
	"errors"
	"io"
	"slices"
	"strconv"
)

// Codec is a file's layout that no profile can say: the host's own code reads and writes it, and the SDK calls it where
// the profile says « codage: codec ». Both see data by their names.
type Codec interface {
	// Encode writes a file of what s tells.
	Encode(w io.Writer, s *Lecture) error
	// Decode reads a file and tells e what it holds. Errors are those of the format.
	Decode(r io.Reader, e *Ecriture) error
}

// ErrNonCompile tells of a format that Compiler has not made ready.
var ErrNonCompile = errors.New("disposition: format not compiled")

// Encode writes the file. What doesn't fit a zone is an [*ErreurZone]; then nothing more is written.
func (f *Format) Encode(w io.Writer, s Source) error {
	if f.prog == nil {
		return ErrNonCompile
	}
	s.Lier(f.prog.donnees)
	if f.codec != nil {
		return f.codec.Encode(w, &Lecture{s: s, donnees: f.prog.donnees})
	}
	return f.prog.encoder(w, s, nil)
}

// temoin is told what is written, for the proof that it reads back.
type temoin interface {
	entrer(p Pour)
	sortir(p Pour)
	ecrit(c *champ, v Valeur, present bool)
}

// Essayer says what of a source doesn't fit the layout, without writing it: only the data of these levels are looked
// at, so that an invoice or a piece is tried before anything else of its file is known. Nil where it all fits, or where
// a codec alone can tell.
func (f *Format) Essayer(s Source, niveaux ...Pour) error {
	if f.prog == nil || f.codec != nil || f.Codage == CodageXML && len(f.prog.noeuds) == 0 {
		return nil
	}
	s.Lier(f.prog.donnees)
	seuls := make([]bool, len(f.prog.donnees))
	for i, d := range f.prog.donnees {
		seuls[i] = slices.ContainsFunc(niveaux, func(p Pour) bool { return slices.Contains(d.Pour, p) }) &&
			d.Genre != GenreContenu
	}
	return f.prog.essayer(s, seuls)
}

func (p *programme) essayer(s Source, seuls []bool) error {
	c := &codeur{p: p, w: io.Discard, s: s}
	var dans func(n *noeud) error
	un := func(n *noeud) error {
		if !c.remplie(n) {
			return nil
		}
		for _, z := range n.champsTous() {
			if z.role == roleDonnee && seuls[z.donnee] {
				if _, err := c.texte(n, z, nil); err != nil {
					return &ErreurZone{n.nom, z.nom, err}
				}
			}
		}
		return dans(n)
	}
	dans = func(n *noeud) error {
		for _, e := range n.enfants {
			var err error
			if e.pour == "" {
				err = un(e)
			} else {
				err = s.Boucle(e.pour, func() error { return un(e) })
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	return dans(p.racine)
}

type ecrivain interface {
	// ecrire writes a record or opens an element; fermer closes it.
	ecrire(n *noeud) error
	fermer(n *noeud) error
}

// codeur walks the tree.
type codeur struct {
	p       *programme
	w       io.Writer
	s       Source
	t       temoin
	e       ecrivain
	comptes *comptes
	cumuls  []cumul
	rangs   []int
	tampon  []byte // of one text
	rec     []byte
}

func (p *programme) encoder(w io.Writer, s Source, t temoin) error {
	c := &codeur{p: p, w: w, s: s, t: t}
	if len(p.usages) > 0 {
		c.comptes = nouveauxComptes(p)
		if err := c.compter(p.racine); err != nil {
			return err
		}
		c.comptes.fermer("")
		c.comptes.relire()
	}
	for _, x := range p.cumuls {
		c.cumuls = append(c.cumuls, nouveauCumul(x.algo))
	}
	c.rangs = make([]int, len(p.rangs))
	switch p.f.Codage {
	case CodageXML:
		c.e = &ecrivainXML{c: c}
	case CodageDelimite:
		c.e = &ecrivainDelimite{c}
	default:
		c.e = &ecrivainFixe{c}
	}
	if x, ok := c.e.(*ecrivainXML); ok {
		x.entete()
	}
	return c.enfants(p.racine)
}

func (c *codeur) enfants(n *noeud) error {
	for _, e := range n.enfants {
		if err := c.noeud(e); err != nil {
			return err
		}
	}
	return nil
}

func (c *codeur) noeud(n *noeud) error {
	if n.pour == "" {
		return c.une(n)
	}
	return c.s.Boucle(n.pour, func() error {
		c.entrer(n.pour)
		err := c.une(n)
		c.sortir(n.pour)
		return err
	})
}

func (c *codeur) entrer(p Pour) {
	for i, u := range c.p.rangs {
		if u.niveau == p {
			c.rangs[i] = 0
		}
	}
	if c.comptes != nil {
		c.comptes.entrer(p)
	}
	for i, x := range c.p.cumuls {
		if x.niveau == p {
			c.cumuls[i].Reset()
		}
	}
	if c.t != nil {
		c.t.entrer(p)
	}
}

func (c *codeur) sortir(p Pour) {
	if c.t != nil {
		c.t.sortir(p)
	}
}

func (c *codeur) une(n *noeud) error {
	if !c.remplie(n) {
		return nil
	}
	if n.enreg {
		for i, u := range c.p.rangs {
			if u.nom == "*" || u.nom == n.nom {
				c.rangs[i]++
			}
		}
		if err := c.e.ecrire(n); err != nil {
			return err
		}
	}
	if err := c.enfants(n); err != nil || !n.enreg {
		return err
	}
	return c.e.fermer(n)
}

// remplie says whether the conditions of a record hold.
func (c *codeur) remplie(n *noeud) bool {
	for _, x := range n.si {
		v, ok := c.s.Valeur(x.donnee)
		if !x.remplie(&c.p.donnees[x.donnee], &v, ok) {
			return false
		}
	}
	return true
}

func (x *condition) remplie(d *Donnee, v *Valeur, ok bool) bool {
	switch {
	case x.present || x.absent:
		return (ok && !v.vide(d.Genre)) == x.present
	case !ok:
		return false
	}
	for _, veut := range x.valeurs {
		if v.egale(d.Genre, veut) {
			return true
		}
	}
	return false
}

// valeur asks for a zone's datum; ok is false where it is not there and may be left out.
func (c *codeur) valeur(z *champ) (v Valeur, ok bool, err error) {
	v, ok = c.s.Valeur(z.donnee)
	if ok && v.vide(z.genre) {
		ok = false
	}
	if c.t != nil {
		c.t.ecrit(z, v, ok)
	}
	if !ok && (z.obligatoire || !z.facultatif && v.manque(z.genre)) {
		return v, false, errAbsente
	}
	return v, ok, nil
}

// texte gives the text of a zone, without filling: nil for none.
func (c *codeur) texte(n *noeud, z *champ, sur func(i int) []byte) ([]byte, error) {
	b := c.tampon[:0]
	switch z.role {
	case roleFixe:
		return z.fixe, nil
	case roleDonnee:
		v, ok, err := c.valeur(z)
		if err != nil || !ok {
			return nil, err
		}
		if b, err = z.texte(b, &v, &c.p.jeu); err != nil {
			return nil, err
		}
	case roleCompte:
		var err error
		if b, err = z.nombreEcrit(b, int64(c.comptes.total(z.usage))); err != nil {
			return nil, err
		}
	case roleRang:
		b = strconv.AppendInt(b, int64(c.rangs[z.usage]), 10)
	case roleControle:
		t, err := c.controle(z, sur)
		if err != nil {
			return nil, err
		}
		b = append(b, t...)
	default:
		return nil, nil
	}
	c.tampon = b[:0]
	if z.binaire {
		return z.octets(b)
	}
	if z.z.Longueur > 0 && len(b) > z.z.Longueur {
		return nil, trop(len(b), z.z.Longueur)
	}
	return b, nil
}

func (c *codeur) controle(z *champ, sur func(i int) []byte) (string, error) {
	switch {
	case z.cumul >= 0:
		return z.deCumul(c.cumuls[z.cumul])
	case z.couvre != nil:
		return c.controleContenu(z)
	}
	return z.cle(sur)
}

// controleContenu reads the document that a check covers; nothing where there is none.
func (c *codeur) controleContenu(z *champ) (string, error) {
	v, ok := c.s.Valeur(z.couvre.donnee)
	if !ok || v.Open == nil {
		return z.sansDocument(), nil
	}
	r, err := v.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	x := nouveauCumul(z.z.Controle)
	if n, err := io.Copy(x, r); err != nil || n == 0 {
		return z.sansDocument(), err
	}
	return z.deCumul(x)
}

// sansDocument is what the check of no document says.
func (z *champ) sansDocument() string {
	if z.binaire {
		return "0"
	}
	return ""
}

// deCumul gives the text of a check: digits where the zone is of bytes.
func (z *champ) deCumul(x cumul) (string, error) {
	if z.binaire {
		return x.texte("decimal", 18)
	}
	return x.texte(z.z.Format, z.z.Longueur)
}

// cle computes a check over zones of its record.
func (z *champ) cle(sur func(i int) []byte) (string, error) {
	x := nouveauCumul(z.z.Controle)
	for _, i := range z.sur {
		x.Write(sur(i))
	}
	return z.deCumul(x)
}

var errAutre = errors.New("une valeur avec laquelle l'enregistrement ne ressemble pas à un autre attendue")

// ecrireRec hands a record over, and its bytes to the checks that cover it.
func (c *codeur) ecrireRec(rec []byte, separateur string) error {
	for i := range c.cumuls {
		c.cumuls[i].Write(rec)
	}
	if _, err := c.w.Write(rec); err != nil {
		return err
	}
	if separateur == "" {
		return nil
	}
	_, err := io.WriteString(c.w, separateur)
	return err
}

// compter goes through the records without writing them: counters stand in records that come before the last.
func (c *codeur) compter(n *noeud) error {
	for _, e := range n.enfants {
		fait := func() error {
			if !c.remplie(e) {
				return nil
			}
			if e.enreg {
				c.comptes.un(e.nom)
			}
			return c.compter(e)
		}
		if e.pour == "" {
			if err := fait(); err != nil {
				return err
			}
			continue
		}
		err := c.s.Boucle(e.pour, func() error {
			c.comptes.entrer(e.pour)
			err := fait()
			c.comptes.fermer(e.pour)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// comptes are the totals of each counter, in the order in which its level is entered.
type comptes struct {
	p      *programme
	totaux [][]int
	rang   []int // of the level being in, for each counter
	ouvert [][]int
}

func nouveauxComptes(p *programme) *comptes {
	c := &comptes{p: p, totaux: make([][]int, len(p.usages)), rang: make([]int, len(p.usages)),
		ouvert: make([][]int, len(p.usages))}
	c.entrer("")
	return c
}

func (c *comptes) entrer(niveau Pour) {
	for i, u := range c.p.usages {
		if u.niveau != niveau {
			continue
		}
		if c.ouvert != nil {
			c.totaux[i] = append(c.totaux[i], 0)
			c.ouvert[i] = append(c.ouvert[i], len(c.totaux[i])-1)
		}
		c.rang[i]++
	}
}

func (c *comptes) fermer(niveau Pour) {
	for i, u := range c.p.usages {
		if n := len(c.ouvert[i]); u.niveau == niveau && n > 0 {
			c.ouvert[i] = c.ouvert[i][:n-1]
		}
	}
}

func (c *comptes) un(nom string) {
	for i, u := range c.p.usages {
		if n := len(c.ouvert[i]); n > 0 && (u.nom == "*" || u.nom == nom) {
			c.totaux[i][c.ouvert[i][n-1]]++
		}
	}
}

// relire goes back to the beginning, for the writing.
func (c *comptes) relire() {
	c.ouvert = nil
	for i, u := range c.p.usages {
		c.rang[i] = b2i(u.niveau == "")
	}
}

func (c *comptes) total(usage int) int {
	if r := c.rang[usage] - 1; r >= 0 && r < len(c.totaux[usage]) {
		return c.totaux[usage][r]
	}
	return 0
}
