package suivi

import (
	"context"
	"errors"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// A journal put back from a backup doesn't know what left since, and would give its numbers again. It is seen by its
// anchors, by what the store keeps beside its file (sqlite.ErrAncien), or by an answer to a lot of pieces that it
// doesn't know. Going on with it is an act of its own, which skips the numbers that may be taken.

// sautRestauration is how many numbers a restoration leaves out: more than an office uses between two backups.
const sautRestauration = 10_000

// sauterNumeros adds to g that numbers go on far beyond those that may be taken.
func (s *Suivi) sauterNumeros(ctx context.Context, g *geste, c journal.Champs) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleNumeros)
	if err != nil {
		return err
	}
	o.Genre, o.Cle = journal.Cabinet, cleNumeros
	g.sur(&o, journal.Noter, journal.Champs{Nombre: o.Nombre + sautRestauration, Auteur: c.Auteur, Motif: c.Motif})
	return nil
}

// Restaurer says that the journal comes from a backup: what was done since isn't in it. Its numbers go on far beyond,
// so that no identity of a lot or message that left after the backup is given again. To be called once, after Open and
// before anything else; the mailboxes and the host's files tell the rest. Open calls it for a journal that its store
// opened as a backup (sqlite.WithRestauration), and for one that Ancrage.Restauration lets be behind its anchor.
func (s *Suivi) Restaurer(ctx context.Context, d Decision) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		quand, err := s.maintenant(ctx)
		if err != nil {
			return err
		}
		g := nouveauGeste(quand)
		if err := s.sauterNumeros(ctx, g, journal.Champs{Auteur: d.Auteur, Motif: d.Motif}); err != nil {
			return err
		}
		err = s.ecrire(ctx, g)
		if errors.Is(err, journal.ErrConflit) {
			continue
		}
		if err == nil {
			s.numeros = plage{}
		}
		return err
	}
}

// restaure is a journal whose store knows that it is a backup put back, and was told to open it all the same.
type restaure interface{ Restaure() bool }

func (s *Suivi) reprendreSauvegarde(ctx context.Context) error {
	if r, ok := s.c.Journal.(restaure); !ok || !r.Restaure() {
		return nil
	}
	return s.Restaurer(ctx, Decision{Motif: "Le fichier du journal est une sauvegarde remise en place."})
}

const cleRestauration = etats.CleRestauration

// direAncien: an ARL of this sender's pieces, whose lot isn't in the journal that numbers them all, is of what left
// after a backup was made.
func (l *lecture) direAncien(ctx context.Context, a *retour.ARL) error {
	if a.Flux != scor.FluxPieces || a.Lot == (lot.Cle{}) || neuf(a.Emetteur) != neuf(l.s.c.Emetteur.Numero) {
		return nil
	}
	o, err := l.objet(ctx, journal.Cabinet, cleRestauration)
	if err != nil || o.Attention > 0 {
		return err
	}
	o.Genre, o.Cle = journal.Cabinet, cleRestauration
	l.faire(o, journal.Noter, journal.Champs{Attention: journal.Urgent,
		Motif: "La caisse répond à un lot de pièces de cet émetteur que ce journal ne contient pas : il est peut-être une " +
			"ancienne sauvegarde, et redonnerait des numéros déjà pris."})
	return nil
}

// accepterRestauration: a person says that a backup was put back.
func (s *Suivi) accepterRestauration(ctx context.Context, g *geste, o *journal.Objet, c journal.Champs) error {
	s.mu.Lock()
	s.numeros = plage{}
	s.mu.Unlock()
	if err := s.sauterNumeros(ctx, g, c); err != nil {
		return err
	}
	c.Attention, c.Motif = rien, journal.Efface
	g.sur(o, journal.Noter, c)
	return nil
}
