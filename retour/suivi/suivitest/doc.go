// Package suivitest draws an office for tests and demonstrations: invoices and pieces of invented people in every state
// that a suivi knows, made through suivi's own doors in some seconds, under a clock that is moved by hand.
//
//  1. [New] opens a suivi, on a journal in memory unless told otherwise, with a relay that takes everything
//  2. [Cabinet.Dessiner] fills it; or [Cabinet.Lot], [Cabinet.Piece], [Cabinet.ARL]… one by one
//  3. screens, reports and harnesses of a host are tried on Cabinet.Suivi
//
// What the caisse answers is given by the program, as a host does that reads its own mail (Suivi.DeposerRetour): no
// frontal runs. Package transport/frontal is the one to send to. Promised to stay: that the same Plan draws the same
// office.
package suivitest
