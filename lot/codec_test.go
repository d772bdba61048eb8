package lot_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// aLEnvers is a layout that no profile can say: each line is written from right to left.
type aLEnvers struct{}

func (aLEnvers) Encode(w io.Writer, s *disposition.Lecture) error {
	ligne := func(format string, args ...any) error {
		_, err := fmt.Fprintln(w, inverse(fmt.Sprintf(format, args...)))
		return err
	}
	return s.Boucle(disposition.PourLot, func() error {
		if err := ligne("LOT %d %s", s.Nombre("lot.numero"), s.Texte("lot.factures.emetteur")); err != nil {
			return err
		}
		return s.Boucle(disposition.PourPaire, func() error {
			return ligne("PIECE %d %s %s %s", s.Nombre("facture.numero"), s.Texte("piece.type"), s.Texte("piece.id"),
				s.Texte("piece.reference"))
		})
	})
}

func (aLEnvers) Decode(r io.Reader, e *disposition.Ecriture) error {
	lignes := bufio.NewScanner(r)
	suite := lignes.Scan()
	for suite {
		lot := strings.Fields(inverse(lignes.Text()))
		if len(lot) != 3 || lot[0] != "LOT" {
			return fmt.Errorf("%w: a lot expected", disposition.ErrFormat)
		}
		err := e.Dans(disposition.PourLot, func() error {
			var numero int64
			fmt.Sscan(lot[1], &numero)
			if err := e.Nombre("lot.numero", numero); err != nil {
				return err
			}
			if err := e.Texte("lot.factures.emetteur", lot[2]); err != nil {
				return err
			}
			for suite = lignes.Scan(); suite; suite = lignes.Scan() {
				mots := append(strings.Fields(inverse(lignes.Text())), "")
				if mots[0] != "PIECE" || len(mots) < 5 {
					return nil
				}
				if err := e.Dans(disposition.PourPaire, func() error {
					var facture int64
					fmt.Sscan(mots[1], &facture)
					_ = e.Nombre("facture.numero", facture)
					_ = e.Texte("piece.type", mots[2])
					_ = e.Texte("piece.reference", mots[4])
					return e.Texte("piece.id", mots[3])
				}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return lignes.Err()
}

func inverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// What no profile can say is the host's own code, under a name of the profile: lot, transport and suivi use it as any
// layout.
func Example_codec() {
	profil, err := scor.ParseProfil(strings.NewReader(`
etend: reference
profil: le-mien
version: "1"
source: exemple
lot: {codage: codec, codec: a-l-envers}
`), "le-mien.yaml", scor.WithCodec("a-l-envers", aLEnvers{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	facture := fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: "752499996", Numero: 57}, Numero: 2101}}
	piece := scor.Piece{ID: "ORD-2101", Type: scor.Ordonnance, Reference: "ORD-2000"}
	f := lot.Fichier{ID: "AAAA01", Lots: []lot.Lot{{Cle: lot.Cle{Numero: 1}, Factures: facture.Cle.Lot,
		Paires: []lot.Paire{{Facture: facture, Piece: piece}}}}}
	var b bytes.Buffer
	if err := f.Encode(&b, profil); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.String())
	lu, err := lot.Decode(&b, profil)
	fmt.Println(lu.Lots[0].Paires[0].Piece.ID, lu.Lots[0].Paires[0].Facture.Cle.Numero, err)
	// Output:
	// 699994257 1 TOL
	// 0002-DRO 1012-DRO RO 1012 ECEIP
	// ORD-2101 2101 <nil>
}
