package ecrans

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ecranIntervenir is the one list of what needs a person, and the acts on anything, from wherever they are offered.
func ecranIntervenir(*Ecrans) ecran {
	return ecran{Nom: "intervenir", Titre: "À faire", Compte: nil, Routes: []route{
		{Motif: "GET /{$}", Faire: pageIntervenir},
		{Motif: "GET /intervenir", Faire: pageIntervenir},
		{Motif: "POST /agir", Droit: Intervenir, Faire: agir},
		{Motif: "POST /annuler", Droit: Intervenir, Faire: annuler},
		{Motif: "GET /relier", Droit: Intervenir, Faire: pageRelier},
	}}
}

type vueIntervenir struct {
	cadre
	Synthese *suivi.Synthese
	Lignes   []ligne
	Genre    string
	Genres   []choix
	Suite    string
	Resume   []chiffre
}

type choix struct {
	Valeur, Titre string
	Ici           bool
	Compte        int64
}

type chiffre struct {
	Titre string
	N     int64
	Vers  string
}

// ligne is a line of the synthesis as it is shown.
type ligne struct {
	suivi.Ligne
	Titre   string
	Niveau  string // in words
	Attend  bool   // an act on it waits to be undone
	Actions []bouton
	// Numeriser offers to scan the piece again: its scan is what is wrong.
	Numeriser bool
}

// Court is the part of its key that people use.
func (l *ligne) Court() string { return nomCourt(l.Genre, l.Cle) }

// Unite and Unites are what a lot or a message holds.
func (l *ligne) Unite() string { return unites[l.Genre][0] }

// Unites is the plural of Unite.
func (l *ligne) Unites() string { return unites[l.Genre][1] }

var unites = map[journal.Genre][2]string{journal.LotFactures: {"facture", "factures"},
	journal.LotScor: {"pièce", "pièces"}, journal.Message: {"lot", "lots"}}

// Premiers are the acts that are shown, Autres those behind a word.
func (l *ligne) Premiers() []bouton { return l.Actions[:min(len(l.Actions), l.montres())] }

// Autres are the acts behind a word.
func (l *ligne) Autres() []bouton { return l.Actions[min(len(l.Actions), l.montres()):] }

func (l *ligne) montres() int {
	switch {
	case len(l.Actions) <= 2:
		return 2
	case l.Numeriser:
		return 0
	}
	return 1
}

// bouton is an act that is offered. Confirmer asks before; the others can be undone.
type bouton struct {
	suivi.Action
	Confirmer bool
	Premier   bool // the one to do, most often
}

// aConfirmer are the acts that end something, or that nothing takes back: a page asks before.
func aConfirmer(n suivi.NomAction) bool {
	switch n {
	case suivi.ActionVu, suivi.ActionRelire, suivi.ActionRenvoyer, suivi.ActionReconstituer:
		return false
	}
	return true
}

// premiere says of an act that it is what to do most often: paper, hands and closing are what is left when nothing else
// goes.
func premiere(n suivi.NomAction) bool {
	switch n {
	case suivi.ActionVu, suivi.ActionPapier, suivi.ActionManuel, suivi.ActionClore, suivi.ActionAbandonner,
		suivi.ActionAnnuler, suivi.ActionReclamee, suivi.ActionRejetee, suivi.ActionSansObjet:
		return false
	}
	return true
}

func boutons(l []suivi.Action) []bouton {
	var b []bouton
	for i, a := range l {
		b = append(b, bouton{Action: a, Confirmer: aConfirmer(a.Nom), Premier: i == 0 && premiere(a.Nom)})
	}
	return b
}

var titresGenres = map[journal.Genre]string{journal.LotFactures: "Lot de factures", journal.Facture: "Facture",
	journal.Piece: "Pièce", journal.LotScor: "Lot de pièces", journal.Message: "Envoi", journal.Reception: "Message reçu",
	journal.Cabinet: "Cabinet"}

var niveaux = map[int]string{1: "À regarder", 2: "À faire", 3: "Urgent"}

func (q *requete) ligne(l suivi.Ligne) ligne {
	x := ligne{Ligne: l, Titre: titresGenres[l.Genre], Niveau: niveaux[l.Urgence],
		Attend: q.differes.enAttente(string(l.Genre) + "|" + l.Cle)}
	x.Numeriser = l.Genre == journal.Piece && q.numeriserEncore(l.Etat)
	if q.Peut(Intervenir) && !x.Attend {
		x.Actions = boutons(l.Actions)
		if x.Numeriser && len(x.Actions) > 0 {
			x.Actions[0].Premier = false
		}
	}
	return x
}

// numeriserEncore says that the scan of a piece in this state is to be made again, by a person who may, where there is
// a screen for it.
func (q *requete) numeriserEncore(e journal.Etat) bool {
	return (e == journal.Refuse || e == journal.ARLNegatif || e == journal.Rejet) && q.Peut(Deposer) &&
		slices.ContainsFunc(q.ecrans, func(x ecran) bool { return x.Nom == "numeriser" })
}

func pageIntervenir(w http.ResponseWriter, r *http.Request, q *requete) error {
	v := r.URL.Query()
	f := suivi.Filtre{Limite: 25, Suite: v.Get("suite")}
	genre := journal.Genre(v.Get("genre"))
	if slices.Contains(journal.Genres(), genre) {
		f.Genres = []journal.Genre{genre}
	}
	y, err := q.suivi.Synthese(r.Context(), f)
	if err != nil {
		return err
	}
	p := vueIntervenir{cadre: q.cadre(q.mot("intervenir", "À faire")), Synthese: y, Genre: string(genre)}
	p.Vivant, p.Annonce = true, annonces[v.Get("fait")]
	for i := range y.Lignes {
		p.Lignes = append(p.Lignes, q.ligne(y.Lignes[i]))
	}
	total := int64(0)
	for _, g := range journal.Genres() {
		n := y.Totaux[g]
		if total += n; n > 0 || g == genre {
			p.Genres = append(p.Genres, choix{string(g), titresGenres[g], g == genre, n})
		}
	}
	p.Genres = append([]choix{{"", "Tout", genre == "", total}}, p.Genres...)
	if y.Suite != "" {
		p.Suite = "intervenir?" + url.Values{"suite": {y.Suite}, "genre": {string(genre)}}.Encode()
	}
	for i := range p.Menu {
		if p.Menu[i].Nom == "intervenir" {
			p.Menu[i].Compte = total
		}
	}
	return q.page(w, http.StatusOK, "intervenir.html", p)
}

// annonces are what a page says after an act, by the word in its address.
var annonces = map[string]string{"fait": "C'est fait.", "annule": "Annulé : rien n'a été changé.",
	"trop-tard": "Trop tard : c'était déjà fait.", "depose": "La pièce est déposée.",
	"fichier":          "Le fichier est déposé : ses lots partent, et sont suivis d'ici.",
	"annule-signature": "La signature est reprise : le bordereau peut être signé à nouveau."}

// lireActions reads the objects and the act of a form: each "objet" is kind|version|key.
func lireActions(r *http.Request) ([]suivi.Action, error) {
	objets, nom := r.PostForm["objet"], suivi.NomAction(r.PostForm.Get("action"))
	// A button of a line says its act and its object; the boxes that are ticked are for the buttons of the list.
	if seul := r.PostForm.Get("seul"); seul != "" {
		n, o, _ := strings.Cut(seul, "|")
		nom, objets = suivi.NomAction(n), []string{o}
	}
	if len(objets) == 0 {
		return nil, refuser(http.StatusBadRequest, "Rien n'est choisi",
			"Cochez au moins une ligne, puis choisissez l'action.")
	}
	if len(objets) > gestesMax {
		return nil, refuser(http.StatusBadRequest, "Trop de lignes", "Choisissez %d lignes au plus à la fois.", gestesMax)
	}
	var l []suivi.Action
	for _, o := range objets {
		p := strings.SplitN(o, "|", 3)
		if len(p) != 3 {
			return nil, refuser(http.StatusBadRequest, "Requête illisible", "Cette ligne est illisible : rechargez la page.")
		}
		version, err := strconv.ParseUint(p[1], 10, 64)
		if err != nil || !slices.Contains(journal.Genres(), journal.Genre(p[0])) {
			return nil, refuser(http.StatusBadRequest, "Requête illisible", "Cette ligne est illisible : rechargez la page.")
		}
		l = append(l, suivi.Action{Nom: nom, Genre: journal.Genre(p[0]), Version: version, Cle: p[2]})
	}
	return l, nil
}

type vueConfirmer struct {
	cadre
	Actions []suivi.Action
	Action  suivi.NomAction
	Libelle string
	Lignes  []ligne
	Retour  string
	Motif   bool
	Facture string // for a link
}

// agir takes an act on one object or on several: at once but undoable, or after a page that asks.
func agir(w http.ResponseWriter, r *http.Request, q *requete) error {
	actions, err := lireActions(r)
	if err != nil {
		return err
	}
	nom := actions[0].Nom
	retour := retourSur(r.PostForm.Get("retour"))
	facture := r.PostForm.Get("facture")
	if nom == suivi.ActionRelier && facture == "" {
		if len(actions) > 1 {
			return refuser(http.StatusBadRequest, "Une ligne à la fois", "On relie une pièce ou une facture à la fois.")
		}
		return q.vers(w, "relier", url.Values{"genre": {string(actions[0].Genre)}, "cle": {actions[0].Cle}})
	}
	d := suivi.Decision{Auteur: q.Personne.ID, Motif: strings.TrimSpace(r.PostForm.Get("motif"))}
	if facture != "" {
		if d.Facture, err = suivi.ParseCleFacture(facture); err != nil {
			return refuser(http.StatusBadRequest, "Facture inconnue",
				"Cette facture n'est pas connue : choisissez-la dans la liste.")
		}
	}
	if !aConfirmer(nom) {
		q.differes.ajouter(q.Personne.ID, q.texteGeste(r, actions), gestes(actions, d))
		return q.vers(w, retour, nil)
	}
	if r.PostForm.Get("confirme") == "" {
		return confirmer(w, r, q, actions, retour, facture)
	}
	return executer(w, r, q, actions, d, retour)
}

func gestes(actions []suivi.Action, d suivi.Decision) (l []geste) {
	for _, a := range actions {
		l = append(l, geste{a, d})
	}
	return l
}

// texteGeste says in words what is about to be done.
func (q *requete) texteGeste(r *http.Request, actions []suivi.Action) string {
	libelle := string(actions[0].Nom)
	if l, err := q.suivi.ActionsSur(r.Context(), actions[0].Genre, actions[0].Cle); err == nil {
		for _, a := range l {
			if a.Nom == actions[0].Nom {
				libelle = a.Libelle
			}
		}
	}
	if len(actions) > 1 {
		return fmt.Sprintf("%s : %d lignes", libelle, len(actions))
	}
	a := actions[0]
	return libelle + " : " + strings.ToLower(titresGenres[a.Genre]) + " " + nomCourt(a.Genre, a.Cle)
}

// nomCourt is the part of a key that people use.
func nomCourt(g journal.Genre, cle string) string {
	switch g {
	case journal.Facture, journal.LotFactures, journal.LotScor:
		s := strings.TrimLeft(cle[strings.LastIndexByte(cle, '/')+1:], "0")
		if s == "" {
			return "0"
		}
		return s
	case journal.Message, journal.Reception:
		if len(cle) > 12 {
			return cle[:12]
		}
	}
	return cle
}

func confirmer(w http.ResponseWriter, r *http.Request, q *requete, actions []suivi.Action, retour,
	facture string) error {
	p := vueConfirmer{cadre: q.cadre("Confirmer"), Actions: actions, Action: actions[0].Nom, Retour: retour, Motif: true,
		Facture: facture}
	for _, a := range actions {
		l, ok, err := q.suivi.Ligne(r.Context(), a.Genre, a.Cle)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		for _, x := range l.Actions {
			if x.Nom == a.Nom {
				p.Libelle = x.Libelle
			}
		}
		y := q.ligne(l)
		y.Actions = nil
		p.Lignes = append(p.Lignes, y)
	}
	if p.Libelle == "" {
		return suivi.ErrActionPerimee
	}
	p.Titre = p.Libelle
	return q.page(w, http.StatusOK, "confirmer.html", p)
}

func executer(w http.ResponseWriter, r *http.Request, q *requete, actions []suivi.Action, d suivi.Decision,
	retour string) error {
	var errs []error
	for _, a := range actions {
		if err := q.suivi.Executer(r.Context(), a, d); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		x := q.traduire(errs[0])
		if len(actions) > 1 {
			x = &refus{x.code, x.titre, fmt.Sprintf("%d sur %d n'ont pas pu être faits. %s", len(errs), len(actions), x.phrase)}
		}
		return x
	}
	return q.vers(w, retour+joint(retour)+"fait=fait", nil)
}

func joint(adresse string) string {
	if strings.Contains(adresse, "?") {
		return "&"
	}
	return "?"
}

// retourSur keeps of the address to come back to only what is a page of ours.
func retourSur(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || s == "" || strings.HasPrefix(s, "/") || strings.Contains(u.Path, "..") ||
		strings.Contains(s, "\\") {
		return "intervenir"
	}
	v := u.Query()
	v.Del("fait")
	u.RawQuery, u.Fragment = v.Encode(), ""
	return u.String()
}

func annuler(w http.ResponseWriter, r *http.Request, q *requete) error {
	fait := "trop-tard"
	if q.differes.annuler(q.Personne.ID, r.PostForm.Get("id")) {
		fait = "annule"
	}
	retour := retourSur(r.PostForm.Get("retour"))
	return q.vers(w, retour+joint(retour)+"fait="+fait, nil)
}
