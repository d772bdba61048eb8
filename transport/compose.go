package transport

import (
	"bufio"
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/internal/cms"
)

// ErrMessage is wrapped by the errors of Composer that tell what is wrong with
// the message itself: no attempt can mend it.
var ErrMessage = errors.New("transport: message can't be composed")

const tampon = 64 << 10

// Composer writes a message: lines end with CRLF, every byte is 7-bit, memory
// doesn't depend on the size of the parts.
func Composer(w io.Writer, m *Message) error {
	c, err := preparer(m)
	if err != nil {
		return err
	}
	bw := bufio.NewWriterSize(w, tampon)
	if err := c.message(bw); err != nil {
		return err
	}
	return bw.Flush()
}

// Envoi returns the message ready for a sender. It's composed as it's read, at
// each attempt: nothing is kept, and its size isn't known beforehand.
func (m *Message) Envoi() (Envoi, error) {
	if _, err := preparer(m); err != nil {
		return Envoi{}, err
	}
	de, a := m.adresses()
	return Envoi{De: de, A: a, MessageID: m.ID, Contenu: func() (io.ReadCloser, error) {
		pr, pw := io.Pipe()
		go func() { pw.CloseWithError(Composer(pw, m)) }()
		return pr, nil
	}}, nil
}

// adresses returns the bare addresses of a message that preparer accepted.
func (m *Message) adresses() (de string, a []string) {
	nue := func(s string) string {
		ad, err := mail.ParseAddress(s)
		if err != nil {
			return s
		}
		return ad.Address
	}
	for _, s := range m.A {
		a = append(a, nue(s))
	}
	return nue(m.De), a
}

// composition is a message that was checked, with what is drawn once for it.
type composition struct {
	*Message
	entetes            string
	ligne, lignePKCS7  int
	limite, limiteHaut string // boundaries of the inner and the outer multipart
}

func erreurMessage(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrMessage, fmt.Sprintf(format, a...))
}

func preparer(m *Message) (*composition, error) {
	c := &composition{Message: m}
	var err error
	if c.ligne, err = longueurLigne(m.Enveloppe.LigneBase64, 76); err != nil {
		return nil, err
	}
	if c.lignePKCS7, err = longueurLigne(m.Enveloppe.LignePKCS7, 64); err != nil {
		return nil, err
	}
	if len(m.Parties) == 0 {
		return nil, erreurMessage("no part")
	}
	for i, p := range m.Parties {
		if err := verifierPartie(p); err != nil {
			return nil, fmt.Errorf("%w (part %d)", err, i+1)
		}
	}
	if m.Enveloppe.sansChiffrement() != (len(m.Enveloppe.Certificats) == 0) {
		return nil, erreurMessage("a cipher goes with certificates: cipher %q, %d certificates", m.Enveloppe.Chiffrement,
			len(m.Enveloppe.Certificats))
	}
	if !m.Enveloppe.sansChiffrement() {
		if _, err := m.Enveloppe.optionsCMS(); err != nil {
			return nil, err
		}
	}
	if c.entetes, err = c.entetesMessage(); err != nil {
		return nil, err
	}
	if c.limiteHaut, err = c.tirerLimite(); err != nil {
		return nil, err
	}
	c.limite, err = c.tirerLimite()
	return c, err
}

func longueurLigne(n, defaut int) (int, error) {
	if n == 0 {
		return defaut, nil
	}
	if n < 4 || n > 76 || n%4 != 0 {
		return 0, erreurMessage("base64 line of %d characters, want a multiple of 4 from 4 to 76", n)
	}
	return n, nil
}

func verifierPartie(p Partie) error {
	if p.Open == nil {
		return erreurMessage("no content")
	}
	t, _, err := mime.ParseMediaType(p.Type)
	if err != nil || !strings.Contains(t, "/") {
		return erreurMessage("media type %q", p.Type)
	}
	for _, s := range []string{p.Type, p.Description, p.Nom} {
		if err := valeurSaine(s); err != nil {
			return err
		}
	}
	return verifierChamps(p.champs())
}

// champs is the header of the part.
func (p *Partie) champs() string {
	var b strings.Builder
	champ(&b, "Content-Type", p.Type)
	champ(&b, "Content-Transfer-Encoding", "base64")
	if p.Description != "" {
		champ(&b, "Content-Description", texteEntete(p.Description))
	}
	if p.Nom != "" {
		champ(&b, "Content-Disposition", pieceJointe(p.Nom))
	}
	return b.String()
}

// valeurSaine refuses what could end a header field before its time.
func valeurSaine(s string) error {
	if !utf8.ValidString(s) {
		return erreurMessage("header value is not UTF-8")
	}
	for i, r := range s {
		if r < ' ' || r == 0x7f {
			return erreurMessage("control character %#x at offset %d of a header value", r, i)
		}
	}
	return nil
}

// tirerLimite draws a boundary. It starts with "=_", which no base64 holds: it
// can't occur in a part.
func (c *composition) tirerLimite() (string, error) {
	r := c.Enveloppe.Rand
	if r == nil {
		r = rand.Reader
	}
	var b [12]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return "", fmt.Errorf("transport: drawing a boundary: %w", err)
	}
	return "=_" + hex.EncodeToString(b[:]), nil
}

func (c *composition) message(w io.Writer) error {
	if _, err := io.WriteString(w, c.entetes); err != nil {
		return err
	}
	if !c.Enveloppe.MultipartExterne {
		return c.objet(w)
	}
	if _, err := fmt.Fprintf(w, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%[1]s\r\n",
		c.limiteHaut); err != nil {
		return err
	}
	if err := c.objet(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "--%s--\r\n", c.limiteHaut)
	return err
}

// objet writes the encrypted object, or what is in it when there's no cipher.
func (c *composition) objet(w io.Writer) error {
	if c.Enveloppe.sansChiffrement() {
		return c.signee(w)
	}
	genre := "enveloped-data"
	if cms.Authentifie(c.Enveloppe.Chiffrement) {
		genre = "authEnveloped-data" // RFC 8551 §3.2.2
	}
	return c.pkcs7(w, genre, c.signee, func(dst io.Writer) (io.WriteCloser, error) {
		return chiffrer(dst, &c.Enveloppe, c.signee)
	})
}

// signee writes the inner entity, in a signed object when somebody signs.
func (c *composition) signee(w io.Writer) error {
	if len(c.Enveloppe.Signataires) == 0 {
		return c.entite(w)
	}
	return c.pkcs7(w, "signed-data", c.entite, func(dst io.Writer) (io.WriteCloser, error) {
		return signer(dst, &c.Enveloppe)
	})
}

// pkcs7 writes a S/MIME object whose content is what entite writes.
func (c *composition) pkcs7(w io.Writer, genre string, entite func(io.Writer) error,
	ouvrir func(io.Writer) (io.WriteCloser, error)) error {
	t := c.Enveloppe.TypePKCS7
	if t == "" {
		t = "application/pkcs7-mime"
	}
	_, err := fmt.Fprintf(w, "Content-Type: %s; smime-type=%s; name=\"smime.p7m\"\r\n"+
		"Content-Transfer-Encoding: base64\r\n"+
		"Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n", t, genre)
	if err != nil {
		return err
	}
	lignes := nouvellesLignes(w, c.lignePKCS7)
	cms, err := ouvrir(lignes)
	if err != nil {
		return err
	}
	bw := bufio.NewWriterSize(cms, tampon)
	if err := entite(bw); err != nil {
		return err
	}
	if err := bw.Flush(); err != nil {
		return err
	}
	if err := cms.Close(); err != nil {
		return err
	}
	return lignes.Close()
}

// entite writes the inner entity: the part alone, or a multipart of all of them.
func (c *composition) entite(w io.Writer) error {
	if len(c.Parties) == 1 {
		return c.partie(w, &c.Parties[0])
	}
	if _, err := fmt.Fprintf(w, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n", c.limite); err != nil {
		return err
	}
	for i := range c.Parties {
		if _, err := fmt.Fprintf(w, "--%s\r\n", c.limite); err != nil {
			return err
		}
		if err := c.partie(w, &c.Parties[i]); err != nil {
			return fmt.Errorf("transport: part %d: %w", i+1, err)
		}
	}
	_, err := fmt.Fprintf(w, "--%s--\r\n", c.limite)
	return err
}

func (c *composition) partie(w io.Writer, p *Partie) (err error) {
	if _, err := io.WriteString(w, p.champs()+"\r\n"); err != nil {
		return err
	}
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	lignes := nouvellesLignes(w, c.ligne)
	if p.Gzip {
		z := gzip.NewWriter(lignes)
		if _, err := io.Copy(z, r); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
	} else if err := copier(lignes, r); err != nil {
		return err
	}
	return lignes.Close()
}

func copier(w io.Writer, r io.Reader) error {
	// A plain writer and reader, so that io.CopyBuffer uses the buffer given.
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, make([]byte, tampon))
	return err
}
