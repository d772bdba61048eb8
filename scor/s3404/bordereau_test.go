package s3404_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// texte is what pdftotext reads, with plain spaces.
func texte(t testing.TB, f string) string {
	t.Helper()
	return strings.NewReplacer("\u00a0", " ").Replace(preflight.Texte(t, f))
}

// Every invoice of the real and drawn files is on the bordereau with its
// number, NIR and amounts, as the other reader of B2 gives them.
func TestBordereauComplet(t *testing.T) {
	ctx := context.Background()
	sources := map[string]func(testing.TB) s3404.Source{
		"dessiné": func(t testing.TB) s3404.Source { return fichier(t, 12, 5, nil) },
	}
	for _, nom := range []string{"normes/n4-cp.b2", "normes/n5-cp.b2", "b2/lot1.b2", "b2/lot2.b2", "b2/lot3.b2"} {
		sources[filepath.Base(nom)] = func(t testing.TB) s3404.Source { return partage(t, nom) }
	}
	tous := map[string][]byte{}
	for nom, source := range sources {
		t.Run(nom, func(t *testing.T) {
			src := source(t)
			r, err := src()
			if err != nil {
				t.Fatal(err)
			}
			fich, _, err := b2.ParseFichier(r)
			if err != nil {
				t.Fatal(err)
			}
			bs, err := s3404.Construire(ctx, src, options)
			if err != nil {
				t.Fatal(err)
			}
			if len(bs) != len(fich.Lots) {
				t.Fatalf("%d bordereaux, want %d", len(bs), len(fich.Lots))
			}
			for i, b := range bs {
				lot := &fich.Lots[i]
				if b.Lot.Cle != lot.Cle || b.Totaux.Total != lot.Total || b.Totaux.AMO != lot.AMO || b.Totaux.AMC != lot.AMC ||
					b.Totaux.Factures != len(lot.Factures) {
					t.Errorf("lot %v: %+v", lot.Cle, b.Totaux)
				}
				var pdf bytes.Buffer
				res, err := b.WritePDF(ctx, &pdf)
				if err != nil {
					t.Fatal(err)
				}
				f := poser(t, fmt.Sprintf("lot%d.pdf", i), pdf.Bytes())
				preflight.QPDF(t, f)
				tous[fmt.Sprintf("%s-%d.pdf", nom, i)] = pdf.Bytes()
				lu := texte(t, f)
				for _, fac := range lot.Factures {
					n := fac.Assure.Clair()
					nir := fmt.Sprintf("%s %s %s %s %s %s %s", n[:1], n[1:3], n[3:5], n[5:7], n[7:10], n[10:13], n[13:])
					for quoi, want := range map[string]string{"number": fmt.Sprintf("Facture %09d", fac.Cle.Numero), "NIR": nir,
						"total": strings.ReplaceAll(fac.Total.String(), "\u00a0", " "), "AMO": strings.ReplaceAll(fac.AMO.String(),
							"\u00a0", " ")} {
						if !strings.Contains(lu, want) {
							t.Errorf("facture %v: its %s is not on the bordereau", fac.Cle, quoi)
						}
					}
				}
				// The lot's and the file's identifiers, and n/N, on each page.
				pages := strings.Split(strings.TrimSuffix(lu, "\f"), "\f")
				if len(pages) != res.Pages {
					t.Errorf("%d pages of text, %d written", len(pages), res.Pages)
				}
				for n, p := range pages {
					for _, want := range []string{b.Identifiant(), "Fichier " + b.Fichier.ID, fmt.Sprintf("Lot %03d du",
						b.Lot.Cle.Numero), fmt.Sprintf("Page %d/%d", n+1, len(pages)), "Cerfa S3404 officiel"} {
						if !strings.Contains(p, want) {
							t.Errorf("page %d: no %q", n+1, want)
						}
					}
				}
			}
		})
	}
	var fichiers []string
	for nom, b := range tous {
		fichiers = append(fichiers, poser(t, nom, b))
	}
	preflight.PDFA(t, fichiers...)
}

func TestBordereauDessine(t *testing.T) {
	_, doc := dessine(t)
	lu := texte(t, poser(t, "dessine.pdf", doc))
	for _, want := range []string{"PATIENTE1 ELEONORE", "Séjour S00000001", "du 01/11/2026 au 05/11/2026",
		"17/03/84 – rang 1", "01 751 0000", "0000000075", "758543813 99700218896 Dr", "758543813 Dr Hélène LEFÈVRE",
		"HHFA016", "9876543", "2462580", "00001104", "00000552", "1234", "Maladie", "non vérifié",
		"Catégorie 365 – statut 75 – tarif 45"} {
		if !strings.Contains(lu, want) {
			t.Errorf("no %q in:\n%s", want, lu)
		}
	}
}

// A total that is wrong by a cent is an error with both values, which names
// the invoice and the record, and no NIR.
func TestTotauxAuCentime(t *testing.T) {
	for zone, quoi := range map[string]string{
		"base": "base de remboursement du séjour", "sejour": "dépense du séjour", "amo_sejour": "part AMO du séjour",
		"amc_sejour": "part AMC du séjour", "honoraires": "honoraires", "amo_honoraires": "part AMO des honoraires",
		"amc_honoraires": "part AMC des honoraires", "assure": "participation de l'assuré",
	} {
		_, err := s3404.Construire(context.Background(), fichier(t, 5, 3, func(n int, z string, c int64) int64 {
			if n == 3 && z == zone {
				return c + 1
			}
			return c
		}), options)
		var e *s3404.ErreurTotal
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", zone, err)
		}
		if e.Quoi != quoi || e.Facture.Numero != 3 || e.Declare != e.Calcule+1 || e.Enregistrement == 0 {
			t.Errorf("%s: %+v", zone, e)
		}
		if regexp.MustCompile(`[12]\d{12}`).MatchString(err.Error()) {
			t.Errorf("%s: the error shows a NIR: %v", zone, err)
		}
	}
	for zone, quoi := range map[string]string{"total": "total facturé", "amo": "part AMO", "amc": "part AMC"} {
		_, err := s3404.Construire(context.Background(), fichier(t, 5, 3, func(n int, z string, c int64) int64 {
			if n == 0 && z == zone {
				return c - 1
			}
			return c
		}), options)
		var e *s3404.ErreurTotal
		if !errors.As(err, &e) || e.Quoi != quoi || e.Facture.Numero != 0 || e.Declare != e.Calcule-1 {
			t.Errorf("lot, %s: %v", zone, err)
		}
	}
	// Left to zero, as one program in production does: computed.
	bs, err := s3404.Construire(context.Background(), fichier(t, 2, 3, func(_ int, z string, c int64) int64 {
		if z == "assure" {
			return 0
		}
		return c
	}), options)
	if err != nil {
		t.Fatal(err)
	}
	if got := bs[0].Totaux; got.Patient != got.Total-got.AMO {
		t.Errorf("Patient %v of %v", got.Patient, got)
	}
}

func octets(t testing.TB, s s3404.Source) []byte {
	t.Helper()
	r, err := s()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func deOctets(b []byte) s3404.Source {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

func TestConstruireRefuse(t *testing.T) {
	bon := octets(t, fichier(t, 2, 2, nil))
	sans := func(premier byte) []byte {
		var b []byte
		for i := 0; i < len(bon); i += 128 {
			if bon[i] != premier || i == 0 {
				b = append(b, bon[i:i+128]...)
			}
		}
		return b
	}
	tordu := bytes.Clone(bon)
	copy(tordu[5*128+82:], "00A") // the base of the hospital line (record 6, columns 83-90)
	cas := map[string]struct {
		b    []byte
		want error
	}{
		"sans facture":   {append(bytes.Clone(bon[:256]), bon[len(bon)-128:]...), nil},
		"sans type 5":    {sans('5'), s3404.ErrSansTotal},
		"sans type 6":    {sans('6'), s3404.ErrSansTotal},
		"pas du B2":      {[]byte("%PDF-1.4"), b2.ErrPasB2},
		"zone illisible": {tordu, nil},
	}
	for nom, c := range cas {
		_, err := s3404.Construire(context.Background(), deOctets(c.b), options)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", nom, err)
		}
	}
	ouverture := errors.New("disk gone")
	if _, err := s3404.Construire(context.Background(), func() (io.ReadCloser, error) { return nil, ouverture },
		options); !errors.Is(err, ouverture) {
		t.Errorf("source: %v", err)
	}
	ctx, fin := context.WithCancel(context.Background())
	fin()
	if _, err := s3404.Construire(ctx, deOctets(bon), options); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestVariantePS(t *testing.T) {
	if _, err := s3404.Construire(context.Background(), partage(t, "normes/n1-ps.b2"), options); !errors.Is(err,
		s3404.ErrPasCP) {
		t.Errorf("a file of another variant: %v", err)
	}
}

// fermeture notes that it was closed.
type fermeture struct {
	bytes.Buffer
	ferme bool
}

func (f *fermeture) Close() error { f.ferme = true; return nil }

// One bordereau for each invoice, each signed for itself.
func TestParFacture(t *testing.T) {
	ctx := context.Background()
	bs, err := s3404.Construire(ctx, fichier(t, 4, 3, nil), options)
	if err != nil {
		t.Fatal(err)
	}
	b := bs[0]
	var w *fermeture
	var cles []fse.CleFacture
	for d, err := range b.WriteFactures(ctx, func(fse.CleFacture) (io.WriteCloser, error) {
		w = &fermeture{}
		return w,
			nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
		if !w.ferme || int64(w.Len()) != d.Octets {
			t.Errorf("%v: closed %t, %d bytes of %d", d.Facture, w.ferme, w.Len(), d.Octets)
		}
		cles = append(cles, d.Facture)
		f := poser(t, fmt.Sprintf("facture-%d.pdf", d.Facture.Numero), w.Bytes())
		lu := texte(t, f)
		if n := strings.Count(lu, "Totaux de la facture"); n != 1 ||
			!strings.Contains(lu, fmt.Sprintf("%s/%09d", b.Identifiant(), d.Facture.Numero)) ||
			!strings.Contains(lu, "Récapitulatif de la facture") {
			t.Errorf("%v: %d invoices on it:\n%s", d.Facture, n, lu)
		}
		if d.Facture.Numero != 2 {
			continue
		}
		preflight.PDFA(t, f)
		s := signer(t, w.Bytes(), b)
		s.Facture = "2"
		s.Lien = s.Calculer()
		var signe bytes.Buffer
		if _, err := s3404.Signer(ctx, &signe, bytes.NewReader(w.Bytes()), int64(w.Len()), s, nil); err != nil {
			t.Fatal(err)
		}
		p, err := s3404.Verifier(bytes.NewReader(signe.Bytes()), int64(signe.Len()), nil)
		if err != nil || p.Facture != "2" {
			t.Errorf("signed: %+v, %v", p, err)
		}
	}
	if diff := cmp.Diff(b.Cles, cles); diff != "" {
		t.Error(diff)
	}
	panne := errors.New("no room")
	for _, err := range b.WriteFactures(ctx, func(fse.CleFacture) (io.WriteCloser, error) { return nil, panne }) {
		if !errors.Is(err, panne) {
			t.Errorf("creer failed: %v", err)
		}
	}
}

// The source is read again to write: what changed since the check is refused.
func TestSourceChangee(t *testing.T) {
	b := octets(t, fichier(t, 2, 2, nil))
	bs, err := s3404.Construire(context.Background(), deOctets(b), options)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(b); i += 128 {
		if b[i] == '5' {
			b[i+121] ^= 1 // last digit of the stay's total
			break
		}
	}
	if _, err := bs[0].WritePDF(context.Background(), io.Discard); err == nil {
		t.Error("a changed source was written")
	}
	// A whole invoice less, each of the others being right.
	source := fichier(t, 3, 2, nil)
	bs, err = s3404.Construire(context.Background(), func() (io.ReadCloser, error) { return source() }, options)
	if err != nil {
		t.Fatal(err)
	}
	source = fichier(t, 2, 2, nil)
	if _, err := bs[0].WritePDF(context.Background(), io.Discard); !errors.Is(err, s3404.ErrSourceChangee) {
		t.Errorf("an invoice less: %v", err)
	}
}

// A stray byte in a name stops nothing, and is seen.
func TestOctetsEgares(t *testing.T) {
	b := octets(t, fichier(t, 2, 2, nil))
	i := bytes.Index(b, []byte("PATIENTE1"))
	copy(b[i:], "P\x00TI\xC9NTE1")
	bs, err := s3404.Construire(context.Background(), deOctets(b), options)
	if err != nil {
		t.Fatal(err)
	}
	var pdf bytes.Buffer
	if _, err := bs[0].WritePDF(context.Background(), &pdf); err != nil {
		t.Fatal(err)
	}
	if lu := texte(t, poser(t, "egares.pdf", pdf.Bytes())); !strings.Contains(lu, "P\uFFFDTIÉNTE1") {
		t.Errorf("got:\n%s", lu)
	}
}

// An editor's own template takes the place of the shipped one.
func TestGabaritRemplace(t *testing.T) {
	const perso = `gabarit: s3404
version: "7"
mention: "Modèle de l'éditeur"
titre: "{lot}"
format: [210, 297]
corps: [10, 30, 190, 250]
page:
  - {texte: "{mention} {page}/{pages}", x: 10, y: 20}
contenu:
  - liste: factures
    contenu:
      - hauteur: 8
        elements:
          - {texte: "MA FACTURE {facture} pour {total}", x: 0, y: 5, police: grasse}
  - hauteur: 40
    elements:
      - {signature: [0, 0, 120, 38]}
`
	g, err := s3404.ParseGabarit(strings.NewReader(perso), "perso.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s3404.ParseGabarit(strings.NewReader(strings.Replace(perso, "signature: [", "cadre: [", 1)),
		"perso.yaml"); err == nil {
		t.Error("a template without place for the signature was taken")
	}
	o := options
	o.Gabarit = g
	bs, err := s3404.Construire(context.Background(), fichier(t, 80, 2, nil), o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := bs[0].WritePDF(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	f := poser(t, "perso.pdf", b.Bytes())
	preflight.PDFA(t, f)
	lu := texte(t, f)
	if strings.Count(lu, "MA FACTURE") != 80 || !strings.Contains(lu, "Modèle de l'éditeur 1/3") {
		t.Errorf("got:\n%s", lu)
	}
}
