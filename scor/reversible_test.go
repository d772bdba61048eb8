package scor

import (
	"strings"
	"testing"
)

const tete = "etend: reference\nprofil: p\nversion: \"1\"\nsource: s\n"

// A layout whose files would not be read back as they were written is refused, at the line of what is wrong, with what
// to write.
func TestProfilIrreversible(t *testing.T) {
	lot := func(zones, reste string) string {
		return tete + "lot:\n  longueur: 30\n  enregistrements:\n    - nom: L\n      pour: lot\n      zones: [{nom: T, " +
			"longueur: 1, type: A, valeur: L}, {nom: V, longueur: 29, type: A}]\n" +
			"      contenu:\n        - nom: P\n          pour: piece\n          zones:\n            - {nom: T, longueur: 1, " +
			"type: A, valeur: P}\n" + zones + reste
	}
	for nom, c := range map[string]struct{ texte, veut string }{
		"zeros after a text": {lot("            - {nom: I, longueur: 29, type: A, donnee: piece.id, "+
			"remplissage: \"0\"}\n", ""), "p.yaml:16: lot.enregistrements[0].contenu[0].zones[1].remplissage"},
		"too short for an identifier": {lot("            - {nom: I, longueur: 5, type: A, donnee: piece.id}\n      "+
			"      - {nom: V, longueur: 24, type: A}\n", ""), "p.yaml:16"},
		"a code of letters in a numeric zone": {lot("            - {nom: I, longueur: 27, type: A, donnee: piece.id}\n     "+
			"       - {nom: C, longueur: 2, type: N, donnee: piece.type}\n", ""),
			"p.yaml:17: lot.enregistrements[0].contenu[0].zones[2].type"},
		"an invoice's datum outside of it": {lot("            - {nom: I, longueur: 9, type: N, donnee: facture.numero}\n   "+
			"         - {nom: V, longueur: 20, type: A}\n", ""), "existe dans ce qui est pour facture"},
		"records of one look": {lot("            - {nom: I, longueur: 29, type: A, donnee: piece.id}\n",
			"    - nom: L2\n      zones: [{nom: T, longueur: 30, type: A, valeur: L}]\n"), "rien de fixe ne distingue"},
		"lots twice": {lot("            - {nom: I, longueur: 29, type: A, donnee: piece.id}\n",
			"    - nom: X\n      pour: lot\n      zones: [{nom: T, longueur: 30, type: A, valeur: X}]\n"),
			"une seule répétition"},
		"nothing for each piece": {tete +
			"lot:\n  longueur: 5\n  enregistrements:\n    - {nom: L, pour: lot, zones: [{nom: T, longueur: 5, type: A, " +
			"valeur: L}]}\n", "rien n'est écrit pour chaque pièce"},
		"documents that nothing ties": {lot("            - {nom: I, longueur: 29, type: A, donnee: piece.id}\n",
			"        - nom: D\n          pour: document\n          zones: [{nom: T, longueur: 1, type: A, valeur: D}, {nom: "+
				"O, longueur: 29, type: N, donnee: document.octets}]\n"), "rien ne dit de quelle pièce est le document"},
		"a field without protection": {tete +
			"lot:\n  codage: delimite\n  separateur_champs: \"\\n\"\n  separateur: \"\\n\"\n  enregistrements:\n    - {nom: " +
			"L, pour: piece, zones: [{nom: T, valeur: L}, {nom: I, donnee: piece.id}]}\n", "deux textes différents"},
		"an ARL that answers nothing": {tete +
			"retours:\n  arl:\n    fichier:\n      longueur: 5\n      enregistrements:\n        - {nom: A, pour: arl, zones: " +
			"[{nom: T, longueur: 1, type: A, valeur: A}, {nom: C, longueur: 4, type: N, donnee: arl.code}]}\n",
			"rien ne dit à quoi l'ARL répond"},
		"an unknown base":          {"etend: inconnu\n", "p.yaml:1: etend"},
		"a codec that nobody gave": {tete + "lot: {codage: codec, codec: x}\n", "p.yaml:5: lot.codec"},
		"no documents anywhere": {tete + "message:\n  parties: [{contenu: lot, type: text/plain}]\n",
			"aucune partie ne porte les documents"},
	} {
		_, err := ParseProfil(strings.NewReader(c.texte), "p.yaml")
		if err == nil || !strings.Contains(err.Error(), c.veut) {
			t.Errorf("%s: %v\nwant %q", nom, err, c.veut)
		}
	}
}

// A piece's identifier that a zone has no room for goes as a short one, always the same, by which a return finds the
// piece again.
func TestIdentifiantCourt(t *testing.T) {
	texte, _ := TexteProfil("reference")
	avec := func(de, a string) *Profil {
		p, err := ParseProfil(strings.NewReader(strings.ReplaceAll(string(texte), de, a)), "p.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	const id = "ORD-752499996-057-261120-000002101"
	large := avec("x-x", "")
	if large.Identifiant(id) != id || large.Court(id) {
		t.Errorf("%q has room for itself", large.Identifiant(id))
	}
	numerique := avec("debut: 3, longueur: 40, type: A", "debut: 3, longueur: 40, type: N")
	court := numerique.Identifiant(id)
	if len(court) != 38 || strings.Trim(court, "0123456789") != "" || court[0] == '0' ||
		court != numerique.Identifiant(id) {
		t.Errorf("short identifier %q", court)
	}
	for lu, veut := range map[string]bool{id: true, court: true, "00" + court: true, court[1:]: false} {
		if numerique.MemeIdentifiant(id, lu) != veut {
			t.Errorf("a return that names %q", lu)
		}
	}
	if numerique.Identifiant("00012") != "12" || !numerique.MemeIdentifiant("00012", "0012") ||
		numerique.MemeIdentifiant("00012", "0013") {
		t.Error("zeros that a numeric zone adds")
	}
}
