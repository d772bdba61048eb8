package transport

import (
	"crypto"
	"crypto/x509"
)

// Cle opens what was encrypted for a certificate. The private key may stay in a
// card or an HSM: only Decrypter is called.
type Cle struct {
	Certificat *x509.Certificate
	Decrypter  crypto.Decrypter
}
