package annuaire_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/internal/pkiessai"
)

// A list that names the certificate refuses it, with or without the authority's own
// certificate; a revocation that nothing checks is always said, and in the answer.
func TestRevocationSansAutorite(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	ac := racine.Autorite(t, "AC-FACTURATION", 2)
	f := ac.Frontal(t, 10)
	revoque, vide := ac.Liste(t, 1, 10).Raw, ac.Liste(t, 1).Raw
	dUneAutre := pkiessai.NewRacine(t, "racine").Autorite(t, "AC-FACTURATION", 2).Liste(t, 1, 10).Raw
	for nom, tt := range map[string]struct {
		fichiers map[string][]byte
		options  []annuaire.Option
		refuse   bool
		dit      bool // that the revocation isn't checked
	}{
		"certificate alone":                {map[string][]byte{}, nil, false, true},
		"list that names it, no authority": {map[string][]byte{"l.crl": revoque}, nil, true, false},
		"list that doesn't, no authority":  {map[string][]byte{"l.crl": vide}, nil, false, true},
		"list that names it, authority": {map[string][]byte{"l.crl": revoque, "ac.der": ac.Certificat.Raw}, nil,
			true, false},
		"list that doesn't, authority": {map[string][]byte{"l.crl": vide, "ac.der": ac.Certificat.Raw}, nil, false,
			false},
		"pinned": {map[string][]byte{}, []annuaire.Option{annuaire.WithRacines(f)}, false,
			true},
		"pinned, and named by a list": {map[string][]byte{"l.crl": revoque, "ac.der": ac.Certificat.Raw},
			[]annuaire.Option{annuaire.WithRacines(f)}, true, false},
		"pinned, named by a list alone": {map[string][]byte{"l.crl": revoque},
			[]annuaire.Option{annuaire.WithRacines(f)}, true, false},
		"pinned, named by another's list of name": {map[string][]byte{"l.crl": dUneAutre, "ac.der": ac.Certificat.Raw},
			[]annuaire.Option{annuaire.WithRacines(f)}, false, true},
	} {
		d := t.TempDir()
		tt.fichiers["f.der"] = f.Raw
		for n, b := range tt.fichiers {
			if err := os.WriteFile(filepath.Join(d, n), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		a, err := annuaire.New(annuaire.Dossier(d),
			append(tt.options, annuaire.WithHorloge(func() time.Time { return pkiessai.Heure }))...)
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Consulter(t.Context(), adresse)
		var aucun *annuaire.AucunUtilisable
		if errors.As(err, &aucun) != tt.refuse || tt.refuse && aucun.Refus[0].Motif != annuaire.Revoque || !tt.refuse &&
			len(r.Certificats) != 1 {
			t.Errorf("%s: %d certificates, %v", nom, len(r.Certificats), err)
		}
		if dit := errors.Is(errors.Join(r.Avertissements...), annuaire.ErrNonVerifiee); dit != tt.dit {
			t.Errorf("%s: said that it isn't checked: %v (%v)", nom, dit, r.Avertissements)
		}
	}
}
