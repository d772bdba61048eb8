package suivi

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// A message that can't be composed: a person can give it up, and send its pieces on paper.
func TestJamaisCompose(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) { c.Profil.Message.Enveloppe.Chiffrement = "aes-256-cbc" })
	b.lot(1, 1)
	if _, err := b.Avancer(t.Context()); !errors.Is(err, ErrConfig) {
		t.Fatal(err)
	}
	m := b.lignes()[0].Cle
	b.agir(journal.Message, m, ActionRenvoyer, Decision{})
	if _, err := b.Avancer(t.Context()); !errors.Is(err, ErrConfig) {
		t.Fatal("not tried at once: ", err)
	}
	b.agir(journal.Message, m, ActionAbandonner, Decision{})
	b.agir(journal.LotScor, b.lotsScor()[0], ActionPapier, Decision{})
	if d := cmp.Diff(map[int]Situation{1000: SurPapier}, b.situations()); d != "" || len(b.lignes()) != 0 {
		t.Error(d, b.lignes())
	}
	b.verifier()
}

// The relay refuses for good and nobody acts in the five days: of the message, which would do nothing any more, nobody
// is asked.
func TestRefusPuisLimite(t *testing.T) {
	b := nouveauBanc(t)
	b.f.panne = func(transport.Envoi) (error, error) { return &transport.ErreurEnvoi{Definitive: true, Code: 550}, nil }
	b.lot(1, 1)
	if _, err := b.Avancer(t.Context()); err == nil {
		t.Fatal("no error")
	}
	b.h.avancer(9 * 24 * time.Hour)
	b.jusquAuRepos()
	l := b.lignes()
	if len(l) != 1 || l[0].Genre != journal.LotScor {
		t.Fatalf("%+v", l)
	}
	b.f.panne = nil
	b.agir(journal.LotScor, l[0].Cle, ActionReconstituer, Decision{})
	b.jusquAuRepos()
	if b.situations()[1000] != Acquittee {
		t.Error(b.situations())
	}
	b.verifier()
}

// The routing table lacks a caisse; once it is mended, the piece can leave.
func TestPieceEcarteeRepart(t *testing.T) {
	inconnue := true
	b := nouveauBanc(t, func(c *Config) {
		d := c.Destination
		c.Destination = func(f *fse.Facture) (lot.Destination, error) {
			if inconnue {
				return lot.Destination{}, errors.New("unknown")
			}
			return d(f)
		}
	})
	b.lot(1, 1)
	b.jusquAuRepos()
	l := b.lignes()
	if len(l) != 1 || l[0].Genre != journal.Piece {
		t.Fatalf("%+v", l)
	}
	inconnue = false
	b.agir(journal.Piece, l[0].Cle, ActionRenvoyer, Decision{})
	b.jusquAuRepos()
	if b.situations()[1000] != Acquittee || len(b.lignes()) != 0 {
		t.Error(b.situations(), b.lignes())
	}
	b.verifier()
}

// What is offered on a lot whose message was tried can be done.
func TestAnnulerApresUnEssai(t *testing.T) {
	b := nouveauBanc(t)
	b.f.panne = func(transport.Envoi) (error, error) { return errRelais, nil }
	brut := partage(t, "data", "b2", "lot1.b2")
	d, err := b.DeposerFlux(t.Context(), brut)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Avancer(t.Context()); err == nil {
		t.Fatal("no error")
	}
	o, _ := journal.Trouver(t.Context(), b.journal, journal.LotFactures, cleLot(d.Fichier.Lots[0].Cle))
	for _, a := range b.Actions(&o) {
		if err := b.Executer(t.Context(), a, Decision{}); err != nil {
			t.Errorf("%s: %v", a.Nom, err)
		}
	}
}

// pendantAjouter does something once, just before a group that holds such an event is written: another worker, at the
// worst time.
type pendantAjouter struct {
	journal.Journal
	t     journal.Type
	faire func()
}

func (j *pendantAjouter) Ajouter(ctx context.Context, evs []journal.Evenement) error {
	for i := range evs {
		if evs[i].Type == j.t && j.faire != nil {
			f := j.faire
			j.faire = nil
			f()
		}
	}
	return j.Journal.Ajouter(ctx, evs)
}

// A piece that comes while another worker ends looking at its lot isn't forgotten.
func TestPieceAuMauvaisMoment(t *testing.T) {
	var b *banc
	j := &pendantAjouter{t: journal.Joindre}
	b = nouveauBanc(t, func(c *Config) { j.Journal, c.Journal = c.Journal, j })
	f := factures(t, 1, 2)
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, true)
	j.faire = func() { b.piece("P2", f.Lots[0].Factures[1].Cle) }
	b.jusquAuRepos()
	if d := cmp.Diff(map[int]Situation{1000: Acquittee, 1001: Acquittee}, b.situations()); d != "" {
		t.Error(d)
	}
	// The other way round: the lot is accepted and looked at while the piece is being written.
	g := factures(t, 2, 1)
	b.deposer(g)
	j.t, j.faire = journal.Deposer, func() {
		b.accepter(g, true)
		b.jusquAuRepos()
	}
	g.Lots[0].Factures[0].Cle.Numero = 1000
	b.piece("P3", g.Lots[0].Factures[0].Cle)
	b.jusquAuRepos()
	if e := b.etat(journal.Piece, "P3"); e != journal.ARLPositif {
		t.Error(e)
	}
	b.verifier()
}

// A piece whose bytes aren't those announced leaves no trace, and harms no other's document; no error holds the name of
// a file.
func TestPieceQuiMent(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 1)
	vrai := document("P1-0", f.Lots[0].Factures[0].Cle, "P1-0")
	faux := document("P2", f.Lots[0].Factures[0].Cle, "other")
	faux.Open = vrai.Open
	if _, err := b.DeposerPiece(t.Context(), faux); err == nil {
		t.Fatal("taken")
	}
	if r, err := b.Document(t.Context(), "P1-0"); err != nil {
		t.Error("the document of another piece is gone: ", err)
	} else {
		r.Close()
	}
	absent := document("P3", f.Lots[0].Factures[0].Cle, "x")
	absent.Open = scor.Fichier("/none/DUPONT Jean.pdf")
	if _, err := b.DeposerPiece(t.Context(), absent); err == nil || strings.Contains(err.Error(), "DUPONT") {
		t.Error(err)
	}
	if err := b.RefuserPiece(t.Context(), scor.Piece{ID: "DUPONT Jean.pdf", Type: scor.Ordonnance}, "floue"); err == nil {
		t.Error("a file's name as an identifier")
	}
}

// A piece that the caisse can't use after all is scanned again under its own identifier, as it advises.
func TestPieceInexploitableNumeriseeANouveau(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 1)
	b.jusquAuRepos()
	b.agir(journal.Piece, "P1-0", ActionRejetee, Decision{Motif: "page tronquée"})
	if l := b.lignes(); len(l) != 1 || !strings.Contains(l[0].Conseil, "Numériser à nouveau") {
		t.Errorf("%+v", l)
	}
	if _, err := b.DeposerPiece(t.Context(), document("P1-0", f.Lots[0].Factures[0].Cle, "better")); err != nil {
		t.Fatal(err)
	}
	b.jusquAuRepos()
	if len(b.f.envois) != 2 || b.situations()[1000] != Acquittee || len(b.lignes()) != 0 {
		t.Errorf("%d sendings, %v", len(b.f.envois), b.lignes())
	}
	b.verifier()
}

// Every line says by when to act, and to whom and what it happened.
func TestLignesCompletes(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(r *envoiRecu) [][]byte {
		k := r.pieces.Lots[0]
		if len(k.Paires) == 2 {
			return nil
		}
		return [][]byte{b.f.unARL(scor.FluxPieces, r.pieces.Emetteur.Numero, k.Numero, k.Date, r.compo, true, "",
			map[string]string{"P1-0": "2001"})}
	}
	f := b.lot(1, 3)
	b.jusquAuRepos()
	if err := b.RefuserPiece(t.Context(), scor.Piece{ID: "X", Type: scor.Ordonnance, Facture: f.Lots[0].Factures[1].Cle},
		"floue"); err != nil {
		t.Fatal(err)
	}
	for _, l := range b.lignes() {
		if l.AvantLe != "lundi 9 mars 2026 à 23 h 59" || l.Facture == "" || l.Assure == "" {
			t.Errorf("%+v", l)
		}
	}
	b.lot(2, 2)
	b.jusquAuRepos()
	b.h.avancer(9 * 24 * time.Hour)
	b.jusquAuRepos()
	l := b.lignes()
	if l[0].Genre != journal.LotScor || len(l[0].Concerne) != 2 || l[0].Concerne[0].Facture == "" ||
		l[0].Concerne[0].Piece != "P2-0" || l[0].Concerne[0].Assure == "" {
		t.Errorf("%+v", l[0])
	}
	// A good scan takes the date away.
	if _, err := b.DeposerPiece(t.Context(), document("P1-0", f.Lots[0].Factures[0].Cle, "better")); err != nil {
		t.Fatal(err)
	}
	if o, _ := journal.Trouver(t.Context(), b.journal, journal.Piece, "P1-0"); o.Limite != 0 {
		t.Error("still a date to act by")
	}
}

// Where the convention's other mode is the CD-ROM, that is what is offered.
func TestAutreMode(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) { c.Profil.Delais.Repli = "cd-rom" })
	f := factures(t, 1, 1)
	b.deposer(f)
	if err := b.RefuserPiece(t.Context(), scor.Piece{ID: "X", Type: scor.Ordonnance, Facture: f.Lots[0].Factures[0].Cle},
		"floue"); err != nil {
		t.Fatal(err)
	}
	l := b.lignes()[0]
	if a := l.Actions[0]; a.Nom != ActionPapier || a.Libelle != "Passer sur CD-ROM" ||
		l.Conseil != "Numériser à nouveau la pièce, ou la passer sur CD-ROM." {
		t.Errorf("%+v", l)
	}
}

// Invoices treated by hand take their pieces with them.
func TestLotManuelEtSesPieces(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, false)
	b.jusquAuRepos()
	b.agir(journal.LotFactures, cleLot(f.Lots[0].Cle), ActionManuel, Decision{Auteur: "Dr T."})
	if e := b.etat(journal.Piece, "P1"); e != journal.Manuel || b.situations()[1000] != TraiteeMain {
		t.Error(e, b.situations())
	}
	b.verifier()
}

// A piece without invoice has no line on the bordereau: paper isn't offered for it.
func TestPapierSansFacture(t *testing.T) {
	b := nouveauBanc(t)
	b.piece("P1", fse.CleFacture{})
	o, _ := journal.Trouver(t.Context(), b.journal, journal.Piece, "P1")
	for _, a := range b.Actions(&o) {
		if a.Nom == ActionPapier {
			t.Error("offered")
		}
	}
}

// What was cancelled before it left and is billed again takes its pieces along.
func TestAnnulePuisRefacture(t *testing.T) {
	brut := partage(t, "data", "b2", "lot1.b2")
	b := nouveauBanc(t)
	d, err := b.DeposerFlux(t.Context(), brut)
	if err != nil {
		t.Fatal(err)
	}
	f := d.Fichier
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.agir(journal.LotFactures, cleLot(f.Lots[0].Cle), ActionAnnuler, Decision{})
	g := *f
	g.Lots = []fse.Lot{f.Lots[0]}
	g.Lots[0].Cle.Numero++
	g.Lots[0].Factures = nil
	for _, x := range f.Lots[0].Factures {
		x.Cle.Lot = g.Lots[0].Cle
		g.Lots[0].Factures = append(g.Lots[0].Factures, x)
	}
	b.deposer(&g)
	if o, _ := journal.Trouver(t.Context(), b.journal, journal.Piece,
		"P1"); o.Parent != cleFacture(g.Lots[0].Factures[0].Cle) {
		t.Error(o.Parent)
	}
}

// While the relay is being handed a message, its pieces don't go on paper.
func TestPasDeuxModesALaFois(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(r *envoiRecu) [][]byte {
		if len(b.f.envois) == 1 {
			return [][]byte{b.f.anr(r.id)}
		}
		return b.f.arl(r, true)
	}
	essais := 0
	b.f.panne = func(transport.Envoi) (error, error) {
		if essais++; essais == 2 {
			o, _ := journal.Trouver(t.Context(), b.journal, journal.LotScor, b.lotsScor()[0])
			for _, a := range b.Actions(&o) {
				if err := b.Executer(t.Context(), a, Decision{}); !errors.Is(err, ErrActionImpossible) {
					t.Errorf("%s in state %s: %v", a.Nom, o.Etat, err)
				}
			}
		}
		return nil, nil
	}
	b.lot(1, 1)
	b.jusquAuRepos()
	b.h.avancer(time.Minute)
	b.jusquAuRepos()
	if essais != 2 || b.situations()[1000] != Acquittee {
		t.Error(essais, b.situations())
	}
	b.verifier()
}
