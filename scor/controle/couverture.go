package controle

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
)

func (p *Preuve) csv() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff") // for spreadsheets, which otherwise take it for another encoding
	c := csv.NewWriter(&b)
	c.Comma = ';'
	lignes := [][]string{{"Émetteur", "Lot", "Date du lot", "Facture", "Type", "Pièce", "Pages", "Octets",
		"Classée le (UTC)", "Ligne du registre", "SHA-256", "Fichier"}}
	for _, x := range p.Pieces {
		lignes = append(lignes, []string{x.Facture.Lot.Emetteur, strconv.Itoa(x.Facture.Lot.Numero),
			x.Facture.Lot.Date.String(), strconv.Itoa(x.Facture.Numero), x.Type, x.Piece, strconv.Itoa(x.Pages),
			strconv.FormatInt(x.Octets, 10), x.Classee.Format(time.RFC3339), strconv.Itoa(x.Ligne), x.Empreinte.String(),
			x.Fichier})
	}
	if err := c.WriteAll(lignes); err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	return b.Bytes(), nil
}

func (p *Preuve) lisezmoi() []byte {
	return fmt.Appendf(nil, "Pièces remises pour le contrôle « %s »\r\n\r\n%d pièce(s), export du %s (UTC) par %s, "+
		"motif : %s.\r\n\r\n%s\r\n\r\n"+
		"Vérifier les pièces : sha256sum -c SHA256SUMS\r\nRegistre : %d lignes, empreinte %s\r\nDétail : preuve.csv "+
		"(tableur), preuve.json (programmes).\r\n",
		p.Demande, len(p.Pieces), p.Quand.Format("02/01/2006 15:04:05"), p.Acces.Qui, p.Acces.Motif, explication, p.Lignes,
		p.Tete)
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
	d, err := pdf.NewWriter(w, pdf.Info{Titre: "Pièces remises pour un contrôle", Producteur: "scor-sdk-go",
		Date: p.Quand})
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	entete, corps, err := p.entete(normale)
	if err != nil {
		return err
	}
	total := (len(p.Pieces) + piecesParPage - 1) / piecesParPage
	n := 0
	for page := range slices.Chunk(p.Pieces, piecesParPage) {
		n++
		err := d.Page(210, 297, func(g *pdf.Page) {
			g.Texte(grasse, 15, 18, 24, pdf.Gauche, "Pièces remises pour un contrôle")
			for i, l := range entete {
				g.Texte(normale, corps, 18, 31+float64(i)*corps*pas, pdf.Gauche, l)
			}
			y := 46 + max(0, float64(len(entete)-2)*corps*pas)
			for _, x := range page {
				g.Ligne(18, y-5, 192, y-5)
				g.Texte(grasse, 9.5, 18, y, pdf.Gauche, fmt.Sprintf("Facture %d, lot %d du %s", x.Facture.Numero,
					x.Facture.Lot.Numero, x.Facture.Lot.Date.Time(time.UTC).Format("02/01/2006")))
				g.Texte(normale, 9.5, 192, y, pdf.Droite, fmt.Sprintf("%s, %d page(s), classée le %s (UTC), ligne %d", x.Type,
					x.Pages, x.Classee.Format("02/01/2006 15:04:05"), x.Ligne))
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

// Who asked, and who answered, stand above the pieces of a page: in so many millimetres, each line by so many for each
// point of the size of type.
const (
	enteteHauteur = 22.5
	pas           = 4.5 / 9.5
)

// entete is what was asked and who answered, in lines at a size: whole, however long.
func (p *Preuve) entete(police *pdf.Police) (lignes []string, corps float64, err error) {
	for corps = 9.5; corps >= 3; corps -= 0.5 {
		lignes = lignes[:0]
		for _, t := range []string{"Demande : " + p.Demande, fmt.Sprintf("Export du %s (UTC) par %s – motif : %s",
			p.Quand.Format("02/01/2006 à 15:04:05"), p.Acces.Qui, p.Acces.Motif)} {
			if lignes, err = police.Couper(t, corps, 174, lignes); err != nil {
				return nil, 0, fmt.Errorf("controle: %w", err)
			}
		}
		if float64(len(lignes))*corps*pas <= enteteHauteur {
			return lignes, corps, nil
		}
	}
	return nil, 0, fmt.Errorf("%w: what is asked doesn't stand on a page", ErrLimite)
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
