// Package pdfdessin draws pages of PDFs that software wrote, for pdfentree: text, lines, whatever a viewer shows.
//
//  1. Make one Dessinateur for the life of the program: d := pdfdessin.New().
//  2. Pass it to the reader: pdfentree.New(pdfentree.WithDessinateur(d)).
//  3. Close it at the end; a program that ends needn't.
//
// The drawing is PDFium's, the library of Chrome, as WebAssembly that a runtime in Go executes
// (github.com/klippa-app/go-pdfium, tetratelabs/wazero): no cgo, nothing to install, on every system alike. It adds
// some 10 MB to a program, which is why it is a package of its own. The first page takes two to seven seconds
// more, while the library is compiled; nothing is compiled before.
//
// A document can't reach beyond its sandbox: no file system, no network, no clock worth the name, memory up to a
// limit, JavaScript not built in; each page has a sandbox of its own. Who cancels the context stops the drawing.
//
// Promised to stay: New, Close, and that the same page is drawn alike for as long as this module's version doesn't
// change.
package pdfdessin

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"runtime"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Dessinateur draws pages. It is safe for concurrent use.
type Dessinateur struct {
	memoire    int64
	paralleles int
	cache      string

	mu    sync.Mutex
	pool  pdfium.Pool
	ferme bool
}

// Option changes what [New] makes.
type Option func(*Dessinateur)

// WithMemoire bounds the memory of one drawing, in bytes. The default is 512 MiB.
func WithMemoire(octets int64) Option { return func(d *Dessinateur) { d.memoire = octets } }

// WithParalleles sets how many pages are drawn at once. The default is the number of processors, 4 at most.
func WithParalleles(n int) Option { return func(d *Dessinateur) { d.paralleles = n } }

// WithCache keeps the compiled library in a folder, private to the user, so that only the first program of all takes
// the seconds of compiling it.
func WithCache(dossier string) Option { return func(d *Dessinateur) { d.cache = dossier } }

// New returns a Dessinateur. It does nothing before the first page.
func New(opts ...Option) *Dessinateur {
	d := &Dessinateur{memoire: 512 << 20, paralleles: min(4, runtime.GOMAXPROCS(0))}
	for _, o := range opts {
		o(d)
	}
	return d
}

var (
	// ErrFerme says that the Dessinateur was closed.
	ErrFerme = errors.New("pdfdessin: closed")
	// ErrDessin says that a page couldn't be drawn. Its text holds nothing of the document's.
	ErrDessin = errors.New("pdfdessin: the page can't be drawn")
)

// Close frees the sandboxes. Drawing is refused from then on.
func (d *Dessinateur) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ferme = true
	if d.pool == nil {
		return nil
	}
	err := d.pool.Close()
	d.pool = nil
	return err
}

// ouvrir compiles the library, once.
func (d *Dessinateur) ouvrir() (pdfium.Pool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.ferme:
		return nil, ErrFerme
	case d.pool != nil:
		return d.pool, nil
	}
	const page = 64 << 10 // of WebAssembly
	execution := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(uint32(min(max(d.memoire/page, 1024), 1<<16))).
		WithCloseOnContextDone(true)
	if d.cache != "" {
		c, err := wazero.NewCompilationCacheWithDir(d.cache)
		if err != nil {
			return nil, errors.New("pdfdessin: the cache's folder can't be used")
		}
		execution = execution.WithCompilationCache(c)
	}
	p, err := webassembly.Init(webassembly.Config{
		Context: experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0)),
		MaxIdle: 1, MaxTotal: max(1, d.paralleles),
		FSConfig: wazero.NewFSConfig(), // empty: the default would be the whole disk
		Stdout:   io.Discard, Stderr: io.Discard,
		RuntimeConfig: execution,
	})
	if err != nil {
		return nil, fmt.Errorf("pdfdessin: starting the library: %w", err)
	}
	d.pool = p
	return p, nil
}

// Dessiner draws a page, from 1, of a PDF of the given size in bytes, upright, on white, as so many pixels: an
// *image.Gray if it has no colour, else an opaque *image.RGBA. Annotations and filled forms are drawn as they print.
func (d *Dessinateur) Dessiner(ctx context.Context, r io.ReaderAt, taille int64, page, largeur,
	hauteur int) (image.Image, error) {
	if _, err := raster.Check(largeur, hauteur, 32, d.memoire); err != nil {
		return nil, fmt.Errorf("pdfdessin: %w", err)
	}
	p, err := d.ouvrir()
	if err != nil {
		return nil, err
	}
	i, err := p.GetInstanceWithContext(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: no sandbox", ErrDessin)
	}
	type issue struct {
		m   image.Image
		err error
	}
	fini := make(chan issue, 1)
	go func() {
		m, err := dessiner(i, io.NewSectionReader(r, 0, taille), taille, page, largeur, hauteur)
		fini <- issue{m, err}
	}()
	select {
	case s := <-fini:
		_ = i.Close() // the sandbox goes, whatever it says
		return s.m, s.err
	case <-ctx.Done():
		_ = i.Kill()
		<-fini // it no longer touches r
		return nil, ctx.Err()
	}
}

// dessiner works in a sandbox, whose end may come as a panic.
func dessiner(i pdfium.Pdfium, r io.ReadSeeker, taille int64, page, largeur, hauteur int) (m image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, fmt.Errorf("%w: the library gave up (%T)", ErrDessin, p)
		}
	}()
	doc, err := i.OpenDocument(&requests.OpenDocument{FileReader: r, FileReaderSize: taille})
	if err != nil {
		return nil, fmt.Errorf("%w: the document isn't read", ErrDessin)
	}
	s, err := i.RenderPageInPixels(&requests.RenderPageInPixels{
		Page:  requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: page - 1}},
		Width: largeur, Height: hauteur, RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT | enums.FPDF_RENDER_FLAG_PRINTING,
		RenderForm: true, Document: &doc.Document,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: page %d", ErrDessin, page)
	}
	defer s.Cleanup()
	return surBlanc(s.Result.RenderedImage, largeur, hauteur)
}

// surBlanc copies a drawing out of the sandbox, to the size that was asked for, over white; without its colours if it
// has none.
func surBlanc(m image.Image, largeur, hauteur int) (image.Image, error) {
	src, ok := m.(*image.RGBA)
	if !ok {
		return nil, fmt.Errorf("%w: pixels of another kind (%T)", ErrDessin, m)
	}
	b := src.Rect
	if b.Dx() < largeur-2 || b.Dy() < hauteur-2 || b.Dx() > largeur+2 || b.Dy() > hauteur+2 {
		return nil, fmt.Errorf("%w: %d x %d pixels, expected %d x %d", ErrDessin, b.Dx(), b.Dy(), largeur, hauteur)
	}
	out := image.NewRGBA(image.Rect(0, 0, largeur, hauteur))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	gris := true
	for y := range min(hauteur, b.Dy()) {
		in, ligne := src.Pix[y*src.Stride:], out.Pix[y*out.Stride:]
		for x := 0; x < 4*min(largeur, b.Dx()); x += 4 {
			a := 255 - uint32(in[x+3])
			rouge, vert, bleu := byte(min(255, uint32(in[x])+a)), byte(min(255, uint32(in[x+1])+a)),
				byte(min(255, uint32(in[x+2])+a))
			ligne[x], ligne[x+1], ligne[x+2] = rouge, vert, bleu
			gris = gris && rouge == vert && vert == bleu
		}
	}
	if !gris {
		return out, nil
	}
	g := image.NewGray(out.Rect)
	for i := range g.Pix {
		g.Pix[i] = out.Pix[4*i]
	}
	return g, nil
}
