package transporttest

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// ContratBoite checks a transport.Boite. nouvelle gives a mailbox that holds these
// messages and no other, from the oldest; the lines of each end with CRLF.
func ContratBoite(t *testing.T, nouvelle func(t *testing.T, messages []string) transport.Boite) {
	t.Helper()
	trois := []string{"Subject: un\r\n\r\n.point\r\n", "Subject: deux\r\n\r\n", "Subject: trois\r\n\r\nx\r\n\r\n"}
	t.Run("octets", func(t *testing.T) {
		lus := toutLire(t, nouvelle(t, trois))
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
	})
	t.Run("identifiants", func(t *testing.T) {
		b := nouvelle(t, trois)
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
	})
	t.Run("rien sans Acquitter", func(t *testing.T) {
		b := nouvelle(t, trois)
		for range b.Messages(t.Context()) {
			break
		}
		if n := len(toutLire(t, b)); n != len(trois) {
			t.Errorf("%d messages left, want %d: only Acquitter drops", n, len(trois))
		}
	})
	t.Run("Acquitter", func(t *testing.T) {
		b := nouvelle(t, trois)
		acquitter := func(i int) {
			n := 0
			for m, err := range b.Messages(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				if n == i {
					if err := b.Acquitter(t.Context(), m.ID); err != nil {
						t.Fatal(err)
					}
				}
				n++
			}
		}
		acquitter(1)
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
	})
	t.Run("contexte", func(t *testing.T) {
		ctx, fin := context.WithCancel(t.Context())
		fin()
		for _, err := range nouvelle(t, trois).Messages(ctx) {
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("the end of the context is told as such: %v", err)
			}
		}
	})
	t.Run("Relever", func(t *testing.T) {
		b, m := nouvelle(t, trois), new(Memoire)
		bilan, err := transport.Relever(t.Context(), b, m)
		if err != nil || bilan != (transport.BilanReleve{Pris: len(trois)}) || len(toutLire(t, b)) != 0 {
			t.Errorf("%+v, %v", bilan, err)
		}
	})
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
