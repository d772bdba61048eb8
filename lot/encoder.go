package lot

import (
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Encode writes the file in the layout of the profile. What doesn't fit a zone is an error that names record and zone;
// then nothing more is written.
func (f *Fichier) Encode(w io.Writer, p *scor.Profil) error {
	if err := f.verifier(p); err != nil {
		return err
	}
	if err := p.Lot.Encode(w, nouvelleSource(p, f)); err != nil {
		return fmt.Errorf("lot: file %s: %w", f.ID, err)
	}
	return nil
}

// verifier says what no layout could write.
func (f *Fichier) verifier(p *scor.Profil) error {
	if len(f.Lots) == 0 {
		return fmt.Errorf("lot: file %s has no lot", f.ID)
	}
	for i := range f.Lots {
		for j := range f.Lots[i].Paires {
			piece := &f.Lots[i].Paires[j].Piece
			if err := piece.Verifier(); err != nil {
				return fmt.Errorf("lot: %w", err)
			}
			if _, ok := p.TypeNomme(piece.Type); !ok {
				return &ErreurType{piece.ID, piece.Type}
			}
		}
	}
	return nil
}

// ErreurType tells of a piece whose type the profile doesn't have.
type ErreurType struct{ Piece, Type string }

func (e *ErreurType) Error() string {
	return fmt.Sprintf("lot: piece %s is of type %q, which the profile doesn't have", e.Piece, e.Type)
}
