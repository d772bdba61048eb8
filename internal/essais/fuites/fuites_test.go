package fuites

import (
	"testing"
	"time"
)

// A goroutine of this module that waits for ever is found, and is gone once it ends.
func TestVivantes(t *testing.T) {
	if l := attendre(10 * time.Second); len(l) > 0 {
		t.Fatalf("before the test: %v", l)
	}
	fin, finie := make(chan struct{}), make(chan struct{})
	go func() { <-fin; close(finie) }()
	if len(vivantes()) != 1 {
		t.Error("a waiting goroutine isn't seen")
	}
	close(fin)
	<-finie
	if l := attendre(10 * time.Second); len(l) > 0 {
		t.Errorf("after its end: %v", l)
	}
}
