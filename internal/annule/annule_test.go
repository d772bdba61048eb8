package annule

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// What is read and written passes until the context ends, and its reason is the error.
func TestAnnule(t *testing.T) {
	ctx, fin := context.WithCancel(t.Context())
	var b bytes.Buffer
	r, at, w := Reader(ctx, strings.NewReader("abcd")), ReaderAt(ctx, strings.NewReader("abcd")), Writer(ctx, &b)
	if n, err := io.CopyN(w, r, 2); n != 2 || err != nil || b.String() != "ab" {
		t.Error(n, err, b.String())
	}
	if n, err := at.ReadAt(make([]byte, 2), 1); n != 2 || err != nil {
		t.Error(n, err)
	}
	fin()
	for nom, f := range map[string]func() (int, error){
		"Read":   func() (int, error) { return r.Read(make([]byte, 1)) },
		"Write":  func() (int, error) { return w.Write([]byte("x")) },
		"ReadAt": func() (int, error) { return at.ReadAt(make([]byte, 1), 0) },
	} {
		if n, err := f(); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %d %v", nom, n, err)
		}
	}
}
