package transport

import (
	"bufio"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Transfer encodings of RFC 2045 §6.
const (
	codageTel    = ""
	codageBase64 = "base64"
	codageQP     = "quoted-printable"
)

// codage understands a Content-Transfer-Encoding; remarque is the code of what is
// wrong with it.
func codage(s string) (nom, remarque string) {
	ecrit := strings.ToLower(strings.TrimSpace(s))
	mot := ecrit
	if i := strings.IndexAny(mot, ";, \t(\r\n"); i >= 0 {
		mot = mot[:i]
	}
	mot = strings.Trim(mot, `"'.`)
	if mot != ecrit {
		remarque = ConstatCodageEcrit
	}
	switch mot {
	case "", "7bit", "8bit", "binary":
		return codageTel, remarque
	case codageBase64, codageQP:
		return mot, remarque
	}
	switch strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return -1
		}
		return r
	}, strings.TrimPrefix(mot, "x-")) {
	case "7bits", "8bits", "7bit", "8bit", "binaire", "none":
		return codageTel, ConstatCodageEcrit
	case "base64", "b64":
		return codageBase64, ConstatCodageEcrit
	case "quotedprintable", "quotedprintables", "qp":
		return codageQP, ConstatCodageEcrit
	}
	return codageTel, ConstatCodage
}

// decoder undoes the transfer encoding of an entity; the content of an unknown one is
// given as it is.
func decoder(e entiteLue) io.Reader {
	c, remarque := codage(e.entetes.Get("Content-Transfer-Encoding"))
	if remarque != "" {
		e.remarquer(remarque)
	}
	switch c {
	case codageBase64:
		return nouveauDecodeurBase64(e.corps, e.remarquer)
	case codageQP:
		return nouveauDecodeurQP(e.corps, func() { e.remarquer(ConstatQP) })
	}
	return e.corps
}

// decompresser undoes gzip or zlib when the content starts like one of them:
// the field's senders used both, and returns come compressed or not.
func decompresser(r io.Reader) (io.Reader, string, error) {
	br := bufio.NewReaderSize(r, tampon/2)
	debut, err := br.Peek(2)
	if err != nil {
		// Shorter than a compressed stream can be: given as it is, with its error.
		return br, "", nil
	}
	switch {
	case debut[0] == 0x1f && debut[1] == 0x8b:
		z, err := gzip.NewReader(br)
		return z, "gzip", err
	case debut[0] == 0x78 && (uint(debut[0])<<8|uint(debut[1]))%31 == 0:
		z, err := zlib.NewReader(br)
		return z, "zlib", err
	}
	return br, "", nil
}

// typeMedia reads a Content-Type as leniently as the field asks: a bad
// parameter doesn't lose the type, nor the boundary.
func typeMedia(s string) (string, map[string]string) {
	if strings.TrimSpace(s) == "" {
		return "text/plain", nil
	}
	t, params, err := mime.ParseMediaType(s)
	if err == nil {
		return t, params
	}
	t, reste, _ := strings.Cut(s, ";")
	t = strings.ToLower(strings.TrimSpace(t))
	params = map[string]string{}
	for _, m := range parametre.FindAllStringSubmatch(reste, 32) {
		nom := strings.ToLower(m[1])
		if _, deja := params[nom]; !deja {
			params[nom] = m[2] + m[3]
		}
	}
	return t, params
}

var parametre = regexp.MustCompile(`([A-Za-z0-9-]+)\s*=\s*(?:"([^"]*)"|([^\s;"]+))`)

var mots = mime.WordDecoder{CharsetReader: func(jeu string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(jeu) {
	case "windows-1252", "cp1252":
		return charmap.Windows1252.NewDecoder().Reader(r), nil
	case "iso-8859-15", "latin-9":
		return charmap.ISO8859_15.NewDecoder().Reader(r), nil
	}
	return nil, fmt.Errorf("charset %q", jeu)
}}

// decoderEntete decodes the words of RFC 2047; what can't be decoded stays as
// written, and raw 8-bit text is taken for Latin-1.
func decoderEntete(s string) string {
	if !utf8.ValidString(s) {
		r := make([]rune, 0, len(s))
		for i := range len(s) {
			r = append(r, rune(s[i]))
		}
		s = string(r)
	}
	if d, err := mots.DecodeHeader(s); err == nil {
		return d
	}
	return s
}

func premiereAdresse(s string) string {
	if a := adresses(s); len(a) > 0 {
		return a[0]
	}
	return ""
}

var adresseNue = regexp.MustCompile(`[^\s<>,;:"]+@[^\s<>,;:"]+`)

func adresses(s string) []string {
	var out []string
	l, err := (&mail.AddressParser{WordDecoder: &mots}).ParseList(s)
	if err != nil {
		return adresseNue.FindAllString(s, 100)
	}
	for _, a := range l {
		out = append(out, a.Address)
	}
	return out
}

var entreChevrons = regexp.MustCompile(`<([^<>\s]+)>`)

func identifiants(s string) []string {
	var out []string
	for _, m := range entreChevrons.FindAllStringSubmatch(s, 100) {
		out = append(out, m[1])
	}
	return out
}
