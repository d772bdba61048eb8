package suivi

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

func ordonnanceRequise(c *Config) {
	c.Exigences = func(*fse.Facture) []scor.Exigence {
		return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise}}
	}
}

// A lot given again may say more of its invoices; an empty map says nothing; another amount is another lot.
func TestLotQuiApprend(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		b := nouveauBanc(t, stockage)
		f := factures(t, 1, 2)
		b.deposer(f)
		b.accepter(f, true)
		b.jusquAuRepos()
		f.Lots[0].Factures[0].Attributs = map[string]string{}
		b.deposer(f)
		f.Lots[0].Factures[0].Attributs = map[string]string{scor.AttributAccordPrealable: scor.Oui}
		f.Lots[0].Factures[1].Serie = "s1"
		b.deposer(f)
		// Given again without what it learnt, it forgets nothing.
		f.Lots[0].Factures[0].Attributs, f.Lots[0].Factures[1].Serie = nil, ""
		b.deposer(f)
		o, err := journal.Trouver(t.Context(), b.journal, journal.LotFactures, cleLot(f.Lots[0].Cle))
		if err != nil {
			t.Fatal(err)
		}
		l, err := b.lotFactures(t.Context(), o.Empreinte)
		if err != nil || l.Factures[0].Attributs[scor.AttributAccordPrealable] != scor.Oui || l.Factures[1].Serie != "s1" {
			t.Errorf("%+v, %v", l, err)
		}
		f.Lots[0].Factures[0].Total++
		if _, err := b.DeposerLots(t.Context(), f); !errors.Is(err, ErrLotDifferent) {
			t.Errorf("another content: %v", err)
		}
		b.verifier()
	})
}

// A series that the B2 can't say: one ordonnance leaves, then its reference, in whichever order the file and the
// complement come.
func TestSerieDUnB2(t *testing.T) {
	f := factures(t, 1, 2)
	f.TypeEmetteur, f.TypeDestinataire = "TP", "CT"
	for i := range f.Lots[0].Factures {
		f.Lots[0].Flux = fse.FluxFSE
		x := &f.Lots[0].Factures[i]
		x.Assure = f.Lots[0].Factures[0].Assure
		x.Actes = []fse.Acte{{Code: "AMK", Date: x.Date, Montant: x.Total}}
	}
	var w bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriter(&w), f); err != nil {
		t.Fatal(err)
	}
	serie := WithComplements(func(*fse.Facture) Complement { return Complement{Serie: "s1"} })
	for nom, opts := range map[string][][]OptionDepot{"at once": {{serie}}, "later": {nil, {serie}},
		"file last": {{serie}, nil}} {
		t.Run(nom, func(t *testing.T) {
			b := nouveauBanc(t, ordonnanceReference)
			var cles []fse.CleFacture
			for _, o := range opts {
				d, err := b.DeposerFlux(t.Context(), w.Bytes(), o...)
				if err != nil {
					t.Fatal(err)
				}
				cles = nil
				for _, x := range d.Fichier.Lots[0].Factures {
					cles = append(cles, x.Cle)
				}
			}
			b.piece("P1", cles[0])
			for range 4 {
				b.jusquAuRepos()
			}
			for n, s := range b.situations() {
				if s != Acquittee {
					t.Errorf("invoice %d is %s: %+v", n, s, b.lignes())
				}
			}
			b.verifier()
		})
	}
}

func ordonnanceReference(c *Config) {
	c.Exigences = func(*fse.Facture) []scor.Exigence {
		return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.ReferenceAdmise}}
	}
}

// A journal whose digests are of the version before knows its lots again, and finds an invoice billed again.
func TestEmpreintesDAvant(t *testing.T) {
	b := nouveauBanc(t)
	if err := b.ecrire(t.Context(), nouveauGeste(b.h.lire()).nouveau(journal.Facture, "123456789/20250302/001/000000001",
		journal.Enregistrer, journal.Champs{Parent: "123456789/20250302/001", Reference: "aa"})); err != nil {
		t.Fatal(err)
	}
	f := factures(t, 1, 2)
	b.deposer(f)
	// As the version before wrote them: digests of another form.
	g := nouveauGeste(b.h.lire())
	for _, r := range []journal.Ref{{Genre: journal.LotFactures, Cle: cleLot(f.Lots[0].Cle)},
		{Genre: journal.Facture, Cle: cleFacture(f.Lots[0].Factures[0].Cle)}} {
		o, err := journal.Trouver(t.Context(), b.journal, r.Genre, r.Cle)
		if err != nil {
			t.Fatal(err)
		}
		c := journal.Champs{Reference: "aa"}
		if r.Genre == journal.LotFactures {
			c = journal.Champs{Nature: "bb"}
		}
		g.sur(&o, journal.Noter, c)
	}
	if err := b.ecrire(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	if d, err := b.DeposerLots(t.Context(), f); err != nil || d.Nouveaux != 0 {
		t.Errorf("%+v, %v", d, err)
	}
	b.accepter(f, false)
	b.jusquAuRepos()
	n := factures(t, 2, 1)
	n.Lots[0].Factures[0].Assure = f.Lots[0].Factures[0].Assure
	n.Lots[0].Factures[0].Total = f.Lots[0].Factures[0].Total
	b.deposer(n)
	if e := b.etat(journal.Facture, cleFacture(f.Lots[0].Factures[0].Cle)); e != journal.Refacture {
		t.Errorf("the invoice billed again is %s", e)
	}
	f.Lots[0].Factures[1].Total++
	if _, err := b.DeposerLots(t.Context(), f); !errors.Is(err, ErrLotDifferent) {
		t.Errorf("another content: %v", err)
	}
	b.verifier()
}

// What can't be followed is refused with a sentence, before anything is kept; what may be billed twice is shown.
func TestDoublonsDits(t *testing.T) {
	b := nouveauBanc(t)
	deux := factures(t, 1, 1)
	deux.Lots = append(deux.Lots, deux.Lots[0])
	memeNumero := factures(t, 2, 2)
	memeNumero.Lots[0].Factures[1].Cle = memeNumero.Lots[0].Factures[0].Cle
	for nom, f := range map[string]*fse.Fichier{"a lot twice": deux, "an invoice twice": memeNumero} {
		_, err := b.DeposerLots(t.Context(), f)
		var d *ErreurDoublon
		if !errors.As(err, &d) || !strings.Contains(d.Phrase(), "deux fois") {
			t.Errorf("%s: %v", nom, err)
		}
	}
	sans := factures(t, 3, 2)
	sans.Lots[0].Factures[1].Flux = 0
	if _, err := b.DeposerLots(t.Context(), sans); !errors.Is(err, ErrFlux) {
		t.Errorf("no flow: %v", err)
	}
	if t, _ := b.journal.Tete(t.Context()); t.Seq != 0 {
		b.t.Errorf("%d events of refused files", t.Seq)
	}
	memeContenu := factures(t, 4, 2)
	memeContenu.Lots[0].Factures[1].Assure = memeContenu.Lots[0].Factures[0].Assure
	memeContenu.Lots[0].Factures[1].Total = memeContenu.Lots[0].Factures[0].Total
	b.deposer(memeContenu)
	if !b.dit("Mêmes patient, actes") {
		t.Errorf("%+v", b.lignes())
	}
}

// A piece that won't leave says so when it is deposited, and is told in the days to succeed; it leaves as soon as it
// may.
func TestPieceJamaisMuette(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		b := nouveauBanc(t, stockage, ordonnanceRequise)
		f := factures(t, 1, 2)
		b.deposer(f)
		b.accepter(f, true)
		b.jusquAuRepos()
		faux := f.Lots[0].Factures[1].Cle
		faux.Numero += 7 // one digit wrong
		autre := document("P3", f.Lots[0].Factures[0].Cle, "P3")
		autre.Type = scor.DSI
		for _, c := range []struct {
			p       scor.Piece
			attente Attente
		}{
			{document("P0", fse.CleFacture{}, "P0"), AttendDesignee},
			{document("P1", faux, "P1"), AttendFacture},
			{document("P2", f.Lots[0].Factures[0].Cle, "P2"), SansAttente},
			{autre, AttendRien},
		} {
			a, err := b.DeposerPiece(t.Context(), c.p)
			if err != nil || a.Attente != c.attente || (a.Phrase == "") != (c.attente == SansAttente) {
				t.Errorf("%s: %+v, %v", c.p.ID, a, err)
			}
		}
		b.jusquAuRepos()
		if !b.dit("Aucune règle ne demande") {
			t.Errorf("a piece that no rule asks for isn't told: %+v", b.lignes())
		}
		for range 8 {
			b.h.avancer(24 * time.Hour)
			b.jusquAuRepos()
		}
		if !b.dit("n'a pas de facture") || !b.dit("n'a pas été déposée. Peut-être est-elle de la facture "+
			cleFacture(f.Lots[0].Factures[1].Cle)) {
			t.Errorf("orphans aren't told: %+v", b.lignes())
		}
		b.agir(journal.Piece, "P1", ActionRelier, Decision{Facture: f.Lots[0].Factures[1].Cle})
		b.jusquAuRepos()
		if e := b.etat(journal.Piece, "P1"); e != journal.ARLPositif {
			t.Errorf("linked, and %s", e)
		}
		b.verifier()
	})
}

// An orphan whose invoice comes at last isn't told any more, and leaves.
func TestOrphelineDontLaFactureVient(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	for range 9 {
		b.h.avancer(24 * time.Hour)
		b.jusquAuRepos()
	}
	if !b.dit("n'a pas été déposée") {
		t.Fatalf("%+v", b.lignes())
	}
	b.deposer(f)
	b.accepter(f, true)
	b.jusquAuRepos()
	if l := b.lignes(); len(l) != 0 || b.etat(journal.Piece, "P1") != journal.ARLPositif {
		t.Errorf("%+v", l)
	}
	b.verifier()
}

// A document that went bad on the disk holds up its own piece: the others leave, it is asked for, and given again it
// leaves.
func TestDocumentPourri(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 10)
	b.deposer(f)
	for i, x := range f.Lots[0].Factures {
		b.piece("P"+chiffres(i), x.Cle)
	}
	bon := document("P0003", f.Lots[0].Factures[3].Cle, "P0003")
	if err := b.c.Coffre.Supprimer(t.Context(), bon.Empreinte); err != nil {
		t.Fatal(err)
	}
	b.accepter(f, true)
	for range 5 {
		_, _ = b.Avancer(t.Context()) // the error says which document
		b.h.avancer(time.Hour)
	}
	b.jusquAuRepos()
	n := 0
	for i := range f.Lots[0].Factures {
		if b.etat(journal.Piece, "P"+chiffres(i)) == journal.ARLPositif {
			n++
		}
	}
	if n != 9 || !b.dit("altéré ou absent") {
		t.Errorf("%d left: %+v", n, b.lignes())
	}
	if _, err := b.DeposerPiece(t.Context(), bon); err != nil {
		t.Fatal(err)
	}
	b.jusquAuRepos()
	if e := b.etat(journal.Piece, "P0003"); e != journal.ARLPositif || len(b.lignes()) != 0 {
		t.Errorf("given again, and %s: %+v", e, b.lignes())
	}
	b.verifier()
}

// Invoices that went bad are told; the same lot given again heals them.
func TestFacturesPourries(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 2)
	o, err := journal.Trouver(t.Context(), b.journal, journal.LotFactures, cleLot(f.Lots[0].Cle))
	if err != nil {
		t.Fatal(err)
	}
	e, _ := lireEmpreinte(o.Empreinte)
	if err := b.c.Coffre.Supprimer(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	_, _ = b.Avancer(t.Context())
	if !b.dit(etats.MotifAltere) {
		t.Fatalf("%+v", b.lignes())
	}
	b.deposer(f)
	b.jusquAuRepos()
	for _, s := range b.situations() {
		if s != Acquittee {
			t.Errorf("healed, and %s", s)
		}
	}
	if l := b.lignes(); len(l) != 0 {
		t.Errorf("%+v", l)
	}
	b.verifier()
}
