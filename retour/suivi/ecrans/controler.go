package ecrans

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// WithControle adds to the screen Contrôler the pieces that are kept for the caisse's random controls.
func WithControle(r *controle.Registre) Option {
	return func(e *Ecrans) error { e.registre = r; return nil }
}

// ecranControler is the biller's: what is ready to go, bordereaux, random controls, what the caisse paid. Without a
// register or bordereaux it shows what is left of it.
func ecranControler(e *Ecrans) ecran {
	x := ecran{Nom: "controler", Titre: "Contrôler", Droit: Controler, Routes: []route{
		{Motif: "GET /controler", Faire: pageControler}}}
	if e.bordereaux.Registre != nil {
		x.Routes = append(x.Routes, routesBordereaux...)
	}
	if e.fichiers.Lister != nil {
		x.Routes = append(x.Routes, route{Motif: "POST /fichier/deposer", Droit: Deposer, Faire: deposerFichier})
	}
	if e.registre != nil {
		x.Routes = append(x.Routes, route{Motif: "POST /controle", Faire: chercherControle},
			route{Motif: "POST /controle/export", Droit: Documents, Faire: exporterControle})
	}
	return x
}

type vueControler struct {
	cadre
	Pretes      []vueFacture
	Comptes     []chiffre
	Fichiers    []fichierVu
	DesFichiers bool // files of the host are shown
	Bordereaux  []bordereauVu
	Retenues    []signature.Retenue
	Signer      string // address of the pages to sign
	Signe       bool   // bordereaux are shown
	Registre    bool
	Euros       suivi.Euros
	Rejetees    []vueFacture
}

func pageControler(w http.ResponseWriter, r *http.Request, q *requete) error {
	p := vueControler{cadre: q.cadre(q.mot("controler", "Contrôler")), Signer: q.bordereaux.Lien,
		Signe: q.bordereaux.Registre != nil, Registre: q.registre != nil, DesFichiers: q.fichiers.Lister != nil}
	p.Vivant, p.Annonce = true, annonces[r.URL.Query().Get("fait")]
	y, err := q.suivi.Synthese(r.Context(), suivi.Filtre{Limite: 1})
	if err != nil {
		return err
	}
	for _, c := range []struct {
		un, plusieurs string
		g             journal.Genre
		e             journal.Etat
	}{{"lot de factures prêt à partir", "lots de factures prêts à partir", journal.LotFactures, journal.Constitue},
		{"lot de factures dont l'ARL est attendu", "lots de factures dont l'ARL est attendu", journal.LotFactures,
			journal.Transmis},
		{"pièce prête à partir", "pièces prêtes à partir", journal.Piece, journal.Constitue},
		{"lot de pièces dont l'ARL est attendu", "lots de pièces dont l'ARL est attendu", journal.LotScor,
			journal.Transmis}} {
		n, titre := y.Comptes[string(c.g)+"/"+string(c.e)], c.un
		if n > 1 {
			titre = c.plusieurs
		}
		p.Comptes = append(p.Comptes, chiffre{titre, n,
			"lots?" + url.Values{"genre": {string(c.g)}, "etat": {string(c.e)}}.Encode()})
	}
	if p.Pretes, err = q.premieres(r, suivi.EnAttente, 6); err != nil {
		return err
	}
	if p.Rejetees, err = q.premieres(r, suivi.Rejetee, 6); err != nil {
		return err
	}
	_, p.Euros = partsEuros(y.Indicateurs.Euros)
	if p.Fichiers, err = q.fichiersVus(r); err != nil {
		return err
	}
	if p.Signe {
		p.Bordereaux, p.Retenues = q.listeBordereaux(), q.bordereaux.Registre.Retenues()
	}
	return q.page(w, http.StatusOK, "controler.html", p)
}

func (q *requete) premieres(r *http.Request, s suivi.Situation, n int) (l []vueFacture, err error) {
	x, err := q.suivi.PageFactures(r.Context(), suivi.FiltreFactures{Situation: s, Limite: n})
	if err != nil {
		return nil, err
	}
	for i := range x.Factures {
		l = append(l, q.facture(&x.Factures[i]))
	}
	return l, nil
}

// vueControle are the pieces found for a control, all or drawn.
type vueControle struct {
	cadre
	Depots   []controle.Depot
	Factures int
	Tirees   int
	Graine   string
	Demande  url.Values // to export the same
	Champs   []champCache
}

type champCache struct{ Nom, Valeur string }

// resultatsMax bounds what a page lists of a control; an export has all.
const resultatsMax = 200

func lireCritere(r *http.Request) (c controle.Critere, err error) {
	if c.Du, err = lireJour(r.PostForm.Get("du")); err != nil {
		return c, err
	}
	if c.Au, err = lireJour(r.PostForm.Get("au")); err != nil {
		return c, err
	}
	c.Praticien = sansBlancs(r.PostForm.Get("praticien"))
	for _, s := range strings.FieldsFunc(r.PostForm.Get("numeros"), func(c rune) bool { return c < '0' || c > '9' }) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return c, refuser(http.StatusBadRequest, "Numéro illisible", "Un numéro de facture a neuf chiffres au plus.")
		}
		c.Numeros = append(c.Numeros, n)
	}
	if t := r.PostForm.Get("type"); t != "" {
		c.Types = []string{t}
	}
	return c, nil
}

func (q *requete) accesControle(r *http.Request) (controle.Acces, error) {
	motif := strings.TrimSpace(r.PostForm.Get("motif"))
	if motif == "" {
		return controle.Acces{}, refuser(http.StatusBadRequest, "Il manque le motif",
			"Dites pour quel contrôle vous cherchez ces pièces, comme « contrôle du 12/11, courrier 4512 » : cela reste au registre.")
	}
	return controle.Acces{Qui: q.Personne.ID, Motif: motif}, nil
}

// tirer searches, draws when a number is asked for, and gives what is to be shown or exported.
func (q *requete) tirer(r *http.Request) (depots []controle.Depot, v vueControle, a controle.Acces, err error) {
	if a, err = q.accesControle(r); err != nil {
		return nil, v, a, err
	}
	c, err := lireCritere(r)
	if err != nil {
		return nil, v, a, err
	}
	v.Graine = strings.TrimSpace(r.PostForm.Get("graine"))
	n, _ := strconv.Atoi(r.PostForm.Get("tirage"))
	if n > 0 && v.Graine == "" {
		v.Graine = rand.Text()[:10]
	}
	if n > 0 {
		c.Graine = v.Graine
	}
	if depots, err = q.registre.Chercher(r.Context(), c, a); err != nil {
		return nil, v, a, traduireControle(err)
	}
	factures := controle.FacturesDe(depots)
	v.Factures = len(factures)
	if n > 0 {
		gardees := map[fse.CleFacture]bool{}
		for _, f := range controle.Tirer(factures, n, v.Graine) {
			gardees[f] = true
		}
		v.Tirees = len(gardees)
		reste := depots[:0:0]
		for _, d := range depots {
			if gardees[d.Facture] {
				reste = append(reste, d)
			}
		}
		depots = reste
	}
	return depots, v, a, nil
}

func traduireControle(err error) error {
	switch {
	case errors.Is(err, controle.ErrLimite):
		return refuser(http.StatusBadRequest, "Trop de pièces", "Cela fait trop de pièces à la fois : resserrez les dates.")
	case errors.Is(err, controle.ErrAcces):
		return refuser(http.StatusBadRequest, "Il manque le motif", "Dites pour quel contrôle vous cherchez ces pièces.")
	}
	return err
}

func chercherControle(w http.ResponseWriter, r *http.Request, q *requete) error {
	depots, v, _, err := q.tirer(r)
	if err != nil {
		return err
	}
	v.cadre = q.cadre("Contrôle : pièces trouvées")
	v.Depots = depots[:min(len(depots), resultatsMax)]
	for _, nom := range []string{"du", "au", "praticien", "numeros", "type", "motif", "tirage"} {
		if x := r.PostForm.Get(nom); x != "" {
			v.Champs = append(v.Champs, champCache{nom, x})
		}
	}
	if v.Graine != "" {
		v.Champs = append(v.Champs, champCache{"graine", v.Graine})
	}
	return q.page(w, http.StatusOK, "controle.html", v)
}

func exporterControle(w http.ResponseWriter, r *http.Request, q *requete) error {
	depots, _, a, err := q.tirer(r)
	if err != nil {
		return err
	}
	if len(depots) == 0 {
		return refuser(http.StatusNotFound, "Rien à exporter", "Aucune pièce ne convient.")
	}
	if len(depots) > controle.PiecesMax {
		return traduireControle(controle.ErrLimite)
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="controle-%s.zip"`,
		q.horloge().In(q.fuseau).Format("2006-01-02")))
	if _, err := q.registre.ExporterZIP(r.Context(), w, depots, a.Motif, a); err != nil {
		q.journal.Error("ecrans: export", "erreur", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
