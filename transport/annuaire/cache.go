package annuaire

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// cache is a folder with a PEM file for each address, and one for the
// authorities. What it holds goes through all the checks again when read. A nil
// *cache keeps nothing. The folder is private, and no link in it is followed: who could
// put a file there could have messages encrypted for a key of his own.
type cache struct {
	dossier string
	duree   time.Duration
}

// reponse is what a source answered, and when.
type reponse struct {
	Autorites
	le time.Time
}

func (r *reponse) frais(c *cache, maintenant time.Time) bool {
	if r == nil || c == nil {
		return false
	}
	age := maintenant.Sub(r.le)
	return age >= 0 && age < c.duree // a date in the future is a clock that was wrong
}

// listePassee says that a newer list should be there by now.
func (r *reponse) listePassee(maintenant time.Time) bool {
	return slices.ContainsFunc(r.Listes, func(l *x509.RevocationList) bool {
		return !l.NextUpdate.IsZero() && maintenant.After(l.NextUpdate)
	})
}

// champDate is the PEM header of the first block.
const champDate = "Date"

func (c *cache) nom(adresse string) string {
	if adresse == "" {
		return "autorites.pem"
	}
	h := sha256.Sum256([]byte(strings.ToLower(adresse)))
	return hex.EncodeToString(h[:]) + ".pem"
}

// lire returns nil when there's nothing; a file that can't be read is as good as
// none, with a warning.
func (c *cache) lire(adresse string, avertir func(string, error)) *reponse {
	if c == nil {
		return nil
	}
	brut, err := c.lireFichier(c.nom(adresse))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	r := new(reponse)
	if err == nil {
		err = r.UnmarshalText(brut)
	}
	if err != nil {
		avertir(adresse, fmt.Errorf("annuaire: cache: %w", err))
		return nil
	}
	return r
}

func (c *cache) garder(adresse string, a Autorites, le time.Time, avertir func(string, error)) {
	if c == nil {
		return
	}
	if err := c.ecrire(c.nom(adresse), &reponse{a, le.UTC()}); err != nil {
		avertir(adresse, fmt.Errorf("annuaire: cache: %w", err))
	}
}

// ecrire replaces the file in one go, for the other processes.
func (c *cache) ecrire(nom string, r *reponse) error {
	texte, err := r.MarshalText()
	if err != nil {
		return err
	}
	d, err := depot.Open(c.dossier, depot.WithTailleMax(fichierMax))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Write(nom, texte, depot.Remplacer)
}

// lireFichier is fs.ErrNotExist when nothing is kept yet, and makes no folder.
func (c *cache) lireFichier(nom string) ([]byte, error) {
	d, err := c.ouvrir()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Read(nom)
}

func (c *cache) ouvrir() (*depot.Depot, error) {
	if _, err := os.Stat(c.dossier); err != nil {
		return nil, err
	}
	return depot.Open(c.dossier, depot.WithRestes(), depot.WithTailleMax(fichierMax))
}

// oublier removes what was kept; what can't be removed now is removed, or replaced, at the next answer.
func (c *cache) oublier(adresse string) {
	if c == nil {
		return
	}
	d, err := c.ouvrir()
	if err != nil {
		return
	}
	defer d.Close()
	_ = d.Remove(c.nom(adresse))
}

// MarshalText writes the PEM file.
func (r *reponse) MarshalText() ([]byte, error) {
	var b bytes.Buffer
	entete := &pem.Block{Type: "SCOR ANNUAIRE", Headers: map[string]string{champDate: r.le.Format(time.RFC3339)}}
	if err := pem.Encode(&b, entete); err != nil {
		return nil, err
	}
	for _, c := range r.Certificats {
		if err := pem.Encode(&b, &pem.Block{Type: typeCertificat, Bytes: c.Raw}); err != nil {
			return nil, err
		}
	}
	for _, l := range r.Listes {
		if err := pem.Encode(&b, &pem.Block{Type: typeListe, Bytes: l.Raw}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// UnmarshalText reads it.
func (r *reponse) UnmarshalText(texte []byte) error {
	entete, suite := pem.Decode(texte)
	if entete == nil {
		return errors.New("no PEM block")
	}
	le, err := time.Parse(time.RFC3339, entete.Headers[champDate])
	if err != nil {
		return err
	}
	r.le = le
	r.Autorites, err = analyser(suite)
	return err
}

const (
	typeCertificat = "CERTIFICATE"
	typeListe      = "X509 CRL"
)

// fichierMax bounds a file read; a revocation list can be of some MiB.
const fichierMax = 32 << 20

func lireFichier(nom string) ([]byte, error) {
	f, err := os.Open(nom)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	brut, err := io.ReadAll(io.LimitReader(f, fichierMax+1))
	if err == nil && len(brut) > fichierMax {
		err = fmt.Errorf("%s: more than %d bytes", nom, fichierMax)
	}
	return brut, err
}

// analyser reads the certificates and the lists of a PEM file, or the one of a DER
// file.
func analyser(brut []byte) (Autorites, error) {
	var a Autorites
	if len(brut) > 0 && brut[0] == 0x30 {
		if c, err := x509.ParseCertificate(brut); err == nil {
			a.Certificats = append(a.Certificats, c)
			return a, nil
		}
		l, err := x509.ParseRevocationList(brut)
		if err != nil {
			return a, errors.New("neither a certificate nor a revocation list in DER")
		}
		a.Listes = append(a.Listes, l)
		return a, nil
	}
	for {
		var b *pem.Block
		if b, brut = pem.Decode(brut); b == nil {
			return a, nil
		}
		switch b.Type {
		case typeCertificat:
			c, err := x509.ParseCertificate(b.Bytes)
			if err != nil {
				return a, err
			}
			a.Certificats = append(a.Certificats, c)
		case typeListe:
			l, err := x509.ParseRevocationList(b.Bytes)
			if err != nil {
				return a, err
			}
			a.Listes = append(a.Listes, l)
		}
	}
}
