package scor

// Decision is what the rules say of a kind of piece for an invoice.
type Decision uint8

const (
	// Requise: the piece has to be sent.
	Requise Decision = iota + 1
	// ReferenceAdmise: where the piece was already sent, its identifier goes instead of the document (series of acts); the
	// first time it is required.
	ReferenceAdmise
	// NonTransmise: the piece stays in the office or goes another way.
	NonTransmise
)

// String gives the decision in French.
func (d Decision) String() string {
	switch d {
	case Requise:
		return "à transmettre"
	case ReferenceAdmise:
		return "référence admise"
	case NonTransmise:
		return "non transmise"
	}
	return "indéterminée"
}

// Exigence is what the rules ask of one kind of piece for one invoice.
type Exigence struct {
	Type     string // a name of the profile's types_piece
	Decision Decision
	Motif    string // the reason, in French
	Source   string // where the rule stands
}
