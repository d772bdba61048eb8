package smtp

import (
	"net"
	"time"
)

// connexion gives a deadline to the writes that go-smtp leaves without: those of
// the message.
type connexion struct {
	net.Conn
	ecriture time.Duration
	fixee    bool // a deadline was set from above
}

func (c *connexion) SetDeadline(t time.Time) error {
	c.fixee = !t.IsZero()
	return c.Conn.SetDeadline(t)
}

func (c *connexion) Write(p []byte) (int, error) {
	if !c.fixee {
		if err := c.SetWriteDeadline(time.Now().Add(c.ecriture)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

// rejeu gives again bytes already read: go-smtp wants a greeting, and it was read
// before STARTTLS.
type rejeu struct {
	net.Conn
	lus []byte
}

func (r *rejeu) Read(p []byte) (int, error) {
	if len(r.lus) > 0 {
		n := copy(p, r.lus)
		r.lus = r.lus[n:]
		return n, nil
	}
	return r.Conn.Read(p)
}
