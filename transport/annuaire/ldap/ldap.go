// Package ldap reads the certificates of the frontals from an LDAP directory. It's
// a source for transport/annuaire, in a package of its own so that who uses a
// folder does not link an LDAP library.
//
// Public facts (two senders in production, confidence H): anonymous LDAP v3
// at [URLPublique], base [BaseProduction] or [BaseTest], filter (cn=<address>),
// attribute userCertificate;binary with several values; authorities as pkiCA
// objects with cACertificate;binary, certificateRevocationList;binary and
// deltaRevocationList;binary; at most 10 entries in a response. That the authorities
// are the base and the entries above it is inferred from those names
// (AC-FACTURATION under AC-SESAM-VITALE).
//
// Implemented, over github.com/go-ldap/ldap/v3: RFC 4511 and 4513 (anonymous,
// StartTLS), RFC 4515 filters, RFC 4522 ;binary, RFC 4523 schema.
package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
)

// The directory that the public senders use.
const (
	URLPublique    = "ldap://annuaire.sesam-vitale.fr:389"
	BaseProduction = "ou=AC-FACTURATION,ou=AC-SESAM-VITALE-2034,o=sesam-vitale,c=fr"
	BaseTest       = "ou=AC-FACTURATION-TEST,ou=AC-SESAM-VITALE-TEST-2034,o=sesam-vitale,c=fr"

	// LimiteEntrees is what that directory gives at most in one response.
	LimiteEntrees = 10
)

const (
	attrCertificat = "userCertificate;binary"
	attrAutorite   = "cACertificate;binary"
	attrListe      = "certificateRevocationList;binary"
	attrDelta      = "deltaRevocationList;binary"
)

// octetsMax bounds what one connection can make us hold: some lists and a few
// certificates.
const octetsMax = 64 << 20

// Config of a directory; URL and Base are needed.
type Config struct {
	URL  string // ldap://host:port or ldaps://host:port
	Base string // DN under which the frontals' entries are, at any depth

	// BasesAutorites are the DNs of the pkiCA entries; nil is Base and the entries
	// above it.
	BasesAutorites []string

	StartTLS bool // on ldap://
	TLS      *tls.Config

	Delai time.Duration // of the connection, and of each request; 0 is 15 s

	// Dial opens the TCP connection; nil is net.Dialer's.
	Dial func(ctx context.Context, reseau, adresse string) (net.Conn, error)
}

// Source is a directory.
type Source struct {
	config Config
	hote   string // host:port
	ldaps  bool
	bases  []string
}

var _ annuaire.Source = (*Source)(nil)

// New checks the configuration; it doesn't connect.
func New(c Config) (*Source, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "ldap" && u.Scheme != "ldaps" {
		return nil, fmt.Errorf("ldap: %q is not ldap://host:port or ldaps://host:port", c.URL)
	}
	s := &Source{config: c, ldaps: u.Scheme == "ldaps", bases: c.BasesAutorites}
	if s.ldaps && c.StartTLS {
		return nil, errors.New("ldap: StartTLS on ldaps")
	}
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "389", true: "636"}[s.ldaps]
	}
	s.hote = net.JoinHostPort(u.Hostname(), port)
	for _, b := range append([]string{c.Base}, c.BasesAutorites...) {
		if _, err := ldap.ParseDN(b); err != nil || b == "" {
			return nil, fmt.Errorf("ldap: %q is not a DN", b)
		}
	}
	if s.bases == nil {
		s.bases = ancetres(c.Base)
	}
	if s.config.Delai <= 0 {
		s.config.Delai = 15 * time.Second
	}
	if s.config.Dial == nil {
		s.config.Dial = new(net.Dialer).DialContext
	}
	return s, nil
}

// ancetres is the DN and those above it.
func ancetres(base string) []string {
	dn, err := ldap.ParseDN(base)
	if err != nil {
		return nil
	}
	var dns []string
	for i := range dn.RDNs {
		dns = append(dns, (&ldap.DN{RDNs: dn.RDNs[i:]}).String())
	}
	return dns
}

// Candidats searches (cn=<address>) under Base.
func (s *Source) Candidats(ctx context.Context, adresse string) (certificats []*x509.Certificate,
	avertissements []error, err error) {
	err = s.session(ctx, func(c *ldap.Conn) error {
		entrees, tronque, err := s.chercher(c, s.config.Base, ldap.ScopeWholeSubtree,
			"(cn="+ldap.EscapeFilter(adresse)+")", attrCertificat)
		if err != nil {
			return err
		}
		if tronque != nil {
			avertissements = append(avertissements, tronque)
		}
		for _, e := range entrees {
			for _, der := range valeurs(e, attrCertificat) {
				c, err := x509.ParseCertificate(der)
				if err != nil {
					avertissements = append(avertissements, fmt.Errorf("ldap: %s of %q: %w", attrCertificat, e.DN, err))
					continue
				}
				certificats = append(certificats, c)
			}
		}
		return nil
	})
	if err == nil && len(certificats) == 0 {
		err = annuaire.ErrIntrouvable
	}
	return certificats, avertissements, err
}

// Autorites reads the pkiCA entries.
func (s *Source) Autorites(ctx context.Context) (a annuaire.Autorites, avertissements []error, err error) {
	err = s.session(ctx, func(c *ldap.Conn) error {
		for _, base := range s.bases {
			entrees, _, err := s.chercher(c, base, ldap.ScopeBaseObject, "(objectClass=pkiCA)", attrAutorite, attrListe,
				attrDelta)
			if ldap.IsErrorWithCode(err, ldap.LDAPResultInsufficientAccessRights) {
				// The entries far above may be nobody's business; the path tells what lacks.
				avertissements = append(avertissements, err)
				continue
			}
			if err != nil {
				return err
			}
			for _, e := range entrees {
				avertissements = append(avertissements, lireAutorite(e, &a)...)
			}
		}
		return nil
	})
	return a, avertissements, err
}

func lireAutorite(e *ldap.Entry, a *annuaire.Autorites) (avertissements []error) {
	noter := func(attribut string, err error) {
		avertissements = append(avertissements, fmt.Errorf("ldap: %s of %q: %w", attribut, e.DN, err))
	}
	for _, der := range valeurs(e, attrAutorite) {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			noter(attrAutorite, err)
			continue
		}
		a.Certificats = append(a.Certificats, c)
	}
	for _, attribut := range []string{attrListe, attrDelta} {
		for _, der := range valeurs(e, attribut) {
			l, err := x509.ParseRevocationList(der)
			if err != nil {
				noter(attribut, err)
				continue
			}
			a.Listes = append(a.Listes, l)
		}
	}
	return avertissements
}

// valeurs are those of an attribute asked for with ;binary, which some servers give
// back without that option, or in another case.
func valeurs(e *ldap.Entry, attribut string) (v [][]byte) {
	for _, a := range e.Attributes {
		if strings.EqualFold(a.Name, attribut) || strings.EqualFold(a.Name+";binary", attribut) {
			v = append(v, a.ByteValues...)
		}
	}
	return v
}

// chercher gives the entries, and tells when the server held some back: it says so
// (sizeLimitExceeded), or gives exactly as many as the public directory can.
func (s *Source) chercher(c *ldap.Conn, base string, portee int, filtre string, attributs ...string) ([]*ldap.Entry,
	*annuaire.ErreurTronquee, error) {
	r, err := c.Search(ldap.NewSearchRequest(base, portee, ldap.NeverDerefAliases, 0,
		int(s.config.Delai/time.Second)+1, false, filtre, attributs, nil))
	var entrees []*ldap.Entry
	if r != nil {
		entrees = r.Entries
	}
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject):
		return nil, nil, nil
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded), err == nil && len(entrees) == LimiteEntrees:
		return entrees, &annuaire.ErreurTronquee{Base: base, Entrees: len(entrees)}, nil
	case err != nil:
		return nil, nil, fmt.Errorf("ldap: searching %s under %q: %w", filtre, base, err)
	}
	return entrees, nil, nil
}

// session connects, anonymous, for as long as f.
func (s *Source) session(ctx context.Context, f func(*ldap.Conn) error) error {
	court, annuler := context.WithTimeout(ctx, s.config.Delai)
	defer annuler()
	brute, err := s.config.Dial(court, "tcp", s.hote)
	if err != nil {
		return fmt.Errorf("ldap: %w", err)
	}
	brute = &bornee{Conn: brute, reste: octetsMax}
	if s.ldaps {
		t := tls.Client(brute, s.configTLS())
		if err := t.HandshakeContext(court); err != nil {
			brute.Close()
			return fmt.Errorf("ldap: %w", err)
		}
		brute = t
	}
	c := ldap.NewConn(brute, s.ldaps)
	c.Start()
	defer c.Close()
	c.SetTimeout(s.config.Delai)
	arret := context.AfterFunc(ctx, func() { brute.Close() })
	defer arret()
	if s.config.StartTLS {
		if err := c.StartTLS(s.configTLS()); err != nil {
			return fmt.Errorf("ldap: %w", err)
		}
	}
	if err := f(c); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	return nil
}

func (s *Source) configTLS() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.config.TLS != nil {
		c = s.config.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = strings.Trim(s.hote[:strings.LastIndexByte(s.hote, ':')], "[]")
	}
	return c
}

// errBorne: the directory sends without end.
var errBorne = fmt.Errorf("ldap: more than %d bytes received", octetsMax)

// bornee is a connection that gives so many bytes and no more.
type bornee struct {
	net.Conn
	reste int64
}

func (b *bornee) Read(p []byte) (int, error) {
	if b.reste <= 0 {
		return 0, errBorne
	}
	n, err := b.Conn.Read(p[:min(int64(len(p)), b.reste)])
	b.reste -= int64(n)
	return n, err
}
