package pdfentree_test

import (
	"context"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

// A PDF that runs a program when it is opened: whoever passes pdfentree.New has it read, and refused.
const piege = `%PDF-1.4
1 0 obj
<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\(1\)) >> >>
endobj
2 0 obj
<< /Type /Pages /Kids [3 0 R] /Count 1 >>
endobj
3 0 obj
<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>
endobj
xref
0 4
0000000000 65535 f 
0000000009 00000 n 
0000000112 00000 n 
0000000169 00000 n 
trailer
<< /Size 4 /Root 1 0 R >>
startxref
257
%%EOF
`

func Example() {
	profil, err := scor.Reference()
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := numerisation.New(profil.Numerisation, numerisation.WithPDF(pdfentree.New()))
	if err != nil {
		fmt.Println(err)
		return
	}
	resultat, err := n.Numeriser(context.Background(), io.Discard, numerisation.Octets("ordonnance.pdf", []byte(piege)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resultat.Accepte, resultat.Motifs())
	// Output: false [dangereux]
}
