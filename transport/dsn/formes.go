package dsn

import (
	"regexp"
	"strings"
)

// Ranks of the ways to name a recipient, from the surest.
const (
	rangListe  = 1 // alone on its line, or before what is said of it
	rangDit    = 2 // in a sentence or a field that announces it
	rangReplie = 3 // by the reply of a relay
	rangFaible = 4 // any other address
	rangAucun  = 5 // none is named
)

const motAdresse = `([A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253})`

// formes are the ways to name a recipient, by rank.
var formes = []struct {
	rang int
	re   *regexp.Regexp
}{
	{rangListe, regexp.MustCompile(`^\s*(?:[*-]{0,2}|>>>)\s*<` + motAdresse + `>(?::|;|\.\.\.|,? *$| *\()`)},
	{rangListe, regexp.MustCompile(`^\s*(?:(?:[*•-]{1,2}|>>>)\s+)?` + motAdresse +
		`(?::|;|\.\.\.| *$| +on [A-Z][a-z]{2}, | *\[| *\(| +<)`)},
	{rangListe, regexp.MustCompile(`^\s*["']?` + motAdresse + `["']?:?\s*(?:\(?<[^<>\s]+>\)?)?:?\s*$`)},
	{rangListe, regexp.MustCompile(`^\s+` + motAdresse + `(?:\s*\.\.\.|\s{2,}|\t)`)},
	{rangListe, regexp.MustCompile(`\bAddress: <` + motAdresse + `>`)},
	// X.400 and MAPI addresses, XMail.
	{rangListe, regexp.MustCompile(`(?i)(?:[;\[]smtp[=:]|dda:smtp=|\brcpt=\[)` + motAdresse)},
	{rangDit, regexp.MustCompile(`(?i)(?:original-recipient|final-recipient|x-actual-recipient|failed recipient|recipients?|destinataires?|e-?mail address|target mail address|address(?:es)?)(?:\s*\([^)]*\))?\s*[:=]\s*(?:rfc822;)?\s*<?` + motAdresse)},
	{rangDit, regexp.MustCompile(`(?i)(?:undeliverable|undelivered|delivered?|delivery|deliver(?:ing)?(?: (?:your |this |the )?(?:e-?mail|message|mail))?|sent|send(?:ing)?|address(?:ed|es)?|recipients?|remis|distribu[ée]|achemin[ée]|d[ée]livr[ée])\s*(?:\([^)]*\)\s*)?(?:to|for|at|[àa]|pour)\s*:?\s*[<"']?` + motAdresse)},
	{rangDit, regexp.MustCompile(`(?i)duplicated message-id in <` + motAdresse + `>`)},
	{rangReplie, regexp.MustCompile(`(?i)\brcpt(?: to)?:\s*<?` + motAdresse)},
	{rangReplie, regexp.MustCompile(`^(?:<<< )?\s*[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?<?` + motAdresse +
		`>?(?:\.\.\.|:)`)},
	{rangReplie, regexp.MustCompile(`(?i)(?:unknown|no such|invalid|unrouteable|rejected|not found|userid|is full)(?:[^@<]{0,40}[\s:<("'])?` + motAdresse)},
}

// contact: lines that give the address of somebody to ask, or of the sender.
var contact = regexp.MustCompile(`(?i)contact|assistance|support@|help|please (?:write|send|e-?mail)|mail from|envelope-from|^\s*(?:from|sender|original sender|reply-to|de)\s*:|postmaster|abuse@|https?://`)

// destinatairesDeLigne gives the recipients that a line names, and how surely.
func destinatairesDeLigne(l string) (rang int, out []string) {
	for _, f := range formes {
		if m := f.re.FindAllStringSubmatch(l, 20); m != nil {
			if f.rang > rangListe && f.rang != rangReplie && contact.MatchString(l) {
				continue
			}
			for _, x := range m {
				out = append(out, strings.TrimRight(x[1], ".-"))
			}
			return f.rang, out
		}
	}
	if contact.MatchString(l) {
		return rangFaible, nil
	}
	return rangFaible, adresses(l)
}
