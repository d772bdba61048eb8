package lot

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

func specifications(t *testing.T) map[string]*scor.Profil {
	t.Helper()
	noms, err := filepath.Glob("../examples/officine/testdata/specifications/*.yaml")
	if err != nil || len(noms) < 10 {
		t.Fatal(noms, err)
	}
	ps := map[string]*scor.Profil{}
	for _, nom := range append(noms, "../examples/officine/testdata/imaginaire.yaml", "../scor/profils/reference.yaml",
		"../scor/profils/scor-cp.yaml") {
		f, err := os.Open(nom)
		if err != nil {
			t.Fatal(err)
		}
		p, err := scor.ParseProfil(f, nom)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		ps[filepath.Base(nom)] = p
	}
	return ps
}

// tirer draws a file of one lot: invoices of several pieces, pieces of several invoices, references.
func tirer(t *testing.T, r *rand.Rand) *Fichier {
	cle := fse.CleLot{Emetteur: "420788606", Numero: 12, Date: date(t, "261121")}
	l := Lot{Cle: Cle{1 + r.IntN(999999), date(t, "261122")}, Factures: cle, Destination: destination}
	for i := range 1 + r.IntN(4) {
		f := fse.Facture{Cle: fse.CleFacture{Lot: cle, Numero: 1000 + i}, Date: date(t, "261120"),
			Total: fse.Montant(r.IntN(99999)), Naissance: "470512", Prescripteur: "751234568", DatePrescription: date(t,
				"261119")}
		for j := range 1 + r.IntN(3) {
			contenu := []byte(fmt.Sprintf("%%PDF %d %d @';\r\n+?", i, r.Uint64()))
			x := scor.Piece{ID: fmt.Sprintf("P-%d-%d", i, j), Type: scor.Ordonnance, Facture: f.Cle, Pages: 1 + r.IntN(9),
				Octets: int64(len(contenu)), Empreinte: sha256.Sum256(contenu), Open: func() (io.ReadCloser,
					error) {
					return io.NopCloser(bytes.NewReader(contenu)), nil
				}}
			if r.IntN(4) == 0 {
				x = scor.Piece{ID: x.ID, Type: scor.FeuilleDeSoins, Facture: f.Cle, Reference: "P-ANCIENNE"}
			}
			l.Paires = append(l.Paires, Paire{f, x})
		}
	}
	return &Fichier{ID: "AB12CD", Date: date(t, "261122"), Emetteur: Emetteur{Type: "TP", Numero: "00000420788606",
		Logiciel: "Essai & <fils>"},
		Destination: destination, Lots: []Lot{l}}
}

// Drawn files come back with the same pairs by every specification: written, read and written again, the bytes are the
// same.
func TestAllerRetour(t *testing.T) {
	for nom, p := range specifications(t) {
		for graine := range uint64(20) {
			f := tirer(t, rand.New(rand.NewPCG(graine, 7)))
			f.Compostage = "2026112210000000001"
			var b bytes.Buffer
			if err := f.Encode(&b, p); err != nil {
				t.Fatalf("%s: %v", nom, err)
			}
			lu, err := Decode(bytes.NewReader(b.Bytes()), p)
			if err != nil {
				t.Fatalf("%s: %v\n%s", nom, err, b.Bytes())
			}
			if d := ecartPaires(p, f, lu); d != "" {
				t.Fatalf("%s: %s\n%s", nom, d, b.Bytes())
			}
		}
	}
}

// A byte of an identifier, a number, a counter or a digest that changes is told, or changes what is read: none passes
// for the same file.
func TestOctetChange(t *testing.T) {
	p := specifications(t)["01-entrelacee.yaml"]
	var b bytes.Buffer
	f := tirer(t, rand.New(rand.NewPCG(3, 7)))
	if err := f.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	muets := 0
	for i := range b.Len() {
		faux := bytes.Clone(b.Bytes())
		if faux[i] < '0' || faux[i] > '9' {
			continue
		}
		faux[i] = '0' + (faux[i]-'0'+1)%10
		if _, err := Decode(bytes.NewReader(faux), p); err == nil {
			muets++
		} else if !errors.Is(err, scor.ErrFormat) {
			t.Fatal(err)
		}
	}
	// The sum over the file leaves none unsaid.
	if muets > 0 {
		t.Errorf("%d changes of a digit are silent", muets)
	}
}

// The limits of a profile hold exactly: a lot takes what they say, and not one more.
func TestLimitesExactes(t *testing.T) {
	p := *profil(t)
	for n := 1; n <= 4; n++ {
		p.Limites = scor.Limites{PairesParLot: 3}
		if got := couper(nPaires(t, n, 100), &p); len(got) != (n+2)/3 || len(got[0]) != min(n, 3) {
			t.Errorf("%d pairs of at most 3: %d lots", n, len(got))
		}
		p.Limites = scor.Limites{DocumentsParLot: 2}
		if got := couper(nPaires(t, n, 100), &p); len(got) != (n+1)/2 {
			t.Errorf("%d documents of at most 2: %d lots", n, len(got))
		}
	}
	p.Limites = scor.Limites{OctetsParLot: 200}
	if got := couper(nPaires(t, 2, 100), &p); len(got) != 1 {
		t.Errorf("two documents of 100 bytes in 200: %d lots", len(got))
	}
	p.Limites = scor.Limites{OctetsParLot: 199}
	if got := couper(nPaires(t, 2, 100), &p); len(got) != 2 {
		t.Errorf("two documents of 100 bytes in 199: %d lots", len(got))
	}
	seul := nPaires(t, 1, 199)
	for octets, ecartees := range map[int64]int{199: 0, 200: 1} {
		seul[0].Piece.Octets = octets
		_, e, err := Constituer(seul, Constitution{Profil: &p, Date: date(t, "261122"),
			Numeroter: func() (int, error) { return 1, nil }, Destination: func(*fse.Facture) (Destination,
				error) {
				return destination, nil
			}})
		if err != nil || len(e) != ecartees {
			t.Errorf("a document of %d bytes in a lot of 199: %d set aside, %v", octets, len(e), err)
		}
	}
}

func nPaires(t *testing.T, n int, octets int64) (ps []Paire) {
	for i := range n {
		ps = append(ps, Paire{fse.Facture{Cle: cleFacture(t, 12, 1000+i)}, piece(fmt.Sprintf("P-%d", i), octets)})
	}
	return ps
}

// A profile with a message for each piece, or invoice, has a lot for each.
func TestUnMessagePar(t *testing.T) {
	p := *profil(t)
	ps := paires(t)[:3] // two pieces of an invoice, one of another
	for par, n := range map[string]int{"fichier": 1, "facture": 2, "piece": 3} {
		p.Message.Par = "fichier"
		p.Message.Par = map[string]disposition.Pour{"fichier": "fichier", "facture": "facture", "piece": "piece"}[par]
		if got := couper(ps, &p); len(got) != n {
			t.Errorf("par: %s: %d lots, want %d", par, len(got), n)
		}
	}
}

// An invoice that is given twice has its pieces once: a piece isn't sent twice.
func TestFactureDonneeDeuxFois(t *testing.T) {
	f := fse.Facture{Cle: cleFacture(t, 12, 1)}
	x := piece("A", 10)
	x.Facture = f.Cle
	if r := (Apparieur{}).Apparier([]fse.Facture{f, f}, []scor.Piece{x}); len(r.Paires) != 1 {
		t.Errorf("%d pairs", len(r.Paires))
	}
}

// What a profile's zones have no room for stops that piece alone, with the zone's name in French, and nothing else.
func TestPieceSansPlace(t *testing.T) {
	p := specifications(t)["01-entrelacee.yaml"]
	ps := nPaires(t, 2, 100)
	ps[1].Piece.Pages = 1000 // the zone has three digits
	lots, e, err := Constituer(ps, Constitution{Profil: p, Date: date(t, "261122"),
		Numeroter: func() (int, error) { return 1, nil }, Destination: func(*fse.Facture) (Destination,
			error) {
			return destination, nil
		}})
	if err != nil || len(e) != 1 || len(lots) != 1 || len(lots[0].Paires) != 1 || !bytes.Contains([]byte(e[0].Motif),
		[]byte("« Pages »")) {
		t.Errorf("%d lots, set aside %+v, %v", len(lots), e, err)
	}
}

// A whole message by each specification, read part by part: every document is there, and is the one announced.
func TestMessageRelu(t *testing.T) {
	for nom, p := range specifications(t) {
		f := tirer(t, rand.New(rand.NewPCG(5, 7)))
		for i := range f.Lots[0].Paires {
			f.Lots[0].Paires[i].Piece.Numerisee = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		}
		m, err := f.Message(p, "2026112210000000001")
		if err != nil {
			t.Fatalf("%s: %v", nom, err)
		}
		l := NewLecture(p)
		for _, x := range m.Parties {
			r, err := x.Open()
			if err != nil {
				t.Fatal(err)
			}
			connue, err := l.Partie(x.Type, x.Description, x.Nom, r)
			if !connue || err != nil {
				t.Errorf("%s: part %q: known %t, %v", nom, x.Nom, connue, err)
			}
			r.Close()
		}
		lu, err := l.Fichier()
		if err != nil || lu == nil || len(l.Ecarts("2026112210000000001")) > 0 {
			t.Fatalf("%s: %v %+v", nom, err, l.Ecarts("2026112210000000001"))
		}
		if n, veut := len(lu.Lots[0].Paires), len(f.Lots[0].Paires); n != veut {
			t.Errorf("%s: %d pairs, want %d", nom, n, veut)
		}
	}
}

// ecartPaires tells in what the pairs of two files differ, in whatever order they are.
func ecartPaires(p *scor.Profil, f, lu *Fichier) string {
	type ligne struct {
		Facture             int
		ID, Type, Reference string
	}
	lignes := func(f *Fichier) (ls []ligne) {
		for _, l := range f.Lots {
			for _, x := range l.Paires {
				ls = append(ls, ligne{x.Facture.Cle.Numero, p.Identifiant(x.Piece.ID), x.Piece.Type,
					p.Identifiant(x.Piece.Reference)})
			}
		}
		return ls
	}
	return cmp.Diff(lignes(f), lignes(lu),
		cmpopts.SortSlices(func(a, b ligne) bool { return fmt.Sprint(a) < fmt.Sprint(b) }))
}
