package suivi

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Each operation that begins ends, steps and bytes are told with their object, and a line of log holds nothing of a
// patient.
func TestObservateurSlog(t *testing.T) {
	var w bytes.Buffer
	l := slog.New(slog.NewTextHandler(&w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b := nouveauBanc(t, func(c *Config) { c.Observateur = NewObservateurSlog(l) })
	f := b.lot(1, 1)
	b.jusquAuRepos()
	s := w.String()
	debuts, fins := strings.Count(s, "suivi: début"), strings.Count(s, "suivi: fin")+strings.Count(s, "suivi: échec")
	if debuts == 0 || debuts != fins {
		t.Errorf("%d beginnings, %d ends", debuts, fins)
	}
	for _, x := range []string{"operation.nom=envoi", "operation.nom=ronde", "octets=", "fait.type=arl-positif"} {
		if !strings.Contains(s, x) {
			t.Errorf("%s isn't told", x)
		}
	}
	if strings.Contains(s, f.Lots[0].Factures[0].Assure.Numero()) {
		t.Error("a NIR in the log")
	}
}

// A host that names its pieces by the insured's number finds it neither in its log nor in its errors; the number of a
// message is shown, long as it is.
func TestCleDePieceMasquee(t *testing.T) {
	const nir, message = "ORD-2790913055042", "2026112119223300001"
	f := Fait{Genre: journal.Piece, Cle: nir}
	o := Operation{Nom: "etape", Genre: journal.Piece, Cle: nir}
	e := &ErreurObjet{Genre: journal.Piece, Cle: nir, Err: ErrPieceEngagee}
	for _, s := range []string{f.LogValue().String(), o.LogValue().String(), e.Error()} {
		if strings.Contains(s, nir) {
			t.Error("shown")
		}
	}
	o = Operation{Nom: "envoi", Genre: journal.Message, Cle: message}
	if !strings.Contains(o.LogValue().String(), message) {
		t.Errorf("hidden: %s", o.LogValue())
	}
}
