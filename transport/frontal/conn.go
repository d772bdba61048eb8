package frontal

import (
	"net"
	"sync"
	"time"
)

// ecouteur hands out connections, each with the incidents of the moment.
type ecouteur struct {
	net.Listener
	f     *Frontal
	proto Protocole
}

func (e *ecouteur) Accept() (net.Conn, error) {
	c, err := e.Listener.Accept()
	if err != nil {
		return nil, err
	}
	p := &connFragile{Conn: c, entree: -1, sortie: -1, fin: make(chan struct{})}
	for _, i := range e.f.consommer(func(i Incident) bool {
		return i.proto() == e.proto && (i.Panne == Coupure || i.Panne == Lenteur || i.Panne == EchecTLS ||
			i.Panne == CertificatPerime)
	}) {
		switch {
		case i.Panne == Lenteur:
			p.debit = i.Debit
		case i.Panne == EchecTLS:
			p.sansTLS = true
		case i.Panne == CertificatPerime:
			p.perime = true
		case i.Sens == Sortie:
			p.sortie = i.Octet
		default:
			p.entree = i.Octet
		}
	}
	e.f.suivre(p)
	return p, nil
}

func (i Incident) proto() Protocole {
	if i.Protocole == "" {
		return SMTP
	}
	return i.Protocole
}

// connFragile cuts itself at a byte, or goes slowly.
type connFragile struct {
	net.Conn
	mu             sync.Mutex
	entree, sortie int64 // bytes left before the cut; -1 for none
	debit          int
	sansTLS        bool
	perime         bool
	clos           sync.Once
	fin            chan struct{} // closed with the connection
}

// Close ends a slow read or write at once.
func (c *connFragile) Close() error {
	c.clos.Do(func() { close(c.fin) })
	return c.Conn.Close()
}

// attendre takes the time of n bytes, unless the connection ends before.
func (c *connFragile) attendre(n int) {
	if c.debit <= 0 {
		return
	}
	t := time.NewTimer(time.Duration(n) * time.Second / time.Duration(c.debit))
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.fin:
	}
}

// borner tells how many of n bytes may pass.
func (c *connFragile) borner(reste *int64, n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if *reste < 0 {
		return n
	}
	n = int(min(int64(n), *reste))
	return n
}

func (c *connFragile) passer(reste *int64, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if *reste >= 0 {
		*reste -= int64(n)
	}
}

func (c *connFragile) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if c.debit > 0 {
		b = b[:min(len(b), max(1, c.debit/20))]
	}
	n := c.borner(&c.entree, len(b))
	if n == 0 {
		c.Close()
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(b[:n])
	c.passer(&c.entree, n)
	c.attendre(n)
	return n, err
}

func (c *connFragile) Write(b []byte) (int, error) {
	ecrits := 0
	for ecrits < len(b) {
		morceau := b[ecrits:]
		if c.debit > 0 {
			morceau = morceau[:min(len(morceau), max(1, c.debit/20))]
		}
		n := c.borner(&c.sortie, len(morceau))
		if n == 0 {
			c.Close()
			return ecrits, net.ErrClosed
		}
		n, err := c.Conn.Write(morceau[:n])
		ecrits += n
		c.passer(&c.sortie, n)
		c.attendre(n)
		if err != nil {
			return ecrits, err
		}
	}
	return ecrits, nil
}
