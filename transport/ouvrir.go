package transport

import (
	"context"
	"io"
)

// Ouvrir reads the header of a message and prepares its parts.
func (o Ouvreur) Ouvrir(ctx context.Context, r io.Reader) (*Recu, error) { return nil, errPasImplante }
