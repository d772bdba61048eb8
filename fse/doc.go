// Package fse holds what is billed: invoices (factures), lots and files of them, and the identifiers they carry, with
// their checks. It knows nothing of pièces justificatives, nor of how a file is written: fse/b2 reads and writes B2
// files, fse/routage finds where they go.
//
// # Identifiers
//
//   - [NIR]: the insured's number, 13 characters and a key of 2; masked by String.
//   - [FINESS]: an establishment, 9 digits with a Luhn key, Corsican forms included.
//   - [RPPS]: a health professional, 11 digits with a Luhn key.
//   - [NumeroAM]: a professional as the Assurance Maladie numbers him (also ADELI), 9 digits with a Luhn key.
//   - [Organisme]: régime, caisse and centre that manage an insured person.
//
// Sources: key of the NIR as published with its Corsican rule by the billing specifications of establishments; Luhn on
// FINESS, RPPS and AM numbers checked on published numbers. Nothing here is a claim of conformity.
//
// # Personal data
//
// A NIR, a name or a birth date never appears in an error of this package, and NIR masks itself with every verb of fmt
// and in JSON: only [NIR.Clair] gives it.
package fse
