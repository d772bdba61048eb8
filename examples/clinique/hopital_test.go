package main

import (
	"bytes"
	"context"
	"io"
	"slices"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// The drawn file is a good one: no finding, every record that a hospital's has, totals to the cent.
func TestFichierHopital(t *testing.T) {
	brut, err := fichierHopital(lotsDessines)
	if err != nil {
		t.Fatal(err)
	}
	f, constats, err := b2.ParseFichier(bytes.NewReader(brut))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range constats {
		if c.Gravite != b2.Information {
			t.Errorf("%s", c)
		}
	}
	if len(f.Lots) != 2 || len(f.Lots[0].Factures) != 5 || len(f.Lots[1].Factures) != 3 {
		t.Errorf("%d lots", len(f.Lots))
	}
	var types []string
	for e, err := range b2.NewReader(bytes.NewReader(brut)).Enregistrements() {
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(types, e.Type.String()) {
			types = append(types, e.Type.String())
		}
	}
	for _, veut := range []string{"000", "1", "2", "2S", "3", "3S", "4", "4S", "5", "6", "999"} {
		if !slices.Contains(types, veut) {
			t.Errorf("no record %s in %v", veut, types)
		}
	}
	bordereaux, err := s3404.Construire(context.Background(),
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(brut)), nil }, s3404.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var total fse.Montant
	for _, b := range bordereaux {
		total += b.Totaux.Total
	}
	if total != f.Lots[0].Total+f.Lots[1].Total {
		t.Errorf("bordereaux of %s, lots of %s", total, f.Lots[0].Total+f.Lots[1].Total)
	}
}
