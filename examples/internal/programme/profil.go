package programme

import (
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Profil is the profile that the user names: the shipped ones, reference and scor-cp, by their names, any other by its
// file. "" is the program's own choice.
func Profil(nom, choix string, options ...scor.OptionProfil) (*scor.Profil, error) {
	if nom == "" {
		nom = choix
	}
	switch nom {
	case "reference":
		return scor.Reference()
	case "scor-cp":
		return scor.ScorCP()
	}
	f, err := Ouvrir(nom)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return scor.ParseProfil(f, filepath.Base(nom), options...)
}
