// Package coffre keeps the exact bytes of documents and messages, addressed by their SHA-256 and encrypted at rest.
//
// A Coffre encrypts; a Depot keeps what it is given: OpenDossier (a folder), the stores of retour/suivi/sqlite and
// retour/suivi/postgres, or retour/suivi/coffre/seau (any bucket of gocloud.dev/blob).
//
// # Format of a document at rest
//
//	"SCOF" 2                    magic and version
//	8 bytes                     identifier of the host's key: HKDF-SHA256(key, "scor-sdk coffre identifiant 2")
//	24 bytes                    nonce, random
//	48 bytes                    XChaCha20-Poly1305 of the document's own key, 32 random bytes, bound to
//	                            "scor-sdk coffre document 2", under HKDF-SHA256(key, "scor-sdk coffre enveloppe 2")
//	chunks of 65,552 bytes      XChaCha20-Poly1305 of 65,536 bytes of the document; the last one is shorter, or empty
//
// The nonce of chunk n is 15 zero bytes, n on 8 bytes and 1 for the last chunk, else 0: chunks can't be moved, repeated
// or cut off without the opening failing. The name that a Depot sees is the SHA-256 of the clear bytes in hexadecimal;
// after decryption the bytes are checked against it. Version 1, still read, had after its magic a salt of 16 bytes from
// which, with the host's key, the document's was derived.
//
// Supprimer destroys the document's key with it. The entry "trousseau" holds the inner keys, sealed in the same way:
// that of the short texts (Sceller), which are sealed with a random nonce and bound to a context, and that of Index, a
// keyed digest (HMAC-SHA256) by which a value can be searched without being stored.
//
// The key is 32 bytes that the host supplies and keeps; no method gives it back and no error or String prints it. Open
// refuses another one with ErrCle. Tourner replaces it.
package coffre
