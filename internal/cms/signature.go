package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidTypeContenu   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidEmpreinte     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidDateSignature = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}

	oidECDSA = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA224: {1, 2, 840, 10045, 4, 3, 1},
		crypto.SHA256: {1, 2, 840, 10045, 4, 3, 2},
		crypto.SHA384: {1, 2, 840, 10045, 4, 3, 3},
		crypto.SHA512: {1, 2, 840, 10045, 4, 3, 4},
	}
	oidRSAAvec = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA224: {1, 2, 840, 113549, 1, 1, 14},
		crypto.SHA256: {1, 2, 840, 113549, 1, 1, 11},
		crypto.SHA384: {1, 2, 840, 113549, 1, 1, 12},
		crypto.SHA512: {1, 2, 840, 113549, 1, 1, 13},
	}
)

// Signataire signs. The key may live in a card or an HSM: only its Signer is asked
// for, with a digest.
type Signataire struct {
	Certificat *x509.Certificate
	Signer     crypto.Signer
	Hash       crypto.Hash // SHA-2; 0 is SHA-256
	PSS        bool        // RSASSA-PSS, the salt as long as the hash, rather than PKCS #1 v1.5
}

// OptionsSignature of a SignedData.
type OptionsSignature struct {
	Signataires []Signataire
	Certificats []*x509.Certificate // intermediate ones, to help who verifies
	Detachee    bool                // the content stays outside
	ParSKI      bool                // designate the signers by key identifier
	Date        time.Time           // signing time; zero is none
}

// signature hashes what is written to it, and signs when closed.
type signature struct {
	suite  // of the content; none when detached
	o      OptionsSignature
	hashes map[crypto.Hash]hash.Hash
	err    error
}

// NewSignature writes a SignedData to dst, whose content is what is written to the
// returned writer; Close signs, or gives [ErrCleIndisponible]. Attached, the content goes to dst as it comes, in
// BER; detached, dst gets the signature alone, in DER.
func NewSignature(dst io.Writer, o OptionsSignature) (io.WriteCloser, error) {
	if len(o.Signataires) == 0 {
		return nil, errors.New("cms: no signer")
	}
	o.Signataires = slices.Clone(o.Signataires)
	s := &signature{suite: suite{dst: dst}, o: o, hashes: make(map[crypto.Hash]hash.Hash)}
	for i := range o.Signataires {
		sig := &o.Signataires[i]
		if err := sig.verifier(o.ParSKI); err != nil {
			return nil, err
		}
		if s.hashes[sig.Hash] == nil {
			s.hashes[sig.Hash] = sig.Hash.New()
		}
	}
	if o.Detachee {
		return s, nil
	}
	tete, err := s.tete()
	if err != nil {
		return nil, err
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1ObjectIdentifier(oidDonnees)
	b.AddBytes([]byte{uint8(tagContexte0C), 0x80, uint8(tagOctetsCons), 0x80})
	info, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	debut, err := enTetes(oidSigne, tete, info, longueurLibre, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dst.Write(debut); err != nil {
		return nil, err
	}
	s.tampon = make([]byte, placeEntete+tailleMorceau)
	return s, nil
}

func (s *Signataire) verifier(ski bool) error {
	if s.Certificat == nil || s.Signer == nil {
		return errors.New("cms: a signer without its certificate or its key")
	}
	if s.Hash == 0 {
		s.Hash = crypto.SHA256
	}
	if _, ok := oidECDSA[s.Hash]; !ok {
		return fmt.Errorf("cms: %v is not of the SHA-2 family", s.Hash)
	}
	refus := func(motif string) error {
		return &ErreurCle{Serie: fmt.Sprintf("%x", s.Certificat.SerialNumber), Motif: motif}
	}
	pub, ok := s.Certificat.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(s.Signer.Public()) {
		return refus("the key is not its own")
	}
	switch s.Certificat.PublicKey.(type) {
	case *rsa.PublicKey:
	case *ecdsa.PublicKey:
		if s.PSS {
			return refus("PSS with an ECDSA key")
		}
	default:
		return refus(fmt.Sprintf("its key is %s, RSA or ECDSA is needed to sign", s.Certificat.PublicKeyAlgorithm))
	}
	_, err := identifiantDe(s.Certificat, ski)
	return err
}

// tete is the version and the digest algorithms.
func (s *signature) tete() ([]byte, error) {
	var algorithmes [][]byte
	for _, e := range empreintes {
		if s.hashes[e.hash] == nil {
			continue
		}
		b := cryptobyte.NewBuilder(nil)
		ajouterAlgorithme(b, e.oid, nil)
		der, err := b.Bytes()
		if err != nil {
			return nil, fmt.Errorf("cms: %w", err)
		}
		algorithmes = append(algorithmes, der)
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1Int64(s.version())
	ajouterEnsemble(b, cbasn1.SET, algorithmes)
	return b.Bytes()
}

// version is that of the SignedData and of its SignerInfos: 3 with a key
// identifier (RFC 5652 §5.1 and §5.3).
func (s *signature) version() int64 {
	if s.o.ParSKI {
		return 3
	}
	return 1
}

func (s *signature) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	for _, h := range s.hashes {
		h.Write(p)
	}
	if s.o.Detachee {
		return len(p), nil
	}
	ecrits := 0
	for len(p) > 0 {
		n := copy(s.tampon[placeEntete+s.pret:], p)
		p = p[n:]
		s.pret += n
		ecrits += n
		if placeEntete+s.pret == len(s.tampon) {
			if s.err = s.vider(); s.err != nil {
				return ecrits, s.err
			}
		}
	}
	return ecrits, nil
}

func (s *signature) Close() error {
	if s.err != nil {
		return s.err
	}
	s.err = s.fermer()
	if s.err != nil {
		return s.err
	}
	s.err = errors.New("cms: already closed")
	return nil
}

func (s *signature) fermer() error {
	queue, err := s.queue()
	if err != nil {
		return err
	}
	if !s.o.Detachee {
		if err := s.vider(); err != nil {
			return err
		}
		// Ends of: OCTET STRING, [0], EncapsulatedContentInfo; then, after the
		// signatures, SignedData, [0], ContentInfo.
		fin := append(make([]byte, 3*2), queue...)
		_, err = s.dst.Write(append(fin, make([]byte, 3*2)...))
		return err
	}
	tete, err := s.tete()
	if err != nil {
		return err
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSigne)
		b.AddASN1(tagContexte0C, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(tete)
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidDonnees) })
				b.AddBytes(queue)
			})
		})
	})
	der, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("cms: %w", err)
	}
	_, err = s.dst.Write(der)
	return err
}

// queue is the certificates and the SignerInfos.
func (s *signature) queue() ([]byte, error) {
	var certificats [][]byte
	ajouter := func(c *x509.Certificate) {
		if !slices.ContainsFunc(certificats, func(d []byte) bool { return bytes.Equal(c.Raw, d) }) {
			certificats = append(certificats, c.Raw)
		}
	}
	var infos [][]byte
	for _, sig := range s.o.Signataires {
		ajouter(sig.Certificat)
		info, err := s.signer(sig)
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	for _, c := range s.o.Certificats {
		ajouter(c)
	}
	b := cryptobyte.NewBuilder(nil)
	ajouterEnsemble(b, tagContexte0C, certificats)
	ajouterEnsemble(b, cbasn1.SET, infos)
	return b.Bytes()
}

// ajouterEnsemble writes a SET OF, which DER sorts.
func ajouterEnsemble(b *cryptobyte.Builder, tag cbasn1.Tag, elements [][]byte) {
	slices.SortFunc(elements, bytes.Compare)
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		for _, e := range elements {
			b.AddBytes(e)
		}
	})
}

func (s *signature) signer(sig Signataire) ([]byte, error) {
	attributs, err := s.attributs(sig.Hash)
	if err != nil {
		return nil, err
	}
	b := cryptobyte.NewBuilder(nil)
	ajouterEnsemble(b, cbasn1.SET, attributs)
	signe, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	h := sig.Hash.New()
	h.Write(signe)
	var opts crypto.SignerOpts = sig.Hash
	if sig.PSS {
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: sig.Hash}
	}
	valeur, err := sig.Signer.Sign(rand.Reader, h.Sum(nil), opts)
	if err != nil {
		return nil, fmt.Errorf("cms: signing: %w: %w", ErrCleIndisponible, err)
	}
	id, err := identifiantDe(sig.Certificat, s.o.ParSKI)
	if err != nil {
		return nil, err
	}
	b = cryptobyte.NewBuilder(nil)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(s.version())
		id.ajouter(b)
		oid, _ := oidDe(sig.Hash)
		ajouterAlgorithme(b, oid, nil)
		ajouterEnsemble(b, tagContexte0C, attributs)
		sig.ajouterAlgorithme(b)
		b.AddASN1OctetString(valeur)
	})
	return b.Bytes()
}

func (s *signature) attributs(h crypto.Hash) ([][]byte, error) {
	var attributs [][]byte
	ajouter := func(oid asn1.ObjectIdentifier, valeur func(*cryptobyte.Builder)) error {
		b := cryptobyte.NewBuilder(nil)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(cbasn1.SET, valeur)
		})
		der, err := b.Bytes()
		attributs = append(attributs, der)
		return err
	}
	err := ajouter(oidTypeContenu, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidDonnees) })
	err = errors.Join(err, ajouter(oidEmpreinte,
		func(b *cryptobyte.Builder) { b.AddASN1OctetString(s.hashes[h].Sum(nil)) }))
	if !s.o.Date.IsZero() {
		err = errors.Join(err, ajouter(oidDateSignature, func(b *cryptobyte.Builder) {
			// RFC 5652 §11.3: UTCTime up to 2049.
			if d := s.o.Date.UTC(); d.Year() < 2050 {
				b.AddASN1UTCTime(d)
			} else {
				b.AddASN1GeneralizedTime(d)
			}
		}))
	}
	return attributs, err
}

func (s *Signataire) ajouterAlgorithme(b *cryptobyte.Builder) {
	_, ec := s.Certificat.PublicKey.(*ecdsa.PublicKey)
	switch {
	case ec:
		ajouterAlgorithme(b, oidECDSA[s.Hash], nil)
	case s.PSS:
		ajouterAlgorithme(b, oidPSS, func(b *cryptobyte.Builder) {
			ajouterHashes(b, s.Hash, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.Tag(2).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
					b.AddASN1Int64(int64(s.Hash.Size()))
				})
			})
		})
	default:
		ajouterAlgorithme(b, oidRSA, ajouterNull)
	}
}
