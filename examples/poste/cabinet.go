package main

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/demonstration"
	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// poste is an open office.
type poste struct {
	suivi   *suivi.Suivi
	nom     string
	horloge func() time.Time
	profil  *scor.Profil

	// Of a drawn office.
	cabinet *suivitest.Cabinet
	frontal *frontal.Frontal

	// Of a clinic.
	signatures *signature.Registre
	controles  *controle.Registre

	mu     sync.Mutex // one incident at a time
	compte int        // of what was deposited since
	fins   []func() error
}

func (p *poste) fermer() error {
	var errs error
	for i := len(p.fins) - 1; i >= 0; i-- {
		errs = errors.Join(errs, p.fins[i]())
	}
	return errs
}

// aiguillage is the sender of a drawn office: its past went to a relay that takes everything, what is sent from now on
// goes to the frontal.
type aiguillage struct {
	mu   sync.Mutex
	vers transport.Expediteur
}

func (a *aiguillage) Envoyer(ctx context.Context, e transport.Envoi) (transport.Preuve, error) {
	a.mu.Lock()
	vers := a.vers
	a.mu.Unlock()
	return vers.Envoyer(ctx, e)
}

func ouvrir(ctx context.Context, o options) (p *poste, err error) {
	p = &poste{nom: "Cabinet de l'Exemple", horloge: time.Now}
	if o.clinique {
		p.nom = "Clinique de l'Exemple"
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.fermer())
		}
	}()
	if p.profil, err = programme.Profil(o.profil, "reference"); err != nil {
		return p, err
	}
	if o.journal != "" {
		return p, p.ouvrirReel(ctx, o)
	}
	return p, p.dessiner(ctx, o)
}

// ouvrirReel opens the journal of a real office. Nothing is sent and no mailbox is read: the office's own program does.
func (p *poste) ouvrirReel(ctx context.Context, o options) error {
	if err := existe(o.journal); err != nil {
		return err
	}
	cle, err := lireCle(o.cle)
	if err != nil {
		return err
	}
	j, err := sqlite.Open(ctx, o.journal)
	if err != nil {
		return err
	}
	p.fins = append(p.fins, j.Close)
	k, err := coffre.Open(ctx, j.Documents(), cle)
	if err != nil {
		return err
	}
	emetteur, err := emetteurDe(ctx, j)
	if err != nil {
		return err
	}
	p.nom = "Cabinet " + emetteur.Numero
	p.suivi, err = suivi.Open(ctx, suivi.Config{Profil: p.profil, Journal: j, Coffre: k,
		Emetteur: suivi.Emetteur{Emetteur: emetteur, Adresse: "poste@invalid"}})
	return err
}

// dessiner draws an office whose last day is today, then opens the way to the frontal.
func (p *poste) dessiner(ctx context.Context, o options) error {
	voie := &aiguillage{}
	var adresse string
	var boite boiteTardive
	c := suivitest.Config{Profil: p.profil, Debut: time.Now().UTC().Add(-time.Duration(o.lots) * 14 * time.Hour)}
	if o.sortie != "" {
		if err := p.surDisque(ctx, o.sortie, &c); err != nil {
			return err
		}
	}
	c.Changer = func(x *suivi.Config) {
		adresse = x.Emetteur.Adresse
		x.Expediteur, x.Boites, x.Bail = voie, []transport.Boite{&boite}, demonstration.Bail
	}
	cabinet, err := suivitest.New(ctx, c)
	if err != nil {
		return err
	}
	p.cabinet, p.suivi, p.horloge, voie.vers = cabinet, cabinet.Suivi, cabinet.Horloge.Maintenant, cabinet.Relais
	if err := cabinet.Dessiner(ctx, suivitest.Plan{Lots: o.lots}); err != nil {
		return err
	}
	if retard := time.Since(cabinet.Horloge.Maintenant()); retard > 0 {
		cabinet.Horloge.Avancer(retard)
	}
	cabinet.Horloge.Courir()
	if p.frontal, err = frontal.New(frontal.Config{Profil: cabinet.Profil, Adresse: "01751@751.01.rss.fr",
		Horloge: cabinet.Horloge.Maintenant}); err != nil {
		return err
	}
	p.fins = append(p.fins, p.frontal.Close)
	relais, err := smtp.New(smtp.Relais{Adresse: p.frontal.SMTP(), TLS: p.frontal.ConfigTLS()},
		smtp.WithReprises(smtp.Reprises{Essais: 1}))
	if err != nil {
		return err
	}
	voie.mu.Lock()
	voie.vers = relais
	voie.mu.Unlock()
	boite.ouvrir(&pop3.Boite{Adresse: p.frontal.POP3(), ConfigTLS: p.frontal.ConfigTLS(), Utilisateur: adresse,
		MotDePasse: transport.Secret("demonstration")})
	return nil
}

// surDisque keeps the drawn office in a new folder; one that holds an office already is left alone.
func (p *poste) surDisque(ctx context.Context, dossier string, c *suivitest.Config) error {
	chemin := filepath.Join(dossier, "suivi.db")
	if existe(chemin) == nil {
		return errors.New("ce dossier a déjà un cabinet : -journal " + chemin + " -cle " + filepath.Join(dossier, "cle") +
			" l'ouvre, ou donnez un autre dossier")
	}
	if err := os.MkdirAll(dossier, 0o700); err != nil {
		return err
	}
	cle, err := demonstration.Cle(filepath.Join(dossier, "cle"))
	if err != nil {
		return err
	}
	j, err := sqlite.Open(ctx, chemin)
	if err != nil {
		return err
	}
	p.fins = append(p.fins, j.Close)
	c.Journal = j
	c.Coffre, err = coffre.Open(ctx, j.Documents(), cle)
	return err
}

// emetteurDe reads from a journal whose it is: its first step says so.
func emetteurDe(ctx context.Context, j suivi.Journal) (lot.Emetteur, error) {
	o, err := journal.Trouver(ctx, j, journal.Cabinet, "identite")
	if err == nil && o.Version == 0 {
		err = errors.New("ce journal est vide : il ne dit pas de quel émetteur il est")
	}
	return lot.Emetteur{Type: "TP", Numero: o.Precis}, err
}

// boiteTardive is a mailbox that has nothing until it is opened.
type boiteTardive struct {
	mu   sync.Mutex
	vers transport.Boite
}

func (b *boiteTardive) ouvrir(vers transport.Boite) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.vers = vers
}

func (b *boiteTardive) boite() transport.Boite {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.vers
}

// Messages implements transport.Boite.
func (b *boiteTardive) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	if vers := b.boite(); vers != nil {
		return vers.Messages(ctx)
	}
	return func(func(transport.MessageBoite, error) bool) {}
}

// Acquitter implements transport.Boite.
func (b *boiteTardive) Acquitter(ctx context.Context, id string) error {
	if vers := b.boite(); vers != nil {
		return vers.Acquitter(ctx, id)
	}
	return nil
}
