package s3404

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/annule"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// Errors that callers tell apart; the last three say what [Verifier] found.
var (
	ErrAutreDocument = errors.New("s3404: the signature was given for another document")
	ErrLien          = errors.New("s3404: the signature's own hash does not match it")
	ErrNonSigne      = errors.New("s3404: the bordereau is not signed")
	ErrModifie       = errors.New("s3404: the signed bordereau was changed")
	ErrDejaSigne     = errors.New("s3404: the bordereau is signed already")
)

// Preuve is what a signed bordereau says of its signature.
type Preuve struct {
	Document   scor.Empreinte // SHA-256 of what was signed: the first Octets bytes of the file
	Octets     int64
	Empreinte  scor.Empreinte // SHA-256 of the signed file: keep it in the journal
	Taille     int64          // bytes of the signed file
	Lot        string
	Facture    string // "" when the signature is for the whole lot
	Signataire signature.Signataire
	Quand      time.Time
	PourMandat bool
	Mandant    string
	Delegation string         // reference of the document that gives the mandate; "" where none was asked for
	Lien       scor.Empreinte // binds the strokes, as captured, to all of the above
	CMS        *PreuveCMS     // nil where the profile asks for none
}

// mention is what the file keeps of the signature, as JSON. The strokes are in
// the drawing only: their times and pressures, by which a hand could be
// imitated, end with the capture.
type mention struct {
	Version    int                  `json:"version"`
	Document   scor.Empreinte       `json:"document"`
	Lot        string               `json:"lot"`
	Facture    string               `json:"facture,omitempty"`
	Signataire signature.Signataire `json:"signataire"`
	Quand      time.Time            `json:"quand"`
	PourMandat bool                 `json:"pour_mandat"`
	Mandant    string               `json:"mandant,omitempty"`
	Delegation string               `json:"delegation,omitempty"`
	Lien       scor.Empreinte       `json:"lien"`
}

// Signer writes to dst the bordereau of src (taille bytes) with the signature
// in its place: the strokes as vectors, who, when, for whom, and the SHA-256
// of what was signed. The bytes of src come first, untouched.
//
// The signature must be the one that was captured for these very bytes:
// anything else is [ErrAutreDocument], and dst gets nothing. cms asks for a
// CMS signature too; nil where the profile asks for none.
func Signer(ctx context.Context, dst io.Writer, src io.ReaderAt, taille int64, s signature.Signature,
	cms *CMS) (*Preuve, error) {
	h := sha256.New()
	if _, err := io.Copy(h, annule.Reader(ctx, io.NewSectionReader(src, 0, taille))); err != nil {
		return nil, fmt.Errorf("s3404: reading the bordereau: %w", err)
	}
	if lu := scor.Empreinte(h.Sum(nil)); lu != s.Empreinte {
		return nil, fmt.Errorf("%w: its SHA-256 is %s, the signature is for %s", ErrAutreDocument, lu, s.Empreinte)
	}
	if s.Calculer() != s.Lien {
		return nil, ErrLien
	}
	if len(s.Traits) == 0 {
		return nil, errors.New("s3404: a signature without strokes")
	}
	m := mention{1, s.Empreinte, s.Lot, s.Facture, s.Signataire, s.Quand, s.PourMandat, s.Mandant, s.Delegation,
		s.Lien}
	texte, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("s3404: %w", err)
	}
	var fautes []error
	a := pdf.Ajout{Mention: texte, Dessiner: func(p *pdf.Page, l, h float64) {
		fautes = append(fautes,
			dessiner(p, l, h, &s))
	}}
	if cms != nil {
		if err := cms.preparer(&a, &s); err != nil {
			return nil, err
		}
	}
	scelle, err := pdf.Completer(annule.Writer(ctx, dst), src, taille, a)
	if err := errors.Join(append(fautes, err)...); err != nil {
		if errors.Is(err, pdf.ErrDejaScelle) {
			return nil, ErrDejaSigne
		}
		return nil, fmt.Errorf("s3404: %w", err)
	}
	if lu := scor.Empreinte(scelle.Document); lu != s.Empreinte {
		return nil, fmt.Errorf("%w: it was changed while it was being signed", ErrAutreDocument)
	}
	p := m.preuve(scelle)
	if cms != nil {
		p.CMS = &PreuveCMS{Certificat: cms.Certificat, Date: s.Quand}
	}
	return p, nil
}

func (m *mention) preuve(s *pdf.Scelle) *Preuve {
	return &Preuve{Document: s.Document, Octets: s.Octets, Empreinte: s.Empreinte, Taille: s.Taille, Lot: m.Lot,
		Facture: m.Facture, Signataire: m.Signataire, Quand: m.Quand, PourMandat: m.PourMandat, Mandant: m.Mandant,
		Delegation: m.Delegation, Lien: m.Lien}
}

// Verifier checks a signed bordereau: it begins with the document that was
// signed, holds the signature that was put on it, and not a byte was changed
// or added since; else an error that wraps [ErrModifie], or [ErrNonSigne].
//
// The seal that tells holds no secret, so that who rewrites the whole could
// make another: compare [Preuve.Empreinte] with the journal's, or ask for a
// CMS signature. racines says whom to trust for it: a bordereau without CMS,
// or with anyone else's, is then [ErrCMS]. With nil a CMS that is there must
// match the file, but its certificate may be anyone's.
func Verifier(src io.ReaderAt, taille int64, racines *Racines) (*Preuve, error) {
	scelle, err := pdf.ReadScelle(src, taille)
	switch {
	case errors.Is(err, pdf.ErrNonScelle):
		return nil, ErrNonSigne
	case errors.Is(err, pdf.ErrModifie):
		return nil, fmt.Errorf("%w: %w", ErrModifie, err)
	case err != nil:
		return nil, fmt.Errorf("s3404: %w", err)
	}
	var m mention
	if err := json.Unmarshal(scelle.Mention, &m); err != nil || m.Version != 1 || m.Document != scelle.Document {
		return nil, fmt.Errorf("%w: its mention of the signature can't be read", ErrModifie)
	}
	p := m.preuve(scelle)
	if racines != nil && scelle.CMS == nil {
		return nil, fmt.Errorf("%w: there is none", ErrCMS)
	}
	if scelle.CMS != nil {
		if p.CMS, err = verifierCMS(scelle, racines); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Widths of a pen stroke, in millimetres, at no and at full pressure.
const (
	plumeMin = 0.2
	plumeMax = 0.8
)

// dessiner fills the place for the signature: strokes on the left in the
// proportions in which they were drawn, who and when on the right, the hashes
// below. Lengths in millimetres.
func dessiner(p *pdf.Page, largeur, hauteur float64, s *signature.Signature) error {
	normale, err := polices.Normale()
	if err != nil {
		return err
	}
	grasse, err := polices.Grasse()
	if err != nil {
		return err
	}
	fixe, err := polices.Fixe()
	if err != nil {
		return err
	}
	const pied = 8.0 // for the hashes
	const marge = plumeMax / 2
	h := hauteur - pied
	l := min(h*signature.Proportion, largeur*0.6)
	h = l / signature.Proportion
	p.Trait(plumeMin, pdf.Teinte{R: 16, V: 24, B: 110})
	for _, t := range s.Traits {
		points := make([]pdf.PointPlume, len(t))
		for i, q := range t {
			points[i] = pdf.PointPlume{
				X:       marge + float64(q.X)/signature.Echelle*(l-2*marge),
				Y:       marge + float64(q.Y)/signature.Echelle*(h-2*marge),
				Largeur: plumeMin + float64(q.P)/signature.PressionMax*(plumeMax-plumeMin),
			}
		}
		p.Plume(points)
	}

	p.Encre(pdf.Teinte{})
	droite := blocs{x: l + 3, y: 3.5, largeur: largeur - l - 4, hauteur: h - 3.5}
	droite.ajouter(grasse, 9, 3, "Signé par "+s.Signataire.Nom)
	droite.ajouter(normale, 8, 3, s.Signataire.Qualite)
	if s.PourMandat {
		droite.ajouter(grasse, 8, 3, "Pour mandat de "+s.Mandant)
		droite.ajouter(normale, 7, 2, s.Delegation)
	}
	droite.ajouter(normale, 8, 1, "le "+s.Quand.Format("02/01/2006 à 15:04:05 (UTC-07:00)"))
	if s.Facture != "" {
		droite.ajouter(normale, 7, 2, "Facture "+s.Facture+" du lot "+s.Lot)
	} else {
		droite.ajouter(normale, 7, 2, "Une signature pour tout le lot "+s.Lot)
	}
	if err := droite.ecrire(p); err != nil {
		return err
	}
	p.Encre(pdf.Teinte{R: 85, V: 85, B: 85})
	for _, x := range []struct {
		y     float64
		texte string
	}{{hauteur - 4.6, "Document signé, SHA-256 " + s.Empreinte.String()},
		{hauteur - 1.4, "Lien avec les tracés    " + s.Lien.String()}} {
		bas := blocs{x: marge, y: x.y, largeur: largeur - 2*marge, hauteur: pied}
		bas.ajouter(fixe, 6, 1, x.texte)
		if err := bas.ecrire(p); err != nil {
			return err
		}
	}
	return nil
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
	for echelle := 1.0; echelle > 0.3; echelle -= 0.1 {
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
