package annuaire_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/internal/pkiessai"
)

const adresse = pkiessai.Adresse

// source answers what the test puts in it.
type source struct {
	certificats    []*x509.Certificate
	autorites      annuaire.Autorites
	avertissements []error
	err            error
	appels         int
}

func (s *source) Candidats(context.Context, string) ([]*x509.Certificate, []error, error) {
	s.appels++
	return s.certificats, s.avertissements, s.err
}

func (s *source) Autorites(context.Context) (annuaire.Autorites, []error, error) {
	s.appels++
	return s.autorites, nil, s.err
}

// releve is the directory with its warnings.
type releve struct {
	*annuaire.Annuaire
	avertissements []error
	heure          time.Time
}

func nouveau(t testing.TB, s annuaire.Source, options ...annuaire.Option) *releve {
	t.Helper()
	r := &releve{heure: pkiessai.Heure}
	a, err := annuaire.New(s, append(options,
		annuaire.WithHorloge(func() time.Time { return r.heure }),
		annuaire.WithAvertissements(func(_ string, err error) { r.avertissements = append(r.avertissements, err) }),
	)...)
	if err != nil {
		t.Fatal(err)
	}
	r.Annuaire = a
	return r
}

func series(certificats []*x509.Certificate) []int64 {
	var s []int64
	for _, c := range certificats {
		s = append(s, c.SerialNumber.Int64())
	}
	return s
}

// motif is why the only certificate is refused, "" when it's accepted.
func motif(t testing.TB, err error) annuaire.Motif {
	t.Helper()
	if err == nil {
		return ""
	}
	var refus *annuaire.Refus
	if !errors.As(err, &refus) {
		t.Fatalf("error %v (%T), expected a *Refus", err, err)
	}
	if refus.Adresse != adresse || refus.Serie == "" {
		t.Errorf("refusal without address or serial number: %+v", refus)
	}
	return refus.Motif
}

func TestControles(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	ac := racine.Autorite(t, "AC-FACTURATION", 2)
	autreRacine := pkiessai.NewRacine(t, "racine") // same name, other key
	autre := autreRacine.Autorite(t, "AC-FACTURATION", 2)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	modele := func(f func(*x509.Certificate)) *x509.Certificate { return ac.Frontal(t, 10, f) }
	saine := []*x509.RevocationList{racine.Liste(t, 1), ac.Liste(t, 1)}
	delta := func(numero, depart int64, entrees ...x509.RevocationListEntry) *x509.RevocationList {
		return ac.ListeDe(t, numero, depart, func(l *x509.RevocationList) { l.RevokedCertificateEntries = entrees })
	}
	suspendu := ac.ListeDe(t, 1, 0, func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{pkiessai.Entree(10, 6)}
	})
	perimee := func(numero, depart int64, series ...int64) *x509.RevocationList {
		return ac.ListeDe(t, numero, depart, func(l *x509.RevocationList) {
			l.NextUpdate = pkiessai.Heure.Add(-time.Hour)
			for _, s := range series {
				l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, pkiessai.Entree(s, 1))
			}
		})
	}
	avec := func(listes ...*x509.RevocationList) []*x509.RevocationList { return append(listes, racine.Liste(t, 1)) }

	cas := map[string]struct {
		certificat *x509.Certificate
		listes     []*x509.RevocationList
		motif      annuaire.Motif
	}{
		"good": {ac.Frontal(t, 10), saine, ""},
		"address in other case": {modele(func(c *x509.Certificate) { c.Subject.CommonName = strings.ToUpper(adresse) }),
			saine, ""},
		"no key usage": {modele(func(c *x509.Certificate) { c.KeyUsage = 0 }), saine, ""},
		"expired": {modele(func(c *x509.Certificate) { c.NotAfter = pkiessai.Heure.Add(-time.Second) }),
			saine, annuaire.Expire},
		"not yet valid": {modele(func(c *x509.Certificate) { c.NotBefore = pkiessai.Heure.Add(time.Second) }),
			saine, annuaire.PasEncore},
		"other CN": {modele(func(c *x509.Certificate) { c.Subject.CommonName = "01997@997.01.rss.fr" }),
			saine, annuaire.AutreNom},
		"address in the SAN only": {modele(func(c *x509.Certificate) {
			c.Subject.CommonName, c.EmailAddresses = "x", []string{adresse}
		}), saine, annuaire.AutreNom},
		"for signing": {modele(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), saine,
			annuaire.PasDeChiffrement},
		"ECDSA key":           {ac.FrontalDe(t, 10, ec.Public()), saine, annuaire.PasDeChiffrement},
		"other root":          {autre.Frontal(t, 10), saine, annuaire.AutoriteInconnue},
		"revoked":             {ac.Frontal(t, 10), avec(ac.Liste(t, 1, 9, 10)), annuaire.Revoque},
		"another one revoked": {ac.Frontal(t, 10), avec(ac.Liste(t, 1, 9, 11)), ""},
		"newest list says":    {ac.Frontal(t, 10), avec(ac.Liste(t, 2, 10), ac.Liste(t, 1)), annuaire.Revoque},
		"authority revoked": {ac.Frontal(t, 10), []*x509.RevocationList{racine.Liste(t, 1, 2), ac.Liste(t, 1)},
			annuaire.Revoque},
		"no list of the authority": {ac.Frontal(t, 10), avec(), annuaire.RevocationInconnu},
		"no list of the root":      {ac.Frontal(t, 10), []*x509.RevocationList{ac.Liste(t, 1)}, annuaire.RevocationInconnu},
		"list of the other AC":     {ac.Frontal(t, 10), avec(autre.Liste(t, 1, 10)), annuaire.RevocationInconnu},
		"list past":                {ac.Frontal(t, 10), avec(perimee(1, 0)), annuaire.RevocationInconnu},
		"revoked in a list past":   {ac.Frontal(t, 10), avec(perimee(1, 0, 10)), annuaire.Revoque},
		"revoked by the delta": {ac.Frontal(t, 10), avec(ac.Liste(t, 1), delta(2, 1, pkiessai.Entree(10, 1))),
			annuaire.Revoque},
		"delta older than the list": {ac.Frontal(t, 10), avec(ac.Liste(t, 3), delta(2, 1, pkiessai.Entree(10, 1))), ""},
		"delta of a newer list":     {ac.Frontal(t, 10), avec(ac.Liste(t, 1), delta(6, 5, pkiessai.Entree(10, 1))), ""},
		"delta alone":               {ac.Frontal(t, 10), avec(delta(2, 1)), annuaire.RevocationInconnu},
		"suspended":                 {ac.Frontal(t, 10), avec(suspendu), annuaire.Revoque},
		"suspension lifted":         {ac.Frontal(t, 10), avec(suspendu, delta(2, 1, pkiessai.Entree(10, 8))), ""},
		"list past, delta current":  {ac.Frontal(t, 10), avec(perimee(1, 0), delta(2, 1)), ""},
		"list current, delta past":  {ac.Frontal(t, 10), avec(ac.Liste(t, 1), perimee(2, 1)), annuaire.RevocationInconnu},
		"list from tomorrow": {ac.Frontal(t, 10),
			avec(ac.ListeDe(t, 1, 0, func(l *x509.RevocationList) { l.ThisUpdate = pkiessai.Heure.Add(time.Hour) })),
			annuaire.RevocationInconnu},
		"list of a part of the lot": {ac.Frontal(t, 10), avec(ac.ListeDe(t, 1, 0, func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true,
				Value: []byte{0x30, 0}}}
		})), annuaire.RevocationInconnu},
	}
	for nom, c := range cas {
		t.Run(nom, func(t *testing.T) {
			s := &source{
				certificats: []*x509.Certificate{c.certificat},
				autorites: annuaire.Autorites{Certificats: []*x509.Certificate{autre.Certificat, ac.Certificat,
					autreRacine.Certificat}, Listes: c.listes},
			}
			bons, err := nouveau(t, s, annuaire.WithRacines(racine.Certificat)).Certificats(t.Context(), adresse)
			if m := motif(t, err); m != c.motif {
				t.Errorf("%q: %v, expected %q", m, err, c.motif)
			}
			if (len(bons) == 1) != (c.motif == "") {
				t.Errorf("%d certificates", len(bons))
			}
			if c.motif != "" && c.motif.Libelle() == string(c.motif) {
				t.Errorf("no French label for %q", c.motif)
			}
			tolerant := nouveau(t, s, annuaire.WithRacines(racine.Certificat), annuaire.WithRevocationTolerante())
			_, err = tolerant.Certificats(t.Context(), adresse)
			attendu := c.motif
			if attendu == annuaire.RevocationInconnu {
				attendu = ""
			}
			if m := motif(t, err); m != attendu {
				t.Errorf("tolerant: %v, expected %q", err, attendu)
			}
			if c.motif == annuaire.RevocationInconnu && len(tolerant.avertissements) != 1 {
				t.Errorf("tolerant: warnings %v", tolerant.avertissements)
			}
		})
	}
}

func TestPlusieurs(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	dixNeuf := racine.Frontal(t, 19)
	s := &source{
		certificats: []*x509.Certificate{
			dixNeuf, racine.Frontal(t, 20),
			racine.Frontal(t, 30, func(c *x509.Certificate) { c.NotAfter = pkiessai.Heure.Add(-time.Hour) }),
			racine.Frontal(t, 9), racine.Frontal(t, 40), dixNeuf,
		},
		autorites: annuaire.Autorites{Listes: []*x509.RevocationList{racine.Liste(t, 1, 40)}},
	}
	r := nouveau(t, s, annuaire.WithRacines(racine.Certificat))
	bons, err := r.Certificats(t.Context(), adresse)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{20, 19, 9}, series(bons)); diff != "" {
		t.Errorf("best first (-expected +got):\n%s", diff)
	}
	var motifs []annuaire.Motif
	for _, a := range r.avertissements {
		motifs = append(motifs, motif(t, a))
	}
	if diff := cmp.Diff([]annuaire.Motif{annuaire.Expire, annuaire.Revoque}, motifs); diff != "" {
		t.Errorf("warnings (-expected +got):\n%s", diff)
	}
}

func TestConfianceSource(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	s := &source{certificats: []*x509.Certificate{racine.Frontal(t, 10)}}
	if _, err := nouveau(t, s, annuaire.WithConfianceSource()).Certificats(t.Context(), adresse); err != nil {
		t.Errorf("a certificate alone: %v", err)
	}
	s.autorites = annuaire.Autorites{
		Certificats: []*x509.Certificate{racine.Certificat},
		Listes:      []*x509.RevocationList{racine.Liste(t, 1, 10)},
	}
	_, err := nouveau(t, s, annuaire.WithConfianceSource()).Certificats(t.Context(), adresse)
	if m := motif(t, err); m != annuaire.Revoque {
		t.Errorf("revoked by the source's authority: %v", err)
	}
}

func TestNew(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine").Certificat
	cas := map[string][]annuaire.Option{
		"no trust":   nil,
		"two trusts": {annuaire.WithRacines(racine), annuaire.WithConfianceSource()},
	}
	for nom, options := range cas {
		if _, err := annuaire.New(&source{}, options...); err == nil {
			t.Errorf("%s: accepted", nom)
		}
	}
	if _, err := annuaire.New(nil, annuaire.WithConfianceSource()); err == nil {
		t.Error("no source: accepted")
	}
	for _, mauvaise := range []string{"", "a b@c", "a@b\r\n"} {
		if _, err := nouveau(t, &source{}, annuaire.WithConfianceSource()).Certificats(t.Context(), mauvaise); err == nil {
			t.Errorf("address %q: accepted", mauvaise)
		}
	}
}

func TestCache(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	panne := errors.New("connection refused")
	s := &source{
		certificats: []*x509.Certificate{racine.Frontal(t, 10)},
		autorites:   annuaire.Autorites{Listes: []*x509.RevocationList{racine.Liste(t, 1)}},
	}
	dossier := filepath.Join(t.TempDir(), "cache")
	r := nouveau(t, s, annuaire.WithRacines(racine.Certificat), annuaire.WithCache(dossier, 24*time.Hour))
	demander := func(quoi string, appels int, attendu error, avertissements int) {
		t.Helper()
		s.appels, r.avertissements = 0, nil
		bons, err := r.Certificats(t.Context(), adresse)
		if !errors.Is(err, attendu) || (err == nil) != (attendu == nil) {
			t.Errorf("%s: %v, expected %v", quoi, err, attendu)
		}
		if err == nil && len(bons) != 1 {
			t.Errorf("%s: %d certificates", quoi, len(bons))
		}
		if s.appels != appels {
			t.Errorf("%s: the source was asked %d times, expected %d", quoi, s.appels, appels)
		}
		if len(r.avertissements) != avertissements {
			t.Errorf("%s: warnings %v, expected %d", quoi, r.avertissements, avertissements)
		}
	}
	s.err = panne
	demander("down, nothing kept", 1, panne, 0)
	s.err = nil
	demander("first time", 2, nil, 0)
	demander("kept", 0, nil, 0)
	s.err = panne
	demander("kept, down", 0, nil, 0)
	r.heure = r.heure.Add(23 * time.Hour)
	demander("still fresh", 0, nil, 0)
	r.heure = r.heure.Add(2 * time.Hour)
	// The list is past as well: a third warning.
	demander("expired, down", 2, nil, 3)
	var garde *annuaire.ErreurCache
	if len(r.avertissements) > 0 && (!errors.As(r.avertissements[0], &garde) || !errors.Is(garde, panne)) {
		t.Errorf("warning %v", r.avertissements)
	}
	r.heure = pkiessai.Heure.AddDate(6, 0, 0)
	if _, err := r.Certificats(t.Context(), adresse); motif(t, err) != annuaire.Expire {
		t.Errorf("down, certificate expired: %v", err)
	}
	r.heure = pkiessai.Heure.Add(48 * time.Hour)
	ctx, annuler := context.WithCancel(t.Context())
	annuler()
	if _, err := r.Certificats(ctx, adresse); err == nil {
		t.Error("the caller gave up, and an old answer serves")
	}
	// The directory works, and no longer knows the address: it's not to serve later.
	s.err = annuaire.ErrIntrouvable
	demander("taken away", 1, annuaire.ErrIntrouvable, 0)
	s.err = panne
	demander("taken away, then down", 1, panne, 0)

	// What is on disk may be damaged; the directory then serves.
	s.err = nil
	r.heure = pkiessai.Heure
	demander("again", 1, nil, 0)
	fichiers, err := filepath.Glob(filepath.Join(dossier, "*"))
	if err != nil || len(fichiers) != 2 {
		t.Fatalf("cache files %v, %v", fichiers, err)
	}
	for _, f := range fichiers {
		if err := os.WriteFile(f, []byte("-----BEGIN CERTIFICATE-----\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	demander("damaged", 2, nil, 2)
	demander("mended", 0, nil, 0)
	r.heure = pkiessai.Heure.Add(-time.Hour)
	demander("clock set back", 2, nil, 0)
}

// A kept revocation list that is past is asked for again, before the cache expires.
func TestCacheListePassee(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	s := &source{
		certificats: []*x509.Certificate{racine.Frontal(t, 10)},
		autorites:   annuaire.Autorites{Listes: []*x509.RevocationList{racine.Liste(t, 1)}},
	}
	r := nouveau(t, s, annuaire.WithRacines(racine.Certificat), annuaire.WithCache(t.TempDir(), 1000*time.Hour))
	if _, err := r.Certificats(t.Context(), adresse); err != nil {
		t.Fatal(err)
	}
	r.heure = pkiessai.Heure.Add(25 * time.Hour)
	s.appels = 0
	s.autorites.Listes = []*x509.RevocationList{racine.ListeDe(t, 2, 0, func(l *x509.RevocationList) {
		l.NextUpdate = r.heure.Add(time.Hour)
		l.RevokedCertificateEntries = []x509.RevocationListEntry{pkiessai.Entree(10, 1)}
	})}
	if _, err := r.Certificats(t.Context(), adresse); motif(t, err) != annuaire.Revoque || s.appels != 1 {
		t.Errorf("%v after %d calls", err, s.appels)
	}
}

func TestDossier(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	ac := racine.Autorite(t, "AC-FACTURATION", 2)
	dossier := t.TempDir()
	ecrire := func(nom string, octets []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dossier, nom), octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	enPEM := func(type_ string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: type_, Bytes: der})
	}
	ecrire("frontal.der", ac.Frontal(t, 10).Raw)
	ecrire("deux.PEM", append(enPEM("CERTIFICATE", ac.Frontal(t, 30).Raw), enPEM("CERTIFICATE", ac.Frontal(t, 20).Raw)...))
	ecrire("autre.crt", enPEM("CERTIFICATE",
		ac.Frontal(t, 50, func(c *x509.Certificate) { c.Subject.CommonName = "x@y" }).Raw))
	ecrire("ac.cer", ac.Certificat.Raw)
	ecrire("ac.crl", ac.Liste(t, 1, 30).Raw)
	ecrire("racine-crl.pem", enPEM("X509 CRL", racine.Liste(t, 1).Raw))
	ecrire("lisez-moi.txt", []byte("rien"))
	r := nouveau(t, annuaire.Dossier(dossier), annuaire.WithRacines(racine.Certificat))
	bons, err := r.Certificats(t.Context(), adresse)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{20, 10}, series(bons)); diff != "" {
		t.Errorf("(-expected +got):\n%s", diff)
	}
	if _, err := r.Certificats(t.Context(), "personne@x"); !errors.Is(err, annuaire.ErrIntrouvable) {
		t.Errorf("unknown address: %v", err)
	}
	r.avertissements = nil
	ecrire("casse.pem", []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	ecrire("casse.der", []byte{0x30, 1})
	if _, err := r.Certificats(t.Context(), adresse); err != nil {
		t.Errorf("beside damaged files: %v", err)
	}
	var noms []string
	for _, a := range r.avertissements {
		for _, nom := range []string{"casse.pem", "casse.der"} {
			if strings.Contains(a.Error(), nom) {
				noms = append(noms, nom)
			}
		}
	}
	if diff := cmp.Diff([]string{"casse.der", "casse.pem"}, noms); diff != "" {
		t.Errorf("damaged files told of (-expected +got):\n%s", diff)
	}
	if _, err := nouveau(t, annuaire.Dossier(filepath.Join(dossier, "absent"))).Certificats(t.Context(),
		adresse); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// A folder alone: what is in it is trusted, and a revocation list there counts.
func TestDossierSeul(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	dossier := t.TempDir()
	for nom, der := range map[string][]byte{"frontal.der": racine.Frontal(t, 10).Raw, "ac.der": racine.Certificat.Raw} {
		if err := os.WriteFile(filepath.Join(dossier, nom), der, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := nouveau(t, annuaire.Dossier(dossier))
	if _, err := r.Certificats(t.Context(), adresse); err != nil || len(r.avertissements) != 1 {
		t.Errorf("without list: %v, warnings %v", err, r.avertissements)
	}
	if err := os.WriteFile(filepath.Join(dossier, "liste.crl"), racine.Liste(t, 1, 10).Raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Certificats(t.Context(), adresse); motif(t, err) != annuaire.Revoque {
		t.Errorf("revoked: %v", err)
	}
}

// The certificate shipped with the mails of the test frontal.
func TestCertificatDeProduction(t *testing.T) {
	dossier := filepath.Join("..", "..", "..", "shared", "data", "b2")
	if _, err := os.Stat(dossier); err != nil {
		t.Skip("../shared is not here")
	}
	a, err := annuaire.New(annuaire.Dossier(dossier),
		annuaire.WithHorloge(func() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }))
	if err != nil {
		t.Fatal(err)
	}
	if bons, err := a.Certificats(t.Context(), adresse); err != nil || len(bons) != 1 {
		t.Errorf("%d certificates, %v", len(bons), err)
	}
}
