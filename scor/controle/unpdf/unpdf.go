// Package unpdf makes one PDF of several with pdfcpu, for [github.com/scor-sdk/scor-sdk-go/scor/controle]. It stands
// apart so that only who wants it links pdfcpu.
package unpdf

import (
	"context"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// Reunir writes the pages of the documents in order. It is a controle.Reunir. What pdfcpu cannot read, or panics on, is
// an error.
func Reunir(ctx context.Context, w io.Writer, documents []io.ReadSeeker) (err error) {
	defer func() {
		// pdfcpu panics on some damaged files.
		if x := recover(); x != nil {
			err = fmt.Errorf("unpdf: unreadable PDF (%v)", x)
		}
	}()
	if err := ctx.Err(); err != nil {
		return err
	}
	// Else it would write a folder of settings into the user's home.
	api.DisableConfigDir()
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationRelaxed
	c.CreateBookmarks = false
	if err := api.MergeRaw(documents, w, false, c); err != nil {
		return fmt.Errorf("unpdf: %w", err)
	}
	return nil
}
