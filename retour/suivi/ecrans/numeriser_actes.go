package ecrans

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/lot/repartition"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// agirSurFeuilles does what a person asks of pages: acte|page in the button's value, or an order of all pages.
func agirSurFeuilles(w http.ResponseWriter, r *http.Request, q *requete) error {
	p := q.numeriser.plateau(q.Personne.ID)
	p.mu.Lock()
	defer p.mu.Unlock()
	if ordre := r.PostForm.Get("ordre"); ordre != "" {
		p.ranger(strings.Split(ordre, ","))
		return q.revenir(w)
	}
	acte, id, _ := strings.Cut(r.PostForm.Get("acte"), "|")
	switch acte {
	case "vider":
		p.pourquoi, p.conflits, p.remplace = map[string]pourquoi{}, nil, nil
		if err := q.numeriser.jeter(p, func(*feuille) bool { return true }); err != nil {
			return err
		}
		return q.revenir(w)
	case "attribuer":
		return q.attribuer(w, r, p)
	}
	i := slices.IndexFunc(p.feuilles, func(f *feuille) bool { return f.ID == id })
	if i < 0 {
		return refuser(http.StatusNotFound, "Page absente", "Cette page n'est plus là : elle a été jointe ou retirée.")
	}
	f := p.feuilles[i]
	switch acte {
	case "monter":
		p.deplacer(i, -1)
	case "descendre":
		p.deplacer(i, 1)
	case "retirer":
		if err := q.numeriser.jeter(p, func(x *feuille) bool { return x == f }); err != nil {
			return err
		}
	case "oui", "non":
		if err := q.repondre(f, acte == "oui"); err != nil {
			return err
		}
	default:
		return refuser(http.StatusBadRequest, "Demande inconnue", "Cette demande n'est pas connue : rechargez la page.")
	}
	w.Header().Set("Location", q.Racine+"numeriser#f-"+id)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// repondre records the answer to all that is asked of a page.
func (q *requete) repondre(f *feuille, oui bool) error {
	x := numerisation.Confirmation{Reponse: numerisation.Non, Auteur: q.Personne.ID, Date: q.horloge()}
	if oui {
		x.Reponse = numerisation.Oui
	}
	for _, c := range f.Page.Constats {
		if c.Question != "" {
			f.reponses[c.Code] = x
		}
	}
	return nil
}

// deplacer exchanges a page with the one beside it among those of the same invoice.
func (p *plateau) deplacer(i, sens int) {
	for j := i + sens; j >= 0 && j < len(p.feuilles); j += sens {
		if p.feuilles[j].facture == p.feuilles[i].facture {
			p.feuilles[i], p.feuilles[j] = p.feuilles[j], p.feuilles[i]
			return
		}
	}
}

// ranger lays pages in the order given; those that it doesn't name stay after them, in theirs.
func (p *plateau) ranger(ids []string) {
	rang := map[string]int{}
	for i, id := range ids {
		if _, deja := rang[id]; !deja {
			rang[id] = i
		}
	}
	slices.SortStableFunc(p.feuilles, func(a, b *feuille) int {
		ra, la := rang[a.ID]
		rb, lb := rang[b.ID]
		if !la {
			ra = len(ids)
		}
		if !lb {
			rb = len(ids)
		}
		return ra - rb
	})
}

// attribuer gives the pages that are ticked, or one, to an invoice; none takes them back.
func (q *requete) attribuer(w http.ResponseWriter, r *http.Request, p *plateau) error {
	cle := r.PostForm.Get("facture")
	if cle != "" {
		c, err := suivi.ParseCleFacture(cle)
		if err != nil {
			return refuser(http.StatusBadRequest, "Facture inconnue", "Choisissez une facture de la liste.")
		}
		if _, err := q.suivi.Facture(r.Context(), c); err != nil {
			return refuser(http.StatusBadRequest, "Facture inconnue", "Choisissez une facture de la liste.")
		}
		cle = cleDe(c)
	}
	cochees := r.PostForm["feuille"]
	for _, f := range p.feuilles {
		if slices.Contains(cochees, f.ID) {
			f.facture = cle
			delete(p.pourquoi, cle) // a person has decided
		}
	}
	return q.revenir(w)
}

// repartirFeuilles proposes an invoice for each page that has none. Nothing leaves before a person has agreed.
func repartirFeuilles(w http.ResponseWriter, r *http.Request, q *requete) error {
	n := q.numeriser
	factures, err := n.candidates(r.Context(), q.suivi)
	if err != nil {
		return err
	}
	p := n.plateau(q.Personne.ID)
	p.mu.Lock()
	defer p.mu.Unlock()
	var pages []repartition.Page
	var feuilles []*feuille
	for _, f := range p.feuilles {
		if f.facture != "" {
			continue
		}
		feuilles = append(feuilles, f)
		if c, ok := etiquette(f); ok && !slices.ContainsFunc(factures, func(x fse.Facture) bool { return x.Cle == c }) {
			// A sheet may name an invoice that lacks nothing, as one whose piece is to be replaced.
			if _, err := q.suivi.Facture(r.Context(), c); err == nil {
				factures = append(factures, fse.Facture{Cle: c})
			}
		}
		pages = append(pages, repartition.Page{Codes: f.codes, Blanche: f.blanche})
	}
	var rep repartition.Repartiteur
	x := rep.Repartir(pages, factures)
	p.conflits = nil
	for _, c := range x.Conflits {
		p.conflits = append(p.conflits, c.Phrase)
	}
	for _, y := range x.Propositions {
		cle := cleDe(y.Facture)
		for _, i := range y.Pages {
			feuilles[i].facture = cle
		}
		p.pourquoi[cle] = pourquoi{y.Pourquoi, y.Confiance >= 0.9}
	}
	jetees := map[*feuille]bool{}
	for _, i := range slices.Concat(x.Separateurs, x.Blanches) {
		jetees[feuilles[i]] = true
	}
	if err := n.jeter(p, func(f *feuille) bool { return jetees[f] }); err != nil {
		return err
	}
	p.annonce = pluriel(int64(len(x.Propositions)), "facture trouvée", "factures trouvées") + " : vérifiez, puis joignez."
	return q.revenir(w)
}

// piece is what pages of one invoice make.
type piece struct {
	facture  string
	feuilles []*feuille
}

// pieces parts the pages by invoice, in the order of their first pages.
func (p *plateau) pieces() []piece {
	var l []piece
	for _, f := range p.feuilles {
		i := slices.IndexFunc(l, func(x piece) bool { return x.facture == f.facture })
		if i < 0 {
			i, l = len(l), append(l, piece{facture: f.facture})
		}
		l[i].feuilles = append(l[i].feuilles, f)
	}
	return l
}

// deposerPieces makes and deposits the pieces of the invoices that are ticked. One that can't be is told, and stops no
// other.
func deposerPieces(w http.ResponseWriter, r *http.Request, q *requete) error {
	n := q.numeriser
	p := n.plateau(q.Personne.ID)
	p.mu.Lock()
	defer p.mu.Unlock()
	cochees := r.PostForm["piece"]
	faites := 0
	for _, x := range p.pieces() {
		if x.facture == "" || !slices.Contains(cochees, x.facture) {
			continue
		}
		phrase, err := q.deposer(r, p, x, r.PostForm.Get("type|"+x.facture))
		if err != nil {
			return err
		}
		if phrase != "" {
			p.dire("Facture %s : %s", numeroDe(x.facture), phrase)
			continue
		}
		faites++
		delete(p.pourquoi, x.facture)
		if err := n.jeter(p, func(f *feuille) bool { return f.facture == x.facture }); err != nil {
			return err
		}
		if p.remplace != nil && p.remplace.Facture == x.facture {
			p.remplace = nil
		}
	}
	if faites > 0 {
		p.annonce = pluriel(int64(faites), "pièce jointe", "pièces jointes") + "."
	} else if len(p.erreurs) == 0 {
		p.dire("Cochez au moins une pièce à joindre.")
	}
	return q.revenir(w)
}

// deposer makes the PDF of a piece and deposits it; the sentence says why it couldn't.
func (q *requete) deposer(r *http.Request, p *plateau, x piece, genre string) (string, error) {
	n := q.numeriser
	cle, err := suivi.ParseCleFacture(x.facture)
	if err != nil {
		return "", err
	}
	id := nouvelID()
	if p.remplace != nil && p.remplace.Facture == x.facture {
		id, genre = p.remplace.ID, p.remplace.Type
	} else if !slices.ContainsFunc(n.Types, func(t scor.TypePiece) bool { return t.Nom == genre }) {
		genre = n.Types[0].Nom
	}
	pdf := nouvelID() + ".pdf"
	defer func() { _ = n.depot.Erase(pdf) }()
	res, err := q.ecrirePDF(r, x.feuilles, pdf)
	if err != nil {
		return "", err
	}
	if !res.Accepte {
		if m := res.Messages(); len(m) > 0 {
			return m[0], nil
		}
		return "une page n'est pas bonne.", nil
	}
	y := res.Piece(id, genre)
	y.Facture, y.Fichier, y.Numerisee = cle, x.feuilles[0].recu.nom, q.horloge()
	y.Open = func() (io.ReadCloser, error) { return n.depot.Open(pdf) }
	_, err = q.suivi.DeposerPiece(r.Context(), y)
	switch {
	case errors.Is(err, suivi.ErrPieceEngagee):
		return "cette pièce est déjà partie ; elle ne peut plus être remplacée.", nil
	case errors.Is(err, suivi.ErrLotPurge):
		return "son délai de conservation est passé.", nil
	}
	return "", err
}

// ecrirePDF makes one PDF of pages, with the answers that a person gave to what was asked.
func (q *requete) ecrirePDF(r *http.Request, feuilles []*feuille, nom string) (*numerisation.Resultat, error) {
	n := q.numeriser
	var sources []numerisation.Source
	var dernier *recu
	for _, f := range feuilles {
		if k := len(sources) - 1; f.recu == dernier && f.Page.Numero > sources[k].Pages[len(sources[k].Pages)-1] {
			sources[k].Pages = append(sources[k].Pages, f.Page.Numero)
			continue
		}
		s, c, err := n.source(f.recu)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		s.Pages = []int{max(1, f.Page.Numero)}
		sources, dernier = append(sources, s), f.recu
	}
	for i := range sources {
		// A whole file is given whole: a PDF that is good as it is goes on byte for byte.
		if entier := len(feuilles) == len(sources[i].Pages) && len(sources) == 1; entier &&
			feuilles[0].recu.reste == len(feuilles) && feuilles[0].Page.Numero == 1 {
			sources[i].Pages = nil
		}
	}
	var res *numerisation.Resultat
	err := n.depot.WriteFrom(nom, depot.Nouveau, func(w io.Writer) (err error) {
		res, err = n.Numeriseur.Numeriser(r.Context(), w, sources...)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, question := range res.Questions() {
		if question.Page >= len(feuilles) {
			continue
		}
		if c, ok := feuilles[question.Page].reponses[question.Code]; ok {
			if err := res.Confirmer(question, c); err != nil {
				return nil, err
			}
		}
	}
	return res, nil
}

// etiquette reads the separator sheet that a page is, if it is one.
func etiquette(f *feuille) (fse.CleFacture, bool) {
	for _, c := range f.codes {
		if cle, err := papier.ParseEtiquette(strings.TrimSpace(c)); err == nil {
			return cle, true
		}
	}
	return fse.CleFacture{}, false
}

// cleDe is the key of an invoice, as the journal and our addresses have it.
func cleDe(c fse.CleFacture) string {
	return fmt.Sprintf("%s/%s/%03d/%09d", c.Lot.Emetteur, c.Lot.Date.AAAAMMJJ(), c.Lot.Numero, c.Numero)
}

// numeroDe is the number of an invoice by its key.
func numeroDe(cle string) string {
	c, err := suivi.ParseCleFacture(cle)
	if err != nil {
		return ""
	}
	return strconv.Itoa(c.Numero)
}
