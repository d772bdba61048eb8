package pdfentree

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
)

// pdfFile writes a PDF, object after object.
type pdfFile struct {
	b       bytes.Buffer
	offsets map[int]int
	next    int
	trailer string
}

func newPDF(version string) *pdfFile {
	f := &pdfFile{offsets: make(map[int]int), next: 3}
	fmt.Fprintf(&f.b, "%%PDF-%s\n%%\xE2\xE3\xCF\xD3\n", version)
	return f
}

// object writes an object under a number of its own and returns a reference to it.
func (f *pdfFile) object(body string) string {
	n := f.next
	f.next++
	f.numbered(n, body)
	return fmt.Sprintf("%d 0 R", n)
}

func (f *pdfFile) numbered(n int, body string) {
	f.offsets[n] = f.b.Len()
	fmt.Fprintf(&f.b, "%d 0 obj\n%s\nendobj\n", n, body)
}

// stream writes a stream object; dict is its dictionary's inside, but for the length.
func (f *pdfFile) stream(dict string, data []byte) string {
	return f.object(fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data))
}

func deflate(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// close writes the catalog (object 1, with more entries), the page tree (object 2) of the pages, and the end.
func (f *pdfFile) close(catalog string, pages ...string) []byte {
	f.numbered(1, "<< /Type /Catalog /Pages 2 0 R "+catalog+" >>")
	f.numbered(2, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(pages, " "), len(pages)))
	return f.end()
}

func (f *pdfFile) end() []byte {
	at := f.b.Len()
	fmt.Fprintf(&f.b, "xref\n0 %d\n0000000000 65535 f \n", f.next)
	for n := 1; n < f.next; n++ {
		fmt.Fprintf(&f.b, "%010d 00000 n \n", f.offsets[n])
	}
	fmt.Fprintf(&f.b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", f.next, f.trailer, at)
	return f.b.Bytes()
}

// page writes a page of a content stream.
func (f *pdfFile) page(entries, resources, content string) string {
	c := f.stream("", []byte(content))
	return f.object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R %s /Resources << %s >> /Contents %s >>", entries, resources,
		c))
}

// onePage is a PDF of one A4 page with an image that fills it.
func onePage(t testing.TB, dict string, data []byte) []byte {
	t.Helper()
	f := newPDF("1.4")
	image := f.stream("/Type /XObject /Subtype /Image "+dict, data)
	return f.close("", f.page("/MediaBox [0 0 595.276 841.89]", "/XObject << /Im0 "+image+" >>",
		"q 595.276 0 0 841.89 0 0 cm /Im0 Do Q"))
}
