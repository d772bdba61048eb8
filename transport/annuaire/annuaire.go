package annuaire

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Source gives what is published, unchecked. A truncated answer, or a part that
// can't be read, comes with what was read and an error in avertissements.
type Source interface {
	// Candidats are the certificates listed for the address, in any order; none is
	// [ErrIntrouvable], any other error means that the source does not work.
	Candidats(ctx context.Context, adresse string) (certificats []*x509.Certificate, avertissements []error, err error)
	// Autorites are the certificates of the authorities and their revocation lists.
	Autorites(ctx context.Context) (a Autorites, avertissements []error, err error)
}

// Annuaire checks what a source publishes. Several goroutines, and several
// processes with the same cache, may use it.
type Annuaire struct {
	source    Source
	racines   []*x509.Certificate
	confiance bool
	tolerant  bool
	cache     *cache
	heure     func() time.Time
	avertir   func(adresse string, err error)
}

var _ transport.AnnuaireDetaille = (*Annuaire)(nil)

// Option of an [Annuaire].
type Option func(*Annuaire)

// WithRacines gives the trust anchors: root authorities, or the very certificate
// of a frontal.
func WithRacines(racines ...*x509.Certificate) Option {
	return func(a *Annuaire) { a.racines = append(a.racines, racines...) }
}

// WithConfianceSource trusts what the source publishes, as the two public senders
// do: dates, CN and revocation are checked, the authority is not. Right for a
// folder of one's own; on a network, whoever can answer in place of the directory
// can have the messages encrypted for its own key.
func WithConfianceSource() Option { return func(a *Annuaire) { a.confiance = true } }

// WithRevocationTolerante makes a warning of a revocation status that no current
// list gives. A certificate known as revoked is refused all the same.
func WithRevocationTolerante() Option { return func(a *Annuaire) { a.tolerant = true } }

// WithCache keeps the answers of the source in a folder; they serve alone for
// duree, then while the source is down. A folder that somebody else owns or may write
// to keeps nothing, with a warning at each answer.
func WithCache(dossier string, duree time.Duration) Option {
	return func(a *Annuaire) { a.cache = &cache{dossier: dossier, duree: duree} }
}

// WithHorloge replaces the clock.
func WithHorloge(heure func() time.Time) Option { return func(a *Annuaire) { a.heure = heure } }

// WithAvertissements receives what an operator should know although a certificate
// was found: [*ErreurTronquee], [*ErreurCache], certificates refused beside it
// ([*Refus])...
func WithAvertissements(avertir func(adresse string, err error)) Option {
	return func(a *Annuaire) { a.avertir = avertir }
}

// New needs a trust: WithRacines, or else WithConfianceSource. A [Dossier] without
// WithRacines is trusted, as what its owner put there, and does not need to hold
// revocation lists: a missing one is a warning.
func New(source Source, options ...Option) (*Annuaire, error) {
	a := &Annuaire{source: source, heure: time.Now, avertir: func(string, error) {}}
	for _, o := range options {
		o(a)
	}
	if source == nil {
		return nil, errors.New("annuaire: no source")
	}
	if _, ok := source.(Dossier); ok && len(a.racines) == 0 {
		a.confiance, a.tolerant = true, true
	}
	if len(a.racines) == 0 && !a.confiance {
		return nil, errors.New("annuaire: neither trust anchors (WithRacines) nor WithConfianceSource")
	}
	if len(a.racines) > 0 && a.confiance {
		return nil, errors.New("annuaire: WithConfianceSource would undo WithRacines")
	}
	return a, nil
}

// Certificats returns the usable certificates of the address, the highest serial
// number first. Errors: [ErrIntrouvable], [*AucunUtilisable] (which holds each
// [*Refus]), or that of the source when it's down and nothing kept can serve.
func (a *Annuaire) Certificats(ctx context.Context, adresse string) ([]*x509.Certificate, error) {
	r, err := a.Consulter(ctx, adresse)
	return r.Certificats, err
}

// Consulter gives what Certificats does with the warnings that WithAvertissements
// receives: a revocation that wasn't checked ([ErrNonVerifiee]) is always among them.
func (a *Annuaire) Consulter(ctx context.Context, adresse string) (transport.Consultation, error) {
	var r transport.Consultation
	appel := *a
	appel.avertir = func(adresse string, err error) {
		r.Avertissements = append(r.Avertissements, err)
		a.avertir(adresse, err)
	}
	var err error
	r.Certificats, err = appel.certificats(ctx, adresse)
	return r, err
}

func (a *Annuaire) certificats(ctx context.Context, adresse string) ([]*x509.Certificate, error) {
	if adresse == "" || strings.ContainsFunc(adresse, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil, fmt.Errorf("annuaire: %q is not an address", adresse)
	}
	maintenant := a.heure()
	candidats, panneC, err := a.candidats(ctx, adresse, maintenant)
	if err != nil {
		return nil, err
	}
	autorites, panneA, err := a.autorites(ctx, adresse, maintenant)
	if err != nil {
		return nil, err
	}

	c := &controle{adresse: adresse, heure: maintenant, autorites: autorites}
	// While the directory is down its lists get past their date.
	c.tolerant = a.tolerant || panneC || panneA
	if len(a.racines) > 0 {
		c.racines = x509.NewCertPool()
		for _, r := range a.racines {
			c.racines.AddCert(r)
		}
	}
	var bons []*x509.Certificate
	var refus []*Refus
	for _, certificat := range candidats {
		r, avertissement := c.verifier(certificat)
		if r != nil {
			refus = append(refus, r)
			continue
		}
		if avertissement != nil {
			a.avertir(adresse, avertissement)
		}
		bons = append(bons, certificat)
	}
	if len(bons) == 0 {
		return nil, &AucunUtilisable{Adresse: adresse, Refus: refus}
	}
	for _, r := range refus {
		a.avertir(adresse, r)
	}
	slices.SortStableFunc(bons, func(x, y *x509.Certificate) int { return y.SerialNumber.Cmp(x.SerialNumber) })
	return slices.CompactFunc(bons, (*x509.Certificate).Equal), nil
}

// candidats asks the cache, then the source, then the cache again whatever its
// age: panne says so.
func (a *Annuaire) candidats(ctx context.Context, adresse string,
	maintenant time.Time) (certificats []*x509.Certificate, panne bool, err error) {
	garde := a.cache.lire(adresse, a.avertir)
	if garde.frais(a.cache, maintenant) {
		return garde.Certificats, false, nil
	}
	certificats, avertissements, err := a.source.Candidats(ctx, adresse)
	for _, avertissement := range avertissements {
		a.avertir(adresse, avertissement)
	}
	switch {
	case err == nil && len(certificats) == 0:
		err = ErrIntrouvable
		fallthrough
	case errors.Is(err, ErrIntrouvable):
		a.cache.oublier(adresse)
		return nil, false, fmt.Errorf("%w: %s", err, adresse)
	case err == nil:
		a.cache.garder(adresse, Autorites{Certificats: certificats}, maintenant, a.avertir)
		return certificats, false, nil
	case garde != nil && ctx.Err() == nil:
		a.avertir(adresse, &ErreurCache{Cause: err})
		return garde.Certificats, true, nil
	}
	return nil, false, err
}

func (a *Annuaire) autorites(ctx context.Context, adresse string, maintenant time.Time) (Autorites, bool, error) {
	garde := a.cache.lire("", a.avertir)
	if garde.frais(a.cache, maintenant) && !garde.listePassee(maintenant) {
		return garde.Autorites, false, nil
	}
	lues, avertissements, err := a.source.Autorites(ctx)
	for _, avertissement := range avertissements {
		a.avertir(adresse, avertissement)
	}
	switch {
	case err == nil:
		a.cache.garder("", lues, maintenant, a.avertir)
		return lues, false, nil
	case garde != nil && ctx.Err() == nil:
		a.avertir(adresse, &ErreurCache{Cause: err})
		return garde.Autorites, true, nil
	}
	return Autorites{}, false, err
}
