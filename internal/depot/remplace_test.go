package depot

import (
	"sync"
	"testing"
)

// TestLireCeQuiEstRemplace protects a reader beside a writer that replaces the file: it reads one content or the other,
// whole, and no error.
func TestLireCeQuiEstRemplace(t *testing.T) {
	d, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write("a", []byte("0"), Nouveau); err != nil {
		t.Fatal(err)
	}
	var g sync.WaitGroup
	fin := make(chan struct{})
	g.Go(func() {
		defer close(fin)
		for i := range 300 {
			if err := d.Write("a", []byte{byte('0' + i%10)}, Remplacer); err != nil {
				t.Error(err)
				return
			}
		}
	})
	lus := 0
	for encore := true; encore; lus++ {
		select {
		case <-fin:
			encore = false
		default:
		}
		if b, err := d.Read("a"); err != nil || len(b) != 1 {
			t.Errorf("%q, %v", b, err)
			break
		}
	}
	g.Wait()
	t.Logf("%d reads", lus)
}
