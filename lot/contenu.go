package lot

import (
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

// archive gives what opens a ZIP of the entries that the profile says. It has no dates: the same lot makes the same
// bytes.
func (c *composition) archive(x *scor.FormatPartie, portee portion) (func() (io.ReadCloser, error), error) {
	type entree struct {
		nom    string
		ouvrir func() (io.ReadCloser, error)
		pdf    bool
	}
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
				return nil, fmt.Errorf("two entries named %q in the archive", nom)
			}
			noms[nom] = true
			ouvrir, err := dans.contenu(e, portion)
			if err != nil {
				return nil, err
			}
			entrees = append(entrees, entree{nom, ouvrir, e.Contenu == scor.PartieDocument})
		}
	}
	return coulee(func(w io.Writer) error {
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
			r, err := e.ouvrir()
			if err != nil {
				return err
			}
			_, err = io.Copy(d, r)
			r.Close()
			if err != nil {
				return err
			}
		}
		return z.Close()
	}), nil
}
