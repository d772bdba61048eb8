package transport

import (
	"fmt"
	"io"
)

// Secret is a password or a token: it's masked wherever it could be printed or
// marshalled. string(s) gives it to a protocol.
type Secret string

func (s Secret) masque() string {
	if s == "" {
		return ""
	}
	return "***"
}

// String masks the secret.
func (s Secret) String() string { return s.masque() }

// Format masks the secret, whatever the verb: for %d and %x, fmt would not ask String.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.masque()) }

// MarshalText masks the secret, in JSON and YAML as well.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.masque()), nil }
