package s3404

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/annule"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
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
	Apposition        // the last one
	Avant      []Apposition
	CMS        *PreuveCMS // nil where the profile asks for none
}

// Apposition is one signature of a signed bordereau: who, when, for whom.
type Apposition struct {
	Signataire signature.Signataire `json:"signataire"`
	Quand      time.Time            `json:"quand"`
	PourMandat bool                 `json:"pour_mandat"`
	Mandant    string               `json:"mandant,omitempty"`
	// Delegation is the reference of the document that gives the mandate; "" where none was asked for.
	Delegation string `json:"delegation,omitempty"`
	// Lien binds the strokes, as captured, to all of the above, to the document, and to the signature before.
	Lien scor.Empreinte `json:"lien"`
}

func apposition(r *signature.Recu) Apposition {
	return Apposition{r.Signataire, r.Quand, r.PourMandat, r.Mandant, r.Delegation, r.Lien}
}

// mention is what the file keeps of the signature, as JSON. The strokes are in
// the drawing only: their times and pressures, by which a hand could be
// imitated, end with the capture.
type mention struct {
	Version  int            `json:"version"`
	Document scor.Empreinte `json:"document"`
	Lot      string         `json:"lot"`
	Facture  string         `json:"facture,omitempty"`
	Apposition
	Avant []Apposition `json:"avant,omitempty"`
}

// liees checks that a signature and those before it are all there, in order, each bound to the next, for one document.
func liees(s *signature.Signature) error {
	if s.Sur > 0 && (s.Rang != s.Sur || len(s.Avant) != s.Sur-1) || s.Sur == 0 && len(s.Avant) > 0 {
		return fmt.Errorf("%w: signature %d of %d, with %d before it", ErrLien, s.Rang, s.Sur, len(s.Avant))
	}
	var precedent scor.Empreinte
	for i := range len(s.Avant) + 1 {
		x := s
		if i < len(s.Avant) {
			x = &s.Avant[i]
		}
		if x.Calculer() != x.Lien || x.Empreinte != s.Empreinte || x.Precedent != precedent {
			return ErrLien
		}
		if len(x.Traits) == 0 {
			return errors.New("s3404: a signature without strokes")
		}
		precedent = x.Lien
	}
	return nil
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
	if err := liees(&s); err != nil {
		return nil, err
	}
	m := mention{Version: 1, Document: s.Empreinte, Lot: s.Lot, Facture: s.Facture, Apposition: apposition(&s.Recu)}
	for i := range s.Avant {
		m.Avant = append(m.Avant, apposition(&s.Avant[i].Recu))
	}
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
		Facture: m.Facture, Apposition: m.Apposition, Avant: m.Avant}
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
