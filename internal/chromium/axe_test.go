package chromium

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAxe protects what the tests of pages trust: a page without fault has no violation, even where its policy lets no
// other script run, and a picture without words, or grey on grey, is told.
func TestAxe(t *testing.T) {
	const bonne = `<!doctype html><html lang="fr"><title>Page</title><main><h1>Page</h1><p>Texte</p></main></html>`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		page := bonne
		if r.URL.Path == "/mauvaise" {
			page = strings.Replace(bonne, "<p>Texte", `<img src="x"><p style="color:#aaa;background:#bbb">Texte`, 1)
		}
		_, _ = w.Write([]byte(page))
	}))
	defer s.Close()
	p := Open(t, 800, 600)
	p.Aller(s.URL)
	if v := p.Axe(); len(v) > 0 {
		t.Errorf("a good page: %q", v)
	}
	p.Aller(s.URL + "/mauvaise")
	v := strings.Join(p.Axe(), "\n")
	for _, regle := range []string{"image-alt", "color-contrast"} {
		if !strings.Contains(v, regle+":") {
			t.Errorf("%s isn't told: %s", regle, v)
		}
	}
}
