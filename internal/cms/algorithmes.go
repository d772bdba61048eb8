package cms

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	_ "crypto/sha1" // OAEP's default hash; signatures with it are refused
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/asn1"
	"fmt"
	"math/bits"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Algorithme encrypts the content.
type Algorithme uint8

const (
	AES128CBC Algorithme = iota + 1 // RFC 3565
	AES192CBC                       // RFC 3565
	AES256CBC                       // RFC 3565
	DES3CBC                         // RFC 3370 §5.1; for those who still ask for it
	AES128GCM                       // RFC 5084, in an AuthEnvelopedData (RFC 5083)
	AES256GCM                       // the same
)

// TransportCle encrypts the content-encryption key for each recipient.
type TransportCle uint8

const (
	PKCS1v15   TransportCle = iota + 1 // RFC 3370 §4.2.1
	OAEP                               // RFC 3560, default parameters: SHA-1 and MGF1 with SHA-1
	OAEPSHA256                         // RFC 3560, SHA-256 and MGF1 with SHA-256
)

var (
	oidDonnees   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSigne     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidEnveloppe = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3}

	oidAuthEnveloppe = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 23}

	oidRSA  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidOAEP = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 7}
	oidMGF1 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidPSpe = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 9}
	oidPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

	oidAES128 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}
	oidAES192 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}
	oidAES256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
	oidDES3   = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}

	oidAES128GCM = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 6}
	oidAES256GCM = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 46}
)

type chiffre struct {
	nom  string
	oid  asn1.ObjectIdentifier
	cle  int // bytes
	bloc int // bytes
	init func(cle []byte) (cipher.Block, error)
}

var chiffres = [...]chiffre{
	AES128CBC: {"aes-128-cbc", oidAES128, 16, aes.BlockSize, aes.NewCipher},
	AES192CBC: {"aes-192-cbc", oidAES192, 24, aes.BlockSize, aes.NewCipher},
	AES256CBC: {"aes-256-cbc", oidAES256, 32, aes.BlockSize, aes.NewCipher},
	DES3CBC:   {"des-ede3-cbc", oidDES3, 24, des.BlockSize, des.NewTripleDESCipher},
	AES128GCM: {"aes-128-gcm", oidAES128GCM, 16, aes.BlockSize, aes.NewCipher},
	AES256GCM: {"aes-256-gcm", oidAES256GCM, 32, aes.BlockSize, aes.NewCipher},
}

// authentifie: the content is authenticated as well as encrypted.
func (a Algorithme) authentifie() bool { return a == AES128GCM || a == AES256GCM }

// Authentifie is that of a name as ParseAlgorithme reads it.
func Authentifie(nom string) bool {
	a, err := ParseAlgorithme(nom)
	return err == nil && a.authentifie()
}

func (a Algorithme) connu() bool { return a > 0 && int(a) < len(chiffres) }

// String is the name that OpenSSL gives to the algorithm.
func (a Algorithme) String() string {
	if !a.connu() {
		return fmt.Sprintf("cms.Algorithme(%d)", uint8(a))
	}
	return chiffres[a].nom
}

// ParseAlgorithme reads a name as String writes it; "3des" is DES3CBC too.
func ParseAlgorithme(nom string) (Algorithme, error) {
	if nom == "3des" {
		return DES3CBC, nil
	}
	for a := AES128CBC; a.connu(); a++ {
		if chiffres[a].nom == nom {
			return a, nil
		}
	}
	return 0, fmt.Errorf("cms: unknown content encryption %q, expected aes-128-cbc, aes-192-cbc, aes-256-cbc, "+
		"aes-128-gcm, aes-256-gcm or 3des", nom)
}

// ParseTransportCle reads "pkcs1v15", "oaep" or "oaep-sha256".
func ParseTransportCle(nom string) (TransportCle, error) {
	switch nom {
	case "pkcs1v15":
		return PKCS1v15, nil
	case "oaep":
		return OAEP, nil
	case "oaep-sha256":
		return OAEPSHA256, nil
	}
	return 0, fmt.Errorf("cms: unknown key transport %q, expected pkcs1v15, oaep or oaep-sha256", nom)
}

// algorithmeChiffrant reads a ContentEncryptionAlgorithmIdentifier of an EnvelopedData.
func algorithmeChiffrant(der cryptobyte.String) (Algorithme, []byte, error) {
	oid, parametres, err := lireAlgorithme(der)
	if err != nil {
		return 0, nil, err
	}
	for a := AES128CBC; a.connu(); a++ {
		if a.authentifie() || !chiffres[a].oid.Equal(oid) {
			continue
		}
		var iv cryptobyte.String
		if !parametres.ReadASN1(&iv, cbasn1.OCTET_STRING) || len(iv) != chiffres[a].bloc || !parametres.Empty() {
			return 0, nil, fmt.Errorf("cms: %s: no initialization vector of %d bytes", a, chiffres[a].bloc)
		}
		return a, iv, nil
	}
	return 0, nil, erreurAlgorithme("content encryption", oid)
}

// algorithmeAuthentifiant reads that of an AuthEnvelopedData, with the nonce and the
// length of the tag.
func algorithmeAuthentifiant(der cryptobyte.String) (a Algorithme, nonce []byte, mac int, err error) {
	oid, parametres, err := lireAlgorithme(der)
	if err != nil {
		return 0, nil, 0, err
	}
	for a := AES128GCM; a.connu(); a++ {
		if chiffres[a].oid.Equal(oid) {
			nonce, mac, err = parametresGCM(parametres)
			return a, nonce, mac, err
		}
	}
	return 0, nil, 0, erreurAlgorithme("authenticated encryption", oid)
}

// lireAlgorithme splits an AlgorithmIdentifier, given with or without its header.
func lireAlgorithme(der cryptobyte.String) (asn1.ObjectIdentifier, cryptobyte.String, error) {
	var corps cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !der.ReadASN1(&corps, cbasn1.SEQUENCE) || !corps.ReadASN1ObjectIdentifier(&oid) {
		return nil, nil, fmt.Errorf("cms: malformed AlgorithmIdentifier")
	}
	return oid, corps, nil
}

func ajouterAlgorithme(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, parametres func(*cryptobyte.Builder)) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		if parametres != nil {
			parametres(b)
		}
	})
}

func ajouterNull(b *cryptobyte.Builder) { b.AddASN1NULL() }

type empreinte struct {
	hash crypto.Hash
	oid  asn1.ObjectIdentifier
}

var empreintes = []empreinte{
	{crypto.SHA256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}},
	{crypto.SHA384, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}},
	{crypto.SHA512, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}},
	{crypto.SHA224, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 4}},
	{crypto.SHA1, asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}},
}

func hashDe(oid asn1.ObjectIdentifier) (crypto.Hash, bool) {
	for _, e := range empreintes {
		if e.oid.Equal(oid) {
			return e.hash, true
		}
	}
	return 0, false
}

func oidDe(h crypto.Hash) (asn1.ObjectIdentifier, bool) {
	for _, e := range empreintes {
		if e.hash == h {
			return e.oid, true
		}
	}
	return nil, false
}

// parite sets the odd parity bits that FIPS 46-3 asks of a DES key.
func parite(cle []byte) {
	for i, b := range cle {
		cle[i] = b&^1 | byte(bits.OnesCount8(b>>1)+1)&1
	}
}
