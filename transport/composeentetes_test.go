package transport_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// What the caller gives goes on lines that every relay takes, and is read back as it was: long words, long names and
// letters that aren't ASCII are encoded; what no encoding can hold is refused before anything leaves.
func TestEntetesLongs(t *testing.T) {
	long := strings.Repeat("ordonnance", 200)
	for _, x := range []string{"é", long, "é" + long, strings.Repeat("é", 999), "a b " + long + " c",
		long + "%é'()*@:=;, \"x\".pdf"} {
		m := messageIRIS([]byte("x"))
		m.Sujet, m.Parties[0].Description, m.Parties[0].Nom = x, x, x
		m.EnReponseA = []string{strings.Repeat("a", 500) + "@exemple.fr", strings.Repeat("b", 500) + "@exemple.fr"}
		brut := composer(t, m)
		entete, _, _ := bytes.Cut(brut, []byte("\r\n\r\n"))
		for l := range strings.SplitSeq(string(entete), "\r\n") {
			if len(l) > 998 || strings.ContainsFunc(l, func(r rune) bool { return r >= 0x80 }) {
				t.Errorf("a line of %d bytes: %.80q", len(l), l)
			}
		}
		recu, p := lire(t, transport.Ouvreur{}, brut)
		if recu.Sujet != x || p[0].Description != x {
			t.Errorf("%.60q: subject %.60q, description %.60q", x, recu.Sujet, p[0].Description)
		}
		// Reading keeps a file name that can be written: shortened, without what Windows forbids.
		if debut := x[:min(len(x), 100)]; !strings.HasPrefix(p[0].Nom, strings.ToValidUTF8(debut, "")) {
			t.Errorf("%.60q: name %.60q", x, p[0].Nom)
		}
	}
	for nom, changer := range map[string]func(m *transport.Message){
		"Message-ID: a character": func(m *transport.Message) { m.ID = "société@exemple.fr" },
		"Message-ID: a line":      func(m *transport.Message) { m.ID = long + "@exemple.fr" },
		"In-Reply-To: a line":     func(m *transport.Message) { m.EnReponseA = []string{long + "@exemple.fr"} },
		"Content-Type: a char":    func(m *transport.Message) { m.Parties[0].Type = "text/plain; name=\"é\"" },
		"Content-Type: a line":    func(m *transport.Message) { m.Enveloppe.TypePKCS7 = "application/" + long },
		"To: a line":              func(m *transport.Message) { m.A = []string{long + "@exemple.fr"} },
	} {
		m := messageIRIS([]byte("x"))
		changer(m)
		if err := transport.Composer(io.Discard, m); !errors.Is(err, transport.ErrMessage) ||
			!strings.Contains(err.Error(), nom) {
			t.Errorf("%s: %v", nom, err)
		}
	}
}
