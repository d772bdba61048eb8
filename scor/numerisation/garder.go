package numerisation

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/annule"
)

// documentPDF returns the PDF that the sources are, if they are a single one, written by software, that the profile
// takes as it is: it is kept. Another one is drawn, page by page.
func (n *Numeriseur) documentPDF(ctx context.Context, sources []*ouverte) *DocumentPDF {
	if len(sources) != 1 || n.pdf == nil || len(sources[0].Pages) > 0 {
		return nil
	}
	if g, err := reconnaitre(sources[0].Source); err != nil || g != genrePDF {
		return nil
	}
	doc, err := n.lirePDF(ctx, sources[0])
	if err != nil || !doc.Ouvert {
		return nil
	}
	if n.profil.FormatPDF == "PDF/A-1b" && doc.Archive != "1B" && doc.Archive != "1A" {
		return nil
	}
	if slices.ContainsFunc(doc.Pages, func(p PagePDF) bool { return p.Logiciel || p.Image == nil }) {
		return doc
	}
	return nil
}

// garder judges a PDF made by software and, if it satisfies the profile, gives it on byte for byte.
func (n *Numeriseur) garder(ctx context.Context, w io.Writer, s *ouverte, doc *DocumentPDF) (*Resultat, error) {
	r := &Resultat{}
	a := &atelier{n: n}
	for i := range doc.Pages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.Pages = append(r.Pages, a.jugerLogiciel(s, &doc.Pages[i], i+1))
	}
	c := func(code Code, mesure, limite float64, unite, message string) {
		r.Constats = append(r.Constats, Constat{Code: code, Etat: Present, Bloquant: true, Mesure: mesure, Limite: limite,
			Unite: unite, Source: n.profil.Source, Message: message})
	}
	pr := &n.profil
	if l := pr.PagesMax; l > 0 && len(doc.Pages) > l {
		c(Poids, float64(len(doc.Pages)), float64(l), "pages",
			fmt.Sprintf("La pièce a plus de %d pages : séparez-la en plusieurs pièces.", l))
	}
	limite := pr.OctetsParPiece
	if l := pr.OctetsParPage * int64(len(doc.Pages)); l > 0 && (limite == 0 || l < limite) {
		limite = l
	}
	if limite > 0 && s.Taille > limite {
		c(Poids, float64(s.Taille), float64(limite), "octets", messagePoids(s.Taille, limite))
	}
	if len(r.Motifs()) > 0 {
		return r, nil
	}
	h := sha256.New()
	octets, err := io.Copy(io.MultiWriter(w, h), annule.Reader(ctx, io.NewSectionReader(s, 0, s.Taille)))
	if err != nil {
		return nil, err
	}
	h.Sum(r.Empreinte[:0])
	r.Octets = octets
	for i := range r.Pages {
		p := &r.Pages[i]
		p.Retenue = true
		p.Etapes = []Etape{{Nom: "transmettre", Detail: "PDF inchangé", Avant: r.Empreinte, Apres: r.Empreinte}}
	}
	r.complet, r.Accepte = true, true
	return r, nil
}

// jugerLogiciel judges a page of text and drawings: its size, and the resolution of its images. Its legibility is its
// software's.
func (a *atelier) jugerLogiciel(s *ouverte, p *PagePDF, numero int) Page {
	page := Page{Source: s.Nom, Numero: numero, LargeurMM: p.LargeurMM, HauteurMM: p.HauteurMM, DPIX: p.DPIX, DPIY: p.DPIY}
	c := constats{page: &page}
	pr := &a.n.profil
	// Logos and stamps may be coarse; an image that covers most of the page is the piece itself.
	switch dpi := min(p.DPIX, p.DPIY); {
	case dpi == 0:
		c.nonTeste(Resolution)
	case dpi < pr.DPIMin*0.99:
		c.refuser(de(Resolution, dpi, pr.DPIMin, ppp, pr.Source), messageResolution(dpi, pr.DPIMin))
	default:
		c.absent(Resolution, dpi, pr.DPIMin, ppp, pr.Source)
	}
	a.format(p.LargeurMM, p.HauteurMM, c)
	if p.Vide {
		c.refuser(de(PageBlanche, 0, 0, "", sourceDefauts), "La page est blanche : vérifiez le document.")
	}
	c.nonTeste(TropClair, TropSombre, Contraste, Flou, Tronque, Perspective, BordsNoirs, Inclinaison, Rotation, DeuxPages)
	return page
}
