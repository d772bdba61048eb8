package transport

import (
	"context"
	"io"
	"iter"
)

// MessageBoite is a message waiting in a mailbox.
type MessageBoite struct {
	// Compte names the account that the mailbox is read as, the same at each session
	// and different for each account: protocol, user and server, or the path of a
	// folder. No secret is in it.
	Compte string
	// ID names the message in its mailbox, the same at each session: the UIDL of
	// POP3, the UIDVALIDITY and UID of IMAP, the unique name of a Maildir. Servers
	// reuse it: see [Identite].
	ID     string
	Taille int64 // bytes, as announced; 0 when not known

	// Open gives the bytes of the message as they are in the mailbox. It's valid
	// while the loop over Messages is at this message.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Boite is a mailbox. It removes nothing by itself: a message stays until
// Acquitter. [Relever] is its only reader: it calls Acquitter once the host's memory
// holds the message, and knows again one that was acknowledged and still shows (a
// POP3 server removes only on QUIT, and a connection can be lost before). Package
// transporttest holds the contract as a test.
type Boite interface {
	// Messages opens the mailbox and lists it, oldest first. An error that ends
	// the listing comes as the last element; one that concerns a single message
	// comes from its Open. The session lasts as long as the loop.
	Messages(ctx context.Context) iter.Seq2[MessageBoite, error]
	// Acquitter drops a message from the mailbox: within the loop, the one that the
	// loop has shown under this ID; after it, the one that has this ID now. An ID
	// that's no longer there is not an error.
	Acquitter(ctx context.Context, id string) error
}
