package cms

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// parametresGCM reads the GCMParameters of RFC 5084 §3.2.
func parametresGCM(parametres cryptobyte.String) (nonce []byte, mac int, err error) {
	var corps, n cryptobyte.String
	mac = macMinGCM // the default
	if !parametres.ReadASN1(&corps, cbasn1.SEQUENCE) || !corps.ReadASN1(&n, cbasn1.OCTET_STRING) ||
		!corps.Empty() && !corps.ReadASN1Integer(&mac) || !corps.Empty() || !parametres.Empty() {
		return nil, 0, errors.New("cms: malformed GCM parameters")
	}
	if mac < macMinGCM || mac > macGCM {
		return nil, 0, fmt.Errorf("cms: an authentication tag of %d bytes, %d to %d expected", mac, macMinGCM, macGCM)
	}
	return n, mac, nil
}

func ajouterParametresGCM(b *cryptobyte.Builder, nonce []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(nonce)
		b.AddASN1Int64(macGCM)
	})
}

// enveloppeAuth encrypts what is written to it into an AuthEnvelopedData (RFC 5083).
type enveloppeAuth struct {
	suite   // of encrypted bytes
	annonce // in DER
	g       *gcm
	ecrits  int64
	err     error
}

func newEnveloppeAuth(dst io.Writer, o Options) (io.WriteCloser, error) {
	c := chiffres[o.Algorithme]
	alea := o.Rand
	if alea == nil {
		alea = rand.Reader
	}
	secret := make([]byte, c.cle+nonceGCM)
	if _, err := io.ReadFull(alea, secret); err != nil {
		return nil, fmt.Errorf("cms: reading randomness: %w", err)
	}
	cle, nonce := secret[:c.cle], secret[c.cle:]
	g, err := newGCM(cle, nonce)
	if err != nil {
		return nil, err
	}
	tete, err := o.tete(cle, 0)
	if err != nil {
		return nil, err
	}
	clear(cle)
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1ObjectIdentifier(oidDonnees)
	ajouterAlgorithme(b, c.oid, func(b *cryptobyte.Builder) { ajouterParametresGCM(b, nonce) })
	info, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	e := &enveloppeAuth{
		suite:   suite{dst: dst, tampon: make([]byte, placeEntete+tailleMorceau), der: o.Taille > 0},
		annonce: annonce{o.Taille},
		g:       g,
	}
	var debut []byte
	if e.der {
		info = append(info, entete(uint8(tagContexte0), o.Taille)...)
		debut, err = enTetes(oidAuthEnveloppe, tete, info, o.Taille, 2+macGCM)
	} else {
		debut, err = enTetes(oidAuthEnveloppe, tete, append(info, uint8(tagContexte0C), 0x80), longueurLibre, 0)
	}
	if err != nil {
		return nil, err
	}
	if _, err := dst.Write(debut); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *enveloppeAuth) Write(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	if e.der {
		if e.err = e.prendre(len(p)); e.err != nil {
			return 0, e.err
		}
	}
	if e.ecrits += int64(len(p)); e.ecrits > contenuMaxGCM {
		e.err = errContenuGCM
		return 0, e.err
	}
	total := len(p)
	for len(p) > 0 {
		morceau := e.tampon[placeEntete+e.pret:]
		n := copy(morceau, p)
		e.g.chiffrer(morceau[:n])
		e.pret, p = e.pret+n, p[n:]
		if len(e.tampon) == placeEntete+e.pret {
			if e.err = e.vider(); e.err != nil {
				return total - len(p), e.err
			}
		}
	}
	return total, nil
}

func (e *enveloppeAuth) Close() error {
	if e.err != nil {
		return e.err
	}
	if e.err = e.fin(); e.err != nil {
		return e.err
	}
	if e.err = e.vider(); e.err != nil {
		return e.err
	}
	mac := e.g.mac(nil)
	fin := append(entete(uint8(tagOctets), macGCM), mac[:]...)
	if !e.der {
		// Ends of: [0] content, EncryptedContentInfo; then those of AuthEnvelopedData, [0], ContentInfo.
		fin = append(append(make([]byte, 2*2), fin...), make([]byte, 3*2)...)
	}
	if _, e.err = e.dst.Write(fin); e.err != nil {
		return e.err
	}
	e.err = errors.New("cms: already closed")
	return nil
}

// clairAuth decrypts an AuthEnvelopedData. Nothing of what was read is authentic
// before io.EOF came.
type clairAuth struct {
	src *contenu
	g   *gcm
	mac int
	lus int64
	err error
}

func (c *clairAuth) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.src.Read(p)
	c.g.dechiffrer(p[:n])
	if c.lus += int64(n); c.lus > contenuMaxGCM {
		err = errContenuGCM
	}
	if errors.Is(err, io.EOF) {
		err = c.fin()
	}
	c.err = err
	return n, err
}

// fin reads the authenticated attributes and the tag, and returns io.EOF when it's
// right.
func (c *clairAuth) fin() error {
	l := c.src.l
	if err := l.sortir(); err != nil { // EncryptedContentInfo
		return err
	}
	var attributs []byte
	if t, _, err := l.suivant(); err != nil {
		return err
	} else if t == tagContexte1C {
		der, err := l.element(elementMax)
		if err != nil {
			return err
		}
		attributs = append([]byte(nil), der...)
		attributs[0] = uint8(tagSet) // RFC 5083 §2.2: authenticated as a SET OF
	}
	debut := l.pos
	der, err := l.element(64)
	if err != nil {
		return err
	}
	var mac cryptobyte.String
	if !der.ReadASN1(&mac, cbasn1.OCTET_STRING) || len(mac) != c.mac {
		return l.faute(debut, "something else", fmt.Sprintf("an authentication tag of %d bytes", c.mac))
	}
	attendu := c.g.mac(attributs)
	if subtle.ConstantTimeCompare(attendu[:c.mac], mac) != 1 {
		return ErrDechiffrement
	}
	for !l.fini() { // unauthAttrs
		if err := l.sauter(); err != nil {
			return err
		}
	}
	for range 3 { // AuthEnvelopedData, [0], ContentInfo
		if err := l.sortir(); err != nil {
			return err
		}
	}
	return io.EOF
}
