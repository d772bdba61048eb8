package suivi

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Situation is where an invoice stands, all things considered.
type Situation string

const (
	AttenteFactures Situation = "attente-arl-factures" // its lot has no ARL+ yet
	LotRefuse       Situation = "lot-refuse"           // its lot was refused, or never got through
	SansPiece       Situation = "sans-piece"           // no piece is there
	PieceManquante  Situation = "piece-manquante"      // a piece that the rules ask is not there
	ScanRefuse      Situation = "scan-refuse"          // a scan can't be used
	EnAttente       Situation = "en-attente"           // the pieces are there, and will leave
	EnCours         Situation = "en-cours"             // the pieces are on their way
	AReprendre      Situation = "a-reprendre"          // refused pieces, or a lot that didn't get through: a person decides
	Acquittee       Situation = "acquittee"            // every piece is acknowledged
	Gardee          Situation = "gardee"               // the rules keep its pieces: none is sent
	SurPapier       Situation = "papier"
	TraiteeMain     Situation = "manuel"
	Rejetee         Situation = "rejetee" // by an RSP
	Refacturee      Situation = "refacturee"
	Close           Situation = "close"
	Purgee          Situation = "purgee" // past its retention: only the trace is left
)

// Libelle is the situation's French name.
func (x Situation) Libelle() string {
	return map[Situation]string{AttenteFactures: "en attente de l'ARL des factures", LotRefuse: "lot de factures refusé", SansPiece: "sans pièce",
		PieceManquante: "pièce manquante", ScanRefuse: "numérisation refusée", EnAttente: "pièces prêtes à partir", EnCours: "pièces transmises, réponse attendue",
		AReprendre: "à reprendre", Acquittee: "pièces acquittées", Gardee: "pièces conservées, non transmises", SurPapier: "envoyée sur papier", TraiteeMain: "traitée à la main", Rejetee: "rejetée par la caisse",
		Refacturee: "refacturée", Close: "close", Purgee: "purgée, sa trace reste"}[x]
}

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
	m, err := s.c.Journal.Objets(ctx, journal.Ref{Genre: journal.Facture, Cle: cleFacture(c)}, journal.Ref{Genre: journal.LotFactures, Cle: cleLot(c.Lot)})
	if err != nil {
		return VueFacture{}, err
	}
	f, l := m[journal.Ref{Genre: journal.Facture, Cle: cleFacture(c)}], m[journal.Ref{Genre: journal.LotFactures, Cle: cleLot(c.Lot)}]
	if f.Version == 0 {
		return VueFacture{}, ErrFactureAbsente
	}
	return s.vueFacture(ctx, &l, &f, map[string]journal.Objet{})
}

func (s *Suivi) vueFacture(ctx context.Context, lot, f *journal.Objet, lots map[string]journal.Objet) (VueFacture, error) {
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
		vp := VuePiece{ID: p.Cle, Type: p.Nature, Etat: p.Etat, Libelle: p.Etat.Libelle(), LotScor: p.Dans, Code: p.Code, Motif: p.Motif, Mode: p.Mode}
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
	v.Libelle = v.Situation.Libelle()
	return v, nil
}

// situer says where the invoice stands: the worst of what it and its pieces say.
func (s *Suivi) situer(v *VueFacture, lot, f *journal.Objet, pieces []journal.Objet, lots map[string]journal.Objet) {
	switch f.Etat {
	case journal.Refacture:
		v.Situation = Refacturee
		return
	case journal.Rejet:
		v.Situation, v.AFaire = Rejetee, "Corriger la facture et la refacturer sous un nouveau numéro. "+f.Motif
		return
	case journal.Clos:
		v.Situation = Close
		return
	}
	switch lot.Etat {
	case journal.Constitue, journal.Transmis, journal.ANR:
		v.Situation = AttenteFactures
	case journal.ARLPositif, journal.Clos:
	case journal.Manuel:
		v.Situation = TraiteeMain
		return
	case journal.Purge:
		v.Situation = Purgee
		return
	default:
		v.Situation, v.AFaire = LotRefuse, conseilLotFactures(lot)
		return
	}
	n := map[journal.Etat]int{}
	gardees := 0
	for i := range pieces {
		p := &pieces[i]
		n[p.Etat]++
		switch {
		case gardee(p) && lot.Etat == journal.ARLPositif:
			gardees++
			n[p.Etat]--
		case p.Etat == journal.Refuse:
			v.Situation, v.AFaire = ScanRefuse, "Numériser à nouveau la pièce : "+p.Motif
		case p.Etat == journal.ARLNegatif || p.Etat == journal.Rejet:
			v.Situation, v.AFaire = AReprendre, s.conseilCode(p)
		case p.Etat == journal.Constitue && p.Attention >= journal.AFaire:
			v.Situation, v.AFaire = AReprendre, p.Motif
		case p.Etat == journal.EnLot:
			if l := lots[p.Dans]; l.Attention >= journal.AFaire {
				v.Situation, v.AFaire, v.Avant = AReprendre, s.conseilLotScor(&l), journal.Instant(l.Limite)
			}
		}
	}
	switch {
	case v.Situation != "":
	case manque(f):
		v.Situation, v.AFaire = PieceManquante, "Numériser la pièce manquante : "+f.Motif+"."
	case len(pieces) == 0:
		v.Situation, v.AFaire = SansPiece, "Numériser la pièce justificative, si cette facture en demande une."
	case n[journal.EnLot] > 0:
		v.Situation = EnCours
	case n[journal.Constitue] > 0:
		v.Situation = EnAttente
	case n[journal.Papier] > 0:
		v.Situation = SurPapier
	case n[journal.Manuel] > 0:
		v.Situation = TraiteeMain
	case n[journal.ARLPositif] > 0:
		v.Situation = Acquittee
	case gardees > 0:
		v.Situation = Gardee
	default:
		v.Situation = Close
	}
	if v.Situation == AttenteFactures && len(pieces) == 0 {
		v.AFaire = "Numériser la pièce justificative, si cette facture en demande une."
	}
}

// gardee: the rules were asked, and keep the piece; the reason is its Motif.
func gardee(p *journal.Objet) bool {
	return p.Etat == journal.Constitue && p.Mode == modeGarde
}

func (s *Suivi) conseilCode(o *journal.Objet) string {
	if c, ok := s.c.Profil.Code(o.Code); ok && c.Action != "" {
		return c.Libelle + ". " + c.Action
	}
	return strings.TrimSuffix(o.Motif, ".") + ". Numériser à nouveau la pièce, ou la passer " + s.surRepli() + "."
}

func conseilLotFactures(l *journal.Objet) string {
	m := strings.TrimSuffix(l.Motif, ".")
	if m != "" {
		m += ". "
	}
	switch l.Etat {
	case journal.ARLNegatif, journal.MdS:
		return m + "Corriger les factures du lot et les refacturer."
	case journal.LimiteEssais:
		return m + "Vérifier la messagerie, puis reconstituer le lot ou le traiter à la main."
	}
	return strings.TrimSpace(m)
}

func (s *Suivi) conseilLotScor(l *journal.Objet) string {
	m := strings.TrimSuffix(l.Motif, ".")
	if m != "" {
		m += ". "
	}
	if c, ok := s.c.Profil.Code(l.Code); l.Code != "" && ok && c.Action != "" {
		return m + c.Action
	}
	if l.Etat == journal.LimiteEssais {
		return m + "Passer les pièces " + s.surRepli() + ", ou reconstituer le lot."
	}
	return m + "Reconstituer le lot, ou passer ses pièces " + s.surRepli() + "."
}
