// Package journal holds the only truth of a suivi: an append-only, hash-chained list of events, and the one table of
// transitions that says what each event does to the object that it concerns.
//
// An Evenement concerns one object: an invoices' lot, an invoice, a pièce justificative, a SCOR lot, a message sent, a
// message received, or the practice itself. An Objet is the fold of the events of one object: Plier computes it, the
// stores (retour/suivi/sqlite, retour/suivi/postgres, Memoire) keep it materialised in the same transaction as the
// events, and Verifier proves that both the chain and the materialised objects are what the events say.
//
// # The chain
//
// Condense(n) = SHA-256(version, Condense(n-1), SHA-256(every other column of event n)). Changing any byte of any event
// breaks the chain at that event. What a chain alone can't show, the loss of its last events, is shown by a Tete kept
// elsewhere: in a backup, in a proof pack.
//
// # Concurrency
//
// Each event says the version that its object must have before it (Version-1). A store refuses the whole group with
// ErrConflit when another writer was faster: read again, decide again. That, not the lease, is what makes two workers
// unable to take the same step; leases (Prendre) only keep them from wasting their work.
//
// # Sources
//
// The states and their names are those of a certified engine of the field (states of files, lots and FSE: constitué,
// transmis, MdS, ANR, ARL+, ARL−, limite de retransmission, reconstitué, manuel). What each return code means is the
// profile's.
package journal
