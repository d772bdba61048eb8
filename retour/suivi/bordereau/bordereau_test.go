package bordereau_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/bordereau"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// ouvrir makes a suivi with a piece on paper for an invoice of each régime, and one that isn't on paper.
func ouvrir(ctx context.Context, regimes ...string) (*suivi.Suivi, error) {
	p, err := scor.Reference()
	if err != nil {
		return nil, err
	}
	k, err := coffre.Open(context.Background(), &coffre.Memoire{}, make([]byte, coffre.TailleCle))
	if err != nil {
		return nil, err
	}
	j := journal.NewMemoire(nil)
	s, err := suivi.Open(ctx, suivi.Config{Profil: p, Journal: j, Coffre: k,
		Emetteur: suivi.Emetteur{Emetteur: lot.Emetteur{Numero: "00000123456789"}, Adresse: "a@b.test"}})
	if err != nil {
		return nil, err
	}
	date, err := fse.NewDate(2026, 3, 2)
	if err != nil {
		return nil, err
	}
	l := fse.Lot{Cle: fse.CleLot{Emetteur: "123456789", Numero: 1, Date: date}}
	for i, r := range append(regimes, "01") {
		l.Factures = append(l.Factures, fse.Facture{Flux: fse.FluxFSE, Cle: fse.CleFacture{Lot: l.Cle, Numero: 1 + i},
			Date: date, Organisme: fse.Organisme{Regime: r, Caisse: "422", Centre: "0000"}, Total: 100})
	}
	if _, err := s.DeposerLots(ctx, &fse.Fichier{Lots: []fse.Lot{l}}); err != nil {
		return nil, err
	}
	for i := range l.Factures {
		b := fmt.Appendf(nil, "%%PDF %d", i)
		id := fmt.Sprint("P", i)
		if _, err := s.DeposerPiece(ctx, scor.Piece{ID: id, Type: scor.Ordonnance, Facture: l.Factures[i].Cle, Pages: 1,
			Octets: int64(len(b)), Empreinte: sha256.Sum256(b), Open: func() (io.ReadCloser,
				error) {
				return io.NopCloser(bytes.NewReader(b)), nil
			}}); err != nil {
			return nil, err
		}
		if i == len(regimes) {
			break
		}
		o, err := journal.Trouver(ctx, j, journal.Piece, id)
		if err != nil {
			return nil, err
		}
		for _, a := range s.Actions(&o) {
			if a.Nom == suivi.ActionPapier {
				if err := s.Executer(ctx, a, suivi.Decision{Auteur: "Dr T."}); err != nil {
					return nil, err
				}
			}
		}
	}
	return s, nil
}

func TestBordereau(t *testing.T) {
	s, err := ouvrir(t.Context(), "02", "01", "01", "03")
	if err != nil {
		t.Fatal(err)
	}
	e, err := bordereau.Enveloppes(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range e {
		for i, l := range x.Lignes {
			n++
			if i > 0 && l.Facture.Cle.Compare(x.Lignes[i-1].Facture.Cle) <= 0 {
				t.Errorf("%s: out of the order of the FSE", x.Titre)
			}
		}
	}
	if len(e) != 3 || n != 4 || len(e[0].Lignes) != 2 {
		t.Errorf("%d envelopes, %d invoices", len(e), n)
	}
	var a, b bytes.Buffer
	quand := time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)
	for _, w := range []*bytes.Buffer{&a, &b} {
		r, err := bordereau.Write(t.Context(), w, s, papier.Recapitulatif{Emetteur: "123456789", Partenaire: "Cabinet"},
			quand)
		if err != nil || r.Pages < 3 {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	if !bytes.HasPrefix(a.Bytes(), []byte("%PDF")) || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("not the same PDF twice")
	}
	vide, err := ouvrir(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bordereau.Write(t.Context(), io.Discard, vide, papier.Recapitulatif{}, quand); !errors.Is(err,
		bordereau.ErrVide) {
		t.Errorf("%v", err)
	}
}

func Example() {
	ctx := context.Background()
	s, err := ouvrir(ctx, "02", "01")
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := bordereau.Enveloppes(ctx, s, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range e {
		fmt.Println(x.Titre, len(x.Lignes))
	}
	// Output:
	// Enveloppe 1 – régime général 1
	// Enveloppe 2 – régime agricole 1
}
