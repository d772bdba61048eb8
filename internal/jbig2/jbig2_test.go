package jbig2

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Annex H of T.88 is a stream that uses nearly all of the norm, cut here into its pages as a PDF holds them: the
// segments that they share, a page coded by Huffman and MMR, the same coded arithmetically, and one of symbols made
// of others and refined.
const (
	annexHGlobals = "000000000001000000001800010000000100000001e9cbf40026af04bff0782fe000400000001000010000000016080002ff00000001" +
		"000000014fe78d681b142f3fffac"
	annexHPage1 = "000000013000010000001300000040000000380000000000000000010000000000020001010000001c00010000000200000002e5cdf8" +
		"0079e0841081f08210861079f000800000000307420002010000003100000025000000080000000400000001000c09001000000005011000000" +
		"00000000000000000000000000c4007087041d0000000042700010000002c000000360000002c000000040000000b000126a071cea7ffffffff" +
		"fffffffffffffffffffffffffffffff8f0000000051001010000002d0104040000000f20d184611845f2f97c8f11c39e45f2f97d42850aaa846" +
		"22feeec446222352a0a83b9dcee77800000000617200501000000570000002000000024000000100000000f0001000000080000000900000000" +
		"0000000004000000aaaaaaaa8008008036d5556b5ad40040042ee952d2d2d28aa54a00200223e09524b4928a4a925492d24a292a4940040040"
	annexHPage2 = "000000083000010000001300000040000000380000000000000000010000000000090001010000001b080002ff0000000200000002" +
		"4fe78c200e1dc7cf0111c4b26fffac0000000a07400009010000001f00000025000000080000000400000001000c08000000058d6e5a124085ff" +
		"ac0000000b27000100000023000000360000002c000000040000000b000803fffdff02fefefe04eeed87fbcb2bffac0000000c10010100000" +
		"01c0604040000000f90716b6d99a7aa497df2e5481fdc68bc6e40bbffac0000000d17200c010000003e0000002000000024000000100000000f" +
		"0002000000080000000900000000000000000400000087cb821e66a414eb3c4a15faccd6f3b16f4cedbfa7bfffac"
	annexHPage3 = "0000000f3000010000001300000025000000080000000000000000010000000000110021100100000020080202ffffffffff00000003" +
		"000000024fe9d7d590c3b526a7fb6d14983fffac00000012072011010000002500000025000000080000000000000000008c1200000004a95c" +
		"8bf4c37d966a28e5768fffac"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func draw(b *raster.Bitmap) string {
	var s strings.Builder
	for y := range b.Height {
		for x := range b.Width {
			if b.Black(x, y) {
				s.WriteByte('#')
			} else {
				s.WriteByte('.')
			}
		}
		s.WriteByte('\n')
	}
	return s.String()
}

// The pages of annex H: text, a frame and a halftone. The first two are the same page coded in both ways; the third
// is its text alone.
func TestAnnexH(t *testing.T) {
	decode := func(page string, w, h int) string {
		b, err := Decode(t.Context(), unhex(t, annexHGlobals), unhex(t, page), Options{Width: w, Height: h})
		if err != nil {
			t.Fatal(err)
		}
		return draw(b)
	}
	huffman, arithmetic, refined := decode(annexHPage1, 64, 56), decode(annexHPage2, 64, 56), decode(annexHPage3, 37, 8)
	if huffman != arithmetic {
		t.Errorf("the same page by Huffman and MMR:\n%sarithmetically:\n%s", huffman, arithmetic)
	}
	const text = `.####....####...####....####....####.
#....#.......#..#...#.......#..#....#
#........#####..#...#...#####..#.....
#.......#....#..#...#..#....#..#.....
#....#..#....#..####...#....#..#....#
.####....#####..#.......#####...####.
................#....................
................#....................
`
	if refined != text {
		t.Errorf("refined symbols:\n%sexpected:\n%s", refined, text)
	}
	lines := strings.Split(huffman, "\n")
	for i, want := range strings.Split(strings.TrimSpace(text), "\n") {
		if got := lines[i+1][4:41]; got != want {
			t.Errorf("row %d of the text: %s, expected %s", i, got, want)
		}
	}
	if row := "##..........###.###.###.####################........##"; !strings.Contains(huffman, row) {
		t.Errorf("no row of the halftone is %s", row)
	}
	if got := strings.Count(huffman, "#"); got != 1027 {
		t.Errorf("%d black pixels", got)
	}
}
