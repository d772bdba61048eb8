package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // driver "sqlite"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ErrFerme says that the journal was closed.
var ErrFerme = errors.New("sqlite: journal closed")

// Journal is a journal in a file. It implements journal.Journal.
type Journal struct {
	chemin   string
	ecrivain *sql.DB // one connection, used by the writing goroutine alone
	lecteur  *sql.DB
	horloge  func() time.Time

	demandes chan *demande
	arret    chan struct{}
	fini     chan struct{}
	une      sync.Once
	errFin   error
}

var _ journal.Journal = (*Journal)(nil)

// Option changes how a file is opened.
type Option func(*Journal)

// WithHorloge times the leases; the default is time.Now.
func WithHorloge(h func() time.Time) Option { return func(j *Journal) { j.horloge = h } }

// Ouvrir opens or makes the file.
func Ouvrir(ctx context.Context, chemin string, opts ...Option) (*Journal, error) {
	if strings.HasPrefix(chemin, ":") || chemin == "" {
		return nil, errors.New("sqlite: a journal needs a file")
	}
	abs, err := filepath.Abs(chemin)
	if err != nil {
		return nil, err
	}
	// Made here, SQLite would give it the umask's permissions; -wal and -shm take those of the file.
	f, err := os.OpenFile(abs, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	j := &Journal{chemin: abs, horloge: time.Now, demandes: make(chan *demande, 256), arret: make(chan struct{}), fini: make(chan struct{})}
	for _, o := range opts {
		o(j)
	}
	if j.ecrivain, err = sql.Open("sqlite", source(abs, "_txlock=immediate&_pragma=journal_mode(WAL)")); err != nil {
		return nil, err
	}
	j.ecrivain.SetMaxOpenConns(1)
	if err := migrer(ctx, j.ecrivain); err != nil {
		return nil, errors.Join(err, j.ecrivain.Close())
	}
	if j.lecteur, err = sql.Open("sqlite", source(abs, "_pragma=query_only(1)")); err != nil {
		return nil, errors.Join(err, j.ecrivain.Close())
	}
	j.lecteur.SetMaxOpenConns(max(4, runtime.GOMAXPROCS(0)))
	go j.ecrire()
	return j, nil
}

func source(chemin, plus string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(chemin)}
	if runtime.GOOS == "windows" {
		u.Path = "/" + u.Path
	}
	return u.String() + "?_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)&_pragma=fullfsync(1)&_pragma=cache_size(-16000)&" + plus
}

// Close waits for the writes under way and closes the file.
func (j *Journal) Close() error {
	j.une.Do(func() {
		close(j.arret)
		<-j.fini
		j.errFin = errors.Join(j.lecteur.Close(), j.ecrivain.Close())
	})
	return j.errFin
}

// demande is something to write: events, or acts, in a transaction shared with others.
type demande struct {
	ctx   context.Context
	evs   []journal.Evenement
	acte  func(context.Context, *sql.Tx) error
	issue chan error
}

const groupeMax = 256

// ecrire is the one writer: it takes what waits, writes it in one transaction, and answers.
func (j *Journal) ecrire() {
	defer close(j.fini)
	g := make([]*demande, 0, groupeMax)
	for {
		g = g[:0]
		select {
		case d := <-j.demandes:
			g = append(g, d)
		case <-j.arret:
			for {
				select {
				case d := <-j.demandes:
					d.issue <- ErrFerme
				default:
					return
				}
			}
		}
	plein:
		for len(g) < groupeMax {
			select {
			case d := <-j.demandes:
				g = append(g, d)
			default:
				break plein
			}
		}
		for d, err := range j.transaction(g) {
			d.issue <- err
		}
	}
}

func (j *Journal) soumettre(ctx context.Context, d *demande) error {
	d.ctx, d.issue = ctx, make(chan error, 1)
	select {
	case <-j.arret:
		return ErrFerme
	default:
	}
	select {
	case j.demandes <- d:
	case <-ctx.Done():
		return ctx.Err()
	case <-j.arret:
		return ErrFerme
	}
	// Once submitted the answer is waited for: giving up here would leave the caller not knowing.
	select {
	case err := <-d.issue:
		return err
	case <-j.fini:
		select {
		case err := <-d.issue:
			return err
		default:
			return ErrFerme
		}
	}
}

// transaction writes g and says what became of each. A failure of the transaction is everybody's; a refused demand is its own.
func (j *Journal) transaction(g []*demande) map[*demande]error {
	issues := make(map[*demande]error, len(g))
	ctx := context.Background()
	err := func() error {
		tx, err := j.ecrivain.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		var groupes [][]journal.Evenement
		var auteurs []*demande
		for _, d := range g {
			if err := d.ctx.Err(); err != nil {
				issues[d] = err
				continue
			}
			if d.acte == nil {
				groupes, auteurs = append(groupes, d.evs), append(auteurs, d)
				continue
			}
			if _, err := tx.ExecContext(ctx, "SAVEPOINT acte"); err != nil {
				return err
			}
			if err := d.acte(ctx, tx); err != nil {
				issues[d] = err
				if _, err := tx.ExecContext(ctx, "ROLLBACK TO acte"); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(ctx, "RELEASE acte"); err != nil {
				return err
			}
		}
		if len(groupes) > 0 {
			tete, err := lireTete(ctx, tx)
			if err != nil {
				return err
			}
			w, errs, err := journal.Preparer(tete, func(refs []journal.Ref) (map[journal.Ref]journal.Objet, error) {
				return lireObjets(ctx, tx, refs)
			}, groupes...)
			if err != nil {
				return err
			}
			for i, err := range errs {
				if err != nil {
					issues[auteurs[i]] = err
				}
			}
			if err := inscrire(ctx, tx, &w); err != nil {
				return err
			}
		}
		return tx.Commit()
	}()
	for _, d := range g {
		if err != nil {
			issues[d] = fmt.Errorf("sqlite: %w", err)
		} else if _, refus := issues[d]; !refus {
			issues[d] = nil
		}
	}
	return issues
}

// Ajouter implements journal.Journal.
func (j *Journal) Ajouter(ctx context.Context, evs []journal.Evenement) error {
	return j.soumettre(ctx, &demande{evs: evs})
}

func (j *Journal) agir(ctx context.Context, acte func(context.Context, *sql.Tx) error) error {
	return j.soumettre(ctx, &demande{acte: acte})
}
