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

// champsFacture are an invoice's fields; those of a feuille de soins also tell the NIR in clear, and the name if the
// host knows it.
var (
	champsFacture        = NewChamps(communs...)
	champsFeuilleDeSoins = NewChamps(append([]Champ[donneesFacture]{
		{"nom", "MODELE Anne", func(d donneesFacture) string { return d.nom }},
		{"assure", "2 85 07 75 113 044 28", func(d donneesFacture) string { return NIR(d.f.Assure) }},
	}, communs...)...)
)

var communs = []Champ[donneesFacture]{
	{"emetteur", "751143488", func(d donneesFacture) string { return d.f.Cle.Lot.Emetteur }},
	{"partenaire", "CLINIQUE DE L EXEMPLE", func(d donneesFacture) string { return d.partenaire }},
	{"facture", "000104001", func(d donneesFacture) string { return fmt.Sprintf("%09d", d.f.Cle.Numero) }},
	{"lot", "104", func(d donneesFacture) string { return fmt.Sprintf("%03d", d.f.Cle.Lot.Numero) }},
	{"date_lot", "21/10/2026", func(d donneesFacture) string { return Jour(d.f.Cle.Lot.Date) }},
	{"date", "14/10/2026", func(d donneesFacture) string { return Jour(d.f.Date) }},
	{"flux", "sécurisé", func(d donneesFacture) string { return d.f.Flux.String() }},
	{"assure_masque", "2 85 07 ** *** ***", func(d donneesFacture) string { return d.f.Assure.String() }},
	{"naissance", "15/07/85", func(d donneesFacture) string { return Naissance(d.f.Naissance) }},
	{"rang", "1", func(d donneesFacture) string { return d.f.RangNaissance }},
	{"organisme", "01 751 0000", func(d donneesFacture) string { return Organisme(d.f.Organisme) }},
	{"nature", "Maladie", func(d donneesFacture) string { return NatureAssurance(d.f.NatureAssurance) }},
	{"prescripteur", "751640046", func(d donneesFacture) string { return d.f.Prescripteur }},
	{"date_prescription", "12/10/2026", func(d donneesFacture) string { return Jour(d.f.DatePrescription) }},
	{"executant", "751100017", func(d donneesFacture) string { return d.f.Executant }},
	{"total", "2 341,00 €", func(d donneesFacture) string { return d.f.Total.String() }},
	{"total_amo", "1 872,80 €", func(d donneesFacture) string { return d.f.AMO.String() }},
	{"total_amc", "468,20 €", func(d donneesFacture) string { return d.f.AMC.String() }},
	{"patient", "468,20 €", func(d donneesFacture) string { return d.f.Patient.String() }},
}

var listesActes = map[string]Modele{"actes": champsActe.Modele("acte", nil)}

var champsActe = NewChamps(
	Champ[donneesActe]{"code", "ADC", func(d donneesActe) string { return d.a.Code }},
	Champ[donneesActe]{"date", "14/10/2026", func(d donneesActe) string { return Jour(d.a.Date) }},
	Champ[donneesActe]{"executant", "751100017", func(d donneesActe) string { return d.a.Executant }},
	Champ[donneesActe]{"quantite", "1", func(d donneesActe) string { return fmt.Sprint(d.a.Quantite) }},
	Champ[donneesActe]{"montant", "310,78 €", func(d donneesActe) string { return d.a.Montant.String() }},
	Champ[donneesActe]{"amo", "248,62 €", func(d donneesActe) string { return d.a.AMO.String() }},
	Champ[donneesActe]{"amc", "62,16 €", func(d donneesActe) string { return d.a.AMC.String() }},
)

// ModeleTicketVitale is the data of a ticket Vitale.
func ModeleTicketVitale() Modele {
	return champsFacture.Modele(scor.TicketVitale, listesActes)
}

// ModeleFeuilleDeSoins is the data of a feuille de soins: also the NIR, in
// clear, and the name if the host knows it.
func ModeleFeuilleDeSoins() Modele {
	return champsFeuilleDeSoins.Modele(scor.FeuilleDeSoins, listesActes)
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

func ecrireFacture(ctx context.Context, w io.Writer, g *Gabarit, defaut func() (*Gabarit, error), info Info,
	d donneesFacture) (Resultat, error) {
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

func (d donneesFacture) Valeur(champ string) string { return champsFeuilleDeSoins.Valeur(d, champ) }

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

func (d donneesActe) Valeur(champ string) string { return champsActe.Valeur(d, champ) }

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
