// Package xoauth2 is the SASL mechanism by which Google's and Microsoft's mail
// servers take an OAuth 2.0 access token, before RFC 7628.
package xoauth2

// Nom of the mechanism.
const Nom = "XOAUTH2"

// Client is a sasl.Client.
type Client struct {
	identifiant string
	jeton       func() string // a function, since fmt prints the fields that aren't exported
}

// New makes the client of one connection.
func New(identifiant, jeton string) *Client {
	return &Client{identifiant, func() string { return jeton }}
}

// Start gives the whole of what a client says.
func (c *Client) Start() (string, []byte, error) {
	return Nom, []byte("user=" + c.identifiant + "\x01auth=Bearer " + c.jeton() + "\x01\x01"), nil
}

// Next answers the error that a server sends as a challenge with an empty line,
// after which its refusal comes.
func (c *Client) Next([]byte) ([]byte, error) { return []byte{}, nil }
