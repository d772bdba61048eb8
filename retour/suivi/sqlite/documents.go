package sqlite

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
)

// Documents keeps documents in the journal's file.
type Documents struct{ j *Journal }

var _ coffre.Depot = Documents{}

// Documents is the file's Depot.
func (j *Journal) Documents() Documents { return Documents{j} }

const tailleMorceau = 1 << 20

// Creer implements coffre.Depot.
func (d Documents) Creer(ctx context.Context) (coffre.Ecriture, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, err
	}
	return &ecriture{d: d, ctx: ctx, id: int64(binary.BigEndian.Uint64(b[:]) >> 1)}, nil
}

type ecriture struct {
	d      Documents
	ctx    context.Context
	id     int64
	n      int
	taille int64
	tampon []byte
	fini   bool
}

func (e *ecriture) Write(p []byte) (int, error) {
	e.tampon = append(e.tampon, p...)
	e.taille += int64(len(p))
	for len(e.tampon) > tailleMorceau {
		b, n := bytes.Clone(e.tampon[:tailleMorceau]), e.n
		if err := e.d.j.agir(e.ctx, func(ctx context.Context, tx *sql.Tx) error {
			return e.morceau(ctx, tx, n, b)
		}); err != nil {
			return 0, err
		}
		e.n++
		e.tampon = append(e.tampon[:0], e.tampon[tailleMorceau:]...)
	}
	return len(p), nil
}

func (e *ecriture) morceau(ctx context.Context, tx *sql.Tx, n int, b []byte) error {
	_, err := tx.StmtContext(ctx, e.d.j.actes.morceau).ExecContext(ctx, e.id, n, b)
	return err
}

func (e *ecriture) Valider(ctx context.Context, nom string) error {
	err := e.d.j.agir(ctx, func(ctx context.Context, tx *sql.Tx) error {
		r, err := tx.StmtContext(ctx, e.d.j.actes.document).ExecContext(ctx, nom, e.id, e.taille)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			if err == nil && e.n > 0 {
				_, err = tx.ExecContext(ctx, "DELETE FROM morceaux WHERE id = ?", e.id)
			}
			return err
		}
		return e.morceau(ctx, tx, e.n, append([]byte{}, e.tampon...)) // never nil, which is NULL
	})
	e.fini = err == nil
	return err
}

// Remplacer implements coffre.Ecriture.
func (e *ecriture) Remplacer(ctx context.Context, nom string) error {
	err := e.d.j.agir(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, supprimeMorceaux, nom); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, "UPDATE documents SET id = ?, taille = ? WHERE nom = ?", e.id, e.taille, nom)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, &fs.PathError{Op: "replace", Path: nom, Err: fs.ErrNotExist})
		}
		return e.morceau(ctx, tx, e.n, append([]byte{}, e.tampon...))
	})
	e.fini = err == nil
	return err
}

func (e *ecriture) Abandonner() {
	if e.fini || e.n == 0 {
		return
	}
	e.fini = true
	// What can't be removed now is removed by Nettoyer.
	_ = e.d.j.agir(context.WithoutCancel(e.ctx), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM morceaux WHERE id = ?", e.id)
		return err
	})
}

// Open implements coffre.Depot.
func (d Documents) Open(ctx context.Context, nom string) (io.ReadCloser, error) {
	l := &lecteur{d: d, ctx: ctx}
	err := d.j.lecteur.QueryRowContext(ctx, "SELECT id, taille FROM documents WHERE nom = ?", nom).Scan(&l.id, &l.reste)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &fs.PathError{Op: "open", Path: nom, Err: fs.ErrNotExist}
	}
	return l, err
}

type lecteur struct {
	d     Documents
	ctx   context.Context
	id    int64
	n     int
	reste int64
	b     []byte
}

func (l *lecteur) Read(p []byte) (int, error) {
	if len(l.b) == 0 {
		if l.reste == 0 {
			return 0, io.EOF
		}
		err := l.d.j.lecteur.QueryRowContext(l.ctx, "SELECT octets FROM morceaux WHERE id = ? AND n = ?", l.id,
			l.n).Scan(&l.b)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(l.b) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
		l.n++
		l.reste = max(0, l.reste-int64(len(l.b)))
	}
	n := copy(p, l.b)
	l.b = l.b[n:]
	return n, nil
}

func (l *lecteur) Close() error { return nil }

const supprimeMorceaux = "DELETE FROM morceaux WHERE id IN (SELECT id FROM documents WHERE nom = ?)"

// Supprimer implements coffre.Depot.
func (d Documents) Supprimer(ctx context.Context, nom string) error {
	return d.j.agir(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, supprimeMorceaux, nom); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM documents WHERE nom = ?", nom)
		return err
	})
}

// FinirPurge implements coffre.Purgeur: what was removed is overwritten in the file (secure_delete), and the WAL, which
// may hold it from when it was written, is emptied. Readers that are in the middle of the file are waited for.
func (d Documents) FinirPurge(ctx context.Context) error {
	var occupe, total, faits int
	for {
		err := d.j.ecrivain.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&occupe, &total, &faits)
		if err != nil {
			return fmt.Errorf("sqlite: %w", err)
		}
		if occupe == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Lister implements coffre.Depot.
func (d Documents) Lister(ctx context.Context) iter.Seq2[coffre.Entree, error] {
	return parcourir(ctx, d.j.lecteur, func(rows *sql.Rows) (e coffre.Entree, err error) {
		err = rows.Scan(&e.Nom, &e.Taille)
		return e, err
	}, "SELECT nom, taille FROM documents ORDER BY nom")
}

// Nettoyer removes what interrupted writings left; call it when nothing else uses the file.
func (d Documents) Nettoyer(ctx context.Context) error {
	return d.j.agir(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM morceaux WHERE id NOT IN (SELECT id FROM documents)")
		return err
	})
}
