package escl

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Defaults.
const (
	tailleMax    = 64 << 20
	documentsMax = 1000
	patience     = 3 * time.Minute
	delaiReponse = 90 * time.Second // a feeder in colour at 600 dpi takes most of a minute to give a page
)

// Client speaks to one scanner. It may be used by several goroutines; the scanner does one job at a time.
type Client struct {
	racine   *url.URL
	http     *http.Client
	epingle  *[32]byte
	taille   int64
	nombre   int
	patience time.Duration
	attente  func(context.Context, time.Duration) error
}

// Option changes what New makes.
type Option func(*Client)

// WithCertificat accepts, over https, the certificate with this SHA-256 and no other, whoever signed it: scanners sign
// their own. See ReadCertificat.
func WithCertificat(empreinte [32]byte) Option { return func(c *Client) { c.epingle = &empreinte } }

// WithTailleMax sets the limits: bytes of a document, and documents of a job. The defaults are 64 MiB and 1000.
func WithTailleMax(octets int64, documents int) Option {
	return func(c *Client) { c.taille, c.nombre = octets, documents }
}

// WithPatience sets how long, in all, a scanner that says "not yet" is asked again before each document. The
// default is 3 minutes.
func WithPatience(d time.Duration) Option { return func(c *Client) { c.patience = d } }

// WithAttente replaces the wait between two questions: for tests, which need no clock.
func WithAttente(f func(context.Context, time.Duration) error) Option {
	return func(c *Client) { c.attente = f }
}

// New makes a client for the scanner at an address, as "https://192.168.1.20/eSCL"; where the address has no path it is
// /eSCL, which nearly all scanners have. It doesn't call the scanner.
func New(adresse string, opts ...Option) (*Client, error) {
	u, err := url.Parse(strings.TrimSpace(adresse))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, errors.New("escl: address: expected http://host/eSCL or https://host/eSCL")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("escl: address: no user, query or fragment expected")
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/eSCL"
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	c := &Client{racine: u, taille: tailleMax, nombre: documentsMax, patience: patience, attente: dormir}
	for _, o := range opts {
		o(c)
	}
	if c.taille <= 0 || c.nombre <= 0 {
		return nil, fmt.Errorf("escl: limits of %d bytes and %d documents: expected more than 0", c.taille, c.nombre)
	}
	if c.epingle != nil && u.Scheme != "https" {
		return nil, errors.New("escl: a certificate is given, and the address isn't https")
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout:   15 * time.Second,
			ResponseHeaderTimeout: delaiReponse,
			MaxIdleConns:          2,
			IdleConnTimeout:       10 * time.Second,
			TLSClientConfig:       c.tls(),
			// No proxy: the scanner is on the office's network, and pages are nobody else's to see.
		},
		CheckRedirect: c.suivre,
	}
	return c, nil
}

func dormir(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

var errCertificat = errors.New("escl: the certificate isn't the one that was accepted")

// tls checks the certificate by the digest where one was given, by the system's authorities otherwise.
func (c *Client) tls() *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.epingle == nil {
		return cfg
	}
	attendu := *c.epingle
	// The digest says which scanner it is better than a name would: names of scanners are addresses that change.
	cfg.InsecureSkipVerify = true
	cfg.VerifyConnection = func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 {
			return errCertificat
		}
		vu := sha256.Sum256(s.PeerCertificates[0].Raw)
		if subtle.ConstantTimeCompare(vu[:], attendu[:]) != 1 {
			return errCertificat
		}
		return nil
	}
	return cfg
}

// ReadCertificat gives the SHA-256 of the certificate that the scanner at an https address shows, for a person to
// accept with WithCertificat. Nothing says that it is the scanner's before that person has looked.
func ReadCertificat(ctx context.Context, adresse string) ([32]byte, error) {
	c, err := New(adresse)
	if err != nil {
		return [32]byte{}, err
	}
	if c.racine.Scheme != "https" {
		return [32]byte{}, errors.New("escl: only https has a certificate")
	}
	port := c.racine.Port()
	if port == "" {
		port = "443"
	}
	d := &tls.Dialer{NetDialer: &net.Dialer{Timeout: 10 * time.Second},
		Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}} // it is only looked at
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(c.racine.Hostname(), port))
	if err != nil {
		return [32]byte{}, &Erreur{Faute: Injoignable, Acte: "certificate", Err: err}
	}
	defer conn.Close()
	certs := conn.(*tls.Conn).ConnectionState().PeerCertificates
	if len(certs) == 0 {
		return [32]byte{}, &Erreur{Faute: PasScanner, Acte: "certificate"}
	}
	return sha256.Sum256(certs[0].Raw), nil
}

// suivre follows redirects on the scanner itself only, and never down from https.
func (c *Client) suivre(r *http.Request, avant []*http.Request) error {
	if len(avant) > 3 || r.URL.Hostname() != c.racine.Hostname() || r.Method != avant[0].Method ||
		c.racine.Scheme == "https" && r.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	return nil
}

// demander asks the scanner. The error is an *Erreur, or the context's.
func (c *Client) demander(ctx context.Context, acte, methode, chemin string, corps string) (*http.Response, error) {
	u := *c.racine
	u.Path = chemin
	var b io.Reader
	if corps != "" {
		b = strings.NewReader(corps)
	}
	r, err := http.NewRequestWithContext(ctx, methode, u.String(), b)
	if err != nil {
		return nil, &Erreur{Faute: PasScanner, Acte: acte, Err: errors.New("unusable address of a job")}
	}
	if corps != "" {
		r.Header.Set("Content-Type", "text/xml; charset=utf-8")
	}
	rep, err := c.http.Do(r)
	if err == nil {
		return rep, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, &Erreur{Faute: fauteReseau(err), Acte: acte, Err: err}
}

// fauteReseau tells a certificate that isn't trusted from a scanner that isn't there.
func fauteReseau(err error) Faute {
	var inconnu x509.UnknownAuthorityError
	var verif *tls.CertificateVerificationError
	var nom x509.HostnameError
	var entete tls.RecordHeaderError
	switch {
	case errors.Is(err, errCertificat), errors.As(err, &inconnu), errors.As(err, &verif), errors.As(err, &nom):
		return Certificat
	case errors.As(err, &entete), strings.Contains(err.Error(), "malformed HTTP"):
		return PasScanner
	}
	return Injoignable
}

// lire asks for an XML document and gives its body, bounded.
func (c *Client) lire(ctx context.Context, acte string, parse func(io.Reader) error) error {
	rep, err := c.demander(ctx, acte, http.MethodGet, c.racine.Path+"/"+acte, "")
	if err != nil {
		return err
	}
	defer rep.Body.Close()
	if rep.StatusCode != http.StatusOK {
		return &Erreur{Faute: fauteStatut(rep.StatusCode), Acte: acte, Statut: rep.StatusCode}
	}
	if err := parse(rep.Body); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &Erreur{Faute: PasScanner, Acte: acte, Err: err}
	}
	return nil
}

func fauteStatut(s int) Faute {
	switch s {
	case http.StatusServiceUnavailable:
		return Occupe
	case http.StatusConflict, http.StatusBadRequest:
		return ReglagesRefuses
	case http.StatusUnauthorized, http.StatusForbidden:
		return Acces
	}
	if s >= 500 {
		return Panne
	}
	return PasScanner
}

// Capacites asks the scanner what it can do.
func (c *Client) Capacites(ctx context.Context) (*Capacites, error) {
	var x *Capacites
	err := c.lire(ctx, "ScannerCapabilities", func(r io.Reader) (err error) { x, err = ParseCapacites(r); return err })
	return x, err
}

// Etat asks the scanner for its state.
func (c *Client) Etat(ctx context.Context) (*Etat, error) {
	var x *Etat
	err := c.lire(ctx, "ScannerStatus", func(r io.Reader) (err error) { x, err = ParseEtat(r); return err })
	return x, err
}
