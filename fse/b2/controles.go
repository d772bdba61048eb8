package b2

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// cumul holds the running totals of a lot and of the file.
type cumul struct {
	lots                    int
	abime                   bool // an invoice of the lot has a record out of its columns
	factures, bases, lignes int
	types2, types2base, t5  int
	total, amo, amc         fse.Montant
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
	r.constate(&e, PorteeFichier, ctlOrdre, "", "", "l'ordre 000 (1 (2 … 5)* 6)* 999",
		"Ordre des enregistrements : "+quoi+".")
}

// uneFois adds a finding on the form of the whole file, the first time only.
func (r *Reader) uneFois(bit uint8, e *Enregistrement, ctl *Controle, lu, attendu, message string) {
	if r.formes&bit == 0 {
		r.formes |= bit
		r.constate(e, PorteeFichier, ctl, "", lu, attendu, message)
	}
}

// longueurDe tells what is wrong with a record's length; it reports whether its zones can be read.
func (r *Reader) longueurDe(e *Enregistrement) bool {
	n := len(e.Brut)
	switch {
	case n == Longueur:
		if r.t.eol != 0 && len(e.Fin) > 2 {
			r.uneFois(1, e, ctlLigneLongue, fmt.Sprintf("%d caractères", n+len(e.Fin)-finDeLigne(e.Fin[len(e.Fin)-min(2,
				len(e.Fin)):])),
				"128 caractères", "Les lignes ont plus de 128 caractères : les blancs ajoutés à leur fin ont été laissés de côté.")
		}
		return true
	case n > Longueur && e.Entiere():
		r.constate(e, PorteeFichier, ctlAccents, "", fmt.Sprintf("%d octets", n), "128 octets",
			"Une lettre est écrite sur deux octets (UTF-8) : l'enregistrement a été relu avec un octet par lettre.")
		return true
	case e.Entiere():
		r.uneFois(2, e, ctlLigneCourte, fmt.Sprintf("%d caractères", n), "128 caractères",
			"Les lignes ont perdu les blancs de leur fin : ils ont été supposés.")
		return true
	}
	if n > 1 || n == 1 && e.Brut[0] != 0x1a { // 0x1A ends some files written under DOS
		r.constate(e, PorteeFichier, ctlLongueur, "", fmt.Sprintf("%d octets", n), "128 octets",
			fmt.Sprintf("Enregistrement de %d octets au lieu de 128 : il n'a pas été lu.", n))
	}
	return false
}

func (r *Reader) inconnu(e *Enregistrement) {
	p := PorteeFichier
	if r.etat == dansLot {
		p = PorteeLot
	}
	if len(e.Brut) == Longueur {
		r.constate(e, p, ctlTypeInconnu, "type", r.lu(e, "type"), "un type de 000 à 6, ou 999",
			"Type d'enregistrement inconnu : gardé tel quel.")
	}
	if r.etat == apresFin {
		r.ordre(len(e.Brut) <= 1, "des données après la fin du fichier")
	}
}

// estDate tells the calendar dates among zones: a name in date_, or one of a few. Birth dates and that of an
// accident, which may be a number, are not.
func estDate(nom string) bool {
	switch nom {
	case "entree", "sortie", "prise_en_charge", "droits_depuis":
		return true
	}
	return strings.HasPrefix(nom, "date_")
}

// controlerZones looks at what each zone of a whole record holds.
func (r *Reader) controlerZones(e *Enregistrement, p Portee) {
	pl := e.plan()
	if pl == nil || !r.opts.controles || !e.Entiere() {
		return
	}
	rec := e.octets()
	if !pl.net(rec) {
		r.detaillerZones(e, p, pl, rec)
	}
	for i := range pl.dates {
		if b := pl.dates[i].de(rec); !vide(b) && !r.dateJuste(b) && !mauvais(pl.dates[i].zone, b) {
			z := pl.dates[i].zone
			r.constate(e, p, pl.dates[i].r, z.Nom, r.lu(e, z.Nom), "une date AAMMJJ",
				fmt.Sprintf("La zone « %s » n'est pas une date du calendrier.", z.Nom))
		}
	}
	for i := range pl.exige {
		if x := &pl.exige[i]; x.manque(rec) {
			r.constate(e, p, x.r, x.zone.Nom, "", "une valeur", fmt.Sprintf("La zone « %s » est vide.", x.zone.Nom))
		}
	}
	for i := range pl.listes {
		r.controlerListe(e, p, &pl.listes[i], rec)
	}
}

// manque reports whether the zone holds nothing; zeros are a text like any other.
func (x *exigence) manque(rec []byte) bool {
	b := rec[x.debut:x.fin]
	if b[0] != ' ' && (x.texte || b[0] != '0') {
		return false
	}
	if x.texte {
		return len(sansFin(b)) == 0
	}
	return vide(b)
}

func (r *Reader) dateJuste(b []byte) bool {
	_, err := r.textes.jour(b)
	return err == nil
}

// mauvais reports whether the zone check has already told it.
func mauvais(z *zones.Zone, b []byte) bool { return z.Type == zones.N && !chiffresOuBlancs(b) }

func chiffresOuBlancs(b []byte) bool { return compter(b, clChiffre|clBlanc) == len(b) }

func (r *Reader) controlerListe(e *Enregistrement, p Portee, l *zoneListe, rec []byte) {
	b := l.de(rec)
	if vide(b) || mauvais(l.zone, b) {
		return
	}
	if l.code[b[0]] {
		s := sansFin(b)
		for _, v := range l.dits {
			if string(s) == v {
				return
			}
		}
	}
	r.constate(e, p, ctlValeur, l.zone.Nom, r.lu(e, l.zone.Nom), strings.Join(l.dits, " "),
		fmt.Sprintf("La zone « %s » a un code que la norme n'énumère pas.", l.zone.Nom))
}

// detaillerZones finds which zones of a record are wrong, once some column is.
func (r *Reader) detaillerZones(e *Enregistrement, p Portee, pl *plan, rec []byte) {
	fautes := 0
	defer func() { r.examen.abimee = r.examen.abimee || fautes > 1 }()
	for _, z := range pl.zones {
		b := z.Lire(rec)
		if err := z.Controler(rec); err != nil && !strings.HasPrefix(z.Nom, "blanc_") {
			attendu := "des chiffres"
			switch {
			case z.Valeur != "":
				attendu = z.Valeur
			case z.Type == 'A':
				attendu = "aucun caractère de contrôle"
			}
			fautes++
			r.constate(e, p, ctlZone, z.Nom, r.lu(e, z.Nom), attendu,
				fmt.Sprintf("La zone « %s » ne contient pas ce qu'elle doit (%s).", z.Nom, attendu))
			continue
		}
		switch {
		case compter(b, clControle) > 0:
			r.constate(e, p, ctlZone, z.Nom, r.lu(e, z.Nom), "aucun caractère de contrôle",
				fmt.Sprintf("La zone « %s » contient un caractère de contrôle.", z.Nom))
		case utf8Suspect(b):
			r.constate(e, p, ctlAccents, z.Nom, r.lu(e, z.Nom), "un octet par lettre", fmt.Sprintf(
				"La zone « %s » a une lettre écrite sur deux octets (UTF-8) : la norme n'en veut qu'un.", z.Nom))
		case z.Type == zones.N && compter(b, clBlanc) > 0 && compter(b, clChiffre) > 0 && !strings.HasPrefix(z.Nom, "blanc_"):
			r.constate(e, p, ctlCadrage, z.Nom, r.lu(e, z.Nom), "des zéros à gauche",
				fmt.Sprintf("Le nombre de la zone « %s » n'est pas complété par des zéros.", z.Nom))
		}
	}
}

// utf8Suspect reports whether b holds a letter of two bytes, whole or cut by the zone's end.
func utf8Suspect(b []byte) bool {
	for i, c := range b {
		if (c == 0xc2 || c == 0xc3) && (i+1 == len(b) || b[i+1]&0xc0 == 0x80) {
			return true
		}
	}
	return false
}

// identifiant checks the key of a professional's or establishment's number; zeros or blanks stand for none.
func (r *Reader) identifiant(e *Enregistrement, p Portee, c int) {
	b := sansFin(e.plan().champs[c].de(e.octets()))
	if vide(b) {
		return
	}
	if c == cRPPSPrescripteur || c == cRPPSExecutant {
		if _, err := fse.ParseRPPS(string(b)); err != nil {
			r.constate(e, p, ctlRPPS, nomsChamps[c], r.lu(e, nomsChamps[c]), "un numéro RPPS dont la clé est juste",
				fmt.Sprintf("Le numéro RPPS de la zone « %s » est incomplet, ou sa clé est fausse.", nomsChamps[c]))
		}
		return
	}
	// The few professionals of a file come again and again.
	var juste *[9]byte
	if len(b) == len(juste) {
		if juste = &r.justes[(b[8]*7+b[7]*3+b[6]*31+b[5])%byte(len(r.justes))]; string(b) == string(juste[:]) {
			return
		}
	}
	if _, err := fse.ParseNumeroAM(string(b)); err != nil {
		r.constate(e, p, ctlNumero, nomsChamps[c], r.lu(e, nomsChamps[c]), "un numéro dont la clé est juste",
			fmt.Sprintf("Le numéro de la zone « %s » est incomplet, ou sa clé est fausse.", nomsChamps[c]))
	} else if juste != nil {
		copy(juste[:], b)
	}
}

// compare reports a count or an amount that differs from every accepted value.
func (r *Reader) compare(e *Enregistrement, p Portee, ctl *Controle, zone, quoi string, lu int64, attendus ...int64) {
	for _, a := range attendus {
		if lu == a {
			return
		}
	}
	a := attendus[0]
	r.dire(e, p, ctl, zone, quoi, lu, a, fmt.Sprintf("%s : %d lu, %d attendu.", quoi, lu, a))
}

func (r *Reader) compareMontant(e *Enregistrement, p Portee, ctl *Controle, zone, quoi string, lu,
	attendu fse.Montant) {
	if lu == attendu {
		return
	}
	r.dire(e, p, ctl, zone, quoi, int64(lu), int64(attendu), fmt.Sprintf("%s : %s lus, %s attendus.", quoi, lu, attendu))
}

// dire tells two numbers that differ, unless one of them may be a piece of an insured's number: in a record out of its
// columns, or summed with what such a record holds.
func (r *Reader) dire(e *Enregistrement, p Portee, ctl *Controle, zone, quoi string, lu, attendu int64,
	message string) {
	secret := r.masquer(e, fmt.Sprint(lu)) == masqueTexte || r.masquer(e, fmt.Sprint(attendu)) == masqueTexte
	if p == PorteeFacture && !r.examen.abimee && r.facture.melee() {
		r.examen.abimee, r.cumul.abime = true, true
	}
	if secret || douteux(e) || p == PorteeFacture && r.examen.abimee || p == PorteeLot && r.cumul.abime && max(lu,
		attendu) >= 1_000_000 {
		r.constate(e, p, ctl, zone, masqueTexte, masqueTexte, quoi+" : ce n'est pas celui qui est attendu.")
		return
	}
	r.constate(e, p, ctl, zone, fmt.Sprint(lu), fmt.Sprint(attendu), message)
}
