package webkit

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
)

const page = `<!doctype html><title>Zone</title>
<div id="zone" style="width:300px;height:200px;touch-action:none"></div>
<input id="nom"><button onclick="document.title = document.getElementById('nom').value">oui</button><script>
window.vus = [];
for (const e of ['pointerdown', 'pointermove', 'pointerup']) document.getElementById('zone').addEventListener(e,
  (v) => window.vus.push(v.type + ' ' + v.pointerType));</script>`

// TestDessiner protects what the tests of tablets stand on: a text is typed as it is, and every stroke of pen and mouse
// reaches the page as pointer events of its kind.
func TestDessiner(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(page))
	}))
	defer s.Close()
	p := Open(t, 800, 600)
	p.Aller(s.URL)
	p.Ecrire("#nom", "Élodie")
	p.Cliquer("button")
	p.Attendre(`document.title === 'Élodie'`)
	for outil, nom := range map[chromium.Outil]string{chromium.Souris: "mouse", chromium.Stylet: "pen"} {
		Evaluer[any](p, `(() => { window.vus = []; return null; })()`)
		p.Dessiner("#zone", outil, chromium.Paraphe()...)
		compte := map[string]int{}
		for _, v := range Evaluer[[]string](p, "window.vus") {
			compte[v]++
		}
		if compte["pointerdown "+nom] != 2 || compte["pointerup "+nom] != 2 || compte["pointermove "+nom] < 70 ||
			len(compte) != 3 {
			t.Errorf("two strokes of %s seen as %v", nom, compte)
		}
	}
	p.Capturer("zone")
}
