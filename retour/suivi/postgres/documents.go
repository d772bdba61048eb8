package postgres

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
)

// Documents keeps documents beside the journal.
type Documents struct{ j *Journal }

var _ coffre.Depot = Documents{}

// Documents is the dossier's Depot.
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

const insereMorceau = "INSERT INTO scor_morceaux (id, n, octets) VALUES ($1, $2, $3)"

func (e *ecriture) Write(p []byte) (int, error) {
	e.tampon = append(e.tampon, p...)
	e.taille += int64(len(p))
	for len(e.tampon) > tailleMorceau {
		if _, err := e.d.j.pool.Exec(e.ctx, insereMorceau, e.id, e.n, e.tampon[:tailleMorceau]); err != nil {
			return 0, traduire(err)
		}
		e.n++
		e.tampon = append(e.tampon[:0], e.tampon[tailleMorceau:]...)
	}
	return len(p), nil
}

func (e *ecriture) Valider(ctx context.Context, nom string) error {
	err := pgx.BeginFunc(ctx, e.d.j.pool, func(tx pgx.Tx) error {
		r, err := tx.Exec(ctx, "INSERT INTO scor_documents (dossier, nom, id, taille) VALUES ($1, $2, $3, $4) ON CONFLICT "+
			"DO NOTHING", e.d.j.dossier, nom, e.id, e.taille)
		if err != nil {
			return err
		}
		if r.RowsAffected() == 0 {
			_, err = tx.Exec(ctx, "DELETE FROM scor_morceaux WHERE id = $1", e.id)
			return err
		}
		_, err = tx.Exec(ctx, insereMorceau, e.id, e.n, append([]byte{}, e.tampon...)) // never nil, which is NULL
		return err
	})
	e.fini = err == nil
	if err != nil {
		return traduire(err)
	}
	return nil
}

// Remplacer implements coffre.Ecriture.
func (e *ecriture) Remplacer(ctx context.Context, nom string) error {
	err := pgx.BeginFunc(ctx, e.d.j.pool, func(tx pgx.Tx) error {
		var ancien int64
		err := tx.QueryRow(ctx, "SELECT id FROM scor_documents WHERE dossier = $1 AND nom = $2 FOR UPDATE", e.d.j.dossier,
			nom).Scan(&ancien)
		if errors.Is(err, pgx.ErrNoRows) {
			return &fs.PathError{Op: "replace", Path: nom, Err: fs.ErrNotExist}
		}
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue("UPDATE scor_documents SET id = $3, taille = $4 WHERE dossier = $1 AND nom = $2", e.d.j.dossier, nom, e.id,
			e.taille)
		b.Queue("DELETE FROM scor_morceaux WHERE id = $1", ancien)
		b.Queue(insereMorceau, e.id, e.n, append([]byte{}, e.tampon...))
		return tx.SendBatch(ctx, b).Close()
	})
	e.fini = err == nil
	if err != nil {
		return traduire(err)
	}
	return nil
}

func (e *ecriture) Abandonner() {
	if e.fini || e.n == 0 {
		return
	}
	e.fini = true
	// What can't be removed now is removed by Nettoyer.
	_, _ = e.d.j.pool.Exec(context.WithoutCancel(e.ctx), "DELETE FROM scor_morceaux WHERE id = $1", e.id)
}

// Open implements coffre.Depot.
func (d Documents) Open(ctx context.Context, nom string) (io.ReadCloser, error) {
	l := &lecteur{d: d, ctx: ctx}
	// With its first chunk, most often the only one: a document is one exchange.
	err := d.j.pool.QueryRow(ctx, "SELECT d.id, d.taille, m.octets FROM scor_documents d LEFT JOIN scor_morceaux m ON "+
		"m.id = d.id AND m.n = 0 WHERE dossier = $1 AND nom = $2", d.j.dossier, nom).Scan(&l.id, &l.reste, &l.b)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, &fs.PathError{Op: "open", Path: nom, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, traduire(err)
	}
	if len(l.b) > 0 {
		l.n, l.reste = 1, max(0, l.reste-int64(len(l.b)))
	}
	return l, nil
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
		err := l.d.j.pool.QueryRow(l.ctx, "SELECT octets FROM scor_morceaux WHERE id = $1 AND n = $2", l.id, l.n).Scan(&l.b)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && len(l.b) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, traduire(err)
		}
		l.n++
		l.reste = max(0, l.reste-int64(len(l.b)))
	}
	n := copy(p, l.b)
	l.b = l.b[n:]
	return n, nil
}

func (l *lecteur) Close() error { return nil }

// Supprimer implements coffre.Depot.
func (d Documents) Supprimer(ctx context.Context, nom string) error {
	_, err := d.j.pool.Exec(ctx, `WITH s AS (DELETE FROM scor_documents WHERE dossier = $1 AND nom = $2 RETURNING id)
		DELETE FROM scor_morceaux WHERE id IN (SELECT id FROM s)`, d.j.dossier, nom)
	if err != nil {
		return traduire(err)
	}
	return nil
}

// Lister implements coffre.Depot.
func (d Documents) Lister(ctx context.Context) iter.Seq2[coffre.Entree, error] {
	return parcourir(ctx, d.j.pool, func(rows pgx.CollectableRow) (e coffre.Entree, err error) {
		err = rows.Scan(&e.Nom, &e.Taille)
		return e, err
	}, "SELECT nom, taille FROM scor_documents WHERE dossier = $1 ORDER BY nom", d.j.dossier)
}

// Nettoyer removes what interrupted writings left in the whole database; call it when nothing else writes documents.
func (d Documents) Nettoyer(ctx context.Context) error {
	_, err := d.j.pool.Exec(ctx, "DELETE FROM scor_morceaux m WHERE NOT EXISTS (SELECT 1 FROM scor_documents d WHERE "+
		"d.id = m.id)")
	if err != nil {
		return traduire(err)
	}
	return nil
}
