package chromium

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Avant runs a script in every page before its own, to take from the browser what an older one lacks.
func (p *Page) Avant(script string) {
	p.t.Helper()
	p.faire(chromedp.Func(func(ctx context.Context, c *chromedp.Target) error {
		_, err := cdp.Call(ctx, c, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// Media sets a feature that style sheets ask for: "forced-colors" to "active", for one.
func (p *Page) Media(nom, valeur string) {
	p.t.Helper()
	p.faire(chromedp.Func(func(ctx context.Context, c *chromedp.Target) error {
		_, err := cdp.Call(ctx, c, emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: nom, Value: valeur}}})
		return err
	}))
}
