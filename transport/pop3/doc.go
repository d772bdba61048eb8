// Package pop3 reads a mailbox over POP3.
//
// Implemented: RFC 1939 (USER, PASS, STAT by LIST, UIDL, RETR, DELE, QUIT), RFC
// 2595 (STLS), RFC 8314 (implicit TLS), RFC 5034 (AUTH, for XOAUTH2), RFC 2449 and
// 3206 (response codes).
// Messages are streamed and given byte for byte, CRLF included, which is why the
// dot lines are undone here and not by net/textproto (it rewrites line ends, and
// reads lines of any length).
//
// A POP3 server removes messages only when the session ends by QUIT: a message
// acknowledged in a loop over Messages is gone when the loop ends without error.
// If the connection is lost before, it shows again in the next session, under the
// same ID. Servers also give one ID to several messages, or again to another one:
// transport.Relever, by which mailboxes are read, knows a message by its account, its
// ID and its bytes.
package pop3
