package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// OptionsVerification say whom to trust.
type OptionsVerification struct {
	Racines *x509.CertPool
	// SansChaine checks the signatures alone: who signed is then the caller's to judge.
	SansChaine bool
	// Certificats beside those that the message brings, signers' or intermediate.
	Certificats []*x509.Certificate
	Heure       time.Time // of the check of the certificates; zero is now
}

// Signature is one that was verified.
type Signature struct {
	Certificat *x509.Certificate
	Chaines    [][]*x509.Certificate // nil with SansChaine
	Date       time.Time             // that the signer claims; zero if none
}

// Verification reads the content of a SignedData, and verifies it when the end is
// reached: nothing of what was read is signed before io.EOF came.
type Verification struct {
	l          *lecteurBER
	o          OptionsVerification
	type_      asn1.ObjectIdentifier
	hashes     map[crypto.Hash]hash.Hash
	tete       teteContenu
	src        *contenu // nil when detached
	signatures []Signature
	err        error
}

// Verifier opens a SignedData whose content is inside.
func Verifier(src io.Reader, o OptionsVerification) (*Verification, error) {
	v, err := ouvrirSigne(src, o)
	if err != nil {
		return nil, err
	}
	if v.src == nil {
		return nil, errors.New("cms: the signed content is not in the message")
	}
	return v, nil
}

// VerifierDetachee verifies a signature apart from its content.
func VerifierDetachee(src, contenu io.Reader, o OptionsVerification) ([]Signature, error) {
	v, err := ouvrirSigne(src, o)
	if err != nil {
		return nil, err
	}
	if v.src != nil {
		return nil, errors.New("cms: the signature has a content of its own")
	}
	if _, err := io.Copy(io.MultiWriter(empreintesDe(v.hashes), &v.tete), contenu); err != nil {
		return nil, err
	}
	if err := v.fin(); err != nil {
		return nil, err
	}
	return v.signatures, nil
}

// Empreintes are those of a content that comes before its signature, as in a
// multipart/signed: the content is written to it, then VerifierEmpreintes is called.
type Empreintes struct {
	hashes map[crypto.Hash]hash.Hash
	tete   teteContenu
}

// NewEmpreintes prepares all the digests that a signer may use.
func NewEmpreintes() *Empreintes {
	e := &Empreintes{hashes: make(map[crypto.Hash]hash.Hash)}
	for _, x := range empreintes {
		if x.hash != crypto.SHA1 {
			e.hashes[x.hash] = x.hash.New()
		}
	}
	return e
}

func (e *Empreintes) Write(p []byte) (int, error) {
	_, _ = e.tete.Write(p)
	return empreintesDe(e.hashes).Write(p)
}

// VerifierEmpreintes verifies a signature apart from a content that was written to e.
func VerifierEmpreintes(src io.Reader, e *Empreintes, o OptionsVerification) ([]Signature, error) {
	v, err := ouvrirSigne(src, o)
	if err != nil {
		return nil, err
	}
	if v.src != nil {
		return nil, errors.New("cms: the signature has a content of its own")
	}
	for h := range v.hashes {
		v.hashes[h] = e.hashes[h]
	}
	v.tete = e.tete
	if err := v.fin(); err != nil {
		return nil, err
	}
	return v.signatures, nil
}

// teteContenu keeps a content whole as long as it could be signed attributes.
type teteContenu struct {
	debut []byte
	lus   int64
}

// attributsMax is more than signed attributes take.
const attributsMax = 64 << 10

func (t *teteContenu) Write(p []byte) (int, error) {
	if t.lus == 0 && len(p) > 0 && p[0] != uint8(tagSet) {
		t.lus = attributsMax + 1
	}
	if t.lus += int64(len(p)); t.lus > attributsMax {
		t.debut = nil
	} else {
		t.debut = append(t.debut, p...)
	}
	return len(p), nil
}

// attributs reports whether the content is the DER of signed attributes: a signature
// of it without attributes would be that of another message with them (RFC 5652 §5.4
// signs the same bytes), whose content somebody drew out.
func (t *teteContenu) attributs() bool {
	var set cryptobyte.String
	s := cryptobyte.String(t.debut)
	if len(t.debut) == 0 || !s.ReadASN1(&set, cbasn1.SET) || !s.Empty() {
		return false
	}
	connus := 0
	for !set.Empty() {
		var attribut, valeurs cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !set.ReadASN1(&attribut, cbasn1.SEQUENCE) || !attribut.ReadASN1ObjectIdentifier(&oid) ||
			!attribut.ReadASN1(&valeurs, cbasn1.SET) {
			return false
		}
		if oid.Equal(oidTypeContenu) || oid.Equal(oidEmpreinte) {
			connus++
		}
	}
	return connus >= 2
}

// Signatures are there once Read gave io.EOF.
func (v *Verification) Signatures() []Signature { return v.signatures }

func (v *Verification) Read(p []byte) (int, error) {
	if v.err != nil {
		return 0, v.err
	}
	n, err := v.src.Read(p)
	for _, h := range v.hashes {
		h.Write(p[:n])
	}
	_, _ = v.tete.Write(p[:n])
	if errors.Is(err, io.EOF) {
		if err = v.fin(); err == nil {
			err = io.EOF
		}
	}
	v.err = err
	return n, err
}

type empreintesDe map[crypto.Hash]hash.Hash

func (e empreintesDe) Write(p []byte) (int, error) {
	for _, h := range e {
		h.Write(p)
	}
	return len(p), nil
}

// ouvrirSigne reads a SignedData up to its content.
func ouvrirSigne(src io.Reader, o OptionsVerification) (*Verification, error) {
	if o.Racines == nil && !o.SansChaine {
		return nil, errors.New("cms: neither Racines nor SansChaine")
	}
	if o.Heure.IsZero() {
		o.Heure = time.Now()
	}
	l := newLecteurBER(src)
	v := &Verification{l: l, o: o, hashes: make(map[crypto.Hash]hash.Hash)}
	if _, err := l.debut(oidSigne); err != nil {
		return nil, err
	}
	if _, err := l.element(16); err != nil { // version
		return nil, err
	}
	algorithmes, err := l.element(4 << 10)
	if err != nil {
		return nil, err
	}
	if err := v.lireEmpreintes(algorithmes); err != nil {
		return nil, err
	}
	if err := l.entrer(tagSequence, "EncapsulatedContentInfo"); err != nil {
		return nil, err
	}
	debut := l.pos
	der, err := l.element(64)
	if err != nil {
		return nil, err
	}
	if !der.ReadASN1ObjectIdentifier(&v.type_) {
		return nil, l.faute(debut, "something else", "the OID of the content type")
	}
	if l.fini() {
		return v, l.sortir()
	}
	if err := l.entrer(tagContexte0C, "[0] EXPLICIT content"); err != nil {
		return nil, err
	}
	v.src, err = l.lireContenu(uint8(tagOctets), "an OCTET STRING")
	return v, err
}

// lireEmpreintes prepares the digests that are announced; an unknown one matters
// only if a signer uses it.
func (v *Verification) lireEmpreintes(der cryptobyte.String) error {
	var set cryptobyte.String
	if !der.ReadASN1(&set, cbasn1.SET) {
		return errors.New("cms: malformed digestAlgorithms")
	}
	for !set.Empty() {
		var algorithme cryptobyte.String
		if !set.ReadASN1Element(&algorithme, cbasn1.SEQUENCE) {
			return errors.New("cms: malformed digestAlgorithms")
		}
		oid, _, err := lireAlgorithme(algorithme)
		if err != nil {
			return err
		}
		// SHA-1 no longer says anything: RFC 8551 §2.1 keeps it for history.
		if h, ok := hashDe(oid); ok && h != crypto.SHA1 && v.hashes[h] == nil {
			v.hashes[h] = h.New()
		}
	}
	return nil
}

// fin reads what follows the content, and verifies the signatures.
func (v *Verification) fin() error {
	l := v.l
	if v.src != nil {
		for range 2 { // [0], EncapsulatedContentInfo
			if err := l.sortir(); err != nil {
				return err
			}
		}
	}
	certificats, err := v.certificats()
	if err != nil {
		return err
	}
	if t, _, err := l.suivant(); err != nil {
		return err
	} else if t == tagContexte1C { // revocation lists: the host has its own
		if err := l.sauter(); err != nil {
			return err
		}
	}
	debut := l.pos
	if err := l.entrer(tagSet, "SignerInfos"); err != nil {
		return err
	}
	var signatures []Signature
	for !l.fini() {
		if l.pos-debut > ensembleMax {
			return l.faute(l.pos, fmt.Sprintf("signers of more than %d bytes", ensembleMax), "fewer of them")
		}
		der, err := l.element(elementMax)
		if err != nil {
			return err
		}
		s, err := v.verifier(der, certificats)
		if err != nil {
			return err
		}
		signatures = append(signatures, s)
	}
	for range 4 { // SignerInfos, SignedData, [0], ContentInfo
		if err := l.sortir(); err != nil {
			return err
		}
	}
	if len(signatures) == 0 {
		return ErrSansSignature
	}
	v.signatures = signatures
	return nil
}

// certificats are those of the message, which are optional, and the caller's.
func (v *Verification) certificats() ([]*x509.Certificate, error) {
	l := v.l
	tous := append([]*x509.Certificate(nil), v.o.Certificats...)
	t, _, err := l.suivant()
	if err != nil || t != tagContexte0C {
		return tous, err
	}
	debut := l.pos
	if err := l.entrer(tagContexte0C, "certificates"); err != nil {
		return nil, err
	}
	for !l.fini() {
		if l.pos-debut > ensembleMax {
			return nil, l.faute(l.pos, fmt.Sprintf("certificates of more than %d bytes", ensembleMax), "fewer of them")
		}
		t, _, err := l.suivant()
		if err != nil {
			return nil, err
		}
		if t != tagSequence { // other kinds of certificate
			if err := l.sauter(); err != nil {
				return nil, err
			}
			continue
		}
		der, err := l.element(elementMax)
		if err != nil {
			return nil, err
		}
		// One that Go does not parse is of no use, and may be nobody's.
		if c, err := x509.ParseCertificate(der); err == nil {
			tous = append(tous, c)
		}
	}
	return tous, l.sortir()
}

// signataireLu is a SignerInfo.
type signataireLu struct {
	id         identifiant
	hash       crypto.Hash
	signes     bool              // there are signed attributes
	attributs  cryptobyte.String // content of their SET
	algorithme cryptobyte.String
	valeur     cryptobyte.String
}

func lireSignataire(der cryptobyte.String) (s signataireLu, err error) {
	malforme := errors.New("cms: malformed SignerInfo")
	var corps, algorithme cryptobyte.String
	var version int
	if !der.ReadASN1(&corps, cbasn1.SEQUENCE) || !corps.ReadASN1Integer(&version) {
		return s, malforme
	}
	var ok bool
	if s.id, ok = lireIdentifiant(&corps); !ok || !corps.ReadASN1Element(&algorithme, cbasn1.SEQUENCE) {
		return s, malforme
	}
	oid, _, err := lireAlgorithme(algorithme)
	if err != nil {
		return s, err
	}
	if s.hash, ok = hashDe(oid); !ok || s.hash == crypto.SHA1 {
		return s, erreurAlgorithme("digest", oid)
	}
	if !corps.ReadOptionalASN1(&s.attributs, &s.signes, tagContexte0C) {
		return s, malforme
	}
	if !corps.ReadASN1Element(&s.algorithme, cbasn1.SEQUENCE) || !corps.ReadASN1(&s.valeur, cbasn1.OCTET_STRING) {
		return s, malforme
	}
	return s, nil
}

func (v *Verification) verifier(der cryptobyte.String, certificats []*x509.Certificate) (Signature, error) {
	s, err := lireSignataire(der)
	if err != nil {
		return Signature{}, err
	}
	h := v.hashes[s.hash]
	if h == nil {
		return Signature{}, fmt.Errorf("cms: a signer uses %v, which the message does not announce", s.hash)
	}
	var certificat *x509.Certificate
	for _, c := range certificats {
		if s.id.designe(c) {
			certificat = c
			break
		}
	}
	if certificat == nil {
		return Signature{}, errors.New("cms: the certificate of a signer is missing")
	}
	const signer = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if certificat.KeyUsage != 0 && certificat.KeyUsage&signer == 0 { // RFC 8551 §4.4.2
		return Signature{}, &ErreurCle{Serie: fmt.Sprintf("%x", certificat.SerialNumber),
			Motif: "its key usage does not allow to sign"}
	}
	empreinte := h.Sum(nil)
	var date time.Time
	if s.signes {
		if date, err = v.verifierAttributs(s.attributs, empreinte); err != nil {
			return Signature{}, err
		}
		// RFC 5652 §5.4: what is signed is the SET, whose tag in place is [0].
		a := s.hash.New()
		a.Write(entete(uint8(tagSet), int64(len(s.attributs))))
		a.Write(s.attributs)
		empreinte = a.Sum(nil)
	} else if !v.type_.Equal(oidDonnees) {
		return Signature{}, errors.New("cms: a content of another type than data without signed attributes")
	} else if v.tete.attributs() {
		return Signature{}, fmt.Errorf("%w: the content is the signed attributes of another message", ErrSignature)
	}
	if err := s.controler(certificat, empreinte); err != nil {
		return Signature{}, err
	}
	resultat := Signature{Certificat: certificat, Date: date}
	if v.o.SansChaine {
		return resultat, nil
	}
	intermediaires := x509.NewCertPool()
	for _, c := range certificats {
		intermediaires.AddCert(c)
	}
	resultat.Chaines, err = certificat.Verify(x509.VerifyOptions{
		Roots: v.o.Racines, Intermediates: intermediaires, CurrentTime: v.o.Heure,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return Signature{}, &ErreurCle{Serie: fmt.Sprintf("%x", certificat.SerialNumber), Motif: err.Error()}
	}
	return resultat, nil
}

// verifierAttributs wants the type and the digest of the content (RFC 5652
// §5.3), once each, and returns the signing time.
func (v *Verification) verifierAttributs(attributs cryptobyte.String, empreinte []byte) (date time.Time, err error) {
	malforme := errors.New("cms: malformed signed attributes")
	vus := make(map[string]bool)
	for !attributs.Empty() {
		var attribut, valeurs cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !attributs.ReadASN1(&attribut, cbasn1.SEQUENCE) || !attribut.ReadASN1ObjectIdentifier(&oid) ||
			!attribut.ReadASN1(&valeurs, cbasn1.SET) {
			return date, malforme
		}
		if vus[oid.String()] {
			return date, malforme
		}
		vus[oid.String()] = true
		switch {
		case oid.Equal(oidTypeContenu):
			var type_ asn1.ObjectIdentifier
			if !valeurs.ReadASN1ObjectIdentifier(&type_) || !valeurs.Empty() {
				return date, malforme
			}
			if !type_.Equal(v.type_) {
				return date, ErrSignature
			}
		case oid.Equal(oidEmpreinte):
			var lue cryptobyte.String
			if !valeurs.ReadASN1(&lue, cbasn1.OCTET_STRING) || !valeurs.Empty() {
				return date, malforme
			}
			if !bytes.Equal(lue, empreinte) {
				return date, ErrSignature
			}
		case oid.Equal(oidDateSignature):
			if valeurs.PeekASN1Tag(cbasn1.UTCTime) {
				if !valeurs.ReadASN1UTCTime(&date) {
					return date, malforme
				}
			} else if !valeurs.ReadASN1GeneralizedTime(&date) {
				return date, malforme
			}
		}
	}
	if !vus[oidTypeContenu.String()] || !vus[oidEmpreinte.String()] {
		return date, malforme
	}
	return date, nil
}

// controler checks the signature value with the certificate's key.
func (s *signataireLu) controler(certificat *x509.Certificate, empreinte []byte) error {
	oid, parametres, err := lireAlgorithme(s.algorithme)
	if err != nil {
		return err
	}
	bonne := false
	switch pub := certificat.PublicKey.(type) {
	case *rsa.PublicKey:
		switch {
		case oid.Equal(oidRSA), oid.Equal(oidRSAAvec[s.hash]):
			bonne = rsa.VerifyPKCS1v15(pub, s.hash, empreinte, s.valeur) == nil
		case oid.Equal(oidPSS):
			h, mgf, _, err := lireHashes(parametres, "PSS")
			if err != nil {
				return err
			}
			if h != s.hash || mgf != s.hash {
				return fmt.Errorf("cms: PSS with %v and MGF1 with %v for a digest of %v", h, mgf, s.hash)
			}
			bonne = rsa.VerifyPSS(pub, s.hash, empreinte, s.valeur, nil) == nil
		default:
			return erreurAlgorithme("signature", oid)
		}
	case *ecdsa.PublicKey:
		// Some write the key's OID in place of the algorithm's: the digest is known.
		if !oid.Equal(oidECDSA[s.hash]) && !oid.Equal(oidCleEC) {
			return erreurAlgorithme("signature", oid)
		}
		bonne = ecdsa.VerifyASN1(pub, empreinte, s.valeur)
	default:
		return erreurAlgorithme("signature", oid)
	}
	if !bonne {
		return ErrSignature
	}
	return nil
}

var oidCleEC = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
