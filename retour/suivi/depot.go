package suivi

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Depot is what DeposerFlux found.
type Depot struct {
	Fichier  *fse.Fichier
	Constats []b2.Constat // findings on the file; none stops it, but for the loss of its end
	Nouveaux int          // lots that were not known yet
	Annules  int          // lots that were cancelled: they stay so, their invoices are to be billed under new numbers
}

// Options of DeposerFlux.
type OptionDepot func(*depot)

type depot struct {
	ailleurs    bool
	complements func(*fse.Facture) Complement
}

// WithComplements adds to each invoice what the host knows beside its B2. The same lot may be deposited again to say
// more of it.
func WithComplements(f func(*fse.Facture) Complement) OptionDepot {
	return func(d *depot) { d.complements = f }
}

// WithDejaTransmis registers lots that the host sends itself, or already sent: nothing leaves, their ARL are awaited.
func WithDejaTransmis() OptionDepot { return func(d *depot) { d.ailleurs = true } }

const (
	natureFactures = "factures"
	naturePieces   = "pieces"
)

// DeposerFlux registers the lots of a B2 file, and queues the file for its frontal. A file given again changes nothing;
// a lot given again with another content is ErrLotDifferent. A file cut off is ErrB2SansFin, unless the host sent it
// itself. The bytes go to the Coffre as they are.
func (s *Suivi) DeposerFlux(ctx context.Context, fichier []byte, opts ...OptionDepot) (*Depot, error) {
	f, constats, err := b2.ParseFichier(bytes.NewReader(fichier))
	if err != nil {
		return nil, err
	}
	d := &Depot{Fichier: f, Constats: constats}
	// Before anything of it is kept.
	if err := verifierFin(constats); err != nil && !nouveauDepot(opts).ailleurs {
		return d, err
	}
	if err := verifierFichier(f); err != nil {
		return d, err
	}
	// A file whose retention is past isn't kept again.
	if purges, err := s.tousPurges(ctx, f); err != nil || purges {
		if err == nil {
			_, err = s.deposerLots(ctx, d, "", 0, opts)
		}
		return d, err
	}
	e, taille, err := s.c.Coffre.Deposer(ctx, bytes.NewReader(fichier))
	if err != nil {
		return d, err
	}
	d.Nouveaux, err = s.deposerLots(ctx, d, hex.EncodeToString(e[:]), taille, opts)
	return d, err
}

// DeposerLots registers lots that the host sends itself, from its own invoices instead of a B2 file. The same lot again
// may say more of its invoices: their flow, series and attributes aren't its content.
func (s *Suivi) DeposerLots(ctx context.Context, f *fse.Fichier, opts ...OptionDepot) (*Depot, error) {
	d := &Depot{Fichier: f}
	if err := verifierFichier(f); err != nil {
		return d, err
	}
	var err error
	d.Nouveaux, err = s.deposerLots(ctx, d, "", 0, append([]OptionDepot{WithDejaTransmis()}, opts...))
	return d, err
}

func nouveauDepot(opts []OptionDepot) (d depot) {
	for _, o := range opts {
		o(&d)
	}
	return d
}

func (s *Suivi) deposerLots(ctx context.Context, x *Depot, source string, taille int64,
	opts []OptionDepot) (nouveaux int, err error) {
	d, f := nouveauDepot(opts), x.Fichier
	if d.complements != nil {
		f = completerFichier(f, d.complements)
	}
	if err := verifierFlux(f); err != nil {
		return 0, err
	}
	for {
		x.Annules = 0
		nouveaux, err = s.tenterDepot(ctx, f, source, taille, &d, &x.Annules)
		if !errors.Is(err, journal.ErrConflit) {
			return nouveaux, err
		}
	}
}

// maxParGeste bounds the events of one transaction, but for those that must hold together.
const maxParGeste = 4000

func (s *Suivi) tenterDepot(ctx context.Context, f *fse.Fichier, source string, taille int64, d *depot,
	annules *int) (int, error) {
	refs := make([]journal.Ref, len(f.Lots))
	for i := range f.Lots {
		refs[i] = journal.Ref{Genre: journal.LotFactures, Cle: cleLot(f.Lots[i].Cle)}
	}
	connus, err := s.c.Journal.Objets(ctx, refs...)
	if err != nil {
		return 0, err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return 0, err
	}
	message := ""
	g := nouveauGeste(quand)
	var nouveaux []int
	for i, r := range refs {
		o, connu := connus[r]
		if !connu {
			nouveaux = append(nouveaux, i)
			continue
		}
		if o.Etat == journal.Annule {
			*annules++
		}
		if err := s.connaitre(ctx, g, &o, &f.Lots[i]); err != nil {
			return 0, err
		}
	}
	if !d.ailleurs && len(nouveaux) > 0 {
		if message, err = s.reserverFactures(ctx, g, f, source, taille, len(nouveaux) < len(refs)); err != nil {
			return 0, err
		}
	}
	for _, i := range nouveaux {
		if err := s.nouveauLot(ctx, g, f, i, source, message, d.ailleurs); err != nil {
			return 0, err
		}
	}
	if err := s.ecrire(ctx, g); err != nil {
		return 0, err
	}
	return len(nouveaux), s.relierRefactures(ctx, f)
}

// reserverFactures takes the identity of the message that carries the file. partiel: some of its lots left before in
// another file, which the frontal must not get twice.
func (s *Suivi) reserverFactures(ctx context.Context, g *geste, f *fse.Fichier, source string, taille int64,
	partiel bool) (string, error) {
	if partiel {
		return "", fmt.Errorf("%w: the file mixes lots already registered with new ones", ErrLotDifferent)
	}
	adresse, err := s.c.AdresseFactures(f)
	if err != nil {
		return "", err
	}
	c, err := s.compostage(ctx, g.quand)
	if err != nil {
		return "", err
	}
	n := 0
	for i := range f.Lots {
		n += len(f.Lots[i].Factures)
	}
	g.nouveau(journal.Message, c, journal.Reserver, journal.Champs{Nature: natureFactures, Source: source, Octets: taille,
		Adresse: adresse, MessageID: s.identifiant(c), Nombre: int64(n), Precis: f.Emetteur,
		EssaisMax: int64(s.c.Profil.Delais.TransmissionsMax), Echeance: us(g.quand)})
	return c, nil
}

func (s *Suivi) nouveauLot(ctx context.Context, g *geste, f *fse.Fichier, i int, source, message string,
	ailleurs bool) error {
	l := &f.Lots[i]
	contenu, err := s.garderLot(ctx, l)
	if err != nil {
		return err
	}
	cle := cleLot(l.Cle)
	o := &journal.Objet{Genre: journal.LotFactures, Cle: cle}
	c := journal.Champs{Dans: message, Source: source, Empreinte: contenu, Nombre: int64(len(l.Factures)),
		Nature: empreinteLot(s.c.Coffre, l), Jour: jour(l.Cle.Date), EssaisMax: int64(s.c.Profil.Delais.TransmissionsMax)}
	if len(f.Lots) > 1 && message != "" {
		c.Mode = etats.ModeGroupe
	}
	g.sur(o, journal.Constituer, c)
	if ailleurs {
		limite := us(s.cal.apres(g.quand, s.c.Profil.Delais.Succes))
		g.sur(o, journal.Transmettre, journal.Champs{Premier: us(g.quand), Limite: limite, Echeance: limite})
	}
	vus := map[string]string{}
	for k := range l.Factures {
		fa := &l.Factures[k]
		c := journal.Champs{Parent: cle, Jour: jour(fa.Date), Nombre: int64(k), Patient: s.patient(fa),
			Nature: natureFlux(fa.Flux), Reference: contenuFacture(s.c.Coffre, fa), Serie: s.serie(fa),
			Precis: fa.Assure.String(), Demande: max(0, int64(demande(fa))), Caisse: caisseDe(fa)}
		if autre := vus[c.Reference]; autre != "" {
			c.Attention, c.Motif = journal.AVoir, "Mêmes patient, actes et montants que la facture "+autre+" du même lot."
		}
		vus[c.Reference] = cleFacture(fa.Cle)
		g.nouveau(journal.Facture, cleFacture(fa.Cle), journal.Enregistrer, c)
	}
	return nil
}

// patient is the keyed digest of the NIR, by which the archive finds the pieces of a person and of those covered under
// the same number.
func (s *Suivi) patient(f *fse.Facture) string {
	if f.Assure.IsZero() {
		return ""
	}
	return s.c.Coffre.Index("patient", f.Assure.Numero())
}

func (s *Suivi) serie(f *fse.Facture) string {
	if f.Serie == "" {
		return ""
	}
	return s.c.Coffre.Index("serie", f.Serie)
}
