package suivi

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// part is a share of a return: asked, paid.
func part(demande, paye fse.Montant, issue noemie.Issue) *noemie.Part {
	return &noemie.Part{Demande: demande, DemandeConnue: true, Paye: paye, Etat: issue}
}

// What a return pays is compared with what the invoice asks: each difference is said with its amount, and what agrees
// asks nobody.
func TestMontantsRSP(t *testing.T) {
	premier, second := date2026(t, 3, 10), date2026(t, 3, 20)
	for _, c := range []struct {
		nom      string
		retours  [][2]*noemie.Part // AMO, AMC, one return each
		jours    []fse.Date
		dit      string // "" : nothing
		attendus fse.Montant
	}{
		{"all paid", [][2]*noemie.Part{{part(700, 700, noemie.Paye), part(300, 300, noemie.Paye)}}, []fse.Date{premier}, "",
			0},
		{"the same return twice", [][2]*noemie.Part{{part(700, 700, noemie.Paye), nil}, {part(700, 700, noemie.Paye), nil}},
			[]fse.Date{premier, premier}, "", 300},
		{"each share in its return", [][2]*noemie.Part{{part(700, 700, noemie.Paye), nil},
			{nil, part(300, 300, noemie.Paye)}},
			[]fse.Date{premier, second}, "", 0},
		{"paid in part", [][2]*noemie.Part{{part(700, 400, noemie.Paye), nil}}, []fse.Date{premier},
			"paie 4,00\u00a0€ sur 7,00\u00a0€", 600},
		{"said paid, nothing paid", [][2]*noemie.Part{{part(700, 0, noemie.Paye), nil}}, []fse.Date{premier},
			"verse 0,00\u00a0€", 1000},
		{"paid twice", [][2]*noemie.Part{{part(700, 700, noemie.Paye), part(300, 300, noemie.Paye)},
			{part(700, 700, noemie.Paye), part(300, 300, noemie.Paye)}},
			[]fse.Date{premier, second}, "payée deux fois", -1000},
		{"AMC refused", [][2]*noemie.Part{{part(700, 700, noemie.Paye), part(300, 0, noemie.Rejete)}}, []fse.Date{premier},
			"refuse sa part de 3,00\u00a0€", 300},
		{"asked otherwise", [][2]*noemie.Part{{part(900, 700, noemie.Paye), nil}}, []fse.Date{premier},
			"9,00\u00a0€ demandés", 300},
		{"taken back", [][2]*noemie.Part{{part(700, 700, noemie.Paye), nil}, {part(700, -700, noemie.Paye), nil}},
			[]fse.Date{premier, second}, "reprend 7,00\u00a0€ sur 7,00\u00a0€", 1000},
		{"taken back without a payment", [][2]*noemie.Part{{part(700, -700, noemie.Paye), nil}}, []fse.Date{premier},
			"sans que le paiement d'origine", 1700},
	} {
		t.Run(c.nom, func(t *testing.T) {
			b := nouveauBanc(t)
			f := factures(t, 1, 1)
			x := &f.Lots[0].Factures[0]
			x.Total, x.AMO, x.AMC = 1000, 700, 300
			b.deposer(f)
			for i, p := range c.retours {
				r := retourNoemie(f, noemie.Paye, 0)
				r.Factures[0].AMO, r.Factures[0].AMC = p[0], p[1]
				r.Factures[0].Versement = &noemie.Versement{Date: c.jours[i], Beneficiaire: "000000123456789"}
				b.lireRSP(r)
			}
			l := b.lignes()
			if c.dit == "" && len(l) != 0 || c.dit != "" && (len(l) != 1 || !strings.Contains(l[0].Quoi, c.dit)) {
				t.Errorf("%q expected: %+v", c.dit, l)
			}
			y, err := b.Synthese(t.Context(), Filtre{})
			if err != nil {
				t.Fatal(err)
			}
			attendu := []Euros{{Caisse: "01422", Demande: 1000, Paye: 1000 - c.attendus, Attendu: c.attendus}}
			if d := cmp.Diff(attendu, y.Indicateurs.Euros); d != "" {
				t.Error(d)
			}
			b.verifier()
		})
	}
}

func date2026(t *testing.T, m, j int) fse.Date {
	d, err := fse.NewDate(2026, m, j)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// lireRSP has a return take effect, with the amounts as they are given.
func (b *banc) lireRSP(r *noemie.Retour) {
	b.t.Helper()
	g := nouveauGeste(b.h.lire())
	l := b.decider(b.t.Context(), g)
	for i := range r.Factures {
		if err := l.factureRSP(b.t.Context(), &r.Factures[i]); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := b.ecrire(b.t.Context(), g); err != nil {
		b.t.Fatal(err)
	}
}

// "Traitement caisse" is a deferral, whatever letter comes with it: nothing is to be billed again.
func TestTraitementCaisse(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	r := retourNoemie(f, noemie.Rejete, 0)
	r.Factures[0].Motifs = []noemie.Motif{{Code: "9999", Libelle: "TRAITEMENT CAISSE", Niveau: "F", Part: "O"}}
	b.lireRSP(r)
	if e := b.etat(journal.Facture, cleFacture(f.Lots[0].Factures[0].Cle)); e != journal.Enregistre {
		t.Errorf("the invoice is %s", e)
	}
}
