// Package numerisation turns scans into a pièce numérique: it reads TIFF, JPEG, PNG and PDF files, judges every page,
// and writes one PDF/A-1b, or refuses and says to the person at the scanner what to do.
//
// # How to use it
//
//  1. [New] makes a [Numeriseur] for the scan limits of a profile; give [WithPDF] if PDFs come in. It is safe for
//     concurrent use. 2. [Numeriseur.Numeriser] judges the pages of one or more sources as one piece and writes its
//     PDF.
//  3. Where [Resultat.Accepte] is true the PDF is complete and fit to be sent; [Resultat.Piece] describes it.
//  4. Where [Resultat.AConfirmer] is true, keep the PDF, ask the person [Resultat.Questions], and record each answer
//     with
//     [Resultat.Confirmer]: yes to the last one accepts the piece, a no refuses it.
//  5. Else throw away what was written, and show [Resultat.Messages]: what is wrong, and what to do.
//
// Codes of findings, and the meaning of yes to a question (the page is good), stay; thresholds, sentences and measures
// may get better.
//
// # What is judged
//
// A page must have the resolution and size that the profile asks for (200 dots per inch and A5 in the conventions:
// kinésithérapeutes, avenant 3, annexe 4, art. 2.2) and none of the defects that make an image unusable (same annexe,
// art. 2.7.3: all or too white, all or too black, contrast that makes it illegible, truncated or shifted). What is
// written or missing on the ordonnance isn't a defect of the scan, by the same texts, and isn't judged. Every [Constat]
// has a stable code, one of three states (not tested, absent, present), the value measured, its limit and where that
// comes from; where it rests on places of the page they are in it, and how sure it is. What a person alone can settle
// (ink that touches an edge, a resolution that the pixels only suggest) is asked, in one question that yes or no
// answers.
//
// Writing is told by its connected pieces of ink, linked into lines: the lines vote on the slope of the page, with an
// error each, so that a stamp, a table or a signature askew doesn't turn it; margins and ascenders say which way up it
// is, and both have to agree.
//
// # What is faithful
//
// Pass-through is the safe choice: a page is turned, straightened or cropped only where the confidence is high and the
// gain real ([Seuils]), and no border is cropped that holds writing, contrast or colour. A page that satisfies the
// profile travels as its scanner coded it: the G4 strip or the JPEG stream is in the PDF byte for byte, and a page
// scanned sideways is turned by the PDF's matrix, not by recoding it. Only where that can't be is a page transformed,
// as little as it takes, in the order that the profile allows; each [Etape] is recorded with the hashes before and
// after (décret 2016-1673: every transformation of a copy is traced). What still doesn't fit is refused.
//
// # What is safe
//
// Files are hostile until read: dimensions are checked before anything is decoded, memory is bounded by the profile
// (256 MiB a page unless it says otherwise), and a context ends the work. PDF input is read by pdfcpu, which is linked
// only by who passes [WithPDF].
package numerisation
