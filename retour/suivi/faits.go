package suivi

import (
	"context"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Tete is the last event of the journal: what a watcher keeps to ask FaitsDepuis what came after.
func (s *Suivi) Tete(ctx context.Context) (journal.Tete, error) { return s.c.Journal.Tete(ctx) }

// FaitsDepuis gives the steps noted after event seq, n at most, whoever noted them, another program too; suite is the
// last event looked at, from which to ask again.
func (s *Suivi) FaitsDepuis(ctx context.Context, seq uint64, n int) (faits []Fait, suite uint64, err error) {
	suite = seq
	for e, err := range s.c.Journal.Rejouer(ctx, seq) {
		if err != nil {
			return faits, suite, err
		}
		suite = e.Seq
		faits = append(faits, Fait{Quand: e.Quand, Genre: e.Genre, Cle: e.Cle, Type: e.Type, Texte: raconter(&e)})
		if len(faits) >= n {
			break
		}
	}
	return faits, suite, nil
}

// Etape is a step of a story.
type Etape struct {
	Fait
	Seq    uint64
	Code   string // return code
	Motif  string
	Auteur string // who decided, when a person did
	// Relais and Reponse are who took a message, and what it said: the proof of sending.
	Relais, Reponse string
	MessageID       string
}

// Recit tells the story of an invoice and of all that carried it and answered it, the oldest step first: its lot, its
// pieces, their lots, the messages that left and those that came.
func (s *Suivi) Recit(ctx context.Context, facture fse.CleFacture) ([]Etape, error) {
	objets, err := s.objetsDe(ctx, cleFacture(facture))
	if err != nil {
		return nil, err
	}
	if len(objets) == 0 {
		return nil, ErrFactureAbsente
	}
	return s.raconterTous(ctx, objets)
}

// RecitPiece tells the story of one piece, the lots that it travelled in and their messages included.
func (s *Suivi) RecitPiece(ctx context.Context, id string) ([]Etape, error) {
	return s.recitDe(ctx, journal.Ref{Genre: journal.Piece, Cle: id})
}

// RecitLot tells the story of a lot or of a message, with what carried it and what answered; no step when there is none
// of that key.
func (s *Suivi) RecitLot(ctx context.Context, g journal.Genre, cle string) ([]Etape, error) {
	return s.recitDe(ctx, journal.Ref{Genre: g, Cle: cle})
}

func (s *Suivi) recitDe(ctx context.Context, r journal.Ref) ([]Etape, error) {
	o, err := journal.Trouver(ctx, s.c.Journal, r.Genre, r.Cle)
	if err != nil || o.Version == 0 {
		return nil, err
	}
	objets := []journal.Objet{o}
	vus := map[journal.Ref]bool{o.Ref(): true}
	for i := 0; i < len(objets); i++ {
		if g := objets[i].Genre; g != journal.Piece && g != journal.LotScor && g != journal.LotFactures {
			continue
		}
		refs, err := s.lies(ctx, &objets[i])
		if err != nil {
			return nil, err
		}
		refs = slices.DeleteFunc(refs, func(r journal.Ref) bool {
			return vus[r] || r.Genre != journal.LotScor && r.Genre != journal.Message && r.Genre != journal.Reception
		})
		m, err := s.c.Journal.Objets(ctx, refs...)
		if err != nil {
			return nil, err
		}
		for _, r := range refs {
			if x, ok := m[r]; ok && !vus[r] {
				vus[r] = true
				objets = append(objets, x)
			}
		}
	}
	return s.raconterTous(ctx, objets)
}

func (s *Suivi) raconterTous(ctx context.Context, objets []journal.Objet) ([]Etape, error) {
	var l []Etape
	propre := func(x string) string {
		if x == journal.Efface {
			return ""
		}
		return x
	}
	for i := range objets {
		for e, err := range journal.Histoire(ctx, s.c.Journal, &objets[i]) {
			if err != nil {
				return nil, err
			}
			texte := raconter(&e)
			if texte == "" {
				continue
			}
			c := &e.Champs
			l = append(l, Etape{Fait: Fait{Quand: e.Quand, Genre: e.Genre, Cle: e.Cle, Type: e.Type, Texte: texte}, Seq: e.Seq,
				Code: propre(c.Code), Motif: propre(c.Motif), Auteur: propre(c.Auteur), Relais: propre(c.Relais),
				Reponse: propre(c.Reponse), MessageID: propre(c.MessageID)})
		}
	}
	slices.SortFunc(l, func(a, b Etape) int { return int(int64(a.Seq) - int64(b.Seq)) })
	return l, nil
}

// ParseCleFacture reads the key of an invoice as VueFacture.Facture and Ligne.Facture write it.
func ParseCleFacture(s string) (fse.CleFacture, error) { return lireCleFacture(s) }
