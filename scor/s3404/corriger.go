package s3404

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// ErrFactureAbsente says that a file hasn't the invoice that is to be replaced, or has it twice.
var ErrFactureAbsente = errors.New("s3404: the invoice isn't once in the file")

// EtatFacture is what an invoice was, or is, in a [Correction].
type EtatFacture struct {
	Empreinte       scor.Empreinte // SHA-256 of its records, one after the other without line ends
	Enregistrements int
	Total, AMO, AMC fse.Montant
}

// Correction is the trace of an invoice that took another's place in a lot: to be kept with who did it, and why.
type Correction struct {
	Facture      fse.CleFacture
	Avant, Apres EtatFacture
}

// Corriger writes the B2 file of src with one invoice replaced by the one of the same lot and number in corrige: for a
// lot that is held, because its flow was refused or its signer refused. All other records stay byte for byte; the
// totals and counts of the lot and of the file follow. What isn't coherent afterwards, [Controler] tells.
func Corriger(ctx context.Context, dst io.Writer, src, corrige Source, facture fse.CleFacture) (*Correction, error) {
	ancienne, err := extraire(ctx, src, facture)
	if err != nil {
		return nil, err
	}
	nouvelle, err := extraire(ctx, corrige, facture)
	if err != nil {
		return nil, fmt.Errorf("corrected file: %w", err)
	}
	r, err := src()
	if err != nil {
		return nil, fmt.Errorf("s3404: opening the B2 file: %w", err)
	}
	w := remplacement{dst: dst, facture: facture, ancienne: ancienne, nouvelle: nouvelle}
	err = parcourirBrut(ctx, r, w.enregistrement)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	return &Correction{Facture: facture, Avant: ancienne.etat(), Apres: nouvelle.etat()}, nil
}

// brute is an invoice as its records are written.
type brute struct {
	enregistrements        [][]byte
	lignes, types2, types5 int64
	total, amo, amc        fse.Montant // of the stay and the fees
}

func (f *brute) etat() EtatFacture {
	return EtatFacture{Empreinte: sha256.Sum256(bytes.Join(f.enregistrements, nil)),
		Enregistrements: len(f.enregistrements), Total: f.total, AMO: f.amo, AMC: f.amc}
}

func (f *brute) ajouter(e *b2.Enregistrement) (err error) {
	f.enregistrements = append(f.enregistrements, bytes.Clone(e.Brut))
	switch {
	case e.Type == b2.T3, e.Type == b2.T4:
		f.lignes++
	case e.Brut[0] == '2':
		f.types2++
	case e.Type == b2.T5:
		f.types5++
		for _, x := range []struct {
			zone    string
			montant *fse.Montant
		}{{"total_sejour", &f.total}, {"total_honoraires", &f.total}, {"amo_sejour", &f.amo},
			{"amo_honoraires", &f.amo}, {"amc_sejour", &f.amc}, {"amc_honoraires", &f.amc}} {
			n, err := e.Entier(x.zone)
			if err != nil {
				return fmt.Errorf("s3404: %w", err)
			}
			*x.montant += fse.Montant(n)
		}
	}
	return nil
}

// position says to which lot and invoice a record belongs.
type position struct {
	lot     fse.CleLot
	facture fse.CleFacture // zero between invoices
}

func (p *position) suivre(e *b2.Enregistrement) error {
	switch e.Type {
	case b2.T1:
		l := parcours{}
		if err := l.ouvrirLot(e); err != nil {
			return err
		}
		p.lot, p.facture = l.lot.Cle, fse.CleFacture{}
	case b2.T2:
		n, err := e.Entier("facture")
		if err != nil {
			return fmt.Errorf("s3404: %w", err)
		}
		p.facture = fse.CleFacture{Lot: p.lot, Numero: int(n)}
	case b2.T6, b2.T999:
		p.facture = fse.CleFacture{}
	}
	return nil
}

// parcourirBrut reads a file's records with their place.
func parcourirBrut(ctx context.Context, r io.Reader, f func(position, *b2.Enregistrement) error) error {
	var p position
	for e, err := range b2.NewReader(r, b2.WithVersion(b2.V2005E)).Enregistrements() {
		if err == nil {
			err = errors.Join(ctx.Err(), p.suivre(e))
		}
		if err == nil {
			err = f(p, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// extraire reads one invoice of a file.
func extraire(ctx context.Context, src Source, facture fse.CleFacture) (*brute, error) {
	r, err := src()
	if err != nil {
		return nil, fmt.Errorf("s3404: opening the B2 file: %w", err)
	}
	var f brute
	debuts := 0
	err = parcourirBrut(ctx, r, func(p position, e *b2.Enregistrement) error {
		if p.facture != facture {
			return nil
		}
		if e.Type == b2.T2 {
			debuts++
		}
		return f.ajouter(e)
	})
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if debuts != 1 {
		return nil, fmt.Errorf("%w: %s, %d times", ErrFactureAbsente, facture, debuts)
	}
	if f.types5 != 1 {
		return nil, &erreurSansTotal{facture}
	}
	return &f, nil
}

// remplacement writes a file with one invoice replaced.
type remplacement struct {
	dst                io.Writer
	facture            fse.CleFacture
	ancienne, nouvelle *brute
	ecrite             bool
}

func (w *remplacement) enregistrement(p position, e *b2.Enregistrement) error {
	if p.facture == w.facture {
		if w.ecrite {
			return nil
		}
		w.ecrite = true
		for _, b := range w.nouvelle.enregistrements {
			if err := w.ecrire(b, e.Fin); err != nil {
				return err
			}
		}
		return nil
	}
	a, n := w.ancienne, w.nouvelle
	var err error
	switch {
	case e.Type == b2.T6 && p.lot == w.facture.Lot:
		err = errors.Join(compter(e, "lignes", n.lignes-a.lignes), compter(e, "types_2", n.types2-a.types2),
			cumuler(e, "total", n.total-a.total), cumuler(e, "total_amo", n.amo-a.amo),
			cumuler(e, "total_amc", n.amc-a.amc))
	case e.Type == b2.T999:
		err = compter(e, "enregistrements", int64(len(n.enregistrements)-len(a.enregistrements)))
	}
	if err != nil {
		return fmt.Errorf("s3404: %w", err)
	}
	return w.ecrire(e.Brut, e.Fin)
}

func (w *remplacement) ecrire(brut, fin []byte) error {
	_, err := w.dst.Write(append(bytes.Clone(brut), fin...))
	return err
}

// compter adds to a count. One of a lot with more than its columns hold goes on from zero, as it was written.
func compter(e *b2.Enregistrement, zone string, ecart int64) error {
	n, err := e.Entier(zone)
	if err != nil || ecart == 0 {
		return err
	}
	module := int64(1)
	for range e.Zone(zone) {
		module *= 10
	}
	return e.SetEntier(zone, ((n+ecart)%module+module)%module)
}

// cumuler adds to an amount; one that its columns don't hold is an error.
func cumuler(e *b2.Enregistrement, zone string, ecart fse.Montant) error {
	n, err := e.Entier(zone)
	if err != nil || ecart == 0 {
		return err
	}
	return e.SetEntier(zone, n+int64(ecart))
}
