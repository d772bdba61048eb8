package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Sauvegarder writes a consistent copy of the file, documents included, while it is in use; but must not exist. The
// copy is for its owner alone, appears under its name only once whole, and is opened by Open like any journal.
func (j *Journal) Sauvegarder(ctx context.Context, but string) error {
	if _, err := os.Lstat(but); err == nil {
		return &os.PathError{Op: "backup", Path: but, Err: os.ErrExist}
	}
	abs, err := filepath.Abs(but)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(abs), ".sauvegarde-*") // mode 0600; VACUUM INTO takes an empty file
	if err != nil {
		return err
	}
	provisoire := f.Name()
	defer os.Remove(provisoire)
	if err := f.Close(); err != nil {
		return err
	}
	// Neither the writer's connection, which must go on, nor the readers', which may only read.
	db, err := sql.Open("sqlite", source(j.chemin, ""))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", provisoire)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("sqlite: backup: %w", err)
	}
	if f, err = os.OpenFile(provisoire, os.O_RDWR, 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(provisoire, abs)
}
