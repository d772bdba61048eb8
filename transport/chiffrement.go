package transport

import (
	"bytes"
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

func (c contenuSigne) signatures() []Signature { return signaturesDe(c.v.Signatures()) }

func signaturesDe(l []cms.Signature) []Signature {
	var out []Signature
	for _, s := range l {
		out = append(out, Signature(s))
	}
	return out
}

// empreintesMIME digests a content as it's signed: lines that end with CRLF (RFC 8551
// §3.1.1), whatever the way has made of them.
type empreintesMIME struct {
	e       *cms.Empreintes
	dernier byte
}

func (m *empreintesMIME) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			m.dernier = p[len(p)-1]
			_, err := m.e.Write(p)
			return total, err
		}
		if i > 0 {
			m.dernier = p[i-1]
		}
		fin := p[:i+1]
		if m.dernier != '\r' {
			fin = append(append([]byte(nil), p[:i]...), '\r', '\n')
		}
		if _, err := m.e.Write(fin); err != nil {
			return 0, err
		}
		m.dernier, p = '\n', p[i+1:]
	}
	return total, nil
}

func (o *Ouvreur) verifierDetachee(src io.Reader, m *empreintesMIME) ([]Signature, error) {
	s, err := cms.VerifierEmpreintes(src, m.e, cms.OptionsVerification{Racines: o.Racines, SansChaine: o.Racines == nil})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return signaturesDe(s), nil
}
