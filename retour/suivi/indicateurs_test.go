package suivi

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// An invoice billed again is one invoice.
func TestFactureCompteeUneFois(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 2)
	f.Lots[0].Factures[0].Flux = fse.FluxFSE + 1
	b.deposer(f)
	b.accepter(f, false)
	b.jusquAuRepos()
	b.deposer(refaire(f, t, 2))
	x, err := b.Indicateurs(t.Context(), "", "")
	if err != nil || x.FSE.Bons != 1 || x.FSE.Total != 2 {
		t.Errorf("%+v, %v", x.FSE, err)
	}
}

// 75,000 FSE are FSE, not invoices of any kind.
func TestAideGrosVolumes(t *testing.T) {
	r, err := ReglementPublic()
	if err != nil {
		t.Fatal(err)
	}
	x := Indicateurs{FSE: taux(70_000, 80_000, 0.8)}
	for _, a := range r.AidesAtteintes(x, lundi) {
		if a.FacturesMin > 0 {
			t.Errorf("%s with 70,000 FSE", a.ID)
		}
	}
}

// What is closed after paper isn't acknowledged, and what the rules keep isn't waiting.
func TestResume(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) {
		c.Exigences = func(f *fse.Facture) []scor.Exigence {
			if f.Cle.Numero == 1001 {
				return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.NonTransmise, Motif: "e-prescription"}}
			}
			return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise}}
		}
	})
	f := factures(t, 1, 3)
	b.deposer(f)
	for i := range 3 {
		b.piece("P"+chiffres(i), f.Lots[0].Factures[i].Cle)
	}
	b.agir(journal.Piece, "P0000", ActionPapier, Decision{})
	b.agir(journal.Piece, "P0000", ActionClore, Decision{})
	b.accepter(f, true)
	b.jusquAuRepos()
	y, err := b.Synthese(t.Context(), Filtre{})
	if err != nil || y.Resume != "1 pièce acquittée, 0 en route ou en attente ; rien à faire." {
		t.Errorf("%q, %v", y.Resume, err)
	}
}

// The total is that of the lines, whatever the months of the counts.
func TestTotalDeLaSynthese(t *testing.T) {
	b := nouveauBanc(t)
	if err := b.RefuserPiece(t.Context(), scor.Piece{ID: "P1", Type: scor.Ordonnance}, "floue"); err != nil {
		t.Fatal(err)
	}
	b.f.poster(b.f.mail("?", "?", []byte("?")))
	b.jusquAuRepos()
	for _, c := range []struct {
		f Filtre
		n int64
	}{{Filtre{}, 2}, {Filtre{Du: "2030-01"}, 2}, {Filtre{Genres: []journal.Genre{journal.Piece}}, 1}} {
		if y, err := b.Synthese(t.Context(), c.f); err != nil || y.Total != c.n || len(y.Lignes) != int(c.n) {
			t.Errorf("%+v: total %d, %d lines, %v", c.f, y.Total, len(y.Lignes), err)
		}
	}
}

// A later check looks at its own pieces, from its first day: not at all those of the month.
func TestControleEnCoursDeMois(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 300)
	b.jusquAuRepos()
	b.h.avancer(92 * 24 * time.Hour) // 2 June
	b.jusquAuRepos()
	b.agir(journal.Cabinet, cleVerification, ActionVu, Decision{})
	b.lot(2, 100)
	b.jusquAuRepos()
	if err := b.AnnoncerControle(t.Context(), b.h.lire().AddDate(0, 0, 10), Decision{}); err != nil {
		t.Fatal(err)
	}
	b.h.avancer(11 * 24 * time.Hour)
	b.lot(3, 10)
	b.jusquAuRepos()
	b.agir(journal.Piece, "P3-0", ActionRejetee, Decision{Motif: "page tronquée"})
	b.agir(journal.Piece, "P2-0", ActionRejetee, Decision{Motif: "page tronquée"})
	b.h.avancer(95 * 24 * time.Hour)
	b.lot(4, 100) // after its end
	b.jusquAuRepos()
	o, err := journal.Trouver(t.Context(), b.journal, journal.Cabinet, cleVerification)
	if err != nil || !strings.Contains(o.Motif, "90,0 %") || !strings.Contains(o.Motif, "Garder le papier") {
		t.Errorf("%q, %v", o.Motif, err)
	}
	b.verifier()
}

// Pieces deposited in one month and acknowledged in the next belong to the period all the same.
func TestPeriodeAChevalSurDeuxMois(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) {
		c.Profil.Limites.PairesParLot = 200
	})
	b.h.avancer(-3 * 24 * time.Hour) // 27 February
	f := factures(t, 1, 200)
	b.deposer(f)
	for i := range f.Lots[0].Factures {
		b.piece("P"+chiffres(i), f.Lots[0].Factures[i].Cle)
	}
	b.h.avancer(4 * 24 * time.Hour)
	b.accepter(f, true)
	b.jusquAuRepos()
	b.agir(journal.Piece, "P0001", ActionRejetee, Decision{})
	b.h.avancer(91 * 24 * time.Hour)
	b.jusquAuRepos()
	o, err := journal.Trouver(t.Context(), b.journal, journal.Cabinet, cleVerification)
	if err != nil || !strings.Contains(o.Motif, "peut être détruit") || !strings.Contains(o.Motif, "99,5 %") {
		t.Errorf("%q, %v", o.Motif, err)
	}
}

// 98.96 % isn't shown as the 99.0 % that it misses; without a piece there is no rate.
func TestConclusion(t *testing.T) {
	for _, c := range []struct {
		t     Taux
		texte string
	}{
		{taux(9896, 10000, 0.99), "La période de vérification est terminée avec 98,9 % de pièces exploitables, moins que " +
			"les 99 % demandés. Garder le papier et voir avec la caisse."},
		{taux(9900, 10000, 0.99), "La période de vérification est terminée : 99,0 % de pièces exploitables, pour 99 % " +
			"demandés. Le papier de cette période peut être détruit."},
		{taux(985, 1000, 0.985), "La période de vérification est terminée : 98,5 % de pièces exploitables, pour 98,5 % " +
			"demandés. Le papier de cette période peut être détruit."},
		{taux(0, 0, 0.99), "La période de vérification est terminée sans qu'aucune pièce n'ait reçu de réponse. Garder le " +
			"papier et voir avec la caisse."},
	} {
		if d := cmp.Diff(c.texte, conclusion(c.t)); d != "" {
			t.Error(d)
		}
	}
}

// The aid is for ordonnances: other pieces on paper change nothing.
func TestPartDesOrdonnances(t *testing.T) {
	p, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	c := map[string]int64{"mode/scor/ordonnance": 8, "mode/papier/ordonnance": 1, "mode/manuel/ordonnance": 1,
		"mode/papier/feuille-soins": 30, "mode/scor": 1}
	x := indicateurs(c, p)
	if x.Ordonnances != taux(8, 10, 0.8) || !x.Ordonnances.Atteint || x.Exploitables.Bons != 9 {
		t.Errorf("%+v, %+v", x.Ordonnances, x.Exploitables)
	}
}

// A piece of one month rejected in the next: no month counts a reject without its piece.
func TestTauxAuBordDuMois(t *testing.T) {
	b := nouveauBanc(t)
	b.h.avancer(29 * 24 * time.Hour) // 31 March
	b.lot(1, 4)
	b.jusquAuRepos()
	b.h.avancer(2 * 24 * time.Hour)
	b.agir(journal.Piece, "P1-1", ActionRejetee, Decision{Motif: "page tronquée"})
	for mois, attendu := range map[string]Taux{"2026-03": taux(3, 4, 0.99), "2026-04": {}} {
		x, err := b.Indicateurs(t.Context(), mois, mois)
		if err != nil || x.Exploitables.Bons != attendu.Bons || x.Exploitables.Total != attendu.Total {
			t.Errorf("%s: %+v, %v", mois, x.Exploitables, err)
		}
	}
}
