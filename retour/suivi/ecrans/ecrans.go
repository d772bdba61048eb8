package ecrans

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/pagesweb"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
)

// ErrConfig says that New was given something that can't be served.
var ErrConfig = errors.New("ecrans: configuration")

// Ecrans are the screens of one office: an http.Handler.
type Ecrans struct {
	suivi   *suivi.Suivi
	acces   Acces
	journal *slog.Logger
	horloge func() time.Time
	fuseau  *time.Location
	theme   Theme
	mots    map[string]string
	racine  string
	entree  string // the host's login page

	registre   *controle.Registre
	bordereaux Bordereaux
	fichiers   Fichiers
	lectures   lectures
	numeriser  *numeriser

	delaiAnnulation time.Duration
	rythme          time.Duration
	corpsMax        int64

	cle       []byte
	origine   *http.CrossOriginProtection
	statiques *pagesweb.Statiques
	mux       *http.ServeMux
	ecrans    []ecran
	differes  *differes
	veille    *veille
}

// Option changes what New makes.
type Option func(*Ecrans) error

// WithRacine names the path under which the screens are, when the host doesn't strip it (http.StripPrefix): "/scor".
func WithRacine(chemin string) Option {
	return func(e *Ecrans) error {
		if chemin = strings.TrimSuffix(chemin, "/"); chemin != "" && !strings.HasPrefix(chemin, "/") {
			return fmt.Errorf("%w: path %q: expected one that begins with /", ErrConfig, chemin)
		}
		e.racine = chemin
		return nil
	}
}

// WithConnexion sends who isn't signed in to the host's login page instead of telling them.
func WithConnexion(adresse string) Option {
	return func(e *Ecrans) error { e.entree = adresse; return nil }
}

// WithJournal logs refusals and errors, by identifiers: no name, no NIR, no query.
func WithJournal(l *slog.Logger) Option {
	return func(e *Ecrans) error { e.journal = l; return nil }
}

// WithHorloge replaces time.Now.
func WithHorloge(f func() time.Time) Option {
	return func(e *Ecrans) error { e.horloge = f; return nil }
}

// WithFuseau is the zone in which times are shown; the default is time.Local.
func WithFuseau(l *time.Location) Option {
	return func(e *Ecrans) error { e.fuseau = l; return nil }
}

// WithDelaiAnnulation is how long an act that isn't confirmed can be undone before it is done; the default is 8
// seconds.
func WithDelaiAnnulation(d time.Duration) Option {
	return func(e *Ecrans) error { e.delaiAnnulation = d; return nil }
}

// WithRythme is how often the journal is looked at while pages are open; the default is a second.
func WithRythme(d time.Duration) Option {
	return func(e *Ecrans) error {
		if d <= 0 {
			return fmt.Errorf("%w: a rhythm of %s", ErrConfig, d)
		}
		e.rythme = d
		return nil
	}
}

// WithCle is the key of the forms' tokens: programs that serve the same screens side by side share one. By default each
// draws its own.
func WithCle(cle []byte) Option {
	return func(e *Ecrans) error {
		if len(cle) < 16 {
			return fmt.Errorf("%w: a key of %d bytes: expected 16 or more", ErrConfig, len(cle))
		}
		e.cle = cle
		return nil
	}
}

// New makes the screens of an office. They do nothing by themselves: the host goes on calling Suivi.Avancer.
func New(s *suivi.Suivi, acces Acces, opts ...Option) (*Ecrans, error) {
	if s == nil || acces == nil {
		return nil, fmt.Errorf("%w: a Suivi and an Acces are needed", ErrConfig)
	}
	e := &Ecrans{suivi: s, acces: acces, journal: slog.New(slog.DiscardHandler), horloge: time.Now, fuseau: time.Local,
		mots: map[string]string{}, delaiAnnulation: 8 * time.Second, rythme: time.Second, corpsMax: 1 << 20,
		origine: http.NewCrossOriginProtection(), mux: http.NewServeMux()}
	for _, o := range opts {
		if err := o(e); err != nil {
			return nil, err
		}
	}
	if e.cle == nil {
		e.cle = make([]byte, 32)
		rand.Read(e.cle)
	}
	if err := e.charger(); err != nil {
		return nil, err
	}
	e.differes, e.veille = nouveauxDifferes(e), nouvelleVeille(e)
	for _, f := range tous {
		if x := f(e); x.Nom != "" {
			e.ecrans = append(e.ecrans, x)
		}
	}
	for i := range e.ecrans {
		for _, r := range e.ecrans[i].Routes {
			e.mux.Handle(r.Motif, e.servir(&e.ecrans[i], r))
		}
	}
	return e, nil
}

// Close ends what the screens have begun: acts that wait to be undone are done, pages that listen are let go.
func (e *Ecrans) Close() error {
	e.veille.fermer()
	return errors.Join(e.differes.fermer(), e.numeriser.fermer())
}

// ServeHTTP implements http.Handler.
func (e *Ecrans) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.racine != "" {
		http.StripPrefix(e.racine, http.HandlerFunc(e.recevoir)).ServeHTTP(w, r)
		return
	}
	e.recevoir(w, r)
}

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
	"worker-src 'self'; font-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (e *Ecrans) recevoir(w http.ResponseWriter, r *http.Request) {
	pagesweb.Fermer(w.Header(), csp)
	w.Header().Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()")
	if nom, ok := strings.CutPrefix(r.URL.Path, "/statique/"); ok {
		e.statiques.Servir(w, r, nom)
		return
	}
	if r.URL.Path == "" { // mounted without its last slash: relative links need it
		w.Header().Set("Location", "./"+dernier(r)+"/")
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	if _, motif := e.mux.Handler(r); motif == "" {
		e.introuvable(w, r)
		return
	}
	e.mux.ServeHTTP(w, r)
}

// dernier is the last part of the path as the browser has it: relative links begin beside it.
func dernier(r *http.Request) string {
	chemin, _, _ := strings.Cut(r.RequestURI, "?")
	chemin = strings.TrimSuffix(chemin, "/")
	return chemin[strings.LastIndexByte(chemin, '/')+1:]
}

// jeton is the token of a person's forms: nobody else can make it, and it needs no memory.
func (e *Ecrans) jeton(p *Personne) string {
	h := hmac.New(sha256.New, e.cle)
	h.Write([]byte("formulaire|" + p.ID))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
