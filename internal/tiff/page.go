package tiff

import (
	"fmt"
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Compression is the value of TIFF's field 259.
type Compression uint16

// Compressions that are read, and old-style JPEG, which is recognised.
const (
	None         Compression = 1
	CCITTRLE     Compression = 2 // modified Huffman: T.4 one-dimensional, rows at bytes, no end-of-line codes
	CCITTG3      Compression = 3
	CCITTG4      Compression = 4
	LZW          Compression = 5
	OldJPEG      Compression = 6
	JPEG         Compression = 7
	Deflate      Compression = 8
	PackBits     Compression = 32773
	AdobeDeflate Compression = 32946
)

func (c Compression) String() string {
	switch c {
	case None:
		return "none"
	case CCITTRLE:
		return "CCITT RLE"
	case CCITTG3:
		return "CCITT G3"
	case CCITTG4:
		return "CCITT G4"
	case LZW:
		return "LZW"
	case OldJPEG:
		return "old-style JPEG"
	case JPEG:
		return "JPEG"
	case Deflate, AdobeDeflate:
		return "Deflate"
	case PackBits:
		return "PackBits"
	}
	return fmt.Sprintf("compression %d", uint16(c))
}

// CCITT says whether it is one of the facsimile codings.
func (c Compression) CCITT() bool { return c == CCITTRLE || c == CCITTG3 || c == CCITTG4 }

// Photometric is the value of TIFF's field 262.
type Photometric uint16

// Photometric interpretations that are read.
const (
	WhiteIsZero Photometric = 0
	BlackIsZero Photometric = 1
	RGB         Photometric = 2
	Palette     Photometric = 3
	CMYK        Photometric = 5
	YCbCr       Photometric = 6
)

// Chunk is a strip or a tile as it lies in the file.
type Chunk struct {
	Offset, Length int64 // in the file
	X, Y           int   // top left corner in the image
	Width, Height  int   // pixels coded in it; tiles may reach over the image's edge, strips don't
	Plane          int   // sample that it holds, where planes are separate
}

// Page describes an image of the file.
type Page struct {
	Index           int // from 0
	Width, Height   int // pixels, as stored (before Orientation)
	Bits            int // per sample
	Samples         int // per pixel
	Compression     Compression
	Photometric     Photometric
	Orientation     int     // 1 to 8, as in EXIF; 1 if absent or invalid
	LSBFirst        bool    // FillOrder 2
	Planar          bool    // samples in separate planes
	Predictor       int     // 1 none, 2 horizontal differencing
	T4Options       uint32  // of G3: bit 0 two-dimensional, bit 1 uncompressed mode, bit 2 end-of-line codes end at bytes
	ResolutionX     float64 // pixels per unit; 0 if absent or meaningless
	ResolutionY     float64
	ResolutionUnit  int  // 1 none, 2 inch (also if absent), 3 centimetre
	Reduced         bool // thumbnail of another page, or a mask
	Tiled           bool
	TileW, TileH    int // tile size, or Width and rows a strip
	file            *File
	offset          int64
	chunks          []Chunk
	colormap        []uint16
	alpha           bool // the last sample is alpha
	premultiplied   bool
	subsampling     [2]int
	jpegTables      []byte
	photometricRead bool
	damaged         int
}

// DamagedRows is the number of rows that were short, long or unreadable, but after which reading could go on, when the page was last decoded:
// only Group 3 data have the means.
func (p *Page) DamagedRows() int { return p.damaged }

// DPI returns the resolution in dots per inch along and across, 0 where the file doesn't say (no field, no unit, a fraction over 0). What it
// says may be absurd; that is for the caller to judge.
func (p *Page) DPI() (x, y float64) {
	switch p.ResolutionUnit {
	case 2:
		return p.ResolutionX, p.ResolutionY
	case 3:
		return p.ResolutionX * 2.54, p.ResolutionY * 2.54
	}
	return 0, 0
}

// Bilevel says whether the page is black and white, one bit a pixel: such pages have [Page.Runs].
func (p *Page) Bilevel() bool {
	return p.Bits == 1 && p.Samples == 1 && (p.Photometric == WhiteIsZero || p.Photometric == BlackIsZero)
}

// Gray says whether the page has no colour.
func (p *Page) Gray() bool { return p.Photometric == WhiteIsZero || p.Photometric == BlackIsZero }

// Chunks are the strips or tiles, row by row (and plane by plane), read only.
func (p *Page) Chunks() []Chunk { return p.chunks }

const (
	maxDimension = 1 << 24 // beyond any paper; keeps the arithmetic of rows far from overflow
	maxChunks    = 1 << 20
	maxTables    = 1 << 16
)

// page reads a page's fields and checks them.
func (f *File) page(index int, offset int64, entries []entry) (*Page, error) {
	p := &Page{Index: index, file: f, offset: offset, Bits: 1, Samples: 1, Compression: None, Orientation: 1, Predictor: 1, ResolutionUnit: 2,
		subsampling: [2]int{2, 2}}
	fail := func(kind error, format string, args ...any) error {
		return f.fail(index, offset, kind, format, args...)
	}
	var offsets, counts, tileOffsets, tileCounts entry
	rowsPerStrip := uint64(math.MaxUint32)
	var extra []uint64
	sampleFormat := uint64(1)
	for _, e := range entries {
		var v []uint64
		var err error
		switch e.tag {
		case 254, 256, 257, 259, 262, 266, 274, 277, 278, 284, 292, 296, 317, 322, 323:
			v, err = f.uints(index, e, 1)
		case 258, 338, 339:
			v, err = f.uints(index, e, 8)
		case 530:
			v, err = f.uints(index, e, 2)
		}
		if err != nil {
			return nil, err
		}
		switch e.tag {
		case 254:
			p.Reduced = v[0]&5 != 0
		case 256, 257, 322, 323:
			if v[0] == 0 || v[0] > maxDimension {
				return nil, fail(ErrFormat, "field %d: dimension %d", e.tag, v[0])
			}
			*map[uint16]*int{256: &p.Width, 257: &p.Height, 322: &p.TileW, 323: &p.TileH}[e.tag] = int(v[0])
		case 258:
			for _, b := range v {
				if b != v[0] {
					return nil, fail(ErrUnsupported, "samples of %v bits", v)
				}
			}
			p.Bits = int(min(v[0], 1<<16))
		case 259:
			p.Compression = Compression(v[0])
		case 262:
			p.Photometric, p.photometricRead = Photometric(v[0]), true
		case 266:
			p.LSBFirst = v[0] == 2
		case 273:
			offsets = e
		case 274:
			if v[0] >= 1 && v[0] <= 8 {
				p.Orientation = int(v[0])
			}
		case 277:
			p.Samples = int(min(v[0], 1<<16))
		case 278:
			rowsPerStrip = v[0]
		case 279:
			counts = e
		case 282:
			p.ResolutionX, err = f.rational(index, e)
		case 283:
			p.ResolutionY, err = f.rational(index, e)
		case 284:
			p.Planar = v[0] == 2
		case 292:
			p.T4Options = uint32(v[0])
		case 296:
			p.ResolutionUnit = int(min(v[0], 1<<16))
		case 317:
			p.Predictor = int(min(v[0], 1<<16))
		case 320:
			var b []uint64
			if b, err = f.uints(index, e, 3<<16); err == nil {
				p.colormap = make([]uint16, len(b))
				for i, c := range b {
					p.colormap[i] = uint16(c)
				}
			}
		case 324:
			tileOffsets = e
		case 325:
			tileCounts = e
		case 338:
			extra = v
		case 339:
			sampleFormat = v[0]
		case 347:
			if e.count > maxTables {
				return nil, fail(ErrFormat, "JPEG tables of %d bytes", e.count)
			}
			p.jpegTables, err = f.bytes(index, e, maxTables)
		case 530:
			if len(v) == 2 {
				p.subsampling = [2]int{int(min(v[0], 8)), int(min(v[1], 8))}
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if p.Width == 0 || p.Height == 0 {
		return nil, fail(ErrFormat, "image without width or height")
	}
	if err := p.checkKind(sampleFormat, extra); err != nil {
		return nil, err
	}
	// At least what grey takes: a bilevel page too may have to become grey to be straightened.
	if _, err := raster.Check(p.Width, p.Height, max(8, p.Bits*p.Samples), f.limits.Bytes); err != nil {
		return nil, fail(raster.ErrTooLarge, "%v", err)
	}
	if tileOffsets.tag != 0 {
		if p.TileW == 0 || p.TileH == 0 {
			return nil, fail(ErrFormat, "tiles without width or height")
		}
		p.Tiled = true
		if tileCounts.tag == 0 { // libtiff writes them under the strips' field in some versions
			tileCounts = counts
		}
		return p, p.layout(tileOffsets, tileCounts)
	}
	if offsets.tag == 0 {
		return nil, fail(ErrFormat, "neither strips nor tiles")
	}
	p.TileW, p.TileH = p.Width, p.Height
	if rowsPerStrip > 0 && rowsPerStrip < uint64(p.Height) {
		p.TileH = int(rowsPerStrip)
	}
	return p, p.layout(offsets, counts)
}

// checkKind refuses what the decoders don't read.
func (p *Page) checkKind(sampleFormat uint64, extra []uint64) error {
	unsupported := func(format string, args ...any) error {
		return p.file.fail(p.Index, p.offset, ErrUnsupported, format, args...)
	}
	switch p.Compression {
	case None, CCITTRLE, CCITTG3, CCITTG4, LZW, JPEG, Deflate, PackBits, AdobeDeflate:
	case OldJPEG:
		return unsupported("old-style JPEG (compression 6), abandoned in 1995; scan again with another setting")
	default:
		return unsupported("%v", p.Compression)
	}
	if !p.photometricRead {
		if p.Bits != 1 || p.Samples != 1 {
			return p.file.fail(p.Index, p.offset, ErrFormat, "photometric interpretation is missing")
		}
		p.Photometric = WhiteIsZero // what fax software means when it says nothing
	}
	if sampleFormat != 1 && sampleFormat != 4 {
		return unsupported("sample format %d", sampleFormat)
	}
	colours := map[Photometric]int{WhiteIsZero: 1, BlackIsZero: 1, RGB: 3, Palette: 1, CMYK: 4, YCbCr: 3}[p.Photometric]
	if colours == 0 {
		return unsupported("photometric interpretation %d", p.Photometric)
	}
	if p.Samples < colours || p.Samples > 8 {
		return p.file.fail(p.Index, p.offset, ErrFormat, "%d samples a pixel, the colours take %d", p.Samples, colours)
	}
	if p.Samples > colours && len(extra) > 0 && (extra[0] == 1 || extra[0] == 2) {
		p.alpha, p.premultiplied = true, extra[0] == 1
	}
	switch {
	case p.Bits == 8 || p.Bits == 16:
	case (p.Bits == 1 || p.Bits == 2 || p.Bits == 4) && p.Samples == 1:
	default:
		return unsupported("%d samples of %d bits", p.Samples, p.Bits)
	}
	if p.Compression.CCITT() && (p.Bits != 1 || p.Samples != 1) {
		return p.file.fail(p.Index, p.offset, ErrFormat, "%v of %d samples of %d bits", p.Compression, p.Samples, p.Bits)
	}
	if p.Compression == JPEG && (p.Bits != 8 || p.alpha) {
		return unsupported("JPEG of %d samples of %d bits", p.Samples, p.Bits)
	}
	if p.Photometric == Palette && len(p.colormap) < 3<<p.Bits {
		return p.file.fail(p.Index, p.offset, ErrFormat, "palette of %d values, expected %d", len(p.colormap), 3<<p.Bits)
	}
	if p.Photometric == YCbCr && p.Compression != JPEG && (p.subsampling != [2]int{1, 1} || p.Bits != 8) {
		return unsupported("YCbCr of %d bits subsampled %v without JPEG", p.Bits, p.subsampling)
	}
	if p.Compression != LZW && p.Compression != Deflate && p.Compression != AdobeDeflate {
		p.Predictor = 1 // has no meaning with the others
	}
	if p.Predictor != 1 && (p.Predictor != 2 || p.Bits < 8) {
		return unsupported("predictor %d on %d bits", p.Predictor, p.Bits)
	}
	return nil
}

// layout finds the chunks.
func (p *Page) layout(offsets, counts entry) error {
	f := p.file
	fail := func(kind error, format string, args ...any) error {
		return f.fail(p.Index, p.offset, kind, format, args...)
	}
	across := (p.Width + p.TileW - 1) / p.TileW
	down := (p.Height + p.TileH - 1) / p.TileH
	planes := 1
	if p.Planar && p.Samples > 1 {
		planes = p.Samples
	} else {
		p.Planar = false
	}
	if int64(across)*int64(down)*int64(planes) > maxChunks {
		return fail(ErrFormat, "%dx%d strips or tiles", across, down)
	}
	n := across * down * planes
	if _, err := raster.Check(p.TileW, p.TileH, p.Bits*p.Samples, f.limits.Bytes); err != nil {
		return fail(raster.ErrTooLarge, "strip or tile: %v", err)
	}
	starts, err := f.uints(p.Index, offsets, uint64(n))
	if err != nil {
		return err
	}
	if len(starts) < n {
		return fail(ErrFormat, "%d strips or tiles, the image takes %d", len(starts), n)
	}
	var lengths []uint64
	if counts.tag != 0 {
		if lengths, err = f.uints(p.Index, counts, uint64(n)); err != nil {
			return err
		}
	}
	if len(lengths) < n {
		if n > 1 && p.Compression != None {
			return fail(ErrFormat, "%d lengths of strips or tiles, the image takes %d", len(lengths), n)
		}
		lengths = nil
	}
	p.chunks = make([]Chunk, n)
	total := int64(0)
	for i := range p.chunks {
		c := &p.chunks[i]
		c.Plane = i / (across * down)
		j := i % (across * down)
		c.X, c.Y = j%across*p.TileW, j/across*p.TileH
		c.Width, c.Height = p.TileW, p.TileH
		if !p.Tiled {
			c.Height = min(p.TileH, p.Height-c.Y)
		}
		// What lies past the end of the file isn't there: found as truncated by who decodes it.
		c.Offset = int64(min(starts[i], uint64(f.size)))
		room := f.size - c.Offset
		switch {
		case lengths != nil && (lengths[i] > 0 || n > 1): // some writers of a single strip leave its length at 0
			c.Length = int64(min(lengths[i], uint64(room)))
		case p.Compression == None:
			c.Length = min(room, int64(p.rowBytes(c.Width))*int64(c.Height))
		default:
			c.Length = room
		}
		total += c.Length
	}
	if total > f.size {
		return fail(ErrFormat, "strips or tiles of %d bytes in a file of %d", total, f.size)
	}
	return nil
}

// rowBytes is the length of a decompressed row of a chunk.
func (p *Page) rowBytes(width int) int {
	samples := p.Samples
	if p.Planar {
		samples = 1
	}
	return (width*samples*p.Bits + 7) / 8
}
