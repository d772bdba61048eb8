package ecrans

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// Bordereaux are what the screen Contrôler shows of the signature's register.
type Bordereaux struct {
	// Registre has the bordereaux that are presented; needed.
	Registre *signature.Registre
	// Lien is the address of the pages to sign, "" when they are elsewhere.
	Lien string
	// Signe gives the document with its signature embedded, which the host keeps; an error that is fs.ErrNotExist where
	// there is none yet. Nil: the document that was presented is shown all along.
	Signe func(ctx context.Context, id string) (io.ReadCloser, error)
}

// WithBordereaux adds to the screen Contrôler the bordereaux to sign, signed and refused.
func WithBordereaux(b Bordereaux) Option {
	return func(e *Ecrans) error {
		if b.Registre == nil {
			return fmt.Errorf("%w: Bordereaux: a Registre is needed", ErrConfig)
		}
		e.bordereaux = b
		return nil
	}
}

var routesBordereaux = []route{{Motif: "GET /bordereau", Faire: pageBordereau},
	{Motif: "GET /bordereau/document", Droit: Documents, Faire: lireBordereau},
	{Motif: "POST /bordereau/reprendre", Droit: Signer, Faire: reprendreBordereau}}

type bordereauVu struct {
	signature.Vue
	Ton, Mot   string
	Quand      string
	Alerte     string
	Reprenable bool
}

var motsBordereau = map[signature.EtatSignature][2]string{signature.ASigner: {"alerte", "à signer"},
	signature.Signe: {"fait", "signé"}, signature.Joint: {"fait", "joint au lot"}, signature.Refuse: {"echec", "refusé"}}

// rangsBordereau order a list: what waits for a person first.
var rangsBordereau = []signature.EtatSignature{signature.Refuse, signature.ASigner, signature.Signe, signature.Joint}

// bordereauxMax bounds what the page lists; the signature's own pages have all.
const bordereauxMax = 30

func (q *requete) listeBordereaux() (l []bordereauVu) {
	for _, v := range q.bordereaux.Registre.Documents() {
		l = append(l, q.bordereau(v))
	}
	slices.SortStableFunc(l, func(a, b bordereauVu) int {
		return slices.Index(rangsBordereau, a.Etat) - slices.Index(rangsBordereau, b.Etat)
	})
	return l[:min(len(l), bordereauxMax)]
}

func (q *requete) bordereau(v signature.Vue) bordereauVu {
	m := motsBordereau[v.Etat]
	b := bordereauVu{Vue: v, Ton: m[0], Mot: m[1], Reprenable: v.Etat == signature.Signe || v.Etat == signature.Refuse}
	if v.Etat != signature.ASigner {
		b.Quand = q.Quand(v.Recu.Quand)
	}
	if n := len(v.Etapes); n > 0 && v.Etapes[n-1].Alerte {
		b.Alerte = v.Etapes[n-1].Libelle
	}
	return b
}

type vueBordereau struct {
	cadre
	B         bordereauVu
	Avec      bool   // the signed document is the one that is shown
	Empreinte string // of what is shown: the page refuses other bytes
}

// pageBordereau shows a bordereau as it is kept: with its signature once it is embedded.
func pageBordereau(w http.ResponseWriter, r *http.Request, q *requete) error {
	v, err := q.leBordereau(r)
	if err != nil {
		return err
	}
	p := vueBordereau{cadre: q.cadre(v.Document.Titre), B: q.bordereau(v), Empreinte: v.Document.Empreinte.String()}
	p.Vivant, p.Annonce = true, annonces[r.URL.Query().Get("fait")]
	p.Scripts = []string{"piece.js"}
	if f, err := q.documentSigne(r, v); err != nil {
		return err
	} else if f != nil {
		p.Avec, p.Empreinte = true, v.Recu.SigneEmpreinte.String()
		if err := f.Close(); err != nil {
			return err
		}
	}
	return q.page(w, http.StatusOK, "bordereau.html", p)
}

func (q *requete) leBordereau(r *http.Request) (signature.Vue, error) {
	v, err := q.bordereaux.Registre.Situation(r.URL.Query().Get("id"))
	if err != nil {
		return v, refuser(http.StatusNotFound, "Bordereau inconnu", "Ce bordereau n'est pas connu.")
	}
	return v, nil
}

// documentSigne opens the signed document; nil where there is none.
func (q *requete) documentSigne(r *http.Request, v signature.Vue) (io.ReadCloser, error) {
	if q.bordereaux.Signe == nil || v.Recu.SigneEmpreinte == (scor.Empreinte{}) {
		return nil, nil
	}
	f, err := q.bordereaux.Signe(r.Context(), v.ID)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// lireBordereau gives the bytes of a bordereau, for the page to draw.
func lireBordereau(w http.ResponseWriter, r *http.Request, q *requete) error {
	v, err := q.leBordereau(r)
	if err != nil {
		return err
	}
	f, err := q.documentSigne(r, v)
	if err == nil && f == nil {
		f, err = v.Document.Open(r.Context())
	}
	if err != nil {
		return absent(err)
	}
	defer f.Close()
	return q.servirPDF(w, f, "bordereau.pdf")
}

// reprendreBordereau takes a signature back before its bordereau leaves.
func reprendreBordereau(w http.ResponseWriter, r *http.Request, q *requete) error {
	motif := strings.TrimSpace(r.PostForm.Get("motif"))
	if motif == "" {
		return refuser(http.StatusBadRequest, "Il manque le motif",
			"Dites pourquoi la signature est reprise : cela reste au registre.")
	}
	err := q.bordereaux.Registre.Annuler(r.Context(), r.PostForm.Get("id"),
		signature.Annulation{Par: q.Personne.ID, Motif: motif,
			Quand: q.horloge()})
	if err != nil {
		q.journal.Warn("ecrans: bordereau", "qui", q.Personne.ID, "erreur", err)
		return refuser(http.StatusConflict, "Ce n'est pas fait",
			"Cette signature ne peut plus être reprise : elle est déjà jointe à son bordereau, ou n'existe plus.")
	}
	return q.vers(w, "controler", url.Values{"fait": {"annule-signature"}})
}
