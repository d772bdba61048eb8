package controle

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/arbre"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// Reunir makes one PDF of several, in order; package unpdf does it with pdfcpu, which is linked only by who imports it.
type Reunir func(ctx context.Context, w io.Writer, documents []io.ReadSeeker) error

// Preuve goes with an export: what was asked, what is in it, and where the register has it.
type Preuve struct {
	Demande string    `json:"demande"`
	Acces   Acces     `json:"acces"`
	Quand   time.Time `json:"quand"`
	Pieces  Pieces    `json:"pieces"`
	// Tete is the root of the tree of the register's first Lignes lines, this export's among them.
	Tete        scor.Empreinte `json:"tete_du_registre"`
	Lignes      int            `json:"lignes_du_registre"`
	Sceaux      []Sceau        `json:"sceaux,omitempty"`
	Explication string         `json:"explication"`
}

// PieceExport is a piece in an export.
type PieceExport struct {
	Depot
	Fichier string    `json:"fichier"`
	Ligne   int       `json:"ligne"`
	Classee time.Time `json:"classee"`
	// Texte is the register's line, as it is written; Chemin leads from it to Preuve.Tete, CheminSceau to the seal of rank
	// Sceau (from 1; 0 where no seal came after the line).
	Texte       string `json:"texte"`
	Chemin      Chemin `json:"chemin"`
	Sceau       int    `json:"sceau,omitempty"`
	CheminSceau Chemin `json:"chemin_sceau,omitempty"`
}

// Pieces are those of an export. Read from JSON, they are bounded: [PiecesMax].
type Pieces []PieceExport

// Chemin leads from a line of the register to a root: about as many hashes as the number of lines has binary digits.
type Chemin []scor.Empreinte

// Sceau is the token by which the host's time-stamping attests the first lines of the register, up to Ligne: Empreinte
// is their root.
type Sceau struct {
	Ligne     int            `json:"ligne_attestee"`
	Empreinte scor.Empreinte `json:"empreinte"`
	Quand     time.Time      `json:"quand"`
	Jeton     []byte         `json:"jeton"`
}

const explication = "Chaque pièce porte le SHA-256 calculé lors de son classement, que sa ligne du registre (« texte " +
	"» dans preuve.json) contient. " +
	"Les lignes du registre sont les feuilles d'un arbre de Merkle (RFC 9162) : le « chemin » de chaque ligne mène à " +
	"l'empreinte du registre entier, " +
	"sans montrer les autres lignes. Un sceau atteste la même sorte d'empreinte, donc toutes les lignes qui le précèdent."

// Limits of an export, for who writes it as for who checks it.
const (
	PiecesMax    = 20_000 // of a ZIP
	PiecesPDFMax = 500    // of one PDF, whose pieces are open together
	preuveMax    = 96 << 20
	demandeMax   = 2000 // bytes
)

// preparer writes the access into the register and says what the export holds.
func (r *Registre) preparer(depots []Depot, max int, demande string, a Acces) (*Preuve, error) {
	if err := a.verifier(); err != nil {
		return nil, err
	}
	switch {
	case len(depots) == 0:
		return nil, errors.New("controle: nothing to export")
	case len(depots) > max:
		return nil, fmt.Errorf("%w: %d pieces in an export, at most %d: cut it in several", ErrLimite, len(depots), max)
	case len(demande) > demandeMax:
		return nil, fmt.Errorf("%w: a demand of %d bytes, at most %d", ErrLimite, len(demande), demandeMax)
	}
	for _, x := range []string{demande, a.Qui, a.Motif} {
		if err := papier.Ecrivable(x); err != nil {
			return nil, fmt.Errorf("controle: what the export shows: %w", err)
		}
	}
	p := &Preuve{Demande: demande, Acces: a, Explication: explication}
	err := r.enOrdre(func() error {
		var ids []string
		for _, d := range depots {
			i, ok := r.index.parID[d.Piece]
			if !ok {
				return fmt.Errorf("controle: piece %s is not in the register", d.Piece)
			}
			if d = r.depots[i]; d.Purge {
				return fmt.Errorf("controle: piece %s was deleted at the end of its term", d.Piece)
			}
			ids = append(ids, d.Piece)
			p.Pieces = append(p.Pieces, PieceExport{Depot: d, Fichier: nomExport(&d), Ligne: d.Ligne, Classee: d.Quand})
		}
		lignes, err := borner(&Ligne{Action: ActionExporter, Acces: &a, Pieces: ids, Resultats: len(ids)})
		if err == nil {
			err = r.ajouter(lignes...)
		}
		if err != nil {
			return err
		}
		p.Quand, p.Tete, p.Lignes = r.maintenant().UTC().Truncate(time.Millisecond), scor.Empreinte(r.arbre.Racine(r.lignes)),
			r.lignes
		return r.prouver(p)
	})
	return p, err
}

func nomExport(d *Depot) string {
	l := d.Facture.Lot
	return fmt.Sprintf("pieces/%s-%03d-%s/%09d-%s-%s.pdf", l.Emetteur, l.Numero, l.Date, d.Facture.Numero, d.Type, d.Piece)
}

// prouver adds the pieces' own lines, and the paths that lead from them to the root and to the first seal after each.
// Nothing else of the register goes out.
func (r *Registre) prouver(p *Preuve) error {
	if err := r.relire(p); err != nil {
		return err
	}
	rangs := map[int]int{} // of a seal in the proof, by its rank in the register
	for i := range p.Pieces {
		x := &p.Pieces[i]
		s, _ := slices.BinarySearchFunc(r.sceaux, x.Ligne, func(l Ligne, n int) int { return l.N - 1 - n })
		if s == len(r.sceaux) {
			continue
		}
		l := &r.sceaux[s]
		if rangs[s] == 0 {
			p.Sceaux = append(p.Sceaux, Sceau{Ligne: l.N - 1, Empreinte: *l.Racine, Quand: l.Quand, Jeton: l.Sceau})
			rangs[s] = len(p.Sceaux)
		}
		x.Sceau, x.CheminSceau = rangs[s], empreintes(r.arbre.Chemin(x.Ligne-1, l.N-1))
	}
	return nil
}

// relire reads the pieces' lines, and no other, where the register has them; what is not the line that was read when it
// was opened is [ErrChaine].
func (r *Registre) relire(p *Preuve) error {
	f, err := r.depot.Open(nomRegistre)
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	defer f.Close()
	s, ok := f.(io.ReaderAt)
	if !ok {
		return errors.New("controle: the register can't be read from any place")
	}
	for i := range p.Pieces {
		x := &p.Pieces[i]
		ou := r.places[r.index.parID[x.Piece]]
		b := make([]byte, ou.octets)
		if _, err := s.ReadAt(b, ou.fin-int64(len(b))); err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrChaine, x.Ligne, err)
		}
		x.Texte, x.Chemin = string(b), empreintes(r.arbre.Chemin(x.Ligne-1, p.Lignes))
		if !arbre.Verifier(x.Ligne-1, p.Lignes, b, condenses(x.Chemin), arbre.Condense(p.Tete)) {
			return fmt.Errorf("%w: line %d isn't what it was when the register was opened", ErrChaine, x.Ligne)
		}
	}
	return nil
}

func empreintes(c []arbre.Condense) Chemin {
	e := make(Chemin, len(c))
	for i := range c {
		e[i] = scor.Empreinte(c[i])
	}
	return e
}

func condenses(e Chemin) []arbre.Condense {
	c := make([]arbre.Condense, len(e))
	for i := range e {
		c[i] = arbre.Condense(e[i])
	}
	return c
}

// ExporterZIP writes the pieces as they were filed, with the proof for programs (preuve.json), for people (preuve.csv,
// LISEZMOI.txt), for `sha256sum -c` (SHA256SUMS); of the register, the pieces' own lines. A document that is not what
// was filed is [ErrAltere]: what was written is then not to be used.
func (r *Registre) ExporterZIP(ctx context.Context, w io.Writer, depots []Depot, demande string, a Acces) (*Preuve,
	error) {
	p, err := r.preparer(depots, PiecesMax, demande, a)
	if err != nil {
		return nil, err
	}
	z := zip.NewWriter(w)
	var sommes bytes.Buffer
	for i := range p.Pieces {
		x := &p.Pieces[i]
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// Scans don't get smaller, and a stored entry is the document byte for byte.
		f, err := z.CreateHeader(&zip.FileHeader{Name: x.Fichier, Method: zip.Store, Modified: x.Classee})
		if err != nil {
			return nil, fmt.Errorf("controle: %w", err)
		}
		if err := r.copier(f, &x.Depot); err != nil {
			return nil, err
		}
		fmt.Fprintf(&sommes, "%s  %s\n", x.Empreinte, x.Fichier)
	}
	j, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	if len(j) > preuveMax {
		return nil, fmt.Errorf("%w: a proof of %d bytes, at most %d: cut the export in several", ErrLimite, len(j), preuveMax)
	}
	tableau, err := p.csv()
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		nom     string
		contenu []byte
	}{{"preuve.json", j}, {"preuve.csv", tableau}, {"SHA256SUMS", sommes.Bytes()}, {"LISEZMOI.txt", p.lisezmoi()}} {
		e, err := z.CreateHeader(&zip.FileHeader{Name: f.nom, Method: zip.Deflate, Modified: p.Quand})
		if err == nil {
			_, err = e.Write(f.contenu)
		}
		if err != nil {
			return nil, fmt.Errorf("controle: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	return p, nil
}

// ExporterPDF writes one PDF: pages of proof, then the pieces in order. Their pages are copied into a new file, so that
// the hashes on the pages of proof are those of the documents as filed, which the ZIP holds.
func (r *Registre) ExporterPDF(ctx context.Context, w io.Writer, depots []Depot, demande string, a Acces,
	reunir Reunir) (*Preuve, error) {
	p, err := r.preparer(depots, PiecesPDFMax, demande, a)
	if err != nil {
		return nil, err
	}
	var couverture bytes.Buffer
	if err := p.pages(&couverture); err != nil {
		return nil, err
	}
	documents := []io.ReadSeeker{bytes.NewReader(couverture.Bytes())}
	for i := range p.Pieces {
		if err := r.copier(io.Discard, &p.Pieces[i].Depot); err != nil {
			return nil, err
		}
		f, err := r.ouvrir(&p.Pieces[i].Depot)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		document, ok := f.(io.ReadSeeker)
		if !ok {
			return nil, fmt.Errorf("controle: piece %s can't be read from any place", p.Pieces[i].Piece)
		}
		documents = append(documents, document)
	}
	if err := reunir(ctx, w, documents); err != nil {
		return nil, fmt.Errorf("controle: one PDF: %w", err)
	}
	return p, nil
}

// FacturesDe lists the invoices of some pieces, each once, in order.
func FacturesDe(depots []Depot) []fse.CleFacture {
	var f []fse.CleFacture
	for _, d := range depots {
		f = append(f, d.Facture)
	}
	slices.SortFunc(f, fse.CleFacture.Compare)
	return slices.Compact(f)
}
