package s3404

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

//go:embed gabarits/s3404.yaml
var gabaritEmbarque []byte

var gabaritDefaut = sync.OnceValues(func() (*papier.Gabarit, error) {
	return ParseGabarit(bytes.NewReader(gabaritEmbarque), "s3404.yaml")
})

// Modele is the data that a template of the bordereau may ask for.
func Modele() papier.Modele {
	return papier.Modele{
		Nom: scor.S3404,
		Champs: []string{"fichier", "date_fichier", "emetteur", "destinataire", "lot", "date_lot", "identifiant", "etablissement", "finess",
			"categorie", "statut", "tarif", "nombre", "nombre_lignes", "lot_total", "lot_amo", "lot_amc", "lot_patient", "par_facture"},
		Listes: map[string]papier.Modele{"factures": {
			Nom: "facture",
			Champs: []string{"facture", "rang_lot", "assure", "nir_individuel", "beneficiaire", "rang_beneficiaire", "naissance", "rang_naissance",
				"organisme", "nature", "exoneration", "sejour", "entree", "sortie", "heure_sortie", "prise_en_charge", "complementaire",
				"total", "amo", "amc", "patient", "total_sejour", "total_honoraires"},
			Listes: map[string]papier.Modele{"lignes": {
				Nom: "ligne",
				Champs: []string{"genre", "code", "detail", "ghs", "mode", "debut", "fin", "executant", "rpps", "praticien", "prescripteur", "quantite",
					"coefficient", "prix", "base", "taux", "montant", "ligne_amo", "ligne_amc"},
			}},
		}},
	}
}

// ParseGabarit reads an editor's own template: YAML as gabarits/s3404.yaml. It
// must have a place for the signature.
func ParseGabarit(r io.Reader, fichier string, options ...papier.Option) (*papier.Gabarit, error) {
	g, err := papier.ParseGabarit(r, fichier, Modele(), options...)
	if err == nil && !g.Signable() {
		return nil, fmt.Errorf("s3404: %s: no element signature: the bordereau could not be signed", fichier)
	}
	return g, err
}

// Identifiant is the lot's identifier as it stands on each page and on the
// screen while signing: sender, lot, date, file.
func (b *Bordereau) Identifiant() string {
	return fmt.Sprintf("%s/%03d/%s/%s", b.Lot.Cle.Emetteur, b.Lot.Cle.Numero, b.Lot.Cle.Date.AAMMJJ(), b.Fichier.ID)
}

// WritePDF writes the lot's bordereau: every invoice, then the totals and the
// place for the signature.
func (b *Bordereau) WritePDF(ctx context.Context, w io.Writer) (papier.Resultat, error) {
	if b.Totaux.Factures == 0 {
		return papier.Resultat{}, ErrSansFacture
	}
	return b.ecrire(ctx, w, donneesBordereau{b: b, totaux: b.Totaux, factures: b.Factures(ctx)})
}

func (b *Bordereau) ecrire(ctx context.Context, w io.Writer, d donneesBordereau) (papier.Resultat, error) {
	g := b.o.Gabarit
	if g == nil {
		var err error
		if g, err = gabaritDefaut(); err != nil {
			return papier.Resultat{}, err
		}
	}
	return g.WritePDF(ctx, w, b.o.Info, d)
}

// Document is the bordereau of one invoice.
type Document struct {
	Facture fse.CleFacture
	papier.Resultat
}

// WriteFactures writes one bordereau for each invoice, in order, in a single
// reading of the source. creer opens what the invoice's is written to; it is
// closed before the document is given.
func (b *Bordereau) WriteFactures(ctx context.Context, creer func(fse.CleFacture) (io.WriteCloser, error)) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for f, err := range b.Factures(ctx) {
			var d Document
			if err == nil {
				d, err = b.ecrireFacture(ctx, f, creer)
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func (b *Bordereau) ecrireFacture(ctx context.Context, f *FactureAffichee, creer func(fse.CleFacture) (io.WriteCloser, error)) (Document, error) {
	w, err := creer(f.Cle)
	if err != nil {
		return Document{}, fmt.Errorf("s3404: %s: %w", f.Cle, err)
	}
	var t Totaux
	t.ajouter(f)
	r, err := b.ecrire(ctx, w, donneesBordereau{b: b, totaux: t, facture: f, factures: func(yield func(*FactureAffichee, error) bool) { yield(f, nil) }})
	if err := errors.Join(err, w.Close()); err != nil {
		return Document{}, fmt.Errorf("s3404: %s: %w", f.Cle, err)
	}
	return Document{f.Cle, r}, nil
}

// donneesBordereau are the template's data.
type donneesBordereau struct {
	b        *Bordereau
	totaux   Totaux
	facture  *FactureAffichee // of a bordereau of one invoice
	factures iter.Seq2[*FactureAffichee, error]
}

func (d donneesBordereau) Valeur(champ string) string {
	b := d.b
	switch champ {
	case "fichier":
		return b.Fichier.ID
	case "date_fichier":
		return papier.Jour(b.Fichier.Date)
	case "emetteur":
		return b.Fichier.Emetteur
	case "destinataire":
		return b.Lot.Destinataire
	case "lot":
		return fmt.Sprintf("%03d", b.Lot.Cle.Numero)
	case "date_lot":
		return papier.Jour(b.Lot.Cle.Date)
	case "identifiant":
		if d.facture != nil {
			return fmt.Sprintf("%s/%09d", b.Identifiant(), d.facture.Cle.Numero)
		}
		return b.Identifiant()
	case "etablissement":
		return b.Lot.Etablissement
	case "finess":
		return b.Lot.Cle.Emetteur
	case "categorie":
		return b.Lot.Categorie
	case "statut":
		return b.Lot.Statut
	case "tarif":
		return b.Lot.Tarif
	case "nombre":
		return strconv.Itoa(d.totaux.Factures)
	case "nombre_lignes":
		return strconv.Itoa(d.totaux.Lignes)
	case "lot_total":
		return d.totaux.Total.String()
	case "lot_amo":
		return d.totaux.AMO.String()
	case "lot_amc":
		return d.totaux.AMC.String()
	case "lot_patient":
		return d.totaux.Patient.String()
	case "par_facture":
		if d.facture != nil {
			return "oui"
		}
	}
	return ""
}

func (d donneesBordereau) Liste(string) iter.Seq2[papier.Donnees, error] {
	return func(yield func(papier.Donnees, error) bool) {
		for f, err := range d.factures {
			if !yield(donneesFacture{f, d.b.o.Praticien}, err) || err != nil {
				return
			}
		}
	}
}

type donneesFacture struct {
	f         *FactureAffichee
	praticien func(string) string
}

func (d donneesFacture) Valeur(champ string) string {
	f := d.f
	switch champ {
	case "facture":
		return fmt.Sprintf("%09d", f.Cle.Numero)
	case "rang_lot":
		return strconv.Itoa(f.Rang)
	case "assure":
		return papier.NIR(f.Assure)
	case "nir_individuel":
		return papier.NIR(f.NIRIndividuel)
	case "beneficiaire":
		if f.Prenom == "" {
			return f.Nom
		}
		return f.Nom + " " + f.Prenom
	case "rang_beneficiaire":
		return f.RangBenef
	case "naissance":
		return papier.Naissance(f.Naissance)
	case "rang_naissance":
		return f.RangNaissance
	case "organisme":
		return papier.Organisme(f.Organisme)
	case "nature":
		return papier.NatureAssurance(f.Nature)
	case "exoneration":
		return f.Exoneration
	case "sejour":
		return f.Sejour
	case "entree":
		return papier.Jour(f.Entree)
	case "sortie":
		return papier.Jour(f.Sortie)
	case "heure_sortie":
		return f.HeureSortie
	case "prise_en_charge":
		return papier.Jour(f.PriseEnCharge)
	case "complementaire":
		return f.Complementaire
	case "total":
		return f.Total.String()
	case "amo":
		return f.AMO.String()
	case "amc":
		return f.AMC.String()
	case "patient":
		return f.Patient.String()
	case "total_sejour":
		return f.declare.totalSejour.String()
	case "total_honoraires":
		return f.declare.totalHonoraires.String()
	}
	return ""
}

func (d donneesFacture) Liste(string) iter.Seq2[papier.Donnees, error] {
	return func(yield func(papier.Donnees, error) bool) {
		for i := range d.f.Lignes {
			if !yield(donneesLigne{&d.f.Lignes[i], d.praticien}, nil) {
				return
			}
		}
	}
}

type donneesLigne struct {
	l         *Ligne
	praticien func(string) string
}

func (d donneesLigne) Valeur(champ string) string {
	l := d.l
	switch champ {
	case "genre":
		if l.Honoraires {
			return "Honoraires"
		}
		return "Séjour"
	case "code":
		return l.Code
	case "detail":
		return l.Detail
	case "ghs":
		return l.GHS
	case "mode":
		return l.Mode
	case "debut":
		return papier.Jour(l.Debut)
	case "fin":
		return papier.Jour(l.Fin)
	case "executant":
		return l.Executant
	case "rpps":
		return l.RPPSExecutant
	case "praticien":
		if d.praticien != nil && l.Executant != "" {
			return d.praticien(l.Executant)
		}
		return ""
	case "prescripteur":
		return l.Prescripteur
	case "quantite":
		return strconv.Itoa(l.Quantite)
	case "coefficient":
		return fmt.Sprintf("%d,%02d", l.Coefficient/100, l.Coefficient%100)
	case "prix":
		return l.Prix.String()
	case "base":
		return l.Base.String()
	case "taux":
		return strconv.Itoa(l.Taux)
	case "montant":
		return l.Montant.String()
	case "ligne_amo":
		return l.AMO.String()
	case "ligne_amc":
		return l.AMC.String()
	}
	return ""
}

func (donneesLigne) Liste(string) iter.Seq2[papier.Donnees, error] {
	return func(func(papier.Donnees, error) bool) {}
}
