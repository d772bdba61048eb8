package pdfdessin_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfdessin"
)

// A page of 100 x 50 points with a black square: PDFium reads it in spite of its missing table of objects.
const page = `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 100 50] /Contents 4 0 R >> endobj
4 0 obj << /Length 13 >> stream
0 0 50 50 re f
endstream endobj
trailer << /Root 1 0 R >>
`

func Example() {
	d := pdfdessin.New()
	defer d.Close()
	m, err := d.Dessiner(context.Background(), strings.NewReader(page), int64(len(page)), 1, 200, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Bounds().Size(), m.At(50, 50), m.At(150, 50))
	// Output: (200,100) {0} {255}
}
