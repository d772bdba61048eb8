package papier

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
)

const (
	margeCellule = 1.0 // mm on each side of a cell's text
	margeRangee  = 0.8 // mm in all above and below a row's text
)

// tableau draws the rows of a list under a header that each page repeats. A
// row is never split between pages: one longer than a page is an error. The
// last row stays with what must follow it (garder), so each waits for the next.
func (m *mise) tableau(s *section) {
	parent := m.portees[len(m.portees)-1]
	modele := parent.modele.Listes[s.Tableau]
	t := rangees{mise: m, s: s, titres: m.enTete(s)}
	m.portees = append(m.portees, portee{&modele, nil})
	defer func() { m.portees = m.portees[:len(m.portees)-1] }()
	lue, attend := make([][]string, len(s.Colonnes)), make([][]string, len(s.Colonnes))
	var hauteur float64 // of the row that waits; 0 for none
	for d, err := range parent.donnees.Liste(s.Tableau) {
		if err != nil {
			m.faute(fmt.Errorf("list %s: %w", s.Tableau, err))
		}
		if m.err != nil {
			return
		}
		m.portees[len(m.portees)-1].donnees = d
		h := m.remplir(s, lue)
		if hauteur > 0 {
			t.poser(attend, hauteur, 0)
		}
		lue, attend, hauteur = attend, lue, h
	}
	if hauteur > 0 {
		t.poser(attend, hauteur, s.Garder)
	}
}

// rangees is a table being drawn.
type rangees struct {
	*mise
	s      *section
	titres enTete
	page   string // that bears the header already
}

// poser draws a row, on a new page unless it and garder fit on this one.
func (t *rangees) poser(cellules [][]string, hauteur, garder float64) {
	if t.err != nil {
		return
	}
	// Above the first row comes the room that the table asks, above the first
	// of each page its header.
	var espace float64
	if t.page == "" {
		espace = t.espace(t.s.Espace)
	}
	dessus := espace + t.titres.hauteur
	if t.page == t.numero {
		dessus = 0
	}
	if t.place(dessus+hauteur, garder, "list "+t.s.Tableau); t.err != nil {
		return
	}
	if t.page != t.numero {
		// A page that this row began holds the header too.
		if t.place(t.titres.hauteur+hauteur, 0, "list "+t.s.Tableau); t.err != nil {
			return
		}
		if !t.hautDePage() {
			t.y += espace
		}
		if t.titres.forme != nil {
			t.p.Forme(t.titres.forme, t.g.fichier.Corps[0], t.g.fichier.Corps[1]+t.y)
		}
		t.y += t.titres.hauteur
		t.page = t.numero
	}
	t.ligne(t.s, cellules, hauteur)
	t.entamer()
}

// remplir wraps each cell of the current item and gives the row's height.
func (m *mise) remplir(s *section, cellules [][]string) float64 {
	lignes := 1
	for i := range s.Colonnes {
		c := &s.Colonnes[i]
		t, err := c.Valeur.Remplir(m.valeur)
		if err == nil {
			t = resserrer(t)
			cellules[i], err = m.g.polices[c.Police].Couper(t, s.Taille, c.Largeur-2*margeCellule, cellules[i][:0])
		}
		if err != nil {
			m.faute(fmt.Errorf("list %s, column %q, text %q: %w", s.Tableau, c.Titre, c.Valeur.String(), err))
			return 0
		}
		lignes = max(lignes, len(cellules[i]))
	}
	return float64(lignes)*s.Interligne + margeRangee
}

// resserrer takes out the spaces that an empty field leaves in a cell. Spaces
// that don't break are kept: amounts have them.
func resserrer(t string) string {
	for strings.Contains(t, "  ") {
		t = strings.ReplaceAll(t, "  ", " ")
	}
	return strings.Trim(t, " ")
}

func (m *mise) ligne(s *section, cellules [][]string, hauteur float64) {
	p := m.p
	x, y := m.g.fichier.Corps[0], m.g.fichier.Corps[1]+m.y
	p.Encre(pdf.Teinte{})
	for i := range s.Colonnes {
		c := &s.Colonnes[i]
		police := m.g.polices[c.Police]
		tx := x + margeCellule
		switch c.Align.a {
		case pdf.Droite:
			tx = x + c.Largeur - margeCellule
		case pdf.Centre:
			tx = x + c.Largeur/2
		}
		for j, l := range cellules[i] {
			p.Texte(police, s.Taille, tx, y+0.3+(float64(j)+0.8)*s.Interligne, c.Align.a, l)
		}
		x += c.Largeur
	}
	m.y += hauteur
	if s.Filets.donnee {
		p.Trait(0.1, s.Filets.t)
		p.Ligne(m.g.fichier.Corps[0], y+hauteur, x, y+hauteur)
	}
	m.faute(p.Err())
}

// enTete is the header of a table: drawn once, shown on each page.
type enTete struct {
	hauteur float64
	forme   *pdf.Forme
}

func (m *mise) enTete(s *section) enTete {
	if e, ok := m.enTetes[s]; ok || s.SansTitres {
		return e
	}
	titres := make([][]string, len(s.Colonnes))
	lignes := 1
	var largeur float64
	police := m.g.polices[policeTitres]
	for i, c := range s.Colonnes {
		var err error
		// Titles wrap between words.
		if titres[i], err = police.Couper(c.Titre, s.Taille, c.Largeur-2*margeCellule, nil); err != nil {
			m.faute(fmt.Errorf("title %q: %w", c.Titre, err))
			return enTete{}
		}
		lignes = max(lignes, len(titres[i]))
		largeur += c.Largeur
	}
	e := enTete{hauteur: float64(lignes)*s.Interligne + 1.2}
	e.forme = m.w.Forme(largeur, e.hauteur)
	m.faute(m.w.Dessiner(e.forme, func(p *pdf.Page) {
		if s.FondTitres.donnee {
			p.Encre(s.FondTitres.t)
			p.Aplat(0, 0, largeur, e.hauteur)
		}
		p.Encre(pdf.Teinte{})
		var x float64
		for i, c := range s.Colonnes {
			tx := x + margeCellule
			switch c.Align.a {
			case pdf.Droite:
				tx = x + c.Largeur - margeCellule
			case pdf.Centre:
				tx = x + c.Largeur/2
			}
			for j, l := range titres[i] {
				p.Texte(police, s.Taille, tx, 0.6+(float64(j)+0.8)*s.Interligne, c.Align.a, l)
			}
			x += c.Largeur
		}
		p.Trait(0.2, pdf.Teinte{})
		p.Ligne(0, e.hauteur-0.1, largeur, e.hauteur-0.1)
	}))
	m.enTetes[s] = e
	return e
}
