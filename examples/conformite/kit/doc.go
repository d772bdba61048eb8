// Package kit plays conformance vectors against a software, and says where its answer is not the expected one.
//
// A vector is data: a question about a public rule (an identifier, a B2 file, a return…), and what must be answered.
// Any software can be asked, in any language: the contract is that of a command which is given a folder and prints
// JSON. docs/conformite.md is the format and the contract.
//
// How to use it:
//
//  1. Open reads vectors from a folder, or from vecteurs.FS, the set that the SDK ships.
//  2. A Sujet answers them: sdk.New() is the SDK itself, NewCommande a program, logiciel.New a software that sends
//     mail; an editor in Go writes its own, of two methods.
//  3. Jouer plays them, several at once, each bounded in time, and gives one Resultat for each, in the order of the
//     vectors.
//
// What is promised to stay: the names in the JSON of vectors and answers. Fields may be added.
package kit
