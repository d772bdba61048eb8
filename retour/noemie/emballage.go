package noemie

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Emballage is the physical form of a return.
type Emballage uint8

// Packings.
const (
	Blocs Emballage = iota // blocks of 128 bytes: a flag ('1' on the last one), then 127 bytes of data
	Flux                   // entities follow the header without anything between them
)

// String returns the French word.
func (e Emballage) String() string {
	if e == Flux {
		return "flux"
	}
	return "blocs"
}

// ErrPasNoemie says that a file does not begin as a NOEMIE return does.
var ErrPasNoemie = errors.New("noemie: not a NOEMIE return")

// ErreurLecture says where reading stopped.
type ErreurLecture struct {
	Entite int   // rank, the header being 1
	Offset int64 // as in Entite
	Err    error
}

// Error implements error.
func (e *ErreurLecture) Error() string {
	return fmt.Sprintf("noemie: entity %d, offset %d: %v", e.Entite, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *ErreurLecture) Unwrap() error { return e.Err }

const (
	avance    = 4 << 10  // bytes kept ahead of an entity: more than any declared length
	entiteMax = 64 << 10 // an unknown entity may go on until its '@'
	gzipMax   = 1 << 30  // unpacked
)

var (
	errEntiteTropLongue = fmt.Errorf("an entity without end in %d bytes", entiteMax)
	errTropGros         = fmt.Errorf("more than %d bytes once unpacked", gzipMax)
)

// finDeLigne is a line end that was dropped: where it was, among the bytes that are kept.
type finDeLigne struct {
	place  int64
	octets string
}

// sansFins drops line ends, which editing tools add and the norm doesn't have, and tells where they were.
type sansFins struct {
	r    io.Reader
	n    int64
	fins *[]finDeLigne
}

func (s *sansFins) Read(p []byte) (int, error) {
	for {
		n, err := s.r.Read(p)
		k := 0
		for i, c := range p[:n] {
			if c != '\r' && c != '\n' {
				p[k] = c
				k++
				continue
			}
			place, l := s.n+int64(k), *s.fins
			if j := len(l) - 1; i > 0 && j >= 0 && l[j].place == place && len(l[j].octets) < 2 {
				l[j].octets += string(rune(c))
			} else if len(l) < finsMax {
				*s.fins = append(l, finDeLigne{place, string(rune(c))})
			}
		}
		s.n += int64(k)
		if k > 0 || err != nil || n == 0 {
			return k, err
		}
	}
}

// finsMax bounds what a file of nothing but line ends can make a reader remember before an entity takes them.
const finsMax = 1 << 20

// borne fails past a number of bytes: a small gzip can hold a great many.
type borne struct {
	r io.Reader
	n int64
}

func (b *borne) Read(p []byte) (int, error) {
	if b.n <= 0 {
		return 0, errTropGros
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.n)])
	b.n -= int64(n)
	return n, err
}

// ouvrir looks for gzip, and drops line ends.
func ouvrir(src io.Reader, fins *[]finDeLigne) (*bufio.Reader, error) {
	br := bufio.NewReader(src)
	if m, _ := br.Peek(2); len(m) == 2 && m[0] == 0x1f && m[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, err
		}
		return bufio.NewReader(&sansFins{r: &borne{z, gzipMax}, fins: fins}), nil
	}
	return bufio.NewReader(&sansFins{r: br, fins: fins}), nil
}

// emballageDe tells the packing by the first entity after the header. Both readings are tried: one that finds a known
// code, a level of the norm and the end of the entity where its length puts it is better than one without the end.
func emballageDe(b []byte) (Emballage, bool) {
	flux := vraisemblable(b)
	blocs := 0
	if len(b) > 1 && (b[0] == '0' || b[0] == '1') {
		blocs = vraisemblable(b[1:])
	}
	switch {
	case flux == 0 && blocs == 0:
		// No entity: a return may be empty, or begin with one that we don't know.
		return Flux, bytes.HasPrefix(b, []byte("999")) || bytes.IndexByte(b, '@') >= 0
	case flux >= blocs:
		return Flux, true
	}
	return Blocs, true
}

// vraisemblable gives 2 to a known entity that ends where it should, 1 to a known code and level, 0 otherwise.
func vraisemblable(b []byte) int {
	if !debutConnu(b) {
		return 0
	}
	if l := layout(string(b[:3])).Longueur; l <= len(b) && b[l-1] == '@' {
		return 2
	}
	return 1
}

// debutConnu reports whether b begins with a known code and a level: 01 to 09, or 99.
func debutConnu(b []byte) bool {
	if len(b) < 5 || layouts[string(b[:3])] == nil {
		return false
	}
	return b[3] == '0' && b[4] >= '1' && b[4] <= '9' || b[3] == '9' && b[4] == '9'
}

// deballe gives the logical bytes of the body, without flags, and stops before the last record.
type deballe struct {
	br          *bufio.Reader
	emballage   Emballage
	tampon      []byte // logical bytes, from pos on
	pos         int
	logique     int64 // logical offset of tampon[pos]
	blocs       int   // blocks read
	dernier     bool  // the last block was read, or the file ended
	sansDrapeau bool  // the body ended without the flag of a last block
	tropTot     bool  // a block was flagged as the last, and others follow
	err         error
}

// reste returns at least avance logical bytes, or all there are.
func (d *deballe) reste() []byte {
	for len(d.tampon)-d.pos < avance && !d.dernier {
		d.remplir()
	}
	return d.tampon[d.pos:]
}

// plus reads more than reste did; it reports false when there is no more.
func (d *deballe) plus() bool {
	if d.dernier {
		return false
	}
	d.remplir()
	return true
}

func (d *deballe) remplir() {
	if d.pos > 0 {
		d.tampon = d.tampon[:copy(d.tampon, d.tampon[d.pos:])]
		d.pos = 0
	}
	if d.emballage == Flux {
		k := len(d.tampon)
		d.tampon = append(d.tampon, make([]byte, avance)...)
		n, err := d.br.Read(d.tampon[k:])
		d.tampon = d.tampon[:k+n]
		d.finir(err)
		return
	}
	bloc := make([]byte, Cadre)
	n, err := io.ReadFull(d.br, bloc)
	bloc = bloc[:n]
	if n == 0 || bytes.HasPrefix(bloc, []byte("999")) {
		// The last record came before a block flagged as the last: keep it apart.
		d.dernier, d.sansDrapeau = true, true
		d.br = bufio.NewReader(io.MultiReader(bytes.NewReader(bloc), d.br))
		d.finir(err)
		return
	}
	d.blocs++
	donnees := bloc[1:]
	dernier := n < Cadre
	if bloc[0] == '1' {
		// The flag alone is one damaged byte away from losing the rest: what follows must be the last record, or nothing.
		suite, _ := d.br.Peek(3)
		dernier = len(suite) < 3 || string(suite) == "999"
		d.tropTot = d.tropTot || !dernier
	}
	if dernier {
		d.dernier = true
		donnees = bytes.TrimRight(donnees, " ")
	}
	d.tampon = append(d.tampon, donnees...)
	d.finir(err)
}

func (d *deballe) finir(err error) {
	if err == nil {
		return
	}
	d.dernier = true
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		d.err = err
	}
}

// offset returns the place in the unpacked file of the next logical byte.
func (d *deballe) offset() int64 {
	if d.emballage == Flux {
		return Cadre + d.logique
	}
	return Cadre + d.logique/(Cadre-1)*Cadre + 1 + d.logique%(Cadre-1)
}

func (d *deballe) prendre(n int) []byte {
	b := d.tampon[d.pos : d.pos+n]
	d.pos += n
	d.logique += int64(n)
	return b
}

// entite returns the bytes of the next entity with its '@'; none at the end of the body.
func (d *deballe) entite() ([]byte, error) {
	b := d.reste()
	if d.err != nil {
		return nil, d.err
	}
	if len(b) == 0 || d.emballage == Flux && bytes.HasPrefix(b, []byte("999")) {
		return nil, nil
	}
	if t := layouts[string(b[:min(3, len(b))])]; t != nil {
		// A label may hold an '@': the declared length wins where it falls on one and the first '@' opens nothing.
		p := bytes.IndexByte(b, '@')
		if l := t.Longueur; p >= 0 && p < l-1 && l <= len(b) && b[l-1] == '@' && !debutConnu(b[p+1:]) &&
			(debutConnu(b[l:]) || bytes.HasPrefix(b[l:], []byte("999")) || len(bytes.TrimRight(b[l:], " ")) == 0) {
			return d.prendre(l), nil
		}
		if p >= 0 {
			return d.prendre(p + 1), nil
		}
	}
	for {
		if p := bytes.IndexByte(b, '@'); p >= 0 {
			return d.prendre(p + 1), nil
		}
		if len(b) > entiteMax {
			return nil, errEntiteTropLongue
		}
		if !d.plus() {
			break
		}
		if b = d.tampon[d.pos:]; d.err != nil {
			return nil, d.err
		}
	}
	// Nothing closes what is left. In a stream, the last record may be in it.
	if d.emballage == Flux {
		if i := len(b) - Cadre; i > 0 && bytes.HasPrefix(b[i:], []byte("999")) {
			return d.prendre(i), nil
		}
	}
	return d.prendre(len(b)), nil
}

// fin returns the last record, then what begins another return, and how many bytes are between them; or else how many
// bytes follow that are not blank.
func (d *deballe) fin() (rec []byte, suivant *bufio.Reader, suite int64, err error) {
	rec = make([]byte, Cadre)
	src := io.MultiReader(bytes.NewReader(d.tampon[d.pos:]), d.br)
	n, err := io.ReadFull(src, rec)
	rec = rec[:n]
	if err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = nil
		}
		return rec, nil, 0, err
	}
	br := bufio.NewReader(src)
	var passes, reste int64
	for {
		b, err := br.Peek(3)
		if len(b) == 0 {
			if err == io.EOF {
				err = nil
			}
			return rec, nil, reste, err
		}
		if reste == 0 && string(b) == "000" {
			return rec, br, passes, nil
		}
		if c := b[0]; c != ' ' && c != 0 && c != 0x1a {
			reste++
		}
		passes++
		if _, err := br.Discard(1); err != nil {
			return rec, nil, reste, err
		}
	}
}
