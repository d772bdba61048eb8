// Package ecrans are the screens of a suivi: an http.Handler that an editor mounts in its own program, behind its own
// login, in its own colours. Health professionals and billers do with it what needs a person, and see the rest go by.
//
//  1. write an [Acces]: who asks, for which office, with which rights; the screens have no login of their own
//  2. [New] makes the handler from the office's suivi.Suivi; [WithTheme] and [WithMots] give it the host's colours and
//     words
//  3. mount it under any path: http.Handle("/scor/", http.StripPrefix("/scor", e))
//  4. go on calling Suivi.Avancer: the screens show what it does, as it does it
//  5. [Ecrans.Close] at the end: acts that could still be undone are done
//
// # Screens
//
// À faire is the one list of what needs a person, the most urgent first, each line with what may be done; what ends
// something asks first, the rest can be undone for some seconds. Suivre lists invoices with two tracks side by side:
// the invoice (sent, ARL, RSP) and its pieces (attached, quality, sent, ARL), says as strongly not to send again as to
// send again, and tells the story of each down to its proof. What a person has no right to is neither shown nor done.
//
// Numériser ([WithNumerisation]) is where pages come in: dropped, photographed, from a scanner of the network or the
// folder of its software. Each is judged at once, with what was found drawn where it is; what is to be confirmed is
// asked in one tap; a batch is dealt out to its invoices (lot/repartition) and looked at before it is attached; a
// piece whose scan was refused is replaced (numeriser?piece=). Pages are in a private folder until then, and
// erased.
//
// # What they keep to
//
// Every page works without scripts; where they run, pages follow what happens (server-sent events) and draw documents
// with pdf.js. WCAG 2.2 AA: keyboard, contrasts in light, dark and forced colours, 390 pixels and up; printed without
// its controls. Nothing comes from another host, and nothing inline runs (CSP default-src 'none'); a form counts only
// from a page of ours, with its token; no address, title or log holds a NIR: a search by NIR is a form that is answered
// where it is.
//
// A page costs what it shows: nothing of it depends on how many invoices the journal holds.
//
// Promised to stay: the addresses of the screens, so that a host may link to them (intervenir, suivre, facture?cle=,
// piece?id=, lot?genre=&cle=, lots?genre=&etat=), and the names of the CSS variables that WithTheme sets.
package ecrans
