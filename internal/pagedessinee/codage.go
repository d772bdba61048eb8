package pagedessinee

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Codage is the file that a scanner makes.
type Codage string

// Codings.
const (
	TIFFG4   Codage = "g4.tif"
	JPEGGris Codage = "gray.jpg"
	JPEGRVB  Codage = "rgb.jpg"
	PNG      Codage = "png"
)

// Extension is that of the file's name.
func (c Codage) Extension() string {
	switch c {
	case TIFFG4:
		return ".tif"
	case PNG:
		return ".png"
	}
	return ".jpg"
}

// Fichier draws the page and codes it, with its resolution.
func (p Page) Fichier(c Codage) ([]byte, error) {
	g, teinte := p.dessiner()
	switch c {
	case TIFFG4:
		return G4(p.DPI, g)
	case JPEGGris:
		return codeJPEG(g, p.DPI)
	case JPEGRVB:
		return codeJPEG(teinter(g, teinte), p.DPI)
	case PNG:
		return codePNG(g, p.DPI)
	}
	return nil, fmt.Errorf("pagedessinee: unknown coding %q", c)
}

func teinter(g *image.Gray, t [3]float64) image.Image {
	m := image.NewRGBA(g.Rect)
	for i, v := range g.Pix {
		m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3] = uint8(float64(v)*t[0]), uint8(float64(v)*t[1]),
			uint8(float64(v)*t[2]), 255
	}
	return m
}

// codeJPEG writes a JPEG with a JFIF header that gives the resolution.
func codeJPEG(m image.Image, dpi float64) ([]byte, error) { return codeJPEGQualite(m, dpi, 80) }

func codeJPEGQualite(m image.Image, dpi float64, qualite int) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: qualite}); err != nil {
		return nil, err
	}
	app0 := []byte{0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, 1, 0, 0, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(app0[12:], uint16(dpi+0.5))
	binary.BigEndian.PutUint16(app0[14:], uint16(dpi+0.5))
	out := append([]byte{0xFF, 0xD8}, app0...)
	return append(out, b.Bytes()[2:]...), nil
}

// codePNG writes a PNG with a pHYs chunk.
func codePNG(m image.Image, dpi float64) ([]byte, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, m); err != nil {
		return nil, err
	}
	phys := make([]byte, 0, 21)
	phys = append(phys, 0, 0, 0, 9, 'p', 'H', 'Y', 's')
	phys = binary.BigEndian.AppendUint32(phys, uint32(dpi/0.0254+0.5))
	phys = binary.BigEndian.AppendUint32(phys, uint32(dpi/0.0254+0.5))
	phys = append(phys, 1)
	phys = binary.BigEndian.AppendUint32(phys, crc32.ChecksumIEEE(phys[4:]))
	const entete = 33 // signature and IHDR
	out := append([]byte{}, b.Bytes()[:entete]...)
	out = append(out, phys...)
	return append(out, b.Bytes()[entete:]...), nil
}

// G4 writes pages as a TIFF of CCITT G4 strips, one a page, as most scanners do: black under level 150.
func G4(dpi float64, pages ...*image.Gray) ([]byte, error) { return codeG4(dpi, 150, pages...) }

func codeG4(dpi float64, seuil uint8, pages ...*image.Gray) ([]byte, error) {
	const champs = 12
	out := []byte{'I', 'I', 42, 0, 0, 0, 0, 0}
	precedent := 4
	for i, g := range pages {
		w, h := g.Rect.Dx(), g.Rect.Dy()
		b, err := raster.Threshold(g, seuil, 0)
		if err != nil {
			return nil, err
		}
		runs, err := b.Runs(0)
		if err != nil {
			return nil, err
		}
		bande := len(out)
		if out, err = ccitt.Append(out, runs); err != nil {
			return nil, err
		}
		longueur := len(out) - bande
		if len(out)%2 == 1 {
			out = append(out, 0)
		}
		res := len(out)
		out = binary.LittleEndian.AppendUint32(out, uint32(dpi*100+0.5))
		out = binary.LittleEndian.AppendUint32(out, 100)
		binary.LittleEndian.PutUint32(out[precedent:], uint32(len(out)))
		out = binary.LittleEndian.AppendUint16(out, champs)
		champ := func(tag, genre uint16, v int) {
			out = binary.LittleEndian.AppendUint16(out, tag)
			out = binary.LittleEndian.AppendUint16(out, genre)
			out = binary.LittleEndian.AppendUint32(out, 1)
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
		}
		const court, long, fraction = 3, 4, 5
		champ(256, long, w)
		champ(257, long, h)
		champ(258, court, 1)
		champ(259, court, 4)
		champ(262, court, 0)
		champ(273, long, bande)
		champ(277, court, 1)
		champ(278, long, h)
		champ(279, long, longueur)
		champ(282, fraction, res)
		champ(283, fraction, res)
		champ(296, court, 2)
		precedent = len(out)
		out = binary.LittleEndian.AppendUint32(out, 0)
		if i == 0 && int64(len(out)) > 1<<31 {
			return nil, fmt.Errorf("pagedessinee: TIFF of %d bytes", len(out))
		}
	}
	return out, nil
}

// Uni is a blank sheet of the given size in pixels and level.
func Uni(largeur, hauteur int, niveau uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, largeur, hauteur))
	for i := range g.Pix {
		g.Pix[i] = color.Gray{Y: niveau}.Y
	}
	return g
}
