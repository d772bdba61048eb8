package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/internal/groupe"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Errors of Open and after.
var (
	ErrFerme       = groupe.ErrFerme
	ErrPasDurable  = errors.New("postgres: synchronous_commit is off: what is said to be written could be lost")
	ErrSansDossier = errors.New("postgres: a journal needs the name of its dossier")
)

// Journal is the journal of one dossier. It implements journal.Journal.
type Journal struct {
	pool    *pgxpool.Pool
	apart   bool // the pool is the host's
	dossier int32
	file    *groupe.File[[]journal.Evenement]
	une     sync.Once
}

var _ journal.Journal = (*Journal)(nil)

// Open connects to dsn and opens, or begins, the journal of a dossier (an office, by the name that the host gives it).
func Open(ctx context.Context, dsn, dossier string) (*Journal, error) {
	c, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("postgres: connection string unreadable") // pgx's error may show the password
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	j, err := OpenPool(ctx, pool, dossier)
	if err != nil {
		pool.Close()
		return nil, err
	}
	j.apart = false
	return j, nil
}

// OpenPool is Open over a pool that the host shares between dossiers, and closes itself.
func OpenPool(ctx context.Context, pool *pgxpool.Pool, dossier string) (*Journal, error) {
	if dossier == "" {
		return nil, ErrSansDossier
	}
	var sync string
	if err := pool.QueryRow(ctx, "SHOW synchronous_commit").Scan(&sync); err != nil {
		return nil, err
	}
	if sync == "off" {
		return nil, ErrPasDurable
	}
	if err := migrer(ctx, pool); err != nil {
		return nil, err
	}
	j := &Journal{pool: pool, apart: true}
	err := pool.QueryRow(ctx, `WITH n AS (INSERT INTO scor_dossiers (nom) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id)
		SELECT id FROM n UNION ALL SELECT id FROM scor_dossiers WHERE nom = $1 LIMIT 1`, dossier).Scan(&j.dossier)
	if errors.Is(err, pgx.ErrNoRows) {
		// Another process inserted it in between.
		err = pool.QueryRow(ctx, "SELECT id FROM scor_dossiers WHERE nom = $1", dossier).Scan(&j.dossier)
	}
	if err != nil {
		return nil, err
	}
	j.file = groupe.New(groupeMax, j.transaction)
	return j, nil
}

// Close waits for the writes under way and closes what Open opened.
func (j *Journal) Close() error {
	j.une.Do(func() {
		j.file.Close()
		if !j.apart {
			j.pool.Close()
		}
	})
	return nil
}

const groupeMax = 256

// Ajouter implements journal.Journal.
func (j *Journal) Ajouter(ctx context.Context, evs []journal.Evenement) error {
	return j.file.Soumettre(ctx, evs)
}

func (j *Journal) transaction(g []*groupe.Demande[[]journal.Evenement]) []error {
	issues := make([]error, len(g))
	ctx := context.Background()
	var groupes [][]journal.Evenement
	var auteurs []int
	for i, d := range g {
		if issues[i] = d.Fini(); issues[i] == nil {
			groupes, auteurs = append(groupes, d.Valeur), append(auteurs, i)
		}
	}
	if len(groupes) == 0 {
		return issues
	}
	var errs []error
	err := j.echanger(ctx, groupes, &errs)
	for k, i := range auteurs {
		switch {
		case err != nil:
			issues[i] = traduire(err)
		default:
			issues[i] = errs[k]
		}
	}
	return issues
}

// echanger writes groups in three exchanges with the server, or four: the dossier's lock, which every worker waits for,
// is held no longer than the work under it.
func (j *Journal) echanger(ctx context.Context, groupes [][]journal.Evenement, errs *[]error) error {
	c, err := j.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	fini := false
	defer func() {
		if !fini { // a connection that is lost, or can't roll back, isn't given again
			if _, err := c.Exec(ctx, "rollback"); err != nil {
				_ = c.Conn().Close(ctx)
			}
		}
	}()
	tete, premiers, err := j.commencer(ctx, c, journal.Demandees(groupes...))
	if err != nil {
		return err
	}
	w, issues, err := journal.Preparer(tete, func(refs []journal.Ref) (map[journal.Ref]*journal.Objet, error) {
		if m := premiers; m != nil {
			premiers = nil
			return m, nil
		}
		return j.source(ctx, c, refs)
	}, groupes...)
	*errs = issues
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	if len(w.Evenements) > 0 {
		j.evenements(b, &w)
		j.derives(b, &w)
	}
	b.Queue("commit")
	err = c.SendBatch(ctx, b).Close()
	fini = err == nil
	return err
}

// commencer begins a transaction, takes the dossier's lock, and reads the head and objects under it.
func (j *Journal) commencer(ctx context.Context, c *pgxpool.Conn, refs []journal.Ref) (t journal.Tete,
	m map[journal.Ref]*journal.Objet, err error) {
	b := &pgx.Batch{}
	b.Queue("begin")
	b.Queue(lectureTete+" FOR UPDATE", j.dossier)
	requete, args := j.requeteObjets(refs)
	b.Queue(requete, args...) // a statement of its own: it sees what was committed before the lock was had
	r := c.SendBatch(ctx, b)
	defer func() { err = errors.Join(err, r.Close()) }()
	if _, err := r.Exec(); err != nil {
		return t, nil, err
	}
	if t, err = ligneTete(r.QueryRow()); err != nil {
		return t, nil, err
	}
	rows, err := r.Query()
	if err != nil {
		return t, nil, err
	}
	l, err := pgx.CollectRows(rows, ligneObjet)
	return t, parRef(l), err
}

// traduire keeps the server's details, which may quote data, out of the error.
func traduire(err error) error {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return fmt.Errorf("postgres: %s (SQLSTATE %s)", pe.Message, pe.Code)
	}
	return fmt.Errorf("postgres: %w", err)
}
