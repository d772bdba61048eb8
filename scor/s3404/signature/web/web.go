package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/scor-sdk/scor-sdk-go/internal/pagesweb"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// Config is what the page needs of its host.
type Config struct {
	Registre         *signature.Registre
	Authentificateur Authentificateur
	// Etablissement is shown at the top of each page.
	Etablissement string
	// Hotes are the names and addresses, without port, under which the page is reached; a request for another host is
	// refused, so that a foreign name that resolves to this machine gets nothing. Empty: loopback names only.
	Hotes []string
	// Fuseau is the zone in which times are shown; nil is time.Local.
	Fuseau *time.Location
	// Journal gets sign-ins, refusals and errors, by identifiers; nil drops them.
	Journal *slog.Logger
	// Inactivite ends an idle session (zero: 15 minutes), Duree any session (zero: 8 hours).
	Inactivite, Duree time.Duration
	// HSTS is for hosts whose certificate the tablets trust.
	HSTS bool
	// EnvoyerCopie sends a signed bordereau to its signer, by mail for one, at the address that the host knows; nil leaves
	// the page with download and print.
	EnvoyerCopie func(context.Context, Copie) error
	// Horloge is the clock; nil is time.Now.
	Horloge func() time.Time
}

// Copie is a signed bordereau on its way to who signed it.
type Copie struct {
	Vue        signature.Vue
	Signataire signature.Signataire
	PDF        io.Reader // of Taille bytes, as the receipt has them
	Taille     int64
}

// corpsMax bounds a request's body: 40,000 points of JSON are 1 MiB.
const corpsMax = 2 << 20

type serveur struct {
	Config
	sessions sessions
	origine  *http.CrossOriginProtection

	mu       sync.Mutex
	essais   map[string]*rate.Limiter
	nouveaux *rate.Limiter // of clients that the full table has no room for
}

// New makes the handler of the signing pages; it wants to be at the root of its host.
func New(c Config) (http.Handler, error) {
	if c.Registre == nil || c.Authentificateur == nil {
		return nil, errors.New("web: Registre and Authentificateur are needed")
	}
	if len(c.Hotes) == 0 {
		c.Hotes = []string{"localhost", "127.0.0.1", "::1"}
	}
	c.Fuseau = cmp.Or(c.Fuseau, time.Local)
	c.Inactivite, c.Duree = cmp.Or(c.Inactivite, 15*time.Minute), cmp.Or(c.Duree, 8*time.Hour)
	if c.Horloge == nil {
		c.Horloge = time.Now
	}
	if c.Journal == nil {
		c.Journal = slog.New(slog.DiscardHandler)
	}
	s := &serveur{Config: c, origine: http.NewCrossOriginProtection(), essais: map[string]*rate.Limiter{},
		nouveaux: rate.NewLimiter(5, 20), sessions: sessions{maintenant: c.Horloge, inactivite: c.Inactivite, duree: c.Duree,
			m: map[[32]byte]*session{}}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{nom}", statique)
	mux.HandleFunc("GET /connexion", s.pageConnexion)
	mux.HandleFunc("POST /connexion", s.connecter)
	mux.HandleFunc("POST /deconnexion", s.avecSession(s.deconnecter))
	mux.HandleFunc("GET /{$}", s.avecSession(s.pageListe))
	mux.HandleFunc("GET /document/{id}", s.avecSession(s.pageSigner))
	mux.HandleFunc("GET /document/{id}/pdf", s.avecSession(s.pdf))
	mux.HandleFunc("GET /document/{id}/lecture", s.avecSession(s.pageLecture))
	mux.HandleFunc("GET /document/{id}/etat", s.avecSession(s.etat))
	mux.HandleFunc("GET /document/{id}/brouillon", s.avecSession(s.lireBrouillon))
	mux.HandleFunc("PUT /document/{id}/brouillon", s.avecSession(s.ecrireBrouillon))
	mux.HandleFunc("POST /document/{id}/signature", agir(s, "bordereau signé", s.signer))
	mux.HandleFunc("POST /document/{id}/refus", agir(s, "signature refusée", s.refuser))
	mux.HandleFunc("POST /document/{id}/reprise", agir(s, "signature reprise", s.reprendre))
	mux.HandleFunc("GET /document/{id}/copie", s.avecSession(s.copie))
	mux.HandleFunc("POST /document/{id}/copie", s.avecSession(s.envoyerCopie))
	mux.HandleFunc("POST /activite", s.avecSession(func(w http.ResponseWriter, _ *http.Request,
		_ session) {
		w.WriteHeader(http.StatusNoContent)
	}))
	return s.proteger(mux), nil
}

const (
	cspPage = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src " +
		"'self'; " +
		"worker-src 'self'; font-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	// The PDF viewers of browsers are pages of theirs around the document, and need to embed it.
	cspPDF     = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
	cspLecture = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'self'"
)

// proteger sets the headers of every answer and turns away foreign hosts, foreign origins and big bodies.
func (s *serveur) proteger(suite http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		pagesweb.Fermer(h, cspPage)
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		if s.HSTS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		hote := r.Host
		if x, _, err := net.SplitHostPort(hote); err == nil {
			hote = x
		}
		if !slices.Contains(s.Hotes, strings.ToLower(strings.Trim(hote, "[]"))) {
			http.Error(w, "Hôte inconnu.", http.StatusMisdirectedRequest)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if !pagesweb.VientDIci(r, s.origine) {
				s.Journal.Warn("requête d'une autre origine refusée", "methode", r.Method, "client", client(r))
				http.Error(w, "Requête refusée : elle ne vient pas de cette page.", http.StatusForbidden)
				return
			}
		}
		r.Body = http.MaxBytesReader(w, r.Body, corpsMax)
		suite.ServeHTTP(w, r)
	})
}

// avecSession lets only authorised signers through, and of what changes something only requests with the session's
// token.
func (s *serveur) avecSession(f func(http.ResponseWriter, *http.Request, session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x, ok := s.sessions.lire(r)
		if !ok {
			if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
				http.Redirect(w, r, "/connexion"+suite(r.URL.Path), http.StatusSeeOther)
				return
			}
			s.erreur(w, http.StatusUnauthorized, "session", "Votre session a pris fin : reconnectez-vous.")
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			jeton := r.Header.Get("X-CSRF-Token")
			if jeton == "" && r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
				jeton = r.PostFormValue("csrf")
			}
			if !x.jeton(jeton) {
				s.Journal.Warn("jeton refusé", "signataire", x.signataire.ID, "client", client(r))
				s.erreur(w, http.StatusForbidden, "jeton", "Requête refusée : rechargez la page.")
				return
			}
		}
		f(w, r, x)
	}
}

// cheminDocument is the only place that signing in leads back to.
var cheminDocument = regexp.MustCompile(`^/document/[0-9a-f]{32}$`)

func suite(chemin string) string {
	if cheminDocument.MatchString(chemin) {
		return "?suite=" + chemin
	}
	return ""
}

func client(r *http.Request) string {
	hote, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return hote
}

// clientsMax bounds the table of clients that tried to sign in.
const clientsMax = 1024

// essayer counts a try to sign in: five at once, then one every twelve seconds, for each client.
func (s *serveur) essayer(r *http.Request) bool {
	qui, t := client(r), s.Horloge()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.essais[qui]
	if l == nil {
		if len(s.essais) >= clientsMax {
			for k, x := range s.essais {
				if x.TokensAt(t) >= 5 {
					delete(s.essais, k)
				}
			}
			// A full table is somebody's doing: others get their turn all the same, more slowly.
			if len(s.essais) >= clientsMax {
				return s.nouveaux.AllowN(t, 1)
			}
		}
		l = rate.NewLimiter(rate.Every(12*time.Second), 5)
		s.essais[qui] = l
	}
	return l.AllowN(t, 1)
}
