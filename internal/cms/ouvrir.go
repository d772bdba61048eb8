package cms

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Open reads an EnvelopedData from src up to its content, and returns the
// content, decrypted as it is read, with the first of the keys that the message
// is encrypted for. Nothing authenticates CBC: what was read is to be kept only
// once io.EOF came.
//
// An AuthEnvelopedData (RFC 5083) is read too: its end says whether it's authentic.
//
// Errors: [ErrDestinataire], [ErrCleIndisponible], [ErrDechiffrement] (while reading), or what is wrong
// with the encoding ([*ErreurStructure], [*ErreurAlgorithme],
// io.ErrUnexpectedEOF when it is cut short).
func Open(src io.Reader, cles ...Cle) (io.Reader, error) {
	for _, c := range cles {
		if c.Certificat == nil || c.Decrypter == nil {
			return nil, errors.New("cms: a key without its certificate or its Decrypter")
		}
	}
	l := newLecteurBER(src)
	genre, err := l.debut(oidEnveloppe, oidAuthEnveloppe)
	if err != nil {
		return nil, err
	}
	if _, err := l.element(16); err != nil { // version: the structure says it all
		return nil, err
	}
	if t, _, err := l.suivant(); err != nil {
		return nil, err
	} else if t == tagContexte0C { // originatorInfo
		if err := l.sauter(); err != nil {
			return nil, err
		}
	}
	destinataire, cle, err := l.destinataire(cles)
	if err != nil {
		return nil, err
	}

	if err := l.entrer(tagSequence, "EncryptedContentInfo"); err != nil {
		return nil, err
	}
	if _, err := l.element(64); err != nil { // contentType
		return nil, err
	}
	der, err := l.element(1 << 10)
	if err != nil {
		return nil, err
	}
	auth := genre.Equal(oidAuthEnveloppe)
	var algorithme Algorithme
	var iv []byte
	var mac int
	if auth {
		algorithme, iv, mac, err = algorithmeAuthentifiant(der)
	} else {
		algorithme, iv, err = algorithmeChiffrant(der)
	}
	if err != nil {
		return nil, err
	}
	opts, err := optionsDecrypter(destinataire.algorithme, chiffres[algorithme].cle)
	if err != nil {
		return nil, err
	}
	secret, err := cle.developper(opts, destinataire.chiffree, chiffres[algorithme].cle)
	if err != nil {
		return nil, err
	}
	if auth {
		return l.ouvrirAuth(secret, iv, mac)
	}
	bloc, err := chiffres[algorithme].init(secret)
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	clear(secret)
	chiffre, err := l.lireContenu(uint8(tagContexte0), "the encrypted content")
	if err != nil {
		return nil, err
	}
	return &clair{
		src:    chiffre,
		cbc:    cipher.NewCBCDecrypter(bloc, iv),
		tampon: make([]byte, tailleMorceau),
	}, nil
}

func (l *lecteurBER) ouvrirAuth(secret, nonce []byte, mac int) (io.Reader, error) {
	g, err := newGCM(secret, nonce)
	if err != nil {
		return nil, err
	}
	clear(secret)
	chiffre, err := l.lireContenu(uint8(tagContexte0), "the encrypted content")
	if err != nil {
		return nil, err
	}
	return &clairAuth{src: chiffre, g: g, mac: mac}, nil
}

// debut enters a ContentInfo of one of the given types, and tells which.
func (l *lecteurBER) debut(oids ...asn1.ObjectIdentifier) (asn1.ObjectIdentifier, error) {
	if err := l.entrer(tagSequence, "ContentInfo"); err != nil {
		return nil, err
	}
	debut := l.pos
	der, err := l.element(64)
	if err != nil {
		return nil, err
	}
	var lu asn1.ObjectIdentifier
	if !der.ReadASN1ObjectIdentifier(&lu) {
		return nil, l.faute(debut, "something else", "the OID of the content type")
	}
	if !slices.ContainsFunc(oids, lu.Equal) {
		return nil, l.faute(debut, "content type "+lu.String(), oids[0].String())
	}
	if err := l.entrer(tagContexte0C, "[0] EXPLICIT content"); err != nil {
		return nil, err
	}
	return lu, l.entrer(tagSequence, "the content's SEQUENCE")
}

type infoDestinataire struct {
	algorithme cryptobyte.String
	chiffree   []byte
}

// destinataire reads all the recipients and keeps the first that a key fits.
func (l *lecteurBER) destinataire(cles []Cle) (infoDestinataire, Cle, error) {
	var choisi infoDestinataire
	var cle Cle
	debut := l.pos
	if err := l.entrer(tagSet, "RecipientInfos"); err != nil {
		return choisi, cle, err
	}
	for !l.fini() {
		if l.pos-debut > ensembleMax {
			return choisi, cle, l.faute(l.pos, fmt.Sprintf("recipients of more than %d bytes", ensembleMax), "fewer of them")
		}
		t, _, err := l.suivant()
		if err != nil {
			return choisi, cle, err
		}
		if t != tagSequence || choisi.chiffree != nil { // other kinds of recipient are [1] to [4]
			if err := l.sauter(); err != nil {
				return choisi, cle, err
			}
			continue
		}
		ici := l.pos
		der, err := l.element(elementMax)
		if err != nil {
			return choisi, cle, err
		}
		id, info, ok := lireDestinataire(der)
		if !ok {
			return choisi, cle, l.faute(ici, "a malformed element", "KeyTransRecipientInfo")
		}
		for _, c := range cles {
			if id.designe(c.Certificat) {
				choisi, cle = info, c
				break
			}
		}
	}
	if err := l.sortir(); err != nil {
		return choisi, cle, err
	}
	if choisi.chiffree == nil {
		return choisi, cle, ErrDestinataire
	}
	return choisi, cle, nil
}

func lireDestinataire(der cryptobyte.String) (id identifiant, info infoDestinataire, ok bool) {
	var corps, chiffree cryptobyte.String
	var version int
	if !der.ReadASN1(&corps, cbasn1.SEQUENCE) || !corps.ReadASN1Integer(&version) {
		return id, info, false
	}
	if id, ok = lireIdentifiant(&corps); !ok {
		return id, info, false
	}
	ok = corps.ReadASN1Element(&info.algorithme, cbasn1.SEQUENCE) && corps.ReadASN1(&chiffree, cbasn1.OCTET_STRING) &&
		corps.Empty()
	info.chiffree = append([]byte{}, chiffree...)
	return id, info, ok
}

// clair decrypts; the last block is kept back until the end is known, since it
// holds the padding.
type clair struct {
	src    *contenu
	cbc    cipher.BlockMode
	tampon []byte
	pret   []byte // clear bytes not yet given
	lus    int    // encrypted bytes at the start of tampon
	err    error
}

func (c *clair) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(c.pret) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.remplir()
	}
	n := copy(p, c.pret)
	c.pret = c.pret[n:]
	return n, nil
}

// WriteTo spares io.Copy its buffer.
func (c *clair) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for {
		if len(c.pret) > 0 {
			n, err := w.Write(c.pret)
			total += int64(n)
			c.pret = c.pret[n:]
			if err != nil {
				return total, err
			}
		}
		if c.err == io.EOF {
			return total, nil
		}
		if c.err != nil {
			return total, c.err
		}
		c.remplir()
	}
}

// remplir decrypts the next piece into tampon. The encrypted bytes kept back
// were put at its end by the call before.
func (c *clair) remplir() {
	bloc := c.cbc.BlockSize()
	garde := c.tampon[len(c.tampon)-c.lus:]
	copy(c.tampon, garde)
	fin := false
	// Room is left at the end for what is kept back, at most one block.
	for c.lus < len(c.tampon)-bloc && !fin {
		n, err := c.src.Read(c.tampon[c.lus : len(c.tampon)-bloc])
		c.lus += n
		switch {
		case errors.Is(err, io.EOF):
			fin = true
		case err != nil:
			c.err = err
			return
		}
	}
	if !fin {
		pleins := (c.lus - 1) / bloc * bloc
		garde = c.tampon[pleins:c.lus]
		c.lus = copy(c.tampon[len(c.tampon)-len(garde):], garde)
		c.cbc.CryptBlocks(c.tampon[:pleins], c.tampon[:pleins])
		c.pret = c.tampon[:pleins]
		return
	}
	if c.lus == 0 || c.lus%bloc != 0 {
		c.err = ErrDechiffrement
		return
	}
	d := c.tampon[:c.lus]
	c.cbc.CryptBlocks(d, d)
	n, ok := bourrage(d[len(d)-bloc:])
	if ok != 1 {
		// The padding is not told apart from garbage before it: both are kept.
		c.err = ErrDechiffrement
		return
	}
	c.pret = d[:len(d)-n]
	c.err = c.fin()
}

// fin checks that the message ends as it should, and returns io.EOF.
func (c *clair) fin() error {
	l := c.src.l
	for range 3 { // EncryptedContentInfo, EnvelopedData, [0]
		for !l.fini() { // unprotectedAttrs
			if err := l.sauter(); err != nil {
				return err
			}
		}
		if err := l.sortir(); err != nil {
			return err
		}
	}
	if err := l.sortir(); err != nil { // ContentInfo
		return err
	}
	return io.EOF
}

// bourrage checks, in constant time, the padding that ends the last block: its
// length, and 1 if it is right.
func bourrage(bloc []byte) (int, int) {
	n := int(bloc[len(bloc)-1])
	ok := subtle.ConstantTimeLessOrEq(1, n) & subtle.ConstantTimeLessOrEq(n, len(bloc))
	for i := range bloc {
		dedans := subtle.ConstantTimeLessOrEq(len(bloc)-i, n)
		juste := subtle.ConstantTimeByteEq(bloc[i], byte(n))
		ok &= subtle.ConstantTimeSelect(dedans, juste, 1)
	}
	return n, ok
}
