package coffre

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A document that is removed while the folder is listed, by a purge during a backup, stops nothing.
func TestListerPendantUnePurge(t *testing.T) {
	d, err := NewDossier(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(d, make([]byte, TailleCle), nil)
	if err != nil {
		t.Fatal(err)
	}
	const n = 600
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

// What a crash left half written doesn't stay for ever; what another process is writing does.
func TestRestesDUnArret(t *testing.T) {
	racine := t.TempDir()
	d, err := NewDossier(racine)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w, err := d.Creer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	l, err := filepath.Glob(filepath.Join(racine, enCours+"*"))
	if err != nil || len(l) != 2 {
		t.Fatal(l, err)
	}
	vieux := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(l[0], vieux, vieux); err != nil {
		t.Fatal(err)
	}
	if _, err := NewDossier(racine); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(l[0]); !os.IsNotExist(err) {
		t.Error("left: ", err)
	}
	if _, err := os.Stat(l[1]); err != nil {
		t.Error(err)
	}
}
