// Package entete says which header fields a convention may add to a mail.
package entete

import (
	"regexp"
	"slices"
	"strings"
)

var forme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,60}$`)

// duCourrier are the fields that mail programs write and read themselves: another value would be lost, or
// would lead the message astray.
var duCourrier = []string{"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id",
	"in-reply-to", "references", "mime-version", "received", "return-path", "delivered-to", "disposition-notification-to",
	"x-sv_chiffrement", "dkim-signature"}

// Libre says whether a message may have a field of that name besides those of mail.
func Libre(nom string) bool {
	bas := strings.ToLower(nom)
	return forme.MatchString(nom) && !strings.HasPrefix(bas, "content-") && !strings.HasPrefix(bas, "resent-") &&
		!slices.Contains(duCourrier, bas)
}
