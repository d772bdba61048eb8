// Package annuaire finds the certificate to encrypt with for a frontal's address,
// and refuses it before anything leaves when it is expired, revoked, of another
// address or of an unknown authority. It's a [transport.Annuaire].
//
// Where certificates come from is a [Source]: a folder of PEM or DER files here
// ([Dossier]), an LDAP directory in transport/annuaire/ldap, which alone brings
// the LDAP library in. Both go through the same checks.
//
// Implemented:
//
//   - the choice of the public senders: among the certificates of an address, those
//     in validity, the highest serial number first (two senders in
//     production, confidence H)
//   - the certificate's CN is the address (same sources)
//   - RFC 5280 §6 certification path, by crypto/x509, which refuses SHA-1 signatures
//   - RFC 5280 §5 revocation lists, complete and delta (§5.2.4), for each
//     certificate of the path
//
// With [WithCache] what a directory says is kept on disk. When it's down, the last
// answer serves, with a warning, as long as the certificate is in validity.
package annuaire
