package b2

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/masque"
)

// What a finding may quote. A zone's name doesn't say what stands in it: in a record that lost some bytes, the number
// of
// the insured is read under any name. So content decides, and the place only adds to it.

// masqueTexte replaces what isn't shown.
const masqueTexte = masque.Texte

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

// naissance reports whether a quotation holds the day of birth of the invoice, whatever zone it was read in.
func naissance(rec []byte, s string) bool {
	if rec[0] != '2' || len(rec) < 101 {
		return false
	}
	n := rec[95:101] // the same columns for PS and CP
	return chiffres(n) && !vide(n) && strings.Contains(s, string(n))
}

// masquer hides a quotation that may hold an insured's number: all that have digits in a record that is out of its
// columns, and elsewhere those that look like one, or share a part of that of the record or of the invoice.
func (r *Reader) masquer(e *Enregistrement, s string) string {
	switch {
	case s == "", s == masqueTexte:
		return s
	case douteux(e) && masque.Chiffres(s) > 1, masque.Forme(s):
		return masqueTexte
	}
	if b := e.octets(); e.Type >= T2 && e.Type <= T5 && len(b) >= 26 && masque.Partage(s, b[11:26]) {
		return masqueTexte
	}
	if f := &r.facture; len(f.bornes) > 0 {
		if rec, _ := f.identite(); len(rec) >= 26 && (masque.Partage(s, rec[11:26]) || naissance(rec, s)) {
			return masqueTexte
		}
	}
	return s
}
