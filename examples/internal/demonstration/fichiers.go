package demonstration

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
)

// Creer makes a file that its owner alone reads, in place of one of that name; a link there isn't followed.
func Creer(chemin string) (*os.File, error) {
	if err := os.Remove(chemin); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(chemin, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// Cle makes a key of 32 bytes at the first run. A real program keeps it in the system's key store, not beside what it
// protects.
func Cle(chemin string) ([]byte, error) {
	cle, err := os.ReadFile(chemin)
	if err == nil && len(cle) == coffre.TailleCle {
		return cle, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	cle = make([]byte, coffre.TailleCle)
	if _, err := rand.Read(cle); err != nil {
		return nil, err
	}
	// Renamed into place whole: a run killed here must not leave half a key.
	if err := os.WriteFile(chemin+".tmp", cle, 0o600); err != nil {
		return nil, err
	}
	return cle, os.Rename(chemin+".tmp", chemin)
}

// Destination: the pieces go where the invoices' file goes. A program with invoices of its own asks its routing table
// (fse/routage) instead.
func Destination(f *fse.Fichier) (lot.Destination, error) {
	d := f.Destinataire
	if len(d) != 14 {
		return lot.Destination{}, fmt.Errorf("numéro de destinataire de %d caractères dans le fichier B2, 14 attendus",
			len(d))
	}
	regime, organisme := d[6:8], d[11:]
	return lot.Destination{Regime: regime, Organisme: organisme, Type: f.TypeDestinataire, Numero: d, Adresse: regime +
		organisme + "@" + organisme + "." + regime + ".rss.fr"}, nil
}
