package b2

import (
	"bytes"
	"io"
	"testing"
)

// A stream of 64 MiB goes through a buffer that does not grow.
func TestMemoireConstante(t *testing.T) {
	enr := func(ty Type) []byte {
		e, err := New(ty, PS, V2007)
		if err != nil {
			t.Fatal(err)
		}
		return e.Brut
	}
	facture := bytes.Join([][]byte{enr(T2), enr(T4), enr(T4), enr(T5)}, nil)
	const nombre = 128 << 10
	src := io.MultiReader(bytes.NewReader(enr(T000)), bytes.NewReader(enr(T1)), &boucle{b: facture, n: nombre},
		bytes.NewReader(enr(T6)), bytes.NewReader(enr(T999)))
	r := NewReader(src)
	n := 0
	for _, err := range r.Factures() {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != nombre {
		t.Errorf("%d invoices, want %d", n, nombre)
	}
	if len(r.t.buf) != tailleTampon {
		t.Errorf("a buffer of %d bytes, want %d", len(r.t.buf), tailleTampon)
	}
	if len(r.Constats()) > 0 {
		t.Error(r.Constats())
	}
}

// boucle gives the same bytes n times.
type boucle struct {
	b    []byte
	n, i int
}

func (r *boucle) Read(p []byte) (int, error) {
	k := 0
	for r.n > 0 && k < len(p) {
		c := copy(p[k:], r.b[r.i:])
		k += c
		if r.i += c; r.i == len(r.b) {
			r.i, r.n = 0, r.n-1
		}
	}
	if k == 0 {
		return 0, io.EOF
	}
	return k, nil
}
