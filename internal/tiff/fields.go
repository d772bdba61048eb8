package tiff

import "fmt"

// reading is a page while its directory is read: what its fields say of the layout in the file is needed no longer
// than that.
type reading struct {
	*Page
	offsets, counts         entry
	tileOffsets, tileCounts entry
	rowsPerStrip            uint64
	sampleFormat            uint64
	extra                   []uint64
	samplesRead             bool
}

func (r *reading) fail(kind error, format string, args ...any) error {
	return r.file.fail(r.Index, r.offset, kind, format, args...)
}

// fieldReader reads one field of a directory.
type fieldReader struct {
	// most is the number of integers that are read; set gets at least one. Without it entry gets the field itself.
	most  uint64
	set   func(r *reading, v []uint64) error
	entry func(r *reading, e entry) error
	// idle says that the pixels can be read without the field: one that can't be read is passed over, as libtiff does.
	idle bool
}

// fieldReaders are the fields that are read (TIFF 6.0, and Adobe's technical notes).
var fieldReaders = map[uint16]fieldReader{
	254: {most: 1, idle: true, set: func(r *reading, v []uint64) error { r.Reduced = v[0]&5 != 0; return nil }},
	256: dimension(func(r *reading) *int { return &r.Width }),
	257: dimension(func(r *reading) *int { return &r.Height }),
	258: {most: 8, set: (*reading).setBits},
	259: {most: 1, set: func(r *reading, v []uint64) error { r.Compression = Compression(v[0]); return nil }},
	262: {most: 1, set: func(r *reading, v []uint64) error {
		r.Photometric, r.photometricRead = Photometric(v[0]), true
		return nil
	}},
	266: {most: 1, idle: true, set: func(r *reading, v []uint64) error { r.LSBFirst = v[0] == 2; return nil }},
	273: {entry: func(r *reading, e entry) error { r.offsets = e; return nil }},
	274: {most: 1, idle: true, set: func(r *reading, v []uint64) error {
		if v[0] >= 1 && v[0] <= 8 {
			r.Orientation = int(v[0])
		}
		return nil
	}},
	277: {most: 1, set: func(r *reading, v []uint64) error { r.Samples, r.samplesRead = small(v[0]), true; return nil }},
	278: {most: 1, idle: true, set: func(r *reading, v []uint64) error { r.rowsPerStrip = v[0]; return nil }},
	279: {entry: func(r *reading, e entry) error { r.counts = e; return nil }},
	282: resolution(func(r *reading) *float64 { return &r.ResolutionX }),
	283: resolution(func(r *reading) *float64 { return &r.ResolutionY }),
	284: {most: 1, set: func(r *reading, v []uint64) error { r.Planar = v[0] == 2; return nil }},
	292: {most: 1, set: func(r *reading, v []uint64) error { r.T4Options = uint32(v[0]); return nil }},
	296: {most: 1, idle: true, set: func(r *reading, v []uint64) error { r.ResolutionUnit = small(v[0]); return nil }},
	317: {most: 1, set: func(r *reading, v []uint64) error { r.Predictor = small(v[0]); return nil }},
	320: {most: 3 << 16, set: (*reading).setColormap},
	322: dimension(func(r *reading) *int { return &r.TileW }),
	323: dimension(func(r *reading) *int { return &r.TileH }),
	324: {entry: func(r *reading, e entry) error { r.tileOffsets = e; return nil }},
	325: {entry: func(r *reading, e entry) error { r.tileCounts = e; return nil }},
	338: {most: 8, set: func(r *reading, v []uint64) error { r.extra = v; return nil }},
	339: {most: 8, set: func(r *reading, v []uint64) error { r.sampleFormat = v[0]; return nil }},
	347: {entry: (*reading).setJPEGTables},
	530: {most: 2, idle: true, set: func(r *reading, v []uint64) error {
		if len(v) == 2 {
			r.subsampling = [2]int{int(min(v[0], 8)), int(min(v[1], 8))}
		}
		return nil
	}},
}

// fields reads a directory's fields in their order; where one comes twice the last holds.
func (r *reading) fields(entries []entry) error {
	for _, e := range entries {
		f, known := fieldReaders[e.tag]
		if !known {
			continue
		}
		err := f.read(r, e)
		if err != nil && !f.idle {
			return err
		}
	}
	return nil
}

func (f fieldReader) read(r *reading, e entry) error {
	if f.entry != nil {
		return f.entry(r, e)
	}
	v, err := r.file.uints(r.Index, e, f.most)
	if err != nil {
		return err
	}
	return f.set(r, v)
}

// small keeps a value that is compared with small numbers in the range of an int.
func small(v uint64) int { return int(min(v, 1<<16)) }

func dimension(of func(*reading) *int) fieldReader {
	return fieldReader{most: 1, set: func(r *reading, v []uint64) error {
		if v[0] == 0 || v[0] > maxDimension {
			return r.fail(ErrFormat, "dimension of %d pixels, expected 1 to %d", v[0], maxDimension)
		}
		*of(r) = int(v[0])
		return nil
	}}
}

func resolution(of func(*reading) *float64) fieldReader {
	return fieldReader{idle: true, entry: func(r *reading, e entry) (err error) {
		*of(r), err = r.file.rational(r.Index, e)
		return err
	}}
}

func (r *reading) setBits(v []uint64) error {
	for _, b := range v {
		if b != v[0] {
			return r.fail(ErrUnsupported, "samples of %v bits", v)
		}
	}
	r.Bits = small(v[0])
	if !r.samplesRead && len(v) > 1 { // a writer that left out the number of samples says it so
		r.Samples = len(v)
	}
	return nil
}

func (r *reading) setColormap(v []uint64) error {
	r.colormap = make([]uint16, len(v))
	for i, c := range v {
		r.colormap[i] = uint16(c)
	}
	return nil
}

func (r *reading) setJPEGTables(e entry) (err error) {
	if e.count > maxTables {
		return r.fail(ErrFormat, "JPEG tables of %d bytes, expected %d at most", e.count, maxTables)
	}
	r.jpegTables, err = r.file.bytes(r.Index, e, maxTables)
	return err
}

// kindChecks say what the decoders don't read: each gives what is wrong, or "". Later ones rely on those before.
var kindChecks = []struct {
	kind  error
	check func(r *reading) string
}{
	{ErrUnsupported, (*reading).checkCompression},
	{ErrFormat, (*reading).checkPhotometric},
	{ErrUnsupported, func(r *reading) string {
		if r.sampleFormat != 1 && r.sampleFormat != 4 {
			return fmt.Sprintf("sample format %d", r.sampleFormat)
		}
		return ""
	}},
	{ErrUnsupported, func(r *reading) string {
		if coloursOf[r.Photometric] == 0 {
			return fmt.Sprintf("photometric interpretation %d", r.Photometric)
		}
		return ""
	}},
	{ErrFormat, (*reading).checkSamples},
	{ErrUnsupported, (*reading).checkBits},
	{ErrFormat, func(r *reading) string {
		if r.Compression.CCITT() && (r.Bits != 1 || r.Samples != 1) {
			return fmt.Sprintf("%v of %d samples of %d bits", r.Compression, r.Samples, r.Bits)
		}
		return ""
	}},
	{ErrUnsupported, func(r *reading) string {
		if r.Compression == JPEG && (r.Bits != 8 || r.alpha) {
			return fmt.Sprintf("JPEG of %d samples of %d bits", r.Samples, r.Bits)
		}
		return ""
	}},
	{ErrFormat, func(r *reading) string {
		if r.Photometric == Palette && len(r.colormap) < 3<<r.Bits {
			return fmt.Sprintf("palette of %d values, expected %d", len(r.colormap), 3<<r.Bits)
		}
		return ""
	}},
	{ErrUnsupported, func(r *reading) string {
		if r.Photometric == YCbCr && r.Compression != JPEG && (r.subsampling != [2]int{1, 1} || r.Bits != 8) {
			return fmt.Sprintf("YCbCr of %d bits subsampled %v without JPEG", r.Bits, r.subsampling)
		}
		return ""
	}},
	{ErrUnsupported, (*reading).checkPredictor},
}

// checkKind refuses what the decoders don't read.
func (r *reading) checkKind() error {
	for _, c := range kindChecks {
		if what := c.check(r); what != "" {
			return r.fail(c.kind, "%s", what)
		}
	}
	return nil
}

// coloursOf is the number of samples that the colours of a photometric interpretation take.
var coloursOf = map[Photometric]int{WhiteIsZero: 1, BlackIsZero: 1, RGB: 3, Palette: 1, CMYK: 4, YCbCr: 3}

func (r *reading) checkCompression() string {
	switch r.Compression {
	case None, CCITTRLE, CCITTG3, CCITTG4, LZW, JPEG, Deflate, PackBits, AdobeDeflate:
		return ""
	case OldJPEG:
		return "old-style JPEG (compression 6), abandoned in 1995; scan again with another setting"
	}
	return r.Compression.String()
}

// checkPhotometric makes up for a missing interpretation where there is one that its writers mean: fax software means
// white by 0, and three samples are colours. Grey is not guessed at: the wrong guess is a negative.
func (r *reading) checkPhotometric() string {
	switch {
	case r.photometricRead:
	case r.Bits == 1 && r.Samples == 1:
		r.Photometric = WhiteIsZero
	case r.Samples == 3 && r.Compression == JPEG:
		r.Photometric = YCbCr
	case r.Samples == 3:
		r.Photometric = RGB
	default:
		return "photometric interpretation is missing"
	}
	return ""
}

func (r *reading) checkSamples() string {
	colours := coloursOf[r.Photometric]
	if r.Samples < colours || r.Samples > 8 {
		return fmt.Sprintf("%d samples a pixel, the colours take %d", r.Samples, colours)
	}
	if r.Samples > colours && len(r.extra) > 0 && (r.extra[0] == 1 || r.extra[0] == 2) {
		r.alpha, r.premultiplied = true, r.extra[0] == 1
	}
	return ""
}

func (r *reading) checkBits() string {
	if r.Bits == 8 || r.Bits == 16 || (r.Bits == 1 || r.Bits == 2 || r.Bits == 4) && r.Samples == 1 {
		return ""
	}
	return fmt.Sprintf("%d samples of %d bits", r.Samples, r.Bits)
}

func (r *reading) checkPredictor() string {
	if r.Compression != LZW && r.Compression != Deflate && r.Compression != AdobeDeflate {
		r.Predictor = 1 // has no meaning with the others
	}
	if r.Predictor != 1 && (r.Predictor != 2 || r.Bits < 8) {
		return fmt.Sprintf("predictor %d on %d bits", r.Predictor, r.Bits)
	}
	return ""
}
