package transport

import (
	"context"
	"io"
	"iter"
)

// MessageBoite is a message waiting in a mailbox.
type MessageBoite struct {
	// ID names the message in its mailbox, the same at each session: the UIDL of
	// POP3, the UIDVALIDITY and UID of IMAP, the unique name of a Maildir.
	ID     string
	Taille int64 // bytes, as announced; 0 when not known

	// Ouvrir gives the bytes of the message as they are in the mailbox. It's valid
	// while the loop over Messages is at this message.
	Ouvrir func(ctx context.Context) (io.ReadCloser, error)
}

// Boite is a mailbox. It removes nothing by itself: a message stays until
// Acquitter, which the caller calls once its own journal holds the message.
//
// A mailbox can show again a message that was acknowledged (a POP3 server
// removes only on QUIT, and a connection can be lost before): the caller's
// journal remembers the IDs already taken. [Relever] does that work.
type Boite interface {
	// Messages opens the mailbox and lists it, oldest first. An error that ends
	// the listing comes as the last element; one that concerns a single message
	// comes from its Ouvrir. The session lasts as long as the loop.
	Messages(ctx context.Context) iter.Seq2[MessageBoite, error]
	// Acquitter drops a message from the mailbox, during the loop or after it. An
	// ID that's no longer there is not an error.
	Acquitter(ctx context.Context, id string) error
}
