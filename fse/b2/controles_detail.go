package b2

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Checks of what the zones of an invoice say together: organisms, dates, amounts of a line.

// detail looks at the record beyond its zones taken one by one.
func (x *examen) detail(e *Enregistrement, p *plan) {
	rec := e.octets()
	switch e.Type {
	case T2:
		x.tete = place{e.Numero, e.Offset, e.Type, e.Variante}
		x.organisme(e, p, rec)
		x.accident(e, p, rec)
		if b := p.champs[cNaissance].de(rec); !vide(b) && !chiffres(b) {
			x.r.constate(e, PorteeFacture, ctlNaissance, "naissance", masqueTexte, "six chiffres",
				"La date de naissance n'est pas faite de six chiffres.")
		}
		if e.Variante == PS {
			x.prescrit(e, p, rec)
		}
	case T3S:
		x.prescrit(e, p, rec)
	case T3:
		x.soin(e, p, rec, cDateDebut)
		x.soin(e, p, rec, cDateFin)
		x.montants(e, p, rec)
		x.periode(e, p, rec)
		x.acte(e, p, rec)
	case T4:
		x.soin(e, p, rec, cDateSoins)
		x.montants(e, p, rec)
		x.acte(e, p, rec)
	}
}

// jour reads a date, zero when it isn't one: that was told with the zones.
func (x *examen) jour(b []byte) fse.Date {
	if vide(b) {
		return fse.Date{}
	}
	d, _ := x.r.textes.jour(b)
	return d
}

func (x *examen) organisme(e *Enregistrement, p *plan, rec []byte) {
	r := x.r
	b := p.champs[cOrganisme].de(rec)
	if vide(b[:2]) || !chiffres(b) {
		return
	}
	if !regimes[string(b[:2])] {
		r.constate(e, PorteeFacture, ctlRegime, "regime", r.lu(e, "regime"), "un grand régime connu",
			"Le grand régime de l'assuré est inconnu.")
	}
	if d := r.fichier.Destinataire; len(d) == 14 && d[6:8] != "00" && d[6:8] != string(b[:2]) {
		r.constate(e, PorteeFacture, ctlRegimeFichier, "regime", r.lu(e, "regime"), d[6:8],
			"Le grand régime de l'assuré n'est pas celui à qui le fichier s'adresse.")
	}
	if r.opts.routage == nil {
		return
	}
	o := fse.Organisme{Regime: string(b[:2]), Caisse: string(b[2:5]), Centre: string(b[5:])}
	switch route, err := r.opts.routage.Chercher(o); {
	case err != nil:
		r.constate(e, PorteeFacture, ctlOrganisme, "caisse", fmt.Sprintf("%q", o.String()),
			"un organisme de la table de routage",
			"La table de routage ne connaît pas l'organisme de l'assuré.")
	case r.lot.Destinataire != "" && route.Destinataire != r.lot.Destinataire:
		r.constate(e, PorteeFacture, ctlOrganismeLot, "caisse", fmt.Sprintf("%q", r.lot.Destinataire), route.Destinataire,
			"La table de routage envoie cet assuré vers un autre organisme que celui du lot.")
	}
}

// natureAT is the nature of insurance of accidents at work and occupational diseases.
const natureAT = "41"

// accident checks the zone that holds the number of an accident, or its date after three zeros.
func (x *examen) accident(e *Enregistrement, p *plan, rec []byte) {
	b := p.champs[cAccident].de(rec)
	if vide(b) {
		if string(p.champs[cNature].de(rec)) == natureAT {
			x.r.constate(e, PorteeFacture, ctlAccident, "accident", "", "le numéro de l'accident, ou 000 et sa date",
				"Accident du travail sans numéro ni date.")
		}
		return
	}
	if string(b[:3]) != "000" {
		return
	}
	if !x.r.dateJuste(b[3:]) {
		x.r.constate(e, PorteeFacture, ctlAccidentDate, "accident", masqueTexte, "000 et une date AAMMJJ",
			"La date de l'accident n'est pas une date du calendrier.")
		return
	}
	x.accidentDeDroit = x.jour(b[3:])
}

// prescrit takes the prescription of a header, or of a 3S, into account.
func (x *examen) prescrit(e *Enregistrement, p *plan, rec []byte) {
	d, qui := p.champs[cDatePrescription].de(rec), p.champs[cPrescripteur].de(rec)
	if vide(d) != vide(qui) {
		zone, message := "date_prescription", "La prescription n'a pas de date."
		if vide(qui) {
			zone, message = "prescripteur", "La prescription n'a pas de prescripteur."
		}
		x.r.constate(e, PorteeFacture, ctlPrescPartiele, zone, "", "un prescripteur et une date", message)
	}
	if x.datePrescrite.IsZero() {
		x.datePrescrite = x.jour(d)
		x.prescription = place{e.Numero, e.Offset, e.Type, e.Variante}
	}
}

// soin checks a date of care against the file, and keeps the first and the last.
func (x *examen) soin(e *Enregistrement, p *plan, rec []byte, c int) {
	d := x.jour(p.champs[c].de(rec))
	if d.IsZero() {
		return
	}
	if x.debut.IsZero() || d.Compare(x.debut) < 0 {
		x.debut = d
	}
	if d.Compare(x.fin) > 0 {
		x.fin = d
	}
	fac, zone := &x.d.fac, nomsChamps[c]
	dit := func(ctl *Controle, attendu, message string) {
		x.r.constate(e, PorteeFacture, ctl, zone, d.String(), attendu, message)
	}
	fichier := x.r.dateFichier()
	switch {
	case !fichier.IsZero() && d.Compare(fichier) > 0:
		dit(ctlSoinFichier, "au plus tard "+fichier.String(), "Les soins sont datés d'après le fichier.")
	case !fichier.IsZero() && fichier.Jours(d) >= 365:
		dit(ctlSoinAncien, "moins d'un an avant "+fichier.String(), "Les soins ont un an ou plus à la date du fichier.")
	case e.Variante == PS && !fac.Date.IsZero() && d.Compare(fac.Date) > 0:
		dit(ctlSoinFacture, "au plus tard "+fac.Date.String(), "Les soins sont datés d'après la facture.")
	}
	if e.Variante == CP && fac.Entree.Compare(fac.Sortie) <= 0 && (!fac.Entree.IsZero() && d.Compare(fac.Entree) < 0 ||
		!fac.Sortie.IsZero() && d.Compare(fac.Sortie) > 0) {
		dit(ctlSoinSejour, "du "+fac.Entree.String()+" au "+fac.Sortie.String(),
			"Les soins sont datés d'en dehors du séjour.")
	}
}

// dateFichier is the day on which a file was made, or the lot's when the file doesn't say.
func (r *Reader) dateFichier() fse.Date {
	if r.entete != nil && !r.fichier.Date.IsZero() {
		return r.fichier.Date
	}
	return r.lot.Cle.Date
}

func (x *examen) periode(e *Enregistrement, p *plan, rec []byte) {
	d, f := x.jour(p.champs[cDateDebut].de(rec)), x.jour(p.champs[cDateFin].de(rec))
	if !d.IsZero() && !f.IsZero() && f.Compare(d) < 0 {
		x.r.constate(e, PorteeFacture, ctlSejour, "date_fin", f.String(), "au plus tôt "+d.String(),
			"La fin de la prestation précède son début.")
	}
}

// dates checks the order of the dates that the whole invoice gives.
func (x *examen) dates() {
	r, fac := x.r, &x.d.fac
	if x.tete.numero == 0 {
		return
	}
	if !fac.Entree.IsZero() && !fac.Sortie.IsZero() && fac.Sortie.Compare(fac.Entree) < 0 {
		r.constate(x.tete.enregistrement(r), PorteeFacture, ctlSejour, "sortie", "", "une sortie après l'entrée",
			"La date de sortie précède la date d'entrée.")
	}
	fichier := r.dateFichier()
	apres := func(d fse.Date) bool { return !fichier.IsZero() && d.Compare(fichier) > 0 }
	for _, c := range [...]struct {
		zone, quoi string
		d          fse.Date
	}{{"date_facture", "La facture est datée", fac.Date}, {"entree", "L'entrée est datée", fac.Entree}, {"sortie",
		"La sortie est datée", fac.Sortie}} {
		if (c.zone == "date_facture") == (x.tete.v == PS) && apres(c.d) {
			r.constate(x.tete.enregistrement(r), PorteeFacture, ctlSoinFichier, c.zone, c.d.String(),
				"au plus tard "+fichier.String(), c.quoi+" d'après le fichier.")
		}
	}
	x.datesDePrescription(apres)
	if a := x.accidentDeDroit; !a.IsZero() && !x.fin.IsZero() && a.Compare(x.fin) > 0 {
		r.constate(x.tete.enregistrement(r), PorteeFacture, ctlAccidentDate, "accident", masqueTexte,
			"une date avant les soins", "L'accident est daté d'après les soins.")
	}
}

// avancePrescription is how many days after its file a prescription may be dated before that is called an error: files
// are dated some days before they leave, and no source gives a figure.
const avancePrescription = 7

func (x *examen) datesDePrescription(apres func(fse.Date) bool) {
	d := x.datePrescrite
	if d.IsZero() {
		return
	}
	soins := x.debut
	if x.tete.v == PS && soins.IsZero() {
		soins = x.d.fac.Date
	}
	fichier := x.r.dateFichier()
	switch {
	case apres(d) && d.Jours(fichier) > avancePrescription:
		x.r.constate(x.prescription.enregistrement(x.r), PorteeFacture, ctlPrescFichier, "date_prescription", d.String(),
			"au plus tard "+fichier.String(), "La prescription est datée d'après le fichier.")
	case !soins.IsZero() && d.Compare(soins) > 0:
		x.r.constate(x.prescription.enregistrement(x.r), PorteeFacture, ctlPrescription, "date_prescription", d.String(),
			"au plus tard "+soins.String(),
			"La prescription est datée d'après les soins : hors urgence, ils ne sont pas pris en charge.")
	}
}

// acte checks the shape of the code of an act: what the lists of codes hold isn't public.
func (x *examen) acte(e *Enregistrement, p *plan, rec []byte) {
	b := p.champs[cActe].de(rec)
	if vide(b) {
		return
	}
	s := sansFin(b)
	for i, c := range s {
		// Four characters, and one that completes them, which may stand alone after blanks.
		if c >= 'A' && c <= 'Z' || chiffre(c) && i > 0 || c == ' ' && i > 0 && i < 4 && len(s) == 5 {
			continue
		}
		x.r.constate(e, PorteeFacture, ctlActe, "acte", x.r.lu(e, "acte"), "des lettres majuscules et des chiffres",
			"Le code d'acte n'a pas la forme d'un code.")
		return
	}
}

// montants checks the amounts of a line against one another.
func (x *examen) montants(e *Enregistrement, p *plan, rec []byte) {
	lire := func(c int) (int64, bool) { return nombre(p.champs[c].de(rec)) }
	montant, ok1 := lire(cMontant)
	amo, ok2 := lire(cAMO)
	amc, ok3 := lire(cAMC)
	base, ok4 := lire(cBase)
	quantite, ok5 := lire(cQuantite)
	prix, ok6 := lire(cPrix)
	coef, ok7 := lire(cCoefficient)
	taux, ok8 := lire(cTaux)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 || !ok7 || !ok8 {
		return // told with the zones
	}
	r := x.r
	if x.abimee {
		return
	}
	if amo+amc > montant {
		r.constate(e, PorteeFacture, ctlParts, "montant", fmt.Sprint(montant), fmt.Sprintf("au moins %d", amo+amc),
			"Les parts de l'assurance maladie et de la complémentaire dépassent le montant de la ligne.")
	}
	// Other coefficients fold in rules (second act, threshold) that no source gives.
	if prix > 0 && quantite > 0 && coef == 100 && base != quantite*prix && montant != quantite*prix {
		r.constate(e, PorteeFacture, ctlQuantite, "quantite", r.lu(e, "quantite"), fmt.Sprintf("%d x %d", quantite, prix),
			"La quantité multipliée par le prix unitaire ne donne ni la base ni le montant.")
	}
	if taux > 0 && base > 0 {
		ecart := base*taux/100 - amo
		if ecart < 0 {
			ecart = -ecart
		}
		if ecart > max(quantite, 1) && !participations[ecart] {
			r.constate(e, PorteeFacture, ctlTaux, "taux", fmt.Sprint(taux), fmt.Sprintf("%d sur %d", amo, base),
				"La base multipliée par le taux ne donne pas la part de l'assurance maladie.")
		}
	}
}

// participations are the flat shares that the insured may keep, in cents: they are taken off the Assurance Maladie's.
var participations = map[int64]bool{100: true, 200: true, 1800: true, 2400: true}
