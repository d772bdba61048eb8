// Package annule makes a reader or a writer fail once a context has ended: io's interfaces take none, and long copies
// have to stop.
package annule

import (
	"context"
	"io"
)

type lecteur struct {
	err func() error
	r   io.Reader
}

// Reader reads from r until ctx ends.
func Reader(ctx context.Context, r io.Reader) io.Reader { return lecteur{ctx.Err, r} }

func (l lecteur) Read(b []byte) (int, error) {
	if err := l.err(); err != nil {
		return 0, err
	}
	return l.r.Read(b)
}

type lecteurAt struct {
	err func() error
	r   io.ReaderAt
}

// ReaderAt reads from r until ctx ends.
func ReaderAt(ctx context.Context, r io.ReaderAt) io.ReaderAt { return lecteurAt{ctx.Err, r} }

func (l lecteurAt) ReadAt(b []byte, off int64) (int, error) {
	if err := l.err(); err != nil {
		return 0, err
	}
	return l.r.ReadAt(b, off)
}

type ecrivain struct {
	err func() error
	w   io.Writer
}

// Writer writes to w until ctx ends.
func Writer(ctx context.Context, w io.Writer) io.Writer { return ecrivain{ctx.Err, w} }

func (e ecrivain) Write(b []byte) (int, error) {
	if err := e.err(); err != nil {
		return 0, err
	}
	return e.w.Write(b)
}
