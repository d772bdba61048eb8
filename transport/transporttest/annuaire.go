package transporttest

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/internal/pkiessai"
)

// Publication is what a directory of the contract publishes.
type Publication struct {
	Racine *x509.Certificate              // the trust anchor, which the directory is given
	Liste  *x509.RevocationList           // of Racine
	Heure  time.Time                      // the directory's clock
	Par    map[string][]*x509.Certificate // by the address that they're published under
}

// addresses of the contract.
const (
	adresseBonne     = "01996@996.01.rss.fr"
	adresseAutre     = "01997@997.01.rss.fr"
	adresseExpire    = "expire@contrat.exemple"
	adressePasEncore = "pas-encore@contrat.exemple"
	adresseRevoque   = "revoque@contrat.exemple"
	adresseIntrus    = "intrus@contrat.exemple"
	adresseSignature = "signature@contrat.exemple"
	adresseVol       = "vol@contrat.exemple"
	adresseAbsente   = "absente@contrat.exemple"
)

// ContratAnnuaire checks a transport.Annuaire. nouvel gives one that publishes this
// and no more, trusts Racine alone and whose clock is Heure.
func ContratAnnuaire(t *testing.T, nouvel func(t *testing.T, p Publication) transport.Annuaire) {
	t.Helper()
	p := publier(t)
	for _, c := range []struct {
		nom  string
		voir func(*testing.T, transport.Annuaire, Publication)
	}{
		{"utilisables", annuaireUtilisables},
		{"aucun utilisable", annuaireAucun},
		{"a l'appelant", annuaireTranche},
		{"ensemble", annuaireEnsemble},
		{"contexte", annuaireContexte},
	} {
		t.Run(c.nom, func(t *testing.T) { c.voir(t, nouvel(t, p), p) })
	}
}

func publier(t *testing.T) Publication {
	t.Helper()
	racine, intrus := pkiessai.NewRacine(t, "AC-CONTRAT"), pkiessai.NewRacine(t, "AC-INTRUS")
	p := Publication{Racine: racine.Certificat, Liste: racine.Liste(t, 1, 40, 41), Heure: pkiessai.Heure,
		Par: map[string][]*x509.Certificate{}}
	mettre := func(adresse string, autorite *pkiessai.Autorite, serie int64, changer func(*x509.Certificate)) {
		c := autorite.Frontal(t, serie, func(c *x509.Certificate) {
			c.Subject.CommonName = adresse
			if changer != nil {
				changer(c)
			}
		})
		p.Par[adresse] = append(p.Par[adresse], c)
	}
	expire := func(c *x509.Certificate) { c.NotAfter = p.Heure.Add(-time.Second) }
	// Under one address, good ones among others.
	mettre(adresseBonne, racine, 10, nil)
	mettre(adresseBonne, racine, 300, nil)
	mettre(adresseBonne, racine, 20, nil)
	mettre(adresseBonne, racine, 400, expire)
	mettre(adresseBonne, racine, 40, nil) // revoked
	mettre(adresseBonne, intrus, 500, nil)
	mettre(adresseAutre, racine, 11, nil)

	mettre(adresseExpire, racine, 30, expire)
	mettre(adressePasEncore, racine, 31, func(c *x509.Certificate) { c.NotBefore = p.Heure.Add(time.Second) })
	mettre(adresseRevoque, racine, 41, nil)
	mettre(adresseIntrus, intrus, 32, nil)
	mettre(adresseSignature, racine, 33, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature })
	p.Par[adresseVol] = p.Par[adresseAutre] // of another address
	return p
}

func serieDe(l []*x509.Certificate) (out []int64) {
	for _, c := range l {
		out = append(out, c.SerialNumber.Int64())
	}
	return out
}

func memesSeries(l []*x509.Certificate, attendues ...int64) bool {
	series := serieDe(l)
	if len(series) != len(attendues) {
		return false
	}
	for i, s := range series {
		if s != attendues[i] {
			return false
		}
	}
	return true
}

func annuaireUtilisables(t *testing.T, a transport.Annuaire, p Publication) {
	for range 2 { // a second answer may be one that was kept
		for _, adresse := range []string{adresseBonne, strings.ToUpper(adresseBonne)} {
			l, err := a.Certificats(t.Context(), adresse)
			if err != nil || !memesSeries(l, 300, 20, 10) {
				t.Errorf("%s: certificates %d, want those that can be used, best first: [300 20 10] (%v)", adresse, serieDe(l), err)
			}
			r, err := transport.Consulter(t.Context(), a, adresse)
			if err != nil || !memesSeries(r.Certificats, 300, 20, 10) {
				t.Errorf("%s: Consulter gives other certificates: %d (%v)", adresse, serieDe(r.Certificats), err)
			}
		}
		if l, err := a.Certificats(t.Context(), adresseAutre); err != nil || len(l) != 1 ||
			!l[0].Equal(p.Par[adresseAutre][0]) {
			t.Errorf("the other address: certificates %d (%v)", serieDe(l), err)
		}
	}
}

func annuaireAucun(t *testing.T, a transport.Annuaire, _ Publication) {
	for _, adresse := range []string{
		adresseExpire, adressePasEncore, adresseRevoque, adresseIntrus, adresseSignature, adresseVol, adresseAbsente,
		"", "*", "01996@*", adresseBonne + ")(cn=*", adresseBonne + "\r\n", "../" + adresseBonne,
	} {
		if l, err := a.Certificats(t.Context(), adresse); err == nil || err.Error() == "" || len(l) != 0 {
			t.Errorf("%q: certificates %d, %v: want none, and why", adresse, serieDe(l), err)
		}
		if r, err := transport.Consulter(t.Context(), a, adresse); err == nil || len(r.Certificats) != 0 {
			t.Errorf("%q: Consulter gives certificates %d, %v", adresse, serieDe(r.Certificats), err)
		}
	}
}

// annuaireTranche: what a caller does with its answer isn't seen by the next one.
func annuaireTranche(t *testing.T, a transport.Annuaire, _ Publication) {
	l, err := a.Certificats(t.Context(), adresseBonne)
	if err != nil {
		t.Fatal(err)
	}
	clear(l)
	if l, err = a.Certificats(t.Context(), adresseBonne); err != nil || len(l) != 3 || l[0] == nil {
		t.Errorf("%d certificates (%v): the slice of the former answer is still used", len(l), err)
	}
}

func annuaireEnsemble(t *testing.T, a transport.Annuaire, _ Publication) {
	var wg sync.WaitGroup
	for i := range 8 {
		adresse, series := adresseBonne, []int64{300, 20, 10}
		if i%2 == 1 {
			adresse, series = adresseAutre, []int64{11}
		}
		wg.Go(func() {
			if l, err := a.Certificats(t.Context(), adresse); err != nil || !memesSeries(l, series...) {
				t.Errorf("%s, asked by several at once: certificates %d (%v)", adresse, serieDe(l), err)
			}
		})
	}
	wg.Wait()
}

func annuaireContexte(t *testing.T, a transport.Annuaire, _ Publication) {
	ctx, fin := context.WithCancel(t.Context())
	fin()
	if l, err := a.Certificats(ctx, adresseBonne); err != nil && (!errors.Is(err, context.Canceled) || len(l) != 0) {
		t.Errorf("the end of the context is told as such: %v", err)
	}
	if l, err := a.Certificats(t.Context(), adresseBonne); err != nil || len(l) != 3 {
		t.Errorf("%d certificates (%v): a former context has ended the directory", len(l), err)
	}
}
