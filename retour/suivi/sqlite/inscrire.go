package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

const (
	insereEvenements = "INSERT OR ROLLBACK INTO evenements (seq, prec, quand, genre, cle, type, version, donnees, condense) VALUES "
	insereObjets     = "INSERT OR ROLLBACK INTO objets (" + colonnesObjet + ") VALUES "
	majObjet         = `UPDATE objets SET version=?, etat=?, dernier=?, modifie=?, parent=?, dans=?, patient=?, jour=?, echeance=?, attention=?, limite=?, champs=?
	WHERE debut = ?`
)

// inscription are the statements that write events and objects, used without database/sql, whose own handling of each argument costs
// as much as the row. They belong to one connection.
type inscription struct {
	conn               any
	evenements, objets [2]driver.Stmt
	maj                driver.Stmt
	args               []driver.NamedValue
}

// sur prepares the statements on dc, the driver's connection, unless they are already.
func (i *inscription) sur(ctx context.Context, dc any) error {
	if i.conn == dc {
		return nil
	}
	c, ok := dc.(driver.ConnPrepareContext)
	if !ok {
		return fmt.Errorf("sqlite: driver connection %T without PrepareContext", dc)
	}
	var err error
	prepare := func(texte string) (s driver.Stmt) {
		if err == nil {
			s, err = c.PrepareContext(ctx, texte)
		}
		return s
	}
	for k, n := range lignesPar {
		i.evenements[k] = prepare(insereEvenements + valeurs(n, 9))
		i.objets[k] = prepare(insereObjets + valeurs(n, 16))
	}
	i.maj = prepare(majObjet)
	if err == nil {
		i.conn = dc
	}
	return err
}

func (i *inscription) fermer() {
	if i.conn == nil {
		return
	}
	for _, s := range []driver.Stmt{i.evenements[0], i.evenements[1], i.objets[0], i.objets[1], i.maj} {
		s.Close()
	}
	i.conn = nil
}

func (i *inscription) ajouter(valeurs ...driver.Value) {
	for _, v := range valeurs {
		i.args = append(i.args, driver.NamedValue{Ordinal: len(i.args) + 1, Value: v})
	}
}

// executer runs s with the arguments gathered so far.
func (i *inscription) executer(ctx context.Context, s driver.Stmt) error {
	_, err := s.(driver.StmtExecContext).ExecContext(ctx, i.args)
	i.args = i.args[:0]
	return err
}

func ouNul[T string | int64](v T) driver.Value {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// suite adds the columns that both statements on objects end with. premier is the object's event when it has only one.
func (i *inscription) suite(o *journal.Objet, premier *journal.Evenement) {
	i.ajouter(ouNul(o.Parent), ouNul(o.Dans), ouNul(o.Patient), ouNul(o.Jour), ouNul(o.Echeance), ouNul(o.Attention), ouNul(o.Limite))
	c := sansColonnes(&o.Champs)
	if premier != nil && c == sansColonnes(&premier.Champs) {
		i.ajouter(nil)
		return
	}
	i.ajouter(string(c.Append(nil)))
}

// sansColonnes is c without the fields that have a column of their own.
func sansColonnes(c *journal.Champs) journal.Champs {
	x := *c
	x.Parent, x.Dans, x.Patient, x.Jour, x.Echeance, x.Attention, x.Limite = "", "", "", 0, 0, 0, 0
	return x
}

// lignes writes the rows of events and objects.
func (i *inscription) lignes(ctx context.Context, w *journal.Ecriture) error {
	err := parTranches(len(w.Evenements), func(k, de, a int) error {
		for n := de; n < a; n++ {
			e := &w.Evenements[n]
			i.ajouter(int64(e.Seq), int64(e.Prec), journal.Microsecondes(e.Quand), string(e.Genre), e.Cle, string(e.Type),
				int64(e.Version), string(e.Donnees), e.Condense[:])
		}
		return i.executer(ctx, i.evenements[k])
	})
	if err != nil {
		return err
	}
	debut := w.Evenements[0].Seq
	var neufs []*journal.Objet
	for n := range w.Objets {
		o := &w.Objets[n]
		if o.Debut >= debut {
			neufs = append(neufs, o)
			continue
		}
		i.ajouter(int64(o.Version), string(o.Etat), int64(o.Dernier), journal.Microsecondes(o.Modifie))
		i.suite(o, nil)
		i.ajouter(int64(o.Debut))
		if err := i.executer(ctx, i.maj); err != nil {
			return err
		}
	}
	return parTranches(len(neufs), func(k, de, a int) error {
		for _, o := range neufs[de:a] {
			var premier *journal.Evenement
			if o.Version == 1 {
				premier = &w.Evenements[o.Debut-debut]
			}
			i.ajouter(codes[o.Genre], o.Cle, int64(o.Version), string(o.Etat), int64(o.Debut), int64(o.Dernier),
				journal.Microsecondes(o.Cree), journal.Microsecondes(o.Modifie))
			i.suite(o, premier)
		}
		return i.executer(ctx, i.objets[k])
	})
}

// inscrire writes w in tx, a transaction of c.
func (i *inscription) inscrire(ctx context.Context, c *sql.Conn, tx *sql.Tx, w *journal.Ecriture) error {
	if len(w.Evenements) == 0 {
		return nil
	}
	err := c.Raw(func(dc any) error {
		if err := i.sur(ctx, dc); err != nil {
			return err
		}
		i.args = i.args[:0]
		return i.lignes(ctx, w)
	})
	if err != nil {
		return err
	}
	for _, r := range w.Rendus {
		if _, err := tx.ExecContext(ctx, "DELETE FROM baux WHERE genre = ? AND cle = ?", codes[r.Genre], r.Cle); err != nil {
			return err
		}
	}
	for k, n := range w.Compteurs {
		if _, err := tx.ExecContext(ctx, "INSERT INTO compteurs VALUES (?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n", k.Periode, k.Nom, n); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO tete VALUES (1,?,?,?) ON CONFLICT DO UPDATE SET seq=excluded.seq, quand=excluded.quand, condense=excluded.condense",
		int64(w.Tete.Seq), journal.Microsecondes(w.Tete.Quand), w.Tete.Condense[:])
	return err
}
