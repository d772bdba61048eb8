package repartition

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// Page is a page of the batch.
type Page struct {
	// Codes are the texts of the barcodes on it.
	Codes []string
	// Blanche says that nothing is on it: the back of a sheet.
	Blanche bool
	// Document names what the page belongs together with, as the file that it came in: such pages aren't parted by order.
	// "" is a document of its own.
	Document string
}

// Methode is how a page found its invoice.
type Methode string

// The ways, from the surest.
const (
	ParSeparateur Methode = "separateur" // after the invoice's separator sheet
	ParLecture    Methode = "lecture"    // a code on one of the pages names the invoice
	ParOrdre      Methode = "ordre"      // as many documents as invoices, in the same order
)

// Confidences, 0 to 1. A sheet that was laid down for the purpose is sure but for what a feeder does; a code on a
// page may be another paper's; a page that follows one with a code may be the next patient's; an order may be
// another.
const (
	confianceSeparateur = 0.98
	confianceLecture    = 0.95
	confianceSuite      = 0.6
	confianceOrdre      = 0.5
)

// Proposition is what could be a piece of an invoice.
type Proposition struct {
	Facture   fse.CleFacture
	Pages     []int // indexes in the batch, ascending
	Methode   Methode
	Confiance float64 // of the least sure of its pages
	Pourquoi  string  // in French
}

// Conflit is what a person has to settle.
type Conflit struct {
	Pages    []int
	Factures []fse.CleFacture // those that are named; may be none
	Phrase   string           // in French
}

// Repartition says where each page of the batch goes.
type Repartition struct {
	Propositions []Proposition // in the order of their first pages
	Separateurs  []int
	Blanches     []int // blank sides that no proposition takes
	Restent      []int // pages of which nothing tells the invoice
	Conflits     []Conflit
	// SansPage are the invoices of the list that got nothing, in its order.
	SansPage []fse.CleFacture
}

// Repartiteur deals batches out. Its zero value reads separator sheets and the codes of this SDK's papers.
type Repartiteur struct {
	// Identifiants are other texts that a code may hold, whole, to name the invoice: what the host knows of its
	// ordonnance.
	Identifiants func(*fse.Facture) []string
	// SansOrdre proposes nothing by order.
	SansOrdre bool
}

// noms finds invoices by the texts that name them.
type noms struct {
	par   map[string][]int // indexes in the list
	liste []fse.Facture
}

// ticket is what the codes of papier's templates hold by convention: sender and number.
var ticket = regexp.MustCompile(`^(\d{9})[/|-](\d{9})\|?$`)

func (r *Repartiteur) noms(factures []fse.Facture) *noms {
	n := &noms{map[string][]int{}, factures}
	for i := range factures {
		c := factures[i].Cle
		textes := []string{c.String(), papier.Etiquette(c), fmt.Sprintf("%s/%09d", c.Lot.Emetteur, c.Numero)}
		if r.Identifiants != nil {
			textes = append(textes, r.Identifiants(&factures[i])...)
		}
		for _, t := range textes {
			if t = strings.TrimSpace(t); t != "" && !slices.Contains(n.par[t], i) {
				n.par[t] = append(n.par[t], i)
			}
		}
	}
	return n
}

// nommees are the invoices that a page names, each once.
func (n *noms) nommees(p *Page) []int {
	var l []int
	for _, c := range p.Codes {
		c = strings.TrimSpace(c)
		if m := ticket.FindStringSubmatch(c); m != nil {
			c = m[1] + "/" + m[2]
		}
		for _, i := range n.par[c] {
			if !slices.Contains(l, i) {
				l = append(l, i)
			}
		}
	}
	slices.Sort(l)
	return l
}

// separateur reads the separator sheet that a page is: the invoice's index, or -1 where it isn't of the list.
func (n *noms) separateur(p *Page) (cle fse.CleFacture, i int, ok bool) {
	for _, c := range p.Codes {
		cle, err := papier.ParseEtiquette(strings.TrimSpace(c))
		if err != nil {
			continue
		}
		i = slices.IndexFunc(n.liste, func(f fse.Facture) bool { return f.Cle == cle })
		return cle, i, true
	}
	return cle, -1, false
}

// place is where a page goes.
type place struct {
	facture   int // index in the list; aucune, or one of the others below
	methode   Methode
	confiance float64
}

const (
	aucune = -1 - iota
	estSeparateur
	estBlanche
)

// Repartir deals pages, in the order of the feeder, out to invoices, in the order in which a person would lay them.
func (r *Repartiteur) Repartir(pages []Page, factures []fse.Facture) *Repartition {
	x := &travail{pages: pages, noms: r.noms(factures), places: make([]place, len(pages)), r: &Repartition{}}
	for i := range x.places {
		x.places[i].facture = aucune
	}
	x.lire()
	x.suivre()
	if !r.SansOrdre {
		x.ordonner()
	}
	return x.rendre()
}

// travail is one batch being dealt out.
type travail struct {
	pages  []Page
	noms   *noms
	places []place
	// separe says that a page lies behind a separator sheet, whose invoice it is or nobody's.
	separe []bool
	r      *Repartition
}

func (x *travail) conflit(pages []int, factures []int, format string, a ...any) {
	c := Conflit{Pages: pages, Phrase: fmt.Sprintf(format, a...)}
	for _, f := range factures {
		c.Factures = append(c.Factures, x.noms.liste[f].Cle)
	}
	x.r.Conflits = append(x.r.Conflits, c)
}

// lire places the pages that say themselves whose they are, and those behind separator sheets.
func (x *travail) lire() {
	x.separe = make([]bool, len(x.pages))
	courante, derriere, feuille := aucune, false, -1
	for i := range x.pages {
		p := &x.pages[i]
		if cle, f, ok := x.noms.separateur(p); ok {
			x.places[i].facture = estSeparateur
			courante, derriere, feuille = f, true, i
			if f < 0 {
				courante = aucune
				x.r.Conflits = append(x.r.Conflits, Conflit{Pages: []int{i}, Factures: []fse.CleFacture{cle},
					Phrase: fmt.Sprintf("La feuille séparatrice de la page %d nomme la facture %d, qui n’est pas dans la liste.",
						i+1, cle.Numero)})
			}
			continue
		}
		x.separe[i] = derriere
		if p.Blanche {
			// The back of a separator sheet is nobody's; that of a piece goes with it, and numerisation leaves it out.
			x.places[i] = place{facture: estBlanche}
			if derriere && courante >= 0 && i > feuille+1 {
				x.places[i] = place{courante, ParSeparateur, confianceSeparateur}
			}
			continue
		}
		x.lirePage(i, courante, derriere)
	}
}

func (x *travail) lirePage(i, courante int, derriere bool) {
	nommees := x.noms.nommees(&x.pages[i])
	switch {
	case len(nommees) > 1:
		x.conflit([]int{i}, nommees, "La page %d porte les codes de plusieurs factures.", i+1)
	case len(nommees) == 1 && derriere && courante != nommees[0]:
		if courante >= 0 {
			nommees = append(nommees, courante)
		}
		x.conflit([]int{i}, nommees, "La page %d porte le code d’une autre facture que sa feuille séparatrice.", i+1)
	case derriere && courante >= 0:
		x.places[i] = place{courante, ParSeparateur, confianceSeparateur}
	case len(nommees) == 1:
		x.places[i] = place{nommees[0], ParLecture, confianceLecture}
	}
}

// suivre gives pages without a code to the document, or the sheet, that they follow.
func (x *travail) suivre() {
	parDocument := map[string][]int{}
	for i := range x.pages {
		if d := x.pages[i].Document; d != "" && x.places[i].methode == ParLecture {
			if f := x.places[i].facture; !slices.Contains(parDocument[d], f) {
				parDocument[d] = append(parDocument[d], f)
			}
		}
	}
	for d, l := range parDocument {
		if len(l) > 1 {
			slices.Sort(l)
			parDocument[d] = l
		}
	}
	for i := range x.pages {
		l := parDocument[x.pages[i].Document]
		if x.pages[i].Document != "" && len(l) == 1 && x.libre(i) {
			x.places[i] = place{l[0], ParLecture, confianceLecture}
		}
	}
	for i := 1; i < len(x.pages); i++ {
		a := x.places[i-1]
		meme := x.pages[i].Document == x.pages[i-1].Document
		if x.libre(i) && meme && a.methode == ParLecture && a.facture >= 0 && !x.disputee(i) {
			c := confianceSuite
			if x.pages[i].Blanche {
				c = a.confiance // a back: nothing more is said of it
			}
			x.places[i] = place{a.facture, ParLecture, c}
		}
	}
}

// libre says that a page has no place yet, and lies behind no separator sheet.
func (x *travail) libre(i int) bool {
	f := x.places[i].facture
	return (f == aucune || f == estBlanche) && !x.separe[i]
}

// disputee says that a page is in a conflict: nothing is proposed for it.
func (x *travail) disputee(i int) bool {
	return slices.ContainsFunc(x.r.Conflits, func(c Conflit) bool { return slices.Contains(c.Pages, i) })
}

// document is a run of pages that stay together.
type document struct{ pages []int }

// ordonner proposes by order between what is known.
func (x *travail) ordonner() {
	debut, avant := 0, -1
	for i := 0; i <= len(x.pages); i++ {
		fin := i == len(x.pages)
		if !fin && x.places[i].facture < 0 && x.places[i].facture != estSeparateur {
			continue
		}
		apres := len(x.noms.liste)
		if !fin && x.places[i].facture >= 0 {
			apres = x.places[i].facture
		}
		if fin || x.places[i].facture >= 0 {
			x.aligner(debut, i, avant, apres)
			avant = apres
		}
		debut = i + 1
	}
}

// aligner proposes pages debut to fin for the invoices between two.
func (x *travail) aligner(debut, fin, avant, apres int) {
	var docs []document
	for i := debut; i < fin; i++ {
		if x.places[i].facture != aucune || x.separe[i] || x.disputee(i) {
			continue
		}
		d := x.pages[i].Document
		if n := len(docs); d != "" && n > 0 && x.pages[docs[n-1].pages[0]].Document == d {
			docs[n-1].pages = append(docs[n-1].pages, i)
			continue
		}
		docs = append(docs, document{[]int{i}})
	}
	var libres []int
	for f := avant + 1; f < apres; f++ {
		if !slices.ContainsFunc(x.places, func(p place) bool { return p.facture == f }) {
			libres = append(libres, f)
		}
	}
	if len(docs) == 0 {
		return
	}
	if len(docs) != len(libres) {
		var pages []int
		for _, d := range docs {
			pages = append(pages, d.pages...)
		}
		x.conflit(pages, nil, "%s pour %s : l’ordre ne suffit pas, attribuez ces pages.",
			compte(len(docs), "document"), compte(len(libres), "facture"))
		return
	}
	for k, d := range docs {
		for _, i := range d.pages {
			x.places[i] = place{libres[k], ParOrdre, confianceOrdre}
		}
	}
}

func compte(n int, nom string) string {
	if n > 1 {
		nom += "s"
	}
	return strconv.Itoa(n) + " " + nom
}

// rendre makes the answer of the places.
func (x *travail) rendre() *Repartition {
	par := map[int]*Proposition{}
	var ordre []int
	for i, p := range x.places {
		switch {
		case p.facture == estSeparateur:
			x.r.Separateurs = append(x.r.Separateurs, i)
		case p.facture == estBlanche:
			x.r.Blanches = append(x.r.Blanches, i)
		case p.facture < 0:
			x.r.Restent = append(x.r.Restent, i)
		default:
			q := par[p.facture]
			if q == nil {
				q = &Proposition{Facture: x.noms.liste[p.facture].Cle, Methode: p.methode, Confiance: p.confiance}
				par[p.facture], ordre = q, append(ordre, p.facture)
			}
			q.Pages = append(q.Pages, i)
			if p.confiance < q.Confiance {
				q.Methode, q.Confiance = p.methode, p.confiance
			}
		}
	}
	for _, f := range ordre {
		q := par[f]
		q.Pourquoi = pourquoi(q)
		if x.trous(q.Pages) {
			x.conflit(q.Pages, []int{f}, "Les pages de la facture %d ne se suivent pas : vérifiez leur ordre.",
				q.Facture.Numero)
		}
		x.r.Propositions = append(x.r.Propositions, *q)
	}
	for f := range x.noms.liste {
		if par[f] == nil {
			x.r.SansPage = append(x.r.SansPage, x.noms.liste[f].Cle)
		}
	}
	return x.r
}

func pourquoi(p *Proposition) string {
	switch {
	case p.Methode == ParSeparateur:
		return "Derrière la feuille séparatrice de cette facture."
	case p.Methode == ParLecture && p.Confiance < confianceLecture:
		return "Un code lu sur la première page désigne cette facture ; les suivantes n’en portent pas."
	case p.Methode == ParLecture:
		return "Un code lu sur la page désigne cette facture."
	}
	return "D’après l’ordre des feuilles et celui des factures : à vérifier."
}

// trous says whether pages of others lie in between; blank backs don't count.
func (x *travail) trous(pages []int) bool {
	for k := 1; k < len(pages); k++ {
		for i := pages[k-1] + 1; i < pages[k]; i++ {
			if x.places[i].facture != estBlanche {
				return true
			}
		}
	}
	return false
}
