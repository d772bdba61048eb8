package lot

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// continus checks that runs cover the file, each byte once, in order.
func continus(t *testing.T, nom string, ms []disposition.Morceau, b []byte) {
	t.Helper()
	ici := int64(0)
	for _, m := range ms {
		if m.Debut != ici || m.Fin < m.Debut {
			t.Fatalf("%s: a run from %d to %d where %d is expected", nom, m.Debut, m.Fin, ici)
		}
		ici = m.Fin
	}
	if ici != int64(len(b)) {
		t.Fatalf("%s: %d bytes explained of %d", nom, ici, len(b))
	}
}

// By each specification every byte of a file has one place, and a datum is where its bytes are: what is told of the
// bytes is what the reading gave, none missing, and no letter of a file is taken for a separator.
func TestExpliquer(t *testing.T) {
	for nom, p := range specifications(t) {
		for graine := range uint64(5) {
			f := tirer(t, rand.New(rand.NewPCG(graine, 3)))
			f.Compostage = "2026112210000000001"
			var b bytes.Buffer
			if err := f.Encode(&b, p); err != nil {
				t.Fatal(nom, err)
			}
			ms, lu, err := Expliquer(b.Bytes(), p)
			if err != nil || len(lu.Lots) == 0 {
				t.Fatal(nom, err)
			}
			continus(t, nom, ms, b.Bytes())
			x := &compte{batisseur: nouveauBatisseur(p)}
			if err := p.Lot.Decode(bytes.NewReader(b.Bytes()), x); err != nil {
				t.Fatal(nom, err)
			}
			lues := 0
			for _, m := range ms {
				brut := b.Bytes()[m.Debut:m.Fin]
				if m.Lue {
					lues++
				}
				if v := m.Valeur.Texte; m.Lue && m.Donnee.Genre == disposition.GenreTexte && !bytes.ContainsAny(brut, "&?") &&
					!m.Donnee.Chiffres && m.Donnee.Largeur == 0 && !strings.Contains(string(brut), v) {
					t.Errorf("%s: %s, zone %s: %q is not in %q", nom, m.Enregistrement, m.Zone.Nom, v, brut)
				}
				if p.Lot.Codage != disposition.CodageXML && m.Role == disposition.RoleSeparateur &&
					strings.ContainsAny(string(brut), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") {
					t.Errorf("%s: %q taken for a separator", nom, brut)
				}
			}
			if lues != x.n {
				t.Errorf("%s: %d data explained, %d read", nom, lues, x.n)
			}
		}
	}
}

// compte counts the data that a reading tells.
type compte struct {
	*batisseur
	n int
}

func (c *compte) Poser(i int, v disposition.Valeur) error { c.n++; return c.batisseur.Poser(i, v) }
func (c *compte) Contenu(i int, r io.Reader) error {
	c.n++
	return c.batisseur.Contenu(i, r)
}

// An ARL is explained too, and what is wrong with it is told.
func TestExpliquerARL(t *testing.T) {
	for nom, p := range specifications(t) {
		f := &p.Retours.ARL
		if f.Motifs() {
			continue // it has no file
		}
		var b bytes.Buffer
		arl := &ARL{Flux: scor.FluxPieces, Emetteur: "00000420788606", Lot: Cle{7, date(t, "261122")}, Code: p.Codes[0].Code,
			Compostage: "2026112210000000001", FichierID: "AB12CD", Date: date(t, "261123"), Positif: true}
		if !f.Fichier.Porte("arl.code") && !f.Fichier.Porte("arl.sens") { // each piece has its verdict
			arl.Pieces = []PieceARL{{ID: "PIECE-1", Rang: 1, Code: arl.Code, Facture: 7}}
		}
		if err := EncodeARL(&b, f, p, destination, arl); err != nil {
			t.Fatal(nom, err)
		}
		ms, arls, err := ExpliquerARL(b.Bytes(), f, p)
		if err != nil || len(arls) != 1 {
			t.Errorf("%s: %d ARL, %v", nom, len(arls), err)
		}
		continus(t, nom, ms, b.Bytes())
		if _, _, err := ExpliquerARL(b.Bytes()[:b.Len()/2], f, p); err == nil {
			t.Errorf("%s: half an ARL is explained without a fault", nom)
		}
	}
}

// XML in a set of one byte a character: places are those of the file, not of the text that the decoder made of it.
func TestExpliquerJeu(t *testing.T) {
	texte := "etend: reference\nprofil: x\nversion: \"1\"\nsource: essai\nlot:\n  codage: xml\n  jeu: iso-8859-1\n" +
		"  enregistrements:\n    - nom: envoi\n      attributs:\n        - {nom: cabinet, donnee: emetteur.nom}\n" +
		"      contenu:\n        - nom: lot\n          pour: lot\n          zones:\n" +
		"            - {nom: numero, donnee: lot.numero, presence: O}\n            - {nom: jour, donnee: lot.date, " +
		"format: AAAA-MM-JJ, presence: O}\n            - {nom: emetteur, donnee: lot.factures.emetteur, presence: O}\n" +
		"            - {nom: facturier, donnee: lot.factures.numero, presence: O}\n            - {nom: date, donnee: " +
		"lot.factures.date, format: AAAA-MM-JJ, presence: O}\n          contenu:\n            - nom: piece\n" +
		"              pour: paire\n              zones:\n                - {nom: id, donnee: piece.id, presence: O}\n" +
		"                - {nom: type, donnee: piece.type, presence: O}\n                - {nom: facture, donnee: " +
		"facture.numero, presence: O}\n"
	p, err := scor.ParseProfil(strings.NewReader(texte), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := tirer(t, rand.New(rand.NewPCG(1, 1)))
	f.Emetteur.Nom = "Été à la mer"
	var b bytes.Buffer
	if err := f.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	ms, _, err := Expliquer(b.Bytes(), p)
	if err != nil {
		t.Fatal(err)
	}
	continus(t, "iso-8859-1", ms, b.Bytes())
	vus := 0
	for _, m := range ms {
		switch brut := string(b.Bytes()[m.Debut:m.Fin]); {
		case m.Donnee.Nom == "emetteur.nom" && brut == "\xc9t\xe9 \xe0 la mer",
			m.Donnee.Nom == "piece.id" && brut == m.Valeur.Texte:
			vus++
		case m.Donnee.Nom == "piece.id" || m.Donnee.Nom == "emetteur.nom":
			t.Errorf("%s at %d: %q", m.Donnee.Nom, m.Debut, brut)
		}
	}
	if vus < 2 {
		t.Error(vus, "data seen at their place")
	}
}

// Whatever the bytes are, each has one place, and nothing else is read than without explaining.
func FuzzExpliquer(f *testing.F) {
	p, err := scor.Reference()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("000TP00000420788606"))
	f.Add([]byte(""))
	f.Add([]byte("\r\n@@@"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ms, lu, err := Expliquer(b, p)
		continus(t, "fuzz", ms, b)
		f, errSimple := Decode(bytes.NewReader(b), p)
		if (err == nil) != (errSimple == nil) || len(f.Lots) != len(lu.Lots) {
			t.Errorf("%v, %v: explaining changes the reading", err, errSimple)
		}
	})
}
