package ecrans

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/pagesweb"
)

// requete is what a screen gets beside the request: who asks, and where it is.
type requete struct {
	*Ecrans
	Personne Personne
	Ecran    *ecran
	// Racine leads from the page to the screens' root ("../../"): links are relative, so that the screens may be mounted
	// anywhere.
	Racine string
}

// Peut says whether the person has a right.
func (q *requete) Peut(d Droit) bool { return q.Personne.Droits.Peut(d) }

// Agit says whether the person may decide.
func (q *requete) Agit() bool { return q.Peut(Intervenir) }

// Ouvre says whether the person may open documents and proofs.
func (q *requete) Ouvre() bool { return q.Peut(Documents) }

// Reprend says whether the person may take a signature back.
func (q *requete) Reprend() bool { return q.Peut(Signer) }

// refus is what a person is told instead of what was asked.
type refus struct {
	code   int
	titre  string
	phrase string
}

func (r *refus) Error() string { return r.phrase }

func refuser(code int, titre, format string, a ...any) error {
	return &refus{code, titre, fmt.Sprintf(format, a...)}
}

// racine leads back to the root from a path of ours.
func racine(chemin string) string {
	n := strings.Count(chemin, "/") - 1
	if n <= 0 {
		return "./"
	}
	return strings.Repeat("../", n)
}

// servir calls a route for a person who may: it is the only door.
func (e *Ecrans) servir(x *ecran, rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := e.acces.Personne(r)
		q := &requete{Ecrans: e, Personne: p, Ecran: x, Racine: racine(r.URL.EscapedPath())}
		if err != nil {
			e.inconnue(w, r, q, err)
			return
		}
		if !q.Peut(Lire|x.Droit) || !q.Peut(rt.Droit) {
			e.journal.Warn("ecrans: refus", "qui", p.ID, "ecran", x.Nom)
			q.erreur(w, r, refuser(http.StatusForbidden, "Accès refusé",
				"Vous n'avez pas le droit de faire cela. La personne qui gère les accès du logiciel peut vous le donner."))
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if err := q.formulaire(w, r, rt); err != nil {
				q.erreur(w, r, err)
				return
			}
		}
		if err := rt.Faire(w, r, q); err != nil {
			q.erreur(w, r, err)
		}
	})
}

// formulaire lets only requests of our own pages change something. A route that reads its own body (Flux) gives the
// token in the header X-CSRF-Token, as scripts do.
func (q *requete) formulaire(w http.ResponseWriter, r *http.Request, rt route) error {
	if !pagesweb.VientDIci(r, q.origine) {
		q.journal.Warn("ecrans: requête d'une autre origine", "qui", q.Personne.ID)
		return refuser(http.StatusForbidden, "Requête refusée", "Cette requête ne vient pas de cette page.")
	}
	jeton := r.Header.Get("X-CSRF-Token")
	if !rt.Flux {
		r.Body = http.MaxBytesReader(w, r.Body, q.corpsMax)
		if err := r.ParseForm(); err != nil {
			return refuser(http.StatusBadRequest, "Requête illisible", "Le formulaire reçu est illisible ou trop grand.")
		}
		if jeton == "" {
			jeton = r.PostForm.Get("csrf")
		}
	} else if jeton == "" {
		jeton = r.URL.Query().Get("csrf")
	}
	if subtle.ConstantTimeCompare([]byte(jeton), []byte(q.Jeton())) != 1 {
		return refuser(http.StatusForbidden, "Page périmée", "Cette page n'est plus à jour : rechargez-la, puis recommencez.")
	}
	return nil
}

// Jeton is the token that each form holds in its field csrf.
func (q *requete) Jeton() string { return q.jeton(&q.Personne) }

// inconnue sends a person who isn't signed in to the host's login.
func (e *Ecrans) inconnue(w http.ResponseWriter, r *http.Request, q *requete, err error) {
	if !errors.Is(err, ErrInconnue) {
		e.journal.Error("ecrans: accès", "erreur", err)
		q.erreur(w, r, refuser(http.StatusServiceUnavailable, "Connexion impossible",
			"Le logiciel ne sait pas dire qui vous êtes pour l'instant. Réessayez dans un moment."))
		return
	}
	if e.entree != "" && r.Method == http.MethodGet {
		http.Redirect(w, r, e.entree, http.StatusSeeOther)
		return
	}
	q.erreur(w, r, refuser(http.StatusUnauthorized, "Connectez-vous",
		"Votre session a pris fin : connectez-vous dans le logiciel, puis revenez à cette page."))
}

func (e *Ecrans) introuvable(w http.ResponseWriter, r *http.Request) {
	p, err := e.acces.Personne(r)
	q := &requete{Ecrans: e, Personne: p, Racine: racine(r.URL.EscapedPath())}
	if err != nil {
		e.inconnue(w, r, q, err)
		return
	}
	q.erreur(w, r, refuser(http.StatusNotFound, "Page introuvable", "Cette page n'existe pas, ou n'existe plus."))
}

// erreur tells a person what went wrong: refusals in their words, the rest without a detail, which is in the log.
func (q *requete) erreur(w http.ResponseWriter, r *http.Request, err error) {
	var x *refus
	if !errors.As(err, &x) {
		x = q.traduire(err)
	}
	if x.code >= 500 && r.Context().Err() == nil {
		q.journal.Error("ecrans: erreur", "qui", q.Personne.ID, "erreur", err)
	}
	if strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(x.code)
		fmt.Fprintf(w, "{\"erreur\":%q}", x.phrase)
		return
	}
	_ = q.page(w, x.code, "erreur.html", pageErreur{q.cadre(x.titre), x.phrase})
}

type pageErreur struct {
	cadre
	Phrase string
}

// Vers sends the browser to another page of ours, after a form was taken.
func (q *requete) vers(w http.ResponseWriter, chemin string, valeurs url.Values) error {
	if len(valeurs) > 0 {
		chemin += "?" + valeurs.Encode()
	}
	w.Header().Set("Location", q.Racine+chemin)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// page runs a template to its end before the first byte leaves, so that an error is an error and not half a page.
func (q *requete) page(w http.ResponseWriter, code int, nom string, v any) error {
	t, err := gabarits()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, nom, v); err != nil {
		q.journal.Error("ecrans: page", "nom", nom, "erreur", err)
		http.Error(w, "Erreur du serveur.", http.StatusInternalServerError)
		return nil
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(typographier(b.Bytes()))
	return nil
}
