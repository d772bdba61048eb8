package suivi

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// lotGarde is an invoices' lot as it is kept in the Coffre: the only place where the NIR and the birth date are
// written.
type lotGarde struct {
	Lot      fse.Lot
	Factures []factureGardee
}

// factureGardee: its Assure and Naissance come before the embedded ones, whose JSON is masked.
type factureGardee struct {
	fse.Facture
	Assure    [2]string // number and key
	Naissance string
}

func (s *Suivi) garderLot(ctx context.Context, l *fse.Lot) (string, error) {
	g := lotGarde{Lot: *l}
	g.Lot.Factures = nil
	for _, f := range l.Factures {
		g.Factures = append(g.Factures, factureGardee{Facture: f, Assure: [2]string{f.Assure.Numero(), f.Assure.Cle()},
			Naissance: f.Naissance.Brut()})
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return "", err
	}
	if err := json.NewEncoder(z).Encode(g); err != nil {
		return "", fmt.Errorf("suivi: lot %s: %w", l.Cle, err)
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	e, _, err := s.c.Coffre.Deposer(ctx, &b)
	return hex.EncodeToString(e[:]), err
}

// lotFactures reads a lot back, with its invoices.
func (s *Suivi) lotFactures(ctx context.Context, empreinte string) (*fse.Lot, error) {
	e, err := lireEmpreinte(empreinte)
	if err != nil {
		return nil, err
	}
	r, err := s.c.Coffre.Open(ctx, e)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	var g lotGarde
	if err := json.NewDecoder(z).Decode(&g); err != nil {
		return nil, err
	}
	// To the end: only there does the Coffre prove the whole.
	if _, err := io.Copy(io.Discard, z); err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, err
	}
	for _, f := range g.Factures {
		f.Facture.Naissance = fse.Naissance(f.Naissance)
		if f.Assure[0] != "" {
			// A wrong key was read once already: the number comes with its error.
			if f.Facture.Assure, err = fse.ParseNIR(f.Assure[0], f.Assure[1]); err != nil && f.Facture.Assure.IsZero() {
				return nil, err
			}
		}
		g.Lot.Factures = append(g.Lot.Factures, f.Facture)
	}
	return &g.Lot, nil
}
