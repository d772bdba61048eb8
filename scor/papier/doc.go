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
// writes its own template and gives it in place of ours: [ParseGabarit].
//
// # Templates
//
// A template is a YAML file for people: lengths in millimetres, sizes of type
// in points, texts with {placeholders}. What a paper may be asked for is its
// [Modele]; a template that asks for anything else is refused, with the line.
// The templates of the folder gabarits are the examples to start from.
//
//	gabarit, version     the kind of paper, and the editor's own version
//	mention              whose layout it is; {mention} shows it
//	titre                title of the PDF
//	format, corps        [width, height] of the page; [x, y, width, height] where blocks flow
//	police, taille       font and size where an element gives none
//	page                 elements of each page, from its upper left corner; {page}, and {pages} at the end of a text
//	contenu              sections, one below the other
//
// A section is one of three; si or sauf (a field that has, or has not, a
// value), saut (on a new page), espace (above) and garder (room to keep below
// on the same page) go with any:
//
//	hauteur, elements    a block, never split; elements from its upper left corner
//	tableau, colonnes    a row for each item of a list: titre, valeur, largeur, align, police of each column;
//	                     taille, interligne, fond_titres, sans_titres, filets; each page repeats the header, cells wrap
//	liste, contenu       sections repeated for each item; rappel (hauteur, elements) heads its further pages
//
// An element is one of six, with si or sauf:
//
//	texte                at x, y (base line); police, taille, couleur, align (gauche, droite, centre);
//	                     with largeur it wraps in at most lignes lines, and shrinks to fit: it is never cut short
//	ligne                [x1, y1, x2, y2], epaisseur, couleur
//	cadre                [x, y, width, height], fond, epaisseur, couleur
//	image                a name of [WithImage], at x, y (upper left corner), largeur, hauteur: kept in its proportions;
//	                     facultative: true where the program may not give it
//	code                 what a barcode says, genre code128 or datamatrix, at x, y, largeur, hauteur; nothing if ""
//	signature            [x, y, width, height]: where a signature will be drawn (one for each document)
//
// Nothing is lost without a word: an element that lies out of its block or of
// the page, or a text that the data make too long for its place, is an error
// with the line of the template ([ErrDebordement] when a paper is written).
// [Gabarit.Apercu] shows a template with invented data; the program
// examples/gabarit does it from a file.
//
// Fonts are normale, grasse, italique and fixe, and those of [WithPolice].
// Colours are "#rrggbb".
//
// # Personal data
//
// These papers hold health data. The NIR is in clear only where the caisse
// needs it to pay: on the feuille de soins (and the S3404); ticket and
// récapitulatif show it masked. Errors name fields, never values.
package papier
