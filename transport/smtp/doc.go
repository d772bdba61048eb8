// Package smtp puts messages on their way through an SMTP relay: the one of the
// practice's provider, of a clinic, or of a concentrator. It's an
// [transport.Expediteur].
//
// Implemented, over github.com/emersion/go-smtp:
//
//   - RFC 5321 SMTP, with the timeouts of its §4.5.3.2 at each step
//   - RFC 3207 STARTTLS (asked for by default) and RFC 8314 implicit TLS
//   - RFC 4954 AUTH: PLAIN (RFC 4616), LOGIN, XOAUTH2; never without TLS
//   - RFC 1870 SIZE: announced, and what is too big isn't sent
//   - RFC 2920 PIPELINING: the envelope leaves at once where it's offered
//   - RFC 3461 DSN: a report is asked for with the identity of the sending, without the body
//   - RFC 6152 8BITMIME: 8-bit bytes only go to a relay that takes them
//   - RFC 2034 and 3463 enhanced status codes
//
// A recipient refused among others is in Preuve.Refus. A 4xx reply or a lost
// connection is tried again, with a growing wait and jitter; a 5xx is final.
//
// # Lost after the end
//
// When the connection is lost between the end of the message and the relay's
// reply, nobody knows whether the relay has the message (RFC 5321 §4.5.3.2.6, RFC
// 1047). The error then has Incertain set, and the message isn't tried again
// here: whoever keeps the journal sends it again under the same Message-ID.
//
// The relays of the field ask for little: the two public senders use port 25,
// with STARTTLS and LOGIN where configured, and port 587 (confidence M).
package smtp
