package tiff

import (
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// stripHeight is the number of rows of a strip. A field that says 0, or more than the image has, means one strip;
// unless the file has more of them, as some scanners' drivers leave the field at its default: then the strips share
// the rows.
func (r *reading) stripHeight() int {
	if r.rowsPerStrip > 0 && r.rowsPerStrip < uint64(r.Height) {
		return int(r.rowsPerStrip)
	}
	strips := r.offsets.count
	if r.Planar && r.Samples > 1 {
		strips /= uint64(r.Samples)
	}
	if strips > 1 && strips <= uint64(r.Height) && r.counts.count == r.offsets.count {
		return (r.Height + int(strips) - 1) / int(strips)
	}
	return r.Height
}

// layout finds the chunks.
func (r *reading) layout(offsets, counts entry) error {
	p, f := r.Page, r.file
	across := (p.Width + p.TileW - 1) / p.TileW
	down := (p.Height + p.TileH - 1) / p.TileH
	planes := 1
	if p.Planar && p.Samples > 1 {
		planes = p.Samples
	} else {
		p.Planar = false
	}
	if int64(across)*int64(down)*int64(planes) > maxChunks {
		return r.fail(ErrFormat, "%dx%d strips or tiles", across, down)
	}
	n := across * down * planes
	if _, err := raster.Check(p.TileW, p.TileH, p.Bits*p.Samples, f.limits.Bytes); err != nil {
		return r.fail(raster.ErrTooLarge, "strip or tile: %v", err)
	}
	starts, err := f.uints(p.Index, offsets, uint64(n))
	if err != nil {
		return err
	}
	if len(starts) < n {
		return r.fail(ErrFormat, "%d strips or tiles, the image takes %d", len(starts), n)
	}
	p.chunks = make([]Chunk, n)
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
	}
	return r.lengths(counts)
}

// lengths finds how long each chunk is. Drivers are known that write no lengths, or zeros, or an array that was never
// filled: a length that can't be (none, or past the end of the file) is how far it is to whatever comes next.
// Decoders stop by themselves at the last row.
func (r *reading) lengths(counts entry) error {
	p, f := r.Page, r.file
	var said []uint64
	if counts.tag != 0 {
		// An array that lies outside the file says nothing either.
		said, _ = f.uints(p.Index, counts, uint64(len(p.chunks)))
	}
	ends := r.boundaries()
	total := int64(0)
	for i := range p.chunks {
		c := &p.chunks[i]
		if i < len(said) && said[i] > 0 && said[i] <= uint64(f.size-c.Offset) {
			c.Length = int64(said[i])
		} else {
			if next, _ := slices.BinarySearch(ends, c.Offset+1); next < len(ends) {
				c.Length = ends[next] - c.Offset
			}
			if p.Compression == None {
				c.Length = min(f.size-c.Offset, int64(p.rowBytes(c.Width))*int64(c.Height))
			}
		}
		total += c.Length
	}
	if total > f.size {
		return r.fail(ErrFormat, "strips or tiles of %d bytes in a file of %d", total, f.size)
	}
	return nil
}

// boundaries are the places of the file, in order, where a chunk may end: the others' starts, the directory, the end.
func (r *reading) boundaries() []int64 {
	size := r.file.size
	ends := make([]int64, 0, len(r.chunks)+2)
	ends = append(ends, size)
	if r.Page.offset <= size {
		ends = append(ends, r.Page.offset)
	}
	for _, c := range r.chunks {
		ends = append(ends, c.Offset)
	}
	slices.Sort(ends)
	return ends
}
