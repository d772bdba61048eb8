// Package arrivees watches the folder where a scanner's software puts its files, and takes each file once, whole.
//
//  1. [Open] names the watched folder, and a private one, of this program alone, where files are kept once taken.
//  2. [Dossier.Regarder] looks once: call it every few seconds, or let [Dossier.Suivre] do it. It tells what was taken
//     ([Arrivee]), and what stays in the folder and why ([Attente]), in French.
//  3. [Dossier.Source] opens a file taken, for package numerisation. [Dossier.Retirer] removes it when it is deposited,
//     or refused: until then it is in [Dossier.Arrivees], after a restart too.
//
// # When a file is taken
//
// Only when it is complete: its size and date are the same at several looks ([WithRegards]), and its end is the end
// of a TIFF, JPEG, PNG or PDF. A TIFF, to which some software adds page after page, takes twice as many. No time is
// measured: a slow computer takes files later, never half written. What never gets its end stays where it is, and
// is told.
//
// A file is first moved into a folder of its own within the watched one (".scor-en-cours"), in one step that one
// program alone can win, and that Windows refuses while the scanner's software still writes; then copied to the
// private folder, on disk; then removed; only then is it handed over. Stopped at any instruction, the next Open
// goes on: no file is lost, none is handed over twice.
//
// # What is never taken
//
// Folders, links, pipes, hidden files, and names under which other programs keep what isn't finished (.tmp, .part,
// .crdownload…). Files of other kinds stay, and are told.
//
// The watched folder is looked at (polled) rather than waited on: the notices of an operating system don't come from a
// shared folder on another machine, which is where most scanners write. It has to be on a file system that renames
// in one step, as all in use do. A name may hold a patient's name: it is given to be shown, and is in no error.
package arrivees
