package b2

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Checks of lots and files.

// doublons remembers the lots and invoices of a stream, to tell what is given twice.
type doublons struct {
	lots      map[fse.CleLot]int32 // to their rank
	rang      int32
	dejaVu    int32            // rank of the same lot given before, 0 for none
	emetteurs map[string]int32 // to a number
	emetteur  int32            // of the current lot
	dernier   cleDoublon       // the greatest so far
	liste     []factureVue     // all, in the order of the stream
	factures  map[cleDoublon]int32
}

type cleDoublon struct{ emetteur, numero int32 }

type factureVue struct {
	cleDoublon
	rang int32
}

// doublonsMax bounds what a hostile file can make a reader remember.
const doublonsMax = 1 << 20

func (d *doublons) lot(c fse.CleLot) (deja bool) {
	if d.lots == nil {
		d.lots, d.emetteurs = map[fse.CleLot]int32{}, map[string]int32{}
	}
	d.rang++
	d.dejaVu, deja = d.lots[c]
	if !deja && len(d.lots) < doublonsMax {
		d.lots[c] = d.rang
	}
	var connu bool
	if d.emetteur, connu = d.emetteurs[c.Emetteur]; !connu && len(d.emetteurs) < doublonsMax {
		d.emetteur = int32(len(d.emetteurs)) + 1
		d.emetteurs[c.Emetteur] = d.emetteur
	}
	return deja
}

// facture returns the rank of the lot that had the same invoice before, 0 for none. Numbers go up in most files: they
// are looked for only once one doesn't.
func (d *doublons) facture(numero int) int32 {
	k := cleDoublon{d.emetteur, int32(numero)}
	if d.factures == nil {
		if k.emetteur > d.dernier.emetteur || k.emetteur == d.dernier.emetteur && k.numero > d.dernier.numero {
			d.dernier = k
			if len(d.liste) < doublonsMax {
				d.liste = append(d.liste, factureVue{k, d.rang})
			}
			return 0
		}
		d.factures = make(map[cleDoublon]int32, len(d.liste))
		for _, v := range d.liste {
			d.factures[v.cleDoublon] = v.rang
		}
		d.liste = nil
	}
	avant := d.factures[k]
	if avant != 0 || len(d.factures) < doublonsMax {
		d.factures[k] = d.rang
	}
	return avant
}

func (r *Reader) debutDeLot(e *Enregistrement) {
	c := &r.cumul
	*c = cumul{lots: c.lots + 1}
	r.facture = Bloc{}
	if !normeConnue(r.fichier.Norme) && r.lot.Flux == fse.FluxDRE {
		r.constate(e, PorteeLot, ctlDRE, "", fmt.Sprintf("%q", r.fichier.Norme), "",
			"Norme inconnue : lot lu comme une DRE sur le modèle du B2, sans vérification possible.")
	}
	if !r.opts.controles || !e.Entiere() {
		return
	}
	r.controlerZones(e, PorteeLot)
	r.identifiant(e, PorteeLot, cPartenaire)
	r.annonceDuLot(e)
	r.datesDuLot(e)
	if r.vues.lot(r.lot.Cle) {
		r.constate(e, PorteeLot, ctlLotDouble, "lot", r.lu(e, "lot"), "un lot donné une fois",
			"Ce lot est déjà dans le fichier.")
	}
}

// annonceDuLot checks what the header of a lot says of it.
func (r *Reader) annonceDuLot(e *Enregistrement) {
	l := &r.lot
	if l.Flux == fse.FluxInconnu {
		r.constate(e, PorteeLot, ctlCertification, "certification", r.lu(e, "certification"), "un blanc, S, F ou D",
			"Certification du lot inconnue : on ne sait pas si les factures sont sécurisées.")
	}
	if l.Francs {
		r.constate(e, PorteeLot, ctlMonnaie, "monnaie", "", "U ou E",
			"Le lot est en francs : ses montants ne sont pas des euros.")
	}
	if l.Cle.Numero == 0 {
		r.constate(e, PorteeLot, ctlLotZero, "lot", r.lu(e, "lot"), "un numéro de 001 à 999", "Le lot porte le numéro 000.")
	}
	if d := r.fichier.Destinataire; len(d) == 14 && l.Destinataire != "" && d[11:] != l.Destinataire {
		r.constate(e, PorteeLot, ctlDestinataire, "organisme", r.lu(e, "organisme"), d[11:],
			"L'organisme destinataire du lot n'est pas celui du fichier.")
	}
	if v := string(e.Zone("version")); v != "B2" {
		r.constate(e, PorteeLot, ctlVersion, "version", r.lu(e, "version"), "B2",
			"La version de la norme du lot n'est pas B2.")
	}
	if f, l := r.fichier.Norme, l.Norme; r.entete != nil && (f == "CP") != (l == "CP") {
		r.constate(e, PorteeLot, ctlNorme, "norme", r.lu(e, "norme"), fmt.Sprintf("%q", f),
			"Le lot et le fichier n'annoncent pas la même norme.")
	}
}

// Ages of a lot, in days: older than that, or dated further ahead, it is refused when it is received.
const (
	ageMax    = 90
	avanceMax = 2
)

// datesDuLot checks the age of a lot on the day it is sent.
func (r *Reader) datesDuLot(e *Enregistrement) {
	lot := r.lot.Cle.Date
	if lot.IsZero() {
		return
	}
	if f := r.fichier.Date; r.entete != nil && !f.IsZero() && lot.Compare(f) > 0 {
		r.constate(e, PorteeLot, ctlDateLot, "date_lot", lot.String(), "au plus tard "+f.String(),
			"Le lot est daté d'après son fichier.")
	}
	envoi := r.dateEnvoi()
	if envoi.IsZero() {
		return
	}
	switch jours := envoi.Jours(lot); {
	case jours > ageMax:
		r.constate(e, PorteeLot, ctlLotVieux, "date_lot", lot.String(), fmt.Sprintf("%d jours au plus avant le %s",
			ageMax, envoi),
			fmt.Sprintf("Le lot a %d jours : au-delà de %d, il est refusé (ARL 5001). Le reconstituer à une date actuelle.",
				jours, ageMax))
	case -jours > avanceMax:
		r.constate(e, PorteeLot, ctlLotFutur, "date_lot", lot.String(), fmt.Sprintf("%d jours au plus après le %s",
			avanceMax, envoi),
			fmt.Sprintf("Le lot est daté de %d jours après son envoi : au-delà de %d, il est refusé (ARL 5002).", -jours,
				avanceMax))
	}
}

// dateEnvoi is the day on which lots are judged.
func (r *Reader) dateEnvoi() fse.Date {
	if !r.opts.envoi.IsZero() {
		return r.opts.envoi
	}
	if r.entete != nil {
		if d, err := fse.ParseAAMMJJ(string(r.entete.Zone("date_reception"))); err == nil && !d.IsZero() {
			return d
		}
	}
	return r.fichier.Date
}

func (r *Reader) lotSansFin(e *Enregistrement) {
	r.constate(e, PorteeLot, ctlLotSansFin, "", "", "type 6",
		fmt.Sprintf("Le lot %03d n'a pas d'enregistrement de fin (type 6).", r.lot.Cle.Numero))
}

func (r *Reader) finDeLot(e *Enregistrement) {
	if !r.opts.controles || !e.Entiere() {
		return
	}
	r.controlerZones(e, PorteeLot)
	c := &r.cumul
	val := func(zone string) int64 { n, _ := e.Entier(zone); return n }
	r.compare(e, PorteeLot, ctlLotNumero, "lot", "Numéro du lot", val("lot"), int64(r.lot.Cle.Numero))
	if s := e.Texte("partenaire"); s != r.lot.Cle.Emetteur {
		r.constate(e, PorteeLot, ctlLotPart, "partenaire", r.lu(e, "partenaire"), r.lot.Cle.Emetteur,
			"Le partenaire de la fin du lot n'est pas celui du début.")
	}
	if c.factures == 0 {
		r.constate(e, PorteeLot, ctlLotVide, "", "", "au moins une facture", "Le lot n'a aucune facture.")
	}
	r.compare(e, PorteeLot, ctlLotFact, "factures", "Nombre de factures du lot", val("factures"), int64(c.factures))
	// Sources differ on whether complements are counted: both counts are accepted.
	r.compare(e, PorteeLot, ctlLotLignes, "lignes", "Nombre de lignes du lot", val("lignes"), int64(c.bases),
		int64(c.lignes))
	r.compare(e, PorteeLot, ctlLotT2, "types_2", "Nombre d'enregistrements de type 2", val("types_2"),
		int64(c.types2base), int64(c.types2))
	r.compare(e, PorteeLot, ctlLotT5, "types_5", "Nombre d'enregistrements de type 5", val("types_5"), int64(c.t5))
	r.compareMontant(e, PorteeLot, ctlLotTotal, "total", "Total facturé du lot", fse.Montant(val("total")), c.total)
	r.compareMontant(e, PorteeLot, ctlLotAMO, "total_amo", "Total de l'assurance maladie du lot",
		fse.Montant(val("total_amo")), c.amo)
	r.compareMontant(e, PorteeLot, ctlLotAMC, "total_amc", "Total des complémentaires du lot",
		fse.Montant(val("total_amc")), c.amc)
}

func (r *Reader) finDeFichier(e *Enregistrement) {
	if !r.opts.controles || !e.Entiere() {
		return
	}
	r.controlerZones(e, PorteeFichier)
	val := func(zone string) int64 { n, _ := e.Entier(zone); return n }
	if r.cumul.lots == 0 {
		r.constate(e, PorteeFichier, ctlFichierVid, "", "", "au moins un lot", "Le fichier n'a aucun lot.")
	}
	r.compare(e, PorteeFichier, ctlFichierEnr, "enregistrements", "Nombre d'enregistrements du fichier",
		val("enregistrements"), int64(r.n-r.premier))
	r.compare(e, PorteeFichier, ctlFichierLot, "lots", "Nombre de lots du fichier", val("lots"), int64(r.cumul.lots))
	if r.entete == nil || !r.entete.Entiere() {
		return
	}
	for _, zone := range []string{"type_emetteur", "emetteur", "type_destinataire", "destinataire", "application",
		"fichier"} {
		if debut, fin := r.entete.Texte(zone), e.Texte(zone); debut != fin {
			r.constate(e, PorteeFichier, ctlIdentite, zone, r.lu(e, zone), debut,
				fmt.Sprintf("La zone « %s » de la fin du fichier n'est pas celle de l'en-tête.", zone))
		}
	}
}

// terminerFichier checks that the file is complete; e is where it ends.
func (r *Reader) terminerFichier(e *Enregistrement) {
	if r.etat == dansLot {
		r.lotSansFin(e)
	}
	if r.etat != apresFin {
		r.constate(e, PorteeFichier, ctlFichierSansFin, "", "", "type 999",
			"Le fichier n'a pas d'enregistrement de fin (type 999) : il est peut-être tronqué.")
	}
}
