// Package pdf writes PDF/A-1b documents as a stream.
//
// It knows two kinds of page. [Writer.Image] makes a page of one image, whose
// coded bytes (CCITT G4, JPEG, Flate) pass through untouched. [Writer.Page]
// makes a page of text, lines, strokes and images, with TrueType fonts
// subset and embedded.
//
// What goes out is written at once: the writer keeps the offset of each
// object (8 bytes), the identifiers of the pages that the current node of
// the page tree holds, and which glyphs of each font were used. Memory does
// not grow with the size of images nor with the content of pages already
// written.
//
// Output is a function of the calls alone: no clock, no random identifier.
// The trailer's /ID is taken from the bytes that precede it. What the writer
// deflates itself (text, fonts, raw images) may differ between releases of Go;
// coded images that pass through don't.
//
// Implemented: ISO 19005-1:2005 level B (header, XMP identification and its
// agreement with the Info dictionary, sRGB output intent, embedded fonts
// with CIDSet and ToUnicode, no transparency), over PDF 1.4 with a classic
// cross-reference table. The limits of PDF 1.4 appendix C that ISO 19005-1
// § 6.1.12 makes mandatory are errors here.
package pdf
