package lot

import (
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

type valeur = disposition.Valeur

// lecteur gives a datum from where the source stands; false where it isn't there.
type lecteur func(s *source) (valeur, bool)

// source walks a file of lots as a layout asks for it.
type source struct {
	p         *scor.Profil
	f         *Fichier
	lecteurs  []lecteur
	lot       *index
	rangLot   int
	facture   *fse.Facture
	piece     *scor.Piece
	paire     int // rank of the pair in its lot
	document  *scor.Piece
	rangPiece int
	rangDoc   int
	rangFact  int
	pieces    int // of the invoice
	idx       []*index
	rangs     map[string]int // of documents in the message, when asked
}

// index is a lot with what walking it in other orders needs, found once.
type index struct {
	*Lot
	documents  []scor.Piece
	factures   []int         // the first pair of each invoice
	parFacture map[int][]int // pairs of the invoice that begins there
	pieces     []int         // the first pair of each piece
	parPiece   map[string][]int
	pages      int
	octets     int64
	montant    fse.Montant
	numeros    int64
}

func indexer(l *Lot) *index {
	x := &index{Lot: l, documents: l.Documents()}
	for i := range x.documents {
		x.pages += x.documents[i].Pages
		x.octets += x.documents[i].Octets
	}
	var vues facturesVues
	for i := range l.Paires {
		if !vues.nouvelle(l.Paires, i) {
			continue
		}
		f := &l.Paires[i].Facture
		x.factures = append(x.factures, i)
		x.montant += f.Total
		x.numeros += int64(f.Cle.Numero)
	}
	return x
}

// ordonner finds the pairs of each invoice and piece: only layouts that nest them ask for it.
func (x *index) ordonner() {
	if x.parFacture != nil {
		return
	}
	x.parFacture, x.parPiece = map[int][]int{}, map[string][]int{}
	premiere := map[fse.CleFacture]int{}
	for i := range x.Paires {
		cle, id := x.Paires[i].Facture.Cle, x.Paires[i].Piece.ID
		if _, vue := premiere[cle]; !vue {
			premiere[cle] = i
		}
		x.parFacture[premiere[cle]] = append(x.parFacture[premiere[cle]], i)
		if x.parPiece[id] == nil {
			x.pieces = append(x.pieces, i)
		}
		x.parPiece[id] = append(x.parPiece[id], i)
	}
}

func nouvelleSource(p *scor.Profil, f *Fichier) *source {
	s := &source{p: p, f: f, idx: make([]*index, len(f.Lots))}
	for i := range f.Lots {
		s.idx[i] = indexer(&f.Lots[i])
	}
	return s
}

func (s *source) Lier(donnees []disposition.Donnee) {
	s.lecteurs = make([]lecteur, len(donnees))
	for i, d := range donnees {
		s.lecteurs[i] = lecteurDe(d.Nom)
	}
}

func (s *source) Valeur(i int) (valeur, bool) { return s.lecteurs[i](s) }

// Boucle goes through a level inside where it stands. A level that isn't inside a lot goes through all lots.
func (s *source) Boucle(p disposition.Pour, f func() error) error {
	switch p {
	case disposition.PourDestinataire:
		return f()
	case disposition.PourLot:
		return s.lots(f)
	}
	if s.lot == nil {
		return s.lots(func() error { return s.Boucle(p, f) })
	}
	switch p {
	case disposition.PourFacture:
		return s.factures(f)
	case disposition.PourPaire:
		return s.paires(f)
	case disposition.PourPiece:
		return s.boucleIDs(f)
	}
	return s.boucleDocuments(f)
}

func (s *source) lots(f func() error) error {
	defer func() { s.lot = nil }()
	for i := range s.f.Lots {
		s.lot, s.rangLot = s.idx[i], i+1
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// factures: those of the lot, or those that the piece justifies.
func (s *source) factures(f func() error) error {
	garde := *s
	defer func() { lot := s.lot; *s = garde; s.lot = lot }()
	x := s.lot
	x.ordonner()
	debuts := x.factures
	if s.piece != nil {
		debuts = x.parPiece[s.piece.ID]
	}
	for rang, i := range debuts {
		s.facture, s.rangFact, s.pieces = &x.Paires[i].Facture, rang+1, len(x.parFacture[i])
		if s.piece == nil {
			s.paire = i
		}
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func (s *source) paires(f func() error) error {
	x, rang := s.lot, 0
	defer func() { s.piece, s.paire = nil, 0 }()
	if s.facture != nil {
		for _, i := range x.parFacture[s.paire] {
			s.piece, s.paire, s.rangPiece = &x.Paires[i].Piece, i, rang+1
			rang++
			if err := f(); err != nil {
				return err
			}
		}
		return nil
	}
	defer func() { s.facture = nil }()
	for i := range x.Paires {
		s.facture, s.piece, s.paire, s.rangPiece = &x.Paires[i].Facture, &x.Paires[i].Piece, i, i+1
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// boucleIDs goes through pieces: those of the invoice, or each of the lot's once.
func (s *source) boucleIDs(f func() error) error {
	x := s.lot
	x.ordonner()
	liste, paire := x.pieces, s.paire
	if s.facture != nil {
		liste = x.parFacture[s.paire]
	}
	defer func() { s.piece, s.paire = nil, paire }()
	for rang, i := range liste {
		s.piece, s.paire, s.rangPiece = &x.Paires[i].Piece, i, rang+1
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// boucleDocuments goes through documents: that of the piece, those of the invoice, or each of the lot's once.
func (s *source) boucleDocuments(f func() error) error {
	defer func() { s.document = nil }()
	rang := 0
	un := func(d *scor.Piece) error {
		rang++
		s.document, s.rangDoc = d, rang
		return f()
	}
	switch {
	case s.piece != nil && s.piece.EstReference():
		return nil
	case s.piece != nil:
		return un(s.piece)
	case s.facture != nil:
		for _, i := range s.lot.parFacture[s.paire] {
			if d := &s.lot.Paires[i].Piece; !d.EstReference() {
				if err := un(d); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for i := range s.lot.documents {
		if err := un(&s.lot.documents[i]); err != nil {
			return err
		}
	}
	return nil
}

// doc is the document where the source stands: that of a piece stands in the piece's own records too.
func (s *source) doc() *scor.Piece {
	if s.document != nil {
		return s.document
	}
	if s.piece != nil && !s.piece.EstReference() {
		return s.piece
	}
	return nil
}

func lecteurDe(nom string) lecteur {
	if l, ok := lecteurs[nom]; ok {
		return l
	}
	// Names of the host's own.
	for debut, prendre := range map[string]func(s *source) map[string]string{
		"emetteur.libre.": func(s *source) map[string]string { return s.f.Emetteur.Libres },
		"facture.libre.":  func(s *source) map[string]string { return s.facture.Attributs },
		"piece.libre.":    func(s *source) map[string]string { return s.piece.Attributs },
	} {
		if cle, ok := strings.CutPrefix(nom, debut); ok {
			return func(s *source) (valeur, bool) { return disposition.VTexte(prendre(s)[cle]) }
		}
	}
	return func(*source) (valeur, bool) { return valeur{}, false }
}
