package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// preparees is a database whose readings are prepared once each: parsing a statement takes as long as a page of rows.
type preparees struct {
	*sql.DB
	mu           sync.Mutex
	instructions map[string]*sql.Stmt
}

// preparesMax bounds the statements that are kept: a search has some dozens of forms.
const preparesMax = 200

func ouvrirPreparees(source string) (*preparees, error) {
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, err
	}
	return &preparees{DB: db, instructions: map[string]*sql.Stmt{}}, nil
}

// instruction is texte prepared, nil if it can't be, or needn't.
func (p *preparees) instruction(ctx context.Context, texte string) *sql.Stmt {
	p.mu.Lock()
	s, ok := p.instructions[texte]
	plein := len(p.instructions) >= preparesMax
	p.mu.Unlock()
	if ok || plein {
		return s
	}
	s, err := p.DB.PrepareContext(ctx, texte) // waits for a connection: not under the lock
	if err != nil {
		return nil // said by who runs it
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if autre, deja := p.instructions[texte]; deja {
		_ = s.Close() // nobody ran it
		return autre
	}
	p.instructions[texte] = s
	return s
}

// QueryContext is that of the database.
func (p *preparees) QueryContext(ctx context.Context, texte string, args ...any) (*sql.Rows, error) {
	if s := p.instruction(ctx, texte); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return p.DB.QueryContext(ctx, texte, args...)
}

// QueryRowContext is that of the database.
func (p *preparees) QueryRowContext(ctx context.Context, texte string, args ...any) *sql.Row {
	if s := p.instruction(ctx, texte); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return p.DB.QueryRowContext(ctx, texte, args...)
}

// actes are the statements of the writer's connection by which acts are told apart and documents kept, prepared when it
// is opened: later, its transactions hold it.
type actes struct{ point, relache, document, morceau *sql.Stmt }

func preparerActes(ctx context.Context, db *sql.DB) (a actes, err error) {
	for _, x := range []struct {
		s     **sql.Stmt
		texte string
	}{{&a.point, "SAVEPOINT acte"}, {&a.relache, "RELEASE acte"},
		{&a.document, "INSERT INTO documents VALUES (?,?,?) ON CONFLICT DO NOTHING"},
		{&a.morceau, "INSERT INTO morceaux VALUES (?,?,?)"}} {
		if *x.s, err = db.PrepareContext(ctx, x.texte); err != nil {
			return a, err
		}
	}
	return a, nil
}
