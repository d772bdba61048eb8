package chaine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// Errors of a Fil.
var (
	// ErrRupture says that the lines aren't those that were written: the error says at which one.
	ErrRupture = errors.New("chaine: broken")
	// ErrConcurrent says that another program wrote meanwhile: open again.
	ErrConcurrent = errors.New("chaine: written by another program")
	// ErrLigne says that a content can't be a line.
	ErrLigne = errors.New("chaine: a line is 1 to 1,048,576 bytes without an end of line")
	// ErrIncomplet says that the last line has no end: a crash cut it short before its writer was told that it counts.
	ErrIncomplet = errors.New("chaine: last line cut short")
)

// LigneMax bounds a content, for who writes as for who reads.
const LigneMax = 1 << 20

// Maillon is a line: its number from 1, its link, its content.
type Maillon struct {
	N        uint64
	Condense Condense
	Contenu  []byte
	// Fin is where the line ends in the file.
	Fin int64
}

// A line is the link in hexadecimal, a space, the content, and LF.
const enTete = 2*len(Condense{}) + 1

// Read reads and checks a chain of lines from its beginning. A Contenu is good until the next one. The last error may
// be ErrIncomplet.
func Read(r io.Reader) iter.Seq2[Maillon, error] {
	return func(yield func(Maillon, error) bool) {
		s := bufio.NewReaderSize(r, 64<<10)
		var m Maillon
		var tampon []byte
		for {
			var err error
			tampon, err = lireLigne(s, tampon[:0])
			if errors.Is(err, io.EOF) {
				return
			}
			m.N++
			if err == nil {
				err = m.suivre(tampon)
			}
			if err != nil {
				yield(Maillon{N: m.N, Fin: m.Fin}, fmt.Errorf("line %d: %w", m.N, err))
				return
			}
			if !yield(m, nil) {
				return
			}
		}
	}
}

// suivre makes m, which has the link of the line before, that of ligne, without its LF.
func (m *Maillon) suivre(ligne []byte) error {
	if len(ligne) <= enTete || ligne[enTete-1] != ' ' {
		return fmt.Errorf("%w: %d bytes, expected a link, a space and a content", ErrRupture, len(ligne))
	}
	var c Condense
	if err := c.UnmarshalText(ligne[:enTete-1]); err != nil {
		return fmt.Errorf("%w: %w", ErrRupture, err)
	}
	contenu := ligne[enTete:]
	// Upper case would be another text of the same link: one content has one form.
	if c != Suivant(m.Condense, Contenu(contenu)) || c.String() != string(ligne[:enTete-1]) {
		return fmt.Errorf("%w: it doesn't follow the line before", ErrRupture)
	}
	m.Condense, m.Contenu, m.Fin = c, contenu, m.Fin+int64(len(ligne))+1
	return nil
}

// lireLigne appends a line to b, without its LF. io.EOF when nothing is left.
func lireLigne(s *bufio.Reader, b []byte) ([]byte, error) {
	for {
		morceau, err := s.ReadSlice('\n')
		b = append(b, morceau...)
		switch {
		case err == nil && len(b) <= enTete+LigneMax+1:
			return b[:len(b)-1], nil
		case len(b) > enTete+LigneMax:
			return b, fmt.Errorf("%w: %w", ErrRupture, ErrLigne)
		case errors.Is(err, io.EOF) && len(b) == 0:
			return b, io.EOF
		case errors.Is(err, io.EOF):
			return b, ErrIncomplet
		case !errors.Is(err, bufio.ErrBufferFull):
			return b, err
		}
	}
}

// Fil is a chain of lines in a file. It may be used by several goroutines.
type Fil struct {
	depot *depot.Depot
	nom   string

	mu     sync.Mutex
	n      uint64
	tete   Condense
	taille int64
}

// Open reads the file from its first line, gives each to pour, and checks the chain; a file that isn't there is an
// empty chain. repris says that a last line without its end was cut off.
func Open(d *depot.Depot, nom string, pour func(Maillon) error) (f *Fil, repris bool, err error) {
	f = &Fil{depot: d, nom: nom}
	r, err := d.Open(nom)
	if errors.Is(err, fs.ErrNotExist) {
		return f, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	for m, e := range Read(r) {
		if errors.Is(e, ErrIncomplet) {
			repris = true
			break
		}
		if err = e; err == nil {
			f.n, f.tete, f.taille = m.N, m.Condense, m.Fin
			err = pour(m)
		}
		if err != nil {
			break
		}
	}
	if err = errors.Join(err, r.Close()); err == nil && repris {
		err = d.Truncate(nom, f.taille)
	}
	if err != nil {
		return nil, repris, err
	}
	return f, repris, nil
}

// Append adds a line; it is on disk when it returns nil. ErrConcurrent when another program wrote since Open.
func (f *Fil) Append(contenu []byte) (Maillon, error) {
	if len(contenu) == 0 || len(contenu) > LigneMax || bytes.IndexByte(contenu, '\n') >= 0 {
		return Maillon{}, ErrLigne
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	m := Maillon{N: f.n + 1, Condense: Suivant(f.tete, Contenu(contenu)), Contenu: contenu}
	ligne := make([]byte, 0, enTete+len(contenu)+1)
	ligne = append(append(ligne, m.Condense.String()...), ' ')
	ligne = append(append(ligne, contenu...), '\n')
	liberer, err := f.depot.Lock(f.nom)
	if err != nil {
		return Maillon{}, err
	}
	err = f.depot.Append(f.nom, ligne, f.taille)
	if errors.Is(err, depot.ErrLongueur) {
		err = fmt.Errorf("%w: %w", ErrConcurrent, err)
	}
	if err = errors.Join(err, liberer()); err != nil {
		return Maillon{}, err
	}
	f.n, f.tete, f.taille = m.N, m.Condense, f.taille+int64(len(ligne))
	m.Fin = f.taille
	return m, nil
}

// Tete gives the number of lines, the link of the last one, and where it ends.
func (f *Fil) Tete() (n uint64, tete Condense, fin int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n, f.tete, f.taille
}
