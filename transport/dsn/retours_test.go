package dsn_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/dsn"
)

// verite is what the reference reader of the set says of a file.
type verite struct {
	Fichier  string `json:"fichier"`
	Rapports []struct {
		Destinataire string `json:"destinataire"`
		Alias        string `json:"alias"`
		Code         string `json:"code"`
		Action       string `json:"action"`
		Raison       string `json:"raison"`
		MessageID    string `json:"message_id"`
	} `json:"rapports"`
}

// avis: the file is one of non-delivery.
func (v *verite) avis() bool {
	for _, r := range v.Rapports {
		switch r.Raison {
		case "feedback", "vacation", "delivered":
			return false
		}
	}
	return len(v.Rapports) > 0
}

// Real bounces, of fifty mail systems: the bars are those under which lots would be
// lost without a word, or be said lost when they arrived. The set isn't in the
// project; SCOR_RETOURS names another folder of it.
func TestRetoursReels(t *testing.T) {
	dossier := os.Getenv("SCOR_RETOURS")
	if dossier == "" {
		dossier = filepath.Join("..", "..", "..", "shared", "data", "retours-de-mel")
	}
	lignes, err := os.ReadFile(filepath.Join(dossier, "verite.jsonl"))
	if err != nil {
		t.Skip("SCOR_RETOURS is not set: a folder of bounces with verite.jsonl, from sisimai/set-of-emails")
	}
	type compte struct{ total, bons int }
	var reconnus, destinataires, identifiants, faux compte
	noter := func(c *compte, bon bool, format string, a ...any) {
		c.total++
		if bon {
			c.bons++
		} else {
			t.Logf(format, a...)
		}
	}
	for l := range bytes.Lines(lignes) {
		var v verite
		if err := json.Unmarshal(l, &v); err != nil {
			t.Fatal(err)
		}
		brut, err := os.ReadFile(filepath.Join(dossier, v.Fichier))
		if err != nil {
			t.Fatal(err)
		}
		var avis []dsn.Avis
		recu, err := transport.Open(t.Context(), bytes.NewReader(brut), nil)
		if err == nil {
			avis, err = dsn.Parse(recu)
		}
		if !v.avis() {
			noter(&faux, len(avis) == 0, "%s: said to be a bounce: %+v", v.Fichier, avis)
			continue
		}
		noter(&reconnus, len(avis) > 0, "%s: not recognised (%v)", v.Fichier, err)
		if len(avis) == 0 {
			continue
		}
		lus, veut, alias := map[string]bool{}, map[string]bool{}, map[string]string{}
		ids := map[string]bool{}
		for _, a := range avis {
			lus[strings.ToLower(a.Destinataire)] = true
			ids[a.MessageID] = true
		}
		id := ""
		for _, r := range v.Rapports {
			d, a := strings.ToLower(r.Destinataire), strings.ToLower(r.Alias)
			if a != "" && lus[a] && !lus[d] {
				d, a = a, d
			}
			veut[d], alias[a], id = true, d, r.MessageID
		}
		for a := range lus { // the other name of a recipient that's there
			if d := alias[a]; a != "" && d != "" && lus[d] && !veut[a] {
				delete(lus, a)
			}
		}
		noter(&destinataires, maps.Equal(lus, veut), "%s: recipients %v, want %v", v.Fichier, slices.Sorted(maps.Keys(lus)),
			slices.Sorted(maps.Keys(veut)))
		if id != "" {
			noter(&identifiants, len(ids) == 1 && ids[id], "%s: Message-ID %v, want %s", v.Fichier,
				slices.Sorted(maps.Keys(ids)), id)
		}
	}
	for _, x := range []struct {
		quoi  string
		c     compte
		barre float64
	}{{"recognised", reconnus, 98}, {"right recipients", destinataires, 97}, {"right Message-ID", identifiants, 99},
		{"others left alone", faux, 100}} {
		part := 100 * float64(x.c.bons) / float64(max(x.c.total, 1))
		t.Logf("%-18s %4d of %4d  %6.2f %%  (bar %v %%)", x.quoi, x.c.bons, x.c.total, part, x.barre)
		if part < x.barre {
			t.Errorf("%s: %.2f %%, want %v %%", x.quoi, part, x.barre)
		}
	}
}
