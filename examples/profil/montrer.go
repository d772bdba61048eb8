package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// disposes lists the files that a profile lays out.
func disposes(p *scor.Profil) []fichierDispose {
	l := []fichierDispose{{"lot", "Fichier de lots", &p.Lot, scor.DonneesLot()},
		{"arl", "ARL", &p.Retours.ARL.Fichier, scor.DonneesARL()}}
	if a := p.Retours.ARLFactures; a != nil {
		l = append(l, fichierDispose{"arl-factures", "ARL des factures", &a.Fichier, scor.DonneesARL()})
	}
	return l
}

type fichierDispose struct {
	nom, titre string
	format     *disposition.Format
	mots       disposition.Vocabulaire
}

func codage(f *disposition.Format) string {
	switch f.Codage {
	case disposition.CodageDelimite:
		return "champs délimités"
	case disposition.CodageXML:
		return "XML"
	case disposition.CodageCodec:
		return "codec " + f.Codec
	}
	return "zones fixes"
}

// rang is one zone of a layout, as the table shows it.
type rang struct {
	Fichier        string   `json:"fichier"`
	Enregistrement string   `json:"enregistrement"`
	Niveau         int      `json:"niveau"`
	Pour           string   `json:"pour,omitempty"`
	Zone           string   `json:"zone"`
	Debut          int      `json:"debut,omitempty"`
	Fin            int      `json:"fin,omitempty"`
	Longueur       int      `json:"longueur,omitempty"`
	Type           string   `json:"type,omitempty"`
	Presence       string   `json:"presence,omitempty"`
	Contenu        string   `json:"contenu"`
	Sens           string   `json:"sens,omitempty"`
	Source         string   `json:"source,omitempty"`
	Si             []string `json:"si,omitempty"`
}

// rangs lists the zones of a layout, in its order.
func rangs(d fichierDispose) []rang {
	var tous []rang
	var suivre func(es []disposition.Enregistrement, niveau int)
	suivre = func(es []disposition.Enregistrement, niveau int) {
		for i := range es {
			e := &es[i]
			base := rang{Fichier: d.nom, Enregistrement: e.Nom, Niveau: niveau, Pour: string(e.Pour), Si: conditions(e)}
			n, colonne := len(tous), 1
			for _, z := range zonesDe(e) {
				r := base
				r.Zone, r.Longueur, r.Type, r.Presence, r.Source = z.Nom, z.Longueur, z.Type, z.Presence, z.Source
				r.Contenu, r.Sens = contenuDe(d, z)
				if d.format.Codage == disposition.CodageZones || d.format.Codage == "" {
					r.Debut = cmp.Or(z.Debut, colonne)
					r.Fin = r.Debut + z.Longueur - 1
					colonne = r.Fin + 1
				}
				tous = append(tous, r)
			}
			if len(tous) == n { // it only holds others
				base.Contenu = "(rien : il contient d'autres enregistrements)"
				tous = append(tous, base)
			}
			suivre(e.Contenu, niveau+1)
		}
	}
	suivre(d.format.Enregistrements, 0)
	return tous
}

func zonesDe(e *disposition.Enregistrement) []*disposition.Zone {
	var zs []*disposition.Zone
	for i := range e.Attributs {
		zs = append(zs, &e.Attributs[i])
	}
	for i := range e.Zones {
		zs = append(zs, &e.Zones[i])
	}
	if e.Texte != nil {
		zs = append(zs, e.Texte)
	}
	return zs
}

func conditions(e *disposition.Enregistrement) []string {
	var l []string
	for _, k := range slices.Sorted(maps.Keys(e.Si)) {
		l = append(l, k+" : "+e.Si[k])
	}
	return l
}

// contenuDe says what stands in a zone, and what that is.
func contenuDe(d fichierDispose, z *disposition.Zone) (contenu, sens string) {
	switch {
	case z.Valeur != "":
		return fmt.Sprintf("« %s »", z.Valeur), "valeur fixe"
	case z.Compte == "*":
		return "compte de tous les enregistrements", "portée : " + cmp.Or(z.Portee, "fichier")
	case z.Compte != "":
		return "compte de " + z.Compte, "portée : " + cmp.Or(z.Portee, "fichier")
	case z.Controle != "":
		if len(z.Sur) > 0 {
			return "contrôle " + z.Controle, "sur : " + strings.Join(z.Sur, ", ")
		}
		return "contrôle " + z.Controle, "sur : " + cmp.Or(z.Portee, "ce qui précède dans l'enregistrement")
	case z.Donnee != "":
		contenu = z.Donnee
		if z.Format != "" {
			contenu += " (" + z.Format + ")"
		}
		if m, ok := d.mots.Trouver(z.Donnee); ok {
			sens = m.Aide
		}
		for _, c := range slices.Sorted(maps.Keys(z.Codes)) {
			sens += fmt.Sprintf(" ; %s = %s", c, z.Codes[c])
		}
		return contenu, sens
	}
	return "(réservé)", "remplissage"
}

// montrer shows the layouts of a profile, as a table or as a tree.
func montrer(_ context.Context, a appel) error {
	f := programme.New("profil montrer", "profil montrer [-arbre] [-fichier lot|arl|arl-factures] [-json] PROFIL",
		a.erreurs)
	enJSON := f.Bool("json", false, "écrire un objet JSON par zone")
	arbre := f.Bool("arbre", false, "montrer l'arbre des enregistrements")
	quel := f.String("fichier", "", "ne montrer que ce `fichier` : lot, arl ou arl-factures")
	p, err := seulProfil(f, a.args)
	if err != nil {
		return err
	}
	w := &ecrivain{w: a.out}
	montres := 0
	for _, d := range disposes(p) {
		if *quel != "" && *quel != d.nom {
			continue
		}
		montres++
		switch {
		case *enJSON:
			for _, r := range rangs(d) {
				if err := ecrireJSON(a.out, r); err != nil {
					return err
				}
			}
		case *arbre:
			w.printf("%s (%s)\n", d.titre, codage(d.format))
			direArbre(w, d.format.Enregistrements, "")
		default:
			w.printf("%s (%s)\n", d.titre, codage(d.format))
			direTable(w, rangs(d))
		}
	}
	if montres == 0 {
		return f.Mauvais("ce profil n'a pas de fichier %q", *quel)
	}
	return w.err
}

func direArbre(w *ecrivain, es []disposition.Enregistrement, marge string) {
	for i := range es {
		e := &es[i]
		branche, suite := "├─ ", "│  "
		if i == len(es)-1 {
			branche, suite = "└─ ", "   "
		}
		w.printf("%s%s%s\n", marge, branche, titreEnregistrement(e))
		direArbre(w, e.Contenu, marge+suite)
	}
}

// titreEnregistrement says a record, how often it is written and when.
func titreEnregistrement(e *disposition.Enregistrement) string {
	t := e.Nom
	if e.Pour != "" {
		t += ", pour chaque " + string(e.Pour)
		if e.Pour == disposition.PourFichier || strings.HasPrefix(string(e.Pour), "fin-") {
			t = e.Nom + ", une fois (" + string(e.Pour) + ")"
		}
	}
	for _, c := range conditions(e) {
		t += ", si " + c
	}
	if n := len(zonesDe(e)); n > 0 {
		t += fmt.Sprintf(" : %d zone(s)", n)
	}
	return t
}

func direTable(w *ecrivain, rs []rang) {
	avant := ""
	for _, r := range rs {
		if r.Enregistrement != avant {
			w.printf("\n  %s%s", strings.Repeat("  ", r.Niveau), r.Enregistrement)
			if r.Pour != "" {
				w.printf(" (pour : %s)", r.Pour)
			}
			w.printf("\n")
			avant = r.Enregistrement
		}
		place := ""
		switch {
		case r.Debut > 0:
			place = fmt.Sprintf("%d-%d", r.Debut, r.Fin)
		case r.Longueur > 0:
			place = fmt.Sprintf("≤ %d", r.Longueur)
		}
		w.printf("    %-9s %-1s %-1s %-26s %-34s %s", place, r.Type, r.Presence, r.Zone, r.Contenu, r.Sens)
		if r.Source != "" {
			w.printf(" [%s]", r.Source)
		}
		w.printf("\n")
	}
	w.printf("\n")
}
