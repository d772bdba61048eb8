package fse

// Gravite is the severity of a finding.
type Gravite uint8

// Severities.
const (
	Information   Gravite = iota + 1 // worth knowing, nothing to correct
	Avertissement                    // unlikely, or a check whose rule is not certain
	Erreur                           // contradicts the norm or the file itself
)

// String returns the French word.
func (g Gravite) String() string {
	switch g {
	case Information:
		return "information"
	case Avertissement:
		return "avertissement"
	case Erreur:
		return "erreur"
	}
	return "?"
}

// MarshalText implements encoding.TextMarshaler with the word of String.
func (g Gravite) MarshalText() ([]byte, error) { return []byte(g.String()), nil }
