package codes_test

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"github.com/boombuler/barcode/code128"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/codes"
)

func Example() {
	// In a program: a page of numerisation's Vues. Here a sheet with one code.
	page := image.NewGray(image.Rect(0, 0, 800, 400))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	code, _ := code128.Encode("751143488-4012")
	for x := range 3 * code.Bounds().Dx() {
		for y := range 80 {
			if r, _, _, _ := code.At(x/3, 0).RGBA(); r == 0 {
				page.SetGray(150+x, 150+y, color.Gray{})
			}
		}
	}
	trouves, err := codes.Chercher(context.Background(), page)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range trouves {
		fmt.Println(c.Genre, c.Texte)
	}
	// Output: code-128 751143488-4012
}
