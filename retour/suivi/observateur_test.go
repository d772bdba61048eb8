package suivi

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
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
