package repartition_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot/repartition"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

func factures(n int) []fse.Facture {
	d, err := fse.NewDate(2026, 10, 21)
	if err != nil {
		panic(err)
	}
	l := make([]fse.Facture, n)
	for i := range l {
		l[i].Cle = fse.CleFacture{Lot: fse.CleLot{Emetteur: "751143488", Numero: 104, Date: d}, Numero: 4001 + i}
	}
	return l
}

func sep(f *fse.Facture) repartition.Page {
	return repartition.Page{Codes: []string{papier.Etiquette(f.Cle)}}
}

func ticket(f *fse.Facture) repartition.Page {
	return repartition.Page{Codes: []string{"2D-DOC-QUELCONQUE", fmt.Sprintf("%s/%09d", f.Cle.Lot.Emetteur, f.Cle.Numero)}}
}

// dire writes what was proposed: invoice (last digit), pages, way.
func dire(r *repartition.Repartition) (s string) {
	for _, p := range r.Propositions {
		s += fmt.Sprintf("%d%v%s ", p.Facture.Numero-4000, p.Pages, p.Methode[:1])
	}
	return s + fmt.Sprintf("s%v b%v r%v c%d m%d", r.Separateurs, r.Blanches, r.Restent, len(r.Conflits), len(r.SansPage))
}

func TestRepartir(t *testing.T) {
	f := factures(4)
	nue, blanche := repartition.Page{}, repartition.Page{Blanche: true}
	autre := factures(9)[8]
	for nom, c := range map[string]struct {
		pages []repartition.Page
		voulu string
	}{
		"separators, backs of sheets": {[]repartition.Page{sep(&f[0]), blanche, nue, nue, sep(&f[2]), blanche, nue, blanche},
			"1[2 3]s 3[6 7]s s[0 4] b[1 5] r[] c0 m2"},
		"a separator of another list": {[]repartition.Page{sep(&f[0]), nue, sep(&autre), nue, sep(&f[1]), nue},
			"1[1]s 2[5]s s[0 2 4] b[] r[3] c1 m2"},
		"a page of another invoice behind a separator": {[]repartition.Page{sep(&f[0]), nue, ticket(&f[1]), nue},
			"1[1 3]s s[0] b[] r[2] c2 m3"},
		"codes on the pages, out of order": {[]repartition.Page{ticket(&f[3]), ticket(&f[1]), ticket(&f[0]), ticket(&f[2])},
			"4[0]l 2[1]l 1[2]l 3[3]l s[] b[] r[] c0 m0"},
		"a page follows one with a code": {[]repartition.Page{ticket(&f[0]), nue, ticket(&f[1])},
			"1[0 1]l 2[2]l s[] b[] r[] c0 m2"},
		"two invoices on a page": {[]repartition.Page{{Codes: append(ticket(&f[0]).Codes, ticket(&f[1]).Codes...)}},
			"s[] b[] r[0] c1 m4"},
		"as many as invoices, nothing read": {[]repartition.Page{nue, nue, nue, nue},
			"1[0]o 2[1]o 3[2]o 4[3]o s[] b[] r[] c0 m0"},
		"one sheet too many": {[]repartition.Page{nue, nue, nue, nue, nue}, "s[] b[] r[0 1 2 3 4] c1 m4"},
		"files stay together": {[]repartition.Page{{Document: "a"}, {Document: "a"}, {Document: "b"}, {Document: "c"},
			{Document: "d"}}, "1[0 1]o 2[2]o 3[3]o 4[4]o s[] b[] r[] c0 m0"},
		"a code in a file names the whole file": {[]repartition.Page{{Document: "a"},
			{Document: "a", Codes: ticket(&f[1]).Codes}},
			"2[0 1]l s[] b[] r[] c0 m3"},
		"no page": {nil, "s[] b[] r[] c0 m4"},
	} {
		t.Run(nom, func(t *testing.T) {
			var r repartition.Repartiteur
			if g := dire(r.Repartir(c.pages, f)); g != c.voulu {
				t.Errorf("%s\nexpected %s", g, c.voulu)
			}
		})
	}
}

// Only whole identifiers match: never a part of one, a number alone, or another sender's.
func TestIdentifiantsEntiers(t *testing.T) {
	f := factures(3)
	r := repartition.Repartiteur{SansOrdre: true, Identifiants: func(f *fse.Facture) []string {
		return []string{"", " ", fmt.Sprintf("ORD-%d", f.Cle.Numero)}
	}}
	for _, texte := range []string{"4001", "000004001", "751143488", "751143489/000004001", "ORD-40011", "xORD-4001", "",
		papier.Etiquette(f[0].Cle)[:35], "SCORPJ"} {
		g := r.Repartir([]repartition.Page{{Codes: []string{texte}}}, f)
		if len(g.Propositions) != 0 {
			t.Errorf("%q proposes %v", texte, g.Propositions)
		}
	}
	for _, texte := range []string{"ORD-4001", " ORD-4001 ", "751143488/000004001", "751143488|000004001|",
		f[0].Cle.String()} {
		g := r.Repartir([]repartition.Page{{Codes: []string{texte}}}, f)
		if len(g.Propositions) != 1 || g.Propositions[0].Facture != f[0].Cle {
			t.Errorf("%q: %v, expected the first invoice", texte, g.Propositions)
		}
	}
}

// Whatever the batch: every page is in exactly one place, no invoice is proposed twice, every invoice is told, and what
// is proposed says why.
func TestToutEstRendu(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := factures(rapid.IntRange(0, 7).Draw(t, "invoices"))
		etrangere := factures(9)[8]
		pages := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) repartition.Page {
			p := repartition.Page{Blanche: rapid.IntRange(0, 5).Draw(t, "blank") == 0,
				Document: rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "document")}
			for range rapid.IntRange(0, 2).Draw(t, "codes") {
				g := &etrangere
				if len(f) > 0 && rapid.Bool().Draw(t, "ours") {
					g = &f[rapid.IntRange(0, len(f)-1).Draw(t, "which")]
				}
				p.Codes = append(p.Codes, rapid.SampledFrom([]repartition.Page{sep(g), ticket(g), {Codes: []string{"?"}}}).
					Draw(t, "code").Codes...)
			}
			return p
		}), 0, 25).Draw(t, "pages")
		r := repartition.Repartiteur{SansOrdre: rapid.Bool().Draw(t, "no order")}
		g := r.Repartir(pages, f)
		vues := map[int]int{}
		cles := map[fse.CleFacture]int{}
		for _, p := range g.Propositions {
			cles[p.Facture]++
			if p.Pourquoi == "" || p.Confiance <= 0 || p.Confiance >= 1 || len(p.Pages) == 0 || !slices.IsSorted(p.Pages) {
				t.Errorf("proposition %+v", p)
			}
			for _, i := range p.Pages {
				vues[i]++
			}
		}
		for _, l := range [][]int{g.Separateurs, g.Blanches, g.Restent} {
			for _, i := range l {
				vues[i]++
			}
		}
		for _, c := range g.SansPage {
			cles[c]++
		}
		for i := range pages {
			if vues[i] != 1 {
				t.Errorf("page %d is in %d places", i, vues[i])
			}
		}
		for i := range f {
			if cles[f[i].Cle] != 1 {
				t.Errorf("invoice %d is told %d times", i, cles[f[i].Cle])
			}
		}
		if len(vues) != len(pages) || len(cles) != len(f) {
			t.Errorf("%d pages, %d invoices: expected %d, %d", len(vues), len(cles), len(pages), len(f))
		}
		for _, c := range g.Conflits {
			if c.Phrase == "" {
				t.Error("a conflict without a sentence")
			}
		}
	})
}

func Example() {
	d, _ := fse.NewDate(2026, 10, 21)
	lot := fse.CleLot{Emetteur: "751143488", Numero: 104, Date: d}
	liste := []fse.Facture{{Cle: fse.CleFacture{Lot: lot, Numero: 4001}}, {Cle: fse.CleFacture{Lot: lot, Numero: 4002}}}
	pages := []repartition.Page{ // in a program: what package codes reads
		{Codes: []string{papier.Etiquette(liste[1].Cle)}}, {}, {},
		{Codes: []string{"751143488/000004001"}},
	}
	pages = append(pages[3:], pages[:3]...)
	var r repartition.Repartiteur
	for _, p := range r.Repartir(pages, liste).Propositions {
		fmt.Println(p.Facture.Numero, p.Pages, p.Methode, p.Pourquoi)
	}
	// Output:
	// 4001 [0] lecture Un code lu sur la page désigne cette facture.
	// 4002 [2 3] separateur Derrière la feuille séparatrice de cette facture.
}
