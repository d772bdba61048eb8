package lot

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// ouvrirLot gives what opens the file of lots as its layout writes it. One that holds its documents is written as it is
// read: nothing of it is in memory.
func ouvrirLot(p *scor.Profil, f *Fichier) (func() (io.ReadCloser, error), error) {
	if dedans, _ := p.Lot.Interieur(); !dedans {
		var b bytes.Buffer
		if err := p.Lot.Encode(&b, nouvelleSource(p, f)); err != nil {
			return nil, err
		}
		return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }, nil
	}
	// What doesn't fit is told now, and not when half of the message is gone: the documents are stood for by as many
	// zeros.
	if err := p.Lot.Encode(io.Discard, nouvelleSource(p, blanc(f))); err != nil {
		return nil, err
	}
	return coulee(func(w io.Writer) error { return p.Lot.Encode(w, nouvelleSource(p, f)) }), nil
}

// blanc is the same file, with documents of zeros.
func blanc(f *Fichier) *Fichier {
	c := *f
	c.Lots = append([]Lot(nil), f.Lots...)
	for i := range c.Lots {
		c.Lots[i].Paires = append([]Paire(nil), f.Lots[i].Paires...)
		for j := range c.Lots[i].Paires {
			if d := &c.Lots[i].Paires[j].Piece; d.Open != nil {
				n := d.Octets
				d.Open = func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, n)), nil }
			}
		}
	}
	return &c
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// coulee opens what is written while it is read.
func coulee(ecrire func(w io.Writer) error) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() { w.CloseWithError(ecrire(w)) }()
		return r, nil
	}
}

// entree is what an archive holds under a name.
type entree struct {
	nom    string
	ouvrir func() (io.ReadCloser, error)
	pdf    bool
}

// entrees lists what the profile puts in an archive.
func (c *composition) entrees(x *scor.FormatPartie, portee portion) ([]entree, error) {
	var entrees []entree
	noms := map[string]bool{}
	// An entry is for what is inside the part that holds it.
	dans := &composition{p: c.p, tout: portee.f, noms: noms}
	for i := range x.Entrees {
		e := &x.Entrees[i]
		for _, portion := range dans.portions(e.Pour) {
			nom, err := dans.remplir(e.Nom, portion, false)
			if err != nil {
				return nil, err
			}
			if noms[nom] {
				return nil, fmt.Errorf("deux entrées de l'archive ont le nom %q", nom)
			}
			noms[nom] = true
			ouvrir, err := dans.contenu(e, portion)
			if err != nil {
				return nil, err
			}
			entrees = append(entrees, entree{nom, ouvrir, e.Contenu == scor.PartieDocument})
		}
	}
	return entrees, nil
}

// archive gives what opens a ZIP or a TAR of the entries that the profile says. It has no dates: the same lot makes the
// same bytes.
func (c *composition) archive(x *scor.FormatPartie, portee portion) (func() (io.ReadCloser, error), error) {
	entrees, err := c.entrees(x, portee)
	if err != nil {
		return nil, err
	}
	if x.Contenu == scor.PartieTAR {
		return coulee(func(w io.Writer) error { return ecrireTAR(w, entrees) }), nil
	}
	return coulee(func(w io.Writer) error { return ecrireZIP(w, entrees) }), nil
}

func ecrireZIP(w io.Writer, entrees []entree) error {
	z := zip.NewWriter(w)
	for _, e := range entrees {
		h := &zip.FileHeader{Name: e.nom, Method: zip.Deflate}
		if e.pdf {
			h.Method = zip.Store // a scan is compressed already
		}
		d, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if err := e.copier(d); err != nil {
			return err
		}
	}
	return z.Close()
}

// ecrireTAR measures each entry before it writes it: its length comes first.
func ecrireTAR(w io.Writer, entrees []entree) error {
	t := tar.NewWriter(w)
	for _, e := range entrees {
		var n compteOctets
		if err := e.copier(&n); err != nil {
			return err
		}
		h := &tar.Header{Name: e.nom, Mode: 0o600, Size: int64(n), Typeflag: tar.TypeReg}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		if err := e.copier(t); err != nil {
			return err
		}
	}
	return t.Close()
}

type compteOctets int64

func (n *compteOctets) Write(b []byte) (int, error) {
	*n += compteOctets(len(b))
	return len(b), nil
}

func (e *entree) copier(w io.Writer) error {
	r, err := e.ouvrir()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w, r)
	return err
}
