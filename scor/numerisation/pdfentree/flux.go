package pdfentree

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// errTooLong says that a stream inflates to more than it may.
var errTooLong = errors.New("pdf: stream longer than its limit")

func reasonOf(err error) error {
	if errors.Is(err, errTooLong) || errors.Is(err, filter.ErrDecodeLimitExceeded) {
		return pdfin.ErrTooLarge
	}
	return pdfin.ErrDamaged
}

// imageFilters are the filters that decode images; they are left to who wants the image.
var imageFilters = map[string]pdfin.Codec{"CCITTFaxDecode": pdfin.CCITT, "DCTDecode": pdfin.JPEG,
	"JBIG2Decode": pdfin.JBIG2, "JPXDecode": pdfin.JPX}

// inflate undoes a stream's filters but those of images, to at most limit bytes. A stream that ends too early gives
// what it holds.
func (d *document) inflate(sd *types.StreamDict, limit int64) ([]byte, error) {
	return unfilter(sd.Raw, sd.FilterPipeline, limit)
}

func unfilter(data []byte, pipeline []types.PDFFilter, limit int64) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("filter gave up (%T)", p)
		}
	}()
	if len(data) == 0 { // seen with filters that have an empty form of their own
		return nil, nil
	}
	limit = max(limit, 1) // package filter takes 0 for its own default
	for _, f := range pipeline {
		if _, ok := imageFilters[f.Name]; ok || f.Name == "Crypt" {
			break
		}
		fi, err := filter.NewFilter(f.Name, parameters(f.DecodeParms), limit)
		if err != nil {
			return nil, fmt.Errorf("filter %q: %w", f.Name, err)
		}
		// The filters read one byte over the limit at most before they say so.
		r, err := fi.Decode(bytes.NewReader(data))
		if r == nil && err == nil || err != nil && (r == nil || reasonOf(err) == pdfin.ErrTooLarge) {
			return nil, fmt.Errorf("filter %q: %w", f.Name, errors.Join(err, errNoData))
		}
		if b, ok := r.(*bytes.Buffer); ok {
			data = b.Bytes()
		} else if data, err = io.ReadAll(io.LimitReader(r, limit+1)); err != nil {
			return nil, fmt.Errorf("filter %q: %w", f.Name, err)
		}
		if int64(len(data)) > limit {
			return nil, fmt.Errorf("filter %q: %w", f.Name, errTooLong)
		}
	}
	return data, nil
}

var errNoData = errors.New("no data")

// parameters are the integers and booleans of a filter's parameters, as package filter takes them.
func parameters(d types.Dict) map[string]int {
	m := make(map[string]int)
	for k, v := range d {
		switch v := v.(type) {
		case types.Integer:
			m[k] = int(v)
		case types.Boolean:
			if m[k] = 0; v {
				m[k] = 1
			}
		}
	}
	return m
}
