package coffre

import (
	"bytes"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// A document that is removed while the folder is listed, by a purge during a backup, stops nothing.
func TestListerPendantUnePurge(t *testing.T) {
	d, err := OpenDossier(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), d, make([]byte, TailleCle))
	if err != nil {
		t.Fatal(err)
	}
	const n = 100
	var noms []string
	for i := range n {
		e, _, err := c.Deposer(t.Context(), bytes.NewReader([]byte{byte(i), byte(i >> 8)}))
		if err != nil {
			t.Fatal(err)
		}
		noms = append(noms, nomDe(e))
	}
	vus := 0
	for e, err := range d.Lister(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if vus++; vus > 1 {
			continue
		}
		for _, nom := range noms {
			if nom != e.Nom {
				if err := d.Supprimer(t.Context(), nom); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// A document that was said to be kept survives a loss of power: its bytes are on disk before its name, and its name
// before the answer.
func TestDossierDurable(t *testing.T) {
	var actes []string
	d, err := ouvrirDossier(t.TempDir(), depot.WithTemoin(func(a depot.Acte) error {
		actes = append(actes, a.Quoi)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c, err := Open(t.Context(), d, make([]byte, TailleCle))
	if err != nil {
		t.Fatal(err)
	}
	actes = nil
	if _, _, err := c.Deposer(t.Context(), bytes.NewReader(nil)); err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(actes, " "); s != "sync sync-dossier nommer sync-dossier" {
		t.Error(s)
	}
}
