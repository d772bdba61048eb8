package numerisation

import (
	"context"
	"image"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// LecteurPDF opens PDFs for a [Numeriseur]; pdfentree.New makes one. A host that has a PDF reader of its own can
// bring it.
type LecteurPDF interface {
	// Open reads the structure of a PDF of the given size in bytes, of which r is used for as long as the document's
	// images are. It decodes no page. An error that is neither the context's nor r's wraps one of this package's
	// ErrPDF…; its text quotes nothing of the document.
	Open(ctx context.Context, r io.ReaderAt, taille int64, l LimitesPDF) (*DocumentPDF, error)
}

// LimitesPDF bound what a PDF may ask for, and say how it is to be drawn. Zero values are the reader's defaults.
type LimitesPDF struct {
	Memoire int64         // of a decoded page, and of what reading the file's structure takes, in bytes
	Pages   int           // most pages of a document
	Delai   time.Duration // most time that opening may take, whatever the context allows
	// DPI is the resolution at which a page of text and drawings is drawn, in dots per inch. A page of images keeps
	// theirs.
	DPI float64
}

// Reasons for which a PDF is refused. Errors of a [LecteurPDF] wrap one of them.
var (
	ErrPDFEndommage     = pdfin.ErrDamaged     // damaged or unreadable
	ErrPDFChiffre       = pdfin.ErrEncrypted   // encrypted
	ErrPDFJavaScript    = pdfin.ErrJavaScript  // holds JavaScript
	ErrPDFXFA           = pdfin.ErrXFA         // holds an XFA form
	ErrPDFFichierJoint  = pdfin.ErrAttachments // holds attached files
	ErrPDFAction        = pdfin.ErrAction      // holds an action that starts a program, sends or fetches data
	ErrPDFMultimedia    = pdfin.ErrMultimedia  // holds sound, video or 3D
	ErrPDFTropGrand     = pdfin.ErrTooLarge    // takes more memory than the limit
	ErrPDFSansPage      = pdfin.ErrNoPages     // has no pages
	ErrPDFTropLent      = pdfin.ErrTooSlow     // takes too long to read
	ErrPDFJPEG2000      = pdfin.ErrJPX         // an image coded by JPEG 2000, for which no decoder was given
	ErrPDFNonDessinable = pdfin.ErrUndrawable  // a page that can't be drawn faithfully
)

// DocumentPDF is what is known of a PDF that was opened.
type DocumentPDF struct {
	Pages []PagePDF
	// Archive is the level of PDF/A that the document claims and whose outer rules it keeps, "1B" or "2U"; "" if
	// none. Only such a document may go on as it is where the profile asks for PDF/A.
	Archive string
	// Ouvert says that the document may be handed on as it is: nothing in it but what its pages show.
	Ouvert bool
}

// PagePDF describes a page.
type PagePDF struct {
	LargeurMM, HauteurMM float64 // as shown, upright
	// Logiciel says that software wrote the page: it has text or drawings of its own, and no image that is the page.
	Logiciel bool
	Vide     bool // nothing is drawn on it
	// DPIX, DPIY is the resolution of the coarsest image that covers more than half of the page; 0 if none does.
	DPIX, DPIY float64
	// Image gives the page as pixels; nil if that can't be, and then Obstacle says why (an ErrPDF…).
	Image    *ImagePDF
	Obstacle error
}

// CouleurPDF is what an image's pixels are.
type CouleurPDF uint8

// The kinds of pixels, as the result of [ImagePDF.Pixels] has them.
const (
	PDFNoirBlanc CouleurPDF = iota
	PDFGris
	PDFRVB
)

// CodagePDF is the coding of an image's bytes, where they can travel as they are.
type CodagePDF uint8

// The codings that PDF/A-1b can hold and that are passed through.
const (
	PDFPixels CodagePDF = iota // none: the pixels have to be coded again
	PDFG4                      // CCITT T.6
	PDFJPEG                    // a baseline JPEG file, grey or YCbCr
)

// ImagePDF is a page as pixels: the image that the page is, as the scanner coded it, or a drawing of the page.
type ImagePDF struct {
	Largeur, Hauteur int     // pixels as stored
	DPIX, DPIY       float64 // along the stored image's own axes
	// Rotation is the clockwise turn, in degrees, that shows the stored image as the page does: 0, 90, 180 or 270;
	// Miroir says that it is mirrored left to right before. Biais is what is left of the angle, in degrees
	// counter-clockwise; it is dropped.
	Rotation int
	Miroir   bool
	Biais    float64
	// Marges are the widths of white paper around the stored image that make it the page: left, top, right, bottom,
	// in millimetres.
	Marges  [4]float64
	Couleur CouleurPDF
	// Codage says that Flux opens a stream, of Octets bytes, that can travel as it is; for G4, NoirEst1 that its
	// black runs are black, and for JPEG, Complet that its end was seen.
	Codage   CodagePDF
	NoirEst1 bool
	Complet  bool
	Octets   int64
	Flux     func() (io.Reader, error)
	// Dessin says, in French, that the pixels aren't those of one image but a drawing of the page, and how it was
	// made; "" for an image.
	Dessin string
	// Pixels decodes the image, or draws the page, in memory bounded by the limits: an *image.Gray, an
	// *image.Paletted of black and white, or an opaque image in colour.
	Pixels func(ctx context.Context) (image.Image, error)
}

// couleurs are the kinds of pixels as the writer has them.
var couleurs = map[CouleurPDF]pdf.Couleur{PDFNoirBlanc: pdf.NoirBlanc, PDFGris: pdf.Gris, PDFRVB: pdf.RGB}
