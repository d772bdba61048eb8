package suivi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// A directory of certificates that doesn't answer is one fault, however many messages wait for it: it is told once, and
// they leave by themselves once it answers. It may fail for one address only: another address is asked all the same,
// and its answer doesn't end the pause of the first.

const cleAnnuaire = etats.CleAnnuaire

// messageAvecAnnuaire is message, which waits while the directory doesn't answer for its address.
func (s *Suivi) messageAvecAnnuaire(ctx context.Context, m *journal.Objet, quand time.Time) (*transport.Message,
	error) {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleAnnuaire)
	if err != nil {
		return nil, err
	}
	p := panne{cle: cleAnnuaire, relais: m.Adresse, code: "annuaire", motif: fmt.Sprintf("L'annuaire des certificats ne "+
		"répond pas pour %s : les messages qui l'attendent partiront d'eux-mêmes quand il répondra.", m.Adresse)}
	sienne := o.Premier != 0 && o.Relais == m.Adresse
	if sienne && o.Limite > us(quand) {
		return nil, s.differer(ctx, m, quand, errEnPause, p)
	}
	msg, err := s.message(ctx, m)
	var a *fauteAnnuaire
	switch {
	case errors.As(err, &a) && !errors.Is(a.err, errSansCertificat) && ctx.Err() == nil:
		return nil, s.differer(ctx, m, quand, err, p)
	case err != nil:
		return nil, fmt.Errorf("suivi: message %s: %w", m.Cle, err)
	case sienne:
		err = s.reprendre(ctx, cleAnnuaire, quand)
	}
	return msg, err
}
