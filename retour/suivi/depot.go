package suivi

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Depot is what DeposerFlux found.
type Depot struct {
	Fichier  *fse.Fichier
	Constats []b2.Constat // findings on the file; none stops it
	Nouveaux int          // lots that were not known yet
}

// Options of DeposerFlux.
type OptionDepot func(*depot)

type depot struct{ ailleurs bool }

// WithDejaTransmis registers lots that the host sends itself, or already sent: nothing leaves, their ARL are awaited.
func WithDejaTransmis() OptionDepot { return func(d *depot) { d.ailleurs = true } }

const (
	natureFactures = "factures"
	naturePieces   = "pieces"
)

// DeposerFlux registers the lots of a B2 file, and queues the file for its frontal. A file given again changes nothing; a lot given again
// with another content is ErrLotDifferent. The bytes go to the Coffre as they are.
func (s *Suivi) DeposerFlux(ctx context.Context, fichier []byte, opts ...OptionDepot) (*Depot, error) {
	f, constats, err := b2.ParseFichier(bytes.NewReader(fichier))
	if err != nil {
		return nil, err
	}
	d := &Depot{Fichier: f, Constats: constats}
	// A file whose retention is past isn't kept again.
	if purges, err := s.tousPurges(ctx, f); err != nil || purges {
		if err == nil {
			_, err = s.deposerLots(ctx, f, "", 0, opts)
		}
		return d, err
	}
	e, taille, err := s.c.Coffre.Deposer(ctx, bytes.NewReader(fichier))
	if err != nil {
		return d, err
	}
	d.Nouveaux, err = s.deposerLots(ctx, f, hex.EncodeToString(e[:]), taille, opts)
	return d, err
}

// DeposerLots registers lots that the host sends itself, from its own invoices instead of a B2 file.
func (s *Suivi) DeposerLots(ctx context.Context, f *fse.Fichier) (*Depot, error) {
	n, err := s.deposerLots(ctx, f, "", 0, []OptionDepot{WithDejaTransmis()})
	return &Depot{Fichier: f, Nouveaux: n}, err
}

func (s *Suivi) deposerLots(ctx context.Context, f *fse.Fichier, source string, taille int64, opts []OptionDepot) (nouveaux int, err error) {
	var d depot
	for _, o := range opts {
		o(&d)
	}
	for {
		nouveaux, err = s.tenterDepot(ctx, f, source, taille, &d)
		if !errors.Is(err, journal.ErrConflit) {
			return nouveaux, err
		}
	}
}

// maxParGeste bounds the events of one transaction, but for those that must hold together.
const maxParGeste = 4000

func (s *Suivi) tenterDepot(ctx context.Context, f *fse.Fichier, source string, taille int64, d *depot) (int, error) {
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
	var nouveaux []int
	for i, r := range refs {
		o, connu := connus[r]
		if !connu {
			nouveaux = append(nouveaux, i)
			continue
		}
		if o.Nature != empreinteLot(s.c.Coffre, &f.Lots[i]) {
			return 0, fmt.Errorf("%w: %s", ErrLotDifferent, f.Lots[i].Cle)
		}
	}
	if len(nouveaux) == 0 {
		return 0, s.relierRefactures(ctx, f) // a crash may have come before it
	}
	g := nouveauGeste(quand)
	if !d.ailleurs {
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

// empreinteLot tells two contents of one lot apart, without saying anything of them.
func empreinteLot(c Coffre, l *fse.Lot) string {
	b, err := json.Marshal(l)
	if err != nil {
		return ""
	}
	for i := range l.Factures { // whose NIR the JSON masks
		a := l.Factures[i].Assure
		b = append(append(append(b, a.Numero()...), a.Cle()...), '/')
	}
	return c.Index("lot", string(b))
}

// reserverFactures takes the identity of the message that carries the file. partiel: some of its lots left before in another file, which
// the frontal must not get twice.
func (s *Suivi) reserverFactures(ctx context.Context, g *geste, f *fse.Fichier, source string, taille int64, partiel bool) (string, error) {
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
	g.nouveau(journal.Message, c, journal.Reserver, journal.Champs{Nature: natureFactures, Source: source, Octets: taille, Adresse: adresse,
		MessageID: s.identifiant(c), Nombre: int64(n), Precis: f.Emetteur, EssaisMax: int64(s.c.Profil.Delais.TransmissionsMax), Echeance: us(g.quand)})
	return c, nil
}

func (s *Suivi) nouveauLot(ctx context.Context, g *geste, f *fse.Fichier, i int, source, message string, ailleurs bool) error {
	l := &f.Lots[i]
	contenu, err := s.garderLot(ctx, l)
	if err != nil {
		return err
	}
	cle := cleLot(l.Cle)
	o := &journal.Objet{Genre: journal.LotFactures, Cle: cle}
	c := journal.Champs{Dans: message, Source: source, Empreinte: contenu, Nombre: int64(len(l.Factures)), Nature: empreinteLot(s.c.Coffre, l),
		Jour: jour(l.Cle.Date), EssaisMax: int64(s.c.Profil.Delais.TransmissionsMax)}
	if len(f.Lots) > 1 && message != "" {
		c.Mode = etats.ModeGroupe
	}
	g.sur(o, journal.Constituer, c)
	if ailleurs {
		limite := us(s.cal.apres(g.quand, s.c.Profil.Delais.Succes))
		g.sur(o, journal.Transmettre, journal.Champs{Premier: us(g.quand), Limite: limite, Echeance: limite})
	}
	for k := range l.Factures {
		fa := &l.Factures[k]
		g.nouveau(journal.Facture, cleFacture(fa.Cle), journal.Enregistrer, journal.Champs{Parent: cle, Jour: jour(fa.Date), Nombre: int64(k),
			Patient: s.patient(fa), Nature: strconv.Itoa(int(fa.Flux) - int(fse.FluxB2)), Reference: s.contenuFacture(fa), Serie: s.serie(fa), Precis: fa.Assure.String()})
	}
	return nil
}

// patient is the keyed digest of the NIR, by which the archive finds the pieces of a person and of those covered under the same number.
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

// contenuFacture is what stays the same when an invoice is billed again under another number. Its date may change; where its acts
// have none, it is all that tells one day's care from another's.
func (s *Suivi) contenuFacture(f *fse.Facture) string {
	c := *f
	c.Cle, c.Attributs, c.Serie = fse.CleFacture{}, nil, ""
	if slices.ContainsFunc(f.Actes, func(a fse.Acte) bool { return !a.Date.IsZero() }) {
		c.Date = fse.Date{}
	}
	b, err := json.Marshal(factureGardee{Facture: c, Assure: [2]string{f.Assure.Numero(), f.Assure.Cle()}})
	if err != nil {
		return ""
	}
	return s.c.Coffre.Index("facture", string(b))
}
