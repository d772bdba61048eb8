package suivi

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/masque"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Operation is something that a Suivi does: a round, the reading of a mailbox, the step of an object, the sending of a
// message. Its fields fit a span of OpenTelemetry or a line of log/slog; nothing in them is personal.
type Operation struct {
	Nom   string        // "ronde", "boite", "etape" or "envoi"
	Genre journal.Genre // of the object; "" for a round
	Cle   string
}

// LogValue implements slog.LogValuer.
func (o Operation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("nom", o.Nom), slog.String("genre", string(o.Genre)),
		slog.String("cle", cleMontree(o.Genre, o.Cle)))
}

// cleMontree is a key as logs may show it: those of pieces are the host's, who may have put an insured's number there.
func cleMontree(g journal.Genre, cle string) string {
	if g == journal.Piece {
		return masque.Identifiant(cle)
	}
	return cle
}

// LogValue implements slog.LogValuer.
func (f Fait) LogValue() slog.Value {
	return slog.GroupValue(slog.String("genre", string(f.Genre)), slog.String("cle", cleMontree(f.Genre, f.Cle)),
		slog.String("type", string(f.Type)), slog.String("texte", f.Texte), slog.Time("quand", f.Quand))
}

// Observateur watches what a Suivi does, from whichever goroutine does it, several at once; it must not block.
type Observateur interface {
	// Fait is told of each step once it is in the journal.
	Fait(ctx context.Context, f Fait)
	// Debut is told that an operation begins, and gives the context that it goes on with, perhaps with a span in it; what
	// it returns is called at the end, with the error if any.
	Debut(ctx context.Context, o Operation) (context.Context, func(error))
	// Progres says how many bytes of an operation have gone, of how many.
	Progres(ctx context.Context, o Operation, octets, total int64)
}

// ObservateurFaits is an Observateur of steps alone.
type ObservateurFaits func(Fait)

// Fait implements Observateur.
func (f ObservateurFaits) Fait(_ context.Context, x Fait) { f(x) }

// Debut implements Observateur.
func (ObservateurFaits) Debut(ctx context.Context, _ Operation) (context.Context, func(error)) {
	return ctx, func(error) {}
}

// Progres implements Observateur.
func (ObservateurFaits) Progres(context.Context, Operation, int64, int64) {}

// NewObservateurSlog writes steps, ends and errors to a logger: steps and starts at the level Debug, ends at Info,
// errors at Error.
func NewObservateurSlog(l *slog.Logger) Observateur { return observateurSlog{l} }

type observateurSlog struct{ l *slog.Logger }

func (o observateurSlog) Fait(ctx context.Context, f Fait) {
	o.l.DebugContext(ctx, "suivi: fait", "fait", f)
}

func (o observateurSlog) Debut(ctx context.Context, x Operation) (context.Context, func(error)) {
	debut := time.Now()
	o.l.DebugContext(ctx, "suivi: début", "operation", x)
	return ctx, func(err error) {
		if err != nil {
			o.l.ErrorContext(ctx, "suivi: échec", "operation", x, "duree", time.Since(debut), "erreur", err)
			return
		}
		o.l.InfoContext(ctx, "suivi: fin", "operation", x, "duree", time.Since(debut))
	}
}

func (o observateurSlog) Progres(ctx context.Context, x Operation, octets, total int64) {
	o.l.DebugContext(ctx, "suivi: progrès", "operation", x, "octets", octets, "total", total)
}

// operer tells the host's Observateur that an operation begins; the end is told by what it returns.
func (s *Suivi) operer(ctx context.Context, nom string, r journal.Ref) (context.Context, func(error)) {
	if s.c.Observateur == nil {
		return ctx, func(error) {}
	}
	return s.c.Observateur.Debut(ctx, Operation{nom, r.Genre, r.Cle})
}

// compteur tells the progress of a reading.
type compteur struct {
	io.ReadCloser
	dire func(int64)
	n    int64
}

func (c *compteur) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.n += int64(n)
	c.dire(c.n)
	return n, err
}

// suivreOctets has the bytes of an object told as they are read.
func (s *Suivi) suivreOctets(ctx context.Context, nom string, o *journal.Objet, r io.ReadCloser) io.ReadCloser {
	if s.c.Observateur == nil {
		return r
	}
	return &compteur{ReadCloser: r, dire: func(n int64) {
		s.c.Observateur.Progres(ctx, Operation{nom, o.Genre, o.Cle}, n, o.Octets)
	}}
}
