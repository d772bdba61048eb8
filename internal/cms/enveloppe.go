package cms

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Options of an EnvelopedData. Algorithme, Cle and Destinataires are needed:
// nothing is chosen in place of the caller.
type Options struct {
	Algorithme    Algorithme
	Cle           TransportCle
	Destinataires []*x509.Certificate

	// ParSKI designates the recipients by their subject key identifier rather
	// than by issuer and serial number.
	ParSKI bool

	// Taille is the exact size of the content in bytes, if known: the message
	// is then DER. 0 is unknown: BER with indefinite lengths.
	Taille int64

	// Rand makes the output reproducible in tests. nil is crypto/rand.
	Rand io.Reader
}

// tailleMorceau is the size of a piece of the constructed OCTET STRING, a
// multiple of every block size.
const tailleMorceau = 32 << 10

// placeEntete is kept before a piece for its tag and length.
const placeEntete = 10

// suite writes a content piece by piece: each an OCTET STRING of a constructed one in
// BER, or all of them one after the other in DER.
type suite struct {
	dst    io.Writer
	tampon []byte // placeEntete, then one piece
	pret   int    // bytes of the piece that are ready
	der    bool
}

// vider writes the bytes that are ready.
func (m *suite) vider() error {
	if m.pret == 0 {
		return nil
	}
	debut := placeEntete
	if !m.der {
		tete := entete(uint8(tagOctets), int64(m.pret))
		debut -= copy(m.tampon[placeEntete-len(tete):], tete)
	}
	_, err := m.dst.Write(m.tampon[debut : placeEntete+m.pret])
	m.pret = 0
	return err
}

// annonce is the size of the content that is still to be written, when it was given.
type annonce struct{ reste int64 }

func (a *annonce) prendre(n int) error {
	if int64(n) > a.reste {
		return errors.New("cms: more content than announced")
	}
	a.reste -= int64(n)
	return nil
}

func (a *annonce) fin() error {
	if a.reste > 0 {
		return fmt.Errorf("cms: %d bytes of content less than announced", a.reste)
	}
	return nil
}

// enveloppe encrypts what is written to it.
type enveloppe struct {
	suite   // of encrypted bytes
	annonce // in DER
	cbc     cipher.BlockMode
	partiel int // clear bytes of the incomplete block after those that are ready
	err     error
}

// NewEnveloppe writes the head of an EnvelopedData to dst and returns where to
// write the content. Close ends the message; it does not close dst.
func NewEnveloppe(dst io.Writer, o Options) (io.WriteCloser, error) {
	if !o.Algorithme.connu() {
		return nil, errors.New("cms: no content encryption algorithm")
	}
	if len(o.Destinataires) == 0 {
		return nil, errors.New("cms: no recipient")
	}
	if o.Taille < 0 {
		return nil, fmt.Errorf("cms: content of %d bytes", o.Taille)
	}
	if o.Algorithme.authentifie() {
		return newEnveloppeAuth(dst, o)
	}
	c := chiffres[o.Algorithme]
	alea := o.Rand
	if alea == nil {
		alea = rand.Reader
	}
	secret := make([]byte, c.cle+c.bloc)
	if _, err := io.ReadFull(alea, secret); err != nil {
		return nil, fmt.Errorf("cms: reading randomness: %w", err)
	}
	cle, iv := secret[:c.cle], secret[c.cle:]
	if o.Algorithme == DES3CBC {
		parite(cle)
	}
	bloc, err := c.init(cle)
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}

	tete, err := o.tete(cle, o.version())
	if err != nil {
		return nil, err
	}
	clear(cle)
	algorithme := cryptobyte.NewBuilder(nil)
	algorithme.AddASN1ObjectIdentifier(oidDonnees)
	ajouterAlgorithme(algorithme, c.oid, func(b *cryptobyte.Builder) { b.AddASN1OctetString(iv) })
	info, err := algorithme.Bytes()
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}

	e := &enveloppe{
		suite:   suite{dst: dst, tampon: make([]byte, placeEntete+tailleMorceau), der: o.Taille > 0},
		annonce: annonce{o.Taille},
		cbc:     cipher.NewCBCEncrypter(bloc, iv),
	}
	var debut []byte
	if e.der {
		chiffree := o.Taille/int64(c.bloc)*int64(c.bloc) + int64(c.bloc)
		contenu := entete(uint8(tagContexte0), chiffree)
		info = append(info, contenu...)
		debut, err = enTetes(oidEnveloppe, tete, info, chiffree, 0)
	} else {
		debut, err = enTetes(oidEnveloppe, tete, append(info, uint8(tagContexte0C), 0x80), longueurLibre, 0)
	}
	if err != nil {
		return nil, err
	}
	if _, err := dst.Write(debut); err != nil {
		return nil, err
	}
	return e, nil
}

// version is that of a KeyTransRecipientInfo, and of an EnvelopedData of them.
func (o *Options) version() int64 {
	if o.ParSKI {
		return 2
	}
	return 0
}

// tete is the version of the structure and the recipients.
func (o *Options) tete(cle []byte, version int64) ([]byte, error) {
	destinataires := make([][]byte, len(o.Destinataires))
	for i, certificat := range o.Destinataires {
		pub, err := clePublique(certificat)
		if err != nil {
			return nil, err
		}
		id, err := identifiantDe(certificat, o.ParSKI)
		if err != nil {
			return nil, err
		}
		chiffree, err := o.Cle.envelopper(o.Rand, pub, cle)
		if err != nil {
			return nil, &ErreurCle{Serie: fmt.Sprintf("%x", certificat.SerialNumber), Motif: err.Error()}
		}
		b := cryptobyte.NewBuilder(nil)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(o.version())
			id.ajouter(b)
			o.Cle.ajouter(b)
			b.AddASN1OctetString(chiffree)
		})
		if destinataires[i], err = b.Bytes(); err != nil {
			return nil, fmt.Errorf("cms: %w", err)
		}
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1Int64(version)
	ajouterEnsemble(b, cbasn1.SET, destinataires)
	der, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	return der, nil
}

// enTetes is a ContentInfo up to the content: ContentInfo, [0], the SEQUENCE of
// the type with tete, then the SEQUENCE info. suite is the number of bytes that
// info still lacks, longueurLibre for indefinite lengths; apres that of what follows
// info.
func enTetes(oid asn1.ObjectIdentifier, tete, info []byte, suite, apres int64) ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1ObjectIdentifier(oid)
	nom, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	if suite == longueurLibre {
		s := []byte{uint8(tagSequence), 0x80}
		s = append(s, nom...)
		s = append(s, uint8(tagContexte0C), 0x80, uint8(tagSequence), 0x80)
		s = append(s, tete...)
		s = append(s, uint8(tagSequence), 0x80)
		return append(s, info...), nil
	}
	n := int64(len(info)) + suite
	s := append(entete(uint8(tagSequence), n), info...)
	n += int64(len(s)-len(info)) + int64(len(tete)) + apres
	s = append(append(entete(uint8(tagSequence), n), tete...), s...)
	n = int64(len(s)) + suite + apres
	s = append(entete(uint8(tagContexte0C), n), s...)
	n = int64(len(s)+len(nom)) + suite + apres
	s = append(append([]byte(nil), nom...), s...)
	return append(entete(uint8(tagSequence), n), s...), nil
}

// entete is a DER tag and length.
func entete(tag uint8, n int64) []byte {
	if n < 0x80 {
		return []byte{tag, uint8(n)}
	}
	octets := 0
	for v := n; v > 0; v >>= 8 {
		octets++
	}
	s := []byte{tag, 0x80 | uint8(octets)}
	for i := octets - 1; i >= 0; i-- {
		s = append(s, uint8(n>>(8*i)))
	}
	return s
}

func (e *enveloppe) Write(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	if e.der {
		if e.err = e.prendre(len(p)); e.err != nil {
			return 0, e.err
		}
	}
	morceau, bloc := e.tampon[placeEntete:], e.cbc.BlockSize()
	ecrits := 0
	for len(p) > 0 {
		n := 0
		if e.partiel > 0 || len(p) < bloc {
			n = copy(morceau[e.pret+e.partiel:e.pret+bloc], p)
			e.partiel += n
			if e.partiel == bloc {
				b := morceau[e.pret : e.pret+bloc]
				e.cbc.CryptBlocks(b, b)
				e.pret += bloc
				e.partiel = 0
			}
		} else {
			n = min(len(p)/bloc*bloc, len(morceau)-e.pret)
			e.cbc.CryptBlocks(morceau[e.pret:e.pret+n], p[:n])
			e.pret += n
		}
		p = p[n:]
		ecrits += n
		if e.pret == len(morceau) {
			if e.err = e.vider(); e.err != nil {
				return ecrits, e.err
			}
		}
	}
	return ecrits, nil
}

func (e *enveloppe) Close() error {
	if e.err != nil {
		return e.err
	}
	if e.err = e.fin(); e.err != nil {
		return e.err
	}
	// RFC 5652 §6.3: from one byte to a whole block of padding.
	bloc := e.cbc.BlockSize()
	b := e.tampon[placeEntete+e.pret:][:bloc]
	for i := e.partiel; i < bloc; i++ {
		b[i] = uint8(bloc - e.partiel)
	}
	e.cbc.CryptBlocks(b, b)
	e.pret += bloc
	if e.err = e.vider(); e.err != nil {
		return e.err
	}
	if !e.der {
		// Ends of: [0] content, EncryptedContentInfo, EnvelopedData, [0], ContentInfo.
		if _, e.err = e.dst.Write(make([]byte, 5*2)); e.err != nil {
			return e.err
		}
	}
	e.err = errors.New("cms: already closed")
	return nil
}
