package pdf

import (
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Couleur is the colour space of an image's samples.
type Couleur uint8

const (
	NoirBlanc Couleur = iota // 1 bit per sample
	Gris                     // 8 bits, 0 is black
	RGB                      // 3 x 8 bits, sRGB; a JPEG may code them as YCbCr
)

// Codage is how an image's bytes are coded.
type Codage uint8

const (
	Brut  Codage = iota // rows of samples, each padded to a byte: the writer deflates them
	Flate               // the same rows as a zlib stream: passes through
	G4                  // CCITT T.6 of the whole image, with or without EOFB: passes through. NoirBlanc only
	JPEG                // a JPEG file: passes through. Gris and RGB only
)

// Image is an image and how large it is on paper.
//
// Its bytes come from Donnees, or from Bandes: consecutive pieces of one
// coded stream (strips of a TIFF that are each a G4 or JPEG stream of their
// own are not).
type Image struct {
	Largeur, Hauteur int     // pixels
	DPIX, DPIY       float64 // pixels per inch across and down the stored image; [Page.Image] ignores them
	Couleur          Couleur
	Codage           Codage
	// NoirEst1 says, for NoirBlanc, that a sample of 1 is black. As in TIFF,
	// the black runs of G4 are 1s: an ordinary fax page, and any TIFF whose
	// photometric is WhiteIsZero, has NoirEst1 true.
	NoirEst1   bool
	Predicteur bool // for Flate: rows carry PNG filters, as in a PNG's IDAT
	Donnees    io.Reader
	Bandes     [][]byte
	Rotation   int  // clockwise turn that sets the stored image upright: 0, 90, 180 or 270 degrees
	Miroir     bool // the stored image is mirrored left to right, before Rotation
	// Marges are white paper around the stored image, left, top, right and bottom, in millimetres: [Writer.Image] makes
	// the page so much larger.
	Marges [4]float64
}

func (im *Image) valider() error {
	switch {
	case im.Largeur <= 0 || im.Hauteur <= 0:
		return fmt.Errorf("pdf: image of %d x %d pixels", im.Largeur, im.Hauteur)
	case im.Couleur > RGB:
		return fmt.Errorf("pdf: unknown Couleur %d", im.Couleur)
	case im.Codage > JPEG:
		return fmt.Errorf("pdf: unknown Codage %d", im.Codage)
	case im.Codage == G4 && im.Couleur != NoirBlanc:
		return errors.New("pdf: G4 codes NoirBlanc only")
	case im.Codage == JPEG && im.Couleur == NoirBlanc:
		return errors.New("pdf: JPEG codes Gris and RGB only")
	case im.Predicteur && im.Codage != Flate:
		return errors.New("pdf: Predicteur goes with Flate")
	case im.Rotation%90 != 0 || im.Rotation < 0 || im.Rotation > 270:
		return fmt.Errorf("pdf: Rotation of %d degrees, want 0, 90, 180 or 270", im.Rotation)
	case !(min(im.Marges[0], im.Marges[1], im.Marges[2], im.Marges[3]) >= 0):
		return fmt.Errorf("pdf: margins of %v mm", im.Marges)
	case (im.Donnees == nil) == (im.Bandes == nil):
		return errors.New("pdf: an image has either Donnees or Bandes")
	}
	return nil
}

// octetsLigne is the length of a row of samples.
func (im *Image) octetsLigne() int {
	switch im.Couleur {
	case Gris:
		return im.Largeur
	case RGB:
		return 3 * im.Largeur
	}
	return (im.Largeur + 7) / 8
}

// Image writes a page that one image fills, at its physical size. Coded
// bytes pass through; memory doesn't depend on them.
func (w *Writer) Image(im Image) error {
	if err := w.pret(); err != nil {
		return err
	}
	// A refused image leaves nothing behind: the document can go on.
	if err := im.valider(); err != nil {
		return err
	}
	if !(im.DPIX > 0 && im.DPIY > 0) {
		return fmt.Errorf("pdf: image at %v x %v dpi", im.DPIX, im.DPIY)
	}
	l, h := float64(im.Largeur)*72/im.DPIX, float64(im.Hauteur)*72/im.DPIY
	var marges [4]float64 // points
	for i, mm := range im.Marges {
		marges[i] = mm * pointsParMM
	}
	cl, ch := l+marges[0]+marges[2], h+marges[1]+marges[3]
	if err := verifierFormat(cl, ch); err != nil {
		return err
	}
	objet, err := w.imageXObject(&im)
	if err != nil {
		return w.faute(err)
	}
	pl, ph := cl, ch
	if im.Rotation%180 != 0 {
		pl, ph = ch, cl
	}
	x, y := coin(&im, marges)
	c := matrice(make([]byte, 0, 64), &im, x, y, l, h)
	c = append(c, "/I Do"...)
	contenu := w.reserver()
	w.objet(contenu, "<</Length "+strconv.Itoa(len(c))+">>\nstream\n"+string(c)+"\nendstream")
	w.page(pl, ph, "/XObject<</I "+ref(objet)+">>", contenu)
	return w.echec()
}

// coin is where the upright image's lower left corner lies on its page, given the margins of the stored image.
func coin(im *Image, marges [4]float64) (x, y float64) {
	gauche, haut, droite, bas := marges[0], marges[1], marges[2], marges[3]
	if im.Miroir {
		gauche, droite = droite, gauche
	}
	switch im.Rotation {
	case 90: // what was below is now to the left, what was to the right is below
		return bas, droite
	case 180:
		return droite, haut
	case 270:
		return haut, gauche
	}
	return gauche, bas
}

// matrice appends the cm that draws an image upright with its lower left
// corner at x, y; l and h are the sides of the stored image. All in points.
func matrice(c []byte, im *Image, x, y, l, h float64) []byte {
	var m [6]float64
	switch im.Rotation {
	case 0:
		m = [6]float64{l, 0, 0, h, x, y}
	case 90:
		m = [6]float64{0, -l, h, 0, x, y + l}
	case 180:
		m = [6]float64{-l, 0, 0, -h, x + l, y + h}
	case 270:
		m = [6]float64{0, l, -h, 0, x + h, y}
	}
	if im.Miroir {
		m = [6]float64{-m[0], -m[1], m[2], m[3], m[4] + m[0], m[5] + m[1]}
	}
	for _, v := range m {
		c = append(nombre(c, v), ' ')
	}
	return append(c, "cm\n"...)
}

// imageXObject writes the image's object and gives its number.
func (w *Writer) imageXObject(im *Image) (int, error) {
	n := w.reserver()
	var longueur int
	d := make([]byte, 0, 256)
	d = append(d, "<</Type/XObject/Subtype/Image/Width "...)
	d = strconv.AppendInt(d, int64(im.Largeur), 10)
	d = append(d, "/Height "...)
	d = strconv.AppendInt(d, int64(im.Hauteur), 10)
	couleurs, bits := 1, 8
	switch im.Couleur {
	case NoirBlanc:
		bits = 1
		d = append(d, "/ColorSpace/DeviceGray/BitsPerComponent 1"...)
	case Gris:
		d = append(d, "/ColorSpace/DeviceGray/BitsPerComponent 8"...)
	case RGB:
		couleurs = 3
		d = append(d, "/ColorSpace/DeviceRGB/BitsPerComponent 8"...)
	}
	switch im.Codage {
	case G4:
		// Columns and Rows as in T.6; BlackIs1 decides which run DeviceGray
		// shows black, so that no Decode array is needed.
		d = fmt.Appendf(d, "/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns %d/Rows %d", im.Largeur, im.Hauteur)
		if !im.NoirEst1 {
			d = append(d, "/BlackIs1 true"...)
		}
		d = append(d, ">>"...)
	case JPEG:
		d = append(d, "/Filter/DCTDecode"...)
	case Flate, Brut:
		d = append(d, "/Filter/FlateDecode"...)
		if im.Couleur == NoirBlanc && im.NoirEst1 {
			d = append(d, "/Decode[1 0]"...)
		}
		if im.Predicteur {
			d = fmt.Appendf(d, "/DecodeParms<</Predictor 15/Colors %d/BitsPerComponent %d/Columns %d>>", couleurs, bits,
				im.Largeur)
		}
	}
	d = append(d, "/Length "...)
	if im.Bandes != nil && im.Codage != Brut {
		var total int64
		for _, b := range im.Bandes {
			total += int64(len(b))
		}
		d = strconv.AppendInt(d, total, 10)
	} else {
		longueur = w.reserver() // known once the stream has passed
		d = append(d, ref(longueur)...)
	}
	d = append(d, ">>\nstream\n"...)
	w.ouvrir(n)
	w.s.Write(d)
	debut := w.s.pos
	lu, err := w.donnees(im)
	if err != nil {
		return 0, err
	}
	if lu == 0 {
		return 0, errors.New("pdf: the image has no data")
	}
	fin := w.s.pos
	w.s.WriteString("\nendstream")
	w.fermer()
	if longueur != 0 {
		w.objet(longueur, strconv.FormatInt(fin-debut, 10))
	}
	return n, w.echec()
}

// donnees copies the image's bytes out, and counts those read.
func (w *Writer) donnees(im *Image) (int64, error) {
	var dst io.Writer = w.s
	brut := im.Codage == Brut
	if brut {
		dst = w.deflate()
	}
	var lu int64
	for _, b := range im.Bandes {
		n, err := dst.Write(b)
		lu += int64(n)
		if err != nil {
			return lu, err
		}
	}
	if im.Donnees != nil {
		n, err := io.Copy(dst, im.Donnees)
		lu += n
		if err != nil {
			return lu, fmt.Errorf("pdf: reading the image: %w", err)
		}
	}
	if brut {
		if attendu := int64(im.octetsLigne()) * int64(im.Hauteur); lu != attendu {
			return lu, fmt.Errorf("pdf: the image has %d bytes, want %d for %d x %d pixels", lu, attendu, im.Largeur, im.Hauteur)
		}
		if err := w.zlib.Close(); err != nil {
			return lu, err
		}
	}
	return lu, nil
}
