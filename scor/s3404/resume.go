package s3404

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Resume is what a signer reads before thousands of pages: who bills how much, and what is unusual.
type Resume struct {
	Praticiens []ResumePraticien // by amount, the highest first
	Haute      fse.CleFacture    // the invoice of the highest amount
	HauteTotal fse.Montant
	Negatives  []fse.CleFacture // invoices with an amount below zero
	// Complementaires are the complementary insurances that have a share, by organism ([Bordereau.WriteAMC]).
	Complementaires []ResumeAMC
}

// ResumePraticien are a practitioner's fees in a lot.
type ResumePraticien struct {
	Numero       string
	Actes        int
	Montant, AMO fse.Montant
}

// negativesMax bounds the list; their number is exact.
const negativesMax = 10_000

func (r *Resume) ajouter(f *FactureAffichee) {
	if r.Haute.Numero == 0 || f.Total > r.HauteTotal {
		r.Haute, r.HauteTotal = f.Cle, f.Total
	}
	r.ajouterAMC(f)
	negative := f.Total < 0 || f.AMO < 0 || f.AMC < 0
	for i := range f.Lignes {
		l := &f.Lignes[i]
		negative = negative || l.Montant < 0
		if !l.Honoraires {
			continue
		}
		n := slices.IndexFunc(r.Praticiens, func(p ResumePraticien) bool { return p.Numero == l.Executant })
		if n < 0 {
			n = len(r.Praticiens)
			r.Praticiens = append(r.Praticiens, ResumePraticien{Numero: l.Executant})
		}
		p := &r.Praticiens[n]
		p.Actes++
		p.Montant += l.Montant
		p.AMO += l.AMO
	}
	if negative && len(r.Negatives) < negativesMax {
		r.Negatives = append(r.Negatives, f.Cle)
	}
}

func (r *Resume) trier() {
	slices.SortStableFunc(r.Praticiens, func(a, b ResumePraticien) int {
		return cmp.Or(cmp.Compare(b.Montant, a.Montant), cmp.Compare(a.Numero, b.Numero))
	})
}

// inhabituel says in French what deserves a look; "" when nothing does.
func (b *Bordereau) inhabituel() string {
	var dit []string
	if n := len(b.Resume.Negatives); n > 0 {
		t := fmt.Sprintf("%d facture(s) à montant négatif :", n)
		for _, f := range b.Resume.Negatives[:min(n, 8)] {
			t += fmt.Sprintf(" %09d", f.Numero)
		}
		if n > 8 {
			t += "…"
		}
		dit = append(dit, t)
	}
	inconnus := 0
	for _, p := range b.Resume.Praticiens {
		if b.o.Praticien != nil && b.o.Praticien(p.Numero) == "" {
			inconnus++
		}
	}
	if inconnus > 0 {
		dit = append(dit, fmt.Sprintf("%d praticien(s) absent(s) de la liste de l'établissement", inconnus))
	}
	if ecart, ok := b.ecart(); ok {
		dit = append(dit, fmt.Sprintf("total de %+.0f %% par rapport à la période précédente (%s)", ecart,
			b.o.Precedent.Total))
	}
	return strings.Join(dit, " ; ")
}
