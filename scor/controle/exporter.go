package controle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Reunir makes one PDF of several, in order; package unpdf does it with pdfcpu, which is linked only by who imports it.
type Reunir func(ctx context.Context, w io.Writer, documents []io.ReadSeeker) error

// Preuve goes with an export: what was asked, what is in it, and where the register has it.
type Preuve struct {
	Demande     string         `json:"demande"`
	Acces       Acces          `json:"acces"`
	Quand       time.Time      `json:"quand"`
	Pieces      []PieceExport  `json:"pieces"`
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
}

// Sceau is the token by which the host's time-stamping attests a line of the register and all before it.
type Sceau struct {
	Ligne     int            `json:"ligne_attestee"`
	Empreinte scor.Empreinte `json:"empreinte"`
	Quand     time.Time      `json:"quand"`
	Jeton     []byte         `json:"jeton"`
}

const explication = "Chaque pièce porte le SHA-256 calculé lors de son classement. La ligne du registre qui l'enregistre contient l'empreinte de la ligne " +
	"précédente : aucune ligne n'a pu être changée, ôtée ou ajoutée sans rompre la chaîne, dont registre.jsonl donne le texte entier jusqu'à l'export. " +
	"Un sceau atteste l'empreinte d'une ligne, donc toutes celles qui la précèdent."

// preparer writes the access into the register and says what the export holds.
func (r *Registre) preparer(depots []Depot, demande string, a Acces) (*Preuve, []byte, error) {
	if err := a.verifier(); err != nil {
		return nil, nil, err
	}
	if len(depots) == 0 {
		return nil, nil, errors.New("controle: nothing to export")
	}
	p := &Preuve{Demande: demande, Acces: a, Explication: explication}
	var ids []string
	for _, d := range depots {
		i, ok := r.parID[d.Piece]
		if !ok {
			return nil, nil, fmt.Errorf("controle: piece %s is not in the register", d.Piece)
		}
		d = r.depots[i]
		if d.Purge {
			return nil, nil, fmt.Errorf("controle: piece %s was deleted at the end of its term", d.Piece)
		}
		ids = append(ids, d.Piece)
		p.Pieces = append(p.Pieces, PieceExport{Depot: d, Fichier: fmt.Sprintf("pieces/%s-%03d-%s/%09d-%s-%s.pdf", d.Facture.Lot.Emetteur, d.Facture.Lot.Numero,
			d.Facture.Lot.Date, d.Facture.Numero, d.Type, d.Piece), Ligne: d.Ligne, Classee: d.Quand})
	}
	if err := r.ajouter(Ligne{Action: "exporter", Acces: &a, Pieces: ids, Resultats: len(ids)}); err != nil {
		return nil, nil, err
	}
	p.Quand, p.Tete, p.Lignes = r.maintenant().UTC().Truncate(time.Millisecond), r.tete, r.lignes
	for _, l := range r.sceaux {
		p.Sceaux = append(p.Sceaux, Sceau{Ligne: l.N - 1, Empreinte: l.Precedent, Quand: l.Quand, Jeton: l.Sceau})
	}
	registre, err := r.contenu()
	return p, registre, err
}

// ExporterZIP writes the pieces as they were filed, with the proof for programs (preuve.json), for people (preuve.csv, LISEZMOI.txt), for
// `sha256sum -c` (SHA256SUMS), and the register up to this export. A document that is not what was filed is [ErrAltere]: what was written
// is then not to be used.
func (r *Registre) ExporterZIP(ctx context.Context, w io.Writer, depots []Depot, demande string, a Acces) (*Preuve, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, registre, err := r.preparer(depots, demande, a)
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
	tableau, err := p.csv()
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		nom     string
		contenu []byte
	}{{"preuve.json", j}, {"preuve.csv", tableau}, {"SHA256SUMS", sommes.Bytes()}, {"registre.jsonl", registre}, {"LISEZMOI.txt", p.lisezmoi()}} {
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

// ExporterPDF writes one PDF: pages of proof, then the pieces in order. Their pages are copied into a new file, so that the hashes on the
// pages of proof are those of the documents as filed, which the ZIP holds.
func (r *Registre) ExporterPDF(ctx context.Context, w io.Writer, depots []Depot, demande string, a Acces, reunir Reunir) (*Preuve, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, _, err := r.preparer(depots, demande, a)
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
		f, err := r.racine.Open(nomPiece(p.Pieces[i].Empreinte))
		if err != nil {
			return nil, fmt.Errorf("controle: %w", err)
		}
		defer f.Close()
		documents = append(documents, f)
	}
	if err := reunir(ctx, w, documents); err != nil {
		return nil, fmt.Errorf("controle: one PDF: %w", err)
	}
	return p, nil
}

func (p *Preuve) csv() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff") // for spreadsheets, which otherwise take it for another encoding
	c := csv.NewWriter(&b)
	c.Comma = ';'
	lignes := [][]string{{"Émetteur", "Lot", "Date du lot", "Facture", "Type", "Pièce", "Pages", "Octets", "Classée le (UTC)", "Ligne du registre", "SHA-256", "Fichier"}}
	for _, x := range p.Pieces {
		lignes = append(lignes, []string{x.Facture.Lot.Emetteur, strconv.Itoa(x.Facture.Lot.Numero), x.Facture.Lot.Date.String(), strconv.Itoa(x.Facture.Numero), x.Type, x.Piece,
			strconv.Itoa(x.Pages), strconv.FormatInt(x.Octets, 10), x.Classee.Format(time.RFC3339), strconv.Itoa(x.Ligne), x.Empreinte.String(), x.Fichier})
	}
	if err := c.WriteAll(lignes); err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	return b.Bytes(), nil
}

func (p *Preuve) lisezmoi() []byte {
	return fmt.Appendf(nil, "Pièces remises pour le contrôle « %s »\r\n\r\n%d pièce(s), export du %s (UTC) par %s, motif : %s.\r\n\r\n%s\r\n\r\n"+
		"Vérifier les pièces : sha256sum -c SHA256SUMS\r\nDernière ligne du registre : %d, empreinte %s\r\nDétail : preuve.csv (tableur), preuve.json (programmes).\r\n",
		p.Demande, len(p.Pieces), p.Quand.Format("02/01/2006 15:04:05"), p.Acces.Qui, p.Acces.Motif, explication, p.Lignes, p.Tete)
}

// piecesParPage is what fits on a page of proof.
const piecesParPage = 16

// pages writes the pages of proof as PDF.
func (p *Preuve) pages(w io.Writer) error {
	normale, err := polices.Normale()
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	grasse, err := polices.Grasse()
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	fixe, err := polices.Fixe()
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	d, err := pdf.NewWriter(w, pdf.Info{Titre: "Pièces remises pour un contrôle", Producteur: "scor-sdk-go", Date: p.Quand})
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	total := (len(p.Pieces) + piecesParPage - 1) / piecesParPage
	n := 0
	for page := range slices.Chunk(p.Pieces, piecesParPage) {
		n++
		err := d.Page(210, 297, func(g *pdf.Page) {
			g.Texte(grasse, 15, 18, 24, pdf.Gauche, "Pièces remises pour un contrôle")
			g.Texte(normale, 9.5, 18, 31, pdf.Gauche, "Demande : "+p.Demande)
			g.Texte(normale, 9.5, 18, 36, pdf.Gauche, fmt.Sprintf("Export du %s (UTC) par %s – motif : %s", p.Quand.Format("02/01/2006 à 15:04:05"), p.Acces.Qui, p.Acces.Motif))
			y := 46.0
			for _, x := range page {
				g.Ligne(18, y-5, 192, y-5)
				g.Texte(grasse, 9.5, 18, y, pdf.Gauche, fmt.Sprintf("Facture %d, lot %d du %s", x.Facture.Numero, x.Facture.Lot.Numero, x.Facture.Lot.Date.Time(time.UTC).Format("02/01/2006")))
				g.Texte(normale, 9.5, 192, y, pdf.Droite, fmt.Sprintf("%s, %d page(s), classée le %s (UTC), ligne %d", x.Type, x.Pages, x.Classee.Format("02/01/2006 15:04:05"), x.Ligne))
				g.Texte(fixe, 7.5, 18, y+4.5, pdf.Gauche, "SHA-256 "+x.Empreinte.String())
				y += 12.5
			}
			for i, ligne := range plier(explication, 118) {
				g.Texte(normale, 8, 18, 262+float64(i)*4, pdf.Gauche, ligne)
			}
			g.Texte(fixe, 7.5, 18, 281, pdf.Gauche, fmt.Sprintf("Registre : ligne %d, %s", p.Lignes, p.Tete))
			g.Texte(normale, 8, 192, 287, pdf.Droite, fmt.Sprintf("Page %d sur %d", n, total))
		})
		if err != nil {
			return fmt.Errorf("controle: %w", err)
		}
	}
	if err := d.Close(); err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	return nil
}

func plier(texte string, largeur int) []string {
	var lignes []string
	ligne := ""
	for _, mot := range strings.Fields(texte) {
		if ligne != "" && len([]rune(ligne))+1+len([]rune(mot)) > largeur {
			lignes, ligne = append(lignes, ligne), ""
		}
		ligne = strings.TrimSpace(ligne + " " + mot)
	}
	return append(lignes, ligne)
}

// VerifierZIP checks an export as its receiver would: every piece against the proof, the register's chain from its first line, and the
// pieces' lines in it. The tokens of the seals are returned for their authority to check.
func VerifierZIP(z *zip.Reader) (*Preuve, error) {
	var p Preuve
	brut, err := entree(z, "preuve.json", 64<<20)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(brut, &p); err != nil {
		return nil, fmt.Errorf("%w: preuve.json: %w", ErrAltere, err)
	}
	registre, err := entree(z, nomRegistre, 1<<30)
	if err != nil {
		return nil, err
	}
	empreintes := map[int]scor.Empreinte{}
	depots := map[int]Depot{}
	for l, err := range lire(bytes.NewReader(registre)) {
		if err != nil {
			return nil, err
		}
		empreintes[l.N] = l.empreinte
		if l.Depot != nil {
			depots[l.N] = *l.Depot
		}
	}
	if empreintes[p.Lignes] != p.Tete || len(empreintes) != p.Lignes {
		return nil, fmt.Errorf("%w: the register does not end with line %d of the proof", ErrChaine, p.Lignes)
	}
	for _, s := range p.Sceaux {
		if empreintes[s.Ligne] != s.Empreinte {
			return nil, fmt.Errorf("%w: seal of line %d", ErrChaine, s.Ligne)
		}
	}
	for _, x := range p.Pieces {
		d, ok := depots[x.Ligne]
		if !ok || d.Piece != x.Piece || d.Empreinte != x.Empreinte || d.Facture != x.Facture {
			return nil, fmt.Errorf("%w: piece %s is not what line %d of the register says", ErrChaine, x.Piece, x.Ligne)
		}
		contenu, err := entree(z, x.Fichier, x.Octets)
		if err != nil {
			return nil, err
		}
		if e := scor.Empreinte(sha256.Sum256(contenu)); e != x.Empreinte {
			return nil, fmt.Errorf("%w: %s has SHA-256 %s, the proof says %s", ErrAltere, x.Fichier, e, x.Empreinte)
		}
	}
	return &p, nil
}

func entree(z *zip.Reader, nom string, max int64) ([]byte, error) {
	f, err := z.Open(nom)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is missing", ErrAltere, nom)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, max+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrAltere, nom, err)
	}
	if int64(len(b)) > max {
		return nil, fmt.Errorf("%w: %s is longer than the proof says", ErrAltere, nom)
	}
	return b, nil
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
