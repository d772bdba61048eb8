package smtp

import (
	"errors"
	"io"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gosmtp "github.com/emersion/go-smtp"
)

// dire sends commands, which leave together.
func (s *session) dire(commandes ...string) error {
	for _, c := range commandes {
		if strings.ContainsAny(c, "\r\n") {
			return definitive(errors.New("smtp: a command with a line end"))
		}
	}
	_, err := io.WriteString(s.conn, strings.Join(commandes, "\r\n")+"\r\n")
	return err
}

// reponse reads a reply, whose code is to begin as attendu does; 0 takes any. One that
// doesn't is a *gosmtp.SMTPError.
func (s *session) reponse(attendu int, delai time.Duration) (code int, texte string, err error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(delai)); err != nil {
		return 0, "", err
	}
	code, texte, err = textproto.NewReader(s.lu).ReadResponse(attendu)
	return code, texte, reponseSMTP(err)
}

// reponseSMTP gives to a reply read by textproto the type that go-smtp uses.
func reponseSMTP(err error) error {
	var t *textproto.Error
	if !errors.As(err, &t) {
		return err
	}
	e := &gosmtp.SMTPError{Code: t.Code, Message: t.Msg}
	code, reste, _ := strings.Cut(t.Msg, " ")
	if c, ok := lireCodeEtendu(code); ok {
		// RFC 2034 §4: it's on each line.
		e.EnhancedCode, e.Message = c, strings.ReplaceAll(reste, "\n"+code+" ", "\n")
	}
	return e
}

func lireCodeEtendu(s string) (c gosmtp.EnhancedCode, ok bool) {
	parties := strings.Split(s, ".")
	if len(parties) != len(c) {
		return c, false
	}
	for i, p := range parties {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return c, false
		}
		c[i] = int(n)
	}
	return c, true
}

// xtext encodes the value of a parameter (RFC 3461 §4).
func xtext(s string) string {
	const chiffres = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || c == '+' || c == '=' {
			b.WriteByte('+')
			b.WriteByte(chiffres[c>>4])
			b.WriteByte(chiffres[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
