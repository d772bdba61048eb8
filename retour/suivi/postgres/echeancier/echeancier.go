// Package echeancier runs the rounds of many offices by River (github.com/riverqueue/river), in the PostgreSQL that
// holds their journals: on every host the same program; River elects which one hands out the rounds, gives each round
// to one worker, and gives it again when that worker dies.
//
// A round (suivi.Avancer) is idempotent, and the journal alone decides what is sent: a round run twice, or by two
// workers at once, sends nothing twice.
package echeancier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
)

// Config of an Echeancier. Open and Dossiers are needed.
type Config struct {
	// Open gives the Suivi of a dossier, over its postgres.Journal. It's called at each round: keep what is costly.
	Open func(ctx context.Context, dossier string) (*suivi.Suivi, error)
	// Dossiers lists the offices.
	Dossiers func(ctx context.Context) ([]string, error)
	// Periode between two rounds of an office; 0: 5 minutes.
	Periode time.Duration
	// Paralleles is how many rounds this process runs at once; 0: 4.
	Paralleles int
	// DureeMax of a round; 0: 30 minutes.
	DureeMax time.Duration
	// Observateur is told of each round.
	Observateur func(dossier string, b suivi.BilanRonde, err error)
}

// Echeancier hands out and runs rounds.
type Echeancier struct {
	c      Config
	client *river.Client[pgx.Tx]
}

// File is the queue's name in River.
const File = "scor"

// Ronde is the job of one round of one office.
type Ronde struct {
	Dossier string `json:"dossier" river:"unique"`
}

// Kind names the job in River's table.
func (Ronde) Kind() string { return "scor-ronde" }

// InsertOpts keeps one round of an office at a time in the queue.
func (Ronde) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: File, MaxAttempts: 3, UniqueOpts: river.UniqueOpts{ByArgs: true,
		ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning,
			rivertype.JobStateScheduled}}}
}

// Tour is the periodic job that asks for a round of each office.
type Tour struct{}

// Kind names the job in River's table.
func (Tour) Kind() string { return "scor-tour" }

// InsertOpts keeps one tour at a time in the queue.
func (Tour) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: File, MaxAttempts: 1, UniqueOpts: Ronde{}.InsertOpts().UniqueOpts}
}

// New runs River's migrations and prepares a client; nothing runs before Start.
func New(ctx context.Context, pool *pgxpool.Pool, c Config) (*Echeancier, error) {
	if c.Open == nil || c.Dossiers == nil {
		return nil, errors.New("echeancier: Open and Dossiers are needed")
	}
	if c.Periode <= 0 {
		c.Periode = 5 * time.Minute
	}
	if c.Paralleles <= 0 {
		c.Paralleles = 4
	}
	if c.DureeMax <= 0 {
		c.DureeMax = 30 * time.Minute
	}
	pilote := riverpgxv5.New(pool)
	m, err := rivermigrate.New(pilote, nil)
	if err != nil {
		return nil, err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("echeancier: migrations of River: %w", err)
	}
	e := &Echeancier{c: c}
	ouvriers := river.NewWorkers()
	river.AddWorker(ouvriers, &ronde{e: e})
	river.AddWorker(ouvriers, &tour{e: e})
	e.client, err = river.NewClient(pilote, &river.Config{
		Queues:     map[string]river.QueueConfig{File: {MaxWorkers: c.Paralleles}},
		Workers:    ouvriers,
		JobTimeout: c.DureeMax,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(c.Periode),
			func() (river.JobArgs, *river.InsertOpts) { return Tour{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})},
	})
	if err != nil {
		return nil, fmt.Errorf("echeancier: %w", err)
	}
	return e, nil
}

// Start begins to run rounds, until Stop.
func (e *Echeancier) Start(ctx context.Context) error { return e.client.Start(ctx) }

// Stop lets the rounds under way end, until ctx does.
func (e *Echeancier) Stop(ctx context.Context) error { return e.client.Stop(ctx) }

// Demander asks for a round of an office now: after a deposit, or when a person decided something. If one is asked for
// already, that is it.
func (e *Echeancier) Demander(ctx context.Context, dossier string) error {
	_, err := e.client.Insert(ctx, Ronde{Dossier: dossier}, nil)
	return err
}

type ronde struct {
	river.WorkerDefaults[Ronde]
	e *Echeancier
}

func (w *ronde) Work(ctx context.Context, j *river.Job[Ronde]) error {
	s, err := w.e.c.Open(ctx, j.Args.Dossier)
	var b suivi.BilanRonde
	if err == nil {
		b, err = s.Avancer(ctx)
	}
	if w.e.c.Observateur != nil {
		w.e.c.Observateur(j.Args.Dossier, b, err)
	}
	if err != nil && b.Rien() {
		return err // tried again with River's growing wait
	}
	// What failed beside what went on is in the journal, with its own next time.
	return nil
}

type tour struct {
	river.WorkerDefaults[Tour]
	e *Echeancier
}

// parInsertion bounds one insertion.
const parInsertion = 1000

func (w *tour) Work(ctx context.Context, _ *river.Job[Tour]) error {
	dossiers, err := w.e.c.Dossiers(ctx)
	if err != nil {
		return err
	}
	for len(dossiers) > 0 {
		n := min(len(dossiers), parInsertion)
		jobs := make([]river.InsertManyParams, n)
		for i, d := range dossiers[:n] {
			jobs[i] = river.InsertManyParams{Args: Ronde{Dossier: d}}
		}
		if _, err := w.e.client.InsertMany(ctx, jobs); err != nil {
			return err
		}
		dossiers = dossiers[n:]
	}
	return nil
}
