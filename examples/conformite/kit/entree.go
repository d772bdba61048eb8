package kit

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"
)

// Entree is the content of a file, in the form that people read best. Exactly one of Lignes, Texte, Hexa, Base64 and
// Fichier is set.
type Entree struct {
	// Lignes are records or lines; Fin follows each of them, nothing when it is empty. Characters are written in
	// Latin-1 when Latin1 is set, in UTF-8 otherwise.
	Lignes []string `json:"lignes,omitempty"`
	Fin    string   `json:"fin,omitempty"`
	Texte  string   `json:"texte,omitempty"`
	Latin1 bool     `json:"latin1,omitempty"`
	Hexa   string   `json:"hexa,omitempty"` // blanks are left out
	Base64 string   `json:"base64,omitempty"`
	// Fichier is beside the vector, in its folder.
	Fichier string `json:"fichier,omitempty"`
}

const entreeMax = 8 << 20

func (e *Entree) octets(lire func(string) ([]byte, error)) ([]byte, error) {
	formes := 0
	for _, pris := range []bool{e.Lignes != nil, e.Texte != "", e.Hexa != "", e.Base64 != "", e.Fichier != ""} {
		if pris {
			formes++
		}
	}
	if formes != 1 {
		return nil, errors.New("one of lignes, texte, hexa, base64, fichier expected")
	}
	switch {
	case e.Lignes != nil:
		var b strings.Builder
		for _, l := range e.Lignes {
			b.WriteString(l + e.Fin)
		}
		return e.coder(b.String())
	case e.Texte != "":
		return e.coder(e.Texte)
	case e.Hexa != "":
		return hex.DecodeString(strings.Join(strings.Fields(e.Hexa), ""))
	case e.Base64 != "":
		return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(e.Base64), ""))
	}
	if lire == nil || e.Fichier != path.Base(e.Fichier) || !fs.ValidPath(e.Fichier) {
		return nil, errors.New("fichier: the name of a file beside the vector expected")
	}
	return lire(e.Fichier)
}

func (e *Entree) coder(s string) ([]byte, error) {
	if !e.Latin1 {
		return []byte(s), nil
	}
	b := make([]byte, 0, len(s))
	for _, c := range s {
		if c > 0xff {
			return nil, errors.New("a character is not of Latin-1")
		}
		b = append(b, byte(c))
	}
	return b, nil
}
