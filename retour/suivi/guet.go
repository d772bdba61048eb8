package suivi

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// A piece that waits outside of any lot is looked at when the days to succeed have passed: whatever keeps it is told.

// guetMinimal is when a waiting piece is looked at under a profile without days to succeed.
const guetMinimal = 5 * 24 * time.Hour

// guet is when a piece that begins to wait now is looked at.
func (s *Suivi) guet(quand time.Time) int64 {
	t := s.cal.apres(quand, s.c.Profil.Delais.Succes)
	if t.IsZero() {
		t = quand.Add(guetMinimal)
	}
	return us(t)
}

// Attente is why a piece doesn't leave at once.
type Attente string

// What a piece waits for.
const (
	SansAttente      Attente = ""                 // it leaves with the next lot
	AttendARL        Attente = "arl-factures"     // the ARL+ of its invoice's lot
	AttendFacture    Attente = "facture-inconnue" // its invoice, which nobody deposited
	AttendDesignee   Attente = "sans-facture"     // to be told its invoice
	AttendRien       Attente = "non-demandee"     // no rule asks for it: it won't leave
	AttendRegle      Attente = "gardee"           // a rule keeps it
	AttendReprise    Attente = "lot-refuse"       // its invoice's lot to be made again
	AttendNulFacture Attente = "facture-close"    // its invoice is closed
	AttendRejetee    Attente = "facture-rejetee"  // nothing: it leaves, but its invoice is rejected and to be billed again
)

// Accueil is what becomes of a piece just deposited.
type Accueil struct {
	Attente Attente
	Phrase  string    // in French; "" when it leaves with the next lot
	DitLe   time.Time // when the synthesis tells it, if nothing comes; zero when it needn't, past when it does already
}

// accueil says what becomes of a piece, from what is known now.
func (s *Suivi) accueil(ctx context.Context, p *scor.Piece, lus *prelus) (Accueil, error) {
	o, err := lus.trouver(ctx, s.c.Journal, journal.Piece, p.ID)
	if err != nil || o.Etat != journal.Constitue {
		return Accueil{}, err
	}
	a, err := s.attente(ctx, &o, lus)
	a.DitLe = journal.Instant(o.Echeance)
	if a.Attente == SansAttente {
		a.DitLe = time.Time{}
	}
	if err == nil && (a.Attente == SansAttente || a.Attente == AttendARL) {
		var f journal.Objet
		if f, err = lus.factureActuelle(ctx, s.c.Journal, o.Parent); f.Etat == journal.Rejet {
			a.Attente, a.Phrase = AttendRejetee, "Sa facture est rejetée par la caisse : la refacturer, la pièce la suivra."
		}
	}
	return a, err
}

// attente is why a piece outside of any lot stays.
func (s *Suivi) attente(ctx context.Context, o *journal.Objet, lus *prelus) (Accueil, error) {
	if o.Parent == "" {
		return Accueil{Attente: AttendDesignee, Phrase: "Elle n'a pas de facture."}, nil
	}
	f, err := lus.factureActuelle(ctx, s.c.Journal, o.Parent)
	if err != nil {
		return Accueil{}, err
	}
	if f.Version == 0 {
		return s.factureInconnue(ctx, o)
	}
	if f.Etat == journal.Clos {
		return Accueil{Attente: AttendNulFacture, Phrase: "Sa facture est close."}, nil
	}
	l, err := lus.trouver(ctx, s.c.Journal, journal.LotFactures, f.Parent)
	if err != nil {
		return Accueil{}, err
	}
	switch {
	case l.Etat == journal.ARLPositif, etats.EnRoute(&l):
		a, err := s.regle(ctx, o, &l)
		if err == nil && a.Attente == SansAttente && l.Etat != journal.ARLPositif {
			a = Accueil{Attente: AttendARL, Phrase: "Elle partira à l'ARL+ du lot de sa facture."}
		}
		return a, err
	case l.Attention > 0: // the lot itself is told
		return Accueil{Attente: AttendReprise, Phrase: "Le lot de sa facture est à reprendre."}, nil
	}
	return Accueil{Attente: AttendReprise,
		Phrase: fmt.Sprintf("Le lot de sa facture est %s, et elle n'est pas refacturée.", l.Etat.Libelle())}, nil
}

// regle asks the rules whether the piece is to leave.
func (s *Suivi) regle(ctx context.Context, o, l *journal.Objet) (Accueil, error) {
	if s.c.Exigences == nil {
		return Accueil{}, nil
	}
	f, err := s.factureLue(ctx, l, o.Parent)
	if err != nil || f == nil {
		return Accueil{}, nil //nolint:nilerr // the round tells it
	}
	if !s.demandee(f, o.Nature) {
		return Accueil{Attente: AttendRien,
			Phrase: "Aucune règle ne demande cette pièce pour cette facture : elle ne sera pas transmise."}, nil
	}
	for _, e := range s.c.Exigences(f) {
		if e.Type == o.Nature && e.Decision == scor.NonTransmise {
			return Accueil{Attente: AttendRegle, Phrase: e.Motif}, nil
		}
	}
	return Accueil{}, nil
}

// factureInconnue names the invoices that the piece may be of: those that lack one, and whose number is one digit away.
func (s *Suivi) factureInconnue(ctx context.Context, o *journal.Objet) (Accueil, error) {
	a := Accueil{Attente: AttendFacture, Phrase: fmt.Sprintf("Sa facture %s n'a pas été déposée.", o.Parent)}
	const max, montrees = 500, 3
	var proches []string
	r := journal.Requete{Genre: journal.Facture, Etats: []journal.Etat{journal.Incomplet}, Limite: max}
	for f, err := range s.c.Journal.Chercher(ctx, r) {
		if err != nil {
			return a, err
		}
		if voisines(f.Cle, o.Parent) && len(proches) < montrees {
			proches = append(proches, f.Cle)
		}
	}
	if len(proches) > 0 {
		a.Phrase += " Peut-être est-elle de la facture " + strings.Join(proches, " ou ") + ", à qui il manque une pièce."
	}
	return a, nil
}

// voisines says that two keys differ by one digit, or by two that changed places.
func voisines(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	var ecarts []int
	for i := range len(a) {
		if a[i] != b[i] {
			ecarts = append(ecarts, i)
		}
	}
	switch len(ecarts) {
	case 1:
		return true
	case 2:
		i, j := ecarts[0], ecarts[1]
		return j == i+1 && a[i] == b[j] && a[j] == b[i]
	}
	return false
}

// etapePiece tells of a piece that waits and shouldn't, and takes it back once it needn't.
func (s *Suivi) etapePiece(ctx context.Context, o *journal.Objet, b *BilanRonde) error {
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	g := nouveauGeste(quand)
	if o.Etat != journal.Constitue || o.Mode == etats.ModeGarde {
		return s.ecrire(ctx, g.sur(o, journal.Noter, journal.Champs{Echeance: rien}))
	}
	a, err := s.attente(ctx, o, nil)
	if err != nil {
		return err
	}
	dite := o.Precis == etats.PrecisOrpheline && o.Attention > 0
	c := journal.Champs{Echeance: s.guet(quand)}
	switch a.Attente {
	case AttendFacture, AttendDesignee, AttendNulFacture, AttendReprise:
		if dite && o.Motif == a.Phrase || o.Attention > 0 && !dite {
			break
		}
		b.Echeances++
		c.Attention, c.Precis, c.Motif = journal.AFaire, etats.PrecisOrpheline, a.Phrase
	case SansAttente:
		// Its lot is accepted, and didn't take it: it is looked at again.
		if err := s.reveillerPiece(ctx, g, o.Parent); err != nil {
			return err
		}
		fallthrough
	default:
		if dite {
			c.Attention, c.Precis, c.Motif = rien, journal.Efface, journal.Efface
		}
	}
	return s.ecrire(ctx, g.sur(o, journal.Noter, c))
}
