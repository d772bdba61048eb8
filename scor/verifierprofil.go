package scor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/config"
)

type verification struct {
	*config.Document
	p *Profil
}

func (v verification) requis(chemin, valeur string) {
	if strings.TrimSpace(valeur) == "" {
		v.Ajouter(chemin, "manque")
	}
}

func (v verification) parmi(chemin, valeur string, valeurs ...string) {
	if !slices.Contains(valeurs, valeur) {
		v.Ajouter(chemin, "%q, attendu : %s", valeur, strings.Join(valeurs, ", "))
	}
}

func (v verification) general() {
	v.requis("profil", v.p.Nom)
	v.requis("version", v.p.Version)
	v.requis("source", v.p.Source)
	for chemin, n := range map[string]int64{
		"limites.paires_par_lot":    int64(v.p.Limites.PairesParLot),
		"limites.documents_par_lot": int64(v.p.Limites.DocumentsParLot), "limites.octets_par_lot": v.p.Limites.OctetsParLot,
		"limites.lots_par_message":   int64(v.p.Limites.LotsParMessage),
		"limites.octets_par_message": v.p.Limites.OctetsParMessage,
	} {
		if n < 0 {
			v.Ajouter(chemin, "%d, attendu : 0 (sans limite) ou plus", n)
		}
	}
	if v.p.Signature.Mode != "" {
		v.parmi("signature.mode", v.p.Signature.Mode, "lot", "facture")
	}
}

func (v verification) numerisation() {
	n := &v.p.Numerisation
	if n.DPIMin <= 0 {
		v.Ajouter("numerisation.dpi_min", "%v, attendu : plus de 0", n.DPIMin)
	}
	if n.DPIMax != 0 && n.DPIMax < n.DPIMin {
		v.Ajouter("numerisation.dpi_max", "%v, moins que dpi_min", n.DPIMax)
	}
	if n.PageMin[0] <= 0 || n.PageMin[1] < n.PageMin[0] {
		v.Ajouter("numerisation.page_min_mm", "%v, attendu : le petit côté puis le grand, en millimètres", n.PageMin)
	}
	if n.ToleranceMM < 0 || n.OctetsParPage < 0 || n.OctetsParPiece < 0 || n.PagesMax < 0 || n.MemoireParPage < 0 {
		v.Ajouter("numerisation", "une limite est négative")
	}
	v.parmi("numerisation.format_pdf", n.FormatPDF, "PDF/A-1b")
	for i, t := range n.Transformations {
		chemin := fmt.Sprintf("numerisation.transformations[%d]", i)
		v.parmi(chemin, t, Transformations()...)
		if slices.Index(n.Transformations, t) < i {
			v.Ajouter(chemin, "%q est donné deux fois", t)
		}
	}
}

func (v verification) codes() {
	if len(v.p.Types) == 0 {
		v.Ajouter("types_piece", "manque")
	}
	noms, codes := map[string]bool{}, map[string]bool{}
	for i, t := range v.p.Types {
		chemin := fmt.Sprintf("types_piece[%d]", i)
		v.requis(chemin+".nom", t.Nom)
		v.requis(chemin+".code", t.Code)
		v.requis(chemin+".libelle", t.Libelle)
		if noms[t.Nom] {
			v.Ajouter(chemin+".nom", "%q est donné deux fois", t.Nom)
		}
		if codes[t.Code] {
			v.Ajouter(chemin+".code", "%q est donné deux fois", t.Code)
		}
		noms[t.Nom], codes[t.Code] = true, true
	}
	vus := map[string]bool{}
	for i, c := range v.p.Codes {
		chemin := fmt.Sprintf("codes_retour[%d]", i)
		v.requis(chemin+".code", c.Code)
		v.requis(chemin+".libelle", c.Libelle)
		v.parmi(chemin+".severite", string(c.Severite), string(Information), string(Alerte), string(RejetPiece),
			string(RejetLot))
		if vus[c.Code] {
			v.Ajouter(chemin+".code", "%q est donné deux fois", c.Code)
		}
		vus[c.Code] = true
	}
}

func (v verification) delais() {
	d := &v.p.Delais
	delai := func(chemin string, d Delai) {
		if d.Duree <= 0 {
			v.Ajouter(chemin+".duree", "%d, attendu : plus de 0", d.Duree)
		}
		v.parmi(chemin+".unite", string(d.Unite), string(Jours), string(JoursOuvres), string(JoursOuvrables), string(Mois),
			string(Heures))
	}
	delai("delais.reponse", d.Reponse)
	delai("delais.succes", d.Succes)
	delai("delais.verification", d.Verification)
	delai("delais.preavis_controle", d.PreavisControle)
	if d.TransmissionsMax < 1 {
		v.Ajouter("delais.transmissions_max", "%d, attendu : 1 ou plus", d.TransmissionsMax)
	}
	if d.TauxExploitable <= 0 || d.TauxExploitable > 1 {
		v.Ajouter("delais.taux_exploitable", "%v, attendu : une part de 1, comme 0.99", d.TauxExploitable)
	}
	v.parmi("delais.repli", d.Repli, "papier", "cd-rom")
	if len(d.Conservation) == 0 {
		v.Ajouter("delais.conservation", "manque")
	}
	for i, c := range d.Conservation {
		chemin := fmt.Sprintf("delais.conservation[%d]", i)
		delai(chemin+".delai", c.Delai)
		v.requis(chemin+".pour", c.Pour)
	}
}
