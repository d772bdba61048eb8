package s3404_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

func cles(t testing.TB, src s3404.Source) []fse.CleFacture {
	t.Helper()
	bs, err := s3404.Construire(t.Context(), src, options)
	if err != nil {
		t.Fatal(err)
	}
	return bs[0].Cles
}

// TestCorriger protects a held lot in which one invoice is replaced: the corrected one is in it, every other record is
// what it was, the totals and counts of the lot and of the file are those of what it holds, and the trace says what
// was, and what is.
func TestCorriger(t *testing.T) {
	avant := fichier(t, 6, 4, nil)
	corrige := fichier(t, 6, 2, nil) // the same invoices with two acts fewer
	cle := cles(t, avant)[2]
	var w bytes.Buffer
	c, err := s3404.Corriger(t.Context(), &w, avant, corrige, cle)
	if err != nil {
		t.Fatal(err)
	}
	apres := deOctets(w.Bytes())
	constats, err := s3404.Controler(t.Context(), apres, s3404.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range constats {
		if x.Gravite == fse.Erreur {
			t.Errorf("%s", x)
		}
	}
	lire := func(src s3404.Source) (l []s3404.FactureAffichee) {
		bs, err := s3404.Construire(t.Context(), src, options)
		if err != nil {
			t.Fatal(err)
		}
		for f, err := range bs[0].Factures(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			x := *f
			x.Lignes = slices.Clone(f.Lignes)
			l = append(l, x)
		}
		return l
	}
	av, co, ap := lire(avant), lire(corrige), lire(apres)
	if len(ap) != 6 || ap[2].Total != co[2].Total || len(ap[2].Lignes) != 3 || c.Avant.Total != av[2].Total ||
		c.Apres.Total != co[2].Total || c.Avant.Empreinte == c.Apres.Empreinte || c.Facture != cle ||
		c.Avant.Enregistrements <= c.Apres.Enregistrements {
		t.Errorf("%+v", c)
	}
	a, b := octets(t, avant), w.Bytes()
	// Up to the replaced invoice, and after it up to the totals, byte for byte.
	if n := bytes.Index(a, []byte("000000003")); !bytes.Equal(a[:n/128*128], b[:n/128*128]) {
		t.Error("what comes before changed")
	}
	i, j := bytes.Index(a, []byte("000000004")), bytes.Index(b, []byte("000000004"))
	if !bytes.Equal(a[i:len(a)-256], b[j:len(b)-256]) {
		t.Error("what comes after changed")
	}
	// Put back, it is the file from before.
	var retour bytes.Buffer
	if _, err := s3404.Corriger(t.Context(), &retour, apres, avant, cle); err != nil || !bytes.Equal(retour.Bytes(), a) {
		t.Errorf("not put back: %v", err)
	}
	autre := cle
	autre.Numero = 99
	if _, err := s3404.Corriger(t.Context(), io.Discard, avant, corrige, autre); !errors.Is(err, s3404.ErrFactureAbsente) {
		t.Errorf("an invoice that isn't there: %v", err)
	}
}

// TestControler protects the biller's one question before sending: what is wrong is told with its place and in French,
// and a good file has nothing wrong.
func TestControler(t *testing.T) {
	codes := func(src s3404.Source, o s3404.Options) map[string]int {
		t.Helper()
		l, err := s3404.Controler(t.Context(), src, o)
		if err != nil {
			t.Fatal(err)
		}
		n := map[string]int{}
		for _, c := range l {
			if !strings.HasPrefix(c.Code, "s3404-") {
				continue // the keys of drawn numbers
			}
			if n[c.Code]++; c.Message == "" || c.Gravite == 0 {
				t.Errorf("%+v", c)
			}
			if c.Code == s3404.CodeTotal && (c.Lieu.Facture.Numero != 2 && c.Lieu.Portee != fse.PorteeLot ||
				c.Lieu.Rang == 0) {
				t.Errorf("%+v", c.Lieu)
			}
		}
		return n
	}
	if n := codes(fichier(t, 3, 2, nil), s3404.Options{}); len(n) != 0 {
		t.Errorf("a good file: %v", n)
	}
	faux := fichier(t, 3, 2, func(i int, zone string, c int64) int64 {
		if i == 2 && zone == "honoraires" {
			return c + 1
		}
		return c
	})
	o := s3404.Options{Precedent: &s3404.Totaux{Total: 1000_00}, Praticien: func(n string) string {
		if n == "757519680" {
			return ""
		}
		return "Dr 林"
	}}
	n := codes(faux, o)
	if n[s3404.CodeTotal] == 0 || n[s3404.CodeNom] != 1 {
		t.Errorf("%v", n)
	}
	o.Praticien = func(string) string { return "" }
	if n := codes(fichier(t, 3, 2, nil), o); n[s3404.CodePraticien] != 2 || n[s3404.CodeEcart] != 1 {
		t.Errorf("%v", n)
	}
	if _, err := s3404.Controler(t.Context(), deOctets([]byte("%PDF-1.4")), o); err == nil {
		t.Error("what isn't B2 was checked")
	}
}
