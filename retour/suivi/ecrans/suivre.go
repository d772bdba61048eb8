package ecrans

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ecranSuivre are the invoices with their two tracks, their pieces and lots, and the story of each.
func ecranSuivre(*Ecrans) ecran {
	return ecran{Nom: "suivre", Titre: "Suivre", Routes: []route{
		{Motif: "GET /suivre", Faire: pageSuivre},
		{Motif: "POST /recherche", Faire: rechercher},
		{Motif: "POST /relier", Droit: Intervenir, Faire: chercherRelier},
		{Motif: "GET /facture", Faire: pageFacture},
		{Motif: "GET /piece", Faire: pagePiece},
		{Motif: "GET /lots", Faire: pageLots},
		{Motif: "GET /lot", Faire: pageLot},
		{Motif: "GET /document", Droit: Documents, Faire: lireDocument},
		{Motif: "GET /preuve", Droit: Documents, Faire: lirePreuve},
	}}
}

type vueSuivre struct {
	cadre
	Factures   []vueFacture
	Situations []choix
	Du, Au     string
	Caisse     string
	AuMoins    string
	Cherche    string
	Rien       string
	Suite      string
	Jusqu      string
	Filtre     bool
	Nir        bool // found by NIR: nothing of it is in the address
}

// situations in the order of the list of filters.
var situations = []suivi.Situation{suivi.AReprendre, suivi.ScanRefuse, suivi.PieceManquante, suivi.SansPiece,
	suivi.LotRefuse, suivi.Rejetee, suivi.AttenteFactures, suivi.EnAttente, suivi.EnCours, suivi.Acquittee, suivi.Gardee,
	suivi.SurPapier, suivi.TraiteeMain, suivi.Refacturee, suivi.Close, suivi.Purgee}

func pageSuivre(w http.ResponseWriter, r *http.Request, q *requete) error {
	v := r.URL.Query()
	p := vueSuivre{cadre: q.cadre(q.mot("suivre", "Suivre")), Du: v.Get("du"), Au: v.Get("au"), Caisse: v.Get("caisse"),
		AuMoins: v.Get("montant"), Cherche: strings.TrimSpace(v.Get("q"))}
	p.Vivant, p.Annonce = v.Get("suite") == "", annonces[v.Get("fait")]
	situation := suivi.Situation(v.Get("etat"))
	p.Situations = []choix{{Titre: "Toutes les situations", Ici: situation == ""}}
	for _, s := range situations {
		p.Situations = append(p.Situations, choix{Valeur: string(s), Titre: initiale(s.Libelle()), Ici: s == situation})
	}
	if p.Cherche != "" {
		x, err := q.chercherFactures(r, p.Cherche)
		if err != nil {
			return err
		}
		if p.Rien = x.rien; x.suite != "" {
			p.Suite, p.Filtre = "suivre?"+url.Values{"q": {p.Cherche}, "suite": {x.suite}}.Encode(), true
		}
		p.montrer(q, x.factures)
		return q.page(w, http.StatusOK, "suivre.html", p)
	}
	f := suivi.FiltreFactures{Situation: situation, Caisse: p.Caisse, Limite: 25, Suite: v.Get("suite")}
	var err error
	if f.Du, err = lireJour(p.Du); err != nil {
		return err
	}
	if f.Au, err = lireJour(p.Au); err != nil {
		return err
	}
	if p.AuMoins != "" {
		if f.AuMoins, err = fse.ParseMontant(strings.ReplaceAll(p.AuMoins, ",", ".")); err != nil {
			return refuser(http.StatusBadRequest, "Montant illisible", "Écrivez le montant en euros, comme 25 ou 25,40.")
		}
	}
	p.Filtre = situation != "" || p.Caisse != "" || p.AuMoins != "" || p.Du != "" || p.Au != ""
	l, err := q.suivi.PageFactures(r.Context(), f)
	if err != nil {
		return err
	}
	p.montrer(q, l.Factures)
	p.Jusqu = jour(l.Jusqu)
	if l.Suite != "" {
		v.Set("suite", l.Suite)
		v.Del("fait")
		p.Suite = "suivre?" + v.Encode()
	}
	return q.page(w, http.StatusOK, "suivre.html", p)
}

func (p *vueSuivre) montrer(q *requete, l []suivi.VueFacture) {
	for i := range l {
		p.Factures = append(p.Factures, q.facture(&l[i]))
	}
}

func initiale(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// lireJour reads a day as browsers send it, or as people write it.
func lireJour(s string) (fse.Date, error) {
	if s == "" {
		return fse.Date{}, nil
	}
	for _, forme := range []string{"2006-01-02", "02/01/2006"} {
		if t, err := time.Parse(forme, s); err == nil {
			return fse.NewDate(t.Year(), int(t.Month()), t.Day())
		}
	}
	return fse.Date{}, refuser(http.StatusBadRequest, "Date illisible", "Écrivez la date comme 28/11/2026.")
}

var (
	formeNIR    = regexp.MustCompile(`^[12347-8][0-9]{4}[0-9AB][0-9A-B]?[0-9]{6,8}$`)
	formeNumero = regexp.MustCompile(`^[0-9]{1,9}$`)
)

func sansBlancs(s string) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' || c == '\u00a0' || c == '\u202f' || c == '.' {
			return -1
		}
		return c
	}, s)
}

func estNIR(s string) bool {
	n := len(s)
	return (n == 13 || n == 15) && formeNIR.MatchString(s)
}

// rechercher takes what was typed out of the form: a NIR is answered here, so that no address holds it; anything else
// is in the address, where it can be kept and come back to.
func rechercher(w http.ResponseWriter, r *http.Request, q *requete) error {
	texte := strings.TrimSpace(r.PostForm.Get("q"))
	nir := strings.ToUpper(sansBlancs(texte))
	if !estNIR(nir) {
		return q.vers(w, "suivre", url.Values{"q": {texte}})
	}
	p := vueSuivre{cadre: q.cadre("Recherche par assuré"), Nir: true}
	l, err := q.parNIR(r, nir)
	if err != nil {
		return err
	}
	if p.montrer(q, l); len(l) == 0 {
		p.Rien = "Aucune facture de cet assuré."
	}
	return q.page(w, http.StatusOK, "suivre.html", p)
}

func (q *requete) parNIR(r *http.Request, nir string) ([]suivi.VueFacture, error) {
	n, err := fse.ParseNIR(nir[:13], nir[13:])
	if err != nil {
		return nil, refuser(http.StatusBadRequest, "NIR à vérifier",
			"Ce numéro de sécurité sociale n'est pas valable : vérifiez ses chiffres et sa clé.")
	}
	return q.suivi.FacturesPatient(r.Context(), n, 100)
}

// chercherRelier is the search of the page that links: in a form, for a NIR may be typed.
func chercherRelier(w http.ResponseWriter, r *http.Request, q *requete) error {
	texte := strings.TrimSpace(r.PostForm.Get("q"))
	v := url.Values{"genre": {r.PostForm.Get("genre")}, "cle": {r.PostForm.Get("cle")}, "q": {texte}}
	if !estNIR(strings.ToUpper(sansBlancs(texte))) {
		return q.vers(w, "relier", v)
	}
	r.URL.RawQuery = v.Encode() // of this request alone: the browser's address has none
	return pageRelier(w, r, q)
}

// trouvees are the invoices that a search found, or why there is none, and where to look further.
type trouvees struct {
	factures    []suivi.VueFacture
	rien, suite string
}

// chercherFactures finds invoices by a key, a number, a piece or, out of a form, a NIR.
func (q *requete) chercherFactures(r *http.Request, texte string) (x trouvees, err error) {
	nu := strings.ToUpper(sansBlancs(texte))
	switch {
	case estNIR(nu) && r.Method == http.MethodPost:
		x.rien = "Aucune facture de cet assuré."
		x.factures, err = q.parNIR(r, nu)
		return x, err
	case estNIR(nu):
		x.rien = "Un numéro de sécurité sociale ne se met pas dans une adresse : cherchez-le par le champ de recherche."
		return x, nil
	case formeNumero.MatchString(nu):
		n, err := strconv.Atoi(nu)
		if err != nil {
			return x, err
		}
		x.factures, x.suite, err = q.suivi.FacturesNumero(r.Context(), n, r.URL.Query().Get("suite"))
		if x.rien = "Aucune facture de ce numéro."; x.suite != "" {
			x.rien = "Aucune facture de ce numéro dans les lots les plus récents : cherchez plus loin."
		}
		return x, err
	}
	cle, err := suivi.ParseCleFacture(texte)
	if err != nil {
		p, ok, err := q.suivi.Piece(r.Context(), texte)
		if err != nil || !ok || p.Facture == (fse.CleFacture{}) {
			x.rien = "Rien ne porte ce nom : cherchez un numéro de facture, de sécurité sociale, ou une pièce."
			return x, err
		}
		cle = p.Facture
	}
	v, err := q.suivi.Facture(r.Context(), cle)
	if errors.Is(err, suivi.ErrFactureAbsente) {
		x.rien = "Sa facture n'est pas connue."
		return x, nil
	}
	x.factures = []suivi.VueFacture{v}
	return x, err
}

// lireDocument gives the bytes of a piece, for the page to draw.
func lireDocument(w http.ResponseWriter, r *http.Request, q *requete) error {
	d, err := q.suivi.Document(r.Context(), r.URL.Query().Get("id"))
	if err != nil {
		return absent(err)
	}
	defer d.Close()
	return q.servirPDF(w, d, "piece.pdf")
}

// servirPDF gives a document's bytes to pages that draw it.
func (q *requete) servirPDF(w http.ResponseWriter, d io.Reader, nom string) error {
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", nom))
	h.Set("Content-Security-Policy", "default-src 'none'; object-src 'self'; frame-ancestors 'none'; sandbox")
	if _, err := io.Copy(w, d); err != nil {
		q.journal.Error("ecrans: document", "erreur", err)
		panic(http.ErrAbortHandler) // half a document must not pass for one
	}
	return nil
}

func absent(err error) error {
	if phraseErreur(err) != "" {
		return err
	}
	return refuser(http.StatusNotFound, "Document introuvable", "Ce document n'est pas là.")
}

// lirePreuve gives the proof pack of an invoice.
func lirePreuve(w http.ResponseWriter, r *http.Request, q *requete) error {
	c, err := suivi.ParseCleFacture(r.URL.Query().Get("cle"))
	if err != nil {
		return refuser(http.StatusNotFound, "Facture inconnue", "Cette facture n'est pas connue.")
	}
	if _, err := q.suivi.Facture(r.Context(), c); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="preuve-%s-%03d-%09d.zip"`, c.Lot.Date.AAAAMMJJ(),
		c.Lot.Numero, c.Numero))
	q.journal.Info("ecrans: preuve", "qui", q.Personne.ID, "facture", c.String())
	if err := q.suivi.Preuve(r.Context(), w, c); err != nil {
		q.journal.Error("ecrans: preuve", "erreur", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

type vueLots struct {
	cadre
	Lignes []ligne
	Genres []choix
	Etats  []choix
	Genre  string
	Etat   string
	Suite  string
	Table  map[string]int64
}

// genresListes are the kinds that have a list by state.
var genresListes = []journal.Genre{journal.LotScor, journal.LotFactures, journal.Piece, journal.Message,
	journal.Reception}

func pageLots(w http.ResponseWriter, r *http.Request, q *requete) error {
	v := r.URL.Query()
	p := vueLots{cadre: q.cadre("Lots, pièces et messages"), Genre: v.Get("genre"), Etat: v.Get("etat")}
	p.Vivant = v.Get("suite") == ""
	if p.Genre == "" {
		p.Genre = string(journal.LotScor)
	}
	for _, g := range genresListes {
		p.Genres = append(p.Genres, choix{Valeur: string(g), Titre: titresGenres[g], Ici: string(g) == p.Genre})
	}
	l, suite, err := q.suivi.PageObjets(r.Context(), suivi.FiltreObjets{Genre: journal.Genre(p.Genre),
		Etat: journal.Etat(p.Etat), Limite: 25, Suite: v.Get("suite")})
	if err != nil {
		return err
	}
	for i := range l {
		p.Lignes = append(p.Lignes, q.ligne(l[i]))
	}
	y, err := q.suivi.Synthese(r.Context(), suivi.Filtre{Limite: 1})
	if err != nil {
		return err
	}
	p.Etats = []choix{{Titre: "Tous les états", Ici: p.Etat == ""}}
	for _, e := range etatsDe(y.Comptes, p.Genre) {
		p.Etats = append(p.Etats, choix{Valeur: string(e.etat), Titre: fmt.Sprintf("%s (%s)", e.etat.Libelle(),
			nombre(e.n)), Ici: string(e.etat) == p.Etat})
	}
	if suite != "" {
		v.Set("suite", suite)
		p.Suite = "lots?" + v.Encode()
	}
	return q.page(w, http.StatusOK, "lots.html", p)
}

type vueLot struct {
	cadre
	Ligne    ligne
	Niveau   string
	Factures []vueFacture
	Reste    bool
	Etapes   []suivi.Etape
}

func pageLot(w http.ResponseWriter, r *http.Request, q *requete) error {
	v := r.URL.Query()
	g, cle := journal.Genre(v.Get("genre")), v.Get("cle")
	l, ok, err := q.suivi.Ligne(r.Context(), g, cle)
	if err != nil {
		return err
	}
	if !ok {
		return refuser(http.StatusNotFound, "Introuvable", "Cela n'est pas, ou n'est plus, dans le journal.")
	}
	p := vueLot{cadre: q.cadre(titresGenres[g] + " " + nomCourt(g, cle)), Ligne: q.ligne(l)}
	p.Vivant, p.Annonce, p.Niveau = true, annonces[v.Get("fait")], p.Ligne.Niveau
	if p.Etapes, err = q.suivi.RecitLot(r.Context(), g, cle); err != nil {
		return err
	}
	for _, c := range l.Concerne {
		f, err := suivi.ParseCleFacture(c.Facture)
		if err != nil {
			continue
		}
		x, err := q.suivi.Facture(r.Context(), f)
		if err != nil {
			continue
		}
		p.Factures = append(p.Factures, q.facture(&x))
	}
	p.Reste = l.Nombre > int64(len(l.Concerne))
	return q.page(w, http.StatusOK, "lot.html", p)
}
