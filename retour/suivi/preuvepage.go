package suivi

import (
	"context"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// montantPreuve is an amount on the cover page.
type montantPreuve struct{ Libelle, Montant string }

// reponsePreuve is what the Assurance Maladie answered to a lot.
type reponsePreuve struct{ Lot, Quoi, Code, Motif, Quand string }

// chiffrer puts on the page what the invoice asked for, the dates of care, and the answers to its lots.
func (p *pagePreuve) chiffrer(ctx context.Context, s *Suivi, objets []journal.Objet) error {
	for i := range objets {
		o := &objets[i]
		if o.Genre != journal.LotFactures && o.Genre != journal.LotScor {
			continue
		}
		if err := p.repondre(ctx, s, o); err != nil {
			return err
		}
		if o.Genre == journal.LotFactures && o.Cle == p.Vue.Lot && o.Etat != journal.Purge && o.Empreinte != "" {
			l, err := s.lotFactures(ctx, o.Empreinte)
			if err != nil {
				return err
			}
			for k := range l.Factures {
				if l.Factures[k].Cle == p.Vue.Cle {
					p.montrer(&l.Factures[k])
				}
			}
		}
	}
	return nil
}

func (p *pagePreuve) montrer(f *fse.Facture) {
	for _, m := range []struct {
		libelle string
		montant fse.Montant
	}{{"Total facturé", f.Total}, {"Demandé à l'assurance maladie obligatoire", f.AMO}, {"Demandé à la complémentaire",
		f.AMC},
		{"Part de l'assuré", f.Patient}} {
		if m.montant != 0 || m.libelle == "Total facturé" {
			p.Montants = append(p.Montants, montantPreuve{m.libelle, m.montant.String()})
		}
	}
	jours := []fse.Date{}
	for _, a := range f.Actes {
		if !a.Date.IsZero() {
			jours = append(jours, a.Date)
		}
	}
	if len(jours) == 0 && !f.Date.IsZero() {
		jours = append(jours, f.Date)
	}
	if len(jours) == 0 {
		return
	}
	slices.SortFunc(jours, fse.Date.Compare)
	p.Soins = enJour(jours[0])
	if d := jours[len(jours)-1]; d != jours[0] {
		p.Soins = "du " + enJour(jours[0]) + " au " + enJour(d)
	}
}

func enJour(d fse.Date) string {
	a := d.AAAAMMJJ()
	return a[6:] + "/" + a[4:6] + "/" + a[:4]
}

// repondre tells the answers to a lot, each with its code.
func (p *pagePreuve) repondre(ctx context.Context, s *Suivi, o *journal.Objet) error {
	for e, err := range journal.Histoire(ctx, s.c.Journal, o) {
		if err != nil {
			return err
		}
		quoi, ok := map[journal.Type]string{journal.RecevoirARLPositif: "Accusé de réception positif (ARL+)",
			journal.RecevoirARLNegatif: "Accusé de réception négatif (ARL−)", journal.RecevoirMdS: "Message de service",
			journal.RecevoirANR: "Avis de non-remise"}[e.Type]
		if !ok {
			continue
		}
		r := reponsePreuve{notes[o.Genre] + " " + o.Cle, quoi, e.Champs.Code, e.Champs.Motif, s.cal.c.Lisible(e.Quand)}
		if r.Motif == journal.Efface {
			r.Motif = ""
		}
		if r.Code == journal.Efface {
			r.Code = ""
		}
		p.Reponses = append(p.Reponses, r)
	}
	return nil
}
