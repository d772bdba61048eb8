package noemie

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Writer writes a return: its first record, entities, its last record.
type Writer struct {
	dst       io.Writer
	emballage Emballage
	bloc      []byte // data of the current block, kept back: the last one has another flag
	blocs     int
	entites   int
	entete    *Entite
	fini      bool
	err       error
	place     int64        // bytes written, line ends not counted
	fins      []finDeLigne // line ends still to be written
}

// NewWriter returns a writer in that packing.
func NewWriter(dst io.Writer, e Emballage) *Writer { return &Writer{dst: dst, emballage: e} }

// ecrire puts the line ends back where they were read.
func (w *Writer) ecrire(b []byte) {
	for w.err == nil && len(b) > 0 {
		n := len(b)
		if len(w.fins) > 0 {
			n = int(min(int64(n), max(w.fins[0].place-w.place, 0)))
		}
		if n > 0 {
			_, w.err = w.dst.Write(b[:n])
			w.place += int64(n)
			b = b[n:]
		}
		w.terminerLignes()
	}
}

// terminerLignes writes the line ends of the place reached.
func (w *Writer) terminerLignes() {
	for w.err == nil && len(w.fins) > 0 && w.fins[0].place <= w.place {
		_, w.err = io.WriteString(w.dst, w.fins[0].octets)
		w.fins = w.fins[1:]
	}
}

// Write writes an entity as it is; the first one must be 000, and 999 ends the return.
func (w *Writer) Write(e *Entite) error {
	switch {
	case w.err != nil:
		return w.err
	case w.fini && e.Code == "000": // another return in the same stream
		w.fini, w.entete, w.entites, w.blocs = false, nil, 0, 0
		return w.Write(e)
	case w.fini:
		return errors.New("noemie: writing after 999")
	case (e.Code == "000") != (w.entete == nil):
		return errors.New("noemie: a return begins with one record 000")
	case (e.Code == "000" || e.Code == "999") && len(e.Brut) != Cadre:
		return fmt.Errorf("noemie: record %s of %d bytes, want %d", e.Code, len(e.Brut), Cadre)
	case e.Code != "000" && e.Code != "999" && (len(e.Brut) == 0 || e.Brut[len(e.Brut)-1] != '@'):
		return fmt.Errorf("noemie: entity %s without its final @", e.Code)
	}
	w.entites++
	w.fins = append(w.fins, e.fins...)
	switch {
	case e.Code == "000":
		w.entete = e.Copie()
		w.ecrire(e.Brut)
	case e.Code == "999":
		w.fini = true
		w.vider('1')
		w.ecrire(e.Brut)
		w.terminerLignes()
	case w.emballage == Flux:
		w.ecrire(e.Brut)
	default:
		for b := e.Brut; len(b) > 0; {
			if len(w.bloc) == Cadre-1 {
				w.vider('0')
			}
			n := min(len(b), Cadre-1-len(w.bloc))
			w.bloc = append(w.bloc, b[:n]...)
			b = b[n:]
		}
	}
	return w.err
}

// vider writes the current block with its flag.
func (w *Writer) vider(drapeau byte) {
	if w.emballage == Flux || len(w.bloc) == 0 {
		return
	}
	b := append([]byte{drapeau}, w.bloc...)
	w.ecrire(append(b, bytes.Repeat([]byte{' '}, Cadre-len(b))...))
	w.bloc = w.bloc[:0]
	w.blocs++
}

// WriteFin writes the record 999 that the header and the entities call for: identity of the header, counts, and the sum
// given, in cents.
func (w *Writer) WriteFin(lots int, cumul fse.Montant) error {
	if w.entete == nil {
		return errors.New("noemie: a return begins with one record 000")
	}
	e, err := New("999")
	if err != nil {
		return err
	}
	for _, zone := range []string{"type_emetteur", "emetteur", "programme_emetteur", "type_destinataire", "destinataire",
		"programme_destinataire", "application", "fichier", "type_flux"} {
		if err := e.SetZone(zone, w.entete.Texte(zone)); err != nil {
			return err
		}
	}
	nb := w.entites + 1
	if w.emballage == Blocs {
		nb = w.blocs + 2
		if len(w.bloc) > 0 {
			nb++
		}
	}
	if err := remplir(e, champs{"enregistrements": nb, "lots": lots, "cumul": absolu(cumul),
		"signe": signe(cumul)}); err != nil {
		return err
	}
	return w.Write(e)
}

// champs are the zones of an entity: string, int, fse.Montant or fse.Date.
type champs map[string]any

func remplir(e *Entite, c champs) error {
	for zone, v := range c {
		var err error
		switch x := v.(type) {
		case string:
			err = e.SetZone(zone, x)
		case int:
			err = e.SetEntier(zone, int64(x))
		case fse.Montant:
			err = e.SetEntier(zone, int64(x))
		case fse.Date:
			err = e.SetZone(zone, x.AAMMJJ())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func absolu(m fse.Montant) fse.Montant {
	if m < 0 {
		return -m
	}
	return m
}

func signe(m fse.Montant) string {
	if m < 0 {
		return "N"
	}
	return "P"
}

func (w *Writer) entite(code, niveau string, c champs) error {
	e, err := New(code)
	if err != nil {
		return err
	}
	if niveau != "" {
		if err := e.SetZone("niveau", niveau); err != nil {
			return err
		}
	}
	if err := remplir(e, c); err != nil {
		return err
	}
	// A reader resumes at an '@' that an entity's beginning follows: such a text can't be told from an entity cut short.
	for i, o := range e.Brut[:len(e.Brut)-1] {
		if o == '@' && debutConnu(e.Brut[i+1:]) {
			return fmt.Errorf("noemie: entity %s: column %d holds '@' and what reads as the beginning of an entity", code, i+1)
		}
	}
	return w.Write(e)
}

// WriteRetour writes a whole return, as a test frontal does. Invoices with a share whose request is known (AMO, or
// AMC) take the rich form (102, 103, 198, 199, 294), others the old one (100, 110, 210, 290): there, a state that the
// form cannot carry is lost. The sum of 999 is that of the invoices. Forfaits and Retenues follow the invoices of
// their payment, or, for a Retenue that names
// one, that invoice: naming none of the return is an error. The invoices of a payment, and those of a lot, must be
// together. Levels are those of the returns at hand.
func WriteRetour(dst io.Writer, r *Retour) error {
	w := NewWriter(dst, r.Emballage)
	err := w.entite("000", "", champs{"type_emetteur": r.TypeEmetteur, "emetteur": r.Emetteur,
		"type_destinataire": r.TypeDestinataire,
		"destinataire":      r.Destinataire, "application": "N", "fichier": r.ID, "date_fichier": r.Date,
		"norme": r.Reference, "monnaie": "U", "type_flux": r.TypeFlux, "longueur": Cadre})
	if err != nil {
		return err
	}
	x := ecriture{w: w, r: r, retenues: map[Cle][]*Retenue{}}
	for i := range r.Retenues {
		if t := &r.Retenues[i]; t.Facture != nil {
			x.retenues[*t.Facture] = append(x.retenues[*t.Facture], t)
		}
	}
	for i := range r.Factures {
		if err := x.facture(&r.Factures[i]); err != nil {
			return fmt.Errorf("noemie: invoice %s: %w", r.Factures[i].Cle, err)
		}
	}
	if err := x.mouvements(true); err != nil {
		return err
	}
	for c := range x.retenues {
		return fmt.Errorf("noemie: a move names invoice %s, which the return has not", c)
	}
	return w.WriteFin(x.lots, x.cumul)
}

// ecriture is the state of WriteRetour.
type ecriture struct {
	w         *Writer
	r         *Retour
	versement *Versement
	ouvert    bool
	lot       Cle
	dansLot   bool
	lots      int
	cumul     fse.Montant
	retenues  map[Cle][]*Retenue  // those of an invoice, not yet written
	verses    map[*Versement]bool // payments whose moves were written
}

func (x *ecriture) payer(v *Versement) error {
	if v == nil && !x.ouvert {
		v = &Versement{}
	}
	if x.ouvert && (v == nil || x.versement == v) {
		return nil
	}
	x.versement, x.ouvert, x.dansLot = v, true, false
	if err := x.w.entite("020", "", champs{"beneficiaire_reglement": v.Mandataire}); err != nil {
		return err
	}
	switch len(v.Organisme) {
	case 0:
	case 8:
		if err := x.w.entite("010", "", champs{"numero": v.Organisme[:7], "cle": v.Organisme[7:]}); err != nil {
			return err
		}
	default:
		return fmt.Errorf("noemie: a complementary organism of %d digits, want 7 and its key", len(v.Organisme))
	}
	if err := x.w.entite("040", "", champs{"beneficiaire_reglement": v.Beneficiaire}); err != nil {
		return err
	}
	err := x.w.entite("071", "", champs{"date_comptable": v.Date, "libelle_1": v.Libelles[0],
		"libelle_2": v.Libelles[1], "payeur": v.Payeur})
	if err == nil && v.TypeRetour != "" {
		err = x.w.entite("081", "", champs{"type_retour": v.TypeRetour})
	}
	return err
}

// mouvements writes what belongs to the payment that ends; at the end, what is left of all others too.
func (x *ecriture) mouvements(fin bool) error {
	if x.ouvert {
		if err := x.mouvementsDe(x.versement); err != nil {
			return err
		}
	}
	if !fin {
		return nil
	}
	for i := range x.r.Forfaits {
		if err := x.mouvementsDe(x.r.Forfaits[i].Versement); err != nil {
			return err
		}
	}
	for i := range x.r.Retenues {
		if t := &x.r.Retenues[i]; t.Facture == nil {
			if err := x.mouvementsDe(t.Versement); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *ecriture) mouvementsDe(v *Versement) error {
	if x.verses[v] {
		return nil
	}
	if x.verses == nil {
		x.verses = map[*Versement]bool{}
	}
	x.verses[v] = true
	for i := range x.r.Forfaits {
		f := &x.r.Forfaits[i]
		if f.Versement != v {
			continue
		}
		if err := x.payer(v); err != nil {
			return err
		}
		code, c := "261", champs{"code": f.Code, "montant": f.Montant}
		if f.Detail {
			code, c = "262", champs{"code": f.Code, "libelle": f.Libelle, "periode": f.Periode, "date_debut": f.Debut,
				"date_fin": f.Fin, "montant": f.Montant}
		}
		if err := x.w.entite(code, "03", c); err != nil {
			return err
		}
	}
	for i := range x.r.Retenues {
		t := &x.r.Retenues[i]
		if t.Versement != v || t.Facture != nil {
			continue
		}
		if err := x.payer(v); err != nil {
			return err
		}
		if err := x.retenue(t, "03"); err != nil {
			return err
		}
	}
	return nil
}

func (x *ecriture) retenue(t *Retenue, niveau string) error {
	return x.w.entite("250", niveau, champs{"ligne": t.Ligne, "reference_dette": t.Reference, "date_dette": t.Date,
		"nature_dette": t.Nature, "operation": t.Operation, "montant": absolu(t.Montant), "signe": signe(t.Montant),
		"solde": t.Solde})
}

func (x *ecriture) facture(f *Reponse) error {
	v := f.Versement
	if v == nil && x.ouvert {
		v = x.versement
	}
	if x.ouvert && v != x.versement {
		if err := x.mouvements(false); err != nil {
			return err
		}
	}
	if err := x.payer(v); err != nil {
		return err
	}
	if lot := (Cle{Lot: f.Cle.Lot, DateLot: f.Cle.DateLot}); !x.dansLot || lot != x.lot {
		x.lot, x.dansLot = lot, true
		x.lots++
		if err := x.w.entite("080", "03", champs{"date_lot": lot.DateLot, "lot": lot.Lot}); err != nil {
			return err
		}
	}
	x.cumul += f.Paye()
	riche := f.AMO != nil && f.AMO.DemandeConnue || f.AMC != nil && f.AMC.DemandeConnue
	ecrire := x.ancienne
	if riche {
		ecrire = x.riche
	}
	if err := ecrire(f); err != nil {
		return err
	}
	for _, t := range x.retenues[f.Cle] {
		if err := x.retenue(t, "05"); err != nil {
			return err
		}
	}
	delete(x.retenues, f.Cle)
	return nil
}

func (x *ecriture) riche(f *Reponse) error {
	err := x.w.entite("102", "04", champs{"facture": fmt.Sprintf("%09d", f.Cle.Numero), "complement": f.Complement,
		"lot": fmt.Sprintf("%03d", f.Cle.Lot), "date_lot": f.Cle.DateLot, "type_facture": f.Origine, "date_facture": f.Date,
		"nature_assurance": f.Nature})
	if err == nil && !f.Assure.IsZero() {
		err = x.w.entite("103", "05", champs{"nir": f.Assure.Numero(), "nir_cle": f.Assure.Cle()})
	}
	if err == nil && f.AMO != nil {
		err = x.w.entite("198", "05", champs{"demande": f.AMO.Demande, "etat": lettreEtat(f.AMO.Etat),
			"paye":  absolu(f.AMO.Paye),
			"signe": signe(f.AMO.Paye)})
	}
	if err == nil && f.AMC != nil {
		err = x.w.entite("199", "05", champs{"demande": f.AMC.Demande, "etat": lettreEtat(f.AMC.Etat),
			"paye":  absolu(f.AMC.Paye),
			"signe": signe(f.AMC.Paye), "amc": f.AMC.Organisme})
	}
	if err == nil && f.Archivage != "" {
		err = x.w.entite("160", "05", champs{"archivage": f.Archivage})
	}
	if err == nil {
		err = x.lignes(f)
	}
	for i := 0; err == nil && i < len(f.Motifs); i++ {
		m := &f.Motifs[i]
		err = x.w.entite("294", "06", champs{"code": m.Code, "libelle": m.Libelle, "niveau_rejet": m.Niveau, "part": m.Part,
			"ligne": m.Ligne, "nature": m.Nature, "date_soins": m.Date, "executant": m.Executant, "information": m.Information})
	}
	return x.commentaires(f, err)
}

func (x *ecriture) ancienne(f *Reponse) error {
	err := x.w.entite("100", "04", champs{"facture": f.Cle.Numero})
	if err == nil && !f.Assure.IsZero() {
		err = x.w.entite("110", "05", champs{"nir": f.Assure.Numero(), "nir_cle": f.Assure.Cle(), "nature_nom": "P"})
	}
	if err == nil && f.Nature != "" {
		err = x.w.entite("150", "05", champs{"nature_assurance": f.Nature})
	}
	if err == nil && f.Archivage != "" {
		err = x.w.entite("160", "05", champs{"archivage": f.Archivage})
	}
	if err == nil {
		err = x.lignes(f)
	}
	for i := 0; err == nil && i < len(f.Motifs); i++ {
		m := &f.Motifs[i]
		err = x.w.entite("290", "06", champs{"ligne": m.Ligne, "code": m.Code, "libelle": m.Libelle})
	}
	return x.commentaires(f, err)
}

func (x *ecriture) lignes(f *Reponse) error {
	for i := range f.Lignes {
		l := &f.Lignes[i]
		code := "210"
		if l.Hospitaliere {
			code = "220"
		}
		if err := x.w.entite(code, "06", champs{"ligne": l.Numero, "nature": l.Nature, "date_debut": l.Debut,
			"date_fin": l.Fin,
			"paye":     absolu(l.Paye), "signe": signe(l.Paye), "base": l.Base, "depense": l.Depense,
			"taux": l.Taux}); err != nil {
			return err
		}
	}
	return nil
}

func (x *ecriture) commentaires(f *Reponse, err error) error {
	for i := 0; err == nil && i < len(f.Commentaires); i++ {
		err = x.w.entite("295", "06", champs{"texte": f.Commentaires[i]})
	}
	return err
}
