package b2

import (
	"fmt"
	"strings"
)

// What a finding may quote. A zone's name doesn't say what stands in it: in a record that lost some bytes, the number of
// the insured is read under any name. So content decides, and the place only adds to it.

// masqueTexte replaces what isn't shown.
const masqueTexte = "(masqué)"

// personnelles are the zones whose content never leaves the record in a finding.
var personnelles = map[string]bool{
	"nir": true, "nir_cle": true, "nir_individuel": true, "nir_individuel_cle": true, "naissance": true, "adherent": true,
	"nom": true, "prenom": true, "numero_voie": true, "complement_numero_voie": true, "type_voie": true,
	"libelle_voie": true, "complement_adresse": true, "commune_residence": true, "code_postal": true, "nom_assure": true,
	"prenom_assure": true, "nom_conducteur": true, "prenom_conducteur": true, "nom_accompagnateur": true,
	"prenom_accompagnateur": true, "identifiant_amc_fourni_organisme_complementaire": true, "accident": true,
	"nom_medecin": true, "prenom_medecin": true,
}

// lu quotes what a zone holds, or hides it.
func (r *Reader) lu(e *Enregistrement, zone string) string {
	if personnelles[zone] {
		return masqueTexte
	}
	return fmt.Sprintf("%q", e.Zone(zone))
}

// douteux reports whether the record isn't where its columns are: nothing of it is quoted.
func douteux(e *Enregistrement) bool {
	b := e.octets()
	return e.Type != Inconnu && len(b) > 0 && (len(b) != Longueur || !debutPlausible(b)) || e.Type == Inconnu && len(b) > 1
}

// partageMax is how many characters of an insured's number a quotation may have in common with it: fewer tell nobody.
const partageMax = 4

// masquer hides a quotation that may hold an insured's number: all of them in a record that is out of its columns, and
// elsewhere those that look like one, or share a part of that of the record or of the invoice.
func (r *Reader) masquer(e *Enregistrement, s string) string {
	if s == "" || s == masqueTexte {
		return s
	}
	if douteux(e) && contientNombre(s) || aForme(s) {
		return masqueTexte
	}
	if b := e.octets(); e.Type >= T2 && e.Type <= T5 && len(b) >= 26 && partage(s, b[11:26]) {
		return masqueTexte
	}
	if f := &r.facture; len(f.bornes) > 0 {
		if rec, _ := f.identite(); len(rec) >= 26 && partage(s, rec[11:26]) {
			return masqueTexte
		}
	}
	return s
}

// contientNombre reports whether s has more digits than what tells nobody.
func contientNombre(s string) bool {
	n := 0
	for i := range len(s) {
		if chiffre(s[i]) {
			n++
		}
	}
	return n > 1
}

// aForme reports whether 13 characters of s have the form of an insured's number.
func aForme(s string) bool {
	for i := 0; i+13 <= len(s); i++ {
		b := s[i : i+13]
		if b[0] != '0' && chiffre(b[0]) && chiffre(b[1]) && chiffre(b[2]) && chiffre(b[3]) && chiffre(b[4]) && chiffre(b[5]) &&
			(chiffre(b[6]) || b[6] == 'A' || b[6] == 'B') && chiffres([]byte(b[7:])) {
			return true
		}
	}
	return false
}

// partage reports whether s has more than partageMax characters in a row of the number. A run of one digit, as zeros,
// tells nothing.
func partage(s string, nir []byte) bool {
	for i := 0; i+partageMax < len(nir); i++ {
		part := string(nir[i : i+partageMax+1])
		uni := true
		for k := range len(part) {
			uni = uni && part[k] == part[0]
		}
		if !uni && strings.Contains(s, part) {
			return true
		}
	}
	return false
}
