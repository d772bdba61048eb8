package frontal

import (
	"net"
	"testing"
)

// A slow connection that is closed ends at once, whatever it still had to wait.
func TestLenteurFermee(t *testing.T) {
	c, autre := net.Pipe()
	defer autre.Close()
	lente := &connFragile{Conn: c, entree: -1, sortie: -1, debit: 1, fin: make(chan struct{})}
	fini := make(chan struct{})
	go func() { lente.attendre(1 << 30); close(fini) }() // 34 years
	if err := lente.Close(); err != nil {
		t.Error(err)
	}
	<-fini
}
