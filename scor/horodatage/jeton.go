package horodatage

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha512" // SHA-384 and SHA-512 of signers
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// ErrJeton says that a token, or a signature, isn't one of what it is given for, or can't be trusted.
var ErrJeton = errors.New("horodatage: token refused")

var (
	oidSignedData  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
)

var condenses = map[string]crypto.Hash{
	oidSHA256.String():       crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
	"1.2.840.113549.1.1.11":  crypto.SHA256, // sha256WithRSAEncryption and its kin, as the signature's algorithm
	"1.2.840.113549.1.1.12":  crypto.SHA384,
	"1.2.840.113549.1.1.13":  crypto.SHA512,
	"1.2.840.10045.4.3.2":    crypto.SHA256, // ecdsa-with-SHA256
	"1.2.840.10045.4.3.3":    crypto.SHA384,
	"1.2.840.10045.4.3.4":    crypto.SHA512,
}

type contentInfo struct {
	OID     asn1.ObjectIdentifier
	Contenu asn1.RawValue `asn1:"explicit,tag:0"`
}

type encapsule struct {
	OID     asn1.ObjectIdentifier
	Contenu asn1.RawValue `asn1:"explicit,optional,tag:0"`
}

type attribut struct {
	OID     asn1.ObjectIdentifier
	Valeurs []asn1.RawValue `asn1:"set"`
}

type emetteurSerie struct {
	Emetteur asn1.RawValue
	Serie    *big.Int
}

type signataire struct {
	Version    int
	Qui        emetteurSerie
	Condense   algorithme
	Attributs  asn1.RawValue `asn1:"optional,tag:0"`
	Algorithme algorithme
	Signature  []byte
	Autres     asn1.RawValue `asn1:"optional,tag:1"`
}

type signedData struct {
	Version     int
	Condenses   []algorithme `asn1:"set"`
	Contenu     encapsule
	Certificats asn1.RawValue `asn1:"optional,tag:0"`
	CRL         asn1.RawValue `asn1:"optional,tag:1"`
	Signataires []signataire  `asn1:"set"`
}

type tstInfo struct {
	Version   int
	Politique asn1.ObjectIdentifier
	Condense  condense
	Serie     *big.Int
	Quand     time.Time `asn1:"generalized"`
	Precision precision `asn1:"optional"`
	Ordre     bool      `asn1:"optional"`
	Nonce     *big.Int  `asn1:"optional"`
	// Then the name of the authority, and extensions.
}

type precision struct {
	Secondes int `asn1:"optional"`
	Milli    int `asn1:"optional,tag:0"`
	Micro    int `asn1:"optional,tag:1"`
}

// jeton is a token as read: nothing of it is proved yet.
type jeton struct {
	info        tstInfo
	brut        []byte // the TSTInfo, which is signed
	signataire  signataire
	certificats []*x509.Certificate
}

func lireJeton(b []byte) (*jeton, error) {
	var ci contentInfo
	if reste, err := asn1.Unmarshal(b, &ci); err != nil || len(reste) > 0 || !ci.OID.Equal(oidSignedData) {
		return nil, fmt.Errorf("%w: not a SignedData", ErrJeton)
	}
	var sd signedData
	if _, err := asn1.Unmarshal(ci.Contenu.Bytes, &sd); err != nil {
		return nil, fmt.Errorf("%w: SignedData unreadable", ErrJeton)
	}
	if !sd.Contenu.OID.Equal(oidTSTInfo) || len(sd.Signataires) != 1 {
		return nil, fmt.Errorf("%w: one signature over a TSTInfo expected", ErrJeton)
	}
	j := &jeton{signataire: sd.Signataires[0]}
	if _, err := asn1.Unmarshal(sd.Contenu.Contenu.Bytes, &j.brut); err != nil {
		return nil, fmt.Errorf("%w: content unreadable", ErrJeton)
	}
	if reste, err := asn1.Unmarshal(j.brut, &j.info); err != nil || len(reste) > 0 {
		return nil, fmt.Errorf("%w: TSTInfo unreadable", ErrJeton)
	}
	certificats, err := x509.ParseCertificates(sd.Certificats.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: certificates unreadable", ErrJeton)
	}
	j.certificats = certificats
	return j, nil
}

// pour says whether the token is about e.
func (j *jeton) pour(e scor.Empreinte) error {
	if !j.info.Condense.Algorithme.OID.Equal(oidSHA256) || !bytes.Equal(j.info.Condense.Octets, e[:]) {
		return fmt.Errorf("%w: it is about something else", ErrJeton)
	}
	return nil
}

// Horodatage is what a token says, once it was proved.
type Horodatage struct {
	Quand     time.Time
	Autorite  string // subject of the certificate that signed
	Politique string // the authority's policy, an OID
	Serie     string
}

// Verifier proves that jeton is a time-stamp of what has that SHA-256, signed by a certificate for time-stamping that
// leads to racines and was valid at that time. Revocation isn't looked up.
func Verifier(b []byte, e scor.Empreinte, racines *x509.CertPool) (Horodatage, error) {
	j, err := lireJeton(b)
	if err != nil {
		return Horodatage{}, err
	}
	if err := j.pour(e); err != nil {
		return Horodatage{}, err
	}
	c := j.certificat()
	if c == nil {
		return Horodatage{}, fmt.Errorf("%w: its signer's certificate isn't in it", ErrJeton)
	}
	if err := j.signature(c); err != nil {
		return Horodatage{}, err
	}
	intermediaires := x509.NewCertPool()
	for _, x := range j.certificats {
		intermediaires.AddCert(x)
	}
	if _, err := c.Verify(x509.VerifyOptions{Roots: racines, Intermediates: intermediaires, CurrentTime: j.info.Quand,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}); err != nil {
		return Horodatage{}, fmt.Errorf("%w: %w", ErrJeton, err)
	}
	return Horodatage{j.info.Quand.UTC(), c.Subject.String(), j.info.Politique.String(), j.info.Serie.Text(16)}, nil
}

func (j *jeton) certificat() *x509.Certificate {
	for _, c := range j.certificats {
		if c.SerialNumber.Cmp(j.signataire.Qui.Serie) == 0 && bytes.Equal(c.RawIssuer, j.signataire.Qui.Emetteur.FullBytes) {
			return c
		}
	}
	return nil
}

// signature checks the signed attributes against the content, then the signature over them.
func (j *jeton) signature(c *x509.Certificate) error {
	s := &j.signataire
	h, ok := condenses[s.Condense.OID.String()]
	if !ok {
		return fmt.Errorf("%w: digest algorithm %v", ErrJeton, s.Condense.OID)
	}
	if len(s.Attributs.FullBytes) == 0 {
		return fmt.Errorf("%w: no signed attributes", ErrJeton)
	}
	signe := bytes.Clone(s.Attributs.FullBytes)
	signe[0] = 0x31 // what is signed is the SET, not its implicit tag
	var l []attribut
	if reste, err := asn1.UnmarshalWithParams(signe, &l, "set"); err != nil || len(reste) > 0 {
		return fmt.Errorf("%w: signed attributes unreadable", ErrJeton)
	}
	d := h.New()
	d.Write(j.brut)
	if !unSeul(l, oidDigest, func(v asn1.RawValue) bool {
		return v.Tag == asn1.TagOctetString &&
			bytes.Equal(v.Bytes, d.Sum(nil))
	}) {
		return fmt.Errorf("%w: another content was signed", ErrJeton)
	}
	if !unSeul(l, oidContentType, func(v asn1.RawValue) bool {
		var o asn1.ObjectIdentifier
		_, err := asn1.Unmarshal(v.FullBytes, &o)
		return err == nil && o.Equal(oidTSTInfo)
	}) {
		return fmt.Errorf("%w: another kind of content was signed", ErrJeton)
	}
	hs := h
	if !s.Algorithme.OID.Equal(oidRSA) {
		if hs, ok = condenses[s.Algorithme.OID.String()]; !ok {
			return fmt.Errorf("%w: signature algorithm %v", ErrJeton, s.Algorithme.OID)
		}
	}
	d = hs.New()
	d.Write(signe)
	bon := false
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		bon = rsa.VerifyPKCS1v15(k, hs, d.Sum(nil), s.Signature) == nil
	case *ecdsa.PublicKey:
		bon = ecdsa.VerifyASN1(k, d.Sum(nil), s.Signature)
	}
	if !bon {
		return fmt.Errorf("%w: its signature isn't its signer's", ErrJeton)
	}
	return nil
}

// unSeul: the attribute is there once, with one value, which is bon.
func unSeul(l []attribut, oid asn1.ObjectIdentifier, bon func(asn1.RawValue) bool) bool {
	n, ok := 0, false
	for _, a := range l {
		if a.OID.Equal(oid) {
			n++
			ok = len(a.Valeurs) == 1 && bon(a.Valeurs[0])
		}
	}
	return n == 1 && ok
}
