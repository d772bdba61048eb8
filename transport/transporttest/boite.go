package transporttest

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// troisMessages are what the contract of a mailbox puts in it: a line that begins with a dot, an empty body, a body
// that ends with an empty line.
func troisMessages() []string {
	return []string{"Subject: un\r\n\r\n.point\r\n", "Subject: deux\r\n\r\n", "Subject: trois\r\n\r\nx\r\n\r\n"}
}

// ContratBoite checks a transport.Boite. nouvelle gives a mailbox that holds these
// messages and no other, from the oldest; the lines of each end with CRLF.
func ContratBoite(t *testing.T, nouvelle func(t *testing.T, messages []string) transport.Boite) {
	t.Helper()
	for _, c := range []struct {
		nom  string
		voir func(*testing.T, transport.Boite)
	}{
		{"octets", boiteOctets},
		{"identifiants", boiteIdentifiants},
		{"rien sans Acquitter", boiteRienSansAcquitter},
		{"Acquitter", boiteAcquitter},
		{"contexte", boiteContexte},
		{"Relever", boiteRelever},
	} {
		t.Run(c.nom, func(t *testing.T) { c.voir(t, nouvelle(t, troisMessages())) })
	}
}

func boiteOctets(t *testing.T, b transport.Boite) {
	lus, trois := toutLire(t, b), troisMessages()
	if len(lus) != len(trois) {
		t.Fatalf("%d messages, want %d", len(lus), len(trois))
	}
	for i, l := range lus {
		if l.contenu != trois[i] {
			t.Errorf("message %d: other bytes, or another order: %q", i+1, l.contenu)
		}
		if l.Taille != 0 && l.Taille != int64(len(trois[i])) {
			t.Errorf("message %d: %d bytes announced, %d given", i+1, l.Taille, len(trois[i]))
		}
	}
}

func boiteIdentifiants(t *testing.T, b transport.Boite) {
	avant, apres := toutLire(t, b), toutLire(t, b)
	vus := map[string]bool{}
	for i, l := range avant {
		if l.ID == "" || vus[l.ID] {
			t.Errorf("message %d: ID %q is empty, or that of another message", i+1, l.ID)
		}
		vus[l.ID] = true
		if l.Compte == "" || l.Compte != avant[0].Compte {
			t.Errorf("message %d: account %q, first message %q: one mailbox is one account", i+1, l.Compte, avant[0].Compte)
		}
		if i >= len(apres) || apres[i].ID != l.ID || apres[i].Compte != l.Compte {
			t.Errorf("message %d: another identity at the next session", i+1)
		}
	}
}

func boiteRienSansAcquitter(t *testing.T, b transport.Boite) {
	for range b.Messages(t.Context()) {
		break
	}
	if n, veut := len(toutLire(t, b)), len(troisMessages()); n != veut {
		t.Errorf("%d messages left, want %d: only Acquitter drops", n, veut)
	}
}

func boiteAcquitter(t *testing.T, b transport.Boite) {
	trois := troisMessages()
	acquitterDansLaBoucle(t, b, 1)
	lus := toutLire(t, b)
	if len(lus) != 2 || lus[0].contenu != trois[0] || lus[1].contenu != trois[2] {
		t.Fatalf("after dropping the second of three: %d messages left", len(lus))
	}
	if err := b.Acquitter(t.Context(), lus[0].ID); err != nil {
		t.Fatalf("after the loop: %v", err)
	}
	if err := b.Acquitter(t.Context(), lus[0].ID); err != nil {
		t.Errorf("an ID that's no longer there is not an error: %v", err)
	}
	if lus = toutLire(t, b); len(lus) != 1 || lus[0].contenu != trois[2] {
		t.Errorf("%d messages left, want the third", len(lus))
	}
}

// acquitterDansLaBoucle drops the message of that rank while the loop is at it.
func acquitterDansLaBoucle(t *testing.T, b transport.Boite, rang int) {
	t.Helper()
	n := 0
	for m, err := range b.Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n == rang {
			if err := b.Acquitter(t.Context(), m.ID); err != nil {
				t.Fatal(err)
			}
		}
		n++
	}
}

func boiteContexte(t *testing.T, b transport.Boite) {
	ctx, fin := context.WithCancel(t.Context())
	fin()
	for _, err := range b.Messages(ctx) {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the end of the context is told as such: %v", err)
		}
	}
}

func boiteRelever(t *testing.T, b transport.Boite) {
	m := new(Memoire)
	bilan, err := transport.Relever(t.Context(), b, m)
	if err != nil || bilan != (transport.BilanReleve{Pris: len(troisMessages())}) || len(toutLire(t, b)) != 0 {
		t.Errorf("%+v, %v", bilan, err)
	}
}

type lu struct {
	transport.MessageBoite
	contenu string
}

func toutLire(t *testing.T, b transport.Boite) []lu {
	t.Helper()
	var out []lu
	for m, err := range b.Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		contenu, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		out = append(out, lu{m, string(contenu)})
	}
	return out
}
