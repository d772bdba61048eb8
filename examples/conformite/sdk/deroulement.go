package sdk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/logiciel"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// deroulement is what a case makes a whole office go through.
type deroulement struct {
	Profession string `json:"profession"`
	// Debut is the first instant; the clock moves by the steps alone.
	Debut  time.Time     `json:"debut"`
	Pieces []pieceDonnee `json:"pieces"`
	// Etapes: "factures" deposits the B2 file, "pieces" the pieces, "+48h" moves the clock on; after each, all that can
	// happen does.
	Etapes []string `json:"etapes"`

	// What a whole software is told: the SDK knows by its steps.
	Messages int    `json:"messages"`
	Horloge  bool   `json:"horloge"`
	Consigne string `json:"consigne"`
}

// cabinet is an office whose world is a test frontal.
type cabinet struct {
	deroulement
	fichier []byte
	f       *frontal.Frontal
	s       *suivi.Suivi
	avance  atomic.Int64
}

const adresseCabinet = "cabinet@exemple.fr"

func (c *cabinet) maintenant() time.Time { return c.Debut.Add(time.Duration(c.avance.Load())) }

// derouler plays the steps of a vector; the caller closes the office's frontal.
func derouler(ctx context.Context, v *kit.Vecteur) (_ *cabinet, err error) {
	c := &cabinet{fichier: v.Octets("fichier")}
	if err := lireParametres(v, &c.deroulement); err != nil {
		return nil, err
	}
	scenario, err := logiciel.Scenario(v)
	if err != nil {
		return nil, err
	}
	p, err := profil(v)
	if err != nil {
		return nil, err
	}
	if c.f, err = frontal.New(frontal.Config{Profil: p, Scenario: scenario, Horloge: c.maintenant}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.f.Close())
		}
	}()
	if err := c.ouvrir(ctx, p); err != nil {
		return nil, err
	}
	for _, e := range c.Etapes {
		if err := c.etape(ctx, e); err != nil {
			return nil, fmt.Errorf("sdk: step %s: %w", e, err)
		}
	}
	return c, c.f.Erreur()
}

func (c *cabinet) ouvrir(ctx context.Context, p *scor.Profil) error {
	relais, err := smtp.New(smtp.Relais{Adresse: c.f.SMTP(), TLS: c.f.ConfigTLS()},
		smtp.WithReprises(smtp.Reprises{Essais: 1}))
	if err != nil {
		return err
	}
	k, err := coffre.Open(ctx, new(coffre.Memoire), make([]byte, coffre.TailleCle))
	if err != nil {
		return err
	}
	exigences, err := scor.ReglesPubliques().Pour(scor.Contexte{Profession: c.Profession})
	if err != nil {
		return err
	}
	c.s, err = suivi.Open(ctx, suivi.Config{Profil: p, Journal: journal.NewMemoire(c.maintenant), Coffre: k,
		Emetteur: suivi.Emetteur{Emetteur: lot.Emetteur{Type: "TP", Numero: "00000752495234"}, Adresse: adresseCabinet},
		Boites: []transport.Boite{&pop3.Boite{Adresse: c.f.POP3(), ConfigTLS: c.f.ConfigTLS(), Utilisateur: adresseCabinet,
			MotDePasse: "essai"}},
		Expediteur: relais, Annuaire: c.f.Annuaire(), Exigences: exigences, Horloge: c.maintenant,
		AdresseFactures: func(*fse.Fichier) (string, error) { return c.f.Adresse(), nil },
		Destination: func(*fse.Facture) (lot.Destination, error) {
			return lot.Destination{Regime: "01", Organisme: "422", Type: "CT", Numero: "00000001011422",
				Adresse: c.f.Adresse()}, nil
		}})
	return err
}

func (c *cabinet) etape(ctx context.Context, e string) error {
	switch {
	case e == "factures":
		if _, err := c.s.DeposerFlux(ctx, c.fichier); err != nil {
			return err
		}
	case e == "pieces":
		if err := c.deposer(ctx); err != nil {
			return err
		}
	default:
		d, err := time.ParseDuration(e)
		if err != nil {
			return err
		}
		c.avance.Add(int64(d))
	}
	return c.avancer(ctx)
}

func (c *cabinet) deposer(ctx context.Context) error {
	var factures []fse.Facture
	for v, err := range c.s.Factures(ctx) {
		if err != nil {
			return err
		}
		factures = append(factures, fse.Facture{Cle: v.Cle})
	}
	for i := range c.Pieces {
		if _, err := c.s.DeposerPiece(ctx, c.Pieces[i].piece(factures)); err != nil {
			return err
		}
	}
	return nil
}

// toursMax bounds a round that never calms down: a fault of the SDK.
const toursMax = 50

// avancer goes on until nothing more can happen at this instant. What a relay refuses is told by its state.
func (c *cabinet) avancer(ctx context.Context) error {
	for range toursMax {
		b, err := c.s.Avancer(ctx)
		if err != nil && (ctx.Err() != nil || len(suivi.Erreurs(err)) == 0) {
			return err
		}
		if b.Rien() {
			return nil
		}
	}
	return errors.New("rounds without end")
}

type suiviLu struct {
	Accepte  bool        `json:"accepte"` // every invoice is acknowledged with its pieces, or its fate is nobody's
	Factures []factureLu `json:"factures"`
	AFaire   []aFaire    `json:"a_faire"`
	Envoyes  int         `json:"envoyes"` // transmissions that the frontal took
}

type factureLu struct {
	Numero int       `json:"numero"`
	Etat   string    `json:"etat"`
	Lot    string    `json:"etat_lot"`
	Pieces []etatLue `json:"pieces"`
}

type etatLue struct {
	ID   string `json:"id"`
	Etat string `json:"etat"`
	Code string `json:"code"`
}

type aFaire struct {
	Genre   string   `json:"genre"`
	Etat    string   `json:"etat"`
	Actions []string `json:"actions"`
}

// suivre tells the states at the end of the steps.
func suivre(ctx context.Context, v *kit.Vecteur) (any, error) {
	c, err := derouler(ctx, v)
	if err != nil {
		return nil, err
	}
	defer c.f.Close()
	r := suiviLu{Factures: []factureLu{}, AFaire: []aFaire{}}
	for _, m := range c.f.Recus() {
		r.Envoyes += m.Transmissions
	}
	for v, err := range c.s.Factures(ctx) {
		if err != nil {
			return nil, err
		}
		x := factureLu{v.Cle.Numero, string(v.Situation), string(v.EtatLot), []etatLue{}}
		for _, p := range v.Pieces {
			x.Pieces = append(x.Pieces, etatLue{p.ID, string(p.Etat), p.Code})
		}
		r.Factures = append(r.Factures, x)
	}
	slices.SortFunc(r.Factures, func(a, b factureLu) int { return a.Numero - b.Numero })
	synthese, err := c.s.Synthese(ctx, suivi.Filtre{})
	if err != nil {
		return nil, err
	}
	for _, l := range synthese.Lignes {
		x := aFaire{string(l.Genre), string(l.Etat), []string{}}
		for _, a := range l.Actions {
			x.Actions = append(x.Actions, string(a.Nom))
		}
		slices.Sort(x.Actions)
		r.AFaire = append(r.AFaire, x)
	}
	r.Accepte = len(r.AFaire) == 0
	return r, nil
}

// emettre tells what the frontal received.
func emettre(ctx context.Context, v *kit.Vecteur) (any, error) {
	c, err := derouler(ctx, v)
	if err != nil {
		return nil, err
	}
	defer c.f.Close()
	return logiciel.Constater(c.f.Recus()), nil
}
