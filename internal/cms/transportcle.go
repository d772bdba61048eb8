package cms

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Cle opens the messages encrypted for a certificate. The private key may live
// elsewhere (a card, an HSM): only its Decrypter is asked for. Its error for a wrong
// padding must be, or wrap, rsa.ErrDecryption, as crypto/rsa's is: no other message may
// tell it from a wrong content. Its other errors come back beside [ErrCleIndisponible].
type Cle struct {
	Certificat *x509.Certificate
	Decrypter  crypto.Decrypter
}

func clePublique(c *x509.Certificate) (*rsa.PublicKey, error) {
	if c == nil {
		return nil, errors.New("cms: nil certificate")
	}
	pub, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, &ErreurCle{Serie: fmt.Sprintf("%x", c.SerialNumber),
			Motif: fmt.Sprintf("its key is %s, RSA is needed to encrypt for it", c.PublicKeyAlgorithm)}
	}
	return pub, nil
}

// envelopper encrypts the content-encryption key. alea nil means crypto/rand.
func (t TransportCle) envelopper(alea io.Reader, pub *rsa.PublicKey, cle []byte) ([]byte, error) {
	switch t {
	case PKCS1v15:
		if alea == nil {
			//lint:ignore SA1019 it is what the recipients of the flows read
			return rsa.EncryptPKCS1v15(nil, pub, cle)
		}
		return pkcs1v15(alea, pub, cle)
	case OAEP, OAEPSHA256:
		if alea == nil {
			alea = rand.Reader
		}
		return rsa.EncryptOAEP(t.hash().New(), alea, pub, cle, nil)
	}
	return nil, fmt.Errorf("cms: unknown key transport %d", t)
}

func (t TransportCle) hash() crypto.Hash {
	if t == OAEPSHA256 {
		return crypto.SHA256
	}
	return crypto.SHA1
}

// pkcs1v15 is RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1) with a given source of
// randomness, which crypto/rsa no longer takes: messages are reproducible in
// tests. big.Int is not constant time; production leaves Options.Rand nil.
func pkcs1v15(alea io.Reader, pub *rsa.PublicKey, cle []byte) ([]byte, error) {
	k := pub.Size()
	if len(cle) > k-11 {
		return nil, rsa.ErrMessageTooLong
	}
	em := make([]byte, k)
	em[1] = 2
	ps := em[2 : k-len(cle)-1]
	for i := range ps {
		for ps[i] == 0 {
			if _, err := io.ReadFull(alea, ps[i:i+1]); err != nil {
				return nil, err
			}
		}
	}
	copy(em[k-len(cle):], cle)
	c := new(big.Int).Exp(new(big.Int).SetBytes(em), big.NewInt(int64(pub.E)), pub.N)
	return c.FillBytes(em), nil
}

func (t TransportCle) ajouter(b *cryptobyte.Builder) {
	switch t {
	case PKCS1v15:
		ajouterAlgorithme(b, oidRSA, ajouterNull)
	case OAEP:
		ajouterAlgorithme(b, oidOAEP, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE,
				func(*cryptobyte.Builder) {})
		})
	default:
		// Both the hash and that of MGF1: OpenSSL takes SHA-1 for the one left out.
		ajouterAlgorithme(b, oidOAEP, func(b *cryptobyte.Builder) { ajouterHashes(b, t.hash()) })
	}
}

// ajouterHashes writes the two first parameters common to OAEP and PSS.
func ajouterHashes(b *cryptobyte.Builder, h crypto.Hash, suite ...func(*cryptobyte.Builder)) {
	oid, _ := oidDe(h)
	hash := func(b *cryptobyte.Builder) { ajouterAlgorithme(b, oid, ajouterNull) }
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), hash)
		b.AddASN1(cbasn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			ajouterAlgorithme(b, oidMGF1, hash)
		})
		for _, f := range suite {
			f(b)
		}
	})
}

// lireHashes reads them: the hash, that of MGF1, and what follows.
func lireHashes(parametres cryptobyte.String, role string) (hash, mgf crypto.Hash, reste cryptobyte.String, err error) {
	hash, mgf = crypto.SHA1, crypto.SHA1
	if parametres.Empty() {
		return hash, mgf, nil, nil
	}
	malforme := fmt.Errorf("cms: malformed %s parameters", role)
	var corps, champ cryptobyte.String
	var present bool
	if !parametres.ReadASN1(&corps, cbasn1.SEQUENCE) || !corps.ReadOptionalASN1(&champ, &present,
		cbasn1.Tag(0).ContextSpecific().Constructed()) {
		return 0, 0, nil, malforme
	}
	lire := func(der cryptobyte.String) (crypto.Hash, error) {
		oid, _, err := lireAlgorithme(der)
		if err != nil {
			return 0, err
		}
		h, ok := hashDe(oid)
		if !ok {
			return 0, erreurAlgorithme(role+" hash", oid)
		}
		return h, nil
	}
	if present {
		if hash, err = lire(champ); err != nil {
			return 0, 0, nil, err
		}
	}
	if !corps.ReadOptionalASN1(&champ, &present, cbasn1.Tag(1).ContextSpecific().Constructed()) {
		return 0, 0, nil, malforme
	}
	if present {
		oid, p, err := lireAlgorithme(champ)
		if err != nil {
			return 0, 0, nil, err
		}
		if !oid.Equal(oidMGF1) {
			return 0, 0, nil, erreurAlgorithme(role+" mask generation", oid)
		}
		if mgf, err = lire(p); err != nil {
			return 0, 0, nil, err
		}
	}
	return hash, mgf, corps, nil
}

// optionsDecrypter translates a KeyEncryptionAlgorithmIdentifier. n is the size
// of the key expected.
func optionsDecrypter(der cryptobyte.String, n int) (crypto.DecrypterOpts, error) {
	oid, parametres, err := lireAlgorithme(der)
	if err != nil {
		return nil, err
	}
	switch {
	case oid.Equal(oidRSA):
		//lint:ignore SA1019 with SessionKeyLen it does not tell a bad padding (RFC 3218)
		return &rsa.PKCS1v15DecryptOptions{SessionKeyLen: n}, nil
	case oid.Equal(oidOAEP):
		hash, mgf, reste, err := lireHashes(parametres, "OAEP")
		if err != nil {
			return nil, err
		}
		etiquette, err := lireEtiquette(reste)
		if err != nil {
			return nil, err
		}
		return &rsa.OAEPOptions{Hash: hash, MGFHash: mgf, Label: etiquette}, nil
	}
	return nil, erreurAlgorithme("key transport", oid)
}

func lireEtiquette(reste cryptobyte.String) ([]byte, error) {
	var champ, etiquette cryptobyte.String
	var present bool
	if !reste.ReadOptionalASN1(&champ, &present, cbasn1.Tag(2).ContextSpecific().Constructed()) || !reste.Empty() {
		return nil, errors.New("cms: malformed OAEP parameters")
	}
	if !present {
		return nil, nil
	}
	oid, p, err := lireAlgorithme(champ)
	if err != nil {
		return nil, err
	}
	if !oid.Equal(oidPSpe) || !p.ReadASN1(&etiquette, cbasn1.OCTET_STRING) {
		return nil, erreurAlgorithme("OAEP label source", oid)
	}
	return etiquette, nil
}

// developper decrypts the content-encryption key. When its padding is wrong
// (rsa.ErrDecryption, or a key of another size) a random key of the right size comes
// out (RFC 3218 §2.3.2): the caller only learns it from the content, as for any other
// fault of the message. Any other error is of the card or of the HSM, and is told.
func (c Cle) developper(opts crypto.DecrypterOpts, chiffree []byte, n int) ([]byte, error) {
	cle := make([]byte, n)
	if _, err := rand.Read(cle); err != nil {
		return nil, err
	}
	claire, err := c.Decrypter.Decrypt(rand.Reader, chiffree, opts)
	if err != nil && !errors.Is(err, rsa.ErrDecryption) {
		return nil, fmt.Errorf("cms: %w: %w", ErrCleIndisponible, err)
	}
	if err == nil && len(claire) == n {
		subtle.ConstantTimeCopy(1, cle, claire)
	}
	return cle, nil
}

// identifiant is a RecipientIdentifier or a SignerIdentifier.
type identifiant struct {
	emetteur []byte // DER of the Name
	serie    *big.Int
	ski      []byte
}

func identifiantDe(c *x509.Certificate, ski bool) (identifiant, error) {
	if !ski {
		return identifiant{emetteur: c.RawIssuer, serie: c.SerialNumber}, nil
	}
	if len(c.SubjectKeyId) == 0 {
		return identifiant{}, &ErreurCle{Serie: fmt.Sprintf("%x", c.SerialNumber), Motif: "it has no subject key identifier"}
	}
	return identifiant{ski: c.SubjectKeyId}, nil
}

func (i identifiant) ajouter(b *cryptobyte.Builder) {
	if i.ski != nil {
		b.AddASN1(tagContexte0, func(b *cryptobyte.Builder) { b.AddBytes(i.ski) })
		return
	}
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(i.emetteur)
		b.AddASN1BigInt(i.serie)
	})
}

func lireIdentifiant(s *cryptobyte.String) (identifiant, bool) {
	var champ cryptobyte.String
	if s.PeekASN1Tag(tagContexte0) {
		ok := s.ReadASN1(&champ, tagContexte0)
		return identifiant{ski: champ}, ok
	}
	var i identifiant
	var emetteur cryptobyte.String
	i.serie = new(big.Int)
	ok := s.ReadASN1(&champ, cbasn1.SEQUENCE) && champ.ReadASN1Element(&emetteur, cbasn1.SEQUENCE) &&
		champ.ReadASN1Integer(i.serie)
	i.emetteur = emetteur
	return i, ok
}

// designe says whether the identifier is that of the certificate. A sender may
// have encoded the issuer's strings in another type than the certificate does.
func (i identifiant) designe(c *x509.Certificate) bool {
	if i.ski != nil {
		return bytes.Equal(i.ski, c.SubjectKeyId)
	}
	if i.serie.Cmp(c.SerialNumber) != 0 {
		return false
	}
	return bytes.Equal(i.emetteur, c.RawIssuer) || memeNom(i.emetteur, c.RawIssuer)
}

// memeNom compares two Names attribute by attribute.
func memeNom(a, b []byte) bool {
	lire := func(der []byte) ([]string, bool) {
		var corps, set, paire cryptobyte.String
		s := cryptobyte.String(der)
		if !s.ReadASN1(&corps, cbasn1.SEQUENCE) {
			return nil, false
		}
		var noms []string
		for !corps.Empty() {
			if !corps.ReadASN1(&set, cbasn1.SET) {
				return nil, false
			}
			for !set.Empty() {
				var oid asn1.ObjectIdentifier
				var valeur cryptobyte.String
				var tag cbasn1.Tag
				if !set.ReadASN1(&paire, cbasn1.SEQUENCE) || !paire.ReadASN1ObjectIdentifier(&oid) || !paire.ReadAnyASN1(&valeur,
					&tag) {
					return nil, false
				}
				noms = append(noms, oid.String()+"="+string(valeur))
			}
		}
		return noms, true
	}
	na, oka := lire(a)
	nb, okb := lire(b)
	return oka && okb && slices.Equal(na, nb)
}
