package transport

import "io"

// Composer writes a message.
func Composer(w io.Writer, m *Message) error { return errPasImplante }
