package ldap_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/annuaire/ldap"
	"github.com/scor-sdk/scor-sdk-go/transport/internal/pkiessai"
)

// arbre is the public tree, with the test authority and frontals made for the run.
type arbre struct {
	racine *pkiessai.Autorite
	ldif   string
}

func planter(t *testing.T) arbre {
	racine := pkiessai.NewRacine(t, "AC-SESAM-VITALE-TEST-2034")
	ac := racine.Autorite(t, "AC-FACTURATION-TEST", 2)
	delta := ac.ListeDe(t, 2, 1, func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{pkiessai.Entree(50, 1)}
	})
	var b strings.Builder
	entree(&b, "c=fr", "objectClass", "country", "c", "fr")
	entree(&b, "o=sesam-vitale,c=fr", "objectClass", "organization", "o", "sesam-vitale")
	pki := func(dn, ou string, certificat *x509.Certificate, listes ...any) {
		entree(&b, dn, append([]any{"objectClass", "organizationalUnit", "objectClass", "pkiCA", "objectClass", "deltaCRL",
			"ou", ou, "cACertificate;binary", certificat.Raw}, listes...)...)
	}
	base := ldap.BaseTest
	_, haut, _ := strings.Cut(base, ",")
	pki(haut, "AC-SESAM-VITALE-TEST-2034", racine.Certificat, "certificateRevocationList;binary", racine.Liste(t, 1).Raw)
	pki(base, "AC-FACTURATION-TEST", ac.Certificat,
		"certificateRevocationList;binary", ac.Liste(t, 1, 40).Raw, "deltaRevocationList;binary", delta.Raw)

	frontal := func(adresse, sous string, certificats ...*x509.Certificate) {
		attributs := []any{"objectClass", "applicationProcess", "objectClass", "pkiUser", "cn", adresse}
		for _, c := range certificats {
			attributs = append(attributs, "userCertificate;binary", c.Raw)
		}
		entree(&b, "cn="+adresse+","+sous, attributs...)
	}
	pour := func(adresse string, serie int64, changer ...func(*x509.Certificate)) *x509.Certificate {
		return ac.Frontal(t, serie, append(changer, func(c *x509.Certificate) { c.Subject.CommonName = adresse })...)
	}
	expire := func(c *x509.Certificate) { c.NotAfter = pkiessai.Heure.Add(-time.Hour) }
	// Two good ones among others: expired, revoked, revoked by the delta list.
	frontal(pkiessai.Adresse, base, pour(pkiessai.Adresse, 10), pour(pkiessai.Adresse, 20),
		pour(pkiessai.Adresse, 30, expire), pour(pkiessai.Adresse, 40), pour(pkiessai.Adresse, 50))
	frontal("expire@x", base, pour("expire@x", 31, expire))
	frontal("revoque@x", base, pour("revoque@x", 40))
	frontal("revoque-delta@x", base, pour("revoque-delta@x", 50))
	frontal("autre-nom@x", base, pour("quelqu-un@x", 60))
	frontal("sans-certificat@x", base)
	for i := range 12 {
		ou := fmt.Sprintf("ou=%d,%s", i, base)
		entree(&b, ou, "objectClass", "organizationalUnit", "ou", fmt.Sprint(i))
		frontal("beaucoup@x", ou, pour("beaucoup@x", int64(100+i)))
	}
	return arbre{racine, b.String()}
}

func nouveau(t *testing.T, adresse string, racine *pkiessai.Autorite, cache string) (*annuaire.Annuaire, *[]error) {
	t.Helper()
	source, err := ldap.New(ldap.Config{URL: "ldap://" + adresse, Base: ldap.BaseTest, Delai: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	avertissements := new([]error)
	heure := pkiessai.Heure
	a, err := annuaire.New(source, annuaire.WithRacines(racine.Certificat), annuaire.WithCache(cache, time.Nanosecond),
		annuaire.WithHorloge(func() time.Time { heure = heure.Add(time.Second); return heure }),
		annuaire.WithAvertissements(func(_ string, err error) { *avertissements = append(*avertissements, err) }))
	if err != nil {
		t.Fatal(err)
	}
	return a, avertissements
}

func series(certificats []*x509.Certificate) []int64 {
	var s []int64
	for _, c := range certificats {
		s = append(s, c.SerialNumber.Int64())
	}
	return s
}

func TestOpenLDAP(t *testing.T) {
	arbre := planter(t)
	serveur := demarrer(t, arbre.ldif)
	cache := t.TempDir()
	a, avertissements := nouveau(t, serveur.adresse, arbre.racine, cache)

	bons, err := a.Certificats(t.Context(), pkiessai.Adresse)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{20, 10}, series(bons)); diff != "" {
		t.Errorf("(-expected +got):\n%s", diff)
	}
	// The server does not show c=fr: a warning, since the path is whole without it.
	if err := errors.Join(*avertissements...); err == nil || !strings.Contains(err.Error(), "Insufficient Access Rights") {
		t.Errorf("warnings %v", err)
	}
	for adresse, attendu := range map[string]annuaire.Motif{
		"expire@x": annuaire.Expire, "revoque@x": annuaire.Revoque, "revoque-delta@x": annuaire.Revoque,
		"autre-nom@x": annuaire.AutreNom,
	} {
		_, err := a.Certificats(t.Context(), adresse)
		var refus *annuaire.Refus
		if !errors.As(err, &refus) || refus.Motif != attendu {
			t.Errorf("%s: %v, expected %q", adresse, err, attendu)
		}
	}
	for _, adresse := range []string{"personne@x", "sans-certificat@x", "*", "x)(cn=*", pkiessai.Adresse +
		")(objectClass=*"} {
		if _, err := a.Certificats(t.Context(), adresse); !errors.Is(err, annuaire.ErrIntrouvable) {
			t.Errorf("%s: %v", adresse, err)
		}
	}

	*avertissements = nil
	bons, err = a.Certificats(t.Context(), "beaucoup@x")
	if err != nil || len(bons) != ldap.LimiteEntrees {
		t.Errorf("12 entries: %d certificates, %v", len(bons), err)
	}
	var tronquee *annuaire.ErreurTronquee
	if !errors.As(errors.Join(*avertissements...), &tronquee) || tronquee.Entrees != ldap.LimiteEntrees {
		t.Errorf("12 entries: warnings %v", *avertissements)
	}

	// The directory goes down: what it said last serves, with a warning.
	serveur.arreter()
	*avertissements = nil
	bons, err = a.Certificats(t.Context(), pkiessai.Adresse)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{20, 10}, series(bons)); diff != "" {
		t.Errorf("down (-expected +got):\n%s", diff)
	}
	var garde *annuaire.ErreurCache
	if !errors.As(errors.Join(*avertissements...), &garde) {
		t.Errorf("down: warnings %v", *avertissements)
	}
	if _, err := a.Certificats(t.Context(), "jamais-demande@x"); err == nil || errors.Is(err, annuaire.ErrIntrouvable) {
		t.Errorf("down, nothing kept: %v", err)
	}
}

func TestTLS(t *testing.T) {
	serveur := demarrer(t, planter(t).ldif)
	bon := &tls.Config{RootCAs: serveur.racines}
	for nom, c := range map[string]struct {
		config ldap.Config
		erreur bool
	}{
		"ldaps":                   {ldap.Config{URL: "ldaps://" + serveur.ldaps, TLS: bon}, false},
		"StartTLS":                {ldap.Config{URL: "ldap://" + serveur.adresse, TLS: bon, StartTLS: true}, false},
		"ldaps, not trusted":      {ldap.Config{URL: "ldaps://" + serveur.ldaps}, true},
		"StartTLS, not trusted":   {ldap.Config{URL: "ldap://" + serveur.adresse, StartTLS: true}, true},
		"ldaps to the clear port": {ldap.Config{URL: "ldaps://" + serveur.adresse, TLS: bon}, true},
	} {
		c.config.Base = ldap.BaseTest
		source, err := ldap.New(c.config)
		if err != nil {
			t.Fatal(err)
		}
		certificats, _, err := source.Candidats(t.Context(), pkiessai.Adresse)
		if (err != nil) != c.erreur || err == nil && len(certificats) != 5 {
			t.Errorf("%s: %d certificates, %v", nom, len(certificats), err)
		}
		if errors.Is(err, annuaire.ErrIntrouvable) {
			t.Errorf("%s: a broken connection taken for an absence", nom)
		}
	}
}

func TestNew(t *testing.T) {
	for _, base := range []string{ldap.BaseProduction, ldap.BaseTest} {
		if _, err := ldap.New(ldap.Config{URL: ldap.URLPublique, Base: base}); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
	for nom, c := range map[string]ldap.Config{
		"no base":   {URL: ldap.URLPublique},
		"not a DN":  {URL: ldap.URLPublique, Base: "nothing"},
		"bad base":  {URL: ldap.URLPublique, Base: ldap.BaseTest, BasesAutorites: []string{"?"}},
		"http":      {URL: "http://x", Base: ldap.BaseTest},
		"no host":   {URL: "ldap://", Base: ldap.BaseTest},
		"TLS twice": {URL: "ldaps://x", Base: ldap.BaseTest, StartTLS: true},
		"not a URL": {URL: "ldap://x:y", Base: ldap.BaseTest},
	} {
		if _, err := ldap.New(c); err == nil {
			t.Errorf("%s: accepted", nom)
		}
	}
}

// A server that says nothing, hangs up, or never stops.
func TestServeursMalades(t *testing.T) {
	cas := map[string]func(net.Conn){
		"silent":  func(c net.Conn) { io.Copy(io.Discard, c) },
		"hung up": func(c net.Conn) { c.Close() },
		"garbage": func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n"); c.Close() },
		"endless": func(c net.Conn) {
			// A LDAPMessage of 2 GiB less one.
			c.Write([]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 2, 1, 1, 4, 0x84, 0x7f, 0xff, 0xff, 0xf0})
			zeros := make([]byte, 64<<10)
			for {
				if _, err := c.Write(zeros); err != nil {
					return
				}
			}
		},
	}
	for nom, jouer := range cas {
		t.Run(nom, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					go func() { jouer(c); c.Close() }()
				}
			}()
			// Two seconds, or until the caller gives up.
			delai := 2 * time.Second
			ctx := t.Context()
			if nom == "silent" {
				var annuler context.CancelFunc
				ctx, annuler = context.WithTimeout(ctx, 50*time.Millisecond)
				defer annuler()
				delai = time.Hour
			}
			source, err := ldap.New(ldap.Config{URL: "ldap://" + l.Addr().String(), Base: ldap.BaseTest, Delai: delai})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := source.Candidats(ctx, pkiessai.Adresse); err == nil || errors.Is(err, annuaire.ErrIntrouvable) {
				t.Errorf("error %v", err)
			}
			if _, _, err := source.Autorites(ctx); err == nil {
				t.Error("no error for the authorities")
			}
		})
	}
}
