package dsn

import (
	"html"
	"strings"
)

// sansBalises is the text of an HTML page, roughly: tags are line ends.
func sansBalises(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		j := strings.IndexByte(s, '>')
		if j < 0 {
			break
		}
		balise := strings.ToLower(s[1:min(j, 10)])
		s = s[j+1:]
		for _, x := range []string{"style", "script", "head"} {
			if balise == x || strings.HasPrefix(balise, x+" ") {
				if k := strings.Index(s, "</"); k >= 0 {
					s = s[k:]
				} else {
					s = ""
				}
			}
		}
		if !strings.HasPrefix(balise, "a ") && balise != "/a" && balise != "b" && balise != "/b" && !strings.HasPrefix(balise,
			"span") && balise != "/span" {
			b.WriteByte('\n')
		}
	}
	return html.UnescapeString(b.String())
}
