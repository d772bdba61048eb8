package imap_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/imap"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// serveur starts go-imap's server in memory with messages in INBOX.
func serveur(t testing.TB, messages ...string) *imap.Boite {
	t.Helper()
	mem := imapmemserver.New()
	u := imapmemserver.NewUser("cabinet", "secret")
	for _, d := range []string{"INBOX", "Archive"} {
		if err := u.Create(d, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range messages {
		if _, err := u.Append("INBOX", litteral{bytes.NewReader([]byte(m))}, &goimap.AppendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	mem.AddUser(u)
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return sessionSASL{mem.NewSession().(imapserver.SessionIMAP4rev2)}, nil, nil
		},
		Caps: goimap.CapSet{goimap.CapIMAP4rev1: {}, goimap.CapIMAP4rev2: {}, goimap.CapUIDPlus: {},
			goimap.CapMove: {}},
		InsecureAuth: true,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return &imap.Boite{Adresse: l.Addr().String(), Securite: imap.Clair, Utilisateur: "cabinet", MotDePasse: "secret",
		Delai: 10 * time.Second}
}

// sessionSASL adds XOAUTH2 to the server, for the token "jeton".
type sessionSASL struct{ imapserver.SessionIMAP4rev2 }

func (s sessionSASL) AuthenticateMechanisms() []string { return []string{"XOAUTH2"} }

func (s sessionSASL) Authenticate(string) (sasl.Server, error) {
	return &xoauth2Serveur{s: s}, nil
}

type xoauth2Serveur struct {
	s     imapserver.Session
	refus bool
}

func (x *xoauth2Serveur) Next(reponse []byte) ([]byte, bool, error) {
	switch {
	case x.refus:
		return nil, false, imapserver.ErrAuthFailed
	case reponse == nil:
		return []byte{}, false, nil
	case string(reponse) != "user=cabinet\x01auth=Bearer jeton\x01\x01":
		x.refus = true
		return []byte(`{"status":"400"}`), false, nil
	}
	return nil, true, x.s.Login("cabinet", "secret")
}

func TestXOAUTH2(t *testing.T) {
	for jeton, accepte := range map[transport.Secret]bool{"jeton": true, "perime": false} {
		b := serveur(t, "Subject: un\r\n\r\n")
		b.MotDePasse = ""
		b.Jeton = func(context.Context) (transport.Secret, error) { return jeton, nil }
		n := 0
		for _, err := range b.Messages(t.Context()) {
			if err == nil {
				n++
			} else if accepte || strings.Contains(err.Error(), "perime") {
				t.Error(err)
			}
		}
		if accepte != (n == 1) {
			t.Errorf("token %q: %d messages", string(jeton), n)
		}
	}
}

type litteral struct{ *bytes.Reader }

func (l litteral) Size() int64 { return l.Reader.Size() }

func TestReleverIMAP(t *testing.T) {
	gros := "Subject: gros\r\n\r\n" + strings.Repeat(strings.Repeat("x", 76)+"\r\n", 20_000)
	for _, archive := range []string{"", "Archive"} {
		b := serveur(t, "Subject: un\r\n\r\n", gros, "Subject: trois\r\n\r\n")
		b.Archive = archive
		journal := &transporttest.Memoire{}
		relever := func() (transport.BilanReleve, error) { return transport.Relever(t.Context(), b, journal) }
		bilan, err := relever()
		if err != nil || bilan.Pris != 3 {
			t.Fatalf("%+v, %v", bilan, err)
		}
		var lus []string
		for _, c := range journal.Pris() {
			lus = append(lus, c[:12])
			if strings.HasPrefix(c, "Subject: gros") && c != gros {
				t.Error("other bytes")
			}
		}
		if len(lus) != 3 {
			t.Errorf("%q", lus)
		}
		if bilan, err := relever(); err != nil || bilan != (transport.BilanReleve{}) {
			t.Errorf("INBOX isn't empty: %+v, %v", bilan, err)
		}
		if archive != "" {
			b.Dossier, b.Archive = archive, ""
			n := 0
			for _, err := range b.Messages(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != 3 {
				t.Errorf("%d messages in the archive", n)
			}
		}
	}
}

// A message that isn't read to its end, nor closed in order, doesn't break the
// session; and what isn't acknowledged stays, under the same ID.
func TestNonAcquitte(t *testing.T) {
	b := serveur(t, "Subject: un\r\n\r\ncorps\r\n", "Subject: deux\r\n\r\n")
	var premier, second []string
	for m, err := range b.Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		premier = append(premier, m.ID)
		r, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, make([]byte, 5)); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for m, err := range b.Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		second = append(second, m.ID)
	}
	if d := cmp.Diff(premier, second); d != "" || len(premier) != 2 {
		t.Errorf("%v %s", premier, d)
	}
	if err := b.Acquitter(t.Context(), premier[0]); err != nil {
		t.Fatal(err)
	}
	if err := b.Acquitter(t.Context(), "1234.1"); err != nil {
		t.Errorf("an ID of a folder made anew: %v", err)
	}
	if err := b.Acquitter(t.Context(), "zzz"); err != nil {
		t.Errorf("an ID of nowhere is no longer there: %v", err)
	}
	n := 0
	for range b.Messages(t.Context()) {
		n++
	}
	if n != 1 {
		t.Errorf("%d messages left, want 1", n)
	}
}

func TestMotDePasseRefuse(t *testing.T) {
	b := serveur(t)
	b.MotDePasse = "n0n"
	for _, err := range b.Messages(t.Context()) {
		if err == nil || strings.Contains(err.Error(), "n0n") {
			t.Errorf("%v", err)
		}
	}
}

func ExampleBoite() {
	boite := &imap.Boite{Adresse: "imap.exemple.fr:993", Securite: imap.TLS, Utilisateur: "cabinet", MotDePasse: "secret"}
	var b transport.Boite = boite
	_ = b // for m, err := range b.Messages(ctx) { ... }
	fmt.Println(boite.MotDePasse)
	// Output: ***
}

func TestContrat(t *testing.T) {
	transporttest.ContratBoite(t, func(t *testing.T, messages []string) transport.Boite { return serveur(t, messages...) })
}
