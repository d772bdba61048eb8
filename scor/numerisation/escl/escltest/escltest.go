// Package escltest is a scanner that speaks eSCL, for tests: what httptest is to net/http.
//
//	s := escltest.New(escltest.Incidents{})
//	defer s.Close()
//	s.Charger(page1, page2)              // JPEG or PDF bytes, one for each document
//	c, err := escl.New(s.URL)
//
// It checks what it is asked as a strict scanner does, and plays the incidents that offices know: busy, feeder empty or
// jammed, a cover open, a page cut short, a job that is aborted.
package escltest

import (
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
)

// Incidents are what goes wrong. Its zero value is a scanner that works.
type Incidents struct {
	// OccupeTravail and OccupePage are how many times it answers 503 to a new job, and before each page.
	OccupeTravail, OccupePage int
	// SansDelai leaves out Retry-After.
	SansDelai bool
	// BourrageApres jams the feeder after that many documents; 0: never. CapotOuvert has a cover open.
	BourrageApres int
	CapotOuvert   bool
	// AvortApres aborts the job after that many documents without a word but in the state of the job; 0: never.
	AvortApres int
	// CoupeA cuts that document, from 1, in the middle; 0: none.
	CoupeA int
	// Ailleurs gives jobs an address on another machine, as scanners with a name that nobody resolves do; Relatif
	// gives a relative one.
	Ailleurs, Relatif bool
	// SansEtat answers no ScannerStatus.
	SansEtat bool
	// MotDePasse asks for one.
	MotDePasse bool
}

// Scanner is a scanner that listens on this computer.
type Scanner struct {
	URL string // its address for escl.New

	serveur *httptest.Server
	mu      sync.Mutex
	inc     Incidents
	feuille [][]byte // in the feeder, or on the platen
	travaux map[string]*travail
	n       int
	annules int
	demande []Demande
}

// Demande is a job that was asked for.
type Demande struct {
	Entree string // "Platen" or "Feeder"
	Duplex bool
	Mode   string
	DPI    int
	Format string
	// Largeur and Hauteur are in three hundredths of an inch.
	Largeur, Hauteur int
}

type travail struct {
	format  string
	occupe  int
	donnes  int
	etat    string
	adf     bool
	restent [][]byte
}

// New starts a scanner over http.
func New(i Incidents) *Scanner { return neuf(i, httptest.NewServer) }

// NewTLS starts one over https, with a certificate that no authority signed: see Certificat.
func NewTLS(i Incidents) *Scanner { return neuf(i, httptest.NewTLSServer) }

func neuf(i Incidents, ecouter func(http.Handler) *httptest.Server) *Scanner {
	s := &Scanner{inc: i, travaux: map[string]*travail{}}
	m := http.NewServeMux()
	m.HandleFunc("GET /eSCL/ScannerCapabilities", s.capacites)
	m.HandleFunc("GET /eSCL/ScannerStatus", s.etat)
	m.HandleFunc("POST /eSCL/ScanJobs", s.creer)
	m.HandleFunc("GET /eSCL/ScanJobs/{id}/NextDocument", s.suivant)
	m.HandleFunc("DELETE /eSCL/ScanJobs/{id}", s.annuler)
	s.serveur = ecouter(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.MotDePasse {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		m.ServeHTTP(w, r)
	}))
	s.serveur.Config.ErrorLog = nil
	s.URL = s.serveur.URL + "/eSCL"
	return s
}

// Close stops it.
func (s *Scanner) Close() { s.serveur.Close() }

// Certificat is the SHA-256 of its certificate; zero over http.
func (s *Scanner) Certificat() [32]byte {
	if c := s.serveur.Certificate(); c != nil {
		return sha256.Sum256(c.Raw)
	}
	return [32]byte{}
}

// Charger lays sheets into the feeder, after those that are there; the first is also the one on the platen.
func (s *Scanner) Charger(documents ...[]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feuille = append(s.feuille, documents...)
}

// Subir changes the incidents from now on.
func (s *Scanner) Subir(i Incidents) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inc = i
}

// Demandes are the jobs that were asked for, in order; Annules counts those that were deleted.
func (s *Scanner) Demandes() []Demande {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Demande(nil), s.demande...)
}

// Annules counts the jobs that were deleted.
func (s *Scanner) Annules() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.annules
}

const espaces = `xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" ` +
	`xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"`

const profils = `<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth><scan:MinHeight>16</scan:MinHeight>
<scan:MaxHeight>%d</scan:MaxHeight><scan:MaxScanRegions>1</scan:MaxScanRegions>
<scan:SettingProfiles><scan:SettingProfile>
<scan:ColorModes><scan:ColorMode>BlackAndWhite1</scan:ColorMode><scan:ColorMode>Grayscale8</scan:ColorMode>
<scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
<scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
<pwg:DocumentFormat>application/pdf</pwg:DocumentFormat>
<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>
<scan:DiscreteResolution><scan:XResolution>100</scan:XResolution><scan:YResolution>100</scan:YResolution>
</scan:DiscreteResolution>
<scan:DiscreteResolution><scan:XResolution>200</scan:XResolution><scan:YResolution>200</scan:YResolution>
</scan:DiscreteResolution>
<scan:DiscreteResolution><scan:XResolution>300</scan:XResolution><scan:YResolution>300</scan:YResolution>
</scan:DiscreteResolution>
</scan:DiscreteResolutions></scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>`

func ecrire(w http.ResponseWriter, corps string) {
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+corps)
}

func (s *Scanner) capacites(w http.ResponseWriter, _ *http.Request) {
	ecrire(w, `<scan:ScannerCapabilities `+espaces+`><pwg:Version>2.63</pwg:Version>
<pwg:MakeAndModel>Essai Duplex 200</pwg:MakeAndModel><pwg:SerialNumber>E0001</pwg:SerialNumber>
<scan:Platen><scan:PlatenInputCaps>`+fmt.Sprintf(profils, 3508)+`</scan:PlatenInputCaps></scan:Platen>
<scan:Adf><scan:AdfSimplexInputCaps>`+fmt.Sprintf(profils, 4200)+`</scan:AdfSimplexInputCaps>
<scan:AdfDuplexInputCaps>`+fmt.Sprintf(profils, 4200)+`</scan:AdfDuplexInputCaps>
<scan:FeederCapacity>50</scan:FeederCapacity></scan:Adf></scan:ScannerCapabilities>`)
}

func (s *Scanner) etat(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inc.SansEtat {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	etat, adf := "Idle", "ScannerAdfLoaded"
	if len(s.feuille) == 0 {
		adf = "ScannerAdfEmpty"
	}
	var jobs strings.Builder
	for id, t := range s.travaux {
		if t.etat == "Processing" {
			etat = "Processing"
		}
		if t.adf && s.inc.BourrageApres > 0 && t.donnes >= s.inc.BourrageApres {
			adf = "ScannerAdfJam"
		}
		fmt.Fprintf(&jobs, `<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/%s</pwg:JobUri><pwg:JobUuid>%s</pwg:JobUuid>
<scan:Age>1</scan:Age><pwg:ImagesCompleted>%d</pwg:ImagesCompleted><pwg:JobState>%s</pwg:JobState></scan:JobInfo>`,
			id, id, t.donnes, t.etat)
	}
	if s.inc.CapotOuvert {
		adf = "ScannerAdfHatchOpen"
	}
	ecrire(w, `<scan:ScannerStatus `+espaces+`><pwg:Version>2.63</pwg:Version><pwg:State>`+etat+
		`</pwg:State><scan:AdfState>`+adf+`</scan:AdfState><scan:Jobs>`+jobs.String()+
		`</scan:Jobs></scan:ScannerStatus>`)
}

type reglages struct {
	XMLName xml.Name `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 ScanSettings"`
	Region  struct {
		Unites  string `xml:"ContentRegionUnits"`
		Largeur int    `xml:"Width"`
		Hauteur int    `xml:"Height"`
	} `xml:"http://www.pwg.org/schemas/2010/12/sm ScanRegions>ScanRegion"`
	Entree string `xml:"http://www.pwg.org/schemas/2010/12/sm InputSource"`
	Duplex bool   `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 Duplex"`
	Mode   string `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 ColorMode"`
	X      int    `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 XResolution"`
	Y      int    `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 YResolution"`
	Format string `xml:"http://www.pwg.org/schemas/2010/12/sm DocumentFormat"`
}

// accepte says whether a strict scanner takes the settings.
func (r *reglages) accepte() bool {
	haut := map[string]int{"Platen": 3508, "Feeder": 4200}[r.Entree]
	mode := map[string]bool{"BlackAndWhite1": true, "Grayscale8": true, "RGB24": true}[r.Mode]
	dpi := r.X == r.Y && (r.X == 100 || r.X == 200 || r.X == 300)
	format := r.Format == "image/jpeg" || r.Format == "application/pdf"
	region := r.Region.Largeur >= 16 && r.Region.Largeur <= 2550 && r.Region.Hauteur >= 16 && r.Region.Hauteur <= haut
	return mode && dpi && format && region && r.Region.Unites == "escl:ThreeHundredthsOfInches"
}

func (s *Scanner) creer(w http.ResponseWriter, req *http.Request) {
	var r reglages
	if err := xml.NewDecoder(io.LimitReader(req.Body, 64<<10)).Decode(&r); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inc.OccupeTravail > 0 {
		s.inc.OccupeTravail--
		s.occupe(w)
		return
	}
	adf := r.Entree == "Feeder"
	if !r.accepte() || adf && (len(s.feuille) == 0 || s.inc.CapotOuvert) {
		w.WriteHeader(http.StatusConflict)
		return
	}
	s.demande = append(s.demande, Demande{r.Entree, r.Duplex, r.Mode, r.X, r.Format, r.Region.Largeur, r.Region.Hauteur})
	s.n++
	id := "job-" + strconv.Itoa(s.n)
	t := &travail{format: r.Format, occupe: s.inc.OccupePage, etat: "Processing", adf: adf}
	if n := min(1, len(s.feuille)); adf {
		t.restent, s.feuille = s.feuille, nil
	} else {
		t.restent, s.feuille = s.feuille[:n:n], s.feuille[n:]
	}
	s.travaux[id] = t
	lieu := s.URL + "/ScanJobs/" + id
	switch {
	case s.inc.Ailleurs:
		lieu = "http://scanner-essai.invalid/eSCL/ScanJobs/" + id
	case s.inc.Relatif:
		lieu = "ScanJobs/" + id
	}
	w.Header().Set("Location", lieu)
	w.WriteHeader(http.StatusCreated)
}

func (s *Scanner) occupe(w http.ResponseWriter) {
	if !s.inc.SansDelai {
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (s *Scanner) suivant(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.travaux[r.PathValue("id")]
	switch {
	case t == nil:
		w.WriteHeader(http.StatusNotFound)
		return
	case t.occupe > 0:
		t.occupe--
		s.occupe(w)
		return
	case t.adf && s.inc.BourrageApres > 0 && t.donnes >= s.inc.BourrageApres,
		s.inc.AvortApres > 0 && t.donnes >= s.inc.AvortApres:
		t.etat = "Aborted"
		w.WriteHeader(http.StatusNotFound)
		return
	case len(t.restent) == 0:
		t.etat = "Completed"
		w.WriteHeader(http.StatusNotFound)
		return
	}
	doc := t.restent[0]
	t.restent, t.occupe = t.restent[1:], s.inc.OccupePage
	t.donnes++
	w.Header().Set("Content-Type", t.format)
	w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
	if s.inc.CoupeA == t.donnes {
		doc = doc[:len(doc)/2]
	}
	_, _ = w.Write(doc)
}

func (s *Scanner) annuler(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.travaux[r.PathValue("id")]
	if t == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	t.etat, t.restent = "Canceled", nil
	s.annules++
}
