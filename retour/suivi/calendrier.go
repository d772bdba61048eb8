package suivi

import (
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/delais"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// calendrier counts the profile's delays.
type calendrier struct{ c *delais.Calendrier }

func calendrierDe(p *scor.Profil) calendrier {
	if p.Delais.AlsaceMoselle {
		return calendrier{delais.AlsaceMoselle()}
	}
	return calendrier{delais.France()}
}

// apres is t plus d; a delay of zero is no delay: the zero time.
func (c calendrier) apres(t time.Time, d scor.Delai) time.Time {
	if d.Duree == 0 {
		return time.Time{}
	}
	return c.c.Apres(t, d.Duree, delais.Unite(d.Unite))
}
