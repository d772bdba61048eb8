package numerisation

import (
	"bytes"
	"fmt"
	"io"
	"slices"
)

// Source is a file of scans, of one or many pages.
type Source struct {
	// Nom is what the user knows the file by. It may hold a patient's name: it is returned in results, never put in an
	// error or logged.
	Nom string
	io.ReaderAt
	Taille int64 // bytes
	// DPI is the resolution that the caller vouches for, in dots per inch; 0 takes what the file says. It is the remedy
	// where a file says nothing or nonsense.
	DPI float64
	// Pages are those of the file that are meant, from 1, in the file's order; nil for all. A batch of many pieces in one
	// file is parted by it.
	Pages []int
}

// veut says whether the page of that number is meant.
func (s *Source) veut(numero int) bool { return len(s.Pages) == 0 || slices.Contains(s.Pages, numero) }

// Octets is a source in memory.
func Octets(nom string, b []byte) Source {
	return Source{Nom: nom, ReaderAt: bytes.NewReader(b), Taille: int64(len(b))}
}

// ReadSource reads a source that can't be read at random. It fails beyond limite bytes.
func ReadSource(nom string, r io.Reader, limite int64) (Source, error) {
	b, err := io.ReadAll(io.LimitReader(r, limite+1))
	if err != nil {
		return Source{}, fmt.Errorf("numerisation: reading a source: %w", err)
	}
	if int64(len(b)) > limite {
		return Source{}, fmt.Errorf("numerisation: source of more than %d bytes", limite)
	}
	return Octets(nom, b), nil
}

// genre is the kind of a file, told from its first bytes.
type genre int

const (
	inconnu genre = iota
	genreTIFF
	genreJPEG
	genrePNG
	genrePDF
)

// reconnaitre looks at the first bytes. A PDF's header may come within the first kilobyte (ISO 32000-1, annex H, note
// 13).
func reconnaitre(s Source) (genre, error) {
	var b [1024]byte
	n, err := s.ReadAt(b[:min(int64(len(b)), max(s.Taille, 0))], 0)
	if n == 0 && err != nil && err != io.EOF {
		return inconnu, err
	}
	t := b[:n]
	switch {
	case bytes.HasPrefix(t, []byte("II*\x00")), bytes.HasPrefix(t, []byte("MM\x00*")),
		bytes.HasPrefix(t, []byte("II+\x00")), bytes.HasPrefix(t, []byte("MM\x00+")):
		return genreTIFF, nil
	case bytes.HasPrefix(t, []byte("\xff\xd8")):
		return genreJPEG, nil
	case bytes.HasPrefix(t, []byte("\x89PNG\r\n\x1a\n")):
		return genrePNG, nil
	case bytes.Contains(t, []byte("%PDF-")):
		return genrePDF, nil
	}
	return inconnu, nil
}
