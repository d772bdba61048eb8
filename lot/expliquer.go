package lot

import (
	"bytes"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// Expliquer reads a file of lots as [Decode] does, and gives besides what each of its bytes is for: for who writes a
// profile, or compares a file with the specification on paper.
func Expliquer(b []byte, p *scor.Profil) ([]disposition.Morceau, *Fichier, error) {
	x := nouveauBatisseur(p)
	ms, err := p.Lot.Expliquer(b, x)
	x.finFichier()
	return ms, x.f, joindreErreurs(err, x.errs)
}

// ExpliquerARL reads the ARL of a file as [DecodeARL] does, and gives besides what each of its bytes is for.
func ExpliquerARL(b []byte, format *scor.FormatARL, p *scor.Profil) ([]disposition.Morceau, []*ARL, error) {
	ms, err := format.Fichier.Expliquer(b, &lectureARL{p: p, porteSens: format.Fichier.Porte("arl.sens")})
	arls, errARL := DecodeARL(bytes.NewReader(b), format, p)
	if errARL != nil {
		err = errARL // which holds the reading's, and what only the whole shows
	}
	return ms, arls, err
}
