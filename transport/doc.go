// Package transport carries bytes to a frontal and back: it composes and opens
// the e-mail messages of the French billing flows, stamps them, and names the
// small interfaces behind which a sender, a mailbox and a directory of
// certificates stand. It doesn't know what a message carries.
//
// # Conventions implemented
//
// Public facts of the IRIS/B2 family: one message to one frontal mailbox
// (RRCCC@CCC.RR.rss.fr), a Subject of four fields, an inner entity of type
// application/EDI-consent (RFC 1767) in base64 with a Content-Description such
// as IRIS/B2/Z, gzip, and S/MIME enveloped-data over the whole inner entity.
// Two senders in production differ on the outer form (a one-part
// multipart/mixed or the S/MIME object at top level, a repeated
// Content-Description, X-SV_CHIFFREMENT): [Enveloppe] writes either, [Open]
// reads both. What SCOR itself fixes isn't public and comes from a profile.
//
// # Standards
//
//   - RFC 5322, 2045, 2046, 2047, 2183: messages, MIME, dispositions
//   - RFC 8551 (S/MIME 4.0), by way of the module's own CMS
//   - RFC 1950 and 1952: zlib and gzip
//
// # Packages
//
//   - transport/smtp, transport/spool: senders ([Expediteur])
//   - transport/pop3, transport/imap, transport/maildir: mailboxes ([Boite])
//   - transport/annuaire: directories of certificates ([Annuaire])
//   - transport/dsn: non-delivery reports
//   - transport/frontal: a frontal to test against
//   - transport/transporttest: the contracts of the interfaces, as tests
package transport
