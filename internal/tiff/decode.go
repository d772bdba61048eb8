package tiff

import (
	"context"
	"errors"
	"image"
	"image/draw"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Runs reads a bilevel page (see [Page.Bilevel]) into dst, black as the page means it, without a bitmap where it is
// compressed by CCITT and lies in strips. If data is missing or damaged the error is an [ErrTruncated] and dst holds
// the rows before it.
func (p *Page) Runs(ctx context.Context, dst *raster.Runs) error {
	if !p.Bilevel() {
		return p.file.fail(p.Index, p.offset, ErrUnsupported, "%v isn't black and white", p)
	}
	dst.Reset(p.Width, p.file.limits.Bytes)
	if p.Tiled {
		b, err := p.Bitmap(ctx)
		if b != nil {
			var row []int32
			for y := range b.Height {
				row = raster.AppendChanges(row[:0], b.Row(y), b.Width)
				if err := dst.AppendRow(row); err != nil {
					return err
				}
			}
		}
		return err
	}
	var d decompressor
	if p.Compression.CCITT() {
		return p.faxRuns(ctx, dst, &d)
	}
	rowBytes := p.rowBytes(p.Width)
	var row, inverted []int32
	for i := range p.chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := d.decompress(p, i)
		for y := range d.rows {
			row = raster.AppendChanges(row[:0], data[y*rowBytes:(y+1)*rowBytes], p.Width)
			out := row
			if p.Photometric == BlackIsZero {
				inverted = raster.InvertRow(inverted, row)
				out = inverted
			}
			if err := dst.AppendRow(out); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *Page) faxRuns(ctx context.Context, dst *raster.Runs, d *decompressor) error {
	p.damaged = 0
	for i, c := range p.chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if d.raw, err = p.ReadRaw(d.raw[:0], i); err != nil {
			return err
		}
		if err := d.fax.Reset(d.raw, p.CCITT(i)); err != nil {
			return p.fail(i, ErrUnsupported, "%v", err)
		}
		for y := range c.Height {
			row, err := d.fax.Next()
			if err != nil {
				kind := ErrTruncated
				if errors.Is(err, ccitt.ErrUncompressed) {
					kind = ErrUnsupported
				}
				return p.fail(i, kind, "%d of %d rows: %v", y, c.Height, err)
			}
			if err := dst.AppendRow(row); err != nil {
				return err
			}
		}
		p.damaged += d.fax.Damaged()
	}
	return nil
}

// Bitmap reads a bilevel page as a bitmap. With an [ErrTruncated] it is what could be read, white elsewhere.
func (p *Page) Bitmap(ctx context.Context) (*raster.Bitmap, error) {
	if !p.Bilevel() {
		return nil, p.file.fail(p.Index, p.offset, ErrUnsupported, "%v isn't black and white", p)
	}
	b, err := raster.NewBitmap(p.Width, p.Height, p.file.limits.Bytes)
	if err != nil {
		return nil, err
	}
	var d decompressor
	var truncated error
	p.damaged = 0
	for i, c := range p.chunks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, err := d.decompress(p, i)
		if err != nil {
			if !errors.Is(err, ErrTruncated) || data == nil {
				return nil, err
			}
			truncated = first(truncated, err)
		}
		rowBytes := p.rowBytes(c.Width)
		for y := range min(d.rows, p.Height-c.Y) {
			row := data[y*rowBytes : (y+1)*rowBytes]
			if p.Photometric == BlackIsZero {
				for x := range row {
					row[x] = ^row[x]
				}
			}
			copyBits(b.Row(c.Y+y), row, c.X, min(c.Width, p.Width-c.X))
		}
	}
	return b, truncated
}

// copyBits copies the first n bits of src to dst at bit x.
func copyBits(dst, src []byte, x, n int) {
	if x&7 == 0 {
		d := dst[x>>3:]
		copy(d, src[:n>>3])
		if r := n & 7; r != 0 {
			d[n>>3] = src[n>>3] &^ (0xFF >> r)
		}
		return
	}
	for i := range n {
		if src[i>>3]&(0x80>>(i&7)) != 0 {
			dst[(x+i)>>3] |= 0x80 >> ((x + i) & 7)
		}
	}
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// GrayImage reads the page as 8-bit grey, colours as their luminance, transparency over white. With an [ErrTruncated]
// the image is what could be read, white elsewhere.
func (p *Page) GrayImage(ctx context.Context) (*image.Gray, error) {
	g, err := raster.NewGray(p.Width, p.Height, p.file.limits.Bytes)
	if err != nil {
		return nil, err
	}
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	if p.Compression == JPEG && p.Photometric == CMYK && !p.Planar {
		return g, p.eachJPEG(ctx, func(c Chunk, stream []byte) error {
			tile, err := p.tile(ctx, stream)
			if err != nil {
				return err
			}
			draw.Draw(g, image.Rect(c.X, c.Y, c.X+c.Width, c.Y+c.Height), tile, image.Point{}, draw.Src)
			return nil
		})
	}
	if p.Compression == JPEG && !p.Planar {
		return g, p.eachJPEG(ctx, func(c Chunk, stream []byte) error {
			tile, err := jpeg.DecodeGray(ctx, stream, jpeg.Options{Limit: p.file.limits.Bytes})
			if tile != nil {
				paste(g, c, tile)
				if p.Photometric == WhiteIsZero {
					invert(g, c)
				}
			}
			return err
		})
	}
	toGray := p.converter(true)
	return g, p.eachRow(ctx, func(x, y, n int, samples []byte) {
		toGray(g.Pix[y*g.Stride+x:][:n], samples)
	})
}

// Image reads the page in its colours: an *image.Gray for grey and bilevel pages, the *image.YCbCr of a JPEG that is
// the whole page, otherwise an opaque *image.RGBA, transparency over white. Samples of 16 bits are reduced to 8. With
// an [ErrTruncated] the image is what could be read, white elsewhere.
func (p *Page) Image(ctx context.Context) (image.Image, error) {
	if p.Gray() {
		return p.GrayImage(ctx)
	}
	if _, err := raster.Check(p.Width, p.Height, 32, p.file.limits.Bytes); err != nil {
		return nil, err
	}
	if m, ok := p.whole(ctx); ok {
		return m, nil
	}
	m := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	if p.Compression == JPEG && !p.Planar {
		return m, p.eachJPEG(ctx, func(c Chunk, stream []byte) error {
			tile, err := p.tile(ctx, stream)
			if err != nil {
				return err
			}
			draw.Draw(m, image.Rect(c.X, c.Y, c.X+c.Width, c.Y+c.Height), tile, image.Point{}, draw.Src)
			return nil
		})
	}
	toRGBA := p.converter(false)
	return m, p.eachRow(ctx, func(x, y, n int, samples []byte) {
		toRGBA(m.Pix[y*m.Stride+4*x:][:4*n], samples)
	})
}

// eachRow hands over rows of interleaved samples, those of the image only, with the column and row where they go and
// the number of pixels.
func (p *Page) eachRow(ctx context.Context, do func(x, y, n int, samples []byte)) error {
	if p.Planar {
		return p.eachPlanarRow(ctx, do)
	}
	var d decompressor
	var truncated error
	p.damaged = 0
	for i, c := range p.chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := d.decompress(p, i)
		if err != nil {
			if !errors.Is(err, ErrTruncated) || data == nil {
				return err
			}
			truncated = first(truncated, err)
		}
		rowBytes := p.rowBytes(c.Width)
		for y := range min(d.rows, p.Height-c.Y) {
			do(c.X, c.Y+y, min(c.Width, p.Width-c.X), data[y*rowBytes:(y+1)*rowBytes])
		}
	}
	return truncated
}

// eachPlanarRow is eachRow where each sample has its own chunks.
func (p *Page) eachPlanarRow(ctx context.Context, do func(x, y, n int, samples []byte)) error {
	perPlane := len(p.chunks) / p.Samples
	size := p.Bits / 8 // 8 or 16 bits: fewer have one sample
	ds := make([]decompressor, p.Samples)
	planes := make([][]byte, p.Samples)
	var row []byte
	var truncated error
	for i := range perPlane {
		c := p.chunks[i]
		rows := p.Height - c.Y
		for s := range p.Samples {
			if err := ctx.Err(); err != nil {
				return err
			}
			data, err := p.plane(ctx, &ds[s], s*perPlane+i)
			if err != nil {
				if !errors.Is(err, ErrTruncated) || data == nil {
					return err
				}
				truncated = first(truncated, err)
			}
			planes[s] = data
			rows = min(rows, ds[s].rows)
		}
		n := min(c.Width, p.Width-c.X)
		if need := n * p.Samples * size; len(row) < need {
			row = make([]byte, need)
		}
		for y := range rows {
			for s, data := range planes {
				in := data[y*c.Width*size:]
				for x := range n {
					copy(row[(x*p.Samples+s)*size:][:size], in[x*size:])
				}
			}
			do(c.X, c.Y+y, n, row[:n*p.Samples*size])
		}
	}
	return truncated
}

// plane decompresses a chunk of one sample.
func (p *Page) plane(ctx context.Context, d *decompressor, i int) ([]byte, error) {
	if p.Compression != JPEG {
		return d.decompress(p, i)
	}
	stream, err := p.JPEGStream(i)
	if err != nil {
		return nil, err
	}
	c := p.chunks[i]
	g, err := jpeg.DecodeGray(ctx, stream, jpeg.Options{Limit: p.file.limits.Bytes})
	if err != nil {
		return nil, p.fail(i, ErrTruncated, "%v", err)
	}
	if g.Rect.Dx() != c.Width || g.Rect.Dy() < c.Height {
		return nil, p.fail(i, ErrUnsupported, "JPEG plane of %v pixels in a strip or tile of %dx%d", g.Rect.Size(), c.Width,
			c.Height)
	}
	d.rows = c.Height
	d.out = d.out[:0]
	for y := range c.Height {
		d.out = append(d.out, g.Pix[y*g.Stride:][:c.Width]...)
	}
	return d.out, nil
}

// paste copies what of tile lies in the image to where chunk c goes.
func paste(g *image.Gray, c Chunk, tile *image.Gray) {
	n := min(c.Width, g.Rect.Dx()-c.X, tile.Rect.Dx())
	for y := range min(c.Height, g.Rect.Dy()-c.Y, tile.Rect.Dy()) {
		copy(g.Pix[(c.Y+y)*g.Stride+c.X:][:n], tile.Pix[y*tile.Stride:])
	}
}

func invert(g *image.Gray, c Chunk) {
	n := min(c.Width, g.Rect.Dx()-c.X)
	for y := range min(c.Height, g.Rect.Dy()-c.Y) {
		row := g.Pix[(c.Y+y)*g.Stride+c.X:][:n]
		for x := range row {
			row[x] = ^row[x]
		}
	}
}

// luminance is BT.601's, of values of 8 bits.
func luminance(r, g, b byte) byte {
	return byte((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}
