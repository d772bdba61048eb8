package demonstration

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// Correspondant is the other side of a demonstration: a frontal in the process, or one that runs apart.
type Correspondant struct {
	SMTP, POP3 string // host:port
	TLS        *tls.Config
	Boite      string // address of the frontal
	Annuaire   transport.Annuaire

	fermer func() error
}

// Close ends what was started.
func (c *Correspondant) Close() error {
	if c.fermer == nil {
		return nil
	}
	return c.fermer()
}

// NewCorrespondant starts a frontal in the process.
func NewCorrespondant(c frontal.Config) (*Correspondant, error) {
	f, err := frontal.New(c)
	if err != nil {
		return nil, err
	}
	return &Correspondant{f.SMTP(), f.POP3(), f.ConfigTLS(), f.Adresse(), f.Annuaire(), f.Close}, nil
}

// OpenCorrespondant reads the folder that examples/frontal leaves: addresses, authority, certificate.
func OpenCorrespondant(dossier string) (*Correspondant, error) {
	texte, err := lireBorne(filepath.Join(dossier, "adresses.json"))
	if err != nil {
		return nil, err
	}
	var a struct{ SMTP, POP3, Boite string }
	if err := json.Unmarshal(texte, &a); err != nil || a.SMTP == "" || a.POP3 == "" || a.Boite == "" {
		return nil, fmt.Errorf("%s : adresses.json n'est pas celui d'examples/frontal", dossier)
	}
	ac, err := lireBorne(filepath.Join(dossier, "ac.crt"))
	if err != nil {
		return nil, err
	}
	racines := x509.NewCertPool()
	if !racines.AppendCertsFromPEM(ac) {
		return nil, fmt.Errorf("%s : ac.crt n'a pas de certificat", dossier)
	}
	texte, err = lireBorne(filepath.Join(dossier, "frontal.crt"))
	if err != nil {
		return nil, err
	}
	bloc, _ := pem.Decode(texte)
	if bloc == nil {
		return nil, fmt.Errorf("%s : frontal.crt n'a pas de certificat", dossier)
	}
	cert, err := x509.ParseCertificate(bloc.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s : frontal.crt : %w", dossier, err)
	}
	return &Correspondant{SMTP: a.SMTP, POP3: a.POP3, TLS: &tls.Config{RootCAs: racines, ServerName: "localhost"},
		Boite: a.Boite, Annuaire: seul{a.Boite, cert}}, nil
}

func lireBorne(chemin string) ([]byte, error) {
	f, err := os.Open(chemin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 1<<20))
}

// seul is a directory of one certificate.
type seul struct {
	adresse string
	cert    *x509.Certificate
}

// Certificats implements transport.Annuaire.
func (s seul) Certificats(_ context.Context, adresse string) ([]*x509.Certificate, error) {
	if !strings.EqualFold(adresse, s.adresse) {
		return nil, fmt.Errorf("aucun certificat pour %s", adresse)
	}
	return []*x509.Certificate{s.cert}, nil
}
