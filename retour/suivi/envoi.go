package suivi

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// The way of a message out: reserver (its identity) → composer (its exact bytes are in the Coffre) → tenter → remettre.
// Each is in the journal before the next begins, so that after a crash the same bytes go under the same Message-ID, and
// no others.

// composer makes the bytes of a message whose identity is taken.
func (s *Suivi) composer(ctx context.Context, m *journal.Objet) error {
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	signe := len(s.c.Signataires) > 0
	if signe {
		if fin, err := s.enPause(ctx, cleCarte, quand); err != nil || !fin.IsZero() {
			if err == nil {
				err = s.differer(ctx, m, quand, errEnPause, panneCarte)
			}
			return err
		}
	}
	msg, err := s.messageAvecAnnuaire(ctx, m, quand)
	if err != nil {
		return err
	}
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(transport.Composer(pw, msg)) }()
	e, n, err := s.c.Coffre.Deposer(ctx, pr)
	pr.CloseWithError(err)
	if errors.Is(err, transport.ErrCleIndisponible) {
		return s.differer(ctx, m, quand, err, panneCarte)
	}
	if err != nil {
		return fmt.Errorf("suivi: composing message %s: %w", m.Cle, err)
	}
	if signe {
		if err := s.reprendre(ctx, cleCarte, quand); err != nil {
			return err
		}
	}
	if quand, err = s.maintenant(ctx); err != nil {
		return err
	}
	return s.ecrire(ctx, nouveauGeste(quand).sur(m, journal.Composer, journal.Champs{Empreinte: hex.EncodeToString(e[:]),
		Octets: n, Sujet: msg.Sujet, Echeance: us(quand), Motif: journal.Efface}))
}

func (s *Suivi) message(ctx context.Context, m *journal.Objet) (*transport.Message, error) {
	msg := &transport.Message{De: s.c.Emetteur.Adresse, A: []string{m.Adresse}, ID: m.MessageID, Date: m.Cree}
	var err error
	format := &s.c.Profil.Message.Enveloppe
	if m.Nature == natureFactures {
		format = &s.c.Profil.Factures.Enveloppe
		err = s.messageFactures(ctx, m, msg)
	} else {
		var f *lot.Fichier
		if f, err = s.fichier(ctx, m); err == nil {
			err = s.messagePieces(f, m, msg)
		}
	}
	if err != nil {
		return nil, err
	}
	msg.Enveloppe, err = s.enveloppe(ctx, format, m.Adresse)
	return msg, err
}

func (s *Suivi) enveloppe(ctx context.Context, f *scor.FormatEnveloppe, adresse string) (transport.Enveloppe, error) {
	e := transport.Enveloppe{Chiffrement: f.Chiffrement, TransportCle: f.TransportCle,
		MultipartExterne: f.MultipartExterne, DescriptionExterne: f.DescriptionExterne, XSVChiffrement: f.XSVChiffrement,
		LigneBase64: f.LigneBase64, Rand: s.c.Rand, Signataires: s.c.Signataires}
	if f.Chiffrement == "" || f.Chiffrement == "aucun" {
		return e, nil
	}
	if s.c.Annuaire == nil {
		return e, fmt.Errorf("%w: the profile encrypts, and Annuaire is missing", ErrConfig)
	}
	certificats, err := s.c.Annuaire.Certificats(ctx, adresse)
	if err != nil {
		return e, &fauteAnnuaire{adresse, err}
	}
	if len(certificats) == 0 {
		return e, &fauteAnnuaire{adresse, errSansCertificat}
	}
	e.Certificats = certificats[:1]
	return e, nil
}

func (s *Suivi) messagePieces(f *lot.Fichier, m *journal.Objet, msg *transport.Message) error {
	l, err := f.Message(s.c.Profil, m.Cle)
	if err != nil {
		return err
	}
	msg.Sujet, msg.Entetes = l.Sujet, l.Entetes
	if l.Adresse != "" {
		msg.A = []string{l.Adresse}
	}
	for _, p := range l.Parties {
		msg.Parties = append(msg.Parties, transport.Partie(p))
	}
	return nil
}

// messageFactures is the public IRIS/B2 mail: IR<version>/<émetteur>/<compostage>/<nombre de factures>, one part
// IRIS/B2 or IRIS/B2/Z.
func (s *Suivi) messageFactures(ctx context.Context, m *journal.Objet, msg *transport.Message) error {
	e, err := lireEmpreinte(m.Source)
	if err != nil {
		return err
	}
	f := &s.c.Profil.Factures
	msg.Sujet = fmt.Sprintf("IR%s/%s/%s/%05d", f.Version, m.Precis, m.Cle, m.Nombre)
	p := transport.Partie{Type: transport.TypeEDI, Description: "IRIS/B2", Gzip: f.Compression,
		Open: func() (io.ReadCloser, error) { return s.ouvrirDocument(context.WithoutCancel(ctx), e) }}
	if f.Test {
		p.Description = "IRISTEST/B2"
	}
	if f.Compression {
		p.Description += "/Z"
	}
	msg.Parties = []transport.Partie{p}
	return nil
}

// envoyer hands a composed message to the relay, and tells whether the relay took it.
func (s *Suivi) envoyer(ctx context.Context, m *journal.Objet) (bool, error) {
	if s.c.Expediteur == nil {
		return false, nil
	}
	lots, err := s.lotsDuMessage(ctx, m)
	if err != nil {
		return false, err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return false, err
	}
	if utile, err := s.encoreUtile(ctx, m, lots, quand); err != nil || !utile {
		return false, err
	}
	if fin, err := s.enPause(ctx, cleFile, quand); err != nil || !fin.IsZero() {
		if err == nil {
			err = s.attendre(ctx, m, quand, fin)
		}
		return false, err
	}
	g := nouveauGeste(quand)
	reprise := us(quand.Add(s.c.Bail))
	g.sur(m, journal.Tenter, journal.Champs{Premier: premier(m, quand), Echeance: reprise})
	for i := range lots {
		if l := &lots[i]; l.Premier == 0 && etats.EnRoute(l) {
			// The five days to succeed begin with the first attempt.
			limite := us(s.cal.apres(quand, s.c.Profil.Delais.Succes))
			g.sur(l, journal.Noter, journal.Champs{Premier: us(quand), Limite: limite, Echeance: limite})
			l.Version++
			l.Premier, l.Limite = us(quand), limite
		}
	}
	if err := s.ecrire(ctx, g); err != nil {
		return false, err
	}
	m.Version++
	preuve, err := s.transporter(ctx, m)
	apres, errHeure := s.maintenant(context.WithoutCancel(ctx))
	if errHeure != nil {
		return false, errors.Join(err, errHeure)
	}
	m.Etat = journal.EnEnvoi
	// The relay's answer is recorded even when the caller gives up now.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		return false, errors.Join(s.echec(ctx, m, apres, err), &echecEnvoi{err})
	}
	return true, errors.Join(s.remis(ctx, m, apres, preuve), s.reprendre(ctx, cleFile, apres))
}

// echecEnvoi is a failure of the relay, already in the journal.
type echecEnvoi struct{ err error }

func (e *echecEnvoi) Error() string { return e.err.Error() }
func (e *echecEnvoi) Unwrap() error { return e.err }

func premier(m *journal.Objet, quand time.Time) int64 {
	if m.Premier != 0 {
		return 0
	}
	return us(quand)
}

func (s *Suivi) transporter(ctx context.Context, m *journal.Objet) (transport.Preuve, error) {
	e, err := lireEmpreinte(m.Empreinte)
	if err != nil {
		return transport.Preuve{}, err
	}
	// The relay must not be waited for longer than the lease: another worker would begin too.
	ctx, fin := context.WithTimeout(ctx, s.c.Bail*4/5)
	defer fin()
	ctx, terminer := s.operer(ctx, "envoi", m.Ref())
	p, err := s.c.Expediteur.Envoyer(ctx, transport.Envoi{De: s.c.Emetteur.Adresse, A: []string{m.Adresse},
		MessageID: m.MessageID, EnveloppeID: m.Cle, Taille: m.Octets, Contenu: func() (io.ReadCloser, error) {
			r, err := s.c.Coffre.Open(ctx, e)
			if err != nil {
				return nil, err
			}
			return s.suivreOctets(ctx, "envoi", m, r), nil
		}})
	terminer(err)
	return p, err
}

// lotsDuMessage gives the lots that a message carries.
func (s *Suivi) lotsDuMessage(ctx context.Context, m *journal.Objet) ([]journal.Objet, error) {
	genre := journal.LotScor
	if m.Nature == natureFactures {
		genre = journal.LotFactures
	}
	var l []journal.Objet
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: genre, Dans: m.Cle}) {
		if err != nil {
			return nil, err
		}
		l = append(l, o)
	}
	return l, nil
}

// encoreUtile abandons a message none of whose lots waits for it any more: accepted already, dissolved, on paper. If
// only some are dissolved, it doesn't leave either: what they held went, or will go, another way. A person decides of
// the others.
func (s *Suivi) encoreUtile(ctx context.Context, m *journal.Objet, lots []journal.Objet, quand time.Time) (bool,
	error) {
	attendu, dissous := false, false
	for i := range lots {
		attendu = attendu || etats.EnRoute(&lots[i])
		dissous = dissous || etats.Dissous(&lots[i])
	}
	if attendu && !dissous {
		return true, nil
	}
	g := nouveauGeste(quand).sur(m, journal.Abandonner,
		journal.Champs{Motif: "Les lots de ce message ne l'attendent plus."})
	for i := range lots {
		if etats.EnRoute(&lots[i]) {
			g.sur(&lots[i], journal.Epuiser,
				journal.Champs{Motif: "Le même message porte un lot refait autrement : il ne repart pas."})
		}
	}
	return false, s.ecrire(ctx, g)
}

func (s *Suivi) remis(ctx context.Context, m *journal.Objet, quand time.Time, p transport.Preuve) error {
	if p.Quand.IsZero() {
		p.Quand = quand
	}
	for {
		lots, err := s.lotsDuMessage(ctx, m)
		if err != nil {
			return err
		}
		g := nouveauGeste(quand)
		g.sur(m, journal.Remettre, journal.Champs{Relais: p.Relais, Reponse: fmt.Sprintf("%d %s", p.Code, p.Reponse)})
		for i := range lots {
			l := &lots[i]
			c := journal.Champs{Echeance: us(s.echeanceReponse(l, quand))}
			if l.Premier == 0 {
				c.Premier = us(quand)
			}
			g.si(l, journal.Transmettre, c)
		}
		err = s.ecrire(ctx, g)
		if !errors.Is(err, journal.ErrConflit) {
			return err
		}
		// An answer came in between and moved a lot: the proof of sending is recorded beside it. If it's the message itself
		// that moved, another worker took over after the lease.
		n, err := journal.Trouver(ctx, s.c.Journal, journal.Message, m.Cle)
		if err != nil {
			return err
		}
		if n.Version != m.Version {
			return journal.ErrConflit
		}
	}
}

// echeanceReponse is when the lot is looked at after its message left: when the answer should have come, or when its
// silence is to be told, and never after the limit of the attempts.
func (s *Suivi) echeanceReponse(l *journal.Objet, quand time.Time) time.Time {
	t := s.cal.apres(quand, s.c.Profil.Delais.Reponse)
	if a := alerte(l); l.Limite > 0 && quand.Before(a) && t.After(a) {
		t = a
	}
	if l.Limite > 0 && (t.IsZero() || us(t) > l.Limite) {
		return journal.Instant(l.Limite)
	}
	return t
}

// attente between two attempts: one minute, doubled each time, at most an hour.
func attente(tentatives int64) time.Duration {
	return min(time.Hour, time.Minute<<min(tentatives, 10))
}

// prochainRenvoi is when a message that came back leaves again: the first time soon, then later and later, for what
// keeps it from arriving may last, and the transmissions are few; never past the limit of the attempts.
func prochainRenvoi(quand time.Time, essais, limite int64) time.Time {
	d := attente(0)
	for i := int64(1); i < essais && d < 24*time.Hour; i++ {
		d *= 60
	}
	d = min(d, 24*time.Hour)
	if limite > 0 {
		d = max(0, min(d, journal.Instant(limite).Sub(quand)/2))
	}
	return quand.Add(d)
}

func (s *Suivi) echec(ctx context.Context, m *journal.Objet, quand time.Time, cause error) error {
	c := journal.Champs{Motif: motifEnvoi(cause), Code: journal.Efface}
	var ee *transport.ErreurEnvoi
	if errors.As(cause, &ee) {
		c.Relais = ee.Relais
		if ee.Code != 0 {
			c.Code, c.Reponse = fmt.Sprint(ee.Code), ee.Reponse
		}
		if ee.Refuse() {
			return s.ecrire(ctx, nouveauGeste(quand).sur(m, journal.Refuser, c))
		}
		if f := ee.DeQui(); !ee.Incertain && !f.DuMessage() && f != transport.FauteLocale {
			fin, err := s.pauseRelais(ctx, quand, ee)
			c.Echeance = us(fin)
			return errors.Join(err, s.ecrire(ctx, nouveauGeste(quand).sur(m, journal.Echouer, c)))
		}
	}
	c.Echeance = us(quand.Add(attente(m.Tentatives)))
	return s.ecrire(ctx, nouveauGeste(quand).sur(m, journal.Echouer, c))
}

func motifEnvoi(err error) string {
	var ee *transport.ErreurEnvoi
	if !errors.As(err, &ee) {
		return "Le message n'a pas pu être lu ou envoyé."
	}
	switch {
	case ee.Refuse():
		return "Le relais de messagerie refuse le message."
	case ee.Definitive:
		return "Envoi suspendu : " + ee.DeQui().Libelle() + "."
	case ee.Incertain:
		return "La connexion s'est rompue avant la réponse du relais : le même message repartira."
	case ee.Code != 0:
		return "Le relais de messagerie demande d'attendre."
	}
	return "Le relais de messagerie ne répond pas."
}
