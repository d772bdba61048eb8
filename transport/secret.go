package transport

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

// GoString masks the secret.
func (s Secret) GoString() string { return s.masque() }

// MarshalText masks the secret, in JSON and YAML as well.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.masque()), nil }
