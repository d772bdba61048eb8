package suivi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// reponses is what an ARL says of the pieces of a lot, piece by piece.
type reponses struct {
	refus     map[string]retour.PieceARL // by the piece's own identifier
	remarques map[string]retour.PieceARL
	douteuses map[string]retour.PieceARL // named with a code that the profile doesn't know
	nommees   map[string]bool
	// perdues are the lines that refuse a piece which isn't in the lot: any of those not named may be meant.
	perdues []retour.PieceARL
}

// repondre finds the piece that each line of an ARL speaks of: by its identifier, then by the identifier without its
// left zeros (a numeric zone adds some), then by the number of its invoice, each if it can mean one piece only.
func (l *lecture) repondre(lignes []retour.PieceARL, pieces []journal.Objet, rangs []string) reponses {
	r := reponses{refus: map[string]retour.PieceARL{}, remarques: map[string]retour.PieceARL{},
		douteuses: map[string]retour.PieceARL{}, nommees: map[string]bool{}}
	exactes, sansZeros, factures := map[string]string{}, map[string]string{}, map[int]string{}
	for i := range pieces {
		id := pieces[i].Cle
		exactes[id] = id
		// A zone that is too narrow for it holds a short one.
		unique(sansZeros, nu(l.s.c.Profil.Identifiant(id)), id)
		if f, err := lireCleFacture(pieces[i].Parent); err == nil {
			unique(factures, f.Numero, id)
		}
	}
	for _, p := range lignes {
		id := exactes[p.ID]
		if id == "" && p.ID == "" && p.Rang > 0 && p.Rang <= len(rangs) {
			id = rangs[p.Rang-1]
		}
		if id == "" && p.ID != "" {
			id = sansZeros[nu(p.ID)]
		}
		if id == "" && p.Facture != 0 {
			id = factures[p.Facture]
		}
		if id != "" {
			r.nommees[id] = true
		}
		c, connu := l.s.c.Profil.Code(p.Code)
		refuse := c.Severite == scor.RejetPiece || c.Severite == scor.RejetLot
		switch {
		case id != "" && (p.Code == "" || connu && c.Severite == scor.Information):
		case id == "" && (refuse || !connu && p.Code != ""):
			r.perdues = append(r.perdues, p)
		case id == "":
			l.aVoir = true
			l.remarque("La caisse fait une remarque sur une pièce que le lot ne contient pas (%s).", l.nommer(p))
		case refuse:
			r.refus[id] = p
		case !connu:
			r.douteuses[id] = p
		default:
			r.remarques[id] = p
		}
	}
	return r
}

// taire has a person asked about the pieces of which an answer by piece says nothing.
func (r *reponses) taire(pieces []journal.Objet) {
	for i := range pieces {
		if id := pieces[i].Cle; !r.nommees[id] {
			r.douteuses[id] = retour.PieceARL{ID: id, Libelle: "la réponse, pièce par pièce, ne la nomme pas"}
		}
	}
}

// nu is an identifier as a numeric zone may give it back.
func nu(id string) string { return strings.TrimLeft(strings.TrimSpace(id), "0") }

// unique keeps what a key means, and nothing once it could mean two.
func unique[K comparable](m map[K]string, k K, id string) {
	if avant, deja := m[k]; deja && avant != id {
		id = ""
	}
	m[k] = id
}

// nommer says which piece a line names and why, masked and cut: anybody may have written it.
func (l *lecture) nommer(p retour.PieceARL) string {
	const max = 40
	id := []rune(masquer(p.ID))
	t := "« " + string(id[:min(len(id), max)]) + " »"
	if p.Facture != 0 {
		t += fmt.Sprintf(", facture %09d", p.Facture)
	}
	if m := l.libelle(p.Code, p.Libelle); m != "" {
		t += " : " + m
	}
	return t
}

func (l *lecture) nommerToutes(lignes []retour.PieceARL) string {
	const max = 5
	var t []string
	for i, p := range lignes {
		if i == max {
			t = append(t, fmt.Sprintf("et %d autres", len(lignes)-max))
			break
		}
		t = append(t, l.nommer(p))
	}
	return strings.Join(t, " ; ")
}

func (l *lecture) piecesDe(ctx context.Context, lot string) ([]journal.Objet, error) {
	var pieces []journal.Objet
	for p, err := range l.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Dans: lot}) {
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, p)
	}
	return pieces, nil
}

// arlPieces gives each piece of an answered lot its own answer. In an accepted lot a piece may be refused by its code.
// A refused lot whose ARL names the pieces at fault is dissolved at once: the others go again without them, and each of
// those asks for a person. Otherwise a person decides of the lot. Where a line refuses a piece that isn't in the lot,
// no piece that it could mean is said accepted, and none leaves again.
func (l *lecture) arlPieces(ctx context.Context, o *journal.Objet, a *retour.ARL) error {
	pieces, err := l.piecesDe(ctx, o.Cle)
	if err != nil {
		return err
	}
	rangs, err := l.rangs(ctx, o, a)
	if err != nil {
		return err
	}
	r := l.repondre(a.Pieces, pieces, rangs)
	if a.ParPiece {
		r.taire(pieces)
	}
	if !a.Positif {
		return l.separer(ctx, o, pieces, r)
	}
	if err := l.facturesDe(ctx, pieces); err != nil {
		return err
	}
	if len(r.perdues) > 0 {
		l.faire(o, journal.Noter, journal.Champs{Attention: journal.AFaire, Mode: etats.ModeAmbigu,
			Motif: l.nommerToutes(r.perdues)})
	}
	for i := range pieces {
		p := &pieces[i]
		switch {
		case has(r.refus, p.Cle):
			l.refuserPiece(o, p, r.refus[p.Cle])
			continue
		case has(r.douteuses, p.Cle):
			d := r.douteuses[p.Cle]
			l.faire(p, journal.Noter, journal.Champs{Attention: journal.AFaire, Code: d.Code,
				Motif: l.libelle(d.Code, d.Libelle)})
			continue
		case len(r.perdues) > 0 && !has(r.remarques, p.Cle):
			// It may be the one.
			l.faire(p, journal.Noter, journal.Champs{Code: r.perdues[0].Code, Motif: l.nommerToutes(r.perdues)})
			continue
		}
		if err := l.acquitterPiece(ctx, p, r.remarques[p.Cle]); err != nil {
			return err
		}
	}
	if len(r.perdues) > 0 {
		return nil // the verification period counts it once it is told
	}
	return l.s.apresARLPositif(ctx, l, o)
}

// facturesDe reads the invoices of pieces at once.
func (l *lecture) facturesDe(ctx context.Context, pieces []journal.Objet) error {
	var refs []journal.Ref
	for i := range pieces {
		r := journal.Ref{Genre: journal.Facture, Cle: pieces[i].Parent}
		if _, lue := l.vus[r]; !lue {
			refs = append(refs, r)
		}
	}
	m, err := l.s.c.Journal.Objets(ctx, refs...)
	if err != nil {
		return err
	}
	for _, r := range refs {
		o := m[r]
		l.vus[r] = &o
	}
	return nil
}

// rangs lists the pieces of a lot in the order in which its file names them, where an ARL names them by their rank.
func (l *lecture) rangs(ctx context.Context, o *journal.Objet, a *retour.ARL) ([]string, error) {
	if !slices.ContainsFunc(a.Pieces, func(p retour.PieceARL) bool { return p.Rang > 0 && p.ID == "" }) {
		return nil, nil
	}
	x, err := l.s.lotDe(ctx, o, lot.Destination{})
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range x.Paires {
		ids = append(ids, x.Paires[i].Piece.ID)
	}
	return ids, nil
}

func has[V any](m map[string]V, k string) bool { _, ok := m[k]; return ok }

// acquitterPiece: the caisse has it, perhaps with a remark.
func (l *lecture) acquitterPiece(ctx context.Context, p *journal.Objet, remarque retour.PieceARL) error {
	c := effacerReponse(p)
	c.Premier = us(l.g.quand) // from which the days in which it may be claimed run
	if remarque.Code != "" {
		c.Code, c.Motif, c.Attention = remarque.Code, l.libelle(remarque.Code, remarque.Libelle), journal.AVoir
	}
	if !l.faire(p, journal.RecevoirARLPositif, c) {
		return nil
	}
	f, err := l.objet(ctx, journal.Facture, p.Parent)
	if err != nil {
		return err
	}
	if f.Etat == journal.Refacture {
		return l.s.suivreFacture(ctx, l.g, p, l.reception.Cle)
	}
	return l.s.noterSerie(ctx, l, p)
}

// effacerReponse takes back what was said of a piece before it was accepted.
func effacerReponse(p *journal.Objet) (c journal.Champs) {
	if p.Limite != 0 {
		c.Limite = rien
	}
	if p.Code != "" || p.Motif != "" {
		c.Code, c.Motif = journal.Efface, journal.Efface
	}
	return c
}

// refuserPiece: the days to do it again began with the first attempt at sending its lot.
func (l *lecture) refuserPiece(lot, p *journal.Objet, r retour.PieceARL) {
	c := journal.Champs{Code: r.Code, Motif: l.libelle(r.Code, r.Libelle)}
	if lot.Premier != 0 {
		c.Limite = us(l.s.cal.apres(journal.Instant(lot.Premier), l.s.c.Profil.Delais.Succes))
	}
	l.faire(p, journal.RecevoirARLNegatif, c)
}

func (l *lecture) separer(ctx context.Context, o *journal.Objet, pieces []journal.Objet, r reponses) error {
	if len(r.perdues) > 0 {
		// One that would leave again may be the one.
		l.faire(o, journal.Noter, journal.Champs{Attention: journal.AFaire,
			Motif: strings.TrimSpace(o.Motif + " Pièces en cause que le lot ne contient pas : " + l.nommerToutes(r.perdues))})
		return nil
	}
	if len(r.refus)+len(r.douteuses) == 0 || o.Etat != journal.ARLNegatif {
		return nil
	}
	l.faire(o, journal.Reconstituer, journal.Champs{Motif: "Les pièces en cause sont écartées, les autres repartent."})
	for i := range pieces {
		p := &pieces[i]
		if p.Etat != journal.EnLot {
			continue
		}
		if x, ok := r.refus[p.Cle]; ok {
			l.refuserPiece(o, p, x)
			continue
		}
		if x, ok := r.douteuses[p.Cle]; ok { // in a refused lot, what is named is at fault
			l.refuserPiece(o, p, x)
			continue
		}
		l.g.sur(p, journal.Delier, journal.Champs{Dans: journal.Efface, Mode: journal.Efface, Source: l.reception.Cle,
			Echeance: l.s.guet(l.g.quand)})
		p.Etat = journal.Constitue
		if err := l.s.suivreFacture(ctx, l.g, p, l.reception.Cle); err != nil {
			return err
		}
	}
	return l.s.reveiller(ctx, l.g, o.Parent)
}

// apresCoup: the lot had its answer already. A piece that a later one refuses isn't acknowledged any more, and a line
// that means no piece of the lot is shown.
func (l *lecture) apresCoup(ctx context.Context, o *journal.Objet, a *retour.ARL) error {
	if len(a.Pieces) == 0 {
		return nil
	}
	pieces, err := l.piecesDe(ctx, o.Cle)
	if err != nil {
		return err
	}
	rangs, err := l.rangs(ctx, o, a)
	if err != nil {
		return err
	}
	r := l.repondre(a.Pieces, pieces, rangs)
	for i := range pieces {
		p := &pieces[i]
		x, ok := r.refus[p.Cle]
		if !ok || p.Etat != journal.ARLPositif {
			continue
		}
		l.faire(p, journal.Rejeter, journal.Champs{Code: x.Code, Motif: l.libelle(x.Code, x.Libelle)})
		if err := l.s.rejeterOriginal(ctx, l.g, p); err != nil {
			return err
		}
	}
	if len(r.perdues)+len(r.douteuses) > 0 {
		l.inconnu = true
		l.remarque("La caisse refuse, dans un lot qui avait sa réponse, des pièces qu'il ne contient pas : %s.",
			l.nommerToutes(r.perdues))
	}
	return nil
}

// piecesHorsSujet: an ARL of invoices that refuses pieces is read by a person.
func (l *lecture) piecesHorsSujet(o *journal.Objet, a *retour.ARL) {
	if r := l.repondre(a.Pieces, nil, nil); len(r.perdues) > 0 {
		l.inconnu = true
		l.remarque("L'accusé du lot de factures %s refuse des pièces : %s.", o.Cle, l.nommerToutes(r.perdues))
	}
}

// decider makes the lecture of a person's decision: what is decided of an answer follows the same way as the answer.
func (s *Suivi) decider(ctx context.Context, g *geste) *lecture {
	return &lecture{s: s, reception: &journal.Objet{}, g: g, vus: map[journal.Ref]*journal.Objet{}}
}

// accepterLot: a person knows that the caisse accepts what is left of a lot whose answer was ambiguous.
func (s *Suivi) accepterLot(ctx context.Context, g *geste, o *journal.Objet, c journal.Champs) error {
	l := s.decider(ctx, g)
	c.Attention, c.Mode = rien, journal.Efface
	if c.Motif == "" {
		c.Motif = journal.Efface
	}
	l.faire(o, journal.Noter, c)
	pieces, err := l.piecesDe(ctx, o.Cle)
	if err != nil {
		return err
	}
	for i := range pieces {
		if pieces[i].Etat != journal.EnLot || pieces[i].Attention > 0 {
			continue
		}
		if err := l.acquitterPiece(ctx, &pieces[i], retour.PieceARL{}); err != nil {
			return err
		}
	}
	return s.apresARLPositif(ctx, l, o)
}

// trancherPiece: a person knows what an ambiguous answer says of a piece.
func (s *Suivi) trancherPiece(ctx context.Context, g *geste, o *journal.Objet, accepte bool, c journal.Champs) error {
	lot, err := journal.Trouver(ctx, s.c.Journal, journal.LotScor, o.Dans)
	if err != nil {
		return err
	}
	l := s.decider(ctx, g)
	if accepte {
		return l.acquitterPiece(ctx, o, retour.PieceARL{})
	}
	l.refuserPiece(&lot, o, retour.PieceARL{Code: o.Code, Libelle: cmp.Or(c.Motif, o.Motif)})
	return nil
}
