// Package disposition is the language in which a profile says how a file is laid out: a tree of records, each written
// once for each file, lot, invoice, piece or document, in fixed zones, in delimited fields or in XML. The same layout
// writes a file and reads it back.
//
// # In this order
//
//  1. A [Format] is read from a profile (package scor), then made ready with [Format.Compiler], which reports all that
//     is wrong with it.
//  2. [Format.Encode] walks a [Source] and writes what the layout asks of it.
//  3. [Format.Decode] reads a file and tells a [Puits] what it holds, with every fault that it has.
//  4. What no layout can say is a [Codec] of the host's.
//
// Most programs need none of this: package lot calls it. A profile's author reads docs/profil.md, where each key has an
// example.
//
// # What is promised
//
// A layout that is accepted is reversible: drawn data were written by it and read back equal when it was compiled. A
// value that doesn't fit is an error that names record and zone, never a truncation. Reading takes memory for one
// record, and for one document where documents are inside. Errors hold no value that was read: it may be personal.
package disposition
