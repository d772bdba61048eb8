package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

const (
	insereEvenements = "INSERT OR ROLLBACK INTO evenements (seq, prec, quand, genre, cle, type, version, donnees, " +
		"condense) VALUES "
	colonnesNeuf = "genre, cle, etat, debut, cree, parent, dans, patient, jour, echeance, attention, limite, reference"
	// Of an object of one event, which says all its fields: fewer arguments, since the driver's time goes with their
	// square.
	insereNeufs  = "INSERT OR ROLLBACK INTO objets (" + colonnesNeuf + ") VALUES "
	insereObjets = "INSERT OR ROLLBACK INTO objets (" + colonnesNeuf + ", version, dernier, modifie, champs) VALUES "
	rendBail     = "DELETE FROM baux WHERE genre = ? AND cle = ?"
	compte       = "INSERT INTO compteurs VALUES (?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n"
	metTete      = "INSERT INTO tete VALUES (1,?,?,?) ON CONFLICT DO UPDATE SET seq=excluded.seq, quand=excluded.quand, " +
		"condense=excluded.condense"
)

// inscription are the statements that write, used without database/sql, whose own handling of each argument costs as
// much as the row. They belong to one connection.
type inscription struct {
	conn                     driver.ConnPrepareContext
	lignesEvs, objets, neufs [2]driver.Stmt // by lignesPar
	rend, compte, tete       driver.Stmt
	majs                     [touteMaj + 1]driver.Stmt // by what changes; prepared when first needed
	args                     []driver.NamedValue
	instructions             []driver.Stmt // all of them
}

// sur prepares the statements on dc, the driver's connection, unless they are already.
func (i *inscription) sur(ctx context.Context, dc any) error {
	if i.conn != nil && any(i.conn) == dc {
		return nil
	}
	c, ok := dc.(driver.ConnPrepareContext)
	if !ok {
		return fmt.Errorf("sqlite: driver connection %T without PrepareContext", dc)
	}
	*i = inscription{conn: c}
	var err error
	prepare := func(texte string) (s driver.Stmt) {
		if err == nil {
			s, err = i.preparer(ctx, texte)
		}
		return s
	}
	for k, n := range lignesPar {
		i.lignesEvs[k] = prepare(insereEvenements + valeurs(n, 9))
		i.objets[k] = prepare(insereObjets + valeurs(n, 17))
		i.neufs[k] = prepare(insereNeufs + valeurs(n, 13))
	}
	i.rend, i.compte, i.tete = prepare(rendBail), prepare(compte), prepare(metTete)
	if err != nil {
		i.fermer()
	}
	return err
}

func (i *inscription) preparer(ctx context.Context, texte string) (driver.Stmt, error) {
	s, err := i.conn.PrepareContext(ctx, texte)
	if err == nil {
		i.instructions = append(i.instructions, s)
	}
	return s, err
}

func (i *inscription) fermer() {
	for _, s := range i.instructions {
		s.Close()
	}
	*i = inscription{}
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

// What an update changes beside what each one does. SQLite takes the row out of the indexes of every column that it
// sets, and puts it back.
const (
	majLiens = 1 << iota // parent, patient, jour
	majDans
	majEcheance
	majUrgence // attention, limite
	majReference
	majChamps
	touteMaj = 1<<iota - 1
)

// changer updates the row of o, which was avant.
func (i *inscription) changer(ctx context.Context, o, avant *journal.Objet) error {
	quoi := 0
	i.ajouter(int64(o.Version), etatEcrit(o.Etat), int64(o.Dernier), journal.Microsecondes(o.Modifie))
	if o.Parent != avant.Parent || o.Patient != avant.Patient || o.Jour != avant.Jour {
		quoi |= majLiens
		i.ajouter(ouNul(o.Parent), ouNul(o.Patient), ouNul(o.Jour))
	}
	if o.Dans != avant.Dans {
		quoi |= majDans
		i.ajouter(ouNul(o.Dans))
	}
	if o.Echeance != avant.Echeance {
		quoi |= majEcheance
		i.ajouter(ouNul(o.Echeance))
	}
	if o.Attention != avant.Attention || o.Limite != avant.Limite {
		quoi |= majUrgence
		i.ajouter(ouNul(o.Attention), ouNul(o.Limite))
	}
	if o.Reference != avant.Reference {
		quoi |= majReference
		i.ajouter(ouNul(journal.FinReference(o.Reference)))
	}
	if c := sansColonnes(&o.Champs); c != sansColonnes(&avant.Champs) {
		quoi |= majChamps
		i.ajouter(string(c.Append(nil)))
	}
	i.ajouter(int64(o.Debut))
	if i.majs[quoi] == nil {
		s, err := i.preparer(ctx, texteMaj(quoi))
		if err != nil {
			return err
		}
		i.majs[quoi] = s
	}
	return i.executer(ctx, i.majs[quoi])
}

func texteMaj(quoi int) string {
	s := "UPDATE objets SET version=?, etat=?, dernier=?, modifie=?"
	for k, colonnes := range []string{"parent=?, patient=?, jour=?", "dans=?", "echeance=?", "attention=?, limite=?",
		"reference=?", "champs=?"} {
		if quoi&(1<<k) != 0 {
			s += ", " + colonnes
		}
	}
	return s + " WHERE debut = ?"
}

// sansColonnes is c without the fields that have a column of their own.
func sansColonnes(c *journal.Champs) journal.Champs {
	x := *c
	x.Parent, x.Dans, x.Patient, x.Jour, x.Echeance, x.Attention, x.Limite = "", "", "", 0, 0, 0, 0
	return x
}

// evs writes the rows of events.
func (i *inscription) evs(ctx context.Context, w *journal.Ecriture) error {
	return parTranches(len(w.Evenements), func(k, de, a int) error {
		for n := de; n < a; n++ {
			e := &w.Evenements[n]
			i.ajouter(int64(e.Seq), int64(e.Prec), journal.Microsecondes(e.Quand), string(e.Genre), e.Cle, string(e.Type),
				int64(e.Version), string(e.Donnees), e.Condense[:])
		}
		return i.executer(ctx, i.lignesEvs[k])
	})
}

// objs writes the rows of objects.
func (i *inscription) objs(ctx context.Context, w *journal.Ecriture) error {
	debut := w.Evenements[0].Seq
	var neufs, autres []*journal.Objet
	for n := range w.Objets {
		o := &w.Objets[n]
		switch {
		case w.Avants[n] != nil:
			if err := i.changer(ctx, o, w.Avants[n]); err != nil {
				return err
			}
		case o.Version == 1 && sansColonnes(&o.Champs) == sansColonnes(&w.Evenements[o.Debut-debut].Champs):
			neufs = append(neufs, o)
		default:
			autres = append(autres, o)
		}
	}
	err := parTranches(len(neufs), func(k, de, a int) error {
		for _, o := range neufs[de:a] {
			i.neuf(o)
		}
		return i.executer(ctx, i.neufs[k])
	})
	if err != nil {
		return err
	}
	return parTranches(len(autres), func(k, de, a int) error {
		for _, o := range autres[de:a] {
			i.neuf(o)
			c := sansColonnes(&o.Champs)
			i.ajouter(int64(o.Version), int64(o.Dernier), journal.Microsecondes(o.Modifie), string(c.Append(nil)))
		}
		return i.executer(ctx, i.objets[k])
	})
}

// neuf adds the values of colonnesNeuf.
func (i *inscription) neuf(o *journal.Objet) {
	i.ajouter(codes[o.Genre], o.Cle, etatEcrit(o.Etat), int64(o.Debut), journal.Microsecondes(o.Cree),
		ouNul(o.Parent), ouNul(o.Dans), ouNul(o.Patient), ouNul(o.Jour), ouNul(o.Echeance), ouNul(o.Attention),
		ouNul(o.Limite), ouNul(journal.FinReference(o.Reference)))
}

// inscrire writes w in the transaction that is open on c.
func (i *inscription) inscrire(ctx context.Context, c *sql.Conn, w *journal.Ecriture) error {
	if len(w.Evenements) == 0 {
		return nil
	}
	return c.Raw(func(dc any) error {
		if err := i.sur(ctx, dc); err != nil {
			return err
		}
		i.args = i.args[:0]
		if err := i.evs(ctx, w); err != nil {
			return err
		}
		if err := i.objs(ctx, w); err != nil {
			return err
		}
		for _, r := range w.Rendus {
			i.ajouter(codes[r.Genre], r.Cle)
			if err := i.executer(ctx, i.rend); err != nil {
				return err
			}
		}
		return i.comptes(ctx, w)
	})
}

// comptes writes the counters and the head.
func (i *inscription) comptes(ctx context.Context, w *journal.Ecriture) error {
	for k, n := range w.Compteurs {
		i.ajouter(k.Periode, k.Nom, n)
		if err := i.executer(ctx, i.compte); err != nil {
			return err
		}
	}
	i.ajouter(int64(w.Tete.Seq), journal.Microsecondes(w.Tete.Quand), w.Tete.Condense[:])
	return i.executer(ctx, i.tete)
}
