package transport

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/textproto"
)

// nomMax leaves room, under the 255 bytes of file systems, for what is added to tell
// two parts of one name apart.
const nomMax = 200

// nomFichier gives the file name of a part, or "".
func nomFichier(h textproto.Header, params map[string]string) string {
	nom := params["name"]
	if _, p := typeMedia(h.Get("Content-Disposition")); p["filename"] != "" {
		nom = p["filename"]
	}
	return nomSur(decoderEntete(nom))
}

// nomSur makes of a name that somebody sent one that can be written on any system:
// a single path element, without what a terminal obeys or Windows forbids, nor one of
// its devices, of at most nomMax bytes with its extension.
func nomSur(nom string) string {
	if i := strings.LastIndexAny(nom, `/\`); i >= 0 {
		nom = nom[i+1:]
	}
	nom = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) || r == utf8.RuneError ||
			strings.ContainsRune(`:*?"<>|`, r) {
			return -1
		}
		return r
	}, nom)
	nom = strings.TrimRight(strings.TrimLeft(nom, ". "), ". ")
	if base, _, _ := strings.Cut(nom, "."); peripherique(strings.TrimRight(base, " ")) {
		nom = "_" + nom
	}
	if len(nom) <= nomMax {
		return nom
	}
	ext := path.Ext(nom)
	if len(ext) > 20 {
		ext = ""
	}
	base := nom[:nomMax-len(ext)]
	for !utf8.ValidString(base) { // the cut fell within a letter
		base = base[:len(base)-1]
	}
	return strings.TrimRight(base, ". ") + ext
}

// peripherique: a name that Windows gives to a device, with or without extension.
func peripherique(s string) bool {
	s = strings.ToUpper(s)
	switch s {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, p := range []string{"COM", "LPT"} {
		if n, ok := strings.CutPrefix(s, p); ok && utf8.RuneCountInString(n) == 1 && strings.ContainsAny(n, "0123456789¹²³") {
			return true
		}
	}
	return false
}
