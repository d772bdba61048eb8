package papier

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/internal/gabarit"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
)

// Gabarit is a template, read and checked. It serves any number of papers, at
// the same time too.
type Gabarit struct {
	modele  Modele
	polices map[string]*pdf.Police
	images  map[string]*imageLue
	signe   bool
	fichier fichierGabarit
}

// Signable says whether the template has a place for a signature.
func (g *Gabarit) Signable() bool { return g.signe }

// fichierGabarit is the file as written. Lengths in millimetres.
type fichierGabarit struct {
	Nature  string          `yaml:"gabarit"` // name of the Modele
	Version string          `yaml:"version"`
	Mention string          `yaml:"mention"` // who the layout is by: {mention}
	Titre   gabarit.Gabarit `yaml:"titre"`   // of the PDF
	Format  [2]float64      `yaml:"format"`  // width, height
	Corps   [4]float64      `yaml:"corps"`   // x, y, width, height: where blocks flow
	Police  string          `yaml:"police"`  // where an element names none
	Taille  float64         `yaml:"taille"`  // points, likewise
	Page    []element       `yaml:"page"`    // drawn on each page; x, y from the page's corner
	Contenu []section       `yaml:"contenu"`
}

// section is a block, a table or a repetition.
type section struct {
	Si     string  `yaml:"si"`     // only when this field has a value
	Sauf   string  `yaml:"sauf"`   // only when it has none
	Saut   bool    `yaml:"saut"`   // on a new page
	Espace float64 `yaml:"espace"` // above
	Garder float64 `yaml:"garder"` // keep at least this much room below, on the same page

	// A block, never split between pages; x, y of its elements from its corner.
	Hauteur  float64   `yaml:"hauteur"`
	Elements []element `yaml:"elements"`

	// A table.
	Tableau    string    `yaml:"tableau"` // name of the list
	Colonnes   []colonne `yaml:"colonnes"`
	Taille     float64   `yaml:"taille"`
	Interligne float64   `yaml:"interligne"` // of a line of text in a row
	FondTitres couleur   `yaml:"fond_titres"`
	SansTitres bool      `yaml:"sans_titres"` // the page's own elements say them
	Filets     couleur   `yaml:"filets"`      // lines between rows

	// A repetition.
	Liste   string    `yaml:"liste"`
	Contenu []section `yaml:"contenu"`
	Rappel  rappel    `yaml:"rappel"` // on top of each further page of an item
}

type rappel struct {
	Hauteur  float64   `yaml:"hauteur"`
	Elements []element `yaml:"elements"`
}

type colonne struct {
	Titre   string          `yaml:"titre"`
	Valeur  gabarit.Gabarit `yaml:"valeur"`
	Largeur float64         `yaml:"largeur"`
	Align   alignement      `yaml:"align"`
	Police  string          `yaml:"police"`
}

// element is a text, a line, a frame, an image, a barcode or a place for the signature.
type element struct {
	Si   string `yaml:"si"`
	Sauf string `yaml:"sauf"`

	Texte   gabarit.Gabarit `yaml:"texte"`
	X       float64         `yaml:"x"`
	Y       float64         `yaml:"y"`       // of the base line
	Largeur float64         `yaml:"largeur"` // a longer text wraps, or shrinks if Lignes are not enough
	Lignes  int             `yaml:"lignes"`  // at most, 1 by default
	Police  string          `yaml:"police"`
	Taille  float64         `yaml:"taille"`
	Align   alignement      `yaml:"align"`
	Couleur couleur         `yaml:"couleur"`

	Ligne     []float64 `yaml:"ligne"` // x1, y1, x2, y2
	Cadre     []float64 `yaml:"cadre"` // x, y, width, height
	Fond      couleur   `yaml:"fond"`
	Epaisseur float64   `yaml:"epaisseur"`

	Signature []float64 `yaml:"signature"` // x, y, width, height: see [Resultat]

	// An image, or a barcode, in a box at X, Y of Largeur and Hauteur.
	Image   string          `yaml:"image"` // a name of [WithImage]
	Code    gabarit.Gabarit `yaml:"code"`  // what the barcode says
	Genre   string          `yaml:"genre"` // code128 or datamatrix
	Hauteur float64         `yaml:"hauteur"`
	// Facultative leaves the place of an image that the program doesn't give empty.
	Facultative bool `yaml:"facultative"`

	boite boite // where it stands
	ligne int   // in the file
}

type alignement struct{ a pdf.Alignement }

func (a *alignement) UnmarshalText(t []byte) error {
	switch string(t) {
	case "gauche":
		a.a = pdf.Gauche
	case "droite":
		a.a = pdf.Droite
	case "centre":
		a.a = pdf.Centre
	default:
		return fmt.Errorf("expected gauche, droite or centre")
	}
	return nil
}

type couleur struct {
	t      pdf.Teinte
	donnee bool
}

func (c *couleur) UnmarshalText(t []byte) error {
	if n, err := fmt.Sscanf(string(t), "#%02x%02x%02x", &c.t.R, &c.t.V, &c.t.B); n != 3 || err != nil || len(t) != 7 {
		return fmt.Errorf("expected a colour as #rrggbb")
	}
	c.donnee = true
	return nil
}

// Fields that every template knows: page and pages (which must end its text)
// stand in the elements of page only.
const (
	champMention = "mention"
	champPage    = "page"
	champPages   = "pages"

	pagesAccolades = "{" + champPages + "}"
)

// Option changes how a template is read.
type Option func(*Gabarit) error

// WithPolice gives the template a TrueType font under a name of the editor's
// choice. What it lacks is written in the shipped fonts.
func WithPolice(nom string, ttf []byte) Option {
	return func(g *Gabarit) error {
		p, err := pdf.ParsePolice(ttf)
		if err == nil {
			p, err = polices.Secourir(p)
		}
		if err != nil {
			return fmt.Errorf("font %s: %w", nom, err)
		}
		g.polices[nom] = p
		return nil
	}
}

// ParseGabarit reads a template for a kind of paper. fichier is its name for errors.
// Every error is returned, each with its line.
func ParseGabarit(r io.Reader, fichier string, m Modele, options ...Option) (*Gabarit, error) {
	embarquees, err := policesEmbarquees()
	if err != nil {
		return nil, fmt.Errorf("papier: %w", err)
	}
	g := &Gabarit{modele: m, polices: embarquees, images: map[string]*imageLue{}}
	for _, o := range options {
		if err := o(g); err != nil {
			return nil, fmt.Errorf("papier: %w", err)
		}
	}
	doc, err := config.Lire(r, fichier, &g.fichier)
	if err != nil {
		return nil, fmt.Errorf("papier: %w", err)
	}
	v := verificateur{g: g, doc: doc}
	v.tout()
	if err := doc.Err(); err != nil {
		return nil, fmt.Errorf("papier: %w", err)
	}
	return g, nil
}

// verificateur checks a template, so that writing with it fails on data only.
type verificateur struct {
	g          *Gabarit
	doc        *config.Document
	signatures int
}

// profondeurMax bounds how deep sections nest.
const profondeurMax = 8

func (v *verificateur) tout() {
	g := v.g
	if g.fichier.Nature != g.modele.Nom {
		v.doc.Ajouter("gabarit", "%q, expected %s", g.fichier.Nature, g.modele.Nom)
	}
	if strings.TrimSpace(g.fichier.Mention) == "" {
		v.doc.Ajouter("mention", "missing: a template says whose layout it is")
	}
	if g.fichier.Titre.IsZero() {
		v.doc.Ajouter("titre", "missing")
	}
	portees := []*Modele{&g.modele}
	v.champs("titre", g.fichier.Titre, portees, false)
	for i, c := range g.fichier.Format {
		if !(c >= 20 && c <= 2000) {
			v.doc.Ajouter(fmt.Sprintf("format[%d]", i), "expected 20 to 2000 mm")
		}
	}
	c := g.fichier.Corps
	if c[0] < 0 || c[1] < 0 || c[2] <= 0 || c[3] <= 0 || c[0]+c[2] > g.fichier.Format[0] ||
		c[1]+c[3] > g.fichier.Format[1] {
		v.doc.Ajouter("corps", "lies out of the page")
	}
	if g.fichier.Police == "" {
		g.fichier.Police = "normale"
	}
	v.police("police", g.fichier.Police)
	if g.fichier.Taille == 0 && !v.doc.Present("taille") {
		g.fichier.Taille = 9
	}
	v.taille("taille", g.fichier.Taille)
	v.elements("page", g.fichier.Page, portees, true, boite{g.fichier.Format[0], g.fichier.Format[1]})
	v.sections("contenu", g.fichier.Contenu, portees)
	g.signe = v.signatures > 0
	if v.signatures > 1 {
		v.doc.Ajouter("contenu", "%d places for the signature, expected one at most", v.signatures)
	}
}

func (v *verificateur) police(chemin, nom string) {
	if _, ok := v.g.polices[nom]; !ok {
		v.doc.Ajouter(chemin, "no font %q, expected one of %s", nom, strings.Join(slices.Sorted(maps.Keys(v.g.polices)),
			", "))
	}
}

func (v *verificateur) taille(chemin string, t float64) {
	if !(t >= 3 && t <= 200) {
		v.doc.Ajouter(chemin, "expected 3 to 200 points")
	}
}

func (v *verificateur) connu(champ string, portees []*Modele) bool {
	for _, m := range portees {
		if m.a(champ) {
			return true
		}
	}
	return champ == champMention
}

func (v *verificateur) champ(chemin, nom string, portees []*Modele) {
	if v.connu(nom, portees) {
		return
	}
	var connus []string
	for _, m := range portees {
		connus = append(connus, m.Champs...)
	}
	slices.Sort(connus)
	v.doc.Ajouter(chemin, "no field {%s} here, expected one of %s", nom, strings.Join(connus, ", "))
}

func (v *verificateur) champs(chemin string, g gabarit.Gabarit, portees []*Modele, page bool) {
	for _, nom := range g.Noms() {
		if page && (nom == champPage || nom == champPages) {
			continue
		}
		v.champ(chemin, nom, portees)
	}
	if page && slices.Contains(g.Noms(), champPages) && (strings.Count(g.String(), pagesAccolades) > 1 ||
		!strings.HasSuffix(g.String(), pagesAccolades)) {
		v.doc.Ajouter(chemin, "{pages} must end its text")
	}
}

func (v *verificateur) elements(chemin string, es []element, portees []*Modele, page bool, b boite) {
	for i := range es {
		ici := fmt.Sprintf("%s[%d]", chemin, i)
		es[i].boite, es[i].ligne = b, v.doc.Ligne(ici)
		fautes := v.doc.Fautes()
		if v.element(ici, &es[i], portees, page); v.doc.Fautes() == fautes {
			v.placer(ici, &es[i], b)
		}
	}
}

func (v *verificateur) element(chemin string, e *element, portees []*Modele, page bool) {
	v.condition(chemin, e.Si, e.Sauf, portees)
	if !v.sorte(chemin, e) {
		return
	}
	if e.Signature != nil {
		if v.signatures++; e.Signature[2] < 10 || e.Signature[3] < 5 {
			v.doc.Ajouter(chemin+".signature", "expected at least 10 x 5 mm")
		}
	}
	if e.Epaisseur < 0 || e.Epaisseur > 20 {
		v.doc.Ajouter(chemin+".epaisseur", "expected 0 to 20 mm")
	}
	if e.Epaisseur == 0 {
		e.Epaisseur = 0.2
	}
	if e.Texte.IsZero() {
		v.dessin(chemin, e, portees)
		return
	}
	v.texte(chemin, e, portees, page)
}

// sorte wants one kind of thing in an element, with coordinates that can be.
func (v *verificateur) sorte(chemin string, e *element) bool {
	sortes := 0
	for _, x := range []struct {
		nom    string
		donnee bool
		cotes  []float64
	}{{"texte", !e.Texte.IsZero(), nil}, {"ligne", e.Ligne != nil, e.Ligne}, {"cadre", e.Cadre != nil, e.Cadre},
		{"signature", e.Signature != nil, e.Signature},
		{"image", e.Image != "", nil}, {"code", !e.Code.IsZero(), nil}} {
		if !x.donnee {
			continue
		}
		sortes++
		if x.cotes != nil && len(x.cotes) != 4 {
			v.doc.Ajouter(chemin+"."+x.nom, "expected a list of 4 values")
			return false
		}
		for _, c := range x.cotes {
			if c < -2000 || c > 2000 {
				v.doc.Ajouter(chemin+"."+x.nom, "expected lengths within 2000 mm")
			}
		}
	}
	if sortes != 1 {
		v.doc.Ajouter(chemin, "expected one of texte, ligne, cadre, image, code and signature")
	}
	return sortes == 1
}

// texte checks an element that writes, and gives it what its template leaves out.
func (v *verificateur) texte(chemin string, e *element, portees []*Modele, page bool) {
	v.champs(chemin+".texte", e.Texte, portees, page)
	v.cotes(chemin, e)
	if e.Police == "" {
		e.Police = v.g.fichier.Police
	}
	v.police(chemin+".police", e.Police)
	if e.Taille == 0 && !v.doc.Present(chemin+".taille") {
		e.Taille = v.g.fichier.Taille
	}
	v.taille(chemin+".taille", e.Taille)
	if e.Lignes < 0 || e.Lignes > 1 && e.Largeur == 0 {
		v.doc.Ajouter(chemin+".lignes", "goes with largeur")
	}
	if e.Lignes == 0 {
		e.Lignes = 1
	}
	if p := v.g.polices[e.Police]; p != nil && len(e.Texte.Noms()) == 0 && !p.Ecrit(e.Texte.String()) {
		v.doc.Ajouter(chemin+".texte", "font %s has no glyph for one of its characters", e.Police)
	}
}

// cotes checks lengths; what is no number is none of them.
func (v *verificateur) cotes(chemin string, e *element) {
	for _, x := range []float64{e.X, e.Y, e.Largeur, e.Hauteur} {
		if !(x >= -2000 && x <= 2000) {
			v.doc.Ajouter(chemin, "expected lengths within 2000 mm")
			return
		}
	}
	if e.Largeur < 0 || e.Hauteur < 0 {
		v.doc.Ajouter(chemin, "expected a largeur and a hauteur of 0 or more")
	}
}

// dessin checks an image or a barcode.
func (v *verificateur) dessin(chemin string, e *element, portees []*Modele) {
	if e.Image == "" && e.Code.IsZero() {
		return
	}
	v.cotes(chemin, e)
	if e.Largeur < 2 || e.Hauteur < 2 {
		v.doc.Ajouter(chemin, "an image or a barcode has a largeur and a hauteur, of 2 mm at least")
	}
	if e.Image != "" && v.g.images[e.Image] == nil && !e.Facultative {
		v.doc.Ajouter(chemin+".image", "no image %q, expected one that the program gives (WithImage): %s", e.Image,
			strings.Join(slices.Sorted(maps.Keys(v.g.images)), ", "))
	}
	if e.Code.IsZero() {
		return
	}
	v.champs(chemin+".code", e.Code, portees, false)
	if e.Genre != code128Nom && e.Genre != dataMatrixNom {
		v.doc.Ajouter(chemin+".genre", "%q, expected %s or %s", e.Genre, code128Nom, dataMatrixNom)
	}
}

func (v *verificateur) condition(chemin, si, sauf string, portees []*Modele) {
	if si != "" {
		v.champ(chemin+".si", si, portees)
	}
	if sauf != "" {
		v.champ(chemin+".sauf", sauf, portees)
	}
}

func (v *verificateur) sections(chemin string, ss []section, portees []*Modele) {
	if len(portees) > profondeurMax {
		v.doc.Ajouter(chemin, "nested more than %d times", profondeurMax)
		return
	}
	for i := range ss {
		v.section(fmt.Sprintf("%s[%d]", chemin, i), &ss[i], portees)
	}
}

func (v *verificateur) section(chemin string, s *section, portees []*Modele) {
	v.condition(chemin, s.Si, s.Sauf, portees)
	if s.Espace < 0 || s.Garder < 0 || s.Garder > v.g.fichier.Corps[3] {
		v.doc.Ajouter(chemin, "espace and garder lie within the height of corps")
	}
	bloc, tableau, liste := s.Elements != nil || s.Hauteur != 0, s.Tableau != "", s.Liste != ""
	switch {
	case bloc && !tableau && !liste:
		v.hauteur(chemin, s.Hauteur)
		v.elements(chemin+".elements", s.Elements, portees, false, boite{v.g.fichier.Corps[2], s.Hauteur})
	case tableau && !bloc && !liste:
		v.tableau(chemin, s, portees)
	case liste && !bloc && !tableau:
		m, ok := portees[len(portees)-1].Listes[s.Liste]
		if !ok {
			v.doc.Ajouter(chemin+".liste", "no list %q here", s.Liste)
			return
		}
		dedans := append(slices.Clip(portees), &m)
		v.sections(chemin+".contenu", s.Contenu, dedans)
		if s.Rappel.Elements != nil {
			v.hauteur(chemin+".rappel", s.Rappel.Hauteur)
			v.elements(chemin+".rappel.elements", s.Rappel.Elements, dedans, false, boite{v.g.fichier.Corps[2],
				s.Rappel.Hauteur})
		}
	default:
		v.doc.Ajouter(chemin, "expected a block (hauteur, elements), a tableau or a liste")
	}
}

func (v *verificateur) hauteur(chemin string, h float64) {
	if h <= 0 || h > v.g.fichier.Corps[3] {
		v.doc.Ajouter(chemin+".hauteur", "expected more than 0, and at most the %g mm of corps", v.g.fichier.Corps[3])
	}
}

func (v *verificateur) tableau(chemin string, s *section, portees []*Modele) {
	m, ok := portees[len(portees)-1].Listes[s.Tableau]
	if !ok {
		v.doc.Ajouter(chemin+".tableau", "no list %q here", s.Tableau)
		return
	}
	if s.Taille == 0 && !v.doc.Present(chemin+".taille") {
		s.Taille = v.g.fichier.Taille
	}
	v.taille(chemin+".taille", s.Taille)
	if s.Interligne == 0 {
		s.Interligne = s.Taille * 1.25 / 72 * 25.4
	}
	if s.Interligne < 1 || s.Interligne > 50 {
		v.doc.Ajouter(chemin+".interligne", "expected 1 to 50 mm")
	}
	if len(s.Colonnes) == 0 {
		v.doc.Ajouter(chemin+".colonnes", "missing")
	}
	var largeur float64
	dedans := append(slices.Clip(portees), &m)
	for i := range s.Colonnes {
		c := &s.Colonnes[i]
		ici := fmt.Sprintf("%s.colonnes[%d]", chemin, i)
		if c.Largeur < 4 {
			v.doc.Ajouter(ici+".largeur", "expected at least 4 mm")
		}
		largeur += c.Largeur
		if c.Police == "" {
			c.Police = v.g.fichier.Police
		}
		v.police(ici+".police", c.Police)
		v.champs(ici+".valeur", c.Valeur, dedans, false)
		if p := v.g.polices[policeTitres]; !p.Ecrit(c.Titre) {
			v.doc.Ajouter(ici+".titre", "font %s has no glyph for one of its characters", policeTitres)
		}
	}
	if largeur > v.g.fichier.Corps[2]+0.01 {
		v.doc.Ajouter(chemin+".colonnes", "%g mm wide together, corps is %g", largeur, v.g.fichier.Corps[2])
	}
}
