package smtp

import "github.com/scor-sdk/scor-sdk-go/transport"

// UnSeulEssai is the same sender, which tries once and never waits: a host whose journal owns the attempts, and their
// clock, asks for it.
func (e *Expediteur) UnSeulEssai() transport.Expediteur {
	n := *e
	n.reprises = UnEssai
	return &n
}
