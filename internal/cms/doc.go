// Package cms reads and writes, in streams, the part of the Cryptographic
// Message Syntax that carries the billing flows: EnvelopedData (encryption for
// the frontal's certificate) and SignedData (attached and detached).
//
// Memory is bounded whatever the size of the content, and the algorithms are
// chosen per call: the package has no state.
//
// Implemented:
//
//   - RFC 5652 §3 ContentInfo, §6 EnvelopedData (KeyTransRecipientInfo by
//     issuerAndSerialNumber and by subjectKeyIdentifier; recipients of other
//     kinds are passed over), §5 SignedData
//   - RFC 3370 §4.2.1 RSA PKCS#1 v1.5 key transport, §5.1 DES-EDE3-CBC
//   - RFC 3560 RSAES-OAEP, with SHA-1 (its default) and SHA-2 parameters
//   - RFC 3565 AES-128/192/256-CBC
//   - RFC 5083 AuthEnvelopedData with AES-128/256-GCM (RFC 5084)
//   - RFC 4056 RSASSA-PSS and RFC 5754 RSA and ECDSA signatures with SHA-2
//   - RFC 3218: a key that does not unpad is replaced by a random one, so that
//     a bad key, a bad key padding and a bad content padding give one and the
//     same error, [ErrDechiffrement]
//
// Both encodings are read: DER, and BER with indefinite lengths, constructed
// OCTET STRINGs and non-minimal lengths. DER is written when the size of the
// content is announced ([Options.Taille]), BER with indefinite lengths otherwise.
//
// What the billing flows use of it (from two senders in production): EnvelopedData
// without signature, 3DES in 2013-2016 and AES-128-CBC in 2025, RSA recipients.
package cms
