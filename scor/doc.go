// Package scor holds what SCOR is about: the pièces justificatives ([Piece]), the rules that say which piece goes with
// which invoice ([Regles]), and the [Profil], the file from which everything is read that the restricted specifications
// fix.
//
// # Public facts and profile
//
// The layouts of SCOR lots, the codes of pieces and of returns are in documents that the GIE SESAM-Vitale hands to an
// editor under contract (PDT-CDC-002, PDT-CDC-062, SCOR-SFG-002). They are not in this module. The shipped profiles
// [Reference] and [ScorCP] use an encoding of the SDK's own; an editor writes its profile from its copy of the
// specification, starting from [TexteProfil], and reads it with [ParseProfil], which reports every error with its line.
//
// # Sources
//
// Conventions: kinésithérapeutes (avenant 3, annexe 4), arrêté of 2 October 2020, pharmaciens (2022), audioprothésistes
// and opticiens (2022); code de la sécurité sociale, art. R161-40, R161-45, R161-47; décret 2018-173. Each fact cites
// its own.
package scor
