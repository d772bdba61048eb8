package s3404

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// Widths of a pen stroke, in millimetres, at no and at full pressure.
const (
	plumeMin = 0.2
	plumeMax = 0.8
)

// fontesSignature are those beside a signature.
type fontesSignature struct{ normale, grasse, fixe *pdf.Police }

func lireFontes() (f fontesSignature, err error) {
	for _, x := range []struct {
		p       **pdf.Police
		charger func() (*pdf.Police, error)
	}{{&f.normale, polices.Normale}, {&f.grasse, polices.Grasse}, {&f.fixe, polices.Fixe}} {
		if *x.p, err = x.charger(); err != nil {
			return f, err
		}
	}
	return f, nil
}

// cadre is a part of the place for the signatures, in millimetres.
type cadre struct{ x, y, largeur, hauteur float64 }

// dessiner fills the place for the signatures: one in the whole of it; several in their order, in as many parts; below
// them the hash of what they sign.
func dessiner(p *pdf.Page, largeur, hauteur float64, s *signature.Signature) error {
	f, err := lireFontes()
	if err != nil {
		return err
	}
	document := "Document signé, SHA-256 " + s.Empreinte.String()
	if len(s.Avant) == 0 {
		const pied = 8.0 // for the hashes
		if err := f.signature(p, cadre{0, 0, largeur, hauteur - pied}, hauteur-pied, s); err != nil {
			return err
		}
		if err := f.ligne(p, cadre{0, hauteur - 4.6, largeur, pied}, document); err != nil {
			return err
		}
		return f.ligne(p, cadre{0, hauteur - 1.4, largeur, pied}, lien(s))
	}
	toutes := append(append([]signature.Signature(nil), s.Avant...), *s)
	const pied = 3.4 // of each part, and of the whole
	colonnes := (len(toutes) + 2) / 3
	rangees := (len(toutes) + colonnes - 1) / colonnes
	l, h := largeur/float64(colonnes), (hauteur-pied)/float64(rangees)
	for i := range toutes {
		c := cadre{float64(i/rangees) * l, float64(i%rangees) * h, l - 1, h - pied}
		if err := f.signature(p, c, c.hauteur, &toutes[i]); err != nil {
			return err
		}
		if err := f.ligne(p, cadre{c.x, c.y + h - 1.2, c.largeur, pied}, lien(&toutes[i])); err != nil {
			return err
		}
	}
	return f.ligne(p, cadre{0, hauteur - 1, largeur, pied}, document)
}

func lien(s *signature.Signature) string { return "Lien avec les tracés    " + s.Lien.String() }

// ligne writes one hash.
func (f *fontesSignature) ligne(p *pdf.Page, c cadre, texte string) error {
	p.Encre(pdf.Teinte{R: 85, V: 85, B: 85})
	b := blocs{x: c.x + plumeMax/2, y: c.y, largeur: c.largeur - plumeMax, hauteur: c.hauteur}
	b.ajouter(f.fixe, 6, 1, texte)
	return b.ecrire(p)
}

// signature draws one: strokes on the left in the proportions in which they were drawn, who and when on the right.
func (f *fontesSignature) signature(p *pdf.Page, c cadre, hauteur float64, s *signature.Signature) error {
	const marge = plumeMax / 2
	l := min(hauteur*signature.Proportion, c.largeur*0.6)
	h := l / signature.Proportion
	p.Trait(plumeMin, pdf.Teinte{R: 16, V: 24, B: 110})
	for _, t := range s.Traits {
		points := make([]pdf.PointPlume, len(t))
		for i, q := range t {
			points[i] = pdf.PointPlume{
				X:       c.x + marge + float64(q.X)/signature.Echelle*(l-2*marge),
				Y:       c.y + marge + float64(q.Y)/signature.Echelle*(h-2*marge),
				Largeur: plumeMin + float64(q.P)/signature.PressionMax*(plumeMax-plumeMin),
			}
		}
		p.Plume(points)
	}
	p.Encre(pdf.Teinte{})
	droite := blocs{x: c.x + l + 3, y: c.y + 3.5, largeur: c.largeur - l - 4, hauteur: hauteur - 3.5}
	qui := "Signé par " + s.Signataire.Nom
	if s.Sur > 1 {
		qui = fmt.Sprintf("%d. %s", s.Rang, qui)
	}
	droite.ajouter(f.grasse, 9, 3, qui)
	droite.ajouter(f.normale, 8, 3, s.Signataire.Qualite)
	if s.PourMandat {
		droite.ajouter(f.grasse, 8, 3, "Pour mandat de "+s.Mandant)
		droite.ajouter(f.normale, 7, 2, s.Delegation)
	}
	droite.ajouter(f.normale, 8, 1, "le "+s.Quand.Format("02/01/2006 à 15:04:05 (UTC-07:00)"))
	if s.Facture != "" {
		droite.ajouter(f.normale, 7, 2, "Facture "+s.Facture+" du lot "+s.Lot)
	} else {
		droite.ajouter(f.normale, 7, 2, "Une signature pour tout le lot "+s.Lot)
	}
	return droite.ecrire(p)
}

// blocs are texts one below the other, which a place holds however long they are: all of them are smaller then.
type blocs struct {
	x, y, largeur, hauteur float64
	textes                 []bloc
}

type bloc struct {
	police *pdf.Police
	taille float64
	lignes int
	texte  string
}

// interligne is the way from one line to the next, in millimetres for each point of the size of type.
const interligne = 0.45

func (b *blocs) ajouter(police *pdf.Police, taille float64, lignes int, texte string) {
	if texte != "" {
		b.textes = append(b.textes, bloc{police, taille, lignes, texte})
	}
}

func (b *blocs) ecrire(p *pdf.Page) (err error) {
	for echelle := 1.0; echelle > 0.05; echelle -= 0.1 {
		var haut float64
		if haut, err = b.disposer(echelle, nil); err == nil && haut <= b.hauteur {
			_, err = b.disposer(echelle, p)
			return err
		}
	}
	return fmt.Errorf("writing the signer's data: %w", cmp.Or(err, pdf.ErrDebordement))
}

// disposer lays the texts out, draws them where there is a page, and gives their height.
func (b *blocs) disposer(echelle float64, p *pdf.Page) (float64, error) {
	y := b.y
	for _, x := range b.textes {
		lignes, taille, err := x.police.Ajuster(x.texte, x.taille*echelle, b.largeur, x.lignes)
		if errors.Is(err, pdf.ErrDebordement) {
			// Smaller than one reads, rather than a signature that was given and can't be embedded.
			taille = x.taille * echelle
			lignes, err = x.police.Couper(x.texte, taille, b.largeur, nil)
		}
		if err != nil {
			return 0, err
		}
		for _, l := range lignes {
			if p != nil {
				p.Texte(x.police, taille, b.x, y, pdf.Gauche, l)
			}
			y += taille * interligne
		}
	}
	return y - b.y, nil
}
