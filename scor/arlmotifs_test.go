package scor

import (
	"strings"
	"testing"
)

// Patterns that can't tell what an answer needs, or that no answer has a use for, are refused with their line.
func TestMotifsRefuses(t *testing.T) {
	const debut = "etend: reference\nprofil: m\nversion: \"1\"\nsource: x\nretours:\n  arl:\n    "
	for texte, veut := range map[string]string{
		"fichier: {codage: motifs}\n    texte: 'ok'":                                         "à quoi l'ARL répond",
		"fichier: {codage: motifs}\n    texte: '(?P<lot>[0-9]+)'":                            "le sens de l'ARL",
		"fichier: {codage: motifs}\n    texte: '(?P<lot>[0-9]+) (?P<code>..) (?P<numero>.)'": "pas un groupe connu",
		"fichier: {codage: motifs}\n    texte: '(?P<lot>.) (?P<code>.)'\n    " +
			"texte_piece: '(?P<code>.)'": "de quelle pièce",
		"texte: '(?P<lot>[0-9]+)'": "ne va qu'avec fichier: {codage: motifs}",
	} {
		_, err := ParseProfil(strings.NewReader(debut+texte+"\n"), "m.yaml")
		if err == nil || !strings.Contains(err.Error(), veut) || !strings.Contains(err.Error(), "m.yaml:") {
			t.Errorf("%s: %v, want %q", texte, err, veut)
		}
	}
}

// A date in a template is written in its own format; one that isn't a date's is refused.
func TestDateDansUnGabarit(t *testing.T) {
	const debut = "etend: reference\nprofil: m\nversion: \"1\"\nsource: x\nmessage: {sujet: \"PJ {compostage} "
	for g, veut := range map[string]string{"{lot.date:J MMMM AAAA}": "", "{fichier.date:AAAAJJJ}": "",
		"{lot.date:WW}": "attendu : AAAA", "{compostage:AAAA}": "width"} {
		_, err := ParseProfil(strings.NewReader(debut+g+"\"}\n"), "m.yaml")
		if (err == nil) != (veut == "") || err != nil && !strings.Contains(err.Error(), veut) {
			t.Errorf("%s: %v", g, err)
		}
	}
}
