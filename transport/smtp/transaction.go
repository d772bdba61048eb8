package smtp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// groupeMax bounds the commands that leave together: neither side then waits for the
// other to read (RFC 2920 §3.1).
const groupeMax = 50

// envoyer runs one transaction, up to the relay's reply to the end of the message.
func (s *session) envoyer(e transport.Envoi, destinataires []string) (transport.Preuve, []transport.RefusDestinataire,
	*transport.ErreurEnvoi) {
	max, _ := s.client.MaxMessageSize() // 0: no limit, or none known
	if max > 0 && e.Taille > int64(max) {
		return transport.Preuve{}, nil, s.relais.faute(transport.EtapeMail,
			definitive(fmt.Errorf("%w: %d bytes, the limit is %d", ErrTaille, e.Taille, max)))
	}
	if !s.offre("8BITMIME") {
		if err := s.verifier7Bits(e); err != nil {
			return transport.Preuve{}, nil, err
		}
	}
	// Before the relay is asked for anything: DATA may leave with the rest.
	contenu, err := e.Contenu()
	if err != nil {
		return transport.Preuve{}, nil, s.relais.faute(transport.EtapeContenu, &erreurLocale{err: err})
	}
	defer contenu.Close()
	refus, faute := s.enveloppe(e, destinataires)
	if faute != nil {
		return transport.Preuve{}, refus, faute
	}
	preuve, faute := s.donnees(contenu, int64(max))
	return preuve, refus, faute
}

func (s *session) offre(extension string) bool {
	ok, _ := s.client.Extension(extension)
	return ok
}

// enveloppe says MAIL, RCPT and DATA: together where the relay offers PIPELINING (RFC
// 2920), which spares a wait for each, or else one at a time.
func (s *session) enveloppe(e transport.Envoi, destinataires []string) ([]transport.RefusDestinataire,
	*transport.ErreurEnvoi) {
	commandes := []string{s.commandeMail(e)}
	for _, a := range destinataires {
		commandes = append(commandes, s.commandeRcpt(a))
	}
	commandes = append(commandes, "DATA")
	groupe := 1
	if s.offre("PIPELINING") {
		groupe = groupeMax
	}
	r := reponses{s: s, destinataires: destinataires}
	for i := 0; i < len(commandes); {
		if i == len(commandes)-1 && len(r.refus) == len(destinataires) {
			return r.refus, s.tousRefuses(r.refus)
		}
		fin := min(i+groupe, len(commandes))
		if err := s.dire(commandes[i:fin]...); err != nil {
			r.rompre(r.etape(i), err)
			return nil, r.faute
		}
		for ; i < fin; i++ {
			r.lire(i)
		}
		if r.faute != nil {
			return r.refus, r.faute
		}
	}
	return r.refus, nil
}

// reponses gathers the replies to the envelope.
type reponses struct {
	s             *session
	destinataires []string
	acceptes      int
	refus         []transport.RefusDestinataire
	faute         *transport.ErreurEnvoi // the first one
	rompu         bool                   // nothing more can be read
}

func (r *reponses) etape(i int) transport.Etape {
	switch {
	case i == 0:
		return transport.EtapeMail
	case i <= len(r.destinataires):
		return transport.EtapeRcpt
	}
	return transport.EtapeData
}

// rompre notes a fault; later ones come of it.
func (r *reponses) rompre(etape transport.Etape, err error) {
	faute := r.s.relais.faute(etape, err)
	r.rompu = r.rompu || faute.Code == 0
	if r.faute == nil {
		r.faute = faute
	} else if r.rompu {
		r.s.message = true // no QUIT: nobody knows what would be made of it
	}
}

// lire reads the reply to command i.
func (r *reponses) lire(i int) {
	if r.rompu {
		return
	}
	etape := r.etape(i)
	if etape == transport.EtapeData {
		r.lireData()
		return
	}
	_, _, err := r.s.reponse(25, r.s.delais.Commande)
	var reponse *gosmtp.SMTPError
	switch {
	case err == nil && etape == transport.EtapeRcpt:
		r.acceptes++
	case err == nil:
	case etape == transport.EtapeRcpt && errors.As(err, &reponse) && reponse.Code != 421: // 421: the relay goes away
		if r.faute == nil {
			r.refus = append(r.refus, transport.RefusDestinataire{
				Adresse: r.destinataires[i-1], Code: reponse.Code, CodeEtendu: codeEtendu(reponse.EnhancedCode),
				Message: reponse.Message,
			})
		}
	default:
		r.rompre(etape, err)
	}
}

func (r *reponses) lireData() {
	if r.faute == nil && len(r.refus) == len(r.destinataires) {
		r.faute = r.s.tousRefuses(r.refus)
	}
	_, _, err := r.s.reponse(354, r.s.delais.Commande)
	switch {
	case err != nil:
		r.rompre(transport.EtapeData, err)
	case r.faute == nil:
		r.s.message = true
	case r.acceptes > 0:
		r.s.message = true // a dot would send an empty message: the connection is cut instead
	default:
		// RFC 2920 §3.1: DATA went with recipients that were all refused.
		if err := r.s.dire("."); err != nil {
			r.rompre(transport.EtapeData, err)
		} else if _, _, err := r.s.reponse(0, r.s.delais.Commande); err != nil {
			r.rompre(transport.EtapeData, err)
		}
	}
}

// commandeMail asks that a report holds the header alone: a lot that comes back whole
// would carry its health data once more.
func (s *session) commandeMail(e transport.Envoi) string {
	c := "MAIL FROM:<" + e.De + ">"
	if s.offre("8BITMIME") {
		c += " BODY=8BITMIME"
	}
	if e.Taille > 0 && s.offre("SIZE") {
		c += " SIZE=" + strconv.FormatInt(e.Taille, 10)
	}
	if !s.offre("DSN") {
		return c
	}
	c += " RET=HDRS"
	if id := enveloppeID(e); id != "" {
		c += " ENVID=" + xtext(id)
	}
	return c
}

func enveloppeID(e transport.Envoi) string {
	id := e.EnveloppeID
	if id == "" {
		id, _, _ = strings.Cut(e.MessageID, "@")
	}
	// RFC 3461 §4.4: printable, at most 100 characters once encoded.
	if len(id) > 60 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return ""
	}
	return id
}

func (s *session) commandeRcpt(a string) string {
	c := "RCPT TO:<" + a + ">"
	if s.offre("DSN") {
		c += " NOTIFY=FAILURE,DELAY ORCPT=rfc822;" + xtext(a)
	}
	return c
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

// passage counts the bytes that the connection took.
type passage struct {
	io.Writer
	n int
}

func (p *passage) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	p.n += n
	return n, err
}

// finMessage ends it (RFC 5321 §4.1.1.4).
const finMessage = ".\r\n"

// donnees sends the message that the relay waits for, then reads its reply.
func (s *session) donnees(contenu io.Reader, max int64) (transport.Preuve, *transport.ErreurEnvoi) {
	sortie := &passage{Writer: s.conn}
	w := bufio.NewWriterSize(sortie, 32<<10)
	p := &points{dst: w, max: max}
	derniere, err := p.copier(contenu)
	if err == nil {
		err = p.ecrire(derniere)
	}
	if err != nil {
		f := s.relais.faute(transport.EtapeData, s.dernierMot(err))
		var locale *erreurLocale
		if errors.As(err, &locale) {
			f.Etape, f.Faute = transport.EtapeContenu, transport.FauteInconnue
			f.Faute = f.DeQui()
		}
		return transport.Preuve{}, f
	}
	if _, err := w.WriteString(finMessage); err != nil {
		return transport.Preuve{}, s.relais.faute(transport.EtapeData, err)
	}
	reste, avant := w.Buffered(), sortie.n
	if err := w.Flush(); err != nil {
		// The connection didn't take the end, or says so: only the last bytes leave a doubt.
		f := s.relais.faute(transport.EtapeFin, err)
		f.Incertain = reste-(sortie.n-avant) <= len(finMessage)
		return transport.Preuve{}, f
	}
	code, texte, err := s.reponse(2, s.delais.Fin) // some relays say 251
	if err == nil {
		s.message = false
		return transport.Preuve{Relais: s.relais.Adresse, Code: code, Reponse: texte}, nil
	}
	f := s.relais.faute(transport.EtapeFin, err)
	s.message = f.Code == 0
	if f.Incertain = f.Code < 400; f.Incertain {
		f.Faute = transport.FauteReseau
	}
	return transport.Preuve{}, f
}

// dernierMot reads what the relay says when it stops taking a message: the
// connection breaks on our side, but its reply is there.
func (s *session) dernierMot(err error) error {
	var locale *erreurLocale
	if errors.As(err, &locale) {
		return err
	}
	code, texte, lu := s.reponse(0, 5*time.Second)
	if lu != nil || code < 400 {
		return err
	}
	return reponseSMTP(&textproto.Error{Code: code, Msg: texte})
}
