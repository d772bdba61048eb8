// Package chromium drives a real browser from tests: it opens pages, types, draws with mouse, pen and finger, and keeps
// screenshots. Tests that need it skip where no Chromium is found (Debian: apt-get install chromium; elsewhere
// SCOR_CHROMIUM names the program).
package chromium

import (
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// attente is how long a page may take on a loaded machine before a test gives up.
const attente = 60 * time.Second

// noeudPerdu is what the browser says of an element that its page no longer has.
const noeudPerdu = "Could not find node with given id"

// Page is one tab.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu      sync.Mutex
	console []string
}

func programme(t testing.TB) string {
	noms := []string{"chromium", "chromium-browser", "google-chrome"}
	if nom := os.Getenv("SCOR_CHROMIUM"); nom != "" {
		noms = []string{nom}
	}
	for _, nom := range noms {
		if chemin, err := exec.LookPath(nom); err == nil {
			return chemin
		}
	}
	t.Skip("no Chromium: install it (apt-get install chromium) or name it in SCOR_CHROMIUM")
	return ""
}

// Open starts a browser of its own with a window of the given size, and ends it with the test.
func Open(t testing.TB, largeur, hauteur int) *Page {
	t.Helper()
	chemin := programme(t)
	ctx, fermer := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chemin), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.IgnoreCertErrors,
		chromedp.WindowSize(largeur, hauteur), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update",
			true), chromedp.Flag("disable-extensions", false),
		chromedp.Flag("lang", "fr-FR"), chromedp.WSURLReadTimeout(attente), chromedp.UserDataDir(t.TempDir()))...)
	t.Cleanup(fermer)
	ctx, arreter := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("chromium: %v", err)
		}
		arreter()
	})
	p := &Page{t: t, ctx: ctx}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.console = append(p.console, string(m.Type)+" "+m.Source+": "+m.Text+" ("+m.URL+")")
			p.mu.Unlock()
		}
	}()
	p.faire(chromedp.EmulateViewport(int64(largeur), int64(hauteur)))
	return p
}

// Console gives what the page wrote to its console since the last call: its exceptions, and what the browser refused
// it.
func (p *Page) Console() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.console
	p.console = nil
	return c
}

func (p *Page) faire(a ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx := p.ctx
	if chromedp.FromContext(ctx).Target != nil {
		var fin context.CancelFunc
		ctx, fin = context.WithTimeout(ctx, attente)
		defer fin()
	}
	if err := chromedp.Do(ctx, a...); err != nil {
		p.Capturer("echec")
		p.t.Fatalf("chromium: %v\nconsole: %s", err, strings.Join(p.Console(), "\n"))
	}
}

// tenace does an action on an element again when the page changed between finding the element and acting on it: the
// browser then knows no such node, and has done nothing yet. A page that never stops changing ends with the context.
func tenace(a chromedp.Action[chromedp.Void]) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, c *chromedp.Target) (chromedp.Void, error) {
		for {
			v, err := a(ctx, c)
			if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), noeudPerdu) {
				return v, err
			}
			time.Sleep(30 * time.Millisecond)
		}
	}
}

// Aller opens an address.
func (p *Page) Aller(url string) { p.t.Helper(); p.faire(chromedp.Navigate(url)) }

// Recharger reloads the page, as a person would in the middle of something.
func (p *Page) Recharger() { p.t.Helper(); p.faire(chromedp.Reload()) }

// Taille changes the size of the window, as turning the tablet does.
func (p *Page) Taille(largeur, hauteur int) {
	p.t.Helper()
	p.faire(chromedp.EmulateViewport(int64(largeur), int64(hauteur)))
}

// Cliquer clicks on the first element of a CSS selector, once it is visible.
func (p *Page) Cliquer(css string) { p.t.Helper(); p.faire(tenace(chromedp.Click(chromedp.CSS(css)))) }

// Ecrire types a text into a field.
func (p *Page) Ecrire(css, texte string) {
	p.t.Helper()
	p.faire(tenace(chromedp.SendKeys(chromedp.CSS(css), texte)))
}

// Touches sends keys to what has the focus.
func (p *Page) Touches(touches string) { p.t.Helper(); p.faire(chromedp.KeyEvent(touches)) }

// Attendre waits until a JavaScript expression is true. The page may load another one meanwhile, during which no
// expression has a value.
func (p *Page) Attendre(expression string) {
	p.t.Helper()
	ctx, fin := context.WithTimeout(p.ctx, attente)
	defer fin()
	var err error
	for ctx.Err() == nil {
		var vrai bool
		if vrai, err = chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")")); err == nil && vrai {
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	p.Capturer("echec")
	p.t.Fatalf("chromium: %s never came true (%v)\nconsole: %s", expression, err, strings.Join(p.Console(), "\n"))
}

// Evaluer gives the value of a JavaScript expression, of a promise once it is kept.
func Evaluer[T any](p *Page, expression string) T {
	p.t.Helper()
	ctx, fin := context.WithTimeout(p.ctx, attente)
	defer fin()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("chromium: %s: %v", expression, err)
	}
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
	ctx, fin := context.WithTimeout(p.ctx, attente)
	defer fin()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("chromium: screenshot %s: %v", nom, err)
		return
	}
	Ranger(p.t, nom, png)
}

// Ranger writes a picture of a test into the folder of SCOR_CAPTURES, or among the test's artifacts.
func Ranger(t testing.TB, nom string, png []byte) {
	t.Helper()
	dossier := os.Getenv("SCOR_CAPTURES")
	if dossier == "" {
		dossier = t.ArtifactDir()
	}
	nom = strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()+"-"+nom) + ".png"
	if err := os.MkdirAll(dossier, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dossier, nom), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Outil is what one draws with.
type Outil int

// Mouse, pen with pressure, finger.
const (
	Souris Outil = iota
	Stylet
	Doigt
)

// Paraphe is a signature of two strokes in fractions of the box.
func Paraphe() [][][2]float64 {
	var boucle, soulignement [][2]float64
	for i := range 60 {
		a := float64(i) / 59
		boucle = append(boucle, [2]float64{0.12 + 0.7*a, 0.45 + 0.3*math.Sin(a*22)*(1-a*0.6)})
	}
	for i := range 20 {
		a := float64(i) / 19
		soulignement = append(soulignement, [2]float64{0.85 - 0.65*a, 0.82 - 0.06*math.Sin(a*3)})
	}
	return [][][2]float64{boucle, soulignement}
}

// Dessiner draws strokes in the element of a CSS selector, with real input events.
func (p *Page) Dessiner(css string, outil Outil, traits ...[][2]float64) {
	p.t.Helper()
	b := Evaluer[[]float64](p, `(() => { const e = document.querySelector('`+css+
		`'); e.scrollIntoView({block: 'nearest'}); const r = e.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()`)
	for _, trait := range traits {
		for i, pt := range trait {
			x, y := b[0]+pt[0]*b[2], b[1]+pt[1]*b[3]
			force := 0.35 + 0.5*math.Abs(math.Sin(float64(i)/9))
			p.faire(geste(outil, i, x, y, force))
		}
		fin := trait[len(trait)-1]
		p.faire(geste(outil, -1, b[0]+fin[0]*b[2], b[1]+fin[1]*b[3], 0))
	}
}

// geste is one event: the first point presses, -1 lifts.
func geste(outil Outil, i int, x, y, force float64) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, c *chromedp.Target) error {
		if outil == Doigt {
			e := input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchMove,
				TouchPoints: []*input.TouchPoint{{X: x, Y: y}}}
			switch i {
			case 0:
				e.Type = input.DispatchTouchEventTypeTouchStart
			case -1:
				e.Type, e.TouchPoints = input.DispatchTouchEventTypeTouchEnd, []*input.TouchPoint{}
			}
			_, err := cdp.Call(ctx, c, input.DispatchTouchEvent, e)
			return err
		}
		e := input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x, Y: y,
			Button: input.MouseButtonLeft, Buttons: 1}
		if outil == Stylet {
			e.PointerType, e.Force = input.DispatchMouseEventPointerTypePen, force
		}
		switch i {
		case 0:
			e.Type, e.ClickCount = input.DispatchMouseEventTypeMousePressed, 1
		case -1:
			e.Type, e.ClickCount, e.Buttons = input.DispatchMouseEventTypeMouseReleased, 1, 0
		}
		_, err := cdp.Call(ctx, c, input.DispatchMouseEvent, e)
		return err
	})
}
