// Package controle keeps the pieces that are filed with an invoice and not sent (prescriptions of kinésithérapie, LPP, laboratory: FHP-MCO,
// Somme; usages U1), and serves the random controls in which the caisse asks for some of them: search by invoice, lot, period, practitioner
// or type, a draw that anyone can do again, and an export as ZIP or as one PDF with the proof of the pieces' date and integrity.
//
// # Register
//
// One folder holds the documents, each under its SHA-256, and a register of lines that are only ever added: deposits, searches, exports,
// seals, purges. Each line holds the hash of the one before, so that a line changed, removed or slipped in is found when the register is
// opened ([ErrChaine]). A chain alone proves order and completeness, not the date to a stranger: [Registre.Sceller] has a [Horodateur] of the
// host's (a time-stamping authority, RFC 3161, or a signature) attest the last line, which attests all lines before it.
//
// # Personal data
//
// The register holds invoice identities, practitioners' numbers, types and hashes: no NIR, no patient's name. The documents are readable in
// the folder (mode 0700): its encryption is the host's, by an encrypted volume. Every access is a line: who, why, what was asked, how
// many answers.
//
// # Retention
//
// Clinics: the prescription is kept for the term that the national convention fixes, five years by default (CSS R161-40, décret 2018-173).
// [Registre.Purger] takes the date from the host and deletes documents, never lines.
package controle
