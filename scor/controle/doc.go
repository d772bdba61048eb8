// Package controle keeps the pieces that are filed with an invoice and not sent (prescriptions of kinésithérapie, LPP,
// laboratory: FHP-MCO, Somme; usages U1), and serves the random controls in which the caisse asks for some of them:
// search by invoice, lot, period, practitioner or type, a draw that anyone can do again, and an export as ZIP or as one
// PDF with the proof of the pieces' date and integrity.
//
// Procedure:
//
//  1. [Open] the register of a folder; several programs may have it open.
//  2. [Registre.Classer] files each piece with its invoice, when it is billed.
//  3. [Registre.Sceller] once a day, where dates must be proved to strangers.
//  4. When the caisse asks: [Registre.Chercher], [Tirer] for a draw, then [Registre.ExporterZIP] or
//     [Registre.ExporterPDF]; its receiver
//     checks with [VerifierZIP].
//  5. [Registre.Purger] at the end of the term.
//
// # Register
//
// One folder holds the documents, each under its SHA-256, and a register of lines that are only ever added: deposits,
// searches, exports, seals, purges. Each line holds the hash of the one before, so that a line changed, removed or
// slipped in is found when the register is opened ([ErrChaine]). Nothing is written that could not be read back: an act
// on more than a line holds is several lines, and what doesn't fit at all is refused before anything is written
// ([ErrLimite]).
//
// The lines are also the leaves of a Merkle tree (RFC 9162), of which one hash, the root, stands for all of them. An
// export shows the lines of the pieces that were asked, and the short path that leads from each to the root: nothing of
// the other invoices, practitioners and accesses goes out. A root alone proves order and completeness, not the date to
// a stranger: [Registre.Sceller] has a [horodatage.Horodateur] of the host's (a time-stamping authority, RFC 3161, or
// a signature) attest it, and with it all lines so far.
//
// # Personal data
//
// The register holds invoice identities, practitioners' numbers, types and hashes: no NIR, no patient's name. The
// documents are readable in the folder (mode 0700): its encryption is the host's, by an encrypted volume. Every access
// is a line: who, why, what was asked, how many answers.
//
// # Retention
//
// Clinics: the prescription is kept for the term that the national convention fixes, five years by default (CSS
// R161-40, décret 2018-173). [Registre.Purger] takes the date from the host and deletes documents, never lines.
//
// Promised to stay: the form of the register's lines and of preuve.json.
package controle
