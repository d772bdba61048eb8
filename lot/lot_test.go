package lot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

func date(t testing.TB, s string) fse.Date {
	t.Helper()
	d, err := fse.ParseAAMMJJ(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func profil(t testing.TB) *scor.Profil {
	t.Helper()
	p, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func cleFacture(t testing.TB, lot, numero int) fse.CleFacture {
	return fse.CleFacture{Lot: fse.CleLot{Emetteur: "420788606", Numero: lot, Date: date(t, "261121")}, Numero: numero}
}

func piece(id string, octets int64) scor.Piece {
	return scor.Piece{ID: id, Type: scor.Ordonnance, Pages: 2, Octets: octets, Empreinte: scor.Empreinte{1, 2,
		byte(len(id))},
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("%PDF")), nil }}
}

func paires(t testing.TB) []Paire {
	f1 := fse.Facture{Cle: cleFacture(t, 12, 1000), Date: date(t, "261120"), Organisme: fse.Organisme{Regime: "01",
		Caisse: "422", Centre: "0000"}}
	f2 := fse.Facture{Cle: cleFacture(t, 12, 1001)}
	ref := scor.Piece{ID: "R-1001", Type: scor.Ordonnance, Reference: "P-0900"}
	ps := []Paire{{f1, piece("P-1000", 1234)}, {f1, piece("FS-1000", 99)}, {f2, ref}, {f2, piece("P-1000", 1234)}}
	ps[1].Piece.Type = scor.FeuilleDeSoins
	for i := range ps {
		ps[i].Piece.Facture = ps[i].Facture.Cle
	}
	return ps
}

var destination = Destination{Regime: "01", Organisme: "422", Type: "CT", Numero: "00000001011422",
	Adresse: "01422@422.01.rss.fr"}

func fichier(t testing.TB) *Fichier {
	n := 41
	lots, ecartees, err := Constituer(paires(t), Constitution{Profil: profil(t), Date: date(t, "261122"),
		Numeroter: func() (int, error) { n++; return n, nil }, Destination: func(*fse.Facture) (Destination,
			error) {
			return destination, nil
		}})
	if err != nil || len(ecartees) > 0 {
		t.Fatal(err, ecartees)
	}
	fs, err := Grouper(lots, profil(t), date(t, "261122"), Emetteur{Type: "TP", Numero: "00000420788606"},
		func() (string, error) { return "AB12CD", nil })
	if err != nil || len(fs) != 1 {
		t.Fatal(err, len(fs))
	}
	return &fs[0]
}

func TestEncoderDecoder(t *testing.T) {
	f := fichier(t)
	var b bytes.Buffer
	if err := f.Encode(&b, profil(t)); err != nil {
		t.Fatal(err)
	}
	if b.Len()%128 != 0 {
		t.Errorf("%d bytes, want records of 128", b.Len())
	}
	lu, err := Decode(bytes.NewReader(b.Bytes()), profil(t))
	if err != nil {
		t.Fatal(err)
	}
	// The reading knows neither how to open documents nor the mailbox of the destination.
	ignore := cmpopts.IgnoreFields(scor.Piece{}, "Open")
	attendu := *f
	attendu.Destination.Adresse, attendu.Destination.Regime = "", ""
	attendu.Lots[0].Destination = attendu.Destination
	if d := cmp.Diff(&attendu, lu, ignore, cmpopts.EquateComparable(fse.Date{}, fse.NIR{})); d != "" {
		t.Error(d)
	}
	avecFins := bytes.NewBuffer(nil)
	for rec := range bytesChunks(b.Bytes(), 128) {
		avecFins.Write(rec)
		avecFins.WriteString("\r\n")
	}
	lu2, err := Decode(avecFins, profil(t))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(lu, lu2, ignore, cmpopts.EquateComparable(fse.Date{}, fse.NIR{})); d != "" {
		t.Error("with line ends: ", d)
	}
}

func bytesChunks(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			if !yield(b[:n]) {
				return
			}
			b = b[n:]
		}
	}
}

// TestDecoderAltere changes each byte that carries a value in turn: what a check can find, it finds; no change makes a
// file that decodes to the same pairs with other counters.
func TestDecoderAltere(t *testing.T) {
	var b bytes.Buffer
	if err := fichier(t).Encode(&b, profil(t)); err != nil {
		t.Fatal(err)
	}
	for _, coupe := range []int{1, 127, 128, 300, b.Len() - 128, b.Len() - 1} {
		if _, err := Decode(bytes.NewReader(b.Bytes()[:coupe]), profil(t)); !errors.Is(err, scor.ErrFormat) {
			t.Errorf("cut at %d: error %v", coupe, err)
		}
	}
	for nom, off := range map[string]int{"counter of pairs": 8*128 + 5, "counter of documents": 8*128 + 10,
		"bytes": 8*128 + 29, "records": 9*128 + 62, "lots": 9*128 + 84, "pages of a document": 6*128 + 50} {
		faux := bytes.Clone(b.Bytes())
		faux[off] = '7'
		if _, err := Decode(bytes.NewReader(faux), profil(t)); !errors.Is(err, scor.ErrFormat) {
			t.Errorf("%s changed: error %v", nom, err)
		}
	}
}

func TestDecoderAutreChose(t *testing.T) {
	_, err := Decode(strings.NewReader(strings.Repeat("?", 128*100_000)), profil(t))
	if errs, ok := err.(interface{ Unwrap() []error }); !ok || len(errs.Unwrap()) != erreursMax+1 {
		t.Errorf("%T, want %d errors and the note that there are more", err, erreursMax)
	}
}

func TestEncoderTropLong(t *testing.T) {
	f := fichier(t)
	f.Lots[0].Numero = 1_000_000
	err := f.Encode(io.Discard, profil(t))
	if err == nil || !strings.Contains(err.Error(), "Numéro du lot") {
		t.Errorf("error %v, want the zone's name", err)
	}
}

func TestConstituerCoupe(t *testing.T) {
	p := *profil(t)
	p.Limites = scor.Limites{PairesParLot: 3, OctetsParLot: 2500}
	var ps []Paire
	for i := range 8 {
		f := fse.Facture{Cle: cleFacture(t, 1+i/6, 100+i)}
		ps = append(ps, Paire{f, piece(fmt.Sprintf("P-%d", i), 1000)})
	}
	ps = append(ps, Paire{ps[0].Facture, piece("LOURD", 9999)})
	inconnu := piece("X", 1)
	inconnu.Type = "radio"
	ps = append(ps, Paire{ps[0].Facture, inconnu})
	n := 0
	lots, ecartees, err := Constituer(ps, Constitution{Profil: &p, Date: date(t, "261122"),
		Numeroter: func() (int, error) { n++; return n, nil }, Destination: func(*fse.Facture) (Destination,
			error) {
			return destination, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	var tailles []int
	total := 0
	for _, l := range lots {
		if l.Octets() > 2500 || len(l.Paires) > 3 {
			t.Errorf("lot %d: %d bytes, %d pairs", l.Numero, l.Octets(), len(l.Paires))
		}
		for _, paire := range l.Paires {
			if paire.Facture.Cle.Lot != l.Factures {
				t.Error("a lot holds invoices of two lots")
			}
		}
		tailles = append(tailles, len(l.Paires))
		total += len(l.Paires)
	}
	if total != 8 {
		t.Errorf("%d pairs in lots %v, want 8", total, tailles)
	}
	var et *ErreurType
	if len(ecartees) != 2 || !errors.As(ecartees[1].Err, &et) {
		t.Errorf("set aside: %+v", ecartees)
	}
}

func TestMessage(t *testing.T) {
	m, err := fichier(t).Message(profil(t), "2026112210000000001")
	if err != nil {
		t.Fatal(err)
	}
	var noms []string
	for _, p := range m.Parties {
		noms = append(noms, p.Type+" "+p.Nom+" "+p.Description)
	}
	want := []string{"application/EDI-consent SCOR_2026112210000000001 SCOR/LOT/Z", "application/pdf P-1000.pdf SCOR/PJ",
		"application/pdf FS-1000.pdf SCOR/PJ"}
	if d := cmp.Diff(want, noms); d != "" {
		t.Error(d)
	}
	if m.Sujet != "SC000001/00000420788606/2026112210000000001/00004" || m.Adresse != destination.Adresse {
		t.Errorf("subject %q to %q", m.Sujet, m.Adresse)
	}
}

func FuzzDecoder(f *testing.F) {
	var b bytes.Buffer
	if err := fichier(f).Encode(&b, profil(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:500])
	p := profil(f)
	f.Fuzz(func(t *testing.T, texte []byte) {
		lu, err := Decode(bytes.NewReader(texte), p)
		if lu == nil {
			t.Fatal("no file")
		}
		if err != nil {
			return
		}
		for i := range lu.Lots {
			for j := range lu.Lots[i].Paires {
				lu.Lots[i].Paires[j].Piece.Open = nil
			}
		}
	})
}
