package lot

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Decode reads a file of lots in the layout of the profile. It gives all that could be read, with everything that is wrong joined in the
// error: records that are unknown, out of order or unreadable, counters that don't agree. The documents themselves travel beside the
// file: the pieces have no Ouvrir.
func Decode(r io.Reader, p *scor.Profil) (*Fichier, error) {
	d := decodeur{p: p, f: &Fichier{}, compteurs: map[string]compteur{}}
	for ligne, err := range p.Lot.Parse(r) {
		if err != nil {
			d.ajouter(err)
		}
		if ligne.Numero == 0 {
			break
		}
		d.numero++
		if ligne.Enregistrement == nil {
			d.faute("unknown record")
			continue
		}
		d.ligne(ligne)
	}
	d.finFichier()
	return d.f, errors.Join(d.errs...)
}

type compteur struct {
	lu, ligne int
}

type decodeur struct {
	p         *scor.Profil
	f         *Fichier
	l         *Lot
	numero    int
	debutLot  int
	documents map[string]*scor.Piece
	ordre     []string
	compteurs map[string]compteur // what the end of the file says; checked when all was read
	ferme     bool
	errs      []error
}

// erreursMax bounds what is reported: a file of another kind has as many errors as records.
const erreursMax = 100

func (d *decodeur) ajouter(err error) {
	switch {
	case len(d.errs) < erreursMax:
		d.errs = append(d.errs, err)
	case len(d.errs) == erreursMax:
		d.errs = append(d.errs, fmt.Errorf("%w: more errors than the %d reported", scor.ErrFormat, erreursMax))
	}
}

func (d *decodeur) faute(format string, args ...any) {
	d.ajouter(fmt.Errorf("%w: record %d: %s", scor.ErrFormat, d.numero, fmt.Sprintf(format, args...)))
}

func (d *decodeur) ligne(l scor.Ligne) {
	v, pour := l.Valeurs, l.Enregistrement.Pour
	if d.ferme {
		d.faute("%s after the end of the file", l.Enregistrement.Nom)
	}
	switch pour {
	case scor.PourFichier:
		d.entete(v)
	case scor.PourLot:
		d.finLot()
		d.f.Lots = append(d.f.Lots, Lot{})
		d.l, d.debutLot, d.documents, d.ordre = &d.f.Lots[len(d.f.Lots)-1], d.numero, map[string]*scor.Piece{}, nil
		d.commun(v)
	case scor.PourPaire, scor.PourDocument, scor.PourFinLot:
		if d.l == nil {
			d.faute("%s outside a lot", l.Enregistrement.Nom)
			return
		}
		d.commun(v)
		switch pour {
		case scor.PourPaire:
			d.paire(v)
		case scor.PourDocument:
			d.document(v)
		default:
			d.compteursLot(v)
			d.finLot()
		}
	case scor.PourFinFichier:
		d.finLot()
		d.ferme = true
		if id := v.Texte("fichier.id"); id != "" && d.f.ID != "" && id != d.f.ID {
			d.faute("file %q, but the first record says %q", id, d.f.ID)
		}
		d.entete(v)
	}
}

func (d *decodeur) entete(v scor.Valeurs) {
	poser(&d.f.ID, v.Texte("fichier.id"))
	if date := v.Date("fichier.date"); !date.IsZero() {
		d.f.Date = date
	}
	poser(&d.f.Emetteur.Type, v.Texte("emetteur.type"))
	poser(&d.f.Emetteur.Numero, v.Texte("emetteur.numero"))
	poser(&d.f.Destination.Type, v.Texte("destinataire.type"))
	poser(&d.f.Destination.Numero, v.Texte("destinataire.numero"))
	poser(&d.f.Destination.Organisme, v.Texte("destinataire.organisme"))
	for _, nom := range []string{"fichier.enregistrements", "fichier.lots"} {
		if n, ok := v[nom].(int64); ok {
			d.compteurs[nom] = compteur{int(n), d.numero}
		}
	}
}

func poser(s *string, v string) {
	if v != "" {
		*s = v
	}
}

// commun takes what any record of a lot may carry.
func (d *decodeur) commun(v scor.Valeurs) {
	if n, ok := v["lot.numero"].(int64); ok {
		if d.l.Numero != 0 && d.l.Numero != int(n) {
			d.faute("lot %d inside lot %d", n, d.l.Numero)
		}
		d.l.Numero = int(n)
	}
	if n, ok := v["lot.factures.numero"].(int64); ok {
		d.l.Factures.Numero = int(n)
	}
	if date := v.Date("lot.date"); !date.IsZero() {
		d.l.Date = date
	}
	if date := v.Date("lot.factures.date"); !date.IsZero() {
		d.l.Factures.Date = date
	}
	poser(&d.l.Factures.Emetteur, v.Texte("lot.factures.emetteur"))
	poser(&d.f.Destination.Organisme, v.Texte("destinataire.organisme"))
}

func (d *decodeur) paire(v scor.Valeurs) {
	f := fse.Facture{Cle: fse.CleFacture{Numero: int(v.Nombre("facture.numero"))}, Date: v.Date("facture.date"), Total: fse.Montant(v.Nombre("facture.montant")),
		Organisme: fse.Organisme{Regime: v.Texte("facture.regime"), Caisse: v.Texte("facture.caisse"), Centre: v.Texte("facture.centre")}}
	p := scor.Piece{ID: v.Texte("piece.id"), Type: d.nomType(v.Texte("piece.type")), Reference: v.Texte("piece.reference")}
	if mode := v.Texte("paire.mode"); mode != "" && (mode == scor.ModeReference) != p.EstReference() {
		d.faute("piece %s: mode %q, reference given: %t", p.ID, mode, p.EstReference())
	}
	d.l.Paires = append(d.l.Paires, Paire{f, p})
}

func (d *decodeur) document(v scor.Valeurs) {
	id := v.Texte("document.id")
	if d.documents[id] != nil {
		d.faute("document %s is given twice", id)
		return
	}
	d.documents[id] = &scor.Piece{ID: id, Type: d.nomType(v.Texte("document.type")), Pages: int(v.Nombre("document.pages")), Octets: v.Nombre("document.octets"), Empreinte: v.Empreinte("document.empreinte")}
	d.ordre = append(d.ordre, id)
}

func (d *decodeur) nomType(code string) string {
	if code == "" {
		return ""
	}
	t, ok := d.p.TypeCode(code)
	if !ok {
		d.faute("type of piece %q, which the profile doesn't have", code)
	}
	return t.Nom
}

func (d *decodeur) compteursLot(v scor.Valeurs) {
	pages, octets := 0, int64(0)
	for _, doc := range d.documents {
		pages += doc.Pages
		octets += doc.Octets
	}
	for nom, compte := range map[string]int64{
		"lot.paires": int64(len(d.l.Paires)), "lot.documents": int64(len(d.documents)), "lot.pages": int64(pages), "lot.octets": octets,
		"lot.enregistrements": int64(d.numero - d.debutLot + 1), "lot.factures": int64(d.l.NombreFactures()),
	} {
		if n, ok := v[nom].(int64); ok && n != compte {
			d.faute("%s is %d, counted %d", nom, n, compte)
		}
	}
}

// finLot joins the documents to the pairs that name them.
func (d *decodeur) finLot() {
	if d.l == nil {
		return
	}
	utilises := map[string]bool{}
	for i := range d.l.Paires {
		p, f := &d.l.Paires[i].Piece, &d.l.Paires[i].Facture
		// The identity of the invoices' lot may come after the pairs, in the record that ends the lot.
		f.Cle.Lot = d.l.Factures
		p.Facture = f.Cle
		if p.EstReference() {
			continue
		}
		doc := d.documents[p.ID]
		if doc == nil {
			d.faute("no document for piece %s", p.ID)
			continue
		}
		utilises[p.ID] = true
		p.Pages, p.Octets, p.Empreinte = doc.Pages, doc.Octets, doc.Empreinte
		if p.Type == "" {
			p.Type = doc.Type
		}
	}
	for _, id := range d.ordre {
		if !utilises[id] {
			d.faute("document %s belongs to no pair", id)
		}
	}
	d.l = nil
}

func (d *decodeur) finFichier() {
	d.finLot()
	for i := range d.f.Lots {
		d.f.Lots[i].Destination = d.f.Destination
	}
	attendu := map[string]int{"fichier.enregistrements": d.numero, "fichier.lots": len(d.f.Lots)}
	for nom, c := range d.compteurs {
		if c.lu != attendu[nom] {
			d.ajouter(fmt.Errorf("%w: record %d: %s is %d, counted %d", scor.ErrFormat, c.ligne, nom, c.lu, attendu[nom]))
		}
	}
	if !d.ferme && d.exigeFin() {
		d.ajouter(fmt.Errorf("%w: the file ends after record %d without its last record", scor.ErrFormat, d.numero))
	}
}

func (d *decodeur) exigeFin() bool {
	return slices.ContainsFunc(d.p.Lot.Enregistrements, func(e scor.Enregistrement) bool { return e.Pour == scor.PourFinFichier })
}

// nomDocument gives what the templates of a document may ask for besides the message's data.
func nomDocument(p *scor.Profil, d *scor.Piece, rang int, nom string) (string, bool) {
	switch nom {
	case "document.id":
		return d.ID, true
	case "document.rang":
		return fmt.Sprint(rang), true
	case "document.type":
		t, ok := p.TypeNomme(d.Type)
		return strings.TrimSpace(t.Code), ok
	}
	return "", false
}
