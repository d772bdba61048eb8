// Package sqlite keeps the journal of a suivi, and if wanted its documents, in one SQLite file (modernc.org/sqlite, no
// cgo).
//
// WAL, synchronous=FULL: when Ajouter returns, the events survive a loss of power. Calls that come together share one
// transaction, so the disk is waited for once. The file is made for its owner alone. Migrations go forward only and run
// when the file is opened; a file made by a newer version is refused with ErrPlusRecent.
//
// Several processes of one machine may open the same file; for several machines use retour/suivi/postgres. A file being
// used must not be copied by hand (its WAL is part of it): Sauvegarder makes a consistent copy while the journal is in
// use.
package sqlite
