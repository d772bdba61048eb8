package s3404

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

//go:embed gabarits/s3404.yaml
var gabaritEmbarque []byte

var gabaritDefaut = sync.OnceValues(func() (*papier.Gabarit, error) {
	return ParseGabarit(bytes.NewReader(gabaritEmbarque), "s3404.yaml")
})

// GabaritFourni is the shipped template, with what an establishment adds to it: papier.WithImage("tampon", …) shows its
// stamp beside the signature.
func GabaritFourni(options ...papier.Option) (*papier.Gabarit, error) {
	return ParseGabarit(bytes.NewReader(gabaritEmbarque), "s3404.yaml", options...)
}

// Modele is the data that a template of the bordereau may ask for.
func Modele() papier.Modele {
	return champsBordereau.Modele(scor.S3404, map[string]papier.Modele{
		"praticiens": champsPraticien.Modele("praticien", nil),
		"factures":   champsFacture.Modele("facture", map[string]papier.Modele{"lignes": champsLigne.Modele("ligne", nil)}),
	})
}

// ParseGabarit reads an editor's own template: YAML as gabarits/s3404.yaml. It
// must have a place for the signature.
func ParseGabarit(r io.Reader, fichier string, options ...papier.Option) (*papier.Gabarit, error) {
	g, err := papier.ParseGabarit(r, fichier, Modele(), options...)
	if err == nil && !g.Signable() {
		return nil, fmt.Errorf("s3404: %s: no element signature: the bordereau could not be signed", fichier)
	}
	return g, err
}

// Identifiant is the lot's identifier as it stands on each page and on the
// screen while signing: sender, lot, date, file.
func (b *Bordereau) Identifiant() string {
	return fmt.Sprintf("%s/%03d/%s/%s", b.Lot.Cle.Emetteur, b.Lot.Cle.Numero, b.Lot.Cle.Date.AAMMJJ(), b.Fichier.ID)
}

// WritePDF writes the lot's bordereau: every invoice, then the totals and the
// place for the signature.
func (b *Bordereau) WritePDF(ctx context.Context, w io.Writer) (papier.Resultat, error) {
	if b.Totaux.Factures == 0 {
		return papier.Resultat{}, ErrSansFacture
	}
	return b.ecrire(ctx, w, donneesBordereau{b: b, totaux: b.Totaux, factures: b.Factures(ctx)})
}

func (b *Bordereau) ecrire(ctx context.Context, w io.Writer, d donneesBordereau) (papier.Resultat, error) {
	g := b.o.Gabarit
	if g == nil {
		var err error
		if g, err = gabaritDefaut(); err != nil {
			return papier.Resultat{}, err
		}
	}
	return g.WritePDF(ctx, w, b.o.Info, d)
}

// Document is the bordereau of one invoice.
type Document struct {
	Facture fse.CleFacture
	papier.Resultat
}

// WriteFactures writes one bordereau for each invoice, in order, in a single
// reading of the source. creer opens what the invoice's is written to; it is
// closed before the document is given.
func (b *Bordereau) WriteFactures(ctx context.Context, creer func(fse.CleFacture) (io.WriteCloser,
	error)) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for f, err := range b.Factures(ctx) {
			var d Document
			if err == nil {
				d, err = b.ecrireFacture(ctx, f, creer)
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func (b *Bordereau) ecrireFacture(ctx context.Context, f *FactureAffichee, creer func(fse.CleFacture) (io.WriteCloser,
	error)) (Document, error) {
	w, err := creer(f.Cle)
	if err != nil {
		return Document{}, fmt.Errorf("s3404: %s: %w", f.Cle, err)
	}
	var t Totaux
	t.ajouter(f)
	r, err := b.ecrire(ctx, w, donneesBordereau{b: b, totaux: t, facture: f,
		factures: func(yield func(*FactureAffichee, error) bool) { yield(f, nil) }})
	if err := errors.Join(err, w.Close()); err != nil {
		return Document{}, fmt.Errorf("s3404: %s: %w", f.Cle, err)
	}
	return Document{f.Cle, r}, nil
}

// donneesBordereau are the template's data.
type donneesBordereau struct {
	b        *Bordereau
	totaux   Totaux
	facture  *FactureAffichee // of a bordereau of one invoice
	factures iter.Seq2[*FactureAffichee, error]
	// complementaire is the organism of an AMC's copy.
	complementaire string
}

func (d donneesBordereau) Valeur(champ string) string { return champsBordereau.Valeur(d, champ) }

func (d donneesBordereau) Liste(nom string) iter.Seq2[papier.Donnees, error] {
	if nom == "praticiens" {
		return d.praticiens
	}
	return func(yield func(papier.Donnees, error) bool) {
		for f, err := range d.factures {
			if !yield(donneesFacture{f, d.b.o.Praticien}, err) || err != nil {
				return
			}
		}
	}
}

type donneesFacture struct {
	f         *FactureAffichee
	praticien func(string) string
}

func (d donneesFacture) Valeur(champ string) string { return champsFacture.Valeur(d, champ) }

func (d donneesFacture) Liste(string) iter.Seq2[papier.Donnees, error] {
	return func(yield func(papier.Donnees, error) bool) {
		for i := range d.f.Lignes {
			l := &d.f.Lignes[i]
			if !yield(donneesLigne{l: l, praticien: d.praticien}, nil) {
				return
			}
			for j := range l.Produits {
				if !yield(donneesLigne{l: l, produit: &l.Produits[j]}, nil) {
					return
				}
			}
		}
	}
}

type donneesLigne struct {
	l         *Ligne
	produit   *Produit // a row of its own under the line
	praticien func(string) string
}

func (d donneesLigne) Valeur(champ string) string { return champsLigne.Valeur(d, champ) }

func (donneesLigne) Liste(string) iter.Seq2[papier.Donnees, error] {
	return func(func(papier.Donnees, error) bool) {}
}

func (d donneesBordereau) praticiens(yield func(papier.Donnees, error) bool) {
	for i := range d.b.Resume.Praticiens {
		if !yield(donneesPraticien{&d.b.Resume.Praticiens[i], d.b.o.Praticien}, nil) {
			return
		}
	}
}

// donneesPraticien are a practitioner's fields in the summary.
type donneesPraticien struct {
	p   *ResumePraticien
	nom func(string) string
}

func (d donneesPraticien) Valeur(champ string) string { return champsPraticien.Valeur(d, champ) }

func (donneesPraticien) Liste(string) iter.Seq2[papier.Donnees, error] {
	return func(func(papier.Donnees, error) bool) {}
}
