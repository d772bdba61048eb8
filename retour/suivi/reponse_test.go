package suivi

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// repondrePieces has the frontal answer a lot of pieces by those lines.
func (b *banc) repondrePieces(positif bool, lignes map[string]string) {
	b.f.repondre = func(r *envoiRecu) [][]byte {
		if r.pieces == nil {
			return b.f.arl(r, true)
		}
		k := r.pieces.Lots[0].Cle
		return [][]byte{b.f.unARL(scor.FluxPieces, r.pieces.Emetteur.Numero, k.Numero, k.Date, r.compo, positif, "", lignes)}
	}
}

// deposerPieces deposits an accepted lot with these pieces, one an invoice.
func (b *banc) deposerPieces(ids ...string) *fse.Fichier {
	f := factures(b.t, 1, len(ids))
	b.deposer(f)
	for i, id := range ids {
		b.piece(id, f.Lots[0].Factures[i].Cle)
	}
	b.accepter(f, true)
	return f
}

// A line of an ARL that refuses a piece finds it, or is shown: no piece that it could mean is said acknowledged.
func TestChaqueLigneDARL(t *testing.T) {
	for _, c := range []struct {
		nom     string
		pieces  []string
		positif bool
		ligne   string // refused, by code 2001
		code    string
		etats   []journal.Etat
		dit     string // in a line of the synthesis
	}{
		{"same id", []string{"10", "11"}, true, "10", "2001", []journal.Etat{journal.ARLNegatif, journal.ARLPositif},
			"La caisse refuse la pièce"},
		{"left zeros", []string{"10", "11"}, true, "0000000010", "2001", []journal.Etat{journal.ARLNegatif,
			journal.ARLPositif}, "La caisse refuse la pièce"},
		{"zeros lost", []string{"0010", "11"}, true, "10", "2001", []journal.Etat{journal.ARLNegatif, journal.ARLPositif},
			"La caisse refuse la pièce"},
		{"two could be", []string{"10", "010"}, true, "0010", "2001", []journal.Etat{journal.EnLot, journal.EnLot}, "0010"},
		{"no such piece", []string{"10", "11"}, true, "99", "2001", []journal.Etat{journal.EnLot, journal.EnLot}, "99"},
		{"no such piece in a refused lot", []string{"10", "11"}, false, "99", "2001", []journal.Etat{journal.EnLot,
			journal.EnLot}, "99"},
		{"left zeros in a refused lot", []string{"10", "11"}, false, "0010", "2001", []journal.Etat{journal.ARLNegatif,
			journal.EnLot}, "La caisse refuse la pièce"},
		{"unknown code", []string{"10", "11"}, true, "10", "7777", []journal.Etat{journal.EnLot, journal.ARLPositif}, "7777"},
		{"remark", []string{"10", "11"}, true, "10", "0100", []journal.Etat{journal.ARLPositif, journal.ARLPositif},
			"remarque"},
	} {
		t.Run(c.nom, func(t *testing.T) {
			b := nouveauBanc(t)
			b.repondrePieces(c.positif, map[string]string{c.ligne: c.code})
			b.deposerPieces(c.pieces...)
			b.avancer()
			b.f.repondre = func(*envoiRecu) [][]byte { return nil }
			b.jusquAuRepos()
			var etats []journal.Etat
			for _, id := range c.pieces {
				etats = append(etats, b.etat(journal.Piece, id))
			}
			if d := cmp.Diff(c.etats, etats); d != "" {
				t.Error(d)
			}
			if !slices.ContainsFunc(b.lignes(), func(l Ligne) bool { return strings.Contains(l.Quoi, c.dit) }) {
				t.Errorf("%q isn't said: %+v", c.dit, b.lignes())
			}
			b.verifier()
		})
	}
}

// A person who knows which piece an ambiguous answer refuses says so, then accepts the others: nothing is left to do.
func TestReponseAmbigueTranchee(t *testing.T) {
	b := nouveauBanc(t)
	b.repondrePieces(true, map[string]string{"99": "2001"})
	f := b.deposerPieces("10", "11", "12")
	b.jusquAuRepos()
	lot := b.lotsScor()[0]
	for _, s := range b.situations() {
		if s != AReprendre {
			t.Errorf("an invoice is %s, none is sure", s)
		}
	}
	b.agir(journal.Piece, "11", ActionRefuser, Decision{Auteur: "x"})
	b.agir(journal.LotScor, lot, ActionAccepter, Decision{Auteur: "x"})
	for id, e := range map[string]journal.Etat{"10": journal.ARLPositif, "11": journal.ARLNegatif,
		"12": journal.ARLPositif} {
		if n := b.etat(journal.Piece, id); n != e {
			t.Errorf("%s: %s, expected %s", id, n, e)
		}
	}
	if l := b.lignes(); len(l) != 1 || l[0].Cle != "11" {
		t.Errorf("%+v", l)
	}
	if b.situations()[f.Lots[0].Factures[0].Cle.Numero] != Acquittee {
		t.Error("accepted, and not acknowledged")
	}
	b.verifier()
}

// A second answer to a lot that refuses a piece takes back what the first said of it.
func TestSecondARLRefuseUnePiece(t *testing.T) {
	b := nouveauBanc(t)
	b.deposerPieces("10", "11")
	b.jusquAuRepos()
	x := b.f.envois[len(b.f.envois)-1]
	k := x.pieces.Lots[0].Cle
	b.f.poster(b.f.unARL(scor.FluxPieces, x.pieces.Emetteur.Numero, k.Numero, k.Date, x.compo, true, "",
		map[string]string{"0010": "2001"}))
	b.jusquAuRepos()
	if e := b.etat(journal.Piece, "10"); e != journal.Rejet {
		t.Errorf("the refused piece is %s", e)
	}
	b.f.poster(b.f.unARL(scor.FluxPieces, x.pieces.Emetteur.Numero, k.Numero, k.Date, x.compo, true, "",
		map[string]string{"99": "2001"}))
	b.jusquAuRepos()
	if !slices.ContainsFunc(b.lignes(), func(l Ligne) bool {
		return l.Genre == journal.Reception &&
			strings.Contains(l.Quoi, "99")
	}) {
		t.Errorf("a line that means no piece isn't shown: %+v", b.lignes())
	}
	b.verifier()
}

// What an RSP says of an invoice that the journal doesn't know is shown; once the invoice is there, the message is read
// again.
func TestRSPFactureInconnue(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 2)
	b.rspDe(f, noemie.Paye, 0, 1)
	b.jusquAuRepos()
	l := b.lignes()
	if len(l) != 1 || l[0].Genre != journal.Reception || !strings.Contains(l[0].Quoi, "2 factures inconnues") {
		t.Fatalf("%+v", l)
	}
	b.deposer(f)
	b.agir(journal.Reception, l[0].Cle, ActionRelire, Decision{Auteur: "x"})
	b.jusquAuRepos()
	if e := b.etat(journal.Facture, cleFacture(f.Lots[0].Factures[0].Cle)); e != journal.Paye {
		t.Errorf("invoice %s", e)
	}
	if l := b.lignes(); len(l) != 0 {
		t.Errorf("%+v", l)
	}
	b.verifier()
}

// retourNoemie is a return that says one state of some invoices of a file.
func retourNoemie(f *fse.Fichier, etat noemie.Issue, rangs ...int) *noemie.Retour {
	r := &noemie.Retour{Emballage: noemie.Blocs}
	r.Entete.Date, r.Entete.Emetteur, r.Entete.Destinataire = f.Date, "00000001422422", f.Emetteur
	r.Entete.TypeEmetteur, r.Entete.TypeDestinataire, r.Entete.ID, r.Entete.Reference = "CT", "TP", "AAAAAA", "0580"
	for _, i := range rangs {
		fa := f.Lots[0].Factures[i]
		x := noemie.Reponse{Cle: noemie.CleDe(fa.Cle), Date: fa.Date, Assure: fa.Assure, Etat: etat,
			AMO: &noemie.Part{Demande: fa.Total, DemandeConnue: true, Etat: etat}}
		if etat == noemie.Paye {
			x.AMO.Paye = fa.Total
		}
		r.Factures = append(r.Factures, x)
	}
	return r
}

func (b *banc) posterRSP(r *noemie.Retour) {
	b.t.Helper()
	var w bytes.Buffer
	if err := noemie.WriteRetour(&w, r); err != nil {
		b.t.Fatal(err)
	}
	b.f.poster(b.f.mail("RSP", "RSP", w.Bytes()))
}

func (b *banc) rspDe(f *fse.Fichier, etat noemie.Issue, rangs ...int) {
	b.t.Helper()
	b.posterRSP(retourNoemie(f, etat, rangs...))
}
