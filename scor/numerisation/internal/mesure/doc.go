// Package mesure measures a scanned page: how dark and how contrasted it is, where its ink lies, what runs off its
// edges, how it is skewed and which way up it is.
//
// Everything but the tones is measured on runs ([raster.Runs]): those of a bilevel page as its decoder gives them,
// those of a grey page after [Marques] has told ink from paper. So a CCITT G4 page is never expanded to a bitmap.
// Lengths are in millimetres, so that no measure depends on the resolution.
//
// The package measures; the parent package decides.
package mesure
