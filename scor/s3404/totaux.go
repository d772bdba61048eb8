package s3404

import (
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// ErreurTotal says that an amount which the B2 file declares isn't the sum of
// what it should be.
type ErreurTotal struct {
	Facture        fse.CleFacture // Numero 0 for a total of the lot
	Quoi           string         // French name of the total
	Enregistrement int            // rank in the file of the record that declares it
	Declare        fse.Montant
	Calcule        fse.Montant
}

func (e *ErreurTotal) Error() string {
	ou := "facture " + e.Facture.String()
	if e.Facture.Numero == 0 {
		ou = "lot " + e.Facture.Lot.String()
	}
	return fmt.Sprintf("s3404: %s, record %d: %s declared %d cents, sum of lines %d cents", ou, e.Enregistrement, e.Quoi,
		e.Declare, e.Calcule)
}

// ErrSansTotal says that an invoice or a lot has no record of totals.
var ErrSansTotal = errors.New("s3404: no record of totals")

// erreurSansTotal is ErrSansTotal with its place.
type erreurSansTotal struct{ facture fse.CleFacture } // Numero 0 for the lot's

func (e *erreurSansTotal) Error() string {
	if e.facture.Numero == 0 {
		return fmt.Sprintf("%v: lot %s, type 6", ErrSansTotal, e.facture.Lot)
	}
	return fmt.Sprintf("%v: facture %s, type 5", ErrSansTotal, e.facture)
}

func (*erreurSansTotal) Unwrap() error { return ErrSansTotal }

// maxErreurs bounds the list of totals that don't add up.
const maxErreurs = 50

// verifier compares type 5 with the sums of types 3 and 4, as FIDES has it
// (documented by one official source). Zones per share: stay and fees apart.
func (f *FactureAffichee) verifier() []error {
	d := &f.declare
	if !d.present {
		return []error{&erreurSansTotal{f.Cle}}
	}
	var s declare
	for i := range f.Lignes {
		l := &f.Lignes[i]
		s.patient += l.Montant - l.AMO
		if l.Honoraires {
			s.totalHonoraires += l.Montant
			s.amoHonoraires += l.AMO
			s.amcHonoraires += l.AMC
			continue
		}
		s.baseSejour += l.Base
		s.totalSejour += l.Montant
		s.amoSejour += l.AMO
		s.amcSejour += l.AMC
	}
	f.Patient = d.patient
	if d.patient == 0 {
		// One program in production leaves the zone to zero: what it isn't said is computed.
		f.Patient = s.patient
	}
	var errs []error
	for _, x := range []struct {
		quoi             string
		declare, calcule fse.Montant
	}{
		{"base de remboursement du séjour", d.baseSejour, s.baseSejour},
		{"dépense du séjour", d.totalSejour, s.totalSejour},
		{"part AMO du séjour", d.amoSejour, s.amoSejour},
		{"part AMC du séjour", d.amcSejour, s.amcSejour},
		{"honoraires", d.totalHonoraires, s.totalHonoraires},
		{"part AMO des honoraires", d.amoHonoraires, s.amoHonoraires},
		{"part AMC des honoraires", d.amcHonoraires, s.amcHonoraires},
		{"participation de l'assuré", f.Patient, s.patient},
	} {
		if x.declare != x.calcule {
			errs = append(errs, &ErreurTotal{f.Cle, x.quoi, d.enregistrement, x.declare, x.calcule})
		}
	}
	return errs
}

// Totaux are the amounts of a lot.
type Totaux struct {
	Factures, Lignes         int
	Total, AMO, AMC, Patient fse.Montant
}

func (t *Totaux) ajouter(f *FactureAffichee) {
	t.Factures++
	t.Lignes += len(f.Lignes)
	t.Total += f.Total
	t.AMO += f.AMO
	t.AMC += f.AMC
	t.Patient += f.Patient
}
