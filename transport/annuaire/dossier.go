package annuaire

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// extensions of the files that a folder is read for.
var extensions = []string{".pem", ".crt", ".cer", ".der", ".crl"}

// Dossier is a folder of certificates and revocation lists, PEM or DER (.pem, .crt,
// .cer, .der, .crl), read anew at each call: a file dropped there serves at once.
// A PEM file can hold several of them, a private key beside them isn't looked at.
type Dossier string

var _ Source = Dossier("")

// Candidats are the certificates whose CN is the address.
func (d Dossier) Candidats(ctx context.Context, adresse string) ([]*x509.Certificate, []error, error) {
	tout, avertissements, err := d.lire(ctx)
	if err != nil {
		return nil, nil, err
	}
	candidats := slices.DeleteFunc(tout.Certificats, func(c *x509.Certificate) bool {
		return !strings.EqualFold(c.Subject.CommonName, adresse)
	})
	if len(candidats) == 0 {
		return nil, avertissements, ErrIntrouvable
	}
	return candidats, avertissements, nil
}

// Autorites are the certificates of authorities and the lists. The files that
// can't be read were told of by Candidats.
func (d Dossier) Autorites(ctx context.Context) (Autorites, []error, error) {
	tout, _, err := d.lire(ctx)
	tout.Certificats = slices.DeleteFunc(tout.Certificats, func(c *x509.Certificate) bool { return !c.IsCA })
	return tout, nil, err
}

func (d Dossier) lire(ctx context.Context) (tout Autorites, avertissements []error, err error) {
	entrees, err := os.ReadDir(string(d))
	if err != nil {
		return tout, nil, fmt.Errorf("annuaire: %w", err)
	}
	for _, e := range entrees {
		if err := ctx.Err(); err != nil {
			return tout, nil, err
		}
		if e.IsDir() || !slices.Contains(extensions, strings.ToLower(filepath.Ext(e.Name()))) {
			continue
		}
		brut, err := lireFichier(filepath.Join(string(d), e.Name()))
		if err == nil {
			var a Autorites
			a, err = analyser(brut)
			tout.Certificats = append(tout.Certificats, a.Certificats...)
			tout.Listes = append(tout.Listes, a.Listes...)
		}
		if err != nil {
			avertissements = append(avertissements, fmt.Errorf("annuaire: file %s: %w", e.Name(), err))
		}
	}
	return tout, avertissements, nil
}
