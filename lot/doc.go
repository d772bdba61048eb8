// Package lot pairs pièces justificatives with their invoices ([Apparier]), makes lots of the pairs ([Constituer]), and
// writes and reads the file of lots that a profile describes ([Fichier.Encode], [Decode]). It sends nothing.
//
// # Rules
//
// One SCOR lot answers one lot of invoices, and goes only once that lot has its positive ARL (kinésithérapeutes'
// convention, avenant 3, annexe 4, art. 2.4; SCOR-CP: on the ARL of the B2 flow): the caller hands over only invoices
// of such lots. A piece that is missing is reported and never blocks the others. In a series of acts, the piece that
// was already sent is referred to and not sent again (art. 2.3 and 2.6). A piece is not sent in two modes at once (art.
// 2.1).
//
// # In this order
//
//  1. [Apparieur.Apparier] joins invoices and pieces; what is missing or kept is in its answer.
//  2. [Constituer] makes lots of the pairs. A pair that the profile has no room for is set aside, with the zone's name,
//     and stops nothing. 3. [Grouper] puts lots together into files, and [Fichier.Message] makes the parts of each
//     message by the profile. 4. Who receives a message reads its parts with [Lecture]; [DecodeARL] reads the answer,
//     and [EncodeARL] writes one, for tests.
//
// Layouts come from scor.Profil: package scor/disposition, docs/profil.md. What is written reads back the same, but for
// identifiers that a zone has no room for: scor.Profil.Identifiant.
package lot
