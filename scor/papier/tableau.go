package papier

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
)

const (
	margeCellule = 1.0 // mm on each side of a cell's text
	tailleMin    = 4.0 // points: smaller can't be read
)

// tableau draws the rows of a list under a header that each page repeats. A
// row is never split between pages, unless it is longer than a page: an error.
func (m *mise) tableau(s *section) {
	parent := m.portees[len(m.portees)-1]
	modele := parent.modele.Listes[s.Tableau]
	espace, entete := s.Espace, true
	titres := m.enTete(s)
	m.portees = append(m.portees, portee{&modele, nil})
	defer func() { m.portees = m.portees[:len(m.portees)-1] }()
	cellules := make([][]string, len(s.Colonnes))
	for d, err := range parent.donnees.Liste(s.Tableau) {
		if err != nil {
			m.faute(fmt.Errorf("list %s: %w", s.Tableau, err))
		}
		if m.err != nil {
			return
		}
		m.portees[len(m.portees)-1].donnees = d
		hauteur := m.remplir(s, cellules)
		if m.err != nil {
			return
		}
		besoin := hauteur
		if entete {
			besoin += espace + titres.hauteur
		}
		if !m.tient(besoin) {
			m.nouvellePage()
			espace, entete = 0, true
			m.place(titres.hauteur + hauteur)
		}
		if m.err != nil {
			return
		}
		if entete {
			if m.hautDePage() {
				espace = 0
			}
			m.y += espace
			m.p.Forme(titres.forme, m.g.Corps[0], m.g.Corps[1]+m.y)
			m.y += titres.hauteur
			entete = false
		}
		m.ligne(s, cellules, hauteur)
	}
}

// remplir wraps each cell of the current item and gives the row's height.
func (m *mise) remplir(s *section, cellules [][]string) float64 {
	lignes := 1
	for i := range s.Colonnes {
		c := &s.Colonnes[i]
		t, err := c.Valeur.Remplir(m.valeur)
		if err == nil {
			cellules[i], err = couper(m.g.polices[c.Police], t, s.Taille, c.Largeur-2*margeCellule, cellules[i][:0])
		}
		if err != nil {
			m.faute(m.situer(err, c.Valeur))
			return 0
		}
		lignes = max(lignes, len(cellules[i]))
	}
	return float64(lignes)*s.Interligne + 0.8
}

func (m *mise) ligne(s *section, cellules [][]string, hauteur float64) {
	p := m.p
	x, y := m.g.Corps[0], m.g.Corps[1]+m.y
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
		p.Ligne(m.g.Corps[0], y+hauteur, x, y+hauteur)
	}
	m.faute(p.Err())
}

// enTete is the header of a table: drawn once, shown on each page.
type enTete struct {
	hauteur float64
	forme   *pdf.Forme
}

func (m *mise) enTete(s *section) enTete {
	if e, ok := m.enTetes[s]; ok {
		return e
	}
	titres := make([][]string, len(s.Colonnes))
	lignes := 1
	var largeur float64
	police := m.g.polices[policeTitres]
	for i, c := range s.Colonnes {
		var err error
		// Titles wrap between words.
		if titres[i], err = couper(police, c.Titre, s.Taille, c.Largeur-2*margeCellule, nil); err != nil {
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

// ajuster fits a text in a number of lines of a width, at the size asked or
// the largest smaller one that does.
func ajuster(p *pdf.Police, t string, taille, largeur float64, lignes int) ([]string, float64, error) {
	for {
		l, err := couper(p, t, taille, largeur, nil)
		if err != nil || len(l) <= lignes {
			return l, taille, err
		}
		if taille -= 0.25; taille < tailleMin {
			return nil, 0, fmt.Errorf("%w: %d lines of %.1f mm at %.0f points", ErrDebordement, lignes, largeur, tailleMin)
		}
	}
}

// couper wraps a text between words, and within a word that is alone too
// long. It appends to lignes.
func couper(p *pdf.Police, t string, taille, largeur float64, lignes []string) ([]string, error) {
	for t != "" {
		l, err := p.Largeur(t, taille)
		if err != nil {
			return nil, err
		}
		if l <= largeur {
			return append(lignes, t), nil
		}
		coupe, espace := 0, 0
		var cumul float64
		for i, r := range t {
			lr, err := p.Largeur(string(r), taille)
			if err != nil {
				return nil, err
			}
			if cumul += lr; r == ' ' {
				espace = i
			}
			if cumul > largeur && r != ' ' {
				break
			}
			coupe = i + len(string(r))
		}
		if espace > 0 {
			coupe = espace
		}
		if coupe == 0 {
			return nil, fmt.Errorf("%w: %.1f mm is less than one character", ErrDebordement, largeur)
		}
		lignes = append(lignes, strings.TrimRight(t[:coupe], " "))
		t = strings.TrimLeft(t[coupe:], " ")
	}
	return lignes, nil
}
