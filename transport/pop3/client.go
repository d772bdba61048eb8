package pop3

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/xoauth2"
)

// Erreur is a refusal by the server.
type Erreur struct {
	Commande string // the verb alone: an argument may be a secret
	Code     string // of RFC 2449, such as "IN-USE" or "AUTH"; "" when none
	Reponse  string // text of the server
}

func (e *Erreur) Error() string {
	return fmt.Sprintf("pop3: %s refused: %q", e.Commande, e.Reponse)
}

// ErrProtocole is wrapped by errors on what isn't POP3.
var ErrProtocole = errors.New("pop3: protocol error")

const (
	ligneMax = 4096    // RFC 2449 says 512
	listeMax = 1 << 20 // messages in a mailbox
)

// session is a connection logged in.
type session struct {
	conn    net.Conn
	attente *connDelai // under conn
	br      *bufio.Reader
	ouvert  *corps // message being read
	perdu   error  // why the connection can't serve any more
	arret   func() bool
}

// connDelai gives each read and write its deadline.
type connDelai struct {
	net.Conn
	delai time.Duration
}

func (c *connDelai) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.delai)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *connDelai) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.delai)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (b *Boite) connecter(ctx context.Context) (_ *session, err error) {
	composer := b.Composer
	if composer == nil {
		composer = (&net.Dialer{}).DialContext
	}
	delai := b.Delai
	if delai == 0 {
		delai = time.Minute
	}
	ctxConn, fin := context.WithTimeout(ctx, delai)
	defer fin()
	brute, err := composer(ctxConn, "tcp", b.Adresse)
	if err != nil {
		return nil, fmt.Errorf("pop3: %w", err)
	}
	// Closing wakes up any read when the caller gives up.
	s := &session{arret: context.AfterFunc(ctx, func() { brute.Close() })}
	defer func() {
		if err != nil {
			s.fermer()
			if ctx.Err() != nil {
				err = errors.Join(ctx.Err(), err)
			}
		}
	}()
	s.attente = &connDelai{brute, delai}
	s.conn = s.attente
	if b.Securite == TLS {
		if err := s.chiffrer(ctxConn, b); err != nil {
			return nil, err
		}
	}
	s.br = bufio.NewReaderSize(s.conn, 64<<10)
	if _, err := s.reponse("greeting"); err != nil {
		return nil, err
	}
	if b.Securite == STLS {
		if _, err := s.commande("STLS", ""); err != nil {
			return nil, err
		}
		if s.br.Buffered() > 0 {
			return nil, fmt.Errorf("%w: bytes in clear after STLS", ErrProtocole)
		}
		if err := s.chiffrer(ctxConn, b); err != nil {
			return nil, err
		}
		s.br.Reset(s.conn)
	}
	if b.Jeton != nil {
		return s, s.jeton(ctx, b)
	}
	if _, err := s.commande("USER", b.Utilisateur); err != nil {
		return nil, err
	}
	if _, err := s.commande("PASS", string(b.MotDePasse)); err != nil {
		return nil, err
	}
	return s, nil
}

// jeton authenticates by XOAUTH2 (RFC 5034, without an initial response on the
// command line, which its length limit forbids).
func (s *session) jeton(ctx context.Context, b *Boite) error {
	jeton, err := b.Jeton(ctx)
	if err != nil {
		return fmt.Errorf("pop3: getting the token: %w", err)
	}
	_, reponse, err := xoauth2.New(b.Utilisateur, string(jeton)).Start()
	if err != nil {
		return err
	}
	for _, ligne := range []string{"AUTH " + xoauth2.Nom, base64.StdEncoding.EncodeToString(reponse), ""} {
		if _, err := io.WriteString(s.conn, ligne+"\r\n"); err != nil {
			return fmt.Errorf("pop3: AUTH: %w", err)
		}
		// A challenge asks for the token; a second one is a refusal, to be answered by
		// an empty line.
		if debut, err := s.br.Peek(1); err == nil && debut[0] == '+' {
			if deux, err := s.br.Peek(2); err == nil && deux[1] == ' ' {
				if _, err := s.ligne(); err != nil {
					return fmt.Errorf("pop3: AUTH: %w", err)
				}
				continue
			}
		}
		_, err := s.reponse("AUTH")
		return err
	}
	return fmt.Errorf("%w: AUTH: a challenge too many", ErrProtocole)
}

func (s *session) chiffrer(ctx context.Context, b *Boite) error {
	c := &tls.Config{}
	if b.ConfigTLS != nil {
		c = b.ConfigTLS.Clone()
	}
	if c.ServerName == "" {
		hote, _, err := net.SplitHostPort(b.Adresse)
		if err != nil {
			return fmt.Errorf("pop3: address: %w", err)
		}
		c.ServerName = hote
	}
	t := tls.Client(s.conn, c)
	if err := t.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("pop3: TLS: %w", err)
	}
	s.conn = t
	return nil
}

func (s *session) fermer() {
	s.arret()
	if s.conn != nil {
		s.conn.Close()
	}
}

// commande sends a line and reads the status of its answer.
func (s *session) commande(verbe, argument string) (string, error) {
	if s.perdu != nil {
		return "", s.perdu
	}
	if strings.ContainsAny(argument, "\r\n\x00") {
		return "", fmt.Errorf("pop3: the argument of %s holds a line end", verbe)
	}
	if s.ouvert != nil {
		if err := s.ouvert.Close(); err != nil {
			return "", err
		}
		s.ouvert = nil
	}
	ligne := verbe
	if argument != "" {
		ligne += " " + argument
	}
	if _, err := io.WriteString(s.conn, ligne+"\r\n"); err != nil {
		s.perdu = fmt.Errorf("pop3: %s: %w", verbe, err)
		return "", s.perdu
	}
	return s.reponse(verbe)
}

func (s *session) reponse(verbe string) (string, error) {
	l, err := s.ligne()
	if err != nil {
		s.perdu = fmt.Errorf("pop3: %s: %w", verbe, err)
		return "", s.perdu
	}
	// The space is missing from some servers' bare status.
	if texte, ok := strings.CutPrefix(l, "+OK"); ok && (texte == "" || texte[0] == ' ') {
		return strings.TrimSpace(texte), nil
	}
	if texte, ok := strings.CutPrefix(l, "-ERR"); ok {
		texte = strings.TrimSpace(texte)
		e := &Erreur{Commande: verbe, Reponse: texte}
		if strings.HasPrefix(texte, "[") {
			e.Code, _, _ = strings.Cut(texte[1:], "]")
		}
		return "", e
	}
	s.perdu = fmt.Errorf("%w: %s: status line expected, got %.40q", ErrProtocole, verbe, l)
	return "", s.perdu
}

// ligne reads one line without its end.
func (s *session) ligne() (string, error) {
	var out []byte
	for {
		b, err := s.br.ReadSlice('\n')
		if len(out)+len(b) > ligneMax {
			return "", fmt.Errorf("%w: line of more than %d bytes", ErrProtocole, ligneMax)
		}
		out = append(out, b...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		return strings.TrimRight(string(out), "\r\n"), nil
	}
}

// capacite asks whether the server announces an extension (RFC 2449); one that has no
// CAPA has none.
func (s *session) capacite(nom string) (bool, error) {
	if _, err := s.commande("CAPA", ""); err != nil {
		return false, s.perdu
	}
	trouvee := false
	for {
		l, err := s.ligne()
		if err != nil {
			s.perdu = fmt.Errorf("pop3: CAPA: %w", err)
			return false, s.perdu
		}
		if l == "." {
			return trouvee, nil
		}
		mot, _, _ := strings.Cut(l, " ")
		trouvee = trouvee || strings.EqualFold(mot, nom)
	}
}

// supprimer sends DELE for all, then reads the answers: the refusals, and what lost the
// session.
func (s *session) supprimer(numeros []int) (refus []error, err error) {
	if s.perdu != nil {
		return nil, s.perdu
	}
	if s.ouvert != nil {
		if err := s.ouvert.Close(); err != nil {
			return nil, err
		}
		s.ouvert = nil
	}
	var lignes strings.Builder
	for _, n := range numeros {
		lignes.WriteString("DELE " + strconv.Itoa(n) + "\r\n")
	}
	if _, err := io.WriteString(s.conn, lignes.String()); err != nil {
		s.perdu = fmt.Errorf("pop3: DELE: %w", err)
		return nil, s.perdu
	}
	for range numeros {
		if _, err := s.reponse("DELE"); err != nil {
			if s.perdu != nil {
				return refus, s.perdu
			}
			refus = append(refus, err)
		}
	}
	return refus, nil
}

// patienceListe: how many delays a listing may take to begin. A server reads each message
// of a mailbox that it hasn't listed yet, to count its bytes: for 20,000 of them Dovecot
// took 20 s on a busy machine.
const patienceListe = 5

// liste runs UIDL or LIST and gives its lines, split at the first space.
func (s *session) liste(verbe string, ligne func(numero int, valeur string) error) error {
	delai := s.attente.delai
	s.attente.delai *= patienceListe
	defer func() { s.attente.delai = delai }()
	if _, err := s.commande(verbe, ""); err != nil {
		return err
	}
	for n := 0; ; n++ {
		l, err := s.ligne()
		if err == nil && n > listeMax {
			err = fmt.Errorf("%w: more than %d messages", ErrProtocole, listeMax)
		}
		if err != nil {
			s.perdu = fmt.Errorf("pop3: %s: %w", verbe, err)
			return s.perdu
		}
		if l == "." {
			return nil
		}
		num, valeur, _ := strings.Cut(strings.TrimPrefix(l, "."), " ")
		i, err := strconv.Atoi(num)
		if err == nil && i < 1 {
			err = errors.New("message number under 1")
		}
		if err == nil {
			err = ligne(i, strings.TrimSpace(valeur))
		}
		if err != nil {
			s.perdu = fmt.Errorf("%w: %s: line %d: %w", ErrProtocole, verbe, n+1, err)
			return s.perdu
		}
	}
}
