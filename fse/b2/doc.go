// Package b2 reads and writes B2 files (IRIS): the invoices that health professionals and establishments send to the
// Assurance Maladie, in records of 128 bytes.
//
// # What it implements
//
//   - every record of the body of June 2007 that public sources describe (000, 1, 2 and 2S 2M 2P 2B 2C, 3 and 3S 3F 3H,
//     4 and 4S 4B 4C 4D 4F 4H 4M 4T 4U, 5, 6, 999), in the variant of establishments ([CP]) and that of other
//
// professionals ([PS]), with the addendum 2005-E of establishments ([V2005E]: 3E, 4E, zones of 2, 2S, 3, 3S, 3F, 3H,
//
//	  4, 4S, 4H, 5);
//	- files with and without line ends, with one or several lots;
//	- records that it does not know, kept raw and written back unchanged.
//
// Confidence differs: the variant of establishments is described by several independent sources that agree; the types
// 2, 4 and 5 of other professionals by one, of 2007. Nothing here is a claim of conformity.
//
// DRE files (claims to complementary insurances) are said to be of the same family, but their columns are not public:
// they are read with these tables, their lots have [fse.FluxDRE], and a finding says that it is unverified.
//
// # How to read
//
// [ParseFichier] gives a whole file as [fse.Fichier] with all findings. [Reader.Factures] goes over the invoices of a
// file of any size in constant memory, and decodes only what is asked for. [Reader.Enregistrements] goes over all
// records; what a [Writer] writes of them is the same file, byte for byte.
//
// A finding ([Constat]) says what is odd, where, and how bad; none stops the reading unless [WithRefus] asks for it.
//
// # Values
//
// Amounts are in cents. Dates AAMMJJ get their century from [fse.ParseAAMMJJ]; birth dates are kept raw. The invoices
// of
// establishments have no date of their own: that of the lot stands for it. The number of lines is that of base records
// (types 3 and 4), complements not counted.
package b2
