// Package noemie reads and writes NOEMIE-PS returns, called RSP (rejet, signalement, paiement): what an organism
// answers
// to invoices.
//
// # What it implements
//
//   - the records 000 and 999 and every entity of the public descriptions of 2007, with 010 and 220 from a program that
//     decoded returns in production; entities that it does not know are kept raw;
//
// - both physical packings: blocks of 128 bytes with a flag ([Blocs]), and a stream ([Flux]); with or without gzip,
// with
//
//	  or without line ends;
//	- out of them, for each invoice: paid, rejected, deferred or paid with a remark, by share (AMO: the Assurance
//	  Maladie; AMC: the complementary insurance), with reasons, amounts, transfer and withholdings;
//	- control totals of 990 and 999.
//
// Which reference of exchange (576, 578, 580, 908…) uses which entities is not public: entities are read by their code.
// The nesting of levels and the exact meaning of some totals are inferred; a control that they decide is a warning and
// never an error. The tables of rejection codes are not public either: code and label are kept as they come. Nothing
// here is a claim of conformity.
//
// # Joining
//
// A return names an invoice by number and date of its lot and its own number: [Cle]. [CleDe] gives that of an invoice,
// [Joindre] joins a return with invoices.
package noemie
