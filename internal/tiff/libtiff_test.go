package tiff

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// tool runs one of libtiff's programs, or skips the test without it.
func tool(t testing.TB, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not here (Debian package libtiff-tools)", name)
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func writeTemp(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readPage(t testing.TB, path string) *Page {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, data)
}

func runs(t testing.TB, p *Page) *raster.Runs {
	t.Helper()
	var r raster.Runs
	if err := p.Runs(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func sameRuns(t testing.TB, want, got *raster.Runs) {
	t.Helper()
	if want.Width != got.Width || want.Height != got.Height {
		t.Fatalf("%dx%d pixels, want %dx%d", got.Width, got.Height, want.Width, want.Height)
	}
	for y, row := range want.Rows() {
		if len(row) != len(got.Row(y)) || len(row) > 0 && cmp.Diff(row, got.Row(y)) != "" {
			t.Fatalf("row %d differs:\n%s", y, cmp.Diff(row, got.Row(y)))
		}
	}
}

// pageWithNoise is a page with strokes, empty and full rows, and a dithered band.
func pageWithNoise(w, h int) drawing {
	d := drawn(w, h, 1, 1)
	at := d.at
	d.at = func(x, y, s int) int {
		switch {
		case y%40 == 7:
			return 0
		case y%40 == 9:
			return 1
		case y > h*3/4 && y < h*4/5:
			return (x*7 + y*13) % 5 / 4
		}
		return at(x, y, s)
	}
	return d
}

// libtiff reads what the encoder writes, and writes the same bytes: both ways, and no larger.
func TestGroup4LikeLibtiff(t *testing.T) {
	dir := t.TempDir()
	for _, w := range []int{1, 7, 8, 200, 1654, 2700} {
		data := build(t, pageWithNoise(w, 300), layout{compression: CCITTG4, photometric: WhiteIsZero})
		ours := open(t, data)
		want := runs(t, ours)
		in := writeTemp(t, dir, "in.tif", data)
		plain, again := filepath.Join(dir, "plain.tif"), filepath.Join(dir, "again.tif")
		tool(t, "tiffcp", "-c", "none", in, plain)
		sameRuns(t, want, runs(t, readPage(t, plain)))
		tool(t, "tiffcp", "-c", "g4", "-r", "300", plain, again)
		theirs := readPage(t, again)
		sameRuns(t, want, runs(t, theirs))
		a, err := ours.ReadRaw(nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		b, err := theirs.ReadRaw(nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("width %d: %d bytes, libtiff writes %d others", w, len(a), len(b))
		}
	}
}

// Real pages recoded take no more bytes than what libtiff makes of them.
func TestGroup4SizeOnSharedScans(t *testing.T) {
	dir := t.TempDir()
	for _, name := range sharedScans(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p := open(t, data)
		if !p.Bilevel() {
			continue
		}
		r := runs(t, p)
		if p.Photometric == BlackIsZero { // libtiff codes samples, whatever they mean
			if err := r.Invert(); err != nil {
				t.Fatal(err)
			}
		}
		ours, err := ccitt.Append(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, "out.tif")
		tool(t, "tiffcp", "-c", "g4", "-r", fmt.Sprint(p.Height), name, out)
		q := readPage(t, out)
		theirs, err := q.ReadRaw(nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(ours) > len(theirs) {
			t.Errorf("%s: %d bytes, libtiff takes %d", filepath.Base(name), len(ours), len(theirs))
		}
	}
}

// What libtiff writes, in each of its ways, is read as it was meant.
func TestReadLibtiff(t *testing.T) {
	dir := t.TempDir()
	bilevel := build(t, pageWithNoise(1003, 230), layout{compression: None, photometric: WhiteIsZero})
	want := runs(t, open(t, bilevel))
	in := writeTemp(t, dir, "bilevel.tif", bilevel)
	for _, args := range [][]string{
		{"-c", "g3:1d"}, {"-c", "g3:2d"}, {"-c", "g3:1d:fill"}, {"-c", "g3:2d:fill"}, {"-c", "g3:2d", "-f", "lsb2msb"},
		{"-c", "g4", "-f", "lsb2msb"},
		{"-c", "g3:2d", "-r", "13"}, {"-c", "g4", "-r", "7"}, {"-c", "g4", "-B"}, {"-c", "packbits"}, {"-c", "lzw"},
		{"-c", "zip"},
		{"-c", "lzw", "-t", "-w", "64", "-l", "48"}, {"-c", "g4", "-t", "-w", "64", "-l", "48"}, {"-c", "zip", "-8"},
		{"-c", "none", "-f", "lsb2msb"},
	} {
		t.Run(fmt.Sprint("bilevel", args), func(t *testing.T) {
			out := filepath.Join(dir, "out.tif")
			tool(t, "tiffcp", append(args, in, out)...)
			sameRuns(t, want, runs(t, readPage(t, out)))
		})
	}
	d := drawn(203, 117, 8, 3)
	in = writeTemp(t, dir, "rgb.tif", build(t, d, layout{compression: None, photometric: RGB, order: binary.BigEndian}))
	for _, args := range [][]string{
		{"-c", "lzw:2"}, {"-c", "zip:2"}, {"-c", "lzw:2", "-p", "separate"}, {"-c", "zip:2", "-t", "-w", "32", "-l", "16"},
		{"-c", "packbits", "-L"},
		{"-c", "jpeg:r:95", "-r", "32"}, {"-c", "jpeg:95", "-r", "32"}, {"-c", "jpeg:95", "-t", "-w", "64", "-l", "64"},
		{"-c", "zip:2", "-p", "separate", "-t", "-w", "32", "-l", "32"},
		{"-c", "jpeg:r:95", "-p", "separate", "-r", "32"},
	} {
		t.Run(fmt.Sprint("RGB", args), func(t *testing.T) {
			out := filepath.Join(dir, "out.tif")
			tool(t, "tiffcp", append(args, in, out)...)
			p := readPage(t, out)
			m, err := p.Image(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			g, err := p.GrayImage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			at := func(x, y int) color.RGBA {
				return color.RGBA{uint8(d.at(x, y, 0)), uint8(d.at(x, y, 1)), uint8(d.at(x, y, 2)), 255}
			}
			if p.Compression != JPEG {
				checkPixels(t, m, d.w, d.h, 0, at)
				checkPixels(t, g, d.w, d.h, 0, func(x, y int) color.RGBA { return grayOf(at(x, y)) })
				return
			}
			// The drawing's strokes are sharper than chroma is: means over the page and over the luminance tell.
			checkMeans(t, m, g, d, at)
		})
	}
}

// CMYK in JPEG isn't inverted in TIFF, unlike in Adobe's JPEGs.
func TestReadLibtiffCMYK(t *testing.T) {
	dir := t.TempDir()
	d := drawn(96, 64, 8, 4)
	d.at = func(x, y, s int) int { return [4]int{x, 2 * y, 30, (x + y) / 4}[s] }
	in := writeTemp(t, dir, "cmyk.tif", build(t, d, layout{compression: None, photometric: CMYK,
		fields: []field{short(332, 1)}}))
	out := filepath.Join(dir, "out.tif")
	tool(t, "tiffcp", "-c", "jpeg:95", "-r", "32", in, out)
	p := readPage(t, out)
	if p.Compression != JPEG || p.Photometric != CMYK {
		t.Fatalf("%v, photometric %d", p, p.Photometric)
	}
	checkAll(t, p, d.w, d.h, 12, func(x, y int) color.RGBA {
		r, g, b := color.CMYKToRGB(uint8(d.at(x, y, 0)), uint8(d.at(x, y, 1)), uint8(d.at(x, y, 2)), uint8(d.at(x, y, 3)))
		return color.RGBA{r, g, b, 255}
	})
}

// checkMeans compares means of colours and, block by block, of luminances.
func checkMeans(t *testing.T, m image.Image, g *image.Gray, d drawing, at func(x, y int) color.RGBA) {
	t.Helper()
	for by := 0; by+16 <= d.h; by += 16 {
		for bx := 0; bx+16 <= d.w; bx += 16 {
			var want, got [4]int
			for y := by; y < by+16; y++ {
				for x := bx; x < bx+16; x++ {
					c := at(x, y)
					r, gr, b, _ := m.At(x, y).RGBA()
					for i, v := range [4]int{int(c.R), int(c.G), int(c.B), int(luminance(c.R, c.G, c.B))} {
						want[i] += v
					}
					for i, v := range [4]int{int(r >> 8), int(gr >> 8), int(b >> 8), int(g.GrayAt(x, y).Y)} {
						got[i] += v
					}
				}
			}
			for i := range want {
				if diff := (want[i] - got[i]) / 256; diff < -12 || diff > 12 {
					t.Fatalf("block at %d,%d: means %v, want %v", bx, by, got, want)
				}
			}
		}
	}
}

// A fax page as fax2tiff makes it from raw Group 3 data is read.
func TestFax2tiff(t *testing.T) {
	dir := t.TempDir()
	d := pageWithNoise(1728, 100)
	want := runs(t, open(t, build(t, d, layout{compression: None, photometric: WhiteIsZero})))
	// Raw data as a fax machine receives it: libtiff's own Group 3 coding of the page, out of its file.
	in := writeTemp(t, dir, "in.tif", build(t, d, layout{compression: None, photometric: WhiteIsZero}))
	coded := filepath.Join(dir, "g3.tif")
	tool(t, "tiffcp", "-c", "g3:1d", "-r", "100", in, coded)
	raw, err := readPage(t, coded).ReadRaw(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	fax := writeTemp(t, dir, "page.g3", raw)
	for _, args := range [][]string{{"-8"}, {"-7", "-5"}, {"-7", "-6"}, {"-7", "-6", "-a"}, {"-7", "-5", "-p"}, {"-u"}} {
		out := filepath.Join(dir, "fax.tif")
		tool(t, "fax2tiff", append(args, "-M", "-X", "1728", "-o", out, fax)...)
		got := runs(t, readPage(t, out))
		if got.Height < want.Height {
			t.Fatalf("fax2tiff %v: %d rows, want %d", args, got.Height, want.Height)
		}
		for y, row := range want.Rows() {
			if len(row) != len(got.Row(y)) || len(row) > 0 && cmp.Diff(row, got.Row(y)) != "" {
				t.Fatalf("fax2tiff %v: row %d differs", args, y)
			}
		}
	}
}
