package signature

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// ErrDelegation is a signature "pour mandat" that no delegation allows to this signer on this day.
var ErrDelegation = errors.New("signature: no delegation in force")

// Delegation says that somebody may sign "pour mandat" for another, within which days, and by which document.
type Delegation struct {
	// Signataire is the [Signataire.ID] of who may sign.
	Signataire string `yaml:"signataire"`
	// Mandant is the name of who gives the mandate, as the signer chooses it.
	Mandant string `yaml:"mandant"`
	// Du and Au are the first and the last day; without Au it has no end.
	Du fse.Date `yaml:"du"`
	Au fse.Date `yaml:"au"`
	// Document is the reference of what gives the mandate: "Convention 2026-014 du 02/01/2026".
	Document string `yaml:"document"`
}

// Delegations are those that an establishment has on file.
type Delegations []Delegation

// documentMax bounds a document's reference, which is written beside the signature.
const documentMax = 80

// WithDelegations lets a signer sign "pour mandat" only where a delegation allows it on the day: anything else is
// [ErrDelegation]. The document's reference stays in the receipt and is written into the bordereau. Without this
// option the host answers for the mandates; with none in the list, nobody signs for another.
func WithDelegations(d Delegations) Option {
	return func(r *Registre) { r.delegations, r.deleguer = slices.Clone(d), true }
}

// ParseDelegations reads YAML: a list `delegations` of signataire, mandant, du, au (AAAA-MM-JJ; au may be left out) and
// document. Every error is returned, each with its line.
func ParseDelegations(r io.Reader, fichier string) (Delegations, error) {
	var v struct {
		Delegations Delegations `yaml:"delegations"`
	}
	doc, err := config.Lire(r, fichier, &v)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	for i := range v.Delegations {
		x, chemin := &v.Delegations[i], fmt.Sprintf("delegations[%d]", i)
		if x.Signataire == "" {
			doc.Ajouter(chemin+".signataire", "missing, expected the identifier of who may sign")
		}
		for _, t := range []struct {
			zone  string
			texte *string
			max   int
		}{{".mandant", &x.Mandant, papier.NomMax}, {".document", &x.Document, documentMax}} {
			switch s, err := papier.Nom(*t.texte, t.max); {
			case err != nil:
				doc.Ajouter(chemin+t.zone, "can't be written on a bordereau: %v", err)
			case s == "":
				doc.Ajouter(chemin+t.zone, "missing")
			default:
				*t.texte = s
			}
		}
		if x.Du.IsZero() {
			doc.Ajouter(chemin+".du", "missing, expected AAAA-MM-JJ")
		}
		if !x.Au.IsZero() && x.Au.Compare(x.Du) < 0 {
			doc.Ajouter(chemin+".au", "%s comes before du, %s", x.Au, x.Du)
		}
	}
	if err := doc.Err(); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	return v.Delegations, nil
}

// En gives the delegation by which a signer may sign for a name on a day.
func (d Delegations) En(jour fse.Date, signataire, mandant string) (Delegation, bool) {
	for _, x := range d {
		if x.Signataire == signataire && memeNom(x.Mandant, mandant) && x.vaut(jour) {
			return x, true
		}
	}
	return Delegation{}, false
}

func (d *Delegation) vaut(jour fse.Date) bool {
	return d.Du.Compare(jour) <= 0 && (d.Au.IsZero() || jour.Compare(d.Au) <= 0)
}

// memeNom compares names as people type them: case and spaces say nothing.
func memeNom(a, b string) bool {
	plat := func(s string) string {
		s, _ = papier.Nom(s, papier.NomMax)
		return strings.Join(strings.Fields(s), " ")
	}
	return strings.EqualFold(plat(a), plat(b))
}

// Mandants are the names for which a signer may sign a document today: those of its delegations, or, where the host
// answers for the mandates, those that the document proposes. libre says that another name may be given.
func (r *Registre) Mandants(d *Document, s Signataire) (noms []string, libre bool) {
	if rang := d.rang(s.ID); rang >= 0 && d.Ordre[rang].Mandant != "" {
		return []string{d.Ordre[rang].Mandant}, false
	}
	if !r.deleguer {
		return d.Mandants, true
	}
	for _, x := range r.delegations {
		if x.Signataire == s.ID && x.vaut(fse.DateDe(r.maintenant())) && !slices.Contains(noms, x.Mandant) {
			noms = append(noms, x.Mandant)
		}
	}
	return noms, false
}

// deleguee gives the document by which s signs for mandant; "" where the host answers for that.
func (r *Registre) deleguee(s Signataire, mandant string) (string, error) {
	if !r.deleguer {
		return "", nil
	}
	jour := fse.DateDe(r.maintenant())
	x, ok := r.delegations.En(jour, s.ID, mandant)
	if !ok {
		return "", fmt.Errorf("%w: %s, for this name, on %s", ErrDelegation, s.ID, jour)
	}
	// A list made by a program was not checked when it was read.
	piece, err := papier.Nom(x.Document, documentMax)
	if err != nil || piece == "" {
		return "", fmt.Errorf("%w: its document's reference can't be written", ErrDelegation)
	}
	return piece, nil
}
