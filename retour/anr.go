package retour

import (
	"io"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

type rapport struct{}

func (r *rapport) partie(p *transport.PartieRecue, corps io.Reader) error { return nil }

func (l *lecture) anr() *ANR { return nil }
