package chromium

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1 as its npm package has it (MPL-2.0, see axe/LICENSE): the rules of accessibility that a
// program can judge. Only tests import this package.
//
//go:embed axe/axe.min.js
var axe string

// Axe judges the page as it stands by the rules of WCAG 2.2, levels A and AA, and by axe-core's good practices, and
// gives each violation: rule, why, and the elements concerned.
func (p *Page) Axe() []string {
	p.t.Helper()
	if !Evaluer[bool](p, `'axe' in window`) { // a page that was resized has it already
		p.injecter()
	}
	texte := Evaluer[string](p, `axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: ['wcag2a',
  'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}}).then((r) => JSON.stringify(r.violations.map((v) => ({
  id: v.id, aide: v.help, noeuds: v.nodes.map((n) => n.target.join(' ') + ' ' + (n.failureSummary || ''))}))))`)
	var violations []struct {
		ID     string   `json:"id"`
		Aide   string   `json:"aide"`
		Noeuds []string `json:"noeuds"`
	}
	if err := json.Unmarshal([]byte(texte), &violations); err != nil {
		p.t.Fatalf("axe-core: %v", err)
	}
	var v []string
	for _, x := range violations {
		v = append(v, x.ID+": "+x.Aide+"\n\t"+strings.Join(x.Noeuds, "\n\t"))
	}
	return v
}

// injecter gives the page axe-core. Not by an evaluation in the page's own name: its policy of content refuses scripts
// that aren't its own.
func (p *Page) injecter() {
	p.t.Helper()
	p.faire(chromedp.Func(func(ctx context.Context, c *chromedp.Target) error {
		r, err := cdp.Call(ctx, c, runtime.Evaluate, runtime.EvaluateParams{Expression: axe + ";null"})
		if err == nil && r.ExceptionDetails != nil {
			err = fmt.Errorf("axe-core: %s", r.ExceptionDetails.Text)
		}
		return err
	}))
}
