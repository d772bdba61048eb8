// Package suivi follows invoices, pièces justificatives, lots and messages from the invoice to the caisse's answer, so
// that nothing is lost, nothing goes twice, and a person is asked only where one is needed.
//
//	s, err := suivi.Open(ctx, suivi.Config{Profil: profil, Journal: journal, Coffre: coffre, Emetteur: emetteur,
//		Expediteur: smtp, Boites: []transport.Boite{pop3}, Annuaire: annuaire, Destination: routage})
//	s.DeposerFlux(ctx, b2)       // the invoices' lots; their file is queued
//	s.DeposerPiece(ctx, piece)   // each piece, whenever it is there
//	s.Avancer(ctx)               // a round: mail in, states, lots, mail out, deadlines; again whenever you like
//	s.Synthese(ctx, filtre)      // what goes well, counted; what needs a person, listed with its actions
//	s.Factures(ctx)              // each invoice with its pieces, its state and what to do, in French
//
// Every call is idempotent, and may be killed at any instruction: the journal (retour/suivi/journal) is the only truth,
// and states are folds of it.
//
// # Sending
//
// A message takes its identity first (its compostage, from which its Message-ID follows), then its exact bytes go to
// the Coffre, then the attempt is noted, then it is handed to the relay, then the relay's reply is noted. Each step is
// durable before the next. A crash between the last two, or a connection lost before the reply, leaves the relay's copy
// unknown: the same bytes go again under the same Message-ID, which is what the field does after an ANR. No other
// identity is ever given to the same lot.
//
// # Rules
//
//   - pieces wait for the ARL+ of their invoices' lot (conv. kinésithérapeutes, avenant 3, annexe 4, art. 2.4; SCOR-CP
//     likewise)
//   - ARL− and MdS dissolve a lot; after an ANR, or silence, the same file goes again under the same identity, up to
//     the profile's limit
//   - a piece is never sent in two modes at once (art. 2.1): only what is out of any lot can go on paper
//   - a series of acts sends the reference of the piece already acknowledged (art. 2.3)
//   - from the first attempt, the profile's days to succeed (5 in the conventions), then the profile's other mode
//   - an ARL+ is receipt, not payment: an RSP can reject later
//
// The states and their names are those of the field (a certified engine's states of files, lots and FSE); docs/etats.md
// draws them.
//
// # Keeping
//
// Archives finds pieces by patient, invoice, lot and day; Copie gives one to somebody and notes it; Preuve packs what
// proves an invoice; Purger removes what dated rules (conservation.yaml) let go. Backups are made while the journal is
// in use: the journal first (sqlite's Sauvegarder, or journal.Copier into any other store), then the documents
// (coffre.Copier), so that every document that the copy of the journal names is there. Suivi.Verifier proves what was
// restored: the journal, and that every document which it names is there, whole.
//
// # Secrets
//
// The journal holds no NIR, no name, no image: invoices and documents are in the Coffre, encrypted by the host's key;
// patients and series are keyed digests; file names are sealed.
package suivi
