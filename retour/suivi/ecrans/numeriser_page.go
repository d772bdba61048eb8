package ecrans

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

type vueNumeriser struct {
	cadre
	Pieces    []vuePieceN
	Restent   []vueFeuille
	Types     []scor.TypePiece
	Factures  []choix
	Scanner   bool
	Dossier   bool
	Attente   []attenteVue
	Erreurs   []string
	Conflits  []string
	Remplace  *remplacement
	RemplaceN string
	Total     int
	TailleMo  int64
}

type attenteVue struct{ Nom, Phrase string }

// vuePieceN are the pages of one invoice.
type vuePieceN struct {
	Facture, Numero string
	Pourquoi        string
	Cochee          bool
	Bonne           bool
	Remplace        bool
	Feuilles        []vueFeuille
}

// vueFeuille is a page for the screen.
type vueFeuille struct {
	ID, Nom            string
	Numero             int
	Ton, Mot           string
	Phrases            []string
	Questions          []string
	Separe             bool
	Image              bool
	L, H               string // of the image
	VL, VH             string // of what is seen, once turned
	Transform          string
	Lieux              []lieuVu
	Premiere, Derniere bool
}

type lieuVu struct {
	X, Y, L, H string
	Ton        string
}

func pageNumeriser(w http.ResponseWriter, r *http.Request, q *requete) error {
	n := q.numeriser
	p := n.plateau(q.Personne.ID)
	v := vueNumeriser{cadre: q.cadre(q.mot("numeriser", "Numériser")), Types: n.Types, Scanner: n.Scanner != nil,
		Dossier: n.Arrivees != nil, TailleMo: n.TailleMax >> 20}
	v.Scripts, v.Styles = []string{"numeriser.js"}, []string{"numeriser.css"}
	factures, err := n.candidates(r.Context(), q.suivi)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if id := r.URL.Query().Get("piece"); id != "" {
		if err := q.remplacer(r, p, id); err != nil {
			return err
		}
		return q.revenir(w)
	}
	v.choisir(p, factures)
	v.Annonce, v.Erreurs, v.Conflits = p.annonce, p.erreurs, p.conflits
	p.annonce, p.erreurs = "", nil
	for _, a := range p.attente {
		v.Attente = append(v.Attente, attenteVue{a.Nom, a.Phrase()})
	}
	if v.Remplace = p.remplace; v.Remplace != nil {
		v.RemplaceN = numeroDe(p.remplace.Facture)
	}
	v.Total = len(p.feuilles)
	for _, x := range p.pieces() {
		y := v.piece(p, x)
		if x.facture == "" {
			v.Restent = y.Feuilles
			continue
		}
		v.Pieces = append(v.Pieces, y)
	}
	return q.page(w, http.StatusOK, "numeriser.html", v)
}

// remplacer has the next pages replace a piece whose scan is bad.
func (q *requete) remplacer(r *http.Request, p *plateau, id string) error {
	x, ok, err := q.suivi.Piece(r.Context(), id)
	if err != nil {
		return err
	}
	if !ok || x.Facture == (fse.CleFacture{}) {
		return refuser(http.StatusNotFound, "Pièce inconnue", "Cette pièce n'est pas connue, ou n'a pas de facture.")
	}
	p.remplace = &remplacement{ID: x.ID, Type: x.Type, Facture: cleDe(x.Facture)}
	return nil
}

// choisir lists the invoices: those that lack a piece, and those that pages have already.
func (v *vueNumeriser) choisir(p *plateau, factures []fse.Facture) {
	vues := map[string]bool{}
	ajouter := func(c fse.CleFacture) {
		if cle := cleDe(c); !vues[cle] {
			vues[cle] = true
			v.Factures = append(v.Factures, choix{Valeur: cle, Titre: fmt.Sprintf("Facture %d, lot %d du %s", c.Numero,
				c.Lot.Numero, jour(c.Lot.Date))})
		}
	}
	for i := range factures {
		ajouter(factures[i].Cle)
	}
	if p.remplace != nil && !vues[p.remplace.Facture] {
		v.Factures = append(v.Factures, choix{Valeur: p.remplace.Facture, Titre: "Facture " + numeroDe(p.remplace.Facture)})
	}
}

func (v *vueNumeriser) piece(p *plateau, x piece) vuePieceN {
	y := vuePieceN{Facture: x.facture, Numero: numeroDe(x.facture), Bonne: true}
	for i, f := range x.feuilles {
		z := montrerFeuille(f)
		z.Premiere, z.Derniere = i == 0, i == len(x.feuilles)-1
		y.Bonne = y.Bonne && z.Ton != "echec" && z.Ton != "alerte"
		y.Feuilles = append(y.Feuilles, z)
	}
	m, propose := p.pourquoi[x.facture]
	y.Pourquoi = m.Phrase
	y.Remplace = p.remplace != nil && p.remplace.Facture == x.facture
	y.Cochee = y.Bonne && (!propose || m.Sur)
	return y
}

// montrerFeuille says what was found on a page, and where.
func montrerFeuille(f *feuille) vueFeuille {
	v := vueFeuille{ID: f.ID, Nom: f.recu.nom, Numero: f.Page.Numero, Ton: "fait", Mot: "bonne", Image: f.image}
	_, v.Separe = etiquette(f)
	refusee, ouverte := false, false
	for _, c := range append(append([]numerisation.Constat{}, f.Fichier...), f.Page.Constats...) {
		if c.Etat != numerisation.Present {
			continue
		}
		ton := "info"
		switch rep, repondu := f.reponses[c.Code]; {
		case c.Question != "" && repondu:
			refusee = refusee || rep.Reponse == numerisation.Non
		case c.Question != "":
			ouverte, ton = true, "alerte"
			v.Questions = append(v.Questions, c.Question)
		case c.Bloquant:
			refusee, ton = true, "echec"
		}
		if c.Message != "" && (c.Question == "" || refusee) {
			v.Phrases = append(v.Phrases, c.Message)
		}
		if f.mm && ton != "info" {
			for _, r := range c.Lieux {
				v.Lieux = append(v.Lieux, lieuVu{mesure(r.X0), mesure(r.Y0), mesure(max(r.X1-r.X0, 2)), mesure(max(r.Y1-r.Y0, 2)),
					ton})
			}
		}
	}
	switch {
	case v.Separe:
		v.Ton, v.Mot = "neutre", "feuille séparatrice"
	case refusee:
		v.Ton, v.Mot = "echec", "à refaire"
	case ouverte:
		v.Ton, v.Mot = "alerte", "à confirmer"
	case f.blanche:
		v.Ton, v.Mot = "neutre", "verso blanc"
	}
	v.L, v.H, v.VL, v.VH = mesure(f.l), mesure(f.h), mesure(f.l), mesure(f.h)
	if f.tour%180 != 0 {
		v.VL, v.VH = v.VH, v.VL
	}
	v.Transform = f.transformer()
	return v
}

// transformer shows the stored image upright: mirrored, then turned clockwise.
func (f *feuille) transformer() (t string) {
	switch f.tour {
	case 90:
		t = fmt.Sprintf("translate(%s 0) rotate(90) ", mesure(f.h))
	case 180:
		t = fmt.Sprintf("translate(%s %s) rotate(180) ", mesure(f.l), mesure(f.h))
	case 270:
		t = fmt.Sprintf("translate(0 %s) rotate(270) ", mesure(f.l))
	}
	if f.miroir {
		t += fmt.Sprintf("translate(%s 0) scale(-1 1)", mesure(f.l))
	}
	return t
}

func mesure(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
