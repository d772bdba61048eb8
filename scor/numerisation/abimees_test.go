package numerisation_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// What a scan loses is seen, in grey and in black and white: writing that the edge cuts though paper and ground are
// both white, a folded corner, a sheet that moved, dust without writing, a threshold that lost the page, a sheet that
// slid down. Each is refused, or asked about, for its own reason.
func TestAbimees(t *testing.T) {
	cas := []struct {
		defaut  pd.Defaut
		codes   []string
		refuser bool // else asking is enough
		codages []pd.Codage
	}{
		{pd.Droite, []string{"tronque"}, false, []pd.Codage{pd.TIFFG4, pd.JPEGGris}},
		{pd.Gauche, []string{"tronque"}, true, []pd.Codage{pd.TIFFG4, pd.JPEGGris}},
		{pd.Glissee, []string{"tronque"}, false, []pd.Codage{pd.TIFFG4, pd.JPEGGris}},
		{pd.Coin, []string{"tronque"}, true, []pd.Codage{pd.TIFFG4, pd.JPEGGris}},
		{pd.Bouge, []string{"contraste", "flou"}, true, []pd.Codage{pd.JPEGGris, pd.JPEGRVB}},
		{pd.Poussiere, []string{"page-blanche"}, true, []pd.Codage{pd.TIFFG4, pd.JPEGGris}},
		{pd.Perdue, []string{"page-blanche", "contraste"}, false, []pd.Codage{pd.TIFFG4}},
	}
	n := nouveau(t)
	r := rand.New(rand.NewPCG(3, 5))
	nb := 8
	if testing.Short() {
		nb = 2
	}
	var b strings.Builder
	for _, c := range cas {
		refusees, demandees := 0, 0
		for i := range nb {
			p := pd.Page{Graine: r.Uint64(), Format: pd.A5, DPI: 200, Manuscrite: i%2 == 1, Bruit: 3 * r.Float64(),
				Inclinaison: r.Float64()*1.2 - 0.6, Defaut: c.defaut}
			for _, codage := range c.codages {
				f, err := p.Fichier(codage)
				if err != nil {
					t.Fatal(err)
				}
				var out bytes.Buffer
				v, err := n.Numeriser(t.Context(), &out, numerisation.Octets("page"+codage.Extension(), f))
				if err != nil {
					t.Fatal(err)
				}
				m := v.Motifs()
				switch {
				case v.Accepte || c.refuser && v.AConfirmer():
					t.Errorf("%v, %s: accepted %v, to confirm %v", p, codage, v.Accepte, v.AConfirmer())
				case !slices.ContainsFunc(c.codes, func(k string) bool { return slices.Contains(m, k) }):
					t.Errorf("%v, %s: %q, expected one of %q", p, codage, m, c.codes)
				case v.AConfirmer():
					demandees++
				default:
					refusees++
				}
			}
		}
		fmt.Fprintf(&b, "\n%-10s refused %d, asked about %d", c.defaut, refusees, demandees)
	}
	t.Log(b.String())
}

// Writing that goes on behind a dark band is seen along each of the four edges, in grey, in colour and in black and
// white; the same band beside whole writing refuses nothing.
func TestCoupesNoires(t *testing.T) {
	n := nouveau(t)
	nb := uint64(3)
	if testing.Short() {
		nb = 1
	}
	for _, cas := range []string{"NOIR-haut", "NOIR-droite", "NOIR-bas", "NOIR-gauche", "noir-autour"} {
		for graine := range nb {
			p, err := pd.Tirer(cas, graine+40, pd.Options{Legers: true})
			if err != nil {
				t.Fatal(err)
			}
			r, err := n.Numeriser(t.Context(), io.Discard, numerisation.Octets(p.Nom, p.Fichier))
			if err != nil {
				t.Fatal(err)
			}
			if coupe := slices.Contains(r.Motifs(), "tronque"); coupe != (cas != "noir-autour") {
				t.Errorf("%s: %q", p.Nom, r.Motifs())
			}
		}
	}
}

// A sheet that slid up in the frame, so that it begins with its date and bears neither letterhead nor signature, has a
// person asked, by one question about its head; answered by yes, it is accepted.
func TestSansTete(t *testing.T) {
	n := nouveau(t)
	for graine := range uint64(4) {
		p, err := pd.Tirer("SANS-TETE", graine, pd.Options{Legers: true})
		if err != nil {
			t.Fatal(err)
		}
		r, err := n.Numeriser(t.Context(), io.Discard, numerisation.Octets(p.Nom, p.Fichier))
		if err != nil {
			t.Fatal(err)
		}
		q := r.Questions()
		if r.Accepte || len(q) != 1 || q[0].Code != numerisation.Tronque || !strings.Contains(q[0].Texte, "haut") {
			t.Fatalf("%s: %q, questions %+v", p.Nom, r.Motifs(), q)
		}
		if err := r.Confirmer(q[0], numerisation.Confirmation{Reponse: numerisation.Oui}); err != nil || !r.Accepte {
			t.Errorf("%s answered yes: %v, accepted %v", p.Nom, err, r.Accepte)
		}
	}
}
