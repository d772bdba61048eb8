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

// DamagedRows is the number of rows that were short, long or unreadable, but after which reading could go on, when
// the page was last decoded: only Group 3 data have the means.
func (p *Page) DamagedRows() int { return p.damaged }

// DPI returns the resolution in dots per inch along and across, 0 where the file doesn't say (no field, no unit, a
// fraction over 0). What it says may be absurd; that is for the caller to judge.
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
	r := reading{
		Page: &Page{Index: index, file: f, offset: offset, Bits: 1, Samples: 1, Compression: None, Orientation: 1,
			Predictor: 1, ResolutionUnit: 2, subsampling: [2]int{2, 2}},
		rowsPerStrip: math.MaxUint32, sampleFormat: 1,
	}
	if err := r.fields(entries); err != nil {
		return nil, err
	}
	p := r.Page
	if p.Width == 0 || p.Height == 0 {
		return nil, r.fail(ErrFormat, "image without width or height")
	}
	if err := r.checkKind(); err != nil {
		return nil, err
	}
	// At least what grey takes: a bilevel page too may have to become grey to be straightened.
	if _, err := raster.Check(p.Width, p.Height, max(8, p.Bits*p.Samples), f.limits.Bytes); err != nil {
		return nil, r.fail(raster.ErrTooLarge, "%v", err)
	}
	offsets, counts := r.offsets, r.counts
	switch {
	case r.tileOffsets.tag != 0:
		if p.TileW == 0 || p.TileH == 0 {
			return nil, r.fail(ErrFormat, "tiles without width or height")
		}
		p.Tiled = true
		offsets = r.tileOffsets
		if r.tileCounts.tag != 0 { // libtiff writes them under the strips' field in some versions
			counts = r.tileCounts
		}
	case offsets.tag == 0:
		return nil, r.fail(ErrFormat, "neither strips nor tiles")
	default:
		p.TileW, p.TileH = p.Width, r.stripHeight()
	}
	return p, r.layout(offsets, counts)
}

// rowBytes is the length of a decompressed row of a chunk.
func (p *Page) rowBytes(width int) int {
	samples := p.Samples
	if p.Planar {
		samples = 1
	}
	return (width*samples*p.Bits + 7) / 8
}
