package ldap_test

import (
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/annuaire/ldap"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

func TestContrat(t *testing.T) {
	transporttest.ContratAnnuaire(t, func(t *testing.T, p transporttest.Publication) transport.Annuaire {
		source, err := ldap.New(ldap.Config{URL: "ldap://" + demarrer(t, arbreContrat(p)).adresse, Base: ldap.BaseTest,
			Delai: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		a, err := annuaire.New(source, annuaire.WithRacines(p.Racine),
			annuaire.WithHorloge(func() time.Time { return p.Heure }))
		if err != nil {
			t.Fatal(err)
		}
		return a
	})
}

// arbreContrat is the public tree, with what the contract publishes.
func arbreContrat(p transporttest.Publication) string {
	var b strings.Builder
	entree(&b, "c=fr", "objectClass", "country", "c", "fr")
	entree(&b, "o=sesam-vitale,c=fr", "objectClass", "organization", "o", "sesam-vitale")
	_, haut, _ := strings.Cut(ldap.BaseTest, ",")
	entree(&b, haut, "objectClass", "organizationalUnit", "objectClass", "pkiCA", "ou", "AC-SESAM-VITALE-TEST-2034",
		"cACertificate;binary", p.Racine.Raw, "certificateRevocationList;binary", p.Liste.Raw)
	entree(&b, ldap.BaseTest, "objectClass", "organizationalUnit", "ou", "AC-FACTURATION-TEST")
	for adresse, l := range p.Par {
		attributs := []any{"objectClass", "applicationProcess", "objectClass", "pkiUser", "cn", adresse}
		for _, c := range l {
			attributs = append(attributs, "userCertificate;binary", c.Raw)
		}
		entree(&b, "cn="+adresse+","+ldap.BaseTest, attributs...)
	}
	return b.String()
}
