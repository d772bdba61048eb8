package suivi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// lire reads a message received and makes the states follow it. Everything that it brings is one group of events.
func (s *Suivi) lire(ctx context.Context, o *journal.Objet) error {
	e, err := lireEmpreinte(o.Empreinte)
	if err != nil {
		return err
	}
	r, err := s.c.Coffre.Open(ctx, e)
	if err != nil {
		return err
	}
	defer r.Close()
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	l := &lecture{s: s, reception: o, g: nouveauGeste(quand), vus: map[journal.Ref]*journal.Objet{}}
	// What can't be read now may be read by a later version or with another key: it stays, and a person is told.
	cles, err := s.cles(ctx, quand)
	if err != nil {
		return err
	}
	recu, retours, err := s.retoursDe(ctx, o, r, cles)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, transport.ErrCleIndisponible) {
		return s.differer(ctx, o, quand, err, panneCarte)
	}
	if recu != nil && recu.Chiffre && err == nil {
		if err := s.reprendre(ctx, cleCarte, quand); err != nil {
			return err
		}
	}
	l.recu = recu
	for _, x := range retours {
		if e := l.retour(ctx, x); e != nil {
			return e
		}
	}
	c := journal.Champs{Nature: strings.Join(l.natures, " "), Motif: strings.Join(l.remarques, " "),
		Nombre: int64(l.effets)}
	t := journal.Traiter
	if err != nil {
		c.Motif = strings.TrimSpace(c.Motif + " Le message n'a pas pu être lu entièrement : " + causeLecture(err))
		t = journal.Ignorer
	} else if l.inconnu {
		t = journal.Ignorer
	} else if l.etranger && l.effets == 0 {
		c.Mode = modeEtranger
	}
	if recu != nil {
		c.MessageID = recu.ID
	}
	if c.Motif == "" {
		c.Motif = journal.Efface
	}
	if l.aVoir {
		c.Attention = journal.AVoir
	}
	if !l.g.si(o, t, c) { // read again
		c.Echeance = rien
		switch {
		case t == journal.Ignorer:
			c.Attention = journal.AFaire
		case !l.aVoir:
			c.Attention = rien
		}
		l.g.sur(o, journal.Noter, c)
	}
	return s.ecrire(ctx, l.g)
}

// retoursDe reads what a reception says: a mail, or a return that the host read itself.
func (s *Suivi) retoursDe(ctx context.Context, o *journal.Objet, r io.Reader, cles []transport.Cle) (*transport.Recu,
	[]retour.Retour, error) {
	if o.Mode == modeDepose {
		retours, err := decoderRetour(r)
		return nil, retours, err
	}
	recu, err := transport.Open(ctx, r, cles)
	if err != nil {
		return nil, nil, err
	}
	retours, err := retour.Parse(ctx, recu, s.c.Profil)
	return recu, retours, err
}

func causeLecture(err error) string {
	switch {
	case errors.Is(err, transport.ErrSansCle):
		return "aucune clé ne l'ouvre."
	case errors.Is(err, transport.ErrTropGrand), errors.Is(err, retour.ErrTropGrand):
		return "il est trop grand."
	case errors.Is(err, lot.ErrSens):
		return "son code n'est pas dans les codes_retour du profil, et rien d'autre ne dit s'il accepte."
	case errors.Is(err, scor.ErrFormat):
		return "sa disposition n'est pas celle du profil."
	}
	return "il est mal formé."
}

// lecture gathers what one message received changes.
type lecture struct {
	s         *Suivi
	reception *journal.Objet
	g         *geste
	vus       map[journal.Ref]*journal.Objet
	natures   []string
	lignesRSP map[int][]byte // what a NOEMIE return says of each invoice, by the rank of its first entity
	remarques []string
	effets    int
	inconnu   bool
	recu      *transport.Recu
	etranger  bool                      // it has nothing to do with what was sent
	parJour   map[int64][]journal.Objet // invoices' lots
	inconnues []string                  // invoices
	aVoir     bool                      // something that it says concerns nothing that the journal knows
}

// objet gives an object with what this message already changed of it.
func (l *lecture) objet(ctx context.Context, g journal.Genre, cle string) (*journal.Objet, error) {
	r := journal.Ref{Genre: g, Cle: cle}
	if o, ok := l.vus[r]; ok {
		return o, nil
	}
	o, err := journal.Trouver(ctx, l.s.c.Journal, g, cle)
	if err != nil {
		return nil, err
	}
	l.vus[r] = &o
	return &o, nil
}

// faire adds an event if it changes something, and keeps the object's image up to date for what follows.
func (l *lecture) faire(o *journal.Objet, t journal.Type, c journal.Champs) bool {
	c.Source = l.reception.Cle
	if !l.g.si(o, t, c) {
		return false
	}
	l.effets++
	e := l.g.evs[len(l.g.evs)-1]
	// Guards that need other objects are checked when the group is written; the fold here needs the state alone.
	if apres, err := journal.Plier(*o, &e, nil, nil); err == nil {
		*o = apres
	} else {
		o.Version = e.Version
	}
	return true
}

func (l *lecture) remarque(format string, a ...any) {
	l.remarques = append(l.remarques, fmt.Sprintf(format, a...))
}

func (l *lecture) retour(ctx context.Context, x retour.Retour) error {
	l.natures = append(l.natures, x.Sorte())
	switch x := x.(type) {
	case *retour.ARL:
		return l.arl(ctx, x)
	case *retour.MdS:
		return l.mds(ctx, x)
	case *retour.ANR:
		return l.anr(ctx, x)
	case *retour.RSP:
		return l.rsp(ctx, x)
	}
	l.remarque("Message reçu que le profil ne reconnaît pas.")
	if inconnu, ok := x.(*retour.Inconnu); ok && l.sansRapport(ctx, inconnu) {
		l.etranger = true
		return nil
	}
	l.inconnu = true
	return nil
}

func (l *lecture) arl(ctx context.Context, a *retour.ARL) error {
	if a.Lot == (lot.Cle{}) || a.Lot.Date.IsZero() {
		if fait, err := l.arlSansLot(ctx, a); fait || err != nil {
			return err
		}
	}
	return l.arlDeLot(ctx, a)
}

func (l *lecture) arlDeLot(ctx context.Context, a *retour.ARL) error {
	o, err := l.lotDeARL(ctx, a)
	if err != nil {
		return err
	}
	if o == nil {
		l.inconnu = true
		l.remarque("Accusé de réception d'un lot que ce journal ne connaît pas.")
		return l.direAncien(ctx, a)
	}
	// The second copy of a lot, refused for no other reason than the first one being there: that one's ARL was lost.
	if code, connu := l.s.c.Profil.Code(a.Code); !a.Positif && connu && code.Severite == scor.Information && o.Essais > 1 {
		b := *a
		b.Positif = true
		a = &b
	}
	t := journal.RecevoirARLNegatif
	if a.Positif {
		t = journal.RecevoirARLPositif
	}
	c := journal.Champs{Code: a.Code, Motif: l.libelle(a.Code, a.Libelle)}
	if !a.Positif && a.Facture != 0 {
		c.Motif = strings.TrimSpace(fmt.Sprintf("%s (facture %09d en cause)", c.Motif, a.Facture))
	}
	if a.Positif {
		l.champsAccepte(o, &c)
	}
	avant := o.Etat
	if o.Genre == journal.LotFactures && a.Positif {
		if err := l.refacturees(ctx, o, &c); err != nil {
			return err
		}
	}
	fait := l.faire(o, t, c)
	if !fait {
		l.remarque("Déjà connu : sans effet.")
	}
	if o.Genre == journal.LotFactures {
		l.piecesHorsSujet(o, a)
		return nil
	}
	if !fait || o.Etat == avant {
		return l.apresCoup(ctx, o, a)
	}
	return l.arlPieces(ctx, o, a)
}

// libelle is what the profile says of a code, else what the caisse says.
func (l *lecture) libelle(code, caisse string) string {
	if c, ok := l.s.c.Profil.Code(code); ok {
		return c.Libelle
	}
	if caisse = masquer(strings.TrimSpace(caisse)); caisse == "" && code != "" {
		return "code " + masquer(code)
	}
	const max = 200 // of a text that anybody may have written, the journal keeps the beginning; the whole is in the Coffre
	if r := []rune(caisse); len(r) > max {
		return string(r[:max])
	}
	return caisse
}

// lotDeARL finds the lot that an ARL speaks of: by its number and date, and, where the ARL tells, by the message that
// carried it.
func (l *lecture) lotDeARL(ctx context.Context, a *retour.ARL) (*journal.Objet, error) {
	var message *journal.Objet
	if a.Compostage != "" {
		m, err := l.objet(ctx, journal.Message, a.Compostage)
		if err != nil {
			return nil, err
		}
		if m.Version > 0 {
			message = m
		}
	}
	flux := a.Flux
	if flux == "" && message != nil {
		flux = map[string]string{natureFactures: scor.FluxFactures, naturePieces: scor.FluxPieces}[message.Nature]
	}
	var candidats []*journal.Objet
	if flux != scor.FluxFactures {
		o, err := l.objet(ctx, journal.LotScor, cleLotScor(a.Lot))
		if err != nil {
			return nil, err
		}
		if o.Version > 0 && memeMessage(o, message) {
			candidats = append(candidats, o)
		}
	}
	if flux != scor.FluxPieces {
		emetteur := a.Emetteur
		if emetteur == "" {
			emetteur = l.s.c.Emetteur.Numero // an ARL that doesn't name the sender came to this sender's mailbox
		}
		o, err := l.objet(ctx, journal.LotFactures, cleLot(fse.CleLot{Emetteur: neuf(emetteur), Numero: a.Lot.Numero,
			Date: a.Lot.Date}))
		if err != nil {
			return nil, err
		}
		if o.Version > 0 && memeMessage(o, message) {
			candidats = append(candidats, o)
		}
	}
	switch len(candidats) {
	case 1:
		return candidats[0], nil
	case 2: // nothing tells a lot of invoices from one of pieces, but that only one waits
		return l.attendu(candidats), nil
	}
	if message == nil {
		return nil, nil
	}
	// The message is ours: the lot is one of its own, told by its number, or alone.
	lots, err := l.s.lotsDuMessage(ctx, message)
	if err != nil {
		return nil, err
	}
	for i := range lots {
		if len(lots) == 1 || numeroDeLot(&lots[i]) == a.Lot.Numero {
			return l.objet(ctx, lots[i].Genre, lots[i].Cle)
		}
	}
	return nil, nil
}

// attendu is the lot that waits for an answer; nil when several do: a person has to tell.
func (l *lecture) attendu(lots []*journal.Objet) (a *journal.Objet) {
	for _, o := range lots {
		if !etats.EnRoute(o) && o.Etat != journal.LimiteEssais && o.Etat != journal.MdS {
			continue
		}
		if a != nil {
			l.remarque("Deux lots de ce numéro et de ce jour attendent une réponse.")
			return nil
		}
		a = o
	}
	if a == nil {
		return lots[0]
	}
	return a
}

func existant(o *journal.Objet) *journal.Objet {
	if o == nil || o.Version == 0 {
		return nil
	}
	return o
}

func memeMessage(o, message *journal.Objet) bool {
	return message == nil || o.Dans == "" || o.Dans == message.Cle
}

// neuf is the 9-digit number of a lot's sender out of the 14 of record 000, where it is filled with zeros.
func neuf(emetteur string) string {
	if len(emetteur) == 14 {
		return emetteur[5:]
	}
	return emetteur
}

func numeroDeLot(o *journal.Objet) int {
	if o.Genre == journal.LotScor {
		c, _ := lireCleLotScor(o.Cle)
		return c.Numero
	}
	c, _ := lireCleLot(o.Cle)
	return c.Numero
}

// messageNomme finds the message that an MdS or an ANR speaks of.
func (l *lecture) messageNomme(ctx context.Context, compostage, id string) (*journal.Objet, error) {
	if compostage == "" {
		compostage, _, _ = strings.Cut(id, "@")
	}
	if compostage == "" {
		return nil, nil
	}
	m, err := l.objet(ctx, journal.Message, compostage)
	if err != nil {
		return nil, err
	}
	return existant(m), nil
}

// mds: the frontal couldn't hand the message to the business layer. A code of mere warning (service down for now) has
// the same message sent again; another dissolves its lots, which a person, or the profile's choice, makes anew.
func (l *lecture) mds(ctx context.Context, x *retour.MdS) error {
	m, err := l.messageNomme(ctx, x.Compostage, x.MessageID)
	if err != nil {
		return err
	}
	if m == nil {
		l.inconnu = true
		l.remarque("Message de service qui ne désigne aucun message connu.")
		return nil
	}
	code, connu := l.s.c.Profil.Code(x.Code)
	motif := l.libelle(x.Code, x.Texte)
	if connu && (code.Severite == scor.Alerte || code.Severite == scor.Information) {
		return l.renvoyer(ctx, m, journal.Champs{Code: x.Code, Motif: motif})
	}
	lots, err := l.s.lotsDuMessage(ctx, m)
	if err != nil {
		return err
	}
	for i := range lots {
		o, err := l.objet(ctx, lots[i].Genre, lots[i].Cle)
		if err != nil {
			return err
		}
		if !l.faire(o, journal.RecevoirMdS, journal.Champs{Code: x.Code, Motif: motif}) {
			l.remarque("Lot %s : sans effet.", o.Cle)
			continue
		}
	}
	return nil
}

// anr: the mail system gave up. The same file goes again under the same identity, within the limit.
func (l *lecture) anr(ctx context.Context, x *retour.ANR) error {
	m, err := l.messageDeANR(ctx, x)
	if err != nil {
		return err
	}
	if m == nil {
		l.inconnu = true
		l.remarque("Avis de non-remise qui ne désigne aucun message connu.")
		return nil
	}
	if !x.Definitif {
		l.remarque("La messagerie essaie encore.")
		return nil
	}
	if x.Douteux {
		l.aVoir = true
		l.remarque("Un avis de non-remise répond au message %s, sans montrer qu'il est de lui : il n'est pas renvoyé pour "+
			"autant.", m.Cle)
		return nil
	}
	return l.renvoyer(ctx, m, journal.Champs{Code: x.Code, Motif: "Le message n'a pas été remis au frontal."})
}

// messageDeANR finds the message of a notice by its envelope's identifier, which relays don't rewrite, then by its
// Message-ID.
func (l *lecture) messageDeANR(ctx context.Context, x *retour.ANR) (*journal.Objet, error) {
	if x.EnveloppeID != "" {
		if m, err := l.messageNomme(ctx, x.EnveloppeID, ""); err != nil || m != nil {
			return m, err
		}
	}
	return l.messageNomme(ctx, "", x.MessageID)
}

// renvoyer has a message sent again as it is, because of an ANR or of a passing trouble of the frontal.
func (l *lecture) renvoyer(ctx context.Context, m *journal.Objet, c journal.Champs) error {
	lots, err := l.s.lotsDuMessage(ctx, m)
	if err != nil {
		return err
	}
	attendus := 0
	limite := int64(0)
	for i := range lots {
		o, err := l.objet(ctx, lots[i].Genre, lots[i].Cle)
		if err != nil {
			return err
		}
		if etats.EnRoute(o) && o.Limite > 0 && (limite == 0 || o.Limite < limite) {
			limite = o.Limite
		}
		cl := c
		cl.Echeance = o.Limite // whatever becomes of the message, the days to succeed end
		if l.faire(o, journal.RecevoirANR, cl) {
			attendus++
		}
	}
	if attendus == 0 {
		l.remarque("Sans effet : les lots ont déjà leur réponse, ou le message repart déjà.")
		return nil
	}
	l.faire(m, journal.Renvoyer, journal.Champs{Echeance: us(prochainRenvoi(l.g.quand, m.Essais, limite)), Code: c.Code,
		Motif: c.Motif})
	return nil
}
