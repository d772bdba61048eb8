package sqlite

import "context"

// Lieu names the file itself, by what its file system knows it by: a copy, on this machine or another, has another one,
// whatever its name. "" where the file system doesn't tell.
func (j *Journal) Lieu(context.Context) (string, error) { return identite(j.chemin) }
