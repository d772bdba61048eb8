package numerisation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
)

// Short names of the transformations.
const (
	tourner     = scor.Tourner
	redresser   = scor.Redresser
	rogner      = scor.Rogner
	reduire     = scor.Reduire
	gris        = scor.Gris
	noirEtBlanc = scor.NoirEtBlanc
)

// Numeriseur judges scans and writes pieces by one profile. It is safe for concurrent use.
type Numeriseur struct {
	profil       scor.ProfilNumerisation
	seuils       Seuils
	reglages     *mesure.Reglages // those of seuils that measure
	memoire      int64
	paralleles   int
	sansJugement bool
	info         pdf.Info
	horloge      func() time.Time
	pdf          LecteurPDF
	ateliers     chan *atelier
}

// Option changes what [New] makes.
type Option func(*Numeriseur)

// WithSeuils sets the thresholds of the judgement; those that are zero keep their default.
func WithSeuils(s Seuils) Option { return func(n *Numeriseur) { n.seuils = s.completer() } }

// WithHorloge gives the clock of the PDF's dates. Without it a PDF bears no date, and the same scans give the same
// bytes for ever.
func WithHorloge(h func() time.Time) Option { return func(n *Numeriseur) { n.horloge = h } }

// WithTitre sets the title of the PDF, and the name of the program that makes it.
func WithTitre(titre, createur string) Option {
	return func(n *Numeriseur) { n.info.Titre, n.info.Createur = titre, createur }
}

// WithID gives the PDF's identifier, 16 bytes. Without it the identifier comes from the content.
func WithID(id [16]byte) Option { return func(n *Numeriseur) { n.info.ID = id[:] } }

// WithPDF reads PDF files too. pdfentree.New makes a reader, which links pdfcpu; without one PDFs are refused.
func WithPDF(l LecteurPDF) Option { return func(n *Numeriseur) { n.pdf = l } }

// WithParalleles sets how many pages are worked on at once; each takes up to the profile's memory. The default is the
// number of processors, 4 at most.
func WithParalleles(p int) Option { return func(n *Numeriseur) { n.paralleles = p } }

// WithJugement(false) leaves the content of pages untested: resolution, format and weight only. It is for pages judged
// before.
func WithJugement(oui bool) Option { return func(n *Numeriseur) { n.sansJugement = !oui } }

// New returns a Numeriseur for a profile. The error says all that is wrong with the profile and the thresholds.
func New(p scor.ProfilNumerisation, opts ...Option) (*Numeriseur, error) {
	n := &Numeriseur{
		profil: p, seuils: SeuilsParDefaut(), paralleles: min(4, runtime.GOMAXPROCS(0)),
		info: pdf.Info{Createur: "scor-sdk-go", Producteur: "scor-sdk-go"},
	}
	for _, o := range opts {
		o(n)
	}
	n.memoire = cmp.Or(p.MemoireParPage, raster.DefaultLimit)
	errs := []error{n.seuils.verifier()}
	n.reglages = n.seuils.reglages()
	if !(p.DPIMin > 0) || p.DPIMax != 0 && p.DPIMax < p.DPIMin {
		errs = append(errs, fmt.Errorf("resolutions %v to %v dpi", p.DPIMin, p.DPIMax))
	}
	if !(p.PageMin[0] > 0 && p.PageMin[1] >= p.PageMin[0]) || p.ToleranceMM < 0 {
		errs = append(errs, fmt.Errorf("page of at least %v mm with a tolerance of %v mm, short side first", p.PageMin,
			p.ToleranceMM))
	}
	if p.OctetsParPage < 0 || p.OctetsParPiece < 0 || p.PagesMax < 0 || p.MemoireParPage < 0 {
		errs = append(errs, errors.New("negative limit"))
	}
	if p.FormatPDF != "" && p.FormatPDF != "PDF/A-1b" {
		errs = append(errs, fmt.Errorf("format %q, only PDF/A-1b is written", p.FormatPDF))
	}
	for _, t := range p.Transformations {
		if !slices.Contains(scor.Transformations(), t) {
			errs = append(errs, fmt.Errorf("unknown transformation %q", t))
		}
	}
	if n.paralleles < 1 {
		errs = append(errs, fmt.Errorf("%d pages at once", n.paralleles))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("numerisation: %w", err)
	}
	n.ateliers = make(chan *atelier, n.paralleles)
	return n, nil
}

// permis says whether the profile allows a transformation.
func (n *Numeriseur) permis(t string) bool { return slices.Contains(n.profil.Transformations, t) }

func (n *Numeriseur) prendre() *atelier {
	select {
	case a := <-n.ateliers:
		return a
	default:
		a := &atelier{n: n}
		r := n.reglages
		a.trieur.Reglages, a.carte.Reglages, a.pieces.Reglages, a.rangs.Reglages = r, r, r, r
		return a
	}
}

func (n *Numeriseur) rendre(a *atelier) {
	select {
	case n.ateliers <- a:
	default:
	}
}

// Numeriser judges the pages of the sources, in order, as one piece, and writes its PDF to w. A piece that is refused
// is no error: the result says why, and what went to w must be thrown away. An error means that the work couldn't be
// done: the context ended, w failed.
func (n *Numeriseur) Numeriser(ctx context.Context, w io.Writer, sources ...Source) (*Resultat, error) {
	if len(sources) == 0 {
		return nil, errors.New("numerisation: no source")
	}
	ctx, arreter := context.WithCancel(ctx)
	defer arreter()
	ouvertes := make([]*ouverte, len(sources))
	for i := range sources {
		ouvertes[i] = &ouverte{Source: sources[i]}
	}
	if doc := n.documentPDF(ctx, ouvertes); doc != nil {
		return n.garder(ctx, w, ouvertes[0], doc)
	}
	r := &Resultat{}
	budget, ok := n.budget(ctx, r, ouvertes)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !ok {
		return r, nil
	}
	info := n.info
	if n.horloge != nil {
		info.Date = n.horloge()
	}
	doc, err := pdf.NewWriter(w, info)
	if err != nil {
		return nil, err
	}
	refuse := false
	var recto *mesure.Vignette // of the page before
	for s := range n.travailler(ctx, ouvertes, budget) {
		if s.err != nil {
			return nil, s.err
		}
		page := &s.page
		if recto != nil && n.transparait(s, recto) {
			s.blanche = true
		}
		recto = s.vignette
		page.blanche = s.blanche
		refuse = refuse || page.Refusee() && !s.blanche
		if s.image.Donnees != nil && !refuse {
			h := sha256.New()
			s.image.Donnees = io.TeeReader(s.ouvrir(), h)
			if err := doc.Image(s.image); err != nil {
				return nil, fmt.Errorf("numerisation: page %d: %w", len(r.Pages)+1, err)
			}
			h.Sum(page.Empreinte[:0])
			page.Retenue = true
			n.transmis(page, s.transmise)
		}
		r.Pages = append(r.Pages, s.page)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n.versos(r)
	if slices.ContainsFunc(r.Pages, func(p Page) bool { return p.Refusee() }) || len(r.Constats) > 0 {
		return r, nil
	}
	if err := doc.Close(); err != nil {
		return nil, err
	}
	r.Octets, r.Empreinte = doc.Octets(), doc.Empreinte()
	if l := n.profil.OctetsParPiece; l > 0 && r.Octets > l {
		r.Constats = append(r.Constats, Constat{
			Code: Poids, Etat: Present, Bloquant: true, Renumeriser: true, Mesure: float64(r.Octets), Limite: float64(l),
			Unite: "octets", Source: n.profil.Source,
			Message: fmt.Sprintf("La pièce pèse %d Ko, la limite est de %d Ko : numérisez en noir et blanc, ou en moins de "+
				"pages.", r.Octets/1000, l/1000),
		})
		return r, nil
	}
	r.complet = true
	r.Accepte = len(r.Questions()) == 0
	return r, nil
}

// transparait says whether a page is refused for its faint writing alone, and that writing is the page before shining
// through; then the page is blank and its findings say so.
func (n *Numeriseur) transparait(s *sortie, recto *mesure.Vignette) bool {
	if s.vignette == nil || !s.page.Constat(Contraste).Bloquant {
		return false
	}
	for _, c := range s.page.Constats {
		if c.Bloquant && c.Code != Contraste && c.Code != PageBlanche && c.Code != TropClair {
			return false
		}
	}
	t := s.vignette.Transparence(recto)
	if t < n.seuils.Transparence {
		return false
	}
	for i := range s.page.Constats {
		switch c := &s.page.Constats[i]; c.Code {
		case Contraste:
			*c = Constat{Code: Contraste, Etat: NonTeste}
		case PageBlanche:
			*c = Constat{Code: PageBlanche, Etat: Present, Bloquant: true, Mesure: arrondi(t), Limite: n.seuils.Transparence,
				Unite: "ressemblance au recto", Source: sourceSeuils}
		}
	}
	return true
}

// transmis records that a stream passed through; its hash is known once it has.
func (n *Numeriseur) transmis(p *Page, transmise bool) {
	if transmise {
		p.Etapes = append(p.Etapes, Etape{Nom: "transmettre", Detail: "flux du scanner inchangé", Avant: p.Empreinte,
			Apres: p.Empreinte})
	}
}

// versos leaves blank sides out of a piece that has other pages.
func (n *Numeriseur) versos(r *Resultat) {
	if r.Retenues() == 0 {
		return
	}
	for i := range r.Pages {
		p := &r.Pages[i]
		blanche := p.Constat(PageBlanche)
		if !p.blanche || blanche.Etat != Present || p.Constat(Contraste).Bloquant {
			continue // a page of little ink is refused or asked about, never left out
		}
		for j := range p.Constats {
			if c := &p.Constats[j]; c.Code == PageBlanche || c.Code == TropClair {
				c.Bloquant, c.Renumeriser, c.Message = false, false, ""
			}
		}
		p.Constats = append(p.Constats, Constat{Code: VersoBlanc, Etat: Present, Mesure: blanche.Mesure,
			Limite: blanche.Limite, Unite: blanche.Unite, Source: sourceSeuils,
			Message: fmt.Sprintf("La page %d est blanche : elle n'est pas transmise.", i+1)})
	}
}

// sortie is a page ready to be written, or the reason why it isn't.
type sortie struct {
	page      Page
	blanche   bool // nothing on it
	vignette  *mesure.Vignette
	image     pdf.Image
	ouvrir    func() io.Reader
	transmise bool // the scanner's own stream
	err       error
}

// budget counts the pages and tells how many bytes each may take; not ok if there are too many.
func (n *Numeriseur) budget(ctx context.Context, r *Resultat, sources []*ouverte) (int64, bool) {
	parPage, parPiece := n.profil.OctetsParPage, n.profil.OctetsParPiece
	pages, connus, inconnus := 0, []int64{}, 0
	if parPiece > 0 || n.profil.PagesMax > 0 {
		for _, s := range sources {
			for f, err := range n.feuillets(ctx, s) {
				pages++
				switch {
				case ctx.Err() != nil:
					return 0, false
				case n.profil.PagesMax > 0 && pages > n.profil.PagesMax:
					r.Constats = append(r.Constats, Constat{
						Code: Poids, Etat: Present, Bloquant: true, Mesure: float64(pages), Limite: float64(n.profil.PagesMax),
						Unite: "pages", Source: n.profil.Source,
						Message: fmt.Sprintf("La pièce a plus de %d pages : séparez-la en plusieurs pièces.", n.profil.PagesMax),
					})
					return 0, false
				case err == nil && f.flux != nil && (parPage == 0 || f.flux.taille <= parPage):
					connus = append(connus, f.flux.taille)
				default:
					inconnus++
				}
			}
		}
	}
	if parPiece == 0 {
		return parPage, true
	}
	// What pages lighter than an equal share leave goes to the heavier ones. Each page costs a few hundred bytes of
	// structure besides.
	const structure, document = 1024, 8192
	slices.Sort(connus)
	reste := parPiece - document - int64(pages)*structure
	n2 := int64(pages)
	for _, t := range connus {
		if n2 == 0 || t > reste/n2 {
			break
		}
		reste -= t
		n2--
	}
	if n2 > 0 && (parPage == 0 || reste/n2 < parPage) {
		parPage = max(1, reste/n2)
	}
	return parPage, true
}
