// Package repartition deals the pages of a batch of scans out to invoices. It proposes, and decides nothing: a person
// looks at what it proposes before anything is deposited.
//
//  1. Scan the batch, and read the codes of each page (scor/numerisation/codes): make one [Page] of each, in the order
//     of the feeder.
//  2. [Repartiteur.Repartir] gives each page its place in a [Repartition]: in a [Proposition] for an invoice, with how
//     it was found, how sure that is and why; a separator sheet; a blank side; or a page left over. What contradicts
//     itself is in [Repartition.Conflits].
//  3. Show it, let it be changed, make one piece of the pages of each proposition that a person agrees to
//     (numerisation), and attach it (lot.Apparier, or suivi.DeposerPiece).
//
// # How a page finds its invoice
//
// By separator sheets (papier.FeuilleSeparatrice): the pages up to the next one are the invoice's. By what is read on
// the page: a code that holds, whole, the key of one invoice of the list, as those of papier's own papers do, or an
// identifier that the host knows of it (Repartiteur.Identifiants). Parts of numbers, names, dates match nothing. By
// order, where nothing is read: only when there are as many documents as invoices between two pages that are known,
// since one sheet too many would shift all that follow.
//
// Every page is in exactly one place, whatever the batch.
package repartition
