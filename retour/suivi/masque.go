package suivi

import "regexp"

// formeNIR is a NIR, with or without its key and blanks, anywhere in a text.
var formeNIR = regexp.MustCompile(`\b[1-478](?: ?[0-9]){5} ?[0-9AB](?: ?[0-9]){6}(?: ?[0-9]{2})?\b`)

// masquer takes what looks like a NIR out of a text that the caisse wrote freely.
func masquer(s string) string { return formeNIR.ReplaceAllString(s, "…") }
