package disposition_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

var mots = disposition.Vocabulaire{
	{Nom: "lot.numero", Genre: disposition.GenreNombre, Pour: []disposition.Pour{disposition.PourLot}},
	{Nom: "piece.id", Genre: disposition.GenreIdentifiant, Pour: []disposition.Pour{disposition.PourPiece}},
	{Nom: "piece.texte", Genre: disposition.GenreTexte, Pour: []disposition.Pour{disposition.PourPiece}},
	{Nom: "piece.contenu", Genre: disposition.GenreContenu, Pour: []disposition.Pour{disposition.PourPiece}},
}

func compiler(t testing.TB, texte string) *disposition.Format {
	t.Helper()
	f := &disposition.Format{}
	d, err := config.Lire(strings.NewReader(texte), "f.yaml", f)
	if err != nil {
		t.Fatal(err)
	}
	f.Compiler("", disposition.Contexte{Vocabulaire: mots, Pours: []disposition.Pour{disposition.PourLot,
		disposition.PourPiece}}, sansRacine{d})
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

// sansRacine takes away the dot that paths begin with where a layout is the whole file.
type sansRacine struct{ *config.Document }

func (s sansRacine) Ajouter(c, f string, a ...any) {
	s.Document.Ajouter(strings.TrimPrefix(c, "."), f, a...)
}
func (s sansRacine) Present(c string) bool { return s.Document.Present(strings.TrimPrefix(c, ".")) }

// puits counts what it is told.
type puits struct {
	noms   []string
	textes []string
	n      int
}

func (p *puits) Lier(donnees []disposition.Donnee) {
	for _, d := range donnees {
		p.noms = append(p.noms, d.Nom)
	}
}
func (p *puits) Entrer(disposition.Pour)   { p.n++ }
func (p *puits) Sortir(disposition.Pour)   { p.n-- }
func (p *puits) Faute(*disposition.Erreur) {}
func (p *puits) Contenu(_ int, r io.Reader) error {
	b, err := io.ReadAll(r)
	p.textes = append(p.textes, string(b))
	return err
}
func (p *puits) Poser(i int, v disposition.Valeur) error {
	if v.Texte != "" {
		p.textes = append(p.textes, v.Texte)
	}
	return nil
}

const (
	fixe = "longueur: 10\nenregistrements:\n  - nom: L\n    pour: lot\n    zones: [{nom: T, longueur: 1, type: A, " +
		"valeur: L}, {nom: N, longueur: 5, type: N, presence: O, donnee: lot.numero}, {nom: C, longueur: 4, type: N, " +
		"compte: P, portee: lot}]\n" +
		"    contenu:\n      - {nom: P, pour: piece, zones: [{nom: T, longueur: 1, type: A, valeur: P}, {nom: I, longueur: " +
		"8, type: A, presence: O, donnee: piece.id}, {nom: K, longueur: 1, type: A, controle: somme, sur: [I]}]}\n"
	delimite = "codage: delimite\nguillemet: '\"'\nenregistrements:\n  - {nom: P, pour: piece, zones: [{nom: T, valeur: " +
		"P}, {nom: I, donnee: piece.id, presence: O}, {nom: X, donnee: piece.texte}]}\n"
	xml = "codage: xml\nespaces: {\"\": \"urn:x\"}\nenregistrements:\n  - nom: r\n    contenu:\n      - {nom: p, pour: " +
		"piece, attributs: [{nom: id, donnee: piece.id, presence: O}], texte: {nom: d, donnee: piece.contenu, presence: O}}\n"
)

// Each fault of a file is told by its nature, at its record, and what was read is never in the message.
func TestFautes(t *testing.T) {
	for _, c := range []struct {
		format, fichier string
		nature          disposition.Nature
		numero          int
	}{
		{fixe, "L000010002PABCDEFGH8PABCDEFGH8", "", 0},
		{fixe, "L000010001PABCDEFGH8PABCDEFGH8", disposition.Compteur, 1},
		{fixe, "L000010001PABCDEFGH5", disposition.Cle, 2},
		{fixe, "PABCDEFGH8", disposition.Structure, 1},
		{fixe, "L0000X0000", disposition.ZoneLue, 1},
		{fixe, "L000010001P        0", disposition.ZoneLue, 2},
		{fixe, "L000010001PABC", disposition.Structure, 2},
		{fixe, "L000010000XXXXXXXXXX", disposition.Structure, 2},
		{delimite, "P;A;\"b;\"\"c\"\r\nP;B;\n", "", 0},
		{delimite, "P;A;x;y\r\n", disposition.Structure, 1},
		{delimite, "P;;x\r\n", disposition.ZoneLue, 1},
		{delimite, "P;A;\"x\r\n", disposition.Structure, 1},
		{delimite, "Q;A;x\r\n", disposition.Structure, 1},
		{xml, `<r xmlns="urn:x"><p id="A">JVBERg==</p></r>`, "", 0},
		{xml, `<r xmlns="urn:x"><p id="A">***</p></r>`, disposition.ZoneLue, 2},
		{xml, `<r xmlns="urn:x"><p>JVBERg==</p></r>`, disposition.Structure, 2},
		{xml, `<r xmlns="urn:autre"/>`, disposition.Structure, 0},
		{xml, `<r xmlns="urn:x"><q/></r>`, disposition.Structure, 1},
		{xml, `<r xmlns="urn:x"><p id="A">`, disposition.Structure, 2},
		{xml, ``, disposition.Structure, 0},
	} {
		p := &puits{}
		err := compiler(t, c.format).Decode(strings.NewReader(c.fichier), p)
		var e *disposition.Erreur
		switch {
		case c.nature == "" && err == nil:
		case c.nature == "" || !errors.As(err, &e) || e.Nature != c.nature || e.Numero != c.numero ||
			!errors.Is(err, disposition.ErrFormat):
			t.Errorf("%q: %v, want %q at %d", c.fichier, err, c.nature, c.numero)
		case strings.Contains(err.Error(), "ABC"):
			t.Errorf("the error holds what was read: %v", err)
		}
		if p.n != 0 {
			t.Errorf("%q: %d levels left open", c.fichier, p.n)
		}
	}
}

// Fields keep what stands between quotes, separators and quotes included.
func TestGuillemets(t *testing.T) {
	p := &puits{}
	if err := compiler(t, delimite).Decode(strings.NewReader("P;A;\"b;\"\"c\"\r\n"), p); err != nil ||
		strings.Join(p.textes, "|") != `A|b;"c` {
		t.Error(p.textes, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"L000010002PABCDEFGH8PABCDEFGH8", "P;A;\"b;\"\"c\"\r\nP;B;\n",
		`<r xmlns="urn:x"><p id="A">JVBERg==</p></r>`} {
		f.Add([]byte(s))
	}
	var formats []*disposition.Format
	for _, s := range []string{fixe, delimite, xml} {
		formats = append(formats, compiler(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, x := range formats {
			p := &puits{}
			_ = x.Decode(bytes.NewReader(b), p)
			if p.n != 0 {
				t.Errorf("%d levels left open", p.n)
			}
		}
	})
}
