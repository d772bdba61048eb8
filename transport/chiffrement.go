package transport

import (
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/cms"
)

// sansChiffrement reports whether the message goes in clear.
func (e *Enveloppe) sansChiffrement() bool { return e.Chiffrement == "" || e.Chiffrement == "aucun" }

func (e *Enveloppe) optionsCMS() (cms.Options, error) {
	algo, err := cms.ParseAlgorithme(e.Chiffrement)
	if err != nil {
		return cms.Options{}, erreurMessage("%v", err)
	}
	cle := cms.PKCS1v15
	if e.TransportCle != "" {
		if cle, err = cms.ParseTransportCle(e.TransportCle); err != nil {
			return cms.Options{}, erreurMessage("%v", err)
		}
	}
	return cms.Options{Algorithme: algo, Cle: cle, Destinataires: e.Certificats, Rand: e.Rand}, nil
}

// compteur counts what is written to it.
type compteur int64

func (c *compteur) Write(b []byte) (int, error) {
	*c += compteur(len(b))
	return len(b), nil
}

// chiffrer returns where to write the inner entity. entite writes it: DER states
// lengths before contents, so that it's run once for nothing but its length.
func chiffrer(dst io.Writer, e *Enveloppe, entite func(io.Writer) error) (io.WriteCloser, error) {
	o, err := e.optionsCMS()
	if err != nil {
		return nil, err
	}
	if !e.BER {
		var n compteur
		if err := entite(&n); err != nil {
			return nil, err
		}
		o.Taille = int64(n)
	}
	w, err := cms.NewEnveloppe(dst, o)
	var cle *cms.ErreurCle
	if errors.As(err, &cle) {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	return w, err
}

func dechiffrer(src io.Reader, cles []Cle) (io.Reader, error) {
	c := make([]cms.Cle, 0, len(cles))
	for _, k := range cles {
		c = append(c, cms.Cle(k))
	}
	r, err := cms.Ouvrir(src, c...)
	if errors.Is(err, cms.ErrDestinataire) {
		return nil, fmt.Errorf("%w: %w", ErrSansCle, err)
	}
	return r, err
}
