package pop3

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// serveur answers each command with what the table gives for it, "+OK" otherwise.
func serveur(t testing.TB, reponses map[string]string) (*Boite, *[]string) {
	var commandes []string
	return &Boite{Adresse: "pop.test:110", Securite: Clair, Utilisateur: "u", MotDePasse: "p", Delai: 5 * time.Second,
		Composer: func(context.Context, string, string) (net.Conn, error) {
			c, s := net.Pipe()
			go func() {
				defer s.Close()
				io.WriteString(s, "+OK\r\n")
				br := bufio.NewReader(s)
				for {
					l, err := br.ReadString('\n')
					if err != nil {
						return
					}
					l = strings.TrimSpace(l)
					commandes = append(commandes, l)
					r, ok := reponses[l]
					if !ok {
						r = "+OK\r\n"
					}
					if _, err := io.WriteString(s, r); err != nil || l == "QUIT" {
						return
					}
				}
			}()
			return c, nil
		}}, &commandes
}

type lu struct{ ID, Contenu, Erreur string }

func toutLire(b *Boite, acquitter bool) ([]lu, error) {
	var out []lu
	for m, err := range b.Messages(context.Background()) {
		if err != nil {
			return out, err
		}
		x := lu{ID: m.ID}
		r, err := m.Open(context.Background())
		if err == nil {
			var c []byte
			c, err = io.ReadAll(r)
			x.Contenu = string(c)
			r.Close()
		}
		if err != nil {
			x.Erreur = err.Error()
		} else if acquitter {
			if err := b.Acquitter(context.Background(), m.ID); err != nil {
				return out, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}

func TestOctetPourOctet(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	b, commandes := serveur(t, map[string]string{
		"UIDL":   "+OK\r\n2 b\r\n1 a\r\n.\r\n",
		"LIST":   "+OK 2 messages\r\n1 10\r\n2 20\r\n.\r\n",
		"RETR 1": "+OK\r\n..\r\n...a\r\n\r\nlf seul\n" + long + "\r\n.\r\n",
		"RETR 2": "-ERR message disparu\r\n",
	})
	got, err := toutLire(b, true)
	if err != nil {
		t.Fatal(err)
	}
	want := []lu{{"a", ".\r\n..a\r\n\r\nlf seul\n" + long + "\r\n", ""},
		{"b", "", `pop3: RETR refused: "message disparu"`}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"USER u", "PASS p", "UIDL", "LIST", "RETR 1", "DELE 1", "RETR 2", "QUIT"},
		*commandes); d != "" {
		t.Errorf("one message that can't be had doesn't hold up the session: %s", d)
	}
}

func TestReponsesHostiles(t *testing.T) {
	for raison, reponses := range map[string]map[string]string{
		"not POP3":                       {"USER u": "HTTP/1.1 400 Bad Request\r\n"},
		"endless line":                   {"UIDL": "+OK\r\n1 " + strings.Repeat("a", 10_000) + "\r\n.\r\n"},
		"message number 0":               {"UIDL": "+OK\r\n0 a\r\n.\r\n"},
		"one number twice":               {"UIDL": "+OK\r\n1 a\r\n1 b\r\n.\r\n"},
		"no unique-id":                   {"UIDL": "+OK\r\n1\r\n.\r\n"},
		"size that's no number":          {"UIDL": "+OK\r\n1 a\r\n.\r\n", "LIST": "+OK\r\n1 beaucoup\r\n.\r\n"},
		"no UIDL: IDs wouldn't be known": {"UIDL": "-ERR unknown\r\n"},
	} {
		b, _ := serveur(t, reponses)
		if got, err := toutLire(b, true); err == nil || len(got) != 0 {
			t.Errorf("%s: %v, %v", raison, got, err)
		}
	}
}

func TestMotDePasseMasque(t *testing.T) {
	b, _ := serveur(t, map[string]string{"PASS p4ssw0rd": "-ERR [AUTH] no\r\n"})
	b.MotDePasse = "p4ssw0rd"
	_, err := toutLire(b, false)
	var e *Erreur
	if !errors.As(err, &e) || e.Code != "AUTH" {
		t.Fatalf("%v", err)
	}
	for _, s := range []string{err.Error(), fmt.Sprintf("%v %+v %#v %s", b.MotDePasse, *e, b.MotDePasse, b.MotDePasse)} {
		if strings.Contains(s, "p4ssw0rd") {
			t.Errorf("the password shows in %q", s)
		}
	}
	b.MotDePasse = "a\r\nDELE 1"
	if _, err := toutLire(b, false); err == nil || !strings.Contains(err.Error(), "line end") {
		t.Errorf("a command could be slipped into a password: %v", err)
	}
}

// Some servers give the same unique-id to several messages: none is lost.
func TestUIDLEnDouble(t *testing.T) {
	b, _ := serveur(t, map[string]string{
		"UIDL": "+OK\r\n1 x\r\n2 x\r\n3 y\r\n.\r\n", "LIST": "+OK\r\n.\r\n",
		"RETR 1": "+OK\r\nun\r\n.\r\n", "RETR 2": "+OK\r\ndeux\r\n.\r\n", "RETR 3": "+OK\r\ntrois\r\n.\r\n",
	})
	got, err := toutLire(b, false)
	if err != nil || len(got) != 3 || got[0].ID == got[1].ID || !strings.HasPrefix(got[0].ID, "x/") || got[2].ID != "y" {
		t.Errorf("%v, %v", got, err)
	}
	encore, _ := toutLire(b, false)
	if d := cmp.Diff(got, encore); d != "" {
		t.Errorf("IDs change from a session to the next: %s", d)
	}
}

func TestAcquitterApresLaBoucle(t *testing.T) {
	b, commandes := serveur(t, map[string]string{"UIDL": "+OK\r\n1 a\r\n2 b\r\n.\r\n", "LIST": "+OK\r\n.\r\n"})
	if err := b.Acquitter(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	if err := b.Acquitter(t.Context(), "gone"); err != nil {
		t.Errorf("an ID that's no longer there: %v", err)
	}
	if d := cmp.Diff([]string{"USER u", "PASS p", "UIDL", "LIST", "DELE 2", "QUIT", "USER u", "PASS p", "UIDL", "LIST",
		"QUIT"}, *commandes); d != "" {
		t.Error(d)
	}
}

// A loop left early still ends its session properly, so that what was
// acknowledged goes.
func TestBreakConfirme(t *testing.T) {
	b, commandes := serveur(t, map[string]string{"UIDL": "+OK\r\n1 a\r\n2 b\r\n.\r\n", "LIST": "+OK\r\n.\r\n",
		"RETR 1": "+OK\r\nx\r\n.\r\n"})
	for m := range b.Messages(t.Context()) {
		r, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_ = r // left unread
		if err := b.Acquitter(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		break
	}
	if got := (*commandes)[len(*commandes)-2:]; got[0] != "DELE 1" || got[1] != "QUIT" {
		t.Errorf("%v", got)
	}
}

func TestQUITSansReponse(t *testing.T) {
	b, _ := serveur(t, map[string]string{"UIDL": "+OK\r\n1 a\r\n.\r\n", "LIST": "+OK\r\n.\r\n",
		"RETR 1": "+OK\r\nx\r\n.\r\n", "QUIT": ""})
	if _, err := toutLire(b, true); !errors.Is(err, ErrNonConfirme) {
		t.Errorf("%v", err)
	}
}

// patience notes the longest that a read may wait.
type patience struct {
	net.Conn
	max *time.Duration
}

func (p patience) SetReadDeadline(t time.Time) error {
	*p.max = max(*p.max, time.Until(t))
	return p.Conn.SetReadDeadline(t)
}

// A server reads thousands of messages before it answers UIDL, and removes them before it
// answers QUIT: it's given the time, or else nothing would ever be taken, or all of it again.
func TestPatience(t *testing.T) {
	b, _ := serveur(t, map[string]string{"UIDL": "+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n", "LIST": "+OK\r\n.\r\n",
		"RETR 1": "+OK\r\n.\r\n", "RETR 2": "+OK\r\n.\r\n", "RETR 3": "+OK\r\n.\r\n"})
	b.Delai = time.Minute
	var attente time.Duration
	composer := b.Composer
	b.Composer = func(ctx context.Context, reseau, adresse string) (net.Conn, error) {
		c, err := composer(ctx, reseau, adresse)
		return patience{c, &attente}, err
	}
	for m, err := range b.Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if m.ID == "a" && attente < 4*time.Minute {
			t.Errorf("listing: %v", attente)
		}
		attente = 0
		r, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.Close(), b.Acquitter(t.Context(), m.ID)); err != nil {
			t.Fatal(err)
		}
		if attente > time.Minute {
			t.Errorf("a message: %v", attente)
		}
		attente = 0
	}
	if attente <= time.Minute {
		t.Errorf("removing: %v", attente)
	}
}

func TestContexteAnnule(t *testing.T) {
	ctx, fin := context.WithCancel(t.Context())
	b, _ := serveur(t, map[string]string{"UIDL": "+OK\r\n1 a\r\n"}) // and then silence
	composer := b.Composer
	b.Composer = func(ctx context.Context, reseau, adresse string) (net.Conn, error) {
		c, err := composer(ctx, reseau, adresse)
		return &connGuettee{Conn: c, apres: "1 a\r\n", alors: fin}, err
	}
	for _, err := range b.Messages(ctx) {
		if !errors.Is(err, context.Canceled) && err == nil {
			t.Errorf("%v", err)
		}
	}
	if ctx.Err() == nil {
		t.Error("the loop ended before the context")
	}
}

// connGuettee does something once the server has sent some text.
type connGuettee struct {
	net.Conn
	apres string
	alors func()
	lu    strings.Builder
}

func (c *connGuettee) Read(b []byte) (int, error) {
	if strings.HasSuffix(c.lu.String(), c.apres) {
		c.alors()
	}
	n, err := c.Conn.Read(b)
	c.lu.Write(b[:n])
	return n, err
}

// FuzzReponses: whatever a server says, the client ends, says what is wrong, and
// a message is given whole or with an error.
func FuzzReponses(f *testing.F) {
	f.Add([]byte("+OK\r\n+OK\r\n+OK\r\n+OK\r\n1 a\r\n.\r\n+OK\r\n1 3\r\n.\r\n+OK\r\nx\r\n.\r\n+OK\r\n+OK\r\n"))
	f.Add([]byte("+OK\r\n-ERR [IN-USE] x\r\n"))
	f.Add([]byte("+OK\r\n+OK\r\n+OK\r\n+OK\r\n1 a\r\n2 a\r\n.\r\n+OK\r\n.\r\n+OK\r\n.x\r\n.\r\n+OK\r\n..\n.\n"))
	f.Fuzz(func(t *testing.T, flux []byte) {
		b := &Boite{Adresse: "x:110", Securite: Clair, Utilisateur: "u", MotDePasse: "p", Delai: time.Second,
			Composer: func(context.Context, string, string) (net.Conn, error) {
				return &connMorte{r: bytes.NewReader(flux)}, nil
			}}
		m := &transporttest.Memoire{Juger: func(_ *transport.MessageReleve, c string) (transport.Verdict, error) {
			if !bytes.Contains(flux, []byte(".\n")) && !bytes.Contains(flux, []byte(".\r\n")) {
				t.Errorf("a message without its end was given as whole: %q", c)
			}
			return transport.Garder, nil
		}}
		_, err := transport.Relever(context.Background(), b, m)
		if err == nil && !bytes.HasPrefix(flux, []byte("+OK")) {
			t.Error("no error")
		}
	})
}

// connMorte gives bytes and takes anything.
type connMorte struct {
	net.Conn
	r io.Reader
}

func (c *connMorte) Read(b []byte) (int, error)       { return c.r.Read(b) }
func (c *connMorte) Write(b []byte) (int, error)      { return len(b), nil }
func (c *connMorte) Close() error                     { return nil }
func (c *connMorte) SetReadDeadline(time.Time) error  { return nil }
func (c *connMorte) SetWriteDeadline(time.Time) error { return nil }

func TestXOAUTH2(t *testing.T) {
	reponse := "dXNlcj11AWF1dGg9QmVhcmVyIGpldG9uAQE=" // user=u^Aauth=Bearer jeton^A^A
	for raison, tt := range map[string]struct {
		suite map[string]string
		veut  string
	}{
		"accepted":        {map[string]string{reponse: "+OK\r\n"}, ""},
		"refused at once": {map[string]string{reponse: "-ERR [AUTH] no\r\n"}, "AUTH refused"},
		"refused by a challenge": {map[string]string{reponse: "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n",
			"": "-ERR [AUTH] expired\r\n"}, "expired"},
		"challenges that don't end":   {map[string]string{reponse: "+ e30=\r\n", "": "+ e30=\r\n"}, "a challenge too many"},
		"the server doesn't speak it": {map[string]string{"AUTH XOAUTH2": "-ERR unknown\r\n"}, "AUTH refused"},
	} {
		m := map[string]string{"AUTH XOAUTH2": "+ \r\n", "UIDL": "+OK\r\n.\r\n", "LIST": "+OK\r\n.\r\n"}
		for k, v := range tt.suite {
			m[k] = v
		}
		b, _ := serveur(t, m)
		b.Jeton = func(context.Context) (transport.Secret, error) { return "jeton", nil }
		_, err := toutLire(b, false)
		if (err == nil) != (tt.veut == "") || err != nil && !strings.Contains(err.Error(), tt.veut) {
			t.Errorf("%s: %v", raison, err)
		}
		if err != nil && strings.Contains(err.Error(), "jeton") {
			t.Errorf("the token shows: %v", err)
		}
	}
}

// Whoever stands between us and the server can add commands' answers in clear behind
// that to STLS: they would be read as if TLS had protected them.
func TestInjectionAvantTLS(t *testing.T) {
	b, commandes := serveur(t, map[string]string{"STLS": "+OK begin TLS\r\n+OK injected\r\n"})
	b.Securite = STLS
	_, err := toutLire(b, false)
	if !errors.Is(err, ErrProtocole) || !strings.Contains(err.Error(), "in clear after STLS") {
		t.Errorf("%v", err)
	}
	if len(*commandes) != 1 {
		t.Errorf("more was said: %q", *commandes)
	}
}
