package papier

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/config"
)

// Recapitulatif is the bordereau récapitulatif of pieces that go on paper
// because they could not be scanned or sent in time.
type Recapitulatif struct {
	Emetteur   string // number of the professional
	Partenaire string
	Date       fse.Date
	Motif      string        // French, why on paper; may be ""
	Lignes     []LignePapier // in the order of the FSE's bordereau: it is kept
	Enveloppes *Enveloppes   // nil: [EnveloppesPubliques]
}

// LignePapier is an invoice whose pieces go on paper.
type LignePapier struct {
	Facture *fse.Facture
	Pieces  []string // labels, as "ordonnance"
}

// ModeleRecapitulatif is the data of the bordereau récapitulatif.
func ModeleRecapitulatif() Modele {
	return Modele{
		Nom:    "recapitulatif",
		Champs: []string{"emetteur", "partenaire", "date", "motif"},
		Listes: map[string]Modele{"enveloppes": {
			Nom:    "enveloppe",
			Champs: []string{"titre", "contenu", "nombre", "pieces", "total_amo"},
			Listes: map[string]Modele{"factures": {
				Nom: "facture",
				Champs: []string{"rang", "facture", "lot", "date", "organisme", "assure_masque", "prescripteur", "pieces", "amo",
					"total"},
			}},
		}},
	}
}

// Enveloppes says which organism's papers go into which envelope.
type Enveloppes struct {
	Enveloppes []Enveloppe `yaml:"enveloppes"`
	// Autre is for the organisms of no envelope.
	Autre Enveloppe `yaml:"autre"`
}

// Enveloppe is one of them.
type Enveloppe struct {
	Titre      string  `yaml:"titre"`
	Contenu    string  `yaml:"contenu"`
	Organismes []Motif `yaml:"organismes"`
}

// Motif matches organisms; what is empty matches any.
type Motif struct {
	Regime string `yaml:"regime"`
	Caisse string `yaml:"caisse"`
	Centre string `yaml:"centre"`
}

func (m Motif) convient(o fse.Organisme) bool {
	return (m.Regime == "" || m.Regime == o.Regime) && (m.Caisse == "" || m.Caisse == o.Caisse) &&
		(m.Centre == "" || m.Centre == o.Centre)
}

//go:embed enveloppes.yaml
var enveloppesPubliques []byte

// EnveloppesPubliques are the three of the public leaflet.
var EnveloppesPubliques = sync.OnceValues(func() (*Enveloppes, error) {
	return ParseEnveloppes(bytes.NewReader(enveloppesPubliques), "enveloppes.yaml")
})

// ParseEnveloppes reads the envelopes from YAML, as the shipped enveloppes.yaml.
func ParseEnveloppes(r io.Reader, fichier string) (*Enveloppes, error) {
	e := &Enveloppes{}
	doc, err := config.Lire(r, fichier, e)
	if err != nil {
		return nil, fmt.Errorf("papier: %w", err)
	}
	for i, x := range append(e.Enveloppes[:len(e.Enveloppes):len(e.Enveloppes)], e.Autre) {
		chemin := fmt.Sprintf("enveloppes[%d]", i)
		if i == len(e.Enveloppes) {
			chemin = "autre"
		} else if len(x.Organismes) == 0 {
			doc.Ajouter(chemin+".organismes", "missing")
		}
		if strings.TrimSpace(x.Titre) == "" {
			doc.Ajouter(chemin+".titre", "missing")
		}
		for j, m := range x.Organismes {
			if m == (Motif{}) {
				doc.Ajouter(fmt.Sprintf("%s.organismes[%d]", chemin, j), "matches any organism")
			}
		}
	}
	if err := doc.Err(); err != nil {
		return nil, fmt.Errorf("papier: %w", err)
	}
	if len(e.Enveloppes) == 0 {
		return nil, fmt.Errorf("papier: %s: no envelope", fichier)
	}
	return e, nil
}

// De gives the index of an organism's envelope, len(Enveloppes) for none.
func (e *Enveloppes) De(o fse.Organisme) int {
	for i, x := range e.Enveloppes {
		for _, m := range x.Organismes {
			if m.convient(o) {
				return i
			}
		}
	}
	return len(e.Enveloppes)
}

// WritePDF writes the bordereau, each envelope from a new page; a nil template
// is the shipped one. An envelope without papers is left out.
func (r *Recapitulatif) WritePDF(ctx context.Context, w io.Writer, g *Gabarit, info Info) (Resultat, error) {
	var err error
	if g == nil {
		if g, err = gabaritRecapitulatif(); err != nil {
			return Resultat{}, err
		}
	}
	e := r.Enveloppes
	if e == nil {
		if e, err = EnveloppesPubliques(); err != nil {
			return Resultat{}, err
		}
	}
	if len(r.Lignes) == 0 {
		return Resultat{}, errors.New("papier: a bordereau récapitulatif without invoice")
	}
	d := donneesRecapitulatif{Recapitulatif: r, groupes: make([]groupe, len(e.Enveloppes)+1)}
	for i := range d.groupes {
		d.groupes[i].Enveloppe = &e.Autre
		if i < len(e.Enveloppes) {
			d.groupes[i].Enveloppe = &e.Enveloppes[i]
		}
	}
	for i := range r.Lignes {
		l := &r.Lignes[i]
		if l.Facture == nil {
			return Resultat{}, fmt.Errorf("papier: line %d has no invoice", i+1)
		}
		x := &d.groupes[e.De(l.Facture.Organisme)]
		x.lignes = append(x.lignes, l)
		x.pieces += len(l.Pieces)
		x.amo += l.Facture.AMO
	}
	return g.WritePDF(ctx, w, info, d)
}

type donneesRecapitulatif struct {
	*Recapitulatif
	groupes []groupe
}

type groupe struct {
	*Enveloppe
	lignes []*LignePapier
	pieces int
	amo    fse.Montant
}

func (d donneesRecapitulatif) Valeur(champ string) string {
	switch champ {
	case "emetteur":
		return d.Emetteur
	case "partenaire":
		return d.Partenaire
	case "date":
		return Jour(d.Date)
	case "motif":
		return d.Motif
	}
	return ""
}

func (d donneesRecapitulatif) Liste(string) iter.Seq2[Donnees, error] {
	return func(yield func(Donnees, error) bool) {
		for i := range d.groupes {
			if g := &d.groupes[i]; len(g.lignes) > 0 && !yield(g, nil) {
				return
			}
		}
	}
}

func (g *groupe) Valeur(champ string) string {
	switch champ {
	case "titre":
		return g.Titre
	case "contenu":
		return g.Contenu
	case "nombre":
		return fmt.Sprint(len(g.lignes))
	case "pieces":
		return fmt.Sprint(g.pieces)
	case "total_amo":
		return g.amo.String()
	}
	return ""
}

func (g *groupe) Liste(string) iter.Seq2[Donnees, error] {
	return func(yield func(Donnees, error) bool) {
		for i, l := range g.lignes {
			if !yield(donneesLigne{donneesFacture{l.Facture, "", ""}, i + 1, l.Pieces}, nil) {
				return
			}
		}
	}
}

type donneesLigne struct {
	donneesFacture
	rang   int
	pieces []string
}

func (d donneesLigne) Valeur(champ string) string {
	switch champ {
	case "rang":
		return fmt.Sprint(d.rang)
	case "pieces":
		return strings.Join(d.pieces, ", ")
	case "amo":
		return d.f.AMO.String()
	}
	return d.donneesFacture.Valeur(champ)
}

func (donneesLigne) Liste(string) iter.Seq2[Donnees, error] { return rien }
