package transport

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/cms"
)

// signee is the walk of a multipart/signed (RFC 1847): its first part is digested as
// it's read, its second one verified.
type signee struct {
	*parcours
	empreintes *empreintesMIME
}

// nouvelleSignee is nil for any other multipart, and for signatures of another kind.
func nouvelleSignee(t string, params map[string]string, p *parcours) *signee {
	if t != "multipart/signed" || !typeSignature(params["protocol"]) {
		return nil
	}
	return &signee{p, &empreintesMIME{e: cms.NewEmpreintes()}}
}

func typeSignature(t string) bool {
	t = strings.ToLower(t)
	return t == "application/pkcs7-signature" || t == "application/x-pkcs7-signature"
}

func (s *signee) multipart(e entiteLue, m *lecteurMultipart, l lieu, yield func(*PartieRecue, error) bool) bool {
	s.groupes = append(s.groupes, m)
	defer func() { s.groupes = s.groupes[:len(s.groupes)-1] }()
	erreur := func(err error) bool {
		yield(nil, erreurForme("signed "+l.fils(1).chemin, err))
		return false
	}
	brut, err := m.suivante()
	if err == io.EOF {
		return yield(nil, fmt.Errorf("%w: the signed content is missing", ErrSignature))
	}
	if err != nil {
		return erreur(err)
	}
	lu := io.TeeReader(brut, s.empreintes)
	contenu, err := s.recu.lireEntite(lu, l.fils(1).chemin)
	if err != nil {
		return erreur(err)
	}
	if !s.entite(contenu, l.fils(1), yield) {
		return false
	}
	if _, err := io.Copy(io.Discard, lu); err != nil {
		return erreur(err)
	}
	if brut, err = m.suivante(); err == io.EOF {
		return yield(nil, fmt.Errorf("%w: it's announced, and missing", ErrSignature))
	} else if err != nil {
		return erreur(err)
	}
	detachee, err := s.recu.lireEntite(brut, l.fils(2).chemin)
	if err != nil {
		return erreur(err)
	}
	if !s.signature(detachee, l.fils(2), yield) {
		return false
	}
	if _, err := m.suivante(); err != io.EOF {
		return yield(nil, fmt.Errorf("%w: more parts than what is signed", ErrSignature))
	}
	if m.tronque {
		e.remarquer(ConstatSansFin)
	}
	return true
}

// signatureMax is more than signers and their certificates take.
const signatureMax = 4 << 20

// signature verifies, then passes the part with its verdict.
func (s *signee) signature(e entiteLue, l lieu, yield func(*PartieRecue, error) bool) bool {
	t, params := e.typeMedia()
	part := s.partie(e.entetes, l, t, params)
	b, err := io.ReadAll(io.LimitReader(decoder(e), signatureMax))
	part.contenu = bytes.NewReader(b)
	if err == nil {
		var signatures []Signature
		if signatures, err = s.verifierDetachee(bytes.NewReader(b), s.empreintes); err == nil {
			s.recu.Signatures = append(s.recu.Signatures, signatures...)
		}
	} else {
		err = erreurForme("signature "+part.Chemin, err)
	}
	if !s.compter() {
		err = fmt.Errorf("%w: more than %d parts", ErrTropGrand, s.PartiesMax)
	}
	return yield(part, err)
}
