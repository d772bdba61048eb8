// Package numerisation turns scans into a pièce numérique: it reads TIFF, JPEG, PNG and PDF files, judges every page, and writes one PDF/A-1b,
// or refuses and says to the person at the scanner what to do.
//
// # What is judged
//
// A page must have the resolution and size that the profile asks for (200 dots per inch and A5 in the conventions: kinésithérapeutes,
// avenant 3, annexe 4, art. 2.2) and none of the defects that make an image unusable (same annexe, art. 2.7.3: all or too white, all or too
// black, contrast that makes it illegible, truncated or shifted). What is written or missing on the ordonnance isn't a defect of the scan,
// by the same texts, and isn't judged. Every [Constat] has a stable code, one of three states (not tested, absent, present), the value
// measured, its limit and where that comes from.
//
// # What is faithful
//
// A page that satisfies the profile travels as its scanner coded it: the G4 strip or the JPEG stream is in the PDF byte for byte, and a page
// scanned sideways is turned by the PDF's matrix, not by recoding it. Only where that can't be is a page transformed, as little as it takes,
// in the order that the profile allows; each [Etape] is recorded with the hashes before and after (décret 2016-1673: every transformation of a
// copy is traced). What still doesn't fit is refused.
//
// # What is safe
//
// Files are hostile until read: dimensions are checked before anything is decoded, memory is bounded by the profile (256 MiB a page unless it
// says otherwise), and a context ends the work. PDF input is read by pdfcpu, which is linked only by who passes [WithPDF].
package numerisation
