package lot

import (
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// finLot puts together what stood apart: invoices, their pieces, their documents.
func (b *batisseur) finLot() {
	if b.l == nil {
		return
	}
	c := b.cumul
	b.paires(c)
	if len(c.paires) == 0 && len(c.documents.ids) > 0 {
		// Only documents are told: each is a piece.
		for _, d := range c.documents.liste {
			b.l.Paires = append(b.l.Paires, Paire{Piece: *d})
		}
	} else {
		b.joindre(c)
	}
	for i := range b.l.Paires {
		p := &b.l.Paires[i]
		// The identity of the invoices' lot may come after the pairs, in the record that ends the lot.
		p.Facture.Cle.Lot = b.l.Factures
		p.Piece.Facture = p.Facture.Cle
	}
	b.compter()
	b.l, b.cumul = nil, nil
}

// paires gives each piece its invoice.
func (b *batisseur) paires(c *chantier) {
	parNumero := make(map[int]int, len(c.factures))
	if len(c.factures) > 0 {
		for i := range c.factures {
			if _, vue := parNumero[c.factures[i].Cle.Numero]; !vue {
				parNumero[c.factures[i].Cle.Numero] = i
			}
		}
	}
	b.l.Paires = make([]Paire, len(c.paires), max(1, len(c.paires)))
	for i := range c.paires {
		x := c.paires[i]
		f := &x.propre
		if x.facture >= 0 && x.facture < len(c.factures) {
			f = &c.factures[x.facture]
		} else if len(c.factures) > 0 {
			if j, ok := parNumero[f.Cle.Numero]; ok {
				f = &c.factures[j]
			}
		}
		b.l.Paires[i] = Paire{*f, x.piece}
	}
	if len(c.paires) == 0 {
		b.l.Paires = nil
	}
}

// joindre gives each piece its document.
func (b *batisseur) joindre(c *chantier) {
	if !b.separes {
		return
	}
	utilises, la := make([]bool, len(c.documents.ids)), 0
	for i := range b.l.Paires {
		p := &b.l.Paires[i].Piece
		if p.EstReference() {
			continue
		}
		j := c.documents.trouver(p.ID, la)
		if j < 0 {
			b.faute(disposition.Structure, "aucun document pour la pièce %s", p.ID)
			continue
		}
		utilises[j], la = true, j+1
		completer(p, c.documents.liste[j])
	}
	for j, id := range c.documents.ids {
		if !utilises[j] {
			b.faute(disposition.Structure, "le document %s n'est d'aucune paire", id)
		}
	}
}

// compter compares the counters of the lot, or of the file when it is over, with what was read.
func (b *batisseur) compter() {
	var restent []compteur
	var x *index
	for _, c := range b.compteurs {
		if len(c.nom) < 4 || c.nom[:4] != "lot." {
			restent = append(restent, c)
			continue
		}
		if x == nil {
			x = indexer(b.l)
		}
		if n, ok := x.compte(c.nom); ok && n != c.lu {
			b.faute(disposition.Compteur, "%s dit %d, il y en a %d", c.nom, c.lu, n)
		}
	}
	b.compteurs = restent
}

// compte gives a counter of the lot.
func (x *index) compte(nom string) (int64, bool) {
	switch nom {
	case "lot.paires":
		return int64(len(x.Paires)), true
	case "lot.documents":
		return int64(len(x.documents)), true
	case "lot.pages":
		return int64(x.pages), x.connus()
	case "lot.octets":
		return x.octets, x.connus()
	case "lot.factures":
		return int64(len(x.factures)), true
	case "lot.montant":
		return int64(x.montant), x.montant != 0
	case "lot.somme_numeros":
		return x.numeros, true
	}
	return 0, false
}

// connus says whether the file tells of its documents' pages and sizes: a counter of what isn't there can't be checked.
func (x *index) connus() bool { return len(x.documents) == 0 || x.pages != 0 || x.octets != 0 }

func (b *batisseur) finFichier() {
	b.finLot()
	total := map[string]int64{"fichier.lots": int64(len(b.f.Lots))}
	for i := range b.f.Lots {
		b.f.Lots[i].Destination = b.f.Destination
		// Only counters of more than the number of lots take looking at each again.
		if !slices.ContainsFunc(b.compteurs, func(c compteur) bool { return c.nom != "fichier.lots" }) {
			continue
		}
		x := indexer(&b.f.Lots[i])
		for fichier, lot := range map[string]string{"fichier.paires": "lot.paires", "fichier.documents": "lot.documents",
			"fichier.pages": "lot.pages", "fichier.octets": "lot.octets", "fichier.montant": "lot.montant"} {
			n, _ := x.compte(lot)
			total[fichier] += n
		}
	}
	for _, c := range b.compteurs {
		n := total[c.nom]
		// What no record tells (pages, sizes, amounts) can't be counted again.
		if n != c.lu && (n != 0 || c.nom == "fichier.lots" || c.nom == "fichier.paires" || c.nom == "fichier.documents") {
			b.faute(disposition.Compteur, "%s dit %d, il y en a %d", c.nom, c.lu, n)
		}
	}
}

// facturePosee is the invoice that a datum is of: that of the level, or the piece's own.
func (b *batisseur) facturePosee() *fse.Facture {
	if b.facture != nil {
		return b.facture
	}
	if b.piece != nil {
		return &b.piece.propre
	}
	return &fse.Facture{}
}

func (b *batisseur) piecePosee() *scor.Piece {
	if b.piece != nil {
		return &b.piece.piece
	}
	return &scor.Piece{}
}
