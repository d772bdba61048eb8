package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
)

// lireParametres reads what the operation asks for. A name that it doesn't know is a fault of the vector.
func lireParametres(v *kit.Vecteur, dans any) error {
	b, err := json.Marshal(v.Parametres)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(dans); err != nil {
		return fmt.Errorf("sdk: %s: parametres: %w", v.ID, err)
	}
	return nil
}

// entree gives an input that the operation can't do without.
func entree(v *kit.Vecteur, nom string) (*bytes.Reader, error) {
	b := v.Octets(nom)
	if b == nil {
		return nil, fmt.Errorf("sdk: %s: the input %s is missing", v.ID, nom)
	}
	return bytes.NewReader(b), nil
}
