package suivi

import (
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Situation is where an invoice stands, all things considered; the table of package etats says how.
type Situation = etats.Situation

// The situations.
const (
	AttenteFactures = etats.AttenteFactures
	LotRefuse       = etats.LotRefuse
	SansPiece       = etats.SansPiece
	PieceManquante  = etats.PieceManquante
	ScanRefuse      = etats.ScanRefuse
	EnAttente       = etats.EnAttente
	EnCours         = etats.EnCours
	AReprendre      = etats.AReprendre
	Acquittee       = etats.Acquittee
	Gardee          = etats.Gardee
	SurPapier       = etats.SurPapier
	TraiteeMain     = etats.TraiteeMain
	Rejetee         = etats.FactureRejetee
	Refacturee      = etats.Refacturee
	Close           = etats.Close
	Purgee          = etats.Purgee
)

// VueFacture is an invoice for a person or a program.
type VueFacture struct {
	Cle       fse.CleFacture `json:"-"`
	Facture   string         `json:"facture"` // key
	Lot       string         `json:"lot"`     // key of its lot
	Assure    string         `json:"assure"`  // masked
	EtatLot   journal.Etat   `json:"etat_lot"`
	Etat      journal.Etat   `json:"etat_facture"`
	Situation Situation      `json:"etat"`
	Libelle   string         `json:"libelle"`
	AFaire    string         `json:"a_faire,omitempty"`
	Avant     time.Time      `json:"avant,omitzero"` // when to have acted
	Pieces    []VuePiece     `json:"pieces"`

	Jour    fse.Date    `json:"jour,omitzero"` // of the invoice
	Caisse  string      `json:"caisse,omitempty"`
	Demande fse.Montant `json:"demande,omitempty"` // asked of the insurances
	Paye    fse.Montant `json:"paye,omitempty"`    // so far, as the returns of payment say
	Code    string      `json:"code,omitempty"`    // of its lot, or of its return of payment
	Motif   string      `json:"motif,omitempty"`
	Autre   string      `json:"autre,omitempty"` // key of the invoice that replaces it, or that it replaces
	// Actions are what a person may do with the invoice itself; those on its pieces and lots are their own.
	Actions []Action `json:"-"`
}

// VuePiece is a piece for a person or a program.
type VuePiece struct {
	ID      string       `json:"id"`
	Type    string       `json:"type"`
	Fichier string       `json:"fichier,omitempty"` // may hold a name: to show, never to log
	Etat    journal.Etat `json:"etat"`
	Libelle string       `json:"libelle"`
	LotScor string       `json:"lot_scor,omitempty"`
	EtatLot journal.Etat `json:"etat_lot_scor,omitempty"`
	Code    string       `json:"code,omitempty"`
	Motif   string       `json:"motif,omitempty"`
	Mode    string       `json:"mode,omitempty"`
}

// Factures gives every invoice with its pieces, in the order of the lots and numbers.
func (s *Suivi) Factures(ctx context.Context) iter.Seq2[VueFacture, error] {
	return s.facturesDes(ctx, journal.Requete{Genre: journal.LotFactures})
}

// FacturesDuLot gives the invoices of one lot.
func (s *Suivi) FacturesDuLot(ctx context.Context, c fse.CleLot) iter.Seq2[VueFacture, error] {
	return func(yield func(VueFacture, error) bool) {
		o, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, cleLot(c))
		if err != nil {
			yield(VueFacture{}, err)
			return
		}
		if o.Version > 0 {
			s.facturesDuLot(ctx, &o, yield)
		}
	}
}

func (s *Suivi) facturesDes(ctx context.Context, r journal.Requete) iter.Seq2[VueFacture, error] {
	return func(yield func(VueFacture, error) bool) {
		// Page by page: no reader is held open while the caller works, perhaps on the same journal.
		r.Limite = 100
		for {
			var page []journal.Objet
			for o, err := range s.c.Journal.Chercher(ctx, r) {
				if err != nil {
					yield(VueFacture{}, err)
					return
				}
				page = append(page, o)
			}
			for i := range page {
				if !s.facturesDuLot(ctx, &page[i], yield) {
					return
				}
			}
			if len(page) < r.Limite {
				return
			}
			r.Apres = &page[len(page)-1]
		}
	}
}

func (s *Suivi) facturesDuLot(ctx context.Context, lot *journal.Objet, yield func(VueFacture, error) bool) bool {
	var l []journal.Objet
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Parent: lot.Cle}) {
		if err != nil {
			yield(VueFacture{}, err)
			return false
		}
		l = append(l, o)
	}
	lots := map[string]journal.Objet{}
	for i := range l {
		v, err := s.vueFacture(ctx, lot, &l[i], lots)
		if !yield(v, err) || err != nil {
			return false
		}
	}
	return true
}

// Facture gives one invoice.
func (s *Suivi) Facture(ctx context.Context, c fse.CleFacture) (VueFacture, error) {
	m, err := s.c.Journal.Objets(ctx, journal.Ref{Genre: journal.Facture, Cle: cleFacture(c)},
		journal.Ref{Genre: journal.LotFactures, Cle: cleLot(c.Lot)})
	if err != nil {
		return VueFacture{}, err
	}
	f, l := m[journal.Ref{Genre: journal.Facture, Cle: cleFacture(c)}],
		m[journal.Ref{Genre: journal.LotFactures, Cle: cleLot(c.Lot)}]
	if f.Version == 0 {
		return VueFacture{}, ErrFactureAbsente
	}
	return s.vueFacture(ctx, &l, &f, map[string]journal.Objet{})
}

func (s *Suivi) vueFacture(ctx context.Context, lot, f *journal.Objet, lots map[string]journal.Objet) (VueFacture,
	error) {
	v := VueFacture{Facture: f.Cle, Lot: f.Parent, Assure: f.Precis, EtatLot: lot.Etat, Etat: f.Etat, Pieces: []VuePiece{}}
	var err error
	if v.Cle, err = lireCleFacture(f.Cle); err != nil {
		return v, err
	}
	var pieces []journal.Objet
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Parent: f.Cle}) {
		if err != nil {
			return v, err
		}
		pieces = append(pieces, o)
	}
	for i := range pieces {
		p := &pieces[i]
		vp := VuePiece{ID: p.Cle, Type: p.Nature, Etat: p.Etat, Libelle: p.Etat.Libelle(), LotScor: p.Dans, Code: p.Code,
			Motif: p.Motif, Mode: p.Mode}
		if p.Dans != "" {
			l, ok := lots[p.Dans]
			if !ok {
				if l, err = journal.Trouver(ctx, s.c.Journal, journal.LotScor, p.Dans); err != nil {
					return v, err
				}
				lots[p.Dans] = l
			}
			vp.EtatLot = l.Etat
			if p.Etat == journal.EnLot {
				vp.Libelle = "en lot, " + l.Etat.Libelle()
				if vp.Motif == "" {
					vp.Motif = l.Motif
				}
			}
		}
		if p.Fichier != "" {
			if vp.Fichier, err = s.c.Coffre.Desceller(p.Fichier, "fichier|"+p.Cle); err != nil {
				return v, err
			}
		}
		v.Pieces = append(v.Pieces, vp)
	}
	s.situer(&v, lot, f, pieces, lots)
	v.chiffrer(lot, f)
	v.Actions = s.Actions(f)
	v.Libelle = v.Situation.Libelle()
	return v, nil
}

// chiffrer says what the invoice asks, and what came of it.
func (v *VueFacture) chiffrer(lot, f *journal.Objet) {
	if d, err := fse.ParseAAAAMMJJ(strconv.FormatInt(f.Jour, 10)); err == nil {
		v.Jour = d
	}
	v.Caisse, v.Demande, v.Autre = f.Caisse, fse.Montant(f.Demande), f.Autre
	if n, err := strconv.ParseInt(f.Paye, 10, 64); err == nil {
		v.Paye = fse.Montant(n)
	}
	v.Code, v.Motif = f.Code, f.Motif
	if v.Code == "" && v.Motif == "" {
		v.Code, v.Motif = lot.Code, lot.Motif
	}
}

// situer says where the invoice stands: the heaviest of what the table says of it, its lot, its pieces and the lots
// that they lie in.
func (s *Suivi) situer(v *VueFacture, lot, f *journal.Objet, pieces []journal.Objet, lots map[string]journal.Objet) {
	v.Situation = Close
	poids := 0
	prendre := func(o *journal.Objet) {
		l := etats.De(o)
		if l == nil || l.Situation == "" || l.Poids < poids {
			return
		}
		v.Situation, poids, v.AFaire, v.Avant = l.Situation, l.Poids, "", time.Time{}
		if l.Quoi != "" {
			v.AFaire = s.langue().AFaire(o)
		}
		if o.Genre == journal.LotScor {
			v.Avant = journal.Instant(o.Limite)
		}
	}
	prendre(f)
	prendre(lot)
	for i := range pieces {
		prendre(&pieces[i])
		if l := lots[pieces[i].Dans]; pieces[i].Etat == journal.EnLot {
			prendre(&l)
		}
	}
	if len(pieces) > 0 {
		return
	}
	vide, p, aFaire := etats.VideDe()
	if p > poids {
		v.Situation, v.AFaire = vide, aFaire
	} else if v.Situation == AttenteFactures {
		v.AFaire = aFaire
	}
}
