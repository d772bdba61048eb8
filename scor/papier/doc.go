// Package papier makes the papers that software prints or joins to an
// invoice, each from a template that an editor can replace, as PDF/A-1b with
// selectable text and reproducible bytes.
//
// # The papers
//
//   - [TicketVitale] goes with the ordonnance of a secured pharmacy invoice
//     ("original piece and ticket Vitale generated automatically": leaflet of
//     the Assurance Maladie for pharmacies).
//   - [FeuilleDeSoins] is the dematerialised feuille de soins of a degraded
//     invoice; some caisses refuse it, so that the rules switch it per caisse
//     (vendor's guide for nurses; its regulatory basis is disputed).
//   - [Recapitulatif] is the bordereau récapitulatif of the fall-back on
//     paper, in three envelopes (leaflet for kinésithérapeutes, April 2014).
//   - The bordereau S3404 is in package scor/s3404, on the same engine.
//
// None of the official forms (Cerfa) is among the public facts that this SDK
// is built on. The shipped layouts are the SDK's own; each template says so in
// its first lines and on the paper. An editor that holds the official form
// writes its own template and gives it in place of ours: [Lire].
//
// # Templates
//
// A template is a YAML file for people: positions in millimetres from the
// upper left corner, sizes of type in points, texts with {placeholders}. What
// placeholders a paper knows is its [Modele]; a template that asks for
// anything else is refused, with the line. Blocks flow down the page and onto
// the next, tables repeat their headers, texts wrap; nothing is cut short. The
// templates of this folder are the examples to start from.
//
// # Personal data
//
// These papers hold health data. The NIR is in clear only where the caisse
// needs it to pay: on the feuille de soins (and the S3404); ticket and
// récapitulatif show it masked. Errors name fields, never values.
package papier
