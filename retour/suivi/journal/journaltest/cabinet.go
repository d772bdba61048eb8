package journaltest

import (
	"context"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Cabinet fills a journal as an office of nb pieces leaves it: deposited, in a lot, acknowledged; one in a thousand
// refused. It gives the number of events.
func Cabinet(ctx context.Context, j journal.Journal, nb int) (uint64, error) {
	const parLot = 500
	var evs []journal.Evenement
	for l := 0; l*parLot < nb; l++ {
		lot, scor, quand := fmt.Sprintf("123456789/%08d/%03d", 20260302+l/999, l%999), fmt.Sprintf("20260302/%06d", l),
			T0.AddDate(0, 0, l/3)
		jour := int64(quand.Year()*10000 + int(quand.Month())*100 + quand.Day())
		ajoute := func(g journal.Genre, cle string, v uint64, ty journal.Type, c journal.Champs) {
			e := Ev(g, cle, v, ty, c)
			e.Quand = quand
			evs = append(evs, e)
		}
		ajoute(journal.LotFactures, lot, 1, journal.Constituer, journal.Champs{Nombre: parLot, EssaisMax: 3})
		ajoute(journal.LotFactures, lot, 2, journal.Transmettre, journal.Champs{})
		ajoute(journal.LotFactures, lot, 3, journal.RecevoirARLPositif, journal.Champs{Code: "0000"})
		ajoute(journal.LotScor, scor, 1, journal.Constituer, journal.Champs{Parent: lot, EssaisMax: 3})
		for i := range parLot {
			n := l*parLot + i
			f, patient := fmt.Sprintf("%s/%09d", lot, i), fmt.Sprintf("%032d", n/7)
			ajoute(journal.Facture, f, 1, journal.Enregistrer, journal.Champs{Parent: lot, Patient: patient, Jour: jour,
				Nature: "1"})
			c := Champs(n)
			c.Parent, c.Patient, c.Jour = f, patient, jour
			if n%1000 == 0 {
				ajoute(journal.Piece, Cle(n), 1, journal.Refuser, journal.Champs{Parent: f, Motif: "floue"})
				continue
			}
			ajoute(journal.Piece, Cle(n), 1, journal.Deposer, c)
			ajoute(journal.Piece, Cle(n), 2, journal.Enlotter, journal.Champs{Dans: scor, Mode: "scor"})
			ajoute(journal.Piece, Cle(n), 3, journal.RecevoirARLPositif, journal.Champs{})
		}
		if err := j.Ajouter(ctx, evs); err != nil {
			return 0, err
		}
		evs = evs[:0]
	}
	h, err := j.Tete(ctx)
	return h.Seq, err
}

// Cle is the identifier of the n-th piece of Cabinet.
func Cle(n int) string { return fmt.Sprintf("P%09d", n) }

var empreinte = strings.Repeat("0a", 32)

// Champs is what the deposit of the n-th piece says.
func Champs(n int) journal.Champs {
	return journal.Champs{Parent: fmt.Sprintf("123456789/20260302/001/%09d", n), Nature: "ordonnance",
		Empreinte: empreinte, Octets: 45_000, Pages: 1}
}
