package kit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Reponse is what a subject answers to a vector: an object of JSON, with numbers as json.Number.
type Reponse map[string]any

// ErrSansObjet is what a subject answers to an operation that it doesn't do: the vector is neither passed nor failed.
var ErrSansObjet = errors.New("kit: the subject doesn't do this operation")

// Sujet is what is judged. Repondre is called from several goroutines; it must give up when ctx ends. An error other
// than ErrSansObjet is a failure of the case.
type Sujet interface {
	// Nom is for the report.
	Nom() string
	Repondre(ctx context.Context, v *Vecteur) (Reponse, error)
}

const reponseMax = 4 << 20

// ParseReponse reads what a program printed: one object of JSON.
func ParseReponse(b []byte) (Reponse, error) {
	if len(b) > reponseMax {
		return nil, fmt.Errorf("kit: answer of more than %d bytes", reponseMax)
	}
	var r Reponse
	if err := decoder(b, &r, false); err != nil {
		return nil, fmt.Errorf("kit: the answer is not an object of JSON: %w", err)
	}
	if r == nil {
		return nil, errors.New("kit: the answer is null, an object of JSON expected")
	}
	return r, nil
}

// NewReponse makes an answer of any value that is an object in JSON.
func NewReponse(v any) (Reponse, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return ParseReponse(b)
}
