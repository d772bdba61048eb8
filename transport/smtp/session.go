package smtp

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// session is one connection to the relay, for one message after another.
type session struct {
	relais  *Relais
	delais  Delais
	brute   net.Conn
	base    *connexion
	conn    net.Conn       // on top of TLS, if any
	lu      *bufio.Reader  // what the relay says on conn
	client  *gosmtp.Client // as far as AUTH, and QUIT
	chiffre bool
	message bool // in the middle of the message: a QUIT would be part of it
	arret   func() bool
}

// faute builds the error of a step: a reply of the relay, or what broke. Without
// reply the cause is of the network, and another attempt may do.
func (r *Relais) faute(etape transport.Etape, err error) *transport.ErreurEnvoi {
	e := &transport.ErreurEnvoi{Etape: etape, Relais: r.Adresse}
	var reponse *gosmtp.SMTPError
	if errors.As(err, &reponse) {
		e.Code, e.Reponse, e.CodeEtendu = reponse.Code, reponse.Message, codeEtendu(reponse.EnhancedCode)
		e.Definitive = e.Code >= 500
		e.Faute = e.DeQui()
		return e
	}
	e.Err = err
	var certificat *tls.CertificateVerificationError
	var locale *erreurLocale
	e.Definitive = errors.As(err, &certificat) || errors.Is(err, ErrEpingle) || errors.As(err, &locale) &&
		locale.definitive
	if e.Faute = e.DeQui(); errors.Is(err, ErrEpingle) {
		e.Faute = transport.FauteCertificat
	}
	return e
}

func codeEtendu(c gosmtp.EnhancedCode) string {
	if c[0] < 2 { // not given
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", c[0], c[1], c[2])
}

// connecter opens the connection up to EHLO, TLS included. From then on the
// end of ctx breaks it, until arret is called.
func (r *Relais) connecter(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error)) (*session,
	*transport.ErreurEnvoi) {
	s := &session{relais: r, delais: r.Delais.complets()}
	court, annuler := context.WithTimeout(ctx, s.delais.Connexion)
	defer annuler()
	brute, err := dial(court, "tcp", r.Adresse)
	if err != nil {
		return nil, r.faute(transport.EtapeConnexion, err)
	}
	s.brute, s.base = brute, &connexion{Conn: brute, ecriture: s.delais.Ecriture}
	s.conn = s.base
	s.arret = context.AfterFunc(ctx, func() { brute.Close() })
	if etape, err := s.proteger(); err != nil {
		s.arret()
		s.conn.Close()
		return nil, s.interrompu(ctx, r.faute(etape, err))
	}
	return s, nil
}

// interrompu gives as cause the end of ctx rather than the closed connection.
func (s *session) interrompu(ctx context.Context, faute *transport.ErreurEnvoi) *transport.ErreurEnvoi {
	if cause := context.Cause(ctx); cause != nil && faute != nil && faute.Code == 0 {
		faute.Err = fmt.Errorf("%w: %w", cause, faute.Err)
		faute.Definitive, faute.Faute = false, transport.FauteReseau
	}
	return faute
}

func (s *session) proteger() (transport.Etape, error) {
	s.lu = bufio.NewReader(s.conn)
	salue := s.relais.Securite == STARTTLS || s.relais.Securite == STARTTLSPossible
	if salue {
		var err error
		var etape transport.Etape
		if s.chiffre, etape, err = s.starttls(); err != nil {
			return etape, err
		}
	}
	if s.relais.Securite == TLSImplicite {
		s.chiffre = true
	}
	if s.chiffre {
		t := tls.Client(s.conn, s.relais.configTLS())
		if err := t.SetDeadline(time.Now().Add(s.delais.Connexion)); err != nil {
			return transport.EtapeTLS, err
		}
		if err := t.Handshake(); err != nil {
			return transport.EtapeTLS, err
		}
		if err := t.SetDeadline(time.Time{}); err != nil {
			return transport.EtapeTLS, err
		}
		s.conn, s.lu = t, bufio.NewReader(t)
	}
	if salue {
		// go-smtp wants a greeting, and it was read before.
		s.lu = bufio.NewReader(io.MultiReader(strings.NewReader("220 relay\r\n"), s.lu))
	}
	s.client = gosmtp.NewClient(&parLignes{s.conn, s.lu})
	s.client.CommandTimeout = s.delais.Commande
	s.client.SubmissionTimeout = s.delais.Fin
	return transport.EtapeConnexion, s.client.Hello(s.nom())
}

func (s *session) nom() string {
	if s.relais.Nom != "" {
		return s.relais.Nom
	}
	return "localhost"
}

// starttls talks in clear up to STARTTLS. go-smtp would do it, but keep to
// itself the connection that the message is to be written on.
func (s *session) starttls() (accepte bool, etape transport.Etape, err error) {
	if _, _, err := s.reponse(220, s.delais.Commande); err != nil {
		return false, transport.EtapeConnexion, err
	}
	commande := func(attendu int, c string) (string, error) {
		if err := s.dire(c); err != nil {
			return "", err
		}
		_, msg, err := s.reponse(attendu, s.delais.Commande)
		return msg, err
	}
	extensions, err := commande(250, "EHLO "+s.nom())
	var refus *gosmtp.SMTPError
	if err != nil && !(errors.As(err, &refus) && (refus.Code == 500 || refus.Code == 502)) {
		return false, transport.EtapeConnexion, err
	}
	if !offre(extensions, "STARTTLS") {
		if s.relais.Securite == STARTTLS {
			return false, transport.EtapeTLS, definitive(errors.New("smtp: the relay does not offer STARTTLS"))
		}
		return false, "", nil
	}
	if _, err := commande(220, "STARTTLS"); err != nil {
		return false, transport.EtapeTLS, err
	}
	if s.lu.Buffered() > 0 {
		// Somebody between us and the relay adds commands before TLS.
		return false, transport.EtapeTLS, errors.New("smtp: bytes in clear after the reply to STARTTLS")
	}
	return true, "", nil
}

func offre(extensions, nom string) bool {
	for l := range strings.SplitSeq(extensions, "\n") {
		if mot, _, _ := strings.Cut(l, " "); strings.EqualFold(mot, nom) {
			return true
		}
	}
	return false
}

func (s *session) authentifier(ctx context.Context) *transport.ErreurEnvoi {
	a := s.relais.Auth
	if !a.actif() {
		return nil
	}
	if !s.chiffre {
		return s.relais.faute(transport.EtapeAuth, definitive(errors.New("smtp: AUTH without TLS would show the password")))
	}
	mecanisme, secret, err := a.choisir(ctx, s.client.SupportsAuth)
	if err != nil {
		return s.relais.faute(transport.EtapeAuth, err)
	}
	if err := s.client.Auth(mecanisme); err != nil {
		e := s.relais.faute(transport.EtapeAuth, err)
		e.Reponse = a.masquer(e.Reponse, secret)
		return e
	}
	return nil
}

// fermer says QUIT, where it can be understood, without waiting long: the message
// has its reply already.
func (s *session) fermer(faute *transport.ErreurEnvoi) {
	if s.message || faute != nil && faute.Code == 0 {
		s.conn.Close()
		return
	}
	s.client.CommandTimeout = min(s.delais.Commande, 10*time.Second)
	if s.client.Quit() != nil {
		s.conn.Close()
	}
}
