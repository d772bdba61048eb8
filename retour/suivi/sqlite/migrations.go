package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrPlusRecent says that a newer version of the library made the file.
var ErrPlusRecent = errors.New("sqlite: the file was made by a newer version")

const applicationID = 0x53434f52 // "SCOR"

// migrations are run in order and never changed once released.
var migrations = []string{`
CREATE TABLE evenements (
	seq INTEGER PRIMARY KEY, prec INTEGER NOT NULL, quand INTEGER NOT NULL, genre TEXT NOT NULL, cle TEXT NOT NULL,
	type TEXT NOT NULL, version INTEGER NOT NULL, donnees TEXT NOT NULL, condense BLOB NOT NULL
) STRICT;
CREATE TRIGGER evenements_fixes BEFORE UPDATE ON evenements BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER evenements_gardes BEFORE DELETE ON evenements BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TABLE tete (un INTEGER PRIMARY KEY CHECK (un = 1), seq INTEGER NOT NULL, quand INTEGER NOT NULL, condense BLOB NOT NULL) STRICT;
CREATE TABLE objets (
	debut INTEGER PRIMARY KEY, genre INTEGER NOT NULL, cle TEXT NOT NULL, etat TEXT NOT NULL, cree INTEGER NOT NULL,
	parent TEXT, dans TEXT, patient TEXT, jour INTEGER, echeance INTEGER, attention INTEGER, limite INTEGER,
	-- etat: an exceptional state begins with '!'.
	-- What follows is left out as long as the first event is the only one: its sequence number, its time, what it says.
	version INTEGER NOT NULL DEFAULT 1, dernier INTEGER, modifie INTEGER, champs TEXT
) STRICT;
CREATE UNIQUE INDEX objets_cle ON objets (genre, cle);
CREATE INDEX objets_parent ON objets (parent, genre) WHERE parent IS NOT NULL;
CREATE INDEX objets_dans ON objets (dans, genre) WHERE dans IS NOT NULL;
CREATE INDEX objets_patient ON objets (patient, genre) WHERE patient IS NOT NULL;
CREATE INDEX objets_jour ON objets (genre, jour) WHERE jour IS NOT NULL;
CREATE INDEX objets_echeance ON objets (genre, echeance) WHERE echeance IS NOT NULL;
CREATE INDEX objets_urgence ON objets (genre, attention DESC, ifnull(limite, 4611686018427387904), cle) WHERE attention IS NOT NULL;
CREATE INDEX objets_etat ON objets (genre, etat, cle) WHERE etat < '"';
CREATE TABLE compteurs (periode TEXT NOT NULL, nom TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (periode, nom)) STRICT, WITHOUT ROWID;
CREATE TABLE baux (genre INTEGER NOT NULL, cle TEXT NOT NULL, titulaire TEXT NOT NULL, fin INTEGER NOT NULL, PRIMARY KEY (genre, cle)) STRICT, WITHOUT ROWID;
CREATE TABLE documents (nom TEXT PRIMARY KEY, id INTEGER NOT NULL, taille INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE morceaux (id INTEGER NOT NULL, n INTEGER NOT NULL, octets BLOB NOT NULL, PRIMARY KEY (id, n)) STRICT;
`, `
CREATE TABLE arbre (niveau INTEGER NOT NULL, n INTEGER NOT NULL, condense BLOB NOT NULL, PRIMARY KEY (niveau, n)) STRICT, WITHOUT ROWID;
`, `
CREATE INDEX objets_numero ON objets (CAST(substr(cle, -9) AS INTEGER)) WHERE genre = 2; -- of invoices, by their number
`, `
ALTER TABLE objets ADD COLUMN reference TEXT; -- the end of it: journal.FinReference
UPDATE objets SET reference = substr(ifnull(champs, (SELECT donnees FROM evenements WHERE seq = debut)) ->> '$.reference', -16);
CREATE INDEX objets_reference ON objets (reference, genre) WHERE reference IS NOT NULL;
`}

func migrer(ctx context.Context, db *sql.DB) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	// BEGIN IMMEDIATE: two programs that open a new file together migrate it once.
	if _, err := c.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	fini := false
	defer func() {
		if !fini {
			c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	var v, app, tables int
	if err := c.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return err
	}
	if err := c.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return err
	}
	if err := c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	if app != applicationID && tables > 0 {
		return errors.New("sqlite: the file is a database of something else")
	}
	if v > len(migrations) {
		return fmt.Errorf("%w: schema %d, this version knows %d", ErrPlusRecent, v, len(migrations))
	}
	for i := v; i < len(migrations); i++ {
		if _, err := c.ExecContext(ctx, migrations[i]); err != nil {
			return fmt.Errorf("sqlite: migration %d: %w", i+1, err)
		}
	}
	if v < len(migrations) {
		if _, err := c.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version=%d; PRAGMA application_id=%d", len(migrations),
			applicationID)); err != nil {
			return err
		}
	}
	_, err = c.ExecContext(ctx, "COMMIT")
	fini = err == nil
	return err
}
