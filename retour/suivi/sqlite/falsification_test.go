package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

// remplir makes a small journal with every kind of datum.
func remplir(t testing.TB, j journal.Journal) {
	t.Helper()
	ev := journaltest.Ev
	for _, g := range [][]journal.Evenement{
		{ev(journal.LotFactures, "L", 1, journal.Constituer, journal.Champs{Empreinte: "00", Nombre: 2, EssaisMax: 3}),
			ev(journal.Facture, "L/1", 1, journal.Enregistrer, journal.Champs{Parent: "L", Jour: 20260302})},
		{ev(journal.Piece, "P", 1, journal.Deposer, journal.Champs{Parent: "L/1", Empreinte: "00", Motif: "accents é"})},
		{ev(journal.LotFactures, "L", 2, journal.Transmettre, journal.Champs{Premier: 7}), ev(journal.LotFactures, "L", 3,
			journal.RecevoirARLPositif, journal.Champs{Code: "0000"})},
		{ev(journal.LotScor, "S", 1, journal.Constituer, journal.Champs{Parent: "L"}), ev(journal.Piece, "P", 2,
			journal.Enlotter, journal.Champs{Dans: "S"})},
	} {
		if err := j.Ajouter(context.Background(), g); err != nil {
			t.Fatal(err)
		}
	}
}

// Any byte of any column of any event, changed, is found, and where it is named.
func TestFalsification(t *testing.T) {
	nom := filepath.Join(t.TempDir(), "suivi.db")
	j, err := Open(t.Context(), nom)
	if err != nil {
		t.Fatal(err)
	}
	remplir(t, j)
	tete, err := j.Tete(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", source(nom, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE evenements SET cle = 'x'"); err == nil {
		t.Fatal("events can be updated")
	}
	if _, err := db.Exec("DROP TRIGGER evenements_fixes; DROP TRIGGER evenements_gardes"); err != nil {
		t.Fatal(err)
	}
	if j, err = Open(t.Context(), nom); err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	exiger := func(seq uint64, quoi string) {
		t.Helper()
		_, err := journal.VerifierChaine(t.Context(), j, &tete)
		var r *journal.Rupture
		if !errors.As(err, &r) || r.Seq != seq {
			t.Errorf("%s: %v", quoi, err)
		}
	}
	essais := 0
	for seq := uint64(1); seq <= tete.Seq; seq++ {
		for _, c := range []string{"genre", "cle", "type", "donnees", "condense"} {
			var b []byte
			if err := db.QueryRow("SELECT CAST("+c+" AS BLOB) FROM evenements WHERE seq = ?", seq).Scan(&b); err != nil {
				t.Fatal(err)
			}
			for i := range b {
				faux := append([]byte(nil), b...)
				faux[i] ^= 1 << (i % 7)
				typ := "TEXT"
				if c == "condense" {
					typ = "BLOB"
				}
				ecrire := func(v []byte) {
					if _, err := db.Exec("UPDATE evenements SET "+c+" = CAST(? AS "+typ+") WHERE seq = ?", v, seq); err != nil {
						t.Fatal(err)
					}
				}
				ecrire(faux)
				exiger(seq, fmt.Sprintf("event %d, %s, byte %d", seq, c, i))
				ecrire(b)
				essais++
			}
		}
		for _, c := range []string{"prec", "quand", "version"} {
			for bit := range 63 {
				change := fmt.Sprintf("UPDATE evenements SET %[1]s = (%[1]s | %[2]d) - (%[1]s & %[2]d) WHERE seq = ?", c,
					int64(1)<<bit)
				if _, err := db.Exec(change, seq); err != nil {
					t.Fatal(err)
				}
				exiger(seq, fmt.Sprintf("event %d, %s, bit %d", seq, c, bit))
				if _, err := db.Exec(change, seq); err != nil {
					t.Fatal(err)
				}
				essais++
			}
		}
	}
	if _, err := journal.Verifier(t.Context(), j, &tete); err != nil {
		t.Fatalf("put back as it was: %v", err)
	}
	t.Logf("%d changes found", essais)
	// A materialised object that isn't the fold.
	if _, err := db.Exec("UPDATE objets SET etat = 'arl+' WHERE cle = 'P'"); err != nil {
		t.Fatal(err)
	}
	var r *journal.Rupture
	if _, err := journal.Verifier(t.Context(), j, &tete); !errors.As(err, &r) || r.Objet == nil || r.Objet.Cle != "P" {
		t.Errorf("a forged state: %v", err)
	}
}

// Events lost, moved, or cut off with their head, are found.
func TestEvenementsPerdus(t *testing.T) {
	for quoi, c := range map[string]struct {
		sql string
		seq uint64
	}{
		"one in the middle lost": {"DELETE FROM evenements WHERE seq = 3", 3},
		"the last one lost":      {"DELETE FROM evenements WHERE seq = 7", 7},
		"the last and its head": {"DELETE FROM evenements WHERE seq = 7; UPDATE tete SET seq = 6, condense = (SELECT " +
			"condense FROM evenements WHERE seq = 6)", 7},
		"two exchanged": {"UPDATE evenements SET seq = 99 WHERE seq = 4; UPDATE evenements SET seq = 4 WHERE seq = 5; " +
			"UPDATE evenements SET seq = 5 WHERE seq = 99", 4},
		"all": {"DELETE FROM evenements", 1},
	} {
		t.Run(quoi, func(t *testing.T) {
			j := ouvrir(t)
			remplir(t, j)
			tete, err := j.Tete(t.Context())
			if err != nil || tete.Seq != 7 {
				t.Fatal(tete, err)
			}
			if _, err := j.ecrivain.Exec("DROP TRIGGER evenements_fixes; DROP TRIGGER evenements_gardes; " + c.sql); err != nil {
				t.Fatal(err)
			}
			var r *journal.Rupture
			if _, err := journal.VerifierChaine(t.Context(), j, &tete); !errors.As(err, &r) || r.Seq != c.seq {
				t.Errorf("%v", err)
			}
		})
	}
}

// fausses change what the store derives from the events: what Verifier must name.
var fausses = []struct {
	quoi, sql string
	derive    journal.Derive
}{
	{"counters gone", "DELETE FROM compteurs", journal.DeriveCompteurs},
	{"a counter raised", "UPDATE compteurs SET n = n + 1000 WHERE nom = 'piece/en-lot'", journal.DeriveCompteurs},
	{"a counter of a month without events", "INSERT INTO compteurs VALUES ('2020-01', 'mode/scor/ordonnance', 7)",
		journal.DeriveCompteurs},
	{"counters moved to another month", "UPDATE compteurs SET periode = '2020-01'", journal.DeriveCompteurs},
	{"the head's link zeroed", "UPDATE tete SET condense = zeroblob(32)", journal.DeriveTete},
	{"the head moved back", "UPDATE tete SET seq = seq - 3", journal.DeriveTete},
	{"the head's time moved", "UPDATE tete SET quand = quand + 86400000000", journal.DeriveTete},
	{"the head gone", "DELETE FROM tete", journal.DeriveTete},
	{"an object's state forged", "UPDATE objets SET etat = 'arl+' WHERE cle = 'P'", journal.DeriveObjets},
	{"an object gone", "DELETE FROM objets WHERE cle = 'P'", journal.DeriveObjets},
	{"an object of no event", "INSERT INTO objets (debut, genre, cle, etat, cree) VALUES (99, 3, 'X', 'constitue', 1)",
		journal.DeriveObjets},
}

// What the store derives from the events is proved against them, named when it is wrong, and made anew from them: then
// writing goes on.
func TestReconstruire(t *testing.T) {
	for _, c := range fausses {
		t.Run(c.quoi, func(t *testing.T) {
			ctx := t.Context()
			j := ouvrir(t)
			remplir(t, j)
			avant, err := journal.Verifier(ctx, j, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := j.ecrivain.Exec(c.sql); err != nil {
				t.Fatal(err)
			}
			j.connus.oublier()
			_, err = journal.Verifier(ctx, j, nil)
			var r *journal.Rupture
			if !errors.As(err, &r) || r.Derive != c.derive {
				t.Fatalf("%v, expected the %s", err, c.derive)
			}
			apres, err := journal.Reconstruire(ctx, j, &avant.Tete)
			if err != nil || apres != avant {
				t.Fatalf("%+v, %+v, %v", apres, avant, err)
			}
			if err := j.Ajouter(ctx, deposer(1)); err != nil {
				t.Errorf("no writing after it: %v", err)
			}
			if _, err := journal.Verifier(ctx, j, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

const sansGarde = "DROP TRIGGER evenements_fixes; DROP TRIGGER evenements_gardes; "

// Events that are gone, or altered, aren't made up: only a person gives up the last ones.
func TestIrreparable(t *testing.T) {
	ctx := t.Context()
	for quoi, c := range map[string]struct {
		sql   string
		perte bool
		bon   bool
	}{
		"last event gone":           {"DELETE FROM evenements WHERE seq = 7", false, false},
		"last event gone, given up": {"DELETE FROM evenements WHERE seq = 7", true, true},
		"one in the middle gone":    {"DELETE FROM evenements WHERE seq = 3", true, false},
		"one altered":               {"UPDATE evenements SET cle = 'x' WHERE seq = 7", true, false},
	} {
		j := ouvrir(t)
		remplir(t, j)
		if _, err := j.ecrivain.Exec(sansGarde + c.sql); err != nil {
			t.Fatal(err)
		}
		j.connus.oublier()
		var opts []journal.OptionReconstruction
		if c.perte {
			opts = append(opts, journal.WithPerte())
		}
		_, err := journal.Reconstruire(ctx, j, nil, opts...)
		if (err == nil) != c.bon || err != nil && !errors.Is(err, journal.ErrIrreparable) {
			t.Errorf("%s: %v", quoi, err)
		}
	}
	j := ouvrir(t)
	remplir(t, j)
	tete, err := j.Tete(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.ecrivain.Exec(sansGarde + "DELETE FROM evenements WHERE seq = 7"); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Reconstruire(ctx, j, &tete, journal.WithPerte()); !errors.Is(err, journal.ErrIrreparable) {
		t.Errorf("a head kept elsewhere knows of an event that is given up: %v", err)
	}
}

// An index that no longer says what its table does is found, and made anew.
func TestIndexFaux(t *testing.T) {
	ctx := t.Context()
	j := ouvrir(t)
	remplir(t, j)
	// The index is hidden while its table changes back.
	for _, s := range []string{"UPDATE objets SET parent = 'nobody' WHERE cle = 'P'", "PRAGMA writable_schema = ON",
		"CREATE TEMP TABLE cache AS SELECT * FROM sqlite_schema WHERE name = 'objets_parent'",
		"DELETE FROM sqlite_schema WHERE name = 'objets_parent'", "PRAGMA writable_schema = RESET",
		"UPDATE objets SET parent = 'L/1' WHERE cle = 'P'", "PRAGMA writable_schema = ON",
		"INSERT INTO sqlite_schema SELECT * FROM cache", "PRAGMA writable_schema = RESET", "DROP TABLE cache"} {
		if _, err := j.ecrivain.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	_, err := journal.Verifier(ctx, j, nil)
	var r *journal.Rupture
	if !errors.As(err, &r) || r.Derive != journal.DeriveStockage {
		t.Fatal(err)
	}
	if _, err := journal.Reconstruire(ctx, j, nil); err != nil {
		t.Error(err)
	}
}

// The tree over the links: kept nodes that aren't those of the events are found, and a proof needs few of them,
// whatever the journal's length.
func TestArbreGarde(t *testing.T) {
	ctx := t.Context()
	j := ouvrir(t)
	if _, err := journaltest.Cabinet(ctx, j, 400); err != nil {
		t.Fatal(err)
	}
	ref := journal.Ref{Genre: journal.Piece, Cle: journaltest.Cle(7)}
	x, err := journal.Extraire(ctx, j, journal.Tete{}, ref)
	if err != nil || len(x.Evenements) == 0 {
		t.Fatal(x, err)
	}
	m := journal.NewMemoire(nil)
	if _, err := journal.Copier(ctx, m, j); err != nil {
		t.Fatal(err)
	}
	if y, err := journal.Extraire(ctx, m, journal.Tete{}, ref); err != nil || y.Racine != x.Racine {
		t.Errorf("another root without kept nodes, %v", err)
	}
	// Under an older head too, and the same proof.
	for _, n := range []uint64{x.Evenements[0].Seq, 256, 257, x.Tete.Seq - 1} {
		e, err := j.Evenement(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		h := journal.Tete{Seq: n, Quand: e.Quand, Condense: e.Condense}
		if y, err := journal.Extraire(ctx, j, h, ref); err != nil || y.Tete != h {
			t.Errorf("under event %d: %v", n, err)
		}
	}
	if _, err := j.ecrivain.Exec("UPDATE arbre SET condense = zeroblob(32) WHERE niveau = 8 AND n = 1"); err != nil {
		t.Fatal(err)
	}
	var r *journal.Rupture
	if _, err := journal.Verifier(ctx, j, nil); !errors.As(err, &r) || r.Derive != journal.DeriveArbre {
		t.Errorf("a node altered: %v", err)
	}
	if _, err := journal.Reconstruire(ctx, j, nil); err != nil {
		t.Error(err)
	}
	if y, err := journal.Extraire(ctx, j, journal.Tete{}, ref); err != nil || y.Racine != x.Racine {
		t.Errorf("another root after it, %v", err)
	}
}
