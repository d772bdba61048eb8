package noemie

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/masque"
)

// Constat is a finding: its Lieu is an entity and a zone of the return. [Controles] lists all that there may be.
type Constat = fse.Constat

const (
	constatsMax = 10_000
	factureMax  = 100_000 // lines, reasons and comments of one invoice
)

var errFactureTropLongue = fmt.Errorf("an invoice of more than %d lines and reasons", factureMax)

// Reader reads a return in constant memory: that of its largest invoice.
type Reader struct {
	src     io.Reader
	d       *deballe
	demarre bool
	fini    bool
	erreur  error
	n       int
	premier int   // entities of the returns before, in a stream of several
	base    int64 // where the current one begins
	suite   *bufio.Reader
	fins    []finDeLigne // read, and not yet given with an entity

	entete    Entete
	entetes   []Entete // of the returns before
	emballage Emballage
	lot       Cle
	versement Versement
	partage   *Versement // given out; nil when versement has changed since
	facture   *Reponse
	niveau    string // of the invoice

	retenues            []Retenue
	forfaits            []Forfait
	inconnues           []Entite
	cumul, cumulAvant   fse.Montant // of all returns; of those before the current one
	controle            controle
	enteteBrut, finBrut *Entite
	constats            []Constat
	omis                int
}

// NewReader returns a reader of src, gzip or not.
func NewReader(src io.Reader) *Reader { return &Reader{src: src} }

// Constats returns the findings so far. After 10,000, one more says how many were left out.
func (r *Reader) Constats() []Constat {
	if r.omis == 0 {
		return r.constats
	}
	return append(r.constats[:len(r.constats):len(r.constats)], Constat{Code: ctlOmis.Code, Gravite: ctlOmis.Gravite,
		Message: fmt.Sprintf("%d autres constats ne sont pas détaillés.", r.omis), Lieu: fse.Lieu{Format: format}})
}

const format = "noemie"

// constate adds a finding. What it quotes is masked by content: an insured's number may stand in any zone of a damaged
// entity.
func (r *Reader) constate(e *Entite, ctl *fse.Controle, zone, lu, attendu, message string) {
	if len(r.constats) >= constatsMax {
		r.omis++
		return
	}
	if zone != "" {
		lu, attendu = cacher(lu), cacher(attendu)
	}
	c := Constat{Code: ctl.Code, Gravite: ctl.Gravite, Source: ctl.Source, Lu: lu, Attendu: attendu, Message: message,
		Lieu: fse.Lieu{Format: format, Rang: e.Numero, Type: e.Code, Zone: zone, Offset: e.Offset}}
	if f := r.facture; f != nil {
		c.Lieu.Portee = fse.PorteeFacture
		c.Lieu.Facture = fse.CleFacture{Lot: fse.CleLot{Numero: f.Cle.Lot, Date: f.Cle.DateLot}, Numero: f.Cle.Numero}
	}
	r.constats = append(r.constats, c)
}

func cacher(s string) string {
	if masque.Forme(s) {
		return masque.Texte
	}
	return s
}

// Entites returns every entity in order, the first and last records included, of every return of the stream. Written
// back by a [Writer] of the same packing, they give the same bytes, line ends included. The entity is good until the
// next one only. It is another way to read than
// Factures: use one or the other.
func (r *Reader) Entites() iter.Seq2[*Entite, error] {
	return func(yield func(*Entite, error) bool) {
		for {
			e, err := r.suivante()
			if err != nil {
				yield(nil, err)
				return
			}
			if e == nil || !yield(e, nil) {
				return
			}
		}
	}
}

// Emballage returns the packing, known once reading has begun.
func (r *Reader) Emballage() Emballage { return r.emballage }

// Entete returns the first record, known once reading has begun.
func (r *Reader) Entete() Entete { return r.entete }

func (r *Reader) echec(off int64, err error) (*Entite, error) {
	r.erreur = &ErreurLecture{Entite: r.n + 1, Offset: off, Err: err}
	return nil, r.erreur
}

// suivante returns the next entity, nil after the last record.
func (r *Reader) suivante() (*Entite, error) {
	if r.erreur != nil {
		return nil, r.erreur
	}
	e, err := r.prochaine()
	if e != nil {
		e.fins, r.fins = r.fins, nil
	}
	return e, err
}

func (r *Reader) prochaine() (*Entite, error) {
	if !r.demarre {
		return r.demarrer()
	}
	if r.suite != nil {
		return r.ouvrirSuivant()
	}
	for !r.fini {
		off := r.base + r.d.offset()
		b, err := r.d.entite()
		if err != nil {
			return r.echec(off, err)
		}
		if b == nil {
			return r.finir(off)
		}
		if len(bytes.TrimRight(b, " \x00\x1a")) == 0 {
			continue
		}
		r.n++
		e := &Entite{Numero: r.n, Offset: off, Brut: b}
		e.nommer()
		r.controlerEntite(e)
		return e, nil
	}
	return nil, nil
}

func (r *Reader) demarrer() (*Entite, error) {
	r.demarre = true
	br, err := ouvrir(r.src, &r.fins)
	if err != nil {
		return r.echec(0, err)
	}
	return r.commencer(br)
}

// commencer reads the first record of a return and finds its packing.
func (r *Reader) commencer(br *bufio.Reader) (*Entite, error) {
	tete := make([]byte, Cadre)
	n, err := io.ReadFull(br, tete)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return r.echec(r.base+int64(n), err)
	}
	if n < Cadre || string(tete[:3]) != "000" || string(tete[65:67]) == "B2" {
		return r.echec(r.base, ErrPasNoemie)
	}
	debut, _ := br.Peek(Cadre * 2)
	var ok bool
	if r.emballage, ok = emballageDe(debut); !ok {
		return r.echec(r.base+Cadre, ErrPasNoemie)
	}
	r.d = &deballe{br: br, emballage: r.emballage}
	r.n++
	e := &Entite{Code: "000", Numero: r.n, Offset: r.base, Brut: tete}
	r.enteteBrut = e
	r.entete = Entete{TypeEmetteur: e.Texte("type_emetteur"), Emetteur: e.Texte("emetteur"),
		TypeDestinataire: e.Texte("type_destinataire"), Destinataire: e.Texte("destinataire"), ID: e.Texte("fichier"),
		Date: date(e, "date_fichier"), Reference: e.Texte("norme"), TypeFlux: e.Texte("type_flux")}
	r.controlerEntite(e)
	return e, nil
}

// ouvrirSuivant begins a return put after another in the same stream.
func (r *Reader) ouvrirSuivant() (*Entite, error) {
	br := r.suite
	if len(r.entetes) < constatsMax {
		r.entetes = append(r.entetes, r.entete)
	}
	r.suite, r.premier = nil, r.n
	r.lot, r.versement, r.partage = Cle{}, Versement{}, nil
	r.controle = controle{}
	e, err := r.commencer(br)
	if err != nil {
		return nil, err
	}
	t := &r.entete
	r.constate(e, ctlSuivant, "", t.ID, "",
		fmt.Sprintf("Un autre retour suit dans le même flux : fichier %s, de l'émetteur %s %s.",
			t.ID, t.TypeEmetteur, t.Emetteur))
	return e, nil
}

func (r *Reader) finir(off int64) (*Entite, error) {
	rec, suivant, suite, err := r.d.fin()
	if err != nil {
		r.fini = true
		return r.echec(off, err)
	}
	if r.emballage == Blocs {
		off = r.base + Cadre*int64(1+r.d.blocs)
	}
	r.suite, r.fini = suivant, suivant == nil
	r.base = off + Cadre + suite
	r.n++
	e := &Entite{Code: "999", Numero: r.n, Offset: off, Brut: rec}
	if len(rec) < 3 || string(rec[:3]) != "999" {
		r.n--
		r.fini, r.suite = true, nil
		r.constate(e, ctlFinAbsente, "", "", "999",
			"Le retour n'a pas d'enregistrement de fin (999) : il est peut-être tronqué.")
		return nil, nil
	}
	if r.d.sansDrapeau {
		r.constate(e, ctlDrapeau, "", "", "1", "Le dernier bloc n'est pas marqué comme tel.")
	}
	if r.d.tropTot {
		r.constate(e, ctlDrapeau, "", "1", "0", "Un bloc est marqué comme le dernier avant la fin.")
	}
	if suivant == nil && suite > 0 {
		r.constate(e, ctlSuite, "", fmt.Sprintf("%d octets", suite), "rien", "Des données suivent la fin du retour.")
	}
	r.finBrut = e
	r.controlerEntite(e)
	return e, nil
}

// Factures returns the invoices in order. On an error, the last yield, what was read before stays good.
func (r *Reader) Factures() iter.Seq2[*Reponse, error] {
	return func(yield func(*Reponse, error) bool) {
		for {
			f, err := r.lireFacture()
			if err != nil {
				yield(nil, err)
				return
			}
			if f == nil || !yield(f, nil) {
				return
			}
		}
	}
}

// Retenues returns the financial moves read so far.
func (r *Reader) Retenues() []Retenue { return r.retenues }

// lireFacture reads until an invoice is complete; nil at the end.
func (r *Reader) lireFacture() (*Reponse, error) {
	for {
		e, err := r.suivante()
		if err != nil {
			return nil, err
		}
		if e == nil || e.Code == "999" {
			f := r.fermer()
			if e != nil {
				r.controlerFin(e)
				r.cumulAvant = r.cumul
			} else if f == nil {
				return nil, nil
			}
			if f != nil {
				return f, nil
			}
			continue
		}
		finie := r.clore(e)
		r.controle.entite(e)
		r.lire(e)
		if finie != nil {
			return finie, nil
		}
		if f := r.facture; f != nil && len(f.Lignes)+len(f.Motifs)+len(f.Commentaires) > factureMax {
			_, err := r.echec(e.Offset, errFactureTropLongue)
			return nil, err
		}
	}
}

// fermer settles the current invoice and gives it.
func (r *Reader) fermer() *Reponse {
	f := r.facture
	r.facture = nil
	if f != nil {
		f.arreter()
		r.controlerFacture(f)
	}
	return f
}

// contexte is the payment of what is being read, shared until it changes.
func (r *Reader) contexte() *Versement {
	if r.partage == nil {
		v := r.versement
		r.partage = &v
	}
	return r.partage
}

func date(e *Entite, zone string) fse.Date {
	d, _ := fse.ParseAAMMJJ(string(e.Zone(zone)))
	return d
}

func entier(e *Entite, zone string) int {
	n, _ := e.Entier(zone)
	return int(n)
}

// clore ends the current invoice, and gives it, when the entity does not belong to it.
func (r *Reader) clore(e *Entite) *Reponse {
	switch e.Code {
	case "010", "020", "040", "070", "071", "081":
		r.partage = nil
	case "080", "100", "102", "990":
	case "250", "261", "262":
		// A move of a level that is not below the invoice's is the payment's.
		if e.Niveau > r.niveau {
			return nil
		}
	default:
		return nil
	}
	return r.fermer()
}

// lire takes an entity into account.
func (r *Reader) lire(e *Entite) {
	v := &r.versement
	switch e.Code {
	case "000":
	case "010":
		*v = Versement{Mandataire: v.Mandataire, Organisme: e.Texte("numero") + e.Texte("cle")}
	case "020":
		*v = Versement{Mandataire: e.Texte("beneficiaire_reglement")}
	case "040":
		*v = Versement{Mandataire: v.Mandataire, Organisme: v.Organisme, Beneficiaire: e.Texte("beneficiaire_reglement")}
	case "070":
		v.Date = date(e, "date_comptable")
		v.Libelles, v.Payeur = [2]string{}, ""
	case "071":
		v.Date, v.Payeur = date(e, "date_comptable"), e.Texte("payeur")
		v.Libelles = [2]string{e.Texte("libelle_1"), e.Texte("libelle_2")}
	case "081":
		v.TypeRetour = e.Texte("type_retour")
	case "080":
		r.lot = Cle{Lot: entier(e, "lot"), DateLot: date(e, "date_lot")}
	case "100", "102":
		r.ouvrir(e)
	case "250", "261", "262":
		r.mouvement(e)
	case "990":
		r.controler990(e)
	default:
		if !e.Connue() {
			if len(r.inconnues) < constatsMax {
				r.inconnues = append(r.inconnues, *e.Copie())
			}
			r.constate(e, ctlInconnue, "", fmt.Sprintf("%q", e.Code), "", "Entité inconnue : gardée telle quelle.")
		} else if r.facture != nil {
			r.facture.lire(e)
		} else {
			r.constate(e, ctlOrdre, "", "", "100 ou 102 avant", "Entité de facture hors d'une facture.")
		}
	}
}

// ouvrir begins an invoice.
func (r *Reader) ouvrir(e *Entite) {
	f := &Reponse{Cle: r.lot, Versement: r.contexte(), Entite: e.Numero, Offset: e.Offset}
	f.Cle.Numero = entier(e, "facture")
	if e.Code == "102" {
		f.Complement, f.Origine, f.Nature = e.Texte("complement"), e.Texte("type_facture"), e.Texte("nature_assurance")
		f.Date = date(e, "date_facture")
		// The invoice's own lot is surer than the last entity 080.
		if n := entier(e, "lot"); n != 0 {
			f.Cle.Lot = n
		}
		if d := date(e, "date_lot"); !d.IsZero() {
			f.Cle.DateLot = d
		}
	}
	r.facture, r.niveau = f, e.Niveau
}

// lire takes an entity under the invoice.
func (f *Reponse) lire(e *Entite) {
	switch e.Code {
	case "103", "110":
		f.Assure, _ = fse.ParseNIR(e.Texte("nir"), e.Texte("nir_cle"))
	case "150":
		f.Nature = e.Texte("nature_assurance")
	case "160":
		f.Archivage = e.Texte("archivage")
	case "198":
		f.AMO = part(e)
	case "199":
		f.AMC = part(e)
		f.AMC.Organisme = sansZeros(e.Texte("amc"))
	case "210", "220":
		f.Lignes = append(f.Lignes, Ligne{Numero: entier(e, "ligne"), Hospitaliere: e.Code == "220",
			Nature: e.Texte("nature"),
			Debut:  date(e, "date_debut"), Fin: date(e, "date_fin"), Paye: e.montant("paye", "signe"), Base: e.montant("base",
				""),
			Depense: e.montant("depense", ""), Taux: entier(e, "taux")})
	case "290":
		f.Motifs = append(f.Motifs, Motif{Code: e.Texte("code"), Libelle: e.Texte("libelle"), Ligne: entier(e, "ligne")})
	case "294":
		f.Motifs = append(f.Motifs, Motif{Code: e.Texte("code"), Libelle: e.Texte("libelle"), Niveau: e.Texte("niveau_rejet"),
			Part: e.Texte("part"), Ligne: entier(e, "ligne"), Nature: sansZeros(e.Texte("nature")), Date: date(e, "date_soins"),
			Executant: sansZeros(e.Texte("executant")), Information: e.Texte("information")})
	case "295":
		if s := e.Texte("texte"); s != "" {
			f.Commentaires = append(f.Commentaires, s)
		}
	}
}

func part(e *Entite) *Part {
	return &Part{Demande: e.montant("demande", ""), DemandeConnue: true, Paye: e.montant("paye", "signe"),
		Etat: etatDe(e.Texte("etat"))}
}

func (r *Reader) mouvement(e *Entite) {
	m := e.montant("montant", "")
	switch e.Code {
	case "250":
		m = e.montant("montant", "signe")
		ret := Retenue{Reference: e.Texte("reference_dette"), Date: date(e, "date_dette"), Nature: e.Texte("nature_dette"),
			Operation: e.Texte("operation"), Montant: m, Solde: e.montant("solde", ""), Ligne: entier(e, "ligne"),
			Versement: r.contexte()}
		if r.facture != nil {
			cle := r.facture.Cle
			ret.Facture = &cle
		}
		r.retenues = append(r.retenues, ret)
		r.controle.retenues += m
	case "261":
		r.forfaits = append(r.forfaits, Forfait{Code: e.Texte("code"), Montant: m, Versement: r.contexte()})
		r.controle.forfaits += m
	case "262":
		r.forfaits = append(r.forfaits, Forfait{Code: e.Texte("code"), Libelle: e.Texte("libelle"), Montant: m,
			Periode: e.Texte("periode"), Debut: date(e, "date_debut"), Fin: date(e, "date_fin"), Detail: true,
			Versement: r.contexte()})
	}
}

// Parse reads a whole return, with every control. Findings are never an error. On an error, what was read before it is
// returned too.
func Parse(src io.Reader) (*Retour, []Constat, error) {
	r := NewReader(src)
	ret := &Retour{}
	var erreur error
	for f, err := range r.Factures() {
		if err != nil {
			erreur = err
			break
		}
		ret.Factures = append(ret.Factures, *f)
	}
	ret.Entete, ret.Emballage = r.entete, r.emballage
	if r.entetes != nil {
		ret.Entete, ret.Suivants = r.entetes[0], append(r.entetes[1:], r.entete)
	}
	ret.Retenues, ret.Forfaits, ret.Inconnues, ret.Cumul = r.retenues, r.forfaits, r.inconnues, r.cumul
	return ret, r.Constats(), erreur
}
