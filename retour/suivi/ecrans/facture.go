package ecrans

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// pas is a step of a track. Ton is how it went: "fait", "cours", "echec", "vide".
type pas struct{ Nom, Ton, Mot string }

// vueFacture is an invoice as it is shown: two tracks side by side.
type vueFacture struct {
	suivi.VueFacture
	Numero   int
	NumeroL  int
	Ton      string // of its situation
	PFacture []pas
	PPieces  []pas
	Consigne etats.Consigne
	Boutons  []bouton
}

func (q *requete) facture(v *suivi.VueFacture) vueFacture {
	x := vueFacture{VueFacture: *v, Numero: v.Cle.Numero, NumeroL: v.Cle.Lot.Numero, Ton: tons[v.Situation],
		PFacture: pisteFacture(v), PPieces: pistePieces(v), Consigne: suivi.ConsigneDe(v)}
	if q.Peut(Intervenir) {
		x.Boutons = boutons(v.Actions)
	}
	return x
}

var tons = map[suivi.Situation]string{suivi.AttenteFactures: "cours", suivi.LotRefuse: "echec",
	suivi.SansPiece: "alerte", suivi.PieceManquante: "alerte", suivi.ScanRefuse: "echec", suivi.EnAttente: "cours",
	suivi.EnCours: "cours", suivi.AReprendre: "echec", suivi.Acquittee: "fait", suivi.Gardee: "neutre",
	suivi.SurPapier: "neutre", suivi.TraiteeMain: "neutre", suivi.Rejetee: "echec", suivi.Refacturee: "neutre",
	suivi.Close: "neutre", suivi.Purgee: "neutre"}

// pisteFacture: sent, ARL, RSP.
func pisteFacture(v *suivi.VueFacture) []pas {
	envoi, arl, rsp := pas{"Envoi", "vide", "pas encore envoyée"}, pas{"ARL", "vide", "pas encore attendu"},
		pas{"RSP", "vide", "pas encore attendu"}
	switch v.EtatLot {
	case journal.Constitue:
		envoi = pas{"Envoi", "cours", "prête à partir"}
	case journal.Transmis:
		envoi, arl = pas{"Envoi", "fait", "envoyée"}, pas{"ARL", "cours", "attendu"}
	case journal.ARLPositif, journal.Verification, journal.Clos, journal.Purge:
		envoi, arl = pas{"Envoi", "fait", "envoyée"}, pas{"ARL+", "fait", "reçu, positif"}
		rsp = pas{"RSP", "cours", "attendu"}
	case journal.ARLNegatif:
		envoi, arl = pas{"Envoi", "fait", "envoyée"}, pas{"ARL−", "echec", "reçu, négatif"}
	case journal.MdS:
		envoi, arl = pas{"Envoi", "fait", "envoyée"}, pas{"MdS", "echec", "message de service"}
	case journal.ANR:
		envoi, arl = pas{"Envoi", "cours", "non remise, repart"}, pas{"ANR", "cours", "avis de non-remise"}
	case journal.LimiteEssais, journal.Annule, journal.Reconstitue, journal.Abandonne:
		envoi = pas{"Envoi", "echec", v.EtatLot.Libelle()}
	case journal.Papier, journal.Manuel:
		envoi = pas{"Envoi", "neutre", v.EtatLot.Libelle()}
	}
	switch v.Etat {
	case journal.Paye:
		rsp = pas{"Payée", "fait", "payée"}
	case journal.Rejet:
		rsp = pas{"Rejet", "echec", "rejetée"}
	case journal.Signale:
		rsp = pas{"RSP", "alerte", "signalée"}
	case journal.Refacture:
		rsp = pas{"RSP", "neutre", "refacturée"}
	}
	return []pas{envoi, arl, rsp}
}

// pistePieces: attached, quality, sent, ARL; of several pieces each step is as far as the one that is least far.
func pistePieces(v *suivi.VueFacture) []pas {
	jointe := pas{"Jointe", "fait", "pièce jointe"}
	qualite, envoi, arl := pas{"Qualité", "vide", "pas encore vue"}, pas{"Envoi", "vide", "pas encore envoyée"},
		pas{"ARL", "vide", "pas encore attendu"}
	switch {
	case v.Situation == suivi.PieceManquante:
		jointe = pas{"Jointe", "alerte", "une pièce manque"}
	case len(v.Pieces) == 0:
		return []pas{{"Jointe", "vide", "aucune pièce"}, qualite, envoi, arl}
	}
	pire := func(p *pas, x pas) {
		if rangTon(x.Ton) > rangTon(p.Ton) || p.Ton == "vide" {
			*p = x
		}
	}
	for i := range v.Pieces {
		p := &v.Pieces[i]
		if p.Etat == journal.Refuse {
			pire(&qualite, pas{"Qualité", "echec", "numérisation refusée"})
			continue
		}
		pire(&qualite, pas{"Qualité", "fait", "bonne"})
		switch p.Etat {
		case journal.Constitue:
			pire(&envoi, pas{"Envoi", "cours", "prête à partir"})
		case journal.EnLot:
			pasLot(p.EtatLot, pire, &envoi, &arl)
		case journal.ARLPositif, journal.Clos, journal.Purge:
			pire(&envoi, pas{"Envoi", "fait", "envoyée"})
			pire(&arl, pas{"ARL+", "fait", "reçu, positif"})
		case journal.ARLNegatif, journal.Rejet:
			pire(&envoi, pas{"Envoi", "fait", "envoyée"})
			pire(&arl, pas{"ARL−", "echec", p.Libelle})
		default:
			pire(&envoi, pas{"Envoi", "neutre", p.Libelle})
		}
	}
	return []pas{jointe, qualite, envoi, arl}
}

func pasLot(e journal.Etat, pire func(*pas, pas), envoi, arl *pas) {
	switch e {
	case journal.Constitue:
		pire(envoi, pas{"Envoi", "cours", "prête à partir"})
	case journal.Transmis:
		pire(envoi, pas{"Envoi", "fait", "envoyée"})
		pire(arl, pas{"ARL", "cours", "attendu"})
	case journal.ARLNegatif:
		pire(envoi, pas{"Envoi", "fait", "envoyée"})
		pire(arl, pas{"ARL−", "echec", "reçu, négatif"})
	case journal.MdS:
		pire(envoi, pas{"Envoi", "echec", "message de service"})
	case journal.ANR:
		pire(envoi, pas{"Envoi", "cours", "non remise, repart"})
	case journal.LimiteEssais:
		pire(envoi, pas{"Envoi", "echec", "n'a pas abouti"})
	default:
		pire(envoi, pas{"Envoi", "fait", "envoyée"})
		pire(arl, pas{"ARL", "cours", e.Libelle()})
	}
}

func rangTon(t string) int {
	return slices.Index([]string{"vide", "fait", "neutre", "cours", "alerte", "echec"}, t)
}

type vueFiche struct {
	cadre
	F        vueFacture
	Pieces   []vuePiece
	Etapes   []suivi.Etape
	Remplace string // number of the invoice that replaces it, or that it replaces
	AutreCle string
}

type vuePiece struct {
	suivi.VuePiece
	Conseil string
	Boutons []bouton
	Type    string
	Ton     string // of its state
	// Numeriser offers to scan it again.
	Numeriser bool
}

// tonPiece is how a piece stands, as its colour; words say it too.
func tonPiece(p *suivi.VuePiece) string {
	switch p.Etat {
	case journal.Refuse, journal.ARLNegatif, journal.Rejet:
		return "echec"
	case journal.ARLPositif, journal.Clos:
		return "fait"
	case journal.Constitue, journal.EnLot:
		return "cours"
	}
	return ""
}

// technique says of a step that it is the software's own: told with less weight than what a person waits for.
func technique(e suivi.Etape) bool {
	switch e.Type {
	case journal.Reserver, journal.Composer, journal.Tenter, journal.Noter, journal.Enlotter, journal.Joindre,
		journal.Recevoir, journal.Traiter, journal.Completer:
		return e.Auteur == "" && e.Code == "" && e.Motif == ""
	}
	return false
}

var etoiles = regexp.MustCompile(`[*]{3,}(?: [*]+)?`)

// masque shortens what a mask hides.
func masque(s string) string { return etoiles.ReplaceAllString(s, "…") }

// motsTypes are the kinds of pieces for people.
var motsTypes = map[string]string{"ordonnance": "Ordonnance", "feuille-soins": "Feuille de soins",
	"attestation": "Attestation", "dsi": "DSI", "accord": "Accord préalable", "annexe": "Annexe"}

func nomType(t string) string {
	if m := motsTypes[t]; m != "" {
		return m
	}
	return initiale(strings.ReplaceAll(t, "-", " "))
}

func pageFacture(w http.ResponseWriter, r *http.Request, q *requete) error {
	v := r.URL.Query()
	c, err := suivi.ParseCleFacture(v.Get("cle"))
	if err != nil {
		return refuser(http.StatusNotFound, "Facture inconnue", "Cette facture n'est pas connue.")
	}
	f, err := q.suivi.Facture(r.Context(), c)
	if err != nil {
		return err
	}
	p := vueFiche{cadre: q.cadre("Facture " + nomCourt(journal.Facture, f.Facture)), F: q.facture(&f)}
	p.Vivant, p.Annonce = true, annonces[v.Get("fait")]
	for i := range f.Pieces {
		x, err := q.vuePiece(r, &f.Pieces[i])
		if err != nil {
			return err
		}
		p.Pieces = append(p.Pieces, x)
	}
	if p.Etapes, err = q.suivi.Recit(r.Context(), c); err != nil {
		return err
	}
	if f.Autre != "" {
		p.AutreCle, p.Remplace = f.Autre, nomCourt(journal.Facture, f.Autre)
	}
	return q.page(w, http.StatusOK, "facture.html", p)
}

func (q *requete) vuePiece(r *http.Request, p *suivi.VuePiece) (vuePiece, error) {
	x := vuePiece{VuePiece: *p, Type: nomType(p.Type), Ton: tonPiece(p), Numeriser: q.numeriserEncore(p.Etat)}
	l, ok, err := q.suivi.Ligne(r.Context(), journal.Piece, p.ID)
	if err != nil || !ok {
		return x, err
	}
	if l.Urgence > 0 || p.Etat == journal.Refuse || p.Etat == journal.ARLNegatif || p.Etat == journal.Rejet {
		x.Conseil = strings.TrimSpace(l.Quoi + " " + l.Conseil)
	}
	if q.Peut(Intervenir) {
		x.Boutons = boutons(l.Actions)
		if x.Numeriser && len(x.Boutons) > 0 {
			x.Boutons[0].Premier = false
		}
	}
	return x, nil
}

type vuePagePiece struct {
	cadre
	P      vuePiece
	Octets int64
	Pages  int
	Purgee bool
	F      *vueFacture
	Cle    string
	Etapes []suivi.Etape
}

func pagePiece(w http.ResponseWriter, r *http.Request, q *requete) error {
	v := r.URL.Query()
	a, ok, err := q.suivi.Piece(r.Context(), v.Get("id"))
	if err != nil {
		return err
	}
	if !ok {
		return refuser(http.StatusNotFound, "Pièce inconnue", "Cette pièce n'est pas connue.")
	}
	x, err := q.vuePiece(r, &a.VuePiece)
	if err != nil {
		return err
	}
	p := vuePagePiece{cadre: q.cadre("Pièce : " + cmp.Or(x.Type, "sans type")), P: x, Octets: a.Octets, Pages: a.Pages,
		Purgee: a.Purgee}
	p.Vivant, p.Annonce = true, annonces[v.Get("fait")]
	p.Scripts = []string{"piece.js"}
	if a.Facture != (fse.CleFacture{}) {
		if f, err := q.suivi.Facture(r.Context(), a.Facture); err == nil {
			y := q.facture(&f)
			p.F = &y
		}
	}
	if p.Etapes, err = q.suivi.RecitPiece(r.Context(), a.ID); err != nil {
		return err
	}
	return q.page(w, http.StatusOK, "piece.html", p)
}

type compteEtat struct {
	etat journal.Etat
	n    int64
}

// etatsDe lists the states that objects of a kind are in, the most frequent first.
func etatsDe(comptes map[string]int64, genre string) (l []compteEtat) {
	for nom, n := range comptes {
		if e, ok := strings.CutPrefix(nom, genre+"/"); ok && n > 0 {
			l = append(l, compteEtat{journal.Etat(e), n})
		}
	}
	slices.SortFunc(l, func(a, b compteEtat) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.etat, b.etat)) })
	return l
}
