package s3404

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/cms"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// CMS signs the whole signed bordereau with the host's key, as PDF signatures
// do (ISO 32000 § 12.8): viewers show and check it. The key may live in a card
// or an HSM. For profiles whose signature asks for it (scor.ProfilSignature).
type CMS struct {
	Certificat *x509.Certificate
	Signer     crypto.Signer
	Chaine     []*x509.Certificate // intermediate certificates, to help who verifies
	Taille     int                 // bytes kept for the signature; 0 is 16 KiB
}

// ErrCMS says that a signed bordereau's CMS doesn't come from whom it should.
var ErrCMS = errors.New("s3404: the CMS signature is not trusted")

// ErrCleIndisponible is wrapped when the signer's card or HSM failed, beside what it said.
var ErrCleIndisponible = cms.ErrCleIndisponible

// sousFiltre is a CMS without the attributes of CAdES.
const sousFiltre = "adbe.pkcs7.detached"

func (c *CMS) preparer(a *pdf.Ajout, s *signature.Signature) error {
	if c.Certificat == nil || c.Signer == nil {
		return errors.New("s3404: a CMS signature wants a certificate and its key")
	}
	a.TailleCMS = c.Taille
	if a.TailleCMS <= 0 {
		a.TailleCMS = 16 << 10
	}
	a.SousFiltre, a.Nom, a.Quand = sousFiltre, s.Signataire.Nom, pdf.DateTexte(s.Quand)
	a.CMS = func(contenu io.Reader) ([]byte, error) {
		var b bytes.Buffer
		w, err := cms.NewSignature(&b, cms.OptionsSignature{
			Signataires: []cms.Signataire{{Certificat: c.Certificat, Signer: c.Signer}}, Certificats: c.Chaine, Detachee: true,
			Date: s.Quand,
		})
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(w, contenu); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		return b.Bytes(), nil
	}
	return nil
}

// Racines are whom [Verifier] trusts for CMS signatures.
type Racines struct {
	Certificats *x509.CertPool
	Heure       time.Time // of the check of the certificates; zero is now
}

// PreuveCMS is a CMS signature whose mathematics are right.
type PreuveCMS struct {
	Certificat *x509.Certificate
	Date       time.Time // that the signer claims
	Sure       bool      // the certificate comes from Racines
}

// verifierCMS tells a signature that doesn't match the file (ErrModifie) from
// one that does but comes from someone else (ErrCMS).
func verifierCMS(s *pdf.Scelle, r *Racines) (*PreuveCMS, error) {
	signatures, err := cms.VerifierDetachee(bytes.NewReader(s.CMS), s.ContenuSigne(),
		cms.OptionsVerification{SansChaine: true})
	if err == nil && len(signatures) == 0 {
		err = errors.New("no signer")
	}
	if err == nil {
		err = conforme(s.CMS, signatures[0].Certificat)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: its CMS signature: %w", ErrModifie, err)
	}
	p := &PreuveCMS{Certificat: signatures[0].Certificat, Date: signatures[0].Date}
	if r != nil {
		if _, err := cms.VerifierDetachee(bytes.NewReader(s.CMS), s.ContenuSigne(),
			cms.OptionsVerification{Racines: r.Certificats, Heure: r.Heure}); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCMS, err)
		}
		p.Sure = true
	}
	return p, nil
}

// conforme checks the few bytes of a CMS that nothing signs and that readers
// pass over, as [CMS] writes them: versions, and the issuer's name letter by
// letter. So no byte of the file can be another.
func conforme(der []byte, c *x509.Certificate) error {
	var enveloppe struct {
		Type    asn1.ObjectIdentifier
		Contenu struct {
			Version     int
			Empreintes  asn1.RawValue
			Contenu     asn1.RawValue
			Certificats asn1.RawValue `asn1:"optional,tag:0"`
			Signataires []struct {
				Version  int
				Emetteur struct {
					Nom   asn1.RawValue
					Serie asn1.RawValue
				}
				Empreinte  asn1.RawValue
				Attributs  asn1.RawValue `asn1:"optional,tag:0"`
				Algorithme asn1.RawValue
				Signature  []byte
			} `asn1:"set"`
		} `asn1:"explicit,tag:0"`
	}
	if _, err := asn1.Unmarshal(der, &enveloppe); err != nil {
		return err
	}
	v := &enveloppe.Contenu
	if v.Version != 1 || len(v.Signataires) != 1 || v.Signataires[0].Version != 1 ||
		!bytes.Equal(v.Signataires[0].Emetteur.Nom.FullBytes, c.RawIssuer) {
		return errors.New("not as it was written")
	}
	return nil
}
