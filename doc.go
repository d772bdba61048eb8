// Package scorsdk is the map of an SDK for SCOR (SCannérisation des ORdonnances), the service by which French health
// professionals and clinics send the scanned pièces justificatives of their electronic invoices to the Assurance
// Maladie. It holds no code.
//
// # The way of a piece
//
//		scans ──▶ scor/numerisation ──▶ scor.Piece ──┐
//		                                             ├─▶ lot ──▶ transport ──▶ frontal
//		invoices (fse/b2, or the editor's own) ──▶ ──┘                           │
//		          retour/suivi (journal, states) ◀── retour (ARL, MdS, ANR, RSP) ◀── mailbox
//
//	  - [github.com/scor-sdk/scor-sdk-go/fse]: invoices, lots, identifiers; fse/b2 reads and writes B2/IRIS files,
//	    fse/routage the routing table.
//	  - [github.com/scor-sdk/scor-sdk-go/scor]: pieces, the rules (which piece for which invoice), the profile.
//	    scor/numerisation turns scans into checked PDF/A; scor/papier and scor/s3404 make the papers that software makes.
//	  - [github.com/scor-sdk/scor-sdk-go/lot]: pairs pieces with invoices and makes lots of them.
//	  - [github.com/scor-sdk/scor-sdk-go/transport]: messages, S/MIME, certificates, SMTP out, POP3, IMAP or Maildir in;
//	    transport/frontal is a frontal to test against.
//	  - [github.com/scor-sdk/scor-sdk-go/retour]: what came back, typed; retour/noemie reads the RSP.
//	  - [github.com/scor-sdk/scor-sdk-go/retour/suivi]: the journal and the states, what is due, what a person has to do.
//	    Most programs talk to this one; retour/suivi/ecrans shows it to people.
//
// Imports go one way: internal ← fse ← scor ← lot ← transport ← retour ← retour/suivi ← examples.
//
// # Where an editor plugs in
//
//	what                         interface or type          shipped
//	source of invoices           a B2 file, or fse.Lot      fse/b2
//	source of pieces             scor.Piece                 scor/numerisation, scor/s3404, scor/papier
//	sender                       transport.Expediteur       transport/smtp, transport/spool
//	mailbox                      transport.Boite            transport/pop3, transport/imap, transport/maildir
//	journal and raw bytes        suivi.Journal, suivi.Coffre retour/suivi/sqlite, postgres, coffre
//	directory of certificates    transport.Annuaire         transport/annuaire, transport/annuaire/ldap
//
// # Profile
//
// Layouts of SCOR lots, codes and limits are in specifications that the GIE SESAM-Vitale hands to editors under
// contract. They are not here: [github.com/scor-sdk/scor-sdk-go/scor.Profil] reads them from a file that the editor
// writes. The shipped profiles use the SDK's own encoding, and nothing here claims conformity.
package scorsdk
