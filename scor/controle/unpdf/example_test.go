package unpdf_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor/controle/unpdf"
)

// Given to controle's ExporterPDF; by itself it joins any PDFs, and says when one is none.
func Example() {
	err := unpdf.Reunir(context.Background(), io.Discard, []io.ReadSeeker{strings.NewReader("pas un PDF")})
	fmt.Println(err != nil)
	// Output: true
}
