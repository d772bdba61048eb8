package main

import (
	"io"
	"sync"
)

// progresPartage lets pieces that are deposited side by side each write their line.
type progresPartage struct {
	mu sync.Mutex
	w  io.Writer
}

func (p *progresPartage) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.w.Write(b)
}
