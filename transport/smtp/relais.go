package smtp

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"
)

// Securite says how the connection is protected.
type Securite uint8

const (
	STARTTLS         Securite = iota // RFC 3207, asked for: without it nothing is sent
	TLSImplicite                     // RFC 8314, port 465
	STARTTLSPossible                 // when the relay offers it
	EnClair                          // never; no AUTH then
)

// Relais is a relay and how to talk to it.
type Relais struct {
	Adresse  string // host:port
	Nom      string // our name in EHLO; "" is "localhost"
	Securite Securite
	Auth     Auth // zero: none

	// TLS is cloned; nil is the system's authorities, the relay's name, TLS 1.2.
	TLS *tls.Config
	// Epingles pins the relay: the SHA-256 of the SubjectPublicKeyInfo of its
	// certificate, see [Epingle]. Several while the relay changes its key.
	Epingles [][sha256.Size]byte
	// SansAutorite trusts the pins alone, for a certificate that no authority
	// signed; it needs Epingles.
	SansAutorite bool

	Delais Delais
}

// Delais bounds each step. A zero field is the value of RFC 5321 §4.5.3.2.
type Delais struct {
	Connexion time.Duration // TCP connection, then TLS handshake; 30 s
	Commande  time.Duration // greeting and reply to a command; 5 min
	Ecriture  time.Duration // each block of the message; 3 min
	Fin       time.Duration // reply to the end of the message; 10 min
}

func (d Delais) complets() Delais {
	defaut := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	defaut(&d.Connexion, 30*time.Second)
	defaut(&d.Commande, 5*time.Minute)
	defaut(&d.Ecriture, 3*time.Minute)
	defaut(&d.Fin, 10*time.Minute)
	return d
}

// Epingle is the pin of a certificate.
func Epingle(c *x509.Certificate) [sha256.Size]byte {
	return sha256.Sum256(c.RawSubjectPublicKeyInfo)
}

// ErrEpingle: the relay's key is none of those pinned.
var ErrEpingle = errors.New("smtp: the relay's key is not a pinned one")

func (r *Relais) verifier() error {
	if _, _, err := net.SplitHostPort(r.Adresse); err != nil {
		return fmt.Errorf("smtp: address of the relay: %w", err)
	}
	if r.Securite > EnClair {
		return fmt.Errorf("smtp: unknown Securite %d", r.Securite)
	}
	if r.SansAutorite && len(r.Epingles) == 0 {
		return errors.New("smtp: SansAutorite without Epingles would trust anyone")
	}
	if r.Auth.actif() && r.Securite == EnClair {
		return errors.New("smtp: AUTH without TLS would show the password")
	}
	return nil
}

func (r *Relais) configTLS() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if r.TLS != nil {
		c = r.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName, _, _ = net.SplitHostPort(r.Adresse)
	}
	if len(r.Epingles) == 0 {
		return c
	}
	c.InsecureSkipVerify = c.InsecureSkipVerify || r.SansAutorite
	avant := c.VerifyConnection
	c.VerifyConnection = func(s tls.ConnectionState) error {
		if avant != nil {
			if err := avant(s); err != nil {
				return err
			}
		}
		if len(s.PeerCertificates) == 0 || !slices.Contains(r.Epingles, Epingle(s.PeerCertificates[0])) {
			return ErrEpingle
		}
		return nil
	}
	return c
}
