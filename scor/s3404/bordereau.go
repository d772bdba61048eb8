package s3404

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// Source opens a B2 file, as often as asked: it is read once to check it, and
// once for each bordereau.
type Source func() (io.ReadCloser, error)

// Options of the bordereaux.
type Options struct {
	Gabarit    *papier.Gabarit // nil: the shipped one
	GabaritAMC *papier.Gabarit // of the copies for complementary insurances; nil: the shipped one
	Info       papier.Info
	// Praticien names a professional by number, for the lines; B2 has numbers
	// only. nil, or "", shows the number alone.
	Praticien func(numero string) string
	// Precedent are the totals of the period before, that the summary compares with; nil says nothing.
	Precedent *Totaux
}

// ErrPasCP says that a lot isn't in the variant of establishments.
var ErrPasCP = errors.New("s3404: the lot is not in the norm of establishments (CP)")

// ErrSourceChangee says that the B2 file isn't the one that [Construire] checked.
var ErrSourceChangee = errors.New("s3404: the B2 file was changed since it was checked")

// ErrSansFacture says that there is nothing to make a bordereau of.
var ErrSansFacture = errors.New("s3404: no invoice")

// Bordereau is that of a lot, checked and ready to be written.
type Bordereau struct {
	Fichier fse.Fichier // identity of the file, without its lots
	Lot     Lot
	Totaux  Totaux
	Resume  Resume
	Cles    []fse.CleFacture // of the lot's invoices, in order

	src  Source
	rang int // of the lot in the file
	o    Options
}

// Lot identifies a lot and who sends it.
type Lot struct {
	Cle           fse.CleLot
	Etablissement string // name
	Destinataire  string // organism, 3 digits
	Categorie     string
	Statut        string // statut juridique
	Tarif         string // mode de fixation des tarifs
}

// Construire reads a B2 file and gives the bordereau of each of its lots. The
// totals that the file declares for invoices and lots are compared with the
// sums of their lines: each difference is an [ErreurTotal] of the error. So is
// each name that the bordereau couldn't show ([ErreurNom]): nothing that is
// accepted here stops it later, once the file has left.
func Construire(ctx context.Context, src Source, o Options) ([]*Bordereau, error) {
	var bordereaux []*Bordereau
	var errs []error
	dire := func(e ...error) {
		for _, x := range e {
			if x != nil && len(errs) < maxErreurs {
				errs = append(errs, x)
			}
		}
	}
	ecrits := ecrivains{praticien: o.Praticien, vus: map[string]bool{}}
	err := parcourir(ctx, src, visite{
		lot: func(f fse.Fichier, l Lot) {
			dire(ecrits.texte(fse.CleFacture{Lot: l.Cle}, "nom de l'établissement", l.Etablissement))
			bordereaux = append(bordereaux, &Bordereau{Fichier: f, Lot: l, src: src, rang: len(bordereaux), o: o})
		},
		facture: func(f *FactureAffichee) bool {
			b := bordereaux[len(bordereaux)-1]
			dire(f.verifier()...)
			dire(ecrits.facture(f)...)
			b.Totaux.ajouter(f)
			b.Resume.ajouter(f)
			b.Cles = append(b.Cles, f.Cle)
			return true
		},
		fin: func(e *b2.Enregistrement) {
			dire(bordereaux[len(bordereaux)-1].verifier(e)...)
		},
	})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, b := range bordereaux {
		b.Resume.trier()
	}
	for _, b := range bordereaux {
		if len(b.Cles) > 0 {
			return bordereaux, nil
		}
	}
	return nil, ErrSansFacture
}

// verifier compares type 6 with the invoices of the lot. A nil record: the lot
// has no type 6.
func (b *Bordereau) verifier(e *b2.Enregistrement) (errs []error) {
	if e == nil {
		return []error{&erreurSansTotal{fse.CleFacture{Lot: b.Lot.Cle}}}
	}
	for _, x := range []struct {
		quoi, zone string
		calcule    fse.Montant
	}{{"total facturé", "total", b.Totaux.Total}, {"part AMO", "total_amo", b.Totaux.AMO}, {"part AMC", "total_amc",
		b.Totaux.AMC}} {
		n, err := e.Entier(x.zone)
		if err != nil {
			errs = append(errs, fmt.Errorf("s3404: %w", err))
		} else if fse.Montant(n) != x.calcule {
			errs = append(errs, &ErreurTotal{fse.CleFacture{Lot: b.Lot.Cle}, x.quoi, e.Numero, fse.Montant(n), x.calcule})
		}
	}
	return errs
}

// Factures gives the lot's invoices, read again from the source. Each is good
// until the next one.
func (b *Bordereau) Factures(ctx context.Context) iter.Seq2[*FactureAffichee, error] {
	return func(yield func(*FactureAffichee, error) bool) {
		rang, fini := -1, false
		var vus Totaux
		err := parcourir(ctx, b.src, visite{
			lot: func(fse.Fichier, Lot) { rang++ },
			facture: func(f *FactureAffichee) bool {
				if rang != b.rang {
					return rang < b.rang
				}
				// The source may have changed since it was checked.
				if errs := f.verifier(); len(errs) > 0 {
					fini = true
					yield(nil, errs[0])
					return false
				}
				vus.ajouter(f)
				fini = !yield(f, nil)
				return !fini
			},
			fin: func(*b2.Enregistrement) {},
		})
		if err == nil && vus != b.Totaux {
			err = fmt.Errorf("%w: lot %s", ErrSourceChangee, b.Lot.Cle)
		}
		if err != nil && !fini {
			yield(nil, err)
		}
	}
}

// visite is told what a file holds, in order.
type visite struct {
	lot     func(fse.Fichier, Lot)
	facture func(*FactureAffichee) bool // false stops
	fin     func(e *b2.Enregistrement)  // type 6, or nil
}

// parcourir reads a file once.
func parcourir(ctx context.Context, src Source, v visite) (err error) {
	r, err := src()
	if err != nil {
		return fmt.Errorf("s3404: opening the B2 file: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	p := parcours{annule: ctx.Err, visite: v, lecteur: b2.NewReader(r, b2.WithVersion(b2.V2005E))}
	for e, err := range p.lecteur.Enregistrements() {
		if err != nil {
			return fmt.Errorf("s3404: %w", err)
		}
		if suite, err := p.enregistrement(e); err != nil || !suite {
			return err
		}
	}
	_, err = p.fermerLot(nil)
	return err
}

type parcours struct {
	visite
	annule  func() error // of the context
	lecteur *b2.Reader
	fichier fse.Fichier
	lot     Lot
	dansLot bool
	facture FactureAffichee
	ouverte bool
	rang    int
	l       lecteur
}

// actesParcours is what each type of record does to a reading; any other is a part of the open invoice.
var actesParcours = map[b2.Type]func(*parcours, *b2.Enregistrement) (suite bool, err error){
	b2.T000: (*parcours).ouvrirFichier, b2.T1: (*parcours).changerLot, b2.T2: (*parcours).ouvrirFacture,
	b2.T5: (*parcours).totaux, b2.T6: (*parcours).fermerLot,
	b2.T999: func(*parcours, *b2.Enregistrement) (bool, error) { return true, nil },
}

func (p *parcours) enregistrement(e *b2.Enregistrement) (suite bool, err error) {
	if f := actesParcours[e.Type]; f != nil {
		return f(p, e)
	}
	if p.ouverte {
		p.l.enregistrement(e)
	}
	return true, nil
}

func (p *parcours) ouvrirFichier(e *b2.Enregistrement) (suite bool, err error) {
	date, err := fse.ParseAAMMJJ(string(e.Zone("date_fichier")))
	if err != nil {
		return false, fmt.Errorf("s3404: %v: %w", e, err)
	}
	p.fichier = fse.Fichier{TypeEmetteur: e.Texte("type_emetteur"), Emetteur: e.Texte("emetteur"),
		TypeDestinataire: e.Texte("type_destinataire"), Destinataire: e.Texte("destinataire"), ID: e.Texte("fichier"),
		Date: date, Norme: e.Texte("norme")}
	return true, nil
}

func (p *parcours) changerLot(e *b2.Enregistrement) (suite bool, err error) {
	if suite, err := p.fermerLot(nil); err != nil || !suite {
		return false, err
	}
	if err := p.ouvrirLot(e); err != nil {
		return false, err
	}
	p.visite.lot(p.fichier, p.lot)
	return true, nil
}

func (p *parcours) ouvrirFacture(e *b2.Enregistrement) (suite bool, err error) {
	if suite, err := p.fermerFacture(); err != nil || !suite {
		return false, err
	}
	if !p.dansLot {
		return false, fmt.Errorf("s3404: %v: an invoice out of a lot", e)
	}
	if e.Variante != b2.CP {
		return false, fmt.Errorf("%w: %v", ErrPasCP, e)
	}
	p.rang++
	p.facture = FactureAffichee{Cle: fse.CleFacture{Lot: p.lot.Cle}, Rang: p.rang, Lignes: p.facture.Lignes[:0]}
	p.l = lecteur{f: &p.facture}
	p.ouverte = true
	p.l.enregistrement(e)
	return true, nil
}

// totaux reads the record with which an invoice ends.
func (p *parcours) totaux(e *b2.Enregistrement) (suite bool, err error) {
	if p.ouverte {
		p.l.enregistrement(e)
	}
	return p.fermerFacture()
}

func (p *parcours) ouvrirLot(e *b2.Enregistrement) error {
	n, err := e.Entier("lot")
	if err != nil {
		return fmt.Errorf("s3404: %w", err)
	}
	date, err := fse.ParseAAMMJJ(string(e.Zone("date_lot")))
	if err != nil {
		return fmt.Errorf("s3404: %v: %w", e, err)
	}
	p.lot = Lot{Cle: fse.CleLot{Emetteur: e.Texte("partenaire"), Numero: int(n), Date: date},
		Etablissement: e.Texte("nom_partenaire"), Destinataire: e.Texte("organisme"), Categorie: e.Texte("categorie"),
		Statut: e.Texte("statut"), Tarif: e.Texte("tarifs")}
	p.dansLot, p.rang = true, 0
	return nil
}

func (p *parcours) fermerFacture() (suite bool, err error) {
	if !p.ouverte {
		return true, nil
	}
	p.ouverte = false
	if p.l.err != nil {
		return false, p.l.err
	}
	if err := p.annule(); err != nil {
		return false, err
	}
	return p.visite.facture(&p.facture), nil
}

func (p *parcours) fermerLot(e *b2.Enregistrement) (suite bool, err error) {
	if suite, err := p.fermerFacture(); err != nil || !suite {
		return false, err
	}
	if p.dansLot {
		p.dansLot = false
		p.visite.fin(e)
	}
	return true, nil
}
