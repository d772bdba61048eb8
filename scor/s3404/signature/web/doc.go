// Package web is the page on which the bordereaux S3404 are signed, for a tablet on the establishment's own network: a
// list of what awaits a signature, the bordereau as PDF (or as a table on a screen without a PDF viewer), its lot and
// the time, and a box for finger, pen, mouse or keyboard. Nothing of it comes from another host.
//
// [New] gives an [http.Handler] over a [signature.Registre]; the host says who may sign with an [Authentificateur]
// ([Appairage], a one-time code that is read aloud from the biller's screen, is shipped), and serves it with
// [NewServer], [CertificatLocal] and [Listen], or with its own server.
//
// Who signed gets a copy of the signed file there, to print or to keep, and by mail where the host sends it
// ([Config.EnvoyerCopie]). Of a bordereau that several sign, each sees it when the turn comes
// ([signature.Document.Ordre]); [Appairages] lets each in by a code.
//
// # What a security reviewer asks
//
//   - Transport: TLS 1.2 or later; plain HTTP is refused anywhere but on loopback ([Listen]). Without a certificate of
//     the host's, one is made locally and its SHA-256 is to be compared with what the tablet shows. HSTS only with a
//     real certificate: with a self-made one it would make the browser's warning impassable.
//   - Session: 256 random bits in a cookie __Host-, Secure, HttpOnly, SameSite=Strict; only its hash is in memory; ends
//     after 15 idle minutes. A new one at each sign-in. Wrong codes are limited for each client and in all.
//   - Requests that change something: same origin by Sec-Fetch-Site or Origin, and a token of the session, compared in
//     constant time. Bodies and times are limited.
//   - Answers: Content-Security-Policy without 'unsafe-inline', nosniff, no-referrer, no framing by others, and
//     no-store on all that depends on a session.
//   - Personal data: URLs hold the hash of a document, never a lot, a name or a NIR; the log holds identifiers and
//     outcomes.
//
// # What a bad network does
//
// Each stroke is kept in the tab's sessionStorage at once and on the server soon after; a reload brings back the
// newest. "Signer" sends a demand with a key that it repeats unchanged until it has an answer; [signature.Registre]
// signs once and answers all of them alike.
package web
