package pdf

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// Info describes the document. Text is Unicode, without control characters.
type Info struct {
	Titre      string    // dc:title and /Title
	Createur   string    // the program that made the document: xmp:CreatorTool and /Creator
	Producteur string    // the library that wrote the PDF: pdf:Producer and /Producer
	Date       time.Time // creation and modification, to the second; the zero time writes none
	ID         []byte    // 16 bytes of /ID; nil derives them from the content
	Rapide     bool      // compresses in less time, for documents of thousands of pages of text
}

func (i *Info) valider() error {
	for _, c := range []struct{ nom, valeur string }{{"Titre", i.Titre}, {"Createur", i.Createur},
		{"Producteur", i.Producteur}} {
		if !utf8.ValidString(c.valeur) {
			return fmt.Errorf("pdf: Info.%s is not valid UTF-8", c.nom)
		}
		if strings.ContainsFunc(c.valeur, func(r rune) bool { return r < ' ' || r == 0x7F || r == 0xFFFE || r == 0xFFFF }) {
			return fmt.Errorf("pdf: Info.%s holds a control character", c.nom)
		}
	}
	if i.ID != nil && len(i.ID) != 16 {
		return fmt.Errorf("pdf: Info.ID has %d bytes, want 16", len(i.ID))
	}
	return nil
}

// dictionnaire is the Info dictionary; each entry has its twin in xmp, as
// ISO 19005-1 § 6.7.3 wants.
func (i *Info) dictionnaire() string {
	var b strings.Builder
	b.WriteString("<<")
	texte := func(cle, v string) {
		if v != "" {
			b.WriteString("/" + cle + " " + chaineTexte(v))
		}
	}
	texte("Title", i.Titre)
	texte("Creator", i.Createur)
	texte("Producer", i.Producteur)
	if !i.Date.IsZero() {
		d := DateTexte(i.Date)
		b.WriteString("/CreationDate " + d + "/ModDate " + d)
	}
	b.WriteString(">>")
	return b.String()
}

// DateTexte is a moment as PDF writes it: (D:20260131120000+01'00').
func DateTexte(t time.Time) string {
	_, s := t.Zone()
	signe := '+'
	if s < 0 {
		signe, s = '-', -s
	}
	return fmt.Sprintf("(D:%s%c%02d'%02d')", t.Format("20060102150405"), signe, s/3600, s/60%60)
}

func (i *Info) xmp() string {
	e := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
		return b.String()
	}
	var b strings.Builder
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n" +
		"<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n" +
		"<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n</rdf:Description>\n")
	if i.Titre != "" {
		b.WriteString("<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n" +
			"<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">" + e(i.Titre) +
			"</rdf:li></rdf:Alt></dc:title>\n</rdf:Description>\n")
	}
	if i.Createur != "" || !i.Date.IsZero() {
		b.WriteString("<rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n")
		if i.Createur != "" {
			b.WriteString("<xmp:CreatorTool>" + e(i.Createur) + "</xmp:CreatorTool>\n")
		}
		if !i.Date.IsZero() {
			d := i.Date.Format("2006-01-02T15:04:05-07:00")
			b.WriteString("<xmp:CreateDate>" + d + "</xmp:CreateDate><xmp:ModifyDate>" + d + "</xmp:ModifyDate>\n")
		}
		b.WriteString("</rdf:Description>\n")
	}
	if i.Producteur != "" {
		b.WriteString("<rdf:Description rdf:about=\"\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n" +
			"<pdf:Producer>" + e(i.Producteur) + "</pdf:Producer>\n</rdf:Description>\n")
	}
	b.WriteString("</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>")
	return b.String()
}

// chaineTexte is a text string: ASCII as a literal, anything else as UTF-16.
func chaineTexte(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r > 0x7E || r < ' ' }) < 0 {
		return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
	}
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}
