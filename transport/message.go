package transport

import (
	"crypto/x509"
	"io"
	"time"
)

// TypeEDI is the media type of a billing file inside a message (RFC 1767). Its
// case varies in the field: compare with strings.EqualFold.
const TypeEDI = "application/EDI-consent"

// Partie is one part of a message to send. It's always written in base64.
type Partie struct {
	Type        string // media type, such as TypeEDI or "application/pdf"
	Description string // Content-Description, such as "IRIS/B2/Z"; "" for none
	Nom         string // file name of the Content-Disposition; "" for none
	Gzip        bool   // compress the content (RFC 1952)

	// Open gives the content from its start, at each call.
	Open func() (io.ReadCloser, error)
}

// Message is a message to send.
type Message struct {
	De        string   // sender: an address, with or without a name
	A         []string // recipients
	Sujet     string
	ID        string    // Message-ID, without < and >
	Date      time.Time // zero: the moment of composing
	Parties   []Partie
	Enveloppe Enveloppe

	EnReponseA []string // Message-IDs of In-Reply-To, without < and >

	// Entetes are other header fields, by name, as a convention asks for ("X-Compostage"); none that mail has.
	Entetes map[string]string
}

// Enveloppe says in what outer form a message is written. Its zero value is a
// message in clear.
type Enveloppe struct {
	// Chiffrement is the content cipher: "aes-128-cbc", "aes-192-cbc",
	// "aes-256-cbc", "des-ede3-cbc" (or "3des"), "aes-128-gcm" or "aes-256-gcm"
	// (authenticated, RFC 8551; where the profile says that the frontal reads it), or
	// "" (or "aucun") for a message in clear.
	Chiffrement string
	// TransportCle is how the content key travels: "pkcs1v15" (also ""), "oaep"
	// (RFC 3560 with its default SHA-1) or "oaep-sha256".
	TransportCle string
	// BER writes the encrypted object in one pass over the parts, with indefinite
	// lengths. By default it's DER, as the known senders write it: the parts are
	// read twice, and must be the same both times.
	BER bool
	// Certificats are those of the recipients; each of them can open the message.
	Certificats []*x509.Certificate

	// Signataires sign the inner entity before it's encrypted (an opaque signed-data
	// object). The IRIS/B2 flows aren't signed.
	Signataires []Signataire

	// TypePKCS7 is the media type of the encrypted object; "" is
	// "application/pkcs7-mime". One of the two public senders writes
	// "application/x-pkcs7-mime".
	TypePKCS7 string
	// MultipartExterne wraps the message in a multipart/mixed of one part.
	MultipartExterne bool
	// DescriptionExterne repeats the Content-Description of the first part in the
	// outer header.
	DescriptionExterne bool
	// XSVChiffrement is the value of X-SV_CHIFFREMENT; "" for no such header.
	XSVChiffrement string
	// LigneBase64 is the length of the base64 lines of the parts, a multiple of 4
	// up to 76; 0 is 76, as both public senders write.
	LigneBase64 int
	// LignePKCS7 is that of the encrypted object; 0 is 64.
	LignePKCS7 int

	// Rand is the source of the boundaries, the content key and its vector; nil is
	// crypto/rand. With a given source and a given Message.Date the composed bytes
	// are always the same.
	Rand io.Reader
}
