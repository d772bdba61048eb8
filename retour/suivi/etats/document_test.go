package etats

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

var update = flag.Bool("update", false, "write docs/etats.md from the tables, when they changed on purpose")

var titres = map[journal.Genre]string{journal.LotFactures: "Lot de factures", journal.Facture: "Facture",
	journal.Piece: "Pièce justificative", journal.LotScor: "Lot de pièces (SCOR)", journal.Message: "Message à envoyer",
	journal.Reception: "Message reçu", journal.Cabinet: "Cabinet"}

const preambule = `# États

Dessiné par ` + "`go test ./retour/suivi/etats -update`" +
	` depuis la table des transitions (retour/suivi/journal/transitions.go)
et celle des états (retour/suivi/etats). Ne pas modifier à la main.

Une flèche porte l'événement et, entre crochets, la garde. Un événement « sans effet » (doublon, réponse tardive) n'est pas
écrit au journal. ` + "`noter`" +
	` est possible partout et ne change pas l'état. Sous chaque diagramme : ce que chaque état veut dire pour
une personne, ce qu'elle peut faire, et où en est la facture ; de deux lignes d'un même état, la première dont la condition
est vraie. {motif} est la raison, {repli} le mode de secours du profil.
`

// dessin draws the transitions of one kind.
type dessin struct {
	vus       map[journal.Etat]bool
	etats     strings.Builder
	fleches   strings.Builder
	sansEffet []string
}

func nom(e journal.Etat) string {
	if e == journal.Neant {
		return "[*]"
	}
	return strings.NewReplacer("+", "_positif", "-", "_").Replace(strings.Replace(string(e), "arl-", "arl_negatif", 1))
}

func (d *dessin) etat(e journal.Etat) {
	if !d.vus[e] {
		d.vus[e] = true
		fmt.Fprintf(&d.etats, "    %s: %s\n", nom(e), e.Libelle())
	}
}

func (d *dessin) transition(t *journal.Transition) {
	for _, de := range t.De {
		d.etat(de)
		texte := string(t.Type)
		if t.Garde != nil {
			texte += " [" + t.Garde.Nom + "]"
		}
		if t.SansEffet {
			d.sansEffet = append(d.sansEffet, fmt.Sprintf("- %s : %s", de.Libelle(), texte))
			continue
		}
		vers := t.Vers
		if vers == journal.Meme {
			vers = de
		}
		d.etat(vers)
		fmt.Fprintf(&d.fleches, "    %s --> %s: %s\n", nom(de), nom(vers), texte)
	}
}

func dessiner() string {
	var b strings.Builder
	b.WriteString(preambule)
	for _, g := range journal.Genres() {
		d := dessin{vus: map[journal.Etat]bool{journal.Neant: true}}
		for _, t := range journal.Table() {
			if t.Genre == g {
				d.transition(&t)
			}
		}
		fmt.Fprintf(&b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n%s%s```\n", titres[g], &d.etats, &d.fleches)
		if len(d.sansEffet) > 0 {
			slices.Sort(d.sansEffet)
			b.WriteString("\nSans effet :\n\n" + strings.Join(d.sansEffet, "\n") + "\n")
		}
		b.WriteString(tableau(g))
	}
	return b.String()
}

// tableau is what the states of one kind are for people.
func tableau(g journal.Genre) string {
	var b strings.Builder
	b.WriteString("\n| état | si | ce qui est dit | que faire | actions | situation de la facture | suite " +
		"|\n|---|---|---|---|---|---|---|\n")
	for i := range table {
		l := &table[i]
		if l.Genre != g {
			continue
		}
		var etats, actions []string
		for _, e := range l.Etats {
			etats = append(etats, e.Libelle())
		}
		for _, n := range l.Actions {
			actions = append(actions, string(n))
		}
		si := ""
		if l.Si != nil {
			si = l.Si.Nom
		}
		conseil := l.Conseil
		if l.ParCode {
			conseil = "Celui du code, sinon : " + conseil
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", strings.Join(etats, ", "), si, l.Quoi, conseil,
			strings.Join(actions, ", "), l.Situation.Libelle(), l.Suite)
	}
	return b.String()
}

// The documentation shows the tables as they are.
func TestDocument(t *testing.T) {
	nom := filepath.Join("..", "..", "..", "docs", "etats.md")
	texte := dessiner()
	if *update {
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
