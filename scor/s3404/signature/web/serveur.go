package web

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// ErrEnClair is plain HTTP asked for on an address that others can reach.
var ErrEnClair = errors.New("web: plain HTTP is for loopback only")

// Listen listens on addr, with TLS when certificat is not nil. Plain HTTP on anything but a loopback address is
// [ErrEnClair].
func Listen(addr string, certificat *tls.Certificate) (net.Listener, error) {
	if certificat == nil {
		hote, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		if ip := net.ParseIP(hote); hote != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, fmt.Errorf("%w: %s", ErrEnClair, addr)
		}
		return net.Listen("tcp", addr)
	}
	return tls.Listen("tcp", addr, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*certificat},
		NextProtos: []string{"h2", "http/1.1"}})
}

// NewServer makes a server with the times and sizes that a page for one tablet needs, so that a slow or greedy client
// holds little.
func NewServer(h http.Handler, journal *slog.Logger) *http.Server {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: log.New(erreurs{journal},
			"", 0)}
	return s
}

// erreurs takes net/http's own complaints (failed handshakes of browsers that don't know the certificate yet) to the
// debug level.
type erreurs struct{ journal *slog.Logger }

func (e erreurs) Write(p []byte) (int, error) {
	if e.journal != nil {
		e.journal.Debug("http", "message", string(bytes.TrimSpace(p)))
	}
	return len(p), nil
}

// CertificatLocal reads certificat.pem and cle.pem of a folder, or makes them (ECDSA P-256, 397 days, key with mode
// 0600) for the hosts: names and IP addresses by which the tablet reaches this machine. One that expires within a month
// or lacks a host is replaced.
func CertificatLocal(dossier string, hotes ...string) (*tls.Certificate, error) {
	fc, fk := filepath.Join(dossier, "certificat.pem"), filepath.Join(dossier, "cle.pem")
	c, err := tls.LoadX509KeyPair(fc, fk)
	if err == nil && convient(c.Leaf, hotes) {
		return &c, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("web: certificate in %s: %w", dossier, err)
	}
	cle, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	numero, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	t := time.Now()
	modele := &x509.Certificate{SerialNumber: numero, Subject: pkix.Name{CommonName: "Signature S3404 (certificat local)"},
		NotBefore: t.Add(-time.Hour), NotAfter: t.AddDate(0, 0, 397), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
	for _, h := range hotes {
		if ip := net.ParseIP(h); ip != nil {
			modele.IPAddresses = append(modele.IPAddresses, ip)
		} else {
			modele.DNSNames = append(modele.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, modele, modele, cle.Public(), cle)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(cle)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if err := os.MkdirAll(dossier, 0o700); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	clePEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	if err := errors.Join(os.WriteFile(fk, clePEM, 0o600), os.WriteFile(fc, certPEM, 0o644)); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	c, err = tls.X509KeyPair(certPEM, clePEM)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return &c, nil
}

func convient(c *x509.Certificate, hotes []string) bool {
	if time.Until(c.NotAfter) < 30*24*time.Hour {
		return false
	}
	for _, h := range hotes {
		if c.VerifyHostname(h) != nil {
			return false
		}
	}
	return true
}

// EmpreinteCertificat is the SHA-256 of a certificate as browsers show it, to be compared by eye: "3A:0F:…".
func EmpreinteCertificat(c *tls.Certificate) string {
	s := sha256.Sum256(c.Certificate[0])
	b := fmt.Appendf(nil, "%02X", s[0])
	for _, x := range s[1:] {
		b = fmt.Appendf(b, ":%02X", x)
	}
	return string(b)
}
