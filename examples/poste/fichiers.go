package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/ecrans"
)

// corbeille are the invoice files that the establishment's software wrote and nobody has sent yet.
type corbeille struct {
	mu sync.Mutex
	l  []ecrans.FichierPret
}

func (c *corbeille) lister(context.Context) ([]ecrans.FichierPret, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.l), nil
}

func (c *corbeille) depose(_ context.Context, nom string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.l = slices.DeleteFunc(c.l, func(f ecrans.FichierPret) bool { return f.Nom == nom })
	return nil
}

// fichiers draws two files: one that may leave, and one whose total isn't that of its invoices.
func (p *poste) fichiers() (ecrans.Option, error) {
	var c corbeille
	for i := range 2 {
		f, err := p.cabinet.Fichier(6)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := b2.WriteFichier(b2.NewWriter(&b), f); err != nil {
			return nil, err
		}
		octets := b.Bytes()
		if i == 1 {
			if k := bytes.LastIndexAny(bytes.TrimRight(octets, "0 \r\n"), "123456789"); k >= 0 {
				octets[k] ^= 1
			}
		}
		c.l = append(c.l, ecrans.FichierPret{Nom: fmt.Sprintf("FACT%03d.B2", f.Lots[0].Cle.Numero), Quand: p.horloge(),
			Taille: int64(len(octets)), Open: func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(octets)), nil
			}})
	}
	return ecrans.WithFichiers(ecrans.Fichiers{Lister: c.lister, Depose: c.depose}), nil
}
