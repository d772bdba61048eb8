package frontal

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

func (f *Frontal) servirPOP3(l net.Listener, c *tls.Config) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		f.wg.Go(func() {
			s := &sessionPOP3{f: f, conn: conn, br: bufio.NewReader(conn), tls: c}
			s.servir()
			s.conn.Close()
		})
	}
}

// sessionPOP3 is a session of RFC 1939: authorization, transaction, update.
type sessionPOP3 struct {
	f        *Frontal
	conn     net.Conn
	br       *bufio.Reader
	tls      *tls.Config
	nom      string
	boite    string // "" until the password is accepted
	courrier []courrier
	supprime map[int]bool
}

func (s *sessionPOP3) dire(format string, a ...any) error {
	_, err := fmt.Fprintf(s.conn, format+"\r\n", a...)
	return err
}

func (s *sessionPOP3) servir() {
	defer s.rendre()
	err := s.dire("+OK frontal.test")
	for err == nil {
		if err = s.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			return
		}
		var l []byte
		if l, err = s.br.ReadSlice('\n'); err != nil {
			return
		}
		verbe, arg, _ := strings.Cut(strings.TrimRight(string(l), "\r\n"), " ")
		err = s.commande(strings.ToUpper(verbe), arg)
	}
}

// rendre gives the mailbox up, at QUIT or when the connection is lost.
func (s *sessionPOP3) rendre() {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	if s.boite != "" {
		delete(s.f.occupees, s.boite)
		s.boite = ""
	}
}

// prendre takes the mailbox. A client that comes back after a cut is often faster
// than the news of the cut: it waits a little for its own former session.
func (s *sessionPOP3) prendre() bool {
	for range 200 {
		s.f.mu.Lock()
		libre := !s.f.occupees[s.nom]
		if libre {
			s.f.occupees[s.nom], s.boite = true, s.nom
		}
		ferme := s.f.ferme
		s.f.mu.Unlock()
		if libre {
			return true
		}
		if ferme {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

var errFinPOP3 = errors.New("end of session")

func (s *sessionPOP3) commande(verbe, arg string) error {
	switch verbe {
	case "CAPA":
		return s.dire("+OK\r\nUSER\r\nUIDL\r\nTOP\r\nSTLS\r\nRESP-CODES\r\n.")
	case "NOOP":
		return s.dire("+OK")
	case "QUIT":
		return s.quitter()
	}
	if s.boite == "" {
		return s.autoriser(verbe, arg)
	}
	switch verbe {
	case "STAT":
		n, t := 0, int64(0)
		for i, c := range s.courrier {
			if !s.supprime[i] {
				n, t = n+1, t+c.Octets
			}
		}
		return s.dire("+OK %d %d", n, t)
	case "LIST":
		return s.lister(arg, func(c courrier) string { return strconv.FormatInt(c.Octets, 10) })
	case "UIDL":
		return s.lister(arg, func(c courrier) string { return c.UID })
	case "RSET":
		clear(s.supprime)
		return s.dire("+OK")
	}
	numero, suite, _ := strings.Cut(arg, " ")
	i, err := strconv.Atoi(numero)
	if i--; err != nil || i < 0 || i >= len(s.courrier) || s.supprime[i] {
		return s.dire("-ERR no such message")
	}
	switch verbe {
	case "RETR":
		return s.envoyer(i, -1)
	case "TOP":
		n, err := strconv.Atoi(suite)
		if err != nil || n < 0 {
			return s.dire("-ERR number of lines")
		}
		return s.envoyer(i, n)
	case "DELE":
		s.supprime[i] = true
		return s.dire("+OK")
	}
	return s.dire("-ERR unknown command")
}

func (s *sessionPOP3) autoriser(verbe, arg string) error {
	switch verbe {
	case "STLS":
		if _, deja := s.conn.(*tls.Conn); deja {
			return s.dire("-ERR already under TLS")
		}
		if err := s.dire("+OK"); err != nil {
			return err
		}
		s.conn = tls.Server(s.conn, s.tls)
		s.br.Reset(s.conn)
		return nil
	case "USER":
		s.nom = normale(arg)
		return s.dire("+OK")
	case "PASS":
		if m := s.f.cfg.MotDePasse; s.nom == "" || m != "" && arg != string(m) {
			return s.dire("-ERR [AUTH] refused")
		}
		if !s.prendre() {
			return s.dire("-ERR [IN-USE] mailbox locked")
		}
		s.courrier, s.supprime = s.f.visibles(s.nom), map[int]bool{}
		return s.dire("+OK %d messages", len(s.courrier))
	}
	return s.dire("-ERR log in first")
}

func (s *sessionPOP3) lister(arg string, valeur func(courrier) string) error {
	if arg != "" {
		i, err := strconv.Atoi(arg)
		if i--; err != nil || i < 0 || i >= len(s.courrier) || s.supprime[i] {
			return s.dire("-ERR no such message")
		}
		return s.dire("+OK %d %s", i+1, valeur(s.courrier[i]))
	}
	var b strings.Builder
	for i, c := range s.courrier {
		if !s.supprime[i] {
			fmt.Fprintf(&b, "%d %s\r\n", i+1, valeur(c))
		}
	}
	return s.dire("+OK\r\n%s.", b.String())
}

// envoyer gives a message, or its header and n lines of its body.
func (s *sessionPOP3) envoyer(i, n int) error {
	fichier, err := os.Open(s.f.chemin("boites", s.courrier[i].UID+".eml"))
	if err != nil {
		return s.dire("-ERR %v", "message gone")
	}
	defer fichier.Close()
	w := bufio.NewWriter(s.conn)
	fmt.Fprintf(w, "+OK %d octets\r\n", s.courrier[i].Octets)
	corps := false
	for r := bufio.NewReader(fichier); ; {
		l, err := r.ReadString('\n')
		if l != "" {
			if corps && n >= 0 {
				if n == 0 {
					break
				}
				n--
			}
			corps = corps || strings.TrimRight(l, "\r\n") == ""
			if l[0] == '.' {
				w.WriteByte('.')
			}
			w.WriteString(strings.TrimRight(l, "\r\n") + "\r\n")
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	w.WriteString(".\r\n")
	return w.Flush()
}

// quitter removes what was deleted, then says so.
func (s *sessionPOP3) quitter() error {
	var uids []string
	for i := range s.supprime {
		uids = append(uids, s.courrier[i].UID)
	}
	if err := s.f.retirer(s.boite, uids); err != nil {
		s.f.noter(err)
		return errors.Join(s.dire("-ERR messages not removed"), errFinPOP3)
	}
	s.rendre()
	return errors.Join(s.dire("+OK"), errFinPOP3)
}
