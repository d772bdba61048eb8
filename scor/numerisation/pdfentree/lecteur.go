// Package pdfentree reads PDFs that come in as pieces, with pdfcpu, and gives each page as pixels, as near to what
// the scanner made as can be.
//
//  1. Make one reader for the life of the program: l := pdfentree.New(pdfentree.WithDessinateur(pdfdessin.New())).
//  2. Pass it to numerisation.New by numerisation.WithPDF(l): from then on PDFs are sources like others.
//  3. Or call l.Open yourself, and take the pages' images from the numerisation.DocumentPDF.
//
// # What a page becomes
//
// What nobody sees counts for nothing: invisible text of character recognition, whatever lies under an opaque scan,
// white on white paper, what is off the page. If one image is left, it is the page: its stream, resolution, turn and
// margins are given as they are. Several images, in strips, layers, with masks, and plain rectangles are put together
// at the resolution of the finest that matters. Anything else, text, lines, transparency, is drawn by the
// Dessinateur, if there is one. Each drawing is said in [numerisation.ImagePDF]'s Dessin, for the piece's record.
//
// What can't be shown faithfully is refused, never approximated: a font that isn't there and that no other stands in
// for, JPEG 2000 without a [Decodeur], colour spaces that aren't read, without a Dessinateur.
//
// # What is refused
//
// Documents that could harm or mislead who opens them: encryption, JavaScript, XFA forms, attached files (but for
// PDF/A-3, whose files stay out), actions that start programs or send data, multimedia; and those that would take too
// much memory or time. The error wraps the reason, one of numerisation's ErrPDF…, and quotes nothing of the document.
//
// pdfcpu is run with limits on what it may load and inflate, over a reader with a budget of bytes that also ends with
// the context, in a goroutine whose panics become errors. When the context ends, or the delay that reading may take,
// it returns at once; pdfcpu's goroutine follows at its next read.
//
// It is a package of its own so that who doesn't read PDFs doesn't link pdfcpu. It implements what it needs of ISO
// 32000-1: page tree and inherited attributes (7.7.3), filters of images (7.4), graphics state, paths that are
// rectangles, XObjects and inline images (8.4, 8.5, 8.9, 8.10), masks (8.9.6, 11.6.5), text rendering modes (9.3.6).
//
// Promised to stay: New, its options, and Open.
package pdfentree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// Lecteur reads PDFs with pdfcpu. It is safe for concurrent use.
type Lecteur struct {
	dessinateur Dessinateur
	decodeurs   map[string]Decodeur
}

// New returns a reader to be passed to numerisation.WithPDF.
func New(opts ...Option) *Lecteur {
	l := &Lecteur{}
	for _, o := range opts {
		o(l)
	}
	return l
}

// Open reads a PDF of the given size in bytes.
func (l *Lecteur) Open(ctx context.Context, r io.ReaderAt, taille int64,
	lim numerisation.LimitesPDF) (*numerisation.DocumentPDF, error) {
	opt := pdfin.Options{Limit: cmp.Or(lim.Memoire, raster.DefaultLimit), MaxPages: lim.Pages, Delay: lim.Delai}
	f := file{r: r, size: taille, opt: opt, dpi: cmp.Or(lim.DPI, 200)}
	doc, err := l.read(ctx, r, taille, opt)
	if err != nil {
		return nil, err
	}
	return l.present(doc, f), nil
}

// configure keeps pdfcpu from writing a folder of its own in the user's home.
var configure = sync.OnceFunc(api.DisableConfigDir)

// read reads the facts of a PDF.
func (l *Lecteur) read(ctx context.Context, r io.ReaderAt, size int64, opt pdfin.Options) (*pdfin.Document, error) {
	if opt.Limit <= 0 {
		opt.Limit = raster.DefaultLimit
	}
	if opt.MaxPages <= 0 {
		opt.MaxPages = 10_000
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if size > opt.Limit {
		return nil, &pdfin.Refusal{Reason: pdfin.ErrTooLarge, What: fmt.Sprintf("file of %d bytes, limit %d", size,
			opt.Limit)}
	}
	if opt.Delay <= 0 {
		opt.Delay = 2 * time.Minute
	}
	late := &pdfin.Refusal{Reason: pdfin.ErrTooSlow, What: opt.Delay.String()}
	ctx, cancel := context.WithTimeoutCause(ctx, opt.Delay, late)
	defer cancel()
	type outcome struct {
		doc *pdfin.Document
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		doc, err := l.readNow(ctx, r, size, opt)
		done <- outcome{doc, err}
	}()
	select {
	case o := <-done:
		if o.err == nil || ctx.Err() == nil {
			return o.doc, o.err
		}
	case <-ctx.Done():
	}
	if context.Cause(ctx) == error(late) {
		return nil, late
	}
	return nil, ctx.Err()
}

func (l *Lecteur) readNow(ctx context.Context, r io.ReaderAt, size int64, opt pdfin.Options) (doc *pdfin.Document,
	err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value may quote the document; it stays out of the error.
			doc, err = nil, &pdfin.Refusal{Reason: pdfin.ErrDamaged, What: fmt.Sprintf("the reader gave up (%T)", p)}
		}
	}()
	configure()
	if err := preScan(ctx, r, size, opt.Limit); err != nil {
		return nil, err
	}
	budget := &budgetReader{ctx: ctx, r: r, size: size, left: opt.Limit + 4*size}
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	conf.Cmd = model.VALIDATE
	conf.Limits.MaxStreamBytes = opt.Limit
	conf.Limits.MaxDecodeBytes = opt.Limit / 4
	conf.Limits.MaxObjectCount = maxObjects
	conf.Limits.MaxXRefEntries = maxObjects
	conf.Limits.MaxObjectStreamCount = maxObjects
	pdf, err := pdfcpu.ReadWithContext(ctx, budget, conf)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case budget.err != nil:
		return nil, budget.err
	case errors.Is(err, pdfcpu.ErrWrongPassword), errors.Is(err, pdfcpu.ErrEncrypted),
		errors.Is(err, pdfcpu.ErrMalformedEncryption), errors.Is(err, pdfcpu.ErrUnsupportedEncryptionFeature), err == nil &&
			(pdf.Encrypt != nil || pdf.E != nil):
		return nil, &pdfin.Refusal{Reason: pdfin.ErrEncrypted}
	case err != nil:
		return nil, &pdfin.Refusal{Reason: pdfin.ErrDamaged, What: cause(err)}
	}
	d := &document{lecteur: l, ended: ctx.Err, pdf: pdf, opt: opt, images: make(map[int]*pdfin.Image),
		fonts: make(map[int]pdfin.Font)}
	return d.read()
}

// maxObjects bounds the objects of a file; a thousand scanned pages have ten thousand.
const maxObjects = 500_000

// cause keeps what kind of thing was wrong from an error of pdfcpu, which may quote the document further on.
func cause(err error) string {
	for _, known := range []error{pdfcpu.ErrCorruptHeader, pdfcpu.ErrPostScriptInput, pdfcpu.ErrEmptyInput,
		pdfcpu.ErrMissingXRefSection, pdfcpu.ErrReferenceDoesNotExist} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "the file's structure can't be read"
}

// budgetReader is an io.ReadSeeker over a file that ends with its context, and gives out no more bytes than its
// budget: objects that overlap, or refer to one stream a thousand times, can't make a small file a large one.
type budgetReader struct {
	ctx  context.Context
	r    io.ReaderAt
	size int64
	at   int64
	left int64
	err  error
}

func (b *budgetReader) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if b.err != nil {
		return 0, b.err
	}
	if b.at >= b.size {
		return 0, io.EOF
	}
	if int64(len(p)) > b.size-b.at {
		p = p[:b.size-b.at]
	}
	n, err := b.r.ReadAt(p, b.at)
	b.at += int64(n)
	if b.left -= int64(n); b.left < 0 {
		b.err = &pdfin.Refusal{Reason: pdfin.ErrTooLarge, What: "its objects overlap, or are read again and again"}
		return n, b.err
	}
	if err == io.EOF && n > 0 {
		err = nil
	}
	return n, err
}

func (b *budgetReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.at
	case io.SeekEnd:
		offset += b.size
	}
	if offset < 0 {
		return 0, errors.New("pdf: seek before the start of the file")
	}
	b.at = offset
	return offset, nil
}
