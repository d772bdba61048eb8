package lot

import (
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Encode writes the file in the layout of the profile. What doesn't fit a zone is an error that names record and zone; then nothing
// more is written.
func (f *Fichier) Encode(w io.Writer, p *scor.Profil) error {
	e := encodeur{p: p, f: f, w: w}
	if len(f.Lots) == 0 {
		return fmt.Errorf("lot: file %s has no lot", f.ID)
	}
	for i := range f.Lots {
		for _, paire := range f.Lots[i].Paires {
			if err := paire.Piece.Verifier(); err != nil {
				return fmt.Errorf("lot: %w", err)
			}
		}
	}
	e.compter()
	for i := range p.Lot.Enregistrements {
		if r := &p.Lot.Enregistrements[i]; r.Pour == scor.PourFichier {
			e.ecrire(r)
		}
	}
	for i := range f.Lots {
		e.lot(&f.Lots[i])
	}
	for i := range p.Lot.Enregistrements {
		if r := &p.Lot.Enregistrements[i]; r.Pour == scor.PourFinFichier {
			e.ecrire(r)
		}
	}
	return e.err
}

type encodeur struct {
	p   *scor.Profil
	f   *Fichier
	w   io.Writer
	err error
	rec []byte

	l                 *Lot
	documents         []scor.Piece
	paire             *Paire
	document          *scor.Piece
	rang              int
	total             int // records of the file
	parLot            []int
	rangLot, factures int
}

// compter finds how many records there will be: the counters stand in records that are written before the last ones.
func (e *encodeur) compter() {
	for i := range e.f.Lots {
		l := &e.f.Lots[i]
		n := 0
		for _, r := range e.p.Lot.Enregistrements {
			switch r.Pour {
			case scor.PourLot, scor.PourFinLot:
				n++
			case scor.PourPaire:
				n += len(l.Paires)
			case scor.PourDocument:
				n += len(l.Documents())
			}
		}
		e.parLot = append(e.parLot, n)
		e.total += n
	}
	for _, r := range e.p.Lot.Enregistrements {
		if r.Pour == scor.PourFichier || r.Pour == scor.PourFinFichier {
			e.total++
		}
	}
}

func (e *encodeur) lot(l *Lot) {
	e.l, e.documents, e.factures = l, l.Documents(), l.NombreFactures()
	for i := range e.p.Lot.Enregistrements {
		r := &e.p.Lot.Enregistrements[i]
		switch r.Pour {
		case scor.PourLot, scor.PourFinLot:
			e.ecrire(r)
		case scor.PourPaire:
			for j := range l.Paires {
				e.paire, e.rang = &l.Paires[j], j+1
				e.ecrire(r)
			}
		case scor.PourDocument:
			for j := range e.documents {
				e.document, e.rang = &e.documents[j], j+1
				e.ecrire(r)
			}
		}
	}
	e.rangLot++
}

func (e *encodeur) ecrire(r *scor.Enregistrement) {
	if e.err != nil {
		return
	}
	e.rec, e.err = r.Coder(e.rec[:0], e.valeur)
	if e.err != nil {
		e.err = fmt.Errorf("lot: file %s: %w", e.f.ID, e.err)
		return
	}
	e.rec = append(e.rec, e.p.Lot.Separateur...)
	_, e.err = e.w.Write(e.rec)
}

func (e *encodeur) valeur(nom string) (any, bool) {
	switch nom {
	case "profil.version":
		return e.p.Version, true
	case "fichier.id":
		return e.f.ID, true
	case "fichier.date":
		return e.f.Date, true
	case "emetteur.type":
		return e.f.Emetteur.Type, true
	case "emetteur.numero":
		return e.f.Emetteur.Numero, true
	case "destinataire.type":
		return e.f.Destination.Type, true
	case "destinataire.numero":
		return e.f.Destination.Numero, true
	case "destinataire.organisme":
		return e.f.Destination.Organisme, true
	case "fichier.enregistrements":
		return e.total, true
	case "fichier.lots":
		return len(e.f.Lots), true
	case "lot.numero":
		return e.l.Numero, true
	case "lot.date":
		return e.l.Date, true
	case "lot.factures.numero":
		return e.l.Factures.Numero, true
	case "lot.factures.date":
		return e.l.Factures.Date, true
	case "lot.factures.emetteur":
		return e.l.Factures.Emetteur, true
	case "lot.factures":
		return e.factures, true
	case "lot.paires":
		return len(e.l.Paires), true
	case "lot.documents":
		return len(e.documents), true
	case "lot.enregistrements":
		return e.parLot[e.rangLot], true
	case "lot.pages":
		n := 0
		for _, d := range e.documents {
			n += d.Pages
		}
		return n, true
	case "lot.octets":
		return e.l.Octets(), true
	case "paire.rang", "document.rang":
		return e.rang, true
	}
	if e.document != nil {
		if v, ok := e.valeurDocument(nom); ok {
			return v, true
		}
	}
	if e.paire == nil {
		return nil, false
	}
	return e.valeurPaire(nom)
}

func (e *encodeur) valeurPaire(nom string) (any, bool) {
	f, p := &e.paire.Facture, &e.paire.Piece
	switch nom {
	case "paire.mode":
		if p.EstReference() {
			return scor.ModeReference, true
		}
		return scor.ModeDocument, true
	case "facture.numero":
		return f.Cle.Numero, true
	case "facture.date":
		return f.Date, !f.Date.IsZero()
	case "facture.montant":
		return f.Total, true
	case "facture.nir":
		return f.Assure.Numero(), true
	case "facture.cle":
		return f.Assure.Cle(), true
	case "facture.regime":
		return f.Organisme.Regime, f.Organisme.Regime != ""
	case "facture.caisse":
		return f.Organisme.Caisse, f.Organisme.Caisse != ""
	case "facture.centre":
		return f.Organisme.Centre, f.Organisme.Centre != ""
	case "piece.id":
		return p.ID, true
	case "piece.type":
		return e.codeType(p.Type)
	case "piece.reference":
		return p.Reference, p.EstReference()
	}
	return nil, false
}

func (e *encodeur) valeurDocument(nom string) (any, bool) {
	d := e.document
	switch nom {
	case "document.id":
		return d.ID, true
	case "document.type":
		return e.codeType(d.Type)
	case "document.pages":
		return d.Pages, true
	case "document.octets":
		return d.Octets, true
	case "document.empreinte":
		return d.Empreinte, true
	case "document.nom":
		nom, err := e.p.Message.NomDocument.Remplir(func(n string) (string, bool) { return nomDocument(e.p, d, e.rang, n) })
		return nom, err == nil
	}
	return nil, false
}

func (e *encodeur) codeType(nom string) (any, bool) {
	t, ok := e.p.TypeNomme(nom)
	return t.Code, ok
}

// ErreurType tells of a piece whose type the profile doesn't have.
type ErreurType struct{ Piece, Type string }

func (e *ErreurType) Error() string {
	return fmt.Sprintf("lot: piece %s is of type %q, which the profile doesn't have", e.Piece, e.Type)
}
