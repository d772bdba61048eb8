package s3404

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

//go:embed gabarits/s3404-amc.yaml
var gabaritAMCEmbarque []byte

var gabaritAMC = sync.OnceValues(func() (*papier.Gabarit, error) {
	return ParseGabaritAMC(bytes.NewReader(gabaritAMCEmbarque), "s3404-amc.yaml")
})

// ParseGabaritAMC reads an editor's own template of the copy for a complementary insurance; its data are [Modele]'s.
func ParseGabaritAMC(r io.Reader, fichier string, options ...papier.Option) (*papier.Gabarit, error) {
	return papier.ParseGabarit(r, fichier, Modele(), options...)
}

// ResumeAMC are the invoices of a lot in which a complementary insurance has a share.
type ResumeAMC struct {
	Organisme string // as the B2 gives it
	Totaux    Totaux
}

// ajouterAMC counts an invoice for its complementary insurance.
func (r *Resume) ajouterAMC(f *FactureAffichee) {
	if f.Complementaire == "" {
		return
	}
	n, deja := slices.BinarySearchFunc(r.Complementaires, f.Complementaire, func(x ResumeAMC, o string) int {
		return cmp.Compare(x.Organisme, o)
	})
	if !deja {
		r.Complementaires = slices.Insert(r.Complementaires, n, ResumeAMC{Organisme: f.Complementaire})
	}
	r.Complementaires[n].Totaux.ajouter(f)
}

// WriteAMC writes the copy for one complementary insurance of [Resume.Complementaires]: its own invoices, and nothing
// of the others. It isn't signed.
func (b *Bordereau) WriteAMC(ctx context.Context, w io.Writer, organisme string) (papier.Resultat, error) {
	n := slices.IndexFunc(b.Resume.Complementaires, func(x ResumeAMC) bool { return x.Organisme == organisme })
	if n < 0 {
		return papier.Resultat{}, fmt.Errorf("%w of complementary insurance %q in lot %s", ErrSansFacture, organisme,
			b.Lot.Cle)
	}
	g := b.o.GabaritAMC
	if g == nil {
		var err error
		if g, err = gabaritAMC(); err != nil {
			return papier.Resultat{}, err
		}
	}
	siennes := func(yield func(*FactureAffichee, error) bool) {
		for f, err := range b.Factures(ctx) {
			if (err != nil || f.Complementaire == organisme) && !yield(f, err) {
				return
			}
		}
	}
	return g.WritePDF(ctx, w, b.o.Info, donneesBordereau{b: b, totaux: b.Resume.Complementaires[n].Totaux,
		factures: siennes, complementaire: organisme})
}
