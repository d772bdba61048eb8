package suivi

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// constituer makes the SCOR lots of an accepted invoices' lot, with the pieces that are there: the lots, what is in
// them and the identities of their messages are one group of events.
func (s *Suivi) constituer(ctx context.Context, l *journal.Objet) error {
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	factures, err := s.lotFactures(ctx, l.Empreinte)
	if err != nil {
		return fmt.Errorf("suivi: invoices of lot %s: %w", l.Cle, err)
	}
	g := nouveauGeste(quand)
	if err := s.ecarterRefacturees(ctx, g, l, factures); err != nil {
		return err
	}
	objets, pieces, engagees, err := s.piecesDuLot(ctx, g, factures)
	if err != nil {
		return err
	}
	transmise, err := s.seriesTransmises(ctx, factures.Factures)
	if err != nil {
		return err
	}
	ap := lot.Apparieur{Exigences: s.exigencesRestantes(pieces, engagees),
		Transmise: transmise}.Apparier(factures.Factures, pieces)
	if len(ap.Manquantes) > 0 && us(quand) < l.Limite {
		return s.ecrire(ctx, g.sur(l, journal.Rouvrir, journal.Champs{Echeance: l.Limite}))
	}
	if err := s.noterManques(ctx, g, l.Cle, ap.Manquantes); err != nil {
		return err
	}
	s.noterGardees(g, objets, factures, ap.NonTransmises)
	err = s.lotsScor(ctx, g, l, factures, objets, ap.Paires)
	switch {
	case errors.Is(err, ErrNumeros):
		g.sur(l, journal.Rouvrir, journal.Champs{Echeance: us(s.lendemain(quand)), Attention: journal.AFaire,
			Motif: etats.MotifNumeros})
		return errors.Join(s.ecrire(ctx, g), err)
	case err != nil:
		return err
	}
	c := journal.Champs{Echeance: rien}
	if l.Motif == etats.MotifNumeros || l.Motif == etats.MotifAltere {
		c.Attention, c.Motif = rien, journal.Efface
	}
	g.sur(l, journal.Joindre, c)
	return s.ecrire(ctx, g)
}

// ecarterRefacturees leaves out the invoices that were billed again, or closed: nothing leaves under their numbers any
// more. Pieces that were left with the former ones follow.
func (s *Suivi) ecarterRefacturees(ctx context.Context, g *geste, l *journal.Objet, factures *fse.Lot) error {
	mortes := map[string]bool{}
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Parent: l.Cle,
		Etats: []journal.Etat{journal.Refacture, journal.Clos}}) {
		if err != nil {
			return err
		}
		mortes[o.Cle] = true
		if o.Etat != journal.Refacture {
			continue
		}
		for p, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Parent: o.Cle,
			Etats: []journal.Etat{journal.Constitue}}) {
			if err != nil {
				return err
			}
			if err := s.suivreFacture(ctx, g, &p, ""); err != nil {
				return err
			}
		}
	}
	if len(mortes) > 0 {
		factures.Factures = slices.DeleteFunc(factures.Factures,
			func(f fse.Facture) bool { return mortes[cleFacture(f.Cle)] })
	}
	return nil
}

// typeDeFacture is a type of piece of an invoice.
type typeDeFacture struct {
	facture fse.CleFacture
	genre   string
}

// piecesDuLot gives the pieces of the lot's invoices that wait to be sent, in the order of the invoices, then of their
// identifiers, and which types of pieces their invoices already have on the way, answered or on paper. Pieces that came
// before their invoice take its patient and day here, by which the archive finds them.
func (s *Suivi) piecesDuLot(ctx context.Context, g *geste, l *fse.Lot) (map[string]journal.Objet, []scor.Piece,
	map[typeDeFacture]bool, error) {
	objets, engagees := map[string]journal.Objet{}, map[typeDeFacture]bool{}
	var pieces []scor.Piece
	for i := range l.Factures {
		cle := l.Factures[i].Cle
		for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Parent: cleFacture(cle)}) {
			if err == nil && o.Jour == 0 && jour(l.Factures[i].Date) != 0 {
				g.sur(&o, journal.Noter, journal.Champs{Patient: s.patient(&l.Factures[i]), Jour: jour(l.Factures[i].Date)})
			}
			switch {
			case err != nil:
				return nil, nil, nil, err
			case o.Etat == journal.Constitue:
				objets[o.Cle] = o
				p, err := s.piece(&o, cle)
				if err != nil {
					return nil, nil, nil, err
				}
				pieces = append(pieces, p)
			case o.Etat != journal.Refuse:
				engagees[typeDeFacture{cle, o.Nature}] = true
			}
		}
	}
	return objets, pieces, engagees, nil
}

// exigencesRestantes are the rules less what they have already got: a lot is looked at again each time a piece comes
// late.
func (s *Suivi) exigencesRestantes(pieces []scor.Piece,
	engagees map[typeDeFacture]bool) func(*fse.Facture) []scor.Exigence {
	if s.c.Exigences == nil || len(engagees) == 0 {
		return s.c.Exigences
	}
	attendent := map[typeDeFacture]bool{}
	for i := range pieces {
		attendent[typeDeFacture{pieces[i].Facture, pieces[i].Type}] = true
	}
	return func(f *fse.Facture) []scor.Exigence {
		var restent []scor.Exigence
		for _, e := range s.c.Exigences(f) {
			k := typeDeFacture{f.Cle, e.Type}
			if e.Decision != scor.NonTransmise && engagees[k] {
				if !attendent[k] {
					continue
				}
				e.Decision = scor.Requise // its reference, if that is what left, doesn't leave again
			}
			restent = append(restent, e)
		}
		return restent
	}
}

// piece is the piece that an object tells of; its document is read from the Coffre.
func (s *Suivi) piece(o *journal.Objet, facture fse.CleFacture) (scor.Piece, error) {
	p := scor.Piece{ID: o.Cle, Type: o.Nature, Facture: facture, Reference: o.Reference, Pages: int(o.Pages),
		Octets: o.Octets}
	if err := s.poserFaits(&p, o.Sujet); err != nil || o.Reference != "" {
		return p, err
	}
	e, err := lireEmpreinte(o.Empreinte)
	p.Empreinte = e
	p.Open = func() (io.ReadCloser, error) {
		if err != nil {
			return nil, err
		}
		return s.ouvrirDocument(context.Background(), e)
	}
	return p, nil
}

// seriesTransmises finds, for the series of acts of these invoices, the piece already acknowledged.
func (s *Suivi) seriesTransmises(ctx context.Context, factures []fse.Facture) (func(serie, typ string) (string, bool),
	error) {
	var refs []journal.Ref
	for i := range factures {
		if factures[i].Serie != "" {
			for _, t := range s.c.Profil.Types {
				refs = append(refs, journal.Ref{Genre: journal.Cabinet, Cle: cleSerie(s.serie(&factures[i]), t.Nom)})
			}
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	m, err := s.c.Journal.Objets(ctx, refs...)
	if err != nil {
		return nil, err
	}
	return func(serie, typ string) (string, bool) {
		o, ok := m[journal.Ref{Genre: journal.Cabinet, Cle: cleSerie(s.c.Coffre.Index("serie", serie), typ)}]
		return o.Reference, ok && o.Reference != ""
	}, nil
}

func cleSerie(condense, typ string) string { return "serie/" + condense + "/" + typ }

// noterManques says which invoices lack a piece, and which lack none any more.
func (s *Suivi) noterManques(ctx context.Context, g *geste, lotFactures string, manques []lot.Manque) error {
	parFacture, genres := map[string][]string{}, map[string][]string{}
	for _, m := range manques {
		k := cleFacture(m.Facture)
		parFacture[k] = append(parFacture[k], s.libelleType(m.Type))
		genres[k] = append(genres[k], m.Type)
	}
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Parent: lotFactures}) {
		if err != nil {
			return err
		}
		types := parFacture[o.Cle]
		motif := strings.Join(types, ", ")
		switch {
		case len(types) > 0 && o.Mode == etats.ModeSansObjet:
		case len(types) > 0 && (o.Etat == journal.Enregistre || o.Etat == journal.Incomplet && o.Motif != motif):
			g.sur(&o, journal.Manquer, journal.Champs{Motif: motif, Types: strings.Join(genres[o.Cle], " ")})
		case len(types) > 0 && (o.Etat == journal.Paye || o.Etat == journal.Signale) && (o.Mode != etats.ModeManque ||
			o.Motif != motif):
			g.sur(&o, journal.Noter, journal.Champs{Motif: motif, Mode: etats.ModeManque, Attention: journal.AFaire,
				Types: strings.Join(genres[o.Cle], " ")})
		case len(types) == 0 && o.Etat == journal.Incomplet:
			g.sur(&o, journal.Completer, journal.Champs{Motif: journal.Efface, Types: journal.Efface})
		case len(types) == 0 && o.Mode == etats.ModeManque:
			g.sur(&o, journal.Noter, journal.Champs{Motif: journal.Efface, Mode: journal.Efface, Types: journal.Efface,
				Attention: rien})
		}
	}
	return nil
}

func (s *Suivi) libelleType(nom string) string {
	if t, ok := s.c.Profil.TypeNomme(nom); ok && t.Libelle != "" {
		return etats.Initiale(t.Libelle, unicode.ToLower)
	}
	return nom
}

// noterGardees says which pieces the rules keep; a person looks at those that no rule asks for.
func (s *Suivi) noterGardees(g *geste, objets map[string]journal.Objet, factures *fse.Lot, gardees []lot.Gardee) {
	parCle := map[fse.CleFacture]*fse.Facture{}
	for i := range factures.Factures {
		parCle[factures.Factures[i].Cle] = &factures.Factures[i]
	}
	for _, k := range gardees {
		o, ok := objets[k.Piece.ID]
		if !ok || o.Mode == etats.ModeGarde && o.Motif == k.Motif {
			continue
		}
		c := journal.Champs{Motif: k.Motif, Mode: etats.ModeGarde, Echeance: rien}
		if !s.demandee(parCle[k.Piece.Facture], k.Piece.Type) {
			c.Attention = journal.AVoir
		}
		g.sur(&o, journal.Noter, c)
	}
}

// demandee says whether a rule speaks of that type of piece for an invoice.
func (s *Suivi) demandee(f *fse.Facture, typ string) bool {
	return f == nil || s.c.Exigences == nil || slices.ContainsFunc(s.c.Exigences(f),
		func(e scor.Exigence) bool { return e.Type == typ })
}

// lotsScor adds to g the lots of the pairs; with ErrNumeros, those that found a number.
func (s *Suivi) lotsScor(ctx context.Context, g *geste, l *journal.Objet, factures *fse.Lot,
	objets map[string]journal.Objet, paires []lot.Paire) error {
	date := fse.DateDe(s.cal.local(g.quand))
	lots, ecartees, err := lot.Constituer(paires, lot.Constitution{Profil: s.c.Profil, Date: date,
		Numeroter: s.numeroteur(ctx, date), Destination: s.destination,
	})
	epuises := err
	if err != nil && !errors.Is(err, ErrNumeros) {
		return err
	}
	for _, e := range ecartees {
		if o, ok := objets[e.Paire.Piece.ID]; ok && (o.Motif != e.Motif || o.Attention == 0) {
			g.sur(&o, journal.Noter, journal.Champs{Motif: e.Motif, Attention: journal.AFaire})
		}
	}
	fichiers, err := lot.Grouper(lots, s.c.Profil, date, s.c.Emetteur.Emetteur, func() (string, error) {
		n, err := s.numero(ctx)
		return fmt.Sprintf("%06d", n%1000000), err
	})
	if err != nil {
		return err
	}
	for i := range fichiers {
		fichiers[i].Heure = fse.HeureDe(s.cal.local(g.quand))
		if err := s.fichierScor(ctx, g, l, &fichiers[i], objets); err != nil {
			return err
		}
	}
	return epuises
}

var errSansDestination = errors.New("suivi: no routing table (Config.Destination)")

func (s *Suivi) destination(f *fse.Facture) (lot.Destination, error) {
	if d, ok, err := destinationConnue(f); ok || err != nil {
		return d, err
	}
	if s.c.Destination == nil {
		return lot.Destination{}, errSansDestination
	}
	return s.c.Destination(f)
}

// precisFichier is what the message of a file of lots is made from again, beside the lots themselves.
type precisFichier struct {
	ID          string
	Date        fse.Date
	Heure       time.Duration `json:",omitempty"`
	Destination lot.Destination
}

func (s *Suivi) fichierScor(ctx context.Context, g *geste, l *journal.Objet, f *lot.Fichier,
	objets map[string]journal.Objet) error {
	c, err := s.compostage(ctx, g.quand)
	if err != nil {
		return err
	}
	precis, err := json.Marshal(precisFichier{f.ID, f.Date, f.Heure, f.Destination})
	if err != nil {
		return err
	}
	max := int64(s.c.Profil.Delais.TransmissionsMax)
	g.nouveau(journal.Message, c, journal.Reserver, journal.Champs{Nature: naturePieces, Adresse: f.Destination.Adresse,
		MessageID: s.identifiant(c), Nombre: int64(len(f.Lots)), Precis: string(precis), EssaisMax: max,
		Echeance: us(g.quand)})
	for i := range f.Lots {
		k := cleLotScor(f.Lots[i].Cle)
		g.nouveau(journal.LotScor, k, journal.Constituer, journal.Champs{Parent: l.Cle, Dans: c,
			Nombre: int64(len(f.Lots[i].Paires)), Empreinte: l.Empreinte, Octets: f.Lots[i].Octets(), EssaisMax: max})
		for _, p := range f.Lots[i].Paires {
			o, ok := objets[p.Piece.ID]
			if !ok {
				// The reference that stands for a piece of the series: it becomes a piece of its own.
				o = journal.Objet{Genre: journal.Piece, Cle: p.Piece.ID}
				g.sur(&o, journal.Deposer, journal.Champs{Parent: cleFacture(p.Facture.Cle), Nature: p.Piece.Type,
					Reference: p.Piece.Reference, Patient: s.patient(&p.Facture), Jour: jour(p.Facture.Date)})
			}
			g.sur(&o, journal.Enlotter, journal.Champs{Dans: k, Mode: etats.ModeScor})
		}
	}
	return nil
}

// fichier makes the file of lots of a message again, the same each time.
func (s *Suivi) fichier(ctx context.Context, m *journal.Objet) (*lot.Fichier, error) {
	var p precisFichier
	if err := json.Unmarshal([]byte(m.Precis), &p); err != nil {
		return nil, fmt.Errorf("suivi: message %s: %w", m.Cle, err)
	}
	f := &lot.Fichier{ID: p.ID, Date: p.Date, Heure: p.Heure, Emetteur: s.c.Emetteur.Emetteur, Destination: p.Destination}
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.LotScor, Dans: m.Cle}) {
		if err != nil {
			return nil, err
		}
		l, err := s.lotDe(ctx, &o, p.Destination)
		if err != nil {
			return nil, err
		}
		f.Lots = append(f.Lots, *l)
	}
	return f, nil
}

func (s *Suivi) lotDe(ctx context.Context, o *journal.Objet, d lot.Destination) (*lot.Lot, error) {
	cle, err := lireCleLotScor(o.Cle)
	if err != nil {
		return nil, err
	}
	factures, err := s.lotLu(ctx, o.Empreinte)
	if err != nil {
		return nil, fmt.Errorf("suivi: invoices of SCOR lot %s: %w", o.Cle, err)
	}
	l := &lot.Lot{Cle: cle, Factures: factures.Cle, Destination: d}
	rangs := map[string]int{}
	for p, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Dans: o.Cle}) {
		if err != nil {
			return nil, err
		}
		i, ok := factures.rangs[p.Parent]
		if !ok {
			return nil, fmt.Errorf("suivi: piece %s of SCOR lot %s: %w", p.Cle, o.Cle, ErrFactureAbsente)
		}
		rangs[p.Cle] = i
		piece, err := s.piece(&p, factures.Factures[i].Cle)
		if err != nil {
			return nil, err
		}
		l.Paires = append(l.Paires, lot.Paire{Facture: factures.Factures[i], Piece: piece})
	}
	slices.SortStableFunc(l.Paires, func(a, b lot.Paire) int {
		return cmp.Or(cmp.Compare(rangs[a.Piece.ID], rangs[b.Piece.ID]), cmp.Compare(a.Piece.ID, b.Piece.ID))
	})
	return l, nil
}

// identifiant is the Message-ID of a message, without < and >: its compostage at the sender's domain, as a public
// sender writes it.
func (s *Suivi) identifiant(compostage string) string {
	_, domaine, ok := strings.Cut(s.c.Emetteur.Adresse, "@")
	if !ok {
		domaine = hex.EncodeToString([]byte(s.c.Emetteur.Numero)) + ".invalid"
	}
	return compostage + "@" + domaine
}

func (c calendrier) local(t time.Time) time.Time { return c.c.Local(t) }
