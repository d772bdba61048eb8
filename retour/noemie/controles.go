package noemie

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// controle holds the running totals.
type controle struct {
	factures           fse.Montant // paid, both shares
	retenues, forfaits fse.Montant
	lots, mandataires  int
	beneficiaires      int
	niveaux            []niveau // open levels, outermost first
}

// niveau is what was seen since a level opened.
type niveau struct {
	rang    string // level, 2 digits
	nom     string // what the entity that opened it holds, to recognise its control
	cumul   fse.Montant
	enfants map[string]int // entities of each code one level down
}

func (c *controle) entite(e *Entite) {
	switch e.Code {
	case "080":
		c.lots++
	case "020":
		c.mandataires++
	case "040":
		c.beneficiaires++
	}
	if !e.Connue() || e.Code == "990" || e.Niveau == "" {
		return
	}
	// An entity closes the levels below its own, and what opens a level closes the one before it.
	ouvre := slices.Contains(ruptures, e.Code)
	k := len(c.niveaux)
	for k > 0 && (c.niveaux[k-1].rang > e.Niveau || ouvre && c.niveaux[k-1].rang == e.Niveau) {
		k--
	}
	c.niveaux = c.niveaux[:k]
	if k > 0 && c.niveaux[k-1].rang < e.Niveau {
		c.niveaux[k-1].enfants[e.Code]++
	}
	if ouvre {
		nom := strings.Trim(strings.TrimSuffix(string(e.Brut[5:]), "@"), " 0")
		c.niveaux = append(c.niveaux, niveau{rang: e.Niveau, nom: nom, enfants: map[string]int{}})
	}
}

// ruptures are the entities that open a level: mandataire, payee, lot, invoice.
var ruptures = []string{"020", "040", "080", "100", "102"}

func (c *controle) payer(m fse.Montant) {
	c.factures += m
	for i := range c.niveaux {
		c.niveaux[i].cumul += m
	}
}

// personnelle reports whether no finding may quote the zone.
func personnelle(zone string) bool {
	for _, p := range []string{"nir", "nom", "prenom", "naissance", "adherent", "libelle", "texte", "information"} {
		if strings.HasPrefix(zone, p) {
			return true
		}
	}
	return false
}

func (r *Reader) controlerEntite(e *Entite) {
	tab := layout(e.Code)
	if tab == nil {
		return
	}
	if len(e.Brut) != tab.Longueur {
		r.constate(e, ctlLongueur, "", fmt.Sprintf("%d octets", len(e.Brut)), fmt.Sprintf("%d octets", tab.Longueur),
			fmt.Sprintf("Entité de %d octets au lieu de %d.", len(e.Brut), tab.Longueur))
		return
	}
	for i := range tab.Zones {
		z := &tab.Zones[i]
		if err := z.Controler(e.Brut); err != nil {
			b := fmt.Sprintf("%q", z.Lire(e.Brut))
			if personnelle(z.Nom) {
				b = "(masqué)"
			}
			attendu := "des chiffres"
			switch {
			case z.Valeur != "":
				attendu = z.Valeur
			case z.Type == zones.A:
				attendu = "aucun caractère de contrôle"
			}
			ctl := ctlZone
			if z.Nom == "niveau" {
				ctl = ctlNiveau
			}
			r.constate(e, ctl, z.Nom, b, attendu, fmt.Sprintf("La zone « %s » ne contient pas ce qu'elle doit (%s).", z.Nom,
				attendu))
			continue
		}
		b := string(z.Lire(e.Brut))
		if l := listes[place{e.Code, z.Debut}]; l != nil && z.Nom != "signe" && z.Nom != "etat" {
			s := strings.TrimRight(b, " ")
			if s != "" && strings.Trim(s, "0") != "" && !slices.ContainsFunc(l, func(v Valeur) bool { return v.Code == s }) {
				r.constate(e, ctlValeur, z.Nom, fmt.Sprintf("%q", b), "un code de la norme",
					fmt.Sprintf("La zone « %s » a un code que la norme n'énumère pas.", z.Nom))
			}
		}
		switch {
		case strings.HasPrefix(z.Nom, "date_"):
			if _, err := fse.ParseAAMMJJ(b); err != nil {
				r.constate(e, ctlDate, z.Nom, fmt.Sprintf("%q", b), "une date AAMMJJ",
					fmt.Sprintf("La zone « %s » n'est pas une date du calendrier.", z.Nom))
			}
		case z.Nom == "signe" && !strings.Contains("PN ", b), z.Nom == "etat" && !strings.Contains("PRD ", b):
			r.constate(e, ctlZone, z.Nom, fmt.Sprintf("%q", b), "une lettre connue",
				fmt.Sprintf("La zone « %s » n'a pas une lettre connue.", z.Nom))
		}
	}
	if e.Code == "103" || e.Code == "110" {
		if s := strings.Trim(e.Texte("nir"), "0"); s != "" {
			if _, err := fse.ParseNIR(e.Texte("nir"), e.Texte("nir_cle")); err != nil {
				r.constate(e, ctlNIR, "nir", "(masqué)", "un numéro dont la clé est juste",
					"Le numéro d'immatriculation n'a pas la forme ou la clé attendue.")
			}
		}
	}
}

// controlerFacture adds what the invoice was paid, and compares its share with its lines.
func (r *Reader) controlerFacture(f *Reponse) {
	r.controle.payer(f.Paye())
	r.cumul = r.cumulAvant + r.controle.factures
	e := &Entite{Code: "102", Numero: f.Entite, Offset: f.Offset}
	if f.AMO == nil || !f.AMO.DemandeConnue {
		e.Code = "100"
		return
	}
	var lignes fse.Montant
	for _, l := range f.Lignes {
		lignes += l.Paye
	}
	if len(f.Lignes) > 0 && lignes != f.AMO.Paye && lignes != f.Paye() {
		r.constate(e, ctlLignes, "paye", fmt.Sprint(int64(f.AMO.Paye)), fmt.Sprint(int64(lignes)),
			fmt.Sprintf("La part payée (%s) n'est pas la somme des lignes (%s).", f.AMO.Paye, lignes))
	}
	for _, p := range []*Part{f.AMO, f.AMC} {
		switch {
		case p == nil:
		case p.Paye == 0 && p.Etat == Paye && p.Demande != 0:
			r.constate(e, ctlPayeZero, "paye", "0", fmt.Sprint(int64(p.Demande)),
				fmt.Sprintf("Une part demandée (%s) est dite payée, sans aucun paiement.", p.Demande))
		case p.Etat == Paye && p.Paye < p.Demande:
			r.constate(e, ctlPartiel, "paye", fmt.Sprint(int64(p.Paye)), fmt.Sprint(int64(p.Demande)),
				fmt.Sprintf("Une part n'est payée qu'en partie : %s sur %s.", p.Paye, p.Demande))
		case p.Etat == Reprise: // the state says it
		case p.Paye == 0 || p.Etat == Paye:
		case p.Etat == EtatInconnu:
			r.constate(e, ctlSansEtat, "etat", "", "P", "Une part sans état porte un montant payé.")
		default:
			r.constate(e, ctlEtat, "paye", fmt.Sprint(int64(p.Paye)), "0", "Une part rejetée ou différée porte un montant payé.")
		}
		if p != nil && absolu(p.Paye) > p.Demande {
			r.constate(e, ctlPayeDemande, "paye", fmt.Sprint(int64(p.Paye)), fmt.Sprint(int64(p.Demande)),
				fmt.Sprintf("Le montant payé (%s) dépasse le montant demandé (%s).", p.Paye, p.Demande))
		}
	}
}

// controler990 checks the totals of a closed level. Which level is not said by a code: the one whose identification it
// repeats, or else any open one whose sum agrees.
func (r *Reader) controler990(e *Entite) {
	cumul, compteur := e.montant("cumul", "signe"), entier(e, "compteur")
	id := strings.Trim(e.Texte("identification"), " 0")
	candidats := r.controle.niveaux
	for i := len(candidats) - 1; i >= 0; i-- {
		if id != "" && (candidats[i].nom == id || strings.HasPrefix(candidats[i].nom, id)) {
			candidats = candidats[i : i+1]
			break
		}
	}
	memeCumul, memeCompte := false, false
	for i := len(candidats) - 1; i >= 0; i-- {
		n := &candidats[i]
		total := 0
		for _, k := range n.enfants {
			total += k
		}
		comptes := []int{total}
		for _, k := range n.enfants {
			comptes = append(comptes, k)
		}
		if n.cumul == cumul {
			memeCumul = true
			memeCompte = memeCompte || slices.Contains(comptes, compteur)
		}
	}
	attendu := fse.Montant(0)
	if k := len(candidats); k > 0 {
		attendu = candidats[k-1].cumul
	}
	switch {
	case !memeCumul:
		r.constate(e, ctlCumulNiveau, "cumul", fmt.Sprint(int64(cumul)), fmt.Sprint(int64(attendu)),
			fmt.Sprintf("Le total de contrôle (%s) n'est celui d'aucun niveau ouvert.", cumul))
	case !memeCompte:
		r.constate(e, ctlCompteur, "compteur", fmt.Sprint(compteur), "le nombre d'entités du niveau inférieur",
			"Le compteur de contrôle ne correspond pas au niveau inférieur.")
	}
}

// controlerFin checks the last record. Sources don't say whether moves and flat payments are part of the sum, nor what
// a lot or a record is for it: each reading that a real or described file uses is accepted, the less usual ones with
// a word.
func (r *Reader) controlerFin(e *Entite) {
	c := &r.controle
	cumul := e.montant("cumul", "signe")
	switch f := c.factures; {
	case cumul == f:
	case cumul == f+c.forfaits, cumul == f+c.retenues, cumul == f+c.forfaits+c.retenues:
		r.constate(e, ctlMouvements, "cumul", fmt.Sprint(int64(cumul)), fmt.Sprint(int64(f)),
			fmt.Sprintf("Le total du retour (%s) n'est celui des factures (%s) qu'avec les mouvements ou les forfaits.",
				cumul, f))
	default:
		r.constate(e, ctlCumul, "cumul", fmt.Sprint(int64(cumul)), fmt.Sprint(int64(f)),
			fmt.Sprintf("Total du retour : %s lus, %s attendus.", cumul, f))
	}
	nb := entier(e, "enregistrements")
	if n := r.n - r.premier; nb != n && (r.emballage != Blocs || nb != r.d.blocs+2) {
		attendu := n
		if r.emballage == Blocs {
			attendu = r.d.blocs + 2
		}
		r.constate(e, ctlEnregistrements, "enregistrements", fmt.Sprint(nb), fmt.Sprint(attendu),
			fmt.Sprintf("Nombre d'enregistrements : %d lu, %d attendu.", nb, attendu))
	}
	if nb := entier(e, "lots"); nb != c.lots && nb != c.mandataires && nb != c.beneficiaires {
		r.constate(e, ctlLots, "lots", fmt.Sprint(nb), fmt.Sprint(c.lots),
			fmt.Sprintf("Nombre de lots : %d lu, %d attendu.", nb, c.lots))
	}
	for _, zone := range []string{"type_emetteur", "emetteur", "type_destinataire", "destinataire", "fichier"} {
		if debut, fin := r.enteteBrut.Texte(zone), e.Texte(zone); debut != fin {
			r.constate(e, ctlIdentite, zone, fmt.Sprintf("%q", fin), fmt.Sprintf("%q", debut),
				fmt.Sprintf("La zone « %s » de la fin du retour n'est pas celle de l'en-tête.", zone))
		}
	}
}
