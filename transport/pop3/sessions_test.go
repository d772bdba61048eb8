package pop3

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// faussaire is a POP3 server with a mailbox that removals change.
type faussaire struct {
	messages  []string // contents, the unique-id of each is its content
	numerote  bool     // the unique-ids are 1, 2, 3… of each session
	garde     bool     // answers QUIT, and removes nothing
	sansCapa  bool
	refuse    string // content of the message whose DELE is refused
	coupe     int    // the connection is lost after so many DELE; 0 never
	sessions  int
	enAvance  int // the most commands that were there to be read at once
	supprimes int
}

func (f *faussaire) boite() *Boite {
	return &Boite{Adresse: "pop.test:110", Securite: Clair, Utilisateur: "u", MotDePasse: "p", Delai: time.Minute,
		Composer: func(context.Context, string, string) (net.Conn, error) {
			c, s := net.Pipe()
			f.sessions++
			go f.servir(s)
			return c, nil
		}}
}

func (f *faussaire) servir(c net.Conn) {
	defer c.Close()
	br, bw := bufio.NewReader(c), bufio.NewWriter(c)
	retires := map[int]bool{}
	_, _ = bw.WriteString("+OK\r\n")
	for bw.Flush() == nil {
		l, err := br.ReadString('\n')
		if err != nil {
			return
		}
		b, _ := br.Peek(br.Buffered())
		f.enAvance = max(f.enAvance, 1+strings.Count(string(b), "\n"))
		verbe, argument, _ := strings.Cut(strings.TrimSpace(l), " ")
		n, _ := strconv.Atoi(argument)
		switch verbe {
		case "CAPA":
			if f.sansCapa {
				_, _ = bw.WriteString("-ERR\r\n")
				continue
			}
			_, _ = bw.WriteString("+OK\r\nUIDL\r\nPIPELINING\r\n.\r\n")
		case "UIDL", "LIST":
			_, _ = bw.WriteString("+OK\r\n")
			for i, m := range f.messages {
				v := m
				if verbe == "LIST" || f.numerote {
					v = strconv.Itoa(i + 1)
				}
				fmt.Fprintf(bw, "%d %s\r\n", i+1, v)
			}
			_, _ = bw.WriteString(".\r\n")
		case "RETR":
			fmt.Fprintf(bw, "+OK\r\n%s\r\n.\r\n", f.messages[n-1])
		case "DELE":
			if f.supprimes++; f.supprimes == f.coupe {
				return
			}
			if f.messages[n-1] == f.refuse {
				_, _ = bw.WriteString("-ERR no\r\n")
				continue
			}
			retires[n-1] = true
			_, _ = bw.WriteString("+OK\r\n")
		case "QUIT":
			var reste []string
			for i, m := range f.messages {
				if !retires[i] || f.garde {
					reste = append(reste, m)
				}
			}
			f.messages = reste
			_, _ = bw.WriteString("+OK\r\n")
			_ = bw.Flush()
			return
		default:
			_, _ = bw.WriteString("+OK\r\n")
		}
	}
}

func faux(n int) *faussaire {
	f := new(faussaire)
	for i := range n {
		f.messages = append(f.messages, fmt.Sprintf("m%d", i))
	}
	return f
}

// A big mailbox is emptied in several sessions: each message comes once, those left aside
// come once too, and nothing goes that the host hasn't kept.
func TestSessions(t *testing.T) {
	for nom, tt := range map[string]struct {
		serveur  *faussaire
		laisser  bool // one in three stays
		sessions int
		enAvance int
	}{
		"small":                     {faux(50), false, 1, 1},
		"pipelined":                 {faux(4500), false, 3, pipelineMin},
		"some stay":                 {faux(4500), true, 2, pipelineMin},
		"without CAPA":              {&faussaire{messages: faux(2500).messages, sansCapa: true}, false, 2, 1},
		"exactly one session's":     {faux(parSession), false, 1, pipelineMin},
		"numbers for identifiers":   {&faussaire{messages: faux(2500).messages, numerote: true}, false, 2, pipelineMin},
		"one unique-id for several": {&faussaire{messages: append(faux(2500).messages, "m3")}, false, 1, pipelineMin},
	} {
		t.Run(nom, func(t *testing.T) {
			f, total := tt.serveur, len(tt.serveur.messages)
			pris := map[string]int{}
			m := &transporttest.Memoire{Juger: func(_ *transport.MessageReleve, c string) (transport.Verdict, error) {
				pris[c]++
				if n, _ := strconv.Atoi(strings.TrimSpace(c[1:])); tt.laisser && n%3 == 0 {
					return transport.Laisser, nil
				}
				return transport.Garder, nil
			}}
			bilan, err := transport.Relever(t.Context(), f.boite(), m)
			if err != nil || bilan.Pris+bilan.Laisses+bilan.DejaConnus != total || len(f.messages) != bilan.Laisses {
				t.Fatalf("%+v, %v, %d left on the server", bilan, err, len(f.messages))
			}
			for c, n := range pris {
				if n > 1 && c != "m3\r\n" {
					t.Errorf("%q came %d times", c, n)
				}
			}
			if f.sessions != tt.sessions || f.enAvance != tt.enAvance {
				t.Errorf("%d sessions, %d commands at once", f.sessions, f.enAvance)
			}
		})
	}
}

// A server that answers QUIT and removes nothing isn't asked for ever; a removal refused
// or lost is said, and its message stays.
func TestSessionsNonConfirmees(t *testing.T) {
	for nom, tt := range map[string]struct {
		serveur *faussaire
		reste   int
	}{
		"keeps all":      {&faussaire{messages: faux(2500).messages, garde: true}, 2500},
		"refuses one":    {&faussaire{messages: faux(150).messages, refuse: "m7"}, 1},
		"is cut":         {&faussaire{messages: faux(2500).messages, coupe: 2301}, 500},
		"is cut at once": {&faussaire{messages: faux(150).messages, coupe: 3}, 150},
	} {
		t.Run(nom, func(t *testing.T) {
			n := 0
			b := tt.serveur.boite()
			var derniere error
			for m, err := range b.Messages(t.Context()) {
				if derniere = err; err != nil {
					break
				}
				r, err := m.Open(t.Context())
				if err == nil {
					_, err = io.Copy(io.Discard, r)
				}
				if err != nil {
					derniere = err
					continue
				}
				n++
				_ = b.Acquitter(t.Context(), m.ID)
			}
			if !errors.Is(derniere, ErrNonConfirme) || len(tt.serveur.messages) != tt.reste {
				t.Errorf("%v, %d left on the server, %d read", derniere, len(tt.serveur.messages), n)
			}
		})
	}
}
