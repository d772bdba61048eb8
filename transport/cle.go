package transport

import (
	"crypto"
	"crypto/x509"
	"time"
)

// Cle opens what was encrypted for a certificate. The private key may stay in a
// card or an HSM: only Decrypter is called.
type Cle struct {
	Certificat *x509.Certificate
	Decrypter  crypto.Decrypter
}

// Signataire signs messages. The private key may stay in a card or an HSM: only
// Signer is called.
type Signataire struct {
	Certificat *x509.Certificate
	Signer     crypto.Signer
}

// Signature is one that was verified on a received message.
type Signature struct {
	Certificat *x509.Certificate
	Chaines    [][]*x509.Certificate // to the roots of Ouvreur.Racines; nil without roots
	Date       time.Time             // that the signer claims; zero when it claims none
}
