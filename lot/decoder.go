package lot

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// Decode reads a file of lots in the layout of the profile. It gives all that could be read, with everything that is
// wrong joined in the error: records that are unknown, out of order or unreadable, counters that don't agree. Documents
// that travel beside the file are not opened: their pieces have no Open. Those inside the file are held in memory.
func Decode(r io.Reader, p *scor.Profil) (*Fichier, error) {
	b := nouveauBatisseur(p)
	err := p.Lot.Decode(r, b)
	b.finFichier()
	return b.f, joindreErreurs(err, b.errs)
}

// erreursMax bounds what is reported of what only the whole shows, as the reading of records does.
const erreursMax = 100

// joindreErreurs puts errors in one list.
func joindreErreurs(err error, autres []error) error {
	var errs []error
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		errs = append(errs, j.Unwrap()...)
	} else if err != nil {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, autres...)...)
}

// batisseur makes a file of what its layout tells, in any order and nesting.
type batisseur struct {
	p       *scor.Profil
	f       *Fichier
	poseurs []poseur
	noms    []string
	pile    []disposition.Pour

	l         *Lot
	cumul     *chantier
	facture   *fse.Facture // of the level being in
	nir, cle  string
	piece     *paireLue
	doc       *scor.Piece
	compteurs []compteur
	errs      []error
	separes   bool // documents stand apart from their pieces
}

// chantier is the lot being read: pairs, invoices and documents that may stand apart.
type chantier struct {
	paires    []*paireLue
	factures  []fse.Facture
	documents registre[*scor.Piece]
	vues      map[cleLecture]int // where each pair is, once an identifier came out of order
	dernier   string             // the greatest identifier so far
}

type paireLue struct {
	facture int // in chantier.factures; -1: its own
	propre  fse.Facture
	piece   scor.Piece
	mode    string
	n       int // invoices read inside it
}

type compteur struct {
	nom string
	lu  int64
}

type poseur func(b *batisseur, v valeur) error

func nouveauBatisseur(p *scor.Profil) *batisseur {
	b := &batisseur{p: p, f: &Fichier{}}
	for _, r := range p.Lot.Repetitions() {
		if r.Pour == disposition.PourDocument {
			b.separes = b.separes || !contient(r.Dans, disposition.PourPiece) && !contient(r.Dans, disposition.PourPaire)
		}
	}
	return b
}

func contient(ps []disposition.Pour, p disposition.Pour) bool {
	for _, x := range ps {
		if x == p {
			return true
		}
	}
	return false
}

func (b *batisseur) Lier(donnees []disposition.Donnee) {
	b.poseurs = make([]poseur, len(donnees))
	b.noms = make([]string, len(donnees))
	for i, d := range donnees {
		b.noms[i] = d.Nom
		b.poseurs[i] = poseurDe(d.Nom)
	}
}

func (b *batisseur) Faute(*disposition.Erreur) {}

func (b *batisseur) Poser(i int, v valeur) error { return b.poseurs[i](b, v) }

// faute reports what only the whole shows.
func (b *batisseur) faute(nature disposition.Nature, format string, args ...any) {
	if len(b.errs) < erreursMax {
		b.errs = append(b.errs, &disposition.Erreur{Nature: nature, Message: fmt.Sprintf(format, args...)})
	}
}

// Contenu keeps a document that stands inside the file, with its size and digest.
func (b *batisseur) Contenu(_ int, r io.Reader) error {
	contenu, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d := b.document()
	if d == nil {
		return errors.New("un document hors d'une pièce")
	}
	e := scor.Empreinte(sha256.Sum256(contenu))
	n := int64(len(contenu))
	switch {
	case !d.Empreinte.IsZero() && d.Empreinte != e:
		return &disposition.Erreur{Nature: disposition.Cle, Message: "un autre contenu que celui de l'empreinte"}
	case d.Octets != 0 && d.Octets != n:
		return &disposition.Erreur{Nature: disposition.Compteur, Message: fmt.Sprintf("%d octets annoncés, %d lus", d.Octets,
			n)}
	}
	d.Empreinte, d.Octets = e, n
	d.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(contenu)), nil }
	return nil
}

func (b *batisseur) document() *scor.Piece {
	if b.doc != nil {
		return b.doc
	}
	if b.piece != nil {
		return &b.piece.piece
	}
	return nil
}

func (b *batisseur) Entrer(p disposition.Pour) {
	b.pile = append(b.pile, p)
	switch p {
	case disposition.PourLot:
		b.finLot()
		b.debutLot()
	case disposition.PourFacture:
		b.debutLot()
		b.facture = &fse.Facture{}
		b.nir, b.cle = "", ""
	case disposition.PourPaire, disposition.PourPiece:
		b.debutLot()
		b.piece = &paireLue{facture: -1}
		if b.facture != nil {
			b.piece.facture = len(b.cumul.factures) // where it will be
		} else {
			b.nir, b.cle = "", ""
		}
	case disposition.PourDocument:
		b.debutLot()
		if b.piece == nil {
			b.doc = &scor.Piece{}
		}
	}
}

// debutLot opens a lot; a layout that has none for each lot has one for the file.
func (b *batisseur) debutLot() {
	if b.l != nil {
		return
	}
	b.f.Lots = append(b.f.Lots, Lot{})
	b.l = &b.f.Lots[len(b.f.Lots)-1]
	b.cumul = &chantier{}
}

func (b *batisseur) Sortir(p disposition.Pour) {
	b.pile = b.pile[:len(b.pile)-1]
	switch p {
	case disposition.PourLot:
		b.finLot()
	case disposition.PourFacture:
		b.assure(b.facture)
		if b.piece != nil && b.piece.facture < 0 {
			// An invoice inside a piece: a pair for each.
			paire := *b.piece
			paire.propre = *b.facture
			b.cumul.paires = append(b.cumul.paires, &paire)
			b.piece.n++
		} else {
			b.cumul.factures = append(b.cumul.factures, *b.facture)
		}
		b.facture = nil
	case disposition.PourPaire, disposition.PourPiece:
		b.finPiece()
	case disposition.PourDocument:
		if b.piece == nil && b.doc != nil {
			b.finDocument()
		}
		b.doc = nil
	}
}

func (b *batisseur) finPiece() {
	x := b.piece
	b.piece = nil
	if x.facture < 0 {
		b.assure(&x.propre)
	}
	if x.mode != "" && (x.mode == scor.ModeReference) != x.piece.EstReference() {
		b.faute(disposition.Structure, "pièce %s : mode %q, référence donnée : %t", x.piece.ID, x.mode,
			x.piece.EstReference())
	}
	if x.n > 0 {
		// Its invoices were inside it; what came after them is theirs too.
		for i := len(b.cumul.paires) - x.n; i < len(b.cumul.paires); i++ {
			b.cumul.paires[i].piece = x.piece
		}
		return
	}
	if i := b.cumul.place(x); i >= 0 {
		// The same pair, written at two places.
		completer(&b.cumul.paires[i].piece, &x.piece)
		return
	}
	b.cumul.paires = append(b.cumul.paires, x)
}

// place finds a pair that was read before, -1 for none; then it will be the next one.
func (c *chantier) place(x *paireLue) int {
	if x.piece.ID == "" {
		return -1
	}
	if c.vues == nil {
		if x.piece.ID > c.dernier {
			c.dernier = x.piece.ID
			return -1
		}
		c.vues = make(map[cleLecture]int, 2*len(c.paires))
		for i, p := range c.paires {
			if p.piece.ID != "" {
				c.vues[cleLue(p)] = i
			}
		}
	}
	if i, ok := c.vues[cleLue(x)]; ok {
		return i
	}
	c.vues[cleLue(x)] = len(c.paires)
	return -1
}

type cleLecture struct {
	id              string
	facture, numero int
}

func cleLue(x *paireLue) cleLecture { return cleLecture{x.piece.ID, x.facture, x.propre.Cle.Numero} }

// completer adds to a piece what was said of it elsewhere.
func completer(p, autre *scor.Piece) {
	poser(&p.Type, autre.Type)
	poser(&p.Reference, autre.Reference)
	if p.Pages == 0 {
		p.Pages = autre.Pages
	}
	if p.Octets == 0 {
		p.Octets = autre.Octets
	}
	if p.Empreinte.IsZero() {
		p.Empreinte = autre.Empreinte
	}
	if p.Open == nil {
		p.Open = autre.Open
	}
	if p.Numerisee.IsZero() {
		p.Numerisee = autre.Numerisee
	}
	for k, v := range autre.Attributs {
		ajouter(&p.Attributs, k, v)
	}
}

func (b *batisseur) finDocument() {
	c := b.cumul
	id := b.doc.ID
	if id == "" {
		id = fmt.Sprintf("\x00%09d", len(c.documents.ids))
	}
	if !c.documents.ajouter(id, b.doc) {
		b.faute(disposition.Structure, "le document %s est donné deux fois", b.doc.ID)
	}
}

// assure makes the insured's number of what was read of it.
func (b *batisseur) assure(f *fse.Facture) {
	if b.nir == "" {
		return
	}
	// A wrong key comes with the number: it is the invoice's fault, not the file's.
	f.Assure, _ = fse.ParseNIR(b.nir, b.cle)
	b.nir, b.cle = "", ""
}

func poser(s *string, v string) {
	if v != "" {
		*s = v
	}
}

func ajouter(m *map[string]string, cle, v string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[cle] = v
}

// quand puts the day and the time of an instant together, whichever comes first.
func quand(t *time.Time, v valeur) {
	jour := fse.DateDe(*t)
	if t.IsZero() {
		jour = fse.Date{}
	}
	if !v.Date.IsZero() {
		jour = v.Date
	}
	heure := t.Hour()*3600 + t.Minute()*60 + t.Second()
	if v.Nombre >= 0 {
		heure = int(v.Nombre)
	}
	if jour.IsZero() {
		jour, _ = fse.NewDate(1, 1, 2)
	}
	*t = jour.Time(time.UTC).Add(time.Duration(heure) * time.Second)
}

func libre(nom string) (debut, cle string, ok bool) {
	for _, d := range []string{"emetteur.libre.", "facture.libre.", "piece.libre."} {
		if c, ok := strings.CutPrefix(nom, d); ok {
			return d, c, true
		}
	}
	return "", "", false
}
