package disposition

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// documentMax bounds a document that stands inside a file.
const documentMax = 64 << 20

// Decode reads a file and tells p what it holds. What is wrong in one zone doesn't hide the others: everything wrong is
// joined in the error, each an [*Erreur] but those of the reader.
func (f *Format) Decode(r io.Reader, p Puits) error {
	if f.prog == nil {
		return ErrNonCompile
	}
	return f.decoder(r, p, nil)
}

// decoder reads a file; t, where there is one, notes what its bytes were.
func (f *Format) decoder(r io.Reader, p Puits, t *traceur) error {
	p.Lier(f.prog.donnees)
	if f.codec != nil {
		e := &Ecriture{p: p, donnees: f.prog.donnees}
		err := f.codec.Decode(r, e)
		return errors.Join(append(e.errs, err)...)
	}
	d := &decodeur{p: f.prog, jeu: &f.prog.jeu, puits: p, fautes: fautes{puits: p}, trace: t}
	for _, x := range f.prog.cumuls {
		d.cumuls = append(d.cumuls, nouveauCumul(x.algo))
	}
	d.rangs = make([]int, len(f.prog.rangs))
	d.dernieres = make([]derniere, f.prog.champs)
	d.comptes = make([]suiviCompte, len(f.prog.usages))
	var err error
	switch f.Codage {
	case CodageXML:
		err = d.xml(r)
	case CodageDelimite:
		err = d.delimites(r)
	default:
		err = d.fixes(r)
	}
	if err != nil {
		d.fautes.liste = append(d.fautes.liste, err)
	}
	return errors.Join(d.fautes.liste...)
}

// decodeur follows the tree while records come.
type decodeur struct {
	p      *programme
	puits  Puits
	fautes fautes
	jeu    *jeu
	trace  *traceur // nil: nobody asks what the bytes are
	numero int
	pile   []cadre
	cumuls []cumul
	// comptes follow the counters: what was counted, and what the file says.
	comptes []suiviCompte
	rangs   []int
	// dernieres are the last values, zone by zone.
	dernieres []derniere
	// contenus are checks of a document, read or computed, whichever comes first.
	contenus map[*champ]*controleLu
}

type controleLu struct {
	lu, calcule  []byte
	vu, document bool
}

type cadre struct {
	n   *noeud
	pos int // the rank of the last child entered; -1 for none
	lu  bool
	vus uint64 // the children entered, up to the 64th
}

type suiviCompte struct {
	n       int
	annonce []annonce
}

type annonce struct {
	valeur int64
	numero int
	n      *noeud
	z      *champ
}

func (d *decodeur) faute(nature Nature, n *noeud, z *champ, format string, args ...any) {
	e := &Erreur{Nature: nature, Numero: d.numero, Message: fmt.Sprintf(format, args...)}
	if n != nil {
		e.Enregistrement = n.nom
	}
	if z != nil {
		e.Zone = z.nom
	}
	d.fautes.ajouter(e)
}

func (d *decodeur) ouvrir(n *noeud) {
	d.pile = append(d.pile, cadre{n: n, pos: -1})
	if n.pour == "" {
		return
	}
	for i, u := range d.p.usages {
		if u.niveau == n.pour {
			d.comptes[i] = suiviCompte{}
		}
	}
	for i, x := range d.p.cumuls {
		if x.niveau == n.pour {
			d.cumuls[i].Reset()
		}
	}
	for i, u := range d.p.rangs {
		if u.niveau == n.pour {
			d.rangs[i] = 0
		}
	}
	d.puits.Entrer(n.pour)
}

// fermer closes the frames beyond n.
func (d *decodeur) fermer(n int) {
	for len(d.pile) > n {
		c := &d.pile[len(d.pile)-1]
		for i, e := range c.n.enfants {
			if i < 64 && c.vus>>i&1 == 0 && e.exige() {
				d.faute(Structure, e, nil, "absent : attendu avant la fin de « %s »", c.n.nom)
			}
		}
		pour, racine := c.n.pour, c.n == d.p.racine
		d.pile = d.pile[:len(d.pile)-1]
		if pour != "" || racine {
			d.comparer(pour)
		}
		if pour != "" {
			d.puits.Sortir(pour)
		}
	}
}

// exige says that a node is written whenever what encloses it is.
func (n *noeud) exige() bool {
	return n.pour == "" && n.exigeDans()
}

// exigeDans says that each time that a node is written, a record is.
func (n *noeud) exigeDans() bool {
	if len(n.si) > 0 {
		return false
	}
	if n.enreg {
		return true
	}
	for _, e := range n.enfants {
		if e.exige() {
			return true
		}
	}
	return false
}

func (d *decodeur) comparer(niveau Pour) {
	for i, u := range d.p.usages {
		if u.niveau != niveau {
			continue
		}
		for _, a := range d.comptes[i].annonce {
			if a.valeur != int64(d.comptes[i].n) {
				garde := d.numero
				d.numero = a.numero
				d.faute(Compteur, a.n, a.z, "le compteur dit %d, il y en a %d", a.valeur, d.comptes[i].n)
				d.numero = garde
			}
		}
		d.comptes[i] = suiviCompte{}
	}
}

// placer opens what a record belongs to. A record that comes again, or that comes before what was already read, begins
// a new one of what is repeated around it.
func (d *decodeur) placer(n *noeud) {
	d.situer(n)
	for i, u := range d.p.usages {
		if u.nom == "*" || u.nom == n.nom {
			d.comptes[i].n++
		}
	}
	for i, u := range d.p.rangs {
		if u.nom == "*" || u.nom == n.nom {
			d.rangs[i]++
		}
	}
}

func (d *decodeur) situer(n *noeud) {
	if len(d.pile) == 0 {
		d.ouvrir(d.p.racine)
	}
	voie := n.voie
	j := 0
	for j+1 < len(voie) && j+1 < len(d.pile) && d.pile[j+1].n == voie[j+1] {
		j++
	}
	// j is the last common node. What comes after it in the way is to be opened, if it comes after what was read there.
	if j < len(voie)-1 && voie[j+1].rang > d.pile[j].pos {
		d.descendre(voie, j)
		return
	}
	// It comes again, or goes back: what is repeated, at n or around it, begins anew.
	i := j
	for i > 0 && voie[i].pour == "" {
		i--
	}
	if i == 0 {
		d.faute(Structure, n, nil, "hors de son ordre : il revient, ou vient trop tard")
		return
	}
	d.fermer(i)
	d.descendre(voie, i-1)
}

// descendre opens the nodes of the way beyond j.
func (d *decodeur) descendre(voie []*noeud, j int) {
	d.fermer(j + 1)
	for ; j < len(voie)-1; j++ {
		c := &d.pile[j]
		e := voie[j+1]
		if j > 0 && c.n.enreg && !c.lu && len(c.n.si) == 0 {
			d.faute(Structure, e, nil, "attendu après « %s »", c.n.nom)
			c.lu = true
		}
		c.pos = e.rang
		c.vus |= 1 << e.rang
		d.ouvrir(e)
	}
	d.pile[len(d.pile)-1].lu = true
}

// derniere is what a zone held the last time: most often, it holds the same in the next record.
type derniere struct {
	octets [24]byte
	n      int // 0: nothing yet
	v      Valeur
	ok     bool
}

// lue reads a zone, or knows it.
func (d *decodeur) lue(z *champ, b []byte) (Valeur, bool, error) {
	if len(b) == 0 || len(b) > len(derniere{}.octets) || z.rang >= len(d.dernieres) {
		return z.lire(b, d.jeu)
	}
	x := &d.dernieres[z.rang]
	if string(b) == string(x.octets[:x.n]) {
		return x.v, x.ok, nil
	}
	v, ok, err := z.lire(b, d.jeu)
	if err == nil && v.Empreinte == nil {
		x.n, x.v, x.ok = copy(x.octets[:], b), v, ok
	}
	return v, ok, err
}

// zone tells the sink what a zone holds, and checks what it can.
func (d *decodeur) zone(n *noeud, z *champ, b []byte, sur func(i int) []byte) {
	switch z.role {
	case roleFixe:
		return
	case roleControle:
		d.controler(n, z, b, sur)
		return
	case roleCompte:
		v, err := strconv.ParseInt(string(trimZeros(b)), 10, 64)
		if err != nil {
			d.faute(ZoneLue, n, z, "des chiffres attendus")
			return
		}
		d.comptes[z.usage].annonce = append(d.comptes[z.usage].annonce, annonce{v, d.numero, n, z})
		return
	case roleRang:
		d.rang(n, z, b)
		return
	case roleReserve:
		return
	}
	v, ok, err := d.lue(z, b)
	if err == nil && !ok && z.obligatoire {
		err = errors.New("vide, alors que la zone est obligatoire")
	}
	if err == nil && ok {
		err = d.puits.Poser(z.donnee, v)
	}
	if err != nil {
		d.fauteLue(n, z, err)
	}
}

// fauteLue tells what is wrong with a zone: as the sink says it, where it does.
func (d *decodeur) fauteLue(n *noeud, z *champ, err error) {
	var e *Erreur
	var b64 base64.CorruptInputError
	switch {
	case errors.As(err, &e):
		d.faute(e.Nature, n, z, "%s", e.Message)
	case errors.As(err, &b64):
		d.faute(ZoneLue, n, z, "un document en base64 attendu")
	default:
		d.faute(ZoneLue, n, z, "%v", err)
	}
}

// rang checks the number of a record. The next ones count from what was read: a record lost is told once.
func (d *decodeur) rang(n *noeud, z *champ, b []byte) {
	v, err := strconv.Atoi(string(trimZeros(b)))
	switch {
	case err != nil:
		d.faute(ZoneLue, n, z, "des chiffres attendus")
	case v != d.rangs[z.usage]:
		d.faute(Structure, n, z, "numéro %d, %d attendu : des enregistrements manquent, ou sont hors de leur ordre", v, d.rangs[z.usage])
		d.rangs[z.usage] = v
	}
}

// contenu hands a document over, and computes the checks that cover it.
func (d *decodeur) contenu(n *noeud, z *champ, r io.Reader) error {
	var xs []cumul
	for _, c := range n.couvrent {
		if c.couvre == z {
			x := nouveauCumul(c.z.Controle)
			xs = append(xs, x)
			r = io.TeeReader(r, x)
		}
	}
	err := d.puits.Contenu(z.donnee, r)
	if len(xs) == 0 || err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	for _, c := range n.couvrent {
		if c.couvre == z {
			l := d.controleLu(c)
			t, _ := c.deCumul(xs[0])
			l.calcule, l.document = []byte(t), true
			xs = xs[1:]
		}
	}
	return nil
}

func (d *decodeur) controleLu(c *champ) *controleLu {
	if d.contenus == nil {
		d.contenus = map[*champ]*controleLu{}
	}
	if d.contenus[c] == nil {
		d.contenus[c] = &controleLu{}
	}
	return d.contenus[c]
}

// comparerContenu compares the checks of a record's document, once all of the record is read.
func (d *decodeur) comparerContenu(n *noeud) {
	for _, c := range n.couvrent {
		l := d.controleLu(c)
		vide := len(trimZeros(l.lu)) == 0 || string(trimZeros(l.lu)) == "0"
		if l.document && string(c.normal(l.lu)) != string(c.normal(l.calcule)) || !l.document && !vide {
			d.faute(Cle, n, c, "le contrôle %s ne s'accorde pas avec le document", c.z.Controle)
		}
		delete(d.contenus, c)
	}
}

// normal is the text of a check without what fills its zone.
func (z *champ) normal(b []byte) []byte {
	if z.binaire {
		return trimZeros(b)
	}
	if z.complete {
		return z.sansRemplissage(z.remplir(nil, b))
	}
	return b
}

func (d *decodeur) controler(n *noeud, z *champ, b []byte, sur func(i int) []byte) {
	if z.couvre != nil {
		l := d.controleLu(z)
		l.lu, l.vu = append([]byte(nil), b...), true
		return
	}
	var attendu string
	var err error
	if z.cumul >= 0 {
		attendu, err = z.deCumul(d.cumuls[z.cumul])
	} else {
		attendu, err = z.cle(sur)
	}
	if err == nil && z.binaire {
		// Modulo what its bytes hold.
		if o, e := z.octets([]byte(attendu)); e == nil {
			attendu = string(z.texteOctets(o))
		}
	} else if err == nil && z.complete {
		attendu = string(z.normal([]byte(attendu)))
		b = z.sansRemplissage(b)
	}
	if err != nil || attendu != string(b) {
		d.faute(Cle, n, z, "le contrôle %s ne s'accorde pas avec ce qu'il couvre", z.z.Controle)
	}
}

// passerFins leaves line ends out: they are accepted after each record, whether or not the profile has them.
func passerFins(br *bufio.Reader) error {
	for {
		c, err := br.ReadByte()
		if err != nil {
			return err
		}
		if c != '\r' && c != '\n' {
			return br.UnreadByte()
		}
	}
}

// finDeLigne says that a separator is only a line end.
func finDeLigne(s string) bool { return s == "" || s == "\n" || s == "\r\n" || s == "\r" }
