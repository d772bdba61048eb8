package postgres

import (
	"context"
	"fmt"
)

// Lieu names the tables themselves, by what the server knows them by: those of a dump put back are others.
func (j *Journal) Lieu(ctx context.Context) (string, error) {
	var base, table uint32
	err := j.pool.QueryRow(ctx, "SELECT oid, 'scor_dossiers'::regclass::oid FROM pg_database WHERE datname = "+
		"current_database()").Scan(&base, &table)
	if err != nil {
		return "", traduire(err)
	}
	return fmt.Sprintf("p%x-%x", base, table), nil
}
