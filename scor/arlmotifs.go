package scor

import (
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// groupesARL are the named groups of the patterns of an ARL, by the datum that each tells; those of a piece are in
// texte_piece.
var groupesARL = []struct {
	nom, donnee string
	piece       bool
}{
	{"compostage", "message.compostage", false}, {"fichier", "fichier.id", false}, {"lot", "lot.numero", false},
	{"lot_date", "lot.date", false}, {"emetteur", "emetteur.numero", false}, {"date", "arl.date", false},
	{"positif", "arl.sens", false}, {"negatif", "arl.sens", false}, {"code", "arl.code", false},
	{"libelle", "arl.libelle", false}, {"facture", "facture.numero", false},
	{"piece", "piece.id", true}, {"rang", "piece.rang", true}, {"code", "piece.code", true},
	{"libelle", "piece.libelle", true}, {"facture", "facture.numero", true},
}

// Motifs says that the answer has no file: the patterns find all of it in the Subject, the header fields and the text.
func (a *FormatARL) Motifs() bool { return a.Fichier.Codage == disposition.CodageMotifs }

// Porte says whether the answer tells a datum: by a zone of its file, or by a named group of its patterns.
func (a *FormatARL) Porte(donnee string) bool {
	if !a.Motifs() {
		return a.Fichier.Porte(donnee)
	}
	for _, g := range groupesARL {
		if g.donnee == donnee && (g.piece && a.TextePiece.a(g.nom) || !g.piece &&
			(a.Reconnaissance.porte(g.nom) || a.Texte.a(g.nom))) {
			return true
		}
	}
	return false
}

// Negatif is the layout of a refusal, as a frontal writes it.
func (a *FormatARL) Negatif() *FormatARL {
	n := *a
	if !a.SujetNegatif.IsZero() {
		n.Sujet = a.SujetNegatif
	}
	if !a.CorpsNegatif.IsZero() {
		n.Corps = a.CorpsNegatif
	}
	return &n
}

// a says whether the pattern has that named group.
func (m Motif) a(groupe string) bool { return m.Regexp != nil && m.SubexpIndex(groupe) >= 0 }

// motifs checks an answer that has no file.
func (v verification) motifs(chemin string, a *FormatARL) {
	if !a.Motifs() {
		for cle, vide := range map[string]bool{".texte": a.Texte.Regexp == nil, ".texte_piece": a.TextePiece.Regexp == nil,
			".emission_corps": a.Corps.IsZero(), ".emission_corps_negatif": a.CorpsNegatif.IsZero(),
			".emission_piece": a.CorpsPiece.IsZero()} {
			if !vide {
				v.Ajouter(chemin+cle, "ne va qu'avec fichier: {codage: motifs}")
			}
		}
		return
	}
	a.Fichier.Enregistrements = nil // those of the profile that is extended
	v.gabarit(chemin+".emission_corps", a.Corps, false, DonneesRetour()...)
	v.gabarit(chemin+".emission_corps_negatif", a.CorpsNegatif, false, DonneesRetour()...)
	v.gabarit(chemin+".emission_piece", a.CorpsPiece, false, append(DonneesRetour(), DonneesPieceRetour()...)...)
	connus := func(piece bool) (noms []string) {
		for _, g := range groupesARL {
			if g.piece == piece {
				noms = append(noms, g.nom)
			}
		}
		return noms
	}
	for _, m := range []struct {
		cle   string
		m     Motif
		piece bool
	}{{".reconnaissance.sujet", a.Reconnaissance.Sujet, false}, {".texte", a.Texte, false},
		{".texte_piece", a.TextePiece, true}} {
		if m.m.Regexp == nil {
			continue
		}
		for _, nom := range m.m.SubexpNames() {
			if nom != "" && !slices.Contains(connus(m.piece), nom) {
				v.Ajouter(chemin+m.cle, "(?P<%s>…) n'est pas un groupe connu ; il y a : %s", nom,
					strings.Join(connus(m.piece), ", "))
			}
		}
	}
	if a.TextePiece.Regexp != nil && !a.Porte("piece.id") && !a.Porte("piece.rang") {
		v.Ajouter(chemin+".texte_piece",
			"rien ne dit de quelle pièce il s'agit : un groupe (?P<piece>…) ou (?P<rang>…) attendu")
	}
}

// DonneesPieceRetour lists what the template of a piece in a return may use besides [DonneesRetour].
func DonneesPieceRetour() []string {
	return []string{"piece.id", "piece.rang", "piece.code", "piece.libelle", "facture.numero"}
}
