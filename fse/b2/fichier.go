package b2

import (
	"io"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// ParseFichier reads a whole file, with every check. It returns what it found beside the file: findings are never an
// error, unless [WithRefus] asks for it. On an error, what was read before it is returned too.
func ParseFichier(src io.Reader, opts ...Option) (*fse.Fichier, []Constat, error) {
	r := NewReader(src, append(opts[:len(opts):len(opts)], WithControles())...)
	var lots []fse.Lot
	attendues := 1
	var entete fse.Fichier
	lu := false
	for {
		ev, err := r.suivant()
		if ev == evEntete && !lu {
			entete, lu = r.fichier, true // another file may follow in the stream
		}
		if err != nil || ev == evFin {
			f := entete // here alone: it goes to the heap
			f.Lots = lots
			return &f, r.Constats(), err
		}
		if o := r.opts.originaux; o != nil {
			o.garder(r, ev)
		}
		switch ev {
		case evLot:
			lots = append(lots, r.lot)
		case evFacture:
			if n := len(lots); n == 0 || lots[n-1].Cle != r.lot.Cle {
				lots = append(lots, r.lot) // an invoice outside any lot: already a finding
			}
			l := &lots[len(lots)-1]
			if l.Factures == nil {
				l.Factures = make([]fse.Facture, 0, attendues) // lots of a file are of one size
			}
			fac := &r.decodee // what could not be decoded is among the findings
			l.Factures = append(l.Factures, *fac)
			attendues = max(attendues, len(l.Factures))
			l.Total += fac.Total
			l.AMO += fac.AMO
			l.AMC += fac.AMC
		}
	}
}
