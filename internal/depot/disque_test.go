package depot

import (
	"errors"
	"os"
	"testing"
)

// A file has its name only once its bytes are on disk: without the sync, or when it fails, there is no name. A power
// loss would leave an empty file under it.
func TestSurDisque(t *testing.T) {
	d, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n := 0
	d.sync = func(f *os.File) error { n++; return f.Sync() }
	if err := d.Write("a", []byte("x"), Remplacer); err != nil || n != 1 {
		t.Errorf("%d syncs, %v", n, err)
	}
	panne := errors.New("disk gone")
	d.sync = func(*os.File) error { return panne }
	if err := d.Write("b", []byte("x"), Remplacer); !errors.Is(err, panne) {
		t.Errorf("%v", err)
	}
	if _, err := d.Stat("b"); err == nil {
		t.Error("a file that may not be on disk has its name")
	}
}
