package signature_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

const delegations = `delegations:
  - {signataire: s1, mandant: "Dr Anne Morel", du: 2026-01-01, au: 2026-06-30, document: "Convention 2026-014"}
  - {signataire: s1, mandant: "Dr Hugo Petit", du: 2026-06-01, document: "Convention 2026-015"}
  - {signataire: s2, mandant: "Dr Anne Morel", du: 2026-01-01, document: "Convention 2026-016"}
`

// TestDelegation protects practitioners from a signature that they gave nobody the right to: another signer, another
// name, a day too early or too late are refused, nothing is recorded, and one can sign otherwise. What allowed the
// signature stays with it.
func TestDelegation(t *testing.T) {
	liste, err := signature.ParseDelegations(strings.NewReader(delegations), "delegations.yaml")
	if err != nil {
		t.Fatal(err)
	}
	le := func(mois time.Month, jour, heure int) time.Time {
		return time.Date(2026, mois, jour, heure, 30, 0, 0, time.Local)
	}
	autre := signature.Signataire{ID: "s3", Nom: "M. Autre"}
	for nom, c := range map[string]struct {
		quand   time.Time
		qui     signature.Signataire
		mandant string
		piece   string // "": refused
	}{
		"in force":           {le(3, 1, 12), claire, "Dr Anne Morel", "Convention 2026-014"},
		"other case, spaces": {le(3, 1, 12), claire, "dr anne  MOREL", "Convention 2026-014"},
		"last evening":       {le(6, 30, 23), claire, "Dr Anne Morel", "Convention 2026-014"},
		"first morning":      {le(6, 1, 0), claire, "Dr Hugo Petit", "Convention 2026-015"},
		"no end":             {le(12, 31, 23), claire, "Dr Hugo Petit", "Convention 2026-015"},
		"over":               {le(7, 1, 0), claire, "Dr Anne Morel", ""},
		"not yet":            {le(5, 31, 23), claire, "Dr Hugo Petit", ""},
		"another name":       {le(3, 1, 12), claire, "Dr Anne Morelle", ""},
		"another signer":     {le(3, 1, 12), autre, "Dr Anne Morel", ""},
	} {
		r := signature.New(new(signature.Memoire), signature.WithDelegations(liste),
			signature.WithHorloge(func() time.Time { return c.quand }))
		doc := document("lot", "%PDF")
		id := presenter(t, r, doc)
		d := demande(doc, cle1)
		d.Mandant = c.mandant
		recu, err := r.Signer(t.Context(), id, c.qui, d)
		if c.piece != "" {
			if err != nil || recu.Delegation != c.piece {
				t.Errorf("%s: %q, %v", nom, recu.Delegation, err)
			}
			continue
		}
		if !errors.Is(err, signature.ErrDelegation) {
			t.Errorf("%s: %+v, %v", nom, recu, err)
		}
		if v, _ := r.Situation(id); v.Etat != signature.ASigner {
			t.Errorf("%s: %s after a refusal", nom, v.Etat)
		}
		d.PourMandat = false
		if recu, err := r.Signer(t.Context(), id, c.qui, d); err != nil || recu.Delegation != "" || recu.Mandant != "" {
			t.Errorf("%s, in one's own name: %+v, %v", nom, recu, err)
		}
	}
}

// TestMandants protects that the screen proposes what will be accepted, and only that.
func TestMandants(t *testing.T) {
	liste, err := signature.ParseDelegations(strings.NewReader(delegations), "delegations.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc := document("lot", "%PDF")
	doc.Mandants = []string{"Dr Zoé Lenoir"}
	for jour, veut := range map[fse.Date][]string{
		date(t, 2026, 2, 1): {"Dr Anne Morel"}, date(t, 2026, 6, 15): {"Dr Anne Morel", "Dr Hugo Petit"},
		date(t, 2025, 12, 31): nil,
	} {
		r := signature.New(new(signature.Memoire), signature.WithDelegations(liste),
			signature.WithHorloge(func() time.Time { return jour.Time(time.Local) }))
		if noms, libre := r.Mandants(&doc, claire); !slices.Equal(noms, veut) || libre {
			t.Errorf("%s: %q, %t", jour, noms, libre)
		}
	}
	if noms, libre := signature.New(new(signature.Memoire)).Mandants(&doc, claire); !libre || len(noms) != 1 {
		t.Errorf("without a list: %q, %t", noms, libre)
	}
}

func date(t *testing.T, a, m, j int) fse.Date {
	t.Helper()
	d, err := fse.NewDate(a, m, j)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLienDelegation protects that the document which allowed a signature can't be changed afterwards.
func TestLienDelegation(t *testing.T) {
	s := signature.Signature{Recu: signature.Recu{Empreinte: scor.Empreinte{1}, PourMandat: true, Mandant: "Dr Anne Morel",
		Delegation: "Convention 2026-014"}, Traits: traits()}
	avant := s.Calculer()
	for _, piece := range []string{"", "Convention 2026-015"} {
		s.Delegation = piece
		if s.Calculer() == avant {
			t.Errorf("%q binds the same", piece)
		}
	}
}

// TestDelegationsMalEcrites protects that a list with a fault is refused whole, each fault with its line.
func TestDelegationsMalEcrites(t *testing.T) {
	for texte, veut := range map[string]string{
		`{mandant: "Dr A", du: 2026-01-01, document: D}`:                                                 "signataire",
		`{signataire: s1, du: 2026-01-01, document: D}`:                                                  "mandant",
		`{signataire: s1, mandant: "Dr 好", du: 2026-01-01, document: D}`:                                 "mandant",
		`{signataire: s1, mandant: "Dr A", document: D}`:                                                 "du",
		`{signataire: s1, mandant: "Dr A", du: 2026-01-01}`:                                              "document",
		`{signataire: s1, mandant: "Dr A", du: 2026-02-01, au: 2026-01-31, document: D}`:                 "au",
		`{signataire: s1, mandant: "Dr A", du: 2026-01-01, fin: 2026-02-01, document: D}`:                "fin",
		`{signataire: s1, mandant: "Dr A", du: 2026-01-01, document: "` + strings.Repeat("D", 81) + `"}`: "document",
	} {
		_, err := signature.ParseDelegations(strings.NewReader("delegations:\n  - "+texte+"\n"), "d.yaml")
		if err == nil || !strings.Contains(err.Error(), veut) || !strings.Contains(err.Error(), "d.yaml:2") {
			t.Errorf("%s: %v", texte, err)
		}
	}
}
