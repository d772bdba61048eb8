package pdfentree

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// preScan inflates, to nowhere, the streams that pdfcpu inflates as it reads a file (object streams and
// cross-reference streams), and refuses the file if together they would take more than a quarter of limit. It finds
// them by their dictionaries' text; a dictionary that is too long to be seen whole is taken for one.
func preScan(ctx context.Context, r io.ReaderAt, size, limit int64) error {
	const window = 1 << 20
	const overlap = 4 << 10 // room for a dictionary before the keyword
	left := limit / 4
	buf := make([]byte, min(size, window+overlap))
	var zr io.ReadCloser
	for at := int64(0); at < size; at += window {
		if err := ctx.Err(); err != nil {
			return err
		}
		start := max(at-overlap, 0)
		n := min(at+window, size) - start
		b := buf[:min(n, int64(len(buf)))]
		if k, err := r.ReadAt(b, start); k < len(b) && err != io.EOF {
			return err
		} else if k < len(b) {
			b = b[:k]
		}
		for from := 0; ; {
			i := bytes.Index(b[from:], []byte("stream"))
			if i < 0 {
				break
			}
			i += from
			from = i + len("stream")
			if start+int64(from) <= at && at > 0 || i >= 3 && string(b[i-3:i]) == "end" {
				continue // seen whole in the window before, or the end of a stream
			}
			dict := b[max(0, i-overlap):i]
			if o := bytes.LastIndex(dict, []byte("obj")); o >= 0 {
				dict = unescapeText(dict[o:])
				if !bytes.Contains(dict, []byte("ObjStm")) && !bytes.Contains(dict, []byte("XRef")) {
					continue
				}
				if unusualFilters(dict) {
					return &pdfin.Refusal{Reason: pdfin.ErrDamaged,
						What: fmt.Sprintf("object stream at offset %d with filters that no program writes", start+int64(i))}
				}
			}
			var err error
			if zr, err = measure(ctx, zr, r, start+int64(from), size, &left); err != nil {
				return err
			}
		}
	}
	return nil
}

// unescapeText resolves #xx in a dictionary's text, wherever it stands.
func unescapeText(dict []byte) []byte {
	if !bytes.ContainsRune(dict, '#') {
		return dict
	}
	out := make([]byte, 0, len(dict))
	for i := 0; i < len(dict); i++ {
		c := dict[i]
		if c == '#' && i+2 < len(dict) {
			if v, err := strconv.ParseUint(string(dict[i+1:i+3]), 16, 8); err == nil {
				c = byte(v)
				i += 2
			}
		}
		out = append(out, c)
	}
	return out
}

// unusualFilters says whether a dictionary names filters other than one FlateDecode.
func unusualFilters(dict []byte) bool {
	for _, name := range []string{"ASCIIHexDecode", "ASCII85Decode", "LZWDecode", "RunLengthDecode", "/AHx", "/A85",
		"/LZW", "/RL"} {
		if bytes.Contains(dict, []byte(name)) {
			return true
		}
	}
	return bytes.Count(dict, []byte("FlateDecode")) > 1
}

// measure takes what a Flate stream inflates to from left. What isn't one takes nothing: pdfcpu refuses it by itself.
func measure(ctx context.Context, zr io.ReadCloser, r io.ReaderAt, at, size int64, left *int64) (io.ReadCloser, error) {
	var eol [2]byte
	if n, _ := r.ReadAt(eol[:], at); n == 2 {
		switch {
		case eol[0] == '\r' && eol[1] == '\n':
			at += 2
		case eol[0] == '\n' || eol[0] == '\r':
			at++
		}
	}
	src := io.NewSectionReader(r, at, size-at)
	if zr == nil {
		fresh, err := zlib.NewReader(src)
		if err != nil {
			return nil, nil
		}
		zr = fresh
	} else if err := zr.(zlib.Resetter).Reset(src, nil); err != nil {
		return zr, nil
	}
	n, err := io.Copy(&discard{ctx}, io.LimitReader(zr, *left+1))
	if ctx.Err() != nil {
		return zr, ctx.Err()
	}
	*left -= n
	if *left < 0 {
		return zr, &pdfin.Refusal{Reason: pdfin.ErrTooLarge,
			What: fmt.Sprintf("object streams that inflate to more than a limit; the one at offset %d passes it", at)}
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil // a reader in error is made afresh
	}
	return zr, nil
}

// discard is io.Discard that ends with a context.
type discard struct{ ctx context.Context }

func (d *discard) Write(p []byte) (int, error) { return len(p), d.ctx.Err() }
