package escl_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl/escltest"
)

// sansAttendre waits for nothing, and adds up what it was asked to wait.
func sansAttendre(total *time.Duration) escl.Option {
	return escl.WithAttente(func(ctx context.Context, d time.Duration) error {
		*total += d
		return ctx.Err()
	})
}

func scanner(t *testing.T, i escltest.Incidents, feuilles ...string) (*escltest.Scanner, *escl.Client, *time.Duration) {
	t.Helper()
	s := escltest.New(i)
	t.Cleanup(s.Close)
	for _, f := range feuilles {
		s.Charger([]byte(f))
	}
	d := new(time.Duration)
	c, err := escl.New(s.URL, sansAttendre(d))
	if err != nil {
		t.Fatal(err)
	}
	return s, c, d
}

// tirer scans and gives what came and the error that ended it.
func tirer(t *testing.T, c *escl.Client, s escl.Source) ([]string, error) {
	t.Helper()
	cap, err := c.Capacites(t.Context())
	if err != nil {
		return nil, err
	}
	r, err := cap.Choisir(s, 200)
	if err != nil {
		return nil, err
	}
	var docs []string
	for d, err := range c.Numeriser(t.Context(), r) {
		if err != nil {
			return docs, err
		}
		b, err := io.ReadAll(d)
		if err == nil {
			docs = append(docs, string(b))
		}
	}
	return docs, nil
}

func faute(err error) escl.Faute {
	var e *escl.Erreur
	if errors.As(err, &e) {
		return e.Faute
	}
	return 0
}

// Every page of the feeder comes, in order, with the settings that were chosen: grey, 200 dpi, A4.
func TestChargeurRectoVerso(t *testing.T) {
	s, c, _ := scanner(t, escltest.Incidents{}, "p1", "p2", "p3")
	docs, err := tirer(t, c, escl.ChargeurRectoVerso)
	if err != nil || strings.Join(docs, " ") != "p1 p2 p3" {
		t.Fatalf("documents %q, error %v: expected p1 p2 p3", docs, err)
	}
	voulu := escltest.Demande{Entree: "Feeder", Duplex: true, Mode: "Grayscale8", DPI: 200, Format: "image/jpeg",
		Largeur: 2480, Hauteur: 3508}
	if d := s.Demandes(); len(d) != 1 || d[0] != voulu {
		t.Errorf("asked %+v: expected %+v", d, voulu)
	}
}

func TestVitre(t *testing.T) {
	_, c, _ := scanner(t, escltest.Incidents{Relatif: true}, "seule", "autre")
	docs, err := tirer(t, c, escl.Vitre)
	if err != nil || len(docs) != 1 || docs[0] != "seule" {
		t.Fatalf("documents %q, error %v: expected one sheet of the platen", docs, err)
	}
}

// A scanner that says "not yet" is asked again, after the time that it asks for, and for no longer than the patience.
func TestOccupe(t *testing.T) {
	_, c, d := scanner(t, escltest.Incidents{OccupeTravail: 3, OccupePage: 2}, "p1", "p2")
	docs, err := tirer(t, c, escl.Chargeur)
	if err != nil || len(docs) != 2 {
		t.Fatalf("documents %q, error %v", docs, err)
	}
	// 3 before the job, 2 before each page and before the end, of 2 seconds each.
	if *d != 18*time.Second {
		t.Errorf("waited %v: expected 18s", *d)
	}
	_, c, _ = scanner(t, escltest.Incidents{OccupeTravail: 1000}, "p1")
	if _, err := tirer(t, c, escl.Chargeur); faute(err) != escl.Occupe {
		t.Errorf("a scanner that stays busy: %v, expected busy", err)
	}
}

// What stops a scan is named, and what came whole before it is kept: a jam is never taken for the end.
func TestIncidents(t *testing.T) {
	feuilles := []string{"page-un", "page-deux", "page-trois"}
	for nom, cas := range map[string]struct {
		inc      escltest.Incidents
		feuilles []string
		source   escl.Source
		faute    escl.Faute
		docs     int
	}{
		"jam":                   {escltest.Incidents{BourrageApres: 2}, feuilles, escl.Chargeur, escl.Bourrage, 2},
		"aborted":               {escltest.Incidents{AvortApres: 1}, feuilles, escl.Chargeur, escl.Interrompu, 1},
		"cover":                 {escltest.Incidents{CapotOuvert: true}, feuilles, escl.Chargeur, escl.CapotOuvert, 0},
		"empty feeder":          {escltest.Incidents{}, nil, escl.Chargeur, escl.ChargeurVide, 0},
		"nothing on the platen": {escltest.Incidents{}, nil, escl.Vitre, escl.Interrompu, 0},
		"a page cut short":      {escltest.Incidents{CoupeA: 2}, feuilles, escl.Chargeur, escl.Interrompu, 1},
		"password":              {escltest.Incidents{MotDePasse: true}, feuilles, escl.Chargeur, escl.Acces, 0},
		"busy with a cover open": {escltest.Incidents{OccupeTravail: 9, CapotOuvert: true}, feuilles, escl.Chargeur,
			escl.CapotOuvert, 0},
		"no state, job elsewhere": {escltest.Incidents{SansEtat: true, Ailleurs: true}, feuilles, escl.Chargeur, 0, 3},
	} {
		t.Run(nom, func(t *testing.T) {
			_, c, _ := scanner(t, cas.inc, cas.feuilles...)
			docs, err := tirer(t, c, cas.source)
			if faute(err) != cas.faute || len(docs) != cas.docs {
				t.Errorf("%d documents, %v: expected %d, %v", len(docs), err, cas.docs, cas.faute)
			}
			if err != nil && (escl.Phrase(err) == "" || !strings.HasSuffix(escl.Phrase(err), ".")) {
				t.Errorf("no sentence for %v", err)
			}
		})
	}
}

// Who stops early gives the scanner back.
func TestArretAnnule(t *testing.T) {
	s, c, _ := scanner(t, escltest.Incidents{}, "p1", "p2")
	for range c.Numeriser(t.Context(), escl.Reglages{Source: escl.Chargeur, DPI: 200, Mode: escl.Gris, Format: escl.PDF}) {
		break
	}
	if s.Annules() != 1 {
		t.Errorf("%d jobs deleted: expected 1", s.Annules())
	}
}

func TestLimites(t *testing.T) {
	s, _, _ := scanner(t, escltest.Incidents{}, "0123456789", "x", "y")
	d := new(time.Duration)
	c, err := escl.New(s.URL, escl.WithTailleMax(9, 1000), sansAttendre(d))
	if err != nil {
		t.Fatal(err)
	}
	if docs, err := tirer(t, c, escl.Chargeur); faute(err) != escl.TropGros || len(docs) != 0 {
		t.Errorf("a document over the limit: %q, %v", docs, err)
	}
	s.Charger([]byte("x"), []byte("y"), []byte("z"))
	if c, err = escl.New(s.URL, escl.WithTailleMax(9, 2), sansAttendre(d)); err != nil {
		t.Fatal(err)
	}
	if docs, err := tirer(t, c, escl.Chargeur); faute(err) != escl.TropGros || len(docs) != 2 {
		t.Errorf("documents over the limit: %q, %v", docs, err)
	}
}

// A certificate that nobody signed passes only where its digest was given.
func TestCertificat(t *testing.T) {
	s := escltest.NewTLS(escltest.Incidents{})
	defer s.Close()
	c, err := escl.New(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Capacites(t.Context()); faute(err) != escl.Certificat {
		t.Errorf("no digest given: %v, expected the certificate refused", err)
	}
	vu, err := escl.ReadCertificat(t.Context(), s.URL)
	if err != nil || vu != s.Certificat() {
		t.Fatalf("digest read: %v", err)
	}
	if c, err = escl.New(s.URL, escl.WithCertificat(vu)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Capacites(t.Context()); err != nil {
		t.Errorf("the right digest: %v", err)
	}
	vu[0] ^= 1
	if c, err = escl.New(s.URL, escl.WithCertificat(vu)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Capacites(t.Context()); faute(err) != escl.Certificat {
		t.Errorf("another digest: %v, expected the certificate refused", err)
	}
}

// Pages are asked of no other machine, wherever the scanner's redirects lead.
func TestRedirection(t *testing.T) {
	appels := 0
	autre := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { appels++ }))
	defer autre.Close()
	s := httptest.NewServer(http.RedirectHandler(strings.Replace(autre.URL, "127.0.0.1", "localhost", 1),
		http.StatusFound))
	defer s.Close()
	c, err := escl.New(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Capacites(t.Context()); faute(err) != escl.PasScanner || appels != 0 {
		t.Errorf("%v, %d calls to the other machine: expected a refusal and none", err, appels)
	}
}

func TestAdresses(t *testing.T) {
	for _, a := range []string{"", "scanner", "ftp://x/eSCL", "http://", "http://u:p@x/", "http://x/?a", "://"} {
		if _, err := escl.New(a); err == nil {
			t.Errorf("address %q accepted", a)
		}
	}
	if _, err := escl.New("http://x", escl.WithCertificat([32]byte{})); err == nil {
		t.Error("a certificate over http accepted")
	}
}

// The lowest resolution that suffices is chosen, in ranges too, grey before colour, JPEG before PDF.
func TestChoisir(t *testing.T) {
	c := &escl.Capacites{Entrees: []escl.Entree{{Source: escl.Vitre, LargeurMM: 148, HauteurMM: 210}}}
	c.Entrees[0].Profils = []escl.Profil{
		{Modes: []escl.Mode{escl.Couleur}, Formats: []string{escl.JPEG}, Resolutions: []int{200}},
		{Modes: []escl.Mode{escl.Gris}, Formats: []string{escl.PDF}, ResolutionMin: 75, ResolutionMax: 600, Pas: 50},
	}
	r, err := c.Choisir(escl.Vitre, 200)
	voulu := escl.Reglages{Source: escl.Vitre, DPI: 225, Mode: escl.Gris, Format: escl.PDF, LargeurMM: 148, HauteurMM: 210}
	if err != nil || r != voulu {
		t.Errorf("%+v, %v: expected %+v", r, err, voulu)
	}
	if _, err := c.Choisir(escl.Chargeur, 200); err == nil {
		t.Error("a source that isn't there was chosen")
	}
	if _, err := c.Choisir(escl.Vitre, 1200); err == nil {
		t.Error("a resolution that isn't there was chosen")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`<s:ScannerCapabilities xmlns:s="x"><s:Platen><s:PlatenInputCaps><s:MaxWidth>2550</s:MaxWidth>` +
		`<s:SettingProfiles><s:SettingProfile><s:ColorModes><s:ColorMode>RGB24</s:ColorMode></s:ColorModes>` +
		`<s:SupportedResolutions><s:ResolutionRange><s:XResolutionRange><s:Min>75</s:Min><s:Max>1200</s:Max>` +
		`<s:Step>1</s:Step></s:XResolutionRange></s:ResolutionRange></s:SupportedResolutions></s:SettingProfile>` +
		`</s:SettingProfiles></s:PlatenInputCaps></s:Platen></s:ScannerCapabilities>`))
	f.Add([]byte(`<?xml version="1.0" encoding="iso-8859-1"?><ScannerStatus><State>Idle</State><Jobs><JobInfo>` +
		`<JobUri>/j</JobUri><ImagesCompleted> 02 </ImagesCompleted></JobInfo></Jobs></ScannerStatus>`))
	f.Add([]byte(`<ScannerStatus>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := escl.ParseCapacites(bytes.NewReader(b)); err == nil {
			for _, s := range []escl.Source{escl.Vitre, escl.Chargeur, escl.ChargeurRectoVerso} {
				if r, err := c.Choisir(s, 200); err == nil && r.DPI < 200 {
					t.Errorf("%d dpi chosen for 200", r.DPI)
				}
			}
		}
		if e, err := escl.ParseEtat(bytes.NewReader(b)); err == nil && e == nil {
			t.Error("neither a state nor an error")
		}
	})
}
