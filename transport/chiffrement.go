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
// lengths before contents, so that it's run once for nothing but its length. Not
// so when it's signed: a card would be asked twice, and some signatures vary in length.
func chiffrer(dst io.Writer, e *Enveloppe, entite func(io.Writer) error) (io.WriteCloser, error) {
	o, err := e.optionsCMS()
	if err != nil {
		return nil, err
	}
	if !e.BER && len(e.Signataires) == 0 {
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
	r, err := cms.Open(src, c...)
	if errors.Is(err, cms.ErrDestinataire) {
		return nil, fmt.Errorf("%w: %w", ErrSansCle, err)
	}
	return r, err
}

func signer(dst io.Writer, e *Enveloppe) (io.WriteCloser, error) {
	var o cms.OptionsSignature
	for _, s := range e.Signataires {
		o.Signataires = append(o.Signataires, cms.Signataire{Certificat: s.Certificat, Signer: s.Signer})
	}
	return cms.NewSignature(dst, o)
}

// contenuSigne is the content of a signed object; the signatures are known at its
// end.
type contenuSigne struct{ v *cms.Verification }

func (o *Ouvreur) verification(src io.Reader) (contenuSigne, error) {
	v, err := cms.Verifier(src, cms.OptionsVerification{Racines: o.Racines, SansChaine: o.Racines == nil})
	return contenuSigne{v}, err
}

func (c contenuSigne) Read(b []byte) (int, error) {
	n, err := c.v.Read(b)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return n, err
}

func (c contenuSigne) signatures() []Signature {
	var out []Signature
	for _, s := range c.v.Signatures() {
		out = append(out, Signature(s))
	}
	return out
}
