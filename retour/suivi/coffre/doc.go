// Package coffre keeps the exact bytes of documents and messages, addressed by their SHA-256 and encrypted at rest.
//
// A Coffre encrypts; a Depot keeps what it is given: OpenDossier (a folder), the stores of retour/suivi/sqlite and
// retour/suivi/postgres, or retour/suivi/coffre/seau (any bucket of gocloud.dev/blob).
//
// # Format of a document at rest
//
//	"SCOF" 1                    magic and version
//	16 bytes                    salt, random
//	chunks of 65,552 bytes      XChaCha20-Poly1305 of 65,536 bytes of the document; the last one is shorter, or empty
//
// The key of a document is HKDF-SHA256(host's key, salt, "scor-sdk coffre document 1"). The nonce of chunk n is 12 zero bytes, n on 11
// bytes and 1 for the last chunk, else 0: chunks can't be moved, repeated or cut off without the opening failing. The name that a
// Depot sees is the SHA-256 of the clear bytes in hexadecimal; after decryption the bytes are checked against it.
//
// Short texts (Sceller) are sealed with their own derived key and a random nonce, and bound to a context. Index gives a keyed digest
// (HMAC-SHA256) by which a value can be searched without being stored.
//
// The key is 32 bytes that the host supplies and keeps; no method gives it back and no error or String prints it.
package coffre
