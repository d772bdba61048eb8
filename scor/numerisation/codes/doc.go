// Package codes reads the barcodes of a page: Code 128, Data Matrix and QR.
//
//  1. Decode the page, or take its pixels from numerisation's Vues.
//  2. [Chercher] gives the codes that it finds, with the place of each.
//  3. [Code.Lieu] is in pixels; [MM] makes it a place in millimetres, as findings of numerisation have.
//
// A code is what a page says of itself: it may be another paper's, or a sticker's. It proposes, and decides nothing:
// lot/repartition matches codes with invoices by whole identifiers only. Its text may hold personal data: it is never
// logged. The content of the QR of an ordonnance numérique isn't public: it is given as it is read, and means nothing
// here.
//
// Implemented: ISO/IEC 15417 (Code 128), ISO/IEC 16022 (Data Matrix, ECC 200), ISO/IEC 18004 (QR Code), decoded by
// github.com/makiuchi-d/gozxing, a port of ZXing to Go, which only this package links. What is added here: codes are
// first sought on the whole page, at any angle, by the texture of their bars and squares; each is then cut out, set
// upright and enlarged before it is decoded.
//
// Work is bounded: pages over [PixelsMax] are made smaller, at most a few dozen places of a page are tried, and the
// context ends it between two.
package codes
