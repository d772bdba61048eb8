// Package webkit drives WebKit, the browser of tablets of one large make, from tests: by the W3C protocol WebDriver,
// with Debian's WebKitWebDriver and MiniBrowser on a screen in memory. Tests that need it skip where the programs are
// not found (Debian: apt-get install webkit2gtk-driver xvfb). What a test does is named as in package chromium.
package webkit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
)

// attente is how long a page may take on a loaded machine before a test gives up.
const attente = 60 * time.Second

// Page is the one tab of a browser.
type Page struct {
	t       testing.TB
	session string // address of the session
}

// programme finds a program, or skips the test.
func programme(t testing.TB, motifs ...string) string {
	t.Helper()
	for _, m := range motifs {
		if chemins, _ := filepath.Glob(m); len(chemins) > 0 {
			return chemins[len(chemins)-1]
		}
	}
	t.Skipf("no %s: apt-get install webkit2gtk-driver xvfb", filepath.Base(motifs[0]))
	return ""
}

// Open starts a browser of its own with a window of the given size, and ends it with the test.
func Open(t testing.TB, largeur, hauteur int) *Page {
	t.Helper()
	pilote := programme(t, "/usr/bin/WebKitWebDriver")
	navigateur := programme(t, "/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
	ecran := ouvrirEcran(t)
	// A port that was free a moment ago: the driver takes no socket of ours.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	dossier := t.TempDir()
	cmd := exec.Command(pilote, fmt.Sprintf("--port=%d", port))
	cmd.Env = append(os.Environ(), "DISPLAY="+ecran, "HOME="+dossier, "XDG_RUNTIME_DIR="+dossier, "LC_ALL=C.UTF-8",
		"LIBGL_ALWAYS_SOFTWARE=1", "NO_AT_BRIDGE=1", "GIO_USE_VFS=local",
		"GSETTINGS_BACKEND=memory")
	lancer(t, cmd)
	p := &Page{t: t}
	var s struct {
		ID string `json:"sessionId"`
	}
	base := fmt.Sprintf("http://127.0.0.1:%d/session", port)
	demande := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"acceptInsecureCerts": true,
		"webkitgtk:browserOptions": map[string]any{"binary": navigateur, "args": []string{"--automation"}}}}}
	// The driver listens a moment after it starts.
	err = essayer(func() error { return appeler(http.MethodPost, base, demande, &s) })
	if err != nil {
		t.Fatalf("webkit: %v", err)
	}
	p.session = base + "/" + s.ID
	t.Cleanup(func() { _ = appeler(http.MethodDelete, p.session, nil, nil) })
	p.Taille(largeur, hauteur)
	return p
}

// ouvrirEcran starts a screen in memory and gives its name.
func ouvrirEcran(t testing.TB) string {
	t.Helper()
	cmd := exec.Command(programme(t, "/usr/bin/Xvfb"), "-displayfd", "1", "-screen", "0", "1600x1200x24",
		"-nolisten", "tcp")
	sortie, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	lancer(t, cmd)
	numero, err := bufio.NewReader(sortie).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	return ":" + strings.TrimSpace(numero)
}

// lancer starts a program that ends with the test.
func lancer(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func essayer(f func() error) error {
	var err error
	for fin := time.Now().Add(attente); time.Now().Before(fin); time.Sleep(50 * time.Millisecond) {
		if err = f(); err == nil {
			return nil
		}
	}
	return err
}

// appeler is one command of the protocol: JSON in, the "value" of the answer out.
func appeler(methode, url string, corps, valeur any) error {
	var b []byte
	if methode == http.MethodPost {
		if corps == nil {
			corps = struct{}{}
		}
		var err error
		if b, err = json.Marshal(corps); err != nil {
			return err
		}
	}
	// A driver that waits for an event which the browser doesn't send is told, not waited for.
	ctx, fin := context.WithTimeout(context.Background(), attente)
	defer fin()
	r, err := http.NewRequestWithContext(ctx, methode, url, bytes.NewReader(b))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	reponse, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer reponse.Body.Close()
	b, err = io.ReadAll(reponse.Body)
	if err != nil {
		return err
	}
	if reponse.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", reponse.Status, b)
	}
	if valeur == nil {
		return nil
	}
	return json.Unmarshal(b, &struct {
		Value any `json:"value"`
	}{valeur})
}

func (p *Page) faire(methode, chemin string, corps, valeur any) {
	p.t.Helper()
	if err := appeler(methode, p.session+chemin, corps, valeur); err != nil {
		p.t.Fatalf("webkit: %s: %v", chemin, err)
	}
}

// Taille changes the size of the window, as turning the tablet does.
func (p *Page) Taille(largeur, hauteur int) {
	p.t.Helper()
	p.faire(http.MethodPost, "/window/rect", map[string]int{"width": largeur, "height": hauteur}, nil)
}

// Aller opens an address.
func (p *Page) Aller(url string) {
	p.t.Helper()
	p.faire(http.MethodPost, "/url", map[string]string{"url": url}, nil)
}

// Recharger reloads the page, as a person would in the middle of something.
func (p *Page) Recharger() { p.t.Helper(); p.faire(http.MethodPost, "/refresh", nil, nil) }

// Retour goes back, as the browser's button does.
func (p *Page) Retour() { p.t.Helper(); p.faire(http.MethodPost, "/back", nil, nil) }

// cleElement is the name that the protocol gives to the reference of an element.
const cleElement = "element-6066-11e4-a52e-4f735466cecf"

// agir does a command on the first visible element of a CSS selector. An element that the page changes meanwhile is
// sought again.
func (p *Page) agir(css, commande string, corps any) {
	p.t.Helper()
	err := essayer(func() error {
		var e map[string]string
		err := appeler(http.MethodPost, p.session+"/element",
			map[string]string{"using": "css selector", "value": css}, &e)
		if err != nil {
			return err
		}
		if e[cleElement] == "" {
			return errors.New("no element")
		}
		return appeler(http.MethodPost, p.session+"/element/"+e[cleElement]+commande, corps, nil)
	})
	if err != nil {
		p.Capturer("echec")
		p.t.Fatalf("webkit: %s %s: %v", css, commande, err)
	}
}

// Cliquer clicks on the first element of a CSS selector, once it is visible.
func (p *Page) Cliquer(css string) { p.t.Helper(); p.agir(css, "/click", nil) }

// Ecrire types a text into a field. Into a field of files, the text is the path of one.
func (p *Page) Ecrire(css, texte string) {
	p.t.Helper()
	p.agir(css, "/value", map[string]string{"text": texte})
}

// Attendre waits until a JavaScript expression is true. The page may load another one meanwhile, during which no
// expression has a value.
func (p *Page) Attendre(expression string) {
	p.t.Helper()
	err := essayer(func() error {
		var vrai bool
		err := appeler(http.MethodPost, p.session+"/execute/sync",
			map[string]any{"script": "return Boolean(" + expression + ")", "args": []any{}}, &vrai)
		if err == nil && !vrai {
			err = errors.New("false")
		}
		return err
	})
	if err != nil {
		p.Capturer("echec")
		p.t.Fatalf("webkit: %s never came true (%v)", expression, err)
	}
}

// Evaluer gives the value of a JavaScript expression, of a promise once it is kept.
func Evaluer[T any](p *Page, expression string) T {
	p.t.Helper()
	var v T
	p.faire(http.MethodPost, "/execute/async", map[string]any{"args": []any{},
		"script": "const fin = arguments[arguments.length - 1]; Promise.resolve(" + expression + ").then(fin, fin)"}, &v)
	return v
}

// Texte gives the visible text of the first element of a CSS selector.
func (p *Page) Texte(css string) string {
	p.t.Helper()
	return Evaluer[string](p, `document.querySelector('`+css+`').innerText`)
}

// Capturer writes a screenshot into the folder of SCOR_CAPTURES, or among the test's artifacts.
func (p *Page) Capturer(nom string) {
	p.t.Helper()
	var b64 string
	if err := appeler(http.MethodGet, p.session+"/screenshot", nil, &b64); err != nil {
		p.t.Logf("webkit: screenshot %s: %v", nom, err)
		return
	}
	png, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		p.t.Logf("webkit: screenshot %s: %v", nom, err)
		return
	}
	chromium.Ranger(p.t, nom+"-webkit", png)
}

// Dessiner draws strokes in the element of a CSS selector, with real input events of mouse or pen. WebKit on GTK gives
// a finger's strokes to the page as those of a mouse.
func (p *Page) Dessiner(css string, outil chromium.Outil, traits ...[][2]float64) {
	p.t.Helper()
	b := Evaluer[[]float64](p, `(() => { const e = document.querySelector('`+css+
		`'); e.scrollIntoView({block: 'nearest'}); const r = e.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()`)
	sorte := map[chromium.Outil]string{chromium.Souris: "mouse", chromium.Stylet: "pen", chromium.Doigt: "touch"}[outil]
	var actions []map[string]any
	for _, trait := range traits {
		for i, pt := range trait {
			actions = append(actions, map[string]any{"type": "pointerMove", "duration": 5, "origin": "viewport",
				"x": int(b[0] + pt[0]*b[2]), "y": int(b[1] + pt[1]*b[3])})
			if i == 0 {
				actions = append(actions, map[string]any{"type": "pointerDown", "button": 0})
			}
		}
		actions = append(actions, map[string]any{"type": "pointerUp", "button": 0})
	}
	p.faire(http.MethodPost, "/actions", map[string]any{"actions": []any{map[string]any{"type": "pointer",
		"id": sorte, "parameters": map[string]string{"pointerType": sorte}, "actions": actions}}}, nil)
	p.faire(http.MethodDelete, "/actions", nil, nil)
}
