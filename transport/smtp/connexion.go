package smtp

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"time"
)

// lusMax bounds what a relay can make us hold: a reply has as many lines as it
// wants. A TLS handshake takes some KiB, the replies of a message a few more.
const lusMax = 1 << 20

// connexion gives a deadline to the writes that go-smtp leaves without, those of
// the message, and an end to what is read.
type connexion struct {
	net.Conn
	ecriture time.Duration
	fixee    bool // a deadline was set from above
	lus      int
}

func (c *connexion) Read(p []byte) (int, error) {
	if c.lus >= lusMax {
		return 0, fmt.Errorf("smtp: the relay says more than %d bytes", lusMax)
	}
	n, err := c.Conn.Read(p[:min(len(p), lusMax-c.lus)])
	c.lus += n
	return n, err
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

// parLignes gives to go-smtp no more than the line that it waits for: what the relay
// says after it is for whoever reads the connection next.
type parLignes struct {
	net.Conn
	lu *bufio.Reader
}

func (c *parLignes) Read(p []byte) (int, error) {
	if _, err := c.lu.Peek(1); err != nil {
		return 0, err
	}
	b, err := c.lu.Peek(min(c.lu.Buffered(), len(p)))
	if err != nil {
		return 0, err
	}
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i+1]
	}
	n := copy(p, b)
	_, err = c.lu.Discard(n)
	return n, err
}
