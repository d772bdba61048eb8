package smtp

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// session is one connection to the relay, for one message.
type session struct {
	relais  *Relais
	delais  Delais
	brute   net.Conn
	base    *connexion
	conn    net.Conn // on top of TLS, if any
	client  *gosmtp.Client
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
	var accueil []byte
	if s.relais.Securite == STARTTLS || s.relais.Securite == STARTTLSPossible {
		var err error
		var etape transport.Etape
		if accueil, s.chiffre, etape, err = s.starttls(); err != nil {
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
		s.conn = t
	}
	s.client = gosmtp.NewClient(&rejeu{s.conn, accueil})
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
func (s *session) starttls() (accueil []byte, accepte bool, etape transport.Etape, err error) {
	if err := s.conn.SetDeadline(time.Now().Add(s.delais.Commande)); err != nil {
		return nil, false, transport.EtapeConnexion, err
	}
	texte := textproto.NewConn(s.conn)
	if _, _, err := texte.ReadResponse(220); err != nil {
		return nil, false, transport.EtapeConnexion, reponseSMTP(err)
	}
	commande := func(attendu int, c string) (string, error) {
		if err := texte.PrintfLine("%s", c); err != nil {
			return "", err
		}
		_, msg, err := texte.ReadResponse(attendu)
		return msg, reponseSMTP(err)
	}
	extensions, err := commande(250, "EHLO "+s.nom())
	var refus *gosmtp.SMTPError
	if err != nil && !(errors.As(err, &refus) && (refus.Code == 500 || refus.Code == 502)) {
		return nil, false, transport.EtapeConnexion, err
	}
	accueil = []byte("220 relay\r\n")
	if !offre(extensions, "STARTTLS") {
		if s.relais.Securite == STARTTLS {
			return nil, false, transport.EtapeTLS, definitive(errors.New("smtp: the relay does not offer STARTTLS"))
		}
		return accueil, false, "", nil
	}
	if _, err := commande(220, "STARTTLS"); err != nil {
		return nil, false, transport.EtapeTLS, err
	}
	if texte.R.Buffered() > 0 {
		// Somebody between us and the relay adds commands before TLS.
		return nil, false, transport.EtapeTLS, errors.New("smtp: bytes in clear after the reply to STARTTLS")
	}
	return accueil, true, "", nil
}

func offre(extensions, nom string) bool {
	for l := range strings.SplitSeq(extensions, "\n") {
		if mot, _, _ := strings.Cut(l, " "); strings.EqualFold(mot, nom) {
			return true
		}
	}
	return false
}

// reponseSMTP gives to a reply read by textproto the type that go-smtp uses.
func reponseSMTP(err error) error {
	var t *textproto.Error
	if !errors.As(err, &t) {
		return err
	}
	e := &gosmtp.SMTPError{Code: t.Code, Message: t.Msg}
	var c gosmtp.EnhancedCode
	if n, _ := fmt.Sscanf(t.Msg, "%d.%d.%d ", &c[0], &c[1], &c[2]); n == 3 {
		e.EnhancedCode = c
		_, e.Message, _ = strings.Cut(t.Msg, " ")
	}
	return e
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

// envoyer runs one transaction, up to the relay's reply to the end of the message.
func (s *session) envoyer(e transport.Envoi, destinataires []string) (transport.Preuve, []transport.RefusDestinataire,
	*transport.ErreurEnvoi) {
	max, _ := s.client.MaxMessageSize() // 0: no limit, or none known
	if max > 0 && e.Taille > int64(max) {
		return transport.Preuve{}, nil, s.relais.faute(transport.EtapeMail,
			definitive(fmt.Errorf("%w: %d bytes, the limit is %d", ErrTaille, e.Taille, max)))
	}
	if ok, _ := s.client.Extension("8BITMIME"); !ok {
		if err := s.verifier7Bits(e); err != nil {
			return transport.Preuve{}, nil, err
		}
	}
	if err := s.client.Mail(e.De, optionsMail(e)); err != nil {
		return transport.Preuve{}, nil, s.relais.faute(transport.EtapeMail, err)
	}
	var refus []transport.RefusDestinataire
	for _, a := range destinataires {
		err := s.client.Rcpt(a, &gosmtp.RcptOptions{
			Notify:                []gosmtp.DSNNotify{gosmtp.DSNNotifyFailure, gosmtp.DSNNotifyDelayed},
			OriginalRecipientType: gosmtp.DSNAddressTypeRFC822, OriginalRecipient: a,
		})
		var reponse *gosmtp.SMTPError
		switch {
		case err == nil:
		case errors.As(err, &reponse) && reponse.Code != 421: // 421: the relay goes away
			refus = append(refus, transport.RefusDestinataire{
				Adresse: a, Code: reponse.Code, CodeEtendu: codeEtendu(reponse.EnhancedCode), Message: reponse.Message,
			})
		default:
			return transport.Preuve{}, nil, s.relais.faute(transport.EtapeRcpt, err)
		}
	}
	if len(refus) == len(destinataires) {
		return transport.Preuve{}, refus, s.tousRefuses(refus)
	}
	preuve, faute := s.donnees(e, int64(max))
	return preuve, refus, faute
}

// optionsMail asks that a report holds the header alone: a lot that comes back whole
// would carry its health data once more. go-smtp leaves out what the relay doesn't offer.
func optionsMail(e transport.Envoi) *gosmtp.MailOptions {
	id := e.EnveloppeID
	if id == "" {
		id, _, _ = strings.Cut(e.MessageID, "@")
	}
	// RFC 3461 §4.4: printable, at most 100 characters once encoded.
	if len(id) > 60 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		id = ""
	}
	return &gosmtp.MailOptions{Size: e.Taille, Return: gosmtp.DSNReturnHeaders, EnvelopeID: id}
}

func (s *session) tousRefuses(refus []transport.RefusDestinataire) *transport.ErreurEnvoi {
	e := &transport.ErreurEnvoi{Etape: transport.EtapeRcpt, Relais: s.relais.Adresse, Definitive: true, Refus: refus}
	for i, r := range refus {
		// The one that another attempt may accept speaks for the others.
		if i == 0 || e.Definitive && !r.Definitif() {
			e.Code, e.CodeEtendu, e.Reponse, e.Definitive = r.Code, r.CodeEtendu, r.Message, r.Definitif()
		}
	}
	e.Faute = e.DeQui()
	return e
}

func (s *session) verifier7Bits(e transport.Envoi) *transport.ErreurEnvoi {
	contenu, err := e.Contenu()
	if err != nil {
		return s.relais.faute(transport.EtapeContenu, &erreurLocale{err: err})
	}
	defer contenu.Close()
	ok, err := septBits(contenu)
	if err != nil {
		return s.relais.faute(transport.EtapeContenu, &erreurLocale{err: err})
	}
	if !ok {
		return s.relais.faute(transport.EtapeMail, definitive(Err8Bits))
	}
	return nil
}

func (s *session) donnees(e transport.Envoi, max int64) (transport.Preuve, *transport.ErreurEnvoi) {
	contenu, err := e.Contenu()
	if err != nil {
		return transport.Preuve{}, s.relais.faute(transport.EtapeContenu, &erreurLocale{err: err})
	}
	defer contenu.Close()
	data, err := s.client.Data()
	if err != nil {
		return transport.Preuve{}, s.relais.faute(transport.EtapeData, err)
	}
	s.message = true
	// go-smtp's own buffer is empty until data is written to: the lines go straight
	// to the connection, then the last one and the dot through data.
	p := &points{dst: s.conn, max: max}
	derniere, err := p.copier(contenu)
	if err != nil {
		f := s.relais.faute(transport.EtapeData, s.dernierMot(err))
		var locale *erreurLocale
		if errors.As(err, &locale) {
			f.Etape, f.Faute = transport.EtapeContenu, transport.FauteInconnue
			f.Faute = f.DeQui()
		}
		return transport.Preuve{}, f
	}
	if _, err := data.Write(derniere); err != nil {
		return transport.Preuve{}, s.relais.faute(transport.EtapeData, err)
	}
	reponse, err := data.CloseWithResponse()
	s.message = false
	if err == nil {
		return transport.Preuve{Relais: s.relais.Adresse, Code: 250, Reponse: reponse.StatusText}, nil
	}
	f := s.relais.faute(transport.EtapeFin, err)
	if f.Code/100 == 2 { // go-smtp wants 250, some relays are less strict
		return transport.Preuve{Relais: s.relais.Adresse, Code: f.Code, Reponse: f.Reponse}, nil
	}
	if f.Incertain = f.Code < 400; f.Incertain {
		f.Faute = transport.FauteReseau
	}
	return transport.Preuve{}, f
}

// dernierMot reads what the relay says when it stops taking a message: the
// connection breaks on our side, but its reply is there. Nothing was read since
// the reply to DATA, so go-smtp's reader is empty.
func (s *session) dernierMot(err error) error {
	var locale *erreurLocale
	if errors.As(err, &locale) {
		return err
	}
	if s.conn.SetReadDeadline(time.Now().Add(5*time.Second)) != nil {
		return err
	}
	r := textproto.NewReader(bufio.NewReader(s.conn))
	code, texte, lu := r.ReadResponse(0)
	if lu != nil || code < 400 {
		return err
	}
	return reponseSMTP(&textproto.Error{Code: code, Msg: texte})
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
