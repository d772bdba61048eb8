package cms

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds on what an unknown sender can make us hold. A ContentInfo is a dozen
// levels deep at most; OpenSSL nests constructed strings 5 deep.
const (
	profondeurMax = 32
	elementMax    = 1 << 20  // one recipient, one signer, one certificate
	ensembleMax   = 16 << 20 // a whole SET of them (CRLs can be of some MiB)
)

const (
	tagSequence    = asn1.SEQUENCE
	tagSet         = asn1.SET
	tagOctets      = asn1.OCTET_STRING
	tagOctetsCons  = asn1.OCTET_STRING | 0x20
	tagContexte0   = asn1.Tag(0x80)
	tagContexte0C  = asn1.Tag(0xa0)
	tagContexte1C  = asn1.Tag(0xa1)
	longueurLibre  = int64(-1)
	tagFinContenus = asn1.Tag(0)
)

// lecteurBER walks a BER encoding without holding it: niveaux is the stack of
// the ends of the constructed elements entered, longueurLibre where the length
// is indefinite.
type lecteurBER struct {
	r       *bufio.Reader
	pos     int64
	niveaux []int64
}

func newLecteurBER(r io.Reader) *lecteurBER {
	return &lecteurBER{r: bufio.NewReaderSize(r, 32<<10)}
}

func (l *lecteurBER) faute(pos int64, lu, attendu string) error {
	return &ErreurStructure{Offset: pos, Lu: lu, Attendu: attendu}
}

func (l *lecteurBER) coupe(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("cms: at byte %d: %w", l.pos, err)
}

func (l *lecteurBER) octet() (byte, error) {
	b, err := l.r.ReadByte()
	if err != nil {
		return 0, l.coupe(err)
	}
	l.pos++
	return b, nil
}

// limite is the end of the innermost definite element, or longueurLibre.
func (l *lecteurBER) limite() int64 {
	for i := len(l.niveaux) - 1; i >= 0; i-- {
		if l.niveaux[i] != longueurLibre {
			return l.niveaux[i]
		}
	}
	return longueurLibre
}

// entete reads a tag and a length; the length is longueurLibre when indefinite.
// Tags above 30 do not occur in CMS.
func (l *lecteurBER) entete() (asn1.Tag, int64, error) {
	debut := l.pos
	b, err := l.octet()
	if err != nil {
		return 0, 0, err
	}
	if b&0x1f == 0x1f {
		return 0, 0, l.faute(debut, "a tag number above 30", "a CMS element")
	}
	t := asn1.Tag(b)
	b, err = l.octet()
	if err != nil {
		return 0, 0, err
	}
	n := int64(b)
	switch {
	case b == 0x80:
		if t&0x20 == 0 {
			return 0, 0, l.faute(debut, "an indefinite length on a primitive element", "a length")
		}
		return t, longueurLibre, nil
	case b > 0x80:
		n = 0
		for range b & 0x7f {
			if b, err = l.octet(); err != nil {
				return 0, 0, err
			}
			if n >= 1<<48 {
				return 0, 0, l.faute(debut, "a length of more than 2^56 bytes", "a possible length")
			}
			n = n<<8 | int64(b)
		}
	}
	if fin := l.limite(); fin != longueurLibre && n > fin-l.pos {
		return 0, 0, l.faute(debut, fmt.Sprintf("a length of %d bytes", n),
			fmt.Sprintf("at most %d, those left in the enclosing element", fin-l.pos))
	}
	return t, n, nil
}

func (l *lecteurBER) empiler(n int64) error {
	if len(l.niveaux) >= profondeurMax {
		return l.faute(l.pos, fmt.Sprintf("more than %d nested elements", profondeurMax), "a CMS structure")
	}
	if n != longueurLibre {
		n += l.pos
	}
	l.niveaux = append(l.niveaux, n)
	return nil
}

// entrer enters the constructed element tag, which must be next.
func (l *lecteurBER) entrer(tag asn1.Tag, nom string) error {
	debut := l.pos
	if l.fini() {
		return l.faute(debut, "the end of the enclosing element", nom)
	}
	t, n, err := l.entete()
	if err != nil {
		return err
	}
	if t != tag {
		return l.faute(debut, fmt.Sprintf("tag 0x%02x", uint8(t)), nom)
	}
	return l.empiler(n)
}

// fini says whether the current element has no more content. A truncated
// stream is not an end: the read that follows reports it.
func (l *lecteurBER) fini() bool {
	if len(l.niveaux) == 0 {
		return false
	}
	fin := l.niveaux[len(l.niveaux)-1]
	if fin != longueurLibre {
		return l.pos >= fin
	}
	b, _ := l.r.Peek(2)
	return len(b) == 2 && b[0] == 0 && b[1] == 0
}

// sortir leaves the current element, which must be fully read.
func (l *lecteurBER) sortir() error {
	if !l.fini() {
		if b, err := l.r.Peek(2); err != nil && len(bytes.Trim(b, "\x00")) == 0 {
			return l.coupe(err)
		}
		return l.faute(l.pos, "more content", "the end of the element")
	}
	if l.niveaux[len(l.niveaux)-1] == longueurLibre {
		if _, err := l.r.Discard(2); err != nil {
			return l.coupe(err)
		}
		l.pos += 2
	}
	l.niveaux = l.niveaux[:len(l.niveaux)-1]
	return nil
}

// suivant is the tag of the next element of the current level, false at its end.
func (l *lecteurBER) suivant() (asn1.Tag, bool, error) {
	if l.fini() {
		return 0, false, nil
	}
	b, err := l.r.Peek(1)
	if err != nil {
		return 0, false, l.coupe(err)
	}
	return asn1.Tag(b[0]), true, nil
}

// element reads the next element whole, at most max bytes of it, and gives it
// back in definite lengths with its strings in one piece. DER comes out as it
// went in, so that signed bytes stay what was signed.
func (l *lecteurBER) element(max int64) (cryptobyte.String, error) {
	b := cryptobyte.NewBuilder(nil)
	debut := l.pos
	if err := l.copier(b, debut, max); err != nil {
		return nil, err
	}
	der, err := b.Bytes()
	if err != nil {
		return nil, l.faute(debut, err.Error(), "a CMS element")
	}
	return der, nil
}

func (l *lecteurBER) copier(b *cryptobyte.Builder, debut, max int64) error {
	ici := l.pos
	t, n, err := l.entete()
	if err != nil {
		return err
	}
	if n == longueurLibre && l.pos-debut > max || n != longueurLibre && n > max-(l.pos-debut) {
		return l.faute(ici, fmt.Sprintf("an element of more than %d bytes", max), "a smaller one")
	}
	if t == tagFinContenus && n == 0 {
		return l.faute(ici, "an end of contents", "an element")
	}
	if t&0x20 == 0 {
		v, err := l.octets(n)
		if err != nil {
			return err
		}
		b.AddASN1(t, func(c *cryptobyte.Builder) { c.AddBytes(v) })
		return nil
	}
	if err := l.empiler(n); err != nil {
		return err
	}
	enMorceaux := t == tagOctetsCons
	if enMorceaux {
		t = tagOctets
	}
	var erreur error
	contenu := func(c *cryptobyte.Builder) {
		for !l.fini() {
			if !enMorceaux {
				if erreur = l.copier(c, debut, max); erreur != nil {
					return
				}
				continue
			}
			var morceau cryptobyte.String
			if morceau, erreur = l.element(max - (l.pos - debut)); erreur != nil {
				return
			}
			var v cryptobyte.String
			if !morceau.ReadASN1(&v, tagOctets) {
				erreur = l.faute(ici, "a constructed string of something else", "OCTET STRINGs")
				return
			}
			c.AddBytes(v)
		}
		erreur = l.sortir()
	}
	b.AddASN1(t, contenu)
	return erreur
}

// octets reads n bytes; memory grows with what is really there, not with what
// the length claims.
func (l *lecteurBER) octets(n int64) ([]byte, error) {
	v := make([]byte, 0, min(n, 4<<10))
	for int64(len(v)) < n {
		if len(v) == cap(v) {
			v = append(v, 0)[:len(v)]
		}
		m, err := l.r.Read(v[len(v):min(int64(cap(v)), n)])
		v = v[:len(v)+m]
		l.pos += int64(m)
		if err != nil {
			return nil, l.coupe(err)
		}
	}
	return v, nil
}

// sauter passes over the next element without holding it.
func (l *lecteurBER) sauter() error {
	if t, _, err := l.suivant(); err != nil {
		return err
	} else if t&0x20 == 0 {
		_, n, err := l.entete()
		if err != nil {
			return err
		}
		m, err := io.CopyN(io.Discard, l.r, n)
		l.pos += m
		if err != nil {
			return l.coupe(err)
		}
		return nil
	}
	_, n, err := l.entete()
	if err != nil {
		return err
	}
	if err := l.empiler(n); err != nil {
		return err
	}
	for !l.fini() {
		if err := l.sauter(); err != nil {
			return err
		}
	}
	return l.sortir()
}
