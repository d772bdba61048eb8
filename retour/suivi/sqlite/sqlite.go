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

	moteur "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/internal/groupe"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ErrFerme says that the journal was closed.
var ErrFerme = groupe.ErrFerme

// Journal is a journal in a file. It implements journal.Journal.
type Journal struct {
	chemin   string
	ecrivain *sql.DB // one connection, used by the writing goroutine alone once open
	lecteur  *preparees
	horloge  func() time.Time
	// Statements of the writer's connection and of the readers'.
	inscription        inscription
	lectureW, lectureR lecture
	actes              actes
	connus             connus

	// What the file beside this one says: see temoin.go.
	accepteAncien, ancien bool
	temoigne              uint64
	temoin                time.Time
	tete                  journal.Tete

	file   *groupe.File[demande]
	une    sync.Once
	errFin error
}

var _ journal.Journal = (*Journal)(nil)

// Option changes how a file is opened.
type Option func(*Journal)

// WithHorloge times the leases; the default is time.Now.
func WithHorloge(h func() time.Time) Option { return func(j *Journal) { j.horloge = h } }

// Open opens or makes the file.
func Open(ctx context.Context, chemin string, opts ...Option) (*Journal, error) {
	if strings.HasPrefix(chemin, ":") || chemin == "" {
		return nil, errors.New("sqlite: a journal needs a file")
	}
	abs, err := filepath.Abs(chemin)
	if err != nil {
		return nil, err
	}
	// Made here, SQLite would give it the umask's permissions; -wal and -shm take those of the file.
	if err := creer(abs); err != nil {
		return nil, err
	}
	j := &Journal{chemin: abs, horloge: time.Now}
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
	if err := j.controlerTemoin(ctx); err != nil {
		return nil, errors.Join(err, j.ecrivain.Close())
	}
	if j.lecteur, err = ouvrirPreparees(source(abs, "_pragma=query_only(1)")); err != nil {
		return nil, errors.Join(err, j.ecrivain.Close())
	}
	lecteurs := max(4, runtime.GOMAXPROCS(0))
	j.lecteur.SetMaxOpenConns(lecteurs)
	j.lecteur.SetMaxIdleConns(lecteurs) // one that is closed takes its prepared statements with it
	if j.lectureW, err = preparerLecture(ctx, j.ecrivain); err == nil {
		j.lectureR, err = preparerLecture(ctx, j.lecteur.DB)
	}
	if err == nil {
		j.actes, err = preparerActes(ctx, j.ecrivain)
	}
	if err != nil {
		return nil, errors.Join(err, j.lecteur.Close(), j.ecrivain.Close())
	}
	j.file = groupe.New(groupeMax, j.transaction)
	return j, nil
}

// creer makes the file if it isn't there. One that is there isn't opened: closing it would drop the locks that another
// Journal of this process holds on it, as POSIX has it.
func creer(chemin string) error {
	if _, err := os.Stat(chemin); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(chemin, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) { // made in between
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func source(chemin, plus string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(chemin)}
	if runtime.GOOS == "windows" {
		u.Path = "/" + u.Path
	}
	return u.String() + "?_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)&_pragma=fullfsync(1)&_pragma=cache_size(-16000)&_pragma=wal_autocheckpoint(8000)" +
		"&_pragma=secure_delete(1)&" + plus
}

// Close waits for the writes under way and closes the file.
func (j *Journal) Close() error {
	j.une.Do(func() {
		j.file.Close()
		j.temoigner(j.tete)
		j.inscription.fermer()
		j.errFin = errors.Join(j.lecteur.Close(), j.ecrivain.Close())
	})
	return j.errFin
}

// demande is something to write: events, or an act, in a transaction shared with others.
type demande struct {
	evs  []journal.Evenement
	acte func(context.Context, *sql.Tx) error
	// surConnexion is an act that needs the connection of the transaction.
	surConnexion func(context.Context, *sql.Conn, *sql.Tx) error
}

const groupeMax = 256

// transaction writes g and says what became of each. A failure of the transaction is everybody's; a refused demand is
// its own.
func (j *Journal) transaction(g []*groupe.Demande[demande]) []error {
	issues, err := j.tenter(g, journal.PreparerNeufs)
	if unique(err) {
		// An object given as new exists already: whose it is, is found by reading them all.
		issues, err = j.tenter(g, journal.Preparer)
	}
	if err != nil {
		for i := range issues {
			issues[i] = fmt.Errorf("sqlite: %w", err)
		}
	}
	return issues
}

func unique(err error) bool {
	var e *moteur.Error
	return errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}

type preparation func(journal.Tete, journal.Source, ...[]journal.Evenement) (journal.Ecriture, []error, error)

func (j *Journal) tenter(g []*groupe.Demande[demande], preparer preparation) ([]error, error) {
	issues := make([]error, len(g))
	ctx := context.Background()
	c, err := j.ecrivain.Conn(ctx)
	if err != nil {
		return issues, err
	}
	defer c.Close()
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return issues, err
	}
	defer tx.Rollback()
	var groupes [][]journal.Evenement
	var auteurs []int
	for i, d := range g {
		if issues[i] = d.Fini(); issues[i] != nil {
			continue
		}
		if f := d.Valeur.surConnexion; f != nil {
			d.Valeur.acte = func(ctx context.Context, tx *sql.Tx) error { return f(ctx, c, tx) }
		}
		if d.Valeur.acte == nil {
			groupes, auteurs = append(groupes, d.Valeur.evs), append(auteurs, i)
			continue
		}
		if issues[i], err = j.agirDans(ctx, tx, d.Valeur.acte); err != nil {
			return issues, err
		}
	}
	var w journal.Ecriture
	if len(groupes) > 0 {
		tete, err := lireTete(ctx, tx)
		if err != nil {
			return issues, err
		}
		var errs []error
		w, errs, err = preparer(tete, j.connus.source(ctx, tx, &j.lectureW, tete), groupes...)
		if err != nil {
			return issues, err
		}
		for i, err := range errs {
			issues[auteurs[i]] = err
		}
		if err := j.inscription.inscrire(ctx, c, &w); err != nil {
			return issues, err
		}
	}
	if err := tx.Commit(); err != nil {
		j.connus.oublier()
		return issues, err
	}
	if len(w.Evenements) > 0 {
		j.connus.retenir(&w)
		j.tete = w.Tete
		if n := time.Now(); n.Sub(j.temoin) >= entreTemoins {
			j.temoin = n
			j.temoigner(w.Tete)
		}
	}
	return issues, nil
}

// agirDans runs an act by itself: refus undoes it alone, the error undoes everything.
func (j *Journal) agirDans(ctx context.Context, tx *sql.Tx, acte func(context.Context, *sql.Tx) error) (refus,
	err error) {
	if _, err := tx.StmtContext(ctx, j.actes.point).ExecContext(ctx); err != nil {
		return nil, err
	}
	if refus = acte(ctx, tx); refus != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO acte"); err != nil {
			return refus, err
		}
	}
	_, err = tx.StmtContext(ctx, j.actes.relache).ExecContext(ctx)
	return refus, err
}

// Ajouter implements journal.Journal.
func (j *Journal) Ajouter(ctx context.Context, evs []journal.Evenement) error {
	return j.file.Soumettre(ctx, demande{evs: evs})
}

func (j *Journal) agir(ctx context.Context, acte func(context.Context, *sql.Tx) error) error {
	return j.file.Soumettre(ctx, demande{acte: acte})
}
