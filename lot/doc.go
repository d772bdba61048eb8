// Package lot pairs pièces justificatives with their invoices ([Apparier]), makes lots of the pairs ([Constituer]), and writes and reads the
// file of lots that a profile describes ([Fichier.Encode], [Decode]). It sends nothing.
//
// # Rules
//
// One SCOR lot answers one lot of invoices, and goes only once that lot has its positive ARL (kinésithérapeutes' convention, avenant 3,
// annexe 4, art. 2.4; SCOR-CP: on the ARL of the B2 flow): the caller hands over only invoices of such lots. A piece that is missing is
// reported and never blocks the others. In a series of acts, the piece that was already sent is referred to and not sent again (art. 2.3
// and 2.6). A piece is not sent in two modes at once (art. 2.1).
//
// The layout of the file comes from scor.Profil.
package lot
