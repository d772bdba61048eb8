package suivi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// DeposerPiece keeps a piece, document and all, until its invoice's lot is accepted. The same piece again changes
// nothing; the same ID with another document replaces a scan that was refused or rejected, or one that hasn't left;
// otherwise it is ErrPieceEngagee. ErrLotPurge: its invoice is past its retention. What it says beside the error tells
// whether the piece will leave, and when somebody is told if it doesn't.
func (s *Suivi) DeposerPiece(ctx context.Context, p scor.Piece) (Accueil, error) {
	if err := s.deposerPiece(ctx, p); err != nil {
		return Accueil{}, err
	}
	return s.accueil(ctx, &p, nil)
}

func (s *Suivi) deposerPiece(ctx context.Context, p scor.Piece) error {
	x, fait, err := s.preparerPiece(ctx, &p, nil)
	if err != nil || fait {
		return err
	}
	return s.poserPieces(ctx, []pose{x})[0]
}

// preparerPiece keeps the document of a piece, unless it is there already as it is given, and says what is to be noted
// of it.
func (s *Suivi) preparerPiece(ctx context.Context, p *scor.Piece, lus *prelus) (x pose, fait bool, err error) {
	x = pose{p.ID, journal.Deposer, journal.Champs{}}
	if err := p.Verifier(); err != nil {
		return x, false, err
	}
	c := journal.Champs{Pages: int64(p.Pages), Reference: p.Reference, Motif: journal.Efface, Code: journal.Efface,
		Mode: journal.Efface}
	if err := s.designer(p, &c); err != nil {
		return x, false, err
	}
	if p.EstReference() {
		x.c = c
		return x, false, nil
	}
	c.Empreinte, c.Octets = p.Empreinte.String(), p.Octets
	x.c = c
	// A document that would be refused isn't kept: nothing would name it, and no rule would purge it.
	if fait, err := s.pieceConnue(ctx, p.ID, c, lus); err != nil || fait {
		return x, fait, err
	}
	return x, false, s.garderDocument(ctx, p)
}

// designer says which piece it is: of what invoice, of what type, from which file, sealed.
func (s *Suivi) designer(p *scor.Piece, c *journal.Champs) (err error) {
	c.Nature = p.Type
	if p.Facture != (fse.CleFacture{}) {
		c.Parent = cleFacture(p.Facture)
	}
	if p.Fichier != "" {
		if c.Fichier, err = s.c.Coffre.Sceller(p.Fichier, "fichier|"+p.ID); err != nil {
			return err
		}
	}
	c.Sujet, err = s.scellerFaits(p)
	return err
}

// faitsPiece are facts of a piece that the file of lots may ask for. They are sealed: the host's own may be anything.
type faitsPiece struct {
	Numerisee time.Time         `json:"numerisee,omitzero"`
	Attributs map[string]string `json:"attributs,omitempty"`
}

func (s *Suivi) scellerFaits(p *scor.Piece) (string, error) {
	if p.Numerisee.IsZero() && len(p.Attributs) == 0 {
		return "", nil
	}
	b, err := json.Marshal(faitsPiece{p.Numerisee, p.Attributs})
	if err != nil {
		return "", err
	}
	return s.c.Coffre.Sceller(string(b), "faits|"+p.ID)
}

// poserFaits gives a piece of the journal its facts back.
func (s *Suivi) poserFaits(p *scor.Piece, scelles string) error {
	if scelles == "" {
		return nil
	}
	t, err := s.c.Coffre.Desceller(scelles, "faits|"+p.ID)
	if err != nil {
		return err
	}
	var f faitsPiece
	if err := json.Unmarshal([]byte(t), &f); err != nil {
		return fmt.Errorf("suivi: facts of piece %s: %w", p.ID, err)
	}
	p.Numerisee, p.Attributs = f.Numerisee, f.Attributs
	return nil
}

// pieceConnue says whether a piece is there already as it is given, or is past being replaced, or comes too late for
// its invoice.
func (s *Suivi) pieceConnue(ctx context.Context, id string, c journal.Champs, lus *prelus) (bool, error) {
	o, err := lus.trouver(ctx, s.c.Journal, journal.Piece, id)
	if err != nil {
		return false, err
	}
	l, err := lus.trouver(ctx, s.c.Journal, journal.LotFactures, lotDeFacture(c.Parent))
	if err != nil {
		return false, err
	}
	if o.Version == 0 && l.Etat != journal.Purge {
		return false, nil
	}
	if c.Parent, err = s.parentActuel(ctx, c.Parent); err != nil {
		return false, err
	}
	if o.Version > 0 {
		if fait, err := s.dejaDeposee(ctx, &o, &c); err != nil || fait {
			return fait, err
		}
	}
	if l.Etat == journal.Purge {
		if err := s.lotPresent(ctx, c.Parent); err != nil || o.Version == 0 {
			return false, err
		}
	}
	e := journal.Evenement{Genre: o.Genre, Cle: o.Cle, Type: journal.Deposer, Version: o.Version + 1, Champs: c}
	if _, err := journal.Suivante(journal.Vue{Avant: &o, Ev: &e}); err != nil {
		return false, fmt.Errorf("%w: %s is in state %q", ErrPieceEngagee, id, o.Etat)
	}
	return false, nil
}

// parentActuel is the key of an invoice under the number that it has now.
func (s *Suivi) parentActuel(ctx context.Context, cle string) (string, error) {
	if cle == "" {
		return "", nil
	}
	f, err := s.factureActuelle(ctx, cle)
	if err != nil || f.Version == 0 {
		return cle, err
	}
	return f.Cle, nil
}

// dejaDeposee says that a piece is there with the same document, for that invoice, or was linked since to another.
func (s *Suivi) dejaDeposee(ctx context.Context, o *journal.Objet, c *journal.Champs) (bool, error) {
	if o.Etat == journal.Refuse || o.Empreinte != c.Empreinte || o.Reference != c.Reference || o.Nature != c.Nature {
		return false, nil
	}
	if o.Parent == c.Parent {
		return true, nil
	}
	reliee := false
	for e, err := range journal.Histoire(ctx, s.c.Journal, o) {
		if err != nil {
			return false, err
		}
		switch e.Type {
		case journal.Relier:
			reliee = true
		case journal.Deposer:
			return reliee && e.Champs.Parent == c.Parent, nil
		}
	}
	return false, nil
}

func (s *Suivi) garderDocument(ctx context.Context, p *scor.Piece) error {
	r, err := p.Open()
	if err != nil {
		return fmt.Errorf("suivi: piece %s: %w", p.ID, sansChemin(err))
	}
	defer r.Close()
	_, _, err = s.c.Coffre.Deposer(ctx, &lecteurVerifie{r: r, p: p, h: sha256.New()})
	return err
}

// lecteurVerifie fails before its end when the bytes aren't those announced, so that nothing is kept of them.
type lecteurVerifie struct {
	r io.Reader
	p *scor.Piece
	h hash.Hash
	n int64
}

func (l *lecteurVerifie) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	l.h.Write(b[:n])
	l.n += int64(n)
	var e scor.Empreinte
	if errors.Is(err, io.EOF) || l.n > l.p.Octets {
		if l.h.Sum(e[:0]); l.n != l.p.Octets || e != l.p.Empreinte {
			return n, fmt.Errorf("suivi: piece %s: %d bytes read with digest %s, expected %d with %s", l.p.ID, l.n, e,
				l.p.Octets, l.p.Empreinte)
		}
		return n, err
	}
	if err != nil {
		err = fmt.Errorf("suivi: piece %s: %w", l.p.ID, sansChemin(err))
	}
	return n, err
}

// sansChemin takes the name of a file out of an error: it may be a patient's.
func sansChemin(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Op, p.Err)
	}
	return err
}

// RefuserPiece notes that the scan of a piece can't be used, and why, in French: the invoice then asks for a person. id
// names the piece, so that a good scan under the same id replaces it.
func (s *Suivi) RefuserPiece(ctx context.Context, p scor.Piece, motif string) error {
	// As scor.Piece wants them: a file's name, which may be a patient's, is no identifier.
	if p.ID == "" || strings.ContainsFunc(p.ID, func(c rune) bool {
		return !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}) {
		return errors.New("suivi: identifier of a refused piece: letters, digits, - and _ expected")
	}
	c := journal.Champs{Motif: motif}
	if err := s.designer(&p, &c); err != nil {
		return err
	}
	return s.poserPieces(ctx, []pose{{p.ID, journal.Refuser, c}})[0]
}
