package noemie_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

// docs/controles.md lists every check that the readers make, as the code has them: -update writes it again.
func TestControlesMD(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Contrôles

Ce que les lecteurs de fichiers B2 et de retours NOEMIE disent de ce qu'ils lisent. Un constat n'arrête jamais la lecture, sauf pour qui le
demande ([b2.WithRefus]). Il porte un code stable, une gravité, un lieu (enregistrement, zone, octet), ce qui a été lu (masqué quand c'est
personnel, ou que cela pourrait l'être), ce qui était attendu, une phrase pour l'utilisateur, et sa source.

Gravités : *erreur*, contredit la norme ou le fichier lui-même ; *avertissement*, improbable, ou règle qui n'est pas certaine ;
*information*, bon à savoir.

Cette page est écrite par un test à partir du code : ne pas la modifier à la main.
`)
	for _, l := range []struct {
		titre     string
		controles []fse.Controle
	}{{"Fichiers B2", b2.Controles()}, {"Retours NOEMIE, et leur rapprochement des factures", noemie.Controles()}} {
		fmt.Fprintf(&b, "\n## %s\n\n| Code | Gravité | Ce qui est dit | Source |\n|---|---|---|---|\n", l.titre)
		for _, c := range l.controles {
			if c.Code == "" || c.Objet == "" || c.Source == "" || c.Gravite == 0 {
				t.Errorf("an incomplete check: %+v", c)
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.Code, c.Gravite, c.Objet, c.Source)
		}
	}
	b.WriteString("\n## Codes de rejet dont le sens est public\n\n| Code | Libellé | Cause | Que faire | Renvoyer une " +
		"facture corrigée |\n|---|---|---|---|---|\n")
	for _, r := range noemie.Rejets() {
		oui := "non"
		if r.Renvoyer {
			oui = "oui"
		}
		fmt.Fprintf(&b, "| %s %s | %s | %s | %s | %s |\n", r.Code[:4], r.Code[4:], r.Libelle, r.Cause, r.Action, oui)
	}
	p := filepath.Join("..", "..", "docs", "controles.md")
	if *update {
		if err := os.WriteFile(p, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(page)); diff != "" {
		t.Errorf("docs/controles.md isn't what the code does (-code +page); -update writes it: %s", diff)
	}
}
