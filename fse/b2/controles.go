package b2

import (
	"errors"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// controle holds the running totals of a lot and of the file.
type controle struct {
	lots                    int
	factures, bases, lignes int
	types2, types2base, t5  int
	total, amo, amc         fse.Montant
	vues                    map[int]struct{} // invoice numbers of the lot
}

// facturesMax is what three digits can count (type 6, columns 11 to 13).
const facturesMax = 999

func (r *Reader) ordre(ok bool, quoi string) {
	if ok {
		return
	}
	e := r.enr
	if e.Numero == 0 {
		e = Enregistrement{Type: T2, Numero: r.facture.numero, Offset: r.facture.offset}
	}
	r.constate(&e, PorteeFichier, Erreur, "ordre", "", "", "l'ordre 000 (1 (2 … 5)* 6)* 999", "Ordre des enregistrements : "+quoi+".")
}

func (r *Reader) longueurDe(e *Enregistrement) bool {
	if len(e.Brut) == Longueur {
		return true
	}
	if len(e.Brut) > 0 && (len(e.Brut) > 1 || e.Brut[0] != 0x1a) { // 0x1A ends some files written under DOS
		r.constate(e, PorteeFichier, Erreur, "longueur", "", fmt.Sprintf("%d octets", len(e.Brut)), "128 octets",
			fmt.Sprintf("Enregistrement de %d octets au lieu de 128.", len(e.Brut)))
	}
	return false
}

func (r *Reader) inconnu(e *Enregistrement) {
	p := PorteeFichier
	if r.etat == dansLot {
		p = PorteeLot
	}
	if len(e.Brut) == Longueur {
		r.constate(e, p, Avertissement, "type-inconnu", "type", lu("type", e.Brut[:1]), "un type de 000 à 6, ou 999",
			"Type d'enregistrement inconnu : gardé tel quel.")
	}
	if r.etat == apresFin {
		r.ordre(len(e.Brut) <= 1, "des données après la fin du fichier")
	}
}

// estDate tells the calendar dates among zones: a name in date_, or one of a few. Birth dates and that of an accident, which
// may be a number, are not.
func estDate(nom string) bool {
	switch nom {
	case "entree", "sortie", "prise_en_charge", "droits_depuis":
		return true
	case "date_reception":
		return false
	}
	return strings.HasPrefix(nom, "date_")
}

func (r *Reader) controlerZones(e *Enregistrement, p Portee) {
	tab := e.table()
	if tab == nil || !r.opts.controles || len(e.Brut) != Longueur {
		return
	}
	for i := range tab.Zones {
		z := &tab.Zones[i]
		b := z.Lire(e.Brut)
		if err := z.Controler(e.Brut); err != nil {
			attendu := "des chiffres"
			switch {
			case z.Valeur != "":
				attendu = z.Valeur
			case z.Type == 'A':
				attendu = "aucun caractère de contrôle"
			}
			r.constate(e, p, Erreur, "zone", z.Nom, lu(z.Nom, b), attendu,
				fmt.Sprintf("La zone « %s » ne contient pas ce qu'elle doit (%s).", z.Nom, attendu))
			continue
		}
		if estDate(z.Nom) {
			if _, err := fse.ParseAAMMJJ(string(b)); err != nil {
				g := Avertissement
				if z.Presence == "O" {
					g = Erreur
				}
				r.constate(e, p, g, "date", z.Nom, lu(z.Nom, b), "une date AAMMJJ",
					fmt.Sprintf("La zone « %s » n'est pas une date du calendrier.", z.Nom))
			}
		}
	}
}

// identifiant checks the key of a professional's or establishment's number; zeros or blanks stand for none.
func (r *Reader) identifiant(e *Enregistrement, p Portee, zone string) {
	s := numeroPS(e, zone)
	if s == "" {
		return
	}
	if _, err := fse.ParseNumeroAM(s); err != nil {
		r.constate(e, p, Avertissement, "cle-numero", zone, fmt.Sprintf("%q", s), "un numéro dont la clé est juste",
			fmt.Sprintf("Le numéro de la zone « %s » est incomplet, ou sa clé est fausse.", zone))
	}
}

func (r *Reader) debutDeLot(e *Enregistrement) {
	c := &r.cumul
	*c = controle{lots: c.lots + 1}
	r.facture = Bloc{}
	if !normeConnue(r.fichier.Norme) && r.lot.Flux == fse.FluxDRE {
		r.constate(e, PorteeLot, Avertissement, "dre-non-verifiee", "", fmt.Sprintf("%q", r.fichier.Norme), "",
			"Norme inconnue : lot lu comme une DRE sur le modèle du B2, sans vérification possible.")
	}
	if !r.opts.controles {
		return
	}
	c.vues = make(map[int]struct{})
	r.controlerZones(e, PorteeLot)
	if r.lot.Flux == fse.FluxInconnu {
		r.constate(e, PorteeLot, Erreur, "certification", "certification", lu("certification", e.Zone("certification")),
			"un blanc, S, F ou D", "Certification du lot inconnue : on ne sait pas si les factures sont sécurisées.")
	}
	r.identifiant(e, PorteeLot, "partenaire")
	if d := r.fichier.Destinataire; len(d) == 14 && r.lot.Destinataire != "" && d[11:] != r.lot.Destinataire {
		r.constate(e, PorteeLot, Information, "destinataire", "organisme", fmt.Sprintf("%q", r.lot.Destinataire), d[11:],
			"L'organisme destinataire du lot n'est pas celui du fichier.")
	}
	if v := string(e.Zone("version")); v != "B2" {
		r.constate(e, PorteeLot, Avertissement, "version", "version", fmt.Sprintf("%q", v), "B2",
			"La version de la norme du lot n'est pas B2.")
	}
	if f, l := r.fichier.Norme, r.lot.Norme; r.entete != nil && (f == "CP") != (l == "CP") {
		r.constate(e, PorteeLot, Erreur, "norme", "norme", fmt.Sprintf("%q", l), fmt.Sprintf("%q", f),
			"Le lot et le fichier n'annoncent pas la même norme.")
	}
	if r.entete != nil && !r.fichier.Date.IsZero() && r.lot.Cle.Date.Compare(r.fichier.Date) > 0 {
		r.constate(e, PorteeLot, Avertissement, "date-lot", "date_lot", r.lot.Cle.Date.String(),
			"au plus tard "+r.fichier.Date.String(), "Le lot est daté d'après son fichier.")
	}
}

func (r *Reader) lotSansFin(e *Enregistrement) {
	r.constate(e, PorteeLot, Erreur, "lot-sans-fin", "", "", "type 6",
		fmt.Sprintf("Le lot %03d n'a pas d'enregistrement de fin (type 6).", r.lot.Cle.Numero))
}

// compare reports a count or an amount that differs from every accepted value.
func (r *Reader) compare(e *Enregistrement, p Portee, code, zone, quoi string, lu int64, attendus ...int64) {
	for _, a := range attendus {
		if lu == a {
			return
		}
	}
	a := attendus[0]
	r.constate(e, p, Erreur, code, zone, fmt.Sprint(lu), fmt.Sprint(a), fmt.Sprintf("%s : %d lu, %d attendu.", quoi, lu, a))
}

func (r *Reader) compareMontant(e *Enregistrement, p Portee, code, zone, quoi string, lu, attendu fse.Montant) {
	if lu != attendu {
		r.constate(e, p, Erreur, code, zone, fmt.Sprint(int64(lu)), fmt.Sprint(int64(attendu)),
			fmt.Sprintf("%s : %s lus, %s attendus.", quoi, lu, attendu))
	}
}

func (r *Reader) finDeLot(e *Enregistrement) {
	if !r.opts.controles {
		return
	}
	r.controlerZones(e, PorteeLot)
	c := &r.cumul
	val := func(zone string) int64 { n, _ := e.Entier(zone); return n }
	r.compare(e, PorteeLot, "lot-numero", "lot", "Numéro du lot", val("lot"), int64(r.lot.Cle.Numero))
	if s := e.Texte("partenaire"); s != r.lot.Cle.Emetteur {
		r.constate(e, PorteeLot, Erreur, "lot-partenaire", "partenaire", fmt.Sprintf("%q", s), r.lot.Cle.Emetteur,
			"Le partenaire de la fin du lot n'est pas celui du début.")
	}
	r.compare(e, PorteeLot, "lot-factures", "factures", "Nombre de factures du lot", val("factures"), int64(c.factures))
	// Sources differ on whether complements are counted: both counts are accepted.
	r.compare(e, PorteeLot, "lot-lignes", "lignes", "Nombre de lignes du lot", val("lignes"), int64(c.bases), int64(c.lignes))
	r.compare(e, PorteeLot, "lot-types-2", "types_2", "Nombre d'enregistrements de type 2", val("types_2"),
		int64(c.types2base), int64(c.types2))
	r.compare(e, PorteeLot, "lot-types-5", "types_5", "Nombre d'enregistrements de type 5", val("types_5"), int64(c.t5))
	r.compareMontant(e, PorteeLot, "lot-total", "total", "Total facturé du lot", fse.Montant(val("total")), c.total)
	r.compareMontant(e, PorteeLot, "lot-amo", "total_amo", "Total de l'assurance maladie du lot", fse.Montant(val("total_amo")), c.amo)
	r.compareMontant(e, PorteeLot, "lot-amc", "total_amc", "Total des complémentaires du lot", fse.Montant(val("total_amc")), c.amc)
}

func (r *Reader) finDeFichier(e *Enregistrement) {
	if !r.opts.controles {
		return
	}
	r.controlerZones(e, PorteeFichier)
	val := func(zone string) int64 { n, _ := e.Entier(zone); return n }
	r.compare(e, PorteeFichier, "fichier-enregistrements", "enregistrements", "Nombre d'enregistrements du fichier",
		val("enregistrements"), int64(r.n))
	r.compare(e, PorteeFichier, "fichier-lots", "lots", "Nombre de lots du fichier", val("lots"), int64(r.cumul.lots))
	if r.entete == nil {
		return
	}
	for _, zone := range []string{"type_emetteur", "emetteur", "type_destinataire", "destinataire", "application", "fichier"} {
		if debut, fin := r.entete.Texte(zone), e.Texte(zone); debut != fin {
			r.constate(e, PorteeFichier, Erreur, "fichier-identite", zone, fmt.Sprintf("%q", fin), debut,
				fmt.Sprintf("La zone « %s » de la fin du fichier n'est pas celle de l'en-tête.", zone))
		}
	}
}

// terminer checks that the file is complete.
func (r *Reader) terminer() {
	e := Enregistrement{Numero: r.n, Offset: r.t.off + int64(r.t.deb)}
	if r.etat == dansLot {
		r.lotSansFin(&e)
	}
	if r.etat != apresFin {
		r.constate(&e, PorteeFichier, Erreur, "fichier-sans-fin", "", "", "type 999",
			"Le fichier n'a pas d'enregistrement de fin (type 999) : il est peut-être tronqué.")
	}
}

// complementsMax are the counts for one line (FIDES, transmission chapter).
var complementsMax = map[Type]int{T3F: 10, T3H: 10, T4B: 10, T4H: 10, T4M: 26}

// controlerFacture walks through the current invoice.
func (r *Reader) controlerFacture() {
	f, c := &r.facture, &r.cumul
	d := f.decodeur()
	fac := &d.fac
	var premier, dernier Enregistrement
	debut, fin := colonnesFacture(f.variante)
	var ligne Type // kind of the current base line
	parLigne := map[Type]int{}
	for e := range f.Enregistrements() {
		dernier = *e
		entier := r.longueurDe(e)
		if e.table() == nil && !entier {
			continue
		}
		if e.table() == nil {
			r.constate(e, PorteeFacture, Avertissement, "type-inconnu", "type", lu("type", e.Brut[:1]), "un type connu de la variante "+f.variante.String(),
				"Type d'enregistrement inconnu : gardé tel quel.")
			continue
		}
		if premier.Numero == 0 {
			premier = *e
		}
		r.controlerZones(e, PorteeFacture)
		if e.Numero != premier.Numero {
			r.memeFacture(e, &premier, debut, fin)
		}
		switch {
		case e.Type == T3 || e.Type == T4:
			ligne = e.Type
			clear(parLigne)
		case e.Type >= T3S && e.Type <= T3H && ligne != T3, e.Type >= T4S && e.Type <= T4U && ligne != T4:
			r.constate(e, PorteeFacture, Erreur, "ordre", "", "", "un enregistrement de type "+e.Type.String()[:1]+" avant",
				"Complément "+e.Type.String()+" sans la ligne qu'il complète.")
		case e.Type > T2 && e.Type <= T2C && ligne != Inconnu:
			r.constate(e, PorteeFacture, Erreur, "ordre", "", "", "avant les lignes",
				"Complément "+e.Type.String()+" après les lignes de la facture.")
		}
		parLigne[e.Type]++
		if m := complementsMax[e.Type]; m > 0 && parLigne[e.Type] == m+1 {
			r.constate(e, PorteeFacture, Avertissement, "trop-de-complements", "", "", fmt.Sprintf("%d au plus", m),
				fmt.Sprintf("Plus de %d enregistrements %s pour une même ligne.", m, e.Type))
		}
		r.identifiants(e)
		d.lire(e)
	}
	d.finir(&r.lot)
	r.decodee = d.fac
	s := &d.sommes
	if !s.declare {
		r.constate(&dernier, PorteeFacture, Erreur, "facture-sans-total", "", "", "type 5", "La facture n'a pas de total (type 5).")
	} else {
		r.controlerTotal(&dernier, s)
		c.t5++
	}
	if fac.Lignes == 0 {
		r.constate(&dernier, PorteeFacture, Erreur, "facture-sans-ligne", "", "", "type 3 ou 4", "La facture n'a aucune ligne.")
	}
	if !fac.Entree.IsZero() && !fac.Sortie.IsZero() && fac.Sortie.Compare(fac.Entree) < 0 {
		r.constate(&premier, PorteeFacture, Erreur, "sejour", "sortie", "", "une sortie après l'entrée",
			"La date de sortie précède la date d'entrée.")
	}
	if num := f.numeroOuZero(); c.vues != nil && len(c.vues) <= facturesMax {
		if _, deja := c.vues[num]; deja {
			r.constate(&premier, PorteeFacture, Erreur, "facture-en-double", "facture", fmt.Sprint(num), "un numéro par facture",
				"Numéro de facture déjà présent dans le lot.")
		}
		c.vues[num] = struct{}{}
		if len(c.vues) == facturesMax+1 {
			r.constate(&premier, PorteeLot, Erreur, "lot-trop-grand", "", "", "999 factures au plus", "Le lot a plus de 999 factures.")
		}
	}
	c.factures++
	c.bases += s.bases
	c.lignes += s.lignes
	c.types2 += s.types2
	c.types2base++
	c.total += fac.Total
	c.amo += fac.AMO
	c.amc += fac.AMC
}

// memeFacture checks that a record carries the partner, insured and invoice number of the invoice's header.
func (r *Reader) memeFacture(e, premier *Enregistrement, debut, fin int) {
	d, f := debut, fin
	if e.Variante == PS {
		d, f = colonnesFacture(PS)
	} else if z, ok := e.table().Zone("facture"); ok {
		d, f = z.Debut-1, z.Fin()
	}
	for _, z := range [...]struct {
		nom        string
		i, j, k, l int
	}{{"partenaire", 1, 10, 1, 10}, {"nir", 11, 24, 11, 24}, {"nir_cle", 24, 26, 24, 26}, {"facture", d, f, debut, fin}} {
		if string(e.Brut[z.i:z.j]) != string(premier.Brut[z.k:z.l]) {
			r.constate(e, PorteeFacture, Erreur, "cle-facture", z.nom, lu(z.nom, e.Brut[z.i:z.j]), "comme dans l'en-tête de la facture",
				fmt.Sprintf("La zone « %s » n'est pas celle de l'en-tête de la facture.", z.nom))
		}
	}
}

// identifiants checks the keys of the numbers in a record.
func (r *Reader) identifiants(e *Enregistrement) {
	nir := func(numero, cle string) {
		z, _ := e.table().Zone(numero)
		if z.Vide(e.Brut) || strings.Trim(e.Texte(numero), "0") == "" {
			return
		}
		if _, err := fse.ParseNIR(e.Texte(numero), e.Texte(cle)); err != nil {
			message := "Le numéro d'immatriculation n'a pas la forme attendue."
			if errors.Is(err, fse.MotifCle) {
				message = "La clé du numéro d'immatriculation est fausse."
			}
			r.constate(e, PorteeFacture, Erreur, "nir", numero, "(masqué)", "un numéro dont la clé est juste", message)
		}
	}
	switch e.Type {
	case T2:
		if strings.Trim(e.Texte("nir"), "0") == "" {
			r.constate(e, PorteeFacture, Erreur, "nir", "nir", "(masqué)", "un numéro", "Le numéro d'immatriculation manque.")
		}
		nir("nir", "nir_cle")
		if s := e.Texte("partenaire"); s != r.lot.Cle.Emetteur {
			r.constate(e, PorteeFacture, Avertissement, "partenaire", "partenaire", fmt.Sprintf("%q", s), r.lot.Cle.Emetteur,
				"Le partenaire de la facture n'est pas celui du lot.")
		}
		if e.Variante == PS {
			r.identifiant(e, PorteeFacture, "prescripteur")
		}
	case T2S:
		nir("nir_individuel", "nir_individuel_cle")
	case T3S:
		r.identifiant(e, PorteeFacture, "prescripteur")
	case T4:
		r.identifiant(e, PorteeFacture, "executant")
		if e.Variante == CP {
			r.identifiant(e, PorteeFacture, "prescripteur")
		}
	}
}

func (r *Reader) controlerTotal(e *Enregistrement, s *sommes) {
	r.compare(e, PorteeFacture, "facture-lignes", "lignes", "Nombre de lignes de la facture",
		int64(s.lignesDeclarees), int64(s.bases), int64(s.lignes))
	montant := func(code, zone, quoi string, lu, attendu fse.Montant) {
		r.compareMontant(e, PorteeFacture, code, zone, quoi, lu, attendu)
	}
	reste := s.total3 + s.total4 - s.amo3 - s.amo4
	if e.Variante == PS {
		montant("total-facture", "total", "Total facturé", s.total, s.total3+s.total4)
		montant("total-amo", "total_amo", "Total de l'assurance maladie", s.amo, s.amo3+s.amo4)
		montant("total-amc", "total_amc", "Total de la complémentaire", s.amc, s.amc3+s.amc4)
	} else {
		montant("base-sejour", "base_sejour", "Base de remboursement du séjour", s.base5, s.base3)
		montant("total-amo", "amo_sejour", "Part de l'assurance maladie, séjour", s.amo5, s.amo3)
		montant("total-facture", "total_sejour", "Total facturé, séjour", s.total5, s.total3)
		montant("total-facture", "total_honoraires", "Total facturé, honoraires", s.hono5, s.total4)
		montant("total-amo", "amo_honoraires", "Part de l'assurance maladie, honoraires", s.amoHono5, s.amo4)
		montant("total-amc", "amc_sejour", "Part de la complémentaire, séjour", s.amcStay5, s.amc3)
		montant("total-amc", "amc_honoraires", "Part de la complémentaire, honoraires", s.amcHono5, s.amc4)
	}
	// A program in use leaves this total at zero; where it is filled, it is spend less the AMO's share.
	if s.assure != 0 && s.assure != reste {
		r.constate(e, PorteeFacture, Avertissement, "total-assure", "total_assure", fmt.Sprint(int64(s.assure)), fmt.Sprint(int64(reste)),
			fmt.Sprintf("Participation de l'assuré : %s lus, %s attendus.", s.assure, reste))
	}
}
