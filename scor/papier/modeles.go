package papier

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

//go:embed gabarits/*.yaml
var fichiersGabarits embed.FS

// The shipped templates, each with a layout of the SDK's own.
var (
	gabaritTicket        = embarque("ticket-vitale.yaml", ModeleTicketVitale)
	gabaritFeuille       = embarque("feuille-de-soins.yaml", ModeleFeuilleDeSoins)
	gabaritRecapitulatif = embarque("recapitulatif.yaml", ModeleRecapitulatif)
)

func embarque(nom string, modele func() Modele) func() (*Gabarit, error) {
	return sync.OnceValues(func() (*Gabarit, error) {
		b, err := fichiersGabarits.ReadFile("gabarits/" + nom)
		if err != nil {
			return nil, fmt.Errorf("papier: %w", err)
		}
		return ParseGabarit(bytes.NewReader(b), nom, modele())
	})
}

var champsFacture = []string{"emetteur", "partenaire", "facture", "lot", "date_lot", "date", "flux", "assure_masque", "naissance", "rang",
	"organisme", "nature", "prescripteur", "date_prescription", "executant", "total", "total_amo", "total_amc", "patient"}

var champsActe = []string{"code", "date", "executant", "quantite", "montant", "amo", "amc"}

// ModeleTicketVitale is the data of a ticket Vitale.
func ModeleTicketVitale() Modele {
	return Modele{Nom: scor.TicketVitale, Champs: champsFacture, Listes: map[string]Modele{"actes": {Nom: "acte", Champs: champsActe}}}
}

// ModeleFeuilleDeSoins is the data of a feuille de soins: also the NIR, in
// clear, and the name if the host knows it.
func ModeleFeuilleDeSoins() Modele {
	return Modele{Nom: scor.FeuilleDeSoins, Champs: append([]string{"assure", "nom"}, champsFacture...),
		Listes: map[string]Modele{"actes": {Nom: "acte", Champs: champsActe}}}
}

// TicketVitale is the ticket that goes with the ordonnance of a secured
// pharmacy invoice.
type TicketVitale struct {
	Facture    *fse.Facture
	Partenaire string // name of the professional or the officine
}

// FeuilleDeSoins is the dematerialised feuille de soins of a degraded invoice.
type FeuilleDeSoins struct {
	Facture    *fse.Facture
	Partenaire string
	Nom        string // name and first name of who was cared for; "" if the host doesn't know
}

// WritePDF writes the ticket; a nil template is the shipped one.
func (t TicketVitale) WritePDF(ctx context.Context, w io.Writer, g *Gabarit, info Info) (Resultat, error) {
	return ecrireFacture(ctx, w, g, gabaritTicket, info, donneesFacture{t.Facture, t.Partenaire, ""})
}

// WritePDF writes the feuille de soins; a nil template is the shipped one.
func (t FeuilleDeSoins) WritePDF(ctx context.Context, w io.Writer, g *Gabarit, info Info) (Resultat, error) {
	return ecrireFacture(ctx, w, g, gabaritFeuille, info, donneesFacture{t.Facture, t.Partenaire, t.Nom})
}

func ecrireFacture(ctx context.Context, w io.Writer, g *Gabarit, defaut func() (*Gabarit, error), info Info, d donneesFacture) (Resultat, error) {
	if d.f == nil {
		return Resultat{}, errors.New("papier: no invoice")
	}
	if g == nil {
		var err error
		if g, err = defaut(); err != nil {
			return Resultat{}, err
		}
	}
	return g.WritePDF(ctx, w, info, d)
}

// donneesFacture are an invoice's fields.
type donneesFacture struct {
	f               *fse.Facture
	partenaire, nom string
}

func (d donneesFacture) Valeur(champ string) string {
	f := d.f
	switch champ {
	case "emetteur":
		return f.Cle.Lot.Emetteur
	case "partenaire":
		return d.partenaire
	case "nom":
		return d.nom
	case "facture":
		return fmt.Sprintf("%09d", f.Cle.Numero)
	case "lot":
		return fmt.Sprintf("%03d", f.Cle.Lot.Numero)
	case "date_lot":
		return Jour(f.Cle.Lot.Date)
	case "date":
		return Jour(f.Date)
	case "flux":
		return f.Flux.String()
	case "assure":
		return NIR(f.Assure)
	case "assure_masque":
		return f.Assure.String()
	case "naissance":
		return Naissance(f.Naissance)
	case "rang":
		return f.RangNaissance
	case "organisme":
		return Organisme(f.Organisme)
	case "nature":
		return NatureAssurance(f.NatureAssurance)
	case "prescripteur":
		return f.Prescripteur
	case "date_prescription":
		return Jour(f.DatePrescription)
	case "executant":
		return f.Executant
	case "total":
		return f.Total.String()
	case "total_amo":
		return f.AMO.String()
	case "total_amc":
		return f.AMC.String()
	case "patient":
		return f.Patient.String()
	}
	return ""
}

func (d donneesFacture) Liste(string) iter.Seq2[Donnees, error] {
	return func(yield func(Donnees, error) bool) {
		for i := range d.f.Actes {
			if !yield(donneesActe{&d.f.Actes[i]}, nil) {
				return
			}
		}
	}
}

type donneesActe struct{ a *fse.Acte }

func (d donneesActe) Valeur(champ string) string {
	a := d.a
	switch champ {
	case "code":
		return a.Code
	case "date":
		return Jour(a.Date)
	case "executant":
		return a.Executant
	case "quantite":
		return fmt.Sprint(a.Quantite)
	case "montant":
		return a.Montant.String()
	case "amo":
		return a.AMO.String()
	case "amc":
		return a.AMC.String()
	}
	return ""
}

func (donneesActe) Liste(string) iter.Seq2[Donnees, error] { return rien }

func rien(func(Donnees, error) bool) {}

// Atelier makes the papers that the rules ask for, with no click: it turns a
// requirement into its document.
type Atelier struct {
	Partenaire string
	Info       Info
	Gabarits   map[string]*Gabarit // by type of piece; the shipped one where there is none
}

// ErrSansPapier says that software can't make a piece of that type: it has to
// be scanned.
var ErrSansPapier = errors.New("papier: no paper can be made for this type of piece")

// Fabrique says whether [Atelier.Fabriquer] knows the type.
func (*Atelier) Fabrique(genre string) bool {
	return genre == scor.TicketVitale || genre == scor.FeuilleDeSoins
}

// Fabriquer writes the paper of that type (a name of scor: TicketVitale or
// FeuilleDeSoins) for an invoice, or returns ErrSansPapier.
func (a *Atelier) Fabriquer(ctx context.Context, w io.Writer, genre string, f *fse.Facture) (Resultat, error) {
	switch genre {
	case scor.TicketVitale:
		return TicketVitale{Facture: f, Partenaire: a.Partenaire}.WritePDF(ctx, w, a.Gabarits[genre], a.Info)
	case scor.FeuilleDeSoins:
		return FeuilleDeSoins{Facture: f, Partenaire: a.Partenaire}.WritePDF(ctx, w, a.Gabarits[genre], a.Info)
	}
	return Resultat{}, fmt.Errorf("%w: %s", ErrSansPapier, genre)
}
