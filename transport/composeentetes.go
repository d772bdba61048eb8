package transport

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/internal/entete"
)

func (c *composition) entetesMessage() (string, error) {
	for _, id := range append([]string{c.ID}, c.EnReponseA...) {
		if err := verifierID(id); err != nil {
			return "", err
		}
	}
	for _, s := range []string{c.Sujet, c.Enveloppe.XSVChiffrement, c.Enveloppe.TypePKCS7} {
		if err := valeurSaine(s); err != nil {
			return "", err
		}
	}
	if err := verifierChamps("Content-Type: " + c.Enveloppe.TypePKCS7); err != nil {
		return "", err
	}
	de, err := adresseEntete(c.De)
	if err != nil {
		return "", err
	}
	if len(c.A) == 0 {
		return "", erreurMessage("no recipient")
	}
	var a []string
	for _, s := range c.A {
		ad, err := adresseEntete(s)
		if err != nil {
			return "", err
		}
		a = append(a, ad)
	}
	date := c.Date
	if date.IsZero() {
		date = time.Now()
	}
	var b strings.Builder
	champ(&b, "From", de)
	champ(&b, "To", strings.Join(a, ", "))
	champ(&b, "Message-ID", "<"+c.ID+">")
	champ(&b, "Subject", texteEntete(c.Sujet))
	for _, nom := range slices.Sorted(maps.Keys(c.Entetes)) {
		if err := valeurSaine(c.Entetes[nom]); err != nil || !entete.Libre(nom) {
			return "", errors.Join(erreurMessage("header field %q", nom), err)
		}
		champ(&b, nom, texteEntete(c.Entetes[nom]))
	}
	if len(c.EnReponseA) > 0 {
		champ(&b, "In-Reply-To", "<"+strings.Join(c.EnReponseA, "> <")+">")
	}
	champ(&b, "Date", date.Format(time.RFC1123Z))
	champ(&b, "MIME-Version", "1.0")
	// A single part in clear at top level brings its own Content-Description.
	if d := c.Parties[0].Description; d != "" && c.Enveloppe.DescriptionExterne &&
		(!c.Enveloppe.sansChiffrement() || c.Enveloppe.MultipartExterne || len(c.Parties) > 1) {
		champ(&b, "Content-Description", texteEntete(d))
	}
	if x := c.Enveloppe.XSVChiffrement; x != "" {
		champ(&b, "X-SV_CHIFFREMENT", texteEntete(x))
	}
	return b.String(), verifierChamps(b.String())
}

// verifierID wants what a Message-ID may be once it's between brackets in a header.
func verifierID(id string) error {
	if strings.ContainsAny(id, "<> \t") || !strings.Contains(id, "@") {
		return erreurMessage("Message-ID %q, want left@right without brackets", id)
	}
	return valeurSaine(id)
}

func adresseEntete(s string) (string, error) {
	ad, err := mail.ParseAddress(s)
	if err != nil {
		return "", erreurMessage("address %q: %v", s, err)
	}
	if err := valeurSaine(ad.Address); err != nil {
		return "", err
	}
	if !ascii(ad.Address) {
		return "", erreurMessage("address %q isn't ASCII", s)
	}
	if ad.Name == "" {
		return ad.Address, nil
	}
	return ad.String(), nil
}

// motMax is the longest word that's written as it is: a line is folded at spaces only.
const motMax = 400

// texteEntete encodes what a header can't hold as it is (RFC 2047): letters that aren't
// ASCII, and words that would make a line too long.
func texteEntete(s string) string {
	if !slices.ContainsFunc(strings.Split(s, " "), func(mot string) bool { return len(mot) > motMax }) {
		return mime.QEncoding.Encode("utf-8", s)
	}
	var mots []string
	for s != "" {
		n := min(len(s), 45) // 60 in base64, under the 75 of an encoded word
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		mots = append(mots, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(mots, " ")
}

// pieceJointe is the Content-Disposition of a part of that file name. A long one goes on
// from parameter to parameter (RFC 2231 §3).
func pieceJointe(nom string) string {
	if v := mime.FormatMediaType("attachment", map[string]string{"filename": nom}); v != "" && len(v) <= motMax {
		return v
	}
	const sectionMax = 60
	var b strings.Builder
	b.WriteString("attachment")
	code := url.PathEscape(nom)
	code = strings.NewReplacer("'", "%27", "(", "%28", ")", "%29", "*", "%2A", "@", "%40", ":", "%3A", "=", "%3D", ";",
		"%3B", ",", "%2C").Replace(code)
	for i := 0; code != ""; i++ {
		n := min(len(code), sectionMax)
		for n < len(code) && n > sectionMax-3 && (code[n-1] == '%' || code[n-2] == '%') {
			n--
		}
		charset := ""
		if i == 0 {
			charset = "utf-8''"
		}
		fmt.Fprintf(&b, "; filename*%d*=%s%s", i, charset, code[:n])
		code = code[n:]
	}
	return b.String()
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// ligneMax is that of RFC 5322 §2.1.1, without its CRLF.
const ligneMax = 998

// verifierChamps refuses what relays cut or refuse, whatever field of the caller it comes
// from: bytes over 7 bits, and lines too long, which could be folded nowhere.
func verifierChamps(champs string) error {
	nom := ""
	for l := range strings.Lines(champs) {
		if l = strings.TrimSuffix(l, "\r\n"); !strings.HasPrefix(l, " ") {
			nom, _, _ = strings.Cut(l, ":")
		}
		if len(l) > ligneMax {
			return erreurMessage("%s: a line of %d bytes that can't be folded, at most %d expected", nom, len(l), ligneMax)
		}
		if !ascii(l) {
			return erreurMessage("%s: a character that isn't ASCII", nom)
		}
	}
	return nil
}

// champ writes a header field, folded at spaces over 76 characters.
func champ(b *strings.Builder, nom, valeur string) {
	b.WriteString(nom + ":")
	large := len(nom) + 1
	for i, mot := range strings.Split(valeur, " ") {
		if large+1+len(mot) > 76 && mot != "" && (i > 0 || strings.HasPrefix(mot, "=?")) {
			b.WriteString("\r\n")
			large = 0
		}
		b.WriteString(" " + mot)
		large += 1 + len(mot)
	}
	b.WriteString("\r\n")
}
