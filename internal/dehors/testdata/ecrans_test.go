package editeur

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
)

// The screens are behind the editor's login, beside its pages, and give each what they may do.
func TestMonterEcrans(t *testing.T) {
	cabinet := oui(suivitest.New(t.Context(), suivitest.Config{}))
	if err := cabinet.Dessiner(t.Context(), suivitest.Plan{Lots: 12, Factures: 3}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("editor's page")) })
	qui := ""
	e := oui(MonterEcrans(mux, cabinet.Suivi, func(*http.Request) (string, string, bool, bool) {
		return qui, qui, qui == "gerant", qui != ""
	}, slog.New(slog.DiscardHandler)))
	defer e.Close()
	lire := func(chemin string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", chemin, nil))
		return w
	}
	if w := lire("/scor/intervenir"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/entree" {
		t.Errorf("nobody: %d to %s", w.Code, w.Header().Get("Location"))
	}
	qui = "secretaire"
	if w := lire("/scor/intervenir"); w.Code != 200 || strings.Contains(w.Body.String(), `name="seul"`) {
		t.Errorf("without the right to act: %d", w.Code)
	}
	qui = "gerant"
	if w := lire("/scor/intervenir"); w.Code != 200 || !strings.Contains(w.Body.String(), `name="seul"`) {
		t.Errorf("the manager: %d", w.Code)
	}
	if w := lire("/accueil"); w.Body.String() != "editor's page" {
		t.Error("the editor's own pages are gone")
	}
}
