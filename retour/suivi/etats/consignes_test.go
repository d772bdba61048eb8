package etats

import "testing"

// What must not go again is said as surely as what must: by the situation, and by the words of a motive whose code is
// in no table.
func TestConsignes(t *testing.T) {
	for _, c := range []struct {
		x       Situation
		libelle string
		sens    Sens
		famille string
	}{
		{Acquittee, "", NePasRenvoyer, ""}, {EnCours, "", NePasRenvoyer, ""}, {Gardee, "", NePasRenvoyer, ""},
		{SurPapier, "", NePasRenvoyer, ""}, {EnAttente, "", SansConsigne, ""}, {AttenteFactures, "", SansConsigne, ""},
		{AReprendre, "Pièce illisible", ARenvoyer, "pièce"}, {AReprendre, "PIECE EN DOUBLON", NePasRenvoyer, "doublon"},
		{FactureRejetee, "FACTURE DEJA PAYEE", NePasRenvoyer, "doublon"},
		{FactureRejetee, "Hors délai, forclusion", NePasRenvoyer, "délai"},
		{FactureRejetee, "BENEFICIAIRE INCONNU", ARenvoyer, "droits"},
		{FactureRejetee, "CAISSE ERRONEE", ARenvoyer, "organisme"},
		{FactureRejetee, "ACTE ANTERIEUR A LA PRESCRIPTION", NePasRenvoyer, "avant la prescription"},
		{FactureRejetee, "RPPS DU MEDECIN ABSENT", ARenvoyer, "prescription"},
		{FactureRejetee, "", ARenvoyer, ""}, {FactureRejetee, "ZZZ", ARenvoyer, ""},
		{ScanRefuse, "page du délai coupée", ARenvoyer, "délai"}, {PieceManquante, "ordonnance", ARenvoyer, ""},
	} {
		r := ConsigneDe(c.x, c.libelle)
		famille := ""
		if r.Famille != nil {
			famille = r.Famille.Nom
		}
		if r.Sens != c.sens || famille != c.famille || (r.Sens == SansConsigne) != (r.Phrase == "") {
			t.Errorf("%s %q: %q %q %q", c.x, c.libelle, r.Sens, famille, r.Phrase)
		}
	}
}
