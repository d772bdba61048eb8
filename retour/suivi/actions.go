package suivi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// NomAction is something that a person may decide.
type NomAction = etats.NomAction

// The actions; the table of package etats says which are possible where.
const (
	ActionRenvoyer     = etats.Renvoyer
	ActionReconstituer = etats.Reconstituer
	ActionPapier       = etats.Papier
	ActionManuel       = etats.Manuel
	ActionRelier       = etats.Relier // Decision.Facture says to which
	ActionReclamee     = etats.Reclamee
	ActionRejetee      = etats.Rejetee
	ActionAnnuler      = etats.Annuler
	ActionContester    = etats.Contester
	ActionAccepter     = etats.Accepter
	ActionRefuser      = etats.Refuser
	ActionSansObjet    = etats.SansObjet
	ActionAbandonner   = etats.Abandonner
	ActionRelire       = etats.Relire
	ActionVu           = etats.Vu
	ActionClore        = etats.Clore
)

// Action is an action that is possible now on an object. It can be kept, sent to a screen and brought back: Version
// tells whether the object has changed since.
type Action struct {
	Nom     NomAction     `json:"nom"`
	Libelle string        `json:"libelle"`
	Genre   journal.Genre `json:"genre"`
	Cle     string        `json:"cle"`
	Version uint64        `json:"version"`
}

// Decision is who acts, and what the action needs. The journal keeps Auteur and Motif in clear: no patient's name.
type Decision struct {
	Auteur  string         // who decided
	Motif   string         // why, if there is something to say
	Facture fse.CleFacture // for ActionRelier
}

// ErrActionPerimee says that the object changed since the action was offered.
var ErrActionPerimee = errors.New("suivi: the object has changed: read the synthesis again")

// ErrActionImpossible says that the action isn't possible in the object's state, or at this moment.
var ErrActionImpossible = errors.New("suivi: action not possible")

// Actions lists what is possible now on an object.
func (s *Suivi) Actions(o *journal.Objet) []Action {
	var l []Action
	for _, n := range s.possibles(o) {
		l = append(l, Action{Nom: n, Libelle: s.langue().LibelleSur(o, n), Genre: o.Genre, Cle: o.Cle, Version: o.Version})
	}
	return l
}

// possibles are the table's actions, less sending again a piece that the caisse may not claim any more: it acknowledged
// it, and the days of verification are over.
func (s *Suivi) possibles(o *journal.Objet) []NomAction {
	l := etats.Actions(o)
	if o.Genre == journal.Piece && o.Etat == journal.ARLPositif && s.horsReclamation(o) {
		l = slices.DeleteFunc(l, func(n NomAction) bool { return n == ActionReclamee })
	}
	return l
}

// horsReclamation: a piece is sent again only if the caisse claims it within the days of verification.
func (s *Suivi) horsReclamation(o *journal.Objet) bool {
	acquittee := journal.Instant(o.Premier)
	if o.Premier == 0 {
		acquittee = o.Modifie
	}
	fin := s.cal.apres(acquittee, s.c.Profil.Delais.Verification)
	return !fin.IsZero() && s.c.Horloge().After(fin)
}

// langue writes the table's sentences by the profile.
func (s *Suivi) langue() etats.Langue { return etats.Langue{Profil: s.c.Profil} }

// Executer does what a person decided. ErrActionPerimee: look again first. Everything that follows from it is one group
// of events.
func (s *Suivi) Executer(ctx context.Context, a Action, d Decision) error {
	o, err := journal.Trouver(ctx, s.c.Journal, a.Genre, a.Cle)
	if err != nil {
		return err
	}
	if o.Version != a.Version {
		return fmt.Errorf("%w: %s %s", ErrActionPerimee, a.Genre, a.Cle)
	}
	if a.Nom == ActionAnnuler && o.Genre == journal.LotFactures && o.Mode == etats.ModeGroupe {
		return fmt.Errorf("%w: the file of lot %s carries other lots, and leaves as it was given", ErrActionImpossible, o.Cle)
	}
	if !slices.Contains(s.possibles(&o), a.Nom) {
		return fmt.Errorf("%w: %s on %s %s in state %q", ErrActionImpossible, a.Nom, a.Genre, a.Cle, o.Etat)
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	g := nouveauGeste(quand)
	c := journal.Champs{Auteur: d.Auteur, Motif: d.Motif}
	switch a.Genre {
	case journal.Piece:
		err = s.actionPiece(ctx, g, &o, a.Nom, c, d)
	case journal.LotScor:
		err = s.actionLotScor(ctx, g, &o, a.Nom, c)
	case journal.LotFactures:
		err = s.actionLotFactures(ctx, g, &o, a.Nom, c)
	case journal.Message:
		err = s.actionMessage(ctx, g, &o, a.Nom, c)
	case journal.Reception:
		s.actionReception(g, &o, a.Nom, c)
	case journal.Facture:
		err = s.actionFacture(ctx, g, &o, a.Nom, c, d)
	case journal.Cabinet:
		err = s.actionCabinet(ctx, g, &o, a.Nom, c)
	}
	if err != nil {
		return err
	}
	if err := s.ecrire(ctx, g); err != nil {
		if errors.Is(err, journal.ErrConflit) {
			return fmt.Errorf("%w: %w", ErrActionPerimee, err)
		}
		return err
	}
	switch {
	case a.Genre != journal.Facture:
	case a.Nom == ActionRelier, a.Nom == ActionClore:
		return s.solderLot(ctx, o.Parent)
	case a.Nom == ActionAccepter: // it is another one, billed again
		return s.solderLot(ctx, lotDeFacture(o.Autre))
	}
	return nil
}

func (s *Suivi) actionCabinet(ctx context.Context, g *geste, o *journal.Objet, n NomAction, c journal.Champs) error {
	switch {
	case o.Cle == cleHorloge:
		s.confirmerHorloge(g, o, n, c)
	case o.Cle == cleRestauration && n == ActionAccepter:
		return s.accepterRestauration(ctx, g, o, c)
	default:
		s.vu(g, o, n, c)
	}
	return nil
}

func (s *Suivi) vu(g *geste, o *journal.Objet, n NomAction, c journal.Champs) bool {
	if n != ActionVu {
		return false
	}
	c.Attention = rien
	g.sur(o, journal.Noter, c)
	return true
}

func (s *Suivi) actionPiece(ctx context.Context, g *geste, o *journal.Objet, n NomAction, c journal.Champs,
	d Decision) error {
	if o.Limite != 0 && (n == ActionPapier || n == ActionManuel || n == ActionRenvoyer) {
		c.Limite = rien // acted in time or not, nothing is to be done by then any more
	}
	switch n {
	case ActionPapier:
		c.Mode = etats.ModePapier
		g.sur(o, journal.PasserPapier, c)
	case ActionManuel:
		c.Mode = etats.ModeManuel
		g.sur(o, journal.MarquerManuel, c)
	case ActionRenvoyer, ActionReclamee:
		return s.retransmettrePiece(ctx, g, o, c)
	case ActionRejetee:
		g.sur(o, journal.Rejeter, c)
		return s.rejeterOriginal(ctx, g, o)
	case ActionRelier:
		return s.relierPiece(ctx, g, o, d.Facture, c)
	case ActionContester:
		c.Attention, c.Precis = journal.AFaire, etats.PrecisContestee
		c.Motif = "accusé reçu le " + s.cal.c.Lisible(cmp.Or(journal.Instant(o.Premier), o.Modifie))
		g.sur(o, journal.Noter, c)
	case ActionAccepter, ActionRefuser:
		return s.trancherPiece(ctx, g, o, n == ActionAccepter, c)
	case ActionClore:
		g.sur(o, journal.Clore, c)
	default:
		s.vu(g, o, n, c)
	}
	return nil
}

// retransmettrePiece has a piece go in a new lot. One that waits outside of any lot, set aside, is only looked at
// again.
func (s *Suivi) retransmettrePiece(ctx context.Context, g *geste, o *journal.Objet, c journal.Champs) error {
	c.Code, c.Mode = journal.Efface, journal.Efface
	if c.Motif == "" {
		c.Motif = journal.Efface
	}
	if o.Etat == journal.Constitue {
		c.Attention = rien
		g.sur(o, journal.Noter, c)
		return s.reveillerPiece(ctx, g, o.Parent)
	}
	c.Dans, c.Echeance = journal.Efface, s.guet(g.quand)
	g.sur(o, journal.Reclamer, c)
	if err := s.oublierSerie(ctx, g, o); err != nil {
		return err
	}
	p := *o
	p.Etat = journal.Constitue
	if err := s.suivreFacture(ctx, g, &p, ""); err != nil {
		return err
	}
	return s.reveillerPiece(ctx, g, o.Parent)
}

// reveillerPiece has the lot of an invoice looked at again.
func (s *Suivi) reveillerPiece(ctx context.Context, g *geste, facture string) error {
	f, err := journal.Trouver(ctx, s.c.Journal, journal.Facture, facture)
	if err != nil || f.Version == 0 {
		return err
	}
	return s.reveiller(ctx, g, f.Parent)
}

// dissoudre takes the pieces out of a lot that was just dissolved in g, and does to each what suite says.
func (s *Suivi) dissoudre(ctx context.Context, g *geste, lot string, suite func(p *journal.Objet)) error {
	for p, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Dans: lot,
		Etats: []journal.Etat{journal.EnLot}}) {
		if err != nil {
			return err
		}
		g.sur(&p, journal.Delier, journal.Champs{Dans: journal.Efface, Mode: journal.Efface, Echeance: s.guet(g.quand)})
		if suite != nil {
			suite(&p)
			continue
		}
		p.Etat = journal.Constitue
		if err := s.suivreFacture(ctx, g, &p, ""); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suivi) actionLotScor(ctx context.Context, g *geste, o *journal.Objet, n NomAction, c journal.Champs) error {
	switch n {
	case ActionAccepter:
		return s.accepterLot(ctx, g, o, c)
	case ActionReconstituer:
		g.sur(o, journal.Reconstituer, c)
		if err := s.dissoudre(ctx, g, o.Cle, nil); err != nil {
			return err
		}
		if err := s.abandonner(ctx, g, o); err != nil {
			return err
		}
		return s.reveiller(ctx, g, o.Parent)
	case ActionPapier:
		c.Mode = etats.ModePapier
		g.sur(o, journal.PasserPapier, c)
		if err := s.abandonner(ctx, g, o); err != nil {
			return err
		}
		return s.dissoudre(ctx, g, o.Cle, func(p *journal.Objet) {
			g.sur(p, journal.PasserPapier, journal.Champs{Mode: etats.ModePapier, Auteur: c.Auteur})
		})
	case ActionManuel:
		c.Mode = etats.ModeManuel
		g.sur(o, journal.MarquerManuel, c)
		if err := s.abandonner(ctx, g, o); err != nil {
			return err
		}
		return s.dissoudre(ctx, g, o.Cle, func(p *journal.Objet) {
			g.sur(p, journal.MarquerManuel, journal.Champs{Mode: etats.ModeManuel, Auteur: c.Auteur})
		})
	}
	s.vu(g, o, n, c)
	return nil
}

// abandonner stops the message of a lot that no longer waits for it, if it hasn't left and carries nothing else.
func (s *Suivi) abandonner(ctx context.Context, g *geste, lot *journal.Objet) error {
	m, err := journal.Trouver(ctx, s.c.Journal, journal.Message, lot.Dans)
	if err != nil || m.Version == 0 {
		return err
	}
	if m.Etat == journal.EnEnvoi && m.Echeance > us(g.quand) {
		return fmt.Errorf("%w: message %s is leaving at this moment", ErrActionImpossible, m.Cle)
	}
	lots, err := s.lotsDuMessage(ctx, &m)
	if err != nil || len(lots) > 1 {
		return err
	}
	g.si(&m, journal.Abandonner, journal.Champs{Motif: "Le lot de ce message est dissous."})
	return nil
}

func (s *Suivi) actionLotFactures(ctx context.Context, g *geste, o *journal.Objet, n NomAction,
	c journal.Champs) error {
	switch n {
	case ActionReconstituer:
		g.sur(o, journal.Reconstituer, c)
		return s.abandonner(ctx, g, o)
	case ActionManuel:
		g.sur(o, journal.MarquerManuel, c)
		if err := s.piecesManuelles(ctx, g, o.Cle, c.Auteur); err != nil {
			return err
		}
		return s.abandonner(ctx, g, o)
	case ActionAnnuler:
		return s.annuler(ctx, g, o, c)
	case ActionClore:
		g.sur(o, journal.Clore, c)
	default:
		s.vu(g, o, n, c)
	}
	return nil
}

// piecesManuelles: what goes with invoices treated by hand goes with them, or nobody would think of it again.
func (s *Suivi) piecesManuelles(ctx context.Context, g *geste, lot, auteur string) error {
	for f, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Parent: lot}) {
		if err != nil {
			return err
		}
		for p, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Parent: f.Cle}) {
			if err != nil {
				return err
			}
			if p.Etat == journal.Constitue || p.Etat == journal.Refuse {
				c := journal.Champs{Mode: etats.ModeManuel, Auteur: auteur}
				if p.Limite != 0 {
					c.Limite = rien
				}
				g.sur(&p, journal.MarquerManuel, c)
			}
		}
	}
	return nil
}

// annuler takes back a lot whose message certainly didn't leave, and carries nothing else.
func (s *Suivi) annuler(ctx context.Context, g *geste, o *journal.Objet, c journal.Champs) error {
	m, err := journal.Trouver(ctx, s.c.Journal, journal.Message, o.Dans)
	if err != nil {
		return err
	}
	lots, err := s.lotsDuMessage(ctx, &m)
	if err != nil {
		return err
	}
	if m.Tentatives > 0 {
		return fmt.Errorf("%w: the message of lot %s was tried", ErrActionImpossible, o.Cle)
	}
	if len(lots) != 1 { // of a journal that doesn't say it of the lot
		return fmt.Errorf("%w: the file of lot %s carries other lots, and leaves as it was given", ErrActionImpossible, o.Cle)
	}
	g.sur(o, journal.Annuler, c)
	g.sur(&m, journal.Abandonner, journal.Champs{Motif: "Le lot de ce message est annulé."})
	return nil
}

func (s *Suivi) actionMessage(ctx context.Context, g *geste, o *journal.Objet, n NomAction, c journal.Champs) error {
	switch n {
	case ActionRenvoyer:
		c.Echeance = us(g.quand)
		if o.Etat == journal.Reserve {
			c.Attention = rien
			g.sur(o, journal.Noter, c)
			return nil
		}
		g.sur(o, journal.Renvoyer, c)
	case ActionAbandonner:
		g.sur(o, journal.Abandonner, c)
		lots, err := s.lotsDuMessage(ctx, o)
		if err != nil {
			return err
		}
		for i := range lots {
			g.si(&lots[i], journal.Epuiser, journal.Champs{Motif: "Son message est abandonné.", Auteur: c.Auteur})
		}
	default:
		s.vu(g, o, n, c)
	}
	return nil
}

// ActionsSur lists what is possible now on an object by its key, whether the synthesis lists it or not.
func (s *Suivi) ActionsSur(ctx context.Context, genre journal.Genre, cle string) ([]Action, error) {
	o, err := journal.Trouver(ctx, s.c.Journal, genre, cle)
	if err != nil || o.Version == 0 {
		return nil, err
	}
	return s.Actions(&o), nil
}

func (s *Suivi) actionReception(g *geste, o *journal.Objet, n NomAction, c journal.Champs) {
	switch n {
	case ActionRelire:
		c.Echeance = us(g.quand)
		g.sur(o, journal.Noter, c)
	case ActionClore:
		g.sur(o, journal.Clore, c)
	default:
		s.vu(g, o, n, c)
	}
}

func (s *Suivi) actionFacture(ctx context.Context, g *geste, o *journal.Objet, n NomAction, c journal.Champs,
	d Decision) error {
	switch n {
	case ActionAccepter: // it is another one, under another NIR
		return s.accepterAutreNIR(ctx, g, o, c)
	case ActionSansObjet:
		c.Mode = etats.ModeSansObjet
		if o.Etat == journal.Incomplet {
			g.sur(o, journal.Completer, c)
			return nil
		}
		c.Attention = rien
		g.sur(o, journal.Noter, c)
	case ActionRelier:
		return s.refacturer(ctx, g, o, d.Facture, c)
	case ActionClore:
		g.sur(o, journal.Clore, c)
	default:
		s.vu(g, o, n, c)
	}
	return nil
}
