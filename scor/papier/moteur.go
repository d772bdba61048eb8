package papier

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/scor-sdk/scor-sdk-go/internal/gabarit"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Producteur is the name that documents carry as their maker.
const Producteur = "scor-sdk-go"

// Info is what a document says of itself beside its content.
type Info struct {
	Createur string    // the host's program; Producteur if empty
	Date     time.Time // of its making, to the second; injected, so that the same data give the same bytes
}

// Resultat is what was written.
type Resultat struct {
	Pages     int
	Octets    int64
	Empreinte scor.Empreinte
}

// Piece describes the document as a pièce justificative. ouvrir opens the
// bytes that were written.
func (r Resultat) Piece(id, genre string, ouvrir func() (io.ReadCloser, error)) scor.Piece {
	return scor.Piece{ID: id, Type: genre, Pages: r.Pages, Octets: r.Octets, Empreinte: r.Empreinte, Open: ouvrir}
}

// ErrDebordement is wrapped by the error about a text that doesn't fit its
// place, at any size that can be read: nothing is cut short.
var ErrDebordement = pdf.ErrDebordement

// WritePDF writes the paper as PDF/A-1b. Memory doesn't grow with the number of
// items of the lists. After an error w holds an unfinished file.
func (g *Gabarit) WritePDF(ctx context.Context, w io.Writer, info Info, d Donnees) (Resultat, error) {
	m := mise{g: g, annule: ctx.Err, portees: []portee{{&g.modele, d}}, fonds: map[*element]*pdf.Forme{},
		nombres: map[*element]*pdf.Forme{}, enTetes: map[*section]enTete{}}
	titre, err := g.fichier.Titre.Remplir(m.valeur)
	if err != nil {
		return Resultat{}, fmt.Errorf("papier: %s: %w", g.fichier.Nature, err)
	}
	if info.Createur == "" {
		info.Createur = Producteur
	}
	if m.w, err = pdf.NewWriter(w, pdf.Info{Titre: titre, Createur: info.Createur, Producteur: Producteur, Rapide: true,
		Date: info.Date}); err != nil {
		return Resultat{}, fmt.Errorf("papier: %s: %w", g.fichier.Nature, err)
	}
	m.executer()
	if m.err != nil {
		return Resultat{}, fmt.Errorf("papier: %s: %w", g.fichier.Nature, m.err)
	}
	return Resultat{Pages: m.w.Pages(), Octets: m.w.Octets(), Empreinte: m.w.Empreinte()}, nil
}

// portee is an item being drawn, with what it may be asked.
type portee struct {
	modele  *Modele
	donnees Donnees
}

// mise lays out one document. The first error stops it.
type mise struct {
	g       *Gabarit
	annule  func() error // of the context
	w       *pdf.Writer
	p       *pdf.Page
	err     error
	y       float64 // from the top of corps
	debut   float64 // where y was when the page began, below the reminders
	numero  string  // of the page
	portees []portee
	items   []item
	fonds   map[*element]*pdf.Forme // fixed parts of blocks, by the block's first element
	nombres map[*element]*pdf.Forme // numbers of pages, by the element that shows them
	enTetes map[*section]enTete
	totaux  []total
}

// total is a number of pages to be written once it is known.
type total struct {
	e *element
	f *pdf.Forme
}

func (m *mise) faute(err error) {
	if m.err == nil {
		m.err = err
	}
}

func (m *mise) executer() {
	m.nouvellePage()
	m.sections(m.g.fichier.Contenu)
	if m.err != nil {
		return
	}
	if m.faute(m.p.Fermer()); m.err != nil {
		return
	}
	pages := fmt.Sprint(m.w.Pages())
	for _, t := range m.totaux {
		m.faute(m.w.Dessiner(t.f, func(p *pdf.Page) {
			p.Encre(t.e.Couleur.t)
			p.Texte(m.g.polices[t.e.Police], t.e.Taille, 0, t.e.Taille/72*25.4, pdf.Gauche, pages)
		}))
	}
	m.faute(m.w.Close())
}

// valeur finds a field, the nearest first.
func (m *mise) valeur(champ string) (string, bool) {
	for i := len(m.portees) - 1; i >= 0; i-- {
		if p := m.portees[i]; p.modele.a(champ) {
			return Visible(p.donnees.Valeur(champ)), true
		}
	}
	switch champ {
	case champMention:
		return m.g.fichier.Mention, true
	case champPage:
		return m.numero, true
	}
	return "", false
}

// Visible shows the control characters that a damaged file may hold, since no font has them, and those that would show
// a name in another order than it is written: one stray byte must not stop a lot, nor pass unseen.
func Visible(v string) string {
	if strings.IndexFunc(v, interdit) < 0 {
		return v
	}
	return strings.Map(func(r rune) rune {
		if interdit(r) {
			return unicode.ReplacementChar
		}
		return r
	}, v)
}

func (m *mise) visible(si, sauf string) bool {
	if si != "" {
		if v, _ := m.valeur(si); v == "" {
			return false
		}
	}
	if sauf != "" {
		if v, _ := m.valeur(sauf); v != "" {
			return false
		}
	}
	return true
}

func (m *mise) nouvellePage() {
	if m.err != nil {
		return
	}
	if err := m.annule(); err != nil {
		m.faute(err)
		return
	}
	if m.p != nil {
		if m.faute(m.p.Fermer()); m.err != nil {
			return
		}
	}
	var err error
	if m.p, err = m.w.Open(m.g.fichier.Format[0], m.g.fichier.Format[1]); err != nil {
		m.faute(err)
		return
	}
	m.numero = fmt.Sprint(m.w.Pages() + 1)
	m.y, m.debut = 0, 0
	// What stands on each page is the document's, not that of the row which
	// happens to open the page.
	portees := m.portees
	defer func() { m.portees = portees }()
	m.portees = portees[:1]
	m.elements(m.g.fichier.Page, 0, 0, m.g.fichier.Format[0], m.g.fichier.Format[1], true)
	for i, it := range m.items {
		if !it.entame || it.rappel.Elements == nil {
			continue
		}
		// The reminder of an outer item doesn't see the inner ones.
		m.portees = portees[:i+2]
		m.elements(it.rappel.Elements, m.g.fichier.Corps[0], m.g.fichier.Corps[1]+m.y, m.g.fichier.Corps[2],
			it.rappel.Hauteur, true)
		m.y += it.rappel.Hauteur
	}
	m.debut = m.y
}

func (m *mise) tient(hauteur float64) bool { return m.y+hauteur <= m.g.fichier.Corps[3]+1e-6 }

// place goes to a new page unless hauteur and garder are left on this one. On
// an empty page, hauteur is enough.
func (m *mise) place(hauteur, garder float64, quoi string) {
	if !m.tient(hauteur+garder) && !m.hautDePage() {
		m.nouvellePage()
	}
	if m.err == nil && m.hautDePage() && !m.tient(hauteur) {
		m.faute(fmt.Errorf("%w: %s: %.1f mm asked on a page with %.1f left", ErrDebordement, quoi, hauteur,
			m.g.fichier.Corps[3]-m.y))
	}
}

// espace is the room above a block: none on top of a page.
func (m *mise) espace(e float64) float64 {
	if m.hautDePage() {
		return 0
	}
	return e
}

func (m *mise) sections(ss []section) {
	for i := range ss {
		if m.err != nil {
			return
		}
		s := &ss[i]
		if !m.visible(s.Si, s.Sauf) {
			continue
		}
		if s.Saut && !m.hautDePage() {
			m.nouvellePage()
		}
		switch {
		case s.Tableau != "":
			m.tableau(s)
		case s.Liste != "":
			m.liste(s)
		default:
			m.bloc(s)
		}
	}
}

// hautDePage says that nothing but reminders was drawn yet in the body of the page.
func (m *mise) hautDePage() bool { return m.y <= m.debut }

func (m *mise) bloc(s *section) {
	if m.place(m.espace(s.Espace)+s.Hauteur, s.Garder, "block"); m.err != nil {
		return
	}
	m.y += m.espace(s.Espace)
	m.elements(s.Elements, m.g.fichier.Corps[0], m.g.fichier.Corps[1]+m.y, m.g.fichier.Corps[2], s.Hauteur,
		len(m.portees) > 1)
	m.y += s.Hauteur
	m.entamer()
}

func (m *mise) liste(s *section) {
	parent := m.portees[len(m.portees)-1]
	modele := parent.modele.Listes[s.Liste]
	n := 0
	for d, err := range parent.donnees.Liste(s.Liste) {
		n++
		if err != nil {
			m.faute(fmt.Errorf("list %s: %w", s.Liste, err))
			return
		}
		m.portees = append(m.portees, portee{&modele, d})
		m.items = append(m.items, item{&s.Rappel, false})
		m.sections(s.Contenu)
		m.items = m.items[:len(m.items)-1]
		m.portees = m.portees[:len(m.portees)-1]
		if m.err != nil {
			m.err = fmt.Errorf("list %s, item %d: %w", s.Liste, n, m.err)
			return
		}
	}
}

// item is one of a list being drawn. Once something of it is on paper, further
// pages begin with its reminder.
type item struct {
	rappel *rappel
	entame bool
}

// entamer notes that the current items are on paper.
func (m *mise) entamer() {
	for i := range m.items {
		m.items[i].entame = true
	}
}

// elements draws a block. What depends on no data is drawn once for the whole
// document, as a form that every occurrence shows, when repete says that
// there are several.
func (m *mise) elements(es []element, x, y, largeur, hauteur float64, repete bool) {
	if m.err != nil || len(es) == 0 {
		return
	}
	if repete {
		m.fond(es, x, y, largeur, hauteur)
	}
	for i := range es {
		if e := &es[i]; (!repete || !e.fixe()) && m.visible(e.Si, e.Sauf) {
			m.element(m.p, e, x, y)
		}
	}
	m.faute(m.p.Err())
}

// fixe says that an element looks the same wherever it stands.
func (e *element) fixe() bool {
	return e.Si == "" && e.Sauf == "" && e.Signature == nil && len(e.Texte.Noms()) == 0 && len(e.Code.Noms()) == 0
}

func (m *mise) fond(es []element, x, y, largeur, hauteur float64) {
	const marge = 1 // mm around: a line on the edge is not cut in half
	f, ok := m.fonds[&es[0]]
	if !ok {
		var fixes bool
		for i := range es {
			fixes = fixes || es[i].fixe()
		}
		if fixes {
			f = m.w.Forme(largeur+2*marge, hauteur+2*marge)
			m.faute(m.w.Dessiner(f, func(p *pdf.Page) {
				for i := range es {
					if es[i].fixe() {
						m.element(p, &es[i], marge, marge)
					}
				}
			}))
		}
		m.fonds[&es[0]] = f
	}
	if f != nil && m.err == nil {
		m.p.Forme(f, x-marge, y-marge)
	}
}

func (m *mise) element(p *pdf.Page, e *element, x, y float64) {
	switch {
	case e.Ligne != nil:
		p.Trait(e.Epaisseur, e.Couleur.t)
		p.Ligne(x+e.Ligne[0], y+e.Ligne[1], x+e.Ligne[2], y+e.Ligne[3])
	case e.Cadre != nil:
		c := e.Cadre
		if e.Fond.donnee {
			p.Encre(e.Fond.t)
			p.Aplat(x+c[0], y+c[1], c[2], c[3])
		}
		if e.Couleur.donnee || !e.Fond.donnee {
			p.Trait(e.Epaisseur, e.Couleur.t)
			p.Cadre(x+c[0], y+c[1], c[2], c[3])
		}
	case e.Signature != nil:
		c := e.Signature
		m.faute(m.w.ZoneSignature(p, x+c[0], y+c[1], c[2], c[3]))
	case e.Image != "":
		if im := m.g.images[e.Image]; im != nil {
			im.montrer(p, x+e.X, y+e.Y, e.Largeur, e.Hauteur)
		}
	case !e.Code.IsZero():
		t, err := e.Code.Remplir(m.valeur)
		if err == nil && t != "" {
			err = codeBarres(p, e.Genre, t, x+e.X, y+e.Y, e.Largeur, e.Hauteur)
		}
		if err != nil {
			m.faute(m.situer(err, e, e.Code))
		}
	default:
		m.texte(p, e, x, y)
	}
}

func (m *mise) texte(p *pdf.Page, e *element, x, y float64) {
	attend := strings.HasSuffix(e.Texte.String(), pagesAccolades)
	t, err := e.Texte.Remplir(func(champ string) (string, bool) {
		if attend && champ == champPages {
			return "", true
		}
		return m.valeur(champ)
	})
	if err != nil {
		m.faute(err)
		return
	}
	defer func() {
		if err := p.Err(); err != nil {
			m.faute(m.situer(err, e, e.Texte))
		}
	}()
	police := m.g.polices[e.Police]
	p.Encre(e.Couleur.t)
	x, y = x+e.X, y+e.Y
	if attend {
		m.total(p, e, police, x, y, t)
		return
	}
	if e.Largeur == 0 {
		if err := e.tientTexte(police, t); err != nil {
			m.faute(m.situer(err, e, e.Texte))
			return
		}
		p.Texte(police, e.Taille, x, y, e.Align.a, t)
		return
	}
	lignes, taille, err := police.Ajuster(t, e.Taille, e.Largeur, e.Lignes)
	if err != nil {
		m.faute(m.situer(err, e, e.Texte))
		return
	}
	switch e.Align.a {
	case pdf.Droite:
		x += e.Largeur
	case pdf.Centre:
		x += e.Largeur / 2
	}
	if len(lignes) > e.Lignes { // smaller than one line of the size asked: from the top of the room
		y -= 0.75 * (e.Taille - taille) / 72 * 25.4
	}
	for i, l := range lignes {
		p.Texte(police, taille, x, y+float64(i)*taille*pdf.Interligne/72*25.4, e.Align.a, l)
	}
}

// situer names the template's line and text in an error, not what it was filled with.
func (m *mise) situer(err error, e *element, g gabarit.Gabarit) error {
	return fmt.Errorf("line %d of the template, text %q: %w", e.ligne, g.String(), err)
}

// total leaves the room of five digits for the number of pages.
func (m *mise) total(p *pdf.Page, e *element, police *pdf.Police, x, y float64, debut string) {
	reserve, err := police.Largeur("00000", e.Taille)
	if err != nil {
		m.faute(err)
		return
	}
	long, err := police.Largeur(debut, e.Taille)
	if err != nil {
		m.faute(err)
		return
	}
	switch e.Align.a {
	case pdf.Droite:
		x -= long + reserve
	case pdf.Centre:
		x -= (long + reserve) / 2
	}
	p.Texte(police, e.Taille, x, y, pdf.Gauche, debut)
	f, ok := m.nombres[e]
	if !ok {
		f = m.w.Forme(reserve+1, e.Taille/72*25.4*1.4)
		m.nombres[e] = f
		m.totaux = append(m.totaux, total{e, f})
	}
	p.Forme(f, x+long, y-e.Taille/72*25.4)
}
