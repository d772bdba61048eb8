package controle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/arbre"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// rapportMax is by how much an entry of an export may grow when it is inflated: text of hashes hardly does.
const rapportMax = 60

// annexeMax bounds the entries that are there for people.
const annexeMax = 32 << 20

// VerifierZIP checks an export as its receiver would: every piece against the proof, its line of the register against
// the root that stands for the whole register, and against the seals. The tokens of the seals are returned for their
// authority to check. What an export never is (entries that the proof doesn't name, that are too long or inflate too
// much) is refused before it is read.
func VerifierZIP(z *zip.Reader) (*Preuve, error) {
	var p Preuve
	brut, err := entree(z, "preuve.json", preuveMax)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(brut, &p); err != nil {
		return nil, fmt.Errorf("%w: preuve.json: %w", ErrAltere, err)
	}
	if err := attendus(z, &p); err != nil {
		return nil, err
	}
	for i := range p.Pieces {
		x := &p.Pieces[i]
		if err := p.verifierLigne(x); err != nil {
			return nil, err
		}
		if err := verifierPiece(z, x); err != nil {
			return nil, err
		}
	}
	return &p, nil
}

// praticiensMax and cheminMax bound the lists of a piece in a proof that is read.
const (
	praticiensMax = 10_000
	cheminMax     = 64
)

// UnmarshalJSON implements [json.Unmarshaler]; a proof comes from a stranger, and a few bytes of JSON could ask for
// much memory.
func (p *Pieces) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return errors.New("expected a list of pieces")
	}
	*p = nil
	for d.More() {
		if len(*p) == PiecesMax {
			return fmt.Errorf("more than %d pieces", PiecesMax)
		}
		var x PieceExport
		if err := d.Decode(&x); err != nil {
			return err
		}
		if len(x.Praticiens) > praticiensMax {
			return fmt.Errorf("more than %d practitioners of a piece", praticiensMax)
		}
		*p = append(*p, x)
	}
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Chemin) UnmarshalJSON(b []byte) error {
	if n := bytes.Count(b, []byte(",")); n >= cheminMax {
		return fmt.Errorf("a path of %d hashes, at most %d", n+1, cheminMax)
	}
	return json.Unmarshal(b, (*[]scor.Empreinte)(c))
}

// attendus refuses an archive that holds something else than the proof says.
func attendus(z *zip.Reader, p *Preuve) error {
	if len(p.Pieces) == 0 || len(p.Pieces) > PiecesMax {
		return fmt.Errorf("%w: a proof of %d pieces, expected 1 to %d", ErrAltere, len(p.Pieces), PiecesMax)
	}
	longueurs := map[string]int64{"preuve.json": preuveMax, "preuve.csv": annexeMax, "SHA256SUMS": annexeMax,
		"LISEZMOI.txt": annexeMax}
	for _, x := range p.Pieces {
		longueurs[x.Fichier] = x.Octets
	}
	for _, f := range z.File {
		max, ok := longueurs[f.Name]
		if !ok {
			return fmt.Errorf("%w: the archive has an entry that the proof doesn't name, or has it twice", ErrAltere)
		}
		if f.UncompressedSize64 > uint64(max) {
			return fmt.Errorf("%w: %s is longer than the proof says", ErrAltere, f.Name)
		}
		delete(longueurs, f.Name)
	}
	return nil
}

// verifierLigne checks that the piece is what its line says, and that the register has the line.
func (p *Preuve) verifierLigne(x *PieceExport) error {
	var l Ligne
	if err := json.Unmarshal([]byte(x.Texte), &l); err != nil || l.Depot == nil || l.N != x.Ligne {
		return fmt.Errorf("%w: piece %s: its line can't be read", ErrChaine, x.Piece)
	}
	d := l.Depot
	if d.Piece != x.Piece || d.Empreinte != x.Empreinte || d.Facture != x.Facture || d.Octets != x.Octets ||
		d.Type != x.Type || !l.Quand.Equal(x.Classee) {
		return fmt.Errorf("%w: piece %s is not what line %d of the register says", ErrChaine, x.Piece, x.Ligne)
	}
	if !arbre.Verifier(x.Ligne-1, p.Lignes, []byte(x.Texte), condenses(x.Chemin), arbre.Condense(p.Tete)) {
		return fmt.Errorf("%w: line %d is not in the register of which the proof speaks", ErrChaine, x.Ligne)
	}
	if x.Sceau == 0 {
		return nil
	}
	if x.Sceau < 0 || x.Sceau > len(p.Sceaux) {
		return fmt.Errorf("%w: piece %s: no seal %d", ErrChaine, x.Piece, x.Sceau)
	}
	if s := p.Sceaux[x.Sceau-1]; !arbre.Verifier(x.Ligne-1, s.Ligne, []byte(x.Texte), condenses(x.CheminSceau),
		arbre.Condense(s.Empreinte)) {
		return fmt.Errorf("%w: line %d is not among those that the seal of line %d attests", ErrChaine, x.Ligne, s.Ligne)
	}
	return nil
}

func verifierPiece(z *zip.Reader, x *PieceExport) error {
	f, err := z.Open(x.Fichier)
	if err != nil {
		return fmt.Errorf("%w: %s is missing", ErrAltere, x.Fichier)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, x.Octets+1))
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrAltere, x.Fichier, err)
	}
	if e := scor.Empreinte(h.Sum(nil)); e != x.Empreinte || n != x.Octets {
		return fmt.Errorf("%w: %s has SHA-256 %s, the proof says %s", ErrAltere, x.Fichier, e, x.Empreinte)
	}
	return nil
}

// entree reads an entry whole, within its bounds.
func entree(z *zip.Reader, nom string, max int64) ([]byte, error) {
	f, err := z.Open(nom)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is missing", ErrAltere, nom)
	}
	defer f.Close()
	for _, x := range z.File {
		if x.Name == nom {
			max = min(max, int64(min(x.CompressedSize64, uint64(max)))*rapportMax+4096)
		}
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(f, max+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrAltere, nom, err)
	}
	if n > max {
		return nil, fmt.Errorf("%w: %s inflates to more than %d bytes", ErrAltere, nom, max)
	}
	return b.Bytes(), nil
}
