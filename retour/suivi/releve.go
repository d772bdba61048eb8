package suivi

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// relever takes what is in the mailboxes: the bytes to the Coffre, their digest to the journal, then only is the
// message dropped from the mailbox. The same bytes again are known by their digest, whatever name the mailbox gives
// them.
func (s *Suivi) relever(ctx context.Context, b *BilanRonde) error {
	var errs error
	for i, boite := range s.c.Boites {
		if err := s.releverSeul(ctx, i, boite, b); err != nil {
			errs = errors.Join(errs, &ErreurObjet{journal.Cabinet, cleBoite(i), fmt.Errorf("suivi: mailbox: %w", err)})
		}
	}
	return errs
}

func cleBoite(i int) string { return fmt.Sprintf("boite/%d", i) }

// jamais is an Echeance that the rounds don't reach: the object is there to be leased by its name.
var jamais = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// releverSeul reads a mailbox if no other worker is at it: a POP3 mailbox has one session at a time.
func (s *Suivi) releverSeul(ctx context.Context, i int, boite transport.Boite, b *BilanRonde) error {
	ref := journal.Ref{Genre: journal.Cabinet, Cle: cleBoite(i)}
	prise := journal.Prise{Genre: ref.Genre, Cle: ref.Cle, Maintenant: jamais, Nombre: 1, Titulaire: s.c.Titulaire,
		Duree: s.c.Bail}
	l, err := s.c.Journal.Prendre(ctx, prise)
	if err == nil && len(l) == 0 {
		var o journal.Objet
		if o, err = journal.Trouver(ctx, s.c.Journal, ref.Genre, ref.Cle); err != nil || o.Version > 0 {
			return err // another worker has it
		}
		var quand time.Time
		if quand, err = s.maintenant(ctx); err != nil {
			return err
		}
		err = s.c.Journal.Ajouter(ctx, nouveauGeste(quand).nouveau(ref.Genre, ref.Cle, journal.Noter,
			journal.Champs{Echeance: us(jamais)}).evs)
		if err != nil && !errors.Is(err, journal.ErrConflit) {
			return err
		}
		if l, err = s.c.Journal.Prendre(ctx, prise); err == nil && len(l) == 0 {
			return nil
		}
	}
	if err != nil {
		return err
	}
	octx, fin := s.operer(ctx, "boite", ref)
	x, err := transport.Relever(octx, boite, &releveJournal{s})
	fin(err)
	if ctx.Err() == nil && !disquePlein(err) {
		// One that gave a message answers, whatever becomes of the message.
		err = errors.Join(err, s.noterBoite(ctx, i, err != nil && x == (transport.BilanReleve{})))
	}
	b.Recus += x.Pris
	b.Laisses += x.Laisses
	return errors.Join(err, s.c.Journal.Rendre(context.WithoutCancel(ctx), s.c.Titulaire, ref))
}

// releveJournal is the journal as the memory of a mailbox's reader. A message is known by its bytes: what is kept under
// the digest is the message, whatever account and identifier it came by.
type releveJournal struct{ s *Suivi }

var _ transport.Releve = (*releveJournal)(nil)

func cleReception(i transport.Identite) string { return hex.EncodeToString(i.Empreinte[:]) }

// Connu implements transport.Releve.
func (r *releveJournal) Connu(ctx context.Context, i transport.Identite) (bool, error) {
	o, err := journal.Trouver(ctx, r.s.c.Journal, journal.Reception, cleReception(i))
	return o.Version > 0, err
}

// Prendre implements transport.Releve: what answers another sender stays in the mailbox, which that sender reads too.
func (r *releveJournal) Prendre(ctx context.Context, m *transport.MessageReleve) (transport.Verdict, error) {
	if autre, err := r.s.pourUnAutre(ctx, m); err != nil || autre {
		return transport.Laisser, err
	}
	return transport.Garder, r.garder(ctx, m)
}

// Ecarter implements transport.Releve: a message that can't be read is kept like the others, and a person is told when
// it is read.
func (r *releveJournal) Ecarter(ctx context.Context, m *transport.MessageReleve, _ error) error {
	return r.garder(ctx, m)
}

func (r *releveJournal) garder(ctx context.Context, m *transport.MessageReleve) error {
	return r.s.recevoir(ctx, m.Contenu(), m.ID, "")
}

// lectureMax bounds the messages that are looked into before they are taken: answers are small.
const lectureMax = 1 << 20

// pourUnAutre says that a message answers lots of another sender, and nothing that this journal knows.
func (s *Suivi) pourUnAutre(ctx context.Context, m *transport.MessageReleve) (bool, error) {
	if m.Taille > lectureMax {
		return false, nil
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return false, err
	}
	cles, err := s.cles(ctx, quand)
	if err != nil {
		return false, err
	}
	recu, err := transport.Open(ctx, m.Contenu(), cles)
	var retours []retour.Retour
	if err == nil {
		retours, err = retour.Parse(ctx, recu, s.c.Profil)
	}
	if errors.Is(err, transport.ErrCleIndisponible) && ctx.Err() == nil {
		// Whose it is will be known once the card answers: it stays until then.
		if !errors.Is(err, errEnPause) {
			_, err = s.pause(ctx, quand, panneCarte)
			return true, err
		}
		return true, nil
	}
	if err != nil || len(retours) == 0 { // it is kept, and told
		return false, ctx.Err()
	}
	l := s.decider(ctx, nouveauGeste(time.Time{}))
	for _, x := range retours {
		autre, err := l.autreEmetteur(ctx, x)
		if err != nil || !autre {
			return false, err
		}
	}
	return true, nil
}

// autreEmetteur says that a return names another sender, and no lot or message of this journal.
func (l *lecture) autreEmetteur(ctx context.Context, x retour.Retour) (bool, error) {
	a, ok := x.(*retour.ARL)
	if !ok || a.Emetteur == "" || neuf(a.Emetteur) == neuf(l.s.c.Emetteur.Numero) {
		return false, nil
	}
	o, err := l.lotDeARL(ctx, a)
	return o == nil, err
}

// modeEtranger marks a message received that has nothing to do with what was sent: kept, counted, and nobody is asked.
const modeEtranger = "etranger"

// sansRapport says that an unknown message carries nothing of the business, answers nothing that was sent, and comes
// from nowhere that something was sent to: an advertisement, a reply of somebody away.
func (l *lecture) sansRapport(ctx context.Context, x *retour.Inconnu) bool {
	for _, t := range x.Types {
		if strings.HasPrefix(t, "application/") || strings.HasPrefix(t, "message/") {
			return false
		}
	}
	if l.recu == nil || l.recu.Chiffre {
		return false
	}
	if automatique(l.recu) {
		return true
	}
	for _, id := range l.recu.EnReponseA {
		if m, err := l.messageNomme(ctx, "", id); err != nil || m != nil {
			return false
		}
	}
	_, domaine, _ := strings.Cut(strings.ToLower(l.recu.De), "@")
	return !strings.HasSuffix(domaine, ".rss.fr") && !l.destinataire(ctx, domaine)
}

// automatique: RFC 3834, and what mailing lists and answering machines write.
func automatique(r *transport.Recu) bool {
	if a := strings.ToLower(r.Entetes.Get("Auto-Submitted")); a != "" && a != "no" {
		return true
	}
	switch strings.ToLower(r.Entetes.Get("Precedence")) {
	case "bulk", "list", "junk", "auto_reply":
		return true
	}
	return r.Entetes.Get("List-Id") != "" || r.Entetes.Get("List-Unsubscribe") != "" || r.Entetes.Get("X-Autoreply") != ""
}

// destinataire says that one of the last messages went to that domain.
func (l *lecture) destinataire(ctx context.Context, domaine string) bool {
	const derniers = 50
	r := journal.Requete{Genre: journal.Message, Etats: []journal.Etat{journal.Transmis}, Limite: derniers}
	for o, err := range l.s.c.Journal.Chercher(ctx, r) {
		if err != nil {
			return true // better shown than lost
		}
		if _, d, _ := strings.Cut(strings.ToLower(o.Adresse), "@"); d == domaine {
			return true
		}
	}
	return false
}
