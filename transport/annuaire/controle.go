package annuaire

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Autorites is what a source knows of the authorities. None of it is trusted by
// itself: the anchors are given to [New].
type Autorites struct {
	Certificats []*x509.Certificate
	Listes      []*x509.RevocationList // complete and delta
}

// controle applies the checks at one moment.
type controle struct {
	adresse   string
	heure     time.Time
	racines   *x509.CertPool // nil: the source is trusted
	autorites Autorites
	tolerant  bool // an unknown revocation status is a warning
}

// verifier says whether the certificate may be used; avertissement is what an
// operator should know although it may.
func (c *controle) verifier(certificat *x509.Certificate) (refus *Refus, avertissement error) {
	refuser := func(m Motif, err error) *Refus {
		return &Refus{Adresse: c.adresse, Serie: fmt.Sprintf("%x", certificat.SerialNumber), Motif: m, Err: err}
	}
	if !strings.EqualFold(certificat.Subject.CommonName, c.adresse) {
		return refuser(AutreNom, fmt.Errorf("its CN is %q", certificat.Subject.CommonName)), nil
	}
	if c.heure.After(certificat.NotAfter) {
		return refuser(Expire, fmt.Errorf("on %s", certificat.NotAfter.Format(time.DateOnly))), nil
	}
	if c.heure.Before(certificat.NotBefore) {
		return refuser(PasEncore, fmt.Errorf("before %s", certificat.NotBefore.Format(time.DateOnly))), nil
	}
	if _, ok := certificat.PublicKey.(*rsa.PublicKey); !ok {
		return refuser(PasDeChiffrement, fmt.Errorf("its key is %s, not RSA", certificat.PublicKeyAlgorithm)), nil
	}
	if certificat.KeyUsage != 0 && certificat.KeyUsage&x509.KeyUsageKeyEncipherment == 0 {
		return refuser(PasDeChiffrement, errors.New("its key usage lacks keyEncipherment")), nil
	}
	chaines, err := c.chaines(certificat)
	if err != nil {
		return refuser(AutoriteInconnue, err), nil
	}
	// One path whose certificates are all good is enough.
	var dernier *Refus
	for _, chaine := range chaines {
		if dernier, avertissement = c.revocation(chaine, refuser); dernier == nil {
			return nil, avertissement
		}
	}
	return dernier, nil
}

func (c *controle) chaines(certificat *x509.Certificate) ([][]*x509.Certificate, error) {
	intermediaires := x509.NewCertPool()
	for _, a := range c.autorites.Certificats {
		intermediaires.AddCert(a)
	}
	racines := c.racines
	if racines == nil {
		racines = intermediaires
	}
	chaines, err := certificat.Verify(x509.VerifyOptions{
		Roots:         racines,
		Intermediates: intermediaires,
		CurrentTime:   c.heure,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	var inconnue x509.UnknownAuthorityError
	if c.racines == nil && errors.As(err, &inconnue) {
		return [][]*x509.Certificate{{certificat}}, nil
	}
	return chaines, err
}

func (c *controle) revocation(chaine []*x509.Certificate, refuser func(Motif, error) *Refus) (refus *Refus,
	avertissement error) {
	if len(chaine) == 1 {
		return c.seul(chaine[0], refuser)
	}
	var inconnus []error
	for i, certificat := range chaine[:len(chaine)-1] {
		revoque, err := c.revoque(certificat, chaine[i+1])
		switch {
		case revoque != nil:
			quoi := fmt.Errorf("since %s", revoque.RevocationTime.Format(time.DateOnly))
			if i > 0 {
				quoi = fmt.Errorf("its authority %q, since %s", certificat.Subject.CommonName,
					revoque.RevocationTime.Format(time.DateOnly))
			}
			return refuser(Revoque, quoi), nil
		case err != nil:
			inconnus = append(inconnus, err)
		}
	}
	if err := errors.Join(inconnus...); err != nil {
		if !c.tolerant {
			return refuser(RevocationInconnu, err), nil
		}
		return nil, err
	}
	return nil, nil
}

// seul judges a certificate without a path: its authority isn't known, or it's the
// trust anchor itself. A list that names it refuses it, unless the authority's own key
// shows the list to be another's; otherwise its revocation isn't checked, and that's said.
func (c *controle) seul(certificat *x509.Certificate, refuser func(Motif, error) *Refus) (refus *Refus,
	avertissement error) {
	if bytes.Equal(certificat.RawIssuer, certificat.RawSubject) {
		return nil, fmt.Errorf("%w: certificate %x is its own authority", ErrNonVerifiee, certificat.SerialNumber)
	}
	raison := errors.New("no revocation list of its authority")
	for _, l := range c.autorites.Listes {
		if !bytes.Equal(l.RawIssuer, certificat.RawIssuer) || l.ThisUpdate.After(c.heure) {
			continue
		}
		if !c.signee(l, certificat) {
			raison = errors.New("the list of that name is of another authority")
			continue
		}
		raison = errors.New("the certificate of its authority is missing: the list can't be checked")
		for _, e := range l.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(certificat.SerialNumber) == 0 && e.ReasonCode != removeFromCRL {
				return refuser(Revoque, fmt.Errorf("since %s, by a list that could not be checked",
					e.RevocationTime.Format(time.DateOnly))), nil
			}
		}
	}
	return nil, fmt.Errorf("%w: certificate %x: %w", ErrNonVerifiee, certificat.SerialNumber, raison)
}

// signee: nothing shows that the list is another's: one of the authorities that signed
// the certificate signed it too, or none of them is here.
func (c *controle) signee(l *x509.RevocationList, certificat *x509.Certificate) bool {
	connue := false
	for _, a := range c.autorites.Certificats {
		if !bytes.Equal(a.RawSubject, certificat.RawIssuer) || certificat.CheckSignatureFrom(a) != nil {
			continue
		}
		if connue = true; l.CheckSignatureFrom(a) == nil {
			return true
		}
	}
	return !connue
}

// removeFromCRL is the reason code that lifts a suspension (RFC 5280 §5.3.1).
const removeFromCRL = 8

// revoque looks a certificate up in the lists of its authority: its entry if it's
// revoked, an error if no current list tells.
func (c *controle) revoque(certificat, autorite *x509.Certificate) (*x509.RevocationListEntry, error) {
	base, delta, err := c.listes(autorite)
	if base == nil {
		return nil, err
	}
	entree := func(l *x509.RevocationList) *x509.RevocationListEntry {
		for i, e := range l.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(certificat.SerialNumber) == 0 {
				return &l.RevokedCertificateEntries[i]
			}
		}
		return nil
	}
	revoque := entree(base)
	if delta != nil {
		if e := entree(delta); e != nil {
			revoque = e
			if e.ReasonCode == removeFromCRL {
				revoque = nil
			}
		}
	}
	// A revocation stands even in a list that is past its date.
	return revoque, err
}

// listes picks the newest complete list that the authority signed, and the newest
// delta that applies to it. The error says that they're missing or out of date.
func (c *controle) listes(autorite *x509.Certificate) (base, delta *x509.RevocationList, err error) {
	var deltas []*x509.RevocationList
	var mauvaises []error
	for _, l := range c.autorites.Listes {
		if !slices.Equal(l.RawIssuer, autorite.RawSubject) {
			continue
		}
		if err := l.CheckSignatureFrom(autorite); err != nil {
			mauvaises = append(mauvaises, fmt.Errorf("annuaire: revocation list of %q: %w", autorite.Subject.CommonName, err))
			continue
		}
		if l.ThisUpdate.After(c.heure) {
			continue
		}
		if critique := extensionInconnue(l); critique != "" {
			mauvaises = append(mauvaises, fmt.Errorf("annuaire: revocation list of %q: unknown critical extension %s",
				autorite.Subject.CommonName, critique))
			continue
		}
		if _, estDelta := baseDuDelta(l); estDelta {
			deltas = append(deltas, l)
		} else if base == nil || plusRecente(l, base) {
			base = l
		}
	}
	if base == nil {
		return nil, nil, errors.Join(append(mauvaises, fmt.Errorf("annuaire: no revocation list of %q",
			autorite.Subject.CommonName))...)
	}
	for _, d := range deltas {
		// RFC 5280 §5.2.4: the complete list is at least the one that the delta
		// starts from, and older than the delta.
		depart, _ := baseDuDelta(d)
		if base.Number != nil && depart != nil && base.Number.Cmp(depart) < 0 || !plusRecente(d, base) {
			continue
		}
		if delta == nil || plusRecente(d, delta) {
			delta = d
		}
	}
	// With a current delta, the status is known although the complete list is past.
	derniere := base
	if delta != nil {
		derniere = delta
	}
	if !derniere.NextUpdate.IsZero() && c.heure.After(derniere.NextUpdate) {
		err = fmt.Errorf("annuaire: revocation list of %q: past since %s", autorite.Subject.CommonName,
			derniere.NextUpdate.Format(time.DateTime))
	}
	return base, delta, err
}

func plusRecente(a, b *x509.RevocationList) bool {
	if a.Number != nil && b.Number != nil {
		if c := a.Number.Cmp(b.Number); c != 0 {
			return c > 0
		}
	}
	return a.ThisUpdate.After(b.ThisUpdate)
}
