package transporttest

import (
	"errors"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// ContratReleve checks a transport.Releve. ouvrir opens one memory, the same at
// each call of one subtest (given its own t): what was kept before is there, as
// after a restart. What the host would leave or set aside by its own judgement isn't
// known here: the messages must be ones that it keeps, which message composes from
// a text.
func ContratReleve(t *testing.T, ouvrir func(t *testing.T) func() transport.Releve, message func(texte string) string) {
	t.Helper()
	garder := func(t *testing.T, r transport.Releve, m *transport.MessageReleve) {
		t.Helper()
		v, err := r.Prendre(t.Context(), m)
		if err != nil || v != transport.Garder {
			t.Fatalf("verdict %d, %v", v, err)
		}
	}
	connu := func(t *testing.T, r transport.Releve, m *transport.MessageReleve) bool {
		t.Helper()
		ok, err := r.Connu(t.Context(), m.Identite)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	t.Run("identite entiere", func(t *testing.T) {
		r := ouvrir(t)()
		un := transport.NewMessageReleve("compte", "1", message("un"))
		if connu(t, r, un) {
			t.Fatal("a message never seen is known")
		}
		garder(t, r, un)
		if !connu(t, r, un) {
			t.Error("a message kept isn't known")
		}
		if connu(t, r, transport.NewMessageReleve("compte", "1", message("autre"))) {
			t.Error("another message under an identifier used before is taken for the first: it would be dropped, and kept " +
				"nowhere")
		}
		if connu(t, r, transport.NewMessageReleve("autre compte", "1", message("autre"))) {
			t.Error("a message of another account is taken for the first: it would be dropped, and kept nowhere")
		}
	})
	t.Run("apres un arret", func(t *testing.T) {
		encore := ouvrir(t)
		un := transport.NewMessageReleve("compte", "1", message("un"))
		garder(t, encore(), un)
		if !connu(t, encore(), un) {
			t.Error("forgotten by a restart: it would be taken twice")
		}
	})
	t.Run("deux fois", func(t *testing.T) {
		r := ouvrir(t)()
		un := transport.NewMessageReleve("compte", "1", message("un"))
		garder(t, r, un)
		if v, err := r.Prendre(t.Context(), un); err != nil || v != transport.Garder {
			t.Errorf("a message that two workers take at once: verdict %d, %v", v, err)
		}
	})
	t.Run("ecarte", func(t *testing.T) {
		encore := ouvrir(t)
		un := transport.NewMessageReleve("compte", "1", message("un"))
		if err := encore().Ecarter(t.Context(), un, errors.New("illisible")); err != nil {
			t.Fatal(err)
		}
		if !connu(t, encore(), un) {
			t.Error("a message set aside isn't known: it would be set aside at each session")
		}
	})
}
