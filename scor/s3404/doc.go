// Package s3404 makes the bordereau de facturation S3404 of private
// establishments from their B2 file (norme CP), and signs it.
//
// [Construire] reads the file and checks the totals of every invoice and lot
// to the cent ([ErreurTotal]); [Bordereau.WritePDF] writes the lot's bordereau,
// [Bordereau.WriteFactures] one for each invoice, as PDF/A-1b with selectable
// text, reproducible bytes, the file's and the lot's identifiers on each page.
// The file is streamed: memory is that of one invoice, however many there are.
//
// [Signer] appends the handwritten signature that package signature captured:
// pen strokes as vectors, who, when, for whom, and the SHA-256 of what was
// signed. The signed file begins with the very bytes that were signed.
// [Verifier] finds any byte that was changed or added since.
//
// # What is public, and what is not
//
//   - The data come from B2 types 1 to 6, variant CP (layouts in the package
//     fse/b2, with their sources).
//   - The form S3404 (Cerfa) is not among the public facts: the shipped layout
//     is the SDK's own and says so on each page. [ParseGabarit] takes another.
//   - One signature for the whole lot, "pour mandat" allowed (FHP-MCO,
//     September 2020); one per invoice in older guidance: both are served.
//   - How the signature must be embedded (drawing, PAdES) is not public. The
//     drawing and its seal are always there; a CMS signature is added where
//     the profile asks for it. No conformity is claimed.
//   - The share of the complementary insurance (AMC, DRE-CP) is shown as the
//     B2 gives it, marked unverified.
//
// A bordereau shows the NIR in clear, as the caisse needs it. Errors don't.
package s3404
