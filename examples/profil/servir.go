package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

//go:embed page/*.html page/style.css page/page.js
var fichiersPage embed.FS

// enregistrementsPage is how many records a page shows: a browser is slow with more.
const enregistrementsPage = 250

// atelier serves one profile, and files, as pages. The profile and the files are read again at each request: who edits
// them sees the effect by reloading.
type atelier struct {
	profil   string
	fichiers []string
	clair    bool
	pages    *template.Template
}

// servir serves the workbench as local pages.
func servir(ctx context.Context, a appel) error {
	f := programme.New("profil servir", "profil servir [-page ADRESSE] [-profil PROFIL] [-json] [-clair] [FICHIER...]",
		a.erreurs)
	enJSON := f.Bool("json", false, "dire l'adresse de la page en JSON")
	clair := f.Bool("clair", false, "montrer ce qui peut être personnel")
	page := f.String("page", "127.0.0.1:8093", "`adresse` de la page ; de cette machine seulement")
	profil := f.String("profil", "reference", "`profil` à montrer")
	noms, err := f.Parse(a.args)
	if err != nil {
		return err
	}
	hote, _, err := net.SplitHostPort(*page)
	if err != nil || !locale(hote) {
		return f.Mauvais("-page attend une adresse de cette machine, comme 127.0.0.1:8093")
	}
	if !estProfil(*profil) {
		return f.Mauvais("-profil attend un fichier .yaml, reference ou scor-cp")
	}
	s := &atelier{profil: *profil, fichiers: noms, clair: *clair}
	if s.pages, err = template.New("").Funcs(fonctions).ParseFS(fichiersPage, "page/*.html"); err != nil {
		return err
	}
	ecoute, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *page)
	if err != nil {
		return err
	}
	adresse := "http://" + ecoute.Addr().String() + "/"
	if *enJSON {
		err = ecrireJSON(a.out, map[string]string{"page": adresse})
	} else {
		_, err = fmt.Fprintf(a.out, "Page : %s (Ctrl-C pour finir)\n", adresse)
	}
	if err != nil {
		return errors.Join(err, ecoute.Close())
	}
	return s.ecouter(ctx, ecoute)
}

func (s *atelier) ecouter(ctx context.Context, ecoute net.Listener) error {
	serveur := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: time.Minute}
	arret := context.AfterFunc(ctx, func() {
		fin, libere := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer libere()
		_ = serveur.Shutdown(fin)
	})
	defer arret()
	if err := serveur.Serve(ecoute); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// locale says that a name is this machine's own.
func locale(hote string) bool {
	if hote == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(hote)
	return err == nil && ip.IsLoopback()
}

func (s *atelier) handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", s.accueil)
	m.HandleFunc("GET /disposition", s.disposition)
	m.HandleFunc("GET /explication", s.explication)
	m.HandleFunc("POST /explication", s.envoye)
	m.HandleFunc("GET /comparaison", s.comparaison)
	for nom, genre := range map[string]string{"style.css": "text/css; charset=utf-8",
		"page.js": "text/javascript; charset=utf-8"} {
		m.HandleFunc("GET /"+nom, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", genre)
			http.ServeFileFS(w, r, fichiersPage, "page/"+nom)
		})
	}
	return proteger(http.NewCrossOriginProtection().Handler(m))
}

// proteger lets nothing but this machine's pages ask, and nothing but their own files run in them.
func proteger(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hote := r.Host
		if h, _, err := net.SplitHostPort(hote); err == nil {
			hote = h
		}
		if !locale(strings.Trim(hote, "[]")) {
			// A name of the outside that leads here: another site's page would read this one.
			http.Error(w, "Cette page n'est que pour cette machine.", http.StatusForbidden)
			return
		}
		e := w.Header()
		e.Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; "+
				"frame-ancestors 'none'")
		e.Set("X-Content-Type-Options", "nosniff")
		e.Set("Referrer-Policy", "no-referrer")
		e.Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}

func (s *atelier) montrer(w http.ResponseWriter, page string, v *vue) {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, page, v); err != nil {
		http.Error(w, "La page ne peut pas être faite : "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

func (s *atelier) accueil(w http.ResponseWriter, _ *http.Request) {
	v, _ := s.commun("Profil", "accueil")
	s.montrer(w, "accueil.html", v)
}

func (s *atelier) disposition(w http.ResponseWriter, _ *http.Request) {
	v, l := s.commun("Disposition", "disposition")
	if l.profil != nil {
		for _, d := range disposes(l.profil) {
			v.Dispositions = append(v.Dispositions, vueDisposition{d.nom, d.titre, codage(d.format), rangs(d),
				arbreDe(d.format.Enregistrements)})
		}
	}
	s.montrer(w, "disposition.html", v)
}

func arbreDe(es []disposition.Enregistrement) []noeudArbre {
	var ns []noeudArbre
	for i := range es {
		ns = append(ns, noeudArbre{titreEnregistrement(&es[i]), arbreDe(es[i].Contenu)})
	}
	return ns
}

// nomme explains a file by what the page calls it: exemple-N or fichier-N.
func (s *atelier) nomme(v *vue, l lecteur, nom string) (*explication, error) {
	sorte, rang, _ := strings.Cut(nom, "-")
	n, err := strconv.Atoi(rang)
	switch {
	case err != nil || n < 0:
	case l.profil == nil:
		return nil, errors.New("le profil est refusé : voyez la page Profil")
	case sorte == "exemple" && n < len(v.Exemples):
		e := &v.Exemples[n]
		l.comme, l.clair = e.Comme, true // nobody in it exists
		return l.expliquer(e.Nom, bytes.NewReader(e.octets))
	case sorte == "fichier" && n < len(s.fichiers):
		return l.fichier(s.fichiers[n])
	}
	return nil, fmt.Errorf("%w : ce fichier n'est pas de ceux de cette page", os.ErrNotExist)
}

func (s *atelier) explication(w http.ResponseWriter, r *http.Request) {
	v, l := s.commun("Octet par octet", "explication")
	nom := r.FormValue("fichier")
	if nom == "" {
		nom = "exemple-0"
	}
	x, err := s.nomme(v, l, nom)
	if err != nil {
		v.Faute = programme.Francais(err)
	} else {
		v.expliquer(x, r.FormValue("depuis"), "/explication?fichier="+nom+"&depuis=")
	}
	s.montrer(w, "explication.html", v)
}

// envoye explains a file that the person gives to the page. Nothing of it is kept.
func (s *atelier) envoye(w http.ResponseWriter, r *http.Request) {
	v, l := s.commun("Octet par octet", "explication")
	r.Body = http.MaxBytesReader(w, r.Body, octetsMax+1<<20)
	f, entete, err := r.FormFile("contenu")
	var x *explication
	switch {
	case err != nil:
		err = fmt.Errorf("choisissez un fichier de %d Mio au plus", octetsMax>>20)
	case l.profil == nil:
		err = errors.New("le profil est refusé : voyez la page Profil")
	default:
		defer f.Close()
		x, err = l.expliquer(filepath.Base(entete.Filename), f)
	}
	if err != nil {
		v.Faute = programme.Francais(err)
		if p := phraseDe(err); p != "" {
			v.Faute = p
		}
	} else {
		v.expliquer(x, "", "")
	}
	s.montrer(w, "explication.html", v)
}

func (s *atelier) comparaison(w http.ResponseWriter, r *http.Request) {
	v, l := s.commun("Comparer", "comparaison")
	v.A, v.B = r.FormValue("a"), r.FormValue("b")
	v.Choix = []string{"profil", "reference", "scor-cp"}
	for i := range v.Exemples {
		v.Choix = append(v.Choix, fmt.Sprintf("exemple-%d", i))
	}
	for i := range s.fichiers {
		v.Choix = append(v.Choix, fmt.Sprintf("fichier-%d", i))
	}
	if v.A != "" && v.B != "" {
		var err error
		if v.Differences, err = s.comparer(v, l); err != nil {
			v.Faute = programme.Francais(err)
		}
	}
	s.montrer(w, "comparaison.html", v)
}

func (s *atelier) comparer(v *vue, l lecteur) ([]difference, error) {
	profils := map[string]string{"profil": s.profil, "reference": "reference", "scor-cp": "scor-cp"}
	a, okA := profils[v.A]
	b, okB := profils[v.B]
	if okA && okB {
		return comparerProfils(a, b)
	}
	if okA || okB {
		return nil, errors.New("un profil se compare à un profil, un fichier à un fichier")
	}
	x, err := s.nomme(v, l, v.A)
	if err != nil {
		return nil, err
	}
	l.comme = x.Comme
	y, err := s.nomme(v, l, v.B)
	if err != nil {
		return nil, err
	}
	return x.comparer(y), nil
}
