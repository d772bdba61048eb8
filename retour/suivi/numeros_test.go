package suivi

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// unChiffre is the profile with lot numbers of one digit.
func unChiffre(t *testing.T) *scor.Profil {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash("../../scor/profils/reference.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	zone := regexp.MustCompile(`(?m)^( *)- \{nom: Numéro du lot, debut: (\d+), longueur: 6,(.*lot\.numero\})$`)
	n := 0
	texte := zone.ReplaceAllStringFunc(string(b), func(l string) string {
		n++
		m := zone.FindStringSubmatch(l)
		debut := map[string]string{"14": "15", "31": "32", "19": "20"}[m[2]]
		return m[1] + "- {nom: Numéro du lot, debut: " + m[2] + ", longueur: 1," + m[3] + "\n" + m[1] +
			"- {nom: Vide, debut: " + debut + ", longueur: 5, type: A, presence: F}"
	})
	p, err := scor.ParseProfil(strings.NewReader(texte), "one digit")
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	p.Message.Enveloppe.Chiffrement, p.Factures.Enveloppe.Chiffrement = "aucun", "aucun"
	p.Limites.PairesParLot = 1
	return p
}

// A day that uses every number: what has one leaves, a person is told, the rest leaves the day after.
func TestNumerosEpuises(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) { *c.Profil = *unChiffre(t) })
	b.lot(1, 12)
	b.lot(2, 1)
	_, err := b.Avancer(t.Context())
	if !errors.Is(err, ErrNumeros) {
		t.Fatal(err)
	}
	b.jusquAuRepos()
	if n := len(b.lotsScor()); n != 9 {
		t.Errorf("%d lots", n)
	}
	l := b.lignes()
	if len(l) != 2 || l[0].Genre != journal.LotFactures || l[0].Quoi != etats.MotifNumeros || len(l[0].Actions) == 0 {
		t.Errorf("%+v", l)
	}
	b.h.avancer(24 * time.Hour)
	b.jusquAuRepos()
	if n := len(b.lotsScor()); n != 13 || len(b.lignes()) != 0 {
		t.Errorf("%d lots, %+v", n, b.lignes())
	}
	for c, x := range b.situations() {
		if x != Acquittee {
			t.Error(c, x)
		}
	}
	b.verifier()
}
