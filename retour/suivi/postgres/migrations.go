package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrPlusRecent says that a newer version of the library made the tables.
var ErrPlusRecent = errors.New("postgres: the tables were made by a newer version")

// migrations are run in order and never changed once released.
var migrations = []string{`
CREATE TABLE scor_dossiers (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, nom text NOT NULL UNIQUE,
	seq bigint NOT NULL DEFAULT 0, quand bigint NOT NULL DEFAULT 0, condense bytea
);
CREATE TABLE scor_evenements (
	dossier integer NOT NULL, seq bigint NOT NULL, prec bigint NOT NULL, quand bigint NOT NULL, genre text NOT NULL, cle text NOT NULL,
	type text NOT NULL, version bigint NOT NULL, donnees text NOT NULL, condense bytea NOT NULL, PRIMARY KEY (dossier, seq)
);
CREATE FUNCTION scor_fixe() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$;
CREATE TRIGGER scor_evenements_fixes BEFORE UPDATE OR DELETE ON scor_evenements FOR EACH ROW EXECUTE FUNCTION scor_fixe();
CREATE TABLE scor_objets (
	dossier integer NOT NULL, genre text COLLATE "C" NOT NULL, cle text COLLATE "C" NOT NULL, version bigint NOT NULL, etat text COLLATE "C" NOT NULL,
	debut bigint NOT NULL, dernier bigint NOT NULL, cree bigint NOT NULL, modifie bigint NOT NULL, parent text COLLATE "C", dans text COLLATE "C",
	patient text COLLATE "C", jour bigint, echeance bigint, attention bigint, limite bigint, champs text NOT NULL,
	bail_qui text, bail_fin timestamptz, PRIMARY KEY (dossier, genre, cle)
) WITH (fillfactor = 80);
CREATE INDEX scor_objets_parent ON scor_objets (dossier, genre, parent, cle) WHERE parent IS NOT NULL;
CREATE INDEX scor_objets_dans ON scor_objets (dossier, genre, dans, cle) WHERE dans IS NOT NULL;
CREATE INDEX scor_objets_patient ON scor_objets (dossier, genre, patient, cle) WHERE patient IS NOT NULL;
CREATE INDEX scor_objets_jour ON scor_objets (dossier, genre, jour) WHERE jour IS NOT NULL;
CREATE INDEX scor_objets_echeance ON scor_objets (dossier, genre, echeance) WHERE echeance IS NOT NULL;
CREATE INDEX scor_objets_urgence ON scor_objets (dossier, genre, (-attention), (coalesce(limite, 4611686018427387904)), cle) WHERE attention IS NOT NULL;
CREATE INDEX scor_objets_etat ON scor_objets (dossier, genre, etat, cle)
	WHERE etat NOT IN ('arl+', 'constitue', 'en-lot', 'transmis', 'enregistre', 'paye', 'traite', 'clos', 'purge');
CREATE TABLE scor_compteurs (
	dossier integer NOT NULL, periode text NOT NULL, nom text NOT NULL, n bigint NOT NULL, PRIMARY KEY (dossier, periode, nom)
) WITH (fillfactor = 50);
CREATE TABLE scor_documents (dossier integer NOT NULL, nom text NOT NULL, id bigint NOT NULL, taille bigint NOT NULL, PRIMARY KEY (dossier, nom));
CREATE TABLE scor_morceaux (id bigint NOT NULL, n integer NOT NULL, octets bytea NOT NULL, PRIMARY KEY (id, n));
ALTER TABLE scor_morceaux ALTER COLUMN octets SET STORAGE EXTERNAL;
`, `
CREATE TABLE scor_arbre (
	dossier integer NOT NULL, niveau integer NOT NULL, n bigint NOT NULL, condense bytea NOT NULL, PRIMARY KEY (dossier, niveau, n)
);
`, `
CREATE INDEX scor_objets_numero ON scor_objets (dossier, (right(cle, 10)), cle) WHERE genre = 'facture';
`, `
ALTER TABLE scor_objets ADD COLUMN reference text COLLATE "C"; -- the end of it: journal.FinReference
UPDATE scor_objets SET reference = right(champs::json ->> 'reference', 16) WHERE champs LIKE '%"reference":%';
CREATE INDEX scor_objets_reference ON scor_objets (dossier, genre, reference, cle) WHERE reference IS NOT NULL;
`}

const verrouMigration = 0x53434f52 // "SCOR"

func migrer(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", verrouMigration); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS scor_schema (version integer PRIMARY KEY, quand timestamptz "+
			"NOT NULL DEFAULT now())"); err != nil {
			return err
		}
		var v int
		if err := tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM scor_schema").Scan(&v); err != nil {
			return err
		}
		if v > len(migrations) {
			return fmt.Errorf("%w: schema %d, this version knows %d", ErrPlusRecent, v, len(migrations))
		}
		for i := v; i < len(migrations); i++ {
			if _, err := tx.Exec(ctx, migrations[i]); err != nil {
				return fmt.Errorf("postgres: migration %d: %w", i+1, err)
			}
			if _, err := tx.Exec(ctx, "INSERT INTO scor_schema (version) VALUES ($1)", i+1); err != nil {
				return err
			}
		}
		return nil
	})
}
