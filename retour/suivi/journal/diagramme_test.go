package journal

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/etats.md from the table, when the table changed on purpose")

var titres = map[Genre]string{LotFactures: "Lot de factures", Facture: "Facture", Piece: "Pièce justificative", LotScor: "Lot de pièces (SCOR)",
	Message: "Message à envoyer", Reception: "Message reçu", Cabinet: "Cabinet"}

// dessiner draws the table, one Mermaid diagram for each kind.
func dessiner() string {
	var b strings.Builder
	b.WriteString("# États\n\nDessiné depuis la table de `journal/transitions.go` par `go test ./retour/suivi/journal -run TestDiagramme -update`. Ne pas modifier à la main.\n\n" +
		"Une flèche porte l'événement et, entre crochets, la garde. Un événement « sans effet » (doublon, réponse tardive) n'est pas écrit au journal.\n" +
		"`noter` est possible partout et ne change pas l'état.\n")
	for _, g := range Genres() {
		fmt.Fprintf(&b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n", titres[g])
		nom := func(e Etat) string {
			if e == Neant {
				return "[*]"
			}
			return strings.NewReplacer("+", "_positif", "-", "_").Replace(strings.Replace(string(e), "arl-", "arl_negatif", 1))
		}
		vus := map[Etat]bool{Neant: true}
		noms := func(e Etat) {
			if !vus[e] {
				vus[e] = true
				fmt.Fprintf(&b, "    %s: %s\n", nom(e), e.Libelle())
			}
		}
		var sansEffet []string
		var fleches strings.Builder
		for _, t := range table {
			if t.Genre != g {
				continue
			}
			for _, de := range t.De {
				noms(de)
				texte := string(t.Type)
				if t.Garde != nil {
					texte += " [" + t.Garde.Nom + "]"
				}
				if t.SansEffet {
					sansEffet = append(sansEffet, fmt.Sprintf("- %s : %s", de.Libelle(), texte))
					continue
				}
				vers := t.Vers
				if vers == Meme {
					vers = de
				}
				noms(vers)
				fmt.Fprintf(&fleches, "    %s --> %s: %s\n", nom(de), nom(vers), texte)
			}
		}
		b.WriteString(fleches.String() + "```\n")
		if len(sansEffet) > 0 {
			slices.Sort(sansEffet)
			b.WriteString("\nSans effet :\n\n" + strings.Join(sansEffet, "\n") + "\n")
		}
	}
	return b.String()
}

// The documentation shows the table as it is.
func TestDiagramme(t *testing.T) {
	nom := filepath.Join("..", "..", "..", "docs", "etats.md")
	texte := dessiner()
	if *update {
		if err := os.MkdirAll(filepath.Dir(nom), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(nom, []byte(texte), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ecrit, err := os.ReadFile(nom)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(ecrit), texte); d != "" {
		t.Errorf("docs/etats.md isn't the table any more (-update writes it): %s", d)
	}
}

// The table has no line that another hides, no state without a French name or that nothing leads to, and each guard can be reached.
func TestTableCoherente(t *testing.T) {
	atteints := map[entree]bool{}
	for _, l := range table {
		for _, de := range l.De {
			atteints[entree{g: l.Genre, e: l.Vers}] = true
			for _, e := range []Etat{de, l.Vers} {
				if _, ok := libelles[e]; !ok && e != Neant && e != Meme && e != "" {
					t.Errorf("state %q has no French name", e)
				}
			}
		}
		if l.SansEffet != (l.Vers == "") {
			t.Errorf("%s %s: without effect and with a new state, or neither", l.Genre, l.Type)
		}
	}
	for k, l := range parEntree {
		for i, x := range l {
			if x.Garde == nil && i < len(l)-1 {
				t.Errorf("%s, %s, %s: a line without guard hides another", k.g, k.e, k.t)
			}
		}
		if k.e != Neant && !atteints[entree{g: k.g, e: k.e}] {
			t.Errorf("%s: nothing leads to %q", k.g, k.e)
		}
	}
}
