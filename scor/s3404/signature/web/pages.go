package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

//go:embed pages
var fichiersPages embed.FS

var pages = template.Must(template.ParseFS(fichiersPages, "pages/*.html"))

// lignesParPage bounds the table that stands in for the PDF: a lot of thousands of invoices is read a page at a time.
const lignesParPage = 100

// cadre is what every page shows.
type cadre struct {
	Titre         string
	Etablissement string
	Signataire    signature.Signataire
	CSRF          string
}

func (s *serveur) cadre(titre string, x session) cadre {
	return cadre{Titre: titre, Etablissement: s.Etablissement, Signataire: x.signataire, CSRF: x.csrf}
}

// page runs a template to its end before the first byte leaves, so that an error is an error and not half a page.
func (s *serveur) page(w http.ResponseWriter, code int, nom string, v any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, nom, v); err != nil {
		s.Journal.Error("page", "nom", nom, "erreur", err)
		http.Error(w, "Erreur du serveur.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes())
}

type pageConnexion struct {
	cadre
	Erreur, Suite string
}

func (s *serveur) pageConnexion(w http.ResponseWriter, r *http.Request) {
	s.connexion(w, r, http.StatusOK, "")
}

func (s *serveur) connexion(w http.ResponseWriter, r *http.Request, code int, erreur string) {
	p := pageConnexion{cadre: s.cadre("Connexion", session{}), Erreur: erreur}
	if c := r.FormValue("suite"); cheminDocument.MatchString(c) {
		p.Suite = c
	}
	s.page(w, code, "connexion.html", p)
}

func (s *serveur) connecter(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.connexion(w, r, http.StatusBadRequest, "La requête est illisible.")
		return
	}
	if !s.essayer(r) {
		s.Journal.Warn("trop d'essais de connexion", "client", client(r))
		w.Header().Set("Retry-After", "12")
		s.connexion(w, r, http.StatusTooManyRequests, "Trop d'essais : attendez un instant avant de recommencer.")
		return
	}
	qui, err := s.Authentificateur.Authentifier(r)
	if err != nil {
		s.Journal.Warn("connexion refusée", "client", client(r), "erreur", err)
		if errors.Is(err, ErrCode) {
			s.connexion(w, r, http.StatusUnauthorized,
				"Ce code n'est pas le bon, ou il a expiré : lisez celui que la facturation affiche.")
		} else {
			s.connexion(w, r, http.StatusInternalServerError, "La connexion n'est pas possible pour l'instant.")
		}
		return
	}
	s.sessions.ouvrir(w, r, qui)
	s.Journal.Info("connexion", "signataire", qui.ID, "client", client(r))
	vers := "/"
	if c := r.PostFormValue("suite"); cheminDocument.MatchString(c) {
		vers = c
	}
	http.Redirect(w, r, vers, http.StatusSeeOther)
}

func (s *serveur) deconnecter(w http.ResponseWriter, r *http.Request, x session) {
	s.sessions.fermer(w, r)
	s.Journal.Info("déconnexion", "signataire", x.signataire.ID)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, r, "/connexion", http.StatusSeeOther)
}

// lot groups the documents of one lot in the list.
type lot struct {
	Nom       string
	Documents []ligne
	Signes    int
}

type ligne struct {
	signature.Vue
	Quand    string
	Derniere string
	Alerte   bool
	// Ouvert says that this signer can sign it now; Etiquette is its state as this signer sees it.
	Ouvert    bool
	EtatVu    signature.EtatSignature
	Etiquette string
}

type pageListe struct {
	cadre
	Lots     []lot
	Retenues []retenue
	Reste    int
}

type retenue struct{ Lot, Motif, Quand string }

// enteteVeille marks what a page asks by itself, to show what became of the bordereaux: nobody reads them for that.
const enteteVeille = "X-SCOR-Veille"

func (s *serveur) pageListe(w http.ResponseWriter, r *http.Request, x session) {
	p := pageListe{cadre: s.cadre("Bordereaux à signer", x)}
	vues := func() []signature.Vue { return s.Registre.Visibles(x.signataire) }
	if r.Header.Get(enteteVeille) == "" {
		vues = func() []signature.Vue { return s.Registre.Lister(x.signataire) }
	}
	for _, v := range vues() {
		l := ligne{Vue: v, Ouvert: v.Attend(x.signataire), EtatVu: etatPour(&v, x.signataire)}
		l.Etiquette = l.EtatVu.Libelle()
		if l.EtatVu == partiel {
			l.Etiquette = fmt.Sprintf("Signé, %d sur %d", len(v.Signatures), len(v.Document.Ordre))
		}
		if l.Ouvert {
			p.Reste++
		} else {
			l.Quand = s.heure(v.Recu.Quand)
		}
		if n := len(v.Etapes); n > 0 {
			l.Derniere, l.Alerte = v.Etapes[n-1].Libelle, v.Etapes[n-1].Alerte
		}
		i := slices.IndexFunc(p.Lots, func(l lot) bool { return l.Nom == v.Document.Lot })
		if i < 0 {
			i = len(p.Lots)
			p.Lots = append(p.Lots, lot{Nom: v.Document.Lot})
		}
		p.Lots[i].Documents = append(p.Lots[i].Documents, l)
		if v.Etat == signature.Signe || v.Etat == signature.Joint {
			p.Lots[i].Signes++
		}
	}
	for _, x := range s.Registre.Retenues() {
		p.Retenues = append(p.Retenues, retenue{x.Lot, x.Motif, s.heure(x.Quand)})
	}
	s.page(w, http.StatusOK, "liste.html", p)
}

type pageSigner struct {
	cadre
	signature.Vue
	Maintenant int64
	Decalage   int
	Horodatage string
	Lecture    bool
	Ouvert     bool
	EtatVu     signature.EtatSignature
	// Impose is the mandate that this signer's signature must have.
	Impose string
	Envoi  bool
	// Mandants are proposed; Libre lets another name be typed.
	Mandants []string
	Libre    bool
}

func (s *serveur) pageSigner(w http.ResponseWriter, r *http.Request, x session) {
	v, err := s.Registre.Document(r.PathValue("id"), x.signataire)
	if err != nil {
		s.page(w, http.StatusNotFound, "absent.html", s.cadre("Bordereau introuvable", x))
		return
	}
	t := s.Horloge()
	_, decalage := t.In(s.Fuseau).Zone()
	mandants, libre := s.Registre.Mandants(&v.Document, x.signataire)
	impose := ""
	if v.Attendu != nil && v.Attend(x.signataire) {
		impose = v.Attendu.Mandant
	}
	s.page(w, http.StatusOK, "signer.html", pageSigner{Ouvert: v.Attend(x.signataire), EtatVu: etatPour(&v, x.signataire),
		Impose: impose, Envoi: s.EnvoyerCopie != nil, cadre: s.cadre(v.Document.Titre, x), Vue: v,
		Mandants: mandants, Libre: libre,
		Maintenant: t.UnixMilli(), Decalage: decalage / 60, Horodatage: s.heure(t),
		Lecture: v.Document.Tableau.Lignes != nil})
}

type pageLecture struct {
	cadre
	signature.Vue
	Lignes                            []ligneLecture
	Totaux                            []cellule
	Page, Pages, Precedente, Suivante int
}

type ligneLecture struct {
	Cellules []cellule
	Details  [][]cellule
}

type cellule struct {
	Texte   string
	Montant bool
}

func cellules(colonnes []signature.Colonne, textes []string) []cellule {
	c := make([]cellule, len(textes))
	for i, t := range textes {
		c[i] = cellule{Texte: t, Montant: i < len(colonnes) && colonnes[i].Montant}
	}
	return c
}

func (s *serveur) pageLecture(w http.ResponseWriter, r *http.Request, x session) {
	v, err := s.Registre.Document(r.PathValue("id"), x.signataire)
	t := v.Document.Tableau
	if err != nil || t.Lignes == nil {
		s.page(w, http.StatusNotFound, "absent.html", s.cadre("Bordereau introuvable", x))
		return
	}
	p := pageLecture{cadre: s.cadre(v.Document.Titre, x), Vue: v, Page: 1,
		Pages: max(1, (t.Taille+lignesParPage-1)/lignesParPage)}
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil {
		p.Page = min(max(n, 1), p.Pages)
	}
	p.Precedente = p.Page - 1
	if p.Page < p.Pages {
		p.Suivante = p.Page + 1
	}
	debut := (p.Page - 1) * lignesParPage
	for l := range t.Lignes(debut, min(debut+lignesParPage, t.Taille)) {
		x := ligneLecture{Cellules: cellules(t.Colonnes, l.Cellules)}
		for _, d := range l.Details {
			x.Details = append(x.Details, cellules(t.ColonnesDetail, d))
		}
		p.Lignes = append(p.Lignes, x)
	}
	p.Totaux = cellules(t.Colonnes, t.Totaux)
	w.Header().Set("Content-Security-Policy", cspLecture)
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	s.page(w, http.StatusOK, "lecture.html", p)
}
