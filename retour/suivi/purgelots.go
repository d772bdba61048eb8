package suivi

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ErrLotPurge says that the invoices' lot is past its retention: its file and its invoices are gone, no piece can go
// with them any more.
var ErrLotPurge = errors.New("suivi: the lot of this invoice is purged")

// lotAPurger is an invoices' lot that goes, with its SCOR lots and the digest of its file.
type lotAPurger struct {
	lot    journal.Objet
	scor   []journal.Objet
	source string
}

// trierLots says which invoices' lots go. The pieces come before it, for a lot stays as long as one of them.
func (p *purge) trierLots(ctx context.Context) error {
	// What somebody still has to look at: a payment of an invoice billed again, a missing piece of a paid one…
	for f, err := range p.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Attention: journal.AFaire}) {
		if err != nil {
			return err
		}
		p.retenus[f.Parent] = true
	}
	for o, err := range p.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.LotFactures}) {
		if err != nil {
			return err
		}
		x := lotAPurger{lot: o}
		if x.source, err = p.s.fichierDuLot(ctx, &o); err != nil {
			return err
		}
		part := o.Etat == journal.Purge
		if !part {
			if part, err = p.lotFini(ctx, &x); err != nil {
				return err
			}
		}
		if part {
			p.lots = append(p.lots, x)
		} else {
			p.garder(&x)
		}
	}
	return nil
}

func (p *purge) garder(x *lotAPurger) {
	p.octets[x.lot.Empreinte], p.octets[x.source] = true, true
	p.x.Gardees++
}

// lotFini: past its retention, and neither it nor what hangs on it waits for anything.
func (p *purge) lotFini(ctx context.Context, x *lotAPurger) (bool, error) {
	o := &x.lot
	switch o.Etat {
	case journal.ARLPositif, journal.Reconstitue, journal.Manuel, journal.Annule, journal.Clos:
	default:
		return false, nil
	}
	if o.Echeance != 0 || o.Attention >= journal.AFaire || p.gardes[o.Ref()] || p.retenus[o.Cle] {
		return false, nil
	}
	du, err := p.s.transmisLe(ctx, o)
	if err != nil {
		return false, err
	}
	regle, passe := p.passe(du)
	if !passe {
		return false, nil
	}
	m, err := journal.Trouver(ctx, p.s.c.Journal, journal.Message, o.Dans)
	if err != nil {
		return false, err
	}
	switch {
	case m.Version == 0, m.Etat == journal.Transmis, m.Etat == journal.Abandonne, m.Etat == journal.Purge:
	default:
		return false, nil
	}
	for l, err := range p.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.LotScor, Parent: o.Cle}) {
		if err != nil {
			return false, err
		}
		switch l.Etat {
		case journal.ARLPositif, journal.Reconstitue, journal.Manuel, journal.Papier, journal.Annule, journal.Clos:
		default:
			return false, nil
		}
		if l.Attention >= journal.AFaire {
			return false, nil
		}
		x.scor = append(x.scor, l)
	}
	p.regles[o.Ref()] = regle
	return true, nil
}

// purgerLots writes the trace of every lot that goes, then only removes their bytes: a file holds several of them.
func (p *purge) purgerLots(ctx context.Context) error {
	var partis []lotAPurger
	for i := range p.lots {
		x := &p.lots[i]
		parti, err := p.tracerLot(ctx, x)
		if err != nil {
			return err
		}
		if parti {
			partis = append(partis, *x)
		} else {
			p.garder(x)
		}
	}
	for i := range partis {
		o := &partis[i].lot
		contenus, err := p.s.contenusDuLot(ctx, o)
		if err != nil {
			return err
		}
		for _, e := range append(contenus, partis[i].source) {
			if e == "" {
				continue
			}
			if err := p.supprimer(ctx, o, e); err != nil {
				return err
			}
			p.s.lus.oublier(e) // its invoices aren't to outlive it in memory
		}
	}
	return nil
}

// tracerLot says whether the lot is purged; it stays if something came for it in between.
func (p *purge) tracerLot(ctx context.Context, x *lotAPurger) (bool, error) {
	if x.lot.Etat == journal.Purge {
		return true, nil
	}
	if err := p.suivre(ctx); err != nil {
		return false, err
	}
	if p.retenus[x.lot.Cle] {
		return false, nil
	}
	c := journal.Champs{Motif: motifPurge + p.regles[x.lot.Ref()], Auteur: p.d.Auteur}
	g := nouveauGeste(p.quand)
	for _, o := range append([]journal.Objet{x.lot}, x.scor...) {
		if o.Etat != journal.Clos {
			g.sur(&o, journal.Clore, journal.Champs{})
		}
		g.sur(&o, journal.Purger, c)
	}
	err := p.s.ecrire(ctx, g)
	if errors.Is(err, journal.ErrConflit) {
		return false, nil
	}
	if err == nil {
		p.x.Lots++
	}
	return err == nil, err
}

// contenusDuLot are the digests of all that was kept of a lot's invoices: it may have learnt something.
func (s *Suivi) contenusDuLot(ctx context.Context, o *journal.Objet) ([]string, error) {
	var l []string
	for e, err := range journal.Histoire(ctx, s.c.Journal, o) {
		if err != nil {
			return nil, err
		}
		if x := e.Champs.Empreinte; x != "" && !slices.Contains(l, x) {
			l = append(l, x)
		}
	}
	return l, nil
}

// fichierDuLot is the digest of the file that brought a lot, "" for none: its first event tells, for later ones say
// which answer came.
func (s *Suivi) fichierDuLot(ctx context.Context, o *journal.Objet) (string, error) {
	e, err := s.c.Journal.Evenement(ctx, o.Debut)
	if err != nil || len(e.Champs.Source) != hex.EncodedLen(32) {
		return "", err
	}
	return e.Champs.Source, nil
}

// transmisLe is when a lot left last; when it changed last if it never did.
func (s *Suivi) transmisLe(ctx context.Context, o *journal.Objet) (time.Time, error) {
	for e, err := range journal.Histoire(ctx, s.c.Journal, o) {
		if err != nil || e.Type == journal.Transmettre {
			return e.Quand, err
		}
	}
	return o.Modifie, nil
}

// lotDeFacture is the key of the lot in an invoice's key.
func lotDeFacture(cle string) string { return cle[:max(0, strings.LastIndexByte(cle, '/'))] }

// lotPresent is ErrLotPurge if the lot of an invoice, given by its key, is purged.
func (s *Suivi) lotPresent(ctx context.Context, facture string) error {
	if facture == "" {
		return nil
	}
	l, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, lotDeFacture(facture))
	if err != nil {
		return err
	}
	return lotPurge(&l)
}

func lotPurge(l *journal.Objet) error {
	if l.Etat == journal.Purge {
		return fmt.Errorf("%w: lot %s", ErrLotPurge, l.Cle)
	}
	return nil
}

// tousPurges: every lot of the file is known and purged.
func (s *Suivi) tousPurges(ctx context.Context, f *fse.Fichier) (bool, error) {
	refs := make([]journal.Ref, len(f.Lots))
	for i := range f.Lots {
		refs[i] = journal.Ref{Genre: journal.LotFactures, Cle: cleLot(f.Lots[i].Cle)}
	}
	m, err := s.c.Journal.Objets(ctx, refs...)
	if err != nil || len(m) == 0 {
		return false, err
	}
	for _, r := range refs {
		if o := m[r]; o.Etat != journal.Purge {
			return false, nil
		}
	}
	return true, nil
}
